//! `[audit]` in `dos.toml`.

use super::{answer, assert_refused, audit, begun, forged};
use crate::support::{Repository, Sandbox};

/// A repository whose newest commit announces tests and brings none.
fn without_tests(sandbox: &Sandbox) -> Repository<'_> {
    let repository = begun(sandbox, "work");
    repository.write("checks/first.txt", "1 -> 1\n");
    repository.commit("Begin a list of checks");
    repository.write("src/parse.rs", "pub fn parse(text: &str) -> Option<u8> {\n    Some(1)\n}\n");
    repository.commit("Add tests for the parser");
    repository
}

fn verdict(repository: &Repository<'_>) -> (String, Option<i32>) {
    let judged = answer(repository, ["HEAD"]);
    (format!("{}/{}", judged.row().verdict, judged.row().rule), judged.code)
}

#[test]
fn a_repository_that_names_its_test_paths_is_held_to_them() {
    let sandbox = Sandbox::new();
    let repository = without_tests(&sandbox);
    assert_eq!(verdict(&repository), ("WARN/test-missing".to_owned(), Some(0)));
    repository.write("dos.toml", "[audit.paths]\ntest = [\"checks/*\"]\n");
    assert_eq!(verdict(&repository), ("CLAIM_UNWITNESSED/test-missing".to_owned(), Some(1)));
    repository.write("checks/second.txt", "2 -> 2\n");
    repository.git(["add", "checks"]);
    repository.git(["commit", "--quiet", "--amend", "--no-edit"]);
    assert_eq!(verdict(&repository), ("OK/".to_owned(), Some(0)), "and its tests are found there");
}

#[test]
fn levels_are_set_by_rule() {
    let sandbox = Sandbox::new();
    let repository = without_tests(&sandbox);
    for (level, wanted) in [
        ("gate", ("CLAIM_UNWITNESSED/test-missing", 1)),
        ("advise", ("WARN/test-missing", 0)),
        ("off", ("OK/", 0)),
    ] {
        repository.write("dos.toml", format!("[audit.levels]\ntest-missing = \"{level}\"\n"));
        let wanted = (wanted.0.to_owned(), Some(wanted.1));
        assert_eq!(verdict(&repository), wanted, "test-missing = {level}");
    }
    repository.git(["commit", "--quiet", "--allow-empty", "-m", "fix: the parser"]);
    repository.write("dos.toml", "[audit.levels]\nempty = \"advise\"\n");
    assert_eq!(verdict(&repository), ("WARN/empty".to_owned(), Some(0)), "a gate is lowered");
}

#[test]
fn ignored_subjects_are_not_judged() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "work");
    forged(&repository, "fix: [bot] sync 2026-11-20");
    assert_eq!(verdict(&repository).1, Some(1));
    repository.write("dos.toml", "[audit]\nignore = [\"fix: [bot] sync *\"]\n");
    let (said, code) = verdict(&repository);
    assert_eq!((said.starts_with("ABSTAIN"), code), (true, Some(0)), "{said}");
    forged(&repository, "fix: [bot] resync");
    assert_eq!(verdict(&repository).1, Some(1), "only what the pattern matches");
}

#[test]
fn prose_may_be_declared_to_answer_any_claim() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "work");
    repository.write("README.md", "It parses numbers.\n");
    repository.commit("feat: parse numbers");
    assert_eq!(verdict(&repository).0, "WARN/doc-only");
    repository.write("dos.toml", "[audit]\ndocs_satisfy_code_claim = true\n");
    assert_eq!(verdict(&repository).0, "OK/");
}

#[test]
fn a_mistake_in_the_policy_is_named_with_its_place() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "work");
    for (text, place, word) in [
        ("[audit]\n\nignored = []\n", "dos.toml:3", "ignored"),
        ("[audit]\nignore = 7\n", "dos.toml:2", "7"),
        ("[audit\n", "dos.toml:1", ""),
        ("[audit.levels]\nno-such-rule = \"off\"\n", "dos.toml:2", "no-such-rule"),
        ("[audit.levels]\n\nempty = \"sometimes\"\n", "dos.toml:3", "sometimes"),
        ("[audit.paths]\ntests = [\"x\"]\n", "dos.toml:2", "tests"),
        ("[audit.words]\nnowhere = [\"x\"]\n", "dos.toml:2", "nowhere"),
    ] {
        repository.write("dos.toml", text);
        let ran = audit(&repository, []);
        assert_refused(&ran, &[place, word]);
    }
    fs_err::write(repository.path.join("dos.toml"), b"[audit]\nignore = [\"\xff\"]\n").unwrap();
    assert_refused(&audit(&repository, []), &["dos.toml"]);
    fs_err::remove_file(repository.path.join("dos.toml")).unwrap();
    fs_err::create_dir(repository.path.join("dos.toml")).unwrap();
    assert_refused(&audit(&repository, []), &["dos.toml"]);
}

#[test]
fn tables_of_others_are_no_mistake() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "work");
    repository.write("dos.toml", "[paths]\nmain = [\"src\"]\n\n[stamp]\nstyle = \"phase\"\n");
    let ran = audit(&repository, []);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.starts_with("OK "), "{ran:?}");
}

#[test]
fn a_branch_cannot_loosen_the_rules_it_is_judged_by() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "work");
    repository.write("dos.toml", "[audit.levels]\nempty = \"gate\"\n");
    repository.commit("Add a policy");
    repository.git(["branch", "agreed"]);
    repository.write("dos.toml", "[audit.levels]\nempty = \"off\"\n");
    repository.commit("Turn a rule off in dos.toml");
    forged(&repository, "fix: the parser");
    assert_eq!(verdict(&repository).1, Some(0), "the worktree's policy counts by default");
    repository.git(["config", "dos.policyRef", "agreed"]);
    assert_eq!(verdict(&repository).1, Some(1), "the agreed one counts when there is one");
    repository.git(["config", "dos.policyRef", "agreed~1"]);
    assert_eq!(verdict(&repository).1, Some(1), "a revision without a file has the defaults");
    repository.git(["config", "dos.policyRef", "nowhere"]);
    assert_refused(&audit(&repository, ["HEAD"]), &["nowhere"]);
}
