//! What does one commit of a run look like?

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice as _};
use gix::error::{Result, ResultExt as _, message};

use super::patch::Patch;

/// A commit that may be progress.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) id: ObjectId,
    /// When it was committed, in seconds since 1970-01-01T00:00:00Z.
    pub(super) time: i64,
    /// The committer's mail address.
    pub(super) committer: BString,
    /// The author's mail address, and when it was written.
    pub(super) authored: (BString, i64),
    pub(super) message: BString,
    tree: ObjectId,
    parent: Option<ObjectId>,
}

impl Candidate {
    /// Reads the commit `id`; `None` when there is none of that name any more.
    pub(super) fn find(repository: &gix::Repository, id: ObjectId) -> Result<Option<Self>> {
        let context = || message!("Could not read the commit {id}");
        let Some(object) = repository.try_find_object(id).or_raise(context)? else {
            return Ok(None);
        };
        let object = object.try_into_commit().or_raise(context)?;
        let commit = object.decode().or_raise(context)?;
        let (author, committer) =
            (commit.author().or_raise(context)?, commit.committer().or_raise(context)?);
        Ok(Some(Self {
            id,
            time: committer.seconds(),
            committer: committer.email.trim().into(),
            authored: (author.email.trim().into(), author.seconds()),
            message: commit.message.to_owned(),
            tree: commit.tree(),
            parent: commit.parents().next(),
        }))
    }

    /// Tells whether the commit changes nothing in its first parent's tree.
    pub(super) fn is_empty(&self, repository: &gix::Repository) -> Result<bool> {
        Ok(self.before(repository)?.map_or_else(
            || self.tree == ObjectId::empty_tree(repository.object_hash()),
            |before| before == self.tree,
        ))
    }

    /// Reads what the commit changes in its first parent's tree.
    pub(super) fn patch(&self, repository: &gix::Repository) -> Result<Patch> {
        Patch::between(repository, self.before(repository)?, self.tree)
    }

    /// Returns the first parent's tree; `None` for a root.
    fn before(&self, repository: &gix::Repository) -> Result<Option<ObjectId>> {
        let Some(parent) = self.parent else { return Ok(None) };
        let context = || message!("Could not read the parent {parent}");
        let commit = repository.find_commit(parent).or_raise(context)?;
        Ok(Some(commit.tree_id().or_raise(context)?.detach()))
    }
}
