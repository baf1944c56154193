//! Does a commit's subject match its own diff?
//!
//! A subject is parsed into a claim. The claim and the outline of the change (paths, kinds of entries) decide
//! which questions the changed lines must answer; the answers, the outline and the claim decide the verdict.

pub mod claim;
mod comments;
mod decoration;
mod judge;
mod outline;
pub mod paths;
pub mod policy;
mod rules;
mod rules_content;
mod rules_named;
mod rules_prose;
mod rules_tests;
pub mod scan;
#[cfg(test)]
mod tests;
mod tests_claim;
mod versions;
pub mod words;

pub use judge::{judge, questions};
pub use policy::{Level, Policy, Rule};
pub use rules::is_revert;

use claim::Claim;
use paths::Class;
use scan::Facts;

/// What happened to one path between the parent and the commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// The path is new.
    Added,
    /// The path is gone.
    Deleted,
    /// The content is another one.
    Modified,
    /// Another path is gone whose content is found here, perhaps changed.
    Renamed,
    /// Only the mode is another one.
    ModeOnly,
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// A file or a symbolic link.
    Blob,
    /// The commit of a submodule.
    Submodule,
}

/// One changed path.
#[derive(Debug, Clone)]
pub struct Change {
    /// The path, what is not UTF-8 replaced.
    pub path: String,
    /// The path before a rename.
    pub previous_path: Option<String>,
    /// What happened.
    pub kind: ChangeKind,
    /// What stands there.
    pub entry: Entry,
    /// The kind of file that the path names.
    pub class: Class,
}

/// What comparing a revert with the commit that it names found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reverted {
    /// The message names no commit.
    NotNamed,
    /// The named commit is not in this repository.
    NotFound(String),
    /// The two changes, compared.
    Compared {
        /// The full id of the named commit.
        id: String,
        /// Paths that the named commit changed.
        paths: usize,
        /// Those of them that this commit changes too.
        shared: usize,
        /// Lines that the named commit added or removed in those that were read.
        lines: usize,
        /// Those of them that this commit takes back.
        undone: usize,
    },
}

/// The facts about one commit.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// The subject, taken apart.
    pub claim: &'a Claim,
    /// How many parents the commit has.
    pub parents: usize,
    /// The paths that differ from the first parent, or from the empty tree.
    pub changes: &'a [Change],
    /// The answers of the changed lines to [`questions`].
    pub facts: &'a Facts,
    /// How a revert compares with what it names.
    pub reverted: &'a Reverted,
}

/// The kind of claim that a subject makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimKind {
    /// Behaviour changes.
    Code,
    /// Tests change.
    Test,
    /// Prose changes.
    Doc,
    /// The version of a dependency changes.
    Dependency,
    /// A release is made.
    Release,
    /// An earlier commit is taken back.
    Revert,
    /// Nothing that a diff could contradict.
    None,
}

impl ClaimKind {
    /// Returns the name used in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Test => "test",
            Self::Doc => "doc",
            Self::Dependency => "dependency",
            Self::Release => "release",
            Self::Revert => "revert",
            Self::None => "none",
        }
    }
}

/// How well the change bears the claim out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It does.
    Ok,
    /// There is no claim.
    Abstain,
    /// It is doubtful.
    Warn,
    /// It does not.
    Unwitnessed,
}

impl Answer {
    /// Returns the name used in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Abstain => "ABSTAIN",
            Self::Warn => "WARN",
            Self::Unwitnessed => "CLAIM_UNWITNESSED",
        }
    }
}

/// The kind of change that bears a claim out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Witness {
    /// Source text or anything else that behaves.
    Diff,
    /// Tests.
    Test,
    /// Prose.
    Doc,
    /// Data or configuration.
    Data,
    /// Manifests and lock files.
    Dependency,
    /// Nothing but the subject itself.
    SubjectOnly,
    /// No claim was judged.
    Abstain,
}

impl Witness {
    /// Returns the name used in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Diff => "diff-witnessed",
            Self::Test => "test-witnessed",
            Self::Doc => "doc-witnessed",
            Self::Data => "data-witnessed",
            Self::Dependency => "dependency-witnessed",
            Self::SubjectOnly => "subject-only",
            Self::Abstain => "abstain",
        }
    }
}

/// Why no claim was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// A merge names the branches it joins.
    Merge,
    /// The subject says nothing a diff could contradict.
    Vague,
    /// An empty commit that marks a release or starts the build service.
    Marker,
    /// `dos.toml` takes the subject out of the audit.
    Ignored,
}

impl Silence {
    /// Returns the name used in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Vague => "no-claim",
            Self::Marker => "marker",
            Self::Ignored => "ignored",
        }
    }
}

/// One rule that refutes or doubts a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// How severe it is under the policy.
    pub level: Level,
    /// The words of the claim that decided it.
    pub words: Vec<String>,
    /// The files that decided it.
    pub files: Vec<String>,
}

/// The answer about one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How well the change bears the claim out.
    pub answer: Answer,
    /// The kind of claim.
    pub claim: ClaimKind,
    /// What bears it out.
    pub witness: Witness,
    /// Why no claim was judged, when none was.
    pub silence: Option<Silence>,
    /// The rules that speak against the claim, the most severe first.
    pub findings: Vec<Finding>,
    /// The words of the claim that were compared with the change.
    pub words: Vec<String>,
    /// The files that bear the claim out, or speak against it.
    pub files: Vec<String>,
    /// Files that were judged by their entry alone: binary, submodule or too large.
    pub unread: Vec<String>,
}
