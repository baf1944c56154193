//! Has one class of failure come up so often that it is time to stop, and who is to be asked?
//!
//! Two counts decide: failures in a row, and failures within a window of time. After a time of rest, one
//! caller may try again.

mod history;

use std::time::Duration;

pub use history::{Event, History, KEPT, REASONS, Reason, RunningProbe};

/// What was reported about one class of failure, as of now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Failures since the last success.
    pub consecutive: u64,
    /// Failures within the window; those stamped later than now count.
    pub total: u64,
    /// The time since the newest failure; `None` when there is none.
    pub rest: Option<Duration>,
    /// What became of the permission to try again.
    pub probe: Probe,
    /// Whether a try that was permitted has failed, and nothing has closed the circuit since.
    pub reopened: bool,
    /// How far the newest stamp lies after now, when that is more than clocks differ by.
    pub ahead: Option<Duration>,
}

/// What became of the permission to try again since the newest failure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Probe {
    /// Nobody has it.
    #[default]
    Idle,
    /// Somebody has it, for so long still.
    Running(Duration),
    /// Somebody had it, and was not heard of in time.
    Lost,
}

/// When the circuit opens, for how long, and who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The counts at which it opens.
    pub limits: Limits,
    /// How long it rests after the newest failure before one caller may try; `None` when nobody may.
    pub cool_down: Option<Duration>,
    /// Who is asked when it is open.
    pub on_trip: Escalation,
}

/// The counts at which the circuit opens; at least one of them can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    consecutive: u64,
    total: u64,
}

impl Limits {
    /// Makes limits of failures in a row and within the window, of which 0 is none; `None` when both are 0.
    pub fn new(consecutive: u64, total: u64) -> Option<Self> {
        (consecutive > 0 || total > 0).then_some(Self { consecutive, total })
    }

    /// Returns the limit of failures in a row; 0 is none.
    pub fn consecutive(self) -> u64 {
        self.consecutive
    }

    /// Returns the limit of failures within the window; 0 is none.
    pub fn total(self) -> u64 {
        self.total
    }
}

/// Who is asked when the circuit is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Escalation {
    /// Nobody.
    #[default]
    None,
    /// Another agent, as a judge.
    Judge,
    /// A person.
    Human,
}

impl Escalation {
    /// Every escalation, least first.
    pub const ALL: [Self; 3] = [Self::None, Self::Judge, Self::Human];

    /// Returns the name that is printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Judge => "JUDGE",
            Self::Human => "HUMAN",
        }
    }
}

/// Whether to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether to go on.
    pub state: State,
    /// Everything that speaks for stopping, the limit in a row first.
    pub trips: Vec<Trip>,
    /// Who is to be asked now.
    pub escalation: Escalation,
}

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Go on.
    Closed,
    /// Stop.
    Open(Wait),
    /// It has rested: one caller may try.
    HalfOpen,
    /// The counts say stop, but the newest stamp lies so far after now that no time can be relied on.
    Unknown(Duration),
}

impl State {
    /// Returns the name that is printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Closed => "CLOSED",
            Self::Open(_) => "OPEN",
            Self::HalfOpen => "HALF_OPEN",
            Self::Unknown(_) => "UNKNOWN",
        }
    }

    /// Tells whether a success that is reported now closes the circuit: it has rested, so it is a try.
    pub fn closes_on_success(self) -> bool {
        match self {
            Self::HalfOpen | Self::Open(Wait::Probe(_)) => true,
            Self::Closed | Self::Unknown(_) | Self::Open(Wait::Reset | Wait::Rest(_)) => false,
        }
    }
}

/// What an open circuit waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Somebody to reset it, a success, or the window to pass.
    Reset,
    /// The end of its rest, in so long.
    Rest(Duration),
    /// The caller that tries, who has so long still.
    Probe(Duration),
}

/// What speaks for stopping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trip {
    /// The failures in a row.
    Consecutive,
    /// The failures within the window.
    Total,
    /// A try after a rest, which failed.
    Probe,
}

impl Trip {
    /// Returns the token for JSON.
    pub fn token(self) -> &'static str {
        match self {
            Self::Consecutive => "consecutive",
            Self::Total => "total",
            Self::Probe => "probe",
        }
    }
}

/// Judges `evidence` under `policy`.
///
/// A stamp of the future keeps no circuit open and closes none: it is counted, and the state is then unknown.
#[must_use]
pub fn judge(evidence: &Evidence, policy: &Policy) -> Verdict {
    let Limits { consecutive, total } = policy.limits;
    let trips: Vec<Trip> = [
        (Trip::Consecutive, consecutive > 0 && evidence.consecutive >= consecutive),
        (Trip::Total, total > 0 && evidence.total >= total),
        (Trip::Probe, evidence.reopened),
    ]
    .into_iter()
    .filter_map(|(trip, fired)| fired.then_some(trip))
    .collect();
    let state = match (trips.is_empty(), evidence.ahead) {
        (true, _) => State::Closed,
        (false, Some(ahead)) => State::Unknown(ahead),
        (false, None) => tripped(evidence, policy),
    };
    let escalation =
        if matches!(state, State::Open(_)) { policy.on_trip } else { Escalation::None };
    Verdict { state, trips, escalation }
}

fn tripped(evidence: &Evidence, policy: &Policy) -> State {
    let Some(cool_down) = policy.cool_down else { return State::Open(Wait::Reset) };
    let left = cool_down.saturating_sub(evidence.rest.unwrap_or_default());
    match evidence.probe {
        _ if left > Duration::ZERO => State::Open(Wait::Rest(left)),
        Probe::Running(left) => State::Open(Wait::Probe(left)),
        Probe::Idle | Probe::Lost => State::HalfOpen,
    }
}

#[cfg(test)]
mod tests;
