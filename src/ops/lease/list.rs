//! Which leases are there, and what was done to them?

use std::time::Duration;

use gix::ObjectId;
use gix::error::{Result, ResultExt as _, message};

use super::shared::{self, View};
use super::{Act, change, standing};
use crate::clock;
use crate::leases::lease::Standing;
use crate::leases::operation::{self, Deed, Told};
use crate::leases::{self, EARLIER, Holder, Lease, Version};

/// The set as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The number of the newest change.
    pub generation: u64,
    /// The leases, oldest first.
    pub rows: Vec<Row>,
    /// How clones share them; `None` where they do not.
    pub view: Option<View>,
}

/// One lease, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// It.
    pub lease: Lease,
    /// Whether it counts.
    pub standing: Standing,
    /// Whether the one who asks holds it.
    pub is_own: bool,
    /// How long it lasts.
    pub left: Duration,
}

impl Row {
    /// Describes `lease` for `holder` at `now`.
    pub fn of(lease: Lease, holder: &Holder, now: Duration) -> Self {
        let left = lease.expiry().saturating_sub(now);
        Self { standing: standing(&lease, now), is_own: holder.holds(&lease), left, lease }
    }
}

/// Lists all leases, as they are known here.
pub fn list(repository: &gix::Repository, holder: &Holder) -> Result<Report> {
    let (state, _) = leases::load(repository)?;
    let now = clock::now();
    let rows = state.leases.into_iter().map(|lease| Row::of(lease, holder, now)).collect();
    Ok(Report { generation: state.generation, rows, view: shared::view(repository)? })
}

/// One change of the set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its commit.
    pub id: ObjectId,
    /// When it was made, in seconds since 1970-01-01T00:00:00Z.
    pub time: i64,
    /// What it did.
    pub told: Told,
}

/// Returns the newest `count` changes, newest first, as far back as they are kept.
pub fn log(repository: &gix::Repository, count: usize) -> Result<Vec<Entry>> {
    let context = || message("Could not read the changes of the leases");
    let (_, version) = leases::load(repository)?;
    let mut next = match version {
        Version::At(id) => Some(id),
        Version::Absent => None,
    };
    let mut earlier = repository.try_find_reference(EARLIER).or_raise(context)?;
    let mut entries = Vec::new();
    while let Some(id) = next.filter(|_| entries.len() < count) {
        let commit = repository.find_commit(id).or_raise(context)?;
        let message = String::from_utf8_lossy(commit.message_raw().or_raise(context)?).into_owned();
        let time = commit.time().or_raise(context)?.seconds;
        entries.push(Entry { id, time, told: operation::parse(&message) });
        next = leases::before(repository, id).or_raise(context)?;
        if next.is_none() {
            next = earlier.take().map(|reference| reference.id().detach());
        }
    }
    Ok(entries)
}

/// Begins the chain of commits anew, and returns how many changes the new one leaves behind; zero without any.
pub fn compact(repository: &gix::Repository) -> Result<u64> {
    change(repository, Deed::Compact, |change| {
        let (generation, begins) = (change.state.generation, change.state.begins);
        let is_long = change.state.generation > 1;
        let left = generation.saturating_sub(begins);
        Ok(if is_long && left > 1 { Act::Write(left) } else { Act::Leave(0) })
    })
}
