//! Why may commits not become one? Each rule is one reason that keeps an ordinary commit.

use gix::ObjectId;
use gix::bstr::BString;

/// A rule that speaks against a fold, with what it found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// R1: there is no earlier commit.
    NoPrior,
    /// R2: `HEAD` is no branch.
    Detached,
    /// R3: git is in the middle of this operation.
    Operation(String),
    /// R4: the commit has this many parents, not one.
    Parents(ObjectId, usize),
    /// R5: the commit's parents are not what they seem.
    Boundary(ObjectId, Boundary),
    /// R6: somebody else may have the commit, through this ref or push.
    Published(String),
    /// R7: this ref, worktree or stash shows the commit too.
    Held(String),
    /// R8: the commit is by somebody else.
    NotOurs(ObjectId),
    /// R9: the commit must be signed and cannot be.
    Unsigned(String),
    /// R9: the commit's text is in another encoding, which would be lost.
    ForeignText(ObjectId),
    /// R10: the commit has notes that would not follow.
    Notes(ObjectId),
    /// R11: this path lies outside the archive folders.
    Outside(BString),
    /// R12: two runs wrote this path, so that one record would be lost.
    Overlap(BString),
    /// R13: the index is in a state that git itself must write.
    Index(String),
    /// R14: git is at work around us, in a hook.
    InsideHook,
    /// R15: the repository around this one records the commit.
    Superproject,
    /// R16: this many recorded runs began at the commit.
    RunStart(usize),
    /// R17: the fold would be too large.
    Limit(Limit),
    /// R18: the cause cannot be written in brackets.
    Cause,
}

/// What makes a commit's recorded parents doubtful.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boundary {
    /// The history of a shallow clone ends here.
    Shallow,
    /// A graft gives it other parents.
    Graft,
    /// A replacement stands in for it.
    Replacement,
}

/// A limit that a fold would exceed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// It would stand for too many runs.
    Count,
    /// The oldest run is too long ago.
    Age,
    /// The runs are of different lanes.
    Lane,
}

impl Refusal {
    /// Returns the number of the rule, as in R6.
    pub fn rule(&self) -> u8 {
        match self {
            Self::NoPrior => 1,
            Self::Detached => 2,
            Self::Operation(_) => 3,
            Self::Parents(..) => 4,
            Self::Boundary(..) => 5,
            Self::Published(_) => 6,
            Self::Held(_) => 7,
            Self::NotOurs(_) => 8,
            Self::Unsigned(_) | Self::ForeignText(_) => 9,
            Self::Notes(_) => 10,
            Self::Outside(_) => 11,
            Self::Overlap(_) => 12,
            Self::Index(_) => 13,
            Self::InsideHook => 14,
            Self::Superproject => 15,
            Self::RunStart(_) => 16,
            Self::Limit(_) => 17,
            Self::Cause => 18,
        }
    }

    /// Returns the reason's token for journals and JSON.
    pub fn token(&self) -> &'static str {
        match self {
            Self::NoPrior => "no-prior",
            Self::Detached => "detached-head",
            Self::Operation(_) => "operation-in-progress",
            Self::Parents(..) => "not-one-parent",
            Self::Boundary(_, Boundary::Shallow) => "shallow-boundary",
            Self::Boundary(_, Boundary::Graft) => "graft",
            Self::Boundary(_, Boundary::Replacement) => "replaced-object",
            Self::Published(_) => "published",
            Self::Held(_) => "held-elsewhere",
            Self::NotOurs(_) => "not-ours",
            Self::Unsigned(_) => "cannot-sign",
            Self::ForeignText(_) => "foreign-encoding",
            Self::Notes(_) => "notes-would-be-lost",
            Self::Outside(_) => "outside-roots",
            Self::Overlap(_) => "record-overwritten",
            Self::Index(_) => "index-needs-git",
            Self::InsideHook => "inside-a-hook",
            Self::Superproject => "recorded-by-superproject",
            Self::RunStart(_) => "start-of-a-run",
            Self::Limit(Limit::Count) => "too-many-runs",
            Self::Limit(Limit::Age) => "too-old",
            Self::Limit(Limit::Lane) => "lane-changed",
            Self::Cause => "unusable-cause",
        }
    }
}
