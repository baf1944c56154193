//! Which commits are archives, and which came before them?

use gix::ObjectId;
use gix::error::{Result, ResultExt as _, message};

use crate::verdict::archive::cause::Patterns;
use crate::verdict::archive::{Archive, Reading, message as archive_message};

/// A commit and what its message says.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Its id.
    pub id: ObjectId,
    /// All of it.
    pub commit: gix::objs::Commit,
    /// What its message says.
    pub reading: Reading,
}

impl Recorded {
    /// Returns the archive that the commit is, if it is one that can be relied on.
    pub fn archive(&self) -> Option<&Archive> {
        match &self.reading {
            Reading::Archive(archive) => Some(archive),
            Reading::Other | Reading::Unclear(_) => None,
        }
    }
}

/// Reads the commit `id`; causes that nobody wrote down are looked for with `causes`.
pub fn read(repository: &gix::Repository, id: ObjectId, causes: &Patterns) -> Result<Recorded> {
    let context = || message!("Could not read the commit {id}");
    let object = repository.find_commit(id).or_raise(context)?;
    let commit = object.decode().or_raise(context)?.into_owned().or_raise(context)?;
    let reading = archive_message::read(&commit.message, causes);
    Ok(Recorded { id, commit, reading })
}

/// Whether an obstacle was reported before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It was, by this commit.
    Before(ObjectId),
    /// It was not, in this many commits, which are all that there are.
    Never(usize),
    /// It was not, in this many commits; older ones were not read.
    NotLately(usize),
}

/// Looks for an earlier archive that reports the obstacle of `archive`, from the commit `from` along first parents.
///
/// Reads at most `limit` commits. The end of a shallow clone is an end like `limit`.
pub fn seen_before(
    repository: &gix::Repository,
    from: Option<ObjectId>,
    archive: &Archive,
    causes: &Patterns,
    limit: usize,
) -> Result<Seen> {
    let shallow =
        repository.shallow_commits().or_raise(|| message("Could not read the shallow boundary"))?;
    let is_cut = |id: &ObjectId| shallow.as_ref().is_some_and(|ids| ids.contains(id));
    let mut next = from;
    for read in 0..limit {
        let Some(id) = next else { return Ok(Seen::Never(read)) };
        let context = || message!("Could not read the commit {id}");
        let object = repository.find_commit(id).or_raise(context)?;
        let commit = object.decode().or_raise(context)?;
        if let Reading::Archive(earlier) = archive_message::read(commit.message, causes)
            && archive.repeats_blocker(&earlier)
        {
            return Ok(Seen::Before(id));
        }
        if is_cut(&id) {
            return Ok(Seen::NotLately(read + 1));
        }
        next = commit.parents().next();
    }
    Ok(next.map_or(Seen::Never(limit), |_| Seen::NotLately(limit)))
}
