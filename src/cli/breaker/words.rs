//! The state of breakers in words.

use crate::ops::breaker::Report;
use crate::output::shown;
use crate::policy::span;
use crate::verdict::breaker::{Escalation, Probe, State, Trip, Wait};

/// Renders each of `reports` as a line, with what explains it indented below.
pub(super) fn text(reports: &[Report]) -> String {
    reports.iter().flat_map(lines).map(|line| line + "\n").collect()
}

fn lines(report: &Report) -> Vec<String> {
    let name = report.key.as_ref().map(|key| {
        let lane = key.lane.as_ref().map(|lane| format!(", lane {}", shown(lane.as_bytes())));
        format!("{}{}: ", shown(key.class.as_bytes()), lane.unwrap_or_default())
    });
    let mut lines = vec![format!(
        "{:<9} {}{}",
        report.verdict.state.name(),
        name.unwrap_or_default(),
        counts(report)
    )];
    let mut explain = |text: String| lines.push(format!("    {text}"));
    if report.verdict.trips.contains(&Trip::Probe) {
        explain("the last try after a rest failed".to_owned());
    }
    match report.verdict.escalation {
        Escalation::None => {}
        Escalation::Judge => explain("to be asked: JUDGE, another agent".to_owned()),
        Escalation::Human => explain("to be asked: HUMAN, a person".to_owned()),
    }
    if let Some(text) = next(report) {
        explain(text);
    }
    if let (Some(reason), false) = (report.reasons.last(), report.verdict.state == State::Closed) {
        let when = span::moment(reason.time);
        explain(format!("last reason, {when}: {}", shown(reason.text.as_bytes())));
    }
    lines
}

/// Returns the counts beside their limits; a limit that is reached is marked as such.
fn counts(report: &Report) -> String {
    let (limits, trips) = (report.settings.policy.limits, &report.verdict.trips);
    let limit = |limit: u64, trip: Trip| match limit {
        0 => "no limit".to_owned(),
        limit if trips.contains(&trip) => format!("limit {limit} reached"),
        limit => format!("limit {limit}"),
    };
    let within = if report.key.is_some() {
        format!("within {}", span::shown(report.settings.window))
    } else {
        "in all".to_owned()
    };
    let (row, all) = (report.evidence.consecutive, report.evidence.total);
    let failures = if row == 1 { "failure" } else { "failures" };
    format!(
        "{row} {failures} in a row ({}), {all} {within} ({})",
        limit(limits.consecutive(), Trip::Consecutive),
        limit(limits.total(), Trip::Total)
    )
}

/// Returns what comes next, for one that is not closed.
fn next(report: &Report) -> Option<String> {
    report.key.as_ref()?;
    Some(match report.verdict.state {
        State::Closed | State::Unknown(_) => return None,
        State::Open(Wait::Reset) => "it stays open until it is reset".to_owned(),
        State::Open(Wait::Rest(left)) => format!("one caller may try in {}", span::shown(left)),
        State::Open(Wait::Probe(left)) => {
            format!("one caller is trying, and has {} to report", span::shown(left))
        }
        State::HalfOpen => {
            let time = span::shown(report.settings.probe_time);
            let lost = if report.evidence.probe == Probe::Lost {
                "the last one that tried was not heard of; "
            } else {
                ""
            };
            let who = if report.granted { "you may try, with" } else { "one caller may try, with" };
            format!("{lost}{who} {time} to report ok or fail")
        }
    })
}
