//! What did a commit that names a phase do, and what became of that?

use gix::ObjectId;
use gix::error::Result;

use super::search::Found;
use crate::evidence::changes::Comparer;
use crate::evidence::ship::change;
use crate::evidence::ship::history::{History, Place};
use crate::evidence::ship::life::{Lives, Naming, Reverter};
use crate::evidence::ship::plans;
use crate::verdict::audit::paths::Classes;
use crate::verdict::ship::candidate::{Candidate, Change, Fate, Planned};
use crate::verdict::ship::revert::{self, Named};

/// A commit that says it takes others back.
#[derive(Debug)]
pub(super) struct Revert {
    /// Where the walk met it.
    pub(super) place: Place,
    /// The commit.
    pub(super) commit: ObjectId,
    /// Its subject.
    pub(super) subject: String,
    /// What it takes back.
    pub(super) named: Vec<Named>,
}

/// Looks at commits as one tip sees them.
pub(super) struct Examiner<'a> {
    repository: &'a gix::Repository,
    classes: Classes,
    comparer: Comparer,
    lives: Lives<'a>,
    tip: ObjectId,
}

impl<'a> Examiner<'a> {
    /// Prepares to look below `tip`.
    pub(super) fn new(repository: &'a gix::Repository, tip: ObjectId) -> Result<Self> {
        let lives = Lives::new(repository, tip)?;
        let (classes, comparer) = (change::unclassified(), Comparer::default());
        Ok(Self { repository, classes, comparer, lives, tip })
    }

    /// Returns the plans that are there and whose name begins with `number`.
    pub(super) fn plans(&self, number: &str) -> Result<Vec<String>> {
        plans::numbered(self.repository, self.tip, number)
    }

    /// Reads what the commit changed and, if that is work, what became of it.
    ///
    /// `files` are those that the plan names for the phase.
    pub(super) fn examine(
        &mut self,
        history: &History<'_>,
        found: &Found,
        reverts: &[Revert],
        files: &[String],
    ) -> Result<Candidate> {
        let mut candidate = found.unasked();
        if history.is_boundary(found.commit) {
            candidate.change = Change::CutOff;
            return Ok(candidate);
        }
        let (change, mut work) =
            change::read(self.repository, found.commit, &mut self.comparer, &self.classes)?;
        candidate.change = change;
        if candidate.change != Change::Work {
            return Ok(candidate);
        }
        if work.paths().any(|path| files.iter().any(|file| path == file.as_str())) {
            candidate.planned = Planned::Yes;
        }
        let reverts = reverts_of(found, reverts);
        candidate.fate = self.lives.fate(history, found.commit, &mut work, &reverts)?;
        Ok(candidate)
    }
}

/// Returns the commits newer than `found` that take it back and are not taken back themselves.
fn reverts_of(found: &Found, reverts: &[Revert]) -> Vec<Reverter> {
    let naming = |revert: &Revert, commit: ObjectId, subject: &str| {
        let id = commit.to_string();
        let fits = |named: &&Named| revert::is(named, &id, subject);
        let mut fitting = revert.named.iter().filter(fits).peekable();
        fitting.peek()?;
        let is_label = |named: &Named| matches!(named, Named::Label(_));
        Some(if fitting.all(is_label) { Naming::Label } else { Naming::Commit })
    };
    let newer = reverts.iter().filter(|revert| revert.place < found.place);
    let mut standing: Vec<&Revert> = Vec::new();
    // The newest first: what is taken back later does not count.
    for revert in newer {
        let takes_it_back =
            |later: &&Revert| naming(later, revert.commit, &revert.subject) == Some(Naming::Commit);
        if !standing.iter().any(takes_it_back) {
            standing.push(revert);
        }
    }
    let reverter = |revert: &Revert| {
        let naming = naming(revert, found.commit, &found.subject)?;
        Some(Reverter { commit: revert.commit, naming })
    };
    standing.into_iter().filter_map(reverter).collect()
}

impl Found {
    /// Returns the candidate of which nothing but the message was read.
    pub(super) fn unasked(&self) -> Candidate {
        Candidate {
            commit: self.commit,
            subject: self.subject.clone(),
            reading: self.reading,
            change: Change::Unasked,
            fate: Fate::Unasked,
            planned: Planned::No,
        }
    }
}
