//! Was a patch there before the run started?
//!
//! An amend, a rebase and a cherry-pick keep who wrote a commit and when, and git tells what became of what: a
//! commit that was written after the start has nothing earlier to be compared with, unless it was made from it.

use std::collections::{BTreeSet, HashMap};

use gix::ObjectId;
use gix::bstr::BString;
use gix::error::{Result, ResultExt as _, message};
use gix::revision::walk::Sorting;
use gix::traverse::commit::simple::CommitTimeOrder;

use super::Work;
use super::base::Rewrites;
use super::candidate::Candidate;
use crate::evidence::range::{Broken, reference_tips};
use crate::evidence::walk::{self, Range};

/// Who wrote a commit, and when.
type Authored = (BString, i64);

/// Finds the earlier versions of commits.
pub(super) struct Earlier<'a> {
    repository: &'a gix::Repository,
    work: &'a Work<'a>,
    range: &'a Range,
    /// What each commit was directly made from; read when first asked for.
    origins: Option<HashMap<ObjectId, Vec<ObjectId>>>,
    /// Commits that were there before, by author; read when first asked for.
    authored: Option<HashMap<Authored, Vec<ObjectId>>>,
    /// Records of rewrites that could not be read.
    pub(super) damaged: usize,
}

impl<'a> Earlier<'a> {
    pub(super) fn new(
        repository: &'a gix::Repository,
        work: &'a Work<'a>,
        range: &'a Range,
    ) -> Self {
        Self { repository, work, range, origins: None, authored: None, damaged: 0 }
    }

    /// Tells whether a commit that was there before the start makes the change of `candidate`.
    pub(super) fn has(&mut self, candidate: &Candidate) -> Result<bool> {
        let is_late = candidate.authored.1 > self.work.since;
        if is_late && self.work.moves.fresh.contains(&candidate.id) {
            return Ok(false);
        }
        let mut others = self.origins(candidate.id)?;
        if !is_late {
            others.extend(self.alike(candidate)?);
        }
        if others.is_empty() {
            return Ok(false);
        }
        let patch = candidate.patch(self.repository)?;
        for id in others {
            let Some(other) = Candidate::find(self.repository, id)? else { continue };
            if self.was_before(&other)?
                && patch.is_same(&other.patch(self.repository)?, self.repository)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns every commit that `id` was made from, directly or through others.
    fn origins(&mut self, id: ObjectId) -> Result<BTreeSet<ObjectId>> {
        if self.origins.is_none() {
            let rewrites = Rewrites::read(self.repository, self.work)?;
            self.damaged = rewrites.damaged;
            let mut origins: HashMap<ObjectId, Vec<ObjectId>> = HashMap::new();
            for rewrite in rewrites.records {
                origins.entry(rewrite.new).or_default().push(rewrite.old);
            }
            self.origins = Some(origins);
        }
        let mut found = BTreeSet::new();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            let olds = self.origins.as_ref().and_then(|origins| origins.get(&id));
            open.extend(olds.into_iter().flatten().filter(|old| found.insert(**old)));
        }
        found.remove(&id);
        Ok(found)
    }

    /// Returns the commits outside of the range by the author of `candidate`, at the same second.
    fn alike(&mut self, candidate: &Candidate) -> Result<Vec<ObjectId>> {
        if self.authored.is_none() {
            self.authored = Some(self.read_authored()?);
        }
        let authored = self.authored.as_ref();
        Ok(authored.and_then(|ids| ids.get(&candidate.authored)).cloned().unwrap_or_default())
    }

    fn read_authored(&self) -> Result<HashMap<Authored, Vec<ObjectId>>> {
        let context = || message("Could not walk the history before the start");
        let mut oldest = self.work.since;
        for id in &self.range.commits {
            if let Some(commit) = Candidate::find(self.repository, *id)? {
                oldest = oldest.min(commit.authored.1);
            }
        }
        let mut tips = reference_tips(self.repository, "refs/", Broken::PassedOver)?;
        tips.extend(self.work.start.filter(|start| self.repository.has_object(*start)));
        let order = CommitTimeOrder::NewestFirst;
        let walk = self
            .repository
            .rev_walk(tips)
            .sorting(Sorting::ByCommitTimeCutoff { order, seconds: oldest })
            .all()
            .or_raise(context)?;
        let own: BTreeSet<&ObjectId> = self.range.commits.iter().collect();
        let mut found: HashMap<Authored, Vec<ObjectId>> = HashMap::new();
        for info in walk {
            let id = info.or_raise(context)?.id;
            if own.contains(&id) {
                continue;
            }
            if let Some(commit) = Candidate::find(self.repository, id)? {
                found.entry(commit.authored).or_default().push(id);
            }
        }
        Ok(found)
    }

    /// Tells whether a commit was made before the start.
    ///
    /// Of the commits of that very second, those that the starting commit reaches were.
    fn was_before(&self, commit: &Candidate) -> Result<bool> {
        if commit.time != self.work.since {
            return Ok(commit.time < self.work.since);
        }
        let Some(start) = self.work.start else { return Ok(false) };
        if commit.id == start || !self.repository.has_object(start) {
            return Ok(true);
        }
        Ok(walk::between(self.repository, &[commit.id], &[start])?.is_empty())
    }
}
