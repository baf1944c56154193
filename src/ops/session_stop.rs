//! Do the commits of an agent's session claim what they did not do, and was the session told?

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use gix::ObjectId;
use gix::error::{Result, ResultExt as _, message};

use super::audit::{self, Row};
use super::session;
use crate::clock;
use crate::evidence::range;
use crate::evidence::repository::{self, Environment, state_folder};
use crate::journal::Durability;
use crate::journal::rewrites::{self, Map};
use crate::journal::sessions::{self, Finding, Phase, Record, Start, Told};
use crate::output::shown;
use crate::policy;
use crate::verdict::audit::Answer;
use crate::verdict::done::Claim;

/// How often a session is told something before its user speaks again.
const PUSHES: usize = 2;

/// Returns the commits of the session since `start` whose claim is refuted and of which it was not told yet,
/// oldest first, as far as they can be judged until `deadline`.
///
/// `continued` says that a hook made the session go on since its user last spoke.
pub fn untold(
    repository: &gix::Repository,
    start: &Start,
    told: &[Told],
    continued: bool,
    deadline: Instant,
) -> Result<Vec<Row>> {
    if continued && pushes(told) >= PUSHES {
        return Ok(Vec::new());
    }
    let own = session::own_commits(repository, start, &tips(repository, start)?)?;
    if own.is_empty() {
        return Ok(Vec::new());
    }
    let policy = policy::load(repository)?.audit_rules();
    let mut rows = Vec::new();
    audit::each(repository, &own, &policy, &mut |row| {
        if row.verdict.as_ref().is_ok_and(|verdict| verdict.answer == Answer::Unwitnessed) {
            rows.push(row);
        }
        if clock::instant() < deadline { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    if rows.is_empty() {
        return Ok(rows);
    }
    rows.reverse();
    let rewrites = Map::of(&rewrites::journal(&state_folder(repository)).read()?.records);
    let told: Vec<&Finding> = told.iter().flat_map(|told| &told.findings).collect();
    let known = known(&told, &rows, &own, &rewrites);
    rows.retain(|row| !known.contains(&row.commit_id));
    let foreign = foreign(repository, &rows, start.time)?;
    rows.retain(|row| !foreign.contains(&row.commit_id));
    Ok(rows)
}

/// To whom and when something is said.
#[derive(Debug, Clone, Copy)]
pub struct Telling<'call> {
    /// The session's id.
    pub session: &'call str,
    /// What the agent calls the turn, if it names it.
    pub turn: Option<&'call str>,
    /// The helper inside the session that is told, if it is one.
    pub agent: Option<&'call str>,
    /// Whether a hook made the worker go on since its user last spoke.
    pub continued: bool,
}

/// Writes down that a worker is being told of `rows` and of `claims`.
pub fn tell(
    repository: &gix::Repository,
    telling: Telling<'_>,
    rows: &[Row],
    claims: &[Claim],
) -> Result<()> {
    let phase = |claim: &Claim| Phase { plan: claim.plan.clone(), phase: claim.phase.clone() };
    let told = Told {
        v: sessions::VERSION,
        time: clock::now().as_secs(),
        continued: telling.continued,
        turn: telling.turn.map(str::to_owned),
        agent: telling.agent.map(str::to_owned),
        findings: rows.iter().map(finding).collect(),
        claims: claims.iter().map(phase).collect(),
    };
    let journal = sessions::journal(&state_folder(repository), telling.session);
    journal.append(&Record::Told(told), Durability::Buffered)
}

fn finding(row: &Row) -> Finding {
    Finding { commit: row.commit_id, rule: rule(row).to_owned(), subject: shown(&row.subject) }
}

/// Returns the name of the rule that refutes the claim of `row`.
fn rule(row: &Row) -> &'static str {
    let verdict = row.verdict.as_ref().ok();
    verdict.and_then(|verdict| verdict.findings.first()).map_or("", |finding| finding.rule.name())
}

/// Counts how often the worker of these records was told something since its user last spoke, given that a hook
/// made it go on since then.
pub(super) fn pushes(told: &[Told]) -> usize {
    let later = told.iter().rev().take_while(|told| told.continued).count();
    later + usize::from(told.len() > later)
}

/// Returns the commits of `rows`, oldest first, that the session was `told` of, perhaps under other ids.
///
/// The same words under the same rule are the same finding if git says that the commit became this one. A
/// commit that is gone from the session's work was replaced while nobody was looking: it stands for one row.
fn known(told: &[&Finding], rows: &[Row], own: &[ObjectId], rewrites: &Map) -> BTreeSet<ObjectId> {
    let alike = |told: &Finding| {
        let (name, subject) = (told.rule.clone(), told.subject.clone());
        rows.iter().filter(move |row| rule(row) == name && shown(&row.subject) == subject)
    };
    let mut known = BTreeSet::new();
    let mut gone = Vec::new();
    for told in told {
        let successors = rewrites.successors(told.commit);
        let is_it = |id: &ObjectId| *id == told.commit || successors.contains(id);
        let before = known.len();
        known.extend(alike(told).map(|row| row.commit_id).filter(is_it));
        if known.len() == before && !own.contains(&told.commit) {
            gone.push(told);
        }
    }
    for told in gone {
        let replaced = alike(told).map(|row| row.commit_id).find(|id| !known.contains(id));
        known.extend(replaced);
    }
    known
}

/// Returns the commits of `HEAD` where the agent is and where its session began.
fn tips(repository: &gix::Repository, start: &Start) -> Result<Vec<ObjectId>> {
    let mut tips = Vec::from_iter(session::head_id(repository)?);
    let began = start.worktree.as_deref().map(Path::new);
    let elsewhere =
        began.filter(|top| repository.workdir().is_none_or(|here| !is_same_folder(here, top)));
    // A worktree that is gone has no work left to look at.
    let opened = elsewhere.and_then(|top| repository::open(top, Environment::Ignored).ok());
    let here = repository.common_dir();
    if let Some(other) = opened.filter(|other| is_same_folder(other.common_dir(), here)) {
        tips.extend(session::head_id(&other)?);
    }
    tips.dedup();
    Ok(tips)
}

fn is_same_folder(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| fs_err::canonicalize(path).ok();
    one == other || real(one).is_some_and(|one| Some(one) == real(other))
}

/// Returns those of `rows` that somebody else committed and that came from a remote.
fn foreign(repository: &gix::Repository, rows: &[Row], time: u64) -> Result<BTreeSet<ObjectId>> {
    let context = || message("Could not read who committed");
    let mut foreign = BTreeSet::new();
    let Some(Ok(committer)) = repository.committer() else { return Ok(foreign) };
    for row in rows {
        let commit = repository.find_commit(row.commit_id).or_raise(context)?;
        let email = commit.committer().or_raise(context)?.email;
        if !email.eq_ignore_ascii_case(committer.email) {
            foreign.insert(row.commit_id);
        }
    }
    if !foreign.is_empty() {
        let remotes =
            range::reference_tips(repository, "refs/remotes/", range::Broken::PassedOver)?;
        let published: BTreeSet<ObjectId> =
            session::since(repository, &remotes, time)?.into_iter().collect();
        foreign.retain(|id| published.contains(id));
    }
    Ok(foreign)
}
