//! How are changes made so that stopping anywhere harms nobody?

use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::path::Path;

use crate::change::{Change, Write};
use crate::error::{Doing as _, Error, Result};
use crate::look::{exists, read, same_file};
use crate::replace::{replace, sync_folder};

/// A moment between two acts on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Before an act begins.
    Before,
    /// New contents are on the disk, but not in their place.
    Prepared,
    /// After an act.
    Done,
}

/// Told of every moment; breaking off ends the run there and then, as a crash would.
pub type Observer<'f> = &'f mut dyn FnMut(Moment) -> ControlFlow<()>;

/// Gives one file its new contents, where no receipt is kept: the file is the user's from then on.
pub fn write(write: &Write) -> Result<()> {
    replace(write, || Ok(()))
}

/// Makes `changes`, in order. The first one that cannot be made ends it.
pub(crate) fn apply(changes: &[Change], observer: Observer<'_>) -> Result<()> {
    for change in changes {
        tell(observer, Moment::Before)?;
        make(change, observer)?;
        tell(observer, Moment::Done)?;
    }
    Ok(())
}

pub(crate) fn tell(observer: Observer<'_>, moment: Moment) -> Result<()> {
    match observer(moment) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(Error::Stopped),
    }
}

fn make(change: &Change, observer: Observer<'_>) -> Result<()> {
    match change {
        Change::CreateFolder(path) => match fs_err::create_dir(path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                Err(Error::Io { doing: "make a folder", source: error })
            }
            _ => sync_folder(path),
        },
        Change::Write(write) => replace(write, || tell(observer, Moment::Prepared)),
        Change::KeepHook { slot, kept } => keep_hook(slot, kept),
        Change::RestoreHook { kept, slot, over } => restore_hook(kept, slot, over.as_deref()),
        Change::Delete { path, before } => {
            if read(path)?.as_deref() != Some(before) {
                return Err(Error::Changed(path.clone()));
            }
            fs_err::remove_file(path).doing("remove a file")?;
            sync_folder(path)
        }
        Change::RemoveFolder(path) => match fs_err::remove_dir(path) {
            Err(error)
                if !matches!(error.kind(), ErrorKind::DirectoryNotEmpty | ErrorKind::NotFound) =>
            {
                Err(Error::Io { doing: "remove a folder", source: error })
            }
            _ => Ok(()),
        },
    }
}

/// Gives `slot` a second name, so that a hook stands at the first one all the time.
///
/// A file system without such names gets a rename, and a moment without the hook.
fn keep_hook(slot: &Path, kept: &Path) -> Result<()> {
    match fs_err::hard_link(slot, kept) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(Error::Changed(kept.to_owned()));
        }
        Err(_) if exists(kept)? => return Err(Error::Changed(kept.to_owned())),
        Err(_) => fs_err::rename(slot, kept).doing("rename a hook")?,
    }
    sync_folder(kept)
}

fn restore_hook(kept: &Path, slot: &Path, over: Option<&[u8]>) -> Result<()> {
    if same_file(kept, slot) {
        // A rename between two names of one file does nothing.
        fs_err::remove_file(kept).doing("remove a file")?;
        return sync_folder(kept);
    }
    if exists(slot)? != over.is_some() || read(slot)?.as_deref() != over {
        return Err(Error::Changed(slot.to_owned()));
    }
    fs_err::rename(kept, slot).doing("rename a hook")?;
    sync_folder(kept)
}
