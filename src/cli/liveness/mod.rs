//! `git dos liveness`: is a run moving, spinning or stalled?

mod json;
mod words;

use std::path::Path;

use gix::error::{Result, ResultExt as _, message};

use crate::clock;
use crate::evidence::progress::Depth;
use crate::evidence::repository::{self, Environment, state_folder};
use crate::journal::halts::Halt;
use crate::ops::liveness::{self, Answer, Question, Report, Row, Which};
use crate::ops::{halt, run};
use crate::output::{Format, Outcome, error_text, print, print_status};
use crate::policy::span::Span;
use crate::run_id::RunId;
use crate::verdict::liveness::Verdict;
use json::Json;
pub(super) use words::{length, line, seen};

/// Say whether a run is moving, spinning or stalled
///
/// ADVANCING: it brought a new patch about, worked with its lease, or is too young to be blamed. SPINNING: it is
/// alive and brings nothing about. STALLED: it does not show that it is alive. An empty commit, an archive, an
/// amend or a rebase without a new patch, a merge and commits of others move no run.
///
/// Without arguments: every run of this repository that is not over, and the exit code is the worst. Exit code 0:
/// ADVANCING. 1: SPINNING or STALLED. 2: could not find out.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The run's id, as git dos run start prints it
    run: Option<String>,
    /// Judge what was done in this worktree since a commit, instead of a run
    #[arg(long, value_name = "COMMIT", conflicts_with = "run", allow_hyphen_values = true)]
    since: Option<String>,
    /// How long ago you saw a sign of life, such as 5m
    #[arg(long, value_name = "TIME")]
    heartbeat_age: Option<Span>,
    /// The process that does it
    #[arg(long, requires = "since")]
    pid: Option<u32>,
    /// Count all new patches, instead of stopping at the newest
    #[arg(long)]
    count: bool,
    /// Also list agents' sessions that were quiet for a day
    #[arg(long, conflicts_with_all = ["run", "since"])]
    all: bool,
    /// Print one word: ADVANCING, SPINNING, STALLED or UNKNOWN; for several runs after their ids
    #[arg(long, conflicts_with = "format")]
    porcelain: bool,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the verb and prints its answer.
pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    let which = match (&arguments.run, &arguments.since) {
        (Some(run), _) => Which::One(run::named(Some(run))?),
        (None, Some(commit)) => Which::Since { commit: commit.clone(), pid: arguments.pid },
        (None, None) => Which::Open { all: arguments.all },
    };
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    let depth = if arguments.count { Depth::All } else { Depth::First };
    let (heartbeat, now) = (arguments.heartbeat_age.map(|span| span.0), clock::now());
    let is_list = matches!(which, Which::Open { .. });
    let report = liveness::look(&repository, &Question { which, heartbeat, depth, now })?;
    let halts = halt::open(&state_folder(&repository));
    let open = halts.as_deref().unwrap_or_default();
    let about = |row: &Row| {
        let is_meant = |halt: &&Halt| halt.run.as_deref() == row.run.as_ref().map(RunId::as_str);
        super::halt::lines(open.iter().filter(|halt| halt.run.is_some()).filter(is_meant), now)
    };
    let line = |row: &Row| words::line(row, depth) + &about(row);
    let text = match arguments.format {
        Format::Json => crate::output::json(&Json::of(&report, depth, open)) + "\n",
        Format::Text if arguments.porcelain => porcelain(&report, is_list),
        Format::Text => report.rows.iter().map(line).collect(),
    };
    print(&text).or_raise(|| message("Could not print the answer"))?;
    complain(&report, is_list);
    if let Err(error) = &halts {
        print_status(&error_text(error));
    }
    let unread = if halts.is_ok() { Outcome::Holds } else { Outcome::Unknown };
    Ok(report.rows.iter().map(outcome).max().unwrap_or(Outcome::Holds).max(unread))
}

/// Says on standard error why runs could not be judged, and what was left out.
fn complain(report: &Report, is_list: bool) {
    for row in &report.rows {
        match &row.answer {
            Err(error) => print_status(&error_text(error)),
            Ok(answer) if answer.progress.damaged > 0 => print_status(&format!(
                "warning: {} unreadable lines in the journal of rewrites\n",
                answer.progress.damaged
            )),
            Ok(_) => {}
        }
    }
    if report.forgotten > 0 {
        let count = report.forgotten;
        print_status(&format!(
            "{count} sessions were quiet for a day and are left out; --all lists them\n"
        ));
    } else if is_list && report.rows.is_empty() {
        print_status("no run is open here\n");
    }
}

fn porcelain(report: &Report, is_list: bool) -> String {
    let line = |row: &Row| match &row.run {
        Some(id) if is_list => format!("{id} {}\n", word(row)),
        Some(_) | None => format!("{}\n", word(row)),
    };
    report.rows.iter().map(line).collect()
}

/// Returns the one word that says it all.
pub(super) fn word(row: &Row) -> &'static str {
    match row.answer.as_ref().map(|answer| answer.verdict) {
        Ok(Verdict::Advancing(_)) => "ADVANCING",
        Ok(Verdict::Spinning) => "SPINNING",
        Ok(Verdict::Stalled(_)) => "STALLED",
        Ok(Verdict::BadClock(_)) | Err(_) => "UNKNOWN",
    }
}

fn outcome(row: &Row) -> Outcome {
    match row.answer.as_ref().map(|answer: &Answer| answer.verdict) {
        Ok(Verdict::Advancing(_)) => Outcome::Holds,
        Ok(Verdict::Spinning | Verdict::Stalled(_)) => Outcome::DoesNotHold,
        Ok(Verdict::BadClock(_)) | Err(_) => Outcome::Unknown,
    }
}
