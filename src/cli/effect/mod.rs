//! `git dos effect`: did the claimed change of state happen?

mod claim;
mod json;
mod list;
mod snapshot;
mod text;

use std::path::{Path, PathBuf};

use clap::ArgGroup;
use gix::error::{Result, ResultExt as _, message};

use super::coalesce::to_json;
use crate::evidence::repository::{self, Environment};
use crate::ops::effect::{self, Witness};
use crate::output::{Format, Outcome, print};
use crate::policy::effect::Name;
use crate::verdict::effect::Answer;
use claim::Expect;

/// The forms of a call; what would be made of the arguments is wider than a terminal.
const USAGE: &str =
    "git dos effect [OPTIONS] <KEY[=VALUE]> --before-rev <REVISION> [--after-rev <REVISION>]
       git dos effect [OPTIONS] <KEY[=VALUE]> --probe <NAME>
       git dos effect [OPTIONS] <KEY[=VALUE]> --before <FILE> --after <FILE>
       git dos effect <COMMAND>";

/// Tell whether a claimed change of state happened
///
/// A state is keys with values: the rows of a table, the files of a folder or of a commit, the members of a
/// JSON object. It is looked at before and after, and what is seen counts as much as it is hard to forge:
/// commits, and snapshots that git-dos took itself, are accountable witnesses; files that are named here
/// are not, because whoever names them may have written them.
///
/// The answer is CONFIRMED, REFUTED, CONFLICT (accountable witnesses disagree) or UNWITNESSED (no accountable
/// witness saw anything). Exit code 0: confirmed. 1: not confirmed. 2: could not find out, or nothing is claimed.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(override_usage = USAGE)]
#[command(group(ArgGroup::new("witness").required(true).multiple(true)
    .args(["before", "before_revision", "probe"])))]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// The key that is said to have changed, and the value that it is said to have now
    ///
    /// With revisions, the key is a path from the top and the value an object id. KEY#/a/b is the part /a/b of the
    /// value (a JSON pointer), or of the file's JSON. A value is JSON if it can be, else text.
    #[arg(required = true, value_name = "KEY[=VALUE]")]
    claim: Option<String>,
    /// What is said to have become of the key
    #[arg(long, value_enum, default_value_t)]
    expect: Expect,
    /// The part of the value that is meant, as a JSON pointer; `#/` is then part of the key
    #[arg(long, value_name = "POINTER")]
    pointer: Option<String>,
    /// The value that it is said to have; `=` is then part of the key
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    value: Option<String>,
    /// Take all of KEY as the key, with `=` and `#/`
    #[arg(long)]
    literal: bool,
    /// A JSON file with the state before; it cannot confirm anything
    #[arg(long, value_name = "FILE", requires = "after")]
    before: Option<PathBuf>,
    /// A JSON file with the state after
    #[arg(long, value_name = "FILE", requires = "before")]
    after: Option<PathBuf>,
    /// The revision that has the state before
    #[arg(long = "before-rev", id = "before_revision", value_name = "REVISION")]
    before_revision: Option<String>,
    /// The revision that has the state after
    #[arg(
        long = "after-rev",
        id = "after_revision",
        value_name = "REVISION",
        default_value = "HEAD"
    )]
    #[arg(requires = "before_revision")]
    after_revision: String,
    /// The snapshot that has the state before; its source is read now
    ///
    /// May be given several times, and together with files and revisions.
    #[arg(long, value_name = "NAME", value_parser = name)]
    probe: Vec<Name>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t, global = true)]
    format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    Snapshot(snapshot::Arguments),
    List(list::Arguments),
}

/// Reads the name of a state.
fn name(text: &str) -> std::result::Result<Name, String> {
    Name::try_from(text.to_owned())
}

/// Runs the verb and prints its answer.
pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    match &arguments.action {
        Some(Action::Snapshot(order)) => return snapshot::run(order, arguments.format),
        Some(Action::List(_)) => return list::run(arguments.format),
        None => {}
    }
    let claim = claim::read(arguments)?;
    let open = || repository::open(Path::new("."), Environment::Honoured);
    let report = effect::ask(&claim, &witnesses(arguments), open)?;
    let answer = match arguments.format {
        Format::Text => text::render(&report),
        Format::Json => to_json(&json::Json::of(&report)),
    };
    print(&answer).or_raise(|| message("Could not print the answer"))?;
    Ok(match report.verdict.answer {
        Answer::Confirmed => Outcome::Holds,
        Answer::Refuted | Answer::Conflict | Answer::Unwitnessed => Outcome::DoesNotHold,
        Answer::NoClaim => Outcome::Unknown,
    })
}

fn witnesses(arguments: &Arguments) -> Vec<Witness> {
    let mut witnesses = Vec::new();
    if let (Some(before), Some(after)) = (&arguments.before, &arguments.after) {
        witnesses.push(Witness::Files(before.clone(), after.clone()));
    }
    if let Some(before) = &arguments.before_revision {
        witnesses.push(Witness::Revisions(before.clone(), arguments.after_revision.clone()));
    }
    witnesses.extend(arguments.probe.iter().cloned().map(Witness::Probe));
    witnesses
}
