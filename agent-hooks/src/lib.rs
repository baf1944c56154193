//! How AI agents call git-dos: payloads, replies, settings entries.
//!
//! Agents add fields, events and words from one week to the next, so nothing in a payload is required and
//! nothing unknown is an error: what is not understood is not for us.

pub mod claude;
mod error;
mod event;
mod host;
mod loose;

pub use error::Error;
pub use event::{Answer, Call, Event, SessionStart, Stop, Worker};
pub use host::{Host, Surroundings};

/// Reads the payload of one hook call.
///
/// `Ok(None)` is a call that is not for us: an event that we take no part in, an agent whose answers we do
/// not know, or a payload that names no session. The error is for bytes that are no JSON object.
pub fn read(payload: &[u8], surroundings: Surroundings) -> Result<Option<Call>, Error> {
    match host::identify(payload, surroundings)? {
        Some(Host::Claude) => claude::read(payload),
        Some(_) | None => Ok(None),
    }
}

/// Renders `answer` to `call` as the text that the agent wants on standard output.
pub fn reply(call: &Call, answer: &Answer) -> String {
    match answer {
        Answer::Context(text) => claude::context(call, text),
    }
}
