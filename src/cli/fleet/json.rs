//! The answers about a fleet as JSON.

use serde::Serialize;

use super::words::word;
use crate::ops::fleet::{Plan, Report};
use crate::output::said;
use crate::verdict::breaker::Wait;
use crate::verdict::fleet::{Concern, Flag, Obstacle, Waiting};

/// The answer of `git dos fleet plan`, and of each look of `git dos fleet run`; fields may be added.
#[derive(Debug, Serialize)]
pub(super) struct Json<'a> {
    /// `git-dos/fleet-plan/1` or `git-dos/fleet-run/1`.
    schema: &'static str,
    /// `AT-TARGET`, `FILLING`, `OVER-TARGET`, `UNREACHABLE`, `BLOCKED` or `RESTING`.
    outcome: &'static str,
    /// How many workers there shall be.
    target: usize,
    /// How many there were.
    alive: usize,
    /// How many could work side by side.
    admissible: usize,
    /// The lanes that get a worker.
    spawn: &'a [String],
    /// The lanes whose leases are taken away.
    reap: &'a [String],
    /// The lanes that somebody should look at.
    flag: Vec<Flagged<'a>>,
    /// The lanes of whose workers a stop is proposed.
    halt: &'a [String],
    /// The lanes that get no worker, though one is wanted.
    waiting: Vec<Waits<'a>>,
    /// What was done; absent in a plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<Done<'a>>,
    /// Why not all could be judged or done, one sentence a cause.
    errors: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Flagged<'a> {
    lane: &'a str,
    /// `spinning`, `surplus`, `never-took` or `given-up`.
    why: &'static str,
}

#[derive(Debug, Serialize)]
struct Waits<'a> {
    lane: &'a str,
    /// `occupied`, `region`, `rest` or `given-up`.
    on: &'static str,
    /// The lane that is in the way, for `region`.
    by: Option<&'a str>,
    /// For how many seconds, where that is known.
    left_s: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Done<'a> {
    /// The lanes whose leases were taken away.
    reaped: Vec<&'a str>,
    /// The workers that were started.
    spawned: Vec<Spawned<'a>>,
    /// The ids of the stops that were proposed.
    halts: Vec<&'a str>,
}

#[derive(Debug, Serialize)]
struct Spawned<'a> {
    lane: &'a str,
    run: &'a str,
    /// Its process, which leads a group of its own.
    pid: u32,
}

impl<'a> Json<'a> {
    /// Renders a plan.
    pub(super) fn planned(plan: &'a Plan) -> Self {
        let verdict = &plan.verdict;
        let causes =
            plan.errors.iter().flat_map(|error| error.iter_errors().map(said).collect::<Vec<_>>());
        Self {
            schema: "git-dos/fleet-plan/1",
            outcome: word(verdict.outcome),
            target: plan.target,
            alive: verdict.alive,
            admissible: verdict.admissible,
            spawn: &verdict.spawns,
            reap: &verdict.reaps,
            flag: verdict.flags.iter().map(flagged).collect(),
            halt: &verdict.halts,
            waiting: verdict.waiting.iter().map(waits).collect(),
            done: None,
            errors: causes.collect(),
        }
    }

    /// Renders what was done.
    pub(super) fn done(report: &'a Report) -> Self {
        let spawned = report.spawned.iter().map(|spawned| Spawned {
            lane: &spawned.lane,
            run: spawned.run.as_str(),
            pid: spawned.pid,
        });
        let done = Done {
            reaped: report.reaped.iter().map(|lease| lease.lane.as_str()).collect(),
            spawned: spawned.collect(),
            halts: report.halts.iter().map(|halt| halt.id.as_str()).collect(),
        };
        let plan = Self::planned(&report.plan);
        Self { schema: "git-dos/fleet-run/1", done: Some(done), ..plan }
    }
}

fn flagged(flag: &Flag) -> Flagged<'_> {
    let why = match flag.why {
        Concern::Spinning => "spinning",
        Concern::Surplus => "surplus",
        Concern::NeverTook => "never-took",
        Concern::GivenUp => "given-up",
    };
    Flagged { lane: &flag.lane, why }
}

fn waits(waiting: &Waiting) -> Waits<'_> {
    let (on, by, left) = match &waiting.on {
        Obstacle::Occupied => ("occupied", None, None),
        Obstacle::Region(lane) => ("region", Some(lane.as_str()), None),
        Obstacle::Rest(left) => ("rest", None, Some(*left)),
        Obstacle::GivenUp(Wait::Rest(left) | Wait::Probe(left)) => ("given-up", None, Some(*left)),
        Obstacle::GivenUp(Wait::Reset) => ("given-up", None, None),
    };
    Waits { lane: &waiting.lane, on, by, left_s: left.map(|left| left.as_secs()) }
}
