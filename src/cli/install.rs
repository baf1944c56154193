//! `git dos install`: have git and the agents call git-dos.

use std::fmt::Write as _;
use std::io::{BufRead as _, IsTerminal as _};
use std::path::Path;

use git_dos_git_hooks::Event;
use gix::error::{Result, ResultExt as _, message};
use serde::Serialize;

use crate::evidence::repository::{self, Environment};
use crate::hooks::mode::Mode;
use crate::ops::install::{self, Agents, Mechanism, Outcome as Done, Part, Prepared, Request};
use crate::ops::wiring::place::{Place, Scope};
use crate::output::{self, Format, Outcome, shown, shown_lines};

/// Have git and your agents call git-dos in this repository
///
/// Without options: the git hooks pre-push, post-commit and post-rewrite, and the settings of the agents that you
/// have, in files that git does not track. What was there before keeps running, and `git dos uninstall` brings every
/// file back as it was.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct Arguments {
    /// Who shares the agents' settings: you here, everybody who works here, or you everywhere
    #[arg(long, value_enum, default_value_t)]
    scope: ScopeWord,
    /// Which agents' settings are written
    #[arg(long, value_enum, default_value_t)]
    agent: AgentWord,
    /// How git comes to call git-dos
    #[arg(long, value_enum, default_value_t)]
    git: GitWord,
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum AgentWord {
    /// Those that you have
    #[default]
    Auto,
    /// None
    None,
    /// Claude Code
    Claude,
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
    let request = arguments.request();
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
    arguments.report(&prepared, &place)
}

impl Arguments {
    fn request(&self) -> Request {
        Request {
            scope: match self.scope {
                ScopeWord::Local => Scope::Local,
                ScopeWord::Shared => Scope::Shared,
                ScopeWord::User => Scope::User,
            },
            agents: match self.agent {
                AgentWord::Auto => Agents::Detected,
                AgentWord::None => Agents::None,
                AgentWord::Claude => Agents::Claude,
            },
            git: match self.git {
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
            user_files: Vec::new(),
        }
    }

    /// Asks on the terminal before files are written that others see or that are outside the repository.
    fn may_write(&self, prepared: &Prepared, place: &Place) -> Result<bool> {
        if self.yes || self.scope == ScopeWord::Local {
            return Ok(true);
        }
        let mut question = String::new();
        for part in prepared.parts.iter().filter(|part| part.outcome == Done::Written) {
            let file = part.file.as_deref().map(|file| place.shown(file)).unwrap_or_default();
            line(&mut question, &[("  ", &file)]);
        }
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
        let text = match self.format {
            Format::Json => self.json(prepared, place),
            Format::Text if self.dry_run => {
                output::print_status(&refusals(prepared, place));
                shown_lines(&prepared.preview())
            }
            Format::Text => {
                output::print_status(&refusals(prepared, place));
                text(prepared, place)
            }
        };
        output::print(&text).or_raise(|| message("Could not write the answer"))?;
        Ok(if prepared.is_refused() { Outcome::Unknown } else { Outcome::Holds })
    }

    fn json(&self, prepared: &Prepared, place: &Place) -> String {
        let report = Json {
            schema: "git-dos/install/1",
            dry_run: self.dry_run,
            changed: !prepared.is_empty(),
            parts: prepared.parts.iter().map(|part| JsonPart::of(part, place)).collect(),
            notes: &prepared.notes,
            diff: self.dry_run.then(|| prepared.preview()),
        };
        serde_json::to_string(&report).expect("strings and truth values are always JSON") + "\n"
    }
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Json<'p> {
    /// Always `git-dos/install/1`.
    schema: &'static str,
    /// Nothing was written.
    dry_run: bool,
    /// Something was written, or would be.
    changed: bool,
    parts: Vec<JsonPart<'p>>,
    /// Sentences for people.
    notes: &'p [String],
    /// The changes as a unified diff; only with `--dry-run`.
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<String>,
}

#[derive(Serialize)]
struct JsonPart<'p> {
    /// A git hook's name, `claude`, `exclude`, `dos.mode`, or a file's name.
    name: &'p str,
    /// `written`, `unchanged`, `removed` or `refused`.
    outcome: &'static str,
    /// The file, from the top of the worktree when it is inside.
    file: Option<String>,
    /// Why it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'p str>,
    /// What a person can do instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'p str>,
}

impl<'p> JsonPart<'p> {
    fn of(part: &'p Part, place: &Place) -> Self {
        let (why, remedy) = match &part.outcome {
            Done::Refused { why, remedy } => (Some(why.as_str()), remedy.as_deref()),
            Done::Written | Done::AsWanted | Done::TakenOut => (None, None),
        };
        Self {
            name: &part.name,
            outcome: match part.outcome {
                Done::Written => "written",
                Done::AsWanted => "unchanged",
                Done::TakenOut => "removed",
                Done::Refused { .. } => "refused",
            },
            file: part.file.as_deref().map(|file| place.shown(file)),
            why,
            remedy,
        }
    }
}

/// Renders what was done, a line for each part.
fn text(prepared: &Prepared, place: &Place) -> String {
    let mut text = String::new();
    let done: Vec<&Part> = prepared.parts.iter().filter(|part| !part.is_refused()).collect();
    let files: Vec<String> = done
        .iter()
        .map(|part| part.file.as_deref().map(|file| place.shown(file)).unwrap_or_default())
        .collect();
    let names = done.iter().map(|part| part.name.len()).max().unwrap_or_default();
    let width = files.iter().map(String::len).max().unwrap_or_default();
    for (part, file) in done.iter().zip(&files) {
        let word = match part.outcome {
            Done::Written => "installed",
            Done::AsWanted => "as it should be",
            Done::TakenOut => "taken out",
            Done::Refused { .. } => "",
        };
        let note = part.note.as_deref().map(|note| format!(" ({note})")).unwrap_or_default();
        let name = format!("{:names$}  ", part.name);
        line(&mut text, &[("", &name), ("", &format!("{file:width$}  ")), (word, &note)]);
    }
    for note in &prepared.notes {
        line(&mut text, &[("note: ", note)]);
    }
    if prepared.is_refused() {
        line(&mut text, &[("Nothing was written.", "")]);
    } else if prepared.is_empty() {
        line(&mut text, &[("Nothing to do.", "")]);
    } else {
        line(
            &mut text,
            &[("See it any time: git dos status. Take it out again: git dos uninstall.", "")],
        );
    }
    text
}

/// Renders what was not done, for standard error.
fn refusals(prepared: &Prepared, place: &Place) -> String {
    let mut text = String::new();
    for part in &prepared.parts {
        let Done::Refused { why, remedy } = &part.outcome else { continue };
        let file = part.file.as_deref().map(|file| place.shown(file)).unwrap_or_default();
        line(&mut text, &[("not done: ", &format!("{} ({file}): {why}", part.name))]);
        for remedy in remedy.iter().flat_map(|remedy| remedy.lines()) {
            line(&mut text, &[("  ", remedy)]);
        }
    }
    text
}

/// Adds a line of words of ours and words of others.
fn line(text: &mut String, words: &[(&str, &str)]) {
    let start = text.len();
    for (ours, theirs) in words {
        write!(text, "{ours}{}", shown(theirs.as_bytes()))
            .expect("writing to a String cannot fail");
    }
    let end = text.get(start..).map_or(text.len(), |line| start + line.trim_end().len());
    text.truncate(end);
    text.push('\n');
}
