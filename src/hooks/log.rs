//! What went wrong inside a hook, and what did it find? One JSON line each, for people who ask.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::evidence::archives::Recorded;
use crate::evidence::commit::subject;
use crate::journal::{Durability, Journal};
use crate::ops::audit::Row;
use crate::output::shown;

/// The version of the records that this program writes.
const VERSION: u32 = 1;

/// The size at which a log is put aside; one older log is kept.
const LIMIT_BYTES: u64 = 256 * 1024;

/// One fault: a line of `<git common dir>/dos/log/hook-errors.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Version of the record, 1; since 0.1.0.
    pub v: u32,
    /// When it happened, in seconds since 1970-01-01T00:00:00Z; since 0.1.0.
    pub time: u64,
    /// The entry point, such as `git pre-push` or `agent Stop`; since 0.1.0.
    pub hook: String,
    /// What went wrong, outermost context first; since 0.1.0.
    pub fault: String,
}

/// One finding of a hook: a line of `<git common dir>/dos/log/findings.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Version of the record, 1; since 0.1.0.
    pub v: u32,
    /// When it was found, in seconds since 1970-01-01T00:00:00Z; since 0.1.0.
    pub time: u64,
    /// The entry point, such as `git pre-push` or `agent Stop`; since 0.1.0.
    pub hook: String,
    /// The commit, in full hexadecimal; since 0.1.0.
    pub commit: String,
    /// `WARN`, `CLAIM_UNWITNESSED`, or `NOOP` of an archive in which nothing happened; since 0.1.0.
    pub verdict: String,
    /// The rule that decided; since 0.1.0.
    pub rule: String,
    /// The commit's subject, made harmless; since 0.1.0.
    pub subject: String,
}

/// The logs of one repository's hooks.
#[derive(Debug, Clone)]
pub struct Log {
    folder: PathBuf,
}

impl Log {
    /// Names the logs in `state_folder`, from [`state_folder`](crate::evidence::repository::state_folder).
    pub fn of(state_folder: &Path) -> Self {
        Self { folder: state_folder.join("log") }
    }

    /// Writes down that `hook` met `fault`. A fault of the log itself is nobody's business.
    pub fn record(&self, hook: &str, fault: impl Into<String>) {
        let time = clock::now().as_secs();
        let fault = Fault { v: VERSION, time, hook: hook.to_owned(), fault: fault.into() };
        self.append("hook-errors.jsonl", &[fault]);
    }

    /// Writes down `error` with its causes.
    pub fn record_error(&self, hook: &str, error: &gix::Error) {
        self.record(hook, causes(error));
    }

    /// Writes down what `hook` found about the commits of `rows`, whether or not it says so.
    pub fn record_findings(&self, hook: &str, rows: &[Row]) {
        let found = rows.iter().filter_map(|row| {
            let verdict = row.verdict.as_ref().ok()?;
            let finding = verdict.findings.first()?;
            Some(Found {
                v: VERSION,
                time: clock::now().as_secs(),
                hook: hook.to_owned(),
                commit: row.commit_id.to_string(),
                verdict: verdict.answer.name().to_owned(),
                rule: finding.rule.name().to_owned(),
                subject: shown(&row.subject),
            })
        });
        self.append("findings.jsonl", &found.collect::<Vec<_>>());
    }

    /// Writes down that `commits` are archives in which nothing happened, whether or not `hook` held them back.
    pub fn record_held(&self, hook: &str, commits: &[Recorded]) {
        let found = commits.iter().map(|recorded| Found {
            v: VERSION,
            time: clock::now().as_secs(),
            hook: hook.to_owned(),
            commit: recorded.id.to_string(),
            verdict: "NOOP".to_owned(),
            rule: "hold_noop_pushes".to_owned(),
            subject: shown(&subject(recorded.commit.message.as_ref())),
        });
        self.append("findings.jsonl", &found.collect::<Vec<_>>());
    }

    /// Appends `records` to the log called `name`, which begins anew when it is full.
    fn append<R: Serialize + DeserializeOwned>(&self, name: &str, records: &[R]) {
        if records.is_empty() {
            return;
        }
        let path = self.folder.join(name);
        if fs_err::metadata(&path).is_ok_and(|metadata| metadata.len() >= LIMIT_BYTES) {
            fs_err::rename(&path, path.with_extension("jsonl.1")).ok();
        }
        Journal::at(&path).append_all(records, Durability::Buffered).ok();
    }
}

/// Renders `error` and its causes on one line, outermost first.
pub fn causes(error: &gix::Error) -> String {
    let mut causes: Vec<String> = error.iter_errors().map(ToString::to_string).collect();
    causes.dedup();
    causes.join(": ")
}

#[cfg(test)]
mod tests {
    use super::{Fault, LIMIT_BYTES, Log};
    use crate::journal::Journal;

    #[test]
    fn a_full_log_is_put_aside_and_one_older_kept() {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::of(folder.path());
        let faults = || {
            Journal::<Fault>::at(folder.path().join("log/hook-errors.jsonl"))
                .read()
                .unwrap()
                .records
                .len()
        };
        log.record("git pre-push", "first");
        log.record("git pre-push", "second");
        assert_eq!(faults(), 2, "faults gather");
        log.record("git pre-push", "x".repeat(usize::try_from(LIMIT_BYTES).unwrap()));
        assert_eq!(faults(), 3, "the limit is looked at before a write");
        log.record("git pre-push", "fourth");
        assert_eq!(faults(), 1, "a new log begins");
        let names = fs_err::read_dir(folder.path().join("log")).unwrap().count();
        assert_eq!(names, 2, "the full one is kept beside it");
    }
}
