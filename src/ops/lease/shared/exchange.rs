//! Does the remote take a change of the leases? It is made from what the remote has, and made anew when others are
//! faster.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Duration;

use gix::ObjectId;
use gix::error::{ErrorExt as _, Result, ResultExt as _, message};

use super::timeout;
use crate::clock;
use crate::evidence::touches::spelling;
use crate::journal::runs::milliseconds;
use crate::leases::lease::Standing;
use crate::leases::operation::{Deed, Fate};
use crate::leases::remote::{self, Published, Shared, Sharing};
use crate::leases::{self, Change, Lease, Lost, Version, holder};
use crate::ops::lease::{ATTEMPTS, Act, Noted, import, look, standing};
use crate::output::{HINT, shown};
use crate::verdict::liveness::Process;

/// How often the remote may say that somebody else was faster while its set stays as it is.
const STUBBORN: u32 = 5;

/// Which part of its time a lease must have used up before it is worth an exchange of its own.
const DUE: u32 = 3;

/// How old what is known of the set may be for a renewal that is only noted.
const RECENT: Duration = Duration::from_secs(60);

/// Which part of its time a lease must have used up before it is renewed along with something else.
const ALONG: u32 = 6;

/// Changes the shared set by `act`, as [`change`](crate::ops::lease::change) does; `None` where it is not shared.
pub(in crate::ops::lease) fn change<T>(
    repository: &gix::Repository,
    deed: Deed,
    act: &dyn Fn(&mut Change) -> Result<Act<T>>,
) -> Result<Option<T>> {
    if !remote::is_shared(repository) {
        return Ok(None);
    }
    let (asked, limit) = (clock::now(), timeout(repository));
    let Some(mut shared) = Shared::open(repository, limit)? else { return Ok(None) };
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
    let mut tries = Tries { unknown: Vec::new(), in_vain: 0 };
    for _ in 0..ATTEMPTS {
        if !shared.is_mirror()? {
            // The set on the remote is what counts; there may be none yet.
            shared.read()?;
            is_fresh = true;
        }
        if deed != Deed::Share {
            joined(shared, repository)?;
        }
        if let Some(answer) = tries.found(shared)? {
            return Ok(answer);
        }
        let (state, version) = leases::load(repository)?;
        if shared.sharing().tip().is_some_and(|tip| version != Version::At(tip)) {
            continue;
        }
        let mut change = Change::of(&state, deed);
        change.state.generation = change.state.generation.max(shared.sharing().floor + 1);
        let answer = match act(&mut change)? {
            Act::Note(..) if !is_fresh && is_old(shared.sharing()) => {
                shared.read()?;
                is_fresh = true;
                continue;
            }
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
        let published = shared.publish(version, &mut change)?;
        if let Some(answer) = tries.weigh(shared, published, answer)? {
            return Ok(answer);
        }
        is_fresh = true;
        std::thread::sleep(rest(clock::instant().saturating_duration_since(begun)));
    }
    Err(Lost::Changed.explained(repository))
}

/// What was tried so far.
struct Tries<T> {
    /// The commits of changes of which nobody knows whether they were taken, each with its answer.
    unknown: Vec<(ObjectId, T)>,
    /// How often in a row nothing came of it, while the set stayed as it was.
    in_vain: u32,
}

impl<T> Tries<T> {
    /// Returns the answer of a change that was taken after all.
    fn found(&mut self, shared: &Shared<'_>) -> Result<Option<T>> {
        for (id, answer) in std::mem::take(&mut self.unknown) {
            if shared.has(id)? {
                return Ok(Some(answer));
            }
            self.unknown.push((id, answer));
        }
        Ok(None)
    }

    /// Returns `answer` if the change that it is of was taken; else looks what the set is now.
    fn weigh(
        &mut self,
        shared: &mut Shared<'_>,
        published: Published,
        answer: T,
    ) -> Result<Option<T>> {
        self.in_vain += 1;
        match published {
            Published::Done => return Ok(Some(answer)),
            Published::Lost(words) => {
                if shared.read()? {
                    self.in_vain = 0;
                } else if self.in_vain >= STUBBORN {
                    return Err(shared.refused(&words));
                }
            }
            Published::Unknown { new, failure } => {
                let unknown = unknown(shared.sharing());
                if self.in_vain >= STUBBORN {
                    return Err(message!("{failure}").raise()).or_raise(|| unknown);
                }
                shared.read().or_raise(|| unknown)?;
                self.unknown.push((new, answer));
            }
        }
        Ok(None)
    }
}

/// Says that nobody knows whether a change was taken.
fn unknown(sharing: &Sharing) -> gix::error::Message {
    let name = shown(sharing.remote.as_bytes());
    message!("It is not known whether the remote {name} took the change of the leases")
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

/// Tells whether the remote was not looked at for so long that a holder should know whether it still is one.
fn is_old(sharing: &Sharing) -> bool {
    clock::now().abs_diff(Duration::from_millis(sharing.read_ms)) > RECENT
}

/// Tells whether `lease` is to be renewed with an exchange of its own; one from the future is, since others go by what
/// they see.
pub(in crate::ops::lease) fn is_due(lease: &Lease, now: Duration) -> bool {
    let newest = Duration::from_millis(lease.newest_ms());
    newest > now.saturating_add(Duration::from_secs(1))
        || used(lease, now) >= Duration::from_secs(lease.ttl_s) / DUE
}

/// Returns how much of its time `lease` has used up.
fn used(lease: &Lease, now: Duration) -> Duration {
    now.saturating_sub(Duration::from_millis(lease.newest_ms()))
}

/// Renews, along with a change that is sent anyway, what others of this clone hold and are known to be there for.
fn along(change: &mut Change, sharing: &Sharing) {
    let now = clock::now();
    let renewed = |lease: &Lease| {
        let is_own = lease.clone.as_deref() == Some(&sharing.clone);
        if !is_own || standing(lease, now) != Standing::Live {
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
pub(super) fn joined(shared: &mut Shared<'_>, repository: &gix::Repository) -> Result<()> {
    let joining = shared.sharing().joining.clone();
    if joining.is_empty() {
        return Ok(());
    }
    let (own, spelling) = (shared.sharing().clone(), spelling(repository));
    let act = |change: &mut Change| {
        let now = clock::now();
        change.reap(|lease| standing(lease, now));
        let (mut is_changed, mut lost) = (false, Vec::new());
        for lease in joining.iter().filter(|lease| standing(lease, now) == Standing::Live) {
            let is_known = |known: &Lease| {
                own.is_own(known)
                    && known.lane == lease.lane
                    && known.acquired_ms == lease.acquired_ms
            };
            // A lane that somebody else was given stays with them.
            if change.state.leases.iter().any(is_known) {
                continue;
            }
            if let Some(other) = import::obstacle(&change.state.leases, lease, spelling)? {
                lost.push((lease.clone(), other));
            } else {
                change.give(lease.clone(), Fate::Imported);
                is_changed = true;
            }
        }
        Ok(if is_changed { Act::Write(lost) } else { Act::Leave(lost) })
    };
    let lost = exchange(shared, repository, (Deed::Share, clock::now()), &act)?;
    shared.note(|sharing| sharing.joining.clear())?;
    if lost.is_empty() {
        return Ok(());
    }
    let each = |(lease, other): &(Lease, Lease)| {
        let lane = shown(lease.lane.as_bytes());
        format!("{lane} of {}, which {} holds", holder::words(lease), holder::words(other))
    };
    let lost: Vec<String> = lost.iter().map(each).collect();
    let name = shown(shared.sharing().remote.as_bytes());
    Err(message!(
        "Leases of this clone do not count beside those of the remote {name}: {}",
        lost.join("; ")
    )
    .with(HINT, "this is said once; git dos lease list shows what counts")
    .raise())
}

impl Noted {
    fn note(&self, sharing: &mut Sharing) {
        match self {
            Self::Asked(lease) => sharing.ask(lease, clock::now()),
            Self::Process { lease, pid, started } => sharing.entrust(lease, *pid, *started),
        }
    }
}
