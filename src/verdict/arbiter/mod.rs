//! Which lane may start, and where does it work?
//!
//! Two holders never share a file, unless both asked to. A lane that is held alone is so by its name, whatever the
//! request for it says, and what somebody holds already is never in its own way.

pub mod offer;
mod scene;

#[cfg(test)]
mod sequences;
#[cfg(test)]
mod tests;

use crate::lane::declared::Lanes;
use crate::lane::region::Tree;
use crate::lane::{Kind, Mode};
use offer::Offer;
use scene::Scene;

/// What to do about a named lane that somebody else holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WhenHeld {
    /// Refuse.
    #[default]
    Refuse,
    /// Give another lane.
    Another,
}

/// Where somebody wants to work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Wish {
    /// In any lane that may be picked; who holds one already goes on in it.
    #[default]
    Any,
    /// In the lane of this name, which may be another one of its names.
    Lane(String),
    /// In these paths, under this name, which need be none of the policy's lanes.
    Paths {
        /// The name.
        name: String,
        /// The paths.
        tree: Tree,
    },
}

/// What somebody asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// Where.
    pub wish: Wish,
    /// What others may do there.
    pub mode: Mode,
    /// What to do when just the named lane is held.
    pub when_held: WhenHeld,
}

/// Whose lease it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// Of the one who asks.
    Asker,
    /// Of somebody else.
    Other,
}

/// A lease that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// The lane.
    pub lane: String,
    /// Where it is.
    pub tree: Tree,
    /// What others may do there.
    pub mode: Mode,
    /// Whose it is.
    pub holder: Holder,
}

/// What is asked for, and who holds what.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// What is asked for.
    pub request: &'a Request,
    /// The leases that count, from `refs/dos/leases` without those that have ended.
    pub leases: &'a [Live],
    /// The lanes to choose from, in place of those that the policy lets be picked; `None` where nobody says.
    pub offer: Option<&'a Offer>,
}

/// Whether a lane may start.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict<'a> {
    /// It may.
    Grant(Grant),
    /// It may not.
    Refuse(Refusal<'a>),
}

/// How a grant came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It is what was asked for.
    Named,
    /// It was picked, since nothing was named or what was named is held.
    Picked,
    /// The asker holds the lane already.
    Renewed,
}

/// The leave to hold one lane, which only [`judge`] gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    lane: String,
    kind: Kind,
    tree: Tree,
    mode: Mode,
    how: How,
}

impl Grant {
    /// Returns the name of the lane, as the policy spells it.
    pub fn lane(&self) -> &str {
        &self.lane
    }

    /// Returns whether the lane is held beside others.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns where it is; it is never nowhere.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Returns what others may do there.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Returns how the grant came about.
    pub fn how(&self) -> How {
        self.how
    }
}

/// Why nothing is granted, and what could be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal<'a> {
    /// Why.
    pub cause: Cause,
    /// The leases of others that are in the way.
    pub conflicts: Vec<&'a Live>,
    /// The lanes that may be picked and would be granted now, in order.
    pub free: Vec<String>,
}

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// Somebody holds a lane that is held alone.
    ExclusiveHeld,
    /// The lane is held alone, and others hold something.
    NotAlone,
    /// Somebody else holds the lane.
    Held,
    /// Somebody else holds a path of the lane.
    Overlap,
    /// No lane has this name.
    Unknown {
        /// Those that there are.
        known: Vec<String>,
    },
    /// The lane has no tree, so that holding it would keep nobody out.
    NoTree,
    /// No lane that may be picked is free.
    NoneFree,
    /// Lanes are free, but there is nothing to do in them.
    NothingToDo,
    /// Lanes are free, but as many of their class are held as may be.
    ClassFull,
}

/// Judges one request for a lane.
#[must_use]
pub fn judge<'a>(evidence: &Evidence<'a>, lanes: &Lanes) -> Verdict<'a> {
    let scene = Scene::new(evidence, lanes);
    match &evidence.request.wish {
        Wish::Any => scene.any(),
        Wish::Lane(name) => scene.named(name, None),
        Wish::Paths { name, tree } => scene.named(name, Some(tree)),
    }
}
