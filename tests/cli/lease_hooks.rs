//! What a commit and a push are told that reach into the lane of somebody else.

use crate::lease::{laned, lease_in};
use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run};

/// Puts the hook in place that nobody installs yet.
fn hooked(repository: &Repository<'_>) {
    repository.mark_installed();
    for name in ["pre-commit", "pre-push"] {
        repository.hook(name, &format!("#!/bin/sh\nexec {GIT_DOS} hook git {name} -- \"$@\"\n"));
    }
}

fn acquire(repository: &Repository<'_>, lane: &str, owner: &str) {
    let ran = lease_in(repository.sandbox, &repository.path, &["acquire", lane, "--owner", owner]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

/// Commits a new version of `path` as `session`.
fn commit(repository: &Repository<'_>, path: &str, session: &str) -> Ran {
    repository.write(path, session);
    repository.git(["add", "--all"]);
    let mut command = repository.command("git");
    command.env("CLAUDE_CODE_SESSION_ID", session);
    run(command.args(["commit", "--quiet", "--allow-empty", "-m", "docs: change"]))
}

/// Takes the lane `api` as `session`.
fn hold(repository: &Repository<'_>, session: &str, ttl: &str) {
    let mut command = repository.command(GIT_DOS);
    command.env("CLAUDE_CODE_SESSION_ID", session);
    let ran = run(command.args(["lease", "acquire", "api", "--ttl", ttl]));
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

fn faults(repository: &Repository<'_>) -> usize {
    repository.journal("log/hook-errors.jsonl").len()
}

#[test]
fn a_commit_into_anothers_lane_is_refused_with_a_way_forward() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    hooked(&repository);
    assert_eq!(commit(&repository, "src/api/f.rs", "me").code, Some(0), "nobody holds anything");
    hold(&repository, "other", "50m");
    let refused = commit(&repository, "src/api/f.rs", "me again");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let lines: Vec<&str> = refused.stderr.lines().collect();
    assert!(
        lines[0].starts_with("git-dos: src/api/f.rs is in lane api, which session other in "),
        "{refused:?}"
    );
    assert_eq!(
        lines[1],
        "git-dos: commit refused: leave these files out; or git commit --no-verify"
    );
    repository.git(["reset", "--quiet", "--hard"]);
    assert_eq!(commit(&repository, "docs/a.md", "me").code, Some(0), "outside of it");
    assert_eq!(commit(&repository, "src/api/f.rs", "other").code, Some(0), "its holder");
    repository.git(["config", "dos.mode", "advise"]);
    let told = commit(&repository, "src/api/f.rs", "me");
    assert_eq!((told.code, told.stderr.lines().count()), (Some(0), 2), "{told:?}");
    repository.git(["config", "dos.mode", "observe"]);
    assert_eq!(commit(&repository, "src/api/f.rs", "you").stderr, "");
    assert_eq!(faults(&repository), 2, "both are written down");
}

#[test]
#[cfg(target_os = "linux")]
fn a_name_that_is_no_text_does_not_get_into_a_lane() {
    use std::os::unix::ffi::OsStrExt as _;

    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    hooked(&repository);
    hold(&repository, "other", "50m");
    let name = std::ffi::OsStr::from_bytes(b"src/api/\xff.rs");
    fs_err::create_dir_all(repository.path.join("src/api")).unwrap();
    fs_err::write(repository.path.join(name), "x").unwrap();
    let refused = commit(&repository, "docs/a.md", "me");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("is in lane api"), "{refused:?}");
}

#[test]
fn a_holder_that_slept_through_the_end_of_its_lease_is_stopped() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    hooked(&repository);
    hold(&repository, "sleeper", "1s");
    assert_eq!(commit(&repository, "src/api/f.rs", "sleeper").code, Some(0), "still its own");
    let linked = sandbox.path("linked");
    repository.git(["worktree", "add", "--quiet", linked.to_str().unwrap()]);
    let words = ["acquire", "api", "--owner", "next", "--wait", "60s"];
    let ran = lease_in(&sandbox, &linked, &words);
    assert_eq!(ran.code, Some(0), "its time is over: {ran:?}");
    let refused = commit(&repository, "src/api/g.rs", "sleeper");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("src/api/g.rs is in lane api, which next in "), "{refused:?}");
}

/// What an agent does for its owner: it asks the hook before it edits `file`, and commits what it made of it.
const AGENT: &str = r#"
printf '{"session_id":"%s","transcript_path":"/t.jsonl","hook_event_name":"PreToolUse","cwd":"%s","tool_name":"Edit","tool_input":{"file_path":"%s"}}' \
    "$2" "$PWD" "$1" | "$GIT_DOS" hook agent
mkdir -p "$(dirname "$1")" && echo "$2" > "$1" && git add "$1" && git commit --quiet -m "src: change a file"
"#;

#[test]
fn whoever_was_started_with_a_lane_works_there_and_in_no_lane_of_another_owner() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    hooked(&repository);
    acquire(&repository, "web", "bob");
    let agent = |file: &str, session: &str| {
        let mut command = repository.command(GIT_DOS);
        command.env("GIT_DOS", GIT_DOS);
        command.args(["lease", "acquire", "api", "--owner", "ada", "--run", "--"]);
        run(command.args(["sh", "-c", AGENT, "agent", file, session]))
    };
    for session in ["first", "second"] {
        let own = agent("src/api/new.rs", session);
        assert_eq!((own.code, &*own.stdout), (Some(0), ""), "its own lane: {own:?}");
    }
    let refused = agent("app/new.rs", "first");
    assert!(refused.stdout.contains("app/new.rs is in lane web, which bob in "), "{refused:?}");
    assert!(refused.code == Some(1) && refused.stderr.contains("commit refused"), "{refused:?}");
}

#[test]
fn a_commit_goes_by_the_name_and_without_one_by_the_worktree() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    hooked(&repository);
    acquire(&repository, "api", "ada");
    let linked = sandbox.path("linked");
    repository.git(["worktree", "add", "--quiet", linked.to_str().unwrap()]);
    for (folder, name, is_own) in [
        (&repository.path, "", true),
        (&repository.path, "ada", true),
        (&repository.path, "bob", false),
        (&linked, "", false),
        (&linked, "ada", true),
    ] {
        fs_err::create_dir_all(folder.join("src/api")).unwrap();
        fs_err::write(folder.join("src/api/f.rs"), format!("by {name:?}")).unwrap();
        run(sandbox.command("git", folder).args(["add", "--all"]));
        let mut commit = sandbox.command("git", folder);
        commit.env("GIT_DOS_OWNER", name);
        let ran = run(commit.args(["commit", "--quiet", "--allow-empty", "-m", "docs: change"]));
        assert_eq!(ran.code == Some(0), is_own, "{name:?} in {}: {ran:?}", folder.display());
    }
}

#[test]
fn leases_that_cannot_be_read_stop_no_commit() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    hooked(&repository);
    let head = repository.head();
    repository.git(["update-ref", "refs/dos/leases", &head]);
    let ran = commit(&repository, "src/api/f.rs", "me");
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "{ran:?}");
    assert_eq!(faults(&repository), 1, "a line says what is wrong");
}

#[test]
fn a_push_of_what_was_committed_into_anothers_lane_is_refused() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let bare = sandbox.bare("remote.git");
    repository.git(["remote", "add", "origin", bare.to_str().unwrap()]);
    repository.git(["push", "--quiet", "origin", "main"]);
    hooked(&repository);
    repository.write("src/api/old.rs", "");
    repository.git(["add", "--all"]);
    let mut command = repository.command("git");
    command.env("GIT_COMMITTER_DATE", "2020-01-01T00:00:00Z");
    let ran = run(command.args(["commit", "--quiet", "-m", "src: add what is old"]));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    acquire(&repository, "api", "next");
    let linked = sandbox.path("linked");
    repository.git(["worktree", "add", "--quiet", linked.to_str().unwrap()]);
    let push = || {
        let mut command = sandbox.command("git", &linked);
        run(command.args(["push", "--quiet", "origin", "HEAD:main"]))
    };
    let ran = push();
    assert_eq!(ran.code, Some(0), "made before the lease was given: {ran:?}");
    fs_err::write(linked.join("src/api/g.rs"), "x").unwrap();
    let mut add = sandbox.command("git", &linked);
    run(add.args(["add", "--all"]));
    let mut commit = sandbox.command("git", &linked);
    run(commit.args(["commit", "--quiet", "--no-verify", "-m", "src: add g to the api"]));
    let refused = push();
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(
        refused.stderr.contains("src/api/g.rs is in lane api, which next in ")
            && refused.stderr.contains("push refused: wait for the holder, or ask"),
        "{refused:?}"
    );
    repository.git(["config", "dos.mode", "advise"]);
    let told = push();
    assert!(told.code == Some(0) && told.stderr.contains("the push goes on"), "{told:?}");
}
