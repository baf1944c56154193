//! Which commits do some tips reach that others do not?

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use gix::ObjectId;
use gix::error::{Result, ResultExt as _, message};

use super::graph::Graph;

/// Hidden commits that are still read once none but hidden ones are left.
///
/// Commit times that run backwards can hide a path to a commit that was already taken; git looks as far.
const SLOP: usize = 5;

/// Returns the commits that `tips` reach and `hidden` do not, newest first.
///
/// Reads commits from the commit-graph where there is one and they are many, and stops as soon as only hidden commits are left, as
/// git does. Where commit times run backwards too far, commits that `hidden` reaches may be among the answer.
/// Errors when a commit is missing that is not behind a shallow boundary.
pub fn between(
    repository: &gix::Repository,
    tips: &[ObjectId],
    hidden: &[ObjectId],
) -> Result<Vec<ObjectId>> {
    Ok(range(repository, tips, hidden)?.commits)
}

/// The commits that some tips reach and others do not.
#[derive(Debug)]
pub struct Range {
    /// The commits, newest first.
    pub commits: Vec<ObjectId>,
    known: HashMap<ObjectId, Known>,
    boundary: HashSet<ObjectId>,
}

impl Range {
    /// Returns the parents of a commit of the range; none for any other.
    pub fn parents(&self, id: ObjectId) -> &[ObjectId] {
        self.known.get(&id).map_or(&[], |commit| &commit.parents)
    }

    /// Returns when a commit of the range was committed, in seconds since 1970-01-01T00:00:00Z.
    pub fn time(&self, id: ObjectId) -> Option<i64> {
        self.known.get(&id).map(|commit| commit.time)
    }

    /// Tells whether a shallow boundary cuts off what is behind the commit `id`.
    pub fn is_boundary(&self, id: ObjectId) -> bool {
        self.boundary.contains(&id)
    }

    /// Tells whether a shallow boundary cuts off what is behind a commit of the range.
    pub fn is_cut(&self) -> bool {
        !self.boundary.is_empty() && self.commits.iter().any(|id| self.is_boundary(*id))
    }

    /// Tells whether a commit of the range has the hidden commit `id` as a parent.
    pub fn touches(&self, id: ObjectId) -> bool {
        self.commits.iter().any(|commit| self.parents(*commit).contains(&id))
    }
}

/// Returns what [`between`] does, with the parents of each commit.
pub fn range(
    repository: &gix::Repository,
    tips: &[ObjectId],
    hidden: &[ObjectId],
) -> Result<Range> {
    let mut walk = Walk::new(repository)?;
    for (ids, is_hidden) in [(hidden, true), (tips, false)] {
        for id in ids {
            walk.meet(*id, is_hidden)?;
        }
    }
    walk.run()
}

/// What is known of a commit.
#[derive(Debug)]
struct Known {
    parents: Vec<ObjectId>,
    time: i64,
    hidden: bool,
    /// Still in the queue.
    waits: bool,
}

struct Walk<'repo> {
    repository: &'repo gix::Repository,
    graph: Graph<'repo>,
    boundary: HashSet<ObjectId>,
    known: HashMap<ObjectId, Known>,
    /// The newest on top; of equal times, the one met first.
    queue: BinaryHeap<(i64, Reverse<usize>, ObjectId)>,
    met: usize,
    /// Commits in the queue that are not hidden.
    open: usize,
}

impl<'repo> Walk<'repo> {
    fn new(repository: &'repo gix::Repository) -> Result<Self> {
        let context = || message("Could not prepare a walk of the history");
        let shallow = repository.shallow_commits().or_raise(context)?;
        let boundary: HashSet<ObjectId> =
            shallow.map(|ids| ids.iter().copied().collect()).unwrap_or_default();
        Ok(Self {
            repository,
            graph: Graph::new(repository, !boundary.is_empty()),
            boundary,
            known: HashMap::new(),
            queue: BinaryHeap::new(),
            met: 0,
            open: 0,
        })
    }

    fn run(mut self) -> Result<Range> {
        let mut taken = Vec::new();
        let (mut oldest, mut slop) = (i64::MAX, SLOP);
        while let Some((time, _, id)) = self.queue.pop() {
            let Some(commit) = self.known.get_mut(&id) else { continue };
            commit.waits = false;
            let (hidden, parents) = (commit.hidden, commit.parents.clone());
            if !hidden {
                self.open -= 1;
                taken.push(id);
                oldest = time;
            }
            for parent in parents {
                self.meet(parent, hidden)?;
            }
            let newer_left = self.queue.peek().is_some_and(|(next, ..)| *next >= oldest);
            if self.open > 0 || newer_left {
                slop = SLOP;
            } else if taken.is_empty() || slop == 0 {
                break;
            } else {
                slop -= 1;
            }
        }
        taken.retain(|id| self.known.get(id).is_some_and(|commit| !commit.hidden));
        Ok(Range { commits: taken, known: self.known, boundary: self.boundary })
    }

    /// Puts a commit into the queue when it is new; hides it, and all that is known behind it, when it is to be.
    fn meet(&mut self, id: ObjectId, hidden: bool) -> Result<()> {
        if self.known.contains_key(&id) {
            if hidden {
                self.hide(id);
            }
            return Ok(());
        }
        let (time, parents) = self.read(id)?;
        self.queue.push((time, Reverse(self.met), id));
        self.met += 1;
        self.open += usize::from(!hidden);
        self.known.insert(id, Known { parents, time, hidden, waits: true });
        Ok(())
    }

    fn hide(&mut self, id: ObjectId) {
        let mut pending = vec![id];
        while let Some(id) = pending.pop() {
            let Some(commit) = self.known.get_mut(&id).filter(|commit| !commit.hidden) else {
                continue;
            };
            commit.hidden = true;
            self.open -= usize::from(commit.waits);
            pending.extend(commit.parents.iter().copied());
        }
    }

    /// Returns a commit's time and parents.
    fn read(&mut self, id: ObjectId) -> Result<(i64, Vec<ObjectId>)> {
        let context = || message!("Could not read commit {id}");
        self.graph.count()?;
        if let Some(graph) = self.graph.get()
            && let Some(commit) = graph.commit_by_id(id)
        {
            let parents = commit
                .iter_parents()
                .map(|parent| parent.map(|position| graph.id_at(position).to_owned()))
                .collect::<std::result::Result<_, _>>()
                .or_raise(context)?;
            return Ok((i64::try_from(commit.committer_timestamp()).unwrap_or(i64::MAX), parents));
        }
        let commit = self.repository.find_commit(id).or_raise(context)?;
        let time = commit.time().or_raise(context)?.seconds;
        let parents = if self.boundary.contains(&id) {
            Vec::new()
        } else {
            commit.parent_ids().map(gix::Id::detach).collect()
        };
        Ok((time, parents))
    }
}
