//! `git dos fleet run`: start the workers that lack, again and again.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::Path;
use std::time::Duration;

use gix::error::{ErrorExt as _, OptionExt as _, Result, ResultExt as _, bail, message};

use super::{WishArguments, complain, json, outcome, words};
use crate::evidence::repository::{self, Environment, state_folder};
use crate::interrupt::{Interrupts, Wake};
use crate::journal::fleet as journal;
use crate::ops::fleet::worker::Template;
use crate::ops::fleet::{Fleet, Report, permission};
use crate::output::{Format, HINT, Outcome, error_text, print, print_status, shown};
use crate::policy::span::Span;
use crate::{clock, policy};

/// Keep workers in lanes until told to end
///
/// COMMAND is started for each lane that gets a worker, with {lane} in its words replaced, and without a shell. It takes
/// the lane itself, for example with git dos lease acquire {lane} --run. Without COMMAND, `[supervise] worker_launch_template` of
/// dos.toml is run, once somebody has confirmed it.
///
/// On SIGTERM or SIGINT it ends with 0, and the workers go on; the next one finds them again. With --once, the exit code
/// is that of git dos fleet plan, and 0 when what lacked was started.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    wish: WishArguments,
    /// Look once, and end
    #[arg(long)]
    once: bool,
    /// How long to wait between two looks, such as 90s
    #[arg(long, value_name = "TIME", default_value = "5m")]
    interval: Span,
    /// Confirm the command of dos.toml without being asked
    #[arg(long, conflicts_with = "command")]
    yes: bool,
    /// The form of the answer: with json, one object a look
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The command of a worker, with {lane} where the lane's name is to be
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    let template = template(&repository, arguments)?;
    let held = journal::hold(&state_folder(&repository))?;
    let _held = held.ok_or_raise(|| {
        message("Another git dos fleet run is at work in this repository")
            .with(HINT, "git dos fleet plan says what it will do next")
    })?;
    let interrupts = Interrupts::listen().or_raise(|| message("Could not listen to signals"))?;
    let mut fleet = Fleet::new(arguments.wish.wish(), template)?;
    loop {
        // Opened anew: refs and settings change meanwhile.
        let looked = repository::open(Path::new("."), Environment::Honoured)
            .and_then(|repository| fleet.tick(&repository, clock::now()));
        match looked {
            Ok(report) => {
                show(&report, arguments.format)?;
                if arguments.once {
                    return Ok(once(&report));
                }
            }
            Err(error) if arguments.once => return Err(error),
            // What cannot be read now may be there at the next look.
            Err(error) => print_status(&error_text(&error)),
        }
        if interrupts.wait(arguments.interval.0.max(Duration::from_secs(1))) == Wake::Stop {
            print_status("stopped; the workers go on\n");
            return Ok(Outcome::Holds);
        }
    }
}

fn show(report: &Report, format: Format) -> Result<()> {
    let text = match format {
        Format::Json => crate::output::json(&json::Json::done(report)) + "\n",
        Format::Text => words::done(report),
    };
    print(&text).or_raise(|| message("Could not print the answer"))?;
    complain(&report.plan);
    Ok(())
}

/// Says how one look came out: it holds when all that lacked was started.
fn once(report: &Report) -> Outcome {
    let verdict = &report.plan.verdict;
    let works = verdict.alive + report.spawned.len();
    if report.plan.errors.is_empty() && works == report.plan.target {
        return Outcome::Holds;
    }
    outcome(&report.plan)
}

/// Returns the command of a worker.
///
/// That of `dos.toml` is somebody else's text until a person has confirmed it: it came with the repository.
fn template(repository: &gix::Repository, arguments: &Arguments) -> Result<Template> {
    let example = "git dos fleet run -- git dos lease acquire {lane} --run -- AGENT";
    if !arguments.command.is_empty() {
        let template = Template::new(arguments.command.clone());
        return template.ok_or_raise(|| {
            message("A worker's command names its lane: it needs {lane}").with(HINT, example)
        });
    }
    let Some(text) = policy::load(repository)?.supervise.worker_launch_template else {
        return Err(message("Nothing says how a worker is started").with(HINT, example).raise());
    };
    let template = Template::parse(&text).ok_or_raise(|| {
        message!("worker_launch_template of {} is no command: a quote is open", policy::FILE_NAME)
    })?;
    let state = state_folder(repository);
    if permission::is_confirmed(&state, &text)? {
        return Ok(template);
    }
    let text_shown = shown(text.as_bytes());
    if !arguments.yes && !asked(&text_shown)? {
        bail!(
            message!(
                "{} wants to start workers as {text_shown:?}, which nobody has confirmed",
                policy::FILE_NAME
            )
            .with(HINT, "git dos fleet run --yes confirms it, once and for all")
        );
    }
    permission::confirm(&state, &text, clock::now())?;
    Ok(template)
}

/// Asks whoever sits at the terminal; nobody there has not confirmed it.
fn asked(command: &str) -> Result<bool> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Ok(false);
    }
    print_status(&format!(
        "{} wants to start workers with this command:\n  {command}\nStart them so, now and later? [y/N] ",
        policy::FILE_NAME
    ));
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer).or_raise(|| message("Could not read the answer"))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
