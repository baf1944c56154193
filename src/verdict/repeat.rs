//! Is this archive the same nothing again? What the last archive says decides whether two may become one.

use super::severity::{self, Rule, Severity};
use super::token;

/// An archive that is being written, and the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What the new archive reports.
    pub event: severity::Evidence,
    /// Why nothing came of it; blank when nobody said.
    pub cause: String,
    /// The archive before it; `None` when the last commit is none.
    pub prior: Option<Prior>,
}

/// What the last archive recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prior {
    /// Which loop wrote it.
    pub family: String,
    /// What it was worth; `None` when that cannot be told.
    pub severity: Option<Severity>,
    /// Why nothing came of it; blank when nobody said.
    pub cause: String,
    /// How many runs it stands for; anything below one counts as one.
    pub count: i64,
}

/// When repeats become one commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The least number of runs that one commit may stand for.
    pub minimum_run: i64,
}

impl Default for Policy {
    fn default() -> Self {
        Self { minimum_run: 2 }
    }
}

/// Whether two archives say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They do: one commit can stand for `recurrence` runs.
    Repeats {
        /// The number of runs, this one included.
        recurrence: i64,
    },
    /// They do not: the new archive needs a commit of its own.
    StandsAlone {
        /// Why.
        reason: Reason,
        /// The number of runs in a row that are known.
        recurrence: i64,
    },
}

/// Why an archive needs a commit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It is not of a dispatch loop, or something happened in its run.
    NotIdle,
    /// It names no cause, so nothing can be the same as it.
    NoCause,
    /// There is no archive before it.
    NoPrior,
    /// The one before it is of another family or cause, or something happened there.
    PriorDiffers,
    /// There are too few runs yet.
    TooFew,
}

impl Reason {
    /// Returns the reason's token for journals and JSON.
    pub fn token(self) -> &'static str {
        match self {
            Self::NotIdle => "not-idle",
            Self::NoCause => "no-cause",
            Self::NoPrior => "no-prior-archive",
            Self::PriorDiffers => "prior-differs",
            Self::TooFew => "too-few",
        }
    }
}

/// Judges whether the new archive repeats the one before it.
///
/// An unlisted outcome is worth a look when it appears, but its repeats say nothing new.
#[must_use]
pub fn judge(evidence: &Evidence, policy: &Policy) -> Verdict {
    let alone = |reason| Verdict::StandsAlone { reason, recurrence: 1 };
    let worth = severity::judge(&evidence.event);
    let idle = worth.severity == Severity::Noop || worth.rule == Rule::UnlistedOutcome;
    if !idle || !severity::is_dispatch(&evidence.event.family) {
        return alone(Reason::NotIdle);
    }
    let cause = token::strip(&evidence.cause);
    if cause.is_empty() {
        return alone(Reason::NoCause);
    }
    let Some(prior) = &evidence.prior else { return alone(Reason::NoPrior) };
    let same = severity::is_dispatch(&prior.family)
        && prior.severity == Some(Severity::Noop)
        && token::strip(&prior.cause) == cause;
    if !same {
        return alone(Reason::PriorDiffers);
    }
    let recurrence = prior.count.max(1).saturating_add(1);
    if recurrence < policy.minimum_run {
        return Verdict::StandsAlone { reason: Reason::TooFew, recurrence };
    }
    Verdict::Repeats { recurrence }
}

/// Returns the end of a subject that stands for `recurrence` runs with the same `cause`.
pub fn suffix(recurrence: i64, cause: &str) -> String {
    format!("\u{d7}{recurrence} (recurring, coalesced) [cause:{}]", token::strip(cause))
}
