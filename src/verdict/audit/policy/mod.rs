//! What do the rules know about words and paths, and how severe is each?

mod marks;
mod rule;

use super::claim::{Action, Kind};
use super::paths::{Classes, glob_fits};
use super::words::WordSet;
pub use marks::{LineMarks, Marks};
pub use rule::{Level, Levels, Rule};

/// The word lists, each documented in `rules.toml`.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "each list is explained beside its words, in rules.toml")]
pub struct Words {
    pub documentation: WordSet,
    pub changelog: WordSet,
    pub tests: WordSet,
    pub test_companions: WordSet,
    pub test_cues: WordSet,
    pub ci: WordSet,
    pub assets: WordSet,
    pub modes: WordSet,
    pub comments: WordSet,
    pub whitespace: WordSet,
    pub generic: WordSet,
    pub linkless: WordSet,
    pub strong: WordSet,
    pub dependency: WordSet,
    pub triggers: WordSet,
    pub prose_verbs: WordSet,
    pub prose_scopes: WordSet,
    pub common_files: WordSet,
    pub products: WordSet,
    pub vague: WordSet,
}

/// What a claim may say and what each saying asks of a change.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The word lists.
    pub words: Words,
    /// The marks of lines.
    pub marks: Marks,
    /// The conventional-commit types of each kind.
    pub types: Vec<(Kind, WordSet)>,
    /// The verbs of each action, the most telling action first.
    pub actions: Vec<(Action, WordSet)>,
    /// The first words of other languages that stand for an English verb.
    pub verbs_of_languages: Vec<(String, WordSet)>,
    /// The nouns of other languages that stand for an English noun.
    pub nouns_of_languages: Vec<(String, Vec<String>)>,
    /// The kinds of files.
    pub classes: Classes,
    /// How severe each rule is.
    pub levels: Levels,
    /// Patterns of subjects that are not judged at all, from `dos.toml`.
    pub ignored_subjects: Vec<String>,
    /// Whether a change of prose alone answers any claim of behaviour.
    pub docs_satisfy_code_claim: bool,
    /// Blobs larger than this many bytes are judged by their entry alone.
    pub blob_limit: u64,
}

impl Policy {
    /// Returns the kind that the type called `name` claims, in lower case.
    pub fn kind_of(&self, name: &str) -> Option<Kind> {
        self.types.iter().find_map(|(kind, names)| names.contains(name).then_some(*kind))
    }

    /// Returns the action of `verb`, in lower case and without its ending.
    pub fn action_of(&self, verb: &str) -> Option<Action> {
        self.actions.iter().find_map(|(action, verbs)| verbs.contains(verb).then_some(*action))
    }

    /// Tells whether `dos.toml` takes commits with this subject out of the audit.
    pub fn ignores(&self, subject: &str) -> bool {
        self.ignored_subjects.iter().any(|pattern| glob_fits(pattern, subject))
    }

    /// Returns the English verb of the first word, if any, then the English nouns found anywhere.
    pub fn translate(&self, description: &str) -> Vec<String> {
        if description.is_ascii() && !description.contains(' ') {
            return Vec::new();
        }
        let lower = description.to_lowercase();
        let first = lower.split_whitespace().next().unwrap_or_default();
        let mut english: Vec<String> = self
            .verbs_of_languages
            .iter()
            .find(|(_, words)| {
                words.contains(first) || (!first.is_ascii() && words.has_prefix_of(&lower))
            })
            .map(|(verb, _)| verb.clone())
            .into_iter()
            .collect();
        english.extend(self.nouns_of_languages.iter().filter_map(|(noun, words)| {
            let found = words.iter().any(|word| {
                if is_unspaced(word) {
                    lower.contains(word.as_str())
                } else {
                    lower.split(|c: char| !c.is_alphanumeric()).any(|part| part == word)
                }
            });
            found.then(|| noun.clone())
        }));
        english
    }
}

/// Tells whether `word` belongs to a script that is written without blanks.
fn is_unspaced(word: &str) -> bool {
    word.chars().any(|c| matches!(c, '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'))
}
