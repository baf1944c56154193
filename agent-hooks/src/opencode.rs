//! How OpenCode calls us: by a plugin of ours, which runs inside it and hands us JSON as other agents do.
//!
//! Source: OpenCode documentation, "Plugins". The payload is made by our own file, and the answer is read by it,
//! so the fields of both are our choice. What the session is told waits there for its next turn.

use serde::Serialize;

use crate::answer::Reply;
use crate::payload::Payload;
use crate::{Answer, Call, Host, Kind, Moment, Stage, Worker, fields};

/// What the plugin puts into the session.
#[derive(Debug, Serialize)]
struct Context<'text> {
    context: &'text str,
}

/// Why the plugin refuses a tool.
#[derive(Debug, Serialize)]
struct Deny<'text> {
    deny: &'text str,
}

/// Reads `payload`; `None` when it names no session or no event.
pub(crate) fn read(payload: &Payload<'_>) -> Option<Call> {
    let name = payload.text(&["opencode_event"])?;
    let event = match name.as_str() {
        "session.created" => fields::session_start(payload),
        "session.deleted" => fields::session_end(payload),
        "session.compacted" => fields::compaction(payload, Stage::After),
        "session.idle" => fields::stop(payload, Worker::Session),
        "chat.message" => fields::prompt(payload),
        "tool.execute.before" => fields::tool(payload, Moment::Before),
        "tool.execute.after" => fields::tool(payload, fields::after(payload)),
        other => fields::other(Some(other)),
    };
    fields::call(Host::OpenCode, payload, event)
}

/// Renders `answer` to an event of `kind`. A session that rests is not woken.
pub(crate) fn reply(kind: Kind, answer: &Answer) -> Option<Reply> {
    Some(match (kind, answer) {
        (Kind::SessionStart | Kind::PostTool | Kind::Stop, Answer::Context(text))
        | (Kind::Stop, Answer::Block(text)) => Reply::object(&Context { context: text }),
        (Kind::PreTool, Answer::Deny(reason)) => Reply::object(&Deny { deny: reason }),
        _ => return None,
    })
}
