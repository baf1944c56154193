//! How do a few entries of the index change while all others stay as they are?

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use gix::bstr::{BStr, BString, ByteSlice as _};
use gix::error::{Result, ResultExt as _, bail, message};
use gix::index::entry::{Flags, Stage};
use gix::lock::acquire::Fail;

use super::content::Staged;
use crate::ops::coalesce::landing;

/// How long somebody else's lock of the index is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// Returns what keeps the entries at `paths` from being written by us; git itself knows how.
pub(super) fn trouble<'a>(
    index: &gix::index::State,
    mut paths: impl Iterator<Item = &'a BString>,
) -> Option<String> {
    if index.is_sparse() {
        return Some("it is sparse".to_owned());
    }
    if let Some(entry) = index.entries().iter().find(|entry| entry.stage() != Stage::Unconflicted) {
        return Some(format!("{} has conflicts", entry.path(index)));
    }
    paths.find_map(|path| entry_trouble(index, path.as_ref()))
}

fn entry_trouble(index: &gix::index::State, path: &BStr) -> Option<String> {
    let special = Flags::INTENT_TO_ADD | Flags::SKIP_WORKTREE | Flags::ASSUME_VALID;
    if index.entry_by_path(path).is_some_and(|entry| entry.flags.intersects(special)) {
        return Some(format!("the entry of {path} is marked in a special way"));
    }
    let mut folder = path.to_owned();
    folder.push(b'/');
    if index.prefixed_entries(folder.as_ref()).is_some() {
        return Some(format!("{path} is a folder there"));
    }
    path.find_iter(b"/").find_map(|at| {
        let above = path.get(..at)?.as_bstr();
        index.entry_by_path(above).map(|_| format!("{above} is a file there"))
    })
}

/// New entries for an index, on their way into its file.
#[derive(Debug)]
pub(in crate::ops) struct Update<'a> {
    repository: &'a gix::Repository,
    staged: &'a [Staged],
    lock: Option<gix::lock::File>,
}

impl<'a> Update<'a> {
    /// Plans to put `staged` into the index of `repository`.
    pub(in crate::ops) fn new(repository: &'a gix::Repository, staged: &'a [Staged]) -> Self {
        Self { repository, staged, lock: None }
    }

    /// Locks the index and writes the new one beside it, with those of the files that are `wanted` in the old one.
    pub(in crate::ops) fn prepare_some(
        &mut self,
        wanted: impl Fn(&gix::index::State, &Staged) -> bool,
    ) -> Result<()> {
        let context = || message("Could not prepare the index");
        let mode = Fail::AfterDurationWithBackoff(PATIENCE);
        let path = landing::Index::path(self);
        let mut lock =
            gix::lock::File::acquire_to_update_resource(path, mode, None, 0).or_raise(context)?;
        // Only what is read under the lock is what the new index replaces.
        let mut index = open(self.repository)?;
        let staged: Vec<&Staged> = self.staged.iter().filter(|file| wanted(&index, file)).collect();
        if let Some(trouble) = trouble(&index, staged.iter().map(|file| &file.path)) {
            bail!(message!("The index changed in the meantime: {trouble}"));
        }
        put(&mut index, &staged);
        let mut bytes = Vec::new();
        index.write_to(&mut bytes, options(self.repository)).or_raise(context)?;
        lock.with_mut(|file| file.write_all(&bytes)).or_raise(context)?;
        self.lock = Some(lock);
        Ok(())
    }
}

/// Puts `staged` into `index`.
fn put(index: &mut gix::index::State, staged: &[&Staged]) {
    let mut added = Vec::new();
    for file in staged {
        let at = index.entry_index_by_path_and_stage(file.path.as_ref(), Stage::Unconflicted);
        match at.and_then(|at| index.entries_mut().get_mut(at)) {
            Some(entry) => {
                entry.id = file.id;
                entry.mode = file.mode();
                entry.stat = file.stat;
            }
            None => added.push(file),
        }
    }
    for file in added {
        let path = file.path.as_ref();
        index.dangerously_push_entry(file.stat, file.id, Flags::empty(), file.mode(), path);
    }
    index.sort_entries();
    // It summed up the trees of the old entries.
    index.remove_tree();
}

/// Opens the index as it is on disk right now; one that does not exist is empty.
pub(in crate::ops) fn open(repository: &gix::Repository) -> Result<gix::index::File> {
    let path = repository.index_path();
    if !path.exists() {
        let empty = gix::index::State::new(repository.object_hash());
        return Ok(gix::index::File::from_state(empty, path));
    }
    repository.open_index().or_raise(|| message("Could not read the index"))
}

impl landing::Index for Update<'_> {
    fn path(&self) -> PathBuf {
        self.repository.index_path()
    }

    fn prepare(&mut self) -> Result<()> {
        self.prepare_some(|_, _| true)
    }

    fn commit(&mut self) -> Result<()> {
        match self.lock.take() {
            Some(lock) => {
                lock.commit().map_err(|failed| failed.error).or_raise(|| {
                    message("Could not put the new index in place; the next git-dos will")
                })?;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

fn options(repository: &gix::Repository) -> gix::index::write::Options {
    let skip_hash = repository.config_snapshot().boolean("index.skipHash").unwrap_or(false);
    gix::index::write::Options { extensions: gix::index::write::Extensions::All, skip_hash }
}
