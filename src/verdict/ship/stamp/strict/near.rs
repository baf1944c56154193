//! Where else does a message name the phase, and why is that no stamp?

use super::super::kind::Kind;
use super::super::loose::folders;
use super::super::names::{Names, is_id};
use super::super::text::{Text, is_blank};
use super::super::{Exclusion, Mention, Message, Reading};
use super::Subject;
use super::item::{self, Item, is_end};

/// What begins the subject of a commit that is about another commit.
const OTHER_COMMITS: [&str; 7] =
    ["fixup! ", "squash! ", "amend! ", "revert ", "revert: ", "reapply ", "merge "];

/// Tells whether a subject is about another commit, which it names.
pub(super) fn other_commit(text: &Text) -> bool {
    let start = text.skip(0, is_blank);
    OTHER_COMMITS.iter().any(|words| text.says(start, words).is_some())
}

/// Returns where the first phase in `text` begins, from `from` on, that names its plan.
pub(super) fn mention(names: &Names, text: &Text, from: usize) -> Option<(usize, Item)> {
    let begins = |at: &usize| text.before(*at).is_none_or(|before| !is_id(before));
    let found = |at: usize| item::with_plan(names, text, at).map(|item| (at, item));
    (from..text.len()).filter(begins).find_map(found)
}

/// Tells whether the words in front of a phase at `at` take it back: `revert PHASE`, `without PHASE`.
pub(super) fn is_taken_back(text: &Text, from: usize, at: usize) -> bool {
    let words = super::words::split(text.slice(from, at));
    let last = words.iter().rev().take(3);
    let taken = [
        "revert",
        "reverts",
        "reverted",
        "reverting",
        "drop",
        "drops",
        "dropped",
        "defer",
        "defers",
        "deferred",
        "postpone",
        "postpones",
        "postponed",
        "unship",
        "without",
        "not",
        "no",
    ];
    last.take_while(|word| {
        let links = ["the", "of", "phase", "yet", "shipped", "shipping", "ship", "done"];
        taken.contains(&word.text.as_str()) || links.contains(&word.text.as_str())
    })
    .any(|word| taken.contains(&word.text.as_str()))
}

/// Returns the nearest that the message comes to a stamp without being one.
pub(super) fn read(subject: &Subject<'_>, message: &Message<'_>, kind: Option<Kind>) -> Reading {
    let text = subject.text;
    let excluded = |why| Reading::Excluded(why);
    if let Some((at, item)) = mention(subject.names, text, 0) {
        return match kind {
            Some(_) => excluded(Exclusion::Bookkeeping),
            None if other_commit(text) => excluded(Exclusion::OtherCommit),
            None if is_taken_back(text, 0, at)
                || super::tail::is_denied(subject, item.list_end) =>
            {
                excluded(Exclusion::Denied)
            }
            None => excluded(Exclusion::Place),
        };
    }
    let start = subject.start();
    let mut places = [vec![start], folders(text, start, subject.policy)].concat().into_iter();
    if let Some(found) = places.find_map(|at| unnamed(subject, at)) {
        return excluded(found);
    }
    let mut lines = message.body.split('\n').map(Text::new);
    if lines.any(|line| mention(subject.names, &line, 0).is_some()) {
        return Reading::Mention(Mention::Message);
    }
    Reading::Nothing
}

/// Tells whether the phase stands where a stamp does, at `at`, without its plan or with another one.
fn unnamed(subject: &Subject<'_>, at: usize) -> Option<Exclusion> {
    let text = subject.text;
    let phase = |at: usize| {
        let mut phases = subject.names.phases.iter();
        phases.any(|phase| text.follows(at, &phase.text).is_some_and(|end| is_end(text, end)))
    };
    if phase(at) {
        return Some(Exclusion::NoPlan);
    }
    let label = text.skip(at, |next| !is_blank(next) && next != ':');
    let behind = item::behind_plan(text, label).filter(|_| label > at)?;
    phase(behind).then_some(Exclusion::OtherPlan)
}
