//! How is a permitted fold made? One new commit takes the place of several at the branch's tip.

use gix::ObjectId;
use gix::actor::Signature;
use gix::error::{Result, ResultExt as _, message};

use super::landing::{self, Guard, Landing, Move};
use super::plan::Plan;
use super::step::{self, Step};
use super::tell;
use crate::evidence::{archives, identity};
use crate::output::shown;
use crate::verdict::archive::cause::Patterns;
use crate::verdict::coalesce::Refusal;

/// What came of a fold.
#[derive(Debug)]
pub(in crate::ops) struct Folded {
    /// What was done.
    pub(in crate::ops) end: End,
    /// Which other tools could not be told.
    pub(in crate::ops) warnings: Vec<String>,
}

/// How a fold ended.
#[derive(Debug)]
pub(in crate::ops) enum End {
    /// The commits became this one.
    Folded(ObjectId),
    /// The new commit could not be signed.
    Unsigned(Refusal),
    /// The branch moved in the meantime, and nothing was done.
    Lost,
}

/// Makes the fold that `plan` describes, with the content `tree`. The index is as right after it as before.
pub(in crate::ops) fn carry_out(
    repository: &gix::Repository,
    plan: &Plan,
    tree: ObjectId,
    guard: &Guard,
) -> Result<Folded> {
    carry_out_with(repository, plan, tree, (None, guard))
}

/// Makes the fold that `plan` describes, with the content `tree`, and changes the index with it.
pub(in crate::ops) fn carry_out_with(
    repository: &gix::Repository,
    plan: &Plan,
    tree: ObjectId,
    (index, guard): (Option<&mut dyn landing::Index>, &Guard),
) -> Result<Folded> {
    let (new, committer) = match write(repository, plan, tree)? {
        Ok(written) => written,
        Err(refusal) => {
            return Ok(Folded { end: End::Unsigned(refusal), warnings: Vec::new() });
        }
    };
    step::reached(Step::Written);
    let permit = &plan.permit;
    let title = plan.message.lines().next().unwrap_or_default();
    let planned = Move {
        branch: Some(permit.branch()),
        old: Some(permit.tip()),
        new,
        replaced: permit.replaced(),
        archive: &plan.archive,
        committer: &committer,
        log: format!("commit (amend): {title}"),
    };
    Ok(match landing::land(repository, &planned, index, guard)? {
        Landing::Lost => Folded { end: End::Lost, warnings: Vec::new() },
        Landing::Moved => Folded {
            end: End::Folded(new),
            warnings: tell::others(repository, permit.replaced(), new),
        },
    })
}

/// Writes the new commit; it is the refusal that comes back when it cannot be signed.
fn write(
    repository: &gix::Repository,
    plan: &Plan,
    tree: ObjectId,
) -> Result<std::result::Result<(ObjectId, Signature), Refusal>> {
    let context = || message("Could not write the commit that stands for several");
    let prior = &plan.prior.commit;
    let tip = archives::read(repository, plan.permit.tip(), &Patterns::default())?.commit;
    let mut committer = identity::signature(repository, &tip.committer).or_raise(context)?;
    // A commit that is older than its content confuses walks by date.
    let newest = prior.committer.time.seconds.max(tip.committer.time.seconds);
    committer.time.seconds = committer.time.seconds.max(newest);
    let is_kept = |name: &[u8]| !name.starts_with(b"gpgsig") && name != b"encoding";
    let commit = gix::objs::Commit {
        tree,
        parents: plan.permit.parents().iter().copied().collect(),
        author: prior.author.clone(),
        committer,
        encoding: None,
        message: plan.message.clone().into(),
        extra_headers: prior
            .extra_headers
            .iter()
            .filter(|(name, _)| is_kept(name))
            .cloned()
            .collect(),
    };
    let commit = if plan.permit.is_signed() {
        let options = repository.commit_signing_options().or_raise(context)?;
        match commit.sign(options) {
            Ok(commit) => commit,
            Err(error) => {
                return Ok(Err(Refusal::Unsigned(shown(error.to_string().as_bytes()))));
            }
        }
    } else {
        commit
    };
    let new = repository.write_object(&commit).or_raise(context)?.detach();
    Ok(Ok((new, commit.committer)))
}
