//! Who is in which lane? From the lanes there are, the leases of them, and the workers that were started.

use std::time::Duration;

use super::{Evidence, Kind, Lane, Launches, Patience, Worker};
use crate::lane::Mode;
use crate::lane::region::Region;
use crate::verdict::liveness::Process;
use crate::verdict::watch::Doing;

/// A lane that the fleet may work in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Its name.
    pub name: String,
    /// When it is filled.
    pub kind: Kind,
    /// Where it is.
    pub region: Region,
}

/// A lease that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// The lane.
    pub lane: String,
    /// Where it was given.
    pub region: Region,
    /// What its holder lets others do there.
    pub mode: Mode,
    /// What its holder does.
    pub doing: Doing,
    /// How long he has been spinning, if he does and somebody knows.
    pub spinning: Option<Duration>,
    /// How long ago it was given.
    pub age: Duration,
}

/// A worker that was started, beginning with the last who took the lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch {
    /// The lane.
    pub lane: String,
    /// How long ago.
    pub age: Duration,
    /// Whether his process is still there.
    pub process: Process,
    /// Whether he took the lane.
    pub took: Took,
}

/// Whether a worker took the lane that he was started for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Took {
    /// He did, and holds it or has given it back.
    Yes,
    /// Nobody has seen it.
    NotYet,
}

/// What is held beside the lanes of the fleet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// The name it goes by.
    pub name: String,
    /// Where it is.
    pub region: Region,
    /// What its holder lets others do there.
    pub mode: Mode,
}

/// Puts workers into lanes. A lane that is named twice counts once, and of two leases of one lane the newer counts;
/// a worker who is started shall take his lane in `mode`, and may take `patience` for it.
pub fn scene(
    declared: &[Declared],
    holdings: &[Holding],
    launches: &[Launch],
    (mode, patience): (Mode, Duration),
) -> Evidence {
    let mut evidence = Evidence::default();
    for lane in declared {
        if evidence.lanes.iter().any(|known| known.name == lane.name) {
            continue;
        }
        let held = holdings.iter().filter(|holding| holding.lane == lane.name);
        let held = held.min_by_key(|holding| holding.age);
        let launches = launches.iter().filter(|launch| launch.lane == lane.name);
        let worker = match held {
            Some(holding) => worker(holding),
            None => started(launches, patience),
        };
        evidence.lanes.push(Lane {
            name: lane.name.clone(),
            kind: lane.kind,
            region: held.map_or(&lane.region, |holding| &holding.region).clone(),
            mode: held.map_or(mode, |holding| holding.mode),
            worker,
        });
    }
    let is_outside = |holding: &&Holding| declared.iter().all(|lane| lane.name != holding.lane);
    let outside = |holding: &Holding| Outside {
        name: holding.lane.clone(),
        region: holding.region.clone(),
        mode: holding.mode,
    };
    evidence.others = holdings.iter().filter(is_outside).map(outside).collect();
    evidence
}

fn worker(holding: &Holding) -> Worker {
    match holding.doing {
        Doing::Advancing => Worker::Advancing,
        Doing::Spinning => Worker::Spinning(holding.spinning),
        Doing::Stalled => Worker::Stalled,
        Doing::Unknown => Worker::Unknown,
    }
}

/// Says what became of the workers that were started for a lane which nobody holds.
///
/// One that still runs is never passed over, however late he is.
fn started<'l>(launches: impl Iterator<Item = &'l Launch>, patience: Duration) -> Worker {
    let (mut failed, mut pending) = (Launches::default(), None);
    for launch in launches {
        let is_early = launch.age < patience;
        match (launch.took, launch.process, is_early) {
            // He has given the lane back and is about to end.
            (Took::Yes, Process::Up, _) => pending = Some(Patience::Early),
            (Took::Yes, Process::Gone | Process::Unknown, _) => {}
            (Took::NotYet, Process::Up | Process::Unknown, true) => {
                pending = Some(Patience::Early);
            }
            (Took::NotYet, Process::Up, false) => pending = pending.or(Some(Patience::Late)),
            (Took::NotYet, Process::Gone, _) | (Took::NotYet, Process::Unknown, false) => {
                failed.failed += 1;
                let newest = failed.newest.map_or(launch.age, |newest| newest.min(launch.age));
                failed.newest = Some(newest);
            }
        }
    }
    pending.map_or(Worker::None(failed), Worker::Pending)
}
