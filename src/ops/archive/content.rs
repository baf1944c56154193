//! What do the files of a worktree look like to git? Filters and line endings as they are configured.

use std::collections::BTreeSet;

use gix::ObjectId;
use gix::bstr::{BStr, BString};
use gix::error::{Result, ResultExt as _, bail, message};
use gix::index::entry::{Mode, Stat};
use gix::objs::tree::EntryKind;

/// One file as it will be committed.
#[derive(Debug, Clone)]
pub(in crate::ops) struct Staged {
    /// Its path from the top of the worktree.
    pub(in crate::ops) path: BString,
    /// Its content.
    pub(in crate::ops) id: ObjectId,
    /// What kind of file it is.
    pub(in crate::ops) kind: EntryKind,
    /// What the file system said about it before it was read.
    pub(in crate::ops) stat: Stat,
}

impl Staged {
    /// Returns the file's mode in an index.
    pub(super) fn mode(&self) -> Mode {
        match self.kind {
            EntryKind::BlobExecutable => Mode::FILE_EXECUTABLE,
            EntryKind::Link => Mode::SYMLINK,
            EntryKind::Tree | EntryKind::Blob | EntryKind::Commit => Mode::FILE,
        }
    }
}

/// Writes the content of `paths` to the object database. Nothing refers to it yet.
pub(super) fn write(
    repository: &gix::Repository,
    paths: &BTreeSet<BString>,
) -> Result<Vec<Staged>> {
    let context = |path: &BStr| message!("Could not read {path} as git would");
    let (mut pipeline, index) =
        repository.filter_pipeline(None).or_raise(|| message("Could not read the attributes"))?;
    let trusts_mode = repository.config_snapshot().boolean("core.fileMode").unwrap_or(true);
    let Some(top) = repository.workdir() else {
        bail!(message("A bare repository has no files to archive"));
    };
    let mut staged = Vec::with_capacity(paths.len());
    for path in paths {
        let path: &BStr = path.as_ref();
        let file = top.join(gix::path::from_bstr(path).or_raise(|| context(path))?);
        let metadata =
            gix::index::fs::Metadata::from_path_no_follow(&file).or_raise(|| context(path))?;
        let stat = Stat::from_fs(&metadata).or_raise(|| context(path))?;
        let written = pipeline.worktree_file_to_object(path, &index).or_raise(|| context(path))?;
        let Some((id, kind, _)) = written else {
            bail!(message!("{path} is neither a file nor a link"));
        };
        let kind = match kind {
            EntryKind::Blob | EntryKind::BlobExecutable if !trusts_mode => known(&index, path),
            EntryKind::Blob | EntryKind::BlobExecutable | EntryKind::Link => kind,
            EntryKind::Tree | EntryKind::Commit => bail!(message!("{path} is no file")),
        };
        staged.push(Staged { path: path.to_owned(), id, kind, stat });
    }
    Ok(staged)
}

/// Returns the kind of file that the index knows at `path`, where the file system does not say.
fn known(index: &gix::index::State, path: &BStr) -> EntryKind {
    let mode = index.entry_by_path(path).map(|entry| entry.mode);
    if mode == Some(Mode::FILE_EXECUTABLE) { EntryKind::BlobExecutable } else { EntryKind::Blob }
}

/// Writes the tree that has `staged` on top of `base`, and returns it.
pub(super) fn tree(
    repository: &gix::Repository,
    base: Option<ObjectId>,
    staged: &[Staged],
) -> Result<ObjectId> {
    let context = || message("Could not write the tree of the archive");
    let base = base.unwrap_or_else(|| ObjectId::empty_tree(repository.object_hash()));
    let mut editor = repository.edit_tree(base).or_raise(context)?;
    for file in staged {
        editor.upsert(&file.path, file.kind, file.id).or_raise(context)?;
    }
    Ok(editor.write().or_raise(context)?.detach())
}
