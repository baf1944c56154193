//! Where did an agent's session begin, and which commits are its own?

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use gix::ObjectId;
use gix::error::{Result, ResultExt as _, message};
use gix::revision::walk::Sorting;
use gix::traverse::commit::simple::CommitTimeOrder;

use super::run::{self, Request};
use crate::clock;
use crate::evidence::repository::state_folder;
use crate::journal::Durability;
use crate::journal::markers;
use crate::journal::rewrites::{self, Rewrite};
use crate::journal::sessions::{self, Record, Start};
use crate::policy;
use crate::run_id::RunId;

/// What an agent says about a session that begins.
#[derive(Debug, Clone, Copy)]
pub struct Begun<'call> {
    /// The agent, such as `claude`.
    pub host: &'call str,
    /// The session's id.
    pub session: &'call str,
    /// The model, if the agent names it.
    pub model: Option<&'call str>,
    /// Why the agent says so now; `None` when it did not, and we came in later.
    pub source: Option<&'call str>,
}

/// What is known of a session.
#[derive(Debug, Default)]
pub struct Known {
    /// Its newest start.
    pub start: Option<Start>,
    /// What it was told, oldest first.
    pub told: Vec<sessions::Told>,
}

/// Writes down that a session begins in the worktree of `repository`, at its present `HEAD`, and that it is a run.
///
/// Where the session began before, at `earlier`, the run that it was until now is over.
pub fn begin(
    repository: &gix::Repository,
    begun: &Begun<'_>,
    earlier: Option<&Start>,
) -> Result<Start> {
    let lineage = run::lineage(begun.host)?;
    let head = repository.head().or_raise(|| message("Could not read HEAD"))?;
    let branch = head.referent_name().map(|name| name.as_bstr().to_string());
    let start = Start {
        v: sessions::VERSION,
        time: clock::now().as_secs(),
        host: begun.host.to_owned(),
        session: begun.session.to_owned(),
        worktree: repository.workdir().and_then(absolute),
        head: head_id(repository)?,
        branch,
        model: begun.model.map(str::to_owned),
        source: begun.source.map(str::to_owned),
        run: Some(lineage.run.to_string()),
    };
    let state = state_folder(repository);
    sessions::journal(&state, begun.session)
        .append(&Record::Start(start.clone()), Durability::Buffered)?;
    // A policy that cannot be read is said elsewhere, and nothing is removed by a guess at it.
    if let Ok(policy) = policy::load(repository) {
        let (kept, now) = (policy.hooks.keep.0, clock::now());
        sessions::prune(&state, kept, now);
        markers::prune(&state, kept, now);
    }
    let session = Some((begun.host.to_owned(), begun.session.to_owned()));
    run::start(repository, &lineage, &Request { session, ..Request::default() })?;
    if let Some(old) = earlier.and_then(run_of) {
        run::end(&state, &old)?;
    }
    Ok(start)
}

/// Returns the run that the session is since `start`.
pub fn run_of(start: &Start) -> Option<RunId> {
    start.run.as_deref().and_then(RunId::parse)
}

/// Reads what is known of the session called `session`.
///
/// Damaged lines are passed over: the journal decides only whether to speak.
pub fn known(state_folder: &Path, session: &str) -> Result<Known> {
    let mut known = Known::default();
    for record in sessions::journal(state_folder, session).read()?.records {
        match record {
            Record::Start(start) => known.start = Some(start),
            Record::Told(told) => known.told.push(told),
            Record::Unknown => {}
        }
    }
    Ok(known)
}

/// Returns the commit of `HEAD`, or `None` on a branch without commits.
pub fn head_id(repository: &gix::Repository) -> Result<Option<ObjectId>> {
    let context = || message("Could not read HEAD");
    let head = repository.head().or_raise(context)?;
    Ok(head.try_into_peeled_id().or_raise(context)?.map(gix::Id::detach))
}

/// Returns the commits that the session since `start` answers for, newest first: those that `tips` reach and
/// the starting commit does not, committed since then, without those that only carry an earlier one's claim.
pub fn own_commits(
    repository: &gix::Repository,
    start: &Start,
    tips: &[ObjectId],
) -> Result<Vec<ObjectId>> {
    let mut tips = tips.to_vec();
    tips.retain(|tip| Some(*tip) != start.head);
    if tips.is_empty() {
        return Ok(Vec::new());
    }
    let before: BTreeSet<ObjectId> =
        since(repository, start.head.as_slice(), start.time)?.into_iter().collect();
    let mut commits = since(repository, &tips, start.time)?;
    commits.retain(|id| !before.contains(id));
    if commits.is_empty() {
        return Ok(commits);
    }
    let rewrites = rewrites::journal(&state_folder(repository)).read()?.records;
    let origins = origins(&rewrites);
    let mut own = Vec::with_capacity(commits.len());
    for id in commits {
        if !repeats_an_earlier_claim(repository, id, start.time, &origins)? {
            own.push(id);
        }
    }
    Ok(own)
}

/// Returns the commits that `tips` reach and that were committed at `time` or later, newest first.
///
/// A commit older than `time` ends the search behind it, as clocks seldom run backwards.
pub fn since(repository: &gix::Repository, tips: &[ObjectId], time: u64) -> Result<Vec<ObjectId>> {
    let context = || message("Could not walk the session's commits");
    let seconds = i64::try_from(time).or_raise(context)?;
    let order = CommitTimeOrder::NewestFirst;
    let walk = repository
        .rev_walk(tips.iter().copied())
        .sorting(Sorting::ByCommitTimeCutoff { order, seconds })
        .all()
        .or_raise(context)?;
    walk.map(|info| info.map(|info| info.id).or_raise(context)).collect()
}

/// Returns for each commit the ones that it was directly made from.
fn origins(rewrites: &[Rewrite]) -> HashMap<ObjectId, Vec<ObjectId>> {
    let mut origins: HashMap<ObjectId, Vec<ObjectId>> = HashMap::new();
    for rewrite in rewrites.iter().filter(|rewrite| rewrite.old != rewrite.new) {
        origins.entry(rewrite.new).or_default().push(rewrite.old);
    }
    origins
}

/// Tells whether `id` was rewritten, with its subject, from a commit that is older than `time`.
///
/// A rebase gives old commits a new date; their claims are not the session's.
fn repeats_an_earlier_claim(
    repository: &gix::Repository,
    id: ObjectId,
    time: u64,
    origins: &HashMap<ObjectId, Vec<ObjectId>>,
) -> Result<bool> {
    let subject = |id: ObjectId| -> Result<(gix::bstr::BString, i64)> {
        let context = || message!("Could not read the commit {id}");
        let commit = repository.find_commit(id).or_raise(context)?;
        let summary = commit.message().or_raise(context)?.summary().into_owned();
        Ok((summary, commit.time().or_raise(context)?.seconds))
    };
    let mut seen = BTreeSet::from([id]);
    let mut open: Vec<ObjectId> = origins.get(&id).cloned().unwrap_or_default();
    if open.is_empty() {
        return Ok(false);
    }
    let claim = subject(id)?.0;
    while let Some(origin) = open.pop() {
        if !seen.insert(origin) {
            continue;
        }
        open.extend(origins.get(&origin).into_iter().flatten());
        // An origin that is no longer there can vouch for nothing.
        if !repository.has_object(origin) {
            continue;
        }
        let (earlier, committed) = subject(origin)?;
        if earlier == claim && i64::try_from(time).is_ok_and(|time| committed < time) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns `path` from the root on, if it is UTF-8 text.
pub(super) fn absolute(path: &Path) -> Option<String> {
    std::path::absolute(path).ok()?.to_str().map(str::to_owned)
}
