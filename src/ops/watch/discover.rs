//! Which runs are there to be watched? Those that are written down and not over, and those behind leases.

use std::collections::BTreeMap;
use std::time::Duration;

use gix::error::Result;

use crate::evidence::process;
use crate::evidence::repository::state_folder;
use crate::leases::lease::Standing;
use crate::leases::{self, Lease};
use crate::ops::{halt, session};
use crate::run_id::RunId;
use crate::verdict::liveness::Process;

/// A run behind a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The run.
    pub run: RunId,
    /// The lane that it holds; `None` when the lease does not name one.
    pub lane: Option<String>,
    /// The process of its lease.
    pub pid: Option<u32>,
}

/// Returns the run behind `lease`, if its holder names one.
pub fn of_lease(lease: &Lease) -> Option<Found> {
    let halt::Target { run, lane, process } = halt::of_lease(lease);
    let pid = process.pid.filter(|pid| *pid > 0);
    Some(Found { run: run?, lane: lane.filter(|lane| !lane.is_empty()), pid })
}

/// Returns the runs behind the leases of `repository` that count at `now`, with their lanes.
///
/// Those of other clones are theirs to watch.
/// A lease of an agent's session is of the run that the session is.
pub(super) fn behind_leases(
    repository: &gix::Repository,
    now: Duration,
) -> Result<BTreeMap<RunId, String>> {
    let state = state_folder(repository);
    let mut found = BTreeMap::new();
    for lease in leases::load(repository)?.0.leases {
        let process = lease.pid.map_or(Process::Unknown, |_| process::look(&lease.process()));
        if lease.is_elsewhere() || lease.standing(now, process) == Standing::Expired {
            continue;
        }
        let run = match (of_lease(&lease), &lease.session) {
            (Some(found), _) => Some(found.run),
            (None, Some(session)) => session::known(&state, session)?
                .start
                .and_then(|start| start.run)
                .and_then(|run| RunId::parse(&run)),
            (None, None) => None,
        };
        found.extend(run.map(|run| (run, lease.lane)));
    }
    Ok(found)
}
