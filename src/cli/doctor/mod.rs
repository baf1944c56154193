//! `git dos doctor`: does the wiring work when it is tried?

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use gix::error::{Result, ResultExt as _, message};

use crate::evidence::repository::{self, Environment};
use crate::ops::doctor::{self, Finding, Report, Weight};
use crate::ops::wiring::place::Place;
use crate::output::{self, Format, Outcome, shown};

mod json;

/// Try every installed hook in a throw-away repository
///
/// Each command is run as git or the agent runs it, with a payload of that caller, a few times with your PATH and
/// once with that of programs that no shell has started. Nothing is written into this repository. Records are read
/// for damaged lines, and the faults that hooks met in the last seven days are named.
///
/// Exit code 0 when all is well, 1 when there is a problem, 2 when something could not be found out.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// How long a hook may take, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 100)]
    slower_than: u64,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    let place = Place::of(&repository)?;
    let report = doctor::look(&repository, &place, Duration::from_millis(arguments.slower_than))?;
    let text = match arguments.format {
        Format::Json => json::render(&report, &place),
        Format::Text => text(&report, &place),
    };
    output::print(&text).or_raise(|| message("Could not write the answer"))?;
    Ok(outcome(&report))
}

fn outcome(report: &Report) -> Outcome {
    match report.weight() {
        None | Some(Weight::Note) => Outcome::Holds,
        Some(Weight::Problem) => Outcome::DoesNotHold,
        Some(Weight::Unknown) => Outcome::Unknown,
    }
}

fn text(report: &Report, place: &Place) -> String {
    let mut text = String::new();
    let mut line = |words: String| {
        writeln!(text, "{}", words.trim_end()).expect("writing to a String cannot fail");
    };
    for part in &report.parts {
        line(format!("{:<8} {}", part.name, shown(part.summary.as_bytes())));
        for finding in &part.findings {
            line(format!("  {}", head(finding, place)));
            for sentence in finding.sentence.lines() {
                line(format!("    {}", shown(sentence.as_bytes())));
            }
        }
    }
    text
}

fn head(finding: &Finding, place: &Place) -> String {
    let file = finding.file.as_ref().map(|file| place.shown(file)).unwrap_or_default();
    let weight = if finding.weight == Weight::Note { "note: " } else { "" };
    let words = format!("{weight}{} {}  {file}", finding.verdict, finding.about);
    shown(words.as_bytes())
}
