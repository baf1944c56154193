use super::{
    Digest, Kind, Likeness, Limits, Mark, Nature, Outcome, Policy, State, Step, Trail, folded,
    judge,
};

/// Reads `a1` as a call `a` with the result `1`, `a!` as one that fails, `a?` as one of which nobody knows the
/// result, and `a1'` as one whose result differs from that of `a1` in volatile parts. Calls `w` change files,
/// calls `p` ask for a task, calls `r` look at files.
fn step(word: &str) -> Step {
    let (call, result) = word.split_at(1);
    let digest = |text: &str| Digest(text.to_owned());
    let kind = match call {
        "w" => Kind::Write,
        "p" => Kind::Poll,
        "r" => Kind::Read,
        _ => Kind::Other,
    };
    let outcome = match result {
        "?" => Outcome::Unknown,
        "!" => Outcome::Failure(digest("error")),
        result => Outcome::Result(digest(result)),
    };
    let weak = Some(digest(result.trim_end_matches('\'')));
    Step { tool: call.to_uppercase(), args: digest(call), outcome, weak, kind }
}

fn policy() -> Policy {
    Policy { ignored: vec!["i".to_owned()], ..Policy::default() }
}

/// Returns what is said at each of `steps`: `.` for nothing, `R3` or `S5` for a state and its rounds.
fn said(steps: &str) -> String {
    let mut trail = Trail::default();
    let words = steps.split_whitespace().map(|word| {
        trail.push(Mark::of(&step(word), &policy()));
        let verdict = judge(&trail, &policy());
        if verdict.speaks {
            format!("{}{}", &verdict.state.name()[..1], verdict.rounds)
        } else {
            ".".to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn it_speaks_when_a_state_is_entered_and_then_rarely() {
    let calls = "a1 ".repeat(22);
    let want = ". . R3 . S5 . . S8 . . . . S13 . . . . . . . S21 .";
    assert_eq!(said(&calls), want);
    assert_eq!(said(&"a! ".repeat(6)), ". . R3 . S5 .", "failures count by their error");
}

#[test]
fn anything_new_ends_a_run() {
    for other in ["b1", "a2", "a!", "a?", "i1"] {
        let got = said(&format!("a1 a1 {other} a1 a1 a1"));
        assert_eq!(got, ". . . . . R3", "{other} comes between");
    }
    assert_eq!(said("a? a? a? a? a?"), ". . . . .", "nobody knows what came of it");
    assert_eq!(said("i1 i1 i1 i1 i1"), ". . . . .", "a tool that is ignored");
    assert_eq!(said("w1 r1 w2 r1 w3 r1 w4 r1"), ". . . . . . . .", "a change between two looks");
}

#[test]
fn rounds_of_two_to_four_calls_are_seen() {
    for (round, want) in [
        ("a1 b1", ". . . . . R3 . . . S5"),
        ("a1 b1 c1", ". . . . . . . . R3 . . . . . S5"),
        ("a1 b1 c1 d1", ". . . . . . . . . . . R3 . . . . . . . S5"),
        ("a1 a2", ". . . . . R3 . . . S5"),
    ] {
        assert_eq!(said(&format!("{round} ").repeat(5)), want, "{round}");
    }
    let five = said(&"a1 b1 c1 d1 e1 ".repeat(5));
    assert!(!five.contains(['R', 'S']), "five are too long: {five}");
    assert_eq!(said("a1 b1 a1 b1 a2 b1 a1 b1"), ". . . . . . . .", "a new result ends it");
}

#[test]
fn results_that_are_alike_count_and_are_told_apart() {
    assert_eq!(said("a1 a1' a1'' a1 a1"), ". . R3 . S5");
    for (calls, want) in [("a1 a1' a1", Likeness::Alike), ("a1 a1 a1", Likeness::Same)] {
        let mut trail = Trail::default();
        calls.split(' ').for_each(|word| trail.push(Mark::of(&step(word), &policy())));
        let verdict = judge(&trail, &policy());
        assert_eq!((verdict.state, verdict.likeness), (State::Repeating, want), "{calls}");
    }
}

#[test]
fn polls_and_changes_have_limits_of_their_own() {
    assert_eq!(said(&"p1 ".repeat(9)), ". . . . R5 . . S8 .");
    assert_eq!(said(&"w1 r1 ".repeat(5)), ". . . . . . . . . S5", "undone again and again");
    assert_eq!(said(&"w! r1 ".repeat(3)), ". . . . . R3", "nothing was changed");
    assert_eq!(said(&"w1 ".repeat(3)), ". . R3", "the same content again");
}

#[test]
fn what_a_round_does_is_told() {
    for (round, nature, tools) in [
        ("r1", Nature::Reads, "R"),
        ("w1", Nature::Writes, "W"),
        ("p1", Nature::Polls, "P"),
        ("a!", Nature::Failures, "A"),
        ("w1 r1", Nature::Changes, "W R"),
        ("p1 r1", Nature::Others, "P R"),
        ("a1 b! r1", Nature::Others, "A B R"),
    ] {
        let mut trail = Trail::default();
        let calls = format!("{round} ").repeat(8);
        calls.split_whitespace().for_each(|word| trail.push(Mark::of(&step(word), &policy())));
        let verdict = judge(&trail, &policy());
        let got = (verdict.state, verdict.nature, verdict.rounds, verdict.tools.join(" "));
        assert_eq!(got, (State::Stalled, nature, 8, tools.to_owned()), "{round}");
    }
}

#[test]
fn a_trail_that_is_resumed_goes_on() {
    let calls: Vec<Mark> = "a1 b1 "
        .repeat(5)
        .split_whitespace()
        .map(|word| Mark::of(&step(word), &policy()))
        .collect();
    let walk = |mut trail: Trail, marks: &[Mark]| {
        for mark in marks {
            trail.push(mark.clone());
        }
        trail
    };
    let whole = walk(Trail::default(), &calls);
    for cut in 4..calls.len() {
        let before = walk(Trail::default(), &calls[..cut]);
        let newest = calls[cut - 4..cut].to_vec();
        let resumed = Trail::resume(before.steps(), newest, before.counts());
        let resumed = walk(resumed, &calls[cut..]);
        assert_eq!(resumed, whole, "after {cut} calls");
    }
}

#[test]
fn names_of_tools_differ_in_more_than_case() {
    for name in ["STRASSE", "stra\u{df}e", "Stra\u{1e9e}e"] {
        assert_eq!(folded(name), "strasse", "{name}");
    }
    assert_ne!(folded("Read"), folded("Reads"));
}

#[test]
fn limits_make_sense() {
    for (repeat, stall, want) in
        [(0, 0, false), (1, 5, false), (2, 1, false), (2, 2, true), (3, 5, true)]
    {
        assert_eq!(Limits::new(repeat, stall).is_some(), want, "{repeat} and {stall}");
    }
    let empty = judge(&Trail::default(), &Policy::default());
    assert_eq!(
        (empty.state, empty.rounds, empty.speaks),
        (State::Advancing, 0, false),
        "no call yet"
    );
}
