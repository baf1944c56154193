//! Do the runs that are watched still move? Each is judged as `git dos liveness` does, and where one does not, its stop
//! is proposed.

pub mod discover;

use std::collections::BTreeMap;
use std::time::Duration;

use gix::error::Result;

use super::halt::{self, Target};
use super::liveness::{self, Answer, Which};
use crate::evidence::process::Recorded;
use crate::evidence::progress::Depth;
use crate::evidence::repository::state_folder;
use crate::journal::halts::{self, Halt, Moved, Record};
use crate::policy::span;
use crate::run_id::RunId;
use crate::verdict::liveness::{Moment, Stall, Verdict as Life};
use crate::verdict::watch::{self, Cause, Doing, Episode, Evidence, Policy, Verdict};

/// Who is named as the one that proposes.
const BY: &str = "watch";

/// Which runs are watched, and how.
#[derive(Debug, Clone)]
pub struct Question {
    /// These runs.
    pub runs: Vec<RunId>,
    /// Whether all that are to be found are watched too.
    pub others: Others,
    /// How long a run may be stalled that has no budget of its own, from its start.
    pub budget: Option<Duration>,
    /// How often a stop is proposed.
    pub policy: Policy,
}

/// Whether runs are watched that nobody named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// Those that are not over, and those behind leases.
    Discover,
    /// None.
    Ignore,
}

/// What was found and done in one look.
#[derive(Debug, Default)]
pub struct Report {
    /// One row a run, oldest first.
    pub rows: Vec<Row>,
    /// Why not all was found or written down.
    pub errors: Vec<gix::Error>,
}

/// One run.
#[derive(Debug)]
pub struct Row {
    /// Its id.
    pub run: RunId,
    /// The lane in which it works.
    pub lane: Option<String>,
    /// What it is doing.
    pub seen: liveness::Row,
    /// What is to be done about it.
    pub verdict: Verdict,
    /// The stop that was proposed now.
    pub halt: Option<Halt>,
}

/// Looks at the runs once, at the time `now`, and proposes the stops that are due.
///
/// What was proposed before is read from the journal each time, so that a restart repeats nothing, and two that watch
/// propose one stop between them.
pub fn look(repository: &gix::Repository, question: &Question, now: Duration) -> Result<Report> {
    let state = state_folder(repository);
    let mut report = Report::default();
    let mut lanes = BTreeMap::new();
    let mut rows = Vec::new();
    if question.others == Others::Discover {
        match discover::behind_leases(repository, now) {
            Ok(found) => lanes = found,
            Err(error) => report.errors.push(error),
        }
        rows.extend(judge(repository, Which::Open { all: false }, now)?);
    }
    let is_known =
        |rows: &[liveness::Row], id: &RunId| rows.iter().any(|row| row.run.as_ref() == Some(id));
    let mut named: Vec<RunId> = question.runs.iter().chain(lanes.keys()).cloned().collect();
    named.sort();
    named.dedup();
    named.retain(|id| !is_known(&rows, id));
    rows.extend(judge(repository, Which::Each(named), now)?);
    rows.sort_by(|one, other| one.run.cmp(&other.run));
    for liveness::Row { run, answer } in rows {
        let Some(run) = run else { continue };
        let lane = lanes.remove(&run);
        match act(&state, question, (run, lane, answer), now) {
            Ok(row) => report.rows.push(row),
            Err(error) => report.errors.push(error),
        }
    }
    if let Err(error) = halt::damage(&state, &halts::read(&state)?) {
        report.errors.push(error);
    }
    Ok(report)
}

fn judge(repository: &gix::Repository, which: Which, now: Duration) -> Result<Vec<liveness::Row>> {
    let question = liveness::Question { which, heartbeat: None, depth: Depth::First, now };
    Ok(liveness::look(repository, &question)?.rows)
}

/// Judges one run, and writes down what follows.
fn act(
    state: &std::path::Path,
    question: &Question,
    (run, lane, answer): (RunId, Option<String>, Result<Answer>),
    now: Duration,
) -> Result<Row> {
    let record = answer.as_ref().ok().and_then(|answer| answer.record.as_ref());
    let own = record.and_then(|record| record.budget_s).map(Duration::from_secs);
    let is_over = answer.as_ref().is_ok_and(|answer| answer.ended.is_some());
    // Of two that watch, the second reads what the first has proposed.
    let held = halts::hold(state)?;
    let earlier = halts::read(state)?.episodes.remove(run.as_str());
    let doing = match &answer {
        // What has ended needs no stop.
        Ok(_) if is_over => Doing::Unknown,
        Ok(answer) => answer.verdict.into(),
        Err(_) => Doing::Unknown,
    };
    let evidence = Evidence {
        doing,
        started: Some(liveness::moment(run.time(), now)),
        budget: own.or(question.budget),
        proposed: earlier.map(|time| liveness::moment(time, now)),
    };
    let verdict = watch::judge(&evidence, &question.policy);
    let lane = record.and_then(|record| record.lane.clone()).or(lane);
    let mut proposed = None;
    match verdict {
        Verdict::Propose(cause) => {
            let process = record.map_or_else(Recorded::default, |start| Recorded {
                host: start.host.clone(),
                pid: start.pid,
                started: start.pid_started,
            });
            let target = Target { run: Some(run.clone()), lane: lane.clone(), process };
            let reason = reason(cause, &answer, &evidence);
            proposed = Some(halt::propose(state, (&target, None), (BY, &reason), now)?);
        }
        Verdict::Advances(Episode::Over) => {
            halts::append(state, &Record::Moved(Moved::at(now, run.as_str())))?;
        }
        Verdict::Advances(Episode::None)
        | Verdict::Proposed(_)
        | Verdict::WithinBudget(_)
        | Verdict::Unknown => {}
    }
    drop(held);
    let seen = liveness::Row { run: Some(run.clone()), answer };
    Ok(Row { run, lane, seen, verdict, halt: proposed })
}

/// Says in words why a run should stop.
fn reason(cause: Cause, answer: &Result<Answer>, evidence: &Evidence) -> String {
    let age = match evidence.started {
        Some(Moment::Ago(age)) => span::shown(age),
        Some(Moment::Ahead(_)) | None => "an unknown time".to_owned(),
    };
    let why = match (cause, answer.as_ref().map(|answer| answer.verdict)) {
        (Cause::Spinning, _) => "it is alive and brings nothing about",
        (Cause::Stalled, Ok(Life::Stalled(Stall::ProcessGone))) => "its process is gone",
        (Cause::Stalled, Ok(Life::Stalled(Stall::StaleBeat))) => "its last sign of life is old",
        (Cause::Stalled, _) => "it gives no sign of life",
    };
    let budget = match (cause, evidence.budget) {
        (Cause::Stalled, Some(budget)) => {
            format!(", and over its budget of {}", span::shown(budget))
        }
        (Cause::Stalled | Cause::Spinning, _) => String::new(),
    };
    format!("{why}, {age} after its start{budget}")
}
