//! The answers about sessions as JSON.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cli::liveness::word;
use crate::journal::sessions::Told;
use crate::ops::sessions::{Commits, Report, Session};
use crate::output::said;
use crate::verdict::stream::State;

/// The answer of `git dos sessions --format json`; fields may be added.
#[derive(Debug, Serialize)]
pub(super) struct Json<'r> {
    /// Always `git-dos/sessions/1`.
    schema: &'static str,
    /// One object a session, the newest first.
    sessions: Vec<One<'r>>,
    /// Journals of which nobody can tell whose they are, with the reason.
    lost: &'r [String],
    /// Sessions that were left out, as they began too long ago.
    earlier: usize,
}

/// One session.
#[derive(Debug, Serialize)]
struct One<'r> {
    /// The agent, such as `claude`.
    host: &'r str,
    /// The session's id, as the agent wrote it.
    session: &'r str,
    /// The model, as the agent wrote it.
    model: Option<&'r str>,
    /// When it began, in seconds since 1970-01-01T00:00:00Z.
    started: u64,
    /// Why the agent said so, such as `startup`.
    source: Option<&'r str>,
    /// The worktree in which it began.
    worktree: Option<&'r str>,
    /// The branch on which it began.
    branch: Option<&'r str>,
    /// The commit on which it began, in full hexadecimal.
    head: Option<String>,
    /// The id of its run.
    run: Option<&'r str>,
    /// `ADVANCING`, `SPINNING`, `STALLED` or `UNKNOWN`; `null` for a session that is no run.
    liveness: Option<&'static str>,
    /// Why that is not known, one sentence a cause.
    errors: Vec<String>,
    /// Seconds since it ended; `null` when it did not, as far as anybody said.
    ended_s: Option<u64>,
    /// Its commits since it began; `null` when they could not be counted.
    commits: Option<usize>,
    /// The findings that it was told of.
    findings: Vec<Finding<'r>>,
    /// The claims that it was told of.
    claims: Vec<Claim<'r>>,
    /// How often it used a tool, as far as that is written down.
    tool_calls: usize,
    /// The same for each tool.
    tools: &'r BTreeMap<String, usize>,
    /// `ADVANCING`, `REPEATING` or `STALLED` as of its newest call; `null` without one.
    stream: Option<&'static str>,
    /// What of its journals could not be read, as `<file>:<line>: <reason>`.
    damage: &'r [String],
}

/// A commit whose diff does not bear out its subject.
#[derive(Debug, Serialize)]
struct Finding<'r> {
    /// When it was told, in seconds since 1970-01-01T00:00:00Z.
    time: u64,
    /// The helper that was told; `null` for the session itself.
    agent: Option<&'r str>,
    /// The commit, in full hexadecimal.
    commit: String,
    /// The rule that decided.
    rule: &'r str,
    /// The commit's subject.
    subject: &'r str,
}

/// A phase that was said to be done and is not.
#[derive(Debug, Serialize)]
struct Claim<'r> {
    /// When it was told, in seconds since 1970-01-01T00:00:00Z.
    time: u64,
    /// The helper that was told; `null` for the session itself.
    agent: Option<&'r str>,
    /// The plan.
    plan: &'r str,
    /// The phase.
    phase: &'r str,
}

impl<'r> Json<'r> {
    pub(super) fn of(report: &'r Report) -> Self {
        Self {
            schema: "git-dos/sessions/1",
            sessions: report.sessions.iter().map(one).collect(),
            lost: &report.lost,
            earlier: report.earlier,
        }
    }
}

fn one(session: &Session) -> One<'_> {
    let start = &session.start;
    let answer = session.run.as_ref().map(|row| &row.answer);
    let mut errors: Vec<String> = match answer {
        Some(Err(error)) => error.iter_errors().map(said).collect(),
        Some(Ok(_)) | None => Vec::new(),
    };
    let commits = match &session.commits {
        Commits::Counted(count) => Some(*count),
        Commits::Gone => None,
        Commits::Unknown(error) => {
            errors.extend(error.iter_errors().map(said));
            None
        }
    };
    let ended = answer.and_then(|answer| answer.as_ref().ok()?.ended);
    One {
        host: &start.host,
        session: &start.session,
        model: start.model.as_deref(),
        started: start.time,
        source: start.source.as_deref(),
        worktree: start.worktree.as_deref(),
        branch: start.branch.as_deref(),
        head: start.head.map(|id| id.to_string()),
        run: start.run.as_deref(),
        liveness: session.run.as_ref().map(word),
        errors,
        ended_s: ended.map(|ended| ended.as_secs()),
        commits,
        findings: session.told.iter().flat_map(findings).collect(),
        claims: session.told.iter().flat_map(claims).collect(),
        tool_calls: session.tools.values().sum(),
        tools: &session.tools,
        stream: session.stream.map(State::name),
        damage: &session.damage,
    }
}

fn findings(told: &Told) -> impl Iterator<Item = Finding<'_>> {
    told.findings.iter().map(|finding| Finding {
        time: told.time,
        agent: told.agent.as_deref(),
        commit: finding.commit.to_string(),
        rule: &finding.rule,
        subject: &finding.subject,
    })
}

fn claims(told: &Told) -> impl Iterator<Item = Claim<'_>> {
    told.claims.iter().map(|claim| Claim {
        time: told.time,
        agent: told.agent.as_deref(),
        plan: &claim.plan,
        phase: &claim.phase,
    })
}
