//! `git dos halt`: propose that a run be stopped.

mod words;

use std::path::Path;

use gix::error::{OptionExt as _, Result, ResultExt as _, message};
use serde::Serialize;

use crate::clock;
use crate::evidence::repository::{self, Environment, state_folder};
use crate::journal::halts::{Halt, Proposal};
use crate::ops::halt;
use crate::output::{Format, HINT, Outcome, json, print};
pub(super) use words::{line, lines};

/// Propose that a run be stopped, for a person to decide
///
/// Nothing is signalled: the proposal is written down, and git dos status and git dos liveness show it until somebody
/// acknowledges it.
#[derive(Debug, clap::Args)]
#[command(subcommand_value_name = "VERB", subcommand_help_heading = "Verbs")]
#[command(disable_help_subcommand = true, args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// The run's id, or the lane that it works in
    #[arg(value_name = "RUN|LANE")]
    target: Option<String>,
    /// Why it should stop
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The command that stops it; by default kill and its process, where that is known
    #[arg(long, value_name = "TEXT")]
    command: Option<String>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Ack(Ack),
    List(List),
}

/// Say that proposals were seen, so that they are not shown any more
///
/// They stay in the journal, and git dos halt list --all shows them.
#[derive(Debug, clap::Args)]
struct Ack {
    /// The proposal's id, or a run or a lane for all that are about it
    #[arg(value_name = "ID|RUN|LANE")]
    name: String,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// List the proposals that nobody has acknowledged
///
/// Exit code 0: there are none. 1: there are some. 2: some could not be read.
#[derive(Debug, clap::Args)]
struct List {
    /// Also those that were acknowledged
    #[arg(long)]
    all: bool,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// The answers of `git dos halt`, `halt ack` and `halt list`; fields may be added.
#[derive(Debug, Serialize)]
struct Json<'a> {
    /// `git-dos/halt/1`, `git-dos/halt-ack/1` or `git-dos/halt-list/1`.
    schema: &'static str,
    /// The proposals that were made, acknowledged or found, oldest first.
    halts: Vec<One<'a>>,
}

/// One proposal.
#[derive(Debug, Serialize)]
pub(super) struct One<'a> {
    /// Its id.
    id: &'a str,
    /// When it was made, in milliseconds since 1970-01-01T00:00:00Z.
    time_ms: u64,
    /// The run that should stop.
    run: Option<&'a str>,
    /// The lane in which it works.
    lane: Option<&'a str>,
    /// Who proposes it.
    by: &'a str,
    /// Why.
    reason: &'a str,
    /// The command with which a person would stop it.
    command: Option<&'a str>,
    /// Who has acknowledged it.
    seen_by: Option<&'a str>,
}

impl<'a> One<'a> {
    pub(super) fn of(halt: &'a Halt, seen_by: Option<&'a str>) -> Self {
        Self {
            id: &halt.id,
            time_ms: halt.time_ms,
            run: halt.run.as_deref(),
            lane: halt.lane.as_deref(),
            by: &halt.by,
            reason: &halt.reason,
            command: halt.command.as_deref(),
            seen_by,
        }
    }
}

/// Runs the verb and prints its answer.
pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    let (repository, now) =
        (repository::open(Path::new("."), Environment::Honoured)?, clock::now());
    let (text, outcome) = match &arguments.verb {
        Some(Verb::Ack(ack)) => {
            let seen = halt::acknowledge(&repository, &ack.name, now)?;
            let text = match ack.format {
                Format::Json => render("git-dos/halt-ack/1", seen.iter().map(|halt| (halt, None))),
                Format::Text => words::acknowledged(&seen),
            };
            (text, Outcome::Holds)
        }
        Some(Verb::List(list)) => return list_all(&repository, list),
        None => {
            let halt = propose(&repository, arguments)?;
            let text = match arguments.format {
                Format::Json => render("git-dos/halt/1", [(&halt, None)]),
                Format::Text => line(&halt, None, now),
            };
            (text, Outcome::Holds)
        }
    };
    print(&text).or_raise(|| message("Could not print the answer"))?;
    Ok(outcome)
}

fn propose(repository: &gix::Repository, arguments: &Arguments) -> Result<Halt> {
    let missing = |what: &str| {
        message!("{what} is missing").with(HINT, "git dos halt RUN --reason 'it repeats itself'")
    };
    let name =
        arguments.target.as_deref().ok_or_raise(|| missing("The run or the lane to stop"))?;
    let reason = arguments.reason.as_deref().filter(|reason| !reason.trim().is_empty());
    let reason = reason.ok_or_raise(|| missing("The reason"))?;
    let target = halt::target(repository, name)?;
    let (state, by) = (state_folder(repository), halt::asker(repository));
    let how = (&target, arguments.command.clone());
    halt::propose(&state, how, (&by, reason), clock::now())
}

fn list_all(repository: &gix::Repository, list: &List) -> Result<Outcome> {
    let state = state_folder(repository);
    let book = halt::book(&state)?;
    let shown: Vec<&Proposal> =
        book.proposals.iter().filter(|proposal| list.all || proposal.seen.is_none()).collect();
    let open = book.open().count();
    let text = match list.format {
        Format::Json => render(
            "git-dos/halt-list/1",
            shown.iter().map(|proposal| (&proposal.halt, by(proposal))),
        ),
        Format::Text => {
            shown.iter().map(|proposal| line(&proposal.halt, by(proposal), clock::now())).collect()
        }
    };
    print(&text).or_raise(|| message("Could not print the answer"))?;
    halt::damage(&state, &book)?;
    Ok(if open == 0 { Outcome::Holds } else { Outcome::DoesNotHold })
}

fn render<'a>(
    schema: &'static str,
    halts: impl IntoIterator<Item = (&'a Halt, Option<&'a str>)>,
) -> String {
    let halts = halts.into_iter().map(|(halt, seen_by)| One::of(halt, seen_by)).collect();
    json(&Json { schema, halts }) + "\n"
}

/// Returns who has acknowledged `proposal`.
fn by(proposal: &Proposal) -> Option<&str> {
    proposal.seen.as_ref().map(|ack| ack.by.as_str())
}
