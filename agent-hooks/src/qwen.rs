//! How Qwen Code calls us, and what it takes for an answer (Qwen Code documentation, "Hooks").

use crate::answer::{self, Decision, Reply};
use crate::payload::Payload;
use crate::{Answer, Call, Host, Kind, fields};

/// Reads `payload`; `None` when it names no session or no event.
pub(crate) fn read(payload: &Payload<'_>) -> Option<Call> {
    let event = fields::event(&payload.text(&["hook_event_name"])?, payload);
    fields::call(Host::Qwen, payload, event)
}

/// Renders `answer` to an event of `kind`. Before a tool is used it takes a decision or nothing.
pub(crate) fn reply(kind: Kind, answer: &Answer) -> Option<Reply> {
    Some(match (kind, answer) {
        (
            Kind::SessionStart | Kind::Prompt | Kind::PostTool | Kind::PostToolFailure,
            Answer::Context(text),
        ) => answer::context(kind.name(), text),
        (Kind::Stop | Kind::SubagentStop, Answer::Context(text) | Answer::Block(text)) => {
            Reply::object(&Decision::block(text))
        }
        (Kind::PreTool, Answer::Deny(reason)) => answer::deny(reason),
        _ => return None,
    })
}
