//! Does every lane that should have a worker have one? Looks, plans, and does what the plan says.

mod gather;
pub mod permission;
#[cfg(test)]
mod soak;
pub mod worker;

use std::path::Path;
use std::process::Child;
use std::time::Duration;

use gix::error::{ErrorExt as _, OptionExt as _, Result, ResultExt as _, message};

use self::gather::{Gathered, gather};
use self::worker::Template;
use super::halt::{self, Target};
use super::lease::{keep, shared};
use super::run::{self, Request};
use crate::evidence::process::{self, Recorded};
use crate::evidence::repository::state_folder;
use crate::journal::fleet::{self as journal, Began, Record};
use crate::journal::halts::{self, Halt};
use crate::journal::prune;
use crate::lane::Mode;
use crate::leases::Lease;
use crate::output::{HINT, shown};
use crate::policy;
use crate::run_id::{Lineage, RunId};
use crate::verdict::fleet::{self, Concern, Policy, Verdict};
use crate::verdict::liveness::Process;

/// Who is named as the one that proposes a stop.
const BY: &str = "fleet";

/// How long what a worker printed outlives its last word: 30 days.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What kind of process a worker is.
const WORKER: &str = "fleet-worker";

/// What a fleet shall be.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// How many workers there shall be; `None` for what the policy says.
    pub target: Option<usize>,
    /// How workers take their lanes.
    pub mode: Mode,
}

/// What is to be done, and why not all could be judged.
#[derive(Debug)]
pub struct Plan {
    /// How many workers there shall be.
    pub target: usize,
    /// What is to be done.
    pub verdict: Verdict,
    /// Why not all could be judged.
    pub errors: Vec<gix::Error>,
}

/// What was done.
#[derive(Debug)]
pub struct Report {
    /// What was planned.
    pub plan: Plan,
    /// The leases that were taken away.
    pub reaped: Vec<Lease>,
    /// The workers that were started.
    pub spawned: Vec<Spawned>,
    /// The stops that were proposed.
    pub halts: Vec<Halt>,
}

/// A worker that was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spawned {
    /// Its lane.
    pub lane: String,
    /// Its run.
    pub run: RunId,
    /// Its process, which leads a group of its own.
    pub pid: u32,
}

/// Says what would be done at the time `now`; nothing is written.
pub fn plan(repository: &gix::Repository, wish: Wish, now: Duration) -> Result<Plan> {
    prepare(repository, wish, now).map(|(plan, _)| plan)
}

fn prepare(repository: &gix::Repository, wish: Wish, now: Duration) -> Result<(Plan, Gathered)> {
    let asked = shared::refresh(repository, None, None);
    let policy = policy::load(repository)?.supervise.fleet();
    let policy = Policy { target: wish.target.unwrap_or(policy.target), ..policy };
    let mut gathered = gather(repository, (wish.mode, policy.rest.first), now)?;
    if gathered.evidence.lanes.is_empty() {
        return Err(message!("{} declares no lane for a worker", policy::FILE_NAME)
            .with(HINT, "git dos lane init proposes lanes")
            .raise());
    }
    let verdict = fleet::judge(&gathered.evidence, &policy);
    let mut errors = std::mem::take(&mut gathered.errors);
    errors.extend(asked.err());
    if gathered.book.damaged > 0 {
        let count = gathered.book.damaged;
        errors.push(
            message!("{count} lines of the journal of started workers cannot be read")
                .with(HINT, "git dos doctor names the damaged lines of journals")
                .raise(),
        );
    }
    Ok((Plan { target: policy.target, verdict, errors }, gathered))
}

/// A fleet that is run: how its workers are started, and those that were.
#[derive(Debug)]
pub struct Fleet {
    wish: Wish,
    template: Template,
    lineage: Lineage,
    /// Kept to hear of their ends, which nobody else can.
    children: Vec<Child>,
}

impl Fleet {
    /// Begins to run a fleet; its workers descend from a run of its own.
    pub fn new(wish: Wish, template: Template) -> Result<Self> {
        Ok(Self { wish, template, lineage: run::lineage("fleet")?, children: Vec::new() })
    }

    /// Looks once, at the time `now`, and does what is to be done.
    pub fn tick(&mut self, repository: &gix::Repository, now: Duration) -> Result<Report> {
        self.children.retain_mut(|child| matches!(child.try_wait(), Ok(None)));
        let state = state_folder(repository);
        let (plan, gathered) = prepare(repository, self.wish, now)?;
        let (reaped, spawned, halts) = (Vec::new(), Vec::new(), Vec::new());
        let mut report = Report { plan, reaped, spawned, halts };
        for run in &gathered.took {
            journal::append(&state, Record::Took { run: run.clone() }, now)?;
        }
        propose_all(&state, &gathered, &mut report, now);
        let stalled: Vec<Lease> = gathered
            .leases
            .iter()
            .filter(|lease| report.plan.verdict.reaps.contains(&lease.lane))
            .cloned()
            .collect();
        if !stalled.is_empty() {
            report.reaped = keep::reap(repository, &stalled)?;
        }
        for lane in report.plan.verdict.spawns.clone() {
            // A lease that was renewed meanwhile was not taken away, and its lane is not free.
            let is_kept =
                stalled.iter().any(|lease| lease.lane == lane && !report.reaped.contains(lease));
            if is_kept {
                continue;
            }
            match self.spawn(repository, &lane, now) {
                Ok(spawned) => report.spawned.push(spawned),
                Err(error) => report.plan.errors.push(error),
            }
        }
        Ok(report)
    }

    /// Starts a worker for `lane`. That it is about to be is written down first, so that whoever comes after a crash
    /// does not start a second one.
    fn spawn(
        &mut self,
        repository: &gix::Repository,
        lane: &str,
        now: Duration,
    ) -> Result<Spawned> {
        let state = state_folder(repository);
        let context = || message!("Could not start a worker for lane {}", shown(lane.as_bytes()));
        let folder =
            repository.workdir().ok_or_raise(|| message("A bare repository has no worktree"))?;
        let (parent, root) = (self.lineage.run.as_str(), self.lineage.root.as_str());
        let lineage = Lineage::inherited(run::mint()?, WORKER, Some(parent), Some(root));
        let lineage = lineage.or_raise(context)?;
        let run = lineage.run.to_string();
        journal::append(&state, Record::Starting { lane: lane.to_owned(), run: run.clone() }, now)?;
        let logs = state.join("fleet");
        prune(&logs, KEPT, now);
        let log = logs.join(format!("{run}.log"));
        let child = match worker::start(&self.template.words(lane), &lineage, (folder, &log)) {
            Ok(child) => child,
            Err(error) => {
                let reason = error.to_string();
                journal::append(&state, Record::Failed { run, reason }, now)?;
                return Err(error).or_raise(context);
            }
        };
        let (pid, host) = (child.id(), process::host());
        self.children.push(child);
        let pid_started = process::started(pid);
        journal::append(&state, Record::Started { run, host, pid, pid_started }, now)?;
        let began = Recorded { pid: Some(pid), ..Recorded::default() };
        if process::look(&began) != Process::Gone {
            let request =
                Request { lane: Some(lane.to_owned()), pid: Some(pid), ..Request::default() };
            run::start(repository, &lineage, &request).or_raise(context)?;
        }
        Ok(Spawned { lane: lane.to_owned(), run: lineage.run, pid })
    }
}

/// Proposes the stops that are due and were not proposed since the run last moved.
fn propose_all(state: &Path, gathered: &Gathered, report: &mut Report, now: Duration) {
    for lane in &report.plan.verdict.halts {
        let Some(target) = target(gathered, lane) else { continue };
        let flags = &report.plan.verdict.flags;
        let is_late = flags.iter().any(|flag| flag.lane == *lane && flag.why == Concern::NeverTook);
        let reason = if is_late {
            "it was started for this lane and does not take it"
        } else {
            "it is alive and brings nothing about"
        };
        match propose(state, &target, reason, now) {
            Ok(halt) => report.halts.extend(halt),
            Err(error) => report.plan.errors.push(error),
        }
    }
}

fn propose(state: &Path, target: &Target, reason: &str, now: Duration) -> Result<Option<Halt>> {
    let _held = halts::hold(state)?;
    let known = halts::read(state)?.episodes;
    if target.run.as_ref().is_some_and(|run| known.contains_key(run.as_str())) {
        return Ok(None);
    }
    halt::propose(state, (target, None), (BY, reason), now).map(Some)
}

/// Returns the run whose stop is to be proposed: the holder of `lane`, else the worker that was started for it.
fn target(gathered: &Gathered, lane: &str) -> Option<Target> {
    let held = gathered.leases.iter().rfind(|lease| lease.lane == lane).map(halt::of_lease);
    held.filter(|target| target.run.is_some()).or_else(|| {
        let launched = gathered.book.lanes.get(lane)?.last()?;
        let process = match &launched.process {
            Began::As(recorded) => recorded.clone(),
            Began::Unknown | Began::Failed => Recorded::default(),
        };
        Some(Target { run: RunId::parse(&launched.run), lane: Some(lane.to_owned()), process })
    })
}

/// Forgets the workers that were started for `lane` in vain; tells whether there were any.
pub fn reset(repository: &gix::Repository, lane: &str, now: Duration) -> Result<bool> {
    let state = state_folder(repository);
    let is_known = journal::read(&state)?.lanes.contains_key(lane);
    if is_known {
        journal::append(&state, Record::Reset { lane: lane.to_owned() }, now)?;
    }
    Ok(is_known)
}
