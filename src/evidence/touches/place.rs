//! Where in the worktrees of a repository is a file, when links and `..` are followed?

use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use gix::error::{Result, ResultExt as _, message};

use crate::env;
use crate::lane::path::{Accents, Case, Path as LanePath, Spelling};
use crate::verdict::access::footprint::{Deed, Touch};

/// The most links that one path may lead over, as on Linux.
const LINKS: usize = 40;

/// Whether what is done to a link is done to what it points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// It is: the file behind it is opened.
    Links,
    /// It is done to the link itself, which is moved or removed.
    LinksBefore,
}

/// Where a tool is used.
#[derive(Debug, Clone)]
pub struct Place {
    /// The folder in which relative paths begin.
    pub folder: PathBuf,
    /// The tops of the worktrees of the repository, links followed.
    pub tops: Vec<PathBuf>,
    /// The user's home.
    pub home: Option<PathBuf>,
    /// When two spellings are one name.
    pub spelling: Spelling,
}

impl Place {
    /// Describes `folder` in `repository`; a folder that is not absolute begins at the top of the worktree.
    pub fn of(repository: &gix::Repository, folder: Option<&Path>) -> Result<Self> {
        let context = || message("Could not find the worktrees of the repository");
        let own = repository.workdir().map(absolute);
        let mut tops: Vec<PathBuf> = own.iter().cloned().collect();
        for proxy in repository.worktrees().or_raise(context)? {
            // One whose folder is gone has no files.
            tops.extend(proxy.base().ok().map(|base| absolute(&base)));
        }
        // A linked worktree does not list the main one.
        if let Some(main) =
            repository.main_repo().ok().and_then(|main| main.workdir().map(absolute))
        {
            tops.push(main);
        }
        let tops: Vec<PathBuf> = tops.iter().map(|top| resolved(top, Follow::Links)).collect();
        let top = tops.first().cloned().unwrap_or_default();
        let folder = top.join(folder.unwrap_or_else(|| Path::new("")));
        Ok(Self { folder, tops, home: env::home(), spelling: spelling(repository) })
    }

    /// Returns where the file at `path` is, from the top of its worktree; `None` when that is in no worktree.
    pub fn path(&self, path: &Path) -> Option<LanePath> {
        let touch = self.touch(&self.folder.join(path), Deed::Read, Follow::Links);
        touch.map(|touch| touch.path)
    }

    /// Returns what `deed` does to the file at `path`; `None` when that is in no worktree.
    pub(super) fn touch(&self, path: &Path, deed: Deed, follow: Follow) -> Option<Touch> {
        let file = self.spelling.fold(&resolved(path, follow).to_string_lossy());
        let inside = |top: &PathBuf| {
            let top = self.spelling.fold(&top.to_string_lossy());
            let rest = file.strip_prefix(&top)?;
            (rest.is_empty() || rest.starts_with(['/', '\\']) || top.ends_with('/'))
                .then(|| rest.to_owned())
        };
        // A worktree may lie inside another one.
        let rest = self.tops.iter().filter_map(inside).min_by_key(String::len)?;
        Some(Touch { path: LanePath::new(&rest, self.spelling)?, deed })
    }
}

/// Returns how the file system of `repository` spells names, as git found out when it was made.
pub fn spelling(repository: &gix::Repository) -> Spelling {
    let config = repository.config_snapshot();
    let is_on = |key: &str| config.boolean(key).unwrap_or(false);
    Spelling {
        case: if is_on("core.ignorecase") { Case::Ignored } else { Case::Kept },
        accents: if is_on("core.precomposeunicode") { Accents::Composed } else { Accents::Kept },
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Follows the links and `..` of an absolute `path`, the rest of which need not exist.
fn resolved(path: &Path, follow: Follow) -> PathBuf {
    let mut real = PathBuf::new();
    let mut open: VecDeque<OsString> = parts(path);
    let mut links = 0;
    while let Some(part) = open.pop_front() {
        if part == ".." {
            real.pop();
            continue;
        }
        let next = real.join(&part);
        let is_last = open.is_empty() && follow == Follow::LinksBefore;
        match fs_err::read_link(&next) {
            Ok(target) if !is_last && links < LINKS => {
                links += 1;
                for part in parts(&target).into_iter().rev() {
                    open.push_front(part);
                }
            }
            Ok(_) | Err(_) => real = next,
        }
    }
    real
}

/// Returns the parts of `path` that lead anywhere.
fn parts(path: &Path) -> VecDeque<OsString> {
    let leads = |part: &Component<'_>| *part != Component::CurDir;
    path.components().filter(leads).map(|part| part.as_os_str().to_owned()).collect()
}
