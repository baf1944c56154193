//! Which runs are asked for, and what is answered about each?

use std::time::Duration;

use gix::ObjectId;
use gix::error::Result;

use crate::evidence::progress::{Depth, Progress};
use crate::journal::runs::Start;
use crate::run_id::RunId;
use crate::verdict::liveness::{Evidence, Verdict};

/// Which runs are looked at.
#[derive(Debug, Clone)]
pub enum Which {
    /// Those that are not over; with all sessions, also those that were quiet for a day.
    Open {
        /// Also sessions without a sign of life for a day.
        all: bool,
    },
    /// This one.
    One(RunId),
    /// These, in this order; what is wrong with one keeps none of the others from being judged.
    Each(Vec<RunId>),
    /// What was done in this worktree since a commit, named as git names it.
    Since {
        /// The commit.
        commit: String,
        /// The process that does it.
        pid: Option<u32>,
    },
}

/// What to find out.
#[derive(Debug, Clone)]
pub struct Question {
    /// Which runs.
    pub which: Which,
    /// How long ago the caller saw a sign of life.
    pub heartbeat: Option<Duration>,
    /// How far to look for new patches.
    pub depth: Depth,
    /// The time now, since 1970-01-01T00:00:00Z.
    pub now: Duration,
}

/// What was found out.
#[derive(Debug, Default)]
pub struct Report {
    /// One row a run, oldest first.
    pub rows: Vec<Row>,
    /// Sessions that were left out, as they were quiet for a day.
    pub forgotten: usize,
}

/// One run.
#[derive(Debug)]
pub struct Row {
    /// Its id; `None` for work since a commit.
    pub run: Option<RunId>,
    /// What it is doing.
    pub answer: Result<Answer>,
}

/// What a run is doing, and why.
#[derive(Debug)]
pub struct Answer {
    /// The judgement.
    pub verdict: Verdict,
    /// What it was made from.
    pub evidence: Evidence,
    /// What the run brought about.
    pub progress: Progress,
    /// The commit from which it started.
    pub start: Option<ObjectId>,
    /// The commits that it has reached: of `HEAD` in its worktree, and of the branch on which it started.
    pub tips: Vec<ObjectId>,
    /// How it was written down, if it was.
    pub record: Option<Start>,
    /// How long ago it ended.
    pub ended: Option<Duration>,
    /// How much longer than its budget it takes.
    pub over_budget: Option<Duration>,
    /// Now, in time since 1970-01-01T00:00:00Z.
    pub now: Duration,
}
