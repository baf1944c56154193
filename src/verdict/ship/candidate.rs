//! Does one commit that names a phase ship it?

use gix::ObjectId;

use super::stamp::{Exclusion, Mention, PlanName, Reading, Stamp};

/// One commit that names the phase, with what it did and what became of that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The commit.
    pub commit: ObjectId,
    /// Its subject.
    pub subject: String,
    /// What its message says of the phase.
    pub reading: Reading,
    /// What it changed.
    pub change: Change,
    /// What became of that; [`Fate::Unasked`] where the answer does not depend on it.
    pub fate: Fate,
    /// Whether it changed a file that the plan names for the phase.
    pub planned: Planned,
}

/// What a commit changed, against its first parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Something that may be the phase's work.
    Work,
    /// Nothing.
    Empty,
    /// Only documents that plan the work.
    PlanOnly,
    /// Only change logs and version numbers; one of the paths.
    NoiseOnly(String),
    /// Not known: the parent is behind the boundary of a shallow clone.
    CutOff,
    /// Not looked at, since the message already decides.
    Unasked,
}

/// What became of a commit's work, as seen from the tip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Some of it is there.
    Lives,
    /// None of it is there as it was written, and this commit wrote something else in its place.
    Rewritten(ObjectId),
    /// This commit says that it takes it back, and it is not there.
    Reverted(ObjectId),
    /// This commit took it out.
    Removed(ObjectId),
    /// This merge took the commit in and left its work out.
    Discarded(ObjectId),
    /// It is not there, and no single commit took it out.
    Gone,
    /// Not looked for.
    Unasked,
}

/// Whether a commit changed files that the plan names for the phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planned {
    /// It did.
    Yes,
    /// It did not, or the plan names none.
    No,
}

/// Why a commit does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Miss {
    /// It names the phase without a claim to ship it.
    Mentioned(Mention),
    /// Its words look like a stamp and are none.
    Excluded(Exclusion),
    /// It names the plan by a number that these plans share.
    SharedNumber(Vec<String>),
    /// It changed nothing.
    Empty,
    /// It changed only documents that plan the work.
    PlanOnly,
    /// It changed only change logs and version numbers, such as this file.
    NoiseOnly(String),
    /// This commit takes it back.
    Reverted(ObjectId),
    /// This commit took out what it brought.
    Removed(ObjectId),
    /// This merge left its work out.
    Discarded(ObjectId),
    /// Nothing that it brought is there any more.
    Gone,
    /// Its change is behind the boundary of a shallow clone.
    CutOff,
}

impl Miss {
    /// Returns the miss's name in reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Mentioned(_) => "mentioned",
            Self::Excluded(exclusion) => exclusion.name(),
            Self::SharedNumber(_) => "shared-number",
            Self::Empty => "empty",
            Self::PlanOnly => "plan-only",
            Self::NoiseOnly(_) => "noise-only",
            Self::Reverted(_) => "reverted",
            Self::Removed(_) => "removed",
            Self::Discarded(_) => "discarded",
            Self::Gone => "gone",
            Self::CutOff => "cut-off",
        }
    }

    /// Returns the commit that took the work out.
    #[must_use]
    pub fn by(&self) -> Option<ObjectId> {
        match self {
            Self::Reverted(by) | Self::Removed(by) | Self::Discarded(by) => Some(*by),
            Self::Mentioned(_)
            | Self::Excluded(_)
            | Self::SharedNumber(_)
            | Self::Empty
            | Self::PlanOnly
            | Self::NoiseOnly(_)
            | Self::Gone
            | Self::CutOff => None,
        }
    }

    /// Tells how far the commit is from shipping the phase: the smaller, the nearer.
    pub(super) fn distance(&self) -> u8 {
        match self {
            Self::CutOff => 0,
            Self::SharedNumber(_) => 1,
            Self::Reverted(_) | Self::Removed(_) | Self::Discarded(_) | Self::Gone => 2,
            Self::Empty | Self::PlanOnly | Self::NoiseOnly(_) => 3,
            Self::Excluded(Exclusion::Denied) => 4,
            Self::Mentioned(Mention::ReleaseLine | Mention::ReleaseBody) => 5,
            Self::Excluded(
                Exclusion::Progress
                | Exclusion::Bookkeeping
                | Exclusion::OtherCommit
                | Exclusion::Separator
                | Exclusion::Folder,
            ) => 6,
            Self::Excluded(Exclusion::Place) => 7,
            Self::Mentioned(Mention::Message) => 8,
            Self::Excluded(Exclusion::NoPlan | Exclusion::OtherPlan) => 9,
        }
    }
}

impl Candidate {
    /// Tells whether the commit ships the phase: with which stamp, or why not.
    ///
    /// `sharers` are the plans whose number a stamp may mean, when there are several.
    pub fn judge(&self, sharers: &[String]) -> Result<Stamp, Miss> {
        let stamp = claim(self.reading, sharers)?;
        match &self.change {
            Change::Work | Change::Unasked => {}
            Change::Empty => return Err(Miss::Empty),
            Change::PlanOnly => return Err(Miss::PlanOnly),
            Change::NoiseOnly(path) => return Err(Miss::NoiseOnly(path.clone())),
            Change::CutOff => return Err(Miss::CutOff),
        }
        match self.fate {
            Fate::Lives | Fate::Rewritten(_) | Fate::Unasked => Ok(stamp),
            Fate::Reverted(by) => Err(Miss::Reverted(by)),
            Fate::Removed(by) => Err(Miss::Removed(by)),
            Fate::Discarded(by) => Err(Miss::Discarded(by)),
            Fate::Gone => Err(Miss::Gone),
        }
    }
}

/// Returns the stamp of a reading, or why there is none.
pub fn claim(reading: Reading, sharers: &[String]) -> Result<Stamp, Miss> {
    match reading {
        Reading::Stamp(stamp) if stamp.plan == PlanName::Number && sharers.len() > 1 => {
            Err(Miss::SharedNumber(sharers.to_vec()))
        }
        Reading::Stamp(stamp) => Ok(stamp),
        Reading::Mention(mention) => Err(Miss::Mentioned(mention)),
        Reading::Excluded(exclusion) => Err(Miss::Excluded(exclusion)),
        Reading::Nothing => Err(Miss::Mentioned(Mention::Message)),
    }
}
