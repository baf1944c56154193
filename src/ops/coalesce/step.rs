//! Where is a rewrite right now? Each step leaves the repository as before or as after.

/// A step of a rewrite, in order. An observer is called after each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The new objects are written; nothing refers to them.
    Written,
    /// The attempt is in the journal.
    Intended,
    /// The new index lies beside the old one, which is locked.
    Prepared,
    /// The map of rewrites leads from the old commits to the new one.
    Mapped,
    /// A ref of ours keeps the old commits.
    Kept,
    /// The branch is at the new commit.
    Moved,
    /// The new index is in place.
    Indexed,
    /// The journal says how the attempt ended.
    Ended,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 8] = [
        Self::Written,
        Self::Intended,
        Self::Prepared,
        Self::Mapped,
        Self::Kept,
        Self::Moved,
        Self::Indexed,
        Self::Ended,
    ];

    /// Returns the step's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Intended => "intended",
            Self::Prepared => "prepared",
            Self::Mapped => "mapped",
            Self::Kept => "kept",
            Self::Moved => "moved",
            Self::Indexed => "indexed",
            Self::Ended => "ended",
        }
    }
}

/// Called after each step.
pub(in crate::ops) fn reached(step: Step) {
    crate::pause::after(step.name());
}
