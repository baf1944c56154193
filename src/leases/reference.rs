//! How does a ref get from one commit to another, so that a process that dies on the way stops nobody?
//!
//! A transaction of gix locks `packed-refs` too, and the lock of a process that was killed cannot be told from one that
//! git holds: `git branch -d` would fail until somebody removes it by hand. Here only the ref itself is locked, as git
//! does it, and the lock is never empty: it is a link to a file of ours that holds the new id. So whoever has the turn
//! knows a lock that a dead process of ours left.

use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use gix::ObjectId;
use gix::actor::Signature;
use gix::error::{Result, ResultExt as _, bail, ensure, message};

use super::Version;
use super::step::{self, Step};
use crate::clock;
use crate::evidence::repository::state_folder;

/// How long a process waits for its turn.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long it rests between two looks.
const REST: Duration = Duration::from_millis(2);

/// The turn to change refs of ours, or to speak with the remote, which one process of this machine has at a time.
///
/// It ends with the process, however that ends. What git changes is kept apart by the lock of the ref.
#[derive(Debug)]
pub(super) struct Turn {
    folder: PathBuf,
    _file: fs_err::File,
}

impl Turn {
    /// Waits for the turn; `None` when somebody keeps it.
    pub(super) fn take(repository: &gix::Repository) -> Result<Option<Self>> {
        Self::wait(repository, "leases.lock", PATIENCE)
    }

    /// Waits so long for the turn at what the file `name` stands for; `None` when somebody keeps it.
    pub(super) fn wait(
        repository: &gix::Repository,
        name: &str,
        patience: Duration,
    ) -> Result<Option<Self>> {
        let folder = state_folder(repository);
        let path = folder.join(name);
        let context = || message("Could not wait for a turn at the leases");
        fs_err::create_dir_all(&folder).or_raise(context)?;
        let file =
            fs_err::OpenOptions::new().create(true).append(true).open(path).or_raise(context)?;
        let end = clock::instant() + patience;
        loop {
            match file.file().try_lock() {
                Ok(()) => return Ok(Some(Self { folder, _file: file })),
                Err(std::fs::TryLockError::Error(error)) => return Err(error).or_raise(context),
                Err(std::fs::TryLockError::WouldBlock) if clock::instant() >= end => {
                    return Ok(None);
                }
                Err(std::fs::TryLockError::WouldBlock) => std::thread::sleep(REST),
            }
        }
    }
}

/// Where a ref shall go.
#[derive(Debug)]
pub(super) struct Move<'a> {
    /// The full name of the ref.
    pub name: &'static str,
    /// Where it must be.
    pub expected: Version,
    /// The commit that it shall be at.
    pub new: ObjectId,
    /// What its log shall say, on one line.
    pub log: &'a str,
    /// Who moves it.
    pub committer: &'a Signature,
}

/// How a move of a ref came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moved {
    /// It is at the new commit.
    Yes,
    /// It was somewhere else.
    Changed,
    /// Somebody else has it locked.
    Locked,
}

/// Returns the file that locks the ref called `name`.
pub(super) fn lock_path(repository: &gix::Repository, name: &str) -> PathBuf {
    repository.common_dir().join(format!("{name}.lock"))
}

/// Moves a ref, after `prepare` while it is locked.
pub(super) fn advance(
    repository: &gix::Repository,
    turn: &Turn,
    planned: &Move<'_>,
    prepare: impl FnOnce() -> Result<()>,
) -> Result<Moved> {
    let context = || message!("Could not move {}", planned.name);
    let common = repository.common_dir();
    ensure!(
        !common.join("reftable").exists(),
        message!("{} is in a reftable, which only git itself can change", planned.name)
    );
    let next = Next::write(turn, planned)?;
    let Some(lock) = Lock::take(repository, planned, &next).or_raise(context)? else {
        return Ok(Moved::Locked);
    };
    step::reached(Step::Locked);
    if present(repository, planned.name)? != planned.expected {
        return Ok(Moved::Changed);
    }
    prepare()?;
    log(common, planned).or_raise(|| message!("Could not write the log of {}", planned.name))?;
    step::reached(Step::Logged);
    lock.commit(&common.join(planned.name)).or_raise(context)?;
    step::reached(Step::Moved);
    Ok(Moved::Yes)
}

/// Returns where the ref called `name` is.
pub(super) fn present(repository: &gix::Repository, name: &str) -> Result<Version> {
    let found = repository.try_find_reference(name);
    let Some(reference) = found.or_raise(|| message!("Could not read {name}"))? else {
        return Ok(Version::Absent);
    };
    match reference.target().try_id() {
        Some(id) => Ok(Version::At(id.to_owned())),
        None => bail!(message!("{name} points at another ref, where a commit should be")),
    }
}

/// The file whose link becomes the lock, and by which a lock that a dead process left is known.
#[derive(Debug)]
struct Next {
    path: PathBuf,
    text: String,
}

impl Next {
    fn write(turn: &Turn, planned: &Move<'_>) -> Result<Self> {
        let name = planned.name.rsplit('/').next().unwrap_or_default();
        let path = turn.folder.join(format!("{name}.next"));
        let text = format!("{}\n", planned.new);
        let context = || message!("Could not write {}", path.display());
        // It may be the ref by now, or the lock: it is never written to, only replaced.
        remove(&path).or_raise(context)?;
        let mut options = fs_err::OpenOptions::new();
        let mut file = options.write(true).create_new(true).open(&path).or_raise(context)?;
        file.write_all(text.as_bytes()).or_raise(context)?;
        Ok(Self { path, text })
    }
}

impl Drop for Next {
    fn drop(&mut self) {
        // One that stays is replaced by the next.
        remove(&self.path).ok();
    }
}

/// The lock of a ref, which ends with this value.
#[derive(Debug)]
struct Lock {
    path: PathBuf,
    is_spent: bool,
}

impl Lock {
    /// Takes the lock; `None` when somebody else has it.
    fn take(
        repository: &gix::Repository,
        planned: &Move<'_>,
        next: &Next,
    ) -> io::Result<Option<Self>> {
        let path = lock_path(repository, planned.name);
        let mut linked = fs_err::hard_link(&next.path, &path);
        if linked.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
            path.parent().map_or(Ok(()), fs_err::create_dir_all)?;
            linked = fs_err::hard_link(&next.path, &path);
        }
        match linked {
            Ok(()) => Ok(Some(Self { path, is_spent: false })),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(None),
            Err(_) => Self::create(path, next),
        }
    }

    /// Takes the lock on a file system that has no links.
    fn create(path: PathBuf, next: &Next) -> io::Result<Option<Self>> {
        match fs_err::OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                let lock = Self { path, is_spent: false };
                file.write_all(next.text.as_bytes())?;
                Ok(Some(lock))
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes the locked file the ref.
    fn commit(mut self, path: &Path) -> io::Result<()> {
        fs_err::rename(&self.path, path)?;
        self.is_spent = true;
        Ok(())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if !self.is_spent {
            remove(&self.path).ok();
        }
    }
}

/// Removes the lock of the ref called `name` when a process of ours left it that is dead.
///
/// A lock with what ours wrote last is of a process that had the turn, and does not have it now.
pub(super) fn clear(repository: &gix::Repository, turn: &Turn, name: &str) -> Result<()> {
    let context = || message!("Could not clear the lock of {name}");
    let file = name.rsplit('/').next().unwrap_or_default();
    let next = turn.folder.join(format!("{file}.next"));
    let Some(own) = read(&next).or_raise(context)? else { return Ok(()) };
    let lock = lock_path(repository, name);
    if !own.is_empty() && read(&lock).or_raise(context)?.as_ref() == Some(&own) {
        remove(&lock).or_raise(context)?;
    }
    remove(&next).or_raise(context)
}

/// Adds a line to the log of the ref, as git does before it moves one.
fn log(common: &Path, planned: &Move<'_>) -> io::Result<()> {
    let path = common.join("logs").join(planned.name);
    path.parent().map_or(Ok(()), fs_err::create_dir_all)?;
    let previous = match planned.expected {
        Version::At(id) => id,
        Version::Absent => planned.new.kind().null(),
    };
    let line = gix::refs::log::Line {
        previous_oid: previous,
        new_oid: planned.new,
        signature: planned.committer.clone(),
        message: planned.log.into(),
    };
    let mut text = Vec::new();
    line.write_to(&mut text)?;
    fs_err::OpenOptions::new().create(true).append(true).open(path)?.write_all(&text)
}

/// Reads a small file; `None` when there is none.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs_err::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes a file, if it is there.
fn remove(path: &Path) -> io::Result<()> {
    match fs_err::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
