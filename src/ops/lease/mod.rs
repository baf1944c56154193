//! Who may work where, and who does? Leases of lanes are given, renewed, given back and listed.

pub mod acquire;
pub mod command;
pub mod import;
pub mod keep;
pub mod list;
pub mod others;
pub mod reach;
pub mod shared;

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::Path;
use std::time::Duration;

use gix::error::{ErrorExt as _, Result, ResultExt as _, bail, message};

use super::session;
use crate::env;
use crate::evidence::process::{self, Recorded};
use crate::evidence::repository::state_folder;
use crate::evidence::touches::spelling;
use crate::lane::declared::{Lanes, is_same_name};
use crate::leases::holder::Owner;
use crate::leases::lease::Standing;
use crate::leases::operation::Deed;
use crate::leases::remote::{self, Sharing};
use crate::leases::{self, Change, Holder, Identity, Lease, Lost, Swapped};
use crate::output::{HINT, shown};
use crate::policy::{self, Policy};
use crate::run_id::variable;
use crate::verdict::liveness::Process;

/// How often a change is made anew when others are faster.
const ATTEMPTS: u32 = 60;

/// The longest rest before the next attempt.
const REST: Duration = Duration::from_millis(50);

/// What a change of the set comes to.
enum Act<T> {
    /// It is to be written.
    Write(T),
    /// Nothing is to be written.
    Leave(T),
    /// Nothing is to be written into the set, and this clone keeps in mind what others need not know.
    Note(T, Vec<Noted>),
}

/// What a clone keeps in mind of a shared set.
enum Noted {
    /// The holder of a lease is there.
    Asked(Lease),
    /// A process holds a lease.
    Process { lease: Lease, pid: u32, started: Option<u64> },
}

/// Changes the set by `act`, which sees it as it is, as often as others are faster.
///
/// Errors when that goes on for too long, and when something holds the ref. Where clones share the set, the remote must
/// take the change.
fn change<T>(
    repository: &gix::Repository,
    deed: Deed,
    act: impl Fn(&mut Change) -> Result<Act<T>>,
) -> Result<T> {
    loop {
        if let Some(answer) = shared::change(repository, deed, &act)? {
            return Ok(answer);
        }
        // Another process may begin to share meanwhile.
        if let Some(answer) = attempts(repository, deed, &act, || remote::is_shared(repository))? {
            return Ok(answer);
        }
    }
}

/// Changes the set of this clone alone by `act`; `None` when `is_over` before it came about.
fn attempts<T>(
    repository: &gix::Repository,
    deed: Deed,
    act: &dyn Fn(&mut Change) -> Result<Act<T>>,
    is_over: impl Fn() -> bool,
) -> Result<Option<T>> {
    let mut lost = Lost::Changed;
    for attempt in 0..ATTEMPTS {
        let (state, version) = leases::load(repository)?;
        if is_over() {
            return Ok(None);
        }
        let mut change = Change::of(&state, deed);
        let answer = match act(&mut change)? {
            Act::Leave(answer) | Act::Note(answer, _) => return Ok(Some(answer)),
            Act::Write(answer) => answer,
        };
        match leases::swap(repository, version, &change.state, &change.operation)? {
            Swapped::Done(_) => return Ok(Some(answer)),
            Swapped::Lost(Lost::Busy) => return Err(Lost::Busy.explained(repository)),
            Swapped::Lost(why) => lost = why,
        }
        std::thread::sleep(rest(attempt));
    }
    Err(lost.explained(repository))
}

/// Returns how long to wait after so many lost attempts: by chance, so that two do not lose to each other again.
fn rest(attempt: u32) -> Duration {
    let most = Duration::from_millis(1).saturating_mul(1 << attempt.min(10)).min(REST);
    let mut chance = RandomState::new().build_hasher();
    chance.write_u32(std::process::id());
    let chance = u32::try_from(chance.finish() & 0xff).unwrap_or_default();
    most.saturating_mul(chance) / 0x100
}

/// Returns who asks: the session and the run of the environment, and the worktree of `repository`.
///
/// `pid` is the process without which what it holds is over. Errors when there is no such process.
pub fn holder(
    repository: &gix::Repository,
    owner: Option<Owner>,
    pid: Option<u32>,
) -> Result<Holder> {
    if let Some(pid) = pid
        && process::look(&Recorded { pid: Some(pid), ..Recorded::default() }) == Process::Gone
    {
        bail!(message!("There is no process {pid}").with(HINT, "--pid $$ names the shell itself"));
    }
    let mut holder = at_work(repository, owner, env::agent_session())?;
    holder.process = pid.map(|pid| (pid, process::started(pid)));
    Ok(holder)
}

/// Returns who works as `owner` in `session` and in the worktree of `repository`.
fn at_work(
    repository: &gix::Repository,
    owner: Option<Owner>,
    session: Option<String>,
) -> Result<Holder> {
    let known = session.as_ref().map(|session| session::known(&state_folder(repository), session));
    let known =
        known.transpose().or_raise(|| message("Could not read which run the session is"))?;
    let own = known.and_then(|known| known.start).and_then(|start| start.run);
    let lineage = |name| env::lineage(name);
    let runs = lineage(variable::RUN).into_iter().chain(own);
    let earlier = [variable::PARENT, variable::ROOT].into_iter().filter_map(lineage);
    Ok(Holder {
        owner,
        identity: Identity {
            session,
            runs: runs.chain(earlier).collect(),
            worktree: repository.workdir().and_then(top),
        },
        host: process::host(),
        clone: clone(repository)?,
        process: None,
    })
}

/// Returns the id of this clone, where clones share the leases.
fn clone(repository: &gix::Repository) -> Result<Option<String>> {
    Ok(Sharing::read(&state_folder(repository))?.map(|sharing| sharing.clone))
}

/// Returns the one name of the worktree at `path`, links followed.
fn top(path: &Path) -> Option<String> {
    let path = fs_err::canonicalize(path).or_else(|_| std::path::absolute(path)).ok()?;
    path.to_str().map(str::to_owned)
}

/// Tells whether `lease` counts at `now`.
fn standing(lease: &Lease, now: Duration) -> Standing {
    lease.standing(now, look(lease))
}

/// Says whether the process of `lease` still runs; unknown without one.
fn look(lease: &Lease) -> Process {
    lease.pid.map_or(Process::Unknown, |_| process::look(&lease.process()))
}

/// Tells whether `lease` is of `holder`, and not of another process of that name which still works.
///
/// Two processes that go by one name must not both think that they hold a lane, and the first to end must not give
/// back what the other one holds.
fn is_own(holder: &Holder, lease: &Lease) -> bool {
    let own = holder.process.map(|(pid, _)| pid);
    holder.holds(lease) && (lease.pid.is_none() || lease.pid == own || look(lease) == Process::Gone)
}

/// Returns the lanes that the policy of `repository` declares.
fn lanes(repository: &gix::Repository) -> Result<Lanes> {
    declared(repository, &policy::load(repository)?)
}

/// Returns the lanes that `policy` declares.
fn declared(repository: &gix::Repository, policy: &Policy) -> Result<Lanes> {
    let taxonomy = policy.lanes.taxonomy();
    Lanes::new(&taxonomy, spelling(repository)).map_err(|fault| {
        message!("A lane in {} makes no sense: {fault}", policy::FILE_NAME).raise()
    })
}

/// Returns the name under which `leases` have the lane that is called `name`.
///
/// The policy is asked for other names only where no lease has this one, so that a broken one keeps nobody from giving
/// back what it holds.
fn resolved(repository: &gix::Repository, leases: &[Lease], name: &str) -> Result<String> {
    if leases.iter().any(|lease| is_same_name(&lease.lane, name)) {
        return Ok(name.to_owned());
    }
    let lanes = lanes(repository)?;
    Ok(lanes.resolve(name).map_or_else(|| name.to_owned(), |lane| lane.name.clone()))
}

/// Renders the name of a lane for a sentence.
fn named(lane: &str) -> String {
    shown(lane.as_bytes())
}
