//! A worker stops: what is it told? Commits and claims that are not borne out, and what becomes of waiting.

mod done;
mod idle;

use std::path::Path;
use std::time::Instant;

use gix::error::Result;

use super::audit::Row;
use super::session_stop::{self, Telling};
use crate::journal::sessions::{Start, Told};
use crate::policy;
use crate::verdict::done::{Claim, Policy};
use crate::verdict::wait::{self, Pending};

pub use done::{Found, Unanswered};

/// A stop, as far as the agent tells.
#[derive(Debug, Clone, Copy)]
pub struct Request<'call> {
    /// Where the session began.
    pub start: &'call Start,
    /// What the session and its helpers were told, oldest first.
    pub told: &'call [Told],
    /// The helper inside the session that stops, if it is one.
    pub agent: Option<&'call str>,
    /// What the agent calls all that follows from one word of its user.
    pub turn: Option<&'call str>,
    /// Whether a hook made this worker go on since its user last spoke; `None` when the agent does not say.
    pub continued: Option<bool>,
    /// What will wake it.
    pub pending: Pending,
    /// What it said last.
    pub last_message: Option<&'call str>,
    /// The file in which the agent keeps the worker's conversation.
    pub transcript: Option<&'call Path>,
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    All,
    /// Everything but the session's commits.
    WithoutCommits,
}

/// What a stop comes to. Nothing of it is written down yet.
#[derive(Debug)]
pub struct Report {
    /// Commits of the session whose diff does not bear out their subject.
    pub commits: Vec<Row>,
    /// Claims of the worker that git does not bear out.
    pub claims: Vec<Found>,
    /// Claims of which nobody can tell.
    pub unanswered: Vec<Unanswered>,
    /// What could not be looked at.
    pub faults: Vec<gix::Error>,
    /// Whether the worker may stop to wait; [`Verdict::Stop`](wait::Verdict::Stop) when it is told anything else.
    pub wait: wait::Verdict,
    idle: Option<idle::Idle>,
}

impl Report {
    /// Tells whether the worker is made to go on because of something that is not so.
    pub fn has_findings(&self) -> bool {
        !self.commits.is_empty() || !self.claims.is_empty()
    }
}

impl Request<'_> {
    /// Tells whether a hook made this worker go on since its user last spoke, and the last of `told` is why.
    ///
    /// An agent that says neither so nor which turn it is may be in the same turn since its session began.
    fn continues(&self, told: &[Told]) -> bool {
        let Some(last) = told.last() else { return self.continued == Some(true) };
        let same_turn = self.turn.is_some() && self.turn == last.turn.as_deref();
        self.continued.unwrap_or(self.turn.is_none()) || same_turn
    }

    /// Returns what this very worker was told.
    fn own_told(&self) -> Vec<Told> {
        let own = self.told.iter().filter(|told| told.agent.as_deref() == self.agent);
        own.cloned().collect()
    }
}

/// Looks at a stop. What takes longer than until `deadline` is left out, and named.
///
/// A worker that something will wake is left alone: it does not believe that it is done.
pub fn look(
    repository: &gix::Repository,
    request: &Request<'_>,
    scope: Scope,
    deadline: Instant,
) -> Result<Report> {
    let mut report = Report {
        commits: Vec::new(),
        claims: Vec::new(),
        unanswered: Vec::new(),
        faults: Vec::new(),
        wait: wait::Verdict::Stop(wait::Why::WillBeWoken),
        idle: None,
    };
    if request.pending == Pending::Something {
        return Ok(report);
    }
    let own = request.own_told();
    let continued = request.continues(&own);
    let pushes = if continued { session_stop::pushes(&own) } else { 0 };
    if scope == Scope::All && pushes < Policy::default().pushes {
        let (start, told) = (request.start, request.told);
        report.commits = session_stop::untold(repository, start, told, continued, deadline)?;
    }
    let policy = policy::load(repository)?;
    if policy.done.check {
        let known = done::Known { told: &own, pushes };
        let (words, fault) = done::words(request);
        report.faults.extend(fault);
        match done::look(repository, &policy, &words, known, deadline) {
            Ok(looked) => (report.claims, report.unanswered) = looked,
            // What speaks against the commits is said all the same.
            Err(error) => report.faults.push(error),
        }
    }
    if !report.has_findings() {
        let idle = idle::look(repository, &policy, request, deadline)?;
        report.wait = idle.verdict;
        report.idle = Some(idle);
    }
    Ok(report)
}

/// Writes down what the worker is being told in `report`: what cannot be written down would be said for ever.
pub fn record(repository: &gix::Repository, request: &Request<'_>, report: &Report) -> Result<()> {
    if report.has_findings() {
        let telling = Telling {
            session: &request.start.session,
            turn: request.turn,
            agent: request.agent,
            continued: request.continues(&request.own_told()),
        };
        let claims: Vec<Claim> = report.claims.iter().map(|found| found.claim.clone()).collect();
        return session_stop::tell(repository, telling, &report.commits, &claims);
    }
    report.idle.as_ref().map_or(Ok(()), |idle| idle::record(repository, request, idle))
}
