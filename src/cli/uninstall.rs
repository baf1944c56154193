//! `git dos uninstall`: take everything out so that all is as it was.

use std::fmt::Write as _;
use std::path::Path;

use git_dos_installer::undo::Fate;
use gix::error::{Result, ResultExt as _, message};
use serde::Serialize;

use crate::evidence::repository::{self, Environment};
use crate::ops::uninstall::{self, Prepared, Request};
use crate::ops::wiring::place::Place;
use crate::output::{self, Format, Outcome, shown, shown_lines};

/// Take git-dos out of this repository, so that every file is as it was
///
/// Files that changed since lose the part that git-dos put in, and nothing else. References under refs/dos and the
/// records in .git/dos stay; --purge removes the records.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Remove the records of git-dos as well
    #[arg(long)]
    purge: bool,
    /// Also take out what is installed outside the repository for all repositories
    #[arg(long)]
    user: bool,
    /// Show the changes as a diff and make none
    #[arg(long)]
    dry_run: bool,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    let place = Place::of(&repository)?;
    let request = Request { purge: arguments.purge, user: arguments.user };
    let prepared = if arguments.dry_run {
        uninstall::prepare(&repository, &place, request)?
    } else {
        uninstall::run(&repository, &place, request)?
    };
    let text = match arguments.format {
        Format::Json => json(arguments, &prepared, &place),
        Format::Text if arguments.dry_run => shown_lines(&prepared.preview()),
        Format::Text => text(&prepared, &place),
    };
    output::print(&text).or_raise(|| message("Could not write the answer"))?;
    Ok(if prepared.left { Outcome::DoesNotHold } else { Outcome::Holds })
}

/// What `--format json` prints.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the answer")]
struct Json {
    /// Always `git-dos/uninstall/1`.
    schema: &'static str,
    /// Nothing was written.
    dry_run: bool,
    /// Something was taken out, or would be.
    changed: bool,
    /// There was no receipt, so ours was found by its signatures.
    best_effort: bool,
    /// Something of ours stays.
    left: bool,
    files: Vec<JsonFile>,
}

#[derive(Serialize)]
struct JsonFile {
    /// The file or folder, from the top of the worktree when it is inside.
    file: String,
    /// `restored`, `gone`, `own-part-removed` or `left`.
    fate: &'static str,
    /// Why it is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

fn json(arguments: &Arguments, prepared: &Prepared, place: &Place) -> String {
    let file = |(path, fate): &(std::path::PathBuf, Fate)| JsonFile {
        file: place.shown(path),
        fate: match fate {
            Fate::Restored => "restored",
            Fate::Gone => "gone",
            Fate::OwnPartRemoved => "own-part-removed",
            Fate::Left(_) => "left",
        },
        why: if let Fate::Left(reason) = fate { Some(reason.to_string()) } else { None },
    };
    let report = Json {
        schema: "git-dos/uninstall/1",
        dry_run: arguments.dry_run,
        changed: !prepared.is_empty(),
        best_effort: prepared.best_effort,
        left: prepared.left,
        files: prepared.fates.iter().map(file).collect(),
    };
    crate::output::json(&report) + "\n"
}

fn text(prepared: &Prepared, place: &Place) -> String {
    let mut text = String::new();
    let mut say = |file: &Path, words: &str| {
        let file = shown(place.shown(file).as_bytes());
        writeln!(text, "{file}: {words}").expect("writing to a String cannot fail");
    };
    for (path, fate) in &prepared.fates {
        match fate {
            Fate::Restored => say(path, "as it was before"),
            Fate::Gone => say(path, "was gone already"),
            Fate::OwnPartRemoved => say(path, "changed since; only our part is taken out"),
            Fate::Left(reason) => say(path, &format!("left there: {reason}")),
        }
    }
    if let Some(folder) = &prepared.records {
        say(folder, "the records stay; git dos uninstall --purge removes them");
    }
    if prepared.best_effort {
        text.push_str(
            "There is no receipt of the installation: what was found by its text is taken out.\n",
        );
    }
    if prepared.is_empty() && prepared.fates.is_empty() {
        text.push_str("Nothing to do.\n");
    }
    text
}
