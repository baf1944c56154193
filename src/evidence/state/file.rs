//! What is in a file, at one moment?

use std::io::Read as _;
use std::path::Path;
use std::time::UNIX_EPOCH;

use gix::error::{ErrorExt as _, Result, ResultExt as _, bail, message};
use serde::{Deserialize, Serialize};

use super::LIMIT;
use crate::output::HINT;

/// How often a file that changes while it is read is read again.
const ATTEMPTS: usize = 3;

/// The file or folder that a state was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Its size in bytes; since 0.1.0.
    pub bytes: u64,
    /// When it was modified, in nanoseconds since 1970-01-01T00:00:00Z, as text; since 0.1.0.
    pub modified: Option<String>,
    /// Its number in the file system, where there is such a thing; since 0.1.0.
    pub inode: Option<u64>,
}

impl Origin {
    /// Takes the facts from what the operating system says of a file.
    pub(super) fn of(metadata: &std::fs::Metadata) -> Self {
        let modified = metadata.modified().ok();
        let since = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        #[cfg(unix)]
        let inode = Some(std::os::unix::fs::MetadataExt::ino(metadata));
        #[cfg(not(unix))]
        let inode = None;
        let modified = since.map(|since| since.as_nanos().to_string());
        Self { bytes: metadata.len(), modified, inode }
    }
}

/// Whether a link at the end of a path is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    /// It is.
    Followed,
    /// It is not, and opening one is an error.
    Refused,
}

/// Opens the regular file at `path` for reading; another program's pipe does not keep us waiting.
pub(super) fn open(path: &Path, links: Links) -> Result<fs_err::File> {
    let mut options = fs_err::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use fs_err::os::unix::fs::OpenOptionsExt as _;
        use rustix::fs::OFlags;
        let mut flags = OFlags::NONBLOCK;
        if links == Links::Refused {
            flags |= OFlags::NOFOLLOW;
        }
        options.custom_flags(flags.bits().cast_signed());
    }
    #[cfg(not(unix))]
    let _ = links;
    let failure = || message!("Could not read {}", path.display());
    let file = options.open(path).or_raise(failure)?;
    if !file.metadata().or_raise(failure)?.is_file() {
        bail!("{} is not a regular file", path.display());
    }
    Ok(file)
}

/// Reads the file at `path` as it is at one moment.
///
/// Errors when it is larger than [`LIMIT`], or was changed each time while it was read.
pub fn read(path: &Path) -> Result<(Vec<u8>, Origin)> {
    let failure = || message!("Could not read {}", path.display());
    steady(path, Links::Followed, |file, before| {
        let size = usize::try_from(before.bytes).ok().filter(|size| *size <= LIMIT);
        let Some(size) = size else { return Err(too_large(path)) };
        let mut content = Vec::with_capacity(size);
        // A file that grows while it is read is read again.
        file.take(before.bytes).read_to_end(&mut content).or_raise(failure)?;
        Ok(content)
    })
}

/// Has `read` read the file at `path` until nobody changed it meanwhile.
pub(super) fn steady<T>(
    path: &Path,
    links: Links,
    read: impl Fn(&mut fs_err::File, &Origin) -> Result<T>,
) -> Result<(T, Origin)> {
    let failure = || message!("Could not read {}", path.display());
    for _ in 0..ATTEMPTS {
        let mut file = open(path, links)?;
        let before = Origin::of(&file.metadata().or_raise(failure)?);
        let content = read(&mut file, &before)?;
        if Origin::of(&file.metadata().or_raise(failure)?) == before {
            return Ok((content, before));
        }
    }
    Err(message!("{} changes all the time while it is read", path.display())
        .with(HINT, "look again when its writer is done")
        .raise())
}

/// Returns the error for a state that is too large to keep.
pub(super) fn too_large(path: &Path) -> gix::Error {
    message!("The state of {} is larger than 1 GiB", path.display())
        .with(HINT, "take a part of it: one table, one folder below")
        .raise()
}
