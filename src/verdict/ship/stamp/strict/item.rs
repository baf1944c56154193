//! Does a list of phases hold the one that is asked for?

use super::super::PlanName;
use super::super::names::Names;
use super::super::text::{Text, is_blank, is_word};

/// The asked phase, found in a list of phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    /// The place behind the phase.
    pub(super) end: usize,
    /// The place behind the whole list.
    pub(super) list_end: usize,
    /// How the plan was named.
    pub(super) plan: PlanName,
}

/// More phases than this are in no list that a person writes.
const LIMIT: usize = 24;

/// Finds the asked phase in the list that begins at `at`. `named` tells how the plan was named before; if it
/// was not, the phase's id must begin with the plan's.
pub(super) fn find(names: &Names, text: &Text, at: usize, by: Option<PlanName>) -> Option<Item> {
    let (mut place, mut found) = (at, None);
    let mut list_end = at;
    for _ in 0..LIMIT {
        let hit = phase(names, text, place, by);
        let Some(end) = hit.map(|(end, _)| end).or_else(|| other(text, place)) else { break };
        found = found.or(hit);
        list_end = end;
        let Some(next) = joint(text, end).or_else(|| sibling(text, place, end)) else { break };
        place = next;
    }
    found.map(|(end, plan)| Item { end, list_end, plan })
}

/// Finds plan and phase at `at`: `PLAN PHASE`, `PLAN: PHASE`, `PLANPHASE`, or a phase that names its plan.
pub(super) fn with_plan(names: &Names, text: &Text, at: usize) -> Option<Item> {
    let behind = text.follows(at, &names.plan).and_then(|end| behind_plan(text, end));
    behind
        .and_then(|place| find(names, text, place, Some(PlanName::Whole)))
        .or_else(|| find(names, text, at, None))
}

/// Returns the place behind a plan's colon, if it has one, and the white space.
pub(super) fn behind_plan(text: &Text, end: usize) -> Option<usize> {
    let colon = if text.at(end) == Some(':') { end + 1 } else { end };
    text.blanks(colon)
}

/// Returns the end of the asked phase at `at`.
fn phase(names: &Names, text: &Text, at: usize, by: Option<PlanName>) -> Option<(usize, PlanName)> {
    let spelled = names.phases.iter().find_map(|phase| {
        let plan = if phase.names_plan { PlanName::Whole } else { by? };
        let end = text.follows(at, &phase.text).filter(|&end| is_end(text, end))?;
        Some((end, plan))
    });
    let behind = text.follows(at, &names.plan);
    let glued = || {
        let ends = names.phases.iter().filter_map(|phase| text.follows(behind?, &phase.text));
        Some((ends.into_iter().find(|&end| is_end(text, end))?, PlanName::Whole))
    };
    spelled.or_else(glued)
}

/// Returns the end of some other phase at `at`: `Phase 3`, or an id with a digit in it.
fn other(text: &Text, at: usize) -> Option<usize> {
    let is_part = |character| is_word(character) || matches!(character, '-' | '.' | '\'' | '#');
    let word = text.says(at, "phase").and_then(|end| text.blanks(end));
    let from = word.unwrap_or(at);
    let mut end = text.skip(from, is_part);
    while end > from && text.before(end) == Some('.') {
        end -= 1;
    }
    text.slice(from, end).iter().any(|character| character.is_numeric()).then_some(end)
}

/// Returns the place behind what joins two phases: `,` `+` `/` `&` `;` or `and`.
pub(super) fn joint(text: &Text, at: usize) -> Option<usize> {
    let place = text.skip(at, is_blank);
    let sign =
        text.at(place).is_some_and(|character| matches!(character, ',' | '+' | '/' | '&' | ';'));
    let behind = if sign { text.skip(place + 1, is_blank) } else { place };
    let word = text.says(behind, "and").and_then(|end| text.blanks(end));
    word.filter(|_| sign || place > at).or(sign.then_some(behind))
}

/// Returns the place of a phase that follows with nothing but a blank between and has the letters of the one
/// between `from` and `end`: `P1 P2`.
fn sibling(text: &Text, from: usize, end: usize) -> Option<usize> {
    let next = text.blanks(end)?;
    let letters = text.skip(from, char::is_alphabetic) - from;
    let is_same = text.slice(from, from + letters) == text.slice(next, next + letters);
    let is_alone = |at: usize| text.at(at + letters).is_some_and(|next| !next.is_alphabetic());
    (letters > 0 && is_same && is_alone(next) && other(text, next).is_some()).then_some(next)
}

/// Tells whether an id may end at `end`.
pub(super) fn is_end(text: &Text, end: usize) -> bool {
    match text.at(end) {
        None => true,
        Some('.') => !text.at(end + 1).is_some_and(|next| is_word(next) || next == '-'),
        // In `MG3'-1` the phase is `MG3'`; at the end of a quotation it is closed.
        Some('\'') => !text.at(end + 1).is_some_and(|next| is_word(next) || next == '-'),
        Some(next) => !is_word(next) && next != '-',
    }
}
