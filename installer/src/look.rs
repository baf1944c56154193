//! What is at a path, and where would a write to it really go?

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::{Doing as _, Error, Reason, Result};

/// A file as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The path as it was asked for.
    pub path: PathBuf,
    /// The file behind all symbolic links; the path itself when there is no file.
    pub target: PathBuf,
    /// What is in it; `None` when there is no file.
    pub contents: Option<Vec<u8>>,
}

/// Reads the file at `path` through symbolic links, which must stay inside one of `roots`.
///
/// Refuses a link to nothing, a link out of `roots`, and what is not a file.
pub fn look(path: &Path, roots: &[&Path]) -> Result<Found> {
    let refused = |reason| Error::Refused { path: path.to_owned(), reason };
    if !exists(path)? {
        inside(&existing_ancestor(path)?, roots)?;
        return Ok(Found { path: path.to_owned(), target: path.to_owned(), contents: None });
    }
    let target = match fs_err::canonicalize(path) {
        Ok(target) => target,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(refused(Reason::DanglingLink));
        }
        Err(source) => return Err(Error::Io { doing: "resolve a path", source }),
    };
    inside(&target, roots)?;
    if !fs_err::metadata(&target).doing("look at a file")?.is_file() {
        return Err(refused(Reason::NotAFile));
    }
    let contents = Some(fs_err::read(&target).doing("read a file")?);
    Ok(Found { path: path.to_owned(), target, contents })
}

/// Tells whether something is at `path`, be it a link to nothing.
pub fn exists(path: &Path) -> Result<bool> {
    match fs_err::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(source) => Err(Error::Io { doing: "look at a path", source }),
    }
}

/// Reads the file at `path`; `None` when there is none.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs_err::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::Io { doing: "read a file", source }),
    }
}

/// Tells whether two names are one file; `false` where the system cannot tell.
pub fn same_file(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let identity =
            |path| fs_err::symlink_metadata(path).map(|found| (found.dev(), found.ino()));
        matches!((identity(one), identity(other)), (Ok(one), Ok(other)) if one == other)
    }
    #[cfg(not(unix))]
    {
        let _ = (one, other);
        false
    }
}

/// Returns the nearest folder above `path` that exists.
fn existing_ancestor(path: &Path) -> Result<PathBuf> {
    for ancestor in path.ancestors().skip(1) {
        if exists(ancestor)? {
            return Ok(ancestor.to_owned());
        }
    }
    Ok(path.to_owned())
}

/// Refuses a path whose real place is in none of `roots`.
fn inside(path: &Path, roots: &[&Path]) -> Result<()> {
    let real = fs_err::canonicalize(path).doing("resolve a path")?;
    let roots = roots.iter().filter_map(|root| fs_err::canonicalize(root).ok());
    if roots.into_iter().any(|root| real.starts_with(root)) {
        return Ok(());
    }
    Err(Error::Refused { path: path.to_owned(), reason: Reason::OutsideLink(real) })
}
