//! Does what is committed or pushed reach into a lane that somebody else holds?
//!
//! Here the paths are known exactly, whatever a shell did; a holder that slept through the end of its lease finds here
//! that the lane was given to another one.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice as _};
use gix::error::{Result, ResultExt as _, message};

use super::others::Others;
use crate::evidence::touches::spelling;
use crate::evidence::{range, rewritable, staged};
use crate::lane::path::{Path, Spelling};
use crate::leases::{self, Lease};
use crate::ops::push::{self, Offer};
use crate::verdict::access::footprint::{Deed, Footprint, Touch};
use crate::{clock, env};

/// A lease of somebody else that is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// It.
    pub lease: Lease,
    /// How long it lasts.
    pub left: Duration,
    /// The paths in it.
    pub paths: BTreeSet<BString>,
}

/// The leases of others, ready to be asked about paths.
struct Lanes {
    others: Others,
    spelling: Spelling,
}

impl Lanes {
    /// Reads the leases that count; `None` when there are none of others.
    fn read(repository: &gix::Repository) -> Result<Option<Self>> {
        let (state, _) = leases::load(repository)?;
        if state.leases.is_empty() {
            return Ok(None);
        }
        let (spelling, session) = (spelling(repository), env::agent_session());
        let others = Others::among(repository, state.leases, session, spelling)?;
        Ok(others.map(|others| Self { others, spelling }))
    }

    /// Notes in `reached` whose lease `path` is in, of those that `counts` chooses.
    fn note(&self, path: &BString, counts: impl Fn(&Lease) -> bool, reached: &mut Vec<Reached>) {
        let Some(asked) = Path::new(&path.to_str_lossy(), self.spelling) else { return };
        let touches = vec![Touch { path: asked, deed: Deed::Written }];
        let footprint = Footprint { touches, is_whole: true };
        let Some((lease, _)) = self.others.against(&footprint) else { return };
        if !counts(lease) {
            return;
        }
        if let Some(known) = reached.iter_mut().find(|known| known.lease == *lease) {
            known.paths.insert(path.clone());
            return;
        }
        let left = self.others.left(lease);
        let paths = BTreeSet::from([path.clone()]);
        reached.push(Reached { lease: lease.clone(), left, paths });
    }
}

/// Returns the leases of others that the next commit, as it is in the index, would change files of.
///
/// Where no lane was ever held, nothing more is read.
pub fn staged(repository: &gix::Repository) -> Result<Vec<Reached>> {
    let Some(lanes) = Lanes::read(repository)? else { return Ok(Vec::new()) };
    let mut reached = Vec::new();
    for path in staged::paths(repository)? {
        lanes.note(&path, |_| true, &mut reached);
    }
    Ok(reached)
}

/// Returns the leases of others that commits of `offer` change files of, of those commits that were made since the
/// lease was given, and how many commits `deadline` left unread.
///
/// A merge brings what others did, and its own part was in the index when it was made.
pub fn pushed(
    repository: &gix::Repository,
    offer: &Offer,
    deadline: Instant,
) -> Result<(Vec<Reached>, usize)> {
    let Some(lanes) = Lanes::read(repository)? else { return Ok((Vec::new(), 0)) };
    let (tips, offered) = (offer.tips(repository)?, push::offered(repository)?);
    let commits = range::push(repository, &tips, &offer.remote, &offer.remote_name, &offered)?;
    let mut reached = Vec::new();
    for (index, id) in commits.iter().enumerate() {
        if clock::instant() >= deadline {
            return Ok((reached, commits.len() - index));
        }
        let Some((made, paths)) = changed(repository, *id)? else { continue };
        for path in &paths {
            lanes.note(path, |lease| made >= lease.given_ms() / 1000, &mut reached);
        }
    }
    Ok((reached, 0))
}

/// Returns when the commit `id` was made, in seconds since 1970-01-01T00:00:00Z, and what it changes; `None` for a
/// merge.
fn changed(repository: &gix::Repository, id: ObjectId) -> Result<Option<(u64, BTreeSet<BString>)>> {
    let context = || message!("Could not read the commit {id}");
    let commit = repository.find_commit(id).or_raise(context)?;
    let commit = commit.decode().or_raise(context)?.into_owned().or_raise(context)?;
    if commit.parents.len() > 1 {
        return Ok(None);
    }
    let made = u64::try_from(commit.committer.time.seconds).unwrap_or_default();
    Ok(Some((made, rewritable::changed_paths(repository, &commit)?)))
}
