//! Which files of the worktree do the arguments of `git dos archive` name?

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gix::bstr::{BStr, BString};
use gix::error::{Result, ResultExt as _, bail, message};
use gix::index::entry::Mode;
use gix::worktree::stack::state::ignore::Source;

/// Returns the files that `arguments` name, from the top of the worktree; a folder stands for all it holds.
///
/// Ignored files in a folder are passed over unless they are tracked. Errors when an argument is missing,
/// ignored or outside of the worktree, and when a tracked file of a folder is gone: an archive removes nothing.
pub(super) fn expand(
    repository: &gix::Repository,
    arguments: &[PathBuf],
    index: &gix::index::State,
) -> Result<BTreeSet<BString>> {
    let Some(top) = repository.workdir() else {
        bail!(message("A bare repository has no files to archive"));
    };
    let top = top.canonicalize().or_raise(|| message("Could not find the top of the worktree"))?;
    let excludes = repository
        .excludes(index, None, Source::WorktreeThenIdMappingIfNotSkipped)
        .or_raise(|| message("Could not read what is ignored"))?;
    let mut search = Search { top, index, excludes, found: BTreeSet::new() };
    for argument in arguments {
        search.add(argument)?;
    }
    Ok(search.found)
}

struct Search<'a> {
    top: PathBuf,
    index: &'a gix::index::State,
    excludes: gix::AttributeStack<'a>,
    found: BTreeSet<BString>,
}

impl Search<'_> {
    fn add(&mut self, argument: &Path) -> Result<()> {
        let context = || message!("Could not archive {}", argument.display());
        let metadata = fs_err::symlink_metadata(argument).or_raise(context)?;
        let path = resolve(argument, metadata.is_dir()).or_raise(context)?;
        let Ok(relative) = path.strip_prefix(&self.top) else {
            bail!(message!("{} is outside of the worktree", argument.display()));
        };
        let relative = gix::path::into_bstr(relative).or_raise(context)?;
        let relative = gix::path::to_unix_separators_on_windows(relative).into_owned();
        if relative.split(|byte| *byte == b'/').any(|part| part.eq_ignore_ascii_case(b".git")) {
            bail!(message!("{} belongs to git itself", argument.display()));
        }
        if !relative.is_empty() && self.is_ignored(relative.as_ref(), metadata.is_dir())? {
            bail!(message!("{} is ignored", argument.display()));
        }
        if metadata.is_dir() {
            self.add_folder(&path, relative.as_ref())
        } else {
            self.found.insert(relative);
            Ok(())
        }
    }

    fn add_folder(&mut self, path: &Path, relative: &BStr) -> Result<()> {
        let before = self.found.len();
        self.walk(path, relative)?;
        let mut prefix = relative.to_owned();
        if !prefix.is_empty() {
            prefix.push(b'/');
        }
        for entry in self.index.prefixed_entries(prefix.as_ref()).unwrap_or_default() {
            let tracked = entry.path(self.index);
            if !self.found.contains(tracked) {
                bail!(message!("{tracked} is tracked and gone: an archive removes no file"));
            }
        }
        if self.found.len() == before && self.index.prefixed_entries(prefix.as_ref()).is_none() {
            bail!(message!("{} holds no file to archive", path.display()));
        }
        Ok(())
    }

    fn walk(&mut self, path: &Path, relative: &BStr) -> Result<()> {
        let context = || message!("Could not read the folder {}", path.display());
        for entry in fs_err::read_dir(path).or_raise(context)? {
            let entry = entry.or_raise(context)?;
            let name = gix::path::os_string_into_bstring(entry.file_name()).or_raise(context)?;
            let mut child = relative.to_owned();
            if !child.is_empty() {
                child.push(b'/');
            }
            child.extend_from_slice(&name);
            let kind = entry.file_type().or_raise(context)?;
            if name.eq_ignore_ascii_case(b".git") {
                if relative.is_empty() {
                    continue;
                }
                bail!(message!("{} is a repository of its own", path.display()));
            }
            if self.is_ignored(child.as_ref(), kind.is_dir())? {
                continue;
            }
            if kind.is_dir() {
                self.walk(&entry.path(), child.as_ref())?;
            } else {
                self.found.insert(child);
            }
        }
        Ok(())
    }

    /// Tells whether `path` is ignored and neither tracked nor a folder that holds tracked files.
    fn is_ignored(&mut self, path: &BStr, is_folder: bool) -> Result<bool> {
        let context = || message!("Could not find out whether {path} is ignored");
        let mode = if is_folder { Mode::DIR } else { Mode::FILE };
        if !self.excludes.at_entry(path, Some(mode)).or_raise(context)?.is_excluded() {
            return Ok(false);
        }
        let mut prefix = path.to_owned();
        prefix.push(b'/');
        let is_tracked = self.index.entry_by_path(path).is_some()
            || is_folder && self.index.prefixed_entries(prefix.as_ref()).is_some();
        Ok(!is_tracked)
    }
}

/// Returns where `argument` really is; a symbolic link at its end is not followed.
fn resolve(argument: &Path, is_folder: bool) -> std::io::Result<PathBuf> {
    if is_folder {
        return argument.canonicalize();
    }
    let parent = argument.parent().filter(|parent| !parent.as_os_str().is_empty());
    let folder = parent.unwrap_or_else(|| Path::new(".")).canonicalize()?;
    Ok(argument.file_name().map_or_else(|| folder.clone(), |name| folder.join(name)))
}
