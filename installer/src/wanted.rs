//! What is wanted on the disk?

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::change::Manner;
use crate::error::Reason;
use crate::receipt::Kind;

/// A file that is ours as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFile {
    /// Where it goes, as an absolute path.
    pub path: PathBuf,
    /// What is in it.
    pub contents: Vec<u8>,
    /// How it is written.
    pub manner: Manner,
}

/// What a file at the place of one of ours is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Written by us, now or earlier, and not changed since.
    Ours,
    /// Written by us and edited since.
    Edited,
    /// Somebody else's.
    Foreign,
}

/// A change of a text: `bytes` in, new text or a reason to leave it out.
pub type Editing<'f> = &'f dyn Fn(&[u8]) -> std::result::Result<Vec<u8>, Reason>;

/// An edit of a file that is not ours.
pub struct Edit<'f> {
    /// What the edit puts into it.
    pub kind: Kind,
    /// The file, as an absolute path.
    pub path: &'f Path,
    /// The folders that symbolic links may not lead out of.
    pub roots: &'f [&'f Path],
    /// How the file is written.
    pub manner: Manner,
    /// Returns the text with ours in it.
    pub with: Editing<'f>,
    /// Returns the text with ours taken out.
    pub without: Editing<'f>,
    /// Values of git's configuration before ours, by key.
    pub previous: BTreeMap<String, Option<String>>,
}

/// Whether a plan has to touch a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touch {
    /// It is as wanted.
    AsWanted,
    /// It will be written.
    Written,
}

/// Facts of a receipt that do not follow from the files.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The version of git-dos.
    pub version: String,
    /// Seconds since 1970-01-01T00:00:00Z.
    pub time: u64,
    /// The program that the hooks look for when `PATH` has none.
    pub program: PathBuf,
    /// The git hooks that are asked for.
    pub events: Vec<String>,
    /// The agents whose settings are asked for, with the scope.
    pub agents: Vec<String>,
    /// The repositories that a user's files serve.
    pub repositories: Vec<String>,
}
