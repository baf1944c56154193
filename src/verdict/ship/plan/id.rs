//! What is the id of a phase, at the start of a heading, an item or a row?

use crate::verdict::ship::stamp::{self, Alias, Question};

/// Words that a numbered phase begins with.
const KINDS: [&str; 8] =
    ["phase", "milestone", "stage", "step", "task", "wave", "sprint", "iteration"];

/// A phase's id and what follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head<'a> {
    pub(super) id: &'a str,
    pub(super) rest: &'a str,
}

/// Reads the id that `text` begins with, behind marks of Markdown and of status: `Phase 2`, `AUTH2`, `P2.1`.
pub(super) fn read(text: &str) -> Option<Head<'_>> {
    let text = skip_marks(text);
    let word = token(text);
    if KINDS.iter().any(|kind| word.eq_ignore_ascii_case(kind)) {
        return numbered(text, word.len());
    }
    let head = Head { id: word, rest: text.get(word.len()..)? };
    // `Phase AUTH2` is `AUTH2`, and `Phase2` is an id like another.
    (is_id(word) && ends(head.rest)).then_some(head)
}

/// Reads the id behind the first `length` bytes of `text`, which are such a word as `Phase`.
fn numbered(text: &str, length: usize) -> Option<Head<'_>> {
    let rest = text.get(length..)?;
    let number = rest.trim_start_matches([' ', '\t']);
    let word = token(number);
    let end = text.len() - number.len() + word.len();
    let behind = text.get(end..)?;
    if rest.len() == number.len() || !ends(behind) {
        return None;
    }
    let is_number = word.starts_with(|first: char| first.is_numeric());
    let is_letter = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    let is_known = text.get(..length).is_some_and(|kind| kind.eq_ignore_ascii_case("phase"));
    match () {
        () if is_number || is_letter => Some(Head { id: text.get(..end)?, rest: behind }),
        () if is_id(word) && is_known => Some(Head { id: word, rest: behind }),
        () if is_id(word) => Some(Head { id: text.get(..end)?, rest: behind }),
        () => None,
    }
}

/// Returns the id-like word that a title begins with, such as `AUTH` of `AUTH — login`.
pub(super) fn leading(title: &str) -> Option<&str> {
    let word = token(title);
    let rest = title.get(word.len()..)?.trim_start();
    let is_set_apart = rest.starts_with([':', '\u{2014}', '\u{2013}', '-', '(']);
    (!word.is_empty() && is_set_apart).then_some(word)
}

/// Returns `text` without what lists, emphasis and marks of status put in front of words.
pub(super) fn skip_marks(text: &str) -> &str {
    text.trim_start_matches(|character: char| {
        !character.is_alphanumeric() && !matches!(character, '\n' | '|')
    })
}

/// Returns the characters of an id at the start of `text`.
fn token(text: &str) -> &str {
    let is_part = |character: char| {
        character.is_alphanumeric() || matches!(character, '-' | '.' | '_' | '\'')
    };
    let end = text.find(|character| !is_part(character)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default().trim_end_matches(['.', '-', '_'])
}

/// Tells whether `word` is an id: letters and a number that belong together, and no version.
fn is_id(word: &str) -> bool {
    let letters = word.chars().take_while(|next| next.is_alphabetic()).count();
    let is_version = word.starts_with(['v', 'V']) && letters == 1 && word.contains('.');
    let digits = word.chars().skip(letters).skip_while(|next| matches!(next, '-' | '_'));
    let has_number = digits.clone().next().is_some_and(char::is_numeric);
    (1..=12).contains(&letters) && has_number && !is_version && word.len() <= 40
}

/// Tells whether an id may end in front of `rest`.
fn ends(rest: &str) -> bool {
    rest.chars().next().is_none_or(|next| !next.is_alphanumeric() && next != '_' && next != '/')
}

/// Returns the ways to write the phase of `question`, each in its one form.
pub(super) fn spellings(question: &Question, aliases: &[Alias]) -> Vec<String> {
    let spellings = stamp::spellings(&question.plan, &question.phase, aliases);
    spellings.iter().map(|spelling| canonical(spelling)).collect()
}

/// Returns an id in one case and with single blanks; `Phase2` as `phase 2`.
pub(super) fn canonical(id: &str) -> String {
    stamp::numbered(id, "phase").map_or_else(|| folded(id), |number| format!("phase {number}"))
}

/// Returns `text` in one case, with single blanks.
pub(super) fn folded(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(stamp::folded).collect();
    words.join(" ")
}
