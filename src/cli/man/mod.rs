//! What do `man` and the shells need to know of the verbs, and where do they look for it?

use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use git_dos_installer::change::Manner;
use git_dos_installer::wanted::OwnFile;
use gix::error::{Result, ResultExt as _, message};

use crate::env;
use crate::output::{self, Outcome};

use completions::Shell;
use places::Places;

mod completions;
mod page;
mod places;

/// Print the manual page, or what a shell needs to complete commands
///
/// `git dos install` puts both where `man` and the shells look.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Print the completions for this shell instead
    #[arg(long, value_enum, value_name = "SHELL")]
    completions: Option<Shell>,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    let text = match arguments.completions {
        Some(shell) => completions::render(shell, &documented()),
        None => page::render(&documented()),
    };
    output::print(&text).or_raise(|| message("Could not write the answer"))?;
    Ok(Outcome::Holds)
}

/// Returns the files of the user that tell `man` and the shells about git-dos when it is run from `program`.
///
/// The page lies where `man` looks because of the folder in `PATH` that git finds the program in; completions
/// are for the shells that the user has.
pub fn user_files(program: &Path, home: &Path) -> Vec<OwnFile> {
    let data = env::data_home().unwrap_or_else(|| home.join(".local/share"));
    let places = Places { program, home, data: &data };
    let command = documented();
    let mut files = vec![own_file(places.page(), page::render(&command))];
    for shell in Shell::ALL.into_iter().filter(|shell| env::has_program(shell.name())) {
        files.push(own_file(places.completions(shell), completions::render(shell, &command)));
    }
    files
}

fn own_file(path: PathBuf, text: String) -> OwnFile {
    OwnFile { path, contents: text.into_bytes(), manner: Manner::Plain }
}

/// Returns the arguments that people are told about: all verbs but the hidden ones.
fn documented() -> clap::Command {
    let whole = super::Arguments::command();
    let shown = whole.get_subcommands().filter(|verb| !verb.is_hide_set());
    let mut command = clap::Command::new("git-dos")
        .bin_name("git dos")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .subcommand_value_name("VERB")
        .disable_help_subcommand(true)
        .subcommands(shown.cloned());
    if let Some(about) = whole.get_about() {
        command = command.about(about.clone());
    }
    if let Some(about) = whole.get_long_about() {
        command = command.long_about(about.clone());
    }
    command
}
