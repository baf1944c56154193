//! What `git dos doctor --format json` prints.

use serde::Serialize;

use crate::ops::doctor::{Finding, Part, Report, Weight};
use crate::ops::wiring::place::Place;

/// The whole answer.
#[derive(Serialize)]
struct Json<'r> {
    /// Always `git-dos/doctor/1`.
    schema: &'static str,
    /// Nothing is wrong, and nothing is unknown.
    good: bool,
    parts: Vec<JsonPart<'r>>,
}

#[derive(Serialize)]
struct JsonPart<'r> {
    /// `wiring`, `path`, `git`, `agents` or `records`.
    part: &'static str,
    /// What was looked at.
    summary: &'r str,
    /// The commands that were run and answered.
    answered: Vec<JsonAnswered<'r>>,
    findings: Vec<JsonFinding<'r>>,
}

#[derive(Serialize)]
struct JsonAnswered<'r> {
    /// `git`, or the agent.
    caller: &'static str,
    /// The caller's name for the event.
    event: &'r str,
    /// The median of a few runs, in microseconds.
    microseconds: u64,
}

#[derive(Serialize)]
struct JsonFinding<'r> {
    /// `note`, `problem`, or `unknown` for what could not be found out.
    weight: &'static str,
    /// One word in capitals.
    verdict: &'static str,
    /// A caller and its events, or a record.
    about: &'r str,
    /// The file that decided, from the top of the worktree that the command ran in when it is inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// What to know, and the command that mends it.
    sentence: &'r str,
}

/// Renders `report` as one object on one line.
pub(super) fn render(report: &Report, place: &Place) -> String {
    let answer = Json {
        schema: "git-dos/doctor/1",
        good: report.weight().is_none_or(|weight| weight == Weight::Note),
        parts: report.parts.iter().map(|part| of_part(part, place)).collect(),
    };
    crate::output::json(&answer) + "\n"
}

fn of_part<'r>(part: &'r Part, place: &Place) -> JsonPart<'r> {
    let answered = part.answered.iter().map(|answered| JsonAnswered {
        caller: answered.caller,
        event: &answered.event,
        microseconds: u64::try_from(answered.time.as_micros()).unwrap_or(u64::MAX),
    });
    JsonPart {
        part: part.name,
        summary: &part.summary,
        answered: answered.collect(),
        findings: part.findings.iter().map(|finding| of_finding(finding, place)).collect(),
    }
}

fn of_finding<'r>(finding: &'r Finding, place: &Place) -> JsonFinding<'r> {
    JsonFinding {
        weight: finding.weight.name(),
        verdict: finding.verdict,
        about: &finding.about,
        file: finding.file.as_ref().map(|file| place.shown(file)),
        sentence: &finding.sentence,
    }
}
