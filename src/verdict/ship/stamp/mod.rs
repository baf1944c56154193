//! Does a commit message say that it ships this phase of this plan?
//!
//! Only what is written is read here: whether the commit holds any work is judged elsewhere.

mod kind;
mod loose;
pub mod message;
mod names;
mod needle;
mod policy;
mod reading;
mod strict;
mod text;

pub use message::Message;
pub use policy::{Alias, Policy, Releases};
pub use reading::{Exclusion, Mention, PlanName, Reading, Rung, Stamp};

use names::Names;
pub(super) use names::{number_head, numbered, spellings};
use needle::Needle;
pub(super) use text::folded;

/// What is asked: one phase of one plan, as written on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The plan's id, such as `AUTH` or `docs/286_wheels`.
    pub plan: String,
    /// The phase's id, such as `AUTH2`, `P2` or `Phase 2`.
    pub phase: String,
}

/// Tells whether `subject` is of a kind that ships nothing: an archive, a snapshot, or what `policy` declares.
#[must_use]
pub fn is_bookkeeping(subject: &str, policy: &Policy) -> bool {
    kind::bookkeeping(&text::Text::new(subject), policy).is_some()
}

/// Returns what follows `v1.2.3:`, or a prefix that `policy` declares, at the start of `subject`.
#[must_use]
pub fn release_notes(subject: &str, policy: &Policy) -> Option<String> {
    let text = text::Text::new(subject);
    kind::release(&text, policy).map(|end| subject.chars().skip(end).collect())
}

/// Reads messages with one question in mind.
#[derive(Debug, Clone)]
pub struct Reader {
    names: Names,
    needle: Needle,
    policy: Policy,
}

impl Reader {
    /// Returns a reader for `question` under `policy`. An empty plan or phase is found nowhere.
    #[must_use]
    pub fn new(question: &Question, policy: &Policy) -> Self {
        let names = Names::new(question, policy);
        Self { needle: Needle::new(&names, policy), names, policy: policy.clone() }
    }

    /// Tells whether [`read`](Self::read) can find anything in a message with these raw bytes.
    ///
    /// A no is certain, a yes is not, but that a phase of a single letter or digit is passed over where its plan
    /// is not named. It looks at the bytes as they are in the commit, undecoded.
    #[must_use]
    pub fn may_match(&self, message: &[u8]) -> bool {
        !self.names.is_empty() && self.needle.is_in(message)
    }

    /// Returns the strongest thing that `message` says of the phase.
    #[must_use]
    pub fn read(&self, message: &Message<'_>) -> Reading {
        if self.names.is_empty() {
            return Reading::Nothing;
        }
        if self.policy.require_plan {
            strict::read(&self.names, &self.policy, message)
        } else {
            loose::read(&self.names, &self.policy, message)
        }
    }
}

#[cfg(test)]
mod tests;
