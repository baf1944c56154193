//! What programs that manage hooks are told to run: it exists, and refuses what it should.

use std::ffi::OsString;
use std::path::Path;

use crate::support::{GIT_DOS, Repository, Sandbox, run};

/// The entry of each hook in `.pre-commit-hooks.yaml`, folded as YAML folds it.
fn entries() -> Vec<(String, String)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    let text = fs_err::read_to_string(file).unwrap();
    let hooks = text.split("- id: ").skip(1).map(|hook| {
        let id = hook.lines().next().unwrap().to_owned();
        let entry = hook.split_once("  entry: ").unwrap().1;
        let mut lines = entry.lines();
        let first = lines.next().unwrap();
        let folded = lines.take_while(|line| line.starts_with("      ")).map(str::trim);
        let words: Vec<&str> = if first == ">-" { folded.collect() } else { vec![first] };
        (id, words.join(" "))
    });
    hooks.collect()
}

/// Runs `entry` as pre-commit does, in an environment with `variables`, and returns its exit code.
fn run_entry(
    repository: &Repository<'_>,
    entry: &str,
    words: &[&str],
    variables: &[(&str, &str)],
) -> Option<i32> {
    let (script, rest) = entry.strip_prefix("sh -c '").unwrap().rsplit_once('\'').unwrap();
    let mut command = repository.command("sh");
    let bin = Path::new(GIT_DOS).parent().unwrap().as_os_str();
    let path = command.get_envs().find(|(name, _)| *name == "PATH").unwrap().1.unwrap();
    let path: OsString = [bin, path].join(OsString::from(":").as_os_str());
    command.env("PATH", path).envs(variables.iter().copied()).args(["-c", script]);
    let ran = run(command.args(rest.split_whitespace()).args(words));
    ran.code
}

#[test]
fn the_hooks_for_pre_commit_refuse_what_git_dos_refuses() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    let root = repository.commit("docs: begin");
    repository.write("README.md", "one line\n");
    let honest = repository.commit("docs: say what it is");
    let claim = repository.commit("fix: stop the crash");
    let zero = "0".repeat(40);
    repository.write(".git/MESSAGE", "fix: stop the other crash\n");
    repository.write(".git/HONEST", "fixup! docs: begin\n");
    let entries = entries();
    let ids: Vec<&str> = entries.iter().map(|(id, _)| id.as_str()).collect();
    let wanted = [
        "git-dos-audit",
        "git-dos-audit-system",
        "git-dos-commit-msg",
        "git-dos-commit-msg-system",
    ];
    assert_eq!(ids, wanted);
    for (id, entry) in &entries {
        if id.contains("commit-msg") {
            let code = |file| run_entry(&repository, entry, &[file], &[]);
            assert_eq!(code(".git/MESSAGE"), Some(1), "{id}");
            assert_eq!(code(".git/HONEST"), Some(0), "{id}");
            assert_eq!(code(".git/gone"), Some(0), "{id}: a fault of ours stops nobody");
            continue;
        }
        let push = |from: &str, to: &str| {
            let mut variables = vec![
                ("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/main"),
                ("PRE_COMMIT_REMOTE_BRANCH", "refs/heads/main"),
                ("PRE_COMMIT_REMOTE_NAME", "origin"),
                ("PRE_COMMIT_REMOTE_URL", "../origin"),
            ];
            if !from.is_empty() {
                variables.extend([("PRE_COMMIT_FROM_REF", from), ("PRE_COMMIT_TO_REF", to)]);
            }
            run_entry(&repository, entry, &[], &variables)
        };
        assert_eq!(push(&root, &honest), Some(0), "{id}: an honest commit");
        assert_eq!(push(&root, &claim), Some(1), "{id}: one that claims what it does not do");
        assert_eq!(push(&zero, &claim), Some(1), "{id}: a new branch");
        assert_eq!(push("", ""), Some(1), "{id}: everything, where no range is named");
        assert_eq!(run_entry(&repository, entry, &[], &[]), Some(1), "{id}: by hand");
        assert_eq!(push(&claim, &claim), Some(0), "{id}: it is there already");
        // What went through once is not judged again.
        fs_err::remove_dir_all(repository.state("")).unwrap();
    }
}
