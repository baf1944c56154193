//! The entry points of installed hooks: `git-dos hook git <event> [--chain P] -- args…` and `git-dos hook agent`.
//!
//! They answer as their callers demand: never a usage error, and no exit code but the one that git or the
//! agent gives a meaning to.

use std::ffi::OsString;
use std::io::{IsTerminal as _, stdin};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use git_dos_agent_hooks::{self as agents, Host, Surroundings};
use git_dos_git_hooks::{Call, Event};

use crate::hooks::agent::{self, Caller};
use crate::hooks::chain::{self, Input};
use crate::hooks::git::{self, Reply};
use crate::hooks::{guard, payload};
use crate::{clock, env, output};

/// The most bytes of a git hook's input that are kept; what follows is passed on unread.
const GIT_INPUT_LIMIT: u64 = 8 * 1024 * 1024;

/// How long an agent waits for us at most.
const AGENT_DEADLINE: Duration = Duration::from_millis(1500);

/// The exit code that tells git of a deliberate refusal (githooks(5) asks for non-zero; the shim for 1).
const REFUSED: u8 = 1;

/// Runs the entry point named by the first of `words`, the words after `git-dos hook`.
pub(super) fn main(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    guard::silence_panics();
    let mut words = words.into_iter();
    match words.next().as_deref().and_then(|word| word.to_str()) {
        Some("git") => ExitCode::from(run_git(&Call::parse(words))),
        Some("agent") => ExitCode::from(run_agent(words)),
        // A caller that this version does not know is newer than it, and must not fail because of us.
        Some(_) | None => ExitCode::SUCCESS,
    }
}

/// Runs our part of a git hook and the hook that it chains: ours first where git can still be refused.
fn run_git(call: &Call) -> u8 {
    let input = read_input(call);
    if call.event.is_none_or(Event::may_refuse) {
        if speak(&git::answer(call, input.complete())) {
            return REFUSED;
        }
        return run_chained(call, &input);
    }
    let code = run_chained(call, &input);
    if speak(&git::answer(call, input.complete())) { REFUSED } else { code }
}

/// Answers an agent, or says nothing when that takes too long, and returns the exit code that it wants.
fn run_agent(words: impl Iterator<Item = OsString>) -> u8 {
    let deadline = clock::instant() + AGENT_DEADLINE;
    let project = env::claude_project();
    let surroundings = Surroundings {
        hint: hint(words),
        claude_variable: env::has_claude_session() || project.is_some(),
        gemini_variable: env::has_gemini_project(),
        qwen_variable: env::has_qwen_project(),
    };
    let caller = Caller { surroundings, project, folder: PathBuf::from(".") };
    let payload = payload::read(deadline);
    let Ok(understood) = guard::catch(|| agent::understand(&payload, &caller)) else { return 0 };
    let output = || understood.silence.to_owned();
    let silence = || agents::Reply { output: output(), ..agents::Reply::default() };
    let reply = understood.job.and_then(|job| answer(job, deadline)).unwrap_or_else(silence);
    // The agent is told of nothing but findings, so a failure to write has no reader either.
    output::print(&reply.output).ok();
    if !reply.error.is_empty() {
        output::print_status(&reply.error);
    }
    reply.code
}

/// Returns what there is to say, if that is known before the deadline.
fn answer(job: agent::Job, deadline: Instant) -> Option<agents::Reply> {
    let (sender, receiver) = mpsc::channel();
    // The thread ends with the process; what it may be in the middle of survives that as it does a kill.
    std::thread::spawn(move || sender.send(job.answer()).ok());
    let left = deadline.saturating_duration_since(clock::instant());
    receiver.recv_timeout(left).ok().flatten()
}

/// Returns the agent that `--host` names; other words are for a later version.
fn hint(words: impl Iterator<Item = OsString>) -> Option<Host> {
    let mut words = words.skip_while(|word| word != "--host").skip(1);
    Host::named(words.next()?.to_str()?)
}

/// Reads what git writes to the hook; a terminal is left alone, since no person types this.
fn read_input(call: &Call) -> Input {
    let wanted = call.event.is_some_and(Event::has_input) && !env::hooks_disabled();
    if !wanted || stdin().is_terminal() {
        return Input::Inherited;
    }
    // Standard input that cannot be read is the chained hook's to complain about.
    Input::read(stdin().lock(), GIT_INPUT_LIMIT).unwrap_or(Input::Inherited)
}

/// Runs the chained hook, if there is one, and returns the exit code for git.
fn run_chained(call: &Call, input: &Input) -> u8 {
    let Some(previous) = &call.chain else { return 0 };
    match chain::run(previous, &call.arguments, input) {
        Ok(code) => code,
        Err(error) => {
            // Going on would skip a check that somebody relies on.
            let name = output::shown(previous.as_os_str().as_encoded_bytes());
            output::print_status(&format!("git-dos: could not run {name}: {error}\n"));
            REFUSED
        }
    }
}

/// Says what there is to say and tells whether git is refused.
fn speak(reply: &Reply) -> bool {
    if !reply.text.is_empty() {
        output::print_status(&reply.text);
    }
    reply.refuses
}
