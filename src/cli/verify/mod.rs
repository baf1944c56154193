//! `git dos verify`: did this phase of this plan ship?

mod batch;
mod json;
mod plan;
mod words;

use std::path::{Path, PathBuf};

use gix::error::{Result, ResultExt as _, message};

use crate::evidence::repository::{self, Environment};
use crate::ops::verify::plan::Request;
use crate::ops::verify::{self, Row};
use crate::output::{self, Format, Outcome};
use crate::policy;
use crate::verdict::ship::{Question, Verdict};

/// Check whether a phase of a plan shipped
///
/// A commit ships a phase when its message is stamped with plan and phase (`PLAN: PHASE what was done`,
/// `feat(PLAN): PHASE …`, trailers `Plan:` and `Phase:`), the target reaches it, its diff is work, and something
/// of that is still there: not reverted, not deleted, not left out of a merge. Exit code 0: it shipped.
/// 1: it did not. 2: could not find out.
///
/// `[stamp]` in dos.toml says how stamps are written.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The plan, as commits name it
    #[arg(required_unless_present_any = ["batch", "document"], requires = "phase")]
    plan: Option<String>,
    /// The phase, as commits name it
    phase: Option<String>,
    /// Read the plan's document: without PLAN and PHASE, answer for each of its phases
    ///
    /// The files that it names for a phase are evidence. What it says of a phase is none: it is told beside
    /// the answer, and the exit code is 1 when a phase that it calls done did not ship.
    #[arg(long = "plan", value_name = "FILE", id = "document")]
    document: Option<PathBuf>,
    /// Read questions from standard input: one a line, as PLAN TAB PHASE or {"plan": …, "phase": …}
    ///
    /// The answers come in the same order, one JSON object a line.
    #[arg(long, conflicts_with_all = ["plan", "document", "format"])]
    batch: bool,
    /// The branch that must have it: by default that of the remote, else the upstream, else HEAD
    #[arg(long, value_name = "REV")]
    target: Option<String>,
    /// The repository to look into, whatever `GIT_DIR` says
    #[arg(long, short = 'C', value_name = "FOLDER")]
    repository: Option<PathBuf>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the verb and prints its answer.
pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    let repository = match &arguments.repository {
        Some(folder) => repository::open(folder, Environment::Ignored)?,
        None => repository::open(Path::new("."), Environment::Honoured)?,
    };
    let policy = policy::load(&repository)?;
    let question = match (&arguments.plan, &arguments.phase) {
        (Some(plan), Some(phase)) => Some(Question { plan: plan.clone(), phase: phase.clone() }),
        _ => None,
    };
    let revision = arguments.target.as_deref();
    let (outcome, text) = if let Some(file) = &arguments.document {
        let request = Request { file, question: question.as_ref(), revision };
        plan::run(&repository, &policy, &request, arguments.format)?
    } else {
        let format = if question.is_some() { arguments.format } else { Format::Json };
        let questions = question.map_or_else(batch::read, |question| Ok(vec![question]))?;
        let report = verify::run(&repository, &policy, revision, &questions)?;
        let outcome = report.rows.iter().map(outcome_of).max().unwrap_or(Outcome::Holds);
        let target = &report.target.name;
        let text = report.rows.iter().map(|row| match format {
            Format::Text => answered(row, target),
            Format::Json => output::json(&json::Json::of(row, target)) + "\n",
        });
        (outcome, text.collect())
    };
    output::print(&text).or_raise(|| message("Could not write the answer"))?;
    Ok(outcome)
}

/// Renders the answer to one question as text; what kept it from its answer goes to standard error.
fn answered(row: &Row, target: &str) -> String {
    match &row.answer {
        Ok(answer) => words::text(row, answer, target),
        Err(error) => {
            output::print_status(&output::error_text(error));
            String::new()
        }
    }
}

/// Returns the exit code of one answer.
fn outcome_of(row: &Row) -> Outcome {
    match row.answer.as_ref().map(|answer| &answer.verdict) {
        Ok(Verdict::Shipped(_)) => Outcome::Holds,
        Ok(Verdict::NotShipped(_)) => Outcome::DoesNotHold,
        Ok(Verdict::Unknown(_)) | Err(_) => Outcome::Unknown,
    }
}

/// Returns an error with its causes, on one line.
fn causes(error: &gix::Error) -> String {
    let mut parts: Vec<String> = error.iter_errors().map(output::said).collect();
    parts.dedup();
    parts.join(": ")
}
