//! How Codex calls us, and what it takes for an answer.
//!
//! Sources: Codex hooks documentation, and the schemas in `codex-rs/hooks/schema/generated` of openai/codex.
//! Codex throws an answer away that has one key it does not know, or a `block` without a reason. It never ends a
//! row of blocks by itself.

use crate::answer::{self, Decision, Reply};
use crate::payload::Payload;
use crate::settings::{Command, Field, Form, Home, Hook, Settings, WINDOWS, command_handler};
use crate::{Answer, Call, Host, Kind, fields};

/// The entries of `hooks.json`; `config.toml` is the user's alone.
pub(crate) const SETTINGS: Settings = Settings {
    host: Host::Codex,
    programs: &["codex"],
    home: Home { variable: Some("CODEX_HOME"), folder: ".codex" },
    signs: &[],
    local: Some(".codex/hooks.json"),
    shared: Some(".codex/hooks.json"),
    user: Some("hooks.json"),
    form: Form::Groups,
    hooks: &[
        Hook::new("SessionStart", 5),
        Hook::new("SessionEnd", 1),
        Hook::new("UserPromptSubmit", 5),
        Hook::before_tool("PreToolUse"),
        Hook::new("PostToolUse", 5),
        Hook::new("Stop", 20),
        Hook::new("SubagentStop", 20),
        Hook::new("PreCompact", 5),
    ],
    handler: |hook, command| {
        let mut handler = command_handler(hook, command.line_for(Host::Codex));
        if command == Command::Guarded {
            let line = WINDOWS.replace("hook agent", "hook agent --host codex");
            handler.push(("commandWindows", Field::Text(line)));
        }
        handler
    },
};

/// Reads `payload`; `None` when it names no session or no event.
pub(crate) fn read(payload: &Payload<'_>) -> Option<Call> {
    let event = fields::event(&payload.text(&["hook_event_name"])?, payload);
    fields::call(Host::Codex, payload, event)
}

/// Renders `answer` to an event of `kind`, with no key that Codex does not know there.
///
/// A worker that stops takes no context, only a `block`.
pub(crate) fn reply(kind: Kind, answer: &Answer) -> Option<Reply> {
    Some(match (kind, answer) {
        (Kind::SessionStart | Kind::Prompt | Kind::PostTool, Answer::Context(text)) => {
            answer::context(kind.name(), text)
        }
        (Kind::Stop | Kind::SubagentStop, Answer::Context(text) | Answer::Block(text)) => {
            Reply::object(&Decision::block(text))
        }
        (Kind::PreTool, Answer::Deny(reason)) => answer::deny(reason),
        _ => return None,
    })
}
