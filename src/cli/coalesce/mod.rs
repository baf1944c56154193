//! `git dos coalesce`: may the archive at `HEAD` become one with the archive before it?

mod json;
mod undo;
pub(super) mod words;

use std::path::Path;

use gix::error::{Result, ResultExt as _, message};

use crate::evidence::repository::{self, Environment};
use crate::ops::coalesce::{self, Act, Facts, Outcome as Found, Report};
use crate::output::{Format, Outcome, print, print_status, shown};
use json::Json;
use words::{Reason, short};

/// Fold the archive at HEAD into the one before it, if it repeats it
///
/// An archive is the commit that a dispatch loop writes each round. Archives of the same cause in which
/// nothing happened become one commit that counts them. Every run's files stay in the tree, and the
/// commits that were folded stay reachable from refs/dos/coalesced/<branch>.
///
/// With the post-commit hook installed this happens by itself. Exit code 0: folded, or nothing to fold.
/// 1: a repeat that a safety rule keeps apart. 2: could not find out.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// Say what would be done, with the reasons, and change nothing
    ///
    /// The exit code is then 0 whatever the decision.
    #[arg(long)]
    dry_run: bool,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t, global = true)]
    format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    Undo(undo::Arguments),
}

/// Runs the verb and prints its answer.
pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    if let Some(Action::Undo(arguments)) = &arguments.action {
        return undo::run(arguments);
    }
    let act = if arguments.dry_run { Act::Look } else { Act::Fold };
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    let report = coalesce::at_head(&repository, act)?;
    warn(&report.warnings);
    let outcome = match (&report.outcome, act) {
        (Found::Refused(_) | Found::Unclear(..) | Found::Moved | Found::Busy, Act::Fold) => {
            Outcome::DoesNotHold
        }
        _ => Outcome::Holds,
    };
    print(&render(&report, arguments.format)).or_raise(|| message("Could not print the answer"))?;
    Ok(outcome)
}

/// Says on standard error what went wrong on the side.
pub(super) fn warn(warnings: &[String]) {
    for warning in warnings {
        print_status(&format!("warning: {}\n", shown(warning.as_bytes())));
    }
}

/// Renders `value` as one JSON object on a line.
pub(super) fn to_json(value: &impl serde::Serialize) -> String {
    crate::output::json(value) + "\n"
}

fn render(report: &Report, format: Format) -> String {
    match format {
        Format::Text => text(report),
        Format::Json => to_json(&Json::of(report)),
    }
}

fn text(report: &Report) -> String {
    let mut lines: Vec<String> = report.repaired.iter().cloned().collect();
    let head = report.head.map_or_else(|| "HEAD".to_owned(), short);
    lines.push(match &report.outcome {
        Found::Ordinary => format!("{head} is no archive: nothing to fold"),
        Found::Off => "folding is off: [churn] mode in dos.toml".to_owned(),
        Found::StandsAlone(_) => format!("{head} stands alone"),
        Found::Unclear(..) => format!("{head} stays a commit of its own"),
        Found::Refused(_) => format!("{head} repeats the archive before it and must stay"),
        Found::WouldFold => format!("{head} would be folded{}", runs(report.facts.as_ref())),
        Found::Folded(new) => {
            format!("folded {head} into {}{}", short(*new), runs(report.facts.as_ref()))
        }
        Found::Moved => "the branch moved in the meantime: nothing was done".to_owned(),
        Found::Busy => "another git-dos is folding here: nothing was done".to_owned(),
    });
    lines.extend(words::reasons(&report.outcome).iter().map(Reason::line));
    let seen = report.facts.as_ref().and_then(|facts| facts.seen);
    lines.extend(seen.map(|seen| format!("  {}", words::occurrence(seen))));
    format!("{}\n", lines.join("\n"))
}

/// Returns what a fold stands for, in words.
pub(super) fn runs(facts: Option<&Facts>) -> String {
    facts.map_or_else(String::new, |facts| {
        let between = if facts.between.is_some() { ", with the quiet replan between" } else { "" };
        let cause = facts.archive.cause.as_deref().unwrap_or_default();
        format!(": {} runs of {cause}{between}", facts.count)
    })
}
