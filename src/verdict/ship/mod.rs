//! Did the phase of a plan ship? What commits say of it, what they did, and what is left of that.

pub mod candidate;
pub mod noise;
pub mod plan;
pub mod revert;
pub mod stamp;

use gix::ObjectId;

pub use candidate::{Candidate, Change, Fate, Miss, Planned};
pub use plan::{Credit, Weight};
pub use stamp::{Question, Rung, Stamp};

/// What there is to know about one phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Commits that the target reaches and that name the phase, newest first, up to the first that ships it.
    pub candidates: Vec<Candidate>,
    /// Commits that only other branches reach; read only when the target has none that ships the phase.
    pub elsewhere: Vec<(String, Candidate)>,
    /// The files that the plan names for the phase, and the commits that delivered them.
    pub deliveries: Vec<Delivery>,
    /// How much of the target's history was read.
    pub history: History,
    /// Plans whose number the question's plan has too.
    pub sharers: Vec<String>,
}

/// How much of a history was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// All that it takes.
    Enough,
    /// All that there is of a shallow clone, which may be too little.
    CutOff,
}

/// One file that a plan names for a phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The file.
    pub path: String,
    /// The newest commit that brought something into it since the plan names it.
    pub by: Option<ObjectId>,
    /// Whether the subject of that commit names the plan.
    pub credit: Credit,
    /// Whether the file says something of the phase, or is one that every change touches.
    pub weight: Weight,
}

/// Whether files alone can show that a phase shipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    /// What named files prove.
    pub files: Files,
}

/// What files prove that a plan names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Files {
    /// All of them delivered, one of them the phase's own, show that it shipped.
    #[default]
    Prove,
    /// Nothing without a stamp.
    Support,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It shipped.
    Shipped(Proof),
    /// It did not.
    NotShipped(Reason),
    /// Nobody can tell from what is here.
    Unknown(Cause),
}

/// What shows that a phase shipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// The candidate with this number says so.
    Stamp(usize, Stamp),
    /// Every file that the plan names was delivered.
    Files,
}

/// Why a phase did not ship.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// No commit names it.
    NothingNamesIt,
    /// It is in this other branch only, by the commit with this number there.
    Elsewhere(usize),
    /// The candidate with this number comes nearest, and this speaks against it.
    Nearest(usize, Miss),
    /// Some files that the plan names were not delivered, and no commit names the phase.
    Undelivered,
}

/// Why nobody can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// The history is cut off.
    Shallow,
    /// The plan's number is that of several plans.
    SharedNumber(usize, Vec<String>),
}

/// Judges `evidence` under `policy`.
///
/// One commit that ships the phase decides, whatever others say. Files that the plan names decide where no
/// commit does. Only then does it matter what is missing.
#[must_use]
pub fn judge(evidence: &Evidence, policy: &Policy) -> Verdict {
    let judged: Vec<Result<Stamp, Miss>> =
        evidence.candidates.iter().map(|candidate| candidate.judge(&evidence.sharers)).collect();
    if let Some((index, stamp)) = first_ship(evidence, &judged) {
        return Verdict::Shipped(Proof::Stamp(index, stamp));
    }
    if policy.files == Files::Prove && are_delivered(evidence) {
        return Verdict::Shipped(Proof::Files);
    }
    if evidence.history == History::CutOff {
        return Verdict::Unknown(Cause::Shallow);
    }
    let nearest = judged
        .into_iter()
        .enumerate()
        .filter_map(|(index, judged)| judged.err().map(|miss| (index, miss)))
        .min_by_key(|(index, miss)| (miss.distance(), *index));
    let elsewhere: Vec<_> = evidence
        .elsewhere
        .iter()
        .map(|(_, candidate)| candidate.judge(&evidence.sharers))
        .collect();
    match (nearest, first_stamp(&elsewhere)) {
        (Some((index, Miss::SharedNumber(plans))), None) => {
            Verdict::Unknown(Cause::SharedNumber(index, plans))
        }
        (_, Some((index, _))) => Verdict::NotShipped(Reason::Elsewhere(index)),
        (Some((index, miss)), None) => Verdict::NotShipped(Reason::Nearest(index, miss)),
        (None, None) if !evidence.deliveries.is_empty() => Verdict::NotShipped(Reason::Undelivered),
        (None, None) => Verdict::NotShipped(Reason::NothingNamesIt),
    }
}

fn first_stamp(judged: &[Result<Stamp, Miss>]) -> Option<(usize, Stamp)> {
    judged
        .iter()
        .enumerate()
        .find_map(|(index, judged)| judged.as_ref().ok().map(|stamp| (index, *stamp)))
}

/// Returns the first candidate that ships the phase and does not take back what shipped it before.
///
/// A revert can be the work; but not where an older commit of the same phase is what it took back.
fn first_ship(evidence: &Evidence, judged: &[Result<Stamp, Miss>]) -> Option<(usize, Stamp)> {
    let took_back = |commit: ObjectId| {
        judged.iter().any(|judged| judged.as_ref().is_err_and(|miss| miss.by() == Some(commit)))
    };
    let ships = evidence.candidates.iter().zip(judged).enumerate();
    let mut ships = ships.filter_map(|(index, (candidate, judged))| {
        let stamp = judged.as_ref().ok().copied()?;
        Some((index, candidate, stamp))
    });
    let forward = ships.clone().find(|(_, one, _)| !revert::takes_back(&one.subject));
    let found = forward.or_else(|| ships.find(|(_, one, _)| !took_back(one.commit)));
    found.map(|(index, _, stamp)| (index, stamp))
}

/// Tells whether every file that the plan names was delivered, and that tells something of the phase.
///
/// Files that every change touches tell nothing, and one file that a commit changed for unknown reasons does not.
fn are_delivered(evidence: &Evidence) -> bool {
    let deliveries = &evidence.deliveries;
    let own = deliveries.iter().filter(|delivery| delivery.weight == Weight::Distinctive);
    let own: Vec<&Delivery> = own.collect();
    let is_named = || own.iter().any(|delivery| delivery.credit == Credit::Named);
    let are_together = || {
        let is_other =
            |own: &Delivery, other: &Delivery| own.path != other.path && own.by == other.by;
        own.iter().any(|own| deliveries.iter().any(|other| is_other(own, other)))
    };
    deliveries.iter().all(|delivery| delivery.by.is_some())
        && !own.is_empty()
        && (own.len() > 1 || is_named() || are_together())
}
