//! Which words say that a phase did not ship, or that the text is a sentence?

/// What lies in front of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// White space, quotation marks or nothing: the clause goes on.
    Blank,
    /// A closing bracket: what was said ends, and the clause goes on.
    Close,
    /// Other punctuation: a clause begins.
    Break,
}

/// A word and what lies in front of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) gap: Gap,
}

/// More characters than these are not looked at for what they say of the phase.
const LIMIT: usize = 1000;

/// Splits `text`, in one case, into words.
pub(super) fn split(text: &[char]) -> Vec<Word> {
    let (mut words, mut word, mut gap) = (Vec::new(), String::new(), Gap::Blank);
    let text = text.get(..LIMIT.min(text.len())).unwrap_or_default();
    let mut rest = text.iter().copied().chain([' ']).peekable();
    while let Some(character) = rest.next() {
        let inner = matches!(character, '\'' | '\u{2019}' | '-')
            && !word.is_empty()
            && rest.peek().is_some_and(|next| next.is_alphanumeric());
        if character.is_alphanumeric() || inner {
            word.push(if character == '\u{2019}' { '\'' } else { character });
            continue;
        }
        if !word.is_empty() {
            words.push(Word { text: std::mem::take(&mut word), gap });
            gap = Gap::Blank;
        }
        match character {
            ')' | ']' if gap == Gap::Blank => gap = Gap::Close,
            _ if is_break(character) => gap = Gap::Break,
            _ => {}
        }
    }
    words
}

fn is_break(character: char) -> bool {
    matches!(
        character,
        ',' | ';' | ':' | '.' | '!' | '?' | '(' | '[' | '-' | '\u{2013}' | '\u{2014}' | '|'
    )
}

/// Words that link a phase to what is said of it.
pub(super) const LINKS: &[&str] = &[
    "is",
    "are",
    "was",
    "were",
    "be",
    "been",
    "being",
    "has",
    "have",
    "had",
    "still",
    "remains",
    "remain",
    "stays",
    "now",
    "got",
    "gets",
    "currently",
];

/// Words that a clause may begin with before it says anything.
pub(super) const BEGINS: &[&str] = &["but", "and", "so", "it", "this", "again"];

/// Words that do not begin the name of a thing, and so end what was said before.
pub(super) const FOLLOWS: &[&str] = &[
    "to", "until", "till", "by", "on", "for", "due", "because", "since", "from", "in", "as", "at",
    "again", "per", "after", "before", "pending", "this", "next", "and", "but", "or", "yet",
    "with", "about", "without", "of", "here", "now", "later", "while", "when", "if", "today",
    "entirely",
];

/// What a phase is when it has shipped.
pub(super) const DONE: &[&str] = &[
    "done",
    "shipped",
    "built",
    "ready",
    "implemented",
    "finished",
    "complete",
    "completed",
    "started",
    "merged",
    "landed",
    "released",
    "included",
    "deployed",
    "delivered",
    "written",
    "ship",
    "land",
    "working",
    "needed",
    "yet",
    "addressed",
    "changed",
];

/// What a phase is when it has been put off or taken back.
pub(super) const PUT_OFF: &[&str] = &[
    "deferred",
    "dropped",
    "postponed",
    "cancelled",
    "canceled",
    "abandoned",
    "blocked",
    "reverted",
    "skipped",
    "descoped",
    "rejected",
    "delayed",
    "paused",
    "parked",
    "stalled",
    "pending",
    "withdrawn",
    "shelved",
    "scrapped",
    "undone",
    "unfinished",
    "incomplete",
    "unimplemented",
    "unshipped",
    "rollback",
];

/// Words that take something back when a clause begins with them: the phase, unless they name another thing.
pub(super) const TAKES_BACK: &[&str] = &["revert", "reverts", "reverting", "unship", "unships"];

/// What goes on after something was taken back.
pub(super) const REASONS: &[&str] =
    &["because", "due", "for", "since", "until", "again", "after", "as", "pending"];

/// What is taken back when nothing else is named.
pub(super) const WHOLE: &[&str] =
    &["it", "this", "that", "all", "everything", "commit", "change", "changes", "code"];

/// Talk of a phase, when nothing follows that it could be the name of.
pub(super) const TALK: &[&str] = &[
    "discussion",
    "discussions",
    "discuss",
    "discusses",
    "discussed",
    "discussing",
    "brainstorm",
    "brainstorming",
    "kickoff",
    "meeting",
    "planning",
    "proposal",
    "question",
    "questions",
    "ideas",
    "thoughts",
    "notes",
];

/// What talk may be called.
pub(super) const TALK_FORMS: &[&str] = &["notes", "only", "session", "doc", "docs", "thread"];

/// Words that go on with a sentence about what stands in front of them.
pub(super) const GOES_ON: &[&str] = &[
    "is", "are", "was", "were", "be", "will", "would", "should", "could", "can", "cannot", "may",
    "might", "must", "has", "have", "had", "needs", "need", "needed", "depends", "depend",
    "requires", "require", "blocks", "block", "waits", "wait", "waiting", "and", "or", "but", "vs",
    "versus", "if", "when", "while", "because", "unless", "does", "did", "doesn't", "didn't",
    "isn't", "wasn't", "hasn't", "won't", "can't", "which", "that", "who",
];
