//! Is another installation at work? A lock that dies with its holder.

use std::fs::TryLockError;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Doing as _, Error, Result};

/// How often a lock that somebody holds is tried, and how long after each time: ten seconds in all.
const ATTEMPTS: u32 = 500;
const PAUSE: Duration = Duration::from_millis(20);

/// The right to change what one receipt speaks of. Dropping it removes the lock file, and its folder if that
/// is empty then.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    file: fs_err::File,
    made: Vec<PathBuf>,
}

impl Lock {
    /// Takes the lock at `path`, making the folders above it; waits up to ten seconds for another holder.
    pub fn acquire(path: &Path) -> Result<Self> {
        let made = missing_above(path);
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                std::thread::sleep(PAUSE);
            }
            if let Some(parent) = path.parent() {
                fs_err::create_dir_all(parent).doing("make a folder")?;
            }
            let opened =
                fs_err::OpenOptions::new().create(true).truncate(false).write(true).open(path);
            let file = match opened {
                Ok(file) => file,
                // The last holder removed the folder just now.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(source) => return Err(Error::Io { doing: "open the lock file", source }),
            };
            match file.file().try_lock() {
                Ok(()) if is_at(&file, path) => {
                    return Ok(Self { path: path.to_owned(), file, made });
                }
                Ok(()) | Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(source)) => {
                    return Err(Error::Io { doing: "lock the lock file", source });
                }
            }
        }
        Err(Error::Busy(path.to_owned()))
    }

    /// Lists the folders above the lock's own that were missing, outermost first.
    pub fn made(&self) -> &[PathBuf] {
        &self.made
    }
}

/// Lists the folders above the one that holds `path` that do not exist, outermost first.
fn missing_above(path: &Path) -> Vec<PathBuf> {
    let above = path.ancestors().skip(2);
    let mut missing: Vec<_> =
        above.take_while(|folder| !folder.exists()).map(Path::to_owned).collect();
    missing.reverse();
    missing
}

impl Drop for Lock {
    fn drop(&mut self) {
        // What cannot be removed is found and used again by the next holder.
        if cfg!(unix) {
            fs_err::remove_file(&self.path).ok();
        }
        self.file.file().unlock().ok();
        for folder in
            self.path.parent().into_iter().chain(self.made.iter().rev().map(PathBuf::as_path))
        {
            fs_err::remove_dir(folder).ok();
        }
    }
}

/// Tells whether `file` is still the one at `path`: its last holder removes it.
fn is_at(file: &fs_err::File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let identity = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
        let (held, found) = (file.metadata().map(identity), fs_err::metadata(path).map(identity));
        matches!((held, found), (Ok(held), Ok(found)) if held == found)
    }
    #[cfg(not(unix))]
    {
        let _ = (file, path);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::Lock;

    #[test]
    fn holders_take_turns_and_leave_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dos/install.lock");
        let counter = folder.path().join("counter");
        fs_err::write(&counter, "0").unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let _lock = Lock::acquire(&path).unwrap();
                    let number: u32 = fs_err::read_to_string(&counter).unwrap().parse().unwrap();
                    std::thread::yield_now();
                    fs_err::write(&counter, (number + 1).to_string()).unwrap();
                });
            }
        });
        assert_eq!(fs_err::read_to_string(&counter).unwrap(), "8", "one at a time");
        assert!(!folder.path().join("dos").exists(), "the last one takes the folder away");
    }
}
