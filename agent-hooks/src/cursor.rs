//! How Cursor calls us, and what it takes for an answer (Cursor documentation, "Hooks").

use serde::Serialize;

use crate::answer::Reply;
use crate::payload::Payload;
use crate::settings::{Field, Form, Home, Hook, Settings};
use crate::{Answer, Call, Ending, Event, Host, Kind, Moment, Stage, Worker, fields};

/// The entries of `hooks.json`. Without `failClosed`, a hook that fails stops nobody.
pub(crate) const SETTINGS: Settings = Settings {
    host: Host::Cursor,
    programs: &["cursor", "cursor-agent"],
    home: Home { variable: None, folder: ".cursor" },
    signs: &[],
    local: Some(".cursor/hooks.json"),
    shared: Some(".cursor/hooks.json"),
    user: Some("hooks.json"),
    form: Form::Handlers { version: Some(1) },
    hooks: &[
        Hook::new("sessionStart", 5),
        Hook::new("sessionEnd", 1),
        Hook::new("beforeSubmitPrompt", 5),
        Hook::before_tool("preToolUse"),
        Hook::new("postToolUse", 5),
        Hook::new("postToolUseFailure", 5),
        Hook::new("stop", 20),
        Hook::new("subagentStop", 20),
        Hook::new("preCompact", 5),
    ],
    handler: |hook, command| {
        let mut handler = vec![
            ("command", Field::Text(command.line())),
            ("timeout", Field::Number(hook.seconds)),
        ];
        if hook.event.ends_with("top") {
            handler.push(("loop_limit", Field::Number(2)));
        }
        handler
    },
};

/// More for the model to read.
#[derive(Debug, Serialize)]
struct Context<'text> {
    additional_context: &'text str,
}

/// Whether a tool may be used.
#[derive(Debug, Serialize)]
struct Permission<'text> {
    permission: &'static str,
    agent_message: &'text str,
}

/// Makes the agent go on.
#[derive(Debug, Serialize)]
struct Followup<'text> {
    followup_message: &'text str,
}

/// Reads `payload`; `None` when it names no session or no event.
pub(crate) fn read(payload: &Payload<'_>) -> Option<Call> {
    let name = payload.text(&["hook_event_name"])?;
    let event = match name.as_str() {
        "sessionStart" => fields::session_start(payload),
        "sessionEnd" => fields::session_end(payload),
        "beforeSubmitPrompt" => fields::prompt(payload),
        "preToolUse" => fields::tool(payload, Moment::Before),
        "postToolUse" => fields::tool(payload, fields::after(payload)),
        "postToolUseFailure" => fields::tool(payload, fields::failed(payload)),
        "preCompact" => fields::compaction(payload, Stage::Before),
        "stop" => stop(payload, Worker::Session),
        "subagentStop" => stop(payload, Worker::Subagent),
        // With its switch for hooks of others, it runs Claude Code's entries as well.
        other => {
            let event = fields::event(other, payload);
            if let Event::Stop(found) = &event { stop(payload, found.worker) } else { event }
        }
    };
    fields::call(Host::Cursor, payload, event)
}

fn stop(payload: &Payload<'_>, worker: Worker) -> Event {
    let event = fields::stop(payload, worker);
    let Event::Stop(mut stop) = event else { return event };
    if let Some(loops) = payload.number(&["loop_count"]) {
        stop.continued = Some(loops > 0);
    }
    let status = payload.text(&["status"]);
    if status.is_some_and(|status| status == "aborted" || status == "error") {
        stop.ending = Ending::Aborted;
    }
    Event::Stop(stop)
}

/// Renders `answer` to an event of `kind`; an agent that is done goes on as if its user had said so.
pub(crate) fn reply(kind: Kind, answer: &Answer) -> Option<Reply> {
    Some(match (kind, answer) {
        (Kind::SessionStart | Kind::PostTool, Answer::Context(text)) => {
            Reply::object(&Context { additional_context: text })
        }
        (Kind::Stop | Kind::SubagentStop, Answer::Context(text) | Answer::Block(text)) => {
            Reply::object(&Followup { followup_message: text })
        }
        (Kind::PreTool, Answer::Deny(reason)) => {
            Reply::object(&Permission { permission: "deny", agent_message: reason })
        }
        _ => return None,
    })
}
