//! What happened in an agent's session, in words that all agents share?

use std::path::PathBuf;

use crate::{Host, Json};

/// One call of our hook by an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Who calls.
    pub host: Host,
    /// The session's id, as the agent wrote it.
    pub session: String,
    /// The folders that the agent works in, the present one first; they may be gone, or outside any repository.
    pub folders: Vec<PathBuf>,
    /// What the agent calls all that follows from one word of its user; not every agent names it.
    pub turn: Option<String>,
    /// The helper inside the session that this is about; `None` for the session itself.
    pub agent: Option<Agent>,
    /// Where the agent keeps the session's conversation.
    pub transcript: Option<PathBuf>,
    /// What the agent may do unasked, in its own word.
    pub permission_mode: Option<String>,
    /// The model that works, in the agent's own word.
    pub model: Option<String>,
    /// When the agent says that it happened, in its own form.
    pub time: Option<String>,
    /// What happened.
    pub event: Event,
}

/// A helper that a session started inside itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Its id.
    pub id: String,
    /// What kind of helper it is, in the agent's own word.
    pub kind: Option<String>,
    /// Where the agent keeps the helper's own conversation.
    pub transcript: Option<PathBuf>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A session began, or went on.
    SessionStart(SessionStart),
    /// A session is over.
    SessionEnd(SessionEnd),
    /// The user said something.
    Prompt(Prompt),
    /// A tool is about to be used, or was.
    Tool(Tool),
    /// The conversation is about to be shortened, or was.
    Compaction(Compaction),
    /// A worker believes that it is done.
    Stop(Stop),
    /// Something that we take no part in.
    Other(Other),
}

/// An event that we take no part in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Other {
    /// Its name as the agent wrote it, for agents that write it.
    pub name: Option<String>,
}

/// What kind of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A session began, or went on.
    SessionStart,
    /// A session is over.
    SessionEnd,
    /// The user said something.
    Prompt,
    /// A tool is about to be used.
    PreTool,
    /// A tool was used.
    PostTool,
    /// A tool failed.
    PostToolFailure,
    /// The session's main thread believes that it is done.
    Stop,
    /// A helper inside the session believes that it is done.
    SubagentStop,
    /// The conversation is about to be shortened.
    PreCompact,
    /// The conversation was shortened.
    PostCompact,
    /// Something that we take no part in.
    Other,
}

/// How a session began.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionStart {
    /// Why the agent says so now, such as `startup`, `resume` or `compact`.
    pub source: Option<String>,
}

/// How a session ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionEnd {
    /// Why, in the agent's own word.
    pub reason: Option<String>,
}

/// What the user said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prompt {
    /// The words; agents add to them, and some send results of tools the same way.
    pub text: Option<String>,
    /// Where they came from, in the agent's own word.
    pub source: Option<String>,
}

/// One use of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// How far it is.
    pub moment: Moment,
    /// The tool, in the agent's own word.
    pub name: Option<String>,
    /// What it is given.
    pub input: Option<Json>,
    /// What tells this use from every other.
    pub use_id: Option<String>,
    /// How long it took, in milliseconds.
    pub milliseconds: Option<u64>,
}

/// How far a use of a tool is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// It did not begin yet.
    Before,
    /// It ended.
    After {
        /// What came of it.
        result: Option<Json>,
    },
    /// It failed.
    Failed {
        /// What the agent says of it.
        error: Option<Json>,
        /// Whether the user cut it short; `None` when the agent does not say.
        interrupted: Option<bool>,
    },
}

/// A shortening of the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compaction {
    /// Whether it is still to come.
    pub stage: Stage,
    /// Who wanted it, in the agent's own word.
    pub trigger: Option<String>,
}

/// Whether something is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It is.
    Before,
    /// It was done.
    After,
}

/// How a worker stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Whose work ends.
    pub worker: Worker,
    /// Whether a hook already made this worker go on since its user last spoke; `None` when the agent does not say.
    pub continued: Option<bool>,
    /// Whether the work is over.
    pub ending: Ending,
    /// What the worker said last.
    pub last_message: Option<String>,
    /// What still runs in the background, as the agent lists it.
    pub background_tasks: Option<Json>,
    /// What will wake the session at a set time, as the agent lists it.
    pub session_crons: Option<Json>,
}

/// Whose work ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worker {
    /// The session's main thread.
    Session,
    /// A helper that the session started inside itself.
    Subagent,
}

/// Whether the work of a worker that stops is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It is, as far as the agent says.
    Done,
    /// The session only waits: something in the background will wake it.
    Waits,
    /// The user or an error cut it short.
    Aborted,
}

impl Event {
    /// Returns what kind of event this is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::SessionStart(_) => Kind::SessionStart,
            Self::SessionEnd(_) => Kind::SessionEnd,
            Self::Prompt(_) => Kind::Prompt,
            Self::Tool(tool) => match tool.moment {
                Moment::Before => Kind::PreTool,
                Moment::After { .. } => Kind::PostTool,
                Moment::Failed { .. } => Kind::PostToolFailure,
            },
            Self::Compaction(compaction) => match compaction.stage {
                Stage::Before => Kind::PreCompact,
                Stage::After => Kind::PostCompact,
            },
            Self::Stop(stop) => match stop.worker {
                Worker::Session => Kind::Stop,
                Worker::Subagent => Kind::SubagentStop,
            },
            Self::Other(_) => Kind::Other,
        }
    }

    /// Returns the event's name, as most agents spell it.
    pub fn name(&self) -> &'static str {
        self.kind().name()
    }
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::SessionStart,
        Self::SessionEnd,
        Self::Prompt,
        Self::PreTool,
        Self::PostTool,
        Self::PostToolFailure,
        Self::Stop,
        Self::SubagentStop,
        Self::PreCompact,
        Self::PostCompact,
        Self::Other,
    ];

    /// Returns the name that most agents have for such events.
    pub fn name(self) -> &'static str {
        match self {
            Self::SessionStart => "SessionStart",
            Self::SessionEnd => "SessionEnd",
            Self::Prompt => "UserPromptSubmit",
            Self::PreTool => "PreToolUse",
            Self::PostTool => "PostToolUse",
            Self::PostToolFailure => "PostToolUseFailure",
            Self::Stop => "Stop",
            Self::SubagentStop => "SubagentStop",
            Self::PreCompact => "PreCompact",
            Self::PostCompact => "PostCompact",
            Self::Other => "Other",
        }
    }
}

impl SessionStart {
    /// Tells whether the session is only being told again what it did before, in the middle of its work.
    pub fn goes_on(&self) -> bool {
        self.source.as_deref() == Some("compact")
    }
}
