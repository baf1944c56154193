//! Should a run be stopped? That somebody says so is written down and shown; nobody is ever signalled.

use std::path::Path;
use std::time::Duration;

use gix::error::{ErrorExt as _, Result, ResultExt as _, message};

use super::run;
use crate::evidence::identity;
use crate::evidence::process::{self, Recorded};
use crate::evidence::repository::state_folder;
use crate::evidence::touches::spelling;
use crate::journal::halts::{self, Ack, Book, Halt, Record};
use crate::journal::runs::{self, milliseconds};
use crate::lane::declared::{Lanes, is_same_name};
use crate::leases::{self, Lease};
use crate::output::{HINT, shown};
use crate::run_id::{RunId, variable};
use crate::verdict::liveness::Process;
use crate::verdict::watch::run_behind;
use crate::{env, fingerprint, policy};

/// The most characters of a reason that are kept.
const REASON_LIMIT: usize = 1_000;

/// What should stop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// The run.
    pub run: Option<RunId>,
    /// The lane in which it works.
    pub lane: Option<String>,
    /// Its process.
    pub process: Recorded,
}

/// Returns what `name` means: a run of this repository, else a lane that is declared or held.
pub fn target(repository: &gix::Repository, name: &str) -> Result<Target> {
    let state = state_folder(repository);
    if let Some(id) = RunId::parse(name) {
        let start = run::find(&state, &id)?.start.unwrap_or_default();
        let process = Recorded { host: start.host, pid: start.pid, started: start.pid_started };
        return Ok(Target { run: Some(id), lane: start.lane, process });
    }
    let (leases, _) = leases::load(repository)?;
    if let Some(lease) = leases.leases.iter().rfind(|lease| is_same_name(&lease.lane, name)) {
        return Ok(of_lease(lease));
    }
    let taxonomy = policy::load(repository)?.lanes.taxonomy();
    let lanes = Lanes::new(&taxonomy, spelling(repository)).map_err(|fault| {
        message!("A lane in {} makes no sense: {fault}", policy::FILE_NAME).raise()
    })?;
    match lanes.resolve(name) {
        Some(lane) => Ok(Target { lane: Some(lane.name.clone()), ..Target::default() }),
        None => Err(message!("{:?} is no run and no lane here", shown(name.as_bytes()))
            .with(HINT, "git dos liveness lists the runs, git dos lane list the lanes")
            .raise()),
    }
}

/// Returns whom `lease` is about.
pub fn of_lease(lease: &Lease) -> Target {
    let names = [&lease.run, &lease.owner, &lease.session];
    let run = run_behind(names.into_iter().flatten().map(String::as_str));
    Target { run, lane: Some(lease.lane.clone()), process: lease.process() }
}

/// Writes down that `by` proposes to stop `target` because of `reason`, and returns the proposal.
///
/// `command` is how a person would do it; by default it ends the process, where that is known and on this machine.
pub fn propose(
    state_folder: &Path,
    (target, command): (&Target, Option<String>),
    (by, reason): (&str, &str),
    now: Duration,
) -> Result<Halt> {
    let name = target.run.as_ref().map(RunId::as_str);
    let about = [name.unwrap_or_default(), target.lane.as_deref().unwrap_or_default()];
    let (time, pid) = (now.as_nanos().to_le_bytes(), std::process::id().to_le_bytes());
    let parts = [about[0].as_bytes(), about[1].as_bytes(), &time, &pid];
    let halt = Halt {
        v: halts::VERSION,
        time_ms: milliseconds(now),
        id: fingerprint::of(parts).chars().take(10).collect(),
        run: name.map(str::to_owned),
        lane: target.lane.clone(),
        by: by.to_owned(),
        reason: reason.chars().take(REASON_LIMIT).collect(),
        command: command.or_else(|| stop(&target.process)),
    };
    halts::append(state_folder, &Record::Halt(halt.clone()))?;
    Ok(halt)
}

/// Returns the command that ends `process`, if it is known to run here.
fn stop(process: &Recorded) -> Option<String> {
    let is_up = process::look(process) == Process::Up;
    process.pid.filter(|_| is_up).map(|pid| format!("kill {pid}"))
}

/// Returns who asks: the run or the session of the environment, else who commits here.
pub fn asker(repository: &gix::Repository) -> String {
    let committer = || identity::committer(repository).map(|person| person.email.to_string());
    let asker = env::lineage(variable::RUN).or_else(env::agent_session).or_else(committer);
    asker.unwrap_or_else(|| "somebody".to_owned())
}

/// Writes down that the proposals which `name` means were seen, and returns them: one by its id, or all of a run or a
/// lane that nobody has seen.
pub fn acknowledge(repository: &gix::Repository, name: &str, now: Duration) -> Result<Vec<Halt>> {
    let state = state_folder(repository);
    let book = halts::read(&state)?;
    let is_run = |halt: &&Halt| halt.run.as_deref() == Some(name);
    let is_lane = |halt: &&Halt| halt.lane.as_deref().is_some_and(|lane| is_same_name(lane, name));
    let seen: Vec<Halt> = book
        .open()
        .filter(|halt| halt.id == name || is_run(halt) || is_lane(halt))
        .cloned()
        .collect();
    let is_known = book.proposals.iter().any(|known| known.halt.id == name);
    if seen.is_empty() && !is_known && runs_no(&state, name)? {
        return Err(message!(
            "{:?} is no proposal, no run and no lane here",
            shown(name.as_bytes())
        )
        .with(HINT, "git dos halt list shows what is proposed")
        .raise());
    }
    let by = asker(repository);
    for halt in &seen {
        halts::append(&state, &Record::Ack(Ack::at(now, &halt.id, &by)))?;
    }
    Ok(seen)
}

/// Tells whether no run is called `name`.
fn runs_no(state: &Path, name: &str) -> Result<bool> {
    let Some(id) = RunId::parse(name) else { return Ok(true) };
    runs::read(state, &id).map(|known| known.is_none())
}

/// Reads what is proposed, and errors when a line of it cannot be read.
pub fn book(state_folder: &Path) -> Result<Book> {
    halts::read(state_folder)
}

/// Returns the proposals that nobody has acknowledged, oldest first; errors when a line cannot be read.
pub fn open(state_folder: &Path) -> Result<Vec<Halt>> {
    let book = halts::read(state_folder)?;
    damage(state_folder, &book)?;
    Ok(book.open().cloned().collect())
}

/// Says what is wrong with `book`, if anything is.
pub fn damage(state_folder: &Path, book: &Book) -> Result<()> {
    let Some(damage) = book.damage.first() else { return Ok(()) };
    let path = halts::journal(state_folder).path().display().to_string();
    Err(message!("Line {} of {path} is damaged: {}", damage.line, damage.reason)).or_raise(|| {
        message("Some proposals to stop a run cannot be read")
            .with(HINT, "git dos halt list shows the others; delete the line to go on")
    })
}
