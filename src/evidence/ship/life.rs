//! What became of a commit's work between the commit and a tip?

use gix::ObjectId;
use gix::error::{Result, ResultExt as _, message};

use super::change;
use super::history::History;
use super::standing::Work;
use super::tree::tree_of;
use crate::evidence::changes::{Comparer, Renames};
use crate::verdict::audit::paths::Classes;
use crate::verdict::ship::Fate;

/// Renames that are followed, one after another.
const RENAMES: usize = 16;

/// A commit that says it takes another back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reverter {
    /// The commit.
    pub commit: ObjectId,
    /// How it names the other.
    pub naming: Naming,
}

/// How sure it is that a revert means a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// It names that commit.
    Commit,
    /// It names an id under which more may have been done; so it must have taken out most of the work.
    Label,
}

/// Looks for the work of commits below one tip.
pub struct Lives<'a> {
    repository: &'a gix::Repository,
    classes: Classes,
    comparer: Comparer,
    tip: ObjectId,
    tree: ObjectId,
}

impl std::fmt::Debug for Lives<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Lives").field("tip", &self.tip).finish_non_exhaustive()
    }
}

impl<'a> Lives<'a> {
    /// Prepares to look below `tip`.
    pub fn new(repository: &'a gix::Repository, tip: ObjectId) -> Result<Self> {
        let tree = tree_of(repository, tip)?;
        let (classes, comparer) = (change::unclassified(), Comparer::default());
        Ok(Self { repository, classes, comparer, tip, tree })
    }

    /// Returns what became of the `work` of `commit`.
    ///
    /// `reverts` are commits that are newer and say that they take `commit` back. Reads the tree of the tip, and
    /// only when nothing of the work is in it, some of those between: it looks for the one where it went away.
    pub fn fate(
        &mut self,
        history: &History<'_>,
        commit: ObjectId,
        work: &mut Work,
        reverts: &[Reverter],
    ) -> Result<Fate> {
        for revert in reverts {
            if self.is_still_out(*revert, work)? {
                return Ok(Fate::Reverted(revert.commit));
            }
        }
        if work.is_in(self.repository, self.tree)? {
            return Ok(Fate::Lives);
        }
        let chain = history.chain(self.tip);
        let fate = self.search(history, &chain, commit, work)?;
        if let Fate::Removed(by) = fate
            && reverts.iter().any(|revert| revert.commit == by)
        {
            return Ok(Fate::Reverted(by));
        }
        Ok(fate)
    }

    /// Tells whether `revert` took some of the work out and most of that is not back at the tip.
    fn is_still_out(&self, revert: Reverter, work: &mut Work) -> Result<bool> {
        let Some(parent) = parents(self.repository, revert.commit)?.first().copied() else {
            return Ok(false);
        };
        let mut there = |commit: ObjectId| -> Result<usize> {
            Ok(work.measure(self.repository, tree_of(self.repository, commit)?)?.there)
        };
        let (before, after, now) = (there(parent)?, there(revert.commit)?, there(self.tip)?);
        let taken = before.saturating_sub(after);
        let is_meant = match revert.naming {
            Naming::Commit => taken > 0,
            Naming::Label => taken > 0 && taken * 2 >= before,
        };
        Ok(is_meant && now.saturating_sub(after) * 2 < taken)
    }

    /// Looks on `chain`, first parents from a commit without the work down, for where it went away.
    fn search(
        &mut self,
        history: &History<'_>,
        chain: &[ObjectId],
        commit: ObjectId,
        work: &mut Work,
    ) -> Result<Fate> {
        let mut chain = history.reaching(chain, commit).to_vec();
        loop {
            let Some(&landing) = chain.last() else { return Ok(Fate::Gone) };
            if self.has(landing, work)? {
                break;
            }
            // The commit came in by a merge that has nothing of it: the merge left it out, or the branch did.
            let sides = parents(self.repository, landing)?;
            let reaches = |side: &&ObjectId| {
                !history.reaching(std::slice::from_ref(*side), commit).is_empty()
            };
            let Some(side) = sides.iter().find(reaches).filter(|_| landing != commit) else {
                return Ok(Fate::Gone);
            };
            if self.has(*side, work)? {
                if self.follow((*side, landing), work)? {
                    if work.is_in(self.repository, self.tree)? {
                        return Ok(Fate::Lives);
                    }
                    break;
                }
                return Ok(Fate::Discarded(landing));
            }
            chain = history.reaching(&history.chain(*side), commit).to_vec();
        }
        for _ in 0..RENAMES {
            let Some((at, before)) = self.last_step(&chain, work)? else { return Ok(Fate::Gone) };
            if !self.follow((before, at), work)? {
                return self.judge_step((before, at), work);
            }
            if work.is_in(self.repository, self.tree)? {
                return Ok(Fate::Lives);
            }
            let kept = chain.iter().position(|id| *id == at).map_or(0, |at| at + 1);
            chain.truncate(kept);
        }
        Ok(Fate::Gone)
    }

    /// Returns a commit of `chain` without the work whose first parent has it, and that parent.
    fn last_step(
        &self,
        chain: &[ObjectId],
        work: &mut Work,
    ) -> Result<Option<(ObjectId, ObjectId)>> {
        // The newest is without it, the oldest has it.
        let (mut without, mut with) = (0, chain.len().saturating_sub(1));
        while with > without + 1 {
            let middle = without + (with - without) / 2;
            let Some(id) = chain.get(middle) else { break };
            if self.has(*id, work)? {
                with = middle;
            } else {
                without = middle;
            }
        }
        Ok(chain.get(without).copied().zip(chain.get(with).copied()).filter(|(a, b)| a != b))
    }

    /// Follows work whose files were renamed, or whose lines went to other files, in one step.
    ///
    /// Tells whether any of it is there afterwards.
    fn follow(&mut self, (before, at): (ObjectId, ObjectId), work: &mut Work) -> Result<bool> {
        let trees = (Some(tree_of(self.repository, before)?), tree_of(self.repository, at)?);
        let changes =
            self.comparer.trees(self.repository, trees, Renames::Similar, &self.classes)?;
        for change in &changes {
            if let Some(previous) = &change.change.previous_path {
                work.follow(previous.as_bytes(), &change.path);
            }
        }
        if self.has(at, work)? {
            return Ok(true);
        }
        work.follow_lines(self.repository, tree_of(self.repository, before)?, &changes)?;
        self.has(at, work)
    }

    /// Says what the step means in which the last of the work went away.
    fn judge_step(&self, (before, at): (ObjectId, ObjectId), work: &mut Work) -> Result<Fate> {
        let trees = (tree_of(self.repository, before)?, tree_of(self.repository, at)?);
        let measure = work.measure(self.repository, trees.0)?;
        let most = measure.there * 2 >= measure.of;
        if most && work.is_taken_out(self.repository, trees)? {
            return Ok(Fate::Removed(at));
        }
        if work.has_place_in(self.repository, self.tree)? {
            return Ok(Fate::Rewritten(at));
        }
        Ok(Fate::Removed(at))
    }

    fn has(&self, commit: ObjectId, work: &mut Work) -> Result<bool> {
        work.is_in(self.repository, tree_of(self.repository, commit)?)
    }
}

fn parents(repository: &gix::Repository, commit: ObjectId) -> Result<Vec<ObjectId>> {
    let commit =
        repository.find_commit(commit).or_raise(|| message!("Could not read commit {commit}"))?;
    Ok(commit.parent_ids().map(gix::Id::detach).collect())
}
