//! The rules of the arbiter, in their order.

use super::offer::Offer;
use super::{Cause, Evidence, Grant, Holder, How, Live, Refusal, Request, Verdict, WhenHeld};
use crate::lane::Kind;
use crate::lane::declared::{Lane, Lanes, is_same_name};
use crate::lane::region::Tree;

/// A request among the leases of all.
pub(super) struct Scene<'a, 'lanes> {
    pub(super) request: &'a Request,
    offer: Option<&'a Offer>,
    lanes: &'lanes Lanes,
    own: Vec<&'a Live>,
    others: Vec<&'a Live>,
}

/// What a request comes to, once its names are resolved.
struct Wanted {
    lane: String,
    kind: Kind,
    tree: Tree,
}

impl<'a, 'lanes> Scene<'a, 'lanes> {
    pub(super) fn new(evidence: &Evidence<'a>, lanes: &'lanes Lanes) -> Self {
        let Evidence { request, leases, offer } = *evidence;
        let (own, others) = leases.iter().partition(|lease| lease.holder == Holder::Asker);
        Self { request, offer, lanes, own, others }
    }

    /// Judges a request for the lane called `name`, or for `paths` under that name.
    pub(super) fn named(&self, name: &str, paths: Option<&Tree>) -> Verdict<'a> {
        let wanted = self.wanted(name, paths);
        let own = self.own.iter().find(|lease| self.is_one(&lease.lane, name));
        let same = own.zip(wanted.as_ref()).is_some_and(|(own, wanted)| {
            own.tree.region() == wanted.tree.region() && own.mode == self.request.mode
        });
        if let (true, Some(wanted)) = (same, wanted.as_ref()) {
            return self.grant(wanted, How::Renewed);
        }
        let exclusive = self.exclusive();
        if !exclusive.is_empty() {
            return self.refuse(Cause::ExclusiveHeld, exclusive);
        }
        let held = self.holders(name);
        if !held.is_empty() {
            return match self.request.when_held {
                WhenHeld::Refuse => self.refuse(Cause::Held, held),
                WhenHeld::Another => self.pick(),
            };
        }
        let Some(wanted) = wanted else {
            let known = self.lanes.iter().map(|lane| lane.name.clone()).collect();
            return self.refuse(Cause::Unknown { known }, Vec::new());
        };
        if let Some((cause, conflicts)) = self.obstacle(wanted.kind, &wanted.tree) {
            return self.refuse(cause, conflicts);
        }
        self.grant(&wanted, if own.is_some() { How::Renewed } else { How::Named })
    }

    /// Judges a request that names nothing: who holds a lane already goes on in it.
    pub(super) fn any(&self) -> Verdict<'a> {
        if let Some(own) = self.own.iter().find(|lease| lease.mode == self.request.mode) {
            let kind = self.lanes.resolve(&own.lane).map_or(Kind::Paths, |lane| lane.kind);
            let wanted = Wanted { lane: own.lane.clone(), kind, tree: own.tree.clone() };
            return self.grant(&wanted, How::Renewed);
        }
        let exclusive = self.exclusive();
        if !exclusive.is_empty() {
            return self.refuse(Cause::ExclusiveHeld, exclusive);
        }
        let Some(offer) = self.offer else { return self.pick() };
        match offer.choose(|candidate| self.is_free(&candidate.lane, &candidate.tree)) {
            Ok(candidate) => {
                let kind =
                    self.lanes.resolve(&candidate.lane).map_or(Kind::Paths, |lane| lane.kind);
                let (lane, tree) = (candidate.lane.clone(), candidate.tree.clone());
                self.grant(&Wanted { lane, kind, tree }, How::Picked)
            }
            Err(cause) => self.refuse(cause, self.others.clone()),
        }
    }

    /// Gives the first free lane that may be picked.
    fn pick(&self) -> Verdict<'a> {
        let Some(lane) = self.free().next() else {
            return self.refuse(Cause::NoneFree, self.others.clone());
        };
        let (name, tree) = (lane.name.clone(), lane.tree.clone());
        self.grant(&Wanted { lane: name, kind: lane.kind, tree }, How::Picked)
    }

    /// Returns what a request for `name` comes to; `None` when nothing says where that is.
    fn wanted(&self, name: &str, paths: Option<&Tree>) -> Option<Wanted> {
        if name.trim().is_empty() {
            return None;
        }
        let declared = self.lanes.resolve(name);
        let held = || self.own.iter().find(|lease| is_same_name(&lease.lane, name));
        let lane = declared.map_or_else(|| name.trim().to_owned(), |lane| lane.name.clone());
        let kind = declared.map_or(Kind::Paths, |lane| lane.kind);
        let tree = paths.or(declared.map(|lane| &lane.tree));
        let tree = tree.or_else(|| held().map(|lease| &lease.tree)).cloned();
        // Paths of an exclusive lane are its own, and the name still keeps all others out.
        tree.map(|tree| Wanted { lane, kind, tree })
    }

    /// Returns what stands against holding `tree`, and the leases that do.
    fn obstacle(&self, kind: Kind, tree: &Tree) -> Option<(Cause, Vec<&'a Live>)> {
        if tree.region().is_empty() {
            return Some((Cause::NoTree, Vec::new()));
        }
        if kind == Kind::Exclusive && !self.others.is_empty() {
            return Some((Cause::NotAlone, self.others.clone()));
        }
        let meets = |lease: &&&Live| {
            !lease.mode.is_compatible(self.request.mode) && lease.tree.region().meets(tree.region())
        };
        let conflicts: Vec<&'a Live> = self.others.iter().filter(meets).copied().collect();
        (!conflicts.is_empty()).then_some((Cause::Overlap, conflicts))
    }

    /// Returns the lanes that may be picked and that nothing stands against, in order.
    fn free(&self) -> impl Iterator<Item = &'lanes Lane> {
        self.lanes.pickable().filter(|lane| self.is_free(&lane.name, &lane.tree))
    }

    fn is_free(&self, name: &str, tree: &Tree) -> bool {
        let kind = self.lanes.resolve(name).map_or(Kind::Paths, |lane| lane.kind);
        self.exclusive().is_empty()
            && self.holders(name).is_empty()
            && self.obstacle(kind, tree).is_none()
    }

    /// Returns the leases of others on lanes that are held alone.
    fn exclusive(&self) -> Vec<&'a Live> {
        let is_exclusive = |lease: &&&Live| {
            self.lanes.resolve(&lease.lane).is_some_and(|lane| lane.kind == Kind::Exclusive)
        };
        self.others.iter().filter(is_exclusive).copied().collect()
    }

    /// Returns the leases of others on the lane called `name` that are in the way.
    fn holders(&self, name: &str) -> Vec<&'a Live> {
        let is_held = |lease: &&&Live| {
            self.is_one(&lease.lane, name) && !lease.mode.is_compatible(self.request.mode)
        };
        self.others.iter().filter(is_held).copied().collect()
    }

    /// Tells whether two names mean one lane.
    fn is_one(&self, one: &str, other: &str) -> bool {
        match (self.lanes.resolve(one), self.lanes.resolve(other)) {
            (Some(one), Some(other)) => one.name == other.name,
            (None, None) => is_same_name(one, other),
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    fn grant(&self, wanted: &Wanted, how: How) -> Verdict<'a> {
        let Wanted { lane, kind, tree } = wanted;
        let (lane, tree) = (lane.clone(), tree.clone());
        Verdict::Grant(Grant { lane, kind: *kind, tree, mode: self.request.mode, how })
    }

    fn refuse(&self, cause: Cause, conflicts: Vec<&'a Live>) -> Verdict<'a> {
        let free = self.free().map(|lane| lane.name.clone()).collect();
        Verdict::Refuse(Refusal { cause, conflicts, free })
    }
}
