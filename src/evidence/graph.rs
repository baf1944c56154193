//! What does the commit-graph know of a commit? It is asked once a walk is long enough for that to pay.
//!
//! To look up a commit is to touch many pages of a large file. A walk of few commits reads them faster.

use gix::error::{Result, ResultExt as _, message};

/// Commits that a walk reads themselves before it asks the graph.
const ALONE: usize = 64;

/// The commit-graph of a repository, opened late.
pub(super) struct Graph<'repo> {
    repository: &'repo gix::Repository,
    state: State,
}

enum State {
    /// Not opened before as many more commits were met.
    Waiting(usize),
    Open(Box<gix::commitgraph::Graph>),
    /// There is none, or it must not be asked.
    Absent,
}

impl<'repo> Graph<'repo> {
    /// Returns the graph of `repository`, for a walk that nothing cuts off, or that `is_cut` tells to be so.
    ///
    /// A graph knows parents that a shallow clone has cut off, and is then never asked.
    pub(super) fn new(repository: &'repo gix::Repository, is_cut: bool) -> Self {
        let state = if is_cut { State::Absent } else { State::Waiting(ALONE) };
        Self { repository, state }
    }

    /// Counts a commit that is met, and opens the graph when it is time.
    pub(super) fn count(&mut self) -> Result<()> {
        match &mut self.state {
            State::Open(_) | State::Absent => {}
            State::Waiting(0) => {
                let context = || message("Could not prepare a walk of the history");
                let graph = self.repository.commit_graph_if_enabled().or_raise(context)?;
                self.state = graph.map_or(State::Absent, |graph| State::Open(Box::new(graph)));
            }
            State::Waiting(left) => *left -= 1,
        }
        Ok(())
    }

    /// Returns the graph, once it is open.
    pub(super) fn get(&self) -> Option<&gix::commitgraph::Graph> {
        match &self.state {
            State::Open(graph) => Some(graph),
            State::Waiting(_) | State::Absent => None,
        }
    }
}
