//! What do the reports about one class of failure add up to?

use std::time::Duration;

use super::{Evidence, Probe};

/// The most failures whose times are kept; no limit of failures within the window can be higher.
pub const KEPT: usize = 1_000;

/// The most reasons that are kept.
pub const REASONS: usize = 5;

/// How far clocks may differ: a stamp that lies no further after now counts as now.
const SLACK: Duration = Duration::from_secs(60);

/// What the reports add up to. Times are since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Failures since the last success.
    pub consecutive: u64,
    /// The times of the newest failures, in the order of their reports, at most [`KEPT`].
    pub failures: Vec<Duration>,
    /// Why things failed, where somebody said, newest last, at most [`REASONS`].
    pub reasons: Vec<Reason>,
    /// Who tries since the newest failure.
    pub probe: Option<RunningProbe>,
    /// Whether a permitted try has failed.
    pub reopened: bool,
}

/// Why something failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// When it was reported.
    pub time: Duration,
    /// The reporter's words.
    pub text: String,
}

/// A permission to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunningProbe {
    /// When it was given.
    pub time: Duration,
    /// Until when it holds.
    pub until: Duration,
}

/// One report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It failed.
    Failed {
        /// When.
        time: Duration,
        /// Why, where somebody said.
        reason: Option<String>,
    },
    /// It went well.
    Succeeded {
        /// Whether this was a try after a rest, which forgets all failures.
        closes: bool,
    },
    /// Somebody may try again.
    Probing(RunningProbe),
    /// Somebody wants to begin anew.
    Reset,
}

impl History {
    /// Adds a report.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Failed { time, reason } => {
                self.reopened |= self.probe.take().is_some();
                self.consecutive = self.consecutive.saturating_add(1);
                push(&mut self.failures, time, KEPT);
                if let Some(text) = reason {
                    push(&mut self.reasons, Reason { time, text }, REASONS);
                }
            }
            Event::Succeeded { closes: false } => self.consecutive = 0,
            Event::Probing(probe) => self.probe = Some(probe),
            Event::Succeeded { closes: true } | Event::Reset => *self = Self::default(),
        }
    }

    /// Returns what is to be judged at the time `now`, with failures counted within `window`.
    pub fn evidence(&self, now: Duration, window: Duration) -> Evidence {
        let in_window = |time: &&Duration| now.saturating_sub(**time) <= window;
        let newest = self.failures.iter().max();
        let stamps = newest.into_iter().copied().chain(self.probe.map(|probe| probe.time));
        let ahead = stamps.max().map(|stamp| stamp.saturating_sub(now));
        Evidence {
            consecutive: self.consecutive,
            total: u64::try_from(self.failures.iter().filter(in_window).count())
                .unwrap_or(u64::MAX),
            rest: newest.map(|time| now.saturating_sub(*time)),
            probe: self.probe.map_or(Probe::Idle, |probe| {
                let left = probe.until.saturating_sub(now);
                if left > Duration::ZERO { Probe::Running(left) } else { Probe::Lost }
            }),
            reopened: self.reopened,
            ahead: ahead.filter(|ahead| *ahead > SLACK),
        }
    }
}

/// Adds `item`, and drops the oldest beyond `limit`.
fn push<T>(items: &mut Vec<T>, item: T, limit: usize) {
    items.push(item);
    let excess = items.len().saturating_sub(limit);
    items.drain(..excess);
}
