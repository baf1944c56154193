//! Did an earlier command die in the middle of a rewrite? Then its work is finished or taken back.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice as _};
use gix::error::{Result, ResultExt as _, message};

use super::landing::{self, Guard};
use super::tell;
use crate::clock;
use crate::evidence::repository::state_folder;
use crate::evidence::rewritable;
use crate::journal::folds::{End, Ended, Folds, Intended, Record};

/// How many commits above an attempt's commit are searched for it.
const COMMITS_SINCE: usize = 1000;

/// Finishes or takes back the attempt that nobody ended, and says what it was.
///
/// The guard says that no attempt is still going on.
pub(in crate::ops) fn unfinished(
    repository: &gix::Repository,
    _guard: &Guard,
) -> Result<Option<String>> {
    let folds = Folds::of(&state_folder(repository));
    let Some(attempt) = folds.unfinished()? else { return Ok(None) };
    let landed = has_landed(repository, &attempt)?;
    release_refs(repository, &attempt)?;
    if let Some(index) = &attempt.index {
        settle_index(repository, Path::new(index), &attempt, landed)?;
    }
    let (end, words) = if landed {
        tell::others(repository, &attempt.replaced, attempt.new);
        (End::Landed, "finished")
    } else {
        if let Some(old) = attempt.old {
            landing::unmap(repository, &attempt.replaced, attempt.new, old)?;
        }
        (End::Dropped, "took back")
    };
    folds.append(&Record::Ended(Ended::new(attempt.new, end, clock::now())))?;
    Ok(Some(format!("{words} what an earlier git-dos left half done on {}", attempt.reference)))
}

/// Tells whether the branch of `attempt` got to its commit.
fn has_landed(repository: &gix::Repository, attempt: &Intended) -> Result<bool> {
    let context = || message!("Could not read {}", attempt.reference);
    let found = repository.try_find_reference(attempt.reference.as_str()).or_raise(context)?;
    let Some(mut reference) = found else { return Ok(false) };
    let mut next = Some(reference.peel_to_id().or_raise(context)?.detach());
    for _ in 0..COMMITS_SINCE {
        let Some(id) = next else { return Ok(false) };
        if id == attempt.new {
            return Ok(true);
        }
        if Some(id) == attempt.old {
            return Ok(false);
        }
        let commit = repository.find_commit(id).or_raise(context)?;
        next = commit.parent_ids().next().map(gix::Id::detach);
    }
    Ok(false)
}

/// Removes the locks of refs that hold what the attempt wanted to write there, and nothing else.
fn release_refs(repository: &gix::Repository, attempt: &Intended) -> Result<()> {
    let keeper = landing::keeper_name(&attempt.reference);
    let common = repository.common_dir();
    for path in [
        common.join(format!("{}.lock", attempt.reference)),
        repository.git_dir().join("HEAD.lock"),
        common.join(format!("{keeper}.lock")),
    ] {
        let Some(text) = read_if_there(&path)? else { continue };
        let is_ours = match ObjectId::from_hex(text.trim_ascii()) {
            Ok(id) => id == attempt.new || keeps(repository, id, attempt.new),
            Err(_) => is_from_then(&path, attempt.time),
        };
        if is_ours {
            remove(&path)?;
        }
    }
    Ok(())
}

/// Tells whether `id` is a commit that keeps what `new` replaces.
fn keeps(repository: &gix::Repository, id: ObjectId, new: ObjectId) -> bool {
    repository.find_commit(id).is_ok_and(|commit| {
        commit
            .message_raw()
            .is_ok_and(|text| text.trim() == landing::keeper_text(new).trim().as_bytes())
    })
}

/// Puts the attempt's new index in place if its commit landed, and removes it if not.
///
/// A lock that holds something else is somebody else's and stays.
fn settle_index(
    repository: &gix::Repository,
    path: &Path,
    attempt: &Intended,
    landed: bool,
) -> Result<()> {
    let context = || message!("Could not settle the index {}", path.display());
    let commit = repository.find_commit(attempt.new).or_raise(context)?;
    let commit = commit.decode().or_raise(context)?.into_owned().or_raise(context)?;
    let paths = rewritable::changed_paths(repository, &commit)?;
    let lock = PathBuf::from(format!("{}.lock", path.display()));
    let options = gix::index::decode::Options::default;
    let read = |path: &Path| gix::index::File::at(path, repository.object_hash(), false, options());
    let tree = repository.find_tree(commit.tree).or_raise(context)?;
    let wanted = entries(&tree, &paths)?;
    let has_all = |index: &gix::index::State| {
        wanted
            .iter()
            .all(|(path, id)| index.entry_by_path(path.as_ref()).map(|entry| entry.id) == *id)
    };
    if read_if_there(&lock)?.is_none() || read(path).is_ok_and(|index| has_all(&index)) {
        return Ok(());
    }
    match (read(&lock), landed) {
        (Ok(index), true) if has_all(&index) => fs_err::rename(&lock, path).or_raise(context),
        (Ok(index), false) if has_all(&index) => remove(&lock),
        (Err(_), false) if is_from_then(&lock, attempt.time) => remove(&lock),
        (Ok(_) | Err(_), _) => Ok(()),
    }
}

/// Tells whether the unfinished file at `path` was begun when an attempt was, at `time`.
///
/// A lock that is held while git works for long looks the same, but begins when git does.
fn is_from_then(path: &Path, time: u64) -> bool {
    const SECONDS: u64 = 3;
    let modified = fs_err::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let since = modified.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    since.is_some_and(|since| since.as_secs().abs_diff(time) <= SECONDS)
}

/// Returns what `tree` has at each of `paths`.
fn entries(
    tree: &gix::Tree<'_>,
    paths: &BTreeSet<BString>,
) -> Result<Vec<(BString, Option<ObjectId>)>> {
    let context = || message("Could not read the tree of an unfinished archive");
    paths
        .iter()
        .map(|path| {
            let parts = path.split(|byte| *byte == b'/');
            let entry = tree.lookup_entry(parts).or_raise(context)?;
            Ok((path.clone(), entry.map(|entry| entry.object_id())))
        })
        .collect()
}

fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs_err::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).or_raise(|| message("Could not read a left-over lock")),
    }
}

fn remove(path: &Path) -> Result<()> {
    fs_err::remove_file(path).or_raise(|| message("Could not remove a left-over lock"))
}
