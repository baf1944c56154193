//! The plan itself: a worker for every lane that is free and fits, until there are enough.

use super::rest::Turn;
use super::{
    Concern, Evidence, Flag, Kind, Lane, Launches, Obstacle, Outcome, Outside, Patience, Policy,
    Spinners, Stalled, Verdict, Waiting, Worker,
};
use crate::lane::Mode;
use crate::lane::region::Region;

/// Judges `evidence` under `policy`.
///
/// A lease that is not taken away keeps its region, whatever its holder does.
#[must_use]
pub fn judge(evidence: &Evidence, policy: &Policy) -> Verdict {
    let admissible = admissible(&evidence.lanes);
    let admissible = policy.ceiling.map_or(admissible, |ceiling| admissible.min(ceiling.get()));
    let mut plan = Plan::of(evidence, policy, admissible);
    let wanted = policy.target.min(admissible).saturating_sub(plan.verdict.alive);
    plan.fill(wanted, policy);
    let Plan { mut verdict, advancing, .. } = plan;
    let surplus = verdict.alive.saturating_sub(policy.target);
    verdict.outcome = outcome(&verdict, policy);
    if verdict.outcome == Outcome::OverTarget {
        let surplus = advancing.into_iter().rev().take(surplus);
        verdict.flags.extend(surplus.map(|lane| flag(lane, Concern::Surplus)));
    }
    if wanted == 0 {
        verdict.waiting.clear();
    }
    verdict
}

fn outcome(verdict: &Verdict, policy: &Policy) -> Outcome {
    let is_resting =
        |waiting: &Waiting| matches!(waiting.on, Obstacle::Rest(_) | Obstacle::GivenUp(_));
    if policy.target > verdict.admissible {
        Outcome::Unreachable
    } else if verdict.alive > policy.target {
        Outcome::OverTarget
    } else if !verdict.spawns.is_empty() {
        Outcome::Filling
    } else if verdict.alive == policy.target {
        Outcome::AtTarget
    } else if verdict.waiting.iter().all(is_resting) {
        Outcome::Resting
    } else {
        Outcome::Blocked
    }
}

fn flag(lane: &Lane, why: Concern) -> Flag {
    Flag { lane: lane.name.clone(), why }
}

/// A region that is taken, and by whom.
#[derive(Clone, Copy)]
struct Taken<'e> {
    name: &'e str,
    region: &'e Region,
    mode: Mode,
    is_alone: bool,
}

impl<'e> Taken<'e> {
    fn by(lane: &'e Lane) -> Self {
        let is_alone = lane.kind == Kind::Exclusive;
        Self { name: &lane.name, region: &lane.region, mode: lane.mode, is_alone }
    }

    fn outside(other: &'e Outside) -> Self {
        Self { name: &other.name, region: &other.region, mode: other.mode, is_alone: false }
    }

    /// Tells whether nobody may be in both; a region that nobody knows may be anywhere.
    fn excludes(&self, other: &Self) -> bool {
        let is_unknown = self.region.is_empty() || other.region.is_empty();
        self.name == other.name
            || self.is_alone
            || other.is_alone
            || !self.mode.is_compatible(other.mode)
                && (is_unknown || self.region.meets(other.region))
    }
}

/// Returns how many lanes could have a worker at once, taken in their order; an exclusive one has it alone.
fn admissible(lanes: &[Lane]) -> usize {
    let mut chosen: Vec<Taken<'_>> = Vec::new();
    for lane in lanes.iter().filter(|lane| lane.kind != Kind::Exclusive) {
        let next = Taken::by(lane);
        if !chosen.iter().any(|taken| taken.excludes(&next)) {
            chosen.push(next);
        }
    }
    if chosen.is_empty() { usize::from(!lanes.is_empty()) } else { chosen.len() }
}

/// What is decided so far.
struct Plan<'e> {
    verdict: Verdict,
    taken: Vec<Taken<'e>>,
    advancing: Vec<&'e Lane>,
    free: Vec<(&'e Lane, Launches)>,
}

impl<'e> Plan<'e> {
    /// Counts who works, and decides about each worker by himself.
    fn of(evidence: &'e Evidence, policy: &Policy, admissible: usize) -> Self {
        let verdict = Verdict {
            outcome: Outcome::AtTarget,
            alive: 0,
            admissible,
            spawns: Vec::new(),
            reaps: Vec::new(),
            flags: Vec::new(),
            halts: Vec::new(),
            waiting: Vec::new(),
        };
        let taken = evidence.others.iter().map(Taken::outside).collect();
        let mut plan = Self { verdict, taken, advancing: Vec::new(), free: Vec::new() };
        for lane in &evidence.lanes {
            plan.look(lane, policy);
        }
        plan
    }

    fn look(&mut self, lane: &'e Lane, policy: &Policy) {
        match lane.worker {
            Worker::None(launches) => return self.free.push((lane, launches)),
            Worker::Stalled if policy.stalled == Stalled::Reap => {
                self.verdict.reaps.push(lane.name.clone());
                return self.free.push((lane, Launches::default()));
            }
            Worker::Stalled => self.occupied(lane),
            Worker::Spinning(age) => {
                self.verdict.flags.push(flag(lane, Concern::Spinning));
                if age.zip(policy.halt_after).is_some_and(|(age, limit)| age >= limit) {
                    self.verdict.halts.push(lane.name.clone());
                }
                match policy.spinners {
                    Spinners::Count => self.verdict.alive += 1,
                    Spinners::DoNotCount => self.occupied(lane),
                }
            }
            Worker::Advancing => {
                self.verdict.alive += 1;
                self.advancing.push(lane);
            }
            Worker::Pending(patience) => {
                self.verdict.alive += 1;
                if patience == Patience::Late {
                    self.verdict.flags.push(flag(lane, Concern::NeverTook));
                    self.verdict.halts.push(lane.name.clone());
                }
            }
            Worker::Unknown => self.verdict.alive += 1,
        }
        self.taken.push(Taken::by(lane));
    }

    fn occupied(&mut self, lane: &Lane) {
        self.wait(lane, Obstacle::Occupied);
    }

    fn wait(&mut self, lane: &Lane, on: Obstacle) {
        self.verdict.waiting.push(Waiting { lane: lane.name.clone(), on });
    }

    /// Starts `wanted` workers, if so many lanes are free, rested, and out of everybody's way.
    fn fill(&mut self, wanted: usize, policy: &Policy) {
        for kind in [Kind::Concurrent, Kind::Pickable, Kind::Exclusive] {
            let free: Vec<_> = self.free.clone();
            for (lane, launches) in free.into_iter().filter(|(lane, _)| lane.kind == kind) {
                let turn = policy.rest.turn(launches);
                if let Turn::GivenUp(wait) = turn {
                    self.verdict.flags.push(flag(lane, Concern::GivenUp));
                    self.wait(lane, Obstacle::GivenUp(wait));
                    continue;
                }
                if self.verdict.spawns.len() >= wanted {
                    continue;
                }
                let next = Taken::by(lane);
                let holder = self.taken.iter().find(|taken| taken.excludes(&next));
                match (holder.map(|holder| holder.name.to_owned()), turn) {
                    (Some(name), _) => self.wait(lane, Obstacle::Region(name)),
                    (None, Turn::In(left)) => self.wait(lane, Obstacle::Rest(left)),
                    (None, Turn::Now | Turn::GivenUp(_)) => {
                        self.verdict.spawns.push(lane.name.clone());
                        self.taken.push(next);
                    }
                }
            }
        }
    }
}
