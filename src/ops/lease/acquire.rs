//! May somebody hold a lane? Then the lease is given, in the same change that takes out the leases that have ended.

use std::path::Path;
use std::time::{Duration, Instant};

use gix::error::{ErrorExt as _, Result, ResultExt as _, bail, ensure, message};

use super::shared::share;
use super::{Act, change, declared, is_own, named, standing};
use crate::clock;
use crate::evidence::touches::{Place, spelling};
use crate::journal::runs::milliseconds;
use crate::lane::Mode;
use crate::lane::declared::{Lanes, is_same_name};
use crate::lane::path::Spelling;
use crate::lane::region::Tree;
use crate::leases::operation::{Deed, Fate};
use crate::leases::{Change, Holder, Lease, REFERENCE};
use crate::output::{HINT, shown};
use crate::policy::{self, FILE_NAME};
use crate::verdict::arbiter::{
    self, Cause, Evidence, Grant, How, Live, Request, Verdict, WhenHeld,
};

/// How long somebody who waits rests between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// The same, where a remote is asked each time.
const ASK_EVERY: Duration = Duration::from_secs(3);

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The lane; `None` is any that may be picked, or the paths alone.
    pub lane: Option<String>,
    /// Paths and patterns as they were typed, from the current folder; none are those of the lane.
    pub paths: Vec<String>,
    /// What others may do there.
    pub mode: Mode,
    /// What to do when the lane is held.
    pub when_held: WhenHeld,
    /// How long the lease lasts unless it is renewed.
    pub ttl: Duration,
    /// How long to wait for others.
    pub patience: Duration,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// A lease.
    Given {
        /// It.
        lease: Lease,
        /// How it came about.
        how: How,
    },
    /// Nothing.
    Refused(Refused),
}

/// Why nothing was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The lane that was asked for, as it was.
    pub lane: Option<String>,
    /// Why.
    pub cause: Cause,
    /// The leases that are in the way.
    pub conflicts: Vec<Lease>,
    /// The lanes that could be had now.
    pub free: Vec<String>,
}

/// Asks for a lane, and waits for it as long as `wish` has patience.
///
/// Errors when there is no such lane, or the policy or the set cannot be read: then nothing is given.
pub fn acquire(repository: &gix::Repository, holder: &Holder, wish: &Wish) -> Result<Report> {
    ensure!(
        holder.is_anybody(),
        message("There is nothing by which the holder would be known again")
            .with(HINT, "give it a name: --owner NAME")
    );
    let policy = policy::load(repository)?;
    let lanes = declared(repository, &policy)?;
    let request = request(repository, wish, &lanes)?;
    share(repository, &policy.leases)?;
    let holder = &Holder { clone: super::clone(repository)?, ..holder.clone() };
    let look_every = if holder.clone.is_some() { ASK_EVERY } else { LOOK_EVERY };
    let end = clock::instant() + wish.patience;
    loop {
        let report = once(repository, holder, wish, (&request, &lanes))?;
        if let Report::Refused(refused) = &report {
            explain(refused, &lanes)?;
        }
        let left = remaining(end);
        if matches!(report, Report::Given { .. }) || left.is_zero() {
            return Ok(report);
        }
        std::thread::sleep(left.min(look_every));
    }
}

fn remaining(end: Instant) -> Duration {
    end.saturating_duration_since(clock::instant())
}

/// Asks once.
fn once(
    repository: &gix::Repository,
    holder: &Holder,
    wish: &Wish,
    (request, lanes): (&Request, &Lanes),
) -> Result<Report> {
    let spelling = spelling(repository);
    change(repository, Deed::Acquire, |change| {
        let now = clock::now();
        change.reap(|lease| standing(lease, now));
        let leases = change.state.leases.clone();
        let live = leases.iter().map(|lease| live(lease, holder, spelling));
        let live = live.collect::<Result<Vec<_>>>()?;
        let evidence = Evidence { request, leases: &live, offer: None };
        Ok(match arbiter::judge(&evidence, lanes) {
            Verdict::Grant(grant) => {
                let lease = give(change, holder, wish.ttl, &grant);
                Act::Write(Report::Given { lease, how: grant.how() })
            }
            Verdict::Refuse(refusal) => {
                let is_in_way =
                    |live: &Live| refusal.conflicts.iter().any(|found| std::ptr::eq(*found, live));
                let pairs = live.iter().zip(&leases);
                let conflicts = pairs.filter(|(live, _)| is_in_way(live));
                Act::Leave(Report::Refused(Refused {
                    lane: asked_for(request),
                    cause: refusal.cause,
                    conflicts: conflicts.map(|(_, lease)| lease.clone()).collect(),
                    free: refusal.free,
                }))
            }
        })
    })
}

/// Returns the name of the lane that `request` is about; `None` for any.
fn asked_for(request: &Request) -> Option<String> {
    match &request.wish {
        arbiter::Wish::Any => None,
        arbiter::Wish::Lane(name) | arbiter::Wish::Paths { name, .. } => Some(name.clone()),
    }
}

/// Reads what is asked for, with paths as they are from the top of the worktree.
fn request(repository: &gix::Repository, wish: &Wish, lanes: &Lanes) -> Result<Request> {
    let context = || message("Could not read the paths");
    let asked = if wish.paths.is_empty() {
        wish.lane.clone().map_or(arbiter::Wish::Any, arbiter::Wish::Lane)
    } else {
        let prefix = repository.prefix().or_raise(context)?;
        let prefix = prefix.map(|prefix| prefix.to_string_lossy().into_owned());
        let prefix = prefix.unwrap_or_default();
        let place = Place::of(repository, None)?;
        let entries = wish.paths.iter().map(|path| {
            if Path::new(path).is_absolute() {
                return below_a_top(path, &place).or_raise(context);
            }
            Ok(tidy(&format!("{prefix}/{path}")))
        });
        let entries = entries.collect::<Result<Vec<_>>>()?;
        let tree = Tree::parse(entries, spelling(repository));
        let tree = tree.map_err(|fault| message!("{fault}").raise()).or_raise(context)?;
        let name = wish.lane.clone().unwrap_or_else(|| lanes.name_for(&tree));
        arbiter::Wish::Paths { name, tree }
    };
    Ok(Request { wish: asked, mode: wish.mode, when_held: wish.when_held })
}

/// Returns an absolute entry as it is from the top of its worktree; a pattern is left as it is from where it begins.
fn below_a_top(entry: &str, place: &Place) -> Result<String> {
    let is_pattern = |part: &str| part.contains(['*', '?', '[', '{']);
    let parts: Vec<&str> = entry.split(std::path::is_separator).collect();
    let (head, tail) =
        parts.split_at(parts.iter().position(|part| is_pattern(part)).unwrap_or(parts.len()));
    let Some(folder) = place.path(Path::new(&format!("{}/", head.join("/")))) else {
        bail!(message!("{} is in no worktree of this repository", shown(entry.as_bytes())));
    };
    Ok(tidy(&[&[folder.as_str()], tail].concat().join("/")))
}

/// Returns an entry without the folders that lead nowhere, which a reader need not see.
fn tidy(entry: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in entry.split(['/', '\\']) {
        match (part, parts.last()) {
            ("" | ".", _) => {}
            ("..", Some(last)) if *last != ".." => {
                parts.pop();
            }
            (part, _) => parts.push(part),
        }
    }
    if parts.is_empty() { "**".to_owned() } else { parts.join("/") }
}

/// Returns `lease` as it is judged.
fn live(lease: &Lease, holder: &Holder, spelling: Spelling) -> Result<Live> {
    let tree = Tree::parse(&lease.tree, spelling).map_err(|fault| {
        message!("The tree of lane {} in {REFERENCE} cannot be read: {fault}", named(&lease.lane))
            .raise()
    })?;
    let whose = if is_own(holder, lease) { arbiter::Holder::Asker } else { arbiter::Holder::Other };
    Ok(Live { lane: lease.lane.clone(), tree, mode: lease.mode, holder: whose })
}

/// Writes the lease of `grant` into `change`.
///
/// One that the holder has already for the same paths goes on under its number; another place gets a new one.
fn give(change: &mut Change, holder: &Holder, ttl: Duration, grant: &Grant) -> Lease {
    let now = clock::now();
    let is_same_lane =
        |lease: &Lease| is_own(holder, lease) && is_same_name(&lease.lane, grant.lane());
    let (pid, pid_started) = match holder.process {
        Some((pid, started)) => (Some(pid), started),
        None => (None, None),
    };
    if grant.how() == How::Renewed {
        let is_same = |lease: &Lease| {
            is_same_lane(lease)
                && lease.mode == grant.mode()
                && lease.tree == grant.tree().entries()
        };
        let renewed = change.renew(is_same, now, |lease| {
            lease.ttl_s = ttl.as_secs();
            if pid.is_some() {
                (lease.pid, lease.pid_started) = (pid, pid_started);
            }
        });
        if let Some(lease) = renewed.into_iter().next() {
            return lease;
        }
        change.release(is_same_lane);
    }
    let lease = Lease {
        lane: grant.lane().to_owned(),
        tree: grant.tree().entries().to_vec(),
        mode: grant.mode(),
        grant: 0,
        owner: holder.owner.as_ref().map(|owner| owner.as_str().to_owned()),
        run: holder.identity.runs.first().cloned(),
        session: holder.identity.session.clone(),
        worktree: holder.identity.worktree.clone(),
        host: holder.host.clone(),
        clone: holder.clone.clone(),
        pid,
        pid_started,
        acquired_ms: milliseconds(now),
        renewed_ms: None,
        ttl_s: ttl.as_secs(),
        seen: None,
    };
    change.give(lease, Fate::Given)
}

/// Tells a request that makes no sense here from one that others stand against.
fn explain(refused: &Refused, lanes: &Lanes) -> Result<()> {
    let lane = refused.lane.as_deref().unwrap_or_default();
    let paths = format!("git dos lease acquire {} --paths PATH…", crate::output::pasteable(lane));
    match &refused.cause {
        Cause::Unknown { known } if known.is_empty() => {
            let why = message!("No lane is called {}: {FILE_NAME} declares none", named(lane));
            Err(why.with(HINT, format!("to hold paths: {paths}")).raise())
        }
        Cause::Unknown { known } => {
            let known: Vec<String> = known.iter().map(|lane| named(lane)).collect();
            let why = message!("No lane is called {}", named(lane));
            let hint = format!("there are {}; to hold other paths: {paths}", known.join(", "));
            Err(why.with(HINT, hint).raise())
        }
        Cause::NoTree => {
            let why = message!("Lane {} has no paths in {FILE_NAME}", named(lane));
            let hint = format!("declare them in [lanes.trees], or: {paths}");
            Err(why.with(HINT, hint).raise())
        }
        Cause::NoneFree if refused.conflicts.is_empty() => {
            ensure!(
                lanes.pickable().next().is_some(),
                message!("{FILE_NAME} names no lane that may be picked")
                    .with(HINT, "name one, or list some in [lanes] autopick")
            );
            Ok(())
        }
        Cause::ExclusiveHeld
        | Cause::NotAlone
        | Cause::Held
        | Cause::Overlap
        | Cause::NoneFree
        | Cause::NothingToDo
        | Cause::ClassFull => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn an_entry_is_written_from_the_top() {
        for (entry, want) in [
            ("/src/**", "src/**"),
            ("app/../src/./x", "src/x"),
            ("app//x/", "app/x"),
            ("/.", "**"),
            ("a/../../x", "../x"),
            ("../../x", "../../x"),
        ] {
            assert_eq!(tidy(entry), want, "{entry}");
        }
    }
}
