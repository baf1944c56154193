//! Who is in which lane, and what do they do? Lanes from the policy, leases, and the workers that were started.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use gix::error::{ErrorExt as _, Result, message};

use crate::evidence::process;
use crate::evidence::progress::Depth;
use crate::evidence::repository::state_folder;
use crate::evidence::touches::spelling;
use crate::journal::fleet::{self as journal, Began, Book, Launched};
use crate::lane::declared::{Lanes, is_same_name};
use crate::lane::region::Region;
use crate::lane::{self, Mode};
use crate::leases::lease::Standing;
use crate::leases::operation::Fate;
use crate::leases::{self, Lease};
use crate::ops::halt;
use crate::ops::lease::list;
use crate::ops::liveness::{self, Answer, Row, Which};
use crate::policy;
use crate::run_id::RunId;
use crate::verdict::fleet::{Declared, Evidence, Holding, Kind, Launch, Took, scene};
use crate::verdict::liveness::{Moment, Process, Progress, Stall, Verdict as Life};
use crate::verdict::watch::Doing;

/// How many changes of the leases are looked at for workers that have come and gone.
const LOOK_BACK: usize = 1_000;

/// What was found.
#[derive(Debug)]
pub(super) struct Gathered {
    /// Who is in which lane.
    pub evidence: Evidence,
    /// The leases that count.
    pub leases: Vec<Lease>,
    /// The workers that were started, as the journal has them.
    pub book: Book,
    /// The ids of the runs of workers who are seen to have taken their lanes.
    pub took: Vec<String>,
    /// Why not all could be judged.
    pub errors: Vec<gix::Error>,
}

/// Looks at the time `now`; workers that are started shall take their lanes in `mode`, within `patience`.
pub(super) fn gather(
    repository: &gix::Repository,
    how: (Mode, Duration),
    now: Duration,
) -> Result<Gathered> {
    let policy = policy::load(repository)?;
    let taxonomy = policy.lanes.taxonomy();
    let spelling = spelling(repository);
    let lanes = Lanes::new(&taxonomy, spelling).map_err(|fault| {
        message!("A lane in {} makes no sense: {fault}", policy::FILE_NAME).raise()
    })?;
    let declared: Vec<Declared> = lanes
        .iter()
        .map(|lane| Declared {
            name: lane.name.clone(),
            kind: match lane.kind {
                lane::Kind::Exclusive => Kind::Exclusive,
                _ if lanes.pickable().any(|other| other.name == lane.name) => Kind::Pickable,
                lane::Kind::Concurrent | lane::Kind::Paths => Kind::Concurrent,
            },
            region: lane.tree.region().clone(),
        })
        .collect();
    let mut book = journal::read(&state_folder(repository))?;
    let mut leases = leases::load(repository)?.0.leases;
    leases.retain(|lease| {
        let process = lease.pid.map_or(Process::Unknown, |_| process::look(&lease.process()));
        lease.standing(now, process) == Standing::Live
    });
    let mut errors = Vec::new();
    let mut seen = judged(repository, &leases, &book, now)?;
    let mut holdings = Vec::new();
    for lease in &leases {
        let run = run_of(lease);
        let row = run.and_then(|run| seen.remove(&run));
        let (doing, spinning) = match row {
            Some(Row { answer: Ok(answer), run }) => {
                let known = doing(&answer);
                // One run may hold several lanes.
                let again = run.clone().map(|id| (id, Row { run, answer: Ok(answer) }));
                seen.extend(again);
                known
            }
            Some(Row { answer: Err(error), .. }) => {
                errors.push(error);
                (Doing::Unknown, None)
            }
            // Whoever holds a lane by hand holds it for its time.
            None => (Doing::Unknown, None),
        };
        let name = declared.iter().find(|lane| is_same_name(&lane.name, &lease.lane));
        holdings.push(Holding {
            lane: name.map_or(&lease.lane, |lane| &lane.name).clone(),
            region: Region::parse(&lease.tree, spelling).unwrap_or_default(),
            mode: lease.mode,
            doing,
            spinning,
            age: now.saturating_sub(Duration::from_millis(lease.acquired_ms)),
        });
    }
    let took = taken(repository, &mut book, &leases, &seen)?;
    let launches: Vec<Launch> =
        book.lanes.values().flatten().map(|launched| launch(launched, now)).collect();
    let evidence = scene(&declared, &holdings, &launches, how);
    Ok(Gathered { evidence, leases, book, took, errors })
}

/// Returns the run behind `lease` that can be judged here.
fn run_of(lease: &Lease) -> Option<RunId> {
    if lease.is_elsewhere() { None } else { halt::of_lease(lease).run }
}

/// Judges the runs behind `leases`, and those of the workers in `book`.
fn judged(
    repository: &gix::Repository,
    leases: &[Lease],
    book: &Book,
    now: Duration,
) -> Result<BTreeMap<RunId, Row>> {
    let holders = leases.iter().filter_map(run_of);
    let is_open = |launched: &&Launched| !launched.took && matches!(launched.process, Began::As(_));
    let started = book.lanes.values().flatten().filter(is_open);
    let started = started.filter_map(|launched| RunId::parse(&launched.run));
    let mut runs: Vec<RunId> = holders.chain(started).collect();
    runs.sort();
    runs.dedup();
    let question =
        liveness::Question { which: Which::Each(runs), heartbeat: None, depth: Depth::First, now };
    let rows = liveness::look(repository, &question)?.rows;
    Ok(rows.into_iter().filter_map(|row| Some((row.run.clone()?, row))).collect())
}

/// Says what the holder of a lane does, and how long it has been spinning.
///
/// Commits move a run, but hold no lane for one that is over or whose process is gone. A process that is there shows
/// more than a heartbeat that is not; and at an agent's session somebody may sit and think.
fn doing(answer: &Answer) -> (Doing, Option<Duration>) {
    let age = match answer.evidence.started {
        Moment::Ago(age) => Some(age),
        Moment::Ahead(_) => None,
    };
    let is_session = answer.record.as_ref().is_some_and(|record| record.session.is_some());
    if answer.ended.is_some() || answer.evidence.process == Process::Gone {
        return (Doing::Stalled, None);
    }
    match answer.verdict {
        Life::Spinning => (Doing::Spinning, age),
        Life::Stalled(Stall::NoBeat | Stall::StaleBeat)
            if answer.evidence.process == Process::Up =>
        {
            (Doing::Spinning, age)
        }
        Life::Stalled(Stall::NoBeat | Stall::StaleBeat) if is_session => (Doing::Unknown, None),
        verdict @ (Life::Advancing(_) | Life::Stalled(_) | Life::BadClock(_)) => {
            (verdict.into(), None)
        }
    }
}

/// Notes in `book` which workers have taken their lanes, and returns them: by a lease, by what they brought about, or,
/// for those that were faster than the next look, by the history of the leases.
fn taken(
    repository: &gix::Repository,
    book: &mut Book,
    leases: &[Lease],
    seen: &BTreeMap<RunId, Row>,
) -> Result<Vec<String>> {
    let mut known: BTreeSet<String> = leases
        .iter()
        .filter_map(|lease| halt::of_lease(lease).run)
        .map(|run| run.to_string())
        .collect();
    let work = [Progress::Patches, Progress::LeaseEvents].map(Life::Advancing);
    let has_worked =
        |row: &Row| row.answer.as_ref().is_ok_and(|answer| work.contains(&answer.verdict));
    known.extend(seen.iter().filter(|(_, row)| has_worked(row)).map(|(run, _)| run.to_string()));
    let is_open = |launched: &Launched| !launched.took && !known.contains(&launched.run);
    if book.lanes.values().flatten().any(is_open) {
        for entry in list::log(repository, LOOK_BACK)? {
            let given = entry.told.effects.into_iter().filter(|effect| effect.fate == Fate::Given);
            known.extend(given.filter_map(|effect| effect.run));
        }
    }
    let mut took = Vec::new();
    for launches in book.lanes.values_mut() {
        let is_new = |launched: &Launched| !launched.took && known.contains(&launched.run);
        if let Some(at) = launches.iter().rposition(is_new) {
            launches.drain(..at);
            if let Some(launched) = launches.first_mut() {
                launched.took = true;
                took.push(launched.run.clone());
            }
        }
    }
    Ok(took)
}

fn launch(launched: &Launched, now: Duration) -> Launch {
    Launch {
        lane: launched.lane.clone(),
        age: now.saturating_sub(launched.time),
        process: match &launched.process {
            Began::Unknown => Process::Unknown,
            Began::Failed => Process::Gone,
            Began::As(recorded) => process::look(recorded),
        },
        took: if launched.took { Took::Yes } else { Took::NotYet },
    }
}
