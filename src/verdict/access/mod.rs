//! May this tool call touch these paths, or does somebody else hold them?

pub mod footprint;

#[cfg(test)]
mod tests;

use crate::lane::Mode;
use crate::lane::path::Path;
use crate::lane::region::Region;
use crate::verdict::arbiter::Holder;
use footprint::{Deed, Footprint};

/// A lease that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The lane.
    pub lane: String,
    /// Where it is.
    pub region: Region,
    /// What others may do there.
    pub mode: Mode,
    /// Whether the one who uses the tool holds it.
    pub holder: Holder,
}

/// What a tool is about to do, and who holds what.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// What it does.
    pub footprint: &'a Footprint,
    /// The leases that count.
    pub leases: &'a [Held],
}

/// Whether the call may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// Nothing is known against it.
    Pass(Ground),
    /// It would write where somebody else works.
    Deny {
        /// The lease that stands against it.
        lease: &'a Held,
        /// The first path that it would write there.
        path: &'a Path,
    },
}

/// Why a call may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// It writes nothing that a region could cover.
    WritesNothing,
    /// Nobody else holds what it writes.
    Free,
    /// What it does cannot be told beforehand.
    NotUnderstood,
}

/// Judges one use of a tool.
///
/// One path inside the region of somebody else is enough. Both may be there when both hold it as shared.
#[must_use]
pub fn judge<'a>(evidence: &Evidence<'a>) -> Verdict<'a> {
    let Evidence { footprint, leases } = *evidence;
    let shares = |touch: &footprint::Touch| {
        let own = leases.iter().filter(|lease| lease.holder == Holder::Asker);
        own.filter(|lease| lease.mode == Mode::Shared).any(|lease| lease.region.covers(&touch.path))
    };
    let written = || footprint.touches.iter().filter(|touch| touch.deed.writes());
    for touch in written() {
        let own_mode = if shares(touch) { Mode::Shared } else { Mode::Exclusive };
        let stranger = leases.iter().find(|lease| {
            lease.holder == Holder::Other
                && !lease.mode.is_compatible(own_mode)
                && reaches(touch, &lease.region)
        });
        if let Some(lease) = stranger {
            return Verdict::Deny { lease, path: &touch.path };
        }
    }
    Verdict::Pass(if !footprint.is_whole {
        Ground::NotUnderstood
    } else if written().next().is_some() {
        Ground::Free
    } else {
        Ground::WritesNothing
    })
}

/// Tells whether what is done reaches into `region`.
fn reaches(touch: &footprint::Touch, region: &Region) -> bool {
    match touch.deed {
        Deed::Read => false,
        Deed::Written => region.covers(&touch.path),
        Deed::WrittenBelow => region.meets(&Region::below(&touch.path)),
    }
}
