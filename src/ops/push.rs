//! Do the commits that a push would send do what they say?

use std::ops::ControlFlow;
use std::time::Instant;

use gix::ObjectId;
use gix::error::{Result, ResultExt as _, message};

use super::audit::{self, Row, Totals};
use super::coalesce::decide;
use crate::clock;
use crate::evidence::archives::{self, Recorded};
use crate::evidence::repository::state_folder;
use crate::evidence::{range, rewritable};
use crate::journal::Durability;
use crate::journal::pushed::{self, Pushed};
use crate::policy;
use crate::verdict::audit::Answer;
use crate::verdict::severity::Severity;

/// What a push would change.
#[derive(Debug, Clone, Default)]
pub struct Offer {
    /// The objects to be sent, each with all it reaches; they may be tags, trees or blobs.
    pub local: Vec<ObjectId>,
    /// The objects that the remote's refs hold now; not all of them are here.
    pub remote: Vec<ObjectId>,
    /// The remote's name, or its URL when it has no name.
    pub remote_name: String,
    /// What kind of references it changes.
    pub references: References,
}

/// What kind of references a push changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum References {
    /// Branches, none of which it deletes.
    Branches,
    /// Tags or others too, or it deletes some.
    #[default]
    Others,
}

/// What became of the audit of a push.
#[derive(Debug, Default)]
pub struct Report {
    /// The commits that would be sent.
    pub commits: usize,
    /// The counts of those that were judged before the deadline.
    pub totals: Totals,
    /// The rows with a finding, and those about which nothing could be found out; oldest first.
    pub rows: Vec<Row>,
}

impl Offer {
    /// Returns the commits behind the objects to be sent; a tag of a tree or a blob has none.
    pub fn tips(&self, repository: &gix::Repository) -> Result<Vec<ObjectId>> {
        let mut tips = Vec::with_capacity(self.local.len());
        for id in &self.local {
            let context = || message!("Could not read {id}, which is to be pushed");
            let object = repository.find_object(*id).or_raise(context)?;
            let end = object.peel_tags_to_end().or_raise(context)?;
            if end.kind == gix::object::Kind::Commit && !tips.contains(&end.id) {
                tips.push(end.id);
            }
        }
        Ok(tips)
    }
}

/// Judges the commits of `offer`, oldest first, until `deadline`.
///
/// Errors when the range cannot be found out or the policy cannot be read.
pub fn audit(repository: &gix::Repository, offer: &Offer, deadline: Instant) -> Result<Report> {
    let tips = offer.tips(repository)?;
    if tips.is_empty() {
        return Ok(Report::default());
    }
    let offered = offered(repository)?;
    let mut commits = range::push(repository, &tips, &offer.remote, &offer.remote_name, &offered)?;
    if commits.is_empty() {
        return Ok(Report::default());
    }
    commits.reverse();
    let policy = policy::load(repository)?.audit_rules();
    let mut report = Report { commits: commits.len(), ..Report::default() };
    audit::each(repository, &commits, &policy, &mut |row| {
        report.totals.add(&row);
        if !row.verdict.as_ref().is_ok_and(|verdict| is_quiet(verdict.answer)) {
            report.rows.push(row);
        }
        if clock::instant() < deadline { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(report)
}

/// The most commits of a push that are looked at one by one for whether anything happened.
const IDLE_LIMIT: usize = 200;

/// Returns the commits that `offer` sends when `[severity] hold_noop_pushes` is to hold it back: when it sends
/// nothing but archives in which nothing happened, to branches. Otherwise the answer is empty.
///
/// A commit that changes a file outside the archive folders is more than an archive. Pushes of more than 200 commits
/// are not looked at.
pub fn idle(repository: &gix::Repository, offer: &Offer) -> Result<Vec<Recorded>> {
    let policy = policy::load(repository)?;
    if !policy.severity.hold_noop_pushes || offer.references != References::Branches {
        return Ok(Vec::new());
    }
    let (tips, offered) = (offer.tips(repository)?, offered(repository)?);
    let commits = range::push(repository, &tips, &offer.remote, &offer.remote_name, &offered)?;
    if commits.len() > IDLE_LIMIT {
        return Ok(Vec::new());
    }
    let mut idle = Vec::with_capacity(commits.len());
    for id in &commits {
        let recorded = archives::read(repository, *id, &policy.churn.patterns())?;
        let is_idle = recorded.archive().is_some()
            && recorded.commit.parents.len() <= 1
            && decide::worth(repository, &policy.churn, &recorded)? == Severity::Noop
            && rewritable::outside(
                &rewritable::changed_paths(repository, &recorded.commit)?,
                &policy.churn,
            )
            .is_none();
        if !is_idle {
            return Ok(Vec::new());
        }
        idle.push(recorded);
    }
    Ok(idle)
}

/// Tells whether a commit with `answer` needs no word.
fn is_quiet(answer: Answer) -> bool {
    matches!(answer, Answer::Ok | Answer::Abstain)
}

/// Writes down that the commits of `offer` are offered to a remote, each once and for all.
pub fn remember(repository: &gix::Repository, offer: &Offer) -> Result<()> {
    let known = offered(repository)?;
    let mut tips = offer.tips(repository)?;
    tips.retain(|id| !known.contains(id));
    if tips.is_empty() {
        return Ok(());
    }
    let records: Vec<Pushed> = tips.iter().map(|id| Pushed::new(*id, clock::now())).collect();
    pushed::journal(&state_folder(repository)).append_all(&records, Durability::Buffered)
}

/// Returns the commits that were offered to a remote before.
pub(super) fn offered(repository: &gix::Repository) -> Result<Vec<ObjectId>> {
    let records = pushed::journal(&state_folder(repository)).read()?.records;
    Ok(records.into_iter().map(|record| record.id).collect())
}
