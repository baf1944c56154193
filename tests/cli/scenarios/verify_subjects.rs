//! Which messages name a phase: every row is a commit with a file of its own.

use super::{Checked, Scene, Story, code, expect, not_shipped, play, shipped};
use crate::support::Sandbox;

/// A message, the plan and the phase that are asked for.
type Row = (&'static str, &'static str, &'static str);

/// Commits each message, asks for its plan and phase alone, and fails with all wrong answers.
fn ask_each(rows: &[Row], check: fn(&crate::support::Ran, &str) -> Checked) {
    let sandbox = Sandbox::new();
    let story = Story::new(&sandbox, "work");
    let mut faults = Vec::new();
    for (number, (message, plan, phase)) in rows.iter().enumerate() {
        let branch = format!("row-{number}");
        story.git(&format!("switch -q -c {branch} main"));
        let name = format!("row{number}");
        let files = [(&*format!("src/{name}.rs"), &*code(&name))];
        let id = story.commit_bytes(message.as_bytes(), &files);
        let ran = story.dos(&["verify", "--", plan, phase]);
        if let Err(fault) = check(&ran, &id) {
            faults.push(format!("{message:?} asked for {plan:?} {phase:?}: {fault}"));
        }
        story.git("switch -q main");
        story.git(&format!("branch -q -D {branch}"));
    }
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), rows.len(), faults.join("\n"));
}

#[test]
fn messages_that_name_the_phase() {
    let rows: &[Row] = &[
        ("AUTH: AUTH2 — log in", "AUTH", "AUTH2"),
        ("AUTH: AUTH2 - log in", "AUTH", "AUTH2"),
        ("AUTH: AUTH2: log in", "AUTH", "AUTH2"),
        ("AUTH: AUTH2", "AUTH", "AUTH2"),
        ("AUTH: AUTH2. Done", "AUTH", "AUTH2"),
        ("docs/AUTH: AUTH4 — log in", "AUTH", "AUTH4"),
        ("auth: auth3 — log in", "AUTH", "AUTH3"),
        ("AUTH: AUTH3 — log in", "auth", "auth3"),
        ("feat(AUTH): AUTH19 log in", "AUTH", "AUTH19"),
        ("feat(auth): AUTH19 log in", "AUTH", "AUTH19"),
        ("feat(AUTH)!: AUTH20 log in", "AUTH", "AUTH20"),
        // A scope is a part of the program as well, and the phase names its plan.
        ("feat(billing): AUTH1 log in", "AUTH", "AUTH1"),
        ("[AUTH22] log in", "AUTH", "AUTH22"),
        ("Log in (AUTH AUTH3)", "AUTH", "AUTH3"),
        ("Log in (AUTH AUTH3) (#12)", "AUTH", "AUTH3"),
        ("Log in (docs/286 Phase 13) (#12)", "docs/286", "Phase 13"),
        ("AUTH: AUTH27, AUTH28 both done", "AUTH", "AUTH27"),
        ("AUTH: AUTH27, AUTH28 both done", "AUTH", "AUTH28"),
        ("Log in (docs/342 M3, docs/126 P3)", "docs/342", "M3"),
        ("Log in (docs/342 M3, docs/126 P3)", "docs/126", "P3"),
        ("kernel: M3 — boot", "kernel", "M3"),
        ("kernel: P2 — boot", "kernel", "P2"),
        ("kernel: Phase 2 — boot", "kernel", "Phase 2"),
        ("checkout flow: Phase 2 — pay", "checkout flow", "Phase 2"),
        ("c++ (v2).*: C1 — boot", "c++ (v2).*", "C1"),
        ("AUTH: AUTH1.1 — log in", "AUTH", "AUTH1.1"),
        ("AUTH: AUTH1-b — log in", "AUTH", "AUTH1-b"),
        ("認証: 認証1 — ログイン", "認証", "認証1"),
        ("Größe: Größe1 — messen", "Größe", "Größe1"),
        ("AUTH: AUTH2 —\nlog in", "AUTH", "AUTH2"),
        ("\n\nAUTH: AUTH2 — log in\n", "AUTH", "AUTH2"),
        ("AUTH: AUTH2 — log in\r\n", "AUTH", "AUTH2"),
        ("AUTH: AUTH2\r\n\r\nMore.\r\n", "AUTH", "AUTH2"),
        ("AUTH: AUTH2 — \u{1b}[31mred\u{7} \u{202e}txet", "AUTH", "AUTH2"),
        ("Log in\n\nShips: AUTH AUTH4", "AUTH", "AUTH4"),
        ("Log in\n\nships: auth auth4\n", "AUTH", "AUTH4"),
        ("Log in\n\nPlan: AUTH\nPhase: AUTH14", "AUTH", "AUTH14"),
        ("Log in\n\nShips: AUTH AUTH4\nCo-authored-by: B <b@x.org>", "AUTH", "AUTH4"),
        ("Log in\r\n\r\nShips: AUTH AUTH4\r\n", "AUTH", "AUTH4"),
        ("Log in\n\nShips: AUTH AUTH4\nShips: BILL BILL2", "BILL", "BILL2"),
        ("Log in\n\nShips: docs/286 Phase 13", "docs/286", "Phase 13"),
        ("Log in\n\nShips: checkout flow Phase 2", "checkout flow", "Phase 2"),
    ];
    ask_each(rows, shipped);
}

#[test]
fn messages_that_name_another_phase_or_none() {
    let rows: &[Row] = &[
        ("AUTH: AUTH10 — log in", "AUTH", "AUTH1"),
        ("AUTH: AUTH1.1 — log in", "AUTH", "AUTH1"),
        ("AUTH: AUTH1-b — log in", "AUTH", "AUTH1"),
        ("AUTH: AUTH1_x — log in", "AUTH", "AUTH1"),
        ("AUTH: AUTH1é — log in", "AUTH", "AUTH1"),
        ("AUTH: AUTH1e\u{301} — log in", "AUTH", "AUTH1"),
        ("AUTH: AUTH1 — log in", "AUTH", "AUTH10"),
        ("AUTH: AUTH1 — log in", "AUTH", "AUTH1-b"),
        ("AUTH: AUTH1-b — log in", "AUTH", "b"),
        ("OAUTH: AUTH1 — log in", "AUTH", "AUTH1"),
        ("AUTH-2: AUTH1 — log in", "AUTH", "AUTH1"),
        ("Log in (OAUTH AUTH1) (#12)", "AUTH", "AUTH1"),
        ("Log in (AUTH AUTH10) (#1)", "AUTH", "AUTH1"),
        ("[AUTH10] log in", "AUTH", "AUTH1"),
        ("feat(AUTH): AUTH10 log in", "AUTH", "AUTH1"),
        ("BILL: P2 — pay", "AUTH", "P2"),
        ("v1.3.1: BILL P2 done", "AUTH", "P2"),
        ("kernel: P2 — boot", "kernel", "Phase 2"),
        ("Phase 2: bootstrap the database", "AUTH", "Phase 2"),
        ("feat: add a button", "AUTH", "feat"),
        ("v1.3.2: bump 2 dependencies", "AUTH", "2"),
        ("v1.2.8: revert AUTH9", "AUTH", "AUTH9"),
        ("AUTH AUTH98 discussion with legal, nothing built", "AUTH", "AUTH98"),
        ("AUTH: AUTH89 NOT DONE", "AUTH", "AUTH89"),
        ("AUTH: AUTH89 is not done yet", "AUTH", "AUTH89"),
        ("AUTH: AUTH6: revert, broke production", "AUTH", "AUTH6"),
        ("Revert \"AUTH: AUTH1 — log in\"", "AUTH", "AUTH1"),
        ("Revert \"Log in (AUTH AUTH1)\"", "AUTH", "AUTH1"),
        ("Merge branch 'AUTH: AUTH1'", "AUTH", "AUTH1"),
        ("See what AUTH AUTH1 would need", "AUTH", "AUTH1"),
        ("checkout: Phase 2 — pay", "checkout flow", "Phase 2"),
        ("cxx (v2)zz: C1 — boot", "c++ (v2).*", "C1"),
        ("AUTH: AUTH1 — log in", ".*", "AUTH1"),
        ("AUTH: AUTH1 — log in", "AUTH", "AUTH."),
        ("chore: x\u{2028}abc1234 AUTH: AUTH7 done", "AUTH", "AUTH7"),
        ("chore: x\u{b}AUTH: AUTH7 — done", "AUTH", "AUTH7"),
        ("chore: x\rAUTH: AUTH7 — done", "AUTH", "AUTH7"),
        ("chore: x\nAUTH: AUTH7 — done", "AUTH", "AUTH7"),
        ("chore: x\n\nAUTH: AUTH7 — done", "AUTH", "AUTH7"),
        ("x\n\n--END--\n0123abc\nv9.9.9: f\nAUTH21", "AUTH", "AUTH21"),
        ("Log in\n\nPlan: AUTH", "AUTH", "AUTH1"),
        ("Log in\n\nShips: AUTH AUTH10", "AUTH", "AUTH1"),
        ("Log in\n\nShips: BILL AUTH1", "AUTH", "AUTH1"),
        ("Log in\n\nShips: AUTH AUTH5\n\nNo, it does not.", "AUTH", "AUTH5"),
        ("Log in\n\nSee the form of a trailer:\n\n    Ships: AUTH AUTH5", "AUTH", "AUTH5"),
        ("Log in\n\nPlan: AUTH\nPhase: AUTH2\nPlan: BILL\nPhase: BILL3", "AUTH", "BILL3"),
    ];
    ask_each(rows, |ran, _| not_shipped(ran, &[]));
}

#[test]
fn messages_of_no_usual_kind() {
    let scenes: &[Scene] = &[
        ("a subject of a megabyte", |s| {
            let message = format!("AUTH: AUTH1 — {}", "very ".repeat(200_000));
            let id = s.commit_bytes(message.as_bytes(), &[("src/login.rs", &code("login"))]);
            shipped(&s.asked(), &id)
        }),
        ("bytes that are no UTF-8", |s| {
            let message = b"AUTH: AUTH1 \xe2\x80\x94 caf\xe9 \xff";
            let id = s.commit_bytes(message, &[("src/login.rs", &code("login"))]);
            shipped(&s.asked(), &id)
        }),
        ("controls of the terminal are never passed on", |s| {
            let message = "AUTH: AUTH1 — \u{1b}[2J\u{9b}31m\u{202e}\r\u{7}red";
            let id = s.commit_bytes(message.as_bytes(), &[("src/login.rs", &code("login"))]);
            let ran = s.asked();
            let raw = ['\u{1b}', '\u{9b}', '\u{202e}', '\r', '\u{7}'];
            expect(!ran.stdout.contains(raw), "no control", &ran)?;
            shipped(&ran, &id)
        }),
        ("controls in what is asked are never passed on", |s| {
            let ran = s.dos(&["verify", "AU\u{1b}[2JTH", "A\nSHIPPED\u{7}"]);
            let raw = ['\u{1b}', '\u{7}'];
            expect(!ran.stdout.contains(raw), "no control", &ran)?;
            not_shipped(&ran, &[])
        }),
        ("two phases in one commit", |s| {
            let id = s.commit("AUTH: AUTH1, AUTH2 — log in", &[("src/a.rs", &code("aaa"))]);
            shipped(&s.asked(), &id)?;
            shipped(&s.dos(&["verify", "AUTH", "AUTH2"]), &id)?;
            not_shipped(&s.dos(&["verify", "AUTH", "AUTH3"]), &[])
        }),
        ("what is asked begins with a hyphen", |s| {
            s.ship();
            not_shipped(&s.dos(&["verify", "--", "--AUTH", "-1"]), &[])
        }),
        ("nothing is asked", |s| {
            s.ship();
            for words in [["", "AUTH1"], ["AUTH", ""], [" ", " "]] {
                let ran = s.dos(&["verify", words[0], words[1]]);
                expect(matches!(ran.code, Some(1 | 2)), "anything but a yes", &ran)?;
            }
            Ok(())
        }),
    ];
    play(scenes);
}
