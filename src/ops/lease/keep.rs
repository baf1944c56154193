//! Does a holder still hold what it was given? Leases are renewed, given back and taken over.

use std::time::Duration;

use gix::error::{ErrorExt as _, Result, message};

use super::shared::{is_due, share};
use super::{Act, Noted, change, is_own, look, named, resolved, standing};
use crate::evidence::process;
use crate::lane::declared::is_same_name;
use crate::leases::lease::Standing;
use crate::leases::operation::{Deed, Fate};
use crate::leases::{Change, Holder, Lease};
use crate::output::HINT;
use crate::verdict::liveness::Process;
use crate::{clock, policy};

/// What came of a request about leases that there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The leases as they are now, or as they were when they were given back.
    pub done: Vec<Lease>,
    /// The leases of others that were not touched.
    pub refused: Vec<Lease>,
    /// The lanes that nobody holds.
    pub missing: Vec<String>,
}

/// Which leases are meant.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// Those of these lanes.
    Lanes(&'a [String]),
    /// All that the asker holds.
    Own,
    /// The one that was given as this, whoever asks.
    Given(&'a Lease),
}

/// Has the time of leases begin anew, for `ttl` if that is given.
///
/// A lease whose time is over, but which nobody took out yet, goes on: nobody was given a lane in between.
pub fn renew(
    repository: &gix::Repository,
    holder: &Holder,
    which: Which<'_>,
    ttl: Option<Duration>,
) -> Result<Report> {
    change(repository, Deed::Renew, |change| {
        let (mut report, chosen) = choose(repository, change, holder, which)?;
        let meant = change.state.leases.iter().filter(|lease| chosen.contains(&key(lease)));
        let meant: Vec<Lease> = meant.cloned().collect();
        let is_early = |lease: &Lease| {
            let is_longer = ttl.is_some_and(|ttl| ttl.as_secs() != lease.ttl_s);
            lease.clone.is_some() && !is_longer && !is_due(lease, clock::now())
        };
        if !meant.is_empty() && meant.iter().all(is_early) {
            let noted = meant.iter().cloned().map(Noted::Asked).collect();
            return Ok(Act::Note(Report { done: meant, ..report }, noted));
        }
        let edit = |lease: &mut Lease| {
            lease.ttl_s = ttl.map_or(lease.ttl_s, |ttl| ttl.as_secs());
            // Its holder is here and says so, and the process it named is not.
            if !matches!(which, Which::Given(_)) && look(lease) == Process::Gone {
                (lease.pid, lease.pid_started) = (None, None);
            }
        };
        report.done = change.renew(|lease| chosen.contains(&key(lease)), clock::now(), edit);
        Ok(written(change, report))
    })
}

/// Has the lease with the number `grant` count only as long as the process `pid` is there; tells whether there is one.
pub fn entrust(repository: &gix::Repository, grant: u64, pid: u32) -> Result<bool> {
    change(repository, Deed::Renew, |change| {
        let is_meant = |lease: &Lease| lease.grant == grant && !lease.is_elsewhere();
        let found = change.state.leases.iter().find(|lease| is_meant(lease));
        if let Some(lease) = found.filter(|lease| lease.clone.is_some()) {
            // Others could not look for the process.
            let (lease, started) = (lease.clone(), process::started(pid));
            return Ok(Act::Note(true, vec![Noted::Process { lease, pid, started }]));
        }
        change.renew(is_meant, clock::now(), |lease| {
            (lease.pid, lease.pid_started) = (Some(pid), process::started(pid));
        });
        Ok(if change.is_empty() { Act::Leave(false) } else { Act::Write(true) })
    })
}

/// Gives leases back.
pub fn release(repository: &gix::Repository, holder: &Holder, which: Which<'_>) -> Result<Report> {
    change(repository, Deed::Release, |change| {
        let (mut report, chosen) = choose(repository, change, holder, which)?;
        report.done = change.release(|lease| chosen.contains(&key(lease)));
        Ok(written(change, report))
    })
}

/// Takes `leases` away from holders who do not show that they are alive, and returns those that were taken.
///
/// One that was renewed or given anew since it was read stays.
pub fn reap(repository: &gix::Repository, leases: &[Lease]) -> Result<Vec<Lease>> {
    change(repository, Deed::Reap, |change| {
        let reaped = change.take(|lease| leases.contains(lease), Fate::Reaped);
        Ok(if reaped.is_empty() { Act::Leave(reaped) } else { Act::Write(reaped) })
    })
}

fn written(change: &Change, report: Report) -> Act<Report> {
    if change.is_empty() { Act::Leave(report) } else { Act::Write(report) }
}

/// Tells whether `lease` is the one that was given as `given`.
///
/// It gets another number when this clone takes it along into a set that others share.
fn is_given(lease: &Lease, given: &Lease) -> bool {
    let has_number = lease.grant == given.grant || lease.clone != given.clone;
    let who = |lease: &Lease| {
        (lease.owner.clone(), lease.session.clone(), lease.run.clone(), lease.worktree.clone())
    };
    has_number
        && !lease.is_elsewhere()
        && (&lease.lane, lease.acquired_ms) == (&given.lane, given.acquired_ms)
        && who(lease) == who(given)
}

/// What tells one lease from every other.
type Key = (u64, String);

fn key(lease: &Lease) -> Key {
    (lease.grant, lease.lane.clone())
}

/// Finds the leases that are meant, and notes in the report those of others and the lanes without any.
fn choose(
    repository: &gix::Repository,
    change: &Change,
    holder: &Holder,
    which: Which<'_>,
) -> Result<(Report, Vec<Key>)> {
    let leases = &change.state.leases;
    let (now, mut report, mut chosen) = (clock::now(), Report::default(), Vec::new());
    let names = match which {
        Which::Own => {
            let holder = holder.alone();
            chosen.extend(leases.iter().filter(|lease| is_own(&holder, lease)).map(key));
            return Ok((report, chosen));
        }
        Which::Given(given) => {
            chosen.extend(leases.iter().filter(|lease| is_given(lease, given)).map(key));
            return Ok((report, chosen));
        }
        Which::Lanes(names) => names,
    };
    for name in names {
        let lane = resolved(repository, leases, name)?;
        let of_lane = leases.iter().filter(|lease| is_same_name(&lease.lane, &lane));
        let (own, mut others): (Vec<&Lease>, Vec<&Lease>) =
            of_lane.partition(|lease| holder.holds(lease));
        others.retain(|lease| standing(lease, now) == Standing::Live);
        if !own.is_empty() {
            chosen.extend(own.into_iter().map(key));
        } else if others.is_empty() {
            report.missing.push(name.clone());
        } else {
            report.refused.extend(others.into_iter().cloned());
        }
    }
    Ok((report, chosen))
}

/// Takes over the lease of `lane`, which gets a new number: whoever held it is told so when it renews.
///
/// A lease of somebody else that counts is taken only by its number `grant`, from somebody who has looked.
pub fn adopt(
    repository: &gix::Repository,
    holder: &Holder,
    lane: &str,
    grant: Option<u64>,
) -> Result<Report> {
    share(repository, &policy::load(repository)?.leases)?;
    let holder = &Holder { clone: super::clone(repository)?, ..holder.clone() };
    change(repository, Deed::Adopt, |change| {
        let leases = &change.state.leases;
        let (now, name) = (clock::now(), resolved(repository, leases, lane)?);
        let mut found = leases.iter().filter(|lease| is_same_name(&lease.lane, &name));
        let meant = match grant {
            Some(grant) => found.find(|lease| lease.grant == grant),
            None => found.next_back(),
        };
        let Some(lease) = meant.cloned() else {
            if let Some(grant) = grant {
                let why = message!("No lease of lane {} has the number {grant}", named(lane));
                return Err(why.with(HINT, "git dos lease list shows the numbers").raise());
            }
            let missing = vec![lane.to_owned()];
            return Ok(Act::Leave(Report { missing, ..Report::default() }));
        };
        let is_free = is_own(holder, &lease) || standing(&lease, now) != Standing::Live;
        if grant.is_none() && !is_free {
            return Ok(Act::Leave(Report { refused: vec![lease], ..Report::default() }));
        }
        let adopted = change.adopt(
            |found| key(found) == key(&lease),
            now,
            |lease| Lease {
                owner: holder.owner.as_ref().map(|owner| owner.as_str().to_owned()),
                session: holder.identity.session.clone(),
                run: holder.identity.runs.first().cloned(),
                worktree: holder.identity.worktree.clone(),
                host: holder.host.clone(),
                clone: holder.clone.clone(),
                seen: None,
                pid: holder.process.map(|(pid, _)| pid),
                pid_started: holder.process.and_then(|(_, started)| started),
                ..lease
            },
        );
        let report = Report { done: adopted.into_iter().collect(), ..Report::default() };
        Ok(Act::Write(report))
    })
}
