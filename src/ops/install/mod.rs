//! What has to be written so that git and the agents call us, and the writing of it.

mod agents;
mod choice;
mod git_hooks;
mod ignored;
mod part;
mod way;

use std::ffi::OsStr;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use git_dos_agent_hooks::Host;
use git_dos_git_hooks::Event;
use git_dos_installer::builder::Builder;
use git_dos_installer::error::Error;
use git_dos_installer::lock::Lock;
use git_dos_installer::plan::Plan;
use git_dos_installer::receipt::Store;
use git_dos_installer::undo::Surgeon as _;
use git_dos_installer::wanted::{Facts, OwnFile, Touch};
use gix::error::{Result, ResultExt as _, bail, message};

pub use part::{Outcome, Part};

use crate::clock;
use crate::hooks::mode::Mode;
use crate::ops::wiring::lanes::Lanes;
use crate::ops::wiring::place::{Place, Scope, is_served, user_store};
use crate::ops::wiring::surgeon::Signatures;
use crate::output::HINT;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Who shares the agents' settings.
    pub scope: Scope,
    /// Which agents.
    pub agents: Agents,
    /// How git comes to call us.
    pub git: Mechanism,
    /// Exactly these git hooks; `None` for the usual ones, and those that are there.
    pub events: Option<Vec<Event>>,
    /// How much the hooks may do; `None` leaves it as it is.
    pub mode: Option<Mode>,
    /// Write over texts of ours that were edited by hand.
    pub force: bool,
    /// Files of ours outside the repository: a manual page, completions.
    pub user_files: Vec<OwnFile>,
}

/// Which agents' settings are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Agents {
    /// Those that this user has.
    #[default]
    Detected,
    /// None.
    None,
    /// These, detected or not.
    These(Vec<Host>),
}

/// How git comes to call us.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mechanism {
    /// Whatever touches nothing of somebody else's.
    #[default]
    Auto,
    /// Files in the hooks folder.
    File,
    /// Git's configuration.
    Config,
    /// Not at all.
    None,
}

/// A run before anything is written.
#[derive(Debug)]
pub struct Prepared {
    /// What comes of each part.
    pub parts: Vec<Part>,
    /// What else there is to say, a line each.
    pub notes: Vec<String>,
    /// The changes to the disk, by receipt.
    plans: Vec<(Store, Plan)>,
}

impl Prepared {
    /// Tells whether the disk is as wanted, as far as that can be had.
    pub fn is_empty(&self) -> bool {
        self.plans.iter().all(|(_, plan)| plan.is_empty())
    }

    /// Renders the changes as a unified diff.
    pub fn preview(&self) -> String {
        self.plans.iter().map(|(_, plan)| plan.preview()).collect()
    }

    /// Tells whether nothing that was asked for is done.
    pub fn is_refused(&self) -> bool {
        !self.parts.is_empty() && self.parts.iter().all(Part::is_refused)
    }
}

/// The name of the program, without an extension.
const NAME: &str = "git-dos";

/// The name of the part that is the manual page and the completions.
const HELP: &str = "help";

/// What all planning of one run shares.
struct Run<'r> {
    repository: &'r gix::Repository,
    place: &'r Place,
    /// The top of the worktree.
    top: &'r Path,
    request: &'r Request,
    surgeon: Signatures<'r>,
    lanes: Lanes,
}

/// Plans what `request` asks for; writes nothing.
pub fn prepare(repository: &gix::Repository, place: &Place, request: &Request) -> Result<Prepared> {
    plan(repository, place, request, &[])
}

/// Plans as [`prepare`] does; `made` are the folders that were made to hold the locks.
fn plan(
    repository: &gix::Repository,
    place: &Place,
    request: &Request,
    made: &[PathBuf],
) -> Result<Prepared> {
    let Some(top) = &place.worktree else {
        bail!(message!(
            "{} is a bare repository, in which git runs no hooks of those who push to it",
            place.common.display()
        ));
    };
    if place.program.file_stem() != Some(OsStr::new(NAME)) {
        let what = message!(
            "This program is {}, and hooks that call it could not be told from those of others",
            place.program.display()
        );
        bail!(what.with(HINT, "call the program git-dos, and run git dos install again"));
    }
    let surgeon = Signatures { program: &place.program };
    let run = Run { repository, place, top, request, surgeon, lanes: Lanes::of(repository) };
    let store = place.store();
    let (mut builder, damage) = Builder::new(&store);
    let mut notes: Vec<String> = damage
        .iter()
        .map(|error| format!("{error}; it is written anew from what is found"))
        .collect();
    let mut hooks = git_hooks::plan(&run, &mut builder)?;
    let user_store = user_store().filter(|_| run.concerns_user());
    let mut user = user_store.as_ref().map(|store| Builder::new(store).0);
    let settings = agents::plan(&run, &mut builder, user.as_mut())?;
    notes.extend(settings.notes);
    let mut parts = std::mem::take(&mut hooks.parts);
    parts.extend(settings.parts);
    // Where nothing calls us, nobody needs our manual.
    let in_vain = !parts.is_empty() && parts.iter().all(Part::is_refused);
    if let Some(user) = user.as_mut().filter(|_| !in_vain) {
        parts.extend(run.user_files(user));
        for folder in made {
            user.record_folder(folder);
        }
    }
    let found = builder.found().map(|found| found.agents.clone()).unwrap_or_default();
    let agents = match request.agents {
        Agents::None => Vec::new(),
        Agents::Detected | Agents::These(_) => all_agents(found, settings.agents),
    };
    let facts = Facts {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        time: clock::now().as_secs(),
        program: place.program.clone(),
        events: hooks.events.iter().map(|event| event.name().to_owned()).collect(),
        agents,
        repositories: Vec::new(),
    };
    let mut plans = vec![(store.clone(), builder.finish(facts.clone()))];
    if let (Some(store), Some(user), false) = (&user_store, user, in_vain) {
        let plan = run.finish_user(user, facts);
        plans.push((store.clone(), plan));
    }
    Ok(Prepared { parts, notes, plans })
}

/// Adds the agents that are wired `now`, each with its scope, to those that were `before`.
fn all_agents(before: Vec<String>, now: Vec<String>) -> Vec<String> {
    let host = |agent: &str| agent.split(':').next().unwrap_or_default().to_owned();
    let mut agents = before;
    agents.retain(|old| !now.iter().any(|new| host(old) == host(new)));
    agents.extend(now);
    agents.sort();
    agents
}

/// Does what `request` asks for. When others write to the same files meanwhile, it plans again.
pub fn run(repository: &gix::Repository, place: &Place, request: &Request) -> Result<Prepared> {
    const ATTEMPTS: usize = 5;
    let context = || message("Could not install");
    let mut last = None;
    for _ in 0..ATTEMPTS {
        let first = prepare(repository, place, request)?;
        if first.is_empty() {
            return Ok(first);
        }
        let mut locks = Vec::new();
        for (store, _) in &first.plans {
            locks.push(Lock::acquire(&store.file.with_extension("lock")).or_raise(context)?);
        }
        let made: Vec<_> = locks.iter().flat_map(Lock::made).cloned().collect();
        let prepared = plan(repository, place, request, &made)?;
        let carried_out = prepared.plans.iter().try_for_each(|(store, plan)| {
            plan.carry_out(store, &mut |_| ControlFlow::Continue(()))
        });
        match carried_out {
            Ok(()) => return Ok(prepared),
            Err(Error::Changed(path)) => last = Some(Error::Changed(path)),
            Err(error) => return Err(error).or_raise(context),
        }
    }
    match last {
        Some(error) => Err(error).or_raise(context),
        None => bail!(context()),
    }
}

impl Run<'_> {
    /// Tells whether files outside the repository are asked for.
    fn concerns_user(&self) -> bool {
        self.request.scope == Scope::User || !self.request.user_files.is_empty()
    }

    /// Plans the files of ours outside the repository, which are one part for all that people care.
    fn user_files(&self, user: &mut Builder<'_>) -> Vec<Part> {
        let (mut parts, mut touched) = (Vec::new(), Vec::new());
        for file in &self.request.user_files {
            match user.own_file(file, |bytes| self.surgeon.standing(&file.path, bytes)) {
                Ok(touch) => touched.push((&file.path, touch)),
                Err(error) => parts.push(Part::refused(HELP, Some(file.path.clone()), &error)),
            }
        }
        if let [(first, _), others @ ..] = touched.as_slice() {
            let written = touched.iter().any(|(_, touch)| *touch == Touch::Written);
            let outcome = if written { Outcome::Written } else { Outcome::AsWanted };
            let mut part = Part::new(HELP, (*first).clone(), outcome);
            let names = others.iter().filter_map(|(path, _)| path.file_name());
            let names: Vec<_> = names.map(|name| name.to_string_lossy()).collect();
            part.note = (!names.is_empty()).then(|| format!("and {}", names.join(", ")));
            parts.push(part);
        }
        parts
    }

    /// Ends the plan of the user's receipt, which knows the repositories that it serves.
    fn finish_user(&self, user: Builder<'_>, facts: Facts) -> Plan {
        let here = self.place.common.to_string_lossy().into_owned();
        let found = user.found();
        let mut repositories = found.map(|found| found.repositories.clone()).unwrap_or_default();
        repositories.retain(|common| *common != here && is_served(common));
        repositories.push(here);
        repositories.sort();
        let mut agents = found.map(|found| found.agents.clone()).unwrap_or_default();
        if self.request.scope == Scope::User && self.request.agents != Agents::None {
            let users = facts.agents.iter().filter(|agent| agent.ends_with(":user")).cloned();
            agents = all_agents(agents, users.collect());
        }
        user.finish(Facts { events: Vec::new(), agents, repositories, ..facts })
    }
}
