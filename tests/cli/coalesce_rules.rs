//! Every rule that keeps two archives apart, with real git. Each test breaks one thing.

use std::path::Path;

use git_dos_git_hooks::shim;

use crate::coalesce::{archive, assert_clean, coalesce, subjects};
use crate::support::{GIT_DOS, Repository, Sandbox, run, run_with_input, succeed, write_program};

const DRAIN: &str = "verdict=DRAIN [cause:empty]";

/// A repository with a commit of work and one archive.
fn with_one(sandbox: &Sandbox) -> Repository<'_> {
    let repository = sandbox.repository("work");
    repository.write("src/lib.rs", "pub fn one() {}\n");
    repository.commit("feat: add one");
    archive(&repository, 1, DRAIN);
    repository
}

/// The same with a second archive that repeats the first.
fn with_two(sandbox: &Sandbox) -> Repository<'_> {
    let repository = with_one(sandbox);
    archive(&repository, 2, DRAIN);
    repository
}

/// Fails unless the fold is refused for `token`, in words and in deed.
#[track_caller]
fn assert_refused(repository: &Repository<'_>, rule: u8, token: &str) {
    let head = repository.try_git(["rev-parse", "HEAD"]).stdout;
    let (ran, json) = coalesce(repository, &["--dry-run"]);
    assert_eq!((ran.code, &json["decision"]), (Some(0), &"refused".into()), "{ran:?}");
    let has = |reason: &serde_json::Value| reason["rule"] == rule && reason["token"] == token;
    let reasons = json["reasons"].as_array().unwrap();
    assert!(reasons.iter().any(has), "R{rule} {token} is among {reasons:?}");
    let (ran, json) = coalesce(repository, &[]);
    assert_eq!((ran.code, &json["decision"]), (Some(1), &"refused".into()), "{ran:?}");
    let after = repository.try_git(["rev-parse", "HEAD"]).stdout;
    assert_eq!(after, head, "an ordinary commit stays");
}

/// Fails unless the fold goes through, with nothing in the way.
#[track_caller]
fn assert_folds(repository: &Repository<'_>) {
    let (ran, json) = coalesce(repository, &[]);
    assert_eq!((ran.code, &json["decision"]), (Some(0), &"folded".into()), "{ran:?}");
    assert_eq!(repository.head(), json["new"].as_str().unwrap(), "the branch moved");
}

#[test]
fn nothing_speaks_against_two_plain_archives() {
    let sandbox = Sandbox::new();
    let repository = with_two(&sandbox);
    let (ran, json) = coalesce(&repository, &["--dry-run"]);
    assert_eq!((ran.code, &json["decision"]), (Some(0), &"would-fold".into()), "{ran:?}");
    assert_eq!(json["reasons"].as_array().unwrap().len(), 0, "no reason");
    assert_eq!(subjects(&repository).len(), 3, "looking changes nothing");
    assert_folds(&repository);
    assert_eq!(subjects(&repository).len(), 2, "and the fold is made");
    assert_clean(&repository);
}

#[test]
fn r1_there_is_no_earlier_commit() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    assert_refused(&repository, 1, "no-prior");
}

#[test]
fn r2_head_is_no_branch() {
    let sandbox = Sandbox::new();
    let repository = with_two(&sandbox);
    repository.git(["checkout", "--quiet", "--detach"]);
    assert_refused(&repository, 2, "detached-head");
}

#[test]
fn r3_git_is_in_the_middle_of_something() {
    let sandbox = Sandbox::new();
    let repository = with_two(&sandbox);
    repository.git(["bisect", "start"]);
    assert_refused(&repository, 3, "operation-in-progress");
    repository.git(["bisect", "reset"]);

    repository.git(["checkout", "--quiet", "-b", "side", "main~2"]);
    repository.write("src/lib.rs", "pub fn side() {}\n");
    let side = repository.commit("feat: add side");
    repository.git(["checkout", "--quiet", "main"]);
    repository.git(["branch", "--quiet", "-D", "side"]);
    repository.git(["merge", "--quiet", "--no-commit", "--no-ff", &side]);
    assert_refused(&repository, 3, "operation-in-progress");
    repository.git(["merge", "--abort"]);

    // Both picks meet a file that is not as they know it.
    for verb in ["cherry-pick", "revert"] {
        let sandbox = Sandbox::new();
        let repository = sandbox.repository("work");
        repository.write("src/lib.rs", "pub fn one() {}\n");
        repository.commit("feat: add one");
        repository.write("src/lib.rs", "pub fn two() {}\n");
        let two = repository.commit("feat: make it two");
        repository.write("src/lib.rs", "pub fn three() {}\n");
        repository.commit("feat: make it three");
        archive(&repository, 1, DRAIN);
        archive(&repository, 2, DRAIN);
        assert_ne!(repository.try_git([verb, &two]).code, Some(0), "{verb} stops at a conflict");
        assert_refused(&repository, 3, "operation-in-progress");
    }
}

#[test]
fn r3_a_rebase_folds_nothing_on_its_way() {
    let sandbox = Sandbox::new();
    let repository = with_two(&sandbox);
    archive(&repository, 3, DRAIN);
    repository.hook("post-commit", &shim::render("post-commit", Path::new(GIT_DOS)));
    let mut command = repository.command("git");
    command.args(["rebase", "--quiet", "--force-rebase", "HEAD~3"]);
    succeed(&mut command);
    assert_eq!(subjects(&repository).len(), 4, "the commits that were picked are all there");
}

#[test]
fn r4_a_merge_or_a_root_is_no_record_of_a_run() {
    let sandbox = Sandbox::new();
    let repository = with_one(&sandbox);
    repository.git(["checkout", "--quiet", "-b", "side", "main~1"]);
    archive(&repository, 7, DRAIN);
    repository.git(["checkout", "--quiet", "main"]);
    let message = format!("docs/dispatch: archive 20260601T000200Z — {DRAIN}");
    repository.git(["merge", "--quiet", "--no-ff", "--message", &message, "side"]);
    repository.git(["branch", "--quiet", "-D", "side"]);
    assert_refused(&repository, 4, "not-one-parent");

    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    archive(&repository, 1, DRAIN);
    archive(&repository, 2, DRAIN);
    assert_refused(&repository, 4, "not-one-parent");
}

#[test]
fn r5_history_ends_or_is_bent_here() {
    let sandbox = Sandbox::new();
    let full = with_two(&sandbox);
    let url = format!("file://{}", full.path.display());
    let top = sandbox.path("");
    succeed(sandbox.command("git", &top).args(["clone", "--quiet", "--depth", "1", &url, "cut"]));
    let cut = Repository { sandbox: &sandbox, path: sandbox.path("cut") };
    assert_refused(&cut, 5, "shallow-boundary");
    archive(&cut, 3, DRAIN);
    assert_refused(&cut, 5, "shallow-boundary");

    let prior = full.git(["rev-parse", "HEAD~1"]);
    let root = full.git(["rev-parse", "HEAD~2"]);
    fs_err::create_dir_all(full.path.join(".git/info")).unwrap();
    let grafts = full.path.join(".git/info/grafts");
    fs_err::write(&grafts, format!("{prior} {root}\n")).unwrap();
    assert_refused(&full, 5, "graft");
    fs_err::remove_file(&grafts).unwrap();

    let mut same = full.command("git");
    same.args(["commit-tree", &format!("{prior}^{{tree}}"), "-p", &root, "-m"]);
    same.arg(format!("docs/dispatch: archive 20260601T000100Z — {DRAIN}"));
    let other = succeed(same.env("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z")).stdout;
    full.git(["replace", &prior, &other]);
    assert_refused(&full, 5, "replaced-object");
}

#[test]
fn r6_others_may_have_it() {
    let sandbox = Sandbox::new();
    let repository = with_one(&sandbox);
    let remote = sandbox.bare("remote.git");
    repository.git(["remote", "add", "origin", remote.to_str().unwrap()]);
    repository.git(["push", "--quiet", "origin", "main"]);
    archive(&repository, 2, DRAIN);
    assert_refused(&repository, 6, "published");
    archive(&repository, 3, DRAIN);
    assert_folds(&repository);
    assert_eq!(subjects(&repository).len(), 3, "what nobody has may fold");
}

#[test]
fn r6_a_push_to_a_bare_address_counts() {
    let sandbox = Sandbox::new();
    let repository = with_one(&sandbox);
    repository.hook("pre-push", &shim::render("pre-push", Path::new(GIT_DOS)));
    let remote = sandbox.bare("remote.git");
    repository.git(["push", "--quiet", remote.to_str().unwrap(), "main:elsewhere"]);
    archive(&repository, 2, DRAIN);
    assert_refused(&repository, 6, "published");
}

#[test]
fn r7_something_else_here_shows_it() {
    let refs: [(&[&str], &[&str]); 4] = [
        (&["branch", "side", "HEAD~1"], &["branch", "-D", "side"]),
        (&["tag", "mark", "HEAD~1"], &["tag", "-d", "mark"]),
        (&["tag", "-a", "-m", "x", "mark", "HEAD"], &["tag", "-d", "mark"]),
        (&["update-ref", "refs/backup/main", "HEAD"], &["update-ref", "-d", "refs/backup/main"]),
    ];
    let sandbox = Sandbox::new();
    let repository = with_two(&sandbox);
    for (make, remove) in refs {
        succeed(repository.command("git").args(make));
        assert_refused(&repository, 7, "held-elsewhere");
        succeed(repository.command("git").args(remove));
    }
    repository.git(["tag", "-a", "-m", "x", "old", "HEAD~2"]);
    repository.git(["tag", "-a", "-m", "x", "mark", "HEAD~1"]);
    repository.git(["pack-refs", "--all"]);
    assert_refused(&repository, 7, "held-elsewhere");
    repository.git(["tag", "-d", "mark"]);
    assert_folds(&repository);
}

#[test]
fn r7_other_worktrees_and_stashes_show_it() {
    let sandbox = Sandbox::new();
    let repository = with_two(&sandbox);
    let other = sandbox.path("other");
    let other = other.to_str().unwrap();
    repository.git(["worktree", "add", "--quiet", "--detach", other, "HEAD~1"]);
    assert_refused(&repository, 7, "held-elsewhere");
    repository.git(["worktree", "remove", other]);
    repository.git(["worktree", "add", "--quiet", "--force", other, "main"]);
    assert_refused(&repository, 7, "held-elsewhere");
    repository.git(["worktree", "remove", other]);
    repository.write("src/lib.rs", "pub fn draft() {}\n");
    repository.git(["stash", "push", "--quiet"]);
    repository.git(["checkout", "--quiet", "HEAD~2"]);
    repository.write("src/lib.rs", "pub fn older() {}\n");
    repository.git(["stash", "push", "--quiet"]);
    repository.git(["checkout", "--quiet", "main"]);
    assert_refused(&repository, 7, "held-elsewhere");
}

#[test]
fn r8_somebody_else_wrote_it() {
    let who = [
        ("GIT_AUTHOR_NAME", "Bo Other"),
        ("GIT_AUTHOR_EMAIL", "bo@example.org"),
        ("GIT_COMMITTER_NAME", "Bo Other"),
        ("GIT_COMMITTER_EMAIL", "bo@example.org"),
    ];
    for (variable, value) in who {
        let sandbox = Sandbox::new();
        let repository = sandbox.repository("work");
        repository.commit("feat: begin");
        repository.write("docs/dispatch/run-1/report.md", "run 1\n");
        repository.git(["add", "docs"]);
        let message = format!("docs/dispatch: archive 20260601T000100Z — {DRAIN}");
        let mut command = repository.command("git");
        succeed(command.args(["commit", "--quiet", "--message", &message]).env(variable, value));
        archive(&repository, 2, DRAIN);
        assert_refused(&repository, 8, "not-ours");
    }
}

#[test]
fn r9_it_must_be_signed_and_cannot_be() {
    let sandbox = Sandbox::new();
    let repository = with_two(&sandbox);
    write_program(&sandbox.path("bin/no-gpg"), "#!/bin/sh\nexit 1\n");
    repository.git(["config", "gpg.program", sandbox.path("bin/no-gpg").to_str().unwrap()]);
    repository.git(["config", "commit.gpgSign", "true"]);
    let head = repository.head();
    let (ran, json) = coalesce(&repository, &[]);
    assert_eq!((ran.code, &json["reasons"][0]["token"]), (Some(1), &"cannot-sign".into()));
    assert_eq!(repository.head(), head, "no unsigned commit takes its place");
    repository.git(["config", "gpg.format", "ssh"]);
    assert_refused(&repository, 9, "cannot-sign");
}

#[test]
fn r9_its_text_is_in_another_encoding() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.commit("feat: begin");
    repository.git(["config", "i18n.commitEncoding", "ISO-8859-1"]);
    repository.write("docs/dispatch/run-1/report.md", "run 1\n");
    repository.commit("docs/dispatch: archive 20260601T000100Z verdict=DRAIN [cause:empty]");
    repository.git(["config", "--unset", "i18n.commitEncoding"]);
    archive(&repository, 2, DRAIN);
    assert_refused(&repository, 9, "foreign-encoding");
}

#[test]
fn r10_its_notes_would_be_lost() {
    let sandbox = Sandbox::new();
    let repository = with_two(&sandbox);
    repository.git(["notes", "add", "-m", "looked at by Ada", "HEAD~1"]);
    assert_refused(&repository, 10, "notes-would-be-lost");
    repository.git(["config", "notes.rewriteRef", "refs/notes/*"]);
    assert_folds(&repository);
    assert_eq!(repository.git(["notes", "show", "HEAD"]), "looked at by Ada", "the note followed");
}

#[test]
fn r11_somebody_put_work_into_it() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.commit("feat: begin");
    repository.write("src/lib.rs", "pub fn hidden() {}\n");
    repository.git(["add", "src"]);
    archive(&repository, 1, DRAIN);
    archive(&repository, 2, DRAIN);
    assert_refused(&repository, 11, "outside-roots");
    repository.write("dos.toml", "[churn]\nroots = [\"docs/dispatch\", \"src\"]\n");
    assert_folds(&repository);
}

#[test]
fn r12_two_runs_wrote_the_same_file() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.commit("feat: begin");
    for number in [1, 2] {
        repository.write("docs/dispatch/latest.md", format!("run {number}\n"));
        archive(&repository, number, DRAIN);
    }
    assert_refused(&repository, 12, "record-overwritten");
}

#[test]
fn r13_the_index_has_conflicts() {
    let sandbox = Sandbox::new();
    let repository = with_two(&sandbox);
    let blob = repository.git(["rev-parse", "HEAD:src/lib.rs"]);
    let lines = format!("100644 {blob} 1\tsrc/new.rs\n100644 {blob} 2\tsrc/new.rs\n");
    let mut command = repository.command("git");
    let ran = run_with_input(command.args(["update-index", "--index-info"]), lines.as_bytes());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_refused(&repository, 13, "index-needs-git");
}

#[test]
fn r14_git_is_at_work_around_us() {
    let sandbox = Sandbox::new();
    let repository = with_two(&sandbox);
    let line = format!("#!/bin/sh\n'{GIT_DOS}' coalesce --format json >answer\nexit 0\n");
    repository.hook("pre-commit", &line);
    repository.git(["commit", "--quiet", "--allow-empty", "--message", "chore: nothing"]);
    let answer = fs_err::read_to_string(repository.path.join("answer")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(json["decision"], "refused", "{json}");
    assert_eq!(json["reasons"][0]["token"], "inside-a-hook", "{json}");
    assert_eq!(subjects(&repository).len(), 4, "all are still there");

    repository.git(["reset", "--quiet", "--hard", "HEAD~1"]);
    let ran = run(repository.command(GIT_DOS).arg("coalesce").env("DOS_HOOK_DEPTH", "1"));
    assert_eq!(ran.code, Some(1), "{ran:?}");
}

#[test]
fn r15_the_repository_around_records_it() {
    let sandbox = Sandbox::new();
    let outer = sandbox.repository("outer");
    outer.commit("feat: begin");
    let inner = with_one(&sandbox);
    let url = inner.path.to_str().unwrap();
    outer.git(["submodule", "--quiet", "add", url, "parts/inner"]);
    outer.commit("chore: record the inner repository");
    let inner = Repository { sandbox: &sandbox, path: outer.path.join("parts/inner") };
    // Only the outer repository shall hold the commit.
    inner.git(["remote", "remove", "origin"]);
    archive(&inner, 2, DRAIN);
    assert_refused(&inner, 15, "recorded-by-superproject");
    archive(&inner, 3, DRAIN);
    assert_folds(&inner);
}

#[test]
fn r16_a_run_began_there() {
    let sandbox = Sandbox::new();
    let repository = with_one(&sandbox);
    repository.mark_installed();
    let start = serde_json::json!({
        "hook_event_name": "SessionStart",
        "session_id": "s-1",
        "cwd": repository.path,
        "source": "startup",
        "transcript_path": sandbox.path("home/transcript.jsonl"),
    });
    let mut command = repository.command(GIT_DOS);
    let ran = run_with_input(command.args(["hook", "agent"]), start.to_string().as_bytes());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let began = repository.head();
    archive(&repository, 2, DRAIN);
    repository.write("dos.toml", "[churn]\nfold_run_starts = false\n");
    assert_refused(&repository, 16, "start-of-a-run");
    fs_err::remove_file(repository.path.join("dos.toml")).unwrap();
    assert_folds(&repository);
    let map = repository.journal("rewrites.jsonl");
    let leads_on = |line: &serde_json::Value| {
        line["old"] == began.as_str() && line["new"] == repository.head().as_str()
    };
    assert!(map.iter().any(leads_on), "the run's start is found through the map: {map:?}");
}

#[test]
fn r17_the_fold_would_be_too_large() {
    let sandbox = Sandbox::new();
    let repository = with_two(&sandbox);
    assert_folds(&repository);
    archive(&repository, 3, DRAIN);
    repository.write("dos.toml", "[churn]\nmaximum_count = 2\n");
    assert_refused(&repository, 17, "too-many-runs");
    repository.write("dos.toml", "[churn]\nmaximum_age_hours = 0\n");
    let mut amend = repository.command("git");
    amend.args(["commit", "--quiet", "--amend", "--no-edit", "--date", "2026-06-01T00:00:00Z"]);
    succeed(&mut amend);
    fs_err::remove_file(repository.path.join("dos.toml")).unwrap();
    archive(&repository, 4, DRAIN);
    assert_refused(&repository, 17, "too-old");
}

#[test]
fn r17_the_lane_changed() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.commit("feat: begin");
    archive(&repository, 1, "verdict=DRAIN (TM lane) [cause:empty]");
    archive(&repository, 2, "verdict=DRAIN (GB lane) [cause:empty]");
    assert_refused(&repository, 17, "lane-changed");
}

#[test]
fn r18_the_cause_does_not_fit_between_brackets() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.commit("feat: begin");
    for number in [1, 2] {
        archive(&repository, number, "verdict=DRAIN [cause:Who knows?]");
    }
    assert_refused(&repository, 18, "unusable-cause");
}

#[test]
fn a_damaged_list_of_pushes_is_not_an_empty_one() {
    let sandbox = Sandbox::new();
    let repository = with_two(&sandbox);
    let list = repository.state("pushed.jsonl");
    fs_err::create_dir_all(list.parent().unwrap()).unwrap();
    fs_err::write(&list, "x\n").unwrap();
    let head = repository.head();
    let ran = run(repository.command(GIT_DOS).args(["coalesce"]));
    assert_eq!(ran.code, Some(2), "it cannot be known what was pushed: {ran:?}");
    assert!(ran.stderr.contains("pushed.jsonl:1: ") && ran.stderr.contains("hint: "), "{ran:?}");
    assert_eq!(repository.head(), head, "nothing is rewritten");
    fs_err::remove_file(&list).unwrap();
    assert_folds(&repository);
}

#[test]
fn what_is_left_of_another_branch_is_in_nobodys_way() {
    for (gone, branch) in [("feat", "feat/sub"), ("feat/sub", "feat")] {
        let sandbox = Sandbox::new();
        let repository = with_one(&sandbox);
        repository.git(["checkout", "--quiet", "-b", gone]);
        archive(&repository, 2, DRAIN);
        repository.git(["branch", "--quiet", "--delete", "--force", "main"]);
        assert_folds(&repository);
        repository.git(["branch", "--quiet", "--move", "main"]);
        repository.git(["checkout", "--quiet", "-b", branch]);
        repository.git(["branch", "--quiet", "--delete", "--force", "main"]);
        archive(&repository, 3, DRAIN);
        assert_folds(&repository);
        archive(&repository, 4, DRAIN);
        assert_folds(&repository);
        let refs = repository.git(["for-each-ref", "--format=%(refname)", "refs/dos/coalesced"]);
        assert_eq!(refs.lines().count(), 2, "{gone} then {branch}: {refs}");
        repository.git(["fsck", "--strict"]);
    }
}
