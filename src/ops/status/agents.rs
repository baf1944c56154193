//! Would an agent call us, started in one worktree?

use std::path::{Path, PathBuf};

use git_dos_agent_hooks::Host;
use git_dos_agent_hooks::claude::settings::Switch;
use git_dos_agent_hooks::settings::{Command, Extent, Form, Hook, Purpose, Settings, Standing};
use git_dos_installer::receipt::Kind;

use super::{Looking, Row, Verdict, install_in};
use crate::ops::wiring::agents::{self, Spot, carrier, is_detected, switched_off};
use crate::ops::wiring::lanes::Lanes;
use crate::ops::wiring::place::Scope;
use crate::ops::wiring::trust::{self, Trust};
use crate::ops::wiring::worktrees::Worktree;
use crate::policy::FILE_NAME;

/// One file that an agent reads.
struct File {
    scope: Scope,
    path: PathBuf,
    bytes: Vec<u8>,
    /// Our hooks in it.
    spots: Vec<Spot>,
}

/// What the looking at one agent shares.
struct Agent<'l> {
    looking: &'l Looking<'l>,
    worktree: &'l Worktree,
    host: Host,
    lanes: &'l Lanes,
    files: Vec<File>,
}

/// Judges the hooks of every agent that are wanted, or there all the same.
pub(super) fn rows(looking: &Looking<'_>, worktree: &Worktree) -> Vec<Row> {
    let lanes = Lanes::of(&worktree.repository);
    let rows = |host| Agent { looking, worktree, host, lanes: &lanes, files: Vec::new() }.rows();
    Host::ALL.into_iter().flat_map(rows).collect()
}

impl Agent<'_> {
    fn rows(mut self) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut suppressed = switched_off(self.host);
        let mut seen: Vec<PathBuf> = Vec::new();
        for scope in Scope::ALL {
            let Some(path) = scope.settings(self.host, &self.worktree.top) else { continue };
            if seen.contains(&path) {
                continue;
            }
            seen.push(path.clone());
            let bytes = match git_dos_installer::look::read(&path) {
                Ok(None) => continue,
                Ok(Some(bytes)) => bytes,
                Err(error) => {
                    rows.push(self.unreadable(path, &error.to_string()));
                    continue;
                }
            };
            let switch = self.switch_in(&bytes);
            if let Some(switch) = switch {
                suppressed.get_or_insert(format!("{switch} in {}", path.display()));
            }
            match self.spots(&bytes) {
                Ok(spots) => self.files.push(File { scope, path, bytes, spots }),
                Err(refusal) => rows.push(self.unreadable(path, &refusal)),
            }
        }
        if !self.is_wanted() && self.files.iter().all(|file| file.spots.is_empty()) {
            return Vec::new();
        }
        let settings = Settings::of(self.host);
        let extent = self.looking_for();
        for hook in settings.hooks {
            let is_there = self.spots_of(hook.event).next().is_some();
            if is_there || extent.has(hook) {
                rows.push(self.judge(hook));
            }
        }
        if let Some(why) = suppressed {
            let title = self.host.title();
            for row in rows.iter_mut().filter(|row| row.verdict == Verdict::Installed) {
                row.verdict = Verdict::Suppressed;
                row.sentence = format!("{why}, so {title} runs no hook of ours");
            }
        }
        rows
    }

    /// Returns which setting in `bytes` keeps our hooks from running.
    fn switch_in(&self, bytes: &[u8]) -> Option<String> {
        let heeds = matches!(self.host, Host::Claude | Host::Qwen);
        if heeds && Switch::on_in(bytes) == Some(Switch::AllHooks) {
            return Some(format!("{} is on", Switch::AllHooks.name()));
        }
        let off = agents::is_set_off(self.host, bytes);
        off.then(|| "our set of hooks is switched off".to_owned())
    }

    /// Lists our hooks in `bytes`; the error says why they cannot be found.
    fn spots(&self, bytes: &[u8]) -> Result<Vec<Spot>, String> {
        let settings = Settings::of(self.host);
        if settings.form != Form::Own {
            return agents::find(self.host, bytes).map_err(|refusal| refusal.to_string());
        }
        let (command, extent) = match Standing::of(settings, bytes) {
            Standing::Ours { program: Some(program), extent } => {
                (Command::Plain(&program).line(), extent)
            }
            Standing::Ours { program: None, extent } => (Command::Guarded.line(), extent),
            Standing::Changed => (Command::Guarded.line(), Extent::All),
            Standing::Foreign => return Ok(Vec::new()),
        };
        let spot = |hook: &Hook| {
            let event = hook.event.to_owned();
            Spot { event, command: command.clone(), place: (0, 0) }
        };
        Ok(settings.hooks_of(extent).map(spot).collect())
    }

    /// Returns which hooks there should be: a user's own file serves other repositories as well.
    fn looking_for(&self) -> Extent {
        let has_ours = |file: &&File| !file.spots.is_empty();
        let scope = match self.files.iter().find(has_ours) {
            Some(file) => file.scope,
            None => self.scope_of(&self.home()),
        };
        self.lanes.extent(scope)
    }

    /// Lists our hooks for `event`, each with the file that it is in.
    fn spots_of(&self, event: &str) -> impl Iterator<Item = (&File, &Spot)> {
        let spots =
            self.files.iter().flat_map(|file| file.spots.iter().map(move |spot| (file, spot)));
        spots.filter(move |(_, spot)| spot.event == event)
    }

    /// Returns the scope of the file at `path`, which may be that of two.
    fn scope_of(&self, path: &Path) -> Scope {
        let is_its =
            |scope: &Scope| scope.settings(self.host, &self.worktree.top).as_deref() == Some(path);
        let mut scopes = self.asked().chain(Scope::ALL);
        scopes.find(is_its).unwrap_or_default()
    }

    /// Lists the scopes at which the agent was wired, by the receipt.
    fn asked(&self) -> impl Iterator<Item = Scope> {
        let name = format!("{}:", self.host.name());
        let agents = self.looking.receipt.iter().flat_map(|receipt| &receipt.agents);
        let words: Vec<&str> = agents.filter_map(|agent| agent.strip_prefix(&name)).collect();
        Scope::ALL.into_iter().filter(move |scope| words.contains(&scope.name()))
    }

    /// Says what writes the file at `path` as it should be.
    fn install(&self, path: &Path) -> String {
        let install = install_in(self.looking, self.worktree);
        match self.scope_of(path) {
            Scope::Local => install,
            scope @ (Scope::Shared | Scope::User) => format!("{install} --scope {}", scope.name()),
        }
    }

    /// Tells whether the agent's settings were asked for, or would be.
    fn is_wanted(&self) -> bool {
        let name = format!("{}:", self.host.name());
        if let Some(receipt) = &self.looking.receipt {
            return receipt.agents.iter().any(|agent| agent.starts_with(&name));
        }
        let local = Scope::Local.settings(self.host, &self.worktree.top).is_some();
        local && carrier(self.host, Scope::Local) == self.host && is_detected(self.host)
    }

    fn unreadable(&self, file: PathBuf, why: &str) -> Row {
        Row {
            caller: self.host.name(),
            event: "settings".to_owned(),
            verdict: Verdict::Unreadable,
            sentence: format!("{why}; mend the file, then: git dos install"),
            file,
        }
    }

    fn judge(&self, hook: &Hook) -> Row {
        let event = hook.event;
        let row = |verdict, file: PathBuf, sentence: String| Row {
            caller: self.host.name(),
            event: event.to_owned(),
            verdict,
            file,
            sentence,
        };
        let found: Vec<_> = self.spots_of(event).collect();
        let Some((file, spot)) = found.first() else {
            let (verdict, home, sentence) = self.missing(hook);
            return row(verdict, home, sentence);
        };
        let install = self.install(&file.path);
        // Claude Code runs equal commands once, wherever they stand.
        if let Some((other, _)) = found.iter().find(|(_, other)| other.command != spot.command) {
            let sentence = format!("{} has it too; take one of them out", other.path.display());
            return row(Verdict::Duplicate, file.path.clone(), sentence);
        }
        let program = &self.looking.place.program;
        let named = agents::program_of(&spot.command);
        let known = named.as_deref().unwrap_or(program);
        if named.as_ref().is_some_and(|program| !program.is_file()) {
            let sentence = format!("the program that it names is gone; {install} names this one");
            return row(Verdict::Outdated, file.path.clone(), sentence);
        }
        if !self.is_as_written(file, event, known) {
            let sentence = format!("{install} writes it as it should be");
            return row(Verdict::Drifted, file.path.clone(), sentence);
        }
        let (verdict, sentence) = self.trust(file, spot);
        if verdict == Verdict::Installed && !self.looking_for().has(hook) {
            let sentence = format!("dos.toml declares no lanes; {install} takes it out");
            return row(verdict, file.path.clone(), sentence);
        }
        row(verdict, file.path.clone(), sentence)
    }

    /// Says what to do about `hook`, which no file has.
    fn missing(&self, hook: &Hook) -> (Verdict, PathBuf, String) {
        let other = self.files.iter().find(|file| !file.spots.is_empty());
        let home = other.map_or_else(|| self.home(), |file| file.path.clone());
        let install = self.install(&home);
        match self.lanes {
            Lanes::Unknown(why) if other.is_some() && hook.purpose == Purpose::Lanes => {
                let policy = self.worktree.top.join(FILE_NAME);
                (Verdict::Unreadable, policy, format!("{why}; mend it, then: git dos status"))
            }
            Lanes::Declared if other.is_some() && hook.purpose == Purpose::Lanes => {
                let sentence = "dos.toml declares lanes, and nobody is asked before a tool is used";
                (Verdict::Missing, home, format!("{sentence}; {install} puts it there"))
            }
            Lanes::Declared | Lanes::Absent | Lanes::Unknown(_) => {
                let known = [Kind::JsonSpan, Kind::OwnFile];
                let gone = known.into_iter().any(|kind| self.looking.was_installed(kind, &home));
                let was = if gone { "it was there; " } else { "" };
                (Verdict::Missing, home, format!("{was}{install} puts it there"))
            }
        }
    }

    fn is_as_written(&self, file: &File, event: &str, program: &std::path::Path) -> bool {
        let settings = Settings::of(self.host);
        if settings.form == Form::Own {
            return matches!(Standing::of(settings, &file.bytes), Standing::Ours { .. });
        }
        // Whoever switched our set off changed it, and that is said already.
        let mut commands = [Command::Plain(program), Command::Guarded].into_iter();
        agents::is_set_off(self.host, &file.bytes)
            || commands.any(|command| agents::holds(self.host, &file.bytes, event, command))
    }

    /// Says whether the agent lets a hook run that is there.
    fn trust(&self, file: &File, spot: &Spot) -> (Verdict, String) {
        if self.host != Host::Codex {
            return (Verdict::Installed, String::new());
        }
        let top = (file.scope != Scope::User).then_some(self.worktree.top.as_path());
        let step = "start codex here, type /hooks, and look at it";
        match trust::of(&file.path, spot, &file.bytes, top) {
            Trust::Given => (Verdict::Installed, String::new()),
            Trust::Missing => {
                (Verdict::Untrusted, format!("Codex does not run it before you trust it: {step}"))
            }
            Trust::NoProject => (
                Verdict::Untrusted,
                "Codex does not trust this project: start codex here and let it".to_owned(),
            ),
            Trust::Off => {
                (Verdict::Suppressed, format!("somebody switched it off in Codex: {step}"))
            }
            Trust::Unknown => (
                Verdict::UnknownTrust,
                format!(
                    "whether Codex runs it is in its config.toml, which cannot be read: {step}"
                ),
            ),
        }
    }

    /// Returns the file that would have our hooks.
    fn home(&self) -> PathBuf {
        let mut files = self.asked().chain(Scope::ALL);
        let file = files.find_map(|scope| scope.settings(self.host, &self.worktree.top));
        file.unwrap_or_default()
    }
}
