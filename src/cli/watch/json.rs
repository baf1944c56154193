//! The answers about watched runs as JSON.

use serde::Serialize;

use crate::cli::liveness::word;
use crate::ops::watch::{Report, Row};
use crate::output::said;
use crate::verdict::watch::Verdict;

/// One look of `git dos watch --format json`; fields may be added.
#[derive(Debug, Serialize)]
pub(super) struct Json {
    /// Always `git-dos/watch/1`.
    schema: &'static str,
    /// One object a run, oldest first.
    runs: Vec<One>,
    /// Why not all was found or written down, one sentence a cause.
    errors: Vec<String>,
}

/// One run.
#[derive(Debug, Serialize)]
struct One {
    /// Its id.
    run: String,
    /// The lane in which it works.
    lane: Option<String>,
    /// `ADVANCING`, `SPINNING`, `STALLED` or `UNKNOWN`.
    liveness: &'static str,
    /// `propose`, `proposed`, `within-budget`, `advances` or `unknown`.
    verdict: &'static str,
    /// Seconds that are left of its budget, for `within-budget`.
    left_s: Option<u64>,
    /// The id of the stop that is proposed now.
    halt: Option<String>,
}

impl Json {
    pub(super) fn of(report: &Report) -> Self {
        let causes = report
            .errors
            .iter()
            .flat_map(|error| error.iter_errors().map(said).collect::<Vec<_>>());
        Self {
            schema: "git-dos/watch/1",
            runs: report.rows.iter().map(one).collect(),
            errors: causes.collect(),
        }
    }
}

fn one(row: &Row) -> One {
    let (verdict, left_s) = match row.verdict {
        Verdict::Propose(_) => ("propose", None),
        Verdict::Proposed(_) => ("proposed", None),
        Verdict::WithinBudget(left) => ("within-budget", Some(left.as_secs())),
        Verdict::Advances(_) => ("advances", None),
        Verdict::Unknown => ("unknown", None),
    };
    One {
        run: row.run.to_string(),
        lane: row.lane.clone(),
        liveness: word(&row.seen),
        verdict,
        left_s,
        halt: row.halt.as_ref().map(|halt| halt.id.clone()),
    }
}
