//! Which settings of Claude Code have our hooks, and is that file known to nobody but this user?

use std::path::{Path, PathBuf};

use git_dos_agent_hooks::claude::settings::{self, HOOKS};
use git_dos_installer::builder::Builder;
use git_dos_installer::change::Manner;
use git_dos_installer::error::Reason;
use git_dos_installer::groups::{self, Form};
use git_dos_installer::lines;
use git_dos_installer::look;
use git_dos_installer::receipt::Kind;
use git_dos_installer::undo::Fate;
use git_dos_installer::wanted::{Edit, Touch};
use gix::error::{Result, ResultExt as _, message};

use super::git_hooks::roots;
use super::{Agents, Outcome, Part, Run};
use crate::env;
use crate::ops::wiring::claude::{entries, is_detected, switched_off};
use crate::ops::wiring::config::Previous;
use crate::ops::wiring::place::Scope;
use crate::ops::wiring::surgeon::{EXCLUDE_BLOCK, is_own};

/// The agent's name in parts and receipts.
const NAME: &str = "claude";

/// What comes of Claude Code's settings.
#[derive(Default)]
pub(super) struct Planned {
    pub(super) parts: Vec<Part>,
    pub(super) notes: Vec<String>,
    /// The agent and its scope, when its settings have our hooks.
    pub(super) agent: Option<String>,
}

/// Plans Claude Code's settings; `user` collects the changes outside the repository.
pub(super) fn plan(
    run: &Run<'_>,
    builder: &mut Builder<'_>,
    user: Option<&mut Builder<'_>>,
) -> Result<Planned> {
    let mut planned = Planned::default();
    let scope = run.request.scope;
    for other in [Scope::Local, Scope::Shared] {
        let moves = other == Scope::Local && scope != Scope::Local;
        if moves || run.request.agents == Agents::None {
            planned.parts.extend(taken_out(run, other, builder)?);
        }
    }
    match run.request.agents {
        Agents::None => return Ok(planned),
        Agents::Detected if !is_detected() => return Ok(planned),
        Agents::Detected | Agents::Claude => {}
    }
    let Some(file) = scope.claude_settings(run.top) else { return Ok(planned) };
    if let Some(why) = switched_off() {
        let outcome = Outcome::Refused { why, remedy: None };
        planned.parts.push(Part::new(NAME, file, outcome));
        return Ok(planned);
    }
    if let Some((other, settings)) = served_by_another(run, scope) {
        planned.parts.extend(taken_out(run, scope, builder)?);
        planned.agent = Some(format!("{NAME}:{}", other.name()));
        let mut part = Part::new(NAME, settings, Outcome::AsWanted);
        part.note = Some(format!("not in {} as well", run.place.shown(&file)));
        planned.parts.push(part);
        return Ok(planned);
    }
    let tracked = scope == Scope::Shared || is_tracked(run, settings::LOCAL)?;
    let edited = match (scope, user) {
        (Scope::User, Some(user)) => edit(run, &file, false, user),
        _ => edit(run, &file, tracked, builder),
    };
    let part = match edited {
        Ok(touch) => {
            planned.agent = Some(format!("{NAME}:{}", scope.name()));
            let mut part = Part::new(NAME, file.clone(), touch.into());
            part.note = Some(HOOKS.map(|hook| hook.event).join(", "));
            part
        }
        Err(error) => snippet(Part::refused(NAME, Some(file.clone()), &error), run, tracked),
    };
    let refused = part.is_refused();
    planned.parts.push(part);
    if scope == Scope::Local && !tracked && !refused {
        planned.parts.extend(exclude(run, builder)?);
        planned.notes.extend(other_worktrees(run));
    }
    Ok(planned)
}

/// Returns the settings of another scope that have all our hooks: Claude Code would run them twice.
fn served_by_another(run: &Run<'_>, scope: Scope) -> Option<(Scope, PathBuf)> {
    // Asking for another scope moves them, but what everybody shares stays.
    let others = Scope::ALL
        .into_iter()
        .filter(|other| *other != scope && (scope == Scope::Local || *other == Scope::Shared));
    let files = others.filter_map(|other| Some((other, other.claude_settings(run.top)?)));
    files.into_iter().find(|(_, file)| {
        let spots = fs_err::read(file)
            .ok()
            .and_then(|bytes| groups::find(&bytes, Form::Groups, &is_own).ok());
        let spots = spots.unwrap_or_default();
        HOOKS.iter().all(|hook| spots.iter().any(|spot| spot.event == hook.event))
    })
}

/// Plans that our hooks leave the settings of `scope`, as far as the receipt speaks of them.
fn taken_out(run: &Run<'_>, scope: Scope, builder: &mut Builder<'_>) -> Result<Option<Part>> {
    let Some(file) = scope.claude_settings(run.top) else { return Ok(None) };
    if builder.artefact(Kind::JsonSpan, &file).is_none() {
        return Ok(None);
    }
    let fates = builder
        .take_out(&file, &run.surgeon)
        .or_raise(|| message("Could not take our hooks out of Claude Code's settings"))?;
    let gone = fates.iter().all(|fate| !matches!(fate, Fate::Left(_)));
    Ok(gone.then(|| Part::new(NAME, file, Outcome::TakenOut)))
}

fn edit(
    run: &Run<'_>,
    file: &Path,
    shared: bool,
    builder: &mut Builder<'_>,
) -> git_dos_installer::error::Result<Touch> {
    let entries = entries(&run.place.program, shared);
    let folder = env::claude_folder();
    let mut roots = roots(run.top, run.place.home.as_ref());
    roots.extend(folder.as_deref().filter(|folder| file.starts_with(folder)));
    builder.edit(&Edit {
        kind: Kind::JsonSpan,
        path: file,
        roots: &roots,
        manner: if file.starts_with(run.top) { Manner::Plain } else { Manner::Private },
        with: &|bytes| {
            groups::merge(bytes, Form::Groups, &entries, &is_own).map_err(Reason::Settings)
        },
        without: &|bytes| groups::remove(bytes, Form::Groups, &is_own).map_err(Reason::Settings),
        previous: Previous::new(),
    })
}

/// Adds to a refusal what a person can paste into the settings.
fn snippet(mut part: Part, run: &Run<'_>, shared: bool) -> Part {
    if let Outcome::Refused { remedy, .. } = &mut part.outcome {
        let entries = entries(&run.place.program, shared);
        let text = groups::merge(b"", Form::Groups, &entries, &is_own).unwrap_or_default();
        *remedy = Some(format!("to be added by hand:\n{}", String::from_utf8_lossy(&text).trim()));
    }
    part
}

/// Plans our line in `info/exclude`, unless git ignores the settings already.
fn exclude(run: &Run<'_>, builder: &mut Builder<'_>) -> Result<Option<Part>> {
    let file = run.place.exclude();
    let text = look::read(&file).or_raise(|| message("Could not read what git ignores"))?;
    let there = text.is_some_and(|text| lines::remove(&text, EXCLUDE_BLOCK) != text);
    if !there && is_ignored(run, settings::LOCAL)? {
        return Ok(None);
    }
    let edited = builder.edit(&Edit {
        kind: Kind::ExcludeLine,
        path: &file,
        roots: &roots(&run.place.common, run.place.home.as_ref()),
        manner: Manner::Plain,
        with: &|bytes| Ok(lines::append(bytes, EXCLUDE_BLOCK)),
        without: &|bytes| Ok(lines::remove(bytes, EXCLUDE_BLOCK)),
        previous: Previous::new(),
    });
    Ok(Some(match edited {
        Ok(touch) => {
            let mut part = Part::new("exclude", file, touch.into());
            part.note = Some("so that git ignores those settings".to_owned());
            part
        }
        Err(error) => Part::refused("exclude", Some(file), &error),
    }))
}

fn is_ignored(run: &Run<'_>, path: &str) -> Result<bool> {
    let context = || message("Could not read what git ignores");
    let index = run.repository.index_or_empty().or_raise(context)?;
    let source = gix::worktree::stack::state::ignore::Source::WorktreeThenIdMappingIfNotSkipped;
    let mut stack = run.repository.excludes(&index, None, source).or_raise(context)?;
    let mode = Some(gix::index::entry::Mode::FILE);
    Ok(stack.at_entry(path, mode).or_raise(context)?.is_excluded())
}

fn is_tracked(run: &Run<'_>, path: &str) -> Result<bool> {
    let index =
        run.repository.index_or_empty().or_raise(|| message("Could not read what git tracks"))?;
    Ok(index.entry_by_path(path.into()).is_some())
}

/// Says that other worktrees of the repository do not see this one's settings.
fn other_worktrees(run: &Run<'_>) -> Option<String> {
    let linked = run.repository.worktrees().map_or(0, |worktrees| worktrees.len());
    let agents_own = look::exists(&run.top.join(".claude/worktrees")).unwrap_or(false);
    (linked > 0 || agents_own).then(|| {
        "other worktrees have Claude Code settings of their own: run git dos install there, \
         or once with --scope user"
            .to_owned()
    })
}
