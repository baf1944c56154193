//! `git dos fleet`: keep workers in lanes.

mod json;
mod run;
mod words;

use std::path::Path;

use gix::error::{Result, ResultExt as _, message};

use crate::clock;
use crate::evidence::repository::{self, Environment};
use crate::lane::Mode;
use crate::ops::fleet::{self, Plan, Wish};
use crate::output::{Format, Outcome, error_text, pasteable, print, print_status};
use crate::verdict::fleet as verdict;

/// Keep workers in lanes, one in each
///
/// A lane that is free and in nobody's way gets a worker until there are enough. Leases of workers that are stalled are
/// taken away; who spins is shown, and nobody is ever signalled.
#[derive(Debug, clap::Args)]
#[command(subcommand_value_name = "VERB", subcommand_help_heading = "Verbs")]
#[command(disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Plan(PlanArguments),
    Reset(Reset),
    Run(run::Arguments),
}

/// Say what would be done now, and do nothing
///
/// Exit code 0: as many work as shall. 1: fewer, or more. 2: not all could be judged.
#[derive(Debug, clap::Args)]
struct PlanArguments {
    #[command(flatten)]
    wish: WishArguments,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Let a lane be filled at once that was given up, or rests
#[derive(Debug, clap::Args)]
struct Reset {
    /// The lane
    lane: String,
}

/// What the fleet shall be.
#[derive(Debug, clap::Args)]
struct WishArguments {
    /// How many workers there shall be; by default `[supervise] target` of dos.toml, else 1
    #[arg(long, value_name = "N")]
    target: Option<usize>,
    /// How the workers take their lanes; two that share may be in one region
    #[arg(long, value_name = "MODE", default_value = "exclusive", value_parser = mode)]
    mode: Mode,
}

fn mode(text: &str) -> std::result::Result<Mode, String> {
    let names = Mode::ALL.map(Mode::name).join(" or ");
    Mode::named(text).ok_or_else(|| format!("{text:?} is not {names}"))
}

impl WishArguments {
    fn wish(&self) -> Wish {
        Wish { target: self.target, mode: self.mode }
    }
}

/// Runs the verb and prints its answer.
pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    match &arguments.verb {
        Verb::Plan(arguments) => plan(arguments),
        Verb::Run(arguments) => run::run(arguments),
        Verb::Reset(Reset { lane }) => {
            let repository = repository::open(Path::new("."), Environment::Honoured)?;
            let text = if fleet::reset(&repository, lane, clock::now())? {
                format!("lane {} may be filled at once\n", pasteable(lane))
            } else {
                format!("no worker was started for lane {}\n", pasteable(lane))
            };
            print(&text).or_raise(|| message("Could not print the answer"))?;
            Ok(Outcome::Holds)
        }
    }
}

fn plan(arguments: &PlanArguments) -> Result<Outcome> {
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    let plan = fleet::plan(&repository, arguments.wish.wish(), clock::now())?;
    let text = match arguments.format {
        Format::Json => crate::output::json(&json::Json::planned(&plan)) + "\n",
        Format::Text => words::plan(&plan),
    };
    print(&text).or_raise(|| message("Could not print the answer"))?;
    complain(&plan);
    Ok(outcome(&plan))
}

fn complain(plan: &Plan) {
    for error in &plan.errors {
        print_status(&error_text(error));
    }
}

fn outcome(plan: &Plan) -> Outcome {
    match plan.verdict.outcome {
        _ if !plan.errors.is_empty() => Outcome::Unknown,
        verdict::Outcome::AtTarget => Outcome::Holds,
        verdict::Outcome::Filling
        | verdict::Outcome::OverTarget
        | verdict::Outcome::Unreachable
        | verdict::Outcome::Blocked
        | verdict::Outcome::Resting => Outcome::DoesNotHold,
    }
}
