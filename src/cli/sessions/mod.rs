//! `git dos sessions`: which agents worked here, and what came of it?

mod json;
mod words;

use std::path::Path;

use gix::error::{Result, ResultExt as _, message};

use crate::evidence::repository::{self, Environment};
use crate::ops::sessions::{self, Question, Report};
use crate::output::{Format, Outcome, print, print_status, shown};
use crate::policy::span::Span;
use json::Json;

/// List the sessions of agents in this repository, the newest first
///
/// Of each: the agent, the session, its model, when and where it began, whether its run is moving, its commits
/// since then, what it was told when it stopped, the tool calls that are written down, and whether they bring
/// anything new. With a session: all that is known of it.
///
/// Exit code 0, or 2 when something that was written down cannot be read.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The session's id, or how it begins
    session: Option<String>,
    /// Leave out what began longer ago, such as 12h or 7d
    #[arg(long, value_name = "TIME", conflicts_with = "session")]
    since: Option<Span>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the verb and prints its answer.
pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    let session = arguments.session.as_deref();
    let since = arguments.since.map(|span| span.0);
    let report = sessions::look(&repository, &Question { session, since })?;
    let text = match (arguments.format, report.sessions.first()) {
        (Format::Json, _) => crate::output::json(&Json::of(&report)) + "\n",
        (Format::Text, Some(one)) if session.is_some() => words::whole(one, &report),
        (Format::Text, _) => words::list(&report),
    };
    print(&text).or_raise(|| message("Could not print the answer"))?;
    complain(&report, arguments.format);
    Ok(if report.is_whole() { Outcome::Holds } else { Outcome::Unknown })
}

/// Says on standard error what could not be read, and what was left out.
fn complain(report: &Report, format: Format) {
    let damage = report.sessions.iter().flat_map(|session| &session.damage);
    for reason in report.lost.iter().chain(damage) {
        print_status(&format!("warning: {}\n", shown(reason.as_bytes())));
    }
    if report.earlier > 0 && format == Format::Text {
        print_status(&format!("{} began before that and are left out\n", report.earlier));
    }
}
