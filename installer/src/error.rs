//! What can go wrong while files are changed?

use std::fmt;
use std::path::PathBuf;

use crate::groups::Refusal;

/// Why a change was not made, or not finished.
#[derive(Debug)]
pub enum Error {
    /// The operating system refused; its words name the path.
    Io {
        /// What was being done, as in "could not …".
        doing: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is left as it is.
    Refused {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: Reason,
    },
    /// Somebody else changed the file between our look at it and our write; nothing was written to it.
    Changed(PathBuf),
    /// Another program holds this lock.
    Busy(PathBuf),
    /// The receipt is not one that this version can read.
    Receipt {
        /// The receipt.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The observer asked to stop.
    Stopped,
}

/// Why a file is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// What the file says does not allow a safe edit.
    Settings(Refusal),
    /// It is a symbolic link to nothing.
    DanglingLink,
    /// It leads, by symbolic links, out of the places that may be written.
    OutsideLink(PathBuf),
    /// It is a folder, a device or a pipe.
    NotAFile,
    /// It holds something that we did not write.
    Foreign,
    /// Our own text in it was edited by hand.
    Edited,
    /// A later version of git-dos put it there.
    Unknown,
    /// The configuration in it cannot be read, or not be changed without touching more.
    Configuration(String),
}

/// The result of this crate's functions.
pub type Result<T> = std::result::Result<T, Error>;

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(refusal) => refusal.fmt(formatter),
            Self::DanglingLink => write!(formatter, "it is a symbolic link to nothing"),
            Self::OutsideLink(target) => {
                write!(formatter, "symbolic links lead from it to {}", target.display())
            }
            Self::NotAFile => write!(formatter, "it is not a file"),
            Self::Foreign => write!(formatter, "it holds something that git-dos did not write"),
            Self::Edited => write!(formatter, "what git-dos wrote there was edited since"),
            Self::Unknown => write!(formatter, "a later version of git-dos put it there"),
            Self::Configuration(words) => formatter.write_str(words),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { doing, .. } => write!(formatter, "could not {doing}"),
            Self::Refused { path, reason } => {
                write!(formatter, "{} is left as it is: {reason}", path.display())
            }
            Self::Changed(path) => {
                write!(formatter, "{} was changed by another program meanwhile", path.display())
            }
            Self::Busy(lock) => {
                write!(formatter, "another program holds the lock {}", lock.display())
            }
            Self::Receipt { path, reason } => {
                write!(formatter, "the receipt {} cannot be read: {reason}", path.display())
            }
            Self::Stopped => write!(formatter, "stopped"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let Self::Io { source, .. } = self { Some(source) } else { None }
    }
}

/// Adds to an error of the system what was being done.
pub(crate) trait Doing<T> {
    /// Names the act, as in "could not …".
    fn doing(self, doing: &'static str) -> Result<T>;
}

impl<T> Doing<T> for std::io::Result<T> {
    fn doing(self, doing: &'static str) -> Result<T> {
        self.map_err(|source| Error::Io { doing, source })
    }
}
