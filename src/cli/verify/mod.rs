//! `git dos verify`: did this phase of this plan ship?

mod batch;
mod json;
mod words;

use std::path::{Path, PathBuf};

use gix::error::{Result, ResultExt as _, message};

use crate::evidence::repository::{self, Environment};
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
    #[arg(required_unless_present = "batch", requires = "phase")]
    plan: Option<String>,
    /// The phase, as commits name it
    phase: Option<String>,
    /// Read questions from standard input: one a line, as PLAN TAB PHASE or {"plan": …, "phase": …}
    ///
    /// The answers come in the same order, one JSON object a line.
    #[arg(long, conflicts_with_all = ["plan", "format"])]
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
    let questions = match (&arguments.plan, &arguments.phase) {
        (Some(plan), Some(phase)) => vec![Question { plan: plan.clone(), phase: phase.clone() }],
        _ => batch::read()?,
    };
    let report = verify::run(&repository, &policy, arguments.target.as_deref(), &questions)?;
    let mut outcome = Outcome::Holds;
    let mut text = String::new();
    for row in &report.rows {
        outcome = outcome.max(outcome_of(row));
        match (&row.answer, arguments.format, arguments.batch) {
            (Err(error), _, false) => {
                output::print_status(&output::error_text(error));
            }
            (Ok(answer), Format::Text, false) => {
                text.push_str(&words::text(row, answer, &report.target.name));
            }
            (Ok(_), Format::Json, _) | (_, _, true) => {
                text.push_str(&output::json(&json::Json::of(row, &report.target.name)));
                text.push('\n');
            }
        }
    }
    output::print(&text).or_raise(|| message("Could not write the answer"))?;
    Ok(outcome)
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
