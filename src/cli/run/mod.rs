//! `git dos run`: write down that a piece of work starts, lives, or is over.

mod start;

use std::path::Path;

use gix::error::{Result, ResultExt as _, message};

use crate::evidence::repository::{self, Environment, state_folder};
use crate::ops::run::{self, End};
use crate::output::{Outcome, print};

/// Write down that a piece of work starts or ends
///
/// A run is one piece of work by one worker, from a start commit on. The sessions of an installed agent are runs by
/// themselves; this is for scripts and loops. `git dos liveness` says which runs move.
#[derive(Debug, clap::Args)]
#[command(subcommand_value_name = "VERB", subcommand_help_heading = "Verbs")]
#[command(disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Start(start::Arguments),
    /// Write down that a run is over
    ///
    /// One that was over before stays as it is.
    End(Named),
    /// Write down that a run is alive
    ///
    /// For work that commits seldom. Signs of life within ten seconds are one.
    Beat(Named),
}

/// Which run.
#[derive(Debug, clap::Args)]
struct Named {
    /// The run's id; by default the one in `CID_RUN_ID`
    run: Option<String>,
}

/// Runs the verb and prints its answer.
pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    let repository = || repository::open(Path::new("."), Environment::Honoured);
    match &arguments.verb {
        Verb::Start(arguments) => start::run(arguments),
        Verb::End(named) => {
            let id = run::named(named.run.as_deref())?;
            let text = match run::end(&state_folder(&repository()?), &id)? {
                End::Now(age) => format!("ended {id} after {}\n", super::liveness::length(age)),
                End::Before => format!("{id} was over before\n"),
            };
            print(&text).or_raise(|| message("Could not print the answer"))?;
            Ok(Outcome::Holds)
        }
        Verb::Beat(named) => {
            let id = run::named(named.run.as_deref())?;
            run::beat(&state_folder(&repository()?), &id)?;
            Ok(Outcome::Holds)
        }
    }
}
