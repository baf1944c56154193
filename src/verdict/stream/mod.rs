//! Does an agent get anything new from its tools, or the same again and again?
//!
//! Read from the calls of one agent and what came of them, as digests. The same calls in the same order with the
//! same results are a round; one call that is repeated is a round of its own.

mod kind;
mod trail;

pub use kind::Kind;
pub use trail::{Counts, Mark, Trail};

/// The most calls that a round may have.
pub const LONGEST: usize = 4;

/// What stands for an input or a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest(pub String);

/// One call of a tool, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The tool's name.
    pub tool: String,
    /// The tool and its input.
    pub args: Digest,
    /// What came of it.
    pub outcome: Outcome,
    /// What came of it without what is volatile; `None` when nobody looked.
    pub weak: Option<Digest>,
    /// What kind of tool it is.
    pub kind: Kind,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nobody said.
    Unknown,
    /// A result.
    Result(Digest),
    /// A failure, with its error.
    Failure(Digest),
}

/// How many rounds are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    repeat: u32,
    stall: u32,
}

impl Limits {
    /// Makes limits; `None` when a single round would be a repeat, or a stall less than a repeat.
    pub fn new(repeat: u32, stall: u32) -> Option<Self> {
        (repeat >= 2 && stall >= repeat).then_some(Self { repeat, stall })
    }

    /// Returns how many rounds are a repeat.
    pub fn repeat(self) -> u32 {
        self.repeat
    }

    /// Returns how many rounds are a stall.
    pub fn stall(self) -> u32 {
        self.stall
    }
}

/// What is too many, and what does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The limits for most rounds.
    pub limits: Limits,
    /// The limits for rounds that only ask for a task in the background: asking twice is no fault.
    pub polls: Limits,
    /// Tools whose calls never count, as [`folded`] writes them.
    pub ignored: Vec<String>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            limits: Limits { repeat: 3, stall: 5 },
            polls: Limits { repeat: 5, stall: 8 },
            ignored: Vec::new(),
        }
    }
}

impl Policy {
    /// Tells whether calls of `tool` never count.
    pub fn ignores(&self, tool: &str) -> bool {
        !self.ignored.is_empty() && self.ignored.contains(&folded(tool))
    }

    /// Returns the limits for rounds of `nature`.
    ///
    /// What changes something in each round may well get somewhere, so that it is given more time.
    fn limits_of(&self, nature: Nature) -> Limits {
        match nature {
            Nature::Polls => self.polls,
            Nature::Changes => Limits { repeat: self.limits.stall, ..self.limits },
            Nature::Reads | Nature::Writes | Nature::Failures | Nature::Others => self.limits,
        }
    }
}

/// How it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Something new comes in, or it is too early to tell.
    Advancing,
    /// The same came in several times.
    Repeating,
    /// It came in so often that nothing new is to be expected.
    Stalled,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Advancing, Self::Repeating, Self::Stalled];

    /// Returns the word for the state in records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Advancing => "ADVANCING",
            Self::Repeating => "REPEATING",
            Self::Stalled => "STALLED",
        }
    }
}

/// What the calls of a round are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// All of them look at something.
    Reads,
    /// All of them change something, though the same each time.
    Writes,
    /// All of them ask for a task in the background.
    Polls,
    /// All of them fail.
    Failures,
    /// One of several changes something.
    Changes,
    /// Anything else.
    Others,
}

impl Nature {
    fn of(round: &[Mark]) -> Self {
        let all = |is: fn(&Mark) -> bool| round.iter().all(is);
        let changes = |mark: &Mark| mark.kind == Kind::Write && !mark.failed;
        if all(|mark| mark.kind == Kind::Poll) {
            Self::Polls
        } else if all(|mark| mark.failed) {
            Self::Failures
        } else if all(changes) {
            Self::Writes
        } else if round.iter().any(changes) {
            Self::Changes
        } else if all(|mark| mark.kind == Kind::Read) {
            Self::Reads
        } else {
            Self::Others
        }
    }
}

/// How much alike the rounds are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// Byte for byte.
    Same,
    /// But for what is volatile.
    Alike,
}

/// How it goes with an agent's calls, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How it goes.
    pub state: State,
    /// How many whole rounds there were, up to now.
    pub rounds: u32,
    /// The tools of one round, in the order of their calls.
    pub tools: Vec<String>,
    /// What they do.
    pub nature: Nature,
    /// How much alike the rounds are.
    pub likeness: Likeness,
    /// Whether now is a time to say so: a state was entered, or has lasted for 5, 8, 13, … rounds.
    pub speaks: bool,
}

/// Judges the newest calls of an agent.
///
/// The worst state counts, and of rounds of several lengths the shortest.
#[must_use]
pub fn judge(trail: &Trail, policy: &Policy) -> Verdict {
    let single = candidate(trail, policy, 1);
    (2..=LONGEST).fold(single, |best, length| {
        let other = candidate(trail, policy, length);
        if other.state > best.state { other } else { best }
    })
}

/// Judges rounds of `length` calls.
fn candidate(trail: &Trail, policy: &Policy, length: usize) -> Verdict {
    let run = trail.run(length);
    let nature = Nature::of(run.round);
    let limits = policy.limits_of(nature);
    let state = if run.rounds >= limits.stall {
        State::Stalled
    } else if run.rounds >= limits.repeat {
        State::Repeating
    } else {
        State::Advancing
    };
    let enters = run.rounds == limits.repeat || run.rounds == limits.stall;
    let lasts = run.rounds >= 5 && is_fibonacci(run.rounds);
    Verdict {
        state,
        rounds: run.rounds,
        tools: run.round.iter().map(|mark| mark.tool.clone()).collect(),
        nature,
        likeness: run.likeness,
        speaks: state > State::Advancing && run.is_complete && (enters || lasts),
    }
}

/// Returns `name` as all names that differ in case alone are written.
pub fn folded(name: &str) -> String {
    // A capital sharp s has two letters as a capital only once it was small.
    name.to_lowercase().to_uppercase().to_lowercase()
}

/// Tells whether `number` is one of 1, 2, 3, 5, 8, 13, …
fn is_fibonacci(number: u32) -> bool {
    let (mut low, mut high) = (1, 2_u64);
    while low < u64::from(number) {
        (low, high) = (high, low + high);
    }
    low == u64::from(number)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
