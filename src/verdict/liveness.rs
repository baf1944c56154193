//! Is a run moving, spinning, or gone?
//!
//! Read from what the run left behind (new patches, lease records, signs of life), never from what it says.

use std::time::Duration;

/// What one run left behind since it started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// When the run started.
    pub started: Moment,
    /// Patches of the run that were not there before it started.
    pub patches: usize,
    /// Lease records of the run, heartbeats not counted.
    pub lease_events: usize,
    /// The newest sign of life; `None` if there never was one.
    pub beat: Option<Moment>,
    /// What the operating system says about the run's process.
    pub process: Process,
}

/// A time, seen from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// So long ago; zero is now.
    Ago(Duration),
    /// So far in the future, which no clock that is right can have written.
    Ahead(Duration),
}

/// What the operating system says about a process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Process {
    /// Nothing: no process is known, or it is not to be seen from here.
    #[default]
    Unknown,
    /// It is there.
    Up,
    /// It is not there any more.
    Gone,
}

/// How long a run may be quiet; `[liveness]` of `dos.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How old a run must be before it can be spinning; default 30 minutes.
    pub grace: Duration,
    /// How old a sign of life may be to show that the run is alive; default 15 minutes.
    pub spin: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self { grace: Duration::from_secs(30 * 60), spin: Duration::from_secs(15 * 60) }
    }
}

/// What a run is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It moves.
    Advancing(Progress),
    /// It is alive and brings nothing about.
    Spinning,
    /// It does not show that it is alive.
    Stalled(Stall),
    /// The times that would decide cannot be right.
    BadClock(Fault),
}

/// What shows that a run moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// A new patch.
    Patches,
    /// Work with its lease.
    LeaseEvents,
    /// Nothing yet, and it is too young to be blamed for it.
    Young,
}

/// Why a run is taken for dead or stuck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stall {
    /// Its process is gone.
    ProcessGone,
    /// It never gave a sign of life.
    NoBeat,
    /// Its last sign of life is too old.
    StaleBeat,
}

/// Which time cannot be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The run starts in the future.
    StartAhead,
    /// The newest sign of life is from the future.
    BeatAhead,
}

/// Judges `evidence` under `policy`.
///
/// Patches outrank lease records, both outrank signs of life, and a process that is gone outranks a fresh one.
/// Times from the future decide nothing, in neither direction.
#[must_use]
pub fn judge(evidence: &Evidence, policy: &Policy) -> Verdict {
    if evidence.patches > 0 {
        return Verdict::Advancing(Progress::Patches);
    }
    if evidence.lease_events > 0 {
        return Verdict::Advancing(Progress::LeaseEvents);
    }
    let Some(beat) = evidence.beat else { return Verdict::Stalled(Stall::NoBeat) };
    if matches!(beat, Moment::Ago(age) if age > policy.spin) {
        return Verdict::Stalled(Stall::StaleBeat);
    }
    if evidence.process == Process::Gone {
        return Verdict::Stalled(Stall::ProcessGone);
    }
    match (evidence.started, beat) {
        (Moment::Ahead(_), _) => Verdict::BadClock(Fault::StartAhead),
        (Moment::Ago(_), Moment::Ahead(_)) => Verdict::BadClock(Fault::BeatAhead),
        (Moment::Ago(age), Moment::Ago(_)) if age < policy.grace => {
            Verdict::Advancing(Progress::Young)
        }
        (Moment::Ago(_), Moment::Ago(_)) => Verdict::Spinning,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Evidence, Fault, Moment, Policy, Process, Progress, Stall, Verdict, judge};

    const GRACE: u64 = 1_800_000;
    const SPIN: u64 = 900_000;

    fn ago(milliseconds: u64) -> Moment {
        Moment::Ago(Duration::from_millis(milliseconds))
    }

    /// The answer, written as a table of what outranks what.
    fn expected(evidence: &Evidence, late: bool, stale: bool) -> Verdict {
        let ahead = |moment| matches!(moment, Moment::Ahead(_));
        match (evidence.patches, evidence.lease_events, evidence.beat, evidence.process) {
            (1.., ..) => Verdict::Advancing(Progress::Patches),
            (0, 1.., ..) => Verdict::Advancing(Progress::LeaseEvents),
            (0, 0, None, _) => Verdict::Stalled(Stall::NoBeat),
            (0, 0, Some(_), _) if stale => Verdict::Stalled(Stall::StaleBeat),
            (0, 0, Some(_), Process::Gone) => Verdict::Stalled(Stall::ProcessGone),
            (0, 0, Some(_), _) if ahead(evidence.started) => Verdict::BadClock(Fault::StartAhead),
            (0, 0, Some(beat), _) if ahead(beat) => Verdict::BadClock(Fault::BeatAhead),
            (0, 0, Some(_), _) if late => Verdict::Spinning,
            (0, 0, Some(_), _) => Verdict::Advancing(Progress::Young),
        }
    }

    #[test]
    fn what_comes_from_the_future_makes_no_run_young() {
        let (now, ahead) = (ago(0), Moment::Ahead(Duration::from_millis(1)));
        let quiet = Evidence {
            started: now,
            patches: 0,
            lease_events: 0,
            beat: Some(now),
            process: Process::Unknown,
        };
        for (started, beat, want) in [
            (now, now, Verdict::Advancing(Progress::Young)),
            (ahead, now, Verdict::BadClock(Fault::StartAhead)),
            (now, ahead, Verdict::BadClock(Fault::BeatAhead)),
            (ago(GRACE), ahead, Verdict::BadClock(Fault::BeatAhead)),
        ] {
            let evidence = Evidence { started, beat: Some(beat), ..quiet };
            assert_eq!(judge(&evidence, &Policy::default()), want, "{started:?}, {beat:?}");
        }
    }

    #[test]
    fn the_whole_table() {
        let second = Moment::Ahead(Duration::from_secs(1));
        let starts = [
            (ago(0), false),
            (ago(GRACE - 1), false),
            (ago(GRACE), true),
            (ago(GRACE + 1), true),
            (second, false),
        ];
        let beats = [
            (None, false),
            (Some(ago(0)), false),
            (Some(ago(SPIN)), false),
            (Some(ago(SPIN + 1)), true),
            (Some(second), false),
        ];
        let mut rows = 0;
        for (started, late) in starts {
            for (beat, stale) in beats {
                for process in [Process::Unknown, Process::Up, Process::Gone] {
                    for (patches, lease_events) in [(0, 0), (0, 1), (1, 0), (3, 2)] {
                        let evidence = Evidence { started, patches, lease_events, beat, process };
                        let want = expected(&evidence, late, stale);
                        assert_eq!(judge(&evidence, &Policy::default()), want, "{evidence:?}");
                        rows += 1;
                    }
                }
            }
        }
        assert_eq!(rows, 5 * 5 * 3 * 4, "every combination");
    }
}
