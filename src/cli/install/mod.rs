//! `git dos install`: have git and the agents call git-dos.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::Path;

use git_dos_agent_hooks::Host;
use git_dos_git_hooks::Event;
use gix::error::{Result, ResultExt as _, bail, message};

use crate::cli::man;
use crate::evidence::repository::{self, Environment};
use crate::hooks::mode::Mode;
use crate::ops::install::{self, Agents, Mechanism, Outcome as Done, Prepared, Request};
use crate::ops::lease;
use crate::ops::wiring::place::{Place, Scope};
use crate::output::{self, Format, Outcome, error_text, shown, shown_lines};
use crate::policy;

mod report;
mod via;

/// Have git and your agents call git-dos in this repository
///
/// Without options: the git hooks pre-push, post-commit and post-rewrite, and the settings of the agents that you
/// have, in files that git does not track; and the manual page and completions where your `man` and shells look.
/// What was there before keeps running, and `git dos uninstall` brings every file back as it was.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct Arguments {
    /// Who shares the agents' settings: you here, everybody who works here, or you everywhere
    #[arg(long, value_enum, default_value_t)]
    scope: ScopeWord,
    /// Which agents' settings are written: those that you have, none, or a list
    #[arg(long, value_enum, value_name = "AGENTS", value_delimiter = ',', default_value = "auto")]
    agent: Vec<AgentWord>,
    /// How git comes to call git-dos
    #[arg(long, value_enum, default_value_t)]
    git: GitWord,
    /// Say what one of these programs needs to run the git hooks, and put none of our own in place
    #[arg(long, value_enum, value_name = "PROGRAM", conflicts_with = "git")]
    via: Option<via::ViaWord>,
    /// The git hooks, instead of pre-push,post-commit,post-rewrite
    #[arg(long, value_name = "EVENTS", value_delimiter = ',', value_parser = event)]
    events: Option<Vec<Event>>,
    /// How much the hooks may do: `git config dos.mode`
    #[arg(long, value_enum)]
    mode: Option<ModeWord>,
    /// Show the changes as a diff and make none
    #[arg(long)]
    dry_run: bool,
    /// Print nothing, and exit with 1 if there is something to change
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    /// Write over what git-dos wrote and somebody edited
    #[arg(long)]
    force: bool,
    /// Do not ask before files are written that others see, or that are outside the repository
    #[arg(long, short)]
    yes: bool,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// The words for a scope.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum ScopeWord {
    /// Your own settings of this worktree, which git ignores
    #[default]
    Local,
    /// Tracked settings, for everybody who works with the repository
    Shared,
    /// Your settings at home, for all repositories with git-dos
    User,
}

/// The words for the agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum AgentWord {
    /// Those that you have
    Auto,
    /// None
    None,
    /// Antigravity
    Antigravity,
    /// Claude Code
    Claude,
    /// Codex
    Codex,
    /// GitHub Copilot
    Copilot,
    /// Cursor
    Cursor,
    /// Gemini CLI
    Gemini,
    /// OpenCode
    #[value(name = "opencode")]
    OpenCode,
    /// Qwen Code
    Qwen,
    /// VS Code, which reads the files of Claude Code and Copilot
    #[value(name = "vscode")]
    VsCode,
    /// Windsurf
    Windsurf,
}

impl AgentWord {
    fn host(self) -> Option<Host> {
        Some(match self {
            Self::Auto | Self::None => return None,
            Self::Antigravity => Host::Antigravity,
            Self::Claude => Host::Claude,
            Self::Codex => Host::Codex,
            Self::Copilot => Host::Copilot,
            Self::Cursor => Host::Cursor,
            Self::Gemini => Host::Gemini,
            Self::OpenCode => Host::OpenCode,
            Self::Qwen => Host::Qwen,
            Self::VsCode => Host::VsCode,
            Self::Windsurf => Host::Windsurf,
        })
    }
}

/// The words for the ways in which git calls us.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum GitWord {
    /// Whatever leaves hooks of others as they are
    #[default]
    Auto,
    /// Files in .git/hooks
    File,
    /// Git's configuration, which git 2.54 and later run hooks from
    Config,
    /// Not at all
    None,
}

/// The words for the modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ModeWord {
    /// Write findings down
    Observe,
    /// Say them
    Advise,
    /// Say them, and stop a push that a gate rule refuses
    Gate,
}

fn event(word: &str) -> std::result::Result<Event, String> {
    Event::named(word.as_ref())
        .ok_or_else(|| format!("not one of {}", Event::ALL.map(Event::name).join(", ")))
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    let place = Place::of(&repository)?;
    let request = arguments.request(&place)?;
    let prepared = install::prepare(&repository, &place, &request)?;
    if arguments.check {
        return Ok(match (prepared.is_empty(), prepared.is_refused()) {
            (false, _) => Outcome::DoesNotHold,
            (true, true) => Outcome::Unknown,
            (true, false) => Outcome::Holds,
        });
    }
    if arguments.dry_run {
        return arguments.report(&prepared, &place);
    }
    if !prepared.is_empty() && !arguments.may_write(&prepared, &place)? {
        output::print_status("Nothing was written.\n");
        return Ok(Outcome::Unknown);
    }
    let prepared = install::run(&repository, &place, &request)?;
    let outcome = arguments.report(&prepared, &place)?;
    share_leases(&repository);
    Ok(outcome)
}

/// Finds out where the remote has the leases, if the policy wants them shared.
///
/// A remote that does not answer now is asked again when a lease is wanted; the wiring stands without it.
fn share_leases(repository: &gix::Repository) {
    let shared = policy::load(repository)
        .and_then(|policy| lease::shared::share(repository, &policy.leases));
    if let Err(error) = shared {
        output::print_status(&error_text(&error));
    }
}

impl Arguments {
    /// Returns the agents that are asked for; `auto` and `none` stand alone.
    fn agents(&self) -> Result<Agents> {
        let hosts: Vec<Host> = self.agent.iter().filter_map(|word| word.host()).collect();
        match self.agent.as_slice() {
            [AgentWord::Auto] => Ok(Agents::Detected),
            [AgentWord::None] => Ok(Agents::None),
            words if words.len() == hosts.len() => Ok(Agents::These(hosts)),
            _ => bail!(message("--agent takes auto, none, or names of agents, and not both")),
        }
    }

    fn request(&self, place: &Place) -> Result<Request> {
        let help = place.home.as_ref().map(|home| man::user_files(&place.program, home));
        Ok(Request {
            scope: match self.scope {
                ScopeWord::Local => Scope::Local,
                ScopeWord::Shared => Scope::Shared,
                ScopeWord::User => Scope::User,
            },
            agents: self.agents()?,
            git: match self.git {
                _ if self.via.is_some() => Mechanism::None,
                GitWord::Auto => Mechanism::Auto,
                GitWord::File => Mechanism::File,
                GitWord::Config => Mechanism::Config,
                GitWord::None => Mechanism::None,
            },
            events: self.events.clone(),
            mode: self.mode.map(|mode| match mode {
                ModeWord::Observe => Mode::Observe,
                ModeWord::Advise => Mode::Advise,
                ModeWord::Gate => Mode::Gate,
            }),
            force: self.force,
            user_files: help.unwrap_or_default(),
        })
    }

    /// Asks on the terminal before files are written that others see or that are outside the repository.
    fn may_write(&self, prepared: &Prepared, place: &Place) -> Result<bool> {
        if self.yes || self.scope == ScopeWord::Local {
            return Ok(true);
        }
        let written = prepared.parts.iter().filter(|part| part.outcome == Done::Written);
        let files = written.filter_map(|part| part.file.as_deref());
        let files = files.map(|file| format!("  {}\n", shown(place.shown(file).as_bytes())));
        let question: String = files.collect();
        if !std::io::stdin().is_terminal() {
            output::print_status(&format!(
                "These files would be written:\n{question}\
                 hint: --yes writes them without asking, --dry-run shows how\n"
            ));
            return Ok(false);
        }
        output::print_status(&format!("These files will be written:\n{question}Go on? [y/N] "));
        let mut answer = String::new();
        std::io::stdin()
            .lock()
            .read_line(&mut answer)
            .or_raise(|| message("Could not read the answer"))?;
        Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
    }

    fn report(&self, prepared: &Prepared, place: &Place) -> Result<Outcome> {
        if self.format == Format::Text {
            output::print_status(&report::refusals(prepared, place));
        }
        let mut text = match self.format {
            Format::Json => report::json(prepared, place, self.dry_run),
            Format::Text if self.dry_run => shown_lines(&prepared.preview()),
            Format::Text => report::text(prepared, place),
        };
        if let Some(via) = self.via {
            let recipe = via.recipe(self.events.as_deref().unwrap_or(&Event::DEFAULT));
            match self.format {
                Format::Json => output::print_status(&recipe),
                Format::Text => text += &recipe,
            }
        }
        output::print(&text).or_raise(|| message("Could not write the answer"))?;
        Ok(if prepared.is_refused() { Outcome::Unknown } else { Outcome::Holds })
    }
}
