//! The order of the walk is git's.

use std::fmt::Write as _;

use git_dos::evidence::repository::{self, Environment};
use git_dos::evidence::ship::history::History;

use crate::support::{Sandbox, run_with_input};

/// Commits of the made-up history.
const COMMITS: u64 = 3_000;

/// Returns the input of `git fast-import` for a history with many merges, equal times, and clocks that run back.
fn tangled() -> String {
    let mut state = 7_u64;
    let mut next = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut stream = String::new();
    for mark in 1..=COMMITS {
        let time = 1_700_000_000 + (mark / 3) * 60 - 60 * next(40) * u64::from(mark % 17 == 0);
        let who = format!("A <a@example.org> {time} +0000");
        let message = if mark % 5 == 0 { "five" } else { "none" };
        write!(
            stream,
            "commit refs/heads/main\nmark :{mark}\ncommitter {who}\ndata 4\n{message}\n"
        )
        .unwrap();
        if mark > 1 {
            writeln!(stream, "from :{}", mark - 1 - next(3).min(mark - 2)).unwrap();
        }
        if mark > 9 && mark % 4 == 0 {
            writeln!(stream, "merge :{}", mark - 4 - next(5)).unwrap();
        }
    }
    stream
}

#[test]
fn commits_come_in_the_order_of_git() {
    let sandbox = Sandbox::new();
    let made = sandbox.repository("tangled");
    let mut import = made.command("git");
    import.args(["fast-import", "--quiet", "--force"]);
    let ran = run_with_input(&mut import, tangled().as_bytes());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for graph in ["no", "part", "whole"] {
        match graph {
            "part" => {
                let middle = made.git(["rev-parse", "main~400"]);
                let mut write = made.command("git");
                write.args(["commit-graph", "write", "--stdin-commits"]);
                assert_eq!(run_with_input(&mut write, middle.as_bytes()).code, Some(0));
            }
            "whole" => drop(made.git(["commit-graph", "write", "--reachable"])),
            _ => {}
        }
        let git: Vec<String> = made.git(["rev-list", "main"]).lines().map(str::to_owned).collect();
        let fifth = made.git(["rev-list", "--grep=five", "main"]);
        let repository = repository::open(&made.path, Environment::Ignored).unwrap();
        let everything = |_: &[u8]| true;
        assert_eq!(walked(&repository, &everything), git, "{graph} commit-graph");
        let five = |bytes: &[u8]| bytes.ends_with(b"five");
        assert_eq!(walked(&repository, &five).join("\n"), fifth, "{graph} commit-graph, filtered");
    }
}

/// Returns the ids that pass, in the order of the walk, in steps of different sizes.
fn walked(repository: &gix::Repository, filter: &(dyn Fn(&[u8]) -> bool + Sync)) -> Vec<String> {
    let mut history = History::new(repository, filter).unwrap();
    history.add(repository.head_id().unwrap().detach()).unwrap();
    let mut ids = Vec::new();
    for size in [1, 10, 500, 100_000] {
        let step = history.step(size);
        assert!(step.failure.is_none(), "{step:?}");
        ids.extend(step.hits.iter().map(|(_, id)| id.to_string()));
    }
    assert!(history.is_done(), "nothing is left");
    ids
}
