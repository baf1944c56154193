//! What does an agent's hook do for us, and what do we answer?

use std::path::{Path, PathBuf};

use git_dos_agent_hooks::{Answer, Call, Event, Surroundings};
use gix::error::{Result, ResultExt as _, message};

use super::log::Log;
use super::payload::Payload;
use super::place::{self, Place};
use super::{guard, seen, stop};
use crate::evidence::repository::{self, Environment};
use crate::ops::run;
use crate::ops::session::{self, Begun};
use crate::{clock, env, fingerprint};

/// What is known of a call besides its payload.
#[derive(Debug, Clone)]
pub struct Caller {
    /// What tells agents apart.
    pub surroundings: Surroundings,
    /// The folder that the agent was started for, from `CLAUDE_PROJECT_DIR`.
    pub project: Option<PathBuf>,
    /// The folder that we were started in.
    pub folder: PathBuf,
}

/// A call that is for us, and where it matters.
#[derive(Debug, Clone)]
pub struct Job {
    call: Call,
    places: Vec<Place>,
}

/// Understands what `payload` asks for, without opening a repository; `None` when nothing is to be done.
pub fn understand(payload: &Payload, caller: &Caller) -> Option<Job> {
    if env::hooks_disabled() || env::inside_own_hook() {
        return None;
    }
    let fault = match payload {
        Payload::Whole(bytes) if bytes.is_empty() => return None,
        Payload::Whole(bytes) => match git_dos_agent_hooks::read(bytes, caller.surroundings) {
            Ok(call) => {
                let call = call?;
                let places = places(call.folder.as_deref(), caller);
                return (!places.is_empty()).then_some(Job { call, places });
            }
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                format!("{error}: {}", cause.unwrap_or_default())
            }
        },
        Payload::TooLong => "the payload is too long".to_owned(),
        Payload::Late => "the payload did not end in time".to_owned(),
    };
    complain(caller, &fault);
    None
}

impl Job {
    /// Does what is asked for in each repository that it concerns, and returns the text for standard output.
    pub fn answer(&self) -> String {
        let mut text = String::new();
        let hook = format!("agent {}", self.call.event.name());
        for (repository, log) in self.places.iter().filter_map(open) {
            match guard::catch(|| act(&self.call, &repository, &log)) {
                Ok(Ok(words)) => text.push_str(&words),
                Ok(Err(error)) => log.record_error(&hook, &error),
                Err(panic) => log.record(&hook, format!("panic: {panic}")),
            }
        }
        if text.is_empty() {
            return text;
        }
        git_dos_agent_hooks::reply(&self.call, &Answer::Context(text))
    }
}

/// Writes `fault` down where the call came from, as far as that is known without a payload.
fn complain(caller: &Caller, fault: &str) {
    if let Some((_, log)) = places(None, caller).first().and_then(open) {
        log.record("agent", fault);
    }
}

/// Opens the repository at `place`, and its log; one that we may not read is not written to either.
fn open(place: &Place) -> Option<(gix::Repository, Log)> {
    let repository = repository::open(&place.top, Environment::Ignored).ok()?;
    let state = repository::state_folder(&repository);
    // A damaged repository makes the search go on to the one around it.
    place::is_installed(&state).then(|| (repository, Log::of(&state)))
}

/// Returns the worktrees that a call from `folder` concerns, one for each repository: where the agent is
/// now, and where it was started; where we are, if it is nowhere.
fn places(folder: Option<&Path>, caller: &Caller) -> Vec<Place> {
    let known = [folder, caller.project.as_deref()];
    let mut places: Vec<Place> = Vec::new();
    for place in known.into_iter().flatten().filter_map(place::find) {
        if places.iter().all(|other| other.state != place.state) {
            places.push(place);
        }
    }
    if places.is_empty() && known.iter().flatten().next().is_none() {
        places.extend(place::find(&caller.folder));
    }
    places
}

/// Does what `call` asks for in `repository` and returns what there is to say.
fn act(call: &Call, repository: &gix::Repository, log: &Log) -> Result<String> {
    let state = repository::state_folder(repository);
    if !is_first(call, &state)? {
        return Ok(String::new());
    }
    let mut begun =
        Begun { host: call.host.name(), session: &call.session, model: None, source: None };
    let known = session::known(&state, &call.session)?;
    match &call.event {
        Event::SessionStart(start) => {
            if start.goes_on() && known.start.is_some() {
                return Ok(String::new());
            }
            (begun.model, begun.source) = (start.model.as_deref(), start.source.as_deref());
            session::begin(repository, &begun, known.start.as_ref())?;
            Ok(String::new())
        }
        Event::Stop(stopped) => {
            let Some(start) = &known.start else {
                // Installed in the middle of a session: it answers for its commits from here on.
                session::begin(repository, &begun, None)?;
                return Ok(String::new());
            };
            if let Some(run) = session::run_of(start)
                && let Err(error) = run::beat(&state, &run)
            {
                log.record_error("agent run", &error);
            }
            stop::run(repository, start, &known.told, stopped, log)
        }
    }
}

/// Tells whether no other process answers this same call.
fn is_first(call: &Call, state_folder: &Path) -> Result<bool> {
    let event = [call.host.name(), &call.session, call.event.name()];
    let words = event.into_iter().chain(call.occurrence.iter().map(String::as_str));
    let mark = fingerprint::of(words.map(str::as_bytes));
    seen::take(state_folder, &mark, clock::now())
        .or_raise(|| message("Could not see whether the call was answered already"))
}
