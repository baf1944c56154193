//! `[severity] hold_noop_pushes`: a push of archives in which nothing happened waits for news.

use std::path::Path;

use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run};

/// A repository that pushes to `origin`, with a first commit there and the switch on.
fn holding(sandbox: &Sandbox) -> Repository<'_> {
    let remote = sandbox.bare("remote.git");
    let repository = sandbox.repository("work");
    repository.git(["remote", "add", "origin", remote.to_str().unwrap()]);
    repository.write("dos.toml", "[severity]\nhold_noop_pushes = true\n");
    repository.commit("build: hold idle pushes");
    repository.git(["push", "--quiet", "origin", "main"]);
    repository.hook("pre-push", &git_dos_git_hooks::shim::render("pre-push", Path::new(GIT_DOS)));
    repository
}

/// Writes an archive of run `number` that ended with `verdict`.
fn archive(repository: &Repository<'_>, number: u32, verdict: &str) {
    let path = format!("docs/dispatch/run-{number}.md");
    repository.write(&path, "a report\n");
    let run_name = format!("20260601T00{number:02}00Z");
    let words = ["archive", "--family", "dispatch", "--verdict", verdict, "--cause", "soak"];
    let ran = run(repository
        .command(GIT_DOS)
        .args(words)
        .args(["--run", &run_name, "-m", "x", "--", &path]));
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

fn push<const N: usize>(repository: &Repository<'_>, words: [&str; N]) -> Ran {
    run(repository.command("git").args(["push", "--quiet", "--dry-run"]).args(words))
}

fn is_held(ran: &Ran) -> bool {
    assert_eq!(ran.code != Some(0), ran.stderr.contains("git-dos: push refused"), "{ran:?}");
    ran.code != Some(0)
}

#[test]
fn a_push_of_archives_of_nothing_waits_and_says_why() {
    let sandbox = Sandbox::new();
    let repository = holding(&sandbox);
    archive(&repository, 1, "DRAIN");
    let ran = push(&repository, ["origin", "main"]);
    assert!(is_held(&ran), "{ran:?}");
    let lines: Vec<&str> =
        ran.stderr.lines().filter(|line| line.starts_with("git-dos: ")).collect();
    assert_eq!(lines.len(), 2, "what, and what to do: {lines:?}");
    assert!(lines[1].contains("hold_noop_pushes") && lines[1].contains("--no-verify"), "{lines:?}");
    assert!(!repository.state("pushed.jsonl").exists(), "what was held was not offered");
    assert!(!is_held(&push(&repository, ["--no-verify", "origin", "main"])), "git's own way");
    assert!(is_held(&push(&repository, ["origin", "main:new"])), "to a new branch too");
    repository.write("src/lib.rs", "// news\n");
    repository.commit("docs: say what it is");
    assert!(!is_held(&push(&repository, ["origin", "main"])), "with news it goes along");
}

#[test]
fn only_pushes_of_nothing_but_such_archives_wait() {
    let sandbox = Sandbox::new();
    let repository = holding(&sandbox);
    repository.git(["branch", "side"]);
    repository.git(["push", "--quiet", "origin", "main:gone"]);
    archive(&repository, 1, "BLOCKED");
    assert!(!is_held(&push(&repository, ["origin", "main"])), "a new blocker is news");
    repository.git(["push", "--quiet", "origin", "main"]);
    archive(&repository, 2, "BLOCKED");
    assert!(is_held(&push(&repository, ["origin", "main"])), "its repeat is none");
    repository.git(["tag", "v1"]);
    for words in [["origin", "main:refs/tags/v2"], ["origin", "v1"], ["origin", ":gone"]] {
        assert!(!is_held(&push(&repository, words)), "{words:?}");
    }
    for words in [["origin", "main", "v1"], ["origin", "main", ":gone"]] {
        assert!(!is_held(&push(&repository, words)), "mixed: {words:?}");
    }
    repository.git(["checkout", "--quiet", "side"]);
    repository.write("src/news.rs", "// news\n");
    repository.commit("docs: say what is new");
    assert!(!is_held(&push(&repository, ["origin", "main", "side"])), "news on another branch");
    repository.git(["checkout", "--quiet", "main"]);
    repository.write("src/hidden.rs", "pub fn hidden() {}\n");
    repository.git(["add", "--all"]);
    repository.git(["commit", "--quiet", "--amend", "--no-edit"]);
    let ran = push(&repository, ["origin", "main"]);
    assert!(!ran.stderr.contains("hold_noop_pushes"), "an archive that changes code: {ran:?}");
}

#[test]
fn the_modes_and_the_switch_decide() {
    let sandbox = Sandbox::new();
    let repository = holding(&sandbox);
    archive(&repository, 1, "DRAIN");
    for (mode, audits, speaks, held) in [
        ("observe", "true", false, false),
        ("advise", "true", true, false),
        ("gate", "true", true, true),
        ("gate", "false", true, true),
    ] {
        repository.git(["config", "dos.mode", mode]);
        repository.git(["config", "dos.audit", audits]);
        let ran = push(&repository, ["origin", "main"]);
        assert_eq!(is_held(&ran), held, "{mode}: {ran:?}");
        assert_eq!(ran.stderr.contains("nothing happened"), speaks, "{mode}: {ran:?}");
    }
    let found = repository.journal("log/findings.jsonl");
    assert_eq!(found.len(), 4, "written down in every mode: {found:?}");
    assert!(found.iter().all(|line| line["rule"] == "hold_noop_pushes"), "{found:?}");
    repository.write("dos.toml", "[severity]\npush = \"notice\"\n");
    assert!(!is_held(&push(&repository, ["origin", "main"])), "off by default");
    repository.write("dos.toml", "[severity]\nhold_noop_pushes = 7\n");
    let ran = push(&repository, ["origin", "main"]);
    assert_eq!(ran.code, Some(0), "our failure holds nobody up: {ran:?}");
    let faults = repository.journal("log/hook-errors.jsonl");
    assert!(faults.last().unwrap()["fault"].as_str().unwrap().contains("dos.toml:2"), "{faults:?}");
}
