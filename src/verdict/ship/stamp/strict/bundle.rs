//! Does a release, a bundle or the parent of a sub-phase name the phase?

use super::super::kind::{self, Kind};
use super::super::loose::{folders, goes_on, slug_of};
use super::super::names::spellings;
use super::super::text::{Text, is_blank};
use super::super::{Alias, Exclusion, Mention, Message, PlanName, Reading, Releases, Rung, Stamp};
use super::item::{self, is_end};
use super::{Subject, near, tail};

/// Reads the line of a declared bundle, and the parent of a sub-phase.
pub(super) fn read(subject: &Subject<'_>, kind: Option<Kind>) -> Reading {
    let start = subject.start();
    let folders = folders(subject.text, start, subject.policy);
    let bare = subject.policy.subject_dirs.is_empty().then_some(start);
    let places = bare.into_iter().chain(folders);
    let found = places.flat_map(|at| [slug(subject, at), sub_phase(subject, at)]);
    match (found.fold(Reading::Nothing, Reading::min), kind) {
        (Reading::Stamp(_), Some(_)) => Reading::Excluded(Exclusion::Bookkeeping),
        (reading, _) => reading,
    }
}

/// `PLAN: … words of the phase …` of a bundle that `summary_bundle_prefixes` declares.
fn slug(subject: &Subject<'_>, at: usize) -> Reading {
    let (names, text) = (subject.names, subject.text);
    let prefixes = subject.policy.summary_bundle_prefixes.iter();
    let is_bundle = prefixes.into_iter().any(|prefix| slug_of(prefix) == names.plan);
    let rest = text.follows(at, &names.plan).and_then(|end| item::behind_plan(text, end));
    match rest.filter(|_| is_bundle).and_then(|rest| words_of(text, rest, &names.phase)) {
        Some(end) if tail::is_denied(subject, end) => Reading::Excluded(Exclusion::Denied),
        Some(_) => stamp(Rung::Slug),
        None => Reading::Nothing,
    }
}

/// `PLAN: PARENT … words …` for the phase `PARENT-words`.
fn sub_phase(subject: &Subject<'_>, at: usize) -> Reading {
    let (names, text) = (subject.names, subject.text);
    let phase = names.phase.string(0, names.phase.len());
    let parts = phase.split_once('-').filter(|_| subject.policy.sub_phase_parent_fallback);
    let Some((parent, suffix)) = parts else { return Reading::Nothing };
    let Some(place) = text.follows(at, &names.plan).and_then(|end| item::behind_plan(text, end))
    else {
        return Reading::Nothing;
    };
    let parents = spellings("", parent, &[Alias::Prime]);
    let mut ends = parents.iter().filter_map(|parent| text.follows(place, &Text::new(parent)));
    let Some(end) = ends.find(|&end| !parent.is_empty() && is_end(text, end)) else {
        return Reading::Nothing;
    };
    match words_of(text, end, &Text::new(suffix)) {
        None => Reading::Nothing,
        Some(_) if tail::is_denied(subject, end) => Reading::Excluded(Exclusion::Denied),
        Some(_) if goes_on(text, end, subject.policy) => Reading::Excluded(Exclusion::Progress),
        Some(_) => stamp(Rung::SubPhase),
    }
}

fn stamp(rung: Rung) -> Reading {
    Reading::Stamp(Stamp { rung, plan: PlanName::Whole })
}

/// Finds the words of `slug` in `text` from `from` on, with blanks, hyphens and underscores for one another, and
/// returns where they end. A single letter is in any text, and no slug.
fn words_of(text: &Text, from: usize, slug: &Text) -> Option<usize> {
    let is_gap = |character: char| is_blank(character) || matches!(character, '-' | '_');
    let letters = slug.chars().iter().filter(|character| !is_gap(**character)).count();
    let same = |at: usize| {
        let mut place = at;
        for part in slug.chars().chunk_by(|a, b| is_gap(*a) == is_gap(*b)) {
            let is_parted = part.first().is_some_and(|first| is_gap(*first));
            let next = if is_parted {
                let rest = text.slice(place, text.len()).iter();
                place + rest.take_while(|next| is_gap(**next)).count()
            } else {
                place
                    + part
                        .iter()
                        .zip(text.slice(place, text.len()))
                        .take_while(|(a, b)| a == b)
                        .count()
            };
            if next == place || (!is_parted && next != place + part.len()) {
                return None;
            }
            place = next;
        }
        let follows = text.at(place).is_some_and(char::is_alphanumeric);
        (!follows).then_some(place)
    };
    let begins = |at: &usize| !text.before(*at).is_some_and(char::is_alphanumeric);
    let ends = letters > 1 && slug.chars().first().is_some_and(|first| !is_gap(*first));
    (from..text.len()).filter(|_| ends).filter(begins).find_map(same)
}

/// Reads what a release says of the phase: `v1.2.3: … PHASE …`, or a line of its body.
pub(super) fn release(subject: &Subject<'_>, message: &Message<'_>, kind: Option<Kind>) -> Reading {
    let Some(from) = kind::release(subject.text, subject.policy) else { return Reading::Nothing };
    let mut readings = vec![said(subject, from, Mention::ReleaseLine)];
    for line in message.body.split('\n') {
        let text = Text::new(line);
        let line = Subject { text: &text, ..*subject };
        readings.push(said(&line, 0, Mention::ReleaseBody));
    }
    match (readings.into_iter().fold(Reading::Nothing, Reading::min), kind) {
        (Reading::Nothing, _) => Reading::Nothing,
        (_, Some(_)) => Reading::Excluded(Exclusion::Bookkeeping),
        (reading, None) => reading,
    }
}

/// Reads one line of a release.
fn said(line: &Subject<'_>, from: usize, mention: Mention) -> Reading {
    let Some((at, item)) = near::mention(line.names, line.text, from) else {
        return Reading::Nothing;
    };
    let goes_on = goes_on(line.text, item.end, line.policy);
    match (line.policy.releases, mention) {
        _ if near::is_taken_back(line.text, from, at) || tail::is_denied(line, item.list_end) => {
            Reading::Excluded(Exclusion::Denied)
        }
        _ if goes_on => Reading::Excluded(Exclusion::Progress),
        (Releases::Ship, Mention::ReleaseBody) => stamp(Rung::ReleaseBody),
        (Releases::Ship, _) => stamp(Rung::ReleaseLine),
        (Releases::Mention, mention) => Reading::Mention(mention),
    }
}
