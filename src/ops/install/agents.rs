//! Which of the agents' files have our hooks, and are those files known to nobody but this user?

use std::path::{Path, PathBuf};

use git_dos_agent_hooks::Host;
use git_dos_agent_hooks::settings::{Command, Form, Settings};
use git_dos_installer::builder::Builder;
use git_dos_installer::change::Manner;
use git_dos_installer::look;
use git_dos_installer::receipt::Kind;
use git_dos_installer::undo::Fate;
use git_dos_installer::wanted::{Edit, OwnFile, Standing, Touch};
use gix::error::{Result, ResultExt as _, message};

use super::git_hooks::roots;
use super::{Agents, Outcome, Part, Run, ignored};
use crate::ops::wiring::agents::{self, carrier, is_detected, switched_off};
use crate::ops::wiring::config::Previous;
use crate::ops::wiring::place::{Scope, agent_folder};
use crate::ops::wiring::surgeon::standing_of_own_file;
use crate::ops::wiring::trust::{self, Trust};

/// What comes of the agents' files.
#[derive(Default)]
pub(super) struct Planned {
    pub(super) parts: Vec<Part>,
    pub(super) notes: Vec<String>,
    /// The agents and their scopes, when their files have our hooks.
    pub(super) agents: Vec<String>,
}

/// Plans the agents' files; `user` collects the changes outside the repository.
pub(super) fn plan<'s>(
    run: &Run<'_>,
    builder: &mut Builder<'s>,
    mut user: Option<&mut Builder<'s>>,
) -> Result<Planned> {
    let mut planned = Planned::default();
    let scope = run.request.scope;
    let wanted = wanted(run, &mut planned);
    let mut hidden = Vec::new();
    for host in Host::ALL {
        let moves = scope != Scope::Local && wanted.contains(&host);
        let target = wanted.contains(&host).then(|| scope.settings(host, run.top)).flatten();
        for other in [Scope::Local, Scope::Shared] {
            let file = other.settings(host, run.top);
            let gone = run.request.agents == Agents::None || (other == Scope::Local && moves);
            if let Some(file) = file.filter(|file| gone && target.as_ref() != Some(file)) {
                planned.parts.extend(taken_out(run, host, file, builder)?);
            }
        }
    }
    for host in wanted {
        let wiring = Wiring { run, host, scope };
        let at = match (scope, &mut user) {
            (Scope::User, Some(user)) => &mut **user,
            _ => &mut *builder,
        };
        hidden.extend(wiring.put_in(at, &mut planned)?);
    }
    if scope != Scope::User {
        let shown = if scope == Scope::Shared { planned_files(&planned) } else { Vec::new() };
        planned.parts.extend(ignored::plan(run, &hidden, &shown, builder)?);
    }
    if scope == Scope::Local && !hidden.is_empty() {
        planned.notes.extend(ignored::other_worktrees(run, &hidden));
    }
    Ok(planned)
}

/// Returns the agents whose files are to have our hooks, each once.
fn wanted(run: &Run<'_>, planned: &mut Planned) -> Vec<Host> {
    let scope = run.request.scope;
    let (asked, named) = match &run.request.agents {
        Agents::None => return Vec::new(),
        // Most people who have VS Code have it for other things than its agent.
        Agents::Detected => {
            let all = Host::ALL.into_iter().filter(|host| *host != Host::VsCode);
            (all.filter(|host| is_detected(*host)).collect(), false)
        }
        Agents::These(hosts) => (hosts.clone(), true),
    };
    let mut wanted: Vec<Host> = Vec::new();
    let mut homeless = Vec::new();
    for host in asked {
        let carrier = carrier(host, scope);
        if scope.settings(carrier, run.top).is_none() {
            homeless.push(host);
        } else if !wanted.contains(&carrier) {
            wanted.push(carrier);
        }
    }
    let elsewhere =
        "git dos install --scope shared serves everybody here, --scope user you everywhere";
    if named {
        for host in homeless {
            let why = format!("{} has no settings for one person in one worktree", host.title());
            let outcome = Outcome::Refused { why, remedy: Some(elsewhere.to_owned()) };
            planned.parts.push(Part {
                name: host.name().to_owned(),
                file: None,
                outcome,
                note: None,
            });
        }
    } else if !homeless.is_empty() {
        let titles: Vec<_> = homeless.iter().map(|host| host.title()).collect();
        let titles = titles.join(", ");
        planned
            .notes
            .push(format!("no settings for one person in one worktree: {titles}; {elsewhere}"));
    }
    wanted
}

/// Returns the files that are written, from the top of the worktree.
fn planned_files(planned: &Planned) -> Vec<PathBuf> {
    planned.parts.iter().filter_map(|part| part.file.clone()).collect()
}

/// One agent whose file is to have our hooks.
struct Wiring<'r> {
    run: &'r Run<'r>,
    host: Host,
    scope: Scope,
}

impl Wiring<'_> {
    /// Plans the agent's file. Returns its path from the top when git is not to see it.
    fn put_in(
        &self,
        builder: &mut Builder<'_>,
        planned: &mut Planned,
    ) -> Result<Option<&'static str>> {
        let (run, host, scope) = (self.run, self.host, self.scope);
        let Some(file) = scope.settings(host, run.top) else { return Ok(None) };
        if let Some(why) = switched_off(host) {
            let outcome = Outcome::Refused { why, remedy: None };
            planned.parts.push(Part::new(host.name(), file, outcome));
            return Ok(None);
        }
        if let Some((other, settings)) = self.served_by_another(&file) {
            planned.parts.extend(taken_out(run, host, file.clone(), builder)?);
            planned.agents.push(format!("{}:{}", host.name(), other.name()));
            let mut part = Part::new(host.name(), settings, Outcome::AsWanted);
            part.note = Some(format!("not in {} as well", run.place.shown(&file)));
            planned.parts.push(part);
            return Ok(None);
        }
        let local = Settings::of(host).local.filter(|_| scope == Scope::Local);
        let hides = match local {
            // A file that somebody else began may be meant for everybody.
            Some(path) => !ignored::is_tracked(run, path)? && self.is_private(&file, builder)?,
            None => false,
        };
        let guarded = scope == Scope::Shared || (scope == Scope::Local && !hides);
        let command = if guarded { Command::Guarded } else { Command::Plain(&run.place.program) };
        let touched = self.write(&file, command, builder);
        let part = match touched {
            Ok(touch) => {
                planned.agents.push(format!("{}:{}", host.name(), scope.name()));
                let mut part = Part::new(host.name(), file.clone(), touch.into());
                let events = Settings::of(host).hooks.iter().map(|hook| hook.event);
                part.note = Some(events.collect::<Vec<_>>().join(", "));
                planned.notes.extend(self.trust(&file));
                part
            }
            Err(error) => snippet(Part::refused(host.name(), Some(file), &error), host, command),
        };
        let refused = part.is_refused();
        planned.parts.push(part);
        Ok(local.filter(|_| hides && !refused))
    }

    fn write(
        &self,
        file: &Path,
        command: Command<'_>,
        builder: &mut Builder<'_>,
    ) -> git_dos_installer::error::Result<Touch> {
        let (run, host) = (self.run, self.host);
        let manner = if file.starts_with(run.top) { Manner::Plain } else { Manner::Private };
        if let Some(text) = Settings::of(host).own_file(command) {
            let own = OwnFile { path: file.to_owned(), contents: text.into_bytes(), manner };
            return builder.own_file(&own, |bytes| match standing_of_own_file(host, bytes) {
                Standing::Edited if run.request.force => Standing::Ours,
                standing @ (Standing::Ours | Standing::Edited | Standing::Foreign) => standing,
            });
        }
        let folder = agent_folder(host);
        let mut roots = roots(run.top, run.place.home.as_ref());
        roots.extend(folder.as_deref().filter(|folder| file.starts_with(folder)));
        builder.edit(&Edit {
            kind: Kind::JsonSpan,
            path: file,
            roots: &roots,
            manner,
            with: &|bytes| {
                // Somebody switched our set off by its name; it stays so.
                if agents::is_set_off(host, bytes) {
                    return Ok(bytes.to_vec());
                }
                agents::with_ours(host, bytes, command)
            },
            without: &|bytes| agents::without_ours(host, bytes),
            previous: Previous::new(),
        })
    }

    /// Tells whether the local settings at `file` are this user's alone: nobody but us began them.
    fn is_private(&self, file: &Path, builder: &Builder<'_>) -> Result<bool> {
        if self.host == Host::Claude {
            return Ok(true);
        }
        let made_by_us = [Kind::JsonSpan, Kind::OwnFile].into_iter().any(|kind| {
            builder.artefact(kind, file).is_some_and(|artefact| artefact.before.is_none())
        });
        let exists = look::exists(file).or_raise(|| message("Could not look at a file"))?;
        Ok(made_by_us || !exists)
    }

    /// Returns the settings of another scope that have all our hooks: the agent would run them twice.
    fn served_by_another(&self, own: &Path) -> Option<(Scope, PathBuf)> {
        let (scope, host) = (self.scope, self.host);
        // Asking for another scope moves them, but what everybody shares stays.
        let others = Scope::ALL
            .into_iter()
            .filter(|other| *other != scope && (scope == Scope::Local || *other == Scope::Shared));
        let files = others.filter_map(|other| Some((other, other.settings(host, self.run.top)?)));
        let mut files = files.filter(|(_, file)| file != own);
        files.find(|(_, file)| fs_err::read(file).is_ok_and(|bytes| has_all(host, &bytes)))
    }

    /// Says what the user has to do before Codex runs our hooks.
    fn trust(&self, file: &Path) -> Option<String> {
        if self.host != Host::Codex {
            return None;
        }
        let bytes = fs_err::read(file).unwrap_or_default();
        let spots = agents::find(self.host, &bytes).unwrap_or_default();
        let top = (self.scope != Scope::User).then_some(self.run.top);
        let given = |spot| trust::of(file, spot, &bytes, top) == Trust::Given;
        let all = !spots.is_empty() && spots.iter().all(given);
        (!all).then(|| {
            "Codex runs no hook before you trust it: start codex here, type /hooks, and look at them"
                .to_owned()
        })
    }
}

/// Tells whether `bytes`, a file of `host`, has all our hooks.
fn has_all(host: Host, bytes: &[u8]) -> bool {
    let settings = Settings::of(host);
    if settings.form == Form::Own {
        return standing_of_own_file(host, bytes) == Standing::Ours;
    }
    let spots = agents::find(host, bytes).unwrap_or_default();
    settings.hooks.iter().all(|hook| spots.iter().any(|spot| spot.event == hook.event))
}

/// Plans that our hooks leave `file`, as far as the receipt speaks of it.
fn taken_out(
    run: &Run<'_>,
    host: Host,
    file: PathBuf,
    builder: &mut Builder<'_>,
) -> Result<Option<Part>> {
    let known = [Kind::JsonSpan, Kind::OwnFile];
    if known.into_iter().all(|kind| builder.artefact(kind, &file).is_none()) {
        return Ok(None);
    }
    let fates = builder.take_out(&file, &run.surgeon).or_raise(|| {
        message!("Could not take our hooks out of the settings of {}", host.title())
    })?;
    let gone = fates.iter().all(|fate| !matches!(fate, Fate::Left(_)));
    Ok(gone.then(|| Part::new(host.name(), file, Outcome::TakenOut)))
}

/// Adds to a refusal what a person can paste into the settings.
fn snippet(mut part: Part, host: Host, command: Command<'_>) -> Part {
    if let Outcome::Refused { remedy, .. } = &mut part.outcome {
        let own = Settings::of(host).own_file(command).map(String::into_bytes);
        let text = own.or_else(|| agents::with_ours(host, b"", command).ok()).unwrap_or_default();
        *remedy = Some(format!("to be added by hand:\n{}", String::from_utf8_lossy(&text).trim()));
    }
    part
}
