//! What an event is worth, as JSON.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::ops::severity::{Occurrence, Report};
use crate::verdict::severity::Rule;
use crate::verdict::sink::Sink;

/// The answer of `git dos severity --format json`; fields may be added.
#[derive(Debug, Serialize)]
pub(super) struct Json<'a> {
    /// Always `git-dos/severity/1`.
    schema: &'static str,
    /// `SHIPPED`, `BLOCKED-NEW`, `NOTICE` or `NOOP`.
    severity: &'static str,
    /// The rule that decided.
    rule: &'static str,
    /// The words that sum the event up.
    headline: &'a str,
    /// Whether it is seen for the first time; `null` when that makes no difference.
    first_occurrence: Option<bool>,
    /// How that is known: `event` or `history`; `null` when it makes no difference.
    first_occurrence_by: Option<&'static str>,
    /// The earlier archive, in full hexadecimal.
    seen_in: Option<String>,
    /// The runs that the earlier archive stands for.
    seen_runs: Option<i64>,
    /// The picks that the event names.
    picks: Vec<Pick<'a>>,
    /// How many picks the event reports, when it names some too.
    picks_reported: Option<u32>,
    /// Each audience by its name.
    sinks: BTreeMap<&'static str, Reach>,
    /// The audience that was asked for.
    sink: Option<&'static str>,
    /// Whether that audience is told.
    passes: Option<bool>,
}

/// A pick that was looked for.
#[derive(Debug, Serialize)]
struct Pick<'a> {
    /// The plan.
    plan: &'a str,
    /// The phase.
    phase: &'a str,
    /// Whether it shipped.
    shipped: bool,
}

/// Whether an audience is told.
#[derive(Debug, Serialize)]
struct Reach {
    /// The least severity that it is told of.
    threshold: &'static str,
    /// Whether the event is worth as much.
    passes: bool,
}

impl<'a> Json<'a> {
    pub(super) fn of(report: &'a Report, sink: Option<Sink>) -> Self {
        let (by, seen_in, seen_runs) = match report.occurrence {
            Occurrence::Immaterial => (None, None, None),
            Occurrence::Given(_) => (Some("event"), None, None),
            Occurrence::Before(id, runs) => (Some("history"), Some(id.to_string()), Some(runs)),
            Occurrence::Never(_) | Occurrence::NotLately(_) => (Some("history"), None, None),
        };
        let reach = |reach: &crate::ops::severity::Reach| Reach {
            threshold: reach.threshold.name(),
            passes: reach.passes,
        };
        Self {
            schema: "git-dos/severity/1",
            severity: report.verdict.severity.name(),
            rule: token(report.verdict.rule),
            headline: &report.headline,
            first_occurrence: report.occurrence.is_first(),
            first_occurrence_by: by,
            seen_in,
            seen_runs,
            picks: report
                .picks
                .iter()
                .map(|looked| Pick {
                    plan: &looked.pick.plan,
                    phase: &looked.pick.phase,
                    shipped: looked.shipped,
                })
                .collect(),
            picks_reported: report.reported,
            sinks: report.sinks.iter().map(|found| (found.sink.name(), reach(found))).collect(),
            sink: sink.map(Sink::name),
            passes: super::passes(report, sink),
        }
    }
}

/// Returns the rule's token.
fn token(rule: Rule) -> &'static str {
    match rule {
        Rule::VerifiedShips => "verified-ships",
        Rule::VerifiedPicks => "verified-picks",
        Rule::ReportedShips => "reported-ships",
        Rule::RefutedShips => "refuted-ships",
        Rule::NewBlocker => "new-blocker",
        Rule::KnownBlocker => "known-blocker",
        Rule::StaleStamp => "stale-stamp",
        Rule::UnlistedOutcome => "unlisted-outcome",
        Rule::CountedWork => "counted-work",
        Rule::Promoted => "promoted",
        Rule::Found => "found",
        Rule::SoftClaims => "soft-claims",
        Rule::UnknownFamily => "unknown-family",
        Rule::Nothing => "nothing",
    }
}
