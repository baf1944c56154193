//! The state of breakers as JSON.

use serde::Serialize;

use crate::ops::breaker::Report;
use crate::policy::span::moment;
use crate::verdict::breaker::{Probe, State, Trip, Wait};

/// The answer of `git dos breaker … --format json`; fields may be added.
#[derive(Debug, Serialize)]
pub(super) struct Json<'a> {
    /// Always `git-dos/breaker/1`.
    schema: &'static str,
    /// One for each breaker that was asked for, by class and lane.
    breakers: Vec<Row<'a>>,
}

/// One breaker.
#[derive(Debug, Serialize)]
struct Row<'a> {
    /// The class; `null` when the counts came from the caller.
    class: Option<&'a str>,
    /// The lane; `null` without one.
    lane: Option<&'a str>,
    /// `CLOSED`, `OPEN`, `HALF_OPEN` or `UNKNOWN`.
    state: &'static str,
    /// Who is to be asked now: `NONE`, `JUDGE` or `HUMAN`.
    escalation: &'static str,
    /// Everything that speaks for stopping: `consecutive`, `total`, `probe`.
    tripped_on: Vec<&'static str>,
    /// Failures since the last success.
    consecutive: u64,
    /// Failures within the window; the newest 1,000 are known.
    total: u64,
    /// The limit of failures in a row; 0 is none.
    max_consecutive: u64,
    /// The limit of failures within the window; 0 is none.
    max_total: u64,
    /// The window, in seconds.
    window: u64,
    /// What an open one waits for: `reset`, `rest`, `probe`; `null` when it waits for nothing.
    waits_for: Option<&'static str>,
    /// How long it waits for that, in seconds; `null` when that is not known.
    wait: Option<u64>,
    /// What became of the permission to try: `idle`, `running` or `lost`, before this answer.
    probe: &'static str,
    /// Whether the caller has just been given that permission.
    granted: bool,
    /// How long the one who may try has to report, in seconds.
    probe_time: u64,
    /// How far the newest stamp lies after now, in seconds, when that is too far.
    ahead: Option<u64>,
    /// The newest reasons for failures, newest last.
    reasons: Vec<Because<'a>>,
}

/// Why something failed.
#[derive(Debug, Serialize)]
struct Because<'a> {
    /// When it was reported, in UTC.
    time: String,
    /// The reporter's words.
    text: &'a str,
}

impl<'a> Json<'a> {
    pub(super) fn of(reports: &'a [Report]) -> Self {
        Self { schema: "git-dos/breaker/1", breakers: reports.iter().map(Row::of).collect() }
    }
}

impl<'a> Row<'a> {
    fn of(report: &'a Report) -> Self {
        let Report { key, settings, evidence, verdict, reasons, .. } = report;
        let (waits_for, wait) = match verdict.state {
            State::Open(Wait::Reset) => (Some("reset"), None),
            State::Open(Wait::Rest(left)) => (Some("rest"), Some(left)),
            State::Open(Wait::Probe(left)) => (Some("probe"), Some(left)),
            State::Closed | State::HalfOpen | State::Unknown(_) => (None, None),
        };
        Self {
            class: key.as_ref().map(|key| key.class.as_str()),
            lane: key.as_ref().and_then(|key| key.lane.as_deref()),
            state: verdict.state.name(),
            escalation: verdict.escalation.name(),
            tripped_on: verdict.trips.iter().copied().map(Trip::token).collect(),
            consecutive: evidence.consecutive,
            total: evidence.total,
            max_consecutive: settings.policy.limits.consecutive(),
            max_total: settings.policy.limits.total(),
            window: settings.window.as_secs(),
            waits_for,
            wait: wait.map(|left| left.as_secs()),
            probe: match evidence.probe {
                Probe::Idle => "idle",
                Probe::Running(_) => "running",
                Probe::Lost => "lost",
            },
            granted: report.granted,
            probe_time: settings.probe_time.as_secs(),
            ahead: evidence.ahead.map(|ahead| ahead.as_secs()),
            reasons: reasons
                .iter()
                .map(|reason| Because { time: moment(reason.time), text: &reason.text })
                .collect(),
        }
    }
}
