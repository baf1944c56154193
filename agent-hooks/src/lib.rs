//! How AI agents call git-dos: payloads, replies, settings entries.
//!
//! Agents add fields, events and words from one week to the next, so nothing in a payload is required and
//! nothing unknown is an error: what is not understood is not for us.

mod answer;
mod antigravity;
pub mod claude;
mod codex;
mod copilot;
mod cursor;
mod error;
mod event;
mod fields;
mod gemini;
mod host;
mod occurrence;
mod opencode;
mod payload;
mod qwen;
pub mod settings;
mod vscode;
mod windsurf;

pub use answer::{Answer, Reply};
pub use error::Error;
pub use event::{
    Agent, Call, Compaction, Ending, Event, Kind, Moment, Other, Prompt, SessionEnd, SessionStart,
    Stage, Stop, Tool, Worker,
};
pub use host::{Host, Surroundings};
pub use payload::Json;

/// What a payload says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The call; `None` when it is not for us: an agent that we do not know, or a payload that names no session.
    pub call: Option<Call>,
    /// What goes to standard output when there is nothing to say; most agents want nothing at all.
    pub silence: &'static str,
}

/// Reads the payload of one hook call. The error is for bytes that are no JSON object.
pub fn read(payload: &[u8], surroundings: Surroundings) -> Result<Reading, Error> {
    let payload = payload::Payload::parse(payload)?;
    let host = host::identify(&payload, surroundings);
    let call = match host {
        Some(Host::Antigravity) => antigravity::read(&payload),
        Some(Host::Claude) => claude::read(&payload),
        Some(Host::Codex) => codex::read(&payload),
        Some(Host::Copilot) => copilot::read(&payload),
        Some(Host::Cursor) => cursor::read(&payload),
        Some(Host::Gemini) => gemini::read(&payload),
        Some(Host::OpenCode) => opencode::read(&payload),
        Some(Host::Qwen) => qwen::read(&payload),
        Some(Host::VsCode) => vscode::read(&payload),
        Some(Host::Windsurf) => windsurf::read(&payload),
        None => None,
    };
    let silence = if host == Some(Host::Antigravity) { antigravity::silence(&payload) } else { "" };
    Ok(Reading { call, silence })
}

/// Renders `answer` to `call` as the agent wants it; `None` when this agent cannot be told that at this event.
///
/// Nothing is ever granted: no reply allows what the agent or its user would have asked about.
pub fn reply(call: &Call, answer: &Answer) -> Option<Reply> {
    answer.text()?;
    let kind = call.event.kind();
    match call.host {
        Host::Antigravity => antigravity::reply(kind, answer),
        Host::Claude => claude::reply(kind, answer),
        Host::Codex => codex::reply(kind, answer),
        Host::Copilot => copilot::reply(kind, answer),
        Host::Cursor => cursor::reply(kind, answer),
        Host::Gemini => gemini::reply(kind, answer),
        Host::OpenCode => opencode::reply(kind, answer),
        Host::Qwen => qwen::reply(kind, answer),
        Host::VsCode => vscode::reply(kind, answer),
        Host::Windsurf => windsurf::reply(kind, answer),
    }
}
