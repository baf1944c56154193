//! Of what kind is a subject: a release, an archive, a snapshot?

use super::Policy;
use super::text::{Text, is_blank, is_word};

/// Returns the place behind `v1.2.3:` or a declared prefix at the start of `subject`.
pub(super) fn release(subject: &Text, policy: &Policy) -> Option<usize> {
    let start = subject.skip(0, is_blank);
    version(subject, start).or_else(|| {
        let prefixes = policy.summary_bundle_prefixes.iter();
        prefixes.filter_map(|prefix| subject.follows(start, &Text::new(prefix))).max()
    })
}

/// Returns the place behind `v`, three numbers with points between them, and a colon.
fn version(subject: &Text, start: usize) -> Option<usize> {
    let mut at = start;
    for lead in ['v', '.', '.'] {
        let from = (subject.at(at) == Some(lead)).then_some(at + 1)?;
        at = subject.skip(from, char::is_numeric);
        if at == from {
            return None;
        }
    }
    (subject.at(at) == Some(':')).then_some(at + 1)
}

/// Why a subject ships nothing by its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It begins as `[stamp] bookkeeping_prefixes` says.
    Declared,
    /// The words in front of its first colon end in `snapshot`.
    Snapshot,
    /// It archives what is called by a day.
    Day,
    /// It archives a run, which is called by the time it began.
    Run,
}

/// Returns why `subject` ships nothing, if it is of such a kind.
pub(super) fn bookkeeping(subject: &Text, policy: &Policy) -> Option<Kind> {
    let start = subject.skip(0, is_blank);
    let prefixes = policy.bookkeeping_prefixes.iter();
    if prefixes.into_iter().any(|prefix| subject.follows(start, &Text::new(prefix)).is_some()) {
        return Some(Kind::Declared);
    }
    let colon = subject.skip(start, |character| character != ':');
    let colon = subject.at(colon).map(|_| colon);
    let snapshot = "snapshot";
    if let Some(word) = colon.and_then(|colon| colon.checked_sub(snapshot.len()))
        && word >= start
        && subject.says(word, snapshot).is_some()
        && (word == start || subject.before(word).is_none_or(|before| !is_word(before)))
    {
        return Some(Kind::Snapshot);
    }
    let rest = colon.map(|colon| subject.skip(colon + 1, is_blank));
    [Some(start), rest].into_iter().flatten().find_map(|at| archive(subject, at))
}

/// Tells what is archived at `at`.
fn archive(subject: &Text, at: usize) -> Option<Kind> {
    let word = ["archive", "rollup"].into_iter().find_map(|word| subject.says(at, word))?;
    let from = subject.blanks(word)?;
    let day = subject.skip(from, char::is_numeric);
    let ends = |place: usize| subject.at(place).is_none_or(|next| !is_word(next));
    if day - from != 8 {
        return None;
    }
    if ends(day) {
        return Some(Kind::Day);
    }
    let time = (subject.at(day) == Some('t')).then(|| subject.skip(day + 1, char::is_numeric))?;
    let zone = if subject.at(time) == Some('z') { time + 1 } else { time };
    (time > day + 1 && (ends(time) || ends(zone))).then_some(Kind::Run)
}
