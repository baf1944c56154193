//! Which of several lanes that a caller offers is the one to start?

use std::collections::BTreeMap;

use crate::lane::region::{Region, Tree};

/// How much there is to do in a lane.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Work {
    /// Nobody knows, which stands against nothing.
    #[default]
    Unknown,
    /// So many pieces.
    Pieces(usize),
}

/// A lane that may be started.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Candidate {
    /// Its name.
    pub lane: String,
    /// The class that it counts against.
    pub class: String,
    /// Where it is; one that is nowhere is passed over.
    pub tree: Tree,
    /// What it is worth, in units of the caller; the highest first, and those without an opinion last.
    pub rank: Option<f64>,
    /// How much there is to do.
    pub work: Work,
}

/// How many lanes of one class are held at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// The most that may be; none at all where it is zero.
    pub limit: usize,
    /// How many are.
    pub held: usize,
}

/// The lanes that a caller offers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Offer {
    /// The lanes, the most wanted first.
    pub candidates: Vec<Candidate>,
    /// Where lanes are that will be started beside this one; `None` is one whose place is not known.
    pub siblings: Vec<Option<Region>>,
    /// The classes of which not any number may be held.
    pub budgets: BTreeMap<String, Budget>,
}
