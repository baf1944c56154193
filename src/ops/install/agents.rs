//! Which of the agents' files have our hooks, and are those files known to nobody but this user?

use std::path::{Path, PathBuf};

use git_dos_agent_hooks::Host;
use git_dos_agent_hooks::settings::{self, Command, Extent, Form, Hook, Settings};
use git_dos_installer::builder::Builder;
use git_dos_installer::change::Manner;
use git_dos_installer::look;
use git_dos_installer::receipt::Kind;
use git_dos_installer::undo::Fate;
use git_dos_installer::wanted::{Edit, OwnFile, Standing, Touch};
use gix::error::{Result, ResultExt as _, message};

use super::choice::{is_wired, wanted};
use super::git_hooks::roots;
use super::{Agents, Outcome, Part, Run, ignored};
use crate::ops::wiring::agents::{self, switched_off};
use crate::ops::wiring::config::Previous;
use crate::ops::wiring::lanes::Lanes;
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
    let wanted = wanted(run, builder, &mut planned);
    if let Lanes::Unknown(why) = &run.lanes
        && scope != Scope::User
        && !wanted.is_empty()
    {
        let note = "agents ask before they use a tool, in case it declares lanes";
        planned.notes.push(format!("{why}; {note}"));
    }
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
        if let Some((other, settings)) = self.served_by_another(&file, builder) {
            let mut part = Part::new(host.name(), settings.clone(), Outcome::AsWanted);
            if settings != file {
                planned.parts.extend(taken_out(run, host, file.clone(), builder)?);
                part.note = Some(format!("not in {} as well", run.place.shown(&file)));
            }
            planned.parts.push(part);
            planned.agents.push(format!("{}:{}", host.name(), other.name()));
            planned.notes.extend(self.unasked(other, &settings));
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
                let events = Settings::of(host).hooks_of(self.extent()).map(|hook| hook.event);
                part.note = Some(events.collect::<Vec<_>>().join(", "));
                planned.notes.extend(self.trust(&file));
                part
            }
            Err(error) => {
                let part = Part::refused(host.name(), Some(file), &error);
                snippet(part, host, command, self.extent())
            }
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
        if let Some(text) = Settings::of(host).own_file(command, self.extent()) {
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
                agents::with_ours(host, bytes, command, self.extent())
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

    /// Returns which hooks the file is to have.
    fn extent(&self) -> Extent {
        self.run.lanes.extent(self.scope)
    }

    /// Says that the settings of another scope let tools begin unasked although there are lanes.
    fn unasked(&self, other: Scope, settings: &Path) -> Option<String> {
        let asks = fs_err::read(settings)
            .is_ok_and(|bytes| has_all(self.host, &bytes, self.run.lanes.extent(other)));
        (!asks).then(|| {
            format!(
                "dos.toml declares lanes, and {} has nobody asked before a tool is used: \
                 git dos install --scope {} --agent {}",
                self.run.place.shown(settings),
                other.name(),
                self.host.name()
            )
        })
    }

    /// Returns the settings of another scope that have our hooks: the agent would run them twice.
    fn served_by_another(&self, own: &Path, builder: &Builder<'_>) -> Option<(Scope, PathBuf)> {
        let (scope, host) = (self.scope, self.host);
        // Where one file is local or shared, only a word of its own makes a shared one local again.
        let shared = Scope::Shared.settings(host, self.run.top);
        if self.run.request.agents == Agents::Detected
            && scope == Scope::Local
            && shared.as_deref() == Some(own)
            && is_wired(builder, host, Scope::Shared)
            && fs_err::read(own).is_ok_and(|bytes| has_all(host, &bytes, Extent::NoLanes))
        {
            return Some((Scope::Shared, own.to_owned()));
        }
        // Asking for another scope moves them, but what everybody shares stays.
        let others = Scope::ALL
            .into_iter()
            .filter(|other| *other != scope && (scope == Scope::Local || *other == Scope::Shared));
        let files = others.filter_map(|other| Some((other, other.settings(host, self.run.top)?)));
        let mut files = files.filter(|(_, file)| file != own);
        let has_ours = |bytes: Vec<u8>| has_all(host, &bytes, Extent::NoLanes);
        files.find(|(_, file)| fs_err::read(file).is_ok_and(has_ours))
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

/// Tells whether `bytes`, a file of `host`, has all our hooks of `extent`.
fn has_all(host: Host, bytes: &[u8], extent: Extent) -> bool {
    let settings = Settings::of(host);
    if settings.form == Form::Own {
        return matches!(
            settings::Standing::of(settings, bytes),
            settings::Standing::Ours { extent: found, .. } if found == Extent::All || found == extent
        );
    }
    let spots = agents::find(host, bytes).unwrap_or_default();
    let is_there = |hook: &Hook| spots.iter().any(|spot| spot.event == hook.event);
    settings.hooks_of(extent).all(is_there)
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
fn snippet(mut part: Part, host: Host, command: Command<'_>, extent: Extent) -> Part {
    if let Outcome::Refused { remedy, .. } = &mut part.outcome {
        let own = Settings::of(host).own_file(command, extent).map(String::into_bytes);
        let ours = || agents::with_ours(host, b"", command, extent).ok();
        let text = own.or_else(ours).unwrap_or_default();
        *remedy = Some(format!("to be added by hand:\n{}", String::from_utf8_lossy(&text).trim()));
    }
    part
}
