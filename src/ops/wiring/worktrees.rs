//! Which worktrees does this repository have?

use std::path::PathBuf;

use gix::error::{Result, ResultExt as _, message};

/// One worktree that is on the disk.
pub struct Worktree {
    /// Its top folder.
    pub top: PathBuf,
    /// The repository as it is seen from there.
    pub repository: gix::Repository,
}

/// Lists the main worktree and the linked ones; one whose folder is gone is left out.
pub fn all(repository: &gix::Repository) -> Result<Vec<Worktree>> {
    let context = || message("Could not list the worktrees");
    let mut repositories = vec![repository.main_repo().or_raise(context)?];
    for proxy in repository.worktrees().or_raise(context)? {
        if proxy.base().is_ok_and(|base| base.is_dir()) {
            repositories.push(proxy.into_repo().or_raise(context)?);
        }
    }
    let mut worktrees = Vec::new();
    for repository in repositories {
        let Some(top) = repository.workdir() else { continue };
        let top = fs_err::canonicalize(top).or_raise(context)?;
        worktrees.push(Worktree { top, repository });
    }
    Ok(worktrees)
}
