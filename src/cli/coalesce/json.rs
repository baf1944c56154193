//! The decision about an archive as JSON.

use serde::Serialize;

use super::words::{self, Reason};
use crate::evidence::archives::Seen;
use crate::ops::coalesce::{Outcome as Found, Report};

/// The answer of `git dos coalesce --format json`; fields may be added.
#[derive(Debug, Serialize)]
pub(super) struct Json {
    /// Always `git-dos/coalesce/1`.
    schema: &'static str,
    /// The commit that was looked at, in full hexadecimal.
    head: Option<String>,
    /// What was decided: `ordinary`, `off`, `stands-alone`, `unclear`, `refused`, `would-fold`, `folded`,
    /// `moved` or `busy`.
    decision: &'static str,
    /// The commit that several became, in full hexadecimal.
    new: Option<String>,
    /// Why nothing is folded, every reason that there is.
    reasons: Vec<Reason>,
    /// The loop that wrote the archive.
    family: Option<&'static str>,
    /// The run it records.
    run: Option<String>,
    /// The run's outcome.
    verdict: Option<String>,
    /// Its cause.
    cause: Option<String>,
    /// The number of runs that one commit would stand for.
    count: Option<i64>,
    /// The archive before it, in full hexadecimal.
    prior: Option<String>,
    /// The quiet planning round between the two, in full hexadecimal.
    between: Option<String>,
    /// Whether the obstacle is reported for the first time, as far as history was read.
    first_occurrence: Option<bool>,
    /// What an earlier command left unfinished, and what was done about it.
    repaired: Option<String>,
    /// What went wrong on the side.
    warnings: Vec<String>,
}

impl Json {
    pub(super) fn of(report: &Report) -> Self {
        let facts = report.facts.as_ref();
        let archive = facts.map(|facts| &facts.archive);
        let hex = |id: Option<gix::ObjectId>| id.map(|id| id.to_string());
        Self {
            schema: "git-dos/coalesce/1",
            head: hex(report.head),
            decision: decision(&report.outcome),
            new: if let Found::Folded(new) = &report.outcome {
                Some(new.to_string())
            } else {
                None
            },
            reasons: words::reasons(&report.outcome),
            family: archive.map(|archive| archive.family.name()),
            run: archive.map(|archive| archive.run.clone()),
            verdict: archive.and_then(|archive| archive.verdict.clone()),
            cause: archive.and_then(|archive| archive.cause.clone()),
            count: facts.map(|facts| facts.count),
            prior: hex(facts.and_then(|facts| facts.prior)),
            between: hex(facts.and_then(|facts| facts.between)),
            first_occurrence: facts
                .and_then(|facts| facts.seen)
                .map(|seen| !matches!(seen, Seen::Before(_))),
            repaired: report.repaired.clone(),
            warnings: report.warnings.clone(),
        }
    }
}

/// Returns the decision's token.
fn decision(outcome: &Found) -> &'static str {
    match outcome {
        Found::Ordinary => "ordinary",
        Found::Off => "off",
        Found::StandsAlone(_) => "stands-alone",
        Found::Unclear(..) => "unclear",
        Found::Refused(_) => "refused",
        Found::WouldFold => "would-fold",
        Found::Folded(_) => "folded",
        Found::Moved => "moved",
        Found::Busy => "busy",
    }
}
