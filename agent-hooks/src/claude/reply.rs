//! What does Claude Code take for an answer?
//!
//! `hookSpecificOutput.additionalContext` of `Stop` and `SubagentStop` is feedback without the framing of an
//! error: the conversation goes on so that the model can act on it. Versions before 2.1.163 pass over it.

use crate::answer::{self, Decision, Reply};
use crate::{Answer, Kind};

/// Renders `answer` to an event of `kind`.
pub(crate) fn reply(kind: Kind, answer: &Answer) -> Option<Reply> {
    Some(match (kind, answer) {
        (
            Kind::SessionStart
            | Kind::Prompt
            | Kind::PreTool
            | Kind::PostTool
            | Kind::PostToolFailure
            | Kind::Stop
            | Kind::SubagentStop,
            Answer::Context(text),
        ) => answer::context(kind.name(), text),
        (Kind::Stop | Kind::SubagentStop, Answer::Block(reason)) => {
            Reply::object(&Decision::block(reason))
        }
        (Kind::PreTool, Answer::Deny(reason)) => answer::deny(reason),
        _ => return None,
    })
}
