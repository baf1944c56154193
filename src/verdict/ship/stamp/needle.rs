//! Can the raw bytes of a message hold what is asked at all?

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::Policy;
use super::names::{Names, numbered};
use super::text::{Text, is_blank};

/// What any message must hold to be worth reading.
#[derive(Debug, Clone)]
pub(super) struct Needle {
    plan: Option<AhoCorasick>,
    phase: Option<AhoCorasick>,
}

impl Needle {
    /// Returns what any spelling of `names` has in common with its bytes.
    pub(super) fn new(names: &Names, policy: &Policy) -> Self {
        let parents = parents(names, policy);
        let phases: Vec<&Text> =
            names.phases.iter().map(|phase| &phase.text).chain(&parents).collect();
        // A loose stamp may leave its plan out, and so may what comes near to one. A phase of one letter is in
        // every message, and not worth that.
        let is_short = |part: String| part.len() < 2;
        let needs_plan =
            policy.require_plan && phases.iter().any(|phase| sure_part(phase).is_none_or(is_short));
        let plans = [Some(&names.plan), names.number.as_ref()].into_iter().flatten();
        let plan = needs_plan.then(|| automaton(plans)).flatten();
        Self { plan, phase: automaton(phases.into_iter()) }
    }

    /// Tells whether `message` holds the plan and the phase.
    pub(super) fn is_in(&self, message: &[u8]) -> bool {
        let holds = |words: &Option<AhoCorasick>| {
            words.as_ref().is_none_or(|words| words.is_match(message))
        };
        holds(&self.phase) && holds(&self.plan)
    }
}

/// Returns the parts of the phase that a rung may look for alone.
fn parents(names: &Names, policy: &Policy) -> Vec<Text> {
    let phase = names.phase.string(0, names.phase.len());
    let mut parents = Vec::new();
    // `AUTH 1` in a release is `Phase 1` of `AUTH`, with any blanks between.
    if !policy.require_plan && phase_numbers(names) {
        parents.push(names.plan.string(0, names.plan.len()));
    }
    if policy.sub_phase_parent_fallback
        && let Some((parent, _)) = phase.split_once('-')
    {
        parents.extend(super::names::spellings("", parent, &policy.aliases));
    }
    parents.iter().map(|parent| Text::new(parent)).collect()
}

fn phase_numbers(names: &Names) -> bool {
    let spelled = |text: &Text| text.string(0, text.len());
    names.phases.iter().any(|phase| numbered(&spelled(&phase.text), "phase").is_some())
}

/// Returns a search for the longest sure part of each text; `None` when one of them has none.
fn automaton<'a>(texts: impl Iterator<Item = &'a Text>) -> Option<AhoCorasick> {
    let parts: BTreeSet<String> = texts.map(sure_part).collect::<Option<_>>()?;
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        // A few short words make a small table, which reads twice as fast as what saves its space.
        .kind(Some(AhoCorasickKind::DFA))
        .match_kind(MatchKind::Standard)
        .build(parts)
        .ok()
}

/// Returns the longest run of characters that every spelling of `text` has in its bytes.
///
/// Letters that other letters fold to (`K`, `ſ`, `İ`) may have other bytes; a blank may be the end of a line;
/// hyphens and underscores stand for each other in a slug.
fn sure_part(text: &Text) -> Option<String> {
    let sure = |character: &char| {
        character.is_ascii()
            && !is_blank(*character)
            && !matches!(character, 'k' | 's' | 'i' | '-' | '_')
    };
    let runs = text.chars().split(|character| !sure(character));
    runs.max_by_key(|run| run.len()).filter(|run| !run.is_empty()).map(|run| run.iter().collect())
}
