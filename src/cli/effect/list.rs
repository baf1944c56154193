//! `git dos effect list`: which snapshots are there?

use std::path::Path;

use gix::error::{Result, ResultExt as _, message};
use serde::Serialize;

use super::super::coalesce::{to_json, warn};
use super::{snapshot, text};
use crate::evidence::repository::{self, Environment};
use crate::journal::snapshots::Taken;
use crate::ops::effect::snapshot::{List, list};
use crate::output::{Format, Outcome, print, shown};

/// List the snapshots that can be compared with
///
/// Exit code 2: a record is damaged; the others are listed.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

/// Runs the verb and prints its answer.
pub(super) fn run(format: Format) -> Result<Outcome> {
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    let found = list(&repository)?;
    let damage = found.damage.iter();
    let damage: Vec<_> =
        damage.map(|damage| format!("snapshots.jsonl:{} is damaged", damage.line)).collect();
    let answer = match format {
        Format::Text => lines(&found),
        Format::Json => to_json(&Json {
            schema: "git-dos/effect-list/1",
            snapshots: kept(&found),
            damage: &damage,
        }),
    };
    warn(&damage);
    print(&answer).or_raise(|| message("Could not print the answer"))?;
    Ok(if damage.is_empty() { Outcome::Holds } else { Outcome::Unknown })
}

/// The answer of `git dos effect list --format json`; fields may be added.
#[derive(Debug, Serialize)]
struct Json<'a> {
    /// Always `git-dos/effect-list/1`.
    schema: &'static str,
    /// The records whose content is kept, oldest first.
    snapshots: Vec<&'a Taken>,
    /// The lines that could not be read.
    damage: &'a [String],
}

fn kept(found: &List) -> Vec<&Taken> {
    found.snapshots.iter().filter(|(_, is_kept)| *is_kept).map(|(taken, _)| taken).collect()
}

fn lines(found: &List) -> String {
    let line = |taken: &&Taken| {
        let owner = &taken.owner;
        let host = owner.host.as_deref().map(|host| format!(" on {host}")).unwrap_or_default();
        let uid = owner.uid.map(|uid| format!(" by user {uid}")).unwrap_or_default();
        let run = owner.run.as_deref().map(|run| format!(" in {run}")).unwrap_or_default();
        let by = shown(format!("{uid}{host}{run}").as_bytes());
        format!("{} {}{by}\n", text::time(taken.time), snapshot::line(taken))
    };
    kept(found).iter().map(line).collect()
}
