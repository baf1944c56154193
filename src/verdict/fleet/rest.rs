//! How long does a lane rest when workers were started for it and never took it?

use std::time::Duration;

use crate::verdict::breaker::{self, Escalation, Limits, Probe, State, Wait};

/// Workers that were started for a lane since somebody last took it, and are gone or late.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Launches {
    /// How many.
    pub failed: u64,
    /// When the last of them was started; `None` without any.
    pub newest: Option<Duration>,
}

/// How long a worker was started ago who has not taken his lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// Not long.
    Early,
    /// Long, and he still runs: nobody may be put beside him.
    Late,
}

/// How long a lane rests after workers that never took it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// How long a worker may take to take his lane, and the first rest; every further rest is twice as long.
    pub first: Duration,
    /// When a lane is given up, and until when.
    pub breaker: breaker::Policy,
}

impl Default for Rest {
    fn default() -> Self {
        let limits = Limits::new(5, 0).expect("five in a row are a limit");
        Self {
            first: Duration::from_secs(120),
            breaker: breaker::Policy {
                limits,
                cool_down: Some(Duration::from_secs(60 * 60)),
                on_trip: Escalation::Human,
            },
        }
    }
}

/// What becomes of a lane for which workers were started in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Another one may be started.
    Now,
    /// Not before so long.
    In(Duration),
    /// It is given up.
    GivenUp(Wait),
}

impl Rest {
    /// Says whether another worker may be started after `launches`.
    ///
    /// Once the lane was given up and has rested, one worker is started to try, and the rest begins anew with it.
    pub(super) fn turn(&self, launches: Launches) -> Turn {
        let Some(newest) = launches.newest.filter(|_| launches.failed > 0) else {
            return Turn::Now;
        };
        let evidence = breaker::Evidence {
            consecutive: launches.failed,
            total: 0,
            rest: Some(newest),
            probe: Probe::Idle,
            reopened: false,
            ahead: None,
        };
        match breaker::judge(&evidence, &self.breaker).state {
            State::Open(wait) => return Turn::GivenUp(wait),
            State::HalfOpen => return Turn::Now,
            State::Closed | State::Unknown(_) => {}
        }
        let doubled = u32::try_from(launches.failed - 1).unwrap_or(u32::MAX).min(16);
        match self.first.saturating_mul(1 << doubled).checked_sub(newest) {
            Some(left) if !left.is_zero() => Turn::In(left),
            Some(_) | None => Turn::Now,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Launches, Rest, Turn};
    use crate::verdict::breaker::Wait;

    #[test]
    fn rests_double_until_the_lane_is_given_up_and_tried_again() {
        let rest = Rest::default();
        let turn = |failed, seconds| {
            rest.turn(Launches { failed, newest: Some(Duration::from_secs(seconds)) })
        };
        let left = |seconds| Duration::from_secs(seconds);
        for (failed, age, want) in [
            (0, 0, Turn::Now),
            (1, 119, Turn::In(left(1))),
            (1, 120, Turn::Now),
            (2, 120, Turn::In(left(120))),
            (2, 240, Turn::Now),
            (4, 959, Turn::In(left(1))),
            (4, 960, Turn::Now),
            (5, 960, Turn::GivenUp(Wait::Rest(left(2640)))),
            (5, 3599, Turn::GivenUp(Wait::Rest(left(1)))),
            (5, 3600, Turn::Now),
            (6, 0, Turn::GivenUp(Wait::Rest(left(3600)))),
            (u64::MAX, 3600, Turn::Now),
        ] {
            assert_eq!(turn(failed, age), want, "{failed} in vain, the last {age} s ago");
        }
        assert_eq!(rest.turn(Launches { failed: 3, newest: None }), Turn::Now, "never started");
    }
}
