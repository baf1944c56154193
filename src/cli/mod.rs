//! Which verb was asked for? One file per verb: its arguments, its run, its text and JSON.

use std::process::ExitCode;

use clap::Parser;
use gix::error::Result;

use crate::env;
use crate::output::{self, Outcome};

mod archive;
mod audit;
mod breaker;
mod coalesce;
mod doctor;
mod effect;
mod fleet;
mod halt;
mod hook;
mod install;
mod lane;
mod lease;
mod liveness;
pub mod man;
mod run;
mod sessions;
mod severity;
mod status;
mod top;
mod uninstall;
mod verify;
mod watch;

/// Check what AI agents say they did against what git can prove
///
/// git-dos answers from commits, trees, diffs, refs and the clock, never from anybody's word.
#[derive(Debug, Parser)]
#[command(name = "git-dos", bin_name = "git dos", version, disable_help_subcommand = true)]
#[command(max_term_width = 100)]
#[command(subcommand_value_name = "VERB", subcommand_help_heading = "Verbs")]
#[command(after_help = exit_codes())]
pub struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Archive(archive::Arguments),
    Audit(audit::Arguments),
    Breaker(breaker::Arguments),
    Coalesce(coalesce::Arguments),
    Doctor(doctor::Arguments),
    Effect(effect::Arguments),
    Fleet(fleet::Arguments),
    Halt(halt::Arguments),
    Install(install::Arguments),
    Lane(lane::Arguments),
    Lease(lease::Arguments),
    Liveness(liveness::Arguments),
    Run(run::Arguments),
    Sessions(sessions::Arguments),
    Severity(severity::Arguments),
    Status(status::Arguments),
    Top(top::Arguments),
    Uninstall(uninstall::Arguments),
    Verify(verify::Arguments),
    Watch(watch::Arguments),
    #[command(hide = true)]
    BecomeHolder(lease::Become),
    #[command(hide = true)]
    Man(man::Arguments),
}

/// Returns the table of exit codes for the end of the help.
fn exit_codes() -> String {
    let line = |outcome: Outcome| format!("\n  {}  {}", outcome.code(), outcome.meaning());
    format!("Exit codes of all verbs:{}", Outcome::ALL.map(line).concat())
}

/// Runs the verb named on the command line and returns the process's exit code.
pub fn main() -> ExitCode {
    // Hooks are called without a parser in between: it would answer a stranger with a usage error.
    let mut words = env::arguments();
    if words.next().is_some_and(|word| word == "hook") {
        return hook::main(words);
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let outcome = if error.use_stderr() { Outcome::Unknown } else { Outcome::Holds };
            // A closed pipe is the reader's choice and changes no answer.
            error.print().ok();
            return outcome.into();
        }
    };
    arguments.run().unwrap_or_else(|error| {
        output::print_status(&output::error_text(&error));
        Outcome::Unknown.into()
    })
}

impl Arguments {
    fn run(self) -> Result<ExitCode> {
        let outcome = match self.verb {
            Verb::Archive(arguments) => archive::run(arguments),
            Verb::Audit(arguments) => audit::run(&arguments),
            Verb::Breaker(arguments) => breaker::run(arguments),
            Verb::Coalesce(arguments) => coalesce::run(&arguments),
            Verb::Doctor(arguments) => doctor::run(&arguments),
            Verb::Effect(arguments) => effect::run(&arguments),
            Verb::Fleet(arguments) => fleet::run(&arguments),
            Verb::Halt(arguments) => halt::run(&arguments),
            Verb::Install(arguments) => install::run(&arguments),
            Verb::Lane(arguments) => lane::run(&arguments),
            // The exit code may be that of a command.
            Verb::Lease(arguments) => return lease::run(&arguments),
            Verb::Liveness(arguments) => liveness::run(&arguments),
            Verb::Run(arguments) => run::run(&arguments),
            Verb::Sessions(arguments) => sessions::run(&arguments),
            Verb::Severity(arguments) => severity::run(arguments),
            Verb::Status(arguments) => status::run(&arguments),
            Verb::Top(arguments) => top::run(&arguments),
            Verb::Uninstall(arguments) => uninstall::run(&arguments),
            Verb::Verify(arguments) => verify::run(&arguments),
            Verb::BecomeHolder(arguments) => lease::become_holder(&arguments),
            Verb::Watch(arguments) => watch::run(&arguments),
            Verb::Man(arguments) => man::run(&arguments),
        };
        outcome.map(ExitCode::from)
    }
}
