//! Which lanes get a worker, which workers are to be looked at, and which lanes are to be freed?
//!
//! A lane has one worker at most, whoever started it, and two lanes whose regions meet have one between them.

mod plan;
mod rest;
mod scene;

use std::num::NonZeroUsize;
use std::time::Duration;

pub use plan::judge;
pub use rest::{Launches, Patience, Rest};
pub use scene::{Declared, Holding, Launch, Outside, Took, scene};

use crate::lane::Mode;
use crate::lane::region::Region;
use crate::verdict::breaker;

/// The lanes there are, and who is in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The lanes that the fleet may work in, in the order in which they are filled.
    pub lanes: Vec<Lane>,
    /// What others hold beside them.
    pub others: Vec<Outside>,
}

/// One lane, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// Its name.
    pub name: String,
    /// When it is filled, and beside whom.
    pub kind: Kind,
    /// Where it is; a region that covers nothing is one that nobody knows.
    pub region: Region,
    /// What its holder lets others do there.
    pub mode: Mode,
    /// Who works in it.
    pub worker: Worker,
}

/// When a lane is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// First.
    Concurrent,
    /// After those: workers who ask for no lane are given it too.
    Pickable,
    /// Last: it is held alone.
    Exclusive,
}

/// Who works in a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worker {
    /// Nobody, and workers were started for it in vain.
    None(Launches),
    /// Somebody who was started and has not taken the lane yet.
    Pending(Patience),
    /// Somebody who moves.
    Advancing,
    /// Somebody who is alive and brings nothing about, for so long if that is known.
    Spinning(Option<Duration>),
    /// Somebody who does not show that he is alive.
    Stalled,
    /// Somebody of whom nobody could find out what he does.
    Unknown,
}

/// What a fleet shall be; `[supervise]` of `dos.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How many workers there shall be.
    pub target: usize,
    /// Whether who spins is one of them.
    pub spinners: Spinners,
    /// What becomes of the lease of who is stalled.
    pub stalled: Stalled,
    /// How long somebody may spin before his stop is proposed; `None` for ever.
    pub halt_after: Option<Duration>,
    /// The most workers there may be, whatever is asked for.
    pub ceiling: Option<NonZeroUsize>,
    /// How long a lane rests after workers that never took it.
    pub rest: Rest,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            target: 1,
            spinners: Spinners::Count,
            stalled: Stalled::Reap,
            halt_after: None,
            ceiling: None,
            rest: Rest::default(),
        }
    }
}

/// Whether somebody who spins counts as a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spinners {
    /// He does.
    Count,
    /// Another one may be started elsewhere; his lane stays his.
    DoNotCount,
}

/// What becomes of the lease of somebody who is stalled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stalled {
    /// It is taken from him, and the lane is free.
    Reap,
    /// It stays his until it ends by itself.
    Leave,
}

/// What to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How the fleet stands.
    pub outcome: Outcome,
    /// How many work.
    pub alive: usize,
    /// How many could work side by side.
    pub admissible: usize,
    /// The lanes that get a worker, in this order; each is free, or among `reaps`.
    pub spawns: Vec<String>,
    /// The lanes whose leases are taken away.
    pub reaps: Vec<String>,
    /// The lanes that somebody should look at.
    pub flags: Vec<Flag>,
    /// The lanes of whose workers a stop is proposed.
    pub halts: Vec<String>,
    /// The lanes that get no worker, though one is wanted.
    pub waiting: Vec<Waiting>,
}

/// How a fleet stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// As many work as shall.
    AtTarget,
    /// Workers are to be started.
    Filling,
    /// More work than shall.
    OverTarget,
    /// So many can never work side by side; what fits is started.
    Unreachable,
    /// Fewer work than shall, and what lacks is in the way of others: see `waiting`.
    Blocked,
    /// Fewer work than shall, and every lane that is free rests: see `waiting`.
    Resting,
}

/// A lane that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// The lane.
    pub lane: String,
    /// Why.
    pub why: Concern,
}

/// Why somebody should look at a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// Its worker spins.
    Spinning,
    /// Its worker is one too many.
    Surplus,
    /// Its worker runs and does not take the lane.
    NeverTook,
    /// Workers were started for it so often in vain that it is given up.
    GivenUp,
}

/// A lane that gets no worker, though one is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The lane.
    pub lane: String,
    /// What it waits for.
    pub on: Obstacle,
}

/// What keeps a worker out of a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// The worker who is in it, and is not counted.
    Occupied,
    /// The worker of this lane, whose region meets its own.
    Region(String),
    /// So much of its rest is left.
    Rest(Duration),
    /// It is given up, for as long as this says.
    GivenUp(breaker::Wait),
}

#[cfg(test)]
mod tests;
