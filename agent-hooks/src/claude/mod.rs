//! How Claude Code calls us, and what it takes for an answer (Claude Code hooks reference).

mod payload;
mod reply;
pub mod settings;

pub(crate) use payload::read;
pub(crate) use reply::reply;
