//! Which forms are stamps when a stamp must name its plan?

use super::names::Names;
use super::text::{Text, is_blank, is_word};
use super::{Message, PlanName, Policy, Reading, Rung, Stamp};

/// Reads `message`.
pub(super) fn read(names: &Names, _policy: &Policy, message: &Message<'_>) -> Reading {
    let subject = Text::new(message.subject);
    let start = subject.skip(0, is_blank);
    let folder =
        subject.skip(start, |character| is_word(character) || matches!(character, '.' | '-'));
    let inside = (folder > start && subject.at(folder) == Some('/')).then_some(folder + 1);
    for at in [Some(start), inside].into_iter().flatten() {
        if labelled(names, &subject, at).is_some() {
            return Reading::Stamp(Stamp { rung: Rung::Subject, plan: PlanName::Whole });
        }
    }
    Reading::Nothing
}

/// Returns the end of a phase that plan and colon lead, or that names its plan and is followed by a colon.
fn labelled(names: &Names, subject: &Text, at: usize) -> Option<usize> {
    let free = |end: &usize| subject.at(*end).is_none_or(|next| !super::names::is_id(next));
    let after = subject.follows(at, &names.plan);
    let label = after.and_then(|end| (subject.at(end) == Some(':')).then_some(end + 1));
    if let Some(place) = label.and_then(|end| subject.blanks(end)) {
        let mut ends = names.phases.iter().filter_map(|phase| subject.follows(place, &phase.text));
        if let Some(end) = ends.find(free) {
            return Some(end);
        }
    }
    let own = names.phases.iter().filter(|phase| phase.names_plan);
    own.filter_map(|phase| subject.follows(at, &phase.text))
        .find(|&end| subject.at(end) == Some(':') && free(&(end + 1)))
}

#[cfg(test)]
mod tests {
    use crate::verdict::ship::stamp::{Message, Policy, Question, Reader, Rung};

    fn rung(plan: &str, phase: &str, subject: &str) -> Option<Rung> {
        let question = Question { plan: plan.to_owned(), phase: phase.to_owned() };
        let reader = Reader::new(&question, &Policy::default());
        let stamp = reader.read(&Message { subject, body: "" }).stamp();
        assert!(stamp.is_none() || reader.may_match(subject.as_bytes()), "{subject}");
        stamp.map(|stamp| stamp.rung)
    }

    #[test]
    fn a_subject_that_begins_with_plan_and_phase_is_a_stamp() {
        for (phase, subject, want) in [
            ("AUTH1", "AUTH1: login", true),
            ("AUTH2", "AUTH: AUTH2 \u{2014} token refresh", true),
            ("3", "AUTH: 3 logout flow", true),
            ("Phase 3", "docs/AUTH: AUTH3 logout flow", true),
            ("AUTH1", "AUTH11: x", false),
            ("3", "3: bare", false),
        ] {
            assert_eq!(rung("AUTH", phase, subject).is_some(), want, "{phase} in {subject:?}");
        }
    }
}
