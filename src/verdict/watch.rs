//! Is it time to propose that a run be stopped?
//!
//! Once an episode: from when a run no longer advances until it does again.

use std::time::Duration;

use crate::run_id::RunId;
use crate::verdict::liveness::{self, Moment};

/// What is known of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// What the run is doing.
    pub doing: Doing,
    /// When it started; `None` when nobody knows.
    pub started: Option<Moment>,
    /// How long it may take.
    pub budget: Option<Duration>,
    /// When its stop was last proposed in this episode.
    pub proposed: Option<Moment>,
}

/// What a run is doing, as its liveness says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// It moves.
    Advancing,
    /// It is alive and brings nothing about.
    Spinning,
    /// It does not show that it is alive.
    Stalled,
    /// Nobody could find out.
    Unknown,
}

impl From<liveness::Verdict> for Doing {
    fn from(verdict: liveness::Verdict) -> Self {
        match verdict {
            liveness::Verdict::Advancing(_) => Self::Advancing,
            liveness::Verdict::Spinning => Self::Spinning,
            liveness::Verdict::Stalled(_) => Self::Stalled,
            liveness::Verdict::BadClock(_) => Self::Unknown,
        }
    }
}

/// How often a stop is proposed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Policy {
    /// How long after a proposal the next one of the same episode follows; `None` for never, the default.
    pub again: Option<Duration>,
}

/// What to do about a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Propose that it be stopped.
    Propose(Cause),
    /// Leave it: that it be stopped is proposed already.
    Proposed(Cause),
    /// Leave it: it is stalled, and has so much of its budget left.
    WithinBudget(Duration),
    /// Leave it: it advances.
    Advances(Episode),
    /// Leave it: nobody knows what it does.
    Unknown,
}

/// Why a run should be stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// It is alive and brings nothing about.
    Spinning,
    /// It does not show that it is alive, and has no budget that it keeps to.
    Stalled,
}

/// Whether what was proposed about a run is to be forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Episode {
    /// A stop was proposed, and the run moves again: the next one is another episode.
    Over,
    /// Nothing was proposed.
    None,
}

/// Judges `evidence` under `policy`.
///
/// A budget holds back proposals about stalled runs only: who spins uses it up for nothing. A start that nobody
/// knows keeps to no budget.
#[must_use]
pub fn judge(evidence: &Evidence, policy: &Policy) -> Verdict {
    let cause = match evidence.doing {
        Doing::Unknown => return Verdict::Unknown,
        Doing::Advancing => {
            let episode = evidence.proposed.map_or(Episode::None, |_| Episode::Over);
            return Verdict::Advances(episode);
        }
        Doing::Stalled => match left(evidence) {
            Some(left) => return Verdict::WithinBudget(left),
            None => Cause::Stalled,
        },
        Doing::Spinning => Cause::Spinning,
    };
    let is_due = match (evidence.proposed, policy.again) {
        (None, _) => true,
        (Some(Moment::Ago(age)), Some(again)) => age >= again,
        // A clock that was set back makes nothing older.
        (Some(Moment::Ahead(_)), Some(again)) => again.is_zero(),
        (Some(_), None) => false,
    };
    if is_due { Verdict::Propose(cause) } else { Verdict::Proposed(cause) }
}

/// Returns how much of its budget a run has left, if it has any.
fn left(evidence: &Evidence) -> Option<Duration> {
    let budget = evidence.budget?;
    let age = match evidence.started? {
        Moment::Ago(age) => age,
        Moment::Ahead(_) => Duration::ZERO,
    };
    budget.checked_sub(age).filter(|left| !left.is_zero())
}

/// Returns the run that is behind a lease: the first of its holder's `names` that is the id of one.
pub fn run_behind<'n>(names: impl IntoIterator<Item = &'n str>) -> Option<RunId> {
    names.into_iter().find_map(RunId::parse)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Cause, Doing, Episode, Evidence, Policy, Verdict, judge, run_behind};
    use crate::verdict::liveness::Moment;

    fn ago(seconds: u64) -> Moment {
        Moment::Ago(Duration::from_secs(seconds))
    }

    #[test]
    fn the_whole_table() {
        let seconds = Duration::from_secs;
        let starts = [None, Some(ago(59)), Some(ago(60)), Some(Moment::Ahead(seconds(5)))];
        let proposals = [None, Some(ago(29)), Some(ago(30)), Some(Moment::Ahead(seconds(5)))];
        let mut rows = 0;
        for doing in [Doing::Advancing, Doing::Spinning, Doing::Stalled, Doing::Unknown] {
            for started in starts {
                for budget in [None, Some(seconds(60))] {
                    for proposed in proposals {
                        for again in [None, Some(seconds(30))] {
                            let evidence = Evidence { doing, started, budget, proposed };
                            let got = judge(&evidence, &Policy { again });
                            let keeps_budget = budget.is_some()
                                && matches!(started, Some(Moment::Ahead(_)))
                                || budget.is_some() && started == Some(ago(59));
                            let is_new =
                                proposed.is_none() || proposed == Some(ago(30)) && again.is_some();
                            let stop = |cause| {
                                if is_new {
                                    Verdict::Propose(cause)
                                } else {
                                    Verdict::Proposed(cause)
                                }
                            };
                            let left = if started == Some(ago(59)) { 1 } else { 60 };
                            let want = match doing {
                                Doing::Unknown => Verdict::Unknown,
                                Doing::Advancing if proposed.is_some() => {
                                    Verdict::Advances(Episode::Over)
                                }
                                Doing::Advancing => Verdict::Advances(Episode::None),
                                Doing::Spinning => stop(Cause::Spinning),
                                Doing::Stalled if keeps_budget => {
                                    Verdict::WithinBudget(seconds(left))
                                }
                                Doing::Stalled => stop(Cause::Stalled),
                            };
                            assert_eq!(got, want, "{evidence:?}, again after {again:?}");
                            rows += 1;
                        }
                    }
                }
            }
        }
        assert_eq!(rows, 4 * 4 * 2 * 4 * 2, "every combination");
    }

    #[test]
    fn a_lease_is_of_the_first_run_that_it_names() {
        let [one, other] = ["RID-1KSR49200000001", "RID-1KSR4AWK0000002"];
        for (names, want) in [
            (&[][..], None),
            (&["L1", ""], None),
            (&["junk", other], Some(other)),
            (&[one, other], Some(one)),
        ] {
            let got = run_behind(names.iter().copied());
            assert_eq!(got.as_ref().map(super::RunId::as_str), want, "{names:?}");
        }
    }
}
