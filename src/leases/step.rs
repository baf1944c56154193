//! Where is a change of the set right now? Each step leaves the set as before or as after.

/// A step of a change, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The new objects are written; nothing refers to them.
    Written,
    /// The ref is locked.
    Locked,
    /// A ref keeps the chain that ends here.
    Kept,
    /// The log of the ref has the change.
    Logged,
    /// The ref is at the new commit.
    Moved,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 5] = [Self::Written, Self::Locked, Self::Kept, Self::Logged, Self::Moved];

    /// Returns the step's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Written => "lease-written",
            Self::Locked => "lease-locked",
            Self::Kept => "lease-kept",
            Self::Logged => "lease-logged",
            Self::Moved => "lease-moved",
        }
    }
}

/// Called after each step.
pub(super) fn reached(step: Step) {
    crate::pause::after(step.name());
}
