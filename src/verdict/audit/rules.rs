//! The rules that judge a claim of behaviour or prose: when each applies, what it asks, what it finds.

use super::claim::{Action, Claim, Kind};
use super::judge::PROSE;
use super::outline::Outline;
use super::paths::{Class, extension};
use super::policy::{Level, Policy, Rule};
use super::scan::{Facts, Questions, first_linked};
use super::tests_claim::{About, mends_tests};
use super::words::{stem, subwords};
use super::{Change, Finding, versions};

/// One claim beside the outline of its change.
pub(super) struct Case<'a> {
    pub(super) claim: &'a Claim,
    pub(super) changes: &'a [Change],
    pub(super) policy: &'a Policy,
    pub(super) outline: Outline,
    pub(super) about: Option<About>,
}

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

/// Types that claim a change of behaviour and nothing less.
pub(super) const BEHAVIOUR_TYPES: [&str; 6] =
    ["fix", "feat", "perf", "bugfix", "feature", "hotfix"];

/// Words for source text that can be removed from a file only by removing lines.
const DEAD_TEXT: [&str; 5] = ["unused", "dead", "debug", "commented", "commented-out"];

/// Verbs that claim that something new is written down.
const WRITING: [&str; 6] = ["add", "introduce", "implement", "create", "insert", "append"];

/// Returns the finding of `rule`, unless the policy does not ask it.
pub(super) fn finding(
    policy: &Policy,
    rule: Rule,
    words: Vec<String>,
    files: Vec<String>,
) -> Option<Finding> {
    let level = policy.levels.of(rule);
    (level != Level::Off).then_some(Finding { rule, level, words, files })
}

/// Returns the words of a claim that make it one: its type and its verb.
pub(super) fn claim_words(claim: &Claim) -> Vec<String> {
    let mut words: Vec<String> = claim.type_name.iter().cloned().collect();
    if !claim.verb.is_empty() && !words.contains(&claim.verb) {
        words.push(claim.verb.clone());
    }
    words
}

/// Tells whether the claim takes an earlier commit back.
pub fn is_revert(claim: &Claim) -> bool {
    let lower = &claim.lower;
    claim.action == Some(Action::Revert)
        || claim.kind == Some(Kind::Revert)
        || ["revert", "re-revert", "rerevert"].iter().any(|word| lower.starts_with(word))
}

/// Tells whether the subject only names a release, as `v1.2.3`, `Release 1.2.3` and `chore: release` do.
pub(super) fn is_release(claim: &Claim) -> bool {
    const AROUND: [&str; 16] = [
        "release",
        "released",
        "releases",
        "releasing",
        "version",
        "bump",
        "publish",
        "cut",
        "v",
        "for",
        "final",
        "tag",
        "changelog",
        "to",
        "the",
        "prep",
    ];
    let lower = claim.description.to_lowercase();
    let lower = lower.trim_matches([' ', '.', '!']);
    let mut words = lower.split([' ', ':']).filter(|word| !word.is_empty()).peekable();
    if claim.kind == Some(Kind::Release) {
        return true;
    }
    if ["prepare", "prep"].contains(&words.peek().copied().unwrap_or_default()) {
        return ["release", "version", "development"].iter().any(|word| lower.contains(word));
    }
    let named_version = |word: &str| {
        let digits = word.rsplit(['/', '@', '-']).find(|part| part.contains('.')).unwrap_or(word);
        let digits = digits.strip_prefix('v').unwrap_or(digits);
        digits.starts_with(|c: char| c.is_ascii_digit()) && digits.contains('.')
    };
    let all: Vec<&str> = words.collect();
    all.len() <= 5
        && all.iter().filter(|word| named_version(word)).count() == 1
        && all.iter().all(|word| named_version(word) || AROUND.contains(word))
}

/// Returns what must be read for the rules that apply to `case`.
pub(super) fn questions(case: &Case<'_>) -> Questions {
    if is_revert(case.claim) || is_release(case.claim) {
        return Questions::default();
    }
    if let Some(version) = case.bump_target() {
        return Questions { version: Some(version), ..Questions::default() };
    }
    let prose =
        case.outline.only(&PROSE) && case.claim.kind != Some(Kind::Doc) && case.about.is_none();
    let asks_tests =
        case.about.is_some_and(|about| !case.outline.has(&[Class::Test]) && about != About::Run);
    let asserts =
        case.about.is_some_and(|about| mends_tests(case.claim, about) || case.adds_tests(about))
            && case.outline.has(&[Class::Test]);
    Questions {
        comments: case.comments_matter(),
        whitespace: case.whitespace_matters(),
        test_lines: asks_tests,
        assertions: asserts,
        any_line: case.removes_quietly() || case.adds_quietly(),
        link: case.link_words(),
        version: None,
        names: case.names(),
        repeated: if prose && case.outline.only(&[Class::Changelog]) {
            case.content_words()
        } else {
            Vec::new()
        },
        code_in_prose: prose && case.claim.kind == Some(Kind::Code) && !case.has_prose_cue(),
    }
}

impl<'a> Case<'a> {
    pub(super) fn new(claim: &'a Claim, changes: &'a [Change], policy: &'a Policy) -> Self {
        let about = About::of(claim, policy);
        Self { claim, changes, policy, outline: Outline::of(changes), about }
    }

    /// Returns the paths of the changes of `classes`, or of all changes when there are none.
    pub(super) fn paths(&self, classes: &[Class]) -> Vec<String> {
        let of_class = |change: &&Change| classes.is_empty() || classes.contains(&change.class);
        let paths: Vec<_> =
            self.changes.iter().filter(of_class).map(|change| change.path.clone()).collect();
        if paths.is_empty() && !classes.is_empty() { self.paths(&[]) } else { paths }
    }

    pub(super) fn find(&self, rule: Rule, files: Vec<String>) -> Option<Finding> {
        finding(self.policy, rule, claim_words(self.claim), files)
    }

    pub(super) fn has_word(&self, set: &super::words::WordSet) -> bool {
        self.claim.vocabulary.iter().any(|word| set.contains(word))
    }

    pub(super) fn is_code_type(&self) -> bool {
        self.claim.kind == Some(Kind::Code)
    }

    fn is_any_type(&self) -> bool {
        matches!(self.claim.kind, Some(Kind::Any | Kind::Release | Kind::Ci))
    }

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
        (!excused)
            .then(|| finding(self.policy, Rule::BumpVersion, words, self.paths(&[])))
            .flatten()
    }

    /// Tells whether a change of comments alone would refute the claim.
    fn comments_matter(&self) -> bool {
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
    fn whitespace_matters(&self) -> bool {
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
    fn removes_quietly(&self) -> bool {
        ["remove", "delete", "drop"].contains(&self.claim.verb.as_str())
            && !self.claim.has_any(&CONDITIONS)
            && !self.claim.lower.starts_with("remove me")
            && !self.outline.takes_away
    }

    pub(super) fn remove_none(&self, facts: &Facts) -> Option<Finding> {
        if !self.removes_quietly() || facts.lines.1 > 0 || !facts.unread.is_empty() {
            return None;
        }
        let mut found = self.find(Rule::RemoveNone, self.paths(&[]))?;
        // Added code that removes something when it runs bears such a claim out, and so may configuration that
        // switches it off. Only a claim about source text itself is refuted for certain.
        let about_text = self.claim.has_any(&DEAD_TEXT);
        let when_run = facts.remover.is_some()
            || self.claim.has_any(&["leak", "leaks", "flaky", "from", "stale"]);
        if when_run || !about_text || !self.outline.has(&[Class::Code]) {
            found.level = found.level.min(Level::Advise);
        }
        Some(found)
    }

    /// Tells whether the claim adds something although every path was there before.
    fn adds_quietly(&self) -> bool {
        WRITING.contains(&self.claim.verb.as_str()) && !self.outline.brings
    }

    pub(super) fn add_none(&self, facts: &Facts) -> Option<Finding> {
        let none = self.adds_quietly()
            && facts.lines.0 == 0
            && facts.lines.1 > 0
            && facts.unread.is_empty();
        none.then(|| self.find(Rule::AddNone, self.paths(&[]))).flatten()
    }

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
    fn link_words(&self) -> Vec<String> {
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
