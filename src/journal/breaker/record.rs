//! How is a report about a class of failure written down?

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::verdict::breaker::{History, Reason, RunningProbe};

/// The version of the records that this program writes.
pub const VERSION: u32 = 1;

/// A line of `<git common dir>/dos/breaker/<name>.jsonl`; the field `record` says what it reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Version of the record, [`VERSION`]; since 0.1.0.
    pub v: u32,
    /// When it was written, in seconds since 1970-01-01T00:00:00Z; since 0.1.0.
    pub time: u64,
    /// The class; since 0.1.0.
    pub class: String,
    /// The lane; `null` without one; since 0.1.0.
    pub lane: Option<String>,
    /// What is reported; since 0.1.0.
    #[serde(flatten)]
    pub record: Record,
}

/// What a line reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "lowercase")]
pub enum Record {
    /// It failed; since 0.1.0.
    Failed {
        /// Why, in the reporter's words; `null` when nobody said; since 0.1.0.
        reason: Option<String>,
    },
    /// It went well; since 0.1.0.
    Succeeded {
        /// Whether this was a try after a rest, which forgets all failures; since 0.1.0.
        closes: bool,
    },
    /// Somebody may try; since 0.1.0.
    Probe {
        /// Until when, in seconds since 1970-01-01T00:00:00Z; since 0.1.0.
        until: u64,
    },
    /// Somebody begins anew; since 0.1.0.
    Reset,
    /// What all lines before add up to; since 0.1.0.
    Sum(Sum),
    /// A line was left unfinished by a writer that died, and says nothing; since 0.1.0.
    Torn {
        /// The number of that line, from 1; since 0.1.0.
        line: usize,
    },
    /// A record of a later version.
    #[serde(other)]
    Unknown,
}

/// What reports add up to. Times are in seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Failures since the last success; since 0.1.0.
    pub consecutive: u64,
    /// The times of the newest failures, in the order of their reports; since 0.1.0.
    pub failures: Vec<u64>,
    /// The times and texts of the newest reasons, newest last; since 0.1.0.
    pub reasons: Vec<(u64, String)>,
    /// From when until when somebody may try; `null` when nobody may; since 0.1.0.
    pub probe: Option<(u64, u64)>,
    /// Whether a permitted try has failed; since 0.1.0.
    pub reopened: bool,
}

impl Sum {
    pub(super) fn of(history: &History) -> Self {
        Self {
            consecutive: history.consecutive,
            failures: history.failures.iter().map(Duration::as_secs).collect(),
            reasons: history
                .reasons
                .iter()
                .map(|reason| (reason.time.as_secs(), reason.text.clone()))
                .collect(),
            probe: history.probe.map(|probe| (probe.time.as_secs(), probe.until.as_secs())),
            reopened: history.reopened,
        }
    }

    pub(super) fn history(self) -> History {
        let seconds = Duration::from_secs;
        let reason = |(time, text)| Reason { time: seconds(time), text };
        History {
            consecutive: self.consecutive,
            failures: self.failures.into_iter().map(seconds).collect(),
            reasons: self.reasons.into_iter().map(reason).collect(),
            probe: self
                .probe
                .map(|(time, until)| RunningProbe { time: seconds(time), until: seconds(until) }),
            reopened: self.reopened,
        }
    }
}
