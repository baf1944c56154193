//! What does a look at the repository say, part by part?

mod record;
mod work;

use std::time::Duration;

use gix::error;

use super::page::{Cell, Found, Kind, Mood, Parts};
use crate::ops::overview::Report;
use crate::ops::status;
use crate::output::{error_text, shown};

/// Returns what stands in each part, or the sentences of the error that kept it from being found out.
pub(super) fn of(
    overview: &Report,
    wiring: &error::Result<status::Report>,
    now: Duration,
) -> Parts {
    let Report { runs, leases, halts, unpushed, folds } = overview;
    let part = |kind| match kind {
        Kind::Halts => said(halts, |halts| work::halts(halts, now)),
        Kind::Runs => said(runs, work::runs),
        Kind::Lanes => said(leases, work::lanes),
        Kind::Unpushed => said(unpushed, record::unpushed),
        Kind::Folds => said(folds, |count| record::folds(*count)),
        Kind::Wiring => said(wiring, record::wiring),
    };
    Kind::ALL.map(|kind| (kind, part(kind))).into()
}

fn said<T>(found: &error::Result<T>, words: impl FnOnce(&T) -> Found) -> Result<Found, String> {
    found.as_ref().map(words).map_err(error_text)
}

/// Makes a part of one line.
fn line(summary: String, mood: Mood) -> Found {
    Found { summary, mood, shape: &[], rows: Vec::new(), left_out: 0 }
}

/// Makes a cell of a text that others wrote.
fn cell(text: &str) -> Cell {
    Cell::Text(shown(text.as_bytes()))
}

/// Says how many there are of what: `2 STALLED, 1 SPINNING`; nothing of what there is none of.
fn counts<'w>(counted: impl IntoIterator<Item = (usize, &'w str)>) -> Vec<String> {
    let some = counted.into_iter().filter(|(count, _)| *count > 0);
    some.map(|(count, what)| format!("{count} {what}")).collect()
}
