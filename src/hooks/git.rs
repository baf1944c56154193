//! What does a hook of git do for us, and what do we answer?

use std::fmt::Write as _;
use std::path::Path;

use git_dos_git_hooks::{Call, Event};
use gix::error::Result;

use super::log::Log;
use super::{commit_msg, guard, post_commit, post_rewrite, pre_commit, pre_push};
use crate::env;
use crate::evidence::repository::{self, Environment};

/// What a hook says to git and to the person at the keyboard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// Lines for standard error; empty when all is well.
    pub text: String,
    /// Whether git shall not go on.
    pub refuses: bool,
}

impl Reply {
    /// Adds a line.
    pub(super) fn say(&mut self, words: &str) {
        writeln!(self.text, "git-dos: {words}").expect("writing to a String cannot fail");
    }
}

/// Does our part of the hook in the repository of the current folder and of git's hook variables.
///
/// `input` is all of standard input, or `None` when it was too long to be looked at.
pub fn answer(call: &Call, input: Option<&[u8]>) -> Reply {
    if env::hooks_disabled() || env::inside_own_hook() {
        return Reply::default();
    }
    // Outside a repository, or in one that we may not read, there is nothing to say and nowhere to write.
    let opened = || repository::open(Path::new("."), Environment::Honoured);
    let Ok(Ok(repository)) = guard::catch(opened) else { return Reply::default() };
    let hook = format!("git {}", call.event.map_or("?", Event::name));
    let log = Log::of(&repository::state_folder(&repository));
    if !call.unknown.is_empty() {
        log.record(&hook, format!("this version does not know {:?}", call.unknown));
        return Reply::default();
    }
    let (Some(event), Some(input)) = (call.event, input) else {
        log.record(&hook, "no event, or too much input");
        return Reply::default();
    };
    match guard::catch(|| act(&repository, event, call, input, &log)) {
        Ok(Ok(reply)) => reply,
        Ok(Err(error)) => {
            log.record_error(&hook, &error);
            Reply::default()
        }
        Err(panic) => {
            log.record(&hook, format!("panic: {panic}"));
            Reply::default()
        }
    }
}

fn act(
    repository: &gix::Repository,
    event: Event,
    call: &Call,
    input: &[u8],
    log: &Log,
) -> Result<Reply> {
    match event {
        Event::PrePush => pre_push::run(repository, call, input, log),
        Event::PostRewrite => {
            post_rewrite::record(repository, call, input).map(|()| Reply::default())
        }
        Event::CommitMsg => commit_msg::run(repository, call, log),
        Event::PostCommit => post_commit::run(repository, log).map(|()| Reply::default()),
        Event::PreCommit => pre_commit::run(repository, log),
    }
}
