//! `git dos archive`: one step instead of add, commit and fold.

use crate::coalesce::{assert_clean, coalesce, run_id, subjects};
#[cfg(debug_assertions)]
use crate::coalesce_rewrite::{kill, pause_after};
use crate::support::{
    GIT_DOS, Ran, Repository, Sandbox, run, run_with_input, succeed, write_program,
};

/// A repository with one commit of work.
fn worked(sandbox: &Sandbox) -> Repository<'_> {
    let repository = sandbox.repository("work");
    repository.write("src/lib.rs", "pub fn one() {}\n");
    repository.commit("feat: add one");
    repository
}

/// The words of `git dos archive` for a drain of run `number` that leaves `path`.
fn words(number: u32, path: &str) -> Vec<String> {
    let run = run_id(number);
    ["archive", "--family", "dispatch", "--verdict", "DRAIN", "--cause", "empty", "--run", &run]
        .into_iter()
        .chain(["-m", "nothing left", "--format", "json", "--", path])
        .map(ToOwned::to_owned)
        .collect()
}

/// Runs `git-dos` with `words` and returns its answer.
fn dos(
    repository: &Repository<'_>,
    words: &[impl AsRef<std::ffi::OsStr>],
) -> (Ran, serde_json::Value) {
    let ran = run(repository.command(GIT_DOS).args(words));
    let json = serde_json::from_str(&ran.stdout).unwrap_or_default();
    (ran, json)
}

/// Writes the record of run `number` and archives it.
fn drain(repository: &Repository<'_>, number: u32) -> (Ran, serde_json::Value) {
    let path = format!("docs/dispatch/run-{number}");
    repository.write(&format!("{path}/report.md"), format!("run {number}\n"));
    dos(repository, &words(number, &path))
}

#[test]
fn runs_are_committed_and_folded_in_one_step() {
    let sandbox = Sandbox::new();
    let repository = worked(&sandbox);
    for (number, outcome, count) in [(1, "committed", 1), (2, "folded", 2), (3, "folded", 3)] {
        let (ran, json) = drain(&repository, number);
        assert_eq!((ran.code, &json["outcome"]), (Some(0), &outcome.into()), "{ran:?}");
        assert_eq!((&json["schema"], &json["count"]), (&"git-dos/archive/1".into(), &count.into()));
        assert_eq!(json["commit"], repository.head().as_str(), "where the branch is");
        assert_eq!(json["severity"], "NOOP", "nothing happened");
        assert_clean(&repository);
    }
    let all = subjects(&repository);
    assert_eq!(all.len(), 2, "{all:?}");
    assert_eq!(
        all[0],
        "docs/dispatch: archive 20260601T000300Z — verdict=DRAIN drained ×3 (recurring, coalesced) [cause:empty]"
    );
    for number in 1..=3 {
        let path = format!("HEAD:docs/dispatch/run-{number}/report.md");
        assert_eq!(repository.git(["show", &path]), format!("run {number}"), "its record is there");
    }
    let kept = repository.git(["log", "--format=%s", "refs/dos/coalesced/main"]);
    assert!(kept.contains("— verdict=DRAIN, nothing left [cause:empty]"), "{kept}");
}

#[test]
fn the_message_is_for_people_and_its_trailer_for_programs() {
    let sandbox = Sandbox::new();
    let repository = worked(&sandbox);
    repository.write("docs/dispatch/r.md", "r\n");
    let arguments = [
        "archive",
        "--family",
        "dispatch-loop",
        "--verdict",
        "live",
        "--picks",
        "2",
        "--lane",
        "TM",
        "--run",
        "20260601T204054Z",
        "-m",
        "a1 and a2\n\nMore to say.",
        "--format",
        "json",
        "--",
        "docs/dispatch/r.md",
    ];
    let (ran, json) = dos(&repository, &arguments);
    assert_eq!((ran.code, &json["severity"]), (Some(0), &"SHIPPED".into()), "{ran:?}");
    let want = "\
docs/dispatch-loop: archive 20260601T204054Z — verdict=LIVE, 2 picks shipped, a1 and a2 (TM lane)

More to say.

Dos-Archive: v1; family=dispatch-loop; verdict=LIVE; severity=SHIPPED; lane=TM; picks=2; count=1; first=20260601T204054Z; last=20260601T204054Z";
    assert_eq!(repository.git(["log", "-1", "--format=%B"]).trim_end(), want, "the message");
    let reflog = repository.git(["reflog", "-1", "--format=%gs"]);
    assert!(reflog.starts_with("commit: docs/dispatch-loop: archive"), "{reflog}");
}

#[test]
fn what_else_is_staged_or_edited_stays() {
    let sandbox = Sandbox::new();
    let repository = worked(&sandbox);
    repository.write("src/staged.rs", "pub fn staged() {}\n");
    repository.git(["add", "src"]);
    repository.write("src/lib.rs", "pub fn edited() {}\n");
    repository.write("docs/dispatch/other.md", "not mine\n");
    for number in [1, 2] {
        assert_eq!(drain(&repository, number).0.code, Some(0), "archive {number}");
        let status = repository.git(["status", "--porcelain", "--untracked-files=all"]);
        assert_eq!(status, " M src/lib.rs\nA  src/staged.rs\n?? docs/dispatch/other.md");
        let files = repository.git(["show", "--format=", "--name-only", "HEAD"]);
        assert!(!files.contains("src/") && !files.contains("other"), "{files}");
    }
}

#[test]
fn what_repeats_nothing_is_committed_with_the_reason() {
    let sandbox = Sandbox::new();
    let repository = worked(&sandbox);
    let blocked = |number: u32, cause: &str| {
        repository.write(&format!("docs/dispatch/b{number}.md"), "b\n");
        let run = run_id(number);
        let path = format!("docs/dispatch/b{number}.md");
        let arguments = [
            "archive",
            "--family",
            "dispatch",
            "--verdict",
            "BLOCKED",
            "--cause",
            cause,
            "--run",
            &run,
            "-m",
            "mesh",
            "--format",
            "json",
            "--",
            &path,
        ];
        dos(&repository, &arguments).1
    };
    let first = blocked(1, "soak");
    assert_eq!(
        (&first["severity"], &first["outcome"]),
        (&"BLOCKED-NEW".into(), &"committed".into())
    );
    let second = blocked(2, "soak");
    assert_eq!((&second["severity"], &second["outcome"]), (&"NOOP".into(), &"committed".into()));
    assert_eq!(second["reasons"][0]["token"], "prior-differs", "the first one keeps its commit");
    assert_eq!(blocked(3, "soak")["outcome"], "folded", "its repeats are one");
    assert_eq!(blocked(4, "other")["severity"], "BLOCKED-NEW", "another cause is new");
    assert_eq!(subjects(&repository).len(), 4, "{:?}", subjects(&repository));
    repository.git(["tag", "mark"]);
    assert_eq!(blocked(5, "other")["reasons"][0]["token"], "prior-differs", "no fold to refuse");
    let mut last = blocked(6, "other");
    assert_eq!(last["outcome"], "folded", "{last}");
    repository.git(["tag", "mark2"]);
    last = blocked(7, "other");
    assert_eq!((&last["outcome"], &last["reasons"][0]["rule"]), (&"committed".into(), &7.into()));
    assert_clean(&repository);
}

#[test]
fn files_are_stored_as_git_stores_them() {
    let sandbox = Sandbox::new();
    let repository = worked(&sandbox);
    repository.write(".gitattributes", "*.crlf text eol=crlf\n*.up filter=upper\n*.id ident\n");
    repository.git(["config", "filter.upper.clean", "tr a-z A-Z"]);
    repository.git(["config", "filter.upper.smudge", "tr A-Z a-z"]);
    repository.commit("chore: say how files are stored");
    repository.write("docs/dispatch/r/lines.crlf", "one\r\ntwo\r\n");
    repository.write("docs/dispatch/r/word.up", "word\n");
    repository.write("docs/dispatch/r/name.id", "$Id: x$\n");
    repository.write("docs/dispatch/r/bytes.bin", b"\0\xff\r\n");
    repository.write("docs/dispatch/r/caf\u{e9} one.md", "x\n");
    write_program(&repository.path.join("docs/dispatch/r/run.sh"), "#!/bin/sh\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink("lines.crlf", repository.path.join("docs/dispatch/r/link")).unwrap();
    let (ran, json) = dos(&repository, &words(1, "docs/dispatch/r"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(json["paths"].as_array().unwrap().len(), 7, "{json}");
    let ours = repository.git(["ls-tree", "-r", "HEAD", "docs"]);
    assert_clean(&repository);
    repository.git(["reset", "--quiet", "--soft", "HEAD~1"]);
    repository.git(["rm", "-r", "--quiet", "--cached", "docs"]);
    repository.git(["add", "docs"]);
    repository.git(["commit", "--quiet", "--message", "chore: the same by git"]);
    assert_eq!(repository.git(["ls-tree", "-r", "HEAD", "docs"]), ours, "git's own answer");
}

#[test]
fn paths_are_taken_from_where_one_stands() {
    let sandbox = Sandbox::new();
    let repository = worked(&sandbox);
    repository.write("docs/dispatch/run-1/report.md", "run 1\n");
    repository.write("docs/dispatch/run-1/scratch.tmp", "x\n");
    repository.write(".gitignore", "*.tmp\n");
    repository.commit("chore: ignore scratch files");
    repository.write("docs/dispatch/run-1/notes.md", "more\n");
    let folder = repository.path.join("docs/dispatch");
    let ran = run(sandbox.command(GIT_DOS, &folder).args(words(1, "run-1")));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let files = repository.git(["show", "--format=", "--name-only", "HEAD"]);
    assert_eq!(files, "docs/dispatch/run-1/notes.md", "what is ignored is passed over");
    let (ran, json) = dos(&repository, &words(2, "docs/dispatch/run-1"));
    assert_eq!((ran.code, &json["outcome"]), (Some(0), &"nothing".into()), "{ran:?}");
    assert_clean(&repository);
}

#[test]
fn what_cannot_be_archived_is_said_and_nothing_is_done() {
    let sandbox = Sandbox::new();
    let repository = worked(&sandbox);
    repository.write(".gitignore", "*.tmp\n");
    repository.write("docs/dispatch/gone/report.md", "x\n");
    repository.commit("chore: begin");
    fs_err::remove_file(repository.path.join("docs/dispatch/gone/report.md")).unwrap();
    repository.write("docs/dispatch/gone/other.md", "x\n");
    repository.write("docs/dispatch/x.tmp", "x\n");
    repository.write("../outside.md", "x\n");
    fs_err::create_dir_all(repository.path.join("docs/dispatch/empty")).unwrap();
    let inner = repository.path.join("docs/dispatch/inner");
    fs_err::create_dir_all(&inner).unwrap();
    succeed(sandbox.command("git", &inner).args(["init", "--quiet"]));
    let head = repository.head();
    for (path, part) in [
        ("docs/dispatch/nowhere.md", "nowhere.md"),
        ("docs/dispatch/x.tmp", "is ignored"),
        ("../outside.md", "outside of the worktree"),
        (".git/config", "belongs to git itself"),
        ("docs/dispatch/gone", "tracked and gone"),
        ("docs/dispatch/empty", "no file to archive"),
        ("docs/dispatch/inner", "repository of its own"),
    ] {
        let (ran, _) = dos(&repository, &words(1, path));
        assert_eq!(ran.code, Some(2), "{path}: {ran:?}");
        assert!(ran.stderr.contains(part), "{path}: {}", ran.stderr);
    }
    for (option, value) in [
        ("--cause", "Who knows"),
        ("--lane", "a b"),
        ("--verdict", "it went well"),
        ("--run", "yesterday"),
        ("--family", "lunch"),
        ("--message", "3 picks shipped"),
    ] {
        let mut arguments = words(1, "docs/dispatch/gone/other.md");
        let end = arguments.iter().position(|word| word == "--").unwrap();
        if let Some(at) = arguments.iter().position(|word| word == option) {
            value.clone_into(&mut arguments[at + 1]);
        } else if option == "--message" {
            let at = arguments.iter().position(|word| word == "-m").unwrap();
            value.clone_into(&mut arguments[at + 1]);
        } else {
            arguments.splice(end..end, [option.to_owned(), value.to_owned()]);
        }
        let (ran, _) = dos(&repository, &arguments);
        assert_eq!(ran.code, Some(2), "{option} {value}: {ran:?}");
    }
    assert_eq!(repository.head(), head, "nothing was committed");
}

/// Brings an index into a certain state.
type SetUp = fn(&Repository<'_>);

#[test]
fn an_index_that_only_git_can_write_is_left_to_git() {
    let setups: [(&str, SetUp); 3] = [
        ("sparse", |repository| {
            repository.git(["sparse-checkout", "set", "--cone", "--sparse-index", "docs"]);
        }),
        ("marked in a special way", |repository| {
            repository.git(["add", "--intent-to-add", "docs/dispatch/run-1/report.md"]);
        }),
        ("has conflicts", |repository| {
            let blob = repository.git(["rev-parse", "HEAD:src/lib.rs"]);
            let lines = format!("100644 {blob} 1\tsrc/new.rs\n100644 {blob} 2\tsrc/new.rs\n");
            let mut command = repository.command("git");
            run_with_input(command.args(["update-index", "--index-info"]), lines.as_bytes());
        }),
    ];
    for (part, set_up) in setups {
        let sandbox = Sandbox::new();
        let repository = worked(&sandbox);
        repository.write("docs/dispatch/run-1/report.md", "run 1\n");
        set_up(&repository);
        let head = repository.head();
        let (ran, json) = drain(&repository, 1);
        assert_eq!((ran.code, &json["outcome"]), (Some(1), &"refused".into()), "{part}: {ran:?}");
        assert_eq!(json["reasons"][0]["rule"], 13, "{json}");
        assert!(json["reasons"][0]["text"].as_str().unwrap().contains(part), "{json}");
        assert_eq!(repository.head(), head, "nothing was committed");
    }
}

#[test]
fn a_split_index_is_written_whole() {
    let sandbox = Sandbox::new();
    let repository = worked(&sandbox);
    repository.git(["update-index", "--split-index"]);
    repository.write("src/staged.rs", "pub fn staged() {}\n");
    repository.git(["add", "src"]);
    assert_eq!(drain(&repository, 1).1["outcome"], "committed", "its entries are all there");
    assert_eq!(
        repository.git(["status", "--porcelain"]),
        "A  src/staged.rs",
        "and what was staged"
    );
}

#[test]
fn a_branch_without_commits_and_a_detached_head_take_archives() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    assert_eq!(drain(&repository, 1).1["outcome"], "committed", "the first commit of all");
    assert_eq!(repository.git(["rev-list", "--count", "HEAD"]), "1", "a root");
    assert_clean(&repository);
    repository.git(["checkout", "--quiet", "--detach"]);
    let (_, json) = drain(&repository, 2);
    assert_eq!(json["outcome"], "committed", "{json}");
    assert_eq!(json["reasons"][0]["rule"], 2, "and not folded: {json}");
    assert_clean(&repository);
    let arguments = ["GIT_INDEX_FILE", "GIT_DIR"];
    for variable in arguments {
        let mut command = repository.command(GIT_DOS);
        repository.write("docs/dispatch/run-3", "x\n");
        let value = if variable == "GIT_DIR" { ".git" } else { ".git/index" };
        let ran = run(command.args(words(3, "docs/dispatch/run-3")).env(variable, value));
        assert_eq!(ran.code, Some(1), "inside a hook: {ran:?}");
    }
}

#[test]
#[cfg(debug_assertions)]
fn a_killed_archive_is_as_before_or_as_after_and_the_next_command_repairs_it() {
    let steps = ["written", "intended", "prepared", "mapped", "kept", "moved", "indexed", "ended"];
    for folds in [true, false] {
        for step in steps {
            if !folds && ["mapped", "kept"].contains(&step) {
                continue;
            }
            let sandbox = Sandbox::new();
            let repository = worked(&sandbox);
            if folds {
                drain(&repository, 1);
            }
            let before = repository.head();
            repository.write("docs/dispatch/run-2/report.md", "run 2\n");
            let words = words(2, "docs/dispatch/run-2");
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            kill(pause_after(&repository, &words, step));
            let landed = repository.head() != before;
            assert_eq!(landed, ["moved", "indexed", "ended"].contains(&step), "after {step}");
            let fsck = run(repository.command("git").args(["fsck", "--no-dangling"]));
            assert_eq!(fsck.code, Some(0), "{step}: {fsck:?}");

            let (ran, _) = coalesce(&repository, &[]);
            assert!(!repository.path.join(".git/index.lock").exists(), "{step}: {ran:?}");
            let status = repository.git(["status", "--porcelain", "--untracked-files=all"]);
            let want = if landed { "" } else { "?? docs/dispatch/run-2/report.md" };
            assert_eq!(status, want, "{step}: the index is as before or as after");
            let (ran, json) = dos(&repository, &words);
            let want = if landed { "nothing" } else { ["committed", "folded"][usize::from(folds)] };
            assert_eq!((ran.code, &json["outcome"]), (Some(0), &want.into()), "{step}: {ran:?}");
            assert_clean(&repository);
            assert_eq!(subjects(&repository).len(), 2, "{step}: {:?}", subjects(&repository));
        }
    }
}

/// Archives `path` and kills the command after `step`.
#[cfg(debug_assertions)]
fn kill_archive(repository: &Repository<'_>, path: &str, step: &str) {
    let words = words(2, path);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    kill(pause_after(repository, &words, step));
}

#[test]
#[cfg(debug_assertions)]
fn an_index_whose_lock_was_removed_by_hand_is_finished() {
    let log = "docs/dispatch/run-1/report.md";
    for (path, folds) in [("docs/dispatch/run-2/report.md", false), (log, true)] {
        let sandbox = Sandbox::new();
        let repository = worked(&sandbox);
        if folds {
            drain(&repository, 1);
        }
        repository.write(path, "run 2\n");
        repository.write("src/staged.rs", "pub fn staged() {}\n");
        repository.git(["add", "src/staged.rs"]);
        kill_archive(&repository, path, "moved");
        fs_err::remove_file(repository.path.join(".git/index.lock")).unwrap();
        let (ran, json) = coalesce(&repository, &[]);
        assert!(json["repaired"].is_string(), "{path}: {ran:?}");
        assert_eq!(repository.git(["status", "--porcelain"]), "A  src/staged.rs", "{path}");
        repository.git(["commit", "--quiet", "--message", "feat: add staged"]);
        assert_eq!(repository.git(["show", &format!("HEAD:{path}")]), "run 2", "nothing is lost");
    }
}

#[test]
#[cfg(debug_assertions)]
fn what_was_staged_since_a_killed_archive_stays() {
    let path = "docs/dispatch/run-1/report.md";
    let changes: [(&[&str], &str); 3] = [
        (&["add", path], "M  docs/dispatch/run-1/report.md"),
        (&["rm", "--quiet", "--force", "--cached", path], "D  docs/dispatch/run-1/report.md"),
        (&["checkout", "--quiet", "--force", "-b", "other", "HEAD~1"], ""),
    ];
    for (change, want) in changes {
        let sandbox = Sandbox::new();
        let repository = worked(&sandbox);
        drain(&repository, 1);
        repository.write(path, "run 2\n");
        kill_archive(&repository, path, "moved");
        fs_err::remove_file(repository.path.join(".git/index.lock")).unwrap();
        repository.write(path, "later\n");
        succeed(repository.command("git").args(change));
        let (ran, json) = coalesce(&repository, &[]);
        assert!(json["repaired"].is_string(), "{ran:?}");
        let status = repository.git(["status", "--porcelain", "--untracked-files=no"]);
        assert_eq!(status, want, "{change:?}");
    }
}

#[test]
#[cfg(debug_assertions)]
fn locks_that_nobody_can_be_told_of_survive_a_repair() {
    for (lock, landed) in
        [("index.lock", false), ("refs/heads/main.lock", false), ("index.lock", true)]
    {
        let sandbox = Sandbox::new();
        let repository = worked(&sandbox);
        drain(&repository, 1);
        let path = "docs/dispatch/run-2/report.md";
        repository.write(path, "run 2\n");
        kill_archive(&repository, path, if landed { "moved" } else { "intended" });
        let lock = repository.path.join(".git").join(lock);
        // As a git that works for long holds it.
        fs_err::write(&lock, "").unwrap();
        let (ran, json) = coalesce(&repository, &[]);
        assert!(lock.exists(), "it may be somebody else's: {ran:?}");
        if landed {
            assert_eq!(ran.code, Some(2), "the index waits: {ran:?}");
        } else {
            let said = json["repaired"].as_str().unwrap_or_default();
            let name = lock.file_name().unwrap().to_str().unwrap();
            assert!(said.contains("took back") && said.contains(name), "{ran:?}");
        }
        fs_err::remove_file(&lock).unwrap();
        let (_, json) = coalesce(&repository, &[]);
        assert_eq!(json["repaired"].is_string(), landed, "what waited is done: {json}");
        let status = repository.git(["status", "--porcelain", "--untracked-files=all"]);
        assert_eq!(status, if landed { "" } else { "?? docs/dispatch/run-2/report.md" });
    }
}

#[test]
fn somebody_elses_lock_of_the_index_is_respected() {
    let sandbox = Sandbox::new();
    let repository = worked(&sandbox);
    let lock = repository.path.join(".git/index.lock");
    fs_err::write(&lock, "").unwrap();
    let head = repository.head();
    let (ran, _) = drain(&repository, 1);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert_eq!(repository.head(), head, "the branch did not move without its index");
    assert!(lock.exists(), "the lock stays");
    fs_err::remove_file(&lock).unwrap();
    assert_eq!(drain(&repository, 1).1["outcome"], "committed", "later it works");
    assert_clean(&repository);
}

#[test]
fn a_fold_by_archive_is_taken_back_with_its_files_staged() {
    let sandbox = Sandbox::new();
    let repository = worked(&sandbox);
    drain(&repository, 1);
    let before = repository.head();
    drain(&repository, 2);
    let (ran, json) = coalesce(&repository, &["undo"]);
    assert_eq!((ran.code, &json["leaves_staged"]), (Some(0), &true.into()), "{ran:?}");
    assert_eq!(repository.head(), before, "back at the archive before");
    assert_eq!(repository.git(["status", "--porcelain"]), "A  docs/dispatch/run-2/report.md");
}
