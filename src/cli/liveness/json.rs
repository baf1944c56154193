//! The answers about runs as JSON.

use std::time::Duration;

use serde::Serialize;

use super::word;
use crate::evidence::progress::{Depth, Passed};
use crate::journal::halts::Halt;
use crate::ops::liveness::{Answer, Report, Row};
use crate::output::said;
use crate::run_id::RunId;
use crate::verdict::liveness::{Fault, Moment, Process, Progress, Stall, Verdict};

/// The answer of `git dos liveness --format json`; fields may be added.
#[derive(Debug, Serialize)]
pub(super) struct Json {
    /// Always `git-dos/liveness/1`.
    schema: &'static str,
    /// One object a run, oldest first.
    runs: Vec<One>,
    /// Agents' sessions that were left out, as they were quiet for a day.
    forgotten: usize,
}

/// One run.
#[derive(Debug, Serialize)]
struct One {
    /// The id of the run; `null` for work since a commit.
    run: Option<String>,
    /// `ADVANCING`, `SPINNING`, `STALLED` or `UNKNOWN`.
    verdict: &'static str,
    /// What decided: `patches`, `lease-events`, `young`, `spinning`, `process-gone`, `no-beat`, `stale-beat`,
    /// `start-ahead`, `beat-ahead` or `error`.
    reason: &'static str,
    /// Why it could not be found out, one sentence a cause.
    errors: Vec<String>,
    /// What was seen; `null` when it could not be found out.
    evidence: Option<Evidence>,
    /// The ids of the stops that are proposed and that nobody has acknowledged.
    halts: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Evidence {
    /// Seconds since the run started; less than zero for a start in the future.
    age_s: i64,
    /// Seconds since the newest sign of life; less than zero for one from the future.
    heartbeat_age_s: Option<i64>,
    /// New patches.
    patches: usize,
    /// Whether there may be more: without `--count` the newest is enough.
    at_least: bool,
    /// The newest commit with a new patch, in full hexadecimal.
    newest: Option<String>,
    /// When that was committed, in seconds since 1970-01-01T00:00:00Z.
    newest_time: Option<i64>,
    /// Commits that are no progress, by reason.
    passed: Commits,
    /// Work with the lease.
    lease_events: usize,
    /// `up`, `gone` or `unknown`.
    process: &'static str,
    /// The commit from which the run started, in full hexadecimal.
    start: Option<String>,
    /// The branch on which it started.
    branch: Option<String>,
    /// The worktree in which it started.
    worktree: Option<String>,
    /// The run that started it.
    parent: Option<String>,
    /// The run with which it all began.
    root: Option<String>,
    /// The lane in which it works.
    lane: Option<String>,
    /// The agent whose session it is.
    agent: Option<String>,
    /// That session.
    session: Option<String>,
    /// How long it may take.
    budget_s: Option<u64>,
    /// How much longer it takes.
    over_budget_s: Option<u64>,
    /// Seconds since it ended.
    ended_s: Option<u64>,
    /// Lines of the journal of rewrites that could not be read.
    damaged_rewrites: usize,
}

#[derive(Debug, Serialize)]
struct Commits {
    merges: usize,
    empty: usize,
    archives: usize,
    others: usize,
    before_start: usize,
    after_end: usize,
    known: usize,
}

impl Json {
    pub(super) fn of(report: &Report, depth: Depth, halts: &[Halt]) -> Self {
        Self {
            schema: "git-dos/liveness/1",
            runs: report.rows.iter().map(|row| run(row, depth, halts)).collect(),
            forgotten: report.forgotten,
        }
    }
}

fn run(row: &Row, depth: Depth, halts: &[Halt]) -> One {
    let name = row.run.as_ref().map(RunId::as_str);
    let is_meant = |halt: &&Halt| halt.run.is_some() && halt.run.as_deref() == name;
    let errors = match &row.answer {
        Ok(_) => Vec::new(),
        Err(error) => error.iter_errors().map(said).collect(),
    };
    One {
        run: row.run.as_ref().map(ToString::to_string),
        verdict: word(row),
        reason: row.answer.as_ref().map_or("error", |answer| reason(answer.verdict)),
        errors,
        evidence: row.answer.as_ref().ok().map(|answer| evidence(answer, depth)),
        halts: halts.iter().filter(is_meant).map(|halt| halt.id.clone()).collect(),
    }
}

fn evidence(answer: &Answer, depth: Depth) -> Evidence {
    let (seen, progress) = (&answer.evidence, &answer.progress);
    let record = answer.record.clone().unwrap_or_default();
    let is_recorded = answer.record.is_some();
    Evidence {
        age_s: signed(seen.started),
        heartbeat_age_s: seen.beat.map(signed),
        patches: seen.patches,
        at_least: depth == Depth::First && seen.patches > 0,
        newest: progress.newest.map(|(id, _)| id.to_string()),
        newest_time: progress.newest.map(|(_, time)| time),
        passed: commits(&progress.passed),
        lease_events: seen.lease_events,
        process: match seen.process {
            Process::Up => "up",
            Process::Gone => "gone",
            Process::Unknown => "unknown",
        },
        start: answer.start.map(|id| id.to_string()),
        branch: record.branch,
        worktree: record.worktree,
        parent: record.parent,
        root: is_recorded.then_some(record.root),
        lane: record.lane,
        agent: record.agent,
        session: record.session,
        budget_s: record.budget_s,
        over_budget_s: answer.over_budget.map(|over| over.as_secs()),
        ended_s: answer.ended.map(|end| end.as_secs()),
        damaged_rewrites: progress.damaged,
    }
}

fn commits(passed: &Passed) -> Commits {
    let Passed { merges, empty, archives, others, before, after, known } = *passed;
    Commits { merges, empty, archives, others, before_start: before, after_end: after, known }
}

fn signed(moment: Moment) -> i64 {
    let seconds = |time: Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    match moment {
        Moment::Ago(age) => seconds(age),
        Moment::Ahead(ahead) => -seconds(ahead),
    }
}

/// Returns the token of what decided.
fn reason(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Advancing(Progress::Patches) => "patches",
        Verdict::Advancing(Progress::LeaseEvents) => "lease-events",
        Verdict::Advancing(Progress::Young) => "young",
        Verdict::Spinning => "spinning",
        Verdict::Stalled(Stall::ProcessGone) => "process-gone",
        Verdict::Stalled(Stall::NoBeat) => "no-beat",
        Verdict::Stalled(Stall::StaleBeat) => "stale-beat",
        Verdict::BadClock(Fault::StartAhead) => "start-ahead",
        Verdict::BadClock(Fault::BeatAhead) => "beat-ahead",
    }
}
