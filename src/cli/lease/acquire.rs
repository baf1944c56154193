//! `git dos lease acquire`: ask for a lane, and hold it while a command runs.

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use gix::error::Result;

use super::{answer, json, ttl, who, words};
use crate::clock;
use crate::lane::Mode;
use crate::leases::holder::Owner;
use crate::ops::lease::acquire::{self, Report, Wish};
use crate::ops::lease::command::{self, After};
use crate::output::{Format, Outcome, print_status};
use crate::policy::span::Span;
use crate::verdict::arbiter::{How, WhenHeld};

/// How long a lease lasts by default.
const TTL: Duration = Duration::from_secs(50 * 60);

/// Ask for a lane
///
/// Without LANE, for any that `[lanes] autopick` of dos.toml lists. What the caller holds already goes on. Leases that
/// have ended are taken out on the way.
///
/// Exit code 0: the caller holds it. 1: others stand against it. 2: there is no such lane, or it could not be found out.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The lane, by any of its names in dos.toml, or a name for --paths
    lane: Option<String>,
    /// Hold these paths and patterns, from the current folder on
    #[arg(long, value_name = "PATH", num_args = 1.., value_parser = path)]
    paths: Vec<String>,
    /// The name that the caller goes by; by default the one in `GIT_DOS_OWNER`
    #[arg(long, value_name = "NAME")]
    owner: Option<Owner>,
    /// How long the lease lasts unless it is renewed, such as 50m [default: 50m]
    #[arg(long, value_name = "TIME", value_parser = ttl)]
    ttl: Option<Span>,
    /// Whether others may be there: `shared` is for those who all say so [default: exclusive]
    #[arg(long, value_name = "MODE", value_parser = mode)]
    mode: Option<Mode>,
    /// Wait so long for others, such as 30s
    #[arg(long, value_name = "TIME")]
    wait: Option<Span>,
    /// Take another lane that is free when this one is held
    #[arg(long, requires = "lane")]
    or_another: bool,
    /// The process without which the lease is over, such as $$ for the shell itself
    ///
    /// Without it, and without --run, only the time counts: the shell of an agent ends at once, and its lease must not.
    #[arg(long, conflicts_with = "run")]
    pid: Option<u32>,
    /// Run COMMAND while the lane is held, and give it back afterwards
    ///
    /// The lease is renewed as long as the command runs, and the exit code is that of the command.
    #[arg(long, requires = "command", conflicts_with = "format")]
    run: bool,
    /// The command with its arguments, for --run
    #[arg(last = true, requires = "run")]
    command: Vec<OsString>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Refuses what a variable that is not set leaves: it would be the whole worktree.
fn path(text: &str) -> std::result::Result<String, String> {
    if text.trim().is_empty() {
        Err("an empty path; `.` is this folder".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

fn mode(text: &str) -> std::result::Result<Mode, String> {
    let known = || Mode::ALL.map(Mode::name).join(" and ");
    Mode::named(text).ok_or_else(|| format!("known are {}", known()))
}

/// Runs the verb and prints its answer, which a command that is run has no part of.
pub(super) fn run(repository: &gix::Repository, arguments: &Arguments) -> Result<ExitCode> {
    // Until the command is there, its lease is over with this process.
    let pid = if arguments.run { Some(std::process::id()) } else { arguments.pid };
    let asker = who(repository, arguments.owner.as_ref(), pid)?;
    let wish = Wish {
        lane: arguments.lane.clone(),
        paths: arguments.paths.clone(),
        mode: arguments.mode.unwrap_or_default(),
        when_held: if arguments.or_another { WhenHeld::Another } else { WhenHeld::Refuse },
        ttl: arguments.ttl.map_or(TTL, |span| span.0),
        patience: arguments.wait.map_or(Duration::ZERO, |span| span.0),
    };
    let report = acquire::acquire(repository, &asker, &wish)?;
    let now = clock::now();
    match &report {
        Report::Given { lease, how } if arguments.run => {
            let after = if *how == How::Renewed { After::Keep } else { After::Release };
            let code = command::run(repository, (&asker, lease), &arguments.command, after)?;
            Ok(code.into())
        }
        Report::Given { .. } => {
            answer(
                arguments.format,
                || words::acquired(&report, now),
                || json::acquired(&report, &asker, now),
            )?;
            Ok(Outcome::Holds.into())
        }
        Report::Refused(refused) => {
            let hint = words::hint(refused, &asker, now);
            if arguments.run {
                print_status(&(words::acquired(&report, now) + &hint));
            } else {
                answer(
                    arguments.format,
                    || words::acquired(&report, now),
                    || json::acquired(&report, &asker, now),
                )?;
                print_status(&hint);
            }
            Ok(Outcome::DoesNotHold.into())
        }
    }
}
