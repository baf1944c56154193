//! How Antigravity calls us, and what it takes for an answer (Antigravity documentation, "Hooks").
//!
//! Its payloads do not name the event; the fields tell. Its folder is not the one that the agent works in.

use serde::Serialize;

use crate::answer::{Decision, Reply};
use crate::payload::Payload;
use crate::settings::{Command, Field, Form, Home, Hook, Settings};
use crate::{Answer, Call, Ending, Event, Host, Kind, Moment, Prompt, Tool, Worker, fields};

/// The set of hooks called `git-dos` in `hooks.json`.
///
/// None is asked for before a tool: there the agent takes no silence, and each decision changes what its user set.
pub(crate) const SETTINGS: Settings = Settings {
    host: Host::Antigravity,
    programs: &["agy", "antigravity"],
    home: Home { variable: None, folder: ".gemini/config" },
    signs: &[".gemini/config", ".gemini/antigravity", ".gemini/antigravity-cli"],
    local: Some(".agents/hooks.json"),
    shared: Some(".agents/hooks.json"),
    user: Some("hooks.json"),
    form: Form::Named,
    hooks: &[
        Hook::new("PreInvocation", 5),
        Hook::new("PostToolUse", 5).on("*"),
        Hook::new("Stop", 20),
    ],
    handler: |hook, command| {
        let silence = if hook.event == "Stop" { LET_STOP } else { NOTHING };
        let line = match command {
            Command::Plain(_) => format!("{} || echo '{silence}'", command.line()),
            Command::Guarded => format!(
                "command -v git-dos >/dev/null 2>&1 || {{ echo '{silence}'; exit 0; }}; \
                 exec git-dos hook agent"
            ),
        };
        vec![
            ("type", Field::text("command")),
            ("command", Field::Text(line)),
            ("timeout", Field::Number(hook.seconds)),
        ]
    },
};

/// The agent may stop.
const LET_STOP: &str = r#"{"decision":"allow"}"#;

/// The user decides, as without us.
const ASK: &str = r#"{"decision":"ask"}"#;

/// Text that the model reads once, before its next word.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Injection<'text> {
    inject_steps: [Step<'text>; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Step<'text> {
    ephemeral_message: &'text str,
}

/// There is nothing to decide.
const NOTHING: &str = "{}";

/// Returns what has to be said even when there is nothing to say: without a decision nothing goes on.
pub(crate) fn silence(payload: &Payload<'_>) -> &'static str {
    match event(payload).kind() {
        Kind::Stop | Kind::SubagentStop => LET_STOP,
        Kind::PreTool => ASK,
        Kind::SessionStart
        | Kind::SessionEnd
        | Kind::Prompt
        | Kind::PostTool
        | Kind::PostToolFailure
        | Kind::PreCompact
        | Kind::PostCompact
        | Kind::Other => NOTHING,
    }
}

/// Reads `payload`; `None` when it names no session.
pub(crate) fn read(payload: &Payload<'_>) -> Option<Call> {
    fields::call(Host::Antigravity, payload, event(payload))
}

fn event(payload: &Payload<'_>) -> Event {
    let has = |name| payload.has(&[name]);
    if has("terminationReason") || has("fullyIdle") || has("executionNum") {
        stop(payload)
    } else if has("toolCall") || has("stepIdx") {
        tool(payload)
    } else if has("invocationNum") {
        // It comes before each word of the model, which is as near to the user's word as we get.
        Event::Prompt(Prompt::default())
    } else {
        fields::other(None)
    }
}

fn stop(payload: &Payload<'_>) -> Event {
    let event = fields::stop(payload, Worker::Session);
    let Event::Stop(mut stop) = event else { return event };
    if payload.truth(&["fullyIdle"]) == Some(false) {
        stop.ending = Ending::Waits;
    }
    if payload.text(&["error"]).is_some() {
        stop.ending = Ending::Aborted;
    }
    Event::Stop(stop)
}

/// Reads the use of a tool; only when it is over there is a field `error`, be it empty.
fn tool(payload: &Payload<'_>) -> Event {
    let moment = match payload.json(&["error"]) {
        Some(error) if payload.text(&["error"]).is_some() || error.has_entries() => {
            Moment::Failed { error: Some(error), interrupted: None }
        }
        None if payload.has(&["toolCall"]) => Moment::Before,
        Some(_) | None => Moment::After { result: payload.json(&["result"]) },
    };
    let call = payload.inner(&["toolCall"]);
    Event::Tool(Tool {
        moment,
        name: call.text(&["name"]),
        input: call.json(&["args"]),
        use_id: payload.number(&["stepIdx"]).map(|step| step.to_string()),
        milliseconds: None,
    })
}

/// Renders `answer` to an event of `kind`. What it reads after a tool is not documented.
pub(crate) fn reply(kind: Kind, answer: &Answer) -> Option<Reply> {
    let decide = |decision, reason| Reply::object(&Decision { decision, reason });
    Some(match (kind, answer) {
        (Kind::Prompt, Answer::Context(text)) => {
            Reply::object(&Injection { inject_steps: [Step { ephemeral_message: text }] })
        }
        (Kind::Stop, Answer::Context(text) | Answer::Block(text)) => decide("continue", text),
        (Kind::PreTool, Answer::Deny(reason)) => decide("deny", reason),
        _ => return None,
    })
}
