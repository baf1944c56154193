//! Would git call us, seen from one worktree?

use std::path::{Path, PathBuf};

use git_dos_git_hooks::Event;
use git_dos_git_hooks::owner::{self, Manager, Owner};
use git_dos_git_hooks::second_name::Use;
use git_dos_git_hooks::shim::{self, Shim};
use git_dos_installer::look;
use git_dos_installer::receipt::Kind;
use gix::error::{Result, ResultExt as _, message};

use super::{Looking, Row, Verdict, managers};
use crate::git_program::Version;
use crate::ops::wiring::hooks_folder::{self, HooksFolder};
use crate::ops::wiring::lanes::Lanes;
use crate::ops::wiring::worktrees::Worktree;
use crate::ops::wiring::{config, moved};

/// A verdict and the sentence that goes with it.
type Finding = (Verdict, String);

/// Judges the git hooks that are wanted, or there all the same.
pub(super) fn rows(looking: &Looking<'_>, worktree: &Worktree) -> Result<Vec<Row>> {
    let text = fs_err::read(looking.place.config())
        .or_raise(|| message("Could not read the repository's configuration"))?;
    let folder = hooks_folder::of(&worktree.repository, &looking.place.hooks())?;
    let seeing = Seeing { looking, worktree, folder, text };
    let lanes = Lanes::of(&worktree.repository);
    let mut rows = Vec::new();
    for event in Event::ALL {
        let there = seeing.configured(event).is_some()
            || seeing.has_shim(event)
            || seeing.manager_calls(event);
        if there || looking.wants(event, &lanes) {
            let (verdict, sentence) = seeing.judge(event)?;
            let file = seeing.file(event);
            let event = event.name().to_owned();
            rows.push(Row { caller: "git", event, verdict, file, sentence });
        }
    }
    Ok(rows)
}

impl Looking<'_> {
    /// Tells whether the hook was asked for; without a receipt the usual ones are.
    ///
    /// Nobody asks for that of lanes: they do, unless less than the usual hooks were asked for.
    fn wants(&self, event: Event, lanes: &Lanes) -> bool {
        let Some(receipt) = &self.receipt else { return lanes.call_for(event) };
        let asked = |event: Event| receipt.events.iter().any(|name| name == event.name());
        if event == Event::PreCommit {
            lanes.call_for(event) && Event::DEFAULT.into_iter().all(asked)
        } else {
            asked(event)
        }
    }
}

struct Seeing<'s> {
    looking: &'s Looking<'s>,
    worktree: &'s Worktree,
    folder: HooksFolder,
    /// The repository's configuration.
    text: Vec<u8>,
}

impl Seeing<'_> {
    fn slot(&self, event: Event) -> PathBuf {
        self.looking.place.slot(event)
    }

    fn configured(&self, event: Event) -> Option<String> {
        config::hook_in(&self.text, event).ok().flatten()
    }

    fn has_shim(&self, event: Event) -> bool {
        let program = &self.looking.place.program;
        fs_err::read(self.slot(event))
            .is_ok_and(|bytes| shim::recognise(&bytes, event.name(), program).is_some())
    }

    /// Returns the file that decides about `event`.
    fn file(&self, event: Event) -> PathBuf {
        if self.configured(event).is_some() && !self.has_shim(event) {
            return self.looking.place.config();
        }
        if let Some(moved) = self.moved(event) {
            return moved;
        }
        match &self.folder {
            HooksFolder::Elsewhere { folder, .. } => folder.join(event.name()),
            HooksFolder::Own | HooksFolder::Off { .. } => self.slot(event),
        }
    }

    /// Returns where our hook is under another name, from which the program that gave it still runs it.
    fn moved(&self, event: Event) -> Option<PathBuf> {
        let moved = moved::of(self.looking.place, event).ok().flatten();
        let moved = moved.filter(|moved| moved.used == Use::Runs);
        moved.filter(|_| self.folder == HooksFolder::Own).map(|moved| moved.path)
    }

    fn judge(&self, event: Event) -> Result<Finding> {
        if let Some(command) = self.configured(event) {
            return self.judge_configured(event, &command);
        }
        let (because, folder) = match &self.folder {
            HooksFolder::Own => return self.judge_file(event),
            HooksFolder::Off { because } => (because, None),
            HooksFolder::Elsewhere { folder, because } => (because, Some(folder)),
        };
        let hook = folder.map(|folder| folder.join(event.name()));
        if let Some(file) = hook.as_ref().and_then(|hook| self.calling_file(hook, event)) {
            // The file that git would run leads to the one that calls us.
            if hook.is_some_and(|hook| hook.is_file()) {
                let file = self.looking.place.shown(&file);
                return Ok((Verdict::Installed, format!("called by {file}")));
            }
            let sentence = format!(
                "{because}, which has no such hook in this worktree: set husky up here, npx husky"
            );
            return Ok((Verdict::Shadowed, sentence));
        }
        let manager = folder.and_then(|folder| Manager::of_hooks_path(folder));
        let mend = match manager {
            Some(manager) => manager.recipe(event),
            None => "git dos install says what can be done, or does it".to_owned(),
        };
        Ok((Verdict::Shadowed, format!("{because}; {mend}")))
    }

    fn judge_configured(&self, event: Event, command: &str) -> Result<Finding> {
        if self.has_shim(event) && self.folder == HooksFolder::Own {
            let sentence =
                "a file and git's configuration both call it; git dos install leaves one";
            return Ok((Verdict::Duplicate, sentence.to_owned()));
        }
        let version = self.looking.version()?;
        if let Some(switch) = self.switch(event, version) {
            let scope = self.scope_of(&switch);
            let sentence = format!("{switch} is false; git config{scope} --unset {switch}");
            return Ok((Verdict::Suppressed, sentence));
        }
        if version < Version::CONFIG_HOOKS {
            let sentence = format!(
                "git {version} runs no hooks from its configuration; git dos install looks for another way"
            );
            return Ok((Verdict::Ignored, sentence));
        }
        let wanted = shim::config_command(event.name(), &self.looking.place.program);
        if command == wanted || recorded_in_command(command).is_some_and(Path::is_file) {
            return Ok((Verdict::Installed, String::new()));
        }
        Ok((Verdict::Outdated, "git dos install writes the present form".to_owned()))
    }

    /// Returns the key that keeps git from running our hook for `event` from the configuration.
    fn switch(&self, event: Event, version: Version) -> Option<String> {
        let own = format!("hook.git-dos-{}.enabled", event.name());
        let of_event = format!("hook.{}.enabled", event.name());
        let config = self.worktree.repository.config_snapshot();
        let is_off = |key: &String| config.boolean(key.as_str()) == Some(false);
        let heeded = Some(of_event).filter(|_| version >= Version::EVENT_SWITCH);
        std::iter::once(own).chain(heeded).find(is_off)
    }

    /// Returns the option of `git config` that reaches the file which has `key`.
    fn scope_of(&self, key: &str) -> &'static str {
        use gix::config::Source;
        let config = self.worktree.repository.config_snapshot();
        let found = config.plumbing().raw_value_with_section(key).ok();
        match found.map(|(_, section)| section.meta().source) {
            Some(Source::User | Source::Git) => " --global",
            Some(Source::System | Source::GitInstallation) => " --system",
            Some(Source::Worktree) => " --worktree",
            Some(_) | None => "",
        }
    }

    fn judge_file(&self, event: Event) -> Result<Finding> {
        let slot = self.slot(event);
        let context = || message!("Could not look at the hook {}", slot.display());
        if !look::exists(&slot).or_raise(context)? {
            if let Some(file) = self
                .calling_file(&slot, event)
                .filter(|_| managers::run_something(&self.worktree.repository, event))
            {
                let file = self.looking.place.shown(&file);
                return Ok((Verdict::Installed, format!("called by {file}")));
            }
            let kept = look::exists(&self.looking.place.kept(event)).or_raise(context)?;
            let waits = if kept { "the hook that was there waits beside it; " } else { "" };
            return Ok((Verdict::Missing, format!("{waits}git dos install puts it there")));
        }
        let Ok(bytes) = fs_err::read(&slot) else {
            return Ok((Verdict::Unreadable, "what is there cannot be read as a file".to_owned()));
        };
        let link = fs_err::read_link(&slot).ok();
        let program = &self.looking.place.program;
        Ok(match owner::of(&bytes, link.as_deref(), event, program) {
            Owner::Ours(shim) => self.judge_shim(event, &shim, &bytes),
            Owner::Manager(manager) if self.moved(event).is_some() => {
                (Verdict::Installed, format!("{} runs it", manager.name()))
            }
            Owner::Manager(manager) => {
                self.judge_foreign(event, manager.name(), &manager.recipe(event))
            }
            Owner::User => {
                self.judge_foreign(event, "a script that is not ours", "git dos install runs both")
            }
        })
    }

    fn judge_shim(&self, event: Event, shim: &Shim, bytes: &[u8]) -> Finding {
        if !is_executable(&self.slot(event)) {
            let sentence =
                format!("git does not run it; chmod +x '{}'", self.slot(event).display());
            return (Verdict::Drifted, sentence);
        }
        let text = String::from_utf8_lossy(bytes);
        let finds_program = || {
            shim::recorded_in(&text).is_some_and(|path| Path::new(&path).is_file())
                || crate::env::has_program("git-dos")
        };
        match shim {
            Shim::Current => (Verdict::Installed, self.chained(event)),
            Shim::OtherPath if finds_program() => (Verdict::Installed, self.chained(event)),
            Shim::OtherPath => {
                let sentence = "the program that it names is gone; git dos install names this one";
                (Verdict::Outdated, sentence.to_owned())
            }
            Shim::OtherFormat(_) => {
                (Verdict::Outdated, "git dos install writes the present form".to_owned())
            }
            Shim::Edited => (Verdict::Drifted, "git dos install --force writes it anew".to_owned()),
        }
    }

    fn chained(&self, event: Event) -> String {
        let kept = self.looking.place.kept(event);
        if kept.exists() {
            format!("runs {} as well", self.looking.place.shown(&kept))
        } else {
            String::new()
        }
    }

    fn judge_foreign(&self, event: Event, whose: &str, mend: &str) -> Finding {
        let slot = self.slot(event);
        if let Some(file) = self.calling_file(&slot, event) {
            let sentence = format!("called by {}", self.looking.place.shown(&file));
            return (Verdict::Installed, sentence);
        }
        if self.looking.was_installed(Kind::OwnFile, &slot) {
            (Verdict::Stolen, format!("{whose} took its place; {mend}"))
        } else {
            (Verdict::Foreign, format!("{whose} is in its place; {mend}"))
        }
    }

    /// Finds the file by which `hook`, or who owns it, calls us.
    fn calling_file(&self, hook: &Path, event: Event) -> Option<PathBuf> {
        managers::calling_file(&self.worktree.top, hook, event)
    }

    /// Tells whether a manager's settings have it call us.
    fn manager_calls(&self, event: Event) -> bool {
        self.calling_file(&self.file(event), event).is_some()
    }
}

/// Reads the recorded path out of the command of a hook in the configuration.
fn recorded_in_command(command: &str) -> Option<&Path> {
    let (_, rest) = command.split_once("git-dos '")?;
    rest.split_once("' ").map(|(path, _)| Path::new(path))
}

fn is_executable(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs_err::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    path.is_file()
}
