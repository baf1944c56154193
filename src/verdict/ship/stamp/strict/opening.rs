//! Does a subject begin with the plan and the phase?

use super::super::loose::folders;
use super::super::names::Names;
use super::super::text::{Text, is_blank, is_word};
use super::super::{Exclusion, PlanName, Reading, Rung};
use super::item::{self, Item, is_end};
use super::{Subject, tail};

/// Types of conventional commits behind which a phase is what the commit does.
const TYPES: [&str; 8] = ["feat", "feature", "fix", "perf", "refactor", "build", "ci", "test"];

/// Tags in front of a subject that say its work goes on.
const UNFINISHED: [&str; 5] = ["wip", "draft", "poc", "rfc", "do not merge"];

/// Returns the strongest stamp at the start of the subject, or why there is none.
pub(super) fn read(subject: &Subject<'_>) -> Reading {
    let start = subject.start();
    let folders = folders(subject.text, start, subject.policy);
    if subject.policy.subject_dirs.is_empty() {
        return anywhere(subject, &[vec![start], folders].concat());
    }
    let found = at(subject, &folders);
    if found.stamp().is_some() {
        return found;
    }
    // The folder is a rule of this repository: without it, the rest is no stamp however well it reads.
    let any = subject.text.skip(start, |character| !is_blank(character) && character != '/');
    let places = [start, any + 1];
    let missed = anywhere(subject, &places).stamp().map(|_| Reading::Excluded(Exclusion::Folder));
    missed.map_or(found, |missed| missed.min(found))
}

/// Reads every form, with a plan at one of `places`.
fn anywhere(subject: &Subject<'_>, places: &[usize]) -> Reading {
    let forms = [at(subject, places), tagged(subject), typed(subject), bracketed(subject)];
    forms.into_iter().fold(Reading::Nothing, Reading::min)
}

/// Reads `PLAN: PHASE …`, `PLAN PHASE …` and `PHASE: …` at `places`.
fn at(subject: &Subject<'_>, places: &[usize]) -> Reading {
    let readings = places.iter().flat_map(|&at| [labelled(subject, at), own(subject, at)]);
    readings.fold(Reading::Nothing, Reading::min)
}

/// Reads the same behind tags and issues: `[C++] PHASE: …`, `AUTH-1: PHASE: …`.
fn tagged(subject: &Subject<'_>) -> Reading {
    let text = subject.text;
    let (mut place, mut is_unfinished) = (subject.start(), false);
    loop {
        if text.at(place) == Some('[') {
            let close = text.skip(place, |next| next != ']');
            let tag = text.string(place + 1, close);
            is_unfinished |= UNFINISHED.contains(&tag.trim());
            place = text.skip(close + 1, is_blank);
        } else if let Some(colon) = issue_label(text, place) {
            place = text.skip(colon + 1, is_blank);
            // A plan may be called as an issue is, and then names the phase behind it.
            if text.at(place) != Some('[') && issue_label(text, place).is_none() {
                return Reading::Nothing;
            }
        } else {
            return Reading::Nothing;
        }
        match at(subject, &[place]) {
            Reading::Stamp(_) if is_unfinished => return Reading::Excluded(Exclusion::Progress),
            Reading::Stamp(stamp) => return Reading::Stamp(stamp),
            Reading::Mention(_) | Reading::Excluded(_) | Reading::Nothing => {}
        }
    }
}

/// Returns the place of the colon behind an issue of any tracker at `place`: `AUTH-1:`.
fn issue_label(text: &Text, place: usize) -> Option<usize> {
    let hyphen = text.skip(place, char::is_alphabetic);
    let end = text.skip(hyphen + 1, |next| next.is_ascii_digit());
    let is_issue = hyphen > place && text.at(hyphen) == Some('-') && end > hyphen + 1;
    (is_issue && text.at(end) == Some(':')).then_some(end)
}

/// `PLAN: PHASE …` and `PLAN PHASE …`.
fn labelled(subject: &Subject<'_>, at: usize) -> Reading {
    let found = subject.text.follows(at, &subject.names.plan).and_then(|end| {
        let place = item::behind_plan(subject.text, end)?;
        let item = item::find(subject.names, subject.text, place, Some(PlanName::Whole))?;
        Some((subject.text.at(end) == Some(':'), item))
    });
    let Some((has_colon, item)) = found else { return Reading::Nothing };
    if has_colon || is_separated(subject.text, item.list_end) {
        return subject.stamp(Rung::Subject, item);
    }
    unless_sentence(subject, Rung::Words, item)
}

/// Returns `rung` as a stamp, unless the words behind go on with a sentence.
fn unless_sentence(subject: &Subject<'_>, rung: Rung, item: Item) -> Reading {
    let reading = subject.stamp(rung, item);
    if reading.stamp().is_some() && tail::is_sentence(subject, item.list_end) {
        return Reading::Excluded(Exclusion::Separator);
    }
    reading
}

/// `PHASE: …`, where the phase's id begins with the plan's, and `PLANPHASE: …`.
fn own(subject: &Subject<'_>, at: usize) -> Reading {
    let Some(item) = item::find(subject.names, subject.text, at, None) else {
        return Reading::Nothing;
    };
    let text = subject.text;
    let is_issue = (at..item.end).any(|at| is_issue(subject.names, text, at, item.end));
    if closes(text, item.list_end) || is_issue && is_separated(text, item.list_end) {
        return subject.stamp(Rung::Subject, item);
    }
    if is_issue {
        return unless_sentence(subject, Rung::Words, item);
    }
    Reading::Excluded(Exclusion::Separator)
}

/// Tells whether the id between `at` and `end` is an issue of a tracker, `PLAN-12`, which is nothing but a label
/// where a subject begins with it.
fn is_issue(names: &Names, text: &Text, at: usize, end: usize) -> bool {
    let number = text.follows(at, &names.plan).filter(|&end| text.at(end) == Some('-'));
    number.is_some_and(|hyphen| {
        end > hyphen + 1 && text.slice(hyphen + 1, end).iter().all(char::is_ascii_digit)
    })
}

/// Tells whether a separator that needs no plan in front follows: a colon that begins no id, a point, a dash,
/// the end.
fn closes(text: &Text, end: usize) -> bool {
    let place = text.skip(end, is_blank);
    match text.at(place) {
        None | Some('\u{2014}' | '\u{2013}') => true,
        Some(':') => place == end && text.at(end + 1).is_none_or(|next| !is_word(next)),
        Some('.' | ';') => place == end && text.at(end + 1).is_some_and(is_blank),
        Some('-') => place > end && text.at(place + 1).is_none_or(is_blank),
        Some(_) => false,
    }
}

/// Tells whether anything but a word follows a phase that its plan stands in front of.
fn is_separated(text: &Text, end: usize) -> bool {
    let place = text.skip(end, is_blank);
    let opens_word = |next: char| is_word(next) || matches!(next, '"' | '\'' | '`' | '\u{201c}');
    place == end || text.at(place).is_none_or(|next| !opens_word(next))
}

/// `type(PLAN): PHASE …`, `type(PHASE): …` and `type: PHASE …`.
fn typed(subject: &Subject<'_>) -> Reading {
    let text = subject.text;
    let start = subject.start();
    let name = text.skip(start, |character| character.is_ascii_alphabetic());
    let kind = text.string(start, name);
    let scope = (text.at(name) == Some('(')).then(|| text.skip(name + 1, |next| next != ')'));
    let behind = scope.map_or(name, |close| close + 1);
    let mark = if text.at(behind) == Some('!') { behind + 1 } else { behind };
    let rest = match text.at(mark) {
        Some(':') if name > start => text.skip(mark + 1, is_blank),
        _ => return Reading::Nothing,
    };
    let scoped = scope.map_or(Reading::Nothing, |close| scoped(subject, name + 1, close, rest));
    let reading = match scoped {
        Reading::Nothing if TYPES.contains(&kind.as_str()) => after_type(subject, rest),
        Reading::Nothing => set_apart(subject, rest),
        Reading::Stamp(_) | Reading::Mention(_) | Reading::Excluded(_) => scoped,
    };
    match (reading, kind.as_str()) {
        (Reading::Stamp(_), "revert") => Reading::Excluded(Exclusion::Denied),
        (Reading::Stamp(_), "wip") => Reading::Excluded(Exclusion::Progress),
        (reading, _) => reading,
    }
}

/// Reads a scope that lies between `open` and `close`, with `rest` behind its colon.
fn scoped(subject: &Subject<'_>, open: usize, close: usize, rest: usize) -> Reading {
    let (names, text) = (subject.names, subject.text);
    let starts = [vec![open], folders(text, open, subject.policy)].concat();
    let is_plan = starts.iter().any(|&at| text.follows(at, &names.plan) == Some(close));
    let labelled = is_plan.then(|| item::find(names, text, rest, Some(PlanName::Whole))).flatten();
    if let Some(item) = labelled {
        return subject.stamp(Rung::Scope, item);
    }
    match whole(subject, open, close) {
        Some(plan) => subject.stamp(Rung::Scope, Item { end: close, list_end: rest, plan }),
        None => Reading::Nothing,
    }
}

/// Reads what follows a type that says little of the work: plan and phase must be set apart from the words.
fn set_apart(subject: &Subject<'_>, rest: usize) -> Reading {
    let (names, text) = (subject.names, subject.text);
    let place = text.follows(rest, &names.plan).and_then(|end| item::behind_plan(text, end));
    match place.and_then(|place| item::find(names, text, place, Some(PlanName::Whole))) {
        Some(item) if closes(text, item.list_end) => subject.stamp(Rung::Type, item),
        _ => Reading::Nothing,
    }
}

/// Reads what follows a type of work.
fn after_type(subject: &Subject<'_>, rest: usize) -> Reading {
    let Some(item) = item::with_plan(subject.names, subject.text, rest) else {
        return Reading::Nothing;
    };
    unless_sentence(subject, Rung::Type, item)
}

/// `[PHASE] …`, `[PLAN PHASE] …`, `[PLAN] PHASE …` and `[PLAN][PHASE] …`.
fn bracketed(subject: &Subject<'_>) -> Reading {
    let (names, text) = (subject.names, subject.text);
    let start = subject.start();
    if text.at(start) != Some('[') {
        return Reading::Nothing;
    }
    let close = text.skip(start + 1, |next| next != ']');
    let behind = if text.at(close + 1) == Some(':') { close + 2 } else { close + 1 };
    let rest = text.skip(behind, is_blank);
    if let Some(plan) = whole(subject, start + 1, close) {
        return subject.stamp(Rung::Bracket, Item { end: close, list_end: rest, plan });
    }
    if text.follows(start + 1, &names.plan) != Some(close) {
        return Reading::Nothing;
    }
    let (place, is_second) = match text.at(rest) {
        Some('[') => (rest + 1, true),
        _ => (rest, false),
    };
    match item::find(names, text, place, Some(PlanName::Whole)) {
        Some(item) if !is_second || text.at(item.list_end) == Some(']') => {
            subject.stamp(Rung::Bracket, item)
        }
        _ => Reading::Nothing,
    }
}

/// Tells whether all between `open` and `close` is phases with the asked one among them, and how they name
/// the plan: `PHASE`, `PLAN PHASE`, `PLAN/PHASE`, `PLAN-PHASE`, `PLAN:PHASE`.
fn whole(subject: &Subject<'_>, open: usize, close: usize) -> Option<PlanName> {
    let (names, text) = (subject.names, subject.text);
    let fills = |item: &Item| item.list_end == close && is_end(text, close);
    let behind = text.follows(open, &names.plan).and_then(|end| {
        let sign = text.at(end).is_some_and(|next| matches!(next, '/' | '-' | ':'));
        sign.then(|| text.skip(end + 1, is_blank)).or_else(|| text.blanks(end))
    });
    let led = behind.and_then(|at| item::find(names, text, at, Some(PlanName::Whole)));
    let alone = || item::find(names, text, open, None);
    led.filter(fills).or_else(|| alone().filter(fills)).map(|item| item.plan)
}
