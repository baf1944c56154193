//! How does a branch get from one commit to another so that nothing is lost on the way?
//!
//! The journal knows first, then the map of rewrites, then a ref that keeps the old commits, then the
//! branch, and last the index. Whoever finds an attempt without an end knows what is left to do.

use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::actor::Signature;
use gix::error::{Result, ResultExt as _, bail, message};
use gix::refs::transaction::{LogChange, PreviousValue, RefEdit, RefLog};
use gix::refs::{FullName, Target};

use super::keeper::{keep, text as keeper_text};
use super::step::{self, Step};
use crate::clock;
use crate::evidence::repository::state_folder;
use crate::journal::Durability;
use crate::journal::folds::{self, End, Ended, Folds, Intended, Record};
use crate::journal::rewrites::{self, Kind, Rewrite};
use crate::verdict::archive::Archive;

/// The right to move branches of this repository, held by one process at a time.
///
/// It ends with the process, however that ends.
#[derive(Debug)]
pub struct Guard {
    _file: fs_err::File,
}

impl Guard {
    /// Takes the right, waiting up to a second for another process; `None` when that one keeps it.
    pub fn take(repository: &gix::Repository) -> Result<Option<Self>> {
        const ROUNDS: u32 = 20;
        let context = || message("Could not lock the journal of folds");
        let folder = state_folder(repository);
        fs_err::create_dir_all(&folder).or_raise(context)?;
        let path = folder.join("coalesce.lock");
        let file =
            fs_err::OpenOptions::new().create(true).append(true).open(path).or_raise(context)?;
        for _ in 0..ROUNDS {
            match file.file().try_lock() {
                Ok(()) => return Ok(Some(Self { _file: file })),
                Err(std::fs::TryLockError::WouldBlock) => {
                    std::thread::sleep(std::time::Duration::from_millis(50));
                }
                Err(std::fs::TryLockError::Error(error)) => return Err(error).or_raise(context),
            }
        }
        Ok(None)
    }
}

/// A move of a branch that is ready to be made.
#[derive(Debug)]
pub struct Move<'a> {
    /// The full name of the branch; `None` for a detached `HEAD`.
    pub branch: Option<&'a str>,
    /// The commit that it must be at; `None` on a branch without commits.
    pub old: Option<ObjectId>,
    /// The commit that it shall be at.
    pub new: ObjectId,
    /// The commits that the new one replaces, oldest first.
    pub replaced: &'a [ObjectId],
    /// What the new commit records.
    pub archive: &'a Archive,
    /// Who moves it, for the reflogs.
    pub committer: &'a Signature,
    /// What the reflogs shall say.
    pub log: String,
}

/// An index that must change with the branch.
pub trait Index {
    /// The index file.
    fn path(&self) -> PathBuf;
    /// Locks the index and writes the new one beside it.
    fn prepare(&mut self) -> Result<()>;
    /// Puts the new index in the place of the old one.
    fn commit(&mut self) -> Result<()>;
}

/// Whether a branch moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Landing {
    /// It did.
    Moved,
    /// It was no longer where it should have been, and nothing happened.
    Lost,
}

/// Moves the branch, and the index with it.
pub fn land(
    repository: &gix::Repository,
    planned: &Move<'_>,
    mut index: Option<&mut dyn Index>,
    _guard: &Guard,
) -> Result<Landing> {
    let folds = Folds::of(&state_folder(repository));
    folds.append(&Record::Intended(intended(planned, index.as_deref())))?;
    step::reached(Step::Intended);
    let landed = advance(repository, planned, index.as_deref_mut());
    if let (Ok(Landing::Lost) | Err(_), Some(old)) = (&landed, planned.old) {
        unmap(repository, planned.replaced, planned.new, old)?;
    }
    let end = if matches!(landed, Ok(Landing::Moved)) { End::Landed } else { End::Dropped };
    if let (Ok(Landing::Moved), Some(index)) = (&landed, index) {
        index.commit()?;
        step::reached(Step::Indexed);
    }
    folds.append(&Record::Ended(Ended::new(planned.new, end, clock::now())))?;
    step::reached(Step::Ended);
    landed
}

fn intended(planned: &Move<'_>, index: Option<&(dyn Index + '_)>) -> Intended {
    let archive = planned.archive;
    Intended {
        v: folds::VERSION,
        time: clock::now().as_secs(),
        reference: planned.branch.unwrap_or("HEAD").to_owned(),
        old: planned.old,
        new: planned.new,
        replaced: planned.replaced.to_vec(),
        count: archive.count,
        cause: archive.cause.clone(),
        runs: [archive.first.clone(), archive.run.clone()],
        index: index.and_then(|index| absolute(&index.path())),
    }
}

fn absolute(path: &Path) -> Option<String> {
    std::path::absolute(path).ok()?.to_str().map(ToOwned::to_owned)
}

fn advance(
    repository: &gix::Repository,
    planned: &Move<'_>,
    index: Option<&mut (dyn Index + '_)>,
) -> Result<Landing> {
    if !is_at(repository, planned.branch, planned.old)? {
        return Ok(Landing::Lost);
    }
    if let Some(index) = index {
        index.prepare()?;
        step::reached(Step::Prepared);
    }
    if !planned.replaced.is_empty() {
        map(repository, planned.replaced, planned.new, &Kind::Fold)?;
        step::reached(Step::Mapped);
        let (Some(branch), Some(tip)) = (planned.branch, planned.old) else {
            bail!(message("There is no branch whose commits could be kept"));
        };
        keep(repository, branch, tip, (&keeper_text(planned.new), planned.committer))?;
        step::reached(Step::Kept);
    }
    let landing = advance_branch(
        repository,
        planned.branch,
        (planned.old, planned.new),
        (&planned.log, planned.committer),
    )?;
    step::reached(Step::Moved);
    Ok(landing)
}

/// Writes down that each of `old` became `new`, before anything shows it.
pub(super) fn map(
    repository: &gix::Repository,
    old: &[ObjectId],
    new: ObjectId,
    kind: &Kind,
) -> Result<()> {
    let time = clock::now();
    let records: Vec<Rewrite> =
        old.iter().map(|old| Rewrite::new(kind.clone(), *old, new, time)).collect();
    rewrites::journal(&state_folder(repository)).append_all(&records, Durability::Synced)
}

/// Takes back what [`map`] wrote for a commit that no branch got to: it leads on to `old`, where the branch was.
pub(super) fn unmap(
    repository: &gix::Repository,
    replaced: &[ObjectId],
    new: ObjectId,
    old: ObjectId,
) -> Result<()> {
    if replaced.is_empty() { Ok(()) } else { map(repository, &[new], old, &Kind::Unfold) }
}

/// Changes a ref, with `committer` in its reflog.
pub(super) fn edit_as(
    repository: &gix::Repository,
    edit: RefEdit,
    committer: &Signature,
) -> Result<()> {
    let mut time = gix::date::parse::TimeBuf::default();
    repository.edit_references_as([edit], Some(committer.to_ref(&mut time)))?;
    Ok(())
}

/// Tells whether `HEAD` is `branch`, or detached without one, and at the commit `at`.
pub(super) fn is_at(
    repository: &gix::Repository,
    branch: Option<&str>,
    at: Option<ObjectId>,
) -> Result<bool> {
    let context = || message("Could not read HEAD");
    let head = repository.head().or_raise(context)?;
    let is_branch = head.referent_name().map(|name| name.as_bstr().to_owned())
        == branch.map(gix::bstr::BString::from);
    let id = head.try_into_peeled_id().or_raise(context)?.map(gix::Id::detach);
    Ok(is_branch && id == at)
}

/// Moves `HEAD` and its branch from `old` to `new`, and says so in both reflogs.
pub(super) fn advance_branch(
    repository: &gix::Repository,
    branch: Option<&str>,
    (old, new): (Option<ObjectId>, ObjectId),
    (log, committer): (&str, &Signature),
) -> Result<Landing> {
    let context = || message!("Could not move {}", branch.unwrap_or("HEAD"));
    let expected = old.map_or(PreviousValue::MustNotExist, |old| {
        PreviousValue::MustExistAndMatch(Target::Object(old))
    });
    let log =
        LogChange { mode: RefLog::AndReference, force_create_reflog: false, message: log.into() };
    let head = FullName::try_from("HEAD").or_raise(context)?;
    let edit = RefEdit::update_with_log(head, new, expected, log).with_deref(true);
    match edit_as(repository, edit, committer) {
        Ok(()) => Ok(Landing::Moved),
        Err(_) if is_at(repository, branch, Some(new))? => Ok(Landing::Moved),
        // Whoever moved the branch in between decides anew; a lock that stays is for its owner to explain.
        Err(_) if !is_at(repository, branch, old)? => Ok(Landing::Lost),
        Err(error) => Err(error).or_raise(context),
    }
}
