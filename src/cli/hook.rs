//! The entry points of installed hooks: `git-dos hook git <event> [--chain P] -- args…` and `git-dos hook agent`.
//!
//! They answer as their callers demand: never a usage error, and no exit code but the one that git or the
//! agent gives a meaning to.

use std::ffi::OsString;
use std::io::{IsTerminal as _, stdin};
use std::process::ExitCode;

use git_dos_git_hooks::{Call, Event};

use crate::hooks::chain::{self, Input};
use crate::hooks::git::{self, Reply};
use crate::hooks::guard;
use crate::{env, output};

/// The most bytes of a git hook's input that are kept; what follows is passed on unread.
const GIT_INPUT_LIMIT: u64 = 8 * 1024 * 1024;

/// The exit code that tells git of a deliberate refusal (githooks(5) asks for non-zero; the shim for 1).
const REFUSED: u8 = 1;

/// Runs the entry point named by the first of `words`, the words after `git-dos hook`.
pub(super) fn main(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    guard::silence_panics();
    let mut words = words.into_iter();
    match words.next().as_deref().and_then(|word| word.to_str()) {
        Some("git") => ExitCode::from(run_git(&Call::parse(words))),
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
