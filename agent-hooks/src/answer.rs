//! What have we to say, and which objects do several agents take for it?

use serde::Serialize;

/// What we have to say to one call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Answer {
    /// Nothing.
    #[default]
    Silence,
    /// Facts for the model to act on, without the framing of an error. A worker that stops goes on to read them.
    Context(String),
    /// Why the worker that stops is not done.
    Block(String),
    /// Why the tool may not be used.
    Deny(String),
}

impl Answer {
    /// Returns the words; none for silence, and for words that are blank.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Silence => None,
            Self::Context(text) | Self::Block(text) | Self::Deny(text) => {
                Some(text.as_str()).filter(|text| !text.trim().is_empty())
            }
        }
    }

    /// Joins what two have to say to the same call; the sterner of them decides what the agent does.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let sterner = if self.rank() >= other.rank() { self } else { other };
        let text =
            || [self.text(), other.text()].into_iter().flatten().collect::<Vec<_>>().concat();
        match sterner {
            Self::Silence => Self::Silence,
            Self::Context(_) => Self::Context(text()),
            Self::Block(_) => Self::Block(text()),
            Self::Deny(_) => Self::Deny(text()),
        }
    }

    fn rank(&self) -> u8 {
        match (self.text(), self) {
            (None, _) | (_, Self::Silence) => 0,
            (_, Self::Context(_)) => 1,
            (_, Self::Block(_)) => 2,
            (_, Self::Deny(_)) => 3,
        }
    }
}

/// What the agent is to see of our process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// All of standard output.
    pub output: String,
    /// All of standard error; empty unless the agent reads the reason for a refusal there.
    pub error: String,
    /// The exit code: 0, and 2 only for an agent that knows no other way to refuse a tool.
    pub code: u8,
}

impl Reply {
    /// Says `output` and nothing else.
    pub(crate) fn of(output: impl Into<String>) -> Self {
        Self { output: output.into(), ..Self::default() }
    }

    /// Writes an object.
    pub(crate) fn object(answer: &impl Serialize) -> Self {
        Self::of(render(answer))
    }
}

/// `decision` and `reason` at the top.
#[derive(Debug, Serialize)]
pub(crate) struct Decision<'text> {
    pub(crate) decision: &'static str,
    pub(crate) reason: &'text str,
}

impl<'text> Decision<'text> {
    /// Makes the worker go on, in the word that most agents have for it.
    pub(crate) fn block(reason: &'text str) -> Self {
        Self { decision: "block", reason }
    }
}

/// `hookSpecificOutput`, which names the event and holds what is said to it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Output<'text, S> {
    hook_specific_output: Specific<'text, S>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Specific<'text, S> {
    hook_event_name: &'text str,
    #[serde(flatten)]
    said: S,
}

impl<'text, S> Output<'text, S> {
    pub(crate) fn of(event: &'text str, said: S) -> Self {
        Self { hook_specific_output: Specific { hook_event_name: event, said } }
    }
}

/// `additionalContext`: more for the model to read.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Context<'text> {
    pub(crate) additional_context: &'text str,
}

/// `permissionDecision` and its reason.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Permission<'text> {
    permission_decision: &'static str,
    permission_decision_reason: &'text str,
}

impl<'text> Permission<'text> {
    /// Refuses a tool.
    pub(crate) fn deny(reason: &'text str) -> Self {
        Self { permission_decision: "deny", permission_decision_reason: reason }
    }
}

/// Adds `text` to what the model reads at `event`, as Claude Code and most after it take it.
pub(crate) fn context(event: &str, text: &str) -> Reply {
    Reply::object(&Output::of(event, Context { additional_context: text }))
}

/// Refuses a tool, as Claude Code and most after it take it.
pub(crate) fn deny(reason: &str) -> Reply {
    Reply::object(&Output::of("PreToolUse", Permission::deny(reason)))
}

/// Renders an answer.
pub(crate) fn render(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).expect("strings in structs can always be written as JSON")
}

#[cfg(test)]
mod tests {
    use super::Answer::{self, Block, Context, Deny, Silence};

    #[test]
    fn the_sterner_answer_decides_and_all_words_are_said() {
        let text = |text: &str| text.to_owned();
        for (one, other, want) in [
            (Silence, Silence, Silence),
            (Silence, Context(text("a")), Context(text("a"))),
            (Context(text("a")), Silence, Context(text("a"))),
            (Context(text("a")), Context(text("b")), Context(text("ab"))),
            (Context(text("a")), Block(text("b")), Block(text("ab"))),
            (Deny(text("a")), Context(text("b")), Deny(text("ab"))),
            (Block(text("a")), Deny(text("b")), Deny(text("ab"))),
            (Block(text(" \n")), Context(text("b")), Context(text("b"))),
        ] {
            assert_eq!(one.and(&other), want, "{one:?} and {other:?}");
        }
        assert_eq!(Answer::default(), Silence, "nothing is said unless somebody wants to");
        assert_eq!(Block(text("\n ")).text(), None, "a reason that is blank is none");
    }
}
