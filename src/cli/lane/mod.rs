//! `git dos lane`: which lanes are there, and whose is a path?

mod init;
mod json;
mod words;

use std::path::{Path, PathBuf};

use gix::error::{Result, ResultExt as _, message};

use super::coalesce::to_json;
use crate::evidence::repository::{self, Environment};
use crate::ops::lane::{self, Declared};
use crate::output::{Format, Outcome, print, print_status};

/// Show and check the lanes that dos.toml declares
///
/// A lane is a named region of the tree that one worker at a time may hold: `[lanes]` of dos.toml says which there are,
/// and `git dos lease` who holds them.
#[derive(Debug, clap::Args)]
#[command(subcommand_value_name = "VERB", subcommand_help_heading = "Verbs")]
#[command(disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List the lanes, with their trees and their other names
    List(Plain),
    /// Say what in the lanes is dead or ambiguous
    ///
    /// Exit code 1: something is. Nothing is printed when all is well.
    Check(Plain),
    Show(Show),
    Init(init::Arguments),
}

#[derive(Debug, clap::Args)]
struct Plain {
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Tell in which lanes paths are
///
/// Exit code 1: one of them is in no lane.
#[derive(Debug, clap::Args)]
struct Show {
    /// The paths, from the current folder; they need not exist
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the verb and prints its answer.
pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    match &arguments.verb {
        Verb::List(plain) => list(&repository, plain.format),
        Verb::Check(plain) => check(&repository, plain.format),
        Verb::Show(wish) => show(&repository, wish),
        Verb::Init(wish) => init::run(&repository, wish),
    }
}

/// Reads the lanes, and says on standard error when there are none.
fn read(repository: &gix::Repository) -> Result<Declared> {
    let declared = lane::read(repository)?;
    if !declared.taxonomy.is_declared() {
        print_status(
            "dos.toml declares no lanes\nhint: git dos lane init --preset auto --dry-run shows some\n",
        );
    }
    Ok(declared)
}

fn answer(text: &str) -> Result<()> {
    print(text).or_raise(|| message("Could not print the answer"))
}

fn list(repository: &gix::Repository, format: Format) -> Result<Outcome> {
    let declared = read(repository)?;
    answer(&match format {
        Format::Text => words::list(&declared),
        Format::Json => to_json(&json::List::of(&declared)),
    })?;
    Ok(Outcome::Holds)
}

fn check(repository: &gix::Repository, format: Format) -> Result<Outcome> {
    let declared = read(repository)?;
    let findings = declared.findings();
    answer(&match format {
        Format::Text => findings.iter().map(words::finding).collect(),
        Format::Json => to_json(&json::Check::of(&findings)),
    })?;
    Ok(if findings.is_empty() { Outcome::Holds } else { Outcome::DoesNotHold })
}

fn show(repository: &gix::Repository, wish: &Show) -> Result<Outcome> {
    let declared = read(repository)?;
    let owned = lane::owners(repository, &declared, &wish.paths)?;
    answer(&match wish.format {
        Format::Text => owned.iter().map(words::owned).collect(),
        Format::Json => to_json(&json::Show::of(&owned)),
    })?;
    let is_free = owned.iter().any(|owned| owned.lanes.is_empty());
    Ok(if is_free { Outcome::DoesNotHold } else { Outcome::Holds })
}
