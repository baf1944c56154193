//! Which files would an installation from here write?

use std::path::{Path, PathBuf};

use git_dos_agent_hooks::Host;
use git_dos_agent_hooks::settings::Settings;
use git_dos_git_hooks::{Event, shim};
use git_dos_installer::receipt::Store;
use gix::error::{Result, ResultExt as _, message};

use crate::env;

/// The folders and files around one worktree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The git folder that all worktrees share.
    pub common: PathBuf,
    /// The top of the worktree; `None` in a bare repository.
    pub worktree: Option<PathBuf>,
    /// This program.
    pub program: PathBuf,
    /// The user's home.
    pub home: Option<PathBuf>,
}

impl Place {
    /// Finds the place of `repository` and of this program.
    pub fn of(repository: &gix::Repository) -> Result<Self> {
        let real = |path: &Path| {
            fs_err::canonicalize(path).or_raise(|| message("Could not find a folder's real place"))
        };
        Ok(Self {
            common: real(repository.common_dir())?,
            worktree: repository.workdir().map(real).transpose()?,
            program: env::own_program()
                .or_raise(|| message("Could not find the path of this program"))?,
            home: env::home(),
        })
    }

    /// Returns where the receipt of this repository is kept.
    pub fn store(&self) -> Store {
        Store { file: self.state().join("install.json"), common: Some(self.common.clone()) }
    }

    /// Returns the folder of our state.
    pub fn state(&self) -> PathBuf {
        self.common.join("dos")
    }

    /// Returns the folder in which git looks for hooks unless it is told otherwise.
    pub fn hooks(&self) -> PathBuf {
        self.common.join("hooks")
    }

    /// Returns the file that git runs for `event`.
    pub fn slot(&self, event: Event) -> PathBuf {
        self.hooks().join(event.name())
    }

    /// Returns the second name of a hook that was there first.
    pub fn kept(&self, event: Event) -> PathBuf {
        self.hooks().join(format!("{}{}", event.name(), shim::CHAINED_SUFFIX))
    }

    /// Returns the configuration that all worktrees share.
    pub fn config(&self) -> PathBuf {
        self.common.join("config")
    }

    /// Returns the list of files that git ignores here and nobody else knows of.
    pub fn exclude(&self) -> PathBuf {
        self.common.join("info/exclude")
    }

    /// Returns `path` as people here would write it: from the top of the worktree, or from home.
    pub fn shown(&self, path: &Path) -> String {
        if let Some(inside) = self.worktree.as_ref().and_then(|top| path.strip_prefix(top).ok()) {
            return inside.display().to_string();
        }
        match self.home.as_ref().and_then(|home| path.strip_prefix(home).ok()) {
            Some(inside) => format!("~/{}", inside.display()),
            None => path.display().to_string(),
        }
    }
}

/// Returns where the receipt of a user's own files is kept.
pub fn user_store() -> Option<Store> {
    let folder = env::state_home()?.join("git-dos");
    Some(Store { file: folder.join("install.json"), common: None })
}

/// Tells whether git-dos is installed in the repository with the common git folder `common`.
pub fn is_served(common: &str) -> bool {
    Path::new(common).join("dos/install.json").exists()
}

/// Who shares a settings file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scope {
    /// This user, in this worktree.
    #[default]
    Local,
    /// Everybody who works with the repository.
    Shared,
    /// This user, everywhere.
    User,
}

impl Scope {
    /// Every scope, narrowest first.
    pub const ALL: [Self; 3] = [Self::Local, Self::Shared, Self::User];

    /// Returns the word for the scope.
    pub fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Shared => "shared",
            Self::User => "user",
        }
    }

    /// Returns the file that `host` reads its hooks from, for the worktree at `top`.
    pub fn settings(self, host: Host, top: &Path) -> Option<PathBuf> {
        let settings = Settings::of(host);
        match self {
            Self::Local => Some(top.join(settings.local?)),
            Self::Shared => Some(top.join(settings.shared?)),
            Self::User => Some(agent_folder(host)?.join(settings.user?)),
        }
    }
}

/// Returns the folder of the user's own settings of `host`.
pub fn agent_folder(host: Host) -> Option<PathBuf> {
    let home = Settings::of(host).home;
    let named = home.variable.and_then(env::folder);
    named.or_else(|| env::home().map(|user| user.join(home.folder)))
}
