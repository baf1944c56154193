//! The whole table of states, and each count at its limit.

use std::time::Duration;

use super::{
    Escalation, Event, Evidence, History, KEPT, Limits, Policy, Probe, REASONS, RunningProbe,
    State, Trip, Wait, judge,
};

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn policy(consecutive: u64, total: u64) -> Policy {
    let limits = Limits::new(consecutive, total).unwrap();
    Policy { limits, cool_down: Some(seconds(100)), on_trip: Escalation::Human }
}

fn failed(time: u64) -> Event {
    Event::Failed { time: seconds(time), reason: None }
}

#[test]
fn limits_trip_when_they_are_reached_and_both_are_named() {
    for (consecutive, total, want) in [
        (0, 0, &[][..]),
        (2, 2, &[]),
        (3, 3, &[Trip::Consecutive]),
        (4, 4, &[Trip::Consecutive]),
        (0, 4, &[]),
        (0, 5, &[Trip::Total]),
        (2, 6, &[Trip::Total]),
        (3, 5, &[Trip::Consecutive, Trip::Total]),
        // A streak may be longer than the window.
        (3, 0, &[Trip::Consecutive]),
    ] {
        let evidence = Evidence { consecutive, total, ..Evidence::default() };
        let verdict = judge(&evidence, &policy(3, 5));
        assert_eq!(verdict.trips, want, "{consecutive} in a row, {total} in all");
        let open = !want.is_empty();
        assert_eq!(verdict.state == State::Closed, !open, "open by any trip");
        let asked = if open { Escalation::Human } else { Escalation::None };
        assert_eq!(verdict.escalation, asked, "only an open circuit asks");
    }
    assert_eq!(Limits::new(0, 0), None, "some limit can be reached");
    for (limits, trips) in [((0, 5), 0), ((9, 0), 0), ((3, 0), 1), ((0, 4), 1)] {
        let evidence = Evidence { consecutive: 3, total: 4, ..Evidence::default() };
        let verdict = judge(&evidence, &policy(limits.0, limits.1));
        assert_eq!(verdict.trips.len(), trips, "a limit of 0 is none: {limits:?}");
    }
}

#[test]
fn an_open_circuit_rests_and_then_lets_one_try() {
    let tripped = Evidence { consecutive: 3, total: 3, ..Evidence::default() };
    let rested = Some(seconds(100));
    for (rest, probe, want) in [
        (None, Probe::Idle, State::Open(Wait::Rest(seconds(100)))),
        (Some(seconds(99)), Probe::Idle, State::Open(Wait::Rest(seconds(1)))),
        (rested, Probe::Idle, State::HalfOpen),
        (Some(seconds(101)), Probe::Idle, State::HalfOpen),
        (rested, Probe::Running(seconds(7)), State::Open(Wait::Probe(seconds(7)))),
        (rested, Probe::Lost, State::HalfOpen),
        (Some(seconds(1)), Probe::Lost, State::Open(Wait::Rest(seconds(99)))),
    ] {
        let evidence = Evidence { rest, probe, ..tripped };
        assert_eq!(judge(&evidence, &policy(3, 0)).state, want, "{rest:?} {probe:?}");
        let never = Policy { cool_down: None, ..policy(3, 0) };
        let state = judge(&evidence, &never).state;
        assert_eq!(state, State::Open(Wait::Reset), "without a rest nobody may try");
    }
    for (state, closes) in [
        (State::Closed, false),
        (State::HalfOpen, true),
        (State::Open(Wait::Probe(seconds(1))), true),
        (State::Open(Wait::Rest(seconds(1))), false),
        (State::Open(Wait::Reset), false),
        (State::Unknown(seconds(1)), false),
    ] {
        assert_eq!(state.closes_on_success(), closes, "a success in {state:?}");
    }
}

#[test]
fn a_stamp_of_the_future_is_counted_and_decides_nothing() {
    let mut history = History::default();
    history.apply(failed(1_061));
    for (now, ahead, tripped) in
        [(1_000, Some(seconds(61)), "UNKNOWN"), (1_001, None, "OPEN"), (2_000, None, "HALF_OPEN")]
    {
        let evidence = history.evidence(seconds(now), seconds(5_000));
        assert_eq!((evidence.total, evidence.ahead), (1, ahead), "at {now}");
        assert_eq!(judge(&evidence, &policy(2, 2)).state, State::Closed, "too few to matter");
        let state = judge(&evidence, &policy(1, 0)).state;
        assert_eq!(state.name(), tripped, "enough to matter at {now}");
    }
    history.apply(Event::Reset);
    assert_eq!(history, History::default(), "and it can be forgotten");
}

#[test]
fn reports_add_up() {
    let mut history = History::default();
    for time in [10, 20, 30] {
        history.apply(failed(time));
    }
    history.apply(Event::Succeeded { closes: false });
    history.apply(failed(40));
    let at = |history: &History, now| history.evidence(seconds(now), seconds(20));
    let evidence = at(&history, 40);
    assert_eq!((evidence.consecutive, evidence.total), (1, 3), "the first is 30 s old");
    assert_eq!(at(&history, 60).total, 1, "exactly the window ago still counts");
    assert_eq!(at(&history, 61).total, 0, "and then no more");
    assert_eq!(at(&history, 45).rest, Some(seconds(5)), "since the newest");

    history.apply(Event::Probing(RunningProbe { time: seconds(50), until: seconds(55) }));
    assert_eq!(at(&history, 54).probe, Probe::Running(seconds(1)));
    assert_eq!(at(&history, 55).probe, Probe::Lost);
    history.apply(failed(56));
    let evidence = at(&history, 1_000);
    assert!(evidence.reopened && evidence.probe == Probe::Idle, "the try has failed");
    let verdict = judge(&evidence, &policy(9, 9));
    assert_eq!(verdict.trips, [Trip::Probe], "which outlasts the counts");
    history.apply(Event::Succeeded { closes: true });
    assert_eq!(history, History::default(), "a try that goes well forgets all");
}

#[test]
fn what_is_kept_is_bounded() {
    let mut history = History::default();
    for time in 0..2_000 {
        let reason = Some(time.to_string());
        history.apply(Event::Failed { time: seconds(time), reason });
    }
    assert_eq!(history.failures.len(), KEPT, "the newest failures");
    assert_eq!(history.failures.last(), Some(&seconds(1_999)));
    assert_eq!(history.reasons.len(), REASONS, "the newest reasons");
    assert_eq!(history.reasons.last().map(|reason| reason.text.as_str()), Some("1999"));
    assert_eq!(history.consecutive, 2_000, "the streak is counted, not listed");
}
