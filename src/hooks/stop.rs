//! What is a worker told that believes it is done?

use std::fmt::Write as _;
use std::time::Duration;

use git_dos_agent_hooks::{Answer, Call, Ending, Stop};
use gix::error::Result;

use super::log::Log;
use super::mode::{self, Mode};
use crate::clock;
use crate::journal::sessions::{Start, Told};
use crate::ops::audit::Row;
use crate::ops::stop::{self, Found, Report, Request, Scope};
use crate::output::{sentence, shown};
use crate::verdict::ship::Reason;
use crate::verdict::wait::{Pending, Verdict};

/// How long commits and claims are judged at most.
const DEADLINE: Duration = Duration::from_secs(1);

/// The most commits, and the most claims, that are named.
const NAMED: usize = 10;

/// A worker that stopped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stopped<'call> {
    /// The call that says so.
    pub(super) call: &'call Call,
    /// How it stopped.
    pub(super) stop: &'call Stop,
}

/// Looks for claims that the commits of the session since `start` do not bear out, and says each once.
pub(super) fn run(
    repository: &gix::Repository,
    start: &Start,
    told: &[Told],
    stopped: Stopped<'_>,
    log: &Log,
) -> Result<Answer> {
    if stopped.stop.ending == Ending::Aborted {
        return Ok(Answer::Silence);
    }
    let deadline = clock::instant() + DEADLINE;
    let request = request(start, told, stopped);
    let scope = if mode::audits(repository) { Scope::All } else { Scope::WithoutCommits };
    let report = stop::look(repository, &request, scope, deadline)?;
    log.record_findings("agent Stop", &report.commits);
    for fault in &report.faults {
        log.record_error("agent Stop", fault);
    }
    for unanswered in &report.unanswered {
        let claim = named(&unanswered.claim.plan, &unanswered.claim.phase);
        log.record("agent Stop", format!("{claim}: nobody can tell: {}", unanswered.cause));
    }
    let is_mute = Mode::of(repository) == Ok(Mode::Observe);
    if is_mute && !report.has_findings() {
        // Who is not held has not used up any of the budget.
        return Ok(Answer::Silence);
    }
    // What cannot be written down would be said again and again.
    stop::record(repository, &request, &report)?;
    Ok(answer(&report).filter(|_| !is_mute).unwrap_or(Answer::Silence))
}

fn request<'call>(start: &'call Start, told: &'call [Told], of: Stopped<'call>) -> Request<'call> {
    let Stopped { call, stop } = of;
    let agent = call.agent.as_ref();
    let lists_tasks = stop.background_tasks.is_some() || stop.session_crons.is_some();
    Request {
        start,
        told,
        agent: agent.map(|agent| agent.id.as_str()),
        turn: call.turn.as_deref(),
        continued: stop.continued,
        pending: match stop.ending {
            Ending::Waits => Pending::Something,
            Ending::Done | Ending::Aborted if lists_tasks => Pending::Nothing,
            Ending::Done | Ending::Aborted => Pending::Unknown,
        },
        last_message: stop.last_message.as_deref(),
        transcript: match agent {
            Some(agent) => agent.transcript.as_deref(),
            None => call.transcript.as_deref(),
        },
    }
}

/// Puts `report` into words for a model; `None` when there is nothing to say.
fn answer(report: &Report) -> Option<Answer> {
    if !report.claims.is_empty() {
        let commits =
            if report.commits.is_empty() { String::new() } else { commits(&report.commits) };
        return Some(Answer::Block(claims(&report.claims) + &commits));
    }
    if !report.commits.is_empty() {
        return Some(Answer::Context(commits(&report.commits)));
    }
    match report.wait {
        Verdict::Stop(_) => None,
        Verdict::Tell => Some(Answer::Context(
            "git-dos: nothing runs in the background and nothing is scheduled, so nothing will wake this session. \
             Go on with what you were waiting for, or say what is left. This is said once.\n"
                .to_owned(),
        )),
        Verdict::Hold { held, budget } => Some(Answer::Block(format!(
            "git-dos holds this loop, as it asked for: {held} of {budget} times with nothing moved in between. \
             Nothing that the agent knows of will wake it. Go on with the work; when there is none, just stop again.\n"
        ))),
    }
}

/// Puts claims that git does not bear out into words.
fn claims(found: &[Found]) -> String {
    let mut text = String::from("git-dos asked git for what you say is done. Not borne out:\n");
    for Found { claim, reason } in found.iter().take(NAMED) {
        let reason = match reason {
            Reason::Nearest(_, miss) => sentence::of_miss(miss),
            Reason::NothingNamesIt | Reason::Undelivered | Reason::Elsewhere(_) => {
                "no commit that HEAD reaches names it".to_owned()
            }
        };
        writeln!(text, "- {}: {reason}", named(&claim.plan, &claim.phase))
            .expect("writing to a String cannot fail");
    }
    if found.len() > NAMED {
        writeln!(text, "- and {} more", found.len() - NAMED)
            .expect("writing to a String cannot fail");
    }
    text.push_str(
        "What to do: commit the work under a subject that names plan and phase, or take the claim back; \
         git dos verify PLAN PHASE --target HEAD shows what git knows. This is said once.\n",
    );
    text
}

fn named(plan: &str, phase: &str) -> String {
    format!("{} {}", shown(plan.as_bytes()), shown(phase.as_bytes()))
}

/// Puts commits whose diff does not bear out their subject into words.
fn commits(rows: &[Row]) -> String {
    let mut text = String::from(
        "git-dos compared the commits of this session with their own diffs. Not borne out:\n",
    );
    for row in rows.iter().take(NAMED) {
        let finding = row.verdict.as_ref().ok().and_then(|verdict| verdict.findings.first());
        let reason = finding.map(sentence::of_finding).unwrap_or_default();
        let (id, subject) = (row.commit_id.to_hex_with_len(10), sentence::subject(&row.subject));
        writeln!(text, "- {id} \"{subject}\": {reason}").expect("writing to a String cannot fail");
    }
    if rows.len() > NAMED {
        writeln!(text, "- and {} more; git dos audit lists them", rows.len() - NAMED)
            .expect("writing to a String cannot fail");
    }
    writeln!(text, "What to do: {}. This is said once.", sentence::advice())
        .expect("writing to a String cannot fail");
    text
}
