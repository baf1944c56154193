//! What can a message say of a phase?

use std::cmp::Ordering;

/// What a message says of the asked phase. The smaller, the nearer it is to a stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// It says that the commit ships the phase.
    Stamp(Stamp),
    /// It names the phase and claims nothing of this commit.
    Mention(Mention),
    /// It would ship the phase, had it not been for this.
    Excluded(Exclusion),
    /// It says nothing of the phase.
    Nothing,
}

impl Reading {
    /// Returns the stamp, if there is one.
    #[must_use]
    pub fn stamp(self) -> Option<Stamp> {
        match self {
            Self::Stamp(stamp) => Some(stamp),
            Self::Mention(_) | Self::Excluded(_) | Self::Nothing => None,
        }
    }
}

impl Reading {
    /// Returns the order of readings: how near, and which among its like.
    fn nearness(self) -> (u8, Option<Stamp>, Option<Exclusion>, Option<Mention>) {
        match self {
            Self::Stamp(stamp) => (0, Some(stamp), None, None),
            Self::Excluded(why) if why < Exclusion::Place => (1, None, Some(why), None),
            Self::Mention(mention) if mention < Mention::Message => (2, None, None, Some(mention)),
            Self::Excluded(why) => (3, None, Some(why), None),
            Self::Mention(mention) => (4, None, None, Some(mention)),
            Self::Nothing => (5, None, None, None),
        }
    }
}

impl Ord for Reading {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nearness().cmp(&other.nearness())
    }
}

impl PartialOrd for Reading {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A claim to ship the phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// The form it takes; the smaller, the stronger.
    pub rung: Rung,
    /// How it names the plan.
    pub plan: PlanName,
}

/// The forms of a stamp, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rung {
    /// A trailer `Ships: PLAN PHASE`, or `Plan:` and `Phase:`.
    Trailer,
    /// The subject begins with plan and phase: `PLAN: PHASE …`, `PHASE: …`.
    Subject,
    /// The plan or phase is the scope of a conventional commit: `feat(PLAN): PHASE …`.
    Scope,
    /// The subject begins with a bracket: `[PHASE] …`, `[PLAN] PHASE: …`.
    Bracket,
    /// A parenthesis ends the subject: `… (PLAN PHASE)`.
    EndParens,
    /// The phase follows the type of a conventional commit: `feat: PHASE …`.
    Type,
    /// The subject begins with plan and phase, and words follow without a separator.
    Words,
    /// The subject names an issue and ends in the plan: `… (#12) (NAMESPACE PLAN)`.
    IssueLeaf,
    /// The subject of a release names the phase.
    ReleaseLine,
    /// A line of a declared bundle holds the phase's words.
    Slug,
    /// The subject begins with the parent phase and holds the words of the sub-phase.
    SubPhase,
    /// The body of a release names the phase.
    ReleaseBody,
}

impl Rung {
    /// Every rung, strongest first.
    pub const ALL: [Self; 12] = [
        Self::Trailer,
        Self::Subject,
        Self::Scope,
        Self::Bracket,
        Self::EndParens,
        Self::Type,
        Self::Words,
        Self::IssueLeaf,
        Self::ReleaseLine,
        Self::Slug,
        Self::SubPhase,
        Self::ReleaseBody,
    ];

    /// Returns the rung's name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Trailer => "trailer",
            Self::Subject => "subject",
            Self::Scope => "scope",
            Self::Bracket => "bracket",
            Self::EndParens => "end-parens",
            Self::Type => "type",
            Self::Words => "words",
            Self::IssueLeaf => "issue-leaf",
            Self::Slug => "slug",
            Self::SubPhase => "sub-phase",
            Self::ReleaseLine => "release-line",
            Self::ReleaseBody => "release-body",
        }
    }
}

/// How a stamp names the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlanName {
    /// By its id, or by a phase id that begins with it.
    Whole,
    /// By the number in front of its name: `docs/286` for `docs/286_wheels`. Another plan may share it.
    Number,
    /// Not at all, which `require_plan = false` allows.
    Absent,
}

/// A place that names the phase and is no stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mention {
    /// The subject of a release.
    ReleaseLine,
    /// The body of a release.
    ReleaseBody,
    /// Some other place in the message.
    Message,
}

impl Mention {
    /// Returns the mention's name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ReleaseLine => "release-line",
            Self::ReleaseBody => "release-body",
            Self::Message => "message",
        }
    }
}

/// Why something that looks like a stamp is none; the nearest to a stamp first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exclusion {
    /// The words say that the phase was not done, or was taken back.
    Denied,
    /// The words speak of work that goes on, or of talk about it.
    Progress,
    /// The subject is of an archive or a snapshot, or of a declared kind.
    Bookkeeping,
    /// The commit reverts, merges or amends another one that is stamped.
    OtherCommit,
    /// Nothing stands between the phase and the words that follow.
    Separator,
    /// The subject does not begin with a declared folder.
    Folder,
    /// Plan and phase stand in the subject where no stamp stands.
    Place,
    /// The phase stands where a stamp stands, and no plan is named.
    NoPlan,
    /// The phase stands where a stamp stands, of another plan.
    OtherPlan,
}

impl Exclusion {
    /// Returns the exclusion's name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Progress => "progress",
            Self::Bookkeeping => "bookkeeping",
            Self::OtherCommit => "other-commit",
            Self::Separator => "separator",
            Self::Folder => "folder",
            Self::Place => "place",
            Self::NoPlan => "no-plan",
            Self::OtherPlan => "other-plan",
        }
    }
}
