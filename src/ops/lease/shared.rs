//! Does a change of the leases hold in all clones? It is made from what the remote has, and counts when the remote took
//! it.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Duration;

use gix::ObjectId;
use gix::error::{ErrorExt as _, Result, ResultExt as _, ensure, message};

use super::{Act, Noted, import, look, standing};
use crate::clock;
use crate::evidence::repository::state_folder;
use crate::evidence::touches::spelling;
use crate::journal::runs::milliseconds;
use crate::leases::lease::Standing;
use crate::leases::operation::{Deed, Fate};
use crate::leases::remote::{self, Published, Shared, Sharing};
use crate::leases::{self, Change, Lease};
use crate::output::{HINT, shown};
use crate::policy::{self, leases::Leases};
use crate::verdict::liveness::Process;

/// How often the remote may say that somebody else was faster while its set stays as it is.
const STUBBORN: u32 = 5;

/// Which part of its time a lease must have used up before it is worth an exchange of its own.
const DUE: u32 = 3;

/// Which part of its time a lease must have used up before it is renewed along with something else.
const ALONG: u32 = 6;

/// Has this clone share its leases as `wanted` asks for, if it does not yet.
///
/// A policy that asks for nothing leaves it as it is: all worktrees of a clone share one set, whatever branch they have.
pub fn share(repository: &gix::Repository, wanted: &Leases) -> Result<()> {
    let Some(name) = &wanted.remote else { return Ok(()) };
    let known = Sharing::read(&state_folder(repository))?;
    if known.is_none_or(|known| known.remote != name.as_str()) {
        Shared::set_up(repository, name.as_str(), wanted.timeout.0)?;
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
    let mut shared = Shared::set_up(repository, &name, wanted.timeout.0)?;
    joined(&mut shared, repository)?;
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

/// Changes the shared set by `act`, as [`change`](super::change) does; `None` where it is not shared.
pub(super) fn change<T>(
    repository: &gix::Repository,
    deed: Deed,
    act: &dyn Fn(&mut Change) -> Result<Act<T>>,
) -> Result<Option<T>> {
    if !remote::is_shared(repository) {
        return Ok(None);
    }
    let (asked, limit) = (clock::now(), timeout(repository));
    let Some(mut shared) = Shared::open(repository, limit)? else { return Ok(None) };
    joined(&mut shared, repository)?;
    exchange(&mut shared, repository, (deed, asked), act).map(Some)
}

/// Makes changes until the remote takes one.
fn exchange<T>(
    shared: &mut Shared<'_>,
    repository: &gix::Repository,
    (deed, asked): (Deed, Duration),
    act: &dyn Fn(&mut Change) -> Result<Act<T>>,
) -> Result<T> {
    // Whoever had the turn before may have just looked.
    let mut is_fresh = shared.sharing().read_ms > milliseconds(asked);
    let (mut tried, mut stubborn): (Vec<(ObjectId, T)>, _) = (Vec::new(), 0);
    loop {
        if !shared.is_mirror()? {
            shared.read()?;
            is_fresh = true;
        }
        for (id, answer) in std::mem::take(&mut tried) {
            if shared.has(id)? {
                return Ok(answer);
            }
            tried.push((id, answer));
        }
        let (state, version) = leases::load(repository)?;
        let mut change = Change::of(&state, deed);
        change.state.generation = change.state.generation.max(shared.sharing().floor + 1);
        let answer = match act(&mut change)? {
            Act::Note(answer, noted) => {
                shared.note(|sharing| noted.iter().for_each(|one| one.note(sharing)))?;
                return Ok(answer);
            }
            Act::Leave(answer) if is_fresh => return Ok(answer),
            Act::Leave(_) => {
                shared.read()?;
                is_fresh = true;
                continue;
            }
            Act::Write(answer) => answer,
        };
        along(&mut change, shared.sharing());
        let begun = clock::instant();
        match shared.publish(version, &mut change)? {
            Published::Done => return Ok(answer),
            Published::Lost(words) => {
                stubborn = if shared.read()? { 0 } else { stubborn + 1 };
                if stubborn >= STUBBORN {
                    return Err(shared.refused(&words));
                }
            }
            Published::Unknown { new, failure } => {
                stubborn += 1;
                let unknown = || unknown(shared.sharing(), &failure.to_string());
                if stubborn >= STUBBORN {
                    return Err(unknown().raise());
                }
                let unknown = unknown();
                shared.read().or_raise(|| unknown)?;
                tried.push((new, answer));
            }
        }
        is_fresh = true;
        std::thread::sleep(rest(clock::instant().saturating_duration_since(begun)));
    }
}

/// Says that nobody knows whether a change was taken.
fn unknown(sharing: &Sharing, why: &str) -> gix::error::Message {
    let name = shown(sharing.remote.as_bytes());
    message!("It is not known whether the remote {name} took the change of the leases: {why}")
        .with(HINT, "when it answers again, this tells: git dos lease list")
}

/// Returns how long to wait after a lost attempt that took so long: by chance, so that two do not lose to each other
/// again.
fn rest(spent: Duration) -> Duration {
    let mut chance = RandomState::new().build_hasher();
    chance.write_u32(std::process::id());
    let chance = u32::try_from(chance.finish() & 0xff).unwrap_or_default();
    spent.min(Duration::from_secs(2)).saturating_mul(chance) / 0x100
}

/// Tells whether `lease` is to be renewed with an exchange of its own.
pub(super) fn is_due(lease: &Lease, now: Duration) -> bool {
    used(lease, now) >= Duration::from_secs(lease.ttl_s) / DUE
}

/// Returns how much of its time `lease` has used up.
fn used(lease: &Lease, now: Duration) -> Duration {
    now.saturating_sub(Duration::from_millis(lease.newest_ms()))
}

/// Renews, along with a change that is sent anyway, what others of this clone hold and are known to be there for.
fn along(change: &mut Change, sharing: &Sharing) {
    let now = clock::now();
    let renewed = |lease: &Lease| {
        if lease.clone.as_deref() != Some(&sharing.clone) {
            return None;
        }
        if let Some(at_ms) = sharing.asked(lease) {
            return Some(Duration::from_millis(at_ms).min(now));
        }
        let is_worth_it = used(lease, now) >= Duration::from_secs(lease.ttl_s) / ALONG;
        (is_worth_it && lease.pid.is_some() && look(lease) == Process::Up).then_some(now)
    };
    let found: Vec<(u64, String, Duration)> = change
        .state
        .leases
        .iter()
        .filter_map(|lease| Some((lease.grant, lease.lane.clone(), renewed(lease)?)))
        .collect();
    for (grant, lane, at) in found {
        change.renew(|lease| lease.grant == grant && lease.lane == lane, at, |_| ());
    }
}

/// Takes along into the shared set what this clone gave before it shared it.
fn joined(shared: &mut Shared<'_>, repository: &gix::Repository) -> Result<()> {
    let joining = shared.sharing().joining.clone();
    if joining.is_empty() {
        return Ok(());
    }
    let (own, spelling) = (shared.sharing().clone(), spelling(repository));
    let act = |change: &mut Change| {
        let now = clock::now();
        change.reap(|lease| standing(lease, now));
        let mut is_changed = false;
        for lease in joining.iter().filter(|lease| standing(lease, now) == Standing::Live) {
            let is_known = |known: &Lease| {
                own.is_own(known)
                    && known.lane == lease.lane
                    && known.acquired_ms == lease.acquired_ms
            };
            // A lane that somebody else was given stays with them.
            if !change.state.leases.iter().any(is_known)
                && import::obstacle(&change.state.leases, lease, spelling)?.is_none()
            {
                change.give(lease.clone(), Fate::Imported);
                is_changed = true;
            }
        }
        Ok(if is_changed { Act::Write(()) } else { Act::Leave(()) })
    };
    exchange(shared, repository, (Deed::Share, clock::now()), &act)?;
    shared.note(|sharing| sharing.joining.clear())
}

impl Noted {
    fn note(&self, sharing: &mut Sharing) {
        match self {
            Self::Asked(lease) => sharing.ask(lease, clock::now()),
            Self::Process { lease, pid, started } => sharing.entrust(lease, *pid, *started),
        }
    }
}
