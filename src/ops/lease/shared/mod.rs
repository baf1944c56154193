//! Do other clones know what is held here? Leases are shared by a remote where the policy asks for it.

mod exchange;

use std::time::Duration;

use gix::error::{ErrorExt as _, Result, ensure, message};

use super::Act;
use crate::clock;
use crate::evidence::repository::state_folder;
use crate::leases::operation::{Deed, Fate};
use crate::leases::remote::{Shared, Sharing};
use crate::output::{HINT, shown};
use crate::policy::{self, leases::Leases};

pub(super) use exchange::{change, is_due};

/// Has this clone share its leases as `wanted` asks for, if it does not yet.
///
/// A policy that asks for nothing leaves it as it is: all worktrees of a clone share one set, whatever branch they have.
/// Errors when it asks for another remote than the one that has the set: a branch alone does not move it.
pub fn share(repository: &gix::Repository, wanted: &Leases) -> Result<()> {
    let Some(name) = &wanted.remote else { return Ok(()) };
    match Sharing::read(&state_folder(repository))? {
        None => Shared::set_up(repository, name.as_str(), wanted.timeout.0).map(|_| ()),
        Some(known) if known.remote == name.as_str() => Ok(()),
        Some(known) => {
            let (wanted, known) = (name.as_str(), shown(known.remote.as_bytes()));
            Err(message!(
                "{} wants the leases shared by the remote {wanted}, and this clone shares them by {known}",
                policy::FILE_NAME
            )
            .with(HINT, "to change that: git dos lease remote --probe")
            .raise())
        }
    }
}

/// How this clone shares its leases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The name of the remote.
    pub remote: String,
    /// The name of the ref there.
    pub reference: String,
    /// How long ago that was last seen.
    pub age: Duration,
}

/// Returns how this clone shares its leases; `None` when it does not. Nobody is asked.
pub fn view(repository: &gix::Repository) -> Result<Option<View>> {
    let known = Sharing::read(&state_folder(repository))?;
    Ok(known.map(|Sharing { remote, reference, read_ms, .. }| View {
        remote,
        reference,
        age: clock::now().saturating_sub(Duration::from_millis(read_ms)),
    }))
}

/// Sets up anew how this clone shares its leases, by what the policy says, or else as it did.
pub fn probe(repository: &gix::Repository) -> Result<View> {
    let wanted = policy::load(repository)?.leases;
    let known = || Sharing::read(&state_folder(repository)).ok().flatten().map(|it| it.remote);
    let name = wanted.remote.map(|name| name.as_str().to_owned()).or_else(known);
    let Some(name) = name else {
        let why = message!("{} names no remote for the leases", policy::FILE_NAME);
        return Err(why.with(HINT, "say which: [leases] remote = \"origin\"").raise());
    };
    let mut shared = Shared::set_up(repository, &name, wanted.timeout.0)?;
    exchange::joined(&mut shared, repository)?;
    drop(shared);
    view(repository)?.ok_or_else(|| message("The leases are not shared").raise())
}

/// Brings what is known here of the shared set up to date; nothing where it is not shared, or was seen within `age`.
///
/// `limit` is how long one exchange may take; that of the policy by default.
pub fn refresh(
    repository: &gix::Repository,
    age: Option<Duration>,
    limit: Option<Duration>,
) -> Result<()> {
    let is_recent = |view: View| age.is_some_and(|age| view.age <= age);
    if view(repository)?.is_none_or(is_recent) {
        return Ok(());
    }
    let limit = limit.unwrap_or_else(|| timeout(repository));
    if let Some(mut shared) = Shared::open(repository, limit)? {
        shared.read()?;
    }
    Ok(())
}

/// Ends the sharing: the leases of this clone stay, and those of others do not count here any more.
pub fn part(repository: &gix::Repository) -> Result<bool> {
    let wanted = policy::load(repository)?.leases.remote;
    ensure!(
        wanted.is_none(),
        message!("{} has the leases shared", policy::FILE_NAME)
            .with(HINT, "take [leases] remote out of it first")
    );
    let Some(shared) = Shared::open(repository, timeout(repository))? else { return Ok(false) };
    super::changed_here(repository, Deed::Part, |change| {
        change.take(|lease| !shared.sharing().is_own(lease), Fate::Parted);
        for lease in &mut change.state.leases {
            lease.clone = None;
        }
        Ok(Act::Write(()))
    })?;
    shared.end()?;
    Ok(true)
}

/// Returns how long one exchange may take.
///
/// A policy that cannot be read must keep nobody from giving back what it holds.
fn timeout(repository: &gix::Repository) -> Duration {
    policy::load(repository).map(|policy| policy.leases).unwrap_or_default().timeout.0
}
