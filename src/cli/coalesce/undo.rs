//! `git dos coalesce undo`: back to the commits before the fold.

use std::path::Path;

use gix::error::{Result, ResultExt as _, message};
use serde::Serialize;

use super::words::{Reason, short};
use crate::evidence::repository::{self, Environment};
use crate::ops::coalesce::undo::{self, Outcome as Found, Report};
use crate::output::{Format, Outcome, print};

/// Take back the fold at HEAD: the branch returns to the commits that were folded
///
/// Files and index stay as they are. Exit code 0: taken back. 1: HEAD is no fold of this repository, or
/// others have seen it. 2: could not find out.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the verb and prints its answer.
pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    let report = undo::run(&repository)?;
    super::warn(&report.warnings);
    let answer = match arguments.format {
        Format::Text => text(&report),
        Format::Json => super::to_json(&Json::of(&report)),
    };
    print(&answer).or_raise(|| message("Could not print the answer"))?;
    let is_done = matches!(report.outcome, Found::Undone { .. });
    Ok(if is_done { Outcome::Holds } else { Outcome::DoesNotHold })
}

/// The answer of `git dos coalesce undo --format json`; fields may be added.
#[derive(Debug, Serialize)]
struct Json {
    /// Always `git-dos/coalesce-undo/1`.
    schema: &'static str,
    /// What was done: `undone`, `no-fold`, `refused`, `moved` or `busy`.
    outcome: &'static str,
    /// The commit that the branch is back at, in full hexadecimal.
    back_at: Option<String>,
    /// The fold that was taken back, in full hexadecimal.
    fold: Option<String>,
    /// Whether the files of the newest run are now staged and not committed.
    leaves_staged: bool,
    /// Why the fold must stay.
    reasons: Vec<Reason>,
    /// What an earlier command left unfinished, and what was done about it.
    repaired: Option<String>,
    /// What went wrong on the side.
    warnings: Vec<String>,
}

impl Json {
    fn of(report: &Report) -> Self {
        let (mut ids, mut staged) = ((None, None), false);
        let outcome = match &report.outcome {
            Found::Undone { back_at, fold, leaves_staged } => {
                ids = (Some(back_at.to_string()), Some(fold.to_string()));
                staged = *leaves_staged;
                "undone"
            }
            Found::NoFold(_) => "no-fold",
            Found::Refused(_) => "refused",
            Found::Moved => "moved",
            Found::Busy => "busy",
        };
        let (back_at, fold) = ids;
        Self {
            schema: "git-dos/coalesce-undo/1",
            outcome,
            back_at,
            fold,
            leaves_staged: staged,
            reasons: reasons(report),
            repaired: report.repaired.clone(),
            warnings: report.warnings.clone(),
        }
    }
}

fn reasons(report: &Report) -> Vec<Reason> {
    match &report.outcome {
        Found::Refused(refusals) => refusals.iter().map(Reason::from).collect(),
        Found::Undone { .. } | Found::NoFold(_) | Found::Moved | Found::Busy => Vec::new(),
    }
}

fn text(report: &Report) -> String {
    let mut lines: Vec<String> = report.repaired.iter().cloned().collect();
    lines.push(match &report.outcome {
        Found::Undone { back_at, fold, leaves_staged } => {
            let staged = if *leaves_staged { "; the newest run's files are staged" } else { "" };
            format!("took back {}: the branch is at {}{staged}", short(*fold), short(*back_at))
        }
        Found::NoFold(Some(head)) => format!("{} is no fold of this repository", short(*head)),
        Found::NoFold(None) => "there is no commit yet".to_owned(),
        Found::Refused(_) => "the fold at HEAD must stay".to_owned(),
        Found::Moved => "the branch moved in the meantime: nothing was done".to_owned(),
        Found::Busy => "another git-dos is folding here: nothing was done".to_owned(),
    });
    lines.extend(reasons(report).iter().map(Reason::line));
    format!("{}\n", lines.join("\n"))
}
