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

#[test]
fn each_manager_is_told_in_its_own_words_and_no_hook_of_ours_is_written() {
    for (name, wanted) in [
        (
            "lefthook",
            "in lefthook.yml:\npre-push:\n  jobs:\n    - name: git-dos\n      run: if command -v git-dos >/dev/null; then git-dos hook git pre-push -- {1} {2} || [ $? -ne 1 ]; fi\n      use_stdin: true\ncommit-msg:\n  jobs:\n    - name: git-dos\n      run: if command -v git-dos >/dev/null; then git-dos hook git commit-msg -- {1} || [ $? -ne 1 ]; fi\nthen: lefthook install",
        ),
        (
            "husky",
            "in .husky/pre-push:\nlines=$(cat)\nif command -v git-dos >/dev/null; then printf '%s\\n' \"$lines\" | git-dos hook git pre-push -- \"$@\" || [ $? -ne 1 ] || exit 1; fi\n# and pipe \"$lines\" into every other command here that reads them\nin .husky/commit-msg:\nif command -v git-dos >/dev/null; then git-dos hook git commit-msg -- \"$@\" || [ $? -ne 1 ] || exit 1; fi",
        ),
        (
            "pre-commit",
            "in .pre-commit-config.yaml:\nrepos:\n  - repo: local\n    hooks:\n      - id: git-dos-pre-push\n        name: git-dos\n        language: system\n        entry: sh -c 'git-dos audit || [ $? -ne 1 ]'\n        stages: [pre-push]\n        always_run: true\n        pass_filenames: false\n      - id: git-dos-commit-msg\n        name: git-dos\n        language: system\n        entry: sh -c 'git-dos hook git commit-msg -- \"$@\" || [ $? -ne 1 ]' --\n        stages: [commit-msg]\n        always_run: true\nthen: pre-commit install --hook-type pre-push --hook-type commit-msg",
        ),
        ("prek", "then: prek install --hook-type pre-push --hook-type commit-msg"),
        (
            "hk",
            "in hk.pkl, inside hooks { }:\n  [\"pre-push\"] {\n    steps {\n      [\"git-dos\"] { check = \"if command -v git-dos >/dev/null; then git-dos audit || [ $? -ne 1 ]; fi\" }\n    }\n  }\n  [\"commit-msg\"] {\n    steps {\n      [\"git-dos\"] { check = \"if command -v git-dos >/dev/null; then git-dos hook git commit-msg -- {{commit_msg_file}} || [ $? -ne 1 ]; fi\" }\n    }\n  }\nthen: hk install",
        ),
    ] {
        let sandbox = Sandbox::new();
        let repository = sandbox.repository("work");
        let words = ["install", "--via", name, "--events", "pre-push,commit-msg"];
        let ran = run(repository.command(GIT_DOS).args(words).args(["--agent", "claude"]));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        assert!(ran.stdout.ends_with(wanted), "{name}: {}", ran.stdout);
        assert!(!repository.path.join(".git/hooks/pre-push").exists(), "{name}: theirs alone");
        assert!(repository.path.join(".claude/settings.local.json").exists(), "and the agents");
        let ran = run(repository.command(GIT_DOS).args(["install", "--via", name]));
        let serves = !ran.stdout.contains("cannot serve");
        assert_eq!(serves, ["lefthook", "husky"].contains(&name), "{name}: {}", ran.stdout);
        let ran =
            run(repository.command(GIT_DOS).args(["install", "--via", name, "--git", "file"]));
        assert_eq!(ran.code, Some(2), "one way or the other");
    }
}
