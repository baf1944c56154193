//! What does a use of a tool do to which paths?

use crate::lane::path::Path;

/// What is done to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// It is read.
    Read,
    /// It is written, or made.
    Written,
    /// It is written, moved or removed with all that is below it.
    WrittenBelow,
}

impl Deed {
    /// Tells whether something may be different afterwards.
    pub fn writes(self) -> bool {
        self != Self::Read
    }
}

/// One path, and what is done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// The path, from the top of its worktree.
    pub path: Path,
    /// What is done.
    pub deed: Deed,
}

/// All that is known of what a use of a tool does inside the worktrees of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footprint {
    /// The paths, in the order in which they were found.
    pub touches: Vec<Touch>,
    /// Whether that is all; a command that nobody here knows may do anything.
    pub is_whole: bool,
}

impl Default for Footprint {
    /// The footprint of what does nothing.
    fn default() -> Self {
        Self { touches: Vec::new(), is_whole: true }
    }
}
