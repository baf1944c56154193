//! `git dos lane init`: write the first lanes.

use gix::error::Result;
use serde::Serialize;

use super::super::coalesce::{to_json, warn};
use super::answer;
use crate::ops::lane::init::{self, Outcome as Found, Plan};
use crate::output::{Format, Outcome, print_status, shown, shown_lines};

/// Add lanes to dos.toml
///
/// The rest of the file stays as it is, byte for byte. A dos.toml that has lanes is left alone.
///
/// Exit code 1: there are lanes already, or no folder to make one of.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Which lanes to begin with
    #[arg(long, value_enum)]
    preset: Preset,
    /// Show the change and write nothing
    #[arg(long)]
    dry_run: bool,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Preset {
    /// One lane for each folder that HEAD has at the top, and one that is everything and is held alone
    Auto,
    /// Two benches, frontend and backend, and a release that is made alone
    Workshop,
}

/// Runs the verb and prints its answer.
pub(super) fn run(repository: &gix::Repository, arguments: &Arguments) -> Result<Outcome> {
    let preset = match arguments.preset {
        Preset::Auto => init::Preset::Auto,
        Preset::Workshop => init::Preset::Workshop,
    };
    let found = init::plan(repository, preset)?;
    let is_written = match &found {
        Found::Planned(plan) if !arguments.dry_run => {
            plan.carry_out()?;
            true
        }
        Found::Planned(_) | Found::Declared | Found::NoFolders(_) => false,
    };
    let json = Json::of(&found, is_written);
    match arguments.format {
        Format::Json => answer(&to_json(&json))?,
        Format::Text => text(&found, is_written)?,
    }
    if let Some(reference) = repository.config_snapshot().string("dos.policyRef") {
        let reference = shown(&reference);
        warn(&[format!("dos.policyRef is set: lanes bind once they are in {reference}")]);
    }
    Ok(match found {
        Found::Planned(_) => Outcome::Holds,
        Found::Declared | Found::NoFolders(_) => Outcome::DoesNotHold,
    })
}

fn text(found: &Found, is_written: bool) -> Result<()> {
    match found {
        Found::Planned(plan) if is_written => {
            let lanes = &plan.taxonomy;
            let names = |names: &[String]| {
                names.iter().map(|name| shown(name.as_bytes())).collect::<Vec<_>>().join(", ")
            };
            let (side, alone) = (names(&lanes.concurrent), names(&lanes.exclusive));
            let file = shown(plan.file().display().to_string().as_bytes());
            answer(&format!("wrote [lanes] to {file}: {side}; held alone: {alone}\n"))?;
            left_out(&plan.left_out);
            print_status("hint: commit dos.toml; who wants a lane: git dos lease acquire LANE\n");
        }
        Found::Planned(plan) => {
            answer(&shown_lines(&plan.preview()))?;
            left_out(&plan.left_out);
        }
        Found::Declared => {
            answer("dos.toml has lanes already: nothing was written\n")?;
            print_status("hint: git dos lane list shows them\n");
        }
        Found::NoFolders(folders) => {
            answer("HEAD has no folder to make a lane of: nothing was written\n")?;
            left_out(folders);
            print_status("hint: git dos lane init --preset workshop needs none\n");
        }
    }
    Ok(())
}

fn left_out(folders: &[String]) {
    if !folders.is_empty() {
        let names: Vec<String> = folders.iter().map(|name| shown(name.as_bytes())).collect();
        print_status(&format!("no lanes of their own: {}\n", names.join(", ")));
    }
}

/// The answer of `git dos lane init --format json`; fields may be added.
#[derive(Debug, Serialize)]
struct Json<'a> {
    /// Always `git-dos/lane-init/1`.
    schema: &'static str,
    /// `written`, `planned`, `declared` (there are lanes already) or `no-folders`.
    outcome: &'static str,
    /// The file; `null` when it stays as it is.
    file: Option<String>,
    /// The lanes that are held side by side.
    concurrent: &'a [String],
    /// The lanes that are held alone.
    exclusive: &'a [String],
    /// The folders at the top that got no lane.
    left_out: &'a [String],
    /// The change as a diff; `null` when there is none.
    diff: Option<String>,
}

impl<'a> Json<'a> {
    fn of(found: &'a Found, is_written: bool) -> Self {
        let plan: Option<&Plan> = match found {
            Found::Planned(plan) => Some(plan),
            Found::Declared | Found::NoFolders(_) => None,
        };
        let left_out = match found {
            Found::Planned(plan) => plan.left_out.as_slice(),
            Found::NoFolders(left_out) => left_out,
            Found::Declared => &[],
        };
        Self {
            schema: "git-dos/lane-init/1",
            outcome: match found {
                Found::Planned(_) if is_written => "written",
                Found::Planned(_) => "planned",
                Found::Declared => "declared",
                Found::NoFolders(_) => "no-folders",
            },
            file: plan.map(|plan| plan.file().display().to_string()),
            concurrent: plan.map_or(&[], |plan| &plan.taxonomy.concurrent),
            exclusive: plan.map_or(&[], |plan| &plan.taxonomy.exclusive),
            left_out,
            diff: plan.map(Plan::preview),
        }
    }
}
