//! Does a parenthesis or a bracket at the end of a subject name the plan and the phase?

use super::super::loose::folders;
use super::super::text::{Text, is_blank, is_word};
use super::super::{PlanName, Rung, Stamp};
use super::Subject;
use super::item;

/// More parentheses than these end no subject.
const LIMIT: usize = 8;

/// Reads the parentheses that the subject ends in: `… (PLAN PHASE)`, `… (PLAN PHASE, OTHER PHASE) (#12)`,
/// `… [PLAN-12] (#12)`.
pub(super) fn read(subject: &Subject<'_>) -> Option<Stamp> {
    let groups = groups(subject.text);
    let written = || {
        let stamps = groups.iter().filter_map(|&(open, close)| group(subject, open, close));
        stamps.min().map(|plan| Stamp { rung: Rung::EndParens, plan })
    };
    let leaf = || {
        let is_leaf = subject.policy.issue_leaf_stamp && is_leaf(subject, groups.first().copied());
        is_leaf.then_some(Stamp { rung: Rung::IssueLeaf, plan: PlanName::Whole })
    };
    subject.policy.trailer_stamp.then(written).flatten().or_else(leaf)
}

/// Returns where the words of the last parentheses begin and end, the last one first.
fn groups(text: &Text) -> Vec<(usize, usize)> {
    let (mut groups, mut end) = (Vec::new(), text.len());
    while groups.len() < LIMIT {
        while text.before(end).is_some_and(is_blank) {
            end -= 1;
        }
        let Some(close) = end.checked_sub(1) else { break };
        let opening = match text.at(close) {
            Some(')') => '(',
            Some(']') => '[',
            Some(_) | None => break,
        };
        let inside = text.slice(0, close).iter().rev();
        let length = inside.take_while(|next| !matches!(next, '(' | ')' | '[' | ']')).count();
        let open = close - length;
        if text.before(open) != Some(opening) {
            break;
        }
        groups.push((open, close));
        end = open - 1;
    }
    groups
}

/// Tells how the parenthesis between `open` and `close` names the plan of the asked phase.
fn group(subject: &Subject<'_>, open: usize, close: usize) -> Option<PlanName> {
    let text = subject.text;
    let separators = (open..close).filter(|&at| separates(text, at));
    let starts = [open].into_iter().chain(separators.map(|at| at + 1));
    let starts = starts.map(|at| text.skip(at, is_blank)).flat_map(|at| {
        let word = text.says(at, "refs").and_then(|end| text.blanks(end));
        let at = word.unwrap_or(at);
        [vec![at], folders(text, at, subject.policy)].concat()
    });
    starts.filter_map(|at| reference(subject, at, close)).min()
}

/// Reads `PLAN PHASE`, `PLAN: PHASE` or a phase that names its plan, with nothing but another reference behind.
fn reference(subject: &Subject<'_>, at: usize, close: usize) -> Option<PlanName> {
    let (names, text) = (subject.names, subject.text);
    let plans = [
        Some((&names.plan, PlanName::Whole)),
        names.number.as_ref().map(|number| (number, PlanName::Number)),
    ];
    let behind = plans.into_iter().flatten().filter_map(|(plan, name)| {
        let place = item::behind_plan(text, text.follows(at, plan)?)?;
        item::find(names, text, place, Some(name))
    });
    let alone = || item::find(names, text, at, None);
    let found = behind.into_iter().next().or_else(alone)?;
    let is_whole = |end: usize| {
        let next = text.skip(end, is_blank);
        next == close || separates(text, next) || item::joint(text, end).is_some()
    };
    (is_whole(found.end) || is_whole(found.list_end)).then_some(found.plan)
}

/// Tells whether references are set apart at `place`; a stroke that does has blanks around it.
fn separates(text: &Text, place: usize) -> bool {
    match text.at(place) {
        Some(',' | ';' | '|' | '+' | '&') => true,
        Some('/') => {
            text.before(place).is_some_and(is_blank) && text.at(place + 1).is_some_and(is_blank)
        }
        Some(_) | None => false,
    }
}

/// Tells whether the subject names issue `PHASE` and its last parenthesis is `(NAMESPACE PLAN)`.
fn is_leaf(subject: &Subject<'_>, last: Option<(usize, usize)>) -> bool {
    let (text, phase) = (subject.text, &subject.names.phase);
    let is_number = phase.chars().iter().all(char::is_ascii_digit);
    let opens = |at: usize| {
        let end = text.says(at, "(#").and_then(|end| text.follows(end, phase));
        end.is_some_and(|end| text.at(end).is_none_or(|next| !is_word(next)))
    };
    let ends = last.is_some_and(|(open, close)| {
        let name = text.skip(open, |next| !is_blank(next));
        text.blanks(name).and_then(|at| text.follows(at, &subject.names.plan)) == Some(close)
    });
    is_number && ends && (0..text.len()).any(opens)
}
