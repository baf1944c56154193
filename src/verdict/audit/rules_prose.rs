//! The rules about prose alone, and about changes that no word of the claim has to do with.

use super::claim::{Action, Kind};
use super::judge::PROSE;
use super::paths::{Class, extension};
use super::policy::{Level, Rule};
use super::rules::{Case, finding};
use super::scan::{Facts, first_linked};
use super::words::{stem, subwords};
use super::{Change, Finding};

impl Case<'_> {
    pub(super) fn has_prose_cue(&self) -> bool {
        self.has_word(&self.policy.words.documentation)
    }

    /// Judges a change of prose alone under a claim of something else.
    pub(super) fn prose_only(&self, facts: &Facts) -> Option<Finding> {
        let claim = self.claim;
        if !self.outline.only(&PROSE)
            || self.is_any_type()
            || self.policy.docs_satisfy_code_claim
            || facts.code_in_prose
        {
            return None;
        }
        let content = self.content_words();
        if self.outline.only(&[Class::Changelog]) {
            let repeated = facts.repeated.len();
            let acts = matches!(
                claim.action,
                Some(Action::Add | Action::Change | Action::Remove | Action::Rename | Action::Move)
            );
            let only = !self.has_word(&self.policy.words.changelog)
                && content.len() >= 2
                && repeated * 2 >= content.len()
                && (self.is_code_type() || acts)
                && !self.policy.words.prose_verbs.contains(&claim.verb)
                && facts.lines.0 > 0;
            if only {
                return self.find(Rule::ChangelogOnly, self.paths(&[]));
            }
        }
        if self.has_prose_cue() || self.path_link() {
            return None;
        }
        let acts = matches!(
            claim.action,
            Some(Action::Add | Action::Change | Action::Rename | Action::Move | Action::Remove)
        );
        (self.is_code_type() || acts).then(|| self.find(Rule::DocOnly, self.paths(&[]))).flatten()
    }

    /// Tells whether a word of the claim stands in the path of a change, the names of prose aside.
    fn path_link(&self) -> bool {
        const COMMON: [&str; 12] = [
            "docs",
            "doc",
            "readme",
            "changelog",
            "website",
            "site",
            "src",
            "index",
            "main",
            "user",
            "dev",
            "en",
        ];
        let stems: Vec<String> = self
            .changes
            .iter()
            .flat_map(|change| {
                let end = change.path.len() - extension(&change.path).len();
                subwords(change.path.get(..end).unwrap_or(&change.path))
            })
            .filter(|word| !COMMON.contains(&word.as_str()))
            .map(|word| stem(&word).to_owned())
            .collect();
        let scope = subwords(&self.claim.scope);
        let words = if self.is_code_type() { scope } else { self.content_words() };
        words.iter().any(|word| stems.iter().any(|known| known == stem(word)))
    }

    /// Returns the words of scope and description that say which part of the tree they are about.
    pub(super) fn content_words(&self) -> Vec<String> {
        let text = format!("{} {}", self.claim.scope, self.claim.description);
        let mut words = Vec::new();
        for word in subwords(&text) {
            let telling = word.len() >= 3
                && !word.bytes().all(|byte| byte.is_ascii_digit())
                && !self.policy.words.generic.contains(&word);
            if telling && !words.contains(&word) {
                words.push(word);
            }
        }
        words
    }

    /// Returns the words to look for in the change, when none of them stands in a path.
    pub(super) fn link_words(&self) -> Vec<String> {
        let claim = self.claim;
        let excused = claim.foreign
            || self.outline.only(&[Class::Lock, Class::Build])
            || self.outline.only(&[Class::Asset])
            || self.policy.levels.of(Rule::NoLink) == Level::Off
            || claim.has_any(&["typo", "typos", "link", "links", "spelling", "grammar"]);
        let doc_without_doc = claim.kind == Some(Kind::Doc)
            && !self.outline.has(&[Class::Doc, Class::Changelog, Class::Asset, Class::Prompt])
            && !self
                .changes
                .iter()
                .any(|change| self.policy.classes.is_documentation_place(&change.path));
        if excused || (claim.kind == Some(Kind::Doc) && !doc_without_doc) {
            return Vec::new();
        }
        let mut words = self.content_words();
        words.retain(|word| !self.policy.words.linkless.contains(word));
        let in_path = |change: &Change| {
            first_linked(&words, &change.path).is_some()
                || change
                    .previous_path
                    .as_ref()
                    .is_some_and(|path| first_linked(&words, path).is_some())
        };
        if words.len() < LINK_WORDS || self.changes.iter().any(in_path) {
            Vec::new()
        } else {
            words
        }
    }

    pub(super) fn no_link(&self, facts: &Facts) -> Option<Finding> {
        let words = self.link_words();
        let read = facts.lines.0 + facts.lines.1;
        let absent = !words.is_empty()
            && facts.link.is_none()
            && facts.unread.is_empty()
            && read < LINK_LINES;
        absent.then(|| finding(self.policy, Rule::NoLink, words, self.paths(&[]))).flatten()
    }
}

/// Words a claim must have before their absence from the change says anything.
const LINK_WORDS: usize = 4;

/// Changed lines above which a summary in other words is likely.
const LINK_LINES: usize = 2_500;
