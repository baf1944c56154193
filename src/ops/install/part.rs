//! What was asked for, one thing at a time, and what comes of it.

use std::path::PathBuf;

use git_dos_installer::error::Error;
use git_dos_installer::wanted::Touch;

/// One thing that was asked for, and what comes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is: a git hook's name, `claude`, or the name of a file.
    pub name: String,
    /// The file that it is in.
    pub file: Option<PathBuf>,
    /// What comes of it.
    pub outcome: Outcome,
    /// More about it, in one line.
    pub note: Option<String>,
}

/// What comes of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is written now, or would be.
    Written,
    /// It was as wanted before.
    AsWanted,
    /// It is taken out now, or would be.
    TakenOut,
    /// It is not done.
    Refused {
        /// Why.
        why: String,
        /// What a person can do instead.
        remedy: Option<String>,
    },
}

impl Part {
    pub(super) fn new(name: &str, file: PathBuf, outcome: Outcome) -> Self {
        Self { name: name.to_owned(), file: Some(file), outcome, note: None }
    }

    pub(super) fn refused(name: &str, file: Option<PathBuf>, error: &Error) -> Self {
        let why = match std::error::Error::source(error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        };
        Self {
            name: name.to_owned(),
            file,
            outcome: Outcome::Refused { why, remedy: None },
            note: None,
        }
    }

    /// Tells whether this part is not as it was asked for.
    pub fn is_refused(&self) -> bool {
        matches!(self.outcome, Outcome::Refused { .. })
    }
}

impl From<Touch> for Outcome {
    fn from(touch: Touch) -> Self {
        match touch {
            Touch::AsWanted => Self::AsWanted,
            Touch::Written => Self::Written,
        }
    }
}
