//! Archives of nothing fold by themselves: real commits, real hooks, the program as built.

use std::path::Path;

use git_dos_git_hooks::shim;

use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run};

/// Puts our post-commit hook in place, as installing does.
pub(crate) fn install(repository: &Repository<'_>) {
    repository.hook("post-commit", &shim::render("post-commit", Path::new(GIT_DOS)));
}

/// A repository with one commit of work and our post-commit hook.
pub(crate) fn dispatched(sandbox: &Sandbox) -> Repository<'_> {
    let repository = sandbox.repository("work");
    repository.write("src/lib.rs", "pub fn one() {}\n");
    repository.commit("feat: add one");
    install(&repository);
    repository
}

/// Commits the record of run `number` the way a dispatch loop does, with `git commit`.
pub(crate) fn archive(repository: &Repository<'_>, number: u32, words: &str) -> String {
    repository.write(&format!("docs/dispatch/run-{number}/report.md"), format!("run {number}\n"));
    repository.git(["add", "docs"]);
    let message = format!("docs/dispatch: archive {} — {words}", run_id(number));
    repository.git(["commit", "--quiet", "--message", &message]);
    repository.head()
}

/// The name of run `number`.
pub(crate) fn run_id(number: u32) -> String {
    format!("20260601T{:02}{:02}00Z", number / 60, number % 60)
}

/// The subjects of the branch's commits, newest first.
pub(crate) fn subjects(repository: &Repository<'_>) -> Vec<String> {
    repository.git(["log", "--format=%s"]).lines().map(ToOwned::to_owned).collect()
}

/// What `git dos coalesce --format json` with `arguments` says.
pub(crate) fn coalesce(
    repository: &Repository<'_>,
    arguments: &[&str],
) -> (Ran, serde_json::Value) {
    let mut command = repository.command(GIT_DOS);
    let ran = run(command.arg("coalesce").args(arguments).args(["--format", "json"]));
    let json = serde_json::from_str(&ran.stdout).unwrap_or_default();
    (ran, json)
}

/// Fails unless the repository is whole and its worktree, index and `HEAD` agree.
pub(crate) fn assert_clean(repository: &Repository<'_>) {
    let fsck = run(repository.command("git").args(["fsck", "--no-dangling"]));
    assert_eq!((fsck.code, fsck.stdout.as_str()), (Some(0), ""), "fsck: {}", fsck.stderr);
    assert_eq!(repository.git(["status", "--porcelain"]), "", "the worktree is clean");
}

const BLOCKED: &str = "verdict=BLOCKED, mesh gated [cause:lane_soak_gated]";

#[test]
fn twenty_two_archives_of_one_cause_become_two_commits() {
    let sandbox = Sandbox::new();
    let repository = dispatched(&sandbox);
    let mut originals = Vec::new();
    for number in 1..=22 {
        // The commit that git makes is gone from the branch when git returns; the reflog has it.
        archive(&repository, number, BLOCKED);
        originals.extend(repository.git(["reflog", "--format=%H"]).lines().map(ToOwned::to_owned));
    }
    let subjects = subjects(&repository);
    assert_eq!(
        subjects,
        [
            "docs/dispatch: archive 20260601T002200Z — verdict=BLOCKED blocked ×21 (recurring, coalesced) [cause:lane_soak_gated]",
            "docs/dispatch: archive 20260601T000100Z — verdict=BLOCKED, mesh gated [cause:lane_soak_gated]",
            "feat: add one"
        ],
        "the new blocker keeps its commit, its repeats are one"
    );
    for number in 1..=22 {
        let path = format!("HEAD:docs/dispatch/run-{number}/report.md");
        assert_eq!(repository.git(["show", &path]), format!("run {number}"), "its record is there");
    }
    let body = repository.git(["log", "-1", "--format=%b"]);
    let runs = body.lines().filter(|line| line.starts_with("- ")).count();
    assert_eq!(runs, 21, "one line per run: {body}");
    let kept = repository.git(["rev-list", "HEAD", "refs/dos/coalesced/main"]);
    let kept: std::collections::BTreeSet<&str> = kept.lines().collect();
    originals.sort();
    originals.dedup();
    for id in &originals {
        assert!(kept.contains(id.as_str()), "{id} is reachable");
    }
    assert!(originals.len() >= 22 + 20, "each archive and each fold was a commit once");
    assert_clean(&repository);
    let first = repository.git(["log", "-1", "--format=%ad", "--date=unix"]);
    let last = repository.git(["log", "-1", "--format=%cd", "--date=unix"]);
    assert!(first <= last, "the author's date is that of the oldest run");
}

#[test]
fn drains_fold_from_the_second_on() {
    let sandbox = Sandbox::new();
    let repository = dispatched(&sandbox);
    for number in 1..=5 {
        archive(&repository, number, "verdict=DRAIN, nothing left [cause:body_empty_picks]");
    }
    let subjects = subjects(&repository);
    assert_eq!(subjects.len(), 2, "one commit for all: {subjects:?}");
    assert!(subjects[0].ends_with("drained ×5 (recurring, coalesced) [cause:body_empty_picks]"));
    assert_clean(&repository);
}

#[test]
fn what_repeats_nothing_stands_alone() {
    let sandbox = Sandbox::new();
    let repository = dispatched(&sandbox);
    archive(&repository, 1, "verdict=DRAIN [cause:a]");
    for (number, words) in [
        (2, "verdict=DRAIN [cause:b]"),
        (3, "verdict=DRAIN, no cause"),
        (4, "verdict=DRAIN, 2 picks shipped [cause:b]"),
        (5, "verdict=BLOCKED [cause:b]"),
        (6, "verdict=STALE-STAMP [cause:b]"),
    ] {
        archive(&repository, number, words);
    }
    repository.write("src/lib.rs", "pub fn two() {}\n");
    repository.commit("feat: add two");
    archive(&repository, 7, "verdict=BLOCKED [cause:b]");
    assert_eq!(subjects(&repository).len(), 9, "{:?}", subjects(&repository));
    let (ran, json) = coalesce(&repository, &["--dry-run"]);
    assert_eq!((ran.code, &json["decision"]), (Some(0), &"stands-alone".into()), "{}", ran.stderr);
    assert_eq!(json["first_occurrence"], false, "the same blocker was reported before");
}
