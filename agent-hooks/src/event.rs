//! What happened in an agent's session, in words that all agents share?

use std::path::PathBuf;

use crate::Host;

/// One call of our hook by an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Who calls.
    pub host: Host,
    /// The session's id, as the agent wrote it.
    pub session: String,
    /// The folder that the agent works in at this moment; it may be gone, or outside any repository.
    pub folder: Option<PathBuf>,
    /// What happened.
    pub event: Event,
    /// What tells this occurrence from another of the same session, in a fixed order.
    ///
    /// An agent that finds our entry in two of its files calls twice with the same words.
    pub occurrence: Vec<String>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A session began, or went on.
    SessionStart(SessionStart),
    /// A worker believes that it is done.
    Stop(Stop),
}

impl Event {
    /// Returns the event's name as the agent spells it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::SessionStart(_) => "SessionStart",
            Self::Stop(Stop { worker: Worker::Session, .. }) => "Stop",
            Self::Stop(Stop { worker: Worker::Subagent, .. }) => "SubagentStop",
        }
    }
}

/// How a session began.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionStart {
    /// Why the agent says so now, such as `startup`, `resume` or `compact`.
    pub source: Option<String>,
    /// The model that answers.
    pub model: Option<String>,
}

impl SessionStart {
    /// Tells whether the session is only being told again what it did before, in the middle of its work.
    pub fn goes_on(&self) -> bool {
        self.source.as_deref() == Some("compact")
    }
}

/// How a worker stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Whose work ends.
    pub worker: Worker,
    /// Whether a hook already made this worker go on since its user last spoke.
    pub continued: bool,
    /// Whether the session only waits: something in the background will wake it.
    pub waits: bool,
}

/// Whose work ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worker {
    /// The session's main thread.
    Session,
    /// A helper that the session started inside itself.
    Subagent,
}

/// What we have to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Facts for the model to act on, without the framing of an error.
    Context(String),
}
