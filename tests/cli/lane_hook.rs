//! Git asks before a commit where there are lanes, and nowhere else.

use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run};

const LANES: &str = "[lanes.trees]\napi = [\"src/api/**\"]\n";

/// Runs git-dos beside a git that runs no hooks from its configuration.
fn dos(repository: &Repository<'_>, words: &[&str]) -> Ran {
    let path = repository.sandbox.path_with_older_git();
    run(repository.command(GIT_DOS).env("PATH", path).args(words))
}

fn installed(repository: &Repository<'_>) {
    let ran = dos(repository, &["install", "--agent", "none"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

fn hooks(repository: &Repository<'_>) -> Vec<String> {
    let names = fs_err::read_dir(repository.path.join(".git/hooks")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| !name.ends_with(".sample")).collect();
    names.sort_unstable();
    names
}

#[test]
fn the_hook_comes_and_goes_with_the_lanes() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.commit("docs: begin");
    let before = hooks(&repository);
    installed(&repository);
    let usual = ["post-commit", "post-rewrite", "pre-push"];
    assert_eq!(hooks(&repository), usual, "no lanes");
    assert_eq!(dos(&repository, &["status"]).code, Some(0));

    repository.write("dos.toml", LANES);
    let status = dos(&repository, &["status"]);
    assert_eq!(status.code, Some(1), "{status:?}");
    let line = status.stdout.lines().find(|line| line.contains("pre-commit"));
    assert!(line.is_some_and(|line| line.contains("MISSING")), "{status:?}");
    installed(&repository);
    assert_eq!(hooks(&repository), ["post-commit", "post-rewrite", "pre-commit", "pre-push"]);
    assert_eq!(dos(&repository, &["status"]).code, Some(0));

    fs_err::remove_file(repository.path.join("dos.toml")).unwrap();
    installed(&repository);
    assert_eq!(hooks(&repository), usual, "the lanes are gone, and so is their hook");
    repository.write("dos.toml", LANES);
    installed(&repository);
    assert_eq!(dos(&repository, &["uninstall"]).code, Some(0));
    assert_eq!(hooks(&repository), before, "nothing is left");
}

#[test]
fn the_installed_hook_stops_a_commit_into_anothers_lane_and_runs_the_hook_that_was_there() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write("dos.toml", LANES);
    repository.commit("docs: begin");
    let ran = sandbox.path("ran");
    repository.hook("pre-commit", &format!("#!/bin/sh\necho once >> '{}'\n", ran.display()));
    installed(&repository);
    repository.git(["config", "dos.mode", "gate"]);
    let taken = run(repository
        .command(GIT_DOS)
        .env("CLAUDE_CODE_SESSION_ID", "other")
        .args(["lease", "acquire", "api"]));
    assert_eq!(taken.code, Some(0), "{taken:?}");

    let commit = |path: &str| {
        repository.write(path, "text");
        repository.git(["add", path]);
        let mut command = repository.command("git");
        command.env("CLAUDE_CODE_SESSION_ID", "me");
        run(command.args(["commit", "--quiet", "-m", "docs: add a text"]))
    };
    let refused = commit("src/api/a.txt");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("src/api/a.txt is in lane api"), "{refused:?}");
    repository.git(["reset", "--quiet"]);
    assert_eq!(commit("docs/a.txt").code, Some(0), "outside of the lane");
    assert_eq!(fs_err::read_to_string(&ran).unwrap(), "once\n", "after ours let the commit pass");
}
