//! An hour of a fleet in simulated time: workers that commit, spin, die, hang, dawdle and never start.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::lane::Mode;
use crate::lane::path::Spelling;
use crate::lane::region::Region;
use crate::leases::operation::{Deed, Fate};
use crate::leases::{Change, Lease, State};
use crate::verdict::fleet::{Declared, Holding, Kind, Launch, Policy, Took, Verdict, judge, scene};
use crate::verdict::liveness::{self, Moment, Process};
use crate::verdict::watch::Doing;

/// The time between two looks, which is also that between two acts of a worker.
const MINUTE: u64 = 60;

/// How long a lane may stay with a worker who is dead or hangs: as long as a sign of life counts, and two looks.
const BOUND: u64 = 15 * 60 + 2 * MINUTE;

/// What kind of worker somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nature {
    /// Commits, and gives the lane back after ten minutes.
    Commits,
    /// Lives and brings nothing about, until somebody heeds the proposal to stop it.
    Spins,
    /// Is gone after three minutes, and gives nothing back.
    Dies,
    /// Gives no sign of life after three minutes, from where nobody sees its process.
    Hangs,
    /// Runs, and never takes its lane, until somebody heeds the proposal to stop it.
    Dawdles,
    /// Is gone at once.
    NeverStarts,
}

#[derive(Debug, Clone)]
struct Worker {
    lane: String,
    nature: Nature,
    started: u64,
    beat: u64,
    patches: usize,
    took: bool,
    is_gone: bool,
    halted: Option<u64>,
}

impl Worker {
    fn process(&self) -> Process {
        match self.nature {
            Nature::Hangs => Process::Unknown,
            Nature::Commits
            | Nature::Spins
            | Nature::Dies
            | Nature::Dawdles
            | Nature::NeverStarts => {
                if self.is_gone {
                    Process::Gone
                } else {
                    Process::Up
                }
            }
        }
    }

    fn doing(&self, now: u64) -> Doing {
        let ago = |time: u64| Moment::Ago(Duration::from_secs(now - time));
        let evidence = liveness::Evidence {
            started: ago(self.started),
            patches: self.patches,
            lease_events: 0,
            beat: Some(ago(self.beat)),
            process: self.process(),
        };
        let verdict = liveness::judge(&evidence, &liveness::Policy::default());
        // Commits hold no lane for who is gone.
        if self.is_gone { Doing::Stalled } else { verdict.into() }
    }
}

/// The whole of it.
struct World {
    now: u64,
    state: State,
    workers: Vec<Worker>,
    spawns: BTreeMap<String, Vec<u64>>,
    chance: u64,
    /// Since when each lane has been held by somebody who is dead or hangs.
    dead_since: BTreeMap<String, u64>,
    freed: usize,
}

impl World {
    /// Returns the next number of a row that is the same each time.
    fn next(&mut self, below: u64) -> u64 {
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.chance >> 33) % below
    }

    fn change(&mut self, deed: Deed, act: impl FnOnce(&mut Change)) {
        let mut change = Change::of(&self.state, deed);
        act(&mut change);
        self.state = change.state;
    }

    fn holds(&self, worker: usize) -> bool {
        let run = Some(worker.to_string());
        self.state.leases.iter().any(|lease| lease.run == run)
    }

    /// Lets each worker do what it does within a minute.
    fn live(&mut self) {
        for index in 0..self.workers.len() {
            let mut worker = self.workers[index].clone();
            let age = self.now - worker.started;
            let run = Some(index.to_string());
            let is_free = self.state.leases.iter().all(|lease| lease.lane != worker.lane);
            let takes = !matches!(worker.nature, Nature::Dawdles | Nature::NeverStarts);
            if takes && !worker.took && !worker.is_gone && is_free {
                worker.took = true;
                let lease = Lease {
                    lane: worker.lane.clone(),
                    tree: vec![format!("{}/**", worker.lane)],
                    run: run.clone(),
                    acquired_ms: self.now * 1000,
                    ttl_s: 7200,
                    ..Lease::default()
                };
                self.change(Deed::Acquire, |change| {
                    change.give(lease, Fate::Given);
                });
            }
            match worker.nature {
                Nature::Commits if age >= 600 && !worker.is_gone => {
                    self.change(Deed::Release, |change| {
                        change.release(|lease| lease.run == run);
                    });
                    worker.is_gone = true;
                }
                Nature::Commits => worker.patches += 1,
                Nature::Dies => worker.is_gone |= age >= 180,
                Nature::NeverStarts => worker.is_gone = true,
                Nature::Spins | Nature::Dawdles => {
                    worker.is_gone |= worker.halted.is_some_and(|at| self.now >= at + 5 * MINUTE);
                }
                Nature::Hangs => {}
            }
            let is_silent = worker.is_gone || worker.nature == Nature::Hangs && age >= 180;
            if !is_silent {
                worker.beat = self.now;
            }
            self.workers[index] = worker;
        }
    }

    fn look(&self, declared: &[Declared], policy: &Policy) -> Verdict {
        let worker =
            |lease: &Lease| &self.workers[lease.run.as_ref().unwrap().parse::<usize>().unwrap()];
        let holdings: Vec<Holding> = self
            .state
            .leases
            .iter()
            .map(|lease| Holding {
                lane: lease.lane.clone(),
                region: Region::parse(&lease.tree, Spelling::default()).unwrap(),
                mode: lease.mode,
                doing: worker(lease).doing(self.now),
                spinning: Some(Duration::from_secs(self.now - worker(lease).started)),
                age: Duration::from_secs(self.now - lease.acquired_ms / 1000),
            })
            .collect();
        let mut launches = Vec::new();
        for lane in declared {
            let of_lane: Vec<&Worker> =
                self.workers.iter().filter(|worker| worker.lane == lane.name).collect();
            let from = of_lane.iter().rposition(|worker| worker.took).unwrap_or_default();
            launches.extend(of_lane[from..].iter().map(|worker| Launch {
                lane: lane.name.clone(),
                age: Duration::from_secs(self.now - worker.started),
                process: worker.process(),
                took: if worker.took { Took::Yes } else { Took::NotYet },
            }));
        }
        let how = (Mode::Exclusive, policy.rest.first);
        judge(&scene(declared, &holdings, &launches, how), policy)
    }

    /// Does what the plan says, as the fleet does.
    fn act(&mut self, verdict: &Verdict, natures: &[Nature]) {
        self.change(Deed::Reap, |change| {
            change.take(|lease| verdict.reaps.contains(&lease.lane), Fate::Reaped);
        });
        for lane in &verdict.halts {
            let now = self.now;
            let is_meant = |worker: &&mut Worker| worker.lane == *lane && !worker.is_gone;
            for worker in self.workers.iter_mut().filter(is_meant) {
                worker.halted.get_or_insert(now);
            }
        }
        for lane in &verdict.spawns {
            let kind = self.next(u64::try_from(natures.len()).unwrap());
            let nature = natures[usize::try_from(kind).unwrap()];
            self.spawns.entry(lane.clone()).or_default().push(self.now);
            self.workers.push(Worker {
                lane: lane.clone(),
                nature,
                started: self.now,
                beat: self.now,
                patches: 0,
                took: false,
                is_gone: false,
                halted: None,
            });
        }
    }

    fn check(&mut self, declared: &[Declared]) {
        for lane in declared {
            let held = self.state.leases.iter().filter(|lease| lease.lane == lane.name).count();
            assert!(held <= 1, "{} is held {held} times at {} s", lane.name, self.now);
            let is_up =
                |worker: &&Worker| worker.lane == lane.name && worker.process() == Process::Up;
            let up = self.workers.iter().filter(is_up).count();
            assert!(up <= 1, "{} has {up} workers at {} s", lane.name, self.now);
            let silent = (0..self.workers.len()).find(|index| {
                let worker = &self.workers[*index];
                let is_silent = worker.is_gone || worker.beat < self.now;
                worker.lane == lane.name && is_silent && self.holds(*index)
            });
            match silent {
                Some(_) => {
                    let since = *self.dead_since.entry(lane.name.clone()).or_insert(self.now);
                    assert!(self.now - since <= BOUND, "{} stays with the dead", lane.name);
                }
                None => self.freed += usize::from(self.dead_since.remove(&lane.name).is_some()),
            }
        }
    }
}

fn declared() -> Vec<Declared> {
    let lane = |number: usize| Declared {
        name: format!("lane-{number}"),
        kind: Kind::Concurrent,
        region: Region::parse([format!("lane-{number}/**")], Spelling::default()).unwrap(),
    };
    (0..8).map(lane).collect()
}

fn hour(seed: u64, natures: &[Nature]) -> World {
    let declared = declared();
    let policy = Policy {
        target: 8,
        halt_after: Some(Duration::from_secs(10 * MINUTE)),
        ..Policy::default()
    };
    let mut world = World {
        now: 1_000_000,
        state: State::default(),
        workers: Vec::new(),
        spawns: BTreeMap::new(),
        chance: seed,
        dead_since: BTreeMap::new(),
        freed: 0,
    };
    for _ in 0..=60 {
        world.live();
        let verdict = world.look(&declared, &policy);
        world.act(&verdict, natures);
        world.check(&declared);
        world.now += MINUTE;
    }
    world
}

#[test]
fn an_hour_with_workers_of_every_kind() {
    use Nature::{Commits, Dawdles, Dies, Hangs, NeverStarts, Spins};
    let (mut freed, mut kinds) = (0, [false; 6]);
    for seed in 0..50 {
        let world = hour(seed, &[Commits, Spins, Dies, Hangs, Dawdles, NeverStarts]);
        let spawns: usize = world.spawns.values().map(Vec::len).sum();
        assert!(spawns <= 8 * 25, "seed {seed}: {spawns} workers were started");
        assert_eq!(world.spawns.len(), 8, "seed {seed}: every lane was filled");
        for (lane, times) in &world.spawns {
            let gap = times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default();
            assert!(gap <= 60 * MINUTE, "seed {seed}: {lane} was left alone for {gap} s");
        }
        for worker in &world.workers {
            let all = [Commits, Spins, Dies, Hangs, Dawdles, NeverStarts];
            kinds[all.iter().position(|kind| *kind == worker.nature).unwrap()] = true;
        }
        freed += world.freed;
    }
    assert_eq!(kinds, [true; 6], "each kind was there");
    assert!(freed > 100, "lanes of the dead were freed: {freed}");
}

#[test]
fn lanes_of_the_dead_are_taken_again() {
    for nature in [Nature::Dies, Nature::Hangs] {
        let world = hour(7, &[nature]);
        for (lane, times) in &world.spawns {
            assert!(times.len() >= 3, "{nature:?}: {lane} was filled {} times", times.len());
            let gap = times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
            assert!(gap <= 180 + BOUND + MINUTE, "{nature:?}: {lane} was free for {gap} s");
        }
    }
}

#[test]
fn nothing_is_started_without_end() {
    let world = hour(7, &[Nature::NeverStarts]);
    for (lane, times) in &world.spawns {
        assert_eq!(times.len(), 5, "{lane} was given up after five: {times:?}");
        let gaps: Vec<u64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(gaps, [120, 240, 480, 960], "each rest is twice the one before");
    }
    let world = hour(7, &[Nature::Dawdles]);
    let halted = world.workers.iter().filter(|worker| worker.halted.is_some()).count();
    assert!(halted >= 8, "who dawdles is not doubled, and its stop is proposed: {halted}");
}
