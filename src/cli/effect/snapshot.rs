//! `git dos effect snapshot`: take down a state, so that its change has a witness.

use std::path::{Path, PathBuf};

use clap::ArgGroup;
use gix::error::{Result, ResultExt as _, bail, message};
use serde::Serialize;

use super::super::coalesce::to_json;
use super::name;
use crate::evidence::repository::{self, Environment};
use crate::journal::snapshots::{KEPT, Taken};
use crate::ops::effect::snapshot::{self, Report};
use crate::output::{Format, Outcome, print, shown};
use crate::policy::effect::{Kind, Name, Source};

/// Take down a state before it changes, so that the change has a witness
///
/// The state is read once and kept under .git/dos, with its hash, its source, its time and who took it. Without a
/// source, NAME is a table [effect.NAME] in dos.toml. The newest 10 snapshots of a name are kept; a state of more
/// than 1 GiB is refused.
#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("source").args(["json", "sqlite", "folder"])))]
pub(super) struct Arguments {
    /// The name of the snapshot
    #[arg(value_name = "NAME", value_parser = name)]
    name: Name,
    /// A file that holds a JSON object
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// A database of `SQLite`, which may be in use
    #[arg(long, value_name = "FILE", requires = "table")]
    sqlite: Option<PathBuf>,
    /// The table of the database
    #[arg(long, value_name = "TABLE", requires = "sqlite")]
    table: Option<String>,
    /// The column that tells the rows apart; the primary key when there is none
    #[arg(long, value_name = "COLUMN", requires = "sqlite")]
    key: Option<String>,
    /// A folder with all its files; symbolic links are not followed
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// Runs the verb and prints its answer.
pub(super) fn run(arguments: &Arguments, format: Format) -> Result<Outcome> {
    let source = source(arguments)?;
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    let report = snapshot::take(&repository, &arguments.name, source)?;
    let answer = match format {
        Format::Text => text(&report),
        Format::Json => to_json(&Json {
            schema: "git-dos/effect-snapshot/1",
            removed: report.removed,
            snapshot: &report.taken,
        }),
    };
    print(&answer).or_raise(|| message("Could not print the answer"))?;
    Ok(Outcome::Holds)
}

/// Returns the source that the command line names, with an absolute path.
fn source(arguments: &Arguments) -> Result<Option<Source>> {
    let named = [
        (Kind::Json, &arguments.json),
        (Kind::Sqlite, &arguments.sqlite),
        (Kind::Folder, &arguments.folder),
    ];
    let named = named.into_iter().find_map(|(kind, path)| Some((kind, path.as_ref()?)));
    let Some((kind, path)) = named else { return Ok(None) };
    let path =
        std::path::absolute(path).or_raise(|| message!("Could not find {}", path.display()))?;
    let Some(path) = path.to_str() else { bail!("The path {} is not UTF-8", path.display()) };
    let (table, key) = (arguments.table.clone(), arguments.key.clone());
    Ok(Some(Source { kind, path: path.to_owned(), table, key }))
}

/// The answer of `git dos effect snapshot --format json`; fields may be added.
#[derive(Debug, Serialize)]
struct Json<'a> {
    /// Always `git-dos/effect-snapshot/1`.
    schema: &'static str,
    /// How many older contents were removed.
    removed: usize,
    /// The record.
    snapshot: &'a Taken,
}

fn text(report: &Report) -> String {
    let taken = &report.taken;
    let left_out: Vec<_> = taken.left_out.iter().map(|key| shown(key.as_bytes())).collect();
    let mut lines = vec![line(taken)];
    if !left_out.is_empty() {
        lines.push(format!("  left out: {}, git's own folder", left_out.join(", ")));
    }
    if report.removed > 0 {
        lines.push(format!(
            "  removed the content of {} older: the newest {KEPT} are kept",
            report.removed
        ));
    }
    lines.join("\n") + "\n"
}

/// Says what was taken down.
pub(super) fn line(taken: &Taken) -> String {
    let source = &taken.source;
    let table = source.table.as_ref().map_or_else(String::new, |table| format!(" {table}"));
    let path = shown(format!("{}{table}", source.path).as_bytes());
    let sha256 = taken.sha256.get(..12).unwrap_or_default();
    format!(
        "{}: {} key{}, {} bytes of {} {path}, {sha256}",
        taken.name.as_str(),
        taken.keys,
        if taken.keys == 1 { "" } else { "s" },
        taken.bytes,
        source.kind.name(),
    )
}
