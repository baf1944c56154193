//! Who else wants to know that commits were replaced? Notes, and the post-rewrite hooks of other tools.

use std::path::{Path, PathBuf};

use git_dos_git_hooks::{Event, shim};
use gix::ObjectId;

use crate::evidence::repository::state_folder;
use crate::evidence::rewritable;
use crate::git_program;

/// Copies notes and runs the hooks of others for `old` commits that became `new`.
///
/// The branch has moved; what fails here is said and keeps nobody from working.
pub(super) fn others(repository: &gix::Repository, old: &[ObjectId], new: ObjectId) -> Vec<String> {
    let folder = repository.workdir().unwrap_or_else(|| repository.path()).to_owned();
    let lines: Vec<String> = old.iter().map(|old| format!("{old} {new}\n")).collect();
    let lines = lines.concat();
    let mut warnings = Vec::new();
    if rewritable::copies_notes(repository)
        && let Err(error) = git_program::copy_notes(&folder, lines.as_bytes())
    {
        warnings.push(format!("could not copy the notes: {error}"));
    }
    if has_foreign_hook(repository)
        && let Err(error) =
            git_program::run_post_rewrite(&folder, &state_folder(repository), lines.as_bytes())
    {
        warnings.push(format!("a post-rewrite hook failed: {error}"));
    }
    warnings
}

/// Tells whether anybody but us wants to run when commits are rewritten.
fn has_foreign_hook(repository: &gix::Repository) -> bool {
    let event = Event::PostRewrite.name();
    let file = hooks_folder(repository).join(event);
    let chained = file.with_file_name(format!("{event}{}", shim::CHAINED_SUFFIX));
    let is_foreign = |bytes: Vec<u8>| shim::recognise(&bytes, event, Path::new("")).is_none();
    is_executable(&chained)
        || is_executable(&file) && fs_err::read(&file).is_ok_and(is_foreign)
        || has_configured_hook(repository, event)
}

/// Returns the folder that git runs hooks from.
fn hooks_folder(repository: &gix::Repository) -> PathBuf {
    let configured = repository.config_snapshot().trusted_path("core.hooksPath");
    match configured {
        Ok(Some(path)) => repository.workdir().unwrap_or_else(|| repository.path()).join(path),
        Ok(None) | Err(_) => repository.common_dir().join("hooks"),
    }
}

/// Tells whether the configuration names a hook for `event` that is not ours, as git does since 2.54.
fn has_configured_hook(repository: &gix::Repository, event: &str) -> bool {
    let config = repository.config_snapshot();
    let Some(sections) = config.plumbing().sections_by_name("hook") else { return false };
    sections.into_iter().any(|section| {
        let name = section.header().subsection_name().map(ToOwned::to_owned);
        let is_ours = name.is_some_and(|name| name.starts_with(b"git-dos-"));
        !is_ours && section.values("event").iter().any(|value| **value == event.as_bytes())
    })
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs_err::metadata(path)
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}
