//! Which commits does a revision reach, newest first, and which of them may matter?

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::ops::Range;

use gix::ObjectId;
use gix::commitgraph::Position;
use gix::error::{Result, ResultExt as _, message};
use gix::hashtable::HashMap;
use gix::objs::CommitRefIter;

use super::filter::{self, Filter, read};
use crate::evidence::graph::Graph;

/// One commit that was met.
#[derive(Debug)]
struct Node {
    id: ObjectId,
    time: i64,
    /// Where its parents are in [`History::edges`]; empty until it is taken.
    edges: Range<u32>,
    source: Source,
    passes: Passes,
}

/// Where the parents of a commit are known from until it is taken.
#[derive(Debug)]
enum Source {
    Graph(Position),
    Read(Vec<ObjectId>),
}

/// What the filter says of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Passes {
    Unread,
    No,
    Yes,
}

/// A walk in git's default order: by commit time, and of equal times the one that was met first.
///
/// It goes on where it stopped, so that several questions share it, and remembers what it met.
pub struct History<'a> {
    repository: &'a gix::Repository,
    filter: &'a Filter<'a>,
    graph: Graph<'a>,
    boundary: HashSet<ObjectId>,
    nodes: Vec<Node>,
    edges: Vec<u32>,
    index: HashMap<ObjectId, u32>,
    queue: BinaryHeap<(i64, Reverse<u32>)>,
    order: Vec<u32>,
    is_cut: bool,
    buffer: Vec<u8>,
}

impl std::fmt::Debug for History<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("History").field("taken", &self.order.len()).finish_non_exhaustive()
    }
}

/// A commit of a [`History`], in the order in which it was taken: the smaller, the newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(pub usize);

/// What one step of a walk found.
#[derive(Debug, Default)]
pub struct Step {
    /// The commits that the filter lets pass, newest first.
    pub hits: Vec<(Place, ObjectId)>,
    /// Why the walk cannot go on from here.
    pub failure: Option<gix::Error>,
}

impl<'a> History<'a> {
    /// Prepares a walk; [`Self::add`] says where from.
    pub fn new(repository: &'a gix::Repository, filter: &'a Filter<'a>) -> Result<Self> {
        let context = || message("Could not prepare a walk of the history");
        let shallow = repository.shallow_commits().or_raise(context)?;
        let boundary: HashSet<ObjectId> =
            shallow.map(|ids| ids.iter().copied().collect()).unwrap_or_default();
        Ok(Self {
            repository,
            filter,
            graph: Graph::new(repository, !boundary.is_empty()),
            boundary,
            nodes: Vec::new(),
            edges: Vec::new(),
            index: HashMap::default(),
            queue: BinaryHeap::new(),
            order: Vec::new(),
            is_cut: false,
            buffer: Vec::new(),
        })
    }

    /// Walks from `tip` too; nothing happens when it was met before.
    pub fn add(&mut self, tip: ObjectId) -> Result<()> {
        self.meet(tip).map(drop)
    }

    /// Tells whether nothing is left to be taken.
    pub fn is_done(&self) -> bool {
        self.queue.is_empty()
    }

    /// Tells whether a shallow clone's boundary was met among the commits taken so far.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Returns how many commits were taken so far.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Tells whether no commit was taken so far.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Tells whether `id` was met.
    pub fn has_met(&self, id: ObjectId) -> bool {
        self.index.contains_key(&id)
    }

    /// Tells whether `id` stands at the boundary of a shallow clone, so that its change is not known.
    pub fn is_boundary(&self, id: ObjectId) -> bool {
        self.boundary.contains(&id)
    }

    /// Tells whether commits that are not older than the one at `place` are still to be taken.
    ///
    /// A revert is newer than what it reverts, so a commit is only judged when there are none.
    pub fn has_newer(&self, place: Place) -> bool {
        let time = self.order.get(place.0).and_then(|node| self.node(*node)).map(|node| node.time);
        self.queue.peek().is_some_and(|(next, _)| Some(*next) >= time)
    }

    /// Takes up to `count` more commits.
    pub fn step(&mut self, count: usize) -> Step {
        let first = self.order.len();
        let mut step = Step::default();
        while self.order.len() - first < count {
            let Some((_, Reverse(node))) = self.queue.pop() else { break };
            self.order.push(node);
            if let Err(error) = self.take(node) {
                step.failure = Some(error);
                break;
            }
        }
        let failure = self.filter_from(first);
        step.failure = step.failure.or(failure);
        for (offset, node) in self.order.iter().enumerate().skip(first) {
            if let Some(node) = self.node(*node).filter(|node| node.passes == Passes::Yes) {
                step.hits.push((Place(offset), node.id));
            }
        }
        step
    }

    /// Returns the first-parent chain from `tip` down, as far as it was taken: the newest first.
    pub fn chain(&self, tip: ObjectId) -> Vec<ObjectId> {
        let mut chain = Vec::new();
        let mut next = self.index.get(&tip).copied();
        while let Some(node) = next.and_then(|index| self.node(index)) {
            chain.push(node.id);
            next = self.edges_of(node).first().copied();
        }
        chain
    }

    /// Returns the commits of `chain`, newest first, that reach `ancestor`; `chain` is of first parents.
    pub fn reaching<'c>(&self, chain: &'c [ObjectId], ancestor: ObjectId) -> &'c [ObjectId] {
        let Some(&sought) = self.index.get(&ancestor) else { return &[] };
        let mut reaching = HashSet::from([sought]);
        // Once, unless times run backwards: parents are taken after their children.
        loop {
            let before = reaching.len();
            for index in self.order.iter().rev() {
                let edges = self.node(*index).map(|node| self.edges_of(node)).unwrap_or_default();
                if edges.iter().any(|edge| reaching.contains(edge)) {
                    reaching.insert(*index);
                }
            }
            if reaching.len() == before {
                break;
            }
        }
        let does = |id: &ObjectId| self.index.get(id).is_some_and(|index| reaching.contains(index));
        let count = chain.iter().take_while(|id| does(id)).count();
        chain.get(..count).unwrap_or_default()
    }

    fn node(&self, index: u32) -> Option<&Node> {
        self.nodes.get(to_usize(index))
    }

    fn edges_of(&self, node: &Node) -> &[u32] {
        self.edges.get(to_usize(node.edges.start)..to_usize(node.edges.end)).unwrap_or_default()
    }

    /// Puts `id` into the queue when it is new, and returns its number.
    fn meet(&mut self, id: ObjectId) -> Result<u32> {
        if let Some(index) = self.index.get(&id) {
            return Ok(*index);
        }
        self.graph.count()?;
        let known = self.graph.get().and_then(|graph| Some((graph, graph.lookup(id)?)));
        let (time, source, passes) = if let Some((graph, position)) = known {
            let time = graph.commit_at(position).committer_timestamp();
            let time = i64::try_from(time).unwrap_or(i64::MAX);
            (time, Source::Graph(position), Passes::Unread)
        } else {
            let data = read(self.repository, id, &mut self.buffer)?;
            let commit = CommitRefIter::from_bytes(data, self.repository.object_hash());
            // Like git, takes a time that cannot be read for the oldest.
            let time = commit.committer().map_or(0, |committer| committer.seconds());
            let passes = if (self.filter)(data) { Passes::Yes } else { Passes::No };
            (time, Source::Read(commit.parent_ids().collect()), passes)
        };
        let index = u32::try_from(self.nodes.len()).or_raise(too_long)?;
        self.nodes.push(Node { id, time, edges: 0..0, source, passes });
        self.index.insert(id, index);
        self.queue.push((time, Reverse(index)));
        Ok(index)
    }

    /// Meets the parents of a commit.
    fn take(&mut self, index: u32) -> Result<()> {
        let Some(node) = self.nodes.get_mut(to_usize(index)) else { return Ok(()) };
        if self.boundary.contains(&node.id) {
            self.is_cut = true;
            return Ok(());
        }
        let parents = match (&mut node.source, self.graph.get()) {
            (Source::Read(parents), _) => std::mem::take(parents),
            (Source::Graph(_), None) => Vec::new(),
            (Source::Graph(position), Some(graph)) => graph
                .commit_at(*position)
                .iter_parents()
                .map(|parent| parent.map(|position| graph.id_at(position).to_owned()))
                .collect::<std::result::Result<_, _>>()
                .or_raise(|| message!("Could not read commit {} in the commit-graph", node.id))?,
        };
        let start = u32::try_from(self.edges.len()).or_raise(too_long)?;
        for parent in parents {
            let parent = self.meet(parent)?;
            self.edges.push(parent);
        }
        let end = u32::try_from(self.edges.len()).or_raise(too_long)?;
        if let Some(node) = self.nodes.get_mut(to_usize(index)) {
            node.edges = start..end;
        }
        Ok(())
    }

    /// Asks the filter about the commits taken from `first` on whose bytes were not needed so far.
    fn filter_from(&mut self, first: usize) -> Option<gix::Error> {
        let unread: Vec<(u32, ObjectId)> = self
            .order
            .iter()
            .skip(first)
            .filter_map(|index| Some((*index, self.node(*index)?)))
            .filter(|(_, node)| node.passes == Passes::Unread)
            .map(|(index, node)| (index, node.id))
            .collect();
        let (passing, failure) = filter::passing(self.repository, self.filter, &unread);
        for index in passing {
            if let Some(node) = self.nodes.get_mut(to_usize(index)) {
                node.passes = Passes::Yes;
            }
        }
        failure
    }
}

fn too_long() -> gix::error::Message {
    message("The history has more than four billion commits")
}

/// Returns a number of a commit as an index.
fn to_usize(index: u32) -> usize {
    usize::try_from(index).unwrap_or(usize::MAX)
}
