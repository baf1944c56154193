//! For whose sake did a commit change a file, as its subject tells?

use super::id;
use crate::verdict::ship::stamp::{self, Policy};

/// Whose work a commit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credit {
    /// The subject names the plan.
    Named,
    /// It names none.
    Unsaid,
    /// It names another plan's phase, or is of a kind that ships nothing.
    Another,
}

/// Tells for whose sake the commit with this `subject` is, as the plan called `plan` sees it.
#[must_use]
pub fn credit(subject: &str, plan: &str, policy: &Policy) -> Credit {
    if stamp::is_bookkeeping(subject, policy) {
        return Credit::Another;
    }
    let short = plan.rsplit('/').next().unwrap_or(plan);
    let names = [Some(plan), Some(short), stamp::number_head(plan)];
    if names.into_iter().flatten().any(|name| holds(subject, name)) {
        return Credit::Named;
    }
    if names_another(subject, policy) { Credit::Another } else { Credit::Unsaid }
}

/// Tells whether `name` stands in `subject` on its own, or as the start of a phase's id: `AUTH` in `AUTH2`.
fn holds(subject: &str, name: &str) -> bool {
    let (subject, name) = (id::folded(subject), id::folded(name));
    let is_apart = |(at, _): (usize, &str)| {
        let before = subject.get(..at).and_then(|text| text.chars().next_back());
        let after = subject.get(at + name.len()..).and_then(|text| text.chars().next());
        before.is_none_or(|next| !next.is_alphanumeric() && next != '_')
            && after.is_none_or(|next| !next.is_alphabetic() && next != '_')
    };
    !name.is_empty() && subject.match_indices(&name).any(is_apart)
}

/// Tells whether a subject is about a phase: `BILL: BILL7 …`, `feat(BILL): BILL7 …`, `v2.0.0: BILL7 …`.
fn names_another(subject: &str, policy: &Policy) -> bool {
    if let Some(notes) = stamp::release_notes(subject, policy) {
        let words = notes.split(|next: char| !next.is_alphanumeric() && next != '-');
        return words.into_iter().any(|word| {
            word.starts_with(char::is_uppercase)
                && id::read(word).is_some_and(|head| head.id == word)
        });
    }
    let Some((label, rest)) = subject.split_once(':') else { return false };
    let label = label.trim_end_matches('!');
    let scope = label.strip_suffix(')').and_then(|label| Some(label.split_once('(')?.1));
    let label = scope.unwrap_or(label).rsplit('/').next().unwrap_or(label);
    let is_one_word = !label.is_empty() && !label.contains(char::is_whitespace);
    let is_of_label = |head: id::Head<'_>| {
        let is_loud = label.len() > 1 && label.chars().all(|next| !next.is_lowercase());
        is_loud || id::folded(head.id).starts_with(&id::folded(label))
    };
    is_one_word && id::read(rest.trim_start()).is_some_and(is_of_label)
}

#[cfg(test)]
mod tests {
    use super::{Credit, credit};
    use crate::verdict::ship::stamp::Policy;

    #[test]
    fn a_subject_tells_whose_work_a_commit_is() {
        let policy = Policy { bookkeeping_prefixes: vec!["sweep:".into()], ..Policy::default() };
        for (subject, plan, want) in [
            ("auth: log in", "AUTH", Credit::Named),
            ("Log in for AUTH2", "AUTH", Credit::Named),
            ("Log in (docs/286)", "docs/286_wheels", Credit::Named),
            ("wheels: run", "docs/wheels", Credit::Named),
            ("Author a file", "AUTH", Credit::Unsaid),
            ("OAUTH: log in", "AUTH", Credit::Unsaid),
            ("fix: UTF8 is decoded", "AUTH", Credit::Unsaid),
            ("KAFKA-1234: log in", "AUTH", Credit::Unsaid),
            ("v2.0.0: faster pages", "AUTH", Credit::Unsaid),
            ("v2.0.0: B7 things", "A", Credit::Another),
            ("BILL: BILL7 pay", "AUTH", Credit::Another),
            ("docs/LG: LG0 twelve files", "AUTH", Credit::Another),
            ("feat(bill)!: BILL7 pay", "AUTH", Credit::Another),
            ("nightly snapshot: sweep", "AUTH", Credit::Another),
            ("sweep: AUTH", "AUTH", Credit::Another),
            ("anything", "", Credit::Unsaid),
        ] {
            assert_eq!(credit(subject, plan, &policy), want, "{subject} for {plan}");
        }
    }
}
