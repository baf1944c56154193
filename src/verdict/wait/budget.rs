//! May a worker be held once more with nothing moved since the last time?

/// The most times by default.
pub const DEFAULT: u64 = 4;

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may, and this is how often it was held then.
    Live {
        /// This time included.
        held: u64,
    },
    /// It was held often enough.
    Exhausted,
}

/// Takes one from a budget of `most`, of which `held` are gone.
#[must_use]
pub fn take(held: u64, most: u64) -> Verdict {
    if held >= most { Verdict::Exhausted } else { Verdict::Live { held: held + 1 } }
}

/// Returns the budget that would have stopped a loop earlier that was held `observed` times under `most`.
///
/// It is one less than what was seen, never more than now, and at least one.
#[must_use]
pub fn tighter(observed: u64, most: u64) -> u64 {
    observed.saturating_sub(1).min(most).max(1)
}
