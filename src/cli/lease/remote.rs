//! `git dos lease remote`: where do clones share the leases?

use gix::error::Result;

use super::{answer, json, words};
use crate::ops::lease::shared;
use crate::output::{Format, Outcome};

/// Show where clones share the leases
///
/// `[leases] remote` of dos.toml names the remote, and the first lease sets it up. All worktrees of a clone share one set,
/// so that this stays when another branch says nothing of it.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Find out anew in which ref the remote has the leases, and go on from what is there
    #[arg(long, conflicts_with = "forget")]
    probe: bool,
    /// Share them no more: what is held in this clone stays held here
    #[arg(long)]
    forget: bool,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the verb and prints its answer.
pub(super) fn run(repository: &gix::Repository, arguments: &Arguments) -> Result<Outcome> {
    let view = if arguments.forget {
        shared::part(repository)?;
        None
    } else if arguments.probe {
        Some(shared::probe(repository)?)
    } else {
        shared::view(repository)?
    };
    answer(arguments.format, || words::remote(view.as_ref()), || json::remote(view.as_ref()))?;
    Ok(Outcome::Holds)
}
