//! Which paths would the next commit change, as the index has it?

use std::collections::{BTreeMap, BTreeSet};

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice as _};
use gix::error::{Result, ResultExt as _, message};
use gix::index::entry::{Flags, Mode};

/// What a path holds.
type Entries = BTreeMap<BString, (Mode, ObjectId)>;

/// Returns the paths at which the index differs from `HEAD`, and in a merge from every commit that is merged too.
pub fn paths(repository: &gix::Repository) -> Result<BTreeSet<BString>> {
    let context = || message("Could not read the index");
    let index = repository.index_or_empty().or_raise(context)?;
    let staged = entries(&index);
    let head = repository.head().or_raise(|| message("Could not read HEAD"))?;
    let head = head.try_into_peeled_id().or_raise(|| message("Could not read HEAD"))?;
    let head = head.map(gix::Id::detach);
    let mut paths = changed(repository, head, &staged)?;
    for id in merged(repository)? {
        let others = changed(repository, Some(id), &staged)?;
        paths.retain(|path| others.contains(path));
    }
    Ok(paths)
}

/// Returns the paths at which `staged` differs from the commit `base`.
fn changed(
    repository: &gix::Repository,
    base: Option<ObjectId>,
    staged: &Entries,
) -> Result<BTreeSet<BString>> {
    let context = || message("Could not compare the index with a commit");
    let tree = match base {
        Some(id) => {
            let commit = repository.find_commit(id).or_raise(context)?;
            commit.tree_id().or_raise(context)?.detach()
        }
        None => ObjectId::empty_tree(repository.object_hash()),
    };
    let old = repository.index_from_tree(&tree).or_raise(context)?;
    let old = entries(&old);
    let is_new = |(path, entry): &(&BString, &(Mode, ObjectId))| old.get(*path) != Some(*entry);
    let written = staged.iter().filter(is_new).map(|(path, _)| path.clone());
    let removed = old.keys().filter(|path| !staged.contains_key(*path)).cloned();
    Ok(written.chain(removed).collect())
}

fn entries(index: &gix::index::State) -> Entries {
    let is_meant = |entry: &&gix::index::Entry| !entry.flags.contains(Flags::INTENT_TO_ADD);
    let found = index.entries().iter().filter(is_meant);
    found.map(|entry| (entry.path(index).to_owned(), (entry.mode, entry.id))).collect()
}

/// Returns the commits that an unfinished merge brings, from `MERGE_HEAD`.
fn merged(repository: &gix::Repository) -> Result<Vec<ObjectId>> {
    let path = repository.git_dir().join("MERGE_HEAD");
    let text = match fs_err::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).or_raise(|| message("Could not read what is merged")),
    };
    let lines = text.lines().map(|line| ObjectId::from_hex(line.trim()));
    lines.collect::<std::result::Result<_, _>>().or_raise(|| message("Could not read MERGE_HEAD"))
}
