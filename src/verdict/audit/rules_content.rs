//! The rules about what a change consists of: versions, comments, white space, additions, removals.

use super::Finding;
use super::claim::{Action, Kind};
use super::paths::{Class, extension};
use super::policy::{Level, Rule};
use super::rules::{BEHAVIOUR_TYPES, Case, claim_words, finding, is_release};
use super::scan::Facts;
use super::versions;

/// Classes whose lines can be comments.
const COMMENTED: [Class; 8] = [
    Class::Code,
    Class::Build,
    Class::Ci,
    Class::Test,
    Class::Data,
    Class::Config,
    Class::Doc,
    Class::Changelog,
];

/// Endings of languages in which white space means something.
const WHITESPACE_MATTERS: [&str; 17] = [
    ".py", ".pyi", ".yml", ".yaml", ".haml", ".slim", ".pug", ".nim", ".fs", ".mk", ".coffee",
    ".hs", ".ml", ".md", ".rst", ".sass", ".elm",
];

/// Words that make a removal conditional: nothing need be gone from the text.
const CONDITIONS: [&str; 6] = ["if", "when", "unless", "after", "before", "on"];

/// Words for source text that can be removed from a file only by removing lines.
const DEAD_TEXT: [&str; 5] = ["unused", "dead", "debug", "commented", "commented-out"];

/// What a program does wrongly, which nothing need be taken out of its text to remove.
const EFFECTS: [&str; 13] = [
    "ambiguity",
    "bottleneck",
    "deadlock",
    "deadlocks",
    "flake",
    "flakes",
    "flakiness",
    "flaky",
    "flicker",
    "leak",
    "leaks",
    "race",
    "races",
];

/// Marks of added code that often has nothing to do with a removal.
const WEAK_REMOVERS: [&str; 6] = ["abort(", "close(", "exclude", "ignore", "release(", "skip"];

/// Verbs that claim that something new is written down.
const WRITING: [&str; 6] = ["add", "introduce", "implement", "create", "insert", "append"];

impl Case<'_> {
    /// Returns the version that a bump claims, when the change is of a kind that could hold it.
    pub(super) fn bump_target(&self) -> Option<String> {
        let claim = self.claim;
        let bumps = ["bump", "upgrade", "downgrade", "update"].contains(&claim.verb.as_str())
            || claim.kind == Some(Kind::Dependency);
        let holds = self.outline.has(&[
            Class::Lock,
            Class::Build,
            Class::Ci,
            Class::Data,
            Class::Config,
            Class::Test,
        ]);
        // "Allow up to 2.0" is written as a bound that excludes the version after it.
        let bound = claim.has_any(&["range", "requirement", "constraint", "up", "max", "maximum"]);
        (bumps && holds && !bound).then(|| versions::target(&claim.description)).flatten()
    }

    pub(super) fn bump(&self, facts: &Facts) -> Option<Finding> {
        let sightings = facts.version.as_ref()?;
        let excused = sightings.found
            || sightings.pins_excuse()
            || sightings.others.is_empty()
            || !facts.unread.is_empty();
        let mut words = claim_words(self.claim);
        words.extend(self.bump_target());
        words.extend(sightings.others.iter().map(|other| format!("not {other}")));
        if excused {
            return None;
        }
        let mut found = finding(self.policy, Rule::BumpVersion, words, self.paths(&[]))?;
        // A project writes its own version in more ways than those of its dependencies.
        if is_release(self.claim) {
            found.level = found.level.min(Level::Advise);
        }
        Some(found)
    }

    /// Tells whether a change of comments alone would refute the claim.
    pub(super) fn comments_matter(&self) -> bool {
        let claim = self.claim;
        let strong = self.policy.words.strong.contains(&claim.verb);
        self.outline.only_modified
            && self.outline.only(&COMMENTED)
            && self.outline.has(&[Class::Code, Class::Test])
            && !matches!(claim.kind, Some(Kind::Any | Kind::Doc | Kind::Ci | Kind::Release))
            && (self.is_code_type() || claim.kind == Some(Kind::Test) || strong)
            && !self.has_word(&self.policy.words.comments)
            && !self.policy.words.prose_verbs.contains(&claim.verb)
    }

    pub(super) fn comment_only(&self, facts: &Facts) -> Option<Finding> {
        let only = self.comments_matter()
            && facts.code.is_none()
            && facts.comments > 0
            && !(self.claim.action == Some(Action::Remove) && facts.lines.0 == 0);
        if !only {
            return None;
        }
        let mut found = self.find(Rule::CommentOnly, self.paths(&[Class::Code, Class::Test]))?;
        // "Fix the wording" is often said without naming comments; these types leave no doubt.
        let type_name = self.claim.type_name.as_deref().unwrap_or_default();
        if !BEHAVIOUR_TYPES.contains(&type_name) {
            found.level = found.level.min(Level::Advise);
        }
        Some(found)
    }

    /// Tells whether a change of white space alone would refute the claim.
    pub(super) fn whitespace_matters(&self) -> bool {
        let claim = self.claim;
        let changing = matches!(claim.action, Some(Action::Add | Action::Change | Action::Remove));
        self.outline.only_modified
            && self.outline.only(&[Class::Code, Class::Build, Class::Test])
            && self.changes.iter().all(|change| {
                let name =
                    change.path.rsplit('/').next().unwrap_or(&change.path).to_ascii_lowercase();
                !WHITESPACE_MATTERS.contains(&extension(&name)) && !name.contains("makefile")
            })
            && (self.is_code_type()
                || claim.kind == Some(Kind::Test)
                || (changing && !self.is_any_type()))
            && claim.kind != Some(Kind::Doc)
            && !self.has_word(&self.policy.words.whitespace)
            && !self.has_word(&self.policy.words.comments)
    }

    pub(super) fn whitespace_only(&self, facts: &Facts) -> Option<Finding> {
        let changed = facts.lines.0 + facts.lines.1 > 0;
        (self.whitespace_matters() && changed && facts.beyond_whitespace.is_none())
            .then(|| self.find(Rule::WhitespaceOnly, self.paths(&[])))
            .flatten()
    }

    /// Tells whether the claim removes something although every path is still there.
    pub(super) fn removes_quietly(&self) -> bool {
        ["remove", "delete", "drop"].contains(&self.claim.verb.as_str())
            && !self.claim.has_any(&CONDITIONS)
            && !self.claim.lower.starts_with("remove me")
            && !self.outline.takes_away
    }

    pub(super) fn remove_none(&self, facts: &Facts) -> Option<Finding> {
        if !self.removes_quietly() || facts.lines.1 > 0 || !facts.unread.is_empty() {
            return None;
        }
        // Added code that removes something when it runs bears such a claim out, and so may configuration that
        // switches it off. Only a claim about source text itself is refuted for certain.
        let about_text = self.claim.has_any(&DEAD_TEXT);
        let remover = facts.remover.as_deref();
        let borne_out = remover.is_some_and(|mark| !WEAK_REMOVERS.contains(&mark))
            || self.claim.has_any(&EFFECTS)
            || self.changes.iter().any(|change| change.path.ends_with("ignore"));
        if borne_out && !about_text {
            return None;
        }
        let mut found = self.find(Rule::RemoveNone, self.paths(&[]))?;
        let when_run = borne_out || remover.is_some() || self.claim.has_any(&["from", "stale"]);
        if when_run || !about_text || !self.outline.has(&[Class::Code]) {
            found.level = found.level.min(Level::Advise);
        }
        Some(found)
    }

    /// Tells whether the claim adds something although every path was there before.
    pub(super) fn adds_quietly(&self) -> bool {
        WRITING.contains(&self.claim.verb.as_str()) && !self.outline.brings
    }

    pub(super) fn add_none(&self, facts: &Facts) -> Option<Finding> {
        let none = self.adds_quietly()
            && facts.lines.0 == 0
            && facts.lines.1 > 0
            && facts.unread.is_empty();
        none.then(|| self.find(Rule::AddNone, self.paths(&[]))).flatten()
    }
}
