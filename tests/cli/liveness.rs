//! What moves a run, what does not, and what cannot be found out.

use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run, succeed};

/// A date long before every run.
const EARLIER: &str = "2020-01-01T00:00:00Z";

/// Limits under which a run without progress is spinning at once.
const IMPATIENT: &str = "[liveness]\ngrace = \"0s\"\n";

/// Commits everything in the worktree at an earlier date.
pub(crate) fn commit_earlier(repository: &Repository<'_>, message: &str) -> String {
    repository.git(["add", "--all"]);
    let mut command = repository.command("git");
    command.args(["commit", "--quiet", "--allow-empty", "--message", message]);
    succeed(command.env("GIT_COMMITTER_DATE", EARLIER).env("GIT_AUTHOR_DATE", EARLIER));
    repository.head()
}

/// A repository whose history is from an earlier day, with impatient limits.
pub(crate) fn history<'sandbox>(sandbox: &'sandbox Sandbox, name: &str) -> Repository<'sandbox> {
    let repository = sandbox.repository(name);
    repository.write("dos.toml", IMPATIENT);
    repository.write("text", "one\n");
    commit_earlier(&repository, "feat: begin");
    repository.write("text", "one\ntwo\n");
    commit_earlier(&repository, "feat: go on");
    repository
}

pub(crate) fn dos(repository: &Repository<'_>, arguments: &[&str]) -> Ran {
    run(repository.command(GIT_DOS).args(arguments))
}

/// Starts a run and returns its id.
pub(crate) fn start(repository: &Repository<'_>, arguments: &[&str]) -> String {
    let ran = dos(repository, &[&["run", "start"], arguments].concat());
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "a run starts");
    ran.stdout
}

/// Asks for all runs, and returns the exit code and the lines without the ids.
fn ask(repository: &Repository<'_>) -> (Option<i32>, String) {
    let ran = dos(repository, &["liveness", "--count"]);
    let words = ran.stdout.split(' ').filter(|word| !word.starts_with("RID-"));
    (ran.code, words.collect::<Vec<_>>().join(" "))
}

/// Asserts that the one run of `repository` is moving or spinning, and that the line says `part`.
#[track_caller]
fn assert_moves(repository: &Repository<'_>, moves: bool, part: &str) {
    let (code, line) = ask(repository);
    let word = if moves { "ADVANCING" } else { "SPINNING" };
    assert!(line.starts_with(word) && line.contains(part), "want {word} with {part:?}: {line}");
    assert_eq!(code, Some(i32::from(!moves)), "{line}");
}

/// Commits as somebody else.
fn commit_as_bob(repository: &Repository<'_>, message: &str) {
    repository.git(["add", "--all"]);
    let mut command = repository.command("git");
    command.args(["-c", "user.name=Bob", "-c", "user.email=bob@example.org", "commit", "--quiet"]);
    succeed(command.args(["--allow-empty", "--message", message]));
}

#[test]
fn a_new_patch_moves_a_run_and_a_mere_commit_does_not() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    start(&repository, &[]);
    assert_moves(&repository, false, "no new patch since");
    repository.commit("feat: nothing at all");
    assert_moves(&repository, false, "(1 empty)");
    repository.write("text", "one\ntwo\nthree\n");
    repository.commit("feat: three");
    assert_moves(&repository, true, "1 new patch since");
    repository.write("text", "one\ntwo\nthree\nfour\n");
    repository.commit("feat: four");
    assert_moves(&repository, true, "2 new patches since");
    let ran = dos(&repository, &["liveness"]);
    assert!(ran.stdout.contains(" a new patch since "), "the newest is enough: {}", ran.stdout);
}

#[test]
fn the_same_patch_twice_is_one() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    start(&repository, &[]);
    for _ in 0..3 {
        repository.write("text", "one\ntwo\nthree\n");
        repository.commit("feat: three");
        repository.write("text", "one\ntwo\n");
        repository.commit("feat: not three");
    }
    assert_moves(&repository, true, "2 new patches since");
}

#[test]
fn an_amend_moves_a_run_only_with_a_new_patch() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    start(&repository, &[]);
    for message in ["feat: go on, said better", "feat: go on, said best"] {
        repository.git(["commit", "--quiet", "--amend", "--message", message]);
        assert_moves(&repository, false, "(1 known before)");
    }
    repository.git(["commit", "--quiet", "--amend", "--reset-author", "--no-edit"]);
    assert_moves(&repository, false, "(1 known before)");
    for (text, moves) in [("one\ntwo\nB\n", true), ("one\ntwo\n", false), ("one\nC\n", true)] {
        repository.write("text", text);
        repository.git(["commit", "--quiet", "--all", "--amend", "--no-edit"]);
        assert_moves(&repository, moves, "since");
    }
}

#[test]
fn an_amend_in_the_second_of_the_start_is_judged_rightly_too() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write("dos.toml", IMPATIENT);
    repository.commit("feat: begin");
    start(&repository, &[]);
    repository.git(["commit", "--quiet", "--amend", "--message", "feat: begin well"]);
    assert_moves(&repository, false, "(1 known before)");
    repository.write("text", "new\n");
    repository.commit("feat: text");
    repository.git(["commit", "--quiet", "--amend", "--message", "feat: text and no more"]);
    assert_moves(&repository, true, "1 new patch since");
}

#[test]
fn commits_of_others_move_no_run() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    repository.git(["checkout", "--quiet", "-b", "side"]);
    repository.git(["checkout", "--quiet", "main"]);
    start(&repository, &[]);
    let other = sandbox.path("other");
    repository.git(["worktree", "add", "--quiet", other.to_str().unwrap(), "side"]);
    let other = Repository { sandbox: &sandbox, path: other };
    other.write("side", "theirs\n");
    other.commit("feat: by the same person elsewhere");
    repository.git(["merge", "--quiet", "side"]);
    assert_moves(&repository, false, "(1 by others)");
    other.write("side", "theirs\nmore\n");
    other.commit("feat: more of it");
    repository.git(["merge", "--quiet", "--no-ff", "--no-edit", "side"]);
    assert_moves(&repository, false, "(2 by others, 1 merged)");
    repository.write("bob", "bob\n");
    // Nobody else works in this worktree; what is committed here is the run's, under whatever name.
    commit_as_bob(&repository, "feat: under another name");
    assert_moves(&repository, true, "1 new patch since");
}

#[test]
fn a_pull_moves_no_run() {
    let sandbox = Sandbox::new();
    let upstream = history(&sandbox, "upstream");
    let folder = sandbox.path("");
    let mut clone = sandbox.command("git", &folder);
    succeed(clone.args(["clone", "--quiet", "upstream", "work"]));
    let repository = Repository { sandbox: &sandbox, path: sandbox.path("work") };
    start(&repository, &[]);
    upstream.write("text", "one\ntwo\nthree\n");
    upstream.commit("feat: by the same person");
    upstream.write("bob", "bob\n");
    commit_as_bob(&upstream, "feat: by bob");
    repository.git(["pull", "--quiet"]);
    assert_moves(&repository, false, "(2 by others)");
    // Without a reflog, names alone tell commits apart.
    fs_err::remove_file(repository.path.join(".git/logs/HEAD")).unwrap();
    assert_moves(&repository, true, "1 new patch since");
}

#[test]
fn another_branch_moves_no_run() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    repository.git(["checkout", "--quiet", "--orphan", "other"]);
    for number in 0..4 {
        repository.write("other", number.to_string());
        commit_earlier(&repository, "feat: unrelated");
    }
    repository.write("other", "the last is younger than the run");
    repository.git(["add", "--all"]);
    let tree = repository.git(["write-tree"]);
    let mut commit = repository.command("git");
    commit.args(["commit-tree", &tree, "-p", "HEAD", "-m", "feat: unrelated"]);
    let late = succeed(commit.env("GIT_COMMITTER_DATE", "2090-01-01T00:00:00Z")).stdout;
    repository.git(["branch", "late", &late]);
    repository.git(["reset", "--quiet", "--hard"]);
    repository.git(["checkout", "--quiet", "main"]);
    start(&repository, &[]);
    repository.git(["checkout", "--quiet", "late"]);
    assert_moves(&repository, false, "(1 by others, 4 dated before the start)");
}

#[test]
fn a_cherry_pick_of_what_was_there_moves_no_run() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    repository.git(["checkout", "--quiet", "-b", "side"]);
    repository.write("side", "side\n");
    commit_earlier(&repository, "feat: side");
    repository.git(["checkout", "--quiet", "main"]);
    start(&repository, &[]);
    repository.git(["cherry-pick", "side"]);
    assert_moves(&repository, false, "(1 known before)");
    // Another file makes it another patch.
    repository.write("more", "more\n");
    repository.git(["add", "more"]);
    repository.git(["commit", "--quiet", "--amend", "--no-edit"]);
    assert_moves(&repository, true, "1 new patch since");
}

#[test]
fn a_rebase_is_followed_by_the_record_of_it() {
    for installed in [true, false] {
        let sandbox = Sandbox::new();
        let repository = history(&sandbox, "work");
        if installed {
            succeed(repository.command(GIT_DOS).args(["install", "--yes", "--agent", "none"]));
        }
        repository.git(["checkout", "--quiet", "-b", "upstream", "HEAD~1"]);
        repository.write("upstream", "theirs\n");
        commit_earlier(&repository, "feat: upstream");
        repository.git(["checkout", "--quiet", "main"]);
        start(&repository, &[]);
        let rebase = repository.command("git").args(["rebase", "--quiet", "upstream"]).output();
        assert!(rebase.unwrap().status.success());
        if installed {
            assert_moves(&repository, false, "(1 known before)");
            repository.write("text", "one\ntwo\nthree\n");
            repository.commit("feat: three");
            assert_moves(&repository, true, "1 new patch since");
        } else {
            let ran = dos(&repository, &["liveness"]);
            assert_eq!(ran.code, Some(2), "nobody knows what became of the start: {ran:?}");
            assert!(ran.stderr.contains("no record says what it became"), "{}", ran.stderr);
            assert!(ran.stderr.contains("hint: git dos install"), "{}", ran.stderr);
        }
    }
}

#[test]
fn archives_move_no_run_and_a_fold_of_the_start_is_followed() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    let archive = |number: u32| {
        repository.write(&format!("docs/dispatch/{number}.md"), format!("run {number}\n"));
        repository.commit(&format!(
            "docs/dispatch: archive 20260601T00000{number}Z \u{2014} verdict=DRAIN, drained [cause:empty]"
        ))
    };
    archive(1);
    let second = archive(2);
    start(&repository, &[]);
    let ran = dos(&repository, &["coalesce"]);
    assert!(ran.stdout.starts_with("folded "), "{ran:?}");
    assert_ne!(repository.head(), second, "the start is not in the history any more");
    assert_moves(&repository, false, "(1 archives)");
    archive(3);
    assert_moves(&repository, false, "(2 archives)");
    repository.write("text", "new\n");
    repository.write("docs/dispatch/4.md", "run 4\n");
    repository.commit(
        "docs/dispatch: archive 20260601T000004Z \u{2014} verdict=DRAIN, drained [cause:empty]",
    );
    assert_moves(&repository, true, "1 new patch since");
}

#[test]
fn a_start_that_is_not_to_be_found_is_no_answer() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    let unborn = sandbox.repository("unborn");
    start(&unborn, &[]);
    unborn.write("text", "first\n");
    unborn.commit("feat: first");
    assert_eq!(dos(&unborn, &["liveness"]).code, Some(0), "no start commit: all of it is new");
    start(&repository, &[]);
    repository.git(["reset", "--quiet", "--hard", "HEAD~1"]);
    let ran = dos(&repository, &["liveness", "--porcelain"]);
    assert_eq!(ran.code, Some(2), "the branch went back behind the start");
    assert!(ran.stdout.ends_with(" UNKNOWN") && ran.stderr.contains("is not in the history"));
    repository.git(["reflog", "expire", "--expire=now", "--all"]);
    repository.git(["gc", "--quiet", "--prune=now"]);
    let ran = dos(&repository, &["liveness"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("is not in this repository"), "{}", ran.stderr);
    let folder = sandbox.path("");
    let url = format!("file://{}", repository.path.display());
    repository.write("text", "three\n");
    repository.commit("feat: three");
    let mut clone = sandbox.command("git", &folder);
    succeed(clone.args(["clone", "--quiet", "--depth=1", &url, "shallow"]));
    let shallow = Repository { sandbox: &sandbox, path: sandbox.path("shallow") };
    fs_err::create_dir_all(shallow.path.join(".git/dos")).unwrap();
    let copy = |name: &str| {
        let (from, to) = (repository.state("runs"), shallow.state("runs"));
        fs_err::create_dir_all(&to).unwrap();
        let text = fs_err::read_to_string(from.join(name)).unwrap();
        let here =
            |path: &std::path::Path| fs_err::canonicalize(path).unwrap().display().to_string();
        fs_err::write(to.join(name), text.replace(&here(&repository.path), &here(&shallow.path)))
            .unwrap();
    };
    for entry in fs_err::read_dir(repository.state("runs")).unwrap() {
        copy(entry.unwrap().file_name().to_str().unwrap());
    }
    let ran = dos(&shallow, &["liveness"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("hint: git "), "{}", ran.stderr);
}

#[test]
fn work_since_a_commit_needs_no_run() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    for (arguments, code, part) in [
        (&["--since", "HEAD~1"][..], 0, "ADVANCING a new patch since"),
        (&["--since", "HEAD"], 1, "STALLED no new patch since"),
        (&["--since", "HEAD", "--heartbeat-age", "5m"], 1, "SPINNING no new patch since"),
        (&["--since", "HEAD", "--heartbeat-age", "16m"], 1, "last sign of life 16 min ago"),
        (&["--since", "HEAD", "--porcelain"], 1, "STALLED"),
    ] {
        let ran = dos(&repository, &[&["liveness"], arguments].concat());
        assert_eq!(ran.code, Some(code), "{arguments:?}: {ran:?}");
        assert!(ran.stdout.contains(part), "{arguments:?}: {}", ran.stdout);
    }
    for wrong in ["--since=nowhere", "--since=HEAD:text", "--since="] {
        let ran = dos(&repository, &["liveness", wrong]);
        assert_eq!((ran.code, &*ran.stdout), (Some(2), ""), "{wrong}: {ran:?}");
    }
    let ran = dos(&repository, &["liveness", "RID-\u{1b}[31m"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("\\u{1b}") && !ran.stderr.contains('\u{1b}'), "{}", ran.stderr);
}

#[test]
fn the_name_of_a_commit_is_never_an_option_of_git() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    for words in [
        &["liveness", "--since=--output=stolen"][..],
        &["audit", "--", "--output=stolen"],
        &["audit", "--", "--output=stolen..HEAD"],
        &["verify", "AUTH", "AUTH1", "--target=--output=stolen"],
        &["effect", "text", "--before-rev=--output=stolen"],
    ] {
        let ran = dos(&repository, words);
        assert_eq!(ran.code, Some(2), "{words:?}: {ran:?}");
        assert!(ran.stderr.contains("--output=stolen") && !ran.stderr.contains("Usage"), "{ran:?}");
        let left = repository.git(["status", "--porcelain", "--ignored"]);
        assert_eq!(left, "", "{words:?} writes no file");
    }
}

#[test]
fn a_shallow_clone_says_that_it_cannot_know() {
    let sandbox = Sandbox::new();
    let origin = history(&sandbox, "origin");
    let folder = sandbox.path("");
    let url = format!("file://{}", origin.path.display());
    let mut clone = sandbox.command("git", &folder);
    succeed(clone.args(["clone", "--quiet", "--depth=1", &url, "shallow"]));
    let shallow = Repository { sandbox: &sandbox, path: sandbox.path("shallow") };
    let side = shallow.git(["commit-tree", "HEAD^{tree}", "-m", "elsewhere"]);
    let ran = dos(&shallow, &["liveness", "--since", &side]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("git fetch --unshallow"), "{}", ran.stderr);
}
