//! What of ours is in this repository, and taking it out so that everything is as it was.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use git_dos_agent_hooks::Host;
use git_dos_agent_hooks::settings::{Form, Settings};
use git_dos_git_hooks::{Event, shim};
use git_dos_installer::builder::Builder;
use git_dos_installer::error::Error;
use git_dos_installer::lock::Lock;
use git_dos_installer::look;
use git_dos_installer::plan::Plan;
use git_dos_installer::receipt::{Artefact, Kind, Receipt, SCHEMA, State, Store};
use git_dos_installer::undo::{self, Fate};
use git_dos_installer::wanted::{Facts, Standing};
use gix::error::{Result, ResultExt as _, bail, message};

use crate::ops::wiring::place::{Place, is_served, user_store};
use crate::ops::wiring::surgeon::{Signatures, standing_of_own_file};
use crate::ops::wiring::{agents, config, exclude, moved, worktrees};

/// What is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Request {
    /// Remove the records as well.
    pub purge: bool,
    /// Take the files outside the repository out as well, whoever else uses them.
    pub user: bool,
}

/// A run before anything is written.
#[derive(Debug)]
pub struct Prepared {
    /// What becomes of each file, by its path.
    pub fates: Vec<(PathBuf, Fate)>,
    /// Something of ours has to stay.
    pub left: bool,
    /// There is no receipt, so ours was found by its signatures.
    pub best_effort: bool,
    /// The folder of the records that stay there; `None` without any.
    pub records: Option<PathBuf>,
    plans: Vec<(Store, Plan)>,
    /// Folders that were made for us, innermost first.
    folders: Vec<PathBuf>,
    purge: Option<PathBuf>,
}

impl Prepared {
    /// Tells whether nothing of ours is there.
    pub fn is_empty(&self) -> bool {
        self.purge.is_none() && self.plans.iter().all(|(_, plan)| plan.is_empty())
    }

    /// Renders the changes as a unified diff.
    pub fn preview(&self) -> String {
        let plans = self.plans.iter().map(|(_, plan)| plan.preview());
        let purge = self.purge.iter().map(|folder| format!("remove all of {}\n", folder.display()));
        plans.chain(purge).collect()
    }
}

/// Plans to take everything out; writes nothing.
pub fn prepare(repository: &gix::Repository, place: &Place, request: Request) -> Result<Prepared> {
    let surgeon = Signatures { program: &place.program };
    let store = place.store();
    let context = || message("Could not plan to uninstall");
    let (receipt, best_effort) = match store.load() {
        Ok(Some(mut receipt)) => {
            moved::follow(place, &store, &mut receipt.artefacts).or_raise(context)?;
            // Settings of a worktree that was moved since.
            for artefact in local_settings(repository, &store)? {
                if receipt.about(artefact.kind, &artefact.path).next().is_none() {
                    receipt.artefacts.push(artefact);
                }
            }
            (Some(receipt), false)
        }
        Ok(None) => {
            let artefacts = by_signature(repository, place)?;
            ((!artefacts.is_empty()).then(|| found(artefacts)), true)
        }
        Err(Error::Receipt { .. }) => (Some(found(by_signature(repository, place)?)), true),
        Err(error) => return Err(error).or_raise(context),
    };
    let mut prepared = Prepared {
        fates: Vec::new(),
        left: false,
        best_effort: best_effort && receipt.is_some(),
        records: None,
        plans: Vec::new(),
        folders: Vec::new(),
        purge: None,
    };
    if let Some(receipt) = receipt {
        prepared.take_out(&store, receipt, surgeon)?;
    }
    prepared.user_files(place, request, surgeon)?;
    let state = place.state();
    if request.purge {
        prepared.purge = look::exists(&state).or_raise(context)?.then_some(state);
    } else if has_records(&state) {
        prepared.records = Some(state);
    }
    Ok(prepared)
}

/// Takes everything out. When others write to the same files meanwhile, it plans again.
pub fn run(repository: &gix::Repository, place: &Place, request: Request) -> Result<Prepared> {
    const ATTEMPTS: usize = 5;
    let context = || message("Could not uninstall");
    for _ in 0..ATTEMPTS {
        let first = prepare(repository, place, request)?;
        if first.is_empty() {
            return Ok(first);
        }
        let mut locks = Vec::new();
        for (store, _) in &first.plans {
            locks.push(Lock::acquire(&store.file.with_extension("lock")).or_raise(context)?);
        }
        let prepared = prepare(repository, place, request)?;
        let carried_out = prepared.plans.iter().try_for_each(|(store, plan)| {
            plan.carry_out(store, &mut |_| ControlFlow::Continue(()))
        });
        match carried_out {
            Ok(()) => {}
            Err(Error::Changed(_)) => continue,
            Err(error) => return Err(error).or_raise(context),
        }
        drop(locks);
        for folder in &prepared.folders {
            // Those that held a receipt or a lock until now; one that is not empty stays.
            fs_err::remove_dir(folder).ok();
        }
        if let Some(folder) = &prepared.purge
            && look::exists(folder).or_raise(context)?
        {
            fs_err::remove_dir_all(folder).or_raise(context)?;
        }
        return Ok(prepared);
    }
    bail!(message("Could not uninstall: other programs keep writing to the same files"))
}

impl Prepared {
    fn take_out(&mut self, store: &Store, receipt: Receipt, surgeon: Signatures<'_>) -> Result<()> {
        let made = receipt.artefacts.iter().rev().filter(|artefact| artefact.kind == Kind::Dir);
        self.folders.extend(made.map(|artefact| store.absolute(&artefact.path)));
        let (plan, undone) = undo::plan(store, receipt, &surgeon)
            .or_raise(|| message("Could not plan to uninstall"))?;
        self.left |= !undone.left.is_empty();
        self.fates.extend(undone.fates);
        self.plans.push((store.clone(), plan));
        Ok(())
    }

    /// Plans what becomes of the files outside the repository: they go with the last repository they serve.
    fn user_files(
        &mut self,
        place: &Place,
        request: Request,
        surgeon: Signatures<'_>,
    ) -> Result<()> {
        let Some(store) = user_store() else { return Ok(()) };
        let (builder, damage) = Builder::new(&store);
        if let Some(error) = damage {
            return Err(error)
                .or_raise(|| message("Could not read what is installed for the user"));
        }
        let Some(receipt) = builder.found().cloned() else { return Ok(()) };
        let here = place.common.to_string_lossy();
        let mut repositories = receipt.repositories.clone();
        repositories.retain(|common| *common != here && is_served(common));
        let serves_all = receipt.artefacts.iter().any(|artefact| artefact.kind == Kind::JsonSpan)
            || !receipt.agents.is_empty();
        if request.user || (repositories.is_empty() && !serves_all) {
            return self.take_out(&store, receipt, surgeon);
        }
        let facts = Facts {
            version: receipt.version,
            time: receipt.time,
            program: receipt.program,
            events: receipt.events,
            agents: receipt.agents,
            repositories,
        };
        let plan = builder.finish(facts);
        self.plans.push((store.clone(), plan));
        Ok(())
    }
}

/// Tells whether the state folder holds more than a receipt.
fn has_records(state: &Path) -> bool {
    let Ok(entries) = fs_err::read_dir(state) else { return false };
    let mut names = entries.filter_map(|entry| Some(entry.ok()?.file_name()));
    names.any(|name| name != "install.json" && name != "install.lock")
}

/// Lists what carries our signatures.
///
/// Settings that everybody shares are not among it: whoever put our hooks there wants them for all.
fn by_signature(repository: &gix::Repository, place: &Place) -> Result<Vec<Artefact>> {
    let store = place.store();
    let context = || message("Could not look for what is installed");
    let mut artefacts = Vec::new();
    for event in Event::ALL {
        let (slot, kept) = (place.slot(event), place.kept(event));
        let Some(bytes) = look::read(&slot).or_raise(context)? else { continue };
        if shim::recognise(&bytes, event.name(), &place.program).is_none() {
            continue;
        }
        if look::exists(&kept).or_raise(context)? {
            artefacts.push(Artefact {
                kept: Some(store.relative(&kept)),
                ..Artefact::new(Kind::RenamedHook, store.relative(&slot))
            });
        }
        artefacts.push(Artefact::new(Kind::OwnFile, store.relative(&slot)));
    }
    let text = look::read(&place.config()).or_raise(context)?.unwrap_or_default();
    let configured = |event| matches!(config::hook_in(&text, event), Ok(Some(_)));
    if Event::ALL.into_iter().any(configured) {
        artefacts.push(edited(&store, Kind::ConfigKey, &place.config()));
    }
    moved::follow(place, &store, &mut artefacts).or_raise(context)?;
    artefacts.extend(local_settings(repository, &store)?);
    let text = look::read(&place.exclude()).or_raise(context)?.unwrap_or_default();
    if exclude::without(&text) != text {
        artefacts.push(edited(&store, Kind::ExcludeLine, &place.exclude()));
    }
    Ok(artefacts)
}

/// Finds the settings that have our hooks for one worktree, in every worktree.
fn local_settings(repository: &gix::Repository, store: &Store) -> Result<Vec<Artefact>> {
    let mut artefacts = Vec::new();
    for worktree in worktrees::all(repository)? {
        let index = worktree.repository.index_or_empty();
        let index = index.or_raise(|| message("Could not read what git tracks"))?;
        for host in Host::ALL {
            let Some(path) = Settings::of(host).local else { continue };
            // What git tracks is everybody's.
            if index.entry_by_path(path.into()).is_some() && host != Host::Claude {
                continue;
            }
            artefacts.extend(local_file(host, &worktree.top.join(path), store));
        }
    }
    Ok(artefacts)
}

/// Returns what is ours in `file`; one that cannot be read has nothing that we could take out.
fn local_file(host: Host, file: &Path, store: &Store) -> Option<Artefact> {
    let bytes = look::read(file).ok()??;
    if Settings::of(host).form == Form::Own {
        let ours = standing_of_own_file(host, &bytes) == Standing::Ours;
        return ours.then(|| Artefact::new(Kind::OwnFile, store.relative(file)));
    }
    let ours = agents::find(host, &bytes).is_ok_and(|spots| !spots.is_empty());
    ours.then(|| edited(store, Kind::JsonSpan, file))
}

/// Makes an artefact of a file that we edited; nobody knows whether there was a file before, so it stays.
fn edited(store: &Store, kind: Kind, path: &Path) -> Artefact {
    Artefact { before: Some(String::new()), ..Artefact::new(kind, store.relative(path)) }
}

fn found(artefacts: Vec<Artefact>) -> Receipt {
    Receipt {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        time: 0,
        program: PathBuf::new(),
        state: State::Done,
        events: Vec::new(),
        agents: Vec::new(),
        repositories: Vec::new(),
        artefacts,
        superseded: Vec::new(),
    }
}
