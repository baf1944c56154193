//! Archives of nothing become one commit: decide, rewrite the branch's tip, and take it back.

pub mod decide;
pub(in crate::ops) mod fold;
mod keeper;
pub mod landing;
pub mod plan;
pub(in crate::ops) mod repair;
pub mod step;
mod tell;
pub mod undo;

use gix::ObjectId;
use gix::error::{Result, ResultExt as _, message};

use crate::clock;
use crate::evidence::archives::{self, Recorded};
use crate::evidence::repository::state_folder;
use crate::evidence::rewritable;
use crate::journal::folds::{self, Folds, Record, Stays};
use crate::policy::{self, churn};
use crate::verdict::archive::{self, Archive, Flaw, Reading};
use crate::verdict::coalesce::{Caller, Refusal};
use crate::verdict::repeat::Reason;
use decide::{Choice, Newest};

/// What became of a commit that might be folded.
#[derive(Debug)]
pub struct Report {
    /// The commit that was looked at; `None` on a branch without commits.
    pub head: Option<ObjectId>,
    /// What was decided, and done.
    pub outcome: Outcome,
    /// What the commit records and is measured against; `None` when it is no archive.
    pub facts: Option<Facts>,
    /// What went wrong on the side: other tools that could not be told.
    pub warnings: Vec<String>,
    /// What an earlier command left unfinished, and what was done about it.
    pub repaired: Option<String>,
}

/// What was decided about a commit, and done.
#[derive(Debug)]
pub enum Outcome {
    /// It is no archive.
    Ordinary,
    /// `[churn] mode` is `off`.
    Off,
    /// It is an archive that repeats nothing.
    StandsAlone(Reason),
    /// This commit looks like an archive, but what it says cannot be relied on.
    Unclear(ObjectId, Flaw),
    /// It repeats the archive before it, but the two must not become one.
    Refused(Vec<Refusal>),
    /// The two may become one.
    WouldFold,
    /// The two became this commit.
    Folded(ObjectId),
    /// The branch moved in the meantime, and nothing was done.
    Moved,
    /// Another command is folding in this repository, and nothing was done.
    Busy,
}

/// What an archive records and is measured against.
#[derive(Debug, Clone)]
pub struct Facts {
    /// What it records.
    pub archive: Archive,
    /// The archive before it.
    pub prior: Option<ObjectId>,
    /// The quiet planning round between the two.
    pub between: Option<ObjectId>,
    /// The number of runs that one commit would stand for.
    pub count: i64,
    /// Whether its obstacle was reported before; `None` when it reports none.
    pub seen: Option<archives::Seen>,
}

impl Facts {
    /// Starts with `archive` alone, measured against nothing.
    pub fn of(archive: &Archive) -> Self {
        Self { archive: archive.clone(), prior: None, between: None, count: 1, seen: None }
    }
}

impl Report {
    fn of(head: Option<ObjectId>, outcome: Outcome) -> Self {
        Self { head, outcome, facts: None, warnings: Vec::new(), repaired: None }
    }
}

/// Whether a fold is only looked at, or made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Decides and changes nothing.
    Look,
    /// Decides and folds what may be folded.
    Fold,
}

/// Folds the commit that git has just made, if it repeats the one before it. For the post-commit hook.
///
/// A commit that is no archive costs one object and one glance at its message.
pub fn after_commit(repository: &gix::Repository) -> Result<Report> {
    run(repository, Caller::PostCommit, Act::Fold)
}

/// Looks at the commit at `HEAD`, and folds it if `act` says so. For a person or a script.
pub fn at_head(repository: &gix::Repository, act: Act) -> Result<Report> {
    run(repository, rewritable::caller(), act)
}

fn run(repository: &gix::Repository, caller: Caller, act: Act) -> Result<Report> {
    let Some(head) = head_commit(repository)? else {
        return Ok(Report::of(None, Outcome::Refused(vec![Refusal::NoPrior])));
    };
    let ordinary = || Report::of(Some(head), Outcome::Ordinary);
    let is_archive = might_be_archive(repository, head)?;
    if caller == Caller::PostCommit && !is_archive {
        return Ok(ordinary());
    }
    let churn = policy::load(repository)?.churn;
    if churn.mode == churn::Mode::Off {
        return Ok(Report::of(Some(head), Outcome::Off));
    }
    if !is_archive && !Folds::of(&state_folder(repository)).exists() {
        return Ok(ordinary());
    }
    let guard = match act {
        Act::Look => None,
        Act::Fold => match landing::Guard::take(repository)? {
            Some(guard) => Some(guard),
            None => return Ok(Report::of(Some(head), Outcome::Busy)),
        },
    };
    let repaired = match &guard {
        Some(guard) => repair::unfinished(repository, guard)?,
        None => None,
    };
    let mut report = if is_archive {
        decide_and_act(repository, caller, &churn, (head, guard.as_ref()))?
    } else {
        ordinary()
    };
    report.repaired = repaired;
    Ok(report)
}

fn decide_and_act(
    repository: &gix::Repository,
    caller: Caller,
    churn: &churn::Churn,
    (head, guard): (ObjectId, Option<&landing::Guard>),
) -> Result<Report> {
    let recorded = archives::read(repository, head, &churn.patterns())?;
    match &recorded.reading {
        Reading::Other => return Ok(Report::of(Some(head), Outcome::Ordinary)),
        Reading::Unclear(flaw) => {
            return Ok(Report::of(Some(head), Outcome::Unclear(head, *flaw)));
        }
        Reading::Archive(_) => {}
    }
    let decision = decide::decide(repository, caller, churn, Newest::Commit(&recorded))?;
    let mut report = Report::of(Some(head), Outcome::WouldFold);
    report.facts = decision.facts;
    report.outcome = match (decision.choice, guard) {
        (Choice::Alone(reason), _) => Outcome::StandsAlone(reason),
        (Choice::Unclear(id, flaw), _) => Outcome::Unclear(id, flaw),
        (Choice::Refused(refusals), guard) => {
            if guard.is_some() {
                remember(repository, &recorded, &refusals)?;
            }
            Outcome::Refused(refusals)
        }
        (Choice::Fold(_), None) => Outcome::WouldFold,
        (Choice::Fold(plan), Some(guard)) => {
            let tree = recorded.commit.tree;
            let folded = fold::carry_out(repository, &plan, tree, guard)?;
            report.warnings = folded.warnings;
            match folded.end {
                fold::End::Folded(new) => Outcome::Folded(new),
                fold::End::Unsigned(refusal) => Outcome::Refused(vec![refusal]),
                fold::End::Lost => Outcome::Moved,
            }
        }
    };
    Ok(report)
}

/// Writes down why an archive that repeats another stays a commit of its own.
fn remember(repository: &gix::Repository, recorded: &Recorded, refusals: &[Refusal]) -> Result<()> {
    let reasons = refusals.iter().map(|refusal| refusal.token().to_owned()).collect();
    Folds::of(&state_folder(repository)).append(&Record::Stays(Stays {
        v: folds::VERSION,
        time: clock::now().as_secs(),
        commit: recorded.id,
        reasons,
    }))
}

/// Returns the commit of `HEAD`, or `None` on a branch without commits.
pub(in crate::ops) fn head_commit(repository: &gix::Repository) -> Result<Option<ObjectId>> {
    let context = || message("Could not read HEAD");
    let head = repository.head().or_raise(context)?;
    Ok(head.try_into_peeled_id().or_raise(context)?.map(gix::Id::detach))
}

fn might_be_archive(repository: &gix::Repository, id: ObjectId) -> Result<bool> {
    let context = || message!("Could not read the commit {id}");
    let commit = repository.find_commit(id).or_raise(context)?;
    Ok(archive::might_be(commit.message_raw().or_raise(context)?))
}
