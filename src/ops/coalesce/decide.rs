//! Does the newest archive repeat the one before it, and may the two become one?

use std::collections::BTreeSet;

use gix::ObjectId;
use gix::bstr::BString;
use gix::error::{Result, ResultExt as _, message};

use super::Facts;
use super::plan::Plan;
use crate::evidence::archives::{self, Recorded, Seen};
use crate::evidence::rewritable;
use crate::policy::churn::Churn;
use crate::verdict::archive::{Archive, Flaw, Reading};
use crate::verdict::coalesce::{Caller, Refusal};
use crate::verdict::repeat::{self, Reason};
use crate::verdict::severity::{self, Severity};

/// The archive that is being decided about.
#[derive(Debug, Clone, Copy)]
pub enum Newest<'a> {
    /// The commit at `HEAD`.
    Commit(&'a Recorded),
    /// One that is not written yet, on top of `HEAD`.
    Draft(&'a Draft),
}

/// An archive that is not written yet.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What it records.
    pub archive: Archive,
    /// Its message, if it stays a commit of its own.
    pub message: String,
    /// The paths that it writes.
    pub paths: BTreeSet<BString>,
}

/// What was found about the newest archive.
#[derive(Debug)]
pub struct Decision {
    /// What it is measured against.
    pub facts: Option<Facts>,
    /// What becomes of it.
    pub choice: Choice,
}

/// What becomes of an archive.
#[derive(Debug)]
pub enum Choice {
    /// It repeats nothing.
    Alone(Reason),
    /// The commit before it looks like an archive, but what it says cannot be relied on.
    Unclear(ObjectId, Flaw),
    /// It repeats the one before it, but the two must not become one.
    Refused(Vec<Refusal>),
    /// The two become one.
    Fold(Box<Plan>),
}

/// Decides about `newest` in `repository`.
pub fn decide(
    repository: &gix::Repository,
    caller: Caller,
    churn: &Churn,
    newest: Newest<'_>,
) -> Result<Decision> {
    let (archive, below) = match newest {
        Newest::Commit(recorded) => (recorded.archive(), recorded.commit.parents.first().copied()),
        Newest::Draft(draft) => (Some(&draft.archive), super::head_commit(repository)?),
    };
    let Some(archive) = archive else {
        return Ok(Decision { facts: None, choice: Choice::Alone(Reason::NotIdle) });
    };
    if let Newest::Commit(recorded) = newest
        && let Some(boundary) = rewritable::boundary(repository, recorded.id)?
    {
        let refusal = Refusal::Boundary(recorded.id, boundary);
        return Ok(Decision { facts: None, choice: Choice::Refused(vec![refusal]) });
    }
    let gatherer = Gatherer { repository, churn, newest, archive };
    let Neighbours { prior, between, flaw } = gatherer.neighbours(below)?;
    let seen = seen(repository, churn, archive, below)?;
    let mut facts = Facts {
        archive: archive.clone(),
        prior: prior.as_ref().map(|prior| prior.id),
        between: between.as_ref().map(|between| between.id),
        count: 1,
        seen,
    };
    let worth = prior.as_ref().map(|prior| self::worth(repository, churn, prior)).transpose()?;
    let evidence = repeat::Evidence {
        event: archive.event(!matches!(seen, Some(Seen::Before(_)))),
        cause: archive.cause.clone().unwrap_or_default(),
        prior: prior.as_ref().zip(worth).and_then(|(prior, worth)| gatherer.prior(prior, worth)),
    };
    let choice =
        match (repeat::judge(&evidence, &repeat::Policy::default()), prior.zip(worth), flaw) {
            (repeat::Verdict::StandsAlone { reason: Reason::NoPrior, .. }, _, Some((id, flaw))) => {
                Choice::Unclear(id, flaw)
            }
            (repeat::Verdict::StandsAlone { reason, recurrence }, ..) => {
                facts.count = recurrence;
                Choice::Alone(reason)
            }
            (repeat::Verdict::Repeats { .. }, None, _) => Choice::Alone(Reason::NoPrior),
            (repeat::Verdict::Repeats { recurrence }, Some((prior, worth)), _) => {
                facts.count = recurrence;
                gatherer.choose(caller, prior, between.as_ref(), (recurrence, worth))?
            }
        };
    Ok(Decision { facts: Some(facts), choice })
}

/// Finds out whether the obstacle of `archive` was reported at `below` or before; `None` without one.
pub fn seen(
    repository: &gix::Repository,
    churn: &Churn,
    archive: &Archive,
    below: Option<ObjectId>,
) -> Result<Option<Seen>> {
    if !archive.is_blocked() {
        return Ok(None);
    }
    let limit = usize::try_from(churn.history).or_raise(|| message("Too much history"))?;
    archives::seen_before(repository, below, archive, &churn.patterns(), limit).map(Some)
}

/// Returns what the archive `recorded` was worth; a commit that is none is worth nothing.
///
/// It is worked out again: nobody's word makes a new blocker an old one.
pub(in crate::ops) fn worth(
    repository: &gix::Repository,
    churn: &Churn,
    recorded: &Recorded,
) -> Result<Severity> {
    let Some(archive) = recorded.archive() else { return Ok(Severity::Noop) };
    if archive.count > 1 {
        return Ok(archive.severity.unwrap_or(Severity::Noop));
    }
    let below = recorded.commit.parents.first().copied();
    let seen = seen(repository, churn, archive, below)?;
    let event = archive.event(!matches!(seen, Some(Seen::Before(_))));
    let computed = severity::judge(&event).severity;
    Ok(archive.severity.map_or(computed, |recorded| recorded.max(computed)))
}

/// The commits below the newest archive that matter for it.
struct Neighbours {
    prior: Option<Recorded>,
    between: Option<Recorded>,
    flaw: Option<(ObjectId, Flaw)>,
}

/// Everything that the facts are read with.
pub(super) struct Gatherer<'a> {
    pub(super) repository: &'a gix::Repository,
    pub(super) churn: &'a Churn,
    pub(super) newest: Newest<'a>,
    pub(super) archive: &'a Archive,
}

impl Gatherer<'_> {
    /// Reads the archive at `below`, or the one beneath a quiet planning round there.
    fn neighbours(&self, below: Option<ObjectId>) -> Result<Neighbours> {
        let mut found = Neighbours { prior: None, between: None, flaw: None };
        let Some(below) = below else { return Ok(found) };
        let mut recorded = archives::read(self.repository, below, &self.churn.patterns())?;
        if recorded.archive().is_some_and(Archive::is_quiet_replan)
            && let [parent] = *recorded.commit.parents
        {
            let beneath = archives::read(self.repository, parent, &self.churn.patterns())?;
            found.between = Some(std::mem::replace(&mut recorded, beneath));
        }
        match recorded.reading {
            Reading::Other => {}
            Reading::Unclear(flaw) => found.flaw = Some((recorded.id, flaw)),
            Reading::Archive(_) => found.prior = Some(recorded),
        }
        Ok(found)
    }

    /// Returns what the last archive, which was `worth` so much, counts as.
    fn prior(&self, prior: &Recorded, worth: Severity) -> Option<repeat::Prior> {
        let archive = prior.archive()?;
        let takes_in = worth == Severity::BlockedNew && self.churn.fold_into_first;
        Some(repeat::Prior {
            family: archive.family.name().to_owned(),
            severity: Some(if takes_in { Severity::Noop } else { worth }),
            cause: archive.cause.clone().unwrap_or_default(),
            count: archive.count,
        })
    }
}

impl Newest<'_> {
    pub(super) fn commit(&self) -> Option<&Recorded> {
        match self {
            Newest::Commit(recorded) => Some(recorded),
            Newest::Draft(_) => None,
        }
    }
}
