//! The rules about tests: those that are announced, skipped, hollow, or robbed of their assertions.

use super::Finding;
use super::claim::Action;
use super::judge::PROSE;
use super::paths::Class;
use super::policy::Rule;
use super::rules::Case;
use super::scan::Facts;
use super::tests_claim::{About, mends_tests};

impl Case<'_> {
    /// Tells whether the claim adds tests.
    pub(super) fn adds_tests(&self, about: About) -> bool {
        let verbs = ["write", "extend", "cover", "exercise", "expand", "increase"];
        let adds =
            self.claim.action == Some(Action::Add) || verbs.contains(&self.claim.verb.as_str());
        adds && matches!(about, About::Type | About::Object | About::Lead)
    }

    /// Tells whether the claim brings tests, whatever its verb, if there are more of them than before.
    pub(super) fn may_bring_tests(&self, about: About) -> bool {
        let action = self.claim.action;
        let elsewhere =
            matches!(action, Some(Action::Remove | Action::Rename | Action::Move | Action::Revert));
        self.adds_tests(about) || (matches!(about, About::Type | About::Lead) && !elsewhere)
    }

    /// Judges a claim of tests against the presence of any.
    pub(super) fn tests(&self, about: About, facts: &Facts) -> Option<Finding> {
        let outline = &self.outline;
        let excused = about == About::Run
            || outline.has(&[Class::Test, Class::Ci])
            || facts.test_line.is_some()
            || !facts.unread.is_empty()
            || (outline.has(&[Class::Build, Class::Config])
                && matches!(about, About::Type | About::Object))
            || (about == About::Type && self.claim.has_any(&["ci"]))
            || (outline.has(&[Class::Code])
                && (about == About::Pass || (about == About::Object && !self.adds_tests(about))))
            || (about != About::Type && self.has_prose_cue() && outline.has(&PROSE));
        (!excused).then(|| self.find(Rule::TestMissing, self.paths(&[]))).flatten()
    }

    /// Judges tests that were added or mended: skipped, without assertions, or with fewer than before.
    pub(super) fn hollow(&self, about: About, facts: &Facts) -> Option<Finding> {
        let (added, removed) = (facts.tests_added, facts.tests_removed);
        let files = || self.paths(&[Class::Test]);
        let admits = self.claim.has_any(&[
            "skip", "skips", "skipped", "disable", "ignore", "xfail", "pending", "todo",
        ]);
        if mends_tests(self.claim, about) {
            // Where `it(` becomes `it.skip(`, a definition goes for each that comes.
            let only_skips = added.skips > 0
                && added.assertions + added.others + removed.assertions == 0
                && added.definitions == removed.definitions
                && !facts.beyond_tests;
            if only_skips && !admits {
                return self.find(Rule::SkipOnly, files());
            }
            let only_deleted =
                added.definitions + added.assertions + added.skips + added.others == 0;
            if removed.strong_assertions > 0
                && only_deleted
                && !facts.beyond_tests
                && self.claim.action != Some(Action::Remove)
            {
                return self.find(Rule::AssertDeleted, files());
            }
        }
        let nothing_runs = added.definitions > 0 && added.skips >= added.definitions && !admits;
        let nothing_asserted = added.definitions > 0 && added.assertions == 0;
        let only_code = self.changes.iter().all(|change| change.class != Class::Data);
        let more = added.definitions > removed.definitions;
        let brings = self.adds_tests(about) || (self.may_bring_tests(about) && more);
        (brings && only_code && (nothing_runs || nothing_asserted))
            .then(|| self.find(Rule::TestHollow, files()))
            .flatten()
    }
}
