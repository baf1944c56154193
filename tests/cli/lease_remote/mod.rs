//! Leases that clones share through a remote.

mod away;
mod clock;
mod fallback;
mod faults;
mod harness;
mod hostile;
#[cfg(target_os = "linux")]
mod killed;
mod late;
mod race;
mod settings;

use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::remote::{REFERENCE, Remote};
use crate::support::{GIT_DOS, Ran, Repository, run};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// Returns the time of this machine.
fn now() -> Duration {
    SystemTime::UNIX_EPOCH.elapsed().unwrap()
}

/// Asks until the answer is yes.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = now();
    while !is_so() {
        assert!(now().saturating_sub(begin) < PATIENCE, "waited for too long: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Runs `git dos lease` at the top of the worktree.
fn lease(clone: &Repository<'_>, words: &[&str]) -> Ran {
    run(clone.command(GIT_DOS).arg("lease").args(words))
}

/// Runs `git dos lease`, which must find that it holds.
fn must(clone: &Repository<'_>, words: &[&str]) -> String {
    let ran = lease(clone, words);
    assert_eq!(ran.code, Some(0), "{words:?}: {ran:?}");
    ran.stdout
}

/// Runs `git dos lease … --format json` and returns what came of it and its answer.
fn asked(clone: &Repository<'_>, words: &[&str]) -> (Ran, Value) {
    let words: Vec<&str> = words.iter().copied().chain(["--format", "json"]).collect();
    let ran = lease(clone, &words);
    let answer = serde_json::from_str(&ran.stdout).unwrap_or(Value::Null);
    (ran, answer)
}

/// Has a clone set up what it needs to share leases, as the first lease does.
fn join(clone: &Repository<'_>) {
    must(clone, &["acquire", "--paths", "joined", "--owner", "joiner"]);
    must(clone, &["release", "--owner", "joiner"]);
}

/// Requires that somebody is told that an answer could not be had, and what to do.
fn must_not_know(ran: &Ran, what: &str) {
    must_fail(ran, what);
    assert!(ran.stderr.contains("\nhint: "), "{what}: {ran:?}");
}

/// Requires that somebody is told that an answer could not be had.
fn must_fail(ran: &Ran, what: &str) {
    assert_eq!(ran.code, Some(2), "{what}: {ran:?}");
    assert!(ran.stderr.starts_with("error: "), "{what}: {ran:?}");
    assert!(!ran.stderr.contains("panicked"), "{what}: {ran:?}");
}

/// Returns the lane and owner of each lease that the remote has now.
fn held(remote: &Remote<'_>) -> Vec<(String, String)> {
    remote.chain(REFERENCE).held()
}

fn owned((lane, owner): (&str, &str)) -> (String, String) {
    (lane.to_owned(), owner.to_owned())
}
