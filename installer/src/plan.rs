//! What has to be done to the disk, and in which order is it done so that it can be repeated?

use crate::apply::{Moment, Observer, apply, tell};
use crate::change::{Change, preview};
use crate::error::{Doing as _, Result};
use crate::look::exists;
use crate::receipt::{Artefact, Receipt, State, Store};

/// Changes, and the receipt that will speak of them.
#[derive(Debug)]
pub struct Plan {
    /// The changes, in order.
    pub changes: Vec<Change>,
    /// The receipt once they are made; `None` when nothing of ours is left.
    pub receipt: Option<Receipt>,
    /// The receipt as it was found.
    pub(crate) found: Option<Receipt>,
}

impl Plan {
    /// Makes a plan that takes a `found` receipt's artefacts away, but for those in `left`.
    pub(crate) fn removal(changes: Vec<Change>, found: Receipt, left: Vec<Artefact>) -> Self {
        let receipt = (!left.is_empty()).then(|| Receipt {
            artefacts: left,
            superseded: Vec::new(),
            state: State::Done,
            ..found.clone()
        });
        Self { changes, receipt, found: Some(found) }
    }

    /// Tells whether the disk is as wanted, receipt included.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.receipt == self.found
    }

    /// Renders the changes as a unified diff; the receipt is not part of it.
    pub fn preview(&self) -> String {
        preview(&self.changes)
    }

    /// Makes the changes. The caller holds the lock and made the plan under it.
    pub fn carry_out(&self, store: &Store, observer: Observer<'_>) -> Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        for artefact in self.found.iter().chain(&self.receipt).flat_map(Receipt::places) {
            let path = artefact.target.as_deref().unwrap_or(&artefact.path);
            crate::replace::sweep(&store.absolute(path))?;
        }
        if let Some(pending) = self.pending() {
            tell(observer, Moment::Before)?;
            store.save(&pending)?;
            tell(observer, Moment::Done)?;
        }
        apply(&self.changes, observer)?;
        match &self.receipt {
            Some(receipt) => store.save(receipt)?,
            None if exists(&store.file)? => {
                fs_err::remove_file(&store.file).doing("remove the receipt")?;
            }
            None => {}
        }
        tell(observer, Moment::Done)
    }

    /// Returns the receipt to be on the disk while changes are made; `None` when the one found serves.
    fn pending(&self) -> Option<Receipt> {
        let receipt = self.receipt.as_ref()?;
        let earlier = self.found.iter().flat_map(Receipt::all);
        let superseded = earlier.filter(|earlier| !receipt.artefacts.contains(earlier)).cloned();
        Some(Receipt { state: State::Pending, superseded: superseded.collect(), ..receipt.clone() })
    }
}
