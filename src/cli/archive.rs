//! `git dos archive`: write down what one run of a dispatch loop did.

use std::path::{Path, PathBuf};

use gix::error::{Result, ResultExt as _, message};
use serde::Serialize;

use super::coalesce::words::{self, Reason, short};
use super::coalesce::{runs, to_json, warn};
use crate::evidence::repository::{self, Environment};
use crate::ops::archive::{self, Outcome as Found, Report, Request};
use crate::output::{Format, Outcome, print, shown};
use crate::verdict::archive::{Family, is_lane, is_outcome, is_run};
use crate::verdict::severity::Severity;
use crate::verdict::token;

/// Commit the record of one run, or fold it into the last archive when it repeats it
///
/// Takes exactly the given files from the worktree; whatever else is staged stays staged. The commit's
/// message keeps the form that dispatch loops use, with the data in a trailer. Of git's hooks only
/// post-rewrite runs, after a fold.
///
/// Exit code 0: committed, folded, or nothing to commit. 1: it cannot be written here and now, with the
/// reasons. 2: could not find out.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The loop that the run is part of: dispatch, dispatch-loop, fanout or replan
    #[arg(long, value_name = "FAMILY", value_parser = family)]
    family: Family,
    /// The run's outcome, such as BLOCKED, DRAIN, LIVE or ERROR
    #[arg(long, value_name = "WORD", value_parser = outcome, required_if_eq_any = [("family", "dispatch"), ("family", "dispatch-loop")])]
    verdict: Option<String>,
    /// Why nothing came of it: a-z, 0-9, '_', '.' and '-'
    ///
    /// Without it, [churn.causes] in dos.toml may find the cause in the text. Only runs with a cause fold.
    #[arg(long, value_name = "KEY", value_parser = cause)]
    cause: Option<String>,
    /// The number of units of work that the run shipped
    #[arg(long, value_name = "N", default_value_t = 0)]
    picks: u32,
    /// The lane that the run worked in
    #[arg(long, value_name = "LANE", value_parser = lane)]
    lane: Option<String>,
    /// The run's name, as in 20260601T204054Z; default: the present time
    #[arg(long, value_name = "STAMP", value_parser = run_name)]
    run: Option<String>,
    /// What there is to say: the first line for the subject, the others for the body
    #[arg(short, long, value_name = "TEXT")]
    message: String,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The files and folders that the run leaves behind
    #[arg(required = true, last = true, value_name = "PATHS")]
    paths: Vec<PathBuf>,
}

fn family(text: &str) -> std::result::Result<Family, String> {
    Family::named(text).ok_or_else(|| "no such family".to_owned())
}

fn checked(
    text: &str,
    is_sound: fn(&str) -> bool,
    rule: &str,
) -> std::result::Result<String, String> {
    if is_sound(text) { Ok(text.to_owned()) } else { Err(rule.to_owned()) }
}

fn outcome(text: &str) -> std::result::Result<String, String> {
    checked(text, is_outcome, "an outcome is a word of A-Z, '-' and '_'")
}

fn cause(text: &str) -> std::result::Result<String, String> {
    checked(text, token::is_cause, "a cause has a-z, 0-9, '_', '.' and '-', at most 64 of them")
}

fn lane(text: &str) -> std::result::Result<String, String> {
    checked(text, is_lane, "a lane has letters, digits, '_', '.', '-' and '/', at most 64 of them")
}

fn run_name(text: &str) -> std::result::Result<String, String> {
    checked(text, is_run, "a run is named after a time in UTC, as in 20260601T204054Z")
}

/// Runs the verb and prints its answer.
pub(super) fn run(arguments: Arguments) -> Result<Outcome> {
    let format = arguments.format;
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    let request = Request {
        family: arguments.family,
        verdict: arguments.verdict,
        cause: arguments.cause,
        picks: i64::from(arguments.picks),
        lane: arguments.lane,
        run: arguments.run,
        text: arguments.message,
        paths: arguments.paths,
    };
    let report = archive::write(&repository, &request)?;
    warn(&report.warnings);
    let answer = match format {
        Format::Text => text(&report),
        Format::Json => to_json(&Json::of(&report)),
    };
    print(&answer).or_raise(|| message("Could not print the answer"))?;
    Ok(match report.outcome {
        Found::Committed(_) | Found::Folded(_) | Found::Nothing => Outcome::Holds,
        Found::Refused(_) | Found::Moved | Found::Busy => Outcome::DoesNotHold,
    })
}

/// The answer of `git dos archive --format json`; fields may be added.
#[derive(Debug, Serialize)]
struct Json {
    /// Always `git-dos/archive/1`.
    schema: &'static str,
    /// What was done: `committed`, `folded`, `nothing`, `refused`, `moved` or `busy`.
    outcome: &'static str,
    /// The archive's commit, in full hexadecimal.
    commit: Option<String>,
    /// The run that it records.
    run: Option<String>,
    /// What it is worth: `SHIPPED`, `BLOCKED-NEW`, `NOTICE` or `NOOP`.
    severity: Option<&'static str>,
    /// Its cause.
    cause: Option<String>,
    /// The number of runs that the commit stands for.
    count: Option<i64>,
    /// Why it was not folded, or not written, every reason that there is.
    reasons: Vec<Reason>,
    /// The files in it, from the top of the worktree.
    paths: Vec<String>,
    /// What an earlier command left unfinished, and what was done about it.
    repaired: Option<String>,
    /// What went wrong on the side.
    warnings: Vec<String>,
}

impl Json {
    fn of(report: &Report) -> Self {
        let archive = report.facts.as_ref().map(|facts| &facts.archive);
        let folded = matches!(report.outcome, Found::Folded(_));
        Self {
            schema: "git-dos/archive/1",
            outcome: name(&report.outcome),
            commit: match &report.outcome {
                Found::Committed(id) | Found::Folded(id) => Some(id.to_string()),
                Found::Nothing | Found::Refused(_) | Found::Moved | Found::Busy => None,
            },
            run: archive.map(|archive| archive.run.clone()),
            severity: archive.and_then(|archive| archive.severity).map(Severity::name),
            cause: archive.and_then(|archive| archive.cause.clone()),
            count: report.facts.as_ref().map(|facts| if folded { facts.count } else { 1 }),
            reasons: reasons(report),
            paths: report.paths.iter().map(|path| shown(path)).collect(),
            repaired: report.repaired.clone(),
            warnings: report.warnings.clone(),
        }
    }
}

fn name(outcome: &Found) -> &'static str {
    match outcome {
        Found::Committed(_) => "committed",
        Found::Folded(_) => "folded",
        Found::Nothing => "nothing",
        Found::Refused(_) => "refused",
        Found::Moved => "moved",
        Found::Busy => "busy",
    }
}

fn reasons(report: &Report) -> Vec<Reason> {
    match (&report.outcome, &report.alone) {
        (Found::Refused(refusals), _) => refusals.iter().map(Reason::from).collect(),
        (_, Some(alone)) => words::reasons(alone),
        (_, None) => Vec::new(),
    }
}

fn text(report: &Report) -> String {
    let mut lines: Vec<String> = report.repaired.iter().cloned().collect();
    lines.push(match &report.outcome {
        Found::Committed(id) => format!("committed the archive {}", short(*id)),
        Found::Folded(id) => {
            format!("folded into {}{}", short(*id), runs(report.facts.as_ref()))
        }
        Found::Nothing => "nothing to commit: the files are in HEAD as they are".to_owned(),
        Found::Refused(_) => "the archive cannot be written here and now".to_owned(),
        Found::Moved => "the branch moves all the time: nothing was done".to_owned(),
        Found::Busy => "another git-dos is folding here: nothing was done".to_owned(),
    });
    lines.extend(reasons(report).iter().map(Reason::line));
    format!("{}\n", lines.join("\n"))
}
