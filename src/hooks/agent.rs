//! What does an agent's hook do for us, and what do we answer?

use std::path::{Path, PathBuf};

use git_dos_agent_hooks::{Answer, Call, Event, Moment, Reply, Surroundings};
use gix::error::{Result, ResultExt as _, message};

use super::log::Log;
use super::payload::Payload;
use super::place::{self, Place};
use super::{access, guard, seen, stop, tool};
use crate::evidence::repository::{self, Environment};
use crate::journal::sessions::{self, Start};
use crate::leases;
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

/// What a payload asks for.
#[derive(Debug, Clone, Default)]
pub struct Understood {
    /// What is to be done, if anything.
    pub job: Option<Job>,
    /// What goes to standard output when there is nothing to say; most agents want nothing at all.
    pub silence: &'static str,
}

/// Understands what `payload` asks for, without opening a repository.
pub fn understand(payload: &Payload, caller: &Caller) -> Understood {
    let fault = match payload {
        Payload::Whole(bytes) if bytes.is_empty() => return Understood::default(),
        Payload::Whole(bytes) => match git_dos_agent_hooks::read(bytes, caller.surroundings) {
            Ok(reading) => {
                let job = reading.call.filter(|_| !is_off()).and_then(|call| Job::of(call, caller));
                return Understood { job, silence: reading.silence };
            }
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                format!("{error}: {}", cause.unwrap_or_default())
            }
        },
        Payload::TooLong => "the payload is too long".to_owned(),
        Payload::Late => "the payload did not end in time".to_owned(),
    };
    if !is_off() {
        complain(caller, &fault);
    }
    Understood::default()
}

/// Tells whether our hooks are switched off for this process.
fn is_off() -> bool {
    env::hooks_disabled() || env::inside_own_hook()
}

impl Job {
    /// Finds out where `call` matters; `None` when that is nowhere.
    fn of(call: Call, caller: &Caller) -> Option<Self> {
        let mut places = places(&call.folders, caller);
        places.retain(|place| concerns(&call, place));
        (!places.is_empty()).then_some(Self { call, places })
    }

    /// Does what is asked for in each repository that it concerns, and returns what there is to say, if the
    /// agent can be told.
    pub fn answer(&self) -> Option<Reply> {
        let mut answer = Answer::Silence;
        let hook = format!("agent {}", self.call.event.name());
        for (repository, log) in self.places.iter().filter_map(open) {
            match guard::catch(|| act(&self.call, &repository, &log)) {
                Ok(Ok(more)) => answer = answer.and(&more),
                Ok(Err(error)) => log.record_error(&hook, &error),
                Err(panic) => log.record(&hook, format!("panic: {panic}")),
            }
        }
        git_dos_agent_hooks::reply(&self.call, &answer)
    }
}

/// Tells whether `call` can change anything at `place`, without opening the repository: agents call us often, and
/// mostly for nothing.
fn concerns(call: &Call, place: &Place) -> bool {
    let is_new = || is_new(call, &place.state);
    match &call.event {
        Event::SessionStart(_) | Event::SessionEnd(_) | Event::Stop(_) | Event::Compaction(_) => {
            true
        }
        Event::Tool(tool) => {
            tool.moment != Moment::Before || is_new() || leases::may_exist(&place.state)
        }
        // It matters only as the first that we hear of a session.
        Event::Prompt(_) => is_new(),
        Event::Other(_) => false,
    }
}

/// Tells whether this is the first that we hear of a session.
fn is_new(call: &Call, state_folder: &Path) -> bool {
    !sessions::journal(state_folder, &call.session).path().exists()
}

/// Writes `fault` down where the call came from, as far as that is known without a payload.
fn complain(caller: &Caller, fault: &str) {
    if let Some((_, log)) = places(&[], caller).first().and_then(open) {
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

/// Returns the worktrees that a call from `folders` concerns, one for each repository: where the agent is
/// now, and where it was started; where we are, if it is nowhere.
fn places(folders: &[PathBuf], caller: &Caller) -> Vec<Place> {
    let known = || folders.iter().chain(&caller.project);
    let mut places: Vec<Place> = Vec::new();
    for place in known().filter_map(|folder| place::find(folder)) {
        if places.iter().all(|other| other.state != place.state) {
            places.push(place);
        }
    }
    if places.is_empty() && known().next().is_none() {
        places.extend(place::find(&caller.folder));
    }
    places
}

/// Does what `call` asks for in `repository` and returns what there is to say.
fn act(call: &Call, repository: &gix::Repository, log: &Log) -> Result<Answer> {
    let state = repository::state_folder(repository);
    if let Event::Tool(used) = &call.event
        && used.moment == Moment::Before
    {
        // A call that comes twice is denied twice.
        if let Some(reason) = access::denial(repository, call, used, log) {
            return Ok(Answer::Deny(reason));
        }
        if !is_new(call, &state) {
            return Ok(Answer::Silence);
        }
    }
    if !is_first(call, &state)? {
        return Ok(Answer::Silence);
    }
    let model = call.model.as_deref();
    let mut begun = Begun { host: call.host.name(), session: &call.session, model, source: None };
    let known = session::known(&state, &call.session)?;
    // Not every agent tells us of a start; then the first that we hear of a session is one.
    let is_met = matches!(call.event, Event::Prompt(_) | Event::Tool(_)) && known.start.is_none();
    // Tools that are used side by side are all the first.
    if is_met && take(&state, &[&call.session, "begin"])? {
        session::begin(repository, &begun, None)?;
    }
    match &call.event {
        Event::SessionStart(start) => {
            // Records that cannot be written keep no session from its start.
            if let Err(error) = tool::forget(repository, call) {
                log.record_error("agent SessionStart", &error);
            }
            if start.goes_on() && known.start.is_some() {
                return Ok(Answer::Silence);
            }
            begun.source = start.source.as_deref();
            session::begin(repository, &begun, known.start.as_ref())?;
            Ok(Answer::Silence)
        }
        Event::SessionEnd(_) => {
            if let Some(run) = known.start.as_ref().and_then(session::run_of) {
                run::end(&state, &run)?;
            }
            Ok(Answer::Silence)
        }
        Event::Compaction(_) => {
            tool::forget(repository, call)?;
            Ok(Answer::Silence)
        }
        Event::Stop(stopped) => {
            let Some(start) = &known.start else {
                // Installed in the middle of a session: it answers for its commits from here on.
                session::begin(repository, &begun, None)?;
                return Ok(Answer::Silence);
            };
            beat(&state, start, log);
            let stopped = stop::Stopped { call, stop: stopped };
            stop::run(repository, start, &known.told, stopped, log)
        }
        Event::Tool(used) => {
            if let Some(start) = known.start.as_ref().filter(|_| used.moment != Moment::Before) {
                beat(&state, start, log);
            }
            tool::run(repository, call, used, log)
        }
        Event::Prompt(_) | Event::Other(_) => Ok(Answer::Silence),
    }
}

/// Writes down that the session's run is alive, unless it is over: some agents go on after they said so.
fn beat(state_folder: &Path, start: &Start, log: &Log) {
    let Some(run) = session::run_of(start) else { return };
    if let Err(error) = run::try_beat(state_folder, &run) {
        log.record_error("agent run", &error);
    }
}

/// Tells whether no other process answers this same call.
///
/// The agent's name is not part of it: two files of one session may call us in the words of two agents.
fn is_first(call: &Call, state_folder: &Path) -> Result<bool> {
    let occurrence = call.occurrence();
    let mut words = vec![call.session.as_str(), call.event.name()];
    words.extend(occurrence.iter().map(String::as_str));
    take(state_folder, &words)
}

/// Tells whether no other process took what `words` stand for.
fn take(state_folder: &Path, words: &[&str]) -> Result<bool> {
    let mark = fingerprint::of(words.iter().map(|word| word.as_bytes()));
    seen::take(state_folder, &mark, clock::now())
        .or_raise(|| message("Could not see whether the call was answered already"))
}
