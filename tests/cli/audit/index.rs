//! A message against the index, before the commit exists.

use super::{Answer, Row, assert_refused, audit, begun};
use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run, write_program};

const REPAIR: &str = "pub fn parse(text: &str) -> Option<u8> {\n    text.parse().ok()\n}\n";

/// Judges `message` against the index.
fn judged<'a>(repository: &Repository<'_>, message: impl Into<&'a [u8]>) -> Ran {
    let file = repository.sandbox.path("message");
    fs_err::write(&file, message.into()).unwrap();
    let file = file.to_str().unwrap();
    audit(repository, ["--format", "json", "--index", "--message-file", file])
}

#[track_caller]
fn row(ran: &Ran) -> Row {
    Answer::read(ran).row().clone()
}

/// A repository whose index holds a repair of the parser.
fn staged(sandbox: &Sandbox) -> Repository<'_> {
    let repository = begun(sandbox, "work");
    repository.write("src/parse.rs", REPAIR);
    repository.git(["add", "--all"]);
    repository
}

#[test]
fn a_message_is_held_against_what_is_staged() {
    let sandbox = Sandbox::new();
    let repository = staged(&sandbox);
    let ran = judged(&repository, b"fix: parse numbers\n".as_slice());
    assert_eq!((ran.code, row(&ran).verdict.as_str()), (Some(0), "OK"), "{ran:?}");
    assert_eq!(row(&ran).files, ["src/parse.rs"]);
    let ran = judged(&repository, b"Bump serde to 1.0.204 in Cargo.lock\n".as_slice());
    assert_eq!(row(&ran).verdict, "WARN", "{ran:?}");
    repository.git(["reset", "--quiet"]);
    let ran = judged(&repository, b"fix: parse numbers\n".as_slice());
    assert_eq!((ran.code, row(&ran).rule.as_str()), (Some(1), "empty"), "staged, not only edited");
}

#[test]
fn what_git_will_cut_from_the_message_is_not_read() {
    let sandbox = Sandbox::new();
    let repository = staged(&sandbox);
    let template = "\n# Please enter the commit message\n#\n# On branch main\n\
                    \nfix: parse numbers\n\nBody.\n# Changes to be committed:\n";
    assert_eq!(row(&judged(&repository, template.as_bytes())).subject, "fix: parse numbers");
    let scissors = "fix: parse\nnumbers\n\
        # ------------------------ >8 ------------------------\n\
        # Do not modify or remove the line above.\ndiff --git a/x b/x\n";
    assert_eq!(row(&judged(&repository, scissors.as_bytes())).subject, "fix: parse numbers");
    repository.git(["config", "core.commentChar", ";"]);
    let other = "; a comment\n#12: parse numbers\n; another\n";
    assert_eq!(row(&judged(&repository, other.as_bytes())).subject, "#12: parse numbers");
    repository.git(["config", "core.commentChar", "auto"]);
    let ran = judged(&repository, b"# a comment\nfix: parse numbers\n".as_slice());
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn a_message_of_comments_alone_claims_nothing() {
    let sandbox = Sandbox::new();
    let repository = staged(&sandbox);
    for message in ["", "\n\n", "# only a comment\n"] {
        let ran = judged(&repository, message.as_bytes());
        assert_eq!(ran.code, Some(0), "git will refuse it, not we: {ran:?}");
    }
    let ran = judged(&repository, b"fix: caf\xe9 \x1b[31m parse\n".as_slice());
    assert_eq!(ran.code, Some(0), "other encodings are read: {ran:?}");
    assert!(!ran.stdout.contains('\u{1b}'));
}

#[test]
fn the_first_commit_is_held_against_the_empty_tree() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write("src/parse.rs", REPAIR);
    repository.git(["add", "--all"]);
    let ran = judged(&repository, b"feat: parse numbers\n".as_slice());
    assert_eq!((ran.code, row(&ran).files), (Some(0), vec!["src/parse.rs".to_owned()]));
    repository.git(["rm", "--quiet", "--cached", "src/parse.rs"]);
    let ran = judged(&repository, b"feat: parse numbers\n".as_slice());
    assert_eq!(ran.code, Some(1), "nothing staged: {ran:?}");
    fs_err::remove_file(repository.path.join(".git/index")).unwrap();
    let ran = judged(&repository, b"feat: parse numbers\n".as_slice());
    assert_eq!(ran.code, Some(1), "not even an index: {ran:?}");
}

#[test]
fn conflicts_in_the_index_cannot_be_judged() {
    let sandbox = Sandbox::new();
    let repository = staged(&sandbox);
    repository.commit("fix: parse numbers");
    repository.git(["checkout", "--quiet", "-b", "side", "HEAD~1"]);
    repository.write("src/parse.rs", "pub fn parse() {}\n");
    repository.commit("fix: parse nothing");
    assert_eq!(repository.try_git(["merge", "--quiet", "main"]).code, Some(1), "a conflict");
    let ran = judged(&repository, b"fix: parse numbers\n".as_slice());
    assert_refused(&ran, &["unmerged"]);
}

#[test]
fn deleted_renamed_and_announced_files() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "work");
    repository.write("src/later.rs", "pub fn later() {}\n");
    repository.git(["add", "--intent-to-add", "src/later.rs"]);
    let ran = judged(&repository, b"feat: later\n".as_slice());
    assert_eq!(row(&ran).rule, "empty", "a file that is only announced: {ran:?}");
    repository.git(["rm", "--quiet", "--cached", "--force", "src/later.rs"]);
    repository.git(["mv", "src/parse.rs", "src/read.rs"]);
    let ran = judged(&repository, b"Rename parse to read\n".as_slice());
    assert_eq!(row(&ran).verdict, "OK", "{ran:?}");
    repository.git(["rm", "--quiet", "--force", "src/read.rs"]);
    let ran = judged(&repository, b"Remove the parser\n".as_slice());
    assert_eq!(row(&ran).verdict, "OK", "{ran:?}");
}

/// `git commit -a` and `git commit FILE` stage in another index, which `GIT_INDEX_FILE` names.
#[test]
fn a_hook_of_the_users_own_sees_the_index_of_the_commit() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "work");
    let hook = format!("#!/bin/sh\nexec '{GIT_DOS}' audit --index --message-file \"$1\"\n");
    write_program(&repository.path.join(".git/hooks/commit-msg"), &hook);
    repository.write("src/parse.rs", REPAIR);
    let ran = repository.try_git(["commit", "--quiet", "--all", "-m", "fix: parse numbers"]);
    assert_eq!(ran.code, Some(0), "commit --all: {ran:?}");
    repository.write("src/parse.rs", REPAIR.replace("u8", "u16"));
    repository.write("src/other.rs", "pub fn other() {}\n");
    repository.git(["add", "src/other.rs"]);
    let message = "fix: parse larger numbers";
    let ran = repository.try_git(["commit", "--quiet", "-m", message, "src/parse.rs"]);
    assert_eq!(ran.code, Some(0), "commit FILE: {ran:?}");
    let ran = repository.try_git(["commit", "--quiet", "--allow-empty", "--only", "-m", message]);
    assert_eq!(ran.code, Some(1), "an empty commit beside a full index: {ran:?}");
}

#[test]
fn the_question_must_be_whole() {
    let sandbox = Sandbox::new();
    let repository = staged(&sandbox);
    let file = sandbox.path("message");
    let file = file.to_str().unwrap();
    assert_refused(&audit(&repository, ["--index", "--message-file", file]), &[file]);
    fs_err::write(file, "fix: parse numbers\n").unwrap();
    for arguments in [
        ["--index", "--quiet", "--quiet"],
        ["--quiet", "--message-file", file],
        ["--index", "--all", "--quiet"],
        ["--all", "--stdin", "--quiet"],
        ["--all", "HEAD", "--quiet"],
        ["--stdin", "HEAD", "--quiet"],
    ] {
        assert_refused(&audit(&repository, arguments), &[]);
    }
    let ran =
        run(repository.command(GIT_DOS).args(["audit", "--index", "--message-file", file, "HEAD"]));
    assert_refused(&ran, &[]);
}

#[test]
fn an_amend_is_held_against_what_it_replaces() {
    let sandbox = Sandbox::new();
    let repository = staged(&sandbox);
    repository.git(["commit", "--quiet", "--message", "parse numbers"]);
    let file = repository.sandbox.path("message");
    fs_err::write(&file, "fix: parse numbers\n").unwrap();
    let file = file.to_str().unwrap();
    let ran = audit(&repository, ["--format", "json", "--index", "--message-file", file]);
    assert_eq!(row(&ran).rule, "empty", "a new commit would be empty");
    let ran =
        audit(&repository, ["--format", "json", "--index", "--amend", "--message-file", file]);
    assert_eq!((ran.code, row(&ran).verdict.as_str()), (Some(0), "OK"), "{ran:?}");
}
