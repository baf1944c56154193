//! `git dos watch`: look at runs again and again, and propose a stop where one does not move.

mod json;
mod words;

use std::path::Path;
use std::time::Duration;

use gix::error::{Result, ResultExt as _, bail, message};

use crate::clock;
use crate::evidence::repository::{self, Environment};
use crate::interrupt::{Interrupts, Wake};
use crate::ops::run;
use crate::ops::watch::{self, Others, Question, Report};
use crate::output::{Format, HINT, Outcome, error_text, print, print_status};
use crate::policy::span::Span;
use crate::verdict::watch::{Policy, Verdict};

/// Watch runs, and propose that one be stopped when it spins or is stalled
///
/// Each is judged as git dos liveness does. A stop is proposed once, until the run moves again; who is stalled has its
/// budget first. Nothing is signalled: git dos halt list shows what is proposed.
///
/// With --once, exit code 0: no run should stop. 1: one should. 2: one could not be judged. Otherwise it goes on until
/// SIGTERM or SIGINT, and then ends with 0.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The runs
    #[arg(value_name = "RUN")]
    runs: Vec<String>,
    /// Also watch every run that is not over, every open session, and every run behind a lease
    #[arg(long)]
    discover: bool,
    /// How long to wait between two looks, such as 90s
    #[arg(long, value_name = "TIME", default_value = "5m")]
    interval: Span,
    /// Look once, and end
    #[arg(long)]
    once: bool,
    /// How long a run that has no budget may be stalled, counted from its start, such as 2h
    #[arg(long, value_name = "TIME")]
    budget: Option<Span>,
    /// Propose the stop of a run again when so long has passed, such as 4h
    #[arg(long, value_name = "TIME")]
    again: Option<Span>,
    /// The form of the answer: with json, one object a look
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the verb and prints its answers.
pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    if arguments.runs.is_empty() && !arguments.discover {
        bail!(message("Nothing is to be watched").with(
            HINT,
            "git dos watch --discover watches what there is; git dos liveness lists the runs"
        ));
    }
    let runs = arguments.runs.iter().map(|name| run::named(Some(name))).collect::<Result<_>>()?;
    let question = Question {
        runs,
        others: if arguments.discover { Others::Discover } else { Others::Ignore },
        budget: arguments.budget.map(|span| span.0),
        policy: Policy { again: arguments.again.map(|span| span.0) },
    };
    let interrupts = Interrupts::listen().or_raise(|| message("Could not listen to signals"))?;
    loop {
        // Opened anew: refs and settings change meanwhile.
        let looked = repository::open(Path::new("."), Environment::Honoured)
            .and_then(|repository| watch::look(&repository, &question, clock::now()));
        match looked {
            Ok(report) => {
                show(&report, arguments.format)?;
                if arguments.once {
                    return Ok(outcome(&report));
                }
            }
            Err(error) if arguments.once => return Err(error),
            // What cannot be read now may be there at the next look.
            Err(error) => print_status(&error_text(&error)),
        }
        if interrupts.wait(arguments.interval.0.max(Duration::from_secs(1))) == Wake::Stop {
            return Ok(Outcome::Holds);
        }
    }
}

fn show(report: &Report, format: Format) -> Result<()> {
    let text = match format {
        Format::Json => crate::output::json(&json::Json::of(report)) + "\n",
        Format::Text => report.rows.iter().map(words::line).collect(),
    };
    print(&text).or_raise(|| message("Could not print the answer"))?;
    for row in &report.rows {
        if let Err(error) = &row.seen.answer {
            print_status(&error_text(error));
        }
    }
    for error in &report.errors {
        print_status(&error_text(error));
    }
    if report.rows.is_empty() && report.errors.is_empty() {
        print_status("no run is open here\n");
    }
    Ok(())
}

fn outcome(report: &Report) -> Outcome {
    let row = |row: &watch::Row| match row.verdict {
        Verdict::Propose(_) | Verdict::Proposed(_) => Outcome::DoesNotHold,
        Verdict::Unknown if row.seen.answer.as_ref().is_ok_and(|answer| answer.ended.is_some()) => {
            Outcome::Holds
        }
        Verdict::Unknown => Outcome::Unknown,
        Verdict::WithinBudget(_) | Verdict::Advances(_) => Outcome::Holds,
    };
    let worst = report.rows.iter().map(row).max().unwrap_or(Outcome::Holds);
    if report.errors.is_empty() { worst } else { Outcome::Unknown }
}
