//! What is said of a watched run: what it does, and what follows.

use std::time::Duration;

use crate::cli::halt;
use crate::cli::liveness::{length, line as seen};
use crate::evidence::progress::Depth;
use crate::ops::watch::Row;
use crate::verdict::watch::Verdict;

/// Renders one run as its liveness does, and further lines with what follows.
pub(super) fn line(row: &Row) -> String {
    let seen = seen(&row.seen, Depth::First);
    let Some(proposed) = &row.halt else { return seen + &note(row.verdict) };
    let now = Duration::from_millis(proposed.time_ms);
    seen + "  " + &halt::line(proposed, None, now)
}

fn note(verdict: Verdict) -> String {
    match verdict {
        Verdict::Proposed(_) => "  its stop is proposed already\n".to_owned(),
        Verdict::WithinBudget(left) => format!("  {} of its budget is left\n", length(left)),
        Verdict::Propose(_) | Verdict::Advances(_) | Verdict::Unknown => String::new(),
    }
}
