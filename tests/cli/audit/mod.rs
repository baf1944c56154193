//! `git dos audit`, from outside.

mod failures;
mod forgeries;
mod formats;
mod hostile;
mod index;
mod policy;
mod range;

use serde_json::Value;

use crate::support::{GIT_DOS, Ran, Repository, run, run_with_input};

/// Runs `git-dos audit` at the top of the worktree.
fn audit<const N: usize>(repository: &Repository<'_>, arguments: [&str; N]) -> Ran {
    run(repository.command(GIT_DOS).arg("audit").args(arguments))
}

/// The same with `input` on standard input.
fn audit_input<const N: usize>(
    repository: &Repository<'_>,
    arguments: [&str; N],
    input: &str,
) -> Ran {
    run_with_input(repository.command(GIT_DOS).arg("audit").args(arguments), input.as_bytes())
}

/// What `--format json` says of one commit.
#[derive(Debug, Clone, serde::Deserialize)]
struct Row {
    id: String,
    subject: String,
    verdict: String,
    rule: String,
    files: Vec<String>,
}

/// An answer that was found: its exit code and its rows.
#[derive(Debug)]
struct Answer {
    code: Option<i32>,
    range: String,
    rows: Vec<Row>,
}

impl Answer {
    fn read(ran: &Ran) -> Self {
        let value: Value = serde_json::from_str(&ran.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}\n{}", ran.stdout, ran.stderr));
        assert_eq!(value["schema"], "git-dos/audit/1", "the answer names its form");
        Self {
            code: ran.code,
            range: value["range"].as_str().unwrap().to_owned(),
            rows: serde_json::from_value(value["commits"].clone()).unwrap(),
        }
    }

    fn subjects(&self) -> Vec<&str> {
        self.rows.iter().map(|row| row.subject.as_str()).collect()
    }

    /// The only row.
    fn row(&self) -> &Row {
        assert_eq!(self.rows.len(), 1, "one commit was asked for: {self:?}");
        &self.rows[0]
    }
}

/// Runs `git-dos audit --format json`, which must find an answer.
fn answer<const N: usize>(repository: &Repository<'_>, arguments: [&str; N]) -> Answer {
    let mut command = repository.command(GIT_DOS);
    let ran = run(command.args(["audit", "--format", "json"]).args(arguments));
    Answer::read(&ran)
}

/// Asserts that the question was refused: exit code 2, words on standard error, nothing that could be
/// taken for an answer on standard output.
#[track_caller]
fn assert_refused(ran: &Ran, words: &[&str]) {
    assert_eq!(ran.code, Some(2), "could not find out: {ran:?}");
    assert!(ran.stderr.starts_with("error: "), "it says so in words: {ran:?}");
    for word in words {
        assert!(ran.stderr.contains(word), "it names {word:?}: {}", ran.stderr);
    }
    assert!(!ran.stderr.contains("panicked"), "in words, not by falling over: {}", ran.stderr);
    assert!(ran.stdout.is_empty(), "and gives no answer: {}", ran.stdout);
}

/// A repository with one honest commit.
fn begun<'a>(sandbox: &'a crate::support::Sandbox, name: &str) -> Repository<'a> {
    let repository = sandbox.repository(name);
    repository.write("src/parse.rs", "pub fn parse(text: &str) -> Option<u8> {\n    None\n}\n");
    repository.commit("feat: begin a parser");
    repository
}

/// Makes an honest commit called `subject`, which must name the file that it writes.
fn honest(repository: &Repository<'_>, file: &str, subject: &str) -> String {
    repository.write(&format!("src/{file}.rs"), format!("pub fn {file}() -> u8 {{\n    1\n}}\n"));
    repository.commit(subject)
}

/// Makes a commit that claims a repair and changes nothing.
fn forged(repository: &Repository<'_>, subject: &str) -> String {
    repository.git(["commit", "--quiet", "--allow-empty", "--message", subject]);
    repository.head()
}
