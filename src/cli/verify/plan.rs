//! What is said of the phases of a plan, beside what the plan says?

use std::fmt::Write as _;
use std::path::Path;

use gix::error::Result;
use serde::Serialize;

use super::json::Json;
use super::{answered, outcome_of, words};
use crate::ops::verify::Row;
use crate::ops::verify::plan::{self, Report, Request};
use crate::output::{self, Format, Outcome, shown};
use crate::policy::Policy;
use crate::verdict::ship::plan::{Claim, Phase};

/// All phases of a plan as `"git-dos/verify-plan/1"`, since version 0.1.0.
#[derive(Debug, Serialize)]
struct JsonPlan {
    /// Always `git-dos/verify-plan/1`.
    schema: &'static str,
    /// The file as named, made harmless.
    file: String,
    /// What the plan is called.
    plan: String,
    /// The branch that counts.
    target: String,
    /// One object a phase as `git-dos/verify/1` has them, in the order of the document.
    phases: Vec<Json>,
}

/// Answers for the plan in a file and prints the answers.
pub(super) fn run(
    repository: &gix::Repository,
    policy: &Policy,
    request: &Request<'_>,
    format: Format,
) -> Result<(Outcome, String)> {
    let report = plan::run(repository, policy, request)?;
    if request.question.is_some() {
        return Ok(one(&report, format));
    }
    let outcome = report.rows.iter().map(|(phase, row)| claimed(phase.as_ref(), row));
    let outcome = outcome.max().unwrap_or(Outcome::Holds);
    let text = match format {
        Format::Text => text(&report, request.file),
        Format::Json => json(&report, request.file),
    };
    Ok((outcome, text))
}

/// Renders the answer to one question; the plan only adds what it says.
fn one(report: &Report, format: Format) -> (Outcome, String) {
    let mut text = String::new();
    let mut outcome = Outcome::Holds;
    for (phase, row) in &report.rows {
        outcome = outcome.max(outcome_of(row));
        match format {
            Format::Json => {
                let json = Json::of(row, &report.target.name).with_phase(phase.as_ref());
                writeln!(text, "{}", output::json(&json)).expect("writing to a String cannot fail");
            }
            Format::Text => {
                let answer = answered(row, &report.target.name);
                let (said, hint) =
                    answer.split_at(answer.find("\nhint: ").map_or(answer.len(), |at| at + 1));
                let lacks = phase.is_none() && row.answer.is_ok();
                let note = if lacks { "  the plan has no such phase\n" } else { "" };
                text.extend([said, note, hint]);
            }
        }
    }
    (outcome, text)
}

/// Returns what a phase means for the exit code: those that do not claim to be done may be open.
fn claimed(phase: Option<&Phase>, row: &Row) -> Outcome {
    match phase.map(|phase| phase.claim) {
        Some(Claim::Done | Claim::Waits) => outcome_of(row),
        Some(Claim::Open | Claim::Unsaid) | None => Outcome::Holds,
    }
}

fn json(report: &Report, file: &Path) -> String {
    let phases = report.rows.iter();
    let json = JsonPlan {
        schema: "git-dos/verify-plan/1",
        file: shown(file.as_os_str().as_encoded_bytes()),
        plan: shown(report.document.plan.front.name().as_bytes()),
        target: shown(report.target.name.as_bytes()),
        phases: phases
            .map(|(phase, row)| Json::of(row, &report.target.name).with_phase(phase.as_ref()))
            .collect(),
    };
    output::json(&json) + "\n"
}

fn text(report: &Report, file: &Path) -> String {
    let target = &report.target.name;
    let file = shown(file.as_os_str().as_encoded_bytes());
    let ids = report.rows.iter().map(|(_, row)| shown(row.question.phase.as_bytes()));
    let ids: Vec<String> = ids.collect();
    let width = ids.iter().map(|id| id.chars().count()).max().unwrap_or(0);
    let shipped = report.rows.iter().filter(|(_, row)| outcome_of(row) == Outcome::Holds).count();
    let plan = shown(report.document.plan.front.name().as_bytes());
    let mut text = format!(
        "{file}: plan {plan}, {shipped} of {} phases shipped in {}\n",
        report.rows.len(),
        shown(target.as_bytes())
    );
    for ((phase, row), id) in report.rows.iter().zip(&ids) {
        let claim = phase.as_ref().map_or("", |phase| phase.claim.name());
        let (name, why) = match &row.answer {
            Ok(answer) => (words::name(&answer.verdict), words::short(answer, target)),
            Err(error) => ("UNKNOWN", shown(super::causes(error).as_bytes())),
        };
        writeln!(text, "  {id:width$}  {claim:6}  {name:11}  {why}")
            .expect("writing to a String cannot fail");
    }
    let lie =
        report.rows.iter().find(|(phase, row)| claimed(phase.as_ref(), row) != Outcome::Holds);
    if let Some((_, row)) = lie {
        writeln!(
            text,
            "hint: git dos verify --plan {} -- {} {} says more",
            output::pasteable(&file),
            output::pasteable(&row.question.plan),
            output::pasteable(&row.question.phase)
        )
        .expect("writing to a String cannot fail");
    }
    text
}
