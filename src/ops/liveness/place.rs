//! Where does a run work: in its worktree, or, when that is gone, on its branch?

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::error::{Result, ResultExt as _, bail, message};

use crate::evidence::repository::{self, Environment};
use crate::journal::runs::Start;
use crate::ops::session::head_id;
use crate::output::{HINT, shown};

/// The place of a run.
#[derive(Debug)]
pub(super) struct Place {
    /// The repository as its worktree sees it.
    pub repository: gix::Repository,
    /// The commits that the run has reached: of `HEAD`, and of the branch on which it started.
    pub tips: Vec<ObjectId>,
    /// The reflog that knows how they were reached.
    pub log: PathBuf,
}

/// The worktrees that were opened so far: runs share them.
#[derive(Debug, Default)]
pub(super) struct Worktrees {
    opened: RefCell<HashMap<String, Option<gix::Repository>>>,
}

impl Worktrees {
    /// Opens the worktree at `path` if it is one of `repository`.
    fn open(&self, repository: &gix::Repository, path: &str) -> Option<gix::Repository> {
        let mut opened = self.opened.borrow_mut();
        let worktree = opened.entry(path.to_owned());
        worktree.or_insert_with(|| open(repository, Path::new(path))).clone()
    }
}

impl Place {
    /// Returns the place that `repository` is at.
    pub(super) fn here(repository: &gix::Repository) -> Result<Self> {
        let tips = Vec::from_iter(head_id(repository)?);
        let log = repository.git_dir().join("logs/HEAD");
        Ok(Self { repository: repository.clone(), tips, log })
    }

    /// Returns the place of the run that began at `start`, in the repository that `repository` is too.
    ///
    /// Errors when worktree and branch are gone.
    pub(super) fn of(
        repository: &gix::Repository,
        start: &Start,
        worktrees: &Worktrees,
    ) -> Result<Self> {
        let branch =
            start.branch.as_deref().map(|name| tip(repository, name)).transpose()?.flatten();
        if let Some(worktree) = start.worktree.as_deref()
            && let Some(worktree) = worktrees.open(repository, worktree)
        {
            let mut place = Self::here(&worktree)?;
            place.tips.extend(branch);
            place.tips.dedup();
            return Ok(place);
        }
        let (Some(tip), Some(name)) = (branch, start.branch.as_deref()) else {
            let branch = start.branch.as_deref().map_or("no branch", |name| name);
            let worktree = start.worktree.as_deref().unwrap_or("an unknown folder");
            bail!(
                message!(
                    "The worktree {} is gone, and its branch {} too",
                    shown(worktree.as_bytes()),
                    shown(branch.as_bytes())
                )
                .with(HINT, "git dos run end RUN ends a run that is over")
            );
        };
        let log = repository.common_dir().join("logs").join(name);
        Ok(Self { repository: repository.clone(), tips: vec![tip], log })
    }
}

/// Opens the worktree at `path` if it is one of `repository`.
fn open(repository: &gix::Repository, path: &Path) -> Option<gix::Repository> {
    let found = repository::open(path, Environment::Ignored).ok()?;
    let real = |path: &Path| fs_err::canonicalize(path).ok();
    let is_same = |one: &Path, other: &Path| real(one).is_some_and(|one| Some(one) == real(other));
    // A folder inside of another worktree is that one's.
    let is_top = found.workdir().is_some_and(|top| is_same(top, path));
    (is_top && is_same(found.common_dir(), repository.common_dir())).then_some(found)
}

/// Returns the commit of the branch with the full name `name`, if there is such a branch.
fn tip(repository: &gix::Repository, name: &str) -> Result<Option<ObjectId>> {
    let context = || message!("Could not read the branch {}", shown(name.as_bytes()));
    let Ok(name) = gix::refs::FullName::try_from(name) else { return Ok(None) };
    let Some(mut reference) = repository.try_find_reference(&name).or_raise(context)? else {
        return Ok(None);
    };
    Ok(Some(reference.peel_to_id().or_raise(context)?.detach()))
}
