//! How does a file get new contents so that every reader sees the old ones or the new ones?

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::change::{Manner, Write};
use crate::error::{Doing as _, Error, Result};
use crate::look::{read, same_file};

/// Replaces `write.target`, provided that it still holds what was expected.
///
/// `prepared` is called when the new contents are on the disk under another name; an error of it leaves them
/// there, as a crash would.
pub(crate) fn replace(write: &Write, prepared: impl FnOnce() -> Result<()>) -> Result<()> {
    sweep(&write.target)?;
    let temporary = temporary(&write.target);
    prepare(write, &temporary)?;
    prepared()?;
    let swapped = match write.manner {
        Manner::GitConfig => swap_as_git_does(write, &temporary),
        Manner::Plain | Manner::Private | Manner::Program => swap(write, &temporary),
    };
    if swapped.is_err() {
        // The first error is the one to tell; what is left here is swept by the next run.
        fs_err::remove_file(&temporary).ok();
    }
    swapped?;
    sync_folder(&write.target)?;
    if read(&write.target)?.as_deref() != Some(&write.after) {
        return Err(Error::Changed(write.target.clone()));
    }
    Ok(())
}

/// Removes what a crash may have left beside `target`.
pub(crate) fn sweep(target: &Path) -> Result<()> {
    let temporary = temporary(target);
    let lock = git_lock(target);
    if same_file(&temporary, &lock) {
        remove(&lock)?;
    }
    remove(&temporary)
}

/// Names the file that holds the new contents of `target` until they take its place.
fn temporary(target: &Path) -> PathBuf {
    with_suffix(target, ".git-dos-tmp")
}

/// Names the file whose existence tells git that `target` is being changed.
fn git_lock(target: &Path) -> PathBuf {
    with_suffix(target, ".lock")
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn remove(path: &Path) -> Result<()> {
    match fs_err::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Error::Io { doing: "remove a file", source: error })
        }
        _ => Ok(()),
    }
}

/// Writes the new contents to the disk as `temporary`, with the mode and owner they will have.
fn prepare(write: &Write, temporary: &Path) -> Result<()> {
    let mut options = fs_err::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use fs_err::os::unix::fs::OpenOptionsExt as _;
        options.mode(match write.manner {
            Manner::Plain | Manner::GitConfig => 0o666,
            Manner::Private => 0o600,
            Manner::Program => 0o777,
        });
    }
    let mut file = options.open(temporary).doing("make a file")?;
    file.write_all(&write.after).doing("write a file")?;
    if write.before.is_some() && write.manner != Manner::Program {
        keep_mode_and_owner(&write.target, &file)?;
    }
    file.sync_all().doing("write a file to the disk")
}

#[cfg_attr(not(unix), expect(clippy::unnecessary_wraps, reason = "there are no modes to set"))]
fn keep_mode_and_owner(target: &Path, file: &fs_err::File) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let (old, new) = (fs_err::metadata(target), file.metadata());
        let (old, new) = (old.doing("look at a file")?, new.doing("look at a file")?);
        if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
            // Only the administrator may give files away; for others the file becomes their own.
            std::os::unix::fs::fchown(file.file(), Some(old.uid()), Some(old.gid())).ok();
        }
        file.set_permissions(old.permissions()).doing("set the mode of a file")?;
    }
    #[cfg(not(unix))]
    let _ = (target, file);
    Ok(())
}

/// Puts `temporary` in the target's place, if that is as it was.
fn swap(write: &Write, temporary: &Path) -> Result<()> {
    let takes_over = write.kept.as_ref().is_some_and(|kept| same_file(kept, &write.target));
    if !takes_over && read(&write.target)? != write.before {
        return Err(Error::Changed(write.target.clone()));
    }
    if write.before.is_none() && !takes_over {
        // Unlike a rename, a link does not replace a file that somebody made just now.
        match fs_err::hard_link(temporary, &write.target) {
            Ok(()) => return remove(temporary),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(Error::Changed(write.target.clone()));
            }
            Err(_) => {}
        }
    }
    fs_err::rename(temporary, &write.target).doing("put a file in its place")
}

/// Puts `temporary` in the target's place while holding the lock that git itself would take.
fn swap_as_git_does(write: &Write, temporary: &Path) -> Result<()> {
    let lock = git_lock(&write.target);
    match fs_err::hard_link(temporary, &lock) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(Error::Busy(lock)),
        Err(source) => return Err(Error::Io { doing: "lock git's configuration", source }),
    }
    let unchanged = read(&write.target).and_then(|found| {
        if found == write.before { Ok(()) } else { Err(Error::Changed(write.target.clone())) }
    });
    if unchanged.is_err() {
        remove(&lock)?;
        return unchanged;
    }
    fs_err::rename(&lock, &write.target).doing("put a file in its place")?;
    remove(temporary)
}

/// Makes a rename in the folder of `path` survive a power cut.
pub(crate) fn sync_folder(path: &Path) -> Result<()> {
    #[cfg(unix)]
    if let Some(parent) = path.parent() {
        let folder = fs_err::File::open(parent).doing("open a folder")?;
        folder.sync_all().doing("write a folder to the disk")?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
