//! Which verb was asked for? One file per verb: its arguments, its run, its text and JSON.

use std::process::ExitCode;

use clap::Parser;

use crate::env;
use crate::output::Outcome;

mod hook;

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
    match arguments.verb {}
}
