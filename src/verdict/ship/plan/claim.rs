//! What does a plan say has become of a phase?

use super::id::{folded, skip_marks};
use super::line::Check;

/// What a plan says of a phase. It proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// The phase is said to have shipped.
    Done,
    /// It is said to have shipped, and to wait for something still.
    Waits,
    /// It is said to be open.
    Open,
    /// Nothing is said.
    Unsaid,
}

impl Claim {
    /// Returns the claim's name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Waits => "waits",
            Self::Open => "open",
            Self::Unsaid => "unsaid",
        }
    }
}

/// What says that a phase waits, whoever wrote the plan.
pub(super) const SOAKS: &[&str] = &[
    "status: in_progress",
    "gates on*soak",
    "soak*gates",
    "until the soak closes",
    "soak window*closes",
];

const DONE: [&str; 12] = [
    "shipped",
    "done",
    "complete",
    "completed",
    "finished",
    "landed",
    "merged",
    "delivered",
    "implemented",
    "released",
    "closed",
    "deployed",
];

const OPEN: [&str; 33] = [
    "pending",
    "todo",
    "planned",
    "queued",
    "started",
    "in",
    "wip",
    "blocked",
    "deferred",
    "next",
    "future",
    "ready",
    "partial",
    "partially",
    "paused",
    "upcoming",
    "proposed",
    "draft",
    "open",
    "not",
    "never",
    "unshipped",
    "unfinished",
    "incomplete",
    "cancelled",
    "canceled",
    "dropped",
    "postponed",
    "later",
    "mostly",
    "nearly",
    "almost",
    "active",
];

/// What may follow a word that says a phase is done.
const FOLLOWS: [&str; 15] = [
    "in", "on", "by", "via", "at", "and", "as", "with", "since", "all", "but", "see", "per", "pr",
    "commit",
];

/// What the lines of a phase say.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    title: Option<Claim>,
    status: Option<Claim>,
    is_shipped: bool,
    waits: bool,
    checked: usize,
    open: usize,
}

impl Said {
    /// Starts with the line that begins the phase: the words behind its id, and its box.
    pub(super) fn begin(title: &str, check: Check) -> Self {
        let said = match check {
            Check::Absent => of_title(title),
            Check::Checked => Some(Claim::Done),
            Check::Open => Some(Claim::Open),
        };
        Self { title: said, ..Self::default() }
    }

    /// Starts with the cell of a table that holds the phase's state.
    pub(super) fn begin_with_state(state: &str) -> Self {
        Self { title: of_state(state), ..Self::default() }
    }

    /// Adds one line of the phase, in which `soaks`, in one case, are looked for.
    pub(super) fn add(&mut self, line: &str, soaks: &[String]) {
        let folded = folded(line);
        let is_word = words(line).any(|word| word == "SHIPPED");
        self.is_shipped |= is_word && !folded.contains("not shipped");
        self.waits |= soaks.iter().any(|soak| holds(&folded, soak));
        if self.status.is_none() {
            self.status = status_line(line).and_then(of_state);
        }
    }

    /// Counts the box of an item in the phase.
    pub(super) fn count(&mut self, check: Check) {
        self.checked += usize::from(check == Check::Checked);
        self.open += usize::from(check == Check::Open);
    }

    /// Returns what all of it comes to: the first line outweighs a line of status, and that the rest.
    pub(super) fn claim(&self) -> Claim {
        let rest = || match (self.is_shipped, self.checked, self.open) {
            (true, _, _) | (false, 1.., 0) => Claim::Done,
            (false, _, 1..) => Claim::Open,
            (false, 0, 0) => Claim::Unsaid,
        };
        let claim = self.title.or(self.status).unwrap_or_else(rest);
        if claim == Claim::Done && self.waits { Claim::Waits } else { claim }
    }
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Returns what follows `Status:` at the start of a line.
fn status_line(line: &str) -> Option<&str> {
    let line = skip_marks(line);
    let rest = line.get(..6).filter(|word| word.eq_ignore_ascii_case("status"))?;
    line.get(rest.len()..)?.trim_start_matches(['*', '_', ' ']).strip_prefix(':')
}

/// Tells what a mark of status says.
fn of_mark(character: char) -> Option<Claim> {
    match character {
        '\u{2705}' | '\u{2611}' | '\u{2713}' | '\u{2714}' | '\u{1f7e2}' | '\u{1f389}' => {
            Some(Claim::Done)
        }
        '\u{23f3}' | '\u{1f504}' | '\u{1f7e1}' | '\u{1f51c}' | '\u{2b1c}' | '\u{2610}'
        | '\u{23f8}' | '\u{274c}' | '\u{1f6a7}' | '\u{1f4cb}' | '\u{1f534}' | '\u{1f6d1}' => {
            Some(Claim::Open)
        }
        _ => None,
    }
}

/// Tells what a state says: its first mark, else its first word.
fn of_state(state: &str) -> Option<Claim> {
    let mark = state.chars().find_map(of_mark);
    let text = folded(state);
    let mut words = words(&text);
    let (first, second) = (words.next()?, words.next());
    let is_part = text.contains('%') && first != "100";
    match first {
        _ if mark.is_some() => mark,
        _ if is_part => Some(Claim::Open),
        "100" => Some(Claim::Done),
        first if DONE.contains(&first) && second != Some("in_progress") => Some(Claim::Done),
        first if OPEN.contains(&first) => Some(Claim::Open),
        _ => None,
    }
}

/// Tells what the words behind a phase's id say: a mark, or a part of them that is nothing but a state.
fn of_title(title: &str) -> Option<Claim> {
    if let Some(mark) = title.chars().find_map(of_mark) {
        return Some(mark);
    }
    let is_break = |character: char| {
        matches!(
            character,
            '\u{2014}' | '\u{2013}' | '(' | ')' | '[' | ']' | ':' | ',' | ';' | '|' | '*' | '.'
        )
    };
    let parts = title.split(is_break).flat_map(|part| part.split(" - "));
    parts.into_iter().find_map(of_part)
}

fn of_part(part: &str) -> Option<Claim> {
    let text = folded(part);
    let mut words = text.split(' ').filter(|word| word.chars().any(char::is_alphanumeric));
    let first = words.next()?;
    let second = words.next();
    let is_number = |word: &str| word.starts_with(|next: char| next.is_numeric() || next == '#');
    let is_alone = second.is_none_or(|word| is_number(word) || FOLLOWS.contains(&word));
    let is_loud = part
        .split_whitespace()
        .next()
        .is_some_and(|word| word.len() > 2 && word.chars().all(|next| !next.is_lowercase()));
    match (first, second) {
        ("not", Some(word)) if DONE.contains(&word) || word == "started" || word == "yet" => {
            Some(Claim::Open)
        }
        ("in", Some("progress" | "review" | "flight")) => Some(Claim::Open),
        (first, _) if DONE.contains(&first) && (is_alone || is_loud) => Some(Claim::Done),
        ("in" | "open" | "next" | "ready" | "started" | "active", _) if !is_loud => None,
        (first, _) if OPEN.contains(&first) && first != "not" && (is_alone || is_loud) => {
            Some(Claim::Open)
        }
        _ => None,
    }
}

/// Tells whether `line` holds the words of `pattern`, with `*` for any between them.
fn holds(line: &str, pattern: &str) -> bool {
    let mut rest = line;
    !pattern.is_empty()
        && pattern.split('*').all(|part| {
            let found = rest.find(part).and_then(|at| rest.get(at + part.len()..));
            rest = found.unwrap_or_default();
            found.is_some()
        })
}
