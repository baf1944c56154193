//! By which one way does git come to call us for a hook, so that nothing of somebody else's is touched?

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use git_dos_git_hooks::Event;
use git_dos_git_hooks::owner::{self, Manager, Owner, script_recipe};
use git_dos_git_hooks::second_name::Use;
use git_dos_installer::look;
use gix::error::{Result, ResultExt as _, message};

use super::{Mechanism, Run};
use crate::git_program::{self, Version};
use crate::ops::wiring::hooks_folder::{self, HooksFolder};
use crate::ops::wiring::moved;

/// The way for one hook.
pub(super) enum Way {
    /// A file of ours in a free place, or in the place of an earlier one of ours.
    File,
    /// A file of ours, and the user's hook behind it under another name.
    Chain,
    /// Git's configuration.
    Config,
    /// Ours is there under the name that a manager gave it, who runs it.
    Moved(Manager, PathBuf),
    /// No way that leaves others alone.
    None { why: String, remedy: Option<String> },
}

/// What is in the place of a hook.
pub(super) enum Slot {
    Free,
    Ours,
    Manager(Manager),
    User { dispatches: bool },
    NotAFile,
}

/// What decides between the ways.
pub(super) struct Ways<'r> {
    run: &'r Run<'r>,
    folder: HooksFolder,
    /// The hooks of ours that the configuration has now.
    pub(super) configured: Vec<Event>,
    version: OnceCell<Version>,
}

impl<'r> Ways<'r> {
    /// Looks where git looks for hooks; `configured` are the hooks of ours in the configuration.
    pub(super) fn new(run: &'r Run<'r>, configured: Vec<Event>) -> Result<Self> {
        let folder = hooks_folder::of(run.repository, &run.place.hooks())?;
        Ok(Self { run, folder, configured, version: OnceCell::new() })
    }

    /// Looks at the place of the hook `event`.
    pub(super) fn slot(&self, event: Event) -> Result<Slot> {
        let path = self.run.place.slot(event);
        let context = || message!("Could not look at the hook {}", path.display());
        if !look::exists(&path).or_raise(context)? {
            return Ok(Slot::Free);
        }
        let link = fs_err::read_link(&path).ok();
        if !fs_err::metadata(&path).is_ok_and(|found| found.is_file()) {
            return Ok(Slot::NotAFile);
        }
        let bytes = fs_err::read(&path).or_raise(context)?;
        Ok(match owner::of(&bytes, link.as_deref(), event, &self.run.place.program) {
            Owner::Ours(_) => Slot::Ours,
            Owner::Manager(manager) => Slot::Manager(manager),
            Owner::User => Slot::User {
                dispatches: owner::dispatches_on_own_name(&bytes, link.as_deref(), event),
            },
        })
    }

    fn version(&self) -> Result<Version> {
        if let Some(version) = self.version.get() {
            return Ok(*version);
        }
        let version = git_program::version()?;
        Ok(*self.version.get_or_init(|| version))
    }

    /// Tells whether the configuration may be used where a file cannot be.
    fn may_use_config(&self) -> Result<bool> {
        Ok(self.run.request.git == Mechanism::Auto && self.version()? >= Version::CONFIG_HOOKS)
    }

    /// Chooses the way for `event`, in whose place is `slot`.
    pub(super) fn of(&self, event: Event, slot: &Slot) -> Result<Way> {
        if self.run.request.git == Mechanism::Config {
            let version = self.version()?;
            if version >= Version::CONFIG_HOOKS {
                return Ok(Way::Config);
            }
            return Ok(Way::None {
                why: format!(
                    "git {version} runs no hooks from its configuration; {} does",
                    Version::CONFIG_HOOKS
                ),
                remedy: None,
            });
        }
        match &self.folder {
            HooksFolder::Own => self.way_in_own_folder(event, slot),
            HooksFolder::Off { because } => Ok(Way::None {
                why: format!("git's hooks are switched off here: {because}"),
                remedy: Some(format!(
                    "git {} and later run ours all the same after: git dos install --git config",
                    Version::CONFIG_HOOKS
                )),
            }),
            HooksFolder::Elsewhere { .. } if self.may_use_config()? => Ok(Way::Config),
            HooksFolder::Elsewhere { folder, because } => Ok(Way::None {
                why: format!("git looks for hooks in {}: {because}", folder.display()),
                remedy: Some(self.recipe_elsewhere(event, folder)),
            }),
        }
    }

    /// Says what a person can do where git looks for hooks in `folder`.
    fn recipe_elsewhere(&self, event: Event, folder: &Path) -> String {
        if let Some(manager) = Manager::of_hooks_path(folder) {
            return manager.recipe(event);
        }
        if folder.starts_with(self.run.top) {
            let file = folder.join(event.name());
            return format!("in {}:\n{}", self.run.place.shown(&file), script_recipe(event));
        }
        format!(
            "other repositories may use that folder; for hooks of this repository alone:\n\
             git config core.hooksPath '{}'",
            self.run.place.hooks().display()
        )
    }

    fn way_in_own_folder(&self, event: Event, slot: &Slot) -> Result<Way> {
        let place = self.run.place;
        if let Slot::Manager(manager) = slot
            && let Some(moved) =
                moved::of(place, event).or_raise(|| message("Could not look for a hook of ours"))?
            && moved.used == Use::Runs
        {
            return Ok(Way::Moved(*manager, moved.path));
        }
        match slot {
            Slot::Free if self.configured.contains(&event) && self.may_use_config()? => {
                Ok(Way::Config)
            }
            Slot::Free | Slot::Ours => Ok(Way::File),
            // An earlier run was stopped between giving the second name and taking the first.
            Slot::User { .. } if look::same_file(&place.slot(event), &place.kept(event)) => {
                Ok(Way::Chain)
            }
            Slot::User { .. } | Slot::Manager(_) if self.may_use_config()? => Ok(Way::Config),
            Slot::User { dispatches: false } => Ok(Way::Chain),
            Slot::User { dispatches: true } => Ok(Way::None {
                why: "the hook there looks at its own name, so it cannot be given another".into(),
                remedy: Some(format!("in that hook:\n{}", script_recipe(event))),
            }),
            Slot::Manager(manager) => Ok(Way::None {
                why: format!("{} manages the hook there", manager.name()),
                remedy: Some(manager.recipe(event)),
            }),
            Slot::NotAFile => {
                Ok(Way::None { why: "what is there is not a file".into(), remedy: None })
            }
        }
    }
}
