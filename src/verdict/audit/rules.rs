//! A claim beside the outline of its change, and what must be read before the rules can be asked.

use super::claim::{Action, Claim, Kind};
use super::judge::PROSE;
use super::outline::Outline;
use super::paths::{Class, extension};
use super::policy::{Level, Policy, Rule};
use super::scan::Questions;
use super::tests_claim::{About, mends_tests};
use super::{Change, Finding};

/// One claim beside the outline of its change.
pub(super) struct Case<'a> {
    pub(super) claim: &'a Claim,
    pub(super) changes: &'a [Change],
    pub(super) policy: &'a Policy,
    pub(super) outline: Outline,
    pub(super) about: Option<About>,
}

/// Types that claim a change of behaviour and nothing less.
pub(super) const BEHAVIOUR_TYPES: [&str; 6] =
    ["fix", "feat", "perf", "bugfix", "feature", "hotfix"];

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
    const AROUND: [&str; 17] = [
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
        "prepare",
    ];
    let lower = claim.description.to_lowercase();
    let lower = lower.trim_matches([' ', '.', '!']);
    let mut words = lower.split([' ', ':']).filter(|word| !word.is_empty()).peekable();
    if claim.kind == Some(Kind::Release) {
        return true;
    }
    let prepares = ["prepare", "prep"].contains(&words.peek().copied().unwrap_or_default());
    if prepares && ["release", "version", "development"].iter().any(|word| lower.contains(word)) {
        return true;
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
    if is_revert(case.claim) {
        return Questions::default();
    }
    if let Some(version) = case.bump_target() {
        return Questions { version: Some(version), ..Questions::default() };
    }
    if is_release(case.claim) {
        return Questions::default();
    }
    let prose =
        case.outline.only(&PROSE) && case.claim.kind != Some(Kind::Doc) && case.about.is_none();
    let asks_tests =
        case.about.is_some_and(|about| !case.outline.has(&[Class::Test]) && about != About::Run);
    let about_tests = |about| mends_tests(case.claim, about) || case.may_bring_tests(about);
    let may_hold_tests = case.outline.has(&[Class::Test])
        || case.changes.iter().any(|change| extension(&change.path) == ".rs");
    let asserts = case.about.is_some_and(about_tests) && may_hold_tests;
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

    pub(super) fn is_any_type(&self) -> bool {
        matches!(self.claim.kind, Some(Kind::Any | Kind::Release | Kind::Ci))
    }
}
