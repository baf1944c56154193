//! `git dos verify`, from outside.

mod batch;
mod elsewhere;
mod failures;
mod fates;
mod plan;
mod stamps;
mod text;
mod walk;

use serde_json::Value;

use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run};

/// Runs `git-dos verify` at the top of the worktree.
fn verify<const N: usize>(repository: &Repository<'_>, arguments: [&str; N]) -> Ran {
    run(repository.command(GIT_DOS).arg("verify").args(arguments))
}

/// An answer that was found.
#[derive(Debug)]
struct Answer {
    code: Option<i32>,
    value: Value,
}

impl Answer {
    /// Asks for `phase` of `plan`, which must be answered.
    fn of(repository: &Repository<'_>, plan: &str, phase: &str) -> Self {
        Self::read(&verify(repository, ["--format", "json", plan, phase]))
    }

    fn read(ran: &Ran) -> Self {
        let value: Value = serde_json::from_str(&ran.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}\n{}", ran.stdout, ran.stderr));
        assert_eq!(value["schema"], "git-dos/verify/1", "the answer names its form");
        Self { code: ran.code, value }
    }

    /// Asserts that `commit` ships the phase.
    #[track_caller]
    fn shipped_by(&self, commit: &str) {
        assert_eq!(self.value["verdict"], "SHIPPED", "{self:?}");
        assert_eq!(self.value["commit"], commit, "the commit that ships it: {self:?}");
        assert_eq!(self.code, Some(0), "it holds");
    }

    /// Asserts that the phase did not ship, and why.
    #[track_caller]
    fn not_shipped(&self, reason: &str) -> &Self {
        assert_eq!(self.value["verdict"], "NOT_SHIPPED", "{self:?}");
        assert_eq!(self.value["reason"], reason, "{self:?}");
        assert_eq!(self.code, Some(1), "it does not hold");
        self
    }

    /// Asserts that `commit` comes nearest, and which commit speaks against it.
    #[track_caller]
    fn nearest(&self, commit: &str, by: Option<&str>) {
        assert_eq!(self.value["nearest"]["commit"], commit, "{self:?}");
        assert_eq!(self.value["nearest"]["by"].as_str(), by, "{self:?}");
    }

    /// Asserts that nobody can tell, and why.
    #[track_caller]
    fn unknown(&self, reason: &str) {
        assert_eq!(self.value["verdict"], "UNKNOWN", "{self:?}");
        assert_eq!(self.value["reason"], reason, "{self:?}");
        assert_eq!(self.code, Some(2), "it could not be found out");
    }
}

/// A repository with one commit that names no phase.
fn begun<'a>(sandbox: &'a Sandbox, name: &str) -> Repository<'a> {
    let repository = sandbox.repository(name);
    repository.write("README.md", "# A service\n");
    repository.commit("docs: begin");
    repository
}

/// Commits one function in a file of its own under `subject`.
fn work(repository: &Repository<'_>, file: &str, subject: &str) -> String {
    repository.write(
        &format!("src/{file}.rs"),
        format!("pub fn {file}() -> &'static str {{\n    \"the work of {file}\"\n}}\n"),
    );
    repository.commit(subject)
}

/// Makes a repository with one commit of work under `message`; returns it and the commit.
fn one<'a>(sandbox: &'a Sandbox, message: &str) -> (Repository<'a>, String) {
    let repository = begun(sandbox, "one");
    let commit = work(&repository, "login", message);
    (repository, commit)
}
