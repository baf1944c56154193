//! Which of several lanes that a caller offers is the one to start?

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::Cause;

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

impl Candidate {
    /// Tells whether the candidate shares no path with any of `siblings`; one whose place is not known may share all.
    pub fn is_apart(&self, siblings: &[Option<Region>]) -> bool {
        let own = self.tree.region();
        let is_clear =
            |region: &Region| !own.is_empty() && !region.is_empty() && !region.meets(own);
        siblings.iter().all(|sibling| sibling.as_ref().is_some_and(is_clear))
    }
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

impl Offer {
    /// Returns the first candidate that `is_free` and may be started, or why there is none.
    ///
    /// One that shares nothing with what will be started beside it goes before all others.
    pub(super) fn choose(&self, is_free: impl Fn(&Candidate) -> bool) -> Result<&Candidate, Cause> {
        let mut ranked: Vec<&Candidate> = self.candidates.iter().collect();
        ranked.sort_by(|one, two| order(two.rank, one.rank));
        let is_somewhere = |candidate: &&Candidate| !candidate.tree.region().is_empty();
        let free: Vec<&Candidate> = ranked
            .into_iter()
            .filter(is_somewhere)
            .filter(|candidate| is_free(candidate))
            .collect();
        let open: Vec<&Candidate> =
            free.iter().filter(|candidate| self.has_room(candidate)).copied().collect();
        let has_work = |candidate: &&&Candidate| candidate.work != Work::Pieces(0);
        let mut useful = open.iter().filter(has_work);
        let first = useful.clone().find(|candidate| candidate.is_apart(&self.siblings));
        first.or_else(|| useful.next()).copied().ok_or(if !open.is_empty() {
            Cause::NothingToDo
        } else if free.is_empty() {
            Cause::NoneFree
        } else {
            Cause::ClassFull
        })
    }

    /// Tells whether one more of the candidate's class may be held.
    fn has_room(&self, candidate: &Candidate) -> bool {
        self.budgets.get(&candidate.class).is_none_or(|budget| budget.held < budget.limit)
    }
}

/// Compares two ranks; no opinion comes below all.
fn order(one: Option<f64>, two: Option<f64>) -> Ordering {
    match (one, two) {
        (Some(one), Some(two)) => one.total_cmp(&two),
        (one, two) => one.is_some().cmp(&two.is_some()),
    }
}
