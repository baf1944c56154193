//! `git dos lease`: hold a lane, so that nobody else works there.

mod acquire;
mod json;
mod remote;
mod words;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use gix::error::{ErrorExt as _, Result, ResultExt as _, message};

use crate::env;
use crate::evidence::repository::{self, Environment};
use crate::leases::Holder;
use crate::leases::holder::Owner;
use crate::ops::lease::keep::Which;
use crate::ops::lease::{command, holder, import, keep, list, shared};
use crate::output::{Format, HINT, Outcome, error_text, print, print_status};
use crate::policy::span::Span;
pub(super) use words::{as_of, row};

/// Hold a lane, so that nobody else works there
///
/// The leases of a repository are in one ref that all its worktrees share, refs/dos/leases, and other clones too where
/// dos.toml names a remote. A lease ends with its time,
/// or with its process where it has one; until then nobody else is given its lane, nor paths in it.
///
/// Who asks is known by --owner, by the session of the agent, by `CID_RUN_ID`, and, without any
/// of these, by the worktree.
#[derive(Debug, clap::Args)]
#[command(subcommand_value_name = "VERB", subcommand_help_heading = "Verbs")]
#[command(disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Acquire(acquire::Arguments),
    Adopt(Adopt),
    /// Begin the history of the leases anew
    ///
    /// This happens by itself every 1,000 changes. The history so far is kept on refs/dos/leases-earlier until the next
    /// time.
    Compact(Simple),
    /// Look what the remote says, where clones share the leases
    Fetch(Simple),
    Import(Import),
    List(Seen),
    Log(Log),
    Remote(remote::Arguments),
    Release(Release),
    Renew(Renew),
}

/// Give lanes back
///
/// Without LANE, all that the caller holds. Exit code 1: somebody else holds one, and that one stays.
#[derive(Debug, clap::Args)]
struct Release {
    /// The lanes
    #[arg(value_name = "LANE")]
    lanes: Vec<String>,
    #[command(flatten)]
    simple: Simple,
}

/// Hold lanes for longer
///
/// Their time begins anew. Without LANE, all that the caller holds. Exit code 1: it does not hold one of them any more.
#[derive(Debug, clap::Args)]
struct Renew {
    /// The lanes
    #[arg(value_name = "LANE")]
    lanes: Vec<String>,
    /// How long they last from now on, such as 50m; by default as long as before
    #[arg(long, value_name = "TIME", value_parser = ttl)]
    ttl: Option<Span>,
    #[command(flatten)]
    simple: Simple,
}

/// Take a lane over from who holds it
///
/// What the caller holds already, and a lease that has ended, it gets at once; any other only by its number, from
/// `git dos lease list`. Whoever held it is told so when it renews.
#[derive(Debug, clap::Args)]
struct Adopt {
    /// The lane
    lane: String,
    /// The number of the lease that is taken over
    #[arg(long, value_name = "N")]
    grant: Option<u64>,
    /// The process without which the lease is over, such as $$ for the shell itself
    #[arg(long)]
    pid: Option<u32>,
    #[command(flatten)]
    simple: Simple,
}

/// Become a command that holds a lease, as --run has it
#[derive(Debug, clap::Args)]
pub(super) struct Become {
    /// The number of the lease
    grant: u64,
    /// The command with its arguments
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

/// Take over live leases from the journal of dos-kernel
///
/// Exit code 1: others stand against some of them. 2: lines of the journal are damaged; what the others say is taken in.
#[derive(Debug, clap::Args)]
struct Import {
    /// The journal, such as .dos/lane-journal.jsonl
    file: PathBuf,
    #[command(flatten)]
    simple: Simple,
}

/// Show what was done to the leases, newest first
///
/// Where clones share the leases, the remote is asked first.
#[derive(Debug, clap::Args)]
struct Log {
    /// How many changes at most
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    number: usize,
    #[command(flatten)]
    seen: Seen,
}

/// List who holds what
///
/// Where clones share the leases, the remote is asked first. Exit code 2: it does not answer, and the list is as it was
/// when it last did.
#[derive(Debug, clap::Args)]
struct Seen {
    /// Show what was last known, and ask nobody
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    simple: Simple,
}

/// What every verb takes.
#[derive(Debug, clap::Args)]
struct Simple {
    /// The name that the caller goes by; by default the one in `GIT_DOS_OWNER`
    #[arg(long, value_name = "NAME")]
    owner: Option<Owner>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Reads a time for which a lease can last.
fn ttl(text: &str) -> std::result::Result<Span, String> {
    let span: Span = text.parse()?;
    if span.0.as_secs() == 0 {
        Err("a lease lasts for a second at least".to_owned())
    } else {
        Ok(span)
    }
}

/// Runs the verb and prints its answer.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    let outcome = match &arguments.verb {
        Verb::Acquire(arguments) => return acquire::run(&repository, arguments),
        Verb::Adopt(adopt) => {
            let asker = who(&repository, adopt.simple.owner.as_ref(), adopt.pid)?;
            let report = keep::adopt(&repository, &asker, &adopt.lane, adopt.grant)?;
            kept(&report, &asker, "adopt", adopt.simple.format)?
        }
        Verb::Compact(simple) => {
            let left = list::compact(&repository)?;
            answer(simple.format, || words::compacted(left), || json::compacted(left))?;
            Outcome::Holds
        }
        Verb::Fetch(simple) => {
            shared::refresh(&repository, None, None)?;
            listed(&repository, simple)?
        }
        Verb::Import(import) => take_in(&repository, import)?,
        Verb::List(seen) => {
            let asked = seen.ask(&repository);
            let outcome = listed(&repository, &seen.simple)?;
            asked.map(|()| outcome)?
        }
        Verb::Log(log) => {
            let (asked, format) = (log.seen.ask(&repository), log.seen.simple.format);
            let entries = list::log(&repository, log.number)?;
            answer(format, || words::log(&entries), || json::log(&entries))?;
            asked.map(|()| Outcome::Holds)?
        }
        Verb::Remote(arguments) => remote::run(&repository, arguments)?,
        Verb::Release(release) => {
            let asker = who(&repository, release.simple.owner.as_ref(), None)?;
            let report = keep::release(&repository, &asker, which(&release.lanes))?;
            kept(&report, &asker, "release", release.simple.format)?
        }
        Verb::Renew(renew) => {
            let asker = who(&repository, renew.simple.owner.as_ref(), None)?;
            let ttl = renew.ttl.map(|span| span.0);
            let report = keep::renew(&repository, &asker, which(&renew.lanes), ttl)?;
            kept(&report, &asker, "renew", renew.simple.format)?
        }
    };
    Ok(outcome.into())
}

impl Seen {
    /// Asks the remote, unless that is not wanted. What was last known is shown all the same.
    fn ask(&self, repository: &gix::Repository) -> Result<()> {
        if self.offline { Ok(()) } else { shared::refresh(repository, None, None) }
    }
}

/// Prints who holds what, as far as it is known here.
fn listed(repository: &gix::Repository, simple: &Simple) -> Result<Outcome> {
    let asker = who(repository, simple.owner.as_ref(), None)?;
    let report = list::list(repository, &asker)?;
    answer(simple.format, || words::list(&report), || json::list(&report))?;
    Ok(Outcome::Holds)
}

/// Becomes the command, and returns only with an error.
pub(super) fn become_holder(arguments: &Become) -> Result<Outcome> {
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    command::become_command(&repository, arguments.grant, &arguments.command)?;
    Ok(Outcome::Unknown)
}

/// Returns who asks, under the name that it gives or the environment has.
fn who(repository: &gix::Repository, owner: Option<&Owner>, pid: Option<u32>) -> Result<Holder> {
    let inherited = || env::owner().map(|name| name.parse::<Owner>());
    let owner = match owner.cloned().map(Ok).or_else(inherited) {
        Some(Err(why)) => return Err(message!("GIT_DOS_OWNER is no name: {why}").raise()),
        Some(Ok(owner)) => Some(owner),
        None => None,
    };
    holder(repository, owner, pid)
}

fn which(lanes: &[String]) -> Which<'_> {
    if lanes.is_empty() { Which::Own } else { Which::Lanes(lanes) }
}

/// Prints an answer in the form that is asked for.
fn answer(
    format: Format,
    text: impl FnOnce() -> String,
    json: impl FnOnce() -> String,
) -> Result<()> {
    let text = match format {
        Format::Text => text(),
        Format::Json => json() + "\n",
    };
    print(&text).or_raise(|| message("Could not print the answer"))
}

/// Prints what came of a request about leases that there are.
fn kept(report: &keep::Report, asker: &Holder, verb: &str, format: Format) -> Result<Outcome> {
    answer(format, || words::kept(report, verb), || json::kept(report, asker, verb))?;
    if let Some(lease) = report.refused.first() {
        print_status(&words::hint_of_refusal(lease, asker));
    }
    let is_nothing = report.done.is_empty() && report.refused.is_empty();
    let is_lost = verb != "release" && (!report.missing.is_empty() || is_nothing);
    let holds = report.refused.is_empty() && !is_lost;
    Ok(if holds { Outcome::Holds } else { Outcome::DoesNotHold })
}

/// Takes in a journal and prints what came of it.
fn take_in(repository: &gix::Repository, arguments: &Import) -> Result<Outcome> {
    let asker = who(repository, arguments.simple.owner.as_ref(), None)?;
    let report = import::import(repository, &arguments.file)?;
    let format = arguments.simple.format;
    answer(format, || words::imported(&report), || json::imported(&report, &asker))?;
    if !report.damage.is_empty() {
        let lines: Vec<String> = report.damage.iter().map(ToString::to_string).collect();
        let hint =
            "what they gave or took back is not known; look at them, and at git dos lease list";
        let error = message!("Damaged lines in the journal: {}", lines.join(", "));
        print_status(&error_text(&error.with(HINT, hint).raise()));
        return Ok(Outcome::Unknown);
    }
    Ok(if report.refused.is_empty() { Outcome::Holds } else { Outcome::DoesNotHold })
}
