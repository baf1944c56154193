//! How VS Code calls us, and what it takes for an answer (VS Code documentation, "Agent hooks").
//!
//! It has no file of its own: it runs the entries of Claude Code and of Copilot, whatever their matchers say.

use crate::answer::{self, Decision, Output, Reply};
use crate::payload::Payload;
use crate::settings::{Form, Home, Settings};
use crate::{Answer, Call, Host, Kind, fields};

/// Nothing of its own.
pub(crate) const SETTINGS: Settings = Settings {
    host: Host::VsCode,
    programs: &["code", "code-insiders", "codium"],
    home: Home { variable: None, folder: ".vscode" },
    signs: &[],
    local: None,
    shared: None,
    user: None,
    form: Form::Own,
    hooks: &[],
    handler: |_, _| Vec::new(),
};

/// Reads `payload`; `None` when it names no session or no event.
pub(crate) fn read(payload: &Payload<'_>) -> Option<Call> {
    let name = payload.text(&["hookEventName", "hook_event_name"])?;
    let event = fields::event(&name, payload);
    fields::call(Host::VsCode, payload, event)
}

/// Renders `answer` to an event of `kind`.
pub(crate) fn reply(kind: Kind, answer: &Answer) -> Option<Reply> {
    Some(match (kind, answer) {
        (Kind::SessionStart | Kind::PreTool | Kind::PostTool, Answer::Context(text)) => {
            answer::context(kind.name(), text)
        }
        (Kind::Stop, Answer::Context(text) | Answer::Block(text)) => {
            Reply::object(&Output::of(kind.name(), Decision::block(text)))
        }
        (Kind::SubagentStop, Answer::Context(text) | Answer::Block(text)) => {
            Reply::object(&Decision::block(text))
        }
        (Kind::PreTool, Answer::Deny(reason)) => answer::deny(reason),
        _ => return None,
    })
}
