//! The rules of the arbiter, in their order.

use super::{Cause, Evidence, Refusal, Verdict};
use crate::lane::declared::Lanes;

/// A request among the leases of all.
pub(super) struct Scene<'a, 'lanes> {
    evidence: Evidence<'a>,
    lanes: &'lanes Lanes,
}

impl<'a, 'lanes> Scene<'a, 'lanes> {
    pub(super) fn new(evidence: &Evidence<'a>, lanes: &'lanes Lanes) -> Self {
        Self { evidence: *evidence, lanes }
    }

    pub(super) fn named(&self, name: &str) -> Verdict<'a> {
        let _ = (name, self.lanes, self.evidence.leases);
        Verdict::Refuse(Refusal { cause: Cause::NoneFree, conflicts: Vec::new(), free: Vec::new() })
    }

    pub(super) fn any(&self) -> Verdict<'a> {
        self.named("")
    }
}
