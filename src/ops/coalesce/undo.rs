//! How is a fold taken back? The branch returns to the commits that were folded.

use gix::ObjectId;
use gix::error::{Result, ResultExt as _, message};

use super::keeper;
use super::landing::{self, Guard, Landing};
use super::{repair, tell};
use crate::evidence::repository::state_folder;
use crate::evidence::{archives, holders, identity, rewritable};
use crate::journal::folds::{Folds, Intended};
use crate::journal::rewrites::Kind;
use crate::verdict::archive::cause::Patterns;
use crate::verdict::coalesce::{Caller, Head, Holder, Refusal};

/// What became of taking a fold back.
#[derive(Debug)]
pub struct Report {
    /// What was done.
    pub outcome: Outcome,
    /// What went wrong on the side: other tools that could not be told.
    pub warnings: Vec<String>,
    /// What an earlier command left unfinished, and what was done about it.
    pub repaired: Option<String>,
}

/// What was done about a fold.
#[derive(Debug)]
pub enum Outcome {
    /// The branch is back at this commit, and the fold was this other one.
    Undone {
        /// The commit that the branch was at before the fold.
        back_at: ObjectId,
        /// The commit that the fold had made.
        fold: ObjectId,
        /// Whether the files of the newest run are now staged and not committed.
        leaves_staged: bool,
    },
    /// The commit at `HEAD` is no fold of this repository.
    NoFold(Option<ObjectId>),
    /// The fold must stay.
    Refused(Vec<Refusal>),
    /// The branch moved in the meantime, and nothing was done.
    Moved,
    /// Another command is folding in this repository, and nothing was done.
    Busy,
}

/// Takes back the fold at `HEAD`. Files and index stay as they are.
pub fn run(repository: &gix::Repository) -> Result<Report> {
    let mut report = Report { outcome: Outcome::Busy, warnings: Vec::new(), repaired: None };
    let Some(guard) = Guard::take(repository)? else { return Ok(report) };
    report.repaired = repair::unfinished(repository, &guard)?;
    let head = super::head_commit(repository)?;
    let attempt = match head {
        Some(head) => Folds::of(&state_folder(repository)).attempt(head)?,
        None => None,
    };
    let Some(attempt) = attempt.filter(|attempt| !attempt.replaced.is_empty()) else {
        report.outcome = Outcome::NoFold(head);
        return Ok(report);
    };
    let refusals = refusals(repository, &attempt)?;
    if !refusals.is_empty() {
        report.outcome = Outcome::Refused(refusals);
        return Ok(report);
    }
    let Some(back_at) = attempt.old else {
        report.outcome = Outcome::NoFold(head);
        return Ok(report);
    };
    report.outcome = take_back(repository, &attempt, back_at)?;
    if let Outcome::Undone { .. } = report.outcome {
        report.warnings = tell::others(repository, &[attempt.new], back_at);
    }
    Ok(report)
}

/// Returns what speaks against rewriting the fold: the rules that protect it from others and from git.
fn refusals(repository: &gix::Repository, attempt: &Intended) -> Result<Vec<Refusal>> {
    let mut found = Vec::new();
    let head = rewritable::head(repository)?;
    if head != Head::Branch(attempt.reference.clone()) {
        found.push(Refusal::Detached);
    }
    found.extend(rewritable::operation(repository).map(Refusal::Operation));
    if rewritable::caller() == Caller::InsideHook {
        found.push(Refusal::InsideHook);
    }
    let branch = Some(attempt.reference.as_bytes());
    for holder in holders::of(repository, attempt.new, branch)? {
        found.push(match holder {
            Holder::Remote(name) => Refusal::Published(name),
            Holder::Local(name) => Refusal::Held(name),
        });
    }
    Ok(found)
}

fn take_back(
    repository: &gix::Repository,
    attempt: &Intended,
    back_at: ObjectId,
) -> Result<Outcome> {
    let tree = |id: ObjectId| -> Result<ObjectId> {
        let context = || message!("Could not read the commit {id}");
        Ok(repository.find_commit(id).or_raise(context)?.tree_id().or_raise(context)?.detach())
    };
    let leaves_staged = tree(attempt.new)? != tree(back_at)?;
    let last = archives::read(repository, attempt.new, &Patterns::default())?.commit.committer;
    let committer = identity::signature(repository, &last)?;
    let branch = attempt.reference.as_str();
    landing::map(repository, &[attempt.new], back_at, &Kind::Unfold)?;
    let text = "keep a fold that was taken back\n";
    keeper::keep(repository, branch, attempt.new, (text, &committer))?;
    let moved = landing::advance_branch(
        repository,
        Some(branch),
        (Some(attempt.new), back_at),
        ("coalesce undo: back to the commits before the fold", &committer),
    )?;
    Ok(match moved {
        Landing::Moved => Outcome::Undone { back_at, fold: attempt.new, leaves_staged },
        Landing::Lost => Outcome::Moved,
    })
}
