//! What is a worker told that believes it is done?

use std::fmt::Write as _;
use std::time::Duration;

use git_dos_agent_hooks::Stop;
use gix::error::Result;

use super::log::Log;
use super::mode::{self, Mode};
use crate::clock;
use crate::journal::sessions::{Start, Told};
use crate::ops::audit::Row;
use crate::ops::session_stop;
use crate::output::sentence;

/// How long commits are judged at most.
const DEADLINE: Duration = Duration::from_secs(1);

/// The most commits that are named.
const COMMITS: usize = 10;

/// Looks for claims that the commits of the session since `start` do not bear out, and says each once.
pub(super) fn run(
    repository: &gix::Repository,
    start: &Start,
    told: &[Told],
    stop: &Stop,
    log: &Log,
) -> Result<String> {
    if stop.waits || !mode::audits(repository) {
        return Ok(String::new());
    }
    let deadline = clock::instant() + DEADLINE;
    let rows = session_stop::untold(repository, start, told, stop.continued, deadline)?;
    if rows.is_empty() {
        return Ok(String::new());
    }
    log.record_findings("agent Stop", &rows);
    // What cannot be written down would be said again and again.
    session_stop::tell(repository, &start.session, stop.continued, &rows)?;
    let is_mute = Mode::of(repository) == Ok(Mode::Observe);
    Ok(if is_mute { String::new() } else { words(&rows) })
}

/// Puts `rows` into words for a model.
fn words(rows: &[Row]) -> String {
    let mut text = String::from(
        "git-dos compared the commits of this session with their own diffs. Not borne out:\n",
    );
    for row in rows.iter().take(COMMITS) {
        let finding = row.verdict.as_ref().ok().and_then(|verdict| verdict.findings.first());
        let reason = finding.map(sentence::of_finding).unwrap_or_default();
        let (id, subject) = (row.commit_id.to_hex_with_len(10), sentence::subject(&row.subject));
        writeln!(text, "- {id} \"{subject}\": {reason}").expect("writing to a String cannot fail");
    }
    if rows.len() > COMMITS {
        writeln!(text, "- and {} more; git dos audit lists them", rows.len() - COMMITS)
            .expect("writing to a String cannot fail");
    }
    writeln!(text, "What to do: {}. This is said once.", sentence::advice())
        .expect("writing to a String cannot fail");
    text
}
