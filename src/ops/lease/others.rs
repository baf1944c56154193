//! Which lanes does somebody else hold, as far as a hook can tell, and what is done in them?

use std::time::Duration;

use gix::error::{ErrorExt as _, Result, message};

use super::{at_work, named, standing};
use crate::lane::path::{Path, Spelling};
use crate::lane::region::Region;
use crate::leases::lease::Standing;
use crate::leases::{Lease, REFERENCE};
use crate::verdict::access::footprint::Footprint;
use crate::verdict::access::{Evidence, Held, Verdict, judge};
use crate::verdict::arbiter;
use crate::{clock, env};

/// The leases that count, beside what is known of them.
pub(in crate::ops) struct Others {
    leases: Vec<Lease>,
    held: Vec<Held>,
    now: Duration,
}

impl Others {
    /// Returns those of `leases` that count now; `None` when all are of the one who works in the worktree of
    /// `repository`, in `session`, under the name in `GIT_DOS_OWNER`.
    pub(in crate::ops) fn among(
        repository: &gix::Repository,
        mut leases: Vec<Lease>,
        session: Option<String>,
        spelling: Spelling,
    ) -> Result<Option<Self>> {
        let now = clock::now();
        let owner = env::owner().and_then(|name| name.parse().ok());
        let asker = at_work(repository, owner, session)?;
        leases.retain(|lease| standing(lease, now) == Standing::Live);
        let mut held = Vec::with_capacity(leases.len());
        for lease in &leases {
            let is_own = asker.seems_to_hold(lease);
            let holder = if is_own { arbiter::Holder::Asker } else { arbiter::Holder::Other };
            let region = region(lease, spelling)?;
            held.push(Held { lane: lease.lane.clone(), region, mode: lease.mode, holder });
        }
        let is_any = held.iter().any(|held| held.holder == arbiter::Holder::Other);
        Ok(is_any.then_some(Self { leases, held, now }))
    }

    /// Returns the lease that stands against `footprint`, with the first path that would be written there.
    pub(in crate::ops) fn against<'a>(
        &'a self,
        footprint: &'a Footprint,
    ) -> Option<(&'a Lease, &'a Path)> {
        let evidence = Evidence { footprint, leases: &self.held };
        let Verdict::Deny { lease: found, path } = judge(&evidence) else { return None };
        let mut pairs = self.held.iter().zip(&self.leases);
        pairs.find(|(held, _)| std::ptr::eq(*held, found)).map(|(_, lease)| (lease, path))
    }

    /// Returns for how long `lease` counts, unless it is renewed.
    pub(in crate::ops) fn left(&self, lease: &Lease) -> Duration {
        lease.expiry().saturating_sub(self.now)
    }
}

/// Returns where `lease` is.
fn region(lease: &Lease, spelling: Spelling) -> Result<Region> {
    Region::parse(&lease.tree, spelling).map_err(|fault| {
        message!("The tree of lane {} in {REFERENCE} cannot be read: {fault}", named(&lease.lane))
            .raise()
    })
}
