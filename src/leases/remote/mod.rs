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
    /// The same, whatever this clone knows already.
    ProbedAnew,
}

/// Tells whether this clone shares its leases.
pub fn is_shared(repository: &gix::Repository) -> bool {
    Sharing::path(&state_folder(repository)).exists()
}

/// What this clone knows of the set, while nobody else of it changes that.
#[derive(Debug)]
pub struct Held {
    /// It.
    pub sharing: Sharing,
    turn: Turn,
}

impl Held {
    /// Waits for the turn; `None` where the set is not shared.
    ///
    /// `limit` is how long one exchange may take. Errors when somebody keeps the turn.
    pub fn take(repository: &gix::Repository, limit: Duration) -> Result<Option<Self>> {
        if !is_shared(repository) {
            return Ok(None);
        }
        let turn = turn(repository, limit)?;
        let sharing = Sharing::read(&state_folder(repository))?;
        Ok(sharing.map(|sharing| Self { sharing, turn }))
    }

    /// Ends the sharing: the file is gone.
    pub fn end(self, repository: &gix::Repository) -> Result<()> {
        let path = Sharing::path(&state_folder(repository));
        fs_err::remove_file(path).or_raise(|| message("Could not end the sharing of the leases"))
    }
}

impl<'r> Shared<'r> {
    /// Waits for the turn; `None` where the set is not shared.
    ///
    /// Errors when somebody keeps the turn, or git does not know the remote.
    pub fn open(repository: &'r gix::Repository, limit: Duration) -> Result<Option<Self>> {
        let held = Held::take(repository, limit)?;
        held.map(|held| Self::of(repository, held, limit)).transpose()
    }

    fn of(repository: &'r gix::Repository, held: Held, limit: Duration) -> Result<Self> {
        let remote = target::remote(repository, &held.sharing.remote, limit)?;
        Ok(Self { repository, remote, sharing: held.sharing, _turn: held.turn })
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
        let known = known(repository, place)?;
        if place != Place::ProbedAnew
            && let Some(sharing) = known.clone().filter(|known| known.remote == name)
        {
            // Somebody else of this clone had the turn before.
            return Self::of(repository, Held { sharing, turn }, limit).map(Some);
        }
        let remote = target::remote(repository, name, limit)?;
        let found = target::found(&remote)?;
        if found.is_none() && place == Place::Found {
            return Ok(None);
        }
        let known =
            known.unwrap_or_else(|| Sharing { seed: target::new_seed(), ..Sharing::default() });
        let reference = match found {
            Some(found) => found.to_owned(),
            None => target::probed(repository, &remote, &known.seed)?.to_owned(),
        };
        let floor = known.floor.max(known.generation);
        let sharing = Sharing {
            remote: name.to_owned(),
            reference,
            tip: None,
            floor,
            is_forward_only: false,
            ..known
        };
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

    fn write(&mut self) -> Result<()> {
        self.sharing.write(&state_folder(self.repository))
    }

    /// Tells whether the ref here is where that of the remote was last seen.
    pub fn is_mirror(&self) -> Result<bool> {
        let present = reference::present(self.repository, REFERENCE)?;
        Ok(self.sharing.tip().is_some_and(|tip| present == Version::At(tip)))
    }

    /// Tells whether the change `id` is among those that led to where the ref is now.
    pub fn has(&self, id: ObjectId) -> Result<bool> {
        self.sharing.tip().map_or(Ok(false), |tip| self.leads(id, tip))
    }

    /// Tells whether the change `from` is among those that led to `to`.
    fn leads(&self, from: ObjectId, to: ObjectId) -> Result<bool> {
        let context = || message("Could not read the changes of the leases");
        let mut next = Some(to);
        while let Some(id) = next.filter(|id| *id != from) {
            next = super::before(self.repository, id).or_raise(context)?;
        }
        Ok(next.is_some())
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

/// Returns what this clone knows of the set, if it shared before.
fn known(repository: &gix::Repository, place: Place) -> Result<Option<Sharing>> {
    let state = state_folder(repository);
    match Sharing::read(&state) {
        Ok(known) => Ok(known),
        // Damage is mended by a new beginning: what the remote has is what counts.
        Err(_) if place == Place::ProbedAnew => {
            let removed = fs_err::remove_file(Sharing::path(&state));
            removed.or_raise(|| message("Could not begin anew with the leases"))?;
            Ok(None)
        }
        Err(error) => Err(error),
    }
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
