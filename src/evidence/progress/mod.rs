//! Which new patches did a run bring about since it started?
//!
//! A merge, an empty commit, an archive of nothing, somebody else's commit, and a change that was there before are
//! none, whatever their number.

mod base;
mod candidate;
mod earlier;
pub mod moves;
pub mod patch;

use std::collections::HashSet;

use gix::ObjectId;
use gix::bstr::BString;
use gix::error::{Result, bail};

use self::candidate::Candidate;
use self::earlier::Earlier;
use self::moves::Moves;
use super::walk::{self, Range};
use crate::output::HINT;
use crate::policy::churn::Churn;
use crate::verdict::archive::{self, Reading, cause::Patterns};

/// Whose work is looked for, and where.
#[derive(Debug)]
pub struct Work<'a> {
    /// The commits that the run has reached.
    pub tips: &'a [ObjectId],
    /// The commit from which it started; `None` on a branch without commits.
    pub start: Option<ObjectId>,
    /// When it started, in seconds since 1970-01-01T00:00:00Z.
    pub since: i64,
    /// When it ended, in the same.
    pub until: Option<i64>,
    /// The mail addresses under which it commits.
    pub committers: &'a [BString],
    /// What moved its `HEAD` since.
    pub moves: &'a Moves,
    /// Where archives lie.
    pub churn: &'a Churn,
}

/// How far to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Up to the newest new patch.
    First,
    /// At all of them.
    All,
}

/// What a run brought about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Distinct new patches; at least so many if only the first was looked for.
    pub patches: usize,
    /// The newest commit with a new patch, and when it was committed, in seconds since 1970-01-01T00:00:00Z.
    pub newest: Option<(ObjectId, i64)>,
    /// Commits that were looked at and are no progress.
    pub passed: Passed,
    /// Records of rewrites that could not be read.
    pub damaged: usize,
}

/// How many commits are no progress, by reason; each is counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Passed {
    /// Merges.
    pub merges: usize,
    /// Commits without a change.
    pub empty: usize,
    /// Archives.
    pub archives: usize,
    /// Commits that somebody else made, or that came from elsewhere.
    pub others: usize,
    /// Commits dated before the start.
    pub before: usize,
    /// Commits dated after the end.
    pub after: usize,
    /// Changes that were there before, or that another commit of the run makes too.
    pub known: usize,
}

/// Looks for new patches of a run.
///
/// Errors when the start is not to be found in the history, and when a shallow boundary hides what would decide.
pub fn count(repository: &gix::Repository, work: &Work<'_>, depth: Depth) -> Result<Progress> {
    let range = base::range(repository, work)?;
    let mut progress = Progress::default();
    let mut judge = Judge::new(repository, work, &range);
    let mut seen = HashSet::new();
    for id in &range.commits {
        let Some(commit) = judge.new_patch(*id, &mut progress.passed)? else { continue };
        if depth == Depth::All && !seen.insert(commit.patch(repository)?.identity(repository)?) {
            progress.passed.known += 1;
            continue;
        }
        progress.patches += 1;
        progress.newest.get_or_insert((*id, commit.time));
        if depth == Depth::First {
            break;
        }
    }
    if progress.patches == 0 && range.is_cut() {
        bail!(
            gix::error::message("The history since the start ends in a shallow clone")
                .with(HINT, "git fetch --unshallow")
        );
    }
    progress.damaged = judge.earlier.damaged;
    Ok(progress)
}

/// Decides for one commit after another.
struct Judge<'a> {
    repository: &'a gix::Repository,
    work: &'a Work<'a>,
    range: &'a Range,
    earlier: Earlier<'a>,
    /// Commits of the range that came from elsewhere; read when first asked for.
    brought: Option<HashSet<ObjectId>>,
    causes: Patterns,
}

impl<'a> Judge<'a> {
    fn new(repository: &'a gix::Repository, work: &'a Work<'a>, range: &'a Range) -> Self {
        let earlier = Earlier::new(repository, work, range);
        let causes = work.churn.patterns();
        Self { repository, work, range, earlier, brought: None, causes }
    }

    /// Returns the commit `id` if it brings a new patch; else counts why not.
    fn new_patch(&mut self, id: ObjectId, passed: &mut Passed) -> Result<Option<Candidate>> {
        let reason = match self.range.time(id) {
            Some(time) if time < self.work.since => &mut passed.before,
            Some(time) if self.work.until.is_some_and(|end| time > end) => &mut passed.after,
            _ if self.range.parents(id).len() > 1 => &mut passed.merges,
            _ if self.is_brought(id)? => &mut passed.others,
            _ => {
                let Some(commit) = Candidate::find(self.repository, id)? else { return Ok(None) };
                if !self.is_own(&commit) {
                    &mut passed.others
                } else if self.range.is_boundary(id) || commit.is_empty(self.repository)? {
                    // What a cut-off commit changes cannot be known; the range says so itself.
                    &mut passed.empty
                } else if self.is_archive(&commit)? {
                    &mut passed.archives
                } else if self.earlier.has(&commit)? {
                    &mut passed.known
                } else {
                    return Ok(Some(commit));
                }
            }
        };
        *reason += 1;
        Ok(None)
    }

    fn is_own(&self, commit: &Candidate) -> bool {
        let is_committer = |email: &BString| email.eq_ignore_ascii_case(&commit.committer);
        self.work.moves.made.contains(&commit.id) || self.work.committers.iter().any(is_committer)
    }

    /// Tells whether a commit came into the worktree ready-made: by a merge, a pull, a checkout or a reset.
    fn is_brought(&mut self, id: ObjectId) -> Result<bool> {
        if self.work.moves.is_empty() || self.work.moves.made.contains(&id) {
            return Ok(false);
        }
        if self.brought.is_none() {
            self.brought = Some(self.read_brought()?);
        }
        Ok(self.brought.as_ref().is_some_and(|brought| brought.contains(&id)))
    }

    fn read_brought(&self) -> Result<HashSet<ObjectId>> {
        let mut moves: HashSet<(ObjectId, ObjectId)> =
            self.work.moves.brought.iter().copied().collect();
        for id in &self.range.commits {
            if let [first, others @ ..] = self.range.parents(*id) {
                moves.extend(others.iter().map(|other| (*first, *other)));
            }
        }
        let own: HashSet<&ObjectId> = self.range.commits.iter().collect();
        let mut brought = HashSet::new();
        for (old, new) in moves {
            if !self.repository.has_object(new) {
                continue;
            }
            let mut hidden = Vec::from_iter(self.work.start);
            hidden.push(old);
            hidden.retain(|id| self.repository.has_object(*id));
            let came = walk::between(self.repository, &[new], &hidden)?;
            brought.extend(came.into_iter().filter(|id| own.contains(id)));
        }
        Ok(brought)
    }

    /// Tells whether a commit records a run of a dispatch loop and changes nothing but such records.
    fn is_archive(&self, commit: &Candidate) -> Result<bool> {
        if !archive::might_be(&commit.message)
            || matches!(archive::message::read(&commit.message, &self.causes), Reading::Other)
        {
            return Ok(false);
        }
        let patch = commit.patch(self.repository)?;
        Ok(patch.paths().all(|path| self.work.churn.is_archive_path(path)))
    }
}
