//! Runs that cannot be judged, that are over, and that are started at once.

use std::collections::BTreeSet;
use std::thread;

use super::liveness::{IMPATIENT, advancing, dos_in, no_yes, started_in};
use super::{Scene, Story, expect, play, unknown};
use crate::support::{GIT_DOS, Sandbox, run};

#[test]
fn what_cannot_be_known_of_a_run() {
    let scenes: &[Scene] = &[
        ("an id that nobody was given", |s| {
            unknown(&s.dos(&["liveness", "RID-0000000000000AA"]))?;
            unknown(&s.dos(&["liveness", "RID-0KXQZ7B2J00000A"]))
        }),
        ("words that are no id", |s| {
            for word in ["", "../../etc/passwd", "RID-", "rid-0kxqz7b2j00000a", "\u{1b}[2J", "a\nb"]
            {
                let ran = s.dos(&["liveness", "--", word]);
                unknown(&ran)?;
                expect(!ran.stderr.contains('\u{1b}'), "no control", &ran)?;
            }
            Ok(())
        }),
        ("no repository", |s| unknown(&dos_in(s, "home", &["liveness"]))),
        ("a start in a repository without a commit", |s| {
            let unborn = s.repository.sandbox.repository("unborn");
            let ran = run(unborn.command(GIT_DOS).args(["run", "start"]));
            expect(matches!(ran.code, Some(0 | 2)), "an id or an error", &ran)
        }),
        ("the commit it started from is gone", |s| {
            s.commit("chore: be impatient", &[("dos.toml", IMPATIENT)]);
            s.other("start");
            let run = started_in(s, "work");
            s.git("reset -q --hard HEAD~1");
            s.git("reflog expire --expire=now --all");
            s.git("prune --expire=now");
            s.other("work");
            no_yes(&s.dos(&["liveness", &run]))
        }),
        ("its worktree is gone", |s| {
            s.commit("chore: be impatient", &[("dos.toml", IMPATIENT)]);
            s.git("worktree add -q -b agent ../agent");
            let run = started_in(s, "agent");
            s.git("worktree remove --force ../agent");
            s.other("work");
            no_yes(&s.dos(&["liveness", &run]))
        }),
        ("an option in place of a start", |s| {
            let file = s.repository.path.join("written");
            let option = format!("--start=--output={}", file.display());
            let ran = s.dos(&["liveness", &option]);
            expect(ran.code == Some(2) && !file.exists(), "an error and no file", &ran)
        }),
    ];
    play(scenes);
}

#[test]
fn runs_that_are_over() {
    let scenes: &[Scene] = &[
        ("a run that ended without work does not advance", |s| {
            let run = started_in(s, "work");
            expect(
                s.dos(&["run", "end", &run]).code == Some(0),
                "it ends",
                &s.dos(&["--version"]),
            )?;
            no_yes(&s.dos(&["liveness", &run]))
        }),
        ("work after the end is not the run's", |s| {
            s.commit("chore: be impatient", &[("dos.toml", IMPATIENT)]);
            let run = started_in(s, "work");
            s.dos(&["run", "end", &run]);
            let records = s.repository.journal(&format!("runs/{run}.jsonl"));
            let end = records.last().unwrap()["time_ms"].as_u64().unwrap() / 1000;
            s.repository.write("src/main.rs", "fn other() {}\n");
            let words = ["commit", "-q", "-a", "-m", "Work"];
            assert!(s.at(end + 2).args(words).status().unwrap().success());
            no_yes(&s.dos(&["liveness", &run]))
        }),
        ("a run ends once", |s| {
            let run = started_in(s, "work");
            s.dos(&["run", "end", &run]);
            let again = s.dos(&["run", "end", &run]);
            expect(matches!(again.code, Some(0..=2)), "an answer", &again)
        }),
        ("the end of a run that never was", |s| {
            let ran = s.dos(&["run", "end", "RID-0KXQZ7B2J00000A"]);
            unknown(&ran)
        }),
    ];
    play(scenes);
}

#[test]
fn runs_that_start_at_once_are_all_kept() {
    let sandbox = Sandbox::new();
    let story = Story::new(&sandbox, "work");
    let start = || run(story.repository.command(GIT_DOS).args(["run", "start"]));
    let path = &story.repository.path;
    let ids: BTreeSet<String> = thread::scope(|scope| {
        let sandbox = &sandbox;
        let racers: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(move || {
                    let ran = run(sandbox.command(GIT_DOS, path).args(["run", "start"]));
                    assert_eq!(ran.code, Some(0), "{ran:?}");
                    ran.stdout
                })
            })
            .collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).collect()
    });
    assert_eq!(ids.len(), 16, "each has an id of its own");
    for said in &ids {
        let id = said.split_whitespace().find(|word| word.starts_with("RID-")).unwrap();
        assert_eq!(advancing(&story.dos(&["liveness", id])), Ok(()), "{id} is known");
    }
    assert_eq!(start().code, Some(0), "and another");
}
