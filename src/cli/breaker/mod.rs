//! `git dos breaker`: has this failed so often that it is time to stop?

mod json;
mod words;

use std::path::Path;

use gix::error::{ErrorExt as _, Result, ResultExt as _, message};

use crate::evidence::repository::{self, Environment};
use crate::journal::breaker::Key;
use crate::ops::breaker::{self, Act, List, Report};
use crate::output::{Format, HINT, Outcome, error_text, print, print_status};
use crate::policy::breaker::{CoolDown, Overrides};
use crate::policy::known::{Known, Named as _};
use crate::policy::span::{self, Span};
use crate::verdict::breaker::{Escalation, State};
use json::Json;

/// Count failures of a class, and say when to stop and whom to ask
///
/// Whoever does a piece of work reports how it went, and asks before the next try. Failures in a row, or too
/// many within a window of time, open the breaker; after a rest it lets one caller try again.
///
/// Exit code 0: CLOSED, go on, or half open for the one caller of `show` that may try. 1: OPEN, stop. 2: could
/// not find out. `fail`, `ok` and `reset` print and exit with the state after the report.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    Fail(Fail),
    /// Report that it went well
    ///
    /// This ends the failures in a row; when an open breaker has rested, it closes it.
    Ok(Simple),
    Show(Show),
    /// Forget all reports
    ///
    /// A journal that is damaged is kept under another name.
    Reset(Simple),
}

/// Report that it failed
#[derive(Debug, clap::Args)]
struct Fail {
    #[command(flatten)]
    which: Which,
    /// Why it failed; the first 1,000 characters are kept and shown
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    settings: Settings,
}

/// A report that says no more than what it is about.
#[derive(Debug, clap::Args)]
struct Simple {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    settings: Settings,
}

/// Ask whether to go on; without --class, list all breakers
///
/// The first who asks after the rest of an open breaker may try, and everybody else is told OPEN until that
/// caller reports `ok` or `fail`, or its time runs out.
#[derive(Debug, clap::Args)]
struct Show {
    /// The class of failures
    #[arg(long, value_name = "CLASS", value_parser = name)]
    class: Option<String>,
    /// The lane in which they happen
    #[arg(long, value_name = "LANE", value_parser = name, requires = "class")]
    lane: Option<String>,
    /// Look only: do not take the permission to try
    #[arg(long)]
    dry_run: bool,
    /// Judge this count of failures in a row, and read no journal
    #[arg(long, value_name = "N", allow_negative_numbers = true, conflicts_with_all = ["lane", "dry_run"])]
    consecutive: Option<u64>,
    /// Judge this count of failures in all, and read no journal; default: that of --consecutive
    #[arg(long, value_name = "N", allow_negative_numbers = true, conflicts_with_all = ["lane", "dry_run"])]
    total: Option<u64>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Debug, clap::Args)]
struct Which {
    /// The class of failures, in words of your own
    #[arg(long, value_name = "CLASS", value_parser = name)]
    class: String,
    /// The lane in which they happen
    #[arg(long, value_name = "LANE", value_parser = name)]
    lane: Option<String>,
}

/// What stands before the settings in dos.toml.
#[derive(Debug, clap::Args)]
struct Settings {
    /// Failures in a row that open it; 0 for no limit [default: 3]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    max_consecutive: Option<u64>,
    /// Failures within the window that open it; 0 for no limit [default: 20]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    max_total: Option<u64>,
    /// How far back failures are counted, as in 90m or 7d [default: 24h]
    #[arg(long, value_name = "TIME")]
    window: Option<Span>,
    /// How long it rests before one caller may try, or `never` [default: 10m]
    #[arg(long, value_name = "TIME")]
    cool_down: Option<CoolDown>,
    /// How long that caller has to report [default: 10m]
    #[arg(long, value_name = "TIME")]
    probe_time: Option<Span>,
    /// Who is asked when it opens: none, judge or human [default: none]
    #[arg(long, value_name = "WHO", value_parser = escalation)]
    on_trip: Option<Known<Escalation>>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

fn name(text: &str) -> std::result::Result<String, String> {
    if text.trim().is_empty() || text.chars().count() > 200 {
        return Err("a name has 1 to 200 characters, not all of them blank".to_owned());
    }
    Ok(text.to_owned())
}

fn escalation(text: &str) -> std::result::Result<Known<Escalation>, String> {
    Escalation::named(text).map(Known).ok_or_else(|| format!("known are {}", Escalation::names()))
}

impl Settings {
    fn overrides(&self) -> Overrides {
        Overrides {
            max_consecutive: self.max_consecutive,
            max_total: self.max_total,
            window: self.window,
            cool_down: self.cool_down,
            probe_time: self.probe_time,
            on_trip: self.on_trip,
        }
    }
}

impl From<Which> for Key {
    fn from(which: Which) -> Self {
        Self { class: which.class, lane: which.lane }
    }
}

/// Runs the verb and prints its answer.
pub(super) fn run(arguments: Arguments) -> Result<Outcome> {
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    let (key, act, settings) = match arguments.action {
        Action::Fail(fail) => (fail.which.into(), Act::Fail(fail.reason), fail.settings),
        Action::Ok(simple) => (simple.which.into(), Act::Succeed, simple.settings),
        Action::Reset(simple) => (simple.which.into(), Act::Reset, simple.settings),
        Action::Show(show) => match plan(&repository, show)? {
            Shown::Done(outcome) => return Ok(outcome),
            Shown::Asked(key, act, settings) => (key, act, settings),
        },
    };
    let asks = matches!(act, Act::Ask | Act::Look);
    let report = breaker::act(&repository, key, settings.overrides(), act)?;
    if let Some(path) = &report.set_aside {
        let path = crate::output::shown(path.display().to_string().as_bytes());
        print_status(&format!("warning: the damaged journal is now {path}\n"));
    }
    answer(&[report], settings.format, asks)
}

/// What became of `show`.
enum Shown {
    /// It was answered.
    Done(Outcome),
    /// It is about one breaker.
    Asked(Key, Act, Settings),
}

fn plan(repository: &gix::Repository, show: Show) -> Result<Shown> {
    let Show { class, lane, dry_run, consecutive, total, settings } = show;
    let options = settings.overrides();
    if consecutive.is_some() || total.is_some() {
        let row = consecutive.unwrap_or(0);
        let counts = [row, total.unwrap_or(row)];
        let report = breaker::peek(repository, class.as_deref(), options, counts)?;
        return answer(&[report], settings.format, true).map(Shown::Done);
    }
    if let Some(class) = class {
        let act = if dry_run { Act::Look } else { Act::Ask };
        return Ok(Shown::Asked(Key { class, lane }, act, settings));
    }
    let List { reports, errors } = breaker::list(repository, options)?;
    let outcome = answer(&reports, settings.format, true)?;
    for error in &errors {
        print_status(&error_text(error));
    }
    Ok(Shown::Done(if errors.is_empty() { outcome } else { Outcome::Unknown }))
}

/// Prints `reports` and returns the worst of their outcomes.
fn answer(reports: &[Report], format: Format, asks: bool) -> Result<Outcome> {
    let text = match format {
        Format::Text => words::text(reports),
        Format::Json => crate::output::json(&Json::of(reports)) + "\n",
    };
    print(&text).or_raise(|| message("Could not print the answer"))?;
    for report in reports {
        if let State::Unknown(ahead) = report.verdict.state {
            let ahead = span::shown(ahead);
            let error = message!("The newest report is stamped {ahead} after now")
                .with(
                    HINT,
                    "set the clock right, or forget the reports with: git dos breaker reset",
                )
                .raise();
            print_status(&error_text(&error));
        }
    }
    let outcomes = reports.iter().map(|report| match report.verdict.state {
        State::Closed => Outcome::Holds,
        State::HalfOpen if asks => Outcome::Holds,
        State::HalfOpen | State::Open(_) => Outcome::DoesNotHold,
        State::Unknown(_) => Outcome::Unknown,
    });
    Ok(outcomes.max().unwrap_or(Outcome::Holds))
}
