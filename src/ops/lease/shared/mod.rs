//! Do other clones know what is held here? Leases are shared by a remote where the policy asks for it.

mod exchange;

use std::time::Duration;

use gix::error::{ErrorExt as _, Result, ensure, message};

use super::Act;
use crate::clock;
use crate::evidence::repository::state_folder;
use crate::leases::Change;
use crate::leases::operation::{Deed, Fate};
use crate::leases::remote::{Held, Place, Shared, Sharing};
use crate::output::{HINT, shown};
use crate::policy;
use crate::policy::leases::{Leases, Timeout};

pub(super) use exchange::{change, is_due};

/// Has this clone share its leases as `wanted` asks for, if it does not yet.
///
/// A policy that asks for nothing leaves it as it is: all worktrees of a clone share one set, whatever branch they have.
/// Errors when it asks for another remote than the one that has the set: a branch alone does not move it.
pub fn share(repository: &gix::Repository, wanted: &Leases) -> Result<()> {
    let Some(name) = &wanted.remote else { return Ok(()) };
    match Sharing::read(&state_folder(repository))? {
        None => set_up(repository, wanted, Place::Probed),
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

/// Has this clone share its leases, where there is a `place` for them.
fn set_up(repository: &gix::Repository, wanted: &Leases, place: Place) -> Result<()> {
    if let Some(name) = &wanted.remote {
        Shared::set_up(repository, (name.as_str(), place), wanted.timeout.0)?;
    }
    Ok(())
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
    let set_up = Shared::set_up(repository, (&name, Place::ProbedAnew), wanted.timeout.0)?;
    if let Some(mut shared) = set_up {
        exchange::joined(&mut shared, repository)?;
    }
    view(repository)?.ok_or_else(|| message("The leases are not shared").raise())
}

/// Brings what is known here of the shared set up to date; nothing where it is not shared, or was seen within `age`.
///
/// Where others share it, and the policy has this clone do so too, it does from now on.
/// `limit` is how long one exchange may take; that of the policy by default.
pub fn refresh(
    repository: &gix::Repository,
    age: Option<Duration>,
    limit: Option<Duration>,
) -> Result<()> {
    let Some(view) = view(repository)? else {
        let wanted = policy::load(repository)?.leases;
        let timeout = Timeout(limit.unwrap_or(wanted.timeout.0));
        return set_up(repository, &Leases { timeout, ..wanted }, Place::Found);
    };
    if age.is_some_and(|age| view.age <= age) {
        return Ok(());
    }
    let limit = limit.unwrap_or_else(|| timeout(repository));
    if let Some(mut shared) = Shared::open(repository, limit)? {
        shared.read()?;
    }
    Ok(())
}

/// Ends the sharing: the leases of this clone stay, and those of others do not count here any more.
pub fn part(repository: &gix::Repository) -> Result<()> {
    let wanted = policy::load(repository)?.leases.remote;
    ensure!(
        wanted.is_none(),
        message!("{} has the leases shared", policy::FILE_NAME)
            .with(HINT, "take [leases] remote out of it first")
    );
    let Some(held) = Held::take(repository, timeout(repository))? else { return Ok(()) };
    let act = |change: &mut Change| {
        change.take(|lease| !held.sharing.is_own(lease), Fate::Parted);
        for lease in &mut change.state.leases {
            lease.clone = None;
        }
        Ok(Act::Write(()))
    };
    super::attempts(repository, Deed::Part, &act, || false)?;
    held.end(repository)
}

/// Returns how long one exchange may take.
///
/// A policy that cannot be read must keep nobody from giving back what it holds.
fn timeout(repository: &gix::Repository) -> Duration {
    policy::load(repository).map(|policy| policy.leases).unwrap_or_default().timeout.0
}
