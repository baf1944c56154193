//! Where does git look for hooks, seen from one worktree?

use std::path::{Path, PathBuf};

use gix::error::{Result, ResultExt as _, message};

/// The folder in which git looks for hooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HooksFolder {
    /// The repository's own.
    Own,
    /// Another one.
    Elsewhere {
        /// The folder.
        folder: PathBuf,
        /// What says so.
        because: String,
    },
    /// None: the user switched hooks off.
    Off {
        /// What says so.
        because: String,
    },
}

/// Finds the folder that git uses in the worktree of `repository`, from `core.hooksPath` in any scope.
pub fn of(repository: &gix::Repository, own: &Path) -> Result<HooksFolder> {
    let config = repository.config_snapshot();
    let Some(value) = config.string("core.hooksPath") else {
        return Ok(linked(own));
    };
    let because = because(&config, &value.to_string());
    if value.is_empty() || value.as_slice() == b"/dev/null" {
        return Ok(HooksFolder::Off { because });
    }
    let folder = config
        .trusted_path("core.hooksPath")
        .or_raise(|| message!("Could not make a path of {because}"))?
        .unwrap_or_else(|| PathBuf::from(value.to_string()));
    // Git starts hooks at the top of the worktree and looks for them from there.
    let top = repository.workdir().and_then(|top| fs_err::canonicalize(top).ok());
    let folder = top.map_or(folder.clone(), |top| top.join(&folder));
    if is_same(&folder, own) {
        Ok(linked(own))
    } else {
        Ok(HooksFolder::Elsewhere { folder, because })
    }
}

/// The own folder may itself be a link to one that other repositories use as well.
fn linked(own: &Path) -> HooksFolder {
    let real = |path: &Path| fs_err::canonicalize(path).ok();
    match (real(own), own.parent().and_then(real)) {
        (Some(folder), Some(common)) if !folder.starts_with(&common) => HooksFolder::Elsewhere {
            because: format!("{} is a symbolic link", own.display()),
            folder,
        },
        _ => HooksFolder::Own,
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    match (fs_err::canonicalize(one), fs_err::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

/// Says which file or scope sets `core.hooksPath` to `value`.
fn because(config: &gix::config::Snapshot<'_>, value: &str) -> String {
    let origin = config.plumbing().raw_value_with_section("core.hooksPath").ok();
    let origin = origin.map(|(_, section)| match &section.meta().path {
        Some(path) => path.strip_prefix(".").unwrap_or(path).display().to_string(),
        None => format!("{:?}", section.meta().source).to_lowercase(),
    });
    format!(
        "core.hooksPath is `{value}` in {}",
        origin.unwrap_or_else(|| "git's settings".to_owned())
    )
}
