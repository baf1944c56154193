//! How may the plan and the phase be written?

use super::text::{Text, is_blank, is_word};
use super::{Alias, Policy, Question};

/// The ways to write what is asked.
#[derive(Debug, Clone)]
pub(super) struct Names {
    /// The plan's id.
    pub(super) plan: Text,
    /// The number in front of the plan's name.
    pub(super) number: Option<Text>,
    /// The phase's id in its spellings, the longest first.
    pub(super) phases: Vec<Spelling>,
    /// The phase as it was asked for.
    pub(super) phase: Text,
}

/// One way to write the phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spelling {
    /// The characters.
    pub(super) text: Text,
    /// Whether it begins with the plan's id, and so names the plan.
    pub(super) names_plan: bool,
}

impl Names {
    /// Returns the ways to write what `question` asks for under `policy`.
    pub(super) fn new(question: &Question, policy: &Policy) -> Self {
        let plan = Text::new(&question.plan);
        let phases = spellings(&question.plan, &question.phase, &policy.aliases);
        let mut phases: Vec<Spelling> = phases
            .iter()
            .map(|phase| Text::new(phase))
            .map(|text| Spelling { names_plan: begins_with_plan(&text, &plan), text })
            .collect();
        phases.sort_by_key(|phase| std::cmp::Reverse(phase.text.len()));
        phases.dedup();
        let number = number_head(&question.plan).map(Text::new);
        Self { plan, number, phases, phase: Text::new(&question.phase) }
    }

    /// Tells whether nothing is asked for.
    pub(super) fn is_empty(&self) -> bool {
        let blank = |text: &Text| text.chars().iter().all(|&character| is_blank(character));
        blank(&self.plan) || blank(&self.phase)
    }
}

/// Tells whether the phase's id begins with the plan's, and goes on as an id and not as a longer word.
fn begins_with_plan(phase: &Text, plan: &Text) -> bool {
    let Some(end) = phase.follows(0, plan) else { return false };
    match (plan.before(end), phase.at(end)) {
        (_, None) => true,
        (Some(last), Some(next)) if last.is_numeric() => !next.is_numeric(),
        (_, Some(next)) => !next.is_alphabetic(),
    }
}

/// Returns the spellings of `phase`, itself first.
pub(in super::super) fn spellings(plan: &str, phase: &str, aliases: &[Alias]) -> Vec<String> {
    let mut found = vec![phase.to_owned()];
    if aliases.contains(&Alias::Prime) {
        found.push(phase.replace('\'', "prime"));
        found.push(replace_folded(phase, "prime", "'"));
    }
    if aliases.contains(&Alias::PhaseNumber) {
        if let Some(number) = numbered(phase, "phase") {
            found.extend([format!("{plan}{number}"), format!("{plan} {number}")]);
        } else if let Some(number) = numbered(phase, plan) {
            found.extend([format!("Phase {number}"), format!("Phase{number}")]);
        }
    }
    if aliases.contains(&Alias::ShortPhase) {
        if let Some(number) = numbered(phase, "phase") {
            found.push(format!("P{number}"));
        } else if let Some(number) = numbered(phase, "p") {
            found.extend([format!("Phase {number}"), format!("Phase{number}")]);
        }
    }
    let mut unique: Vec<String> = Vec::new();
    for spelling in found {
        if !unique.contains(&spelling) {
            unique.push(spelling);
        }
    }
    unique
}

/// Returns the number of `phase` when it is `word`, blanks and digits with at most one part behind a point.
pub(in super::super) fn numbered(phase: &str, word: &str) -> Option<String> {
    let is_letters =
        !word.is_empty() && word.chars().all(|character| character.is_ascii_alphabetic());
    let (text, word) = (Text::new(phase), Text::new(word));
    let at = is_letters.then(|| text.follows(0, &word))??;
    let number = text.string(text.skip(at, is_blank), text.len());
    let (whole, fraction) =
        number.split_once('.').map_or((number.as_str(), None), |(a, b)| (a, Some(b)));
    let digits = |text: &str| !text.is_empty() && text.chars().all(char::is_numeric);
    (digits(whole) && fraction.is_none_or(digits)).then_some(number)
}

/// Replaces `from`, in any case, by `to`.
fn replace_folded(text: &str, from: &str, to: &str) -> String {
    let (folded, from) = (Text::new(text), Text::new(from));
    let characters: Vec<char> = text.chars().collect();
    let (mut replaced, mut at) = (String::new(), 0);
    while let Some(&character) = characters.get(at) {
        if let Some(end) = folded.follows(at, &from) {
            replaced.push_str(to);
            at = end;
        } else {
            replaced.push(character);
            at += 1;
        }
    }
    replaced
}

/// Returns what comes before the first `_` of a plan's name, when it ends in a number: `docs/286` of
/// `docs/286_wheels`.
pub(in super::super) fn number_head(plan: &str) -> Option<&str> {
    let (head, name) = plan.split_once('_')?;
    let last = head.chars().rev().find(|character| !character.is_ascii_lowercase())?;
    let is_plain = !name.is_empty() && !head.contains(is_blank);
    (is_plain && last.is_ascii_digit()).then_some(head)
}

/// Tells whether `character` begins or ends an id.
pub(super) fn is_id(character: char) -> bool {
    is_word(character) || matches!(character, '-' | '.')
}
