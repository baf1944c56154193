//! Which leases of dos-kernel are taken over from its journal?

use std::path::Path;
use std::time::Duration;

use gix::error::{ErrorExt as _, Result, message};

use super::shared::share;
use super::{Act, change, standing};
use crate::evidence::process::{self, Recorded};
use crate::evidence::touches::spelling;
use crate::journal::runs::milliseconds;
use crate::lane::Mode;
use crate::lane::declared::is_same_name;
use crate::lane::path::Spelling;
use crate::lane::region::Region;
use crate::leases::foreign::{self, Foreign};
use crate::leases::operation::{Deed, Fate};
use crate::leases::{Lease, REFERENCE};
use crate::{clock, policy};

/// What came of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The leases that were taken in.
    pub taken: Vec<Lease>,
    /// The leases of the journal that others stand against here, each with the one that does.
    pub refused: Vec<(Lease, Lease)>,
    /// How many were here already.
    pub known: usize,
    /// How many the journal's tool does not count any more.
    pub ended: usize,
    /// The numbers of the damaged lines.
    pub damage: Vec<usize>,
}

/// Takes in the leases that the journal at `path` leaves live.
///
/// They keep their time, and nobody looks for their process: it may have been a shell that ended at once.
pub fn import(repository: &gix::Repository, path: &Path) -> Result<Report> {
    let bytes = fs_err::read(path).map_err(|error| message!("{error}").raise())?;
    let replay = foreign::replay(&bytes);
    share(repository, &policy::load(repository)?.leases)?;
    let (now, spelling) = (clock::now(), spelling(repository));
    let is_live = |lease: &&Foreign| {
        let recorded = Recorded { host: lease.host.clone(), pid: lease.pid, started: None };
        lease.is_live(now, process::look(&recorded))
    };
    let live: Vec<Lease> = replay.leases.iter().filter(is_live).map(|it| lease(it, now)).collect();
    let ended = replay.leases.len() - live.len();
    change(repository, Deed::Import, |change| {
        let mut report = Report { ended, damage: replay.damage.clone(), ..Report::default() };
        change.reap(|lease| standing(lease, now));
        for lease in &live {
            let is_known = |known: &Lease| {
                is_same_name(&known.lane, &lease.lane)
                    && known.owner == lease.owner
                    && known.acquired_ms == lease.acquired_ms
            };
            if change.state.leases.iter().any(is_known) {
                report.known += 1;
                continue;
            }
            match obstacle(&change.state.leases, lease, spelling)? {
                Some(other) => report.refused.push((lease.clone(), other)),
                None => report.taken.push(change.give(lease.clone(), Fate::Imported)),
            }
        }
        Ok(if report.taken.is_empty() { Act::Leave(report) } else { Act::Write(report) })
    })
}

/// Returns the lease that stands against `lease`.
pub(super) fn obstacle(
    leases: &[Lease],
    lease: &Lease,
    spelling: Spelling,
) -> Result<Option<Lease>> {
    let region = |lease: &Lease| {
        Region::parse(&lease.tree, spelling).map_err(|fault| {
            let lane = super::named(&lease.lane);
            message!("The tree of lane {lane} for {REFERENCE} cannot be read: {fault}").raise()
        })
    };
    let own = region(lease)?;
    for other in leases.iter().filter(|other| !other.mode.is_compatible(lease.mode)) {
        if is_same_name(&other.lane, &lease.lane) || region(other)?.meets(&own) {
            return Ok(Some(other.clone()));
        }
    }
    Ok(None)
}

/// Returns a lease of the journal as one of ours. One that is nowhere is everywhere, as its tool has it.
fn lease(foreign: &Foreign, now: Duration) -> Lease {
    let given = foreign.acquired.or(foreign.renewed).unwrap_or(now);
    let entries = foreign.tree.iter().filter(|entry| !entry.trim().is_empty()).cloned();
    let mut tree: Vec<String> = entries.collect();
    if tree.is_empty() || tree.len() < foreign.tree.len() {
        tree = vec!["**".to_owned()];
    }
    Lease {
        lane: foreign.lane.clone(),
        tree,
        mode: foreign.mode.as_deref().and_then(Mode::named).unwrap_or_default(),
        grant: 0,
        owner: foreign.holder.clone(),
        run: foreign.run.clone(),
        session: None,
        worktree: None,
        host: foreign.host.clone(),
        clone: None,
        pid: None,
        pid_started: None,
        acquired_ms: milliseconds(given),
        renewed_ms: foreign.renewed.map(milliseconds),
        ttl_s: foreign.whole_ttl().as_secs(),
        seen: None,
    }
}
