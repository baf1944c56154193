//! What do the words behind a phase say of it?

use super::super::Exclusion;
use super::super::loose::goes_on;
use super::Subject;
use super::item::Item;
use super::words::{self, Gap, Word};

/// Tells why the words behind `item` make it no stamp.
pub(super) fn judge(subject: &Subject<'_>, item: Item) -> Option<Exclusion> {
    if is_denied(subject, item.list_end) {
        return Some(Exclusion::Denied);
    }
    let places = [item.end, item.list_end];
    let goes_on = places.into_iter().any(|end| goes_on(subject.text, end, subject.policy));
    let words = words_from(subject, item.list_end);
    (goes_on || is_talk(&words)).then_some(Exclusion::Progress)
}

/// Tells whether the words from `from` on say that nothing was done, or that it was taken back.
pub(super) fn is_denied(subject: &Subject<'_>, from: usize) -> bool {
    let words = words_from(subject, from);
    let clauses = (0..words.len()).filter(|&at| at == 0 || gap(&words, at) == Some(Gap::Break));
    clauses.into_iter().any(|at| denies(&words, at)) || ends_in_not_yet(&words)
}

/// Tells whether the word behind `end` goes on with a sentence.
pub(super) fn is_sentence(subject: &Subject<'_>, end: usize) -> bool {
    let words = words_from(subject, end);
    words
        .first()
        .is_some_and(|word| word.gap == Gap::Blank && words::GOES_ON.contains(&word.text.as_str()))
}

fn words_from(subject: &Subject<'_>, from: usize) -> Vec<Word> {
    words::split(subject.text.slice(from, subject.text.len()))
}

fn text(words: &[Word], at: usize) -> &str {
    words.get(at).map_or("", |word| word.text.as_str())
}

fn gap(words: &[Word], at: usize) -> Option<Gap> {
    words.get(at).map(|word| word.gap)
}

/// Tells whether what was said ends in front of the word at `at`.
fn ends(words: &[Word], at: usize) -> bool {
    gap(words, at) != Some(Gap::Blank) || words::FOLLOWS.contains(&text(words, at))
}

/// Tells whether the clause that begins at `at` denies the phase.
fn denies(words: &[Word], at: usize) -> bool {
    let begin = at + run(words, at, words::BEGINS);
    let first = begin + run(words, begin, words::LINKS);
    let (word, next) = (text(words, first), text(words, first + 1));
    let is_done = |at: usize| words::DONE.contains(&text(words, at)) && ends(words, at + 1);
    let not = |at: usize| {
        let skipped = ["yet", "fully", "been", "be", "quite", "actually", "even", "going"];
        let more = words.iter().skip(at).take_while(|word| skipped.contains(&word.text.as_str()));
        is_done(at + more.count()) || (text(words, at) == "yet" && ends(words, at + 1))
    };
    match word {
        "not" | "never" | "nothing" | "none" | "cannot" => not(first + 1),
        "no" => {
            let things = ["code", "implementation", "changes", "change", "work", "progress"];
            things.contains(&next) && (ends(words, first + 2) || is_done(first + 2))
        }
        "back" | "backs" | "backed" | "backing" => next == "out" && is_whole(words, first + 2),
        "roll" | "rolls" | "rolled" | "rolling" => next == "back" && is_whole(words, first + 2),
        word if words::TAKES_BACK.contains(&word) => is_whole(words, first + 1),
        word if words::PUT_OFF.contains(&word) => first > begin || ends(words, first + 1),
        word => word.ends_with("n't") && not(first + 1),
    }
}

/// Returns how many of the words from `at` on are among `links`, within one clause.
fn run(words: &[Word], at: usize, links: &[&str]) -> usize {
    let rest = words.iter().skip(at).enumerate();
    rest.take_while(|(count, word)| {
        links.contains(&word.text.as_str()) && (*count == 0 || word.gap == Gap::Blank)
    })
    .count()
}

/// Tells whether what is taken back from the word at `at` on is the phase, and no other thing.
fn is_whole(words: &[Word], at: usize) -> bool {
    let named = usize::from(words::WHOLE.contains(&text(words, at)));
    gap(words, at + named) != Some(Gap::Blank) || words::REASONS.contains(&text(words, at + named))
}

/// Tells whether the last words are `not … yet`.
fn ends_in_not_yet(words: &[Word]) -> bool {
    let last: Vec<&str> = words.iter().rev().take(4).map(|word| word.text.as_str()).collect();
    last.first() == Some(&"yet") && last.iter().any(|word| *word == "not" || word.ends_with("n't"))
}

/// Tells whether the words speak of work that goes on, or of talk.
fn is_talk(words: &[Word]) -> bool {
    let begins = |word: &Word| word.gap == Gap::Break;
    let unfinished = words
        .iter()
        .enumerate()
        .any(|(at, word)| word.text == "wip" && (at == 0 || begins(word) || at + 1 == words.len()));
    let talk = words
        .first()
        .is_some_and(|word| word.gap == Gap::Blank && words::TALK.contains(&word.text.as_str()));
    unfinished || talk && (ends(words, 1) || words::TALK_FORMS.contains(&text(words, 1)))
}
