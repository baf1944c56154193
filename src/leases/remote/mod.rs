//! What do other clones hold? The set, kept in one ref of a remote that arbitrates between them.
//!
//! The ref here is where that of the remote was when it was last seen. A change is made from there and sent with what the
//! ref must be at; the remote compares and swaps, so that of two clones one comes second and makes its change anew.

mod exchange;
mod sharing;
mod target;

use std::time::Duration;

use gix::ObjectId;
use gix::error::{ErrorExt as _, Result, ResultExt as _, bail, message};

use super::reference::{self, Turn};
use super::{REFERENCE, Version};
use crate::evidence::repository::state_folder;
use crate::git_program::transfer::{Failure, Remote};
use crate::output::{HINT, pasteable, shown};

pub use exchange::Published;
pub use sharing::Sharing;

/// The branch that holds the set on a remote that takes nothing but branches and tags.
pub const BRANCH: &str = "refs/heads/dos/leases";

/// The file whose lock is the turn to speak with the remote.
const TURN: &str = "leases-remote.lock";

/// The set of leases that clones share, while nobody else of this clone speaks with the remote.
#[derive(Debug)]
pub struct Shared<'r> {
    repository: &'r gix::Repository,
    remote: Remote,
    sharing: Sharing,
    _turn: Turn,
}

/// Where on a remote the set may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Where there is one.
    Found,
    /// Where there is one, or can be: that is tried out.
    Probed,
}

/// Tells whether this clone shares its leases.
pub fn is_shared(repository: &gix::Repository) -> bool {
    Sharing::path(&state_folder(repository)).exists()
}

impl<'r> Shared<'r> {
    /// Waits for the turn; `None` where the set is not shared.
    ///
    /// `limit` is how long one exchange may take. Errors when somebody keeps the turn, or git does not know the remote.
    pub fn open(repository: &'r gix::Repository, limit: Duration) -> Result<Option<Self>> {
        if !is_shared(repository) {
            return Ok(None);
        }
        let turn = turn(repository, limit)?;
        let Some(sharing) = Sharing::read(&state_folder(repository))? else { return Ok(None) };
        let remote = target::remote(repository, &sharing.remote, limit)?;
        Ok(Some(Self { repository, remote, sharing, _turn: turn }))
    }

    /// Has the set of the remote called `name` be the one of this clone from now on; `None` when there is none and
    /// `place` is [`Place::Found`].
    ///
    /// What is held here already is kept for [`Sharing::joining`].
    pub fn set_up(
        repository: &'r gix::Repository,
        (name, place): (&str, Place),
        limit: Duration,
    ) -> Result<Option<Self>> {
        let turn = turn(repository, limit)?;
        let remote = target::remote(repository, name, limit)?;
        let found = target::found(&remote)?;
        if found.is_none() && place == Place::Found {
            return Ok(None);
        }
        let seed = known_seed(repository)?.unwrap_or_else(target::new_seed);
        let reference = match found {
            Some(found) => found.to_owned(),
            None => target::probed(repository, &remote, &seed)?.to_owned(),
        };
        let name = name.to_owned();
        let sharing = Sharing { seed, remote: name, reference, ..Sharing::default() };
        let sharing = sharing.at(&state_folder(repository));
        let mut shared = Self { repository, remote, sharing, _turn: turn };
        shared.read()?;
        Ok(Some(shared))
    }

    /// Returns what this clone knows of the set.
    pub fn sharing(&self) -> &Sharing {
        &self.sharing
    }

    /// Edits what this clone knows of the set.
    pub fn note(&mut self, edit: impl FnOnce(&mut Sharing)) -> Result<()> {
        edit(&mut self.sharing);
        self.write()
    }

    /// Ends the sharing: the file is gone.
    pub fn end(self) -> Result<()> {
        let path = Sharing::path(&state_folder(self.repository));
        fs_err::remove_file(path).or_raise(|| message("Could not end the sharing of the leases"))
    }

    fn write(&mut self) -> Result<()> {
        self.sharing.write(&state_folder(self.repository))
    }

    /// Tells whether the ref here is where that of the remote was last seen.
    pub fn is_mirror(&self) -> Result<bool> {
        let tip = self.sharing.tip();
        let present = reference::present(self.repository, REFERENCE)?;
        Ok(tip.is_none_or(|tip| present == Version::At(tip)))
    }

    /// Tells whether the change `id` is among those that led to where the ref is now.
    pub fn has(&self, id: ObjectId) -> Result<bool> {
        let context = || message("Could not read the changes of the leases");
        let mut next = self.sharing.tip();
        while let Some(commit_id) = next {
            if commit_id == id {
                return Ok(true);
            }
            let commit = self.repository.find_commit(commit_id).or_raise(context)?;
            next = commit.parent_ids().next().map(gix::Id::detach);
        }
        Ok(false)
    }

    /// Says that the remote could not be asked.
    fn away(&self, failure: &Failure) -> gix::Error {
        let name = shown(self.sharing.remote.as_bytes());
        let hint = format!(
            "until it answers no lane is given, and what is held stays held for its time; to try it: git ls-remote {}",
            pasteable(&self.sharing.remote)
        );
        message!("Could not ask the remote {name} for the leases: {failure}")
            .with(HINT, hint)
            .raise()
    }
}

/// Returns what the id of this clone was made of, if it shared before.
fn known_seed(repository: &gix::Repository) -> Result<Option<String>> {
    let state = state_folder(repository);
    if let Ok(known) = Sharing::read(&state) {
        return Ok(known.map(|known| known.seed));
    }
    // Damage is mended by a new beginning: what the remote has is what counts.
    let removed = fs_err::remove_file(Sharing::path(&state));
    removed.or_raise(|| message("Could not begin anew with the leases"))?;
    Ok(None)
}

/// Waits for the turn, behind two others at most.
fn turn(repository: &gix::Repository, limit: Duration) -> Result<Turn> {
    let Some(turn) = Turn::wait(repository, TURN, limit.saturating_mul(2))? else {
        let file = repository.common_dir().join("dos").join(TURN);
        let file = pasteable(&file.display().to_string());
        let hint = format!("a process that is stopped may keep it: fuser {file}");
        bail!(message!("Another git-dos keeps {file}").with(HINT, hint));
    };
    Ok(turn)
}
