//! Would git and the agents call us, in each worktree of this repository?

mod agents;
mod git_hooks;
mod managers;

use std::cell::OnceCell;
use std::path::PathBuf;

use git_dos_installer::error::Error;
use git_dos_installer::receipt::{Kind, Receipt, State, Store};
use gix::error::{Result, ResultExt as _, bail, message};

use crate::git_program::{self, Version};
use crate::hooks::mode::Mode;
use crate::ops::wiring::place::Place;
use crate::ops::wiring::worktrees::{self, Worktree};

/// What is the matter with one hook in one worktree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is there, as this version would write it.
    Installed,
    /// It is there in an older form, or names a program that is gone.
    Outdated,
    /// It is there, and somebody edited it.
    Drifted,
    /// It was there, and somebody else's is in its place.
    Stolen,
    /// It is not there.
    Missing,
    /// Somebody else's is in its place, and ours was never there.
    Foreign,
    /// Git looks for hooks elsewhere, or nowhere.
    Shadowed,
    /// It is in the configuration, and git is too old to run it from there.
    Ignored,
    /// A setting keeps it from running.
    Suppressed,
    /// It is there, and the agent runs it only when its user has looked at it.
    Untrusted,
    /// It is there, and nobody can tell whether the agent's user has looked at it.
    UnknownTrust,
    /// It is there twice and would run twice.
    Duplicate,
    /// The file that would have it cannot be read.
    Unreadable,
}

impl Verdict {
    /// Returns the word for the verdict.
    pub fn name(self) -> &'static str {
        match self {
            Self::Installed => "INSTALLED",
            Self::Outdated => "OUTDATED",
            Self::Drifted => "DRIFTED",
            Self::Stolen => "STOLEN",
            Self::Missing => "MISSING",
            Self::Foreign => "FOREIGN",
            Self::Shadowed => "SHADOWED",
            Self::Ignored => "IGNORED",
            Self::Suppressed => "SUPPRESSED",
            Self::Untrusted => "UNTRUSTED",
            Self::UnknownTrust => "UNKNOWN-TRUST",
            Self::Duplicate => "DUPLICATE",
            Self::Unreadable => "UNREADABLE",
        }
    }

    /// Tells whether it could not be found out what is the matter.
    pub fn is_unknown(self) -> bool {
        matches!(self, Self::UnknownTrust | Self::Unreadable)
    }
}

/// One hook in one worktree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Who calls: `git` or an agent.
    pub caller: &'static str,
    /// At which event.
    pub event: String,
    /// What is the matter.
    pub verdict: Verdict,
    /// The file that decided.
    pub file: PathBuf,
    /// What to know and what to do about it; empty when all is well and there is nothing to add.
    pub sentence: String,
}

/// The hooks of one worktree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The top of the worktree.
    pub top: PathBuf,
    /// Its hooks.
    pub rows: Vec<Row>,
}

/// What is installed in a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How much the hooks may do; the error is a word that is no mode.
    pub mode: std::result::Result<Mode, String>,
    /// The worktrees, the main one first.
    pub worktrees: Vec<Seen>,
    /// What is wrong with the installation as a whole, a sentence each.
    pub faults: Vec<String>,
}

impl Report {
    /// Tells whether all is as it should be.
    pub fn is_good(&self) -> bool {
        let mut rows = self.worktrees.iter().flat_map(|seen| &seen.rows);
        self.mode.is_ok()
            && self.faults.is_empty()
            && rows.all(|row| row.verdict == Verdict::Installed)
    }

    /// Tells whether something could not be found out.
    pub fn is_unknown(&self) -> bool {
        let mut rows = self.worktrees.iter().flat_map(|seen| &seen.rows);
        rows.any(|row| row.verdict.is_unknown())
    }
}

/// What the looking at all worktrees shares.
struct Looking<'l> {
    place: &'l Place,
    store: Store,
    receipt: Option<Receipt>,
    version: OnceCell<Version>,
}

/// Looks at every worktree; writes nothing.
pub fn look(repository: &gix::Repository, place: &Place) -> Result<Report> {
    let store = place.store();
    let mut faults = Vec::new();
    let receipt = match store.load() {
        Ok(receipt) => receipt,
        Err(error @ Error::Receipt { .. }) => {
            faults.push(format!("{error}; git dos install writes it anew"));
            None
        }
        Err(error) => {
            return Err(error).or_raise(|| message("Could not read what is installed"));
        }
    };
    if receipt.as_ref().is_some_and(|receipt| receipt.state == State::Pending) {
        faults.push("an installation did not end; git dos install finishes it".to_owned());
    }
    let looking = Looking { place, store, receipt, version: OnceCell::new() };
    let mut seen = Vec::new();
    for worktree in worktrees::all(repository)? {
        let mut rows = git_hooks::rows(&looking, &worktree)?;
        rows.extend(agents::rows(&looking, &worktree));
        seen.push(Seen { top: worktree.top, rows });
    }
    if seen.is_empty() {
        bail!(message!("{} is a bare repository and has no worktree", place.common.display()));
    }
    Ok(Report { mode: Mode::of(repository), worktrees: seen, faults })
}

impl Looking<'_> {
    /// Tells whether the receipt speaks of something of ours at `path`.
    fn was_installed(&self, kind: Kind, path: &std::path::Path) -> bool {
        let stored = self.store.relative(path);
        self.receipt.iter().any(|receipt| receipt.about(kind, &stored).next().is_some())
    }

    fn version(&self) -> Result<Version> {
        if let Some(version) = self.version.get() {
            return Ok(*version);
        }
        let version = git_program::version()?;
        Ok(*self.version.get_or_init(|| version))
    }
}

/// Says what people read of `worktree` and what runs `git dos install` there.
fn install_in(looking: &Looking<'_>, worktree: &Worktree) -> String {
    if looking.place.worktree.as_ref() == Some(&worktree.top) {
        "git dos install".to_owned()
    } else {
        format!("git -C '{}' dos install", worktree.top.display())
    }
}
