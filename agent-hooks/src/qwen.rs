//! How Qwen Code calls us, and what it takes for an answer (Qwen Code documentation, "Hooks").

use crate::answer::{self, Decision, Reply};
use crate::payload::Payload;
use crate::settings::{Field, Form, Home, Hook, Settings};
use crate::{Answer, Call, Host, Kind, fields};

/// The entries of `settings.json`. Times were milliseconds once and are seconds now, but from 1000 on they still
/// are milliseconds: so all versions agree on these.
pub(crate) const SETTINGS: Settings = Settings {
    host: Host::Qwen,
    programs: &["qwen"],
    home: Home { variable: None, folder: ".qwen" },
    signs: &[],
    local: None,
    shared: Some(".qwen/settings.json"),
    user: Some("settings.json"),
    form: Form::Groups,
    hooks: &[
        Hook::new("SessionStart", 5),
        Hook::new("SessionEnd", 1),
        Hook::new("UserPromptSubmit", 5),
        Hook::before_tool("PreToolUse"),
        Hook::new("PostToolUse", 5),
        Hook::new("PostToolUseFailure", 5),
        Hook::new("Stop", 20),
        Hook::new("SubagentStop", 20),
        Hook::new("PreCompact", 5),
    ],
    handler: |hook, command| {
        vec![
            ("type", Field::text("command")),
            ("command", Field::Text(command.line_for(Host::Qwen))),
            ("timeout", Field::Number(hook.seconds * 1000)),
        ]
    },
};

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
