//! Which lanes does the policy declare, what is wrong with them, and whose is a path?

pub mod init;

use std::path::{Path, PathBuf};

use gix::error::{ErrorExt as _, Result, message};

use crate::evidence::touches::{Place, spelling};
use crate::lane::Taxonomy;
use crate::lane::declared::{Lane, Lanes};
use crate::lane::lint::{self, Finding};
use crate::policy;

/// The lanes of a repository.
#[derive(Debug)]
pub struct Declared {
    /// As `[lanes]` of `dos.toml` has them.
    pub taxonomy: Taxonomy,
    /// As they are asked.
    pub lanes: Lanes,
}

impl Declared {
    /// Returns what is wrong with them.
    pub fn findings(&self) -> Vec<Finding> {
        lint::check(&self.taxonomy, &self.lanes)
    }

    /// Tells whether `lane` may be given to a worker who asks for none.
    pub fn is_pickable(&self, lane: &Lane) -> bool {
        self.lanes.pickable().any(|found| found.name == lane.name)
    }
}

/// Reads the lanes of `repository`; a `dos.toml` that cannot be read is an error, never a repository without lanes.
pub fn read(repository: &gix::Repository) -> Result<Declared> {
    let taxonomy = policy::load(repository)?.lanes.taxonomy();
    let lanes = Lanes::new(&taxonomy, spelling(repository)).map_err(|fault| {
        message!("A tree of [lanes] in dos.toml cannot be read: {fault}").raise()
    })?;
    Ok(Declared { taxonomy, lanes })
}

/// Whose one path is.
#[derive(Debug)]
pub struct Owned<'a> {
    /// The path as it was asked for.
    pub asked: &'a Path,
    /// The path from the top of its worktree.
    pub path: String,
    /// The lanes that it is in, those that are held side by side first.
    pub lanes: Vec<&'a Lane>,
}

/// Returns for each of `paths`, which begin in the current folder, whose it is.
///
/// Errors at a path that is in no worktree of `repository`.
pub fn owners<'a>(
    repository: &gix::Repository,
    declared: &'a Declared,
    paths: &'a [PathBuf],
) -> Result<Vec<Owned<'a>>> {
    let folder = std::path::absolute(Path::new(".")).ok();
    let place = Place::of(repository, folder.as_deref())?;
    let owned = |asked: &'a PathBuf| {
        let path = place.path(asked).ok_or_else(|| {
            message!("{} is in no worktree of this repository", asked.display()).raise()
        })?;
        let lanes = declared.lanes.owners(&path).collect();
        Ok(Owned { asked, path: path.as_str().to_owned(), lanes })
    };
    paths.iter().map(owned).collect()
}
