//! `git dos severity`: what is this event worth, and who is to be told?

mod json;
mod words;

use std::path::{Path, PathBuf};

use gix::error::{Result, ResultExt as _, message};

use crate::evidence::repository::{self, Environment};
use crate::ops::severity::event::{Account, Event, Pick};
use crate::ops::severity::{self, Report};
use crate::output::{Format, Outcome, print};
use crate::verdict::sink::Sink;
use json::Json;

/// Say what an event of a loop is worth, and whether an audience is to be told
///
/// The event is described by options, or by a JSON object with the same names: family, verdict, run, cause,
/// picks_shipped, picks (a list of {"plan", "phase"}), first_occurrence, new_findings, substantive_ships,
/// surfaced, soft_claims, staged_changed, and account with verified_ships, claimed_ships, catches,
/// advance_commits, grooms, unblocks, surfaced.
///
/// Picks that are named are looked for as by `git dos verify`. Whether a blocker is new is looked up in the
/// archives of this branch, unless the event says so.
///
/// Exit code with --sink: 0 when that audience is told, 1 when it is not; otherwise 0. 2: could not find out.
#[derive(Debug, clap::Args)]
#[expect(clippy::doc_markdown, reason = "the words are printed as they are")]
pub(super) struct Arguments {
    /// The event as a JSON object in a file, or `-` for standard input
    #[arg(long, value_name = "FILE")]
    event: Option<PathBuf>,
    #[command(flatten)]
    fields: Fields,
    #[command(flatten)]
    account: Counted,
    /// The audience: push, commit, terminal, report or artifact
    #[arg(long, value_name = "SINK", value_parser = sink)]
    sink: Option<Sink>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// An event in options.
#[derive(Debug, clap::Args)]
#[group(conflicts_with = "event")]
struct Fields {
    /// The loop: dispatch, dispatch-loop, replan, next-up or another word
    #[arg(long, value_name = "FAMILY", required_unless_present = "event")]
    family: Option<String>,
    /// The outcome, such as BLOCKED, DRAIN, LIVE or ERROR
    #[arg(long, value_name = "WORD")]
    verdict: Option<String>,
    /// The run's name; its own archive at HEAD is none from before
    #[arg(long, value_name = "STAMP")]
    run: Option<String>,
    /// Why nothing came of it
    #[arg(long, value_name = "KEY")]
    cause: Option<String>,
    /// How many units of work the run says it shipped
    #[arg(long, value_name = "N")]
    picks_shipped: Option<u32>,
    /// A unit of work that the run says it shipped, which is looked for; may be repeated
    #[arg(long, num_args = 2, value_names = ["PLAN", "PHASE"])]
    pick: Vec<String>,
    /// Whether a blocking outcome is seen for the first time; default: looked up
    #[arg(long, value_name = "BOOL")]
    first_occurrence: Option<bool>,
    /// Findings that a replan closed
    #[arg(long, value_name = "N")]
    new_findings: Option<u32>,
    /// Ships of weight that a replan saw
    #[arg(long, value_name = "N")]
    substantive_ships: Option<u32>,
    /// Entries that a replan promoted, or decisions that a dispatch brought before a person
    #[arg(long, value_name = "N")]
    surfaced: Option<u32>,
    /// Picks that are claimed softly
    #[arg(long, value_name = "N")]
    soft_claims: Option<u32>,
    /// Whether anything was staged; default: true
    #[arg(long, value_name = "BOOL")]
    staged_changed: Option<bool>,
}

/// Counted work in options.
#[derive(Debug, clap::Args)]
#[group(conflicts_with = "event")]
struct Counted {
    /// Units of work whose shipping was verified
    #[arg(long, value_name = "N")]
    verified_ships: Option<u64>,
    /// Units of work that the run says it shipped, for its account
    #[arg(long, value_name = "N")]
    claimed_ships: Option<u64>,
    /// False claims that were caught
    #[arg(long, value_name = "N")]
    catches: Option<u64>,
    /// Commits that moved the work on without shipping it
    #[arg(long, value_name = "N")]
    advance_commits: Option<u64>,
    /// Tidied backlog entries
    #[arg(long, value_name = "N")]
    grooms: Option<u64>,
    /// Obstacles taken out of the way
    #[arg(long, value_name = "N")]
    unblocks: Option<u64>,
}

fn sink(text: &str) -> std::result::Result<Sink, String> {
    let known = || format!("known are {}", Sink::ALL.map(Sink::name).join(", "));
    Sink::named(text).ok_or_else(known)
}

impl Fields {
    fn event(self, account: &Counted) -> Event {
        let fields = self;
        let picks = fields.pick.chunks_exact(2).filter_map(|pair| {
            let [plan, phase] = pair else { return None };
            Some(Pick { plan: plan.clone(), phase: phase.clone() })
        });
        Event {
            picks: picks.collect(),
            account: account.account(fields.surfaced.unwrap_or(0)),
            family: fields.family.unwrap_or_default(),
            verdict: fields.verdict,
            run: fields.run,
            cause: fields.cause,
            picks_shipped: fields.picks_shipped,
            first_occurrence: fields.first_occurrence,
            new_findings: fields.new_findings.unwrap_or(0),
            substantive_ships: fields.substantive_ships.unwrap_or(0),
            surfaced: fields.surfaced.unwrap_or(0),
            soft_claims: fields.soft_claims.unwrap_or(0),
            staged_changed: fields.staged_changed,
        }
    }
}

impl Counted {
    /// Returns the account, if anything in it was counted.
    fn account(&self, surfaced: u32) -> Option<Account> {
        let account = Account {
            verified_ships: self.verified_ships.unwrap_or(0),
            claimed_ships: self.claimed_ships.unwrap_or(0),
            catches: self.catches.unwrap_or(0),
            advance_commits: self.advance_commits.unwrap_or(0),
            grooms: self.grooms.unwrap_or(0),
            unblocks: self.unblocks.unwrap_or(0),
            surfaced: u64::from(surfaced),
        };
        (account != Account::default()).then_some(account)
    }
}

/// Runs the verb and prints its answer.
pub(super) fn run(arguments: Arguments) -> Result<Outcome> {
    let event = match &arguments.event {
        Some(path) => Event::read(path)?,
        None => arguments.fields.event(&arguments.account),
    };
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    let report = severity::judge(&repository, &event)?;
    let text = match arguments.format {
        Format::Text => words::text(&report, arguments.sink),
        Format::Json => crate::output::json(&Json::of(&report, arguments.sink)) + "\n",
    };
    print(&text).or_raise(|| message("Could not print the answer"))?;
    Ok(match passes(&report, arguments.sink) {
        Some(false) => Outcome::DoesNotHold,
        Some(true) | None => Outcome::Holds,
    })
}

/// Tells whether `sink` is told; `None` without one.
fn passes(report: &Report, sink: Option<Sink>) -> Option<bool> {
    let mut sinks = report.sinks.iter();
    sink.and_then(|sink| sinks.find(|reach| reach.sink == sink)).map(|reach| reach.passes)
}
