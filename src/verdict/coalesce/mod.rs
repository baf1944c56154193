//! May these commits become one? Only what nobody else has seen, holds or would miss may be rewritten.

mod refusal;

use std::time::Duration;

use gix::ObjectId;
use gix::bstr::BString;

use super::token;
pub use refusal::{Boundary, Limit, Refusal};

/// The facts about the commits that one new commit would take the place of.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// Who asks.
    pub caller: Caller,
    /// What `HEAD` is.
    pub head: Head,
    /// The operation of git's that is under way, such as a rebase.
    pub operation: Option<String>,
    /// The commits that would be replaced, oldest first, each the only parent of the next.
    ///
    /// The last one is the commit at the tip of the branch.
    pub replaced: Vec<Replaced>,
    /// What else reaches the oldest of them.
    pub holders: Vec<Holder>,
    /// Whether the new commit can be signed, if it must be.
    pub signing: Signing,
    /// A path that two of the runs wrote.
    pub overlap: Option<BString>,
    /// A path of the new run that lies outside the archive folders.
    pub outside: Option<BString>,
    /// What keeps the index from being written; `None` too when nobody wants to write it.
    pub index: Option<String>,
    /// Whether a repository around this one records one of the commits.
    pub pinned_by_superproject: bool,
    /// How many recorded runs of agents began at one of the commits.
    pub run_starts: usize,
    /// The number of runs that the new commit would stand for.
    pub count: i64,
    /// The time since the oldest of them.
    pub age: Duration,
    /// The lanes of the older runs and of the newest one.
    pub lanes: [Option<String>; 2],
    /// The cause that they share.
    pub cause: String,
}

/// Who asks for a fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// A person or a script.
    Command,
    /// Our own post-commit hook, after git has finished the commit.
    PostCommit,
    /// A command inside some hook, while git is at work.
    InsideHook,
}

/// What `HEAD` is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Head {
    /// A branch without a commit.
    Unborn,
    /// A commit and no branch.
    Detached,
    /// The branch with this full name.
    Branch(String),
}

/// The facts about one commit that would be replaced.
#[derive(Debug, Clone)]
pub struct Replaced {
    /// Its id.
    pub id: ObjectId,
    /// The ids of its parents.
    pub parents: Vec<ObjectId>,
    /// What makes its recorded parents doubtful.
    pub boundary: Option<Boundary>,
    /// Whether its author and its committer are the ones that a new commit would have.
    pub is_ours: bool,
    /// Whether its text is in another encoding than UTF-8.
    pub is_foreign_text: bool,
    /// Whether it has notes that would not follow.
    pub loses_notes: bool,
    /// A path it changes that lies outside the archive folders.
    pub outside: Option<BString>,
}

/// Something that reaches the oldest commit and would keep showing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// Somebody else may have it: a remote-tracking ref, or a push to a bare address.
    Remote(String),
    /// Another ref, worktree or stash of this repository.
    Local(String),
}

/// Whether the new commit can be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signing {
    /// Nobody asks for it.
    NotAsked,
    /// It must be, and the settings for it are complete.
    Ready,
    /// It must be, and cannot be, for this reason.
    Impossible(String),
}

/// The limits of a fold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The most runs that one commit may stand for.
    pub maximum_count: i64,
    /// The longest time that one commit may span.
    pub maximum_age: Duration,
    /// Whether a commit at which a recorded run began may be replaced; the map of rewrites leads on from it.
    pub fold_run_starts: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            maximum_count: 50,
            maximum_age: Duration::from_secs(24 * 60 * 60),
            fold_run_starts: true,
        }
    }
}

/// Whether the commits may become one.
#[derive(Debug)]
pub enum Verdict {
    /// They may.
    Permitted(Permit),
    /// They may not, for every one of these reasons.
    Refused(Vec<Refusal>),
}

/// The permission to replace commits at the tip of a branch. Only [`judge`] makes one.
#[derive(Debug)]
pub struct Permit {
    branch: String,
    replaced: Vec<ObjectId>,
    tip: ObjectId,
    parents: Vec<ObjectId>,
    signed: bool,
}

impl Permit {
    /// Returns the full name of the branch that may move.
    pub fn branch(&self) -> &str {
        &self.branch
    }

    /// Returns the commits that may be replaced, oldest first.
    pub fn replaced(&self) -> &[ObjectId] {
        &self.replaced
    }

    /// Returns the commit that the branch must still be at: the newest of the replaced ones.
    pub fn tip(&self) -> ObjectId {
        self.tip
    }

    /// Returns the parents of the new commit.
    pub fn parents(&self) -> &[ObjectId] {
        &self.parents
    }

    /// Tells whether the new commit must be signed.
    pub fn is_signed(&self) -> bool {
        self.signed
    }
}

/// Judges whether the commits may become one. A refusal names every rule that speaks against it.
#[must_use]
pub fn judge(evidence: &Evidence, policy: &Policy) -> Verdict {
    let mut refusals = repository_rules(evidence);
    refusals.extend(evidence.replaced.iter().flat_map(commit_rules));
    refusals.extend(evidence.holders.iter().map(|holder| match holder {
        Holder::Remote(name) => Refusal::Published(name.clone()),
        Holder::Local(name) => Refusal::Held(name.clone()),
    }));
    refusals.extend(content_rules(evidence));
    refusals.extend(limit_rules(evidence, policy));
    refusals.sort_by_key(Refusal::rule);
    match (&evidence.head, evidence.replaced.as_slice()) {
        (Head::Branch(branch), [oldest, ..]) if refusals.is_empty() => Verdict::Permitted(Permit {
            branch: branch.clone(),
            replaced: evidence.replaced.iter().map(|commit| commit.id).collect(),
            tip: evidence.replaced.last().unwrap_or(oldest).id,
            parents: oldest.parents.clone(),
            signed: evidence.signing == Signing::Ready,
        }),
        _ => Verdict::Refused(refusals),
    }
}

fn repository_rules(evidence: &Evidence) -> Vec<Refusal> {
    let mut found = Vec::new();
    if evidence.head == Head::Unborn || evidence.replaced.is_empty() {
        found.push(Refusal::NoPrior);
    }
    if evidence.head == Head::Detached {
        found.push(Refusal::Detached);
    }
    if let Some(operation) = &evidence.operation {
        found.push(Refusal::Operation(operation.clone()));
    }
    if evidence.caller == Caller::InsideHook {
        found.push(Refusal::InsideHook);
    }
    if evidence.pinned_by_superproject {
        found.push(Refusal::Superproject);
    }
    if let Signing::Impossible(reason) = &evidence.signing {
        found.push(Refusal::Unsigned(reason.clone()));
    }
    found
}

fn commit_rules(commit: &Replaced) -> Vec<Refusal> {
    let mut found = Vec::new();
    if commit.parents.len() != 1 {
        found.push(Refusal::Parents(commit.id, commit.parents.len()));
    }
    if let Some(boundary) = commit.boundary {
        found.push(Refusal::Boundary(commit.id, boundary));
    }
    if !commit.is_ours {
        found.push(Refusal::NotOurs(commit.id));
    }
    if commit.is_foreign_text {
        found.push(Refusal::ForeignText(commit.id));
    }
    if commit.loses_notes {
        found.push(Refusal::Notes(commit.id));
    }
    if let Some(path) = &commit.outside {
        found.push(Refusal::Outside(path.clone()));
    }
    found
}

fn content_rules(evidence: &Evidence) -> Vec<Refusal> {
    let outside = evidence.outside.clone().map(Refusal::Outside);
    let overlap = evidence.overlap.clone().map(Refusal::Overlap);
    let index = evidence.index.clone().map(Refusal::Index);
    [outside, overlap, index].into_iter().flatten().collect()
}

fn limit_rules(evidence: &Evidence, policy: &Policy) -> Vec<Refusal> {
    let mut found = Vec::new();
    if evidence.run_starts > 0 && !policy.fold_run_starts {
        found.push(Refusal::RunStart(evidence.run_starts));
    }
    if evidence.count > policy.maximum_count {
        found.push(Refusal::Limit(Limit::Count));
    }
    if evidence.age > policy.maximum_age {
        found.push(Refusal::Limit(Limit::Age));
    }
    let [older, newest] = &evidence.lanes;
    if older != newest {
        found.push(Refusal::Limit(Limit::Lane));
    }
    if !token::is_cause(&evidence.cause) {
        found.push(Refusal::Cause);
    }
    found
}

#[cfg(test)]
mod tests;
