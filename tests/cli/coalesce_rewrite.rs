//! What a fold leaves behind, who hears of it, and what happens when something gets in between.

#[cfg(debug_assertions)]
use std::io::{BufRead as _, BufReader, Write as _};
#[cfg(debug_assertions)]
use std::process::{Child, Stdio};

use crate::coalesce::{archive, assert_clean, coalesce, dispatched, install, subjects};
#[cfg(debug_assertions)]
use crate::support::Ran;
use crate::support::{GIT_DOS, Repository, Sandbox, run, succeed};

const DRAIN: &str = "verdict=DRAIN [cause:empty]";

/// The steps of a fold, in order; only debug builds of the program can be stopped between them.
#[cfg(debug_assertions)]
const STEPS: [&str; 6] = ["written", "intended", "mapped", "kept", "moved", "ended"];

/// A repository with two archives that may become one, and no hook.
fn with_two(sandbox: &Sandbox) -> Repository<'_> {
    let repository = sandbox.repository("work");
    repository.commit("feat: begin");
    archive(&repository, 1, DRAIN);
    archive(&repository, 2, DRAIN);
    repository
}

/// Starts `git-dos` with `arguments` and waits until it stands still after `step`.
#[cfg(debug_assertions)]
pub(crate) fn pause_after(repository: &Repository<'_>, arguments: &[&str], step: &str) -> Child {
    let mut child = repository
        .command(GIT_DOS)
        .args(arguments)
        .env("GIT_DOS_PAUSE_AFTER", step)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, format!("paused after {step}\n"), "it stands still");
    child
}

/// Lets a paused process go on, and returns what it said.
#[cfg(debug_assertions)]
fn resume(mut child: Child) -> Ran {
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    Ran { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

/// Kills a process as `kill -9` does.
#[cfg(debug_assertions)]
pub(crate) fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
#[cfg(debug_assertions)]
fn a_killed_fold_is_as_before_or_as_after_and_the_next_command_repairs_it() {
    for step in STEPS {
        let sandbox = Sandbox::new();
        let repository = with_two(&sandbox);
        let before = repository.head();
        kill(pause_after(&repository, &["coalesce"], step));
        let folded = repository.head() != before;
        assert_eq!(folded, ["moved", "ended"].contains(&step), "the branch after {step}");
        assert_clean(&repository);
        archive(&repository, 3, DRAIN);
        let (ran, json) = coalesce(&repository, &[]);
        assert_eq!((ran.code, &json["decision"]), (Some(0), &"folded".into()), "{step}: {ran:?}");
        let unfinished = !["written", "ended"].contains(&step);
        assert_eq!(json["repaired"].is_string(), unfinished, "{step}: {json}");
        assert_clean(&repository);
        let want = if folded { "×3" } else { "×2" };
        assert!(subjects(&repository)[0].contains(want), "{step}: {:?}", subjects(&repository));
        let (_, json) = coalesce(&repository, &["--dry-run"]);
        assert!(json["repaired"].is_null(), "once is enough: {json}");
    }
}

#[test]
#[cfg(debug_assertions)]
fn locks_that_a_killed_fold_left_are_taken_away() {
    let sandbox = Sandbox::new();
    let repository = with_two(&sandbox);
    kill(pause_after(&repository, &["coalesce"], "kept"));
    let new = repository.journal("coalesce.jsonl")[0]["new"].as_str().unwrap().to_owned();
    let branch = repository.path.join(".git/refs/heads/main.lock");
    let head = repository.path.join(".git/HEAD.lock");
    for lock in [&branch, &head] {
        fs_err::write(lock, format!("{new}\n")).unwrap();
    }
    let (ran, json) = coalesce(&repository, &[]);
    assert_eq!((ran.code, &json["decision"]), (Some(0), &"folded".into()), "{ran:?}");
    assert!(!branch.exists() && !head.exists(), "both are gone");

    archive(&repository, 3, DRAIN);
    kill(pause_after(&repository, &["coalesce"], "kept"));
    fs_err::write(&branch, format!("{}\n", repository.head())).unwrap();
    assert_eq!(coalesce(&repository, &[]).0.code, Some(2), "somebody else's lock is respected");
    assert!(branch.exists(), "and stays");
}

#[test]
#[cfg(debug_assertions)]
fn a_commit_that_gets_in_between_wins() {
    for step in ["written", "intended", "mapped", "kept"] {
        let sandbox = Sandbox::new();
        let repository = with_two(&sandbox);
        let child = pause_after(&repository, &["coalesce", "--format", "json"], step);
        repository.write("src/lib.rs", "pub fn late() {}\n");
        repository.git(["add", "src"]);
        repository.git(["commit", "--quiet", "--message", "feat: add late"]);
        let late = repository.head();
        let ran = resume(child);
        assert_eq!(ran.code, Some(1), "{step}: {ran:?}");
        assert!(ran.stdout.contains(r#""decision":"moved""#), "{step}: {}", ran.stdout);
        assert_eq!(repository.head(), late, "{step}: nobody's commit is lost");
        assert_eq!(subjects(&repository).len(), 4, "{step}: and nothing else happened");
        assert_clean(&repository);
        let (_, json) = coalesce(&repository, &[]);
        assert!(json["repaired"].is_null(), "{step}: the attempt ended by itself: {json}");
        let map = repository.journal("rewrites.jsonl");
        let back = map.last().is_none_or(|last| last["kind"] == "unfold");
        assert!(back, "{step}: the map leads back: {map:?}");
    }
}

#[test]
#[cfg(debug_assertions)]
fn two_folds_at_once_are_one_fold() {
    let sandbox = Sandbox::new();
    let repository = with_two(&sandbox);
    let child = pause_after(&repository, &["coalesce"], "intended");
    let (ran, json) = coalesce(&repository, &[]);
    assert_eq!((ran.code, &json["decision"]), (Some(1), &"busy".into()), "{ran:?}");
    assert_eq!(resume(child).code, Some(0), "the first one goes on");
    assert_eq!(subjects(&repository).len(), 2, "one fold");
    assert_clean(&repository);
}

#[test]
fn a_fold_is_taken_back() {
    let sandbox = Sandbox::new();
    let repository = with_two(&sandbox);
    let before = repository.head();
    assert_eq!(coalesce(&repository, &["undo"]).0.code, Some(1), "there is no fold yet");
    coalesce(&repository, &[]);
    let fold = repository.head();
    let (ran, json) = coalesce(&repository, &["undo"]);
    assert_eq!((ran.code, &json["outcome"]), (Some(0), &"undone".into()), "{ran:?}");
    assert_eq!(repository.head(), before, "back at the commits before the fold");
    assert_clean(&repository);
    let kept = repository.git(["rev-list", "refs/dos/coalesced/main"]);
    assert!(kept.contains(&fold), "the fold is kept too");
    let map = repository.journal("rewrites.jsonl");
    assert_eq!(map.last().unwrap()["kind"], "unfold", "{map:?}");

    coalesce(&repository, &[]);
    let fold = repository.head();
    repository.write("src/lib.rs", "pub fn more() {}\n");
    repository.commit("feat: add more");
    assert_eq!(coalesce(&repository, &["undo"]).0.code, Some(1), "HEAD moved on");
    repository.git(["reset", "--quiet", "--hard", "HEAD~1"]);
    repository.git(["tag", "mark"]);
    let (ran, json) = coalesce(&repository, &["undo"]);
    assert_eq!((ran.code, &json["outcome"]), (Some(1), &"refused".into()), "{ran:?}");
    assert_eq!(repository.head(), fold, "a tag shows the fold");
}

#[test]
fn an_archive_after_a_quiet_replan_folds_with_it() {
    let sandbox = Sandbox::new();
    let repository = dispatched(&sandbox);
    let replan = |number: u32, words: &str| {
        repository.write(&format!("docs/_plans/plan-{number}.md"), format!("plan {number}\n"));
        repository.git(["add", "docs"]);
        let message = format!("docs/_plans: replan 2026-06-{number:02} — {words}");
        repository.git(["commit", "--quiet", "--message", &message]);
    };
    archive(&repository, 1, DRAIN);
    replan(2, "quiet sweep");
    archive(&repository, 3, DRAIN);
    let all = subjects(&repository);
    assert_eq!(all.len(), 2, "three became one: {all:?}");
    assert!(all[0].starts_with("docs/dispatch: archive 20260601T000300Z"), "{all:?}");
    for path in ["docs/_plans/plan-2.md", "docs/dispatch/run-1/report.md"] {
        repository.git(["cat-file", "-e", &format!("HEAD:{path}")]);
    }
    replan(4, "quiet sweep");
    archive(&repository, 5, DRAIN);
    assert!(subjects(&repository)[0].contains("×3"), "{:?}", subjects(&repository));
    replan(6, "2 closed / 1 shipped");
    archive(&repository, 7, DRAIN);
    assert_eq!(subjects(&repository).len(), 4, "a round that found something stays between them");
    assert_clean(&repository);
}

#[test]
fn a_first_blocker_takes_its_repeats_in_when_asked_to() {
    let sandbox = Sandbox::new();
    let repository = dispatched(&sandbox);
    repository.write("dos.toml", "[churn]\nfold_into_first = true\n");
    repository.commit("chore: let a first blocker take its repeats in");
    for number in 1..=3 {
        archive(&repository, number, "verdict=BLOCKED [cause:soak]");
    }
    assert_eq!(subjects(&repository).len(), 3, "{:?}", subjects(&repository));
    let trailer = repository.git(["log", "-1", "--format=%(trailers:key=Dos-Archive,valueonly)"]);
    assert!(trailer.contains("severity=BLOCKED-NEW"), "it is still a new blocker: {trailer}");
}

#[test]
fn causes_are_found_by_patterns_and_folding_can_be_off() {
    let sandbox = Sandbox::new();
    let repository = dispatched(&sandbox);
    repository.write("dos.toml", "[churn.causes]\nsoak = [\"mesh*gated\"]\n");
    repository.commit("chore: say what a gated mesh means");
    for number in 1..=3 {
        archive(&repository, number, "verdict=DRAIN, mesh was gated again");
    }
    assert!(subjects(&repository)[0].ends_with("×3 (recurring, coalesced) [cause:soak]"));
    repository.write("dos.toml", "[churn]\nmode = \"off\"\n");
    repository.commit("chore: keep every archive");
    archive(&repository, 4, DRAIN);
    archive(&repository, 5, DRAIN);
    assert_eq!(subjects(&repository).len(), 6, "{:?}", subjects(&repository));
}

#[test]
fn a_wrong_policy_is_no_reason_to_guess() {
    let sandbox = Sandbox::new();
    let repository = dispatched(&sandbox);
    repository.write("dos.toml", "[churn]\nmodus = \"off\"\n");
    archive(&repository, 1, DRAIN);
    archive(&repository, 2, DRAIN);
    assert_eq!(subjects(&repository).len(), 3, "nothing folds");
    let ran = run(repository.command(GIT_DOS).arg("coalesce"));
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("dos.toml:2: unknown field `modus`"), "{}", ran.stderr);
}

#[test]
fn a_message_that_contradicts_itself_stands_alone() {
    let sandbox = Sandbox::new();
    let repository = dispatched(&sandbox);
    archive(&repository, 1, DRAIN);
    let trailer =
        "Dos-Archive: v1; family=dispatch; verdict=DRAIN; cause=other; last=20260601T000200Z";
    archive(&repository, 2, &format!("{DRAIN}\n\n{trailer}"));
    assert_eq!(subjects(&repository).len(), 3, "the trailer names another cause");
    let (ran, json) = coalesce(&repository, &[]);
    assert_eq!((ran.code, &json["decision"]), (Some(1), &"unclear".into()), "{ran:?}");
    assert_eq!(json["reasons"][0]["token"], "trailer-and-subject-disagree", "{json}");
}

#[test]
fn staged_changes_and_edits_stay_as_they_are() {
    let sandbox = Sandbox::new();
    let repository = with_two(&sandbox);
    repository.write("src/staged.rs", "pub fn staged() {}\n");
    repository.git(["add", "src"]);
    repository.write("docs/dispatch/run-2/report.md", "edited\n");
    repository.write("untracked.txt", "x\n");
    let before = repository.git(["status", "--porcelain"]);
    assert_eq!(coalesce(&repository, &[]).0.code, Some(0), "it folds");
    assert_eq!(repository.git(["status", "--porcelain"]), before, "index and worktree");
    assert_eq!(repository.git(["cat-file", "-t", "HEAD"]), "commit", "HEAD is whole");
}

#[test]
fn reflogs_say_what_happened() {
    let sandbox = Sandbox::new();
    let repository = with_two(&sandbox);
    let before = repository.head();
    coalesce(&repository, &[]);
    for name in ["HEAD", "main"] {
        let last = repository.git(["reflog", "-1", "--format=%gs", name]);
        assert!(last.starts_with("commit (amend): docs/dispatch: archive"), "{name}: {last}");
        assert_eq!(repository.git(["rev-parse", &format!("{name}@{{1}}")]), before, "{name}");
    }
}

#[test]
fn hooks_of_other_tools_hear_of_it_and_may_fail() {
    let sandbox = Sandbox::new();
    let repository = with_two(&sandbox);
    let line = "#!/bin/sh\n{ printf '%s ' \"$@\" \"depth=$DOS_HOOK_DEPTH\"; echo; cat; } >>heard\nexit 3\n";
    repository.hook("post-rewrite", line);
    let old: Vec<String> =
        ["HEAD~1", "HEAD"].map(|name| repository.git(["rev-parse", name])).into();
    let (ran, json) = coalesce(&repository, &[]);
    assert_eq!((ran.code, &json["decision"]), (Some(0), &"folded".into()), "{ran:?}");
    assert!(ran.stderr.contains("post-rewrite hook failed"), "its failure is said: {}", ran.stderr);
    let new = repository.head();
    let heard = fs_err::read_to_string(repository.path.join("heard")).unwrap();
    let want = format!("amend depth=1 \n{} {new}\n{} {new}\n", old[0], old[1]);
    assert_eq!(heard, want, "each replaced commit, as after git commit --amend");

    let elsewhere = sandbox.path("hooks");
    fs_err::create_dir(&elsewhere).unwrap();
    fs_err::rename(repository.path.join(".git/hooks/post-rewrite"), elsewhere.join("post-rewrite"))
        .unwrap();
    repository.git(["config", "core.hooksPath", elsewhere.to_str().unwrap()]);
    fs_err::remove_file(repository.path.join("heard")).unwrap();
    archive(&repository, 3, DRAIN);
    assert_eq!(coalesce(&repository, &[]).0.code, Some(0), "it folds again");
    let heard = fs_err::read_to_string(repository.path.join("heard")).unwrap();
    assert_eq!(heard.lines().count(), 3, "core.hooksPath is followed: {heard}");
}

#[test]
fn a_linked_worktree_folds_on_its_own_branch() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.commit("feat: begin");
    install(&repository);
    let path = sandbox.path("linked tree");
    repository.git(["worktree", "add", "--quiet", "-b", "loop", path.to_str().unwrap()]);
    let linked = Repository { sandbox: &sandbox, path };
    for number in 1..=4 {
        archive(&linked, number, DRAIN);
    }
    assert_eq!(subjects(&linked).len(), 2, "{:?}", subjects(&linked));
    assert_clean(&linked);
    assert_eq!(subjects(&repository).len(), 1, "the other branch is where it was");
    repository.git(["rev-parse", "--verify", "--quiet", "refs/dos/coalesced/loop"]);
    assert!(repository.state("coalesce.jsonl").exists(), "the journal is shared");
    let (ran, json) = coalesce(&linked, &["undo"]);
    assert_eq!((ran.code, &json["outcome"]), (Some(0), &"undone".into()), "{ran:?}");
    assert_clean(&linked);
}

#[test]
fn git_finds_the_verb_in_a_linked_worktree() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.commit("feat: begin");
    let path = sandbox.path("linked");
    repository.git(["worktree", "add", "--quiet", "-b", "loop", path.to_str().unwrap()]);
    let linked = Repository { sandbox: &sandbox, path };
    archive(&linked, 1, DRAIN);
    archive(&linked, 2, DRAIN);
    let programs = std::path::Path::new(GIT_DOS).parent().unwrap();
    let mut command = linked.command("git");
    let search = std::env::join_paths([programs, "/usr/bin".as_ref(), "/bin".as_ref()]).unwrap();
    let ran = run(command.args(["dos", "coalesce"]).env("PATH", search));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(subjects(&linked).len(), 2, "{:?}", subjects(&linked));
}

#[test]
fn commits_of_some_paths_and_amended_commits_fold_too() {
    let sandbox = Sandbox::new();
    let repository = dispatched(&sandbox);
    archive(&repository, 1, DRAIN);
    repository.write("src/staged.rs", "pub fn staged() {}\n");
    repository.git(["add", "src"]);
    repository.write("docs/dispatch/run-2/report.md", "run 2\n");
    repository.git(["add", "--intent-to-add", "docs/dispatch/run-2"]);
    let message = format!("docs/dispatch: archive 20260601T000200Z — {DRAIN}");
    let arguments = ["commit", "--quiet", "--message", &message, "--", "docs/dispatch/run-2"];
    repository.git(arguments);
    assert!(subjects(&repository)[0].contains("×2"), "{:?}", subjects(&repository));
    assert_eq!(repository.git(["status", "--porcelain"]), "A  src/staged.rs", "only its own path");

    repository.git(["commit", "--quiet", "--message", "feat: add staged"]);
    archive(&repository, 3, "verdict=DRAIN [cause:other]");
    archive(&repository, 4, DRAIN);
    let message = "docs/dispatch: archive 20260601T000400Z — verdict=DRAIN [cause:other]";
    repository.git(["commit", "--quiet", "--amend", "--message", message]);
    assert!(subjects(&repository)[0].contains("×2"), "{:?}", subjects(&repository));
    assert_clean(&repository);
}

#[test]
fn a_repository_with_long_ids_folds() {
    let sandbox = Sandbox::new();
    let repository = Repository { sandbox: &sandbox, path: sandbox.path("long") };
    fs_err::create_dir(&repository.path).unwrap();
    repository.git(["init", "--quiet", "--object-format=sha256"]);
    repository.commit("feat: begin");
    install(&repository);
    for number in 1..=3 {
        archive(&repository, number, DRAIN);
    }
    repository.git(["pack-refs", "--all"]);
    archive(&repository, 4, DRAIN);
    assert!(subjects(&repository)[0].contains("×4"), "{:?}", subjects(&repository));
    assert_clean(&repository);
}

#[test]
fn a_signed_history_is_signed_again() {
    let sandbox = Sandbox::new();
    let key = sandbox.path("home/key");
    let folder = sandbox.path("home");
    let mut keygen = sandbox.command("ssh-keygen", &folder);
    keygen.args(["-q", "-t", "ed25519", "-N", "", "-C", "ada@example.org", "-f"]).arg(&key);
    match keygen.output() {
        Ok(output) if output.status.success() => {}
        Ok(_) | Err(_) => {
            eprintln!("skipped: there is no ssh-keygen that makes keys here");
            return;
        }
    }
    let public = fs_err::read_to_string(key.with_extension("pub")).unwrap();
    fs_err::write(sandbox.path("home/signers"), format!("ada@example.org {public}")).unwrap();
    let repository = dispatched(&sandbox);
    repository.git(["config", "gpg.format", "ssh"]);
    repository.git(["config", "user.signingKey", key.to_str().unwrap()]);
    let signers = sandbox.path("home/signers");
    repository.git(["config", "gpg.ssh.allowedSignersFile", signers.to_str().unwrap()]);
    repository.git(["config", "commit.gpgSign", "true"]);
    archive(&repository, 1, DRAIN);
    archive(&repository, 2, DRAIN);
    assert!(subjects(&repository)[0].contains("×2"), "{:?}", subjects(&repository));
    succeed(repository.command("git").args(["verify-commit", "HEAD"]));
    repository.git(["config", "commit.gpgSign", "false"]);
    archive(&repository, 3, DRAIN);
    assert!(subjects(&repository)[0].contains("×3"), "{:?}", subjects(&repository));
    succeed(repository.command("git").args(["verify-commit", "HEAD"]));
    repository.git(["config", "--unset", "user.signingKey"]);
    archive(&repository, 4, DRAIN);
    assert_eq!(subjects(&repository).len(), 3, "what cannot be signed again stands alone");
    assert_clean(&repository);
}

#[test]
fn an_ordinary_commit_leaves_no_trace() {
    let sandbox = Sandbox::new();
    let repository = dispatched(&sandbox);
    repository.write("dos.toml", "not toml at all [");
    repository.commit("docs: archive the old notes");
    assert!(!repository.state("").exists(), "nothing was even looked at");
    let (ran, json) = coalesce(&repository, &["--dry-run"]);
    assert_eq!(ran.code, Some(2), "but a verb says what is wrong: {json}");
}
