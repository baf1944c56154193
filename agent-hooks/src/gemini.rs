//! How Gemini CLI calls us, and what it takes for an answer (Gemini CLI documentation, "Hooks reference").
//!
//! It reads one JSON object from standard output and, when that is empty, looks at standard error.

use crate::answer::{self, Decision, Reply};
use crate::payload::Payload;
use crate::settings::{Field, Form, Home, Hook, Settings};
use crate::{Answer, Call, Host, Kind, Moment, Stage, Worker, fields};

/// The entries of `settings.json`; times are in milliseconds.
pub(crate) const SETTINGS: Settings = Settings {
    host: Host::Gemini,
    programs: &["gemini"],
    home: Home { variable: None, folder: ".gemini" },
    // Antigravity keeps its own things in the same folder.
    signs: &[".gemini/settings.json"],
    local: None,
    shared: Some(".gemini/settings.json"),
    user: Some("settings.json"),
    form: Form::Groups,
    hooks: &[
        Hook::new("SessionStart", 5),
        Hook::new("SessionEnd", 1),
        Hook::new("BeforeAgent", 5),
        Hook::before_tool("BeforeTool"),
        Hook::new("AfterTool", 5),
        Hook::new("AfterAgent", 20),
        Hook::new("PreCompress", 5),
    ],
    handler: |hook, command| {
        vec![
            ("name", Field::text("git-dos")),
            ("type", Field::text("command")),
            ("command", Field::Text(command.line_for(Host::Gemini))),
            ("timeout", Field::Number(hook.seconds * 1000)),
        ]
    },
};

/// Reads `payload`; `None` when it names no session or no event.
pub(crate) fn read(payload: &Payload<'_>) -> Option<Call> {
    let name = payload.text(&["hook_event_name"])?;
    let event = match name.as_str() {
        "SessionStart" => fields::session_start(payload),
        "SessionEnd" => fields::session_end(payload),
        "BeforeAgent" => fields::prompt(payload),
        "AfterAgent" => fields::stop(payload, Worker::Session),
        "BeforeTool" => fields::tool(payload, Moment::Before),
        "AfterTool" => fields::tool(payload, fields::after(payload)),
        "PreCompress" => fields::compaction(payload, Stage::Before),
        other => fields::other(Some(other)),
    };
    fields::call(Host::Gemini, payload, event)
}

/// Renders `answer` to an event of `kind`, in this agent's names for events; an agent that is done tries again.
pub(crate) fn reply(kind: Kind, answer: &Answer) -> Option<Reply> {
    let deny = |reason| Reply::object(&Decision { decision: "deny", reason });
    Some(match (kind, answer) {
        (Kind::SessionStart, Answer::Context(text)) => answer::context("SessionStart", text),
        (Kind::Prompt, Answer::Context(text)) => answer::context("BeforeAgent", text),
        (Kind::PostTool, Answer::Context(text)) => answer::context("AfterTool", text),
        (Kind::Stop, Answer::Context(text) | Answer::Block(text)) => deny(text),
        (Kind::PreTool, Answer::Deny(reason)) => deny(reason),
        _ => return None,
    })
}
