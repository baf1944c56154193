//! What must be remembered of an agent's calls to see that they repeat? The last few, and how long they have.

use super::{Digest, Kind, LONGEST, Likeness, Outcome, Policy, Step, folded};

/// What is remembered of one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The tool's name.
    pub tool: String,
    /// What kind of tool it is.
    pub kind: Kind,
    /// Whether the call failed.
    pub failed: bool,
    /// The call and what came of it, to the byte; `None` for a call that does not count.
    exact: Option<String>,
    /// The call and what came of it, without what is volatile.
    weak: Option<String>,
}

impl Mark {
    /// Returns what is to be remembered of `step`.
    pub fn of(step: &Step, policy: &Policy) -> Self {
        let (failed, came) = match &step.outcome {
            Outcome::Unknown => (false, None),
            Outcome::Result(digest) => (false, Some(digest)),
            Outcome::Failure(digest) => (true, Some(digest)),
        };
        let came = came.filter(|_| !policy.ignores(&step.tool));
        let key = |Digest(came): &Digest| {
            let tool = folded(&step.tool);
            let Digest(args) = &step.args;
            format!("{tool}\0{args}\0{failed}\0{came}")
        };
        let weak = came.map(|came| key(step.weak.as_ref().unwrap_or(came)));
        Self { tool: step.tool.clone(), kind: step.kind, failed, exact: came.map(key), weak }
    }

    fn is_same(&self, other: &Self) -> bool {
        self.exact.is_some() && self.exact == other.exact
    }

    fn is_alike(&self, other: &Self) -> bool {
        self.weak.is_some() && self.weak == other.weak
    }
}

/// For rounds of one, two, three and four calls: how many calls in a row are what they were a round before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// To the byte.
    pub same: [u32; LONGEST],
    /// But for what is volatile.
    pub alike: [u32; LONGEST],
}

/// The newest calls of an agent; it never grows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trail {
    steps: u64,
    last: Vec<Mark>,
    counts: Counts,
}

/// The rounds of one length that the newest calls are.
#[derive(Debug)]
pub(super) struct Run<'trail> {
    /// The calls of the newest round.
    pub(super) round: &'trail [Mark],
    /// How many whole rounds there are.
    pub(super) rounds: u32,
    /// Whether the newest call ends a round.
    pub(super) is_complete: bool,
    /// How much alike the rounds are.
    pub(super) likeness: Likeness,
}

impl Trail {
    /// Goes on where `counts` were taken after `steps` calls, of which the last were `marks`.
    pub fn resume(steps: u64, marks: impl IntoIterator<Item = Mark>, counts: Counts) -> Self {
        let mut last: Vec<Mark> = marks.into_iter().collect();
        last.drain(..last.len().saturating_sub(LONGEST));
        Self { steps, last, counts }
    }

    /// Adds the next call.
    pub fn push(&mut self, mark: Mark) {
        let lengths = self.counts.same.iter_mut().zip(&mut self.counts.alike);
        for (length, (same, alike)) in (1..).zip(lengths) {
            let before = self.last.len().checked_sub(length).and_then(|index| self.last.get(index));
            let go_on = |count: u32, goes: bool| if goes { count.saturating_add(1) } else { 0 };
            *same = go_on(*same, before.is_some_and(|before| mark.is_same(before)));
            *alike = go_on(*alike, before.is_some_and(|before| mark.is_alike(before)));
        }
        if self.last.len() == LONGEST {
            self.last.remove(0);
        }
        self.last.push(mark);
        self.steps = self.steps.saturating_add(1);
    }

    /// Returns the number of calls up to now.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Returns what is counted.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Returns the rounds of `length` calls that the newest calls are.
    pub(super) fn run(&self, length: usize) -> Run<'_> {
        let count = |counts: &[u32; LONGEST]| {
            length.checked_sub(1).and_then(|index| counts.get(index)).copied().unwrap_or_default()
        };
        let (same, alike) = (count(&self.counts.same), count(&self.counts.alike));
        let start = self.last.len().saturating_sub(length);
        let round = self.last.get(start..).unwrap_or_default();
        let size = u32::try_from(length).unwrap_or(u32::MAX).max(1);
        // A round that was never repeated is one round, if there is one.
        let calls = if round.len() == length { alike.saturating_add(size) } else { 0 };
        Run {
            round,
            rounds: calls / size,
            is_complete: calls % size == 0,
            likeness: if same == alike { Likeness::Same } else { Likeness::Alike },
        }
    }
}
