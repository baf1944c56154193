//! `git dos run start`: begin a run here and now.

use std::path::Path;

use gix::error::{Result, ResultExt as _, message};
use serde::Serialize;

use crate::evidence::repository::{self, Environment};
use crate::ops::run::{self, Request};
use crate::output::{Format, Outcome, json, print};
use crate::policy::span::Span;
use crate::run_id::Lineage;

/// Begin a run in this worktree, at its present HEAD, and print its id
///
/// The run descends from the one in `CID_RUN_ID`, if that is set. To hand it on to what a shell starts:
/// `eval "$(git dos run start --export)"`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The lane in which it works
    #[arg(long)]
    lane: Option<String>,
    /// The process that it is, such as $$ for the shell itself
    ///
    /// A run whose process is gone is stalled at once.
    #[arg(long)]
    pid: Option<u32>,
    /// How long it may take, such as 30m or 1h 30m
    #[arg(long, value_name = "TIME")]
    budget: Option<Span>,
    /// What kind of process it is, for `CID_PROCESS_ID`
    #[arg(long, value_name = "NAME", default_value = "run")]
    process: String,
    /// Print lines for a shell that set `CID_RUN_ID`, `CID_ROOT_ID`, `CID_PROCESS_ID` and `CID_PARENT_ID`
    #[arg(long, conflicts_with = "format")]
    export: bool,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// The answer of `git dos run start --format json`; fields may be added.
#[derive(Debug, Serialize)]
struct Json<'a> {
    /// Always `git-dos/run-start/1`.
    schema: &'static str,
    /// The id of the run.
    run: &'a str,
    /// What kind of process it is.
    process: &'a str,
    /// The run that started it.
    parent: Option<&'a str>,
    /// The run with which it all began.
    root: &'a str,
    /// The commit from which it starts, in full hexadecimal.
    head: Option<String>,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    time_ms: u64,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    let lineage = run::lineage(&arguments.process)?;
    let request = Request {
        lane: arguments.lane.clone(),
        pid: arguments.pid,
        budget: arguments.budget.map(|span| span.0),
        session: None,
    };
    let started = run::start(&repository, &lineage, &request)?;
    let text = match arguments.format {
        Format::Text if arguments.export => export(&lineage),
        Format::Text => format!("{}\n", lineage.run),
        Format::Json => {
            let answer = Json {
                schema: "git-dos/run-start/1",
                run: lineage.run.as_str(),
                process: &lineage.process,
                parent: lineage.parent.as_deref(),
                root: &lineage.root,
                head: started.head.map(|id| id.to_string()),
                time_ms: started.time_ms,
            };
            json(&answer) + "\n"
        }
    };
    print(&text).or_raise(|| message("Could not print the answer"))?;
    Ok(Outcome::Holds)
}

/// Renders the lineage as lines for a POSIX shell.
fn export(lineage: &Lineage) -> String {
    let line = |(name, value): (&str, Option<&str>)| {
        value.map_or_else(
            || format!("unset {name}\n"),
            |value| format!("export {name}='{}'\n", value.replace('\'', r"'\''")),
        )
    };
    lineage.variables().map(line).concat()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::export;
    use crate::run_id::{Lineage, RunId};

    #[test]
    fn whatever_was_inherited_stays_one_word() {
        let id = RunId::mint(Duration::from_millis(7), 7).unwrap();
        let hostile = "a' ; rm -rf \"$HOME\" `x` \n'";
        let lineage = Lineage::inherited(id.clone(), "w", Some(hostile), None).unwrap();
        let quoted = r#"'a'\'' ; rm -rf "$HOME" `x` "#.to_owned() + "\n" + r"'\'''";
        let want = format!(
            "export CID_RUN_ID='{id}'\nexport CID_ROOT_ID={quoted}\nexport CID_PROCESS_ID='PROC-w'\nexport CID_PARENT_ID={quoted}\n"
        );
        assert_eq!(
            export(&lineage),
            want,
            "a quote ends the quoted part, stands alone, and begins the next"
        );
        let first = Lineage::inherited(id, "w", None, None).unwrap();
        assert!(export(&first).ends_with("unset CID_PARENT_ID\n"), "no parent of an earlier run");
    }
}
