//! Which verb was asked for? One file per verb: its arguments, its run, its text and JSON.

use std::process::ExitCode;

use clap::Parser;

use crate::output::Outcome;

/// Check what AI agents say they did against what git can prove
///
/// git-dos answers from commits, trees, diffs, refs and the clock, never from anybody's word.
#[derive(Debug, Parser)]
#[command(name = "git-dos", bin_name = "git dos", version, disable_help_subcommand = true)]
pub struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {}

/// Runs the verb named on the command line and returns the process's exit code.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let outcome = if error.use_stderr() { Outcome::Unknown } else { Outcome::Holds };
            // A closed pipe is the reader's choice and changes no answer.
            error.print().ok();
            return outcome.into();
        }
    };
    match arguments.verb {}
}
