//! Commits and files whose bytes are chosen to do harm, and files that cannot be read as text.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Output;

use serde_json::Value;

use super::{answer, audit, begun};
use crate::support::{GIT_DOS, Repository, Sandbox, run_with_input};

/// A file name with an escape sequence, a line feed, a quote, a workflow command, a bidirectional
/// override and a byte that is not UTF-8.
const PATH: &[u8] = b"src/a\x1b[31m\n::error::pwned\r\"'\\%0A,:\xe2\x80\xae\x9b\xff.rs";

const SUBJECT: &[u8] =
    b"fix: crash \x1b]0;pwned\x07 in \"parse\" \xff\x9b31m \xe2\x80\xae %0A::error::pwned \\u001b\rfix";

/// Makes a commit whose message, author and path are hostile; with a change or without one.
fn hostile(sandbox: &Sandbox, changes: bool) -> Repository<'_> {
    let repository = begun(sandbox, "work");
    if changes {
        let path = repository.path.join(OsStr::from_bytes(PATH));
        fs_err::write(&path, "pub fn parse() {}\n").unwrap();
        repository.commit("feat: another parser");
        fs_err::write(path, "// parse \u{1b}[31m\npub fn parse() {}\n").unwrap();
        repository.git(["add", "--all"]);
    }
    let mut message = SUBJECT.to_vec();
    message.extend_from_slice(b"\n\nBody.\n");
    let mut commit = repository.command("git");
    commit.env("GIT_AUTHOR_NAME", OsStr::from_bytes(b"Eve \x1b[31m\xff\xe2\x80\xae"));
    commit.args(["commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "--file", "-"]);
    let ran = run_with_input(&mut commit, &message);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    repository
}

/// Asserts that a terminal and a line reader are safe from `bytes`.
#[track_caller]
fn assert_harmless(bytes: &[u8], what: &str) {
    let text = std::str::from_utf8(bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
    let bad = |found: char| {
        (found.is_control() && found != '\n')
            || ('\u{202a}'..='\u{202e}').contains(&found)
            || ('\u{2066}'..='\u{2069}').contains(&found)
            || ('\u{200b}'..='\u{200f}').contains(&found)
    };
    assert_eq!(text.find(bad), None, "{what}: {text:?}");
    for line in text.lines() {
        assert!(!line.trim_start().starts_with("::error::pwned"), "{what}: {line}");
    }
}

fn ask(repository: &Repository<'_>, arguments: &[&str]) -> Output {
    repository.command(GIT_DOS).arg("audit").args(arguments).output().unwrap()
}

#[test]
fn nothing_raw_reaches_the_output() {
    for changes in [true, false] {
        let sandbox = Sandbox::new();
        let repository = hostile(&sandbox, changes);
        for arguments in [
            &["--format", "text"][..],
            &["--format", "json"],
            &["--format", "sarif"],
            &["--format", "github"],
            &["--explain"],
            &["--summary"],
            &["--summary", "--format", "json"],
        ] {
            let output = ask(&repository, arguments);
            let what = format!("{arguments:?}, changes: {changes}");
            assert_eq!(output.status.code(), Some(1), "{what}: {output:?}");
            assert_harmless(&output.stdout, &what);
            assert_harmless(&output.stderr, &what);
            if arguments.contains(&"json") || arguments.contains(&"sarif") {
                let value: Value = serde_json::from_slice(&output.stdout).unwrap();
                assert!(value.is_object(), "{what}");
            }
            if arguments.contains(&"github") {
                let text = String::from_utf8(output.stdout).unwrap();
                assert_eq!(text.lines().count(), 1, "one finding, one line: {text:?}");
                assert!(text.starts_with("::error "), "{text:?}");
            }
        }
    }
}

#[test]
fn hostile_messages_before_the_commit_are_harmless_too() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "work");
    let file = sandbox.path("message");
    fs_err::write(&file, SUBJECT).unwrap();
    for format in ["text", "json", "sarif", "github"] {
        let file = file.to_str().unwrap();
        let output = ask(&repository, &["--format", format, "--index", "--message-file", file]);
        assert_eq!(output.status.code(), Some(1), "{format}: {output:?}");
        assert_harmless(&output.stdout, format);
        assert_harmless(&output.stderr, format);
    }
}

#[test]
fn subjects_in_other_encodings_are_read() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "work");
    repository.git(["config", "i18n.commitEncoding", "ISO-8859-1"]);
    repository.write("src/parse.rs", "pub fn parse() {}\n");
    repository.git(["add", "--all"]);
    let mut commit = repository.command("git");
    commit.args(["commit", "--quiet", "--file", "-"]);
    let ran = run_with_input(&mut commit, b"fix: parse caf\xe9\n");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let judged = answer(&repository, ["HEAD"]);
    assert_eq!((judged.code, judged.row().verdict.as_str()), (Some(0), "OK"));
    assert!(judged.row().subject.starts_with("fix: parse caf"), "{:?}", judged.row());
}

#[test]
fn a_subject_of_many_lines_and_sizes_is_one_line() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "work");
    let long = "fix: crash ".to_owned() + &"very ".repeat(20_000) + "deep";
    for message in ["fix: crash\nin the parser\n", &long, "\n\n  fix: crash  \n"] {
        let mut commit = repository.command("git");
        commit.args(["commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "--file", "-"]);
        run_with_input(&mut commit, message.as_bytes());
        let judged = answer(&repository, ["HEAD"]);
        assert_eq!(judged.row().rule, "empty", "{:?}", judged.row());
        let ran = audit(&repository, ["HEAD"]);
        assert!(ran.stdout.lines().next().unwrap().contains("fix: crash"), "{}", ran.stdout);
    }
}

#[test]
fn a_commit_without_a_message_claims_nothing() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "work");
    repository.git(["commit", "--quiet", "--allow-empty", "--allow-empty-message", "-m", ""]);
    let judged = answer(&repository, ["HEAD"]);
    assert_eq!((judged.code, judged.row().verdict.as_str()), (Some(0), "ABSTAIN"));
    assert_eq!(audit(&repository, ["HEAD", "--explain"]).code, Some(0));
}

/// The paths that were judged without being read, of the newest commit.
fn unread(repository: &Repository<'_>) -> String {
    let ran = audit(repository, ["--format", "json", "HEAD"]);
    let value: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(ran.code, Some(0), "{value}");
    value["commits"][0]["unread"].to_string()
}

#[test]
fn files_that_are_no_text_are_judged_by_their_entry() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "work");
    repository.write("src/tables.rs", b"pub const A: u8 = 1;\0\0\n");
    repository.commit("feat: tables");
    repository.write("src/tables.rs", b"// pub const A: u8 = 1;\0\0\n");
    repository.commit("fix: crash of the parser");
    assert!(unread(&repository).contains("src/tables.rs"), "{}", unread(&repository));
    let ran = audit(&repository, ["HEAD"]);
    assert!(ran.stdout.contains("judged by their entry"), "it is said: {ran:?}");
    assert!(ran.stdout.contains("src/tables.rs"), "{ran:?}");

    for (commit, subject) in [("1", "fix: crash of the parser"), ("2", "fix: another crash of it")]
    {
        let entry = format!("160000,{},vendor/lexer", commit.repeat(40));
        repository.git(["update-index", "--add", "--cacheinfo", &entry]);
        repository.git(["commit", "--quiet", "-m", subject]);
        let ran = audit(&repository, ["HEAD", "--explain"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.stdout.contains("vendor/lexer"), "{ran:?}");
    }
    repository.git(["rm", "--quiet", "--cached", "vendor/lexer"]);
    repository.git(["commit", "--quiet", "-m", "Drop the lexer submodule"]);
    assert_eq!(answer(&repository, ["HEAD"]).row().verdict, "OK");
}

#[test]
fn files_over_the_limit_are_judged_by_their_entry() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "work");
    let line = "// this comment is all that there is in this file, again and again\n";
    let limit = 8 * 1024 * 1024;
    repository.write("src/tables.rs", line.repeat(limit / line.len()));
    repository.commit("docs: comment on the tables");
    assert_eq!(unread(&repository), "[]", "below the limit");
    repository.write("src/tables.rs", line.repeat(limit / line.len() + 2));
    repository.commit("fix: tables of the parser");
    assert!(unread(&repository).contains("src/tables.rs"), "{}", unread(&repository));
    repository.write("dos.toml", "[audit]\nblob_limit = 100000000\n");
    let judged = answer(&repository, ["HEAD"]);
    assert_eq!(judged.row().rule, "comment-only", "a limit of the user's own");
}

#[test]
fn links_and_modes_are_changes() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "work");
    std::os::unix::fs::symlink("parse.rs", repository.path.join("src/read.rs")).unwrap();
    repository.commit("Add a link from read.rs to the parser");
    assert_eq!(answer(&repository, ["HEAD"]).row().verdict, "OK");
    repository.git(["update-index", "--chmod=+x", "src/parse.rs"]);
    repository.git(["commit", "--quiet", "-m", "Make parse.rs executable"]);
    assert_eq!(answer(&repository, ["HEAD"]).row().verdict, "OK");
    repository.git(["update-index", "--chmod=-x", "src/parse.rs"]);
    repository.git(["commit", "--quiet", "-m", "fix: integer overflow in the parser"]);
    let judged = answer(&repository, ["HEAD"]);
    assert_eq!(judged.row().rule, "mode-only", "a mode repairs no overflow: {:?}", judged.row());
}
