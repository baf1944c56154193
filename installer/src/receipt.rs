//! What did we put where, and what was there before?
//!
//! The receipt is a JSON file. Readers ignore fields that they do not know; an artefact of a kind that they
//! do not know is left alone.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::change::{Manner, Write};
use crate::error::{Error, Result};
use crate::look::read;
use crate::splice::{self, Splice};

/// The `schema` of the receipts that this version writes.
pub const SCHEMA: &str = "git-dos/receipt/1";

/// Everything that one installation put into files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The version of git-dos that wrote this.
    pub version: String,
    /// When, in seconds since 1970-01-01T00:00:00Z.
    pub time: u64,
    /// The program that the hooks look for when `PATH` has none.
    #[serde(with = "stored_path")]
    pub program: PathBuf,
    /// Whether everything below was done.
    pub state: State,
    /// The git hooks that were asked for.
    #[serde(default)]
    pub events: Vec<String>,
    /// The agents whose settings were asked for, with the scope: `claude:local`.
    #[serde(default)]
    pub agents: Vec<String>,
    /// The common git folders of the repositories that the files of a user's receipt serve.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repositories: Vec<String>,
    /// What was put where, in the order of doing.
    pub artefacts: Vec<Artefact>,
    /// While pending: what an earlier receipt said of the same places, which may still be so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub superseded: Vec<Artefact>,
}

impl Receipt {
    /// Lists what is known of one place, most likely first.
    pub fn about<'r>(&'r self, kind: Kind, path: &'r Path) -> impl Iterator<Item = &'r Artefact> {
        self.all().filter(move |artefact| artefact.is_for(kind, path))
    }

    /// Lists everything that is known.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Artefact> {
        self.artefacts.iter().chain(&self.superseded)
    }

    /// Lists every place once.
    pub fn places(&self) -> Vec<Artefact> {
        let mut places = self.artefacts.clone();
        for artefact in &self.superseded {
            if !places.iter().any(|place| place.is_for(artefact.kind, &artefact.path)) {
                places.push(artefact.clone());
            }
        }
        places
    }
}

/// How far an installation came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Some of the artefacts may not be there yet.
    Pending,
    /// All were put in place.
    Done,
}

/// One thing that was put into a file or folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artefact {
    /// What it is.
    pub kind: Kind,
    /// Where it is, relative to the common git folder when it is in the repository.
    #[serde(with = "stored_path")]
    pub path: PathBuf,
    /// The file behind symbolic links, when there are some.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_path")]
    pub target: Option<PathBuf>,
    /// The second name of a hook that was there first.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_path")]
    pub kept: Option<PathBuf>,
    /// The SHA-256 of the file before us; absent when there was no file.
    #[serde(default)]
    pub before: Option<String>,
    /// The SHA-256 of the file after us; absent for folders.
    #[serde(default)]
    pub after: Option<String>,
    /// What we changed in a file that was there, from before to after.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub splices: Vec<Splice>,
    /// Values of git's configuration before ours, by key; `None` for a key that was not set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub previous: BTreeMap<String, Option<String>>,
}

/// What an artefact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A folder that was missing.
    Dir,
    /// A file that is ours as a whole.
    OwnFile,
    /// A hook of the user that has its second name, `kept`, and is run by ours.
    RenamedHook,
    /// Hooks of ours in an agent's settings.
    JsonSpan,
    /// Keys of ours in git's configuration.
    ConfigKey,
    /// Lines of ours in `info/exclude`.
    ExcludeLine,
    /// Something that a later version knows.
    #[serde(other)]
    Unknown,
}

impl Artefact {
    /// Makes an artefact of `kind` at `path`, with nothing before and nothing after.
    pub fn new(kind: Kind, path: PathBuf) -> Self {
        Self {
            kind,
            path,
            target: None,
            kept: None,
            before: None,
            after: None,
            splices: Vec::new(),
            previous: BTreeMap::new(),
        }
    }

    /// Tells whether this speaks of `kind` at the stored path `path`.
    pub fn is_for(&self, kind: Kind, path: &Path) -> bool {
        self.kind == kind && self.path == path
    }

    /// Returns the text before us, computed from the text after us; `None` when `found` is not that.
    pub fn before(&self, found: &[u8]) -> Option<Option<Vec<u8>>> {
        if self.after.as_deref() != Some(hash(found).as_str()) {
            return None;
        }
        let Some(before) = &self.before else { return Some(None) };
        splice::revert(&self.splices, found).filter(|text| hash(text) == *before).map(Some)
    }
}

/// Where a receipt is kept, and what its paths are relative to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// The receipt's file.
    pub file: PathBuf,
    /// The common git folder; `None` for a user's receipt, whose paths are absolute.
    pub common: Option<PathBuf>,
}

impl Store {
    /// Reads the receipt; `None` when there is none.
    pub fn load(&self) -> Result<Option<Receipt>> {
        let Some(bytes) = read(&self.file)? else { return Ok(None) };
        let wrong = |reason: String| Error::Receipt { path: self.file.clone(), reason };
        let receipt: Receipt =
            serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
        if receipt.schema != SCHEMA {
            return Err(wrong(format!("its schema is `{}`", receipt.schema)));
        }
        Ok(Some(receipt))
    }

    /// Writes the receipt in place of any earlier one.
    pub(crate) fn save(&self, receipt: &Receipt) -> Result<()> {
        let mut after = serde_json::to_vec_pretty(receipt).map_err(|error| Error::Receipt {
            path: self.file.clone(),
            reason: error.to_string(),
        })?;
        after.push(b'\n');
        let before = read(&self.file)?;
        let write = Write {
            path: self.file.clone(),
            target: self.file.clone(),
            before,
            after,
            manner: Manner::Plain,
            kept: None,
        };
        crate::replace::replace(&write, || Ok(()))
    }

    /// Returns how `path` is written down: relative to the common folder when it is in it or, in an ordinary
    /// repository, beside it, so that a repository can be moved.
    pub fn relative(&self, path: &Path) -> PathBuf {
        let Some(common) = &self.common else { return path.to_owned() };
        if let Ok(inside) = path.strip_prefix(common) {
            return inside.to_owned();
        }
        let worktree = common.parent().filter(|_| common.ends_with(".git"));
        match worktree.and_then(|worktree| path.strip_prefix(worktree).ok()) {
            Some(beside) => Path::new("..").join(beside),
            None => path.to_owned(),
        }
    }

    /// Returns the absolute path of one that was written down.
    pub fn absolute(&self, stored: &Path) -> PathBuf {
        let Some(common) = &self.common else { return stored.to_owned() };
        let mut path = common.clone();
        for component in stored.components() {
            match component {
                Component::ParentDir => {
                    path.pop();
                }
                Component::CurDir => {}
                Component::Prefix(_) | Component::RootDir | Component::Normal(_) => {
                    path.push(component);
                }
            }
        }
        path
    }
}

/// Returns the SHA-256 of `bytes` in hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    })
}

/// Paths as text; bytes that are not UTF-8 are kept as hexadecimal.
mod stored_path {
    use std::path::{Path, PathBuf};

    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
        crate::splice::bytes::serialize(path.as_os_str().as_encoded_bytes(), serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<PathBuf, D::Error> {
        let bytes = crate::splice::bytes::deserialize(deserializer)?;
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStringExt as _;
            Ok(std::ffi::OsString::from_vec(bytes).into())
        }
        #[cfg(not(unix))]
        String::from_utf8(bytes).map(Into::into).map_err(serde::de::Error::custom)
    }
}

/// As `stored_path`, for a path that may be absent.
mod optional_path {
    use std::path::{Path, PathBuf};

    use serde::{Deserializer, Serializer};

    #[expect(clippy::ref_option, reason = "the form that serde calls")]
    pub(super) fn serialize<S: Serializer>(
        path: &Option<PathBuf>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let path = path.as_deref().unwrap_or(Path::new(""));
        super::stored_path::serialize(path, serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<PathBuf>, D::Error> {
        super::stored_path::deserialize(deserializer).map(Some)
    }
}
