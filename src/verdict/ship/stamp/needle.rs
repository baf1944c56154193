//! Can the raw bytes of a message hold what is asked at all?

use aho_corasick::{AhoCorasick, MatchKind};

use super::Policy;
use super::names::Names;
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
        // A loose stamp may leave its plan out.
        let plans = [Some(&names.plan), names.number.as_ref()].into_iter().flatten();
        let plan = if policy.require_plan { automaton(plans) } else { None };
        let parents = parents(names, policy);
        let phases = names.phases.iter().map(|phase| &phase.text).chain(&parents);
        Self { plan, phase: automaton(phases) }
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
    if policy.sub_phase_parent_fallback
        && let Some((parent, _)) = phase.split_once('-')
    {
        parents.extend(super::names::spellings("", parent, &policy.aliases));
    }
    parents.iter().map(|parent| Text::new(parent)).collect()
}

/// Returns a search for the longest sure part of each text; `None` when one of them has none.
fn automaton<'a>(texts: impl Iterator<Item = &'a Text>) -> Option<AhoCorasick> {
    let parts: Vec<String> = texts.map(sure_part).collect::<Option<_>>()?;
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
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
