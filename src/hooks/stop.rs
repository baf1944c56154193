//! What is a worker told that believes it is done?

use std::fmt::Write as _;
use std::time::Duration;

use git_dos_agent_hooks::{Answer, Ending, Stop};
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

/// A worker that stopped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stopped<'call> {
    /// How.
    pub(super) stop: &'call Stop,
    /// What the agent calls all that follows from one word of its user.
    pub(super) turn: Option<&'call str>,
}

impl Stopped<'_> {
    /// Tells whether a hook made this worker go on since its user last spoke, and the last of `told` is why.
    ///
    /// An agent that says neither so nor which turn it is may be in the same turn since its session began.
    fn continues(&self, told: &[Told]) -> bool {
        let Some(last) = told.last() else { return self.stop.continued == Some(true) };
        let same_turn = self.turn.is_some() && self.turn == last.turn.as_deref();
        self.stop.continued.unwrap_or(self.turn.is_none()) || same_turn
    }
}

/// Looks for claims that the commits of the session since `start` do not bear out, and says each once.
pub(super) fn run(
    repository: &gix::Repository,
    start: &Start,
    told: &[Told],
    stopped: Stopped<'_>,
    log: &Log,
) -> Result<Answer> {
    if stopped.stop.ending != Ending::Done || !mode::audits(repository) {
        return Ok(Answer::Silence);
    }
    let deadline = clock::instant() + DEADLINE;
    let continued = stopped.continues(told);
    let rows = session_stop::untold(repository, start, told, continued, deadline)?;
    if rows.is_empty() {
        return Ok(Answer::Silence);
    }
    log.record_findings("agent Stop", &rows);
    // What cannot be written down would be said again and again.
    let telling = session_stop::Telling { session: &start.session, turn: stopped.turn, continued };
    session_stop::tell(repository, telling, &rows)?;
    let is_mute = Mode::of(repository) == Ok(Mode::Observe);
    Ok(if is_mute { Answer::Silence } else { Answer::Context(words(&rows)) })
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
