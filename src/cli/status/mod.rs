//! `git dos status`: what goes on here, and would git and the agents call git-dos?

mod page;

use std::fmt::Write as _;
use std::path::Path;

use gix::error::{Result, ResultExt as _, message};
use serde::Serialize;

use super::halt::One;
use crate::evidence::repository::{self, Environment};
use crate::hooks::mode::Mode;
use crate::ops::overview;
use crate::ops::status::{self, Report, Row};
use crate::ops::wiring::place::Place;
use crate::output::{self, Format, Outcome, shown};

/// Show what goes on here, and whether git and your agents would call git-dos
///
/// What there is of it: runs with what each is doing, lanes with their holders, proposed stops, commits that a push
/// would send and whose claims their diffs do not bear out, folded archives.
///
/// Exit code 0 when all hooks that were asked for are in place, 1 when something is not as it should be, 2 when it
/// could not be found out.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    let place = Place::of(&repository)?;
    let report = status::look(&repository, &place)?;
    let overview = overview::look(&repository);
    let text = match arguments.format {
        Format::Json => json(&report, &place, &overview),
        Format::Text => page::text(&overview) + &text(&report, &place),
    };
    output::print(&text).or_raise(|| message("Could not write the answer"))?;
    let faults = page::faults(&overview);
    for fault in &faults {
        output::print_status(fault);
    }
    Ok(match (report.is_unknown() || !faults.is_empty(), report.is_good()) {
        (true, _) => Outcome::Unknown,
        (false, true) => Outcome::Holds,
        (false, false) => Outcome::DoesNotHold,
    })
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Json<'r> {
    /// Always `git-dos/status/1`.
    schema: &'static str,
    /// All is as it should be.
    good: bool,
    /// `observe`, `advise` or `gate`; or the word that `dos.mode` has instead.
    mode: &'r str,
    /// Sentences about the installation as a whole.
    faults: &'r [String],
    worktrees: Vec<JsonWorktree<'r>>,
    /// The stops that are proposed and that nobody has acknowledged.
    halts: Vec<One<'r>>,
    /// What goes on; what could not be found out is `null`.
    #[serde(flatten)]
    page: page::Json<'r>,
}

#[derive(Serialize)]
struct JsonWorktree<'r> {
    /// The top of the worktree.
    path: String,
    hooks: Vec<JsonHook<'r>>,
}

#[derive(Serialize)]
struct JsonHook<'r> {
    /// `git`, or the agent.
    caller: &'static str,
    /// The caller's name for the event.
    event: &'r str,
    /// One word in capitals.
    verdict: &'static str,
    /// The file that decided, from the top of the worktree that the command ran in when it is inside.
    file: String,
    /// What to know, and the command that mends it.
    #[serde(skip_serializing_if = "str::is_empty")]
    sentence: &'r str,
}

impl<'r> JsonHook<'r> {
    fn of(row: &'r Row, place: &Place) -> Self {
        Self {
            caller: row.caller,
            event: &row.event,
            verdict: row.verdict.name(),
            file: place.shown(&row.file),
            sentence: &row.sentence,
        }
    }
}

fn mode(report: &Report) -> &str {
    report.mode.as_ref().map_or_else(String::as_str, |mode| mode.name())
}

fn json(report: &Report, place: &Place, overview: &overview::Report) -> String {
    let halts = overview.halts.as_deref().unwrap_or_default();
    let hook = |row| JsonHook::of(row, place);
    let worktrees = report.worktrees.iter().map(|seen| JsonWorktree {
        path: seen.top.display().to_string(),
        hooks: seen.rows.iter().map(hook).collect(),
    });
    let report = Json {
        schema: "git-dos/status/1",
        good: report.is_good(),
        mode: mode(report),
        faults: &report.faults,
        worktrees: worktrees.collect(),
        halts: halts.iter().map(|halt| One::of(halt, None)).collect(),
        page: page::Json::of(overview),
    };
    crate::output::json(&report) + "\n"
}

/// Returns the rows with their names; many events of one caller of which the same is said are one row.
fn named(rows: &[Row]) -> Vec<(String, &Row)> {
    const MANY: usize = 4;
    let same = |one: &Row, other: &Row| {
        let said = |row: &Row| (row.caller, row.verdict, row.file.clone(), row.sentence.clone());
        said(one) == said(other)
    };
    let mut named = Vec::new();
    for equal in rows.chunk_by(same) {
        match equal {
            [first, ..] if equal.len() >= MANY => {
                named.push((format!("{}, {} events", first.caller, equal.len()), first));
            }
            rows => {
                let name = |row: &Row| format!("{} {}", row.caller, row.event);
                named.extend(rows.iter().map(|row| (name(row), row)));
            }
        }
    }
    named
}

fn text(report: &Report, place: &Place) -> String {
    let mut text = String::new();
    let mut line = |words: String| {
        writeln!(text, "{}", words.trim_end()).expect("writing to a String cannot fail");
    };
    for seen in &report.worktrees {
        line(shown(seen.top.as_os_str().as_encoded_bytes()));
        let named = named(&seen.rows);
        let width = named.iter().map(|(name, _)| name.len()).max().unwrap_or_default().max(20);
        for (name, row) in named {
            let file = shown(place.shown(&row.file).as_bytes());
            line(format!("  {name:<width$} {:<10} {file}", row.verdict.name()));
            for sentence in row.sentence.lines() {
                line(format!("    {}", shown(sentence.as_bytes())));
            }
        }
        if seen.rows.is_empty() {
            line("  nothing is asked for".to_owned());
        }
    }
    match &report.mode {
        Ok(found) if *found == Mode::default() => line(format!("mode: {}", found.name())),
        Ok(found) => line(format!("mode: {} (git config dos.mode)", found.name())),
        Err(word) => line(format!(
            "mode: {} is none of observe, advise, gate; git config dos.mode gate",
            shown(word.as_bytes())
        )),
    }
    for fault in &report.faults {
        line(shown(fault.as_bytes()));
    }
    text
}
