//! Did an earlier command die in the middle of a rewrite? Then its work is finished or taken back.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice as _};
use gix::error::{Result, ResultExt as _, message};
use gix::index::entry::Stat;
use gix::objs::tree::EntryKind;

use super::keeper;
use super::landing::{self, Guard, Index as _};
use super::tell;
use crate::clock;
use crate::evidence::repository::{self, Environment, state_folder};
use crate::evidence::rewritable;
use crate::journal::folds::{End, Ended, Folds, Intended, Record};
use crate::ops::archive::content::Staged;
use crate::ops::archive::index::{self, Update};
use crate::output::shown;

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
    let mut left = release_refs(repository, &attempt)?;
    if let Some(index) = &attempt.index {
        left.extend(settle_index(repository, Path::new(index), &attempt, landed)?);
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
    let mut text =
        format!("{words} what an earlier git-dos left half done on {}", attempt.reference);
    for lock in left {
        let lock = shown(lock.display().to_string().as_bytes());
        write!(text, "; left the lock {lock}, which may be another program's")
            .or_raise(|| message("Could not describe a left-over lock"))?;
    }
    Ok(Some(text))
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

/// Removes the locks of refs that hold what the attempt wanted to write there, and returns the others.
fn release_refs(repository: &gix::Repository, attempt: &Intended) -> Result<Vec<PathBuf>> {
    let mut left = Vec::new();
    let keeper = keeper::name(&attempt.reference);
    let common = repository.common_dir();
    for path in [
        common.join(format!("{}.lock", attempt.reference)),
        repository.git_dir().join("HEAD.lock"),
        common.join(format!("{keeper}.lock")),
    ] {
        let Some(text) = read_if_there(&path)? else { continue };
        let is_ours = ObjectId::from_hex(text.trim_ascii())
            .is_ok_and(|id| id == attempt.new || keeps(repository, id, attempt.new));
        if is_ours {
            remove(&path)?;
        } else {
            left.push(path);
        }
    }
    Ok(left)
}

/// Tells whether `id` is a commit that keeps what `new` replaces.
fn keeps(repository: &gix::Repository, id: ObjectId, new: ObjectId) -> bool {
    repository.find_commit(id).is_ok_and(|commit| {
        commit.message_raw().is_ok_and(|text| text.trim() == keeper::text(new).trim().as_bytes())
    })
}

/// Puts the attempt's new index in place if its commit landed, and removes it if not.
///
/// A lock that holds something else may be somebody else's: it stays and is returned.
fn settle_index(
    repository: &gix::Repository,
    path: &Path,
    attempt: &Intended,
    landed: bool,
) -> Result<Option<PathBuf>> {
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
        wanted.iter().all(|(path, entry)| id_in(index, path) == entry.map(|(id, _)| id))
    };
    let is_locked = read_if_there(&lock)?.is_some();
    if read(path).is_ok_and(|index| has_all(&index)) {
        return Ok(is_locked.then_some(lock));
    }
    // Only its content tells whose it is: any git that works for long holds an unfinished one.
    if is_locked && read(&lock).is_ok_and(|index| has_all(&index)) {
        let settled =
            if landed { fs_err::rename(&lock, path).or_raise(context) } else { remove(&lock) };
        return settled.map(|()| None);
    }
    if landed {
        catch_up(repository, path, attempt, &wanted)?;
    }
    Ok(is_locked.then_some(lock))
}

/// Puts what `HEAD` has of `wanted` into the index at `path`, where that is as before the attempt.
///
/// Errors while somebody else locks it, so that a later command tries again.
fn catch_up(
    repository: &gix::Repository,
    path: &Path,
    attempt: &Intended,
    wanted: &[Entry],
) -> Result<()> {
    let context = || message!("Could not settle the index {}", path.display());
    // A worktree that is gone has no index to settle.
    let Some(folder) = path.parent().filter(|folder| folder.is_dir()) else { return Ok(()) };
    let owner = repository::open(folder, Environment::Ignored)?;
    let paths = wanted.iter().map(|(path, _)| path.clone()).collect();
    let tree_of = |id: ObjectId| -> Result<_> {
        repository.find_commit(id).or_raise(context)?.tree().or_raise(context)
    };
    let tree_or_empty =
        |id: Option<ObjectId>| id.map_or_else(|| Ok(repository.empty_tree()), tree_of);
    let before = entries(&tree_or_empty(attempt.old)?, &paths)?;
    let head = entries(&tree_or_empty(super::head_commit(&owner)?)?, &paths)?;
    let old: BTreeMap<_, _> = before.into_iter().collect();
    let staged: Vec<Staged> = wanted
        .iter()
        .filter(|entry| head.contains(entry))
        .filter_map(|(path, entry)| {
            let (id, kind) = (*entry)?;
            Some(Staged { path: path.clone(), id, kind, stat: Stat::default() })
        })
        .collect();
    let is_behind = |index: &gix::index::State, file: &Staged| {
        let old = old.get(&file.path).copied().flatten().map(|(id, _)| id);
        old != Some(file.id) && id_in(index, &file.path) == old
    };
    let now = index::open(&owner)?;
    if !staged.iter().any(|file| is_behind(&now, file)) {
        return Ok(());
    }
    let mut update = Update::new(&owner, &staged);
    update.prepare_some(is_behind)?;
    update.commit()
}

fn id_in(index: &gix::index::State, path: &BString) -> Option<ObjectId> {
    index.entry_by_path(path.as_ref()).map(|entry| entry.id)
}

/// What a tree has at a path.
type Entry = (BString, Option<(ObjectId, EntryKind)>);

/// Returns what `tree` has at each of `paths`.
fn entries(tree: &gix::Tree<'_>, paths: &BTreeSet<BString>) -> Result<Vec<Entry>> {
    let context = || message("Could not read the tree of an unfinished archive");
    paths
        .iter()
        .map(|path| {
            let parts = path.split(|byte| *byte == b'/');
            let entry = tree.lookup_entry(parts).or_raise(context)?;
            Ok((path.clone(), entry.map(|entry| (entry.object_id(), entry.mode().kind()))))
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
