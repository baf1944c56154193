//! What does `[stamp]` of `dos.toml` ask for? How commits name what they ship.

use serde::Deserialize;

use super::known::{Known, Named};
use crate::verdict::ship::plan;
use crate::verdict::ship::stamp::{Alias, Policy, Releases};

/// The table `[stamp]`; every key is optional, and a list may be written as one string.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Section {
    /// Kept for files of dos-kernel, where it has no effect either.
    style: Option<String>,
    /// Whether a stamp must name its plan; default true.
    require_plan: Option<bool>,
    /// Folders of which one stands in front of the plan: `docs/PLAN: …`; default none.
    subject_dirs: Option<List>,
    /// What begins a subject that sums other commits up, beside `v1.2.3:`; default none.
    summary_bundle_prefixes: Option<List>,
    /// What begins a subject that ships nothing; default none.
    bookkeeping_prefixes: Option<List>,
    /// Words right behind a phase that say it goes on; default none.
    progress_markers: Option<List>,
    /// Folders that hold the files which a plan names; default any.
    code_dirs: Option<List>,
    /// Names of files that say nothing of a phase, added to the usual ones.
    infra_basenames: Option<List>,
    /// Names of documents that say nothing of a phase, added to the usual ones.
    infra_doc_basenames: Option<List>,
    /// What says that a phase waits although it was shipped, with `*` for any words; default a few phrases.
    soak_phrases: Option<List>,
    /// Whether `PLAN: PARENT … words` ships the sub-phase `PARENT-words`; default false.
    sub_phase_parent_fallback: Option<bool>,
    /// Whether a parenthesis that ends the subject is a stamp; default as `require_plan`.
    trailer_stamp: Option<bool>,
    /// Whether `… (#12) (NAMESPACE PLAN)` ships phase `12`; default false.
    issue_leaf_stamp: Option<bool>,
    /// What the lines of a release are worth, `"mention"` or `"ship"`; default `"mention"`.
    releases: Option<Known<Releases>>,
    /// Other ways to write a phase's id; default `["phase-number", "prime"]`.
    aliases: Option<Vec<Known<Alias>>>,
}

/// A list of texts, or one text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected a string or a list of strings")]
pub enum List {
    /// One text.
    One(String),
    /// Any number of them.
    Many(Vec<String>),
}

impl List {
    /// Returns the texts.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text.clone()],
            Self::Many(texts) => texts.clone(),
        }
    }
}

impl Named for Releases {
    fn named(name: &str) -> Option<Self> {
        [("mention", Self::Mention), ("ship", Self::Ship)]
            .into_iter()
            .find_map(|(known, value)| (known == name).then_some(value))
    }

    fn names() -> String {
        "mention, ship".into()
    }
}

impl Named for Alias {
    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|alias| alias.name() == name)
    }

    fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}

impl Section {
    /// Returns the forms of a stamp.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let default = Policy::default();
        let list = |list: &Option<List>| list.as_ref().map(List::texts).unwrap_or_default();
        let require_plan = self.require_plan.unwrap_or(default.require_plan);
        let aliases = self.aliases.as_ref();
        Policy {
            require_plan,
            subject_dirs: list(&self.subject_dirs),
            summary_bundle_prefixes: list(&self.summary_bundle_prefixes),
            bookkeeping_prefixes: list(&self.bookkeeping_prefixes),
            progress_markers: list(&self.progress_markers),
            sub_phase_parent_fallback: self.sub_phase_parent_fallback.unwrap_or_default(),
            trailer_stamp: self.trailer_stamp.unwrap_or(require_plan),
            issue_leaf_stamp: self.issue_leaf_stamp.unwrap_or_default(),
            releases: self.releases.map_or(default.releases, |Known(releases)| releases),
            aliases: aliases
                .map_or(default.aliases, |list| list.iter().map(|Known(alias)| *alias).collect()),
        }
    }

    /// Returns how plans are read.
    #[must_use]
    pub fn plan_policy(&self) -> plan::Policy {
        let default = plan::Policy::default();
        let list = |list: &Option<List>| list.as_ref().map(List::texts);
        let named = [&self.infra_basenames, &self.infra_doc_basenames];
        let named = named.into_iter().filter_map(list).flatten();
        plan::Policy {
            code_dirs: list(&self.code_dirs).unwrap_or(default.code_dirs),
            hubs: default.hubs.into_iter().chain(named).collect(),
            soaks: list(&self.soak_phrases).unwrap_or(default.soaks),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::parse;
    use crate::verdict::ship::stamp::{Alias, Message, Policy, Question, Reader, Releases};

    #[test]
    fn no_table_is_the_default() {
        assert_eq!(parse("", "dos.toml").unwrap().stamp.policy(), Policy::default());
    }

    #[test]
    fn keys_are_read_and_checked() {
        let text = "[stamp]\nstyle = \"grep\"\nsubject_dirs = \"docs\"\naliases = [\"prime\"]\n\
                    bookkeeping_prefixes = [\"docs/_plans:\"]\nreleases = \"ship\"\n";
        let policy = parse(text, "dos.toml").unwrap().stamp.policy();
        assert_eq!(policy.subject_dirs, ["docs"], "one text is a list");
        assert_eq!(policy.bookkeeping_prefixes, ["docs/_plans:"]);
        assert_eq!((policy.releases, policy.aliases), (Releases::Ship, vec![Alias::Prime]));
        for (text, line) in [
            ("[stamp]\nsubject_dir = []\n", 2),
            ("[stamp]\n\nsubject_dirs = [1]\n", 3),
            ("[stamp]\nsub_phase_parent_fallback = 1\n", 2),
            ("[stamp]\naliases = [\"P\"]\n", 2),
            ("[stamp]\nreleases = \"both\"\n", 2),
        ] {
            let error = parse(text, "dos.toml").unwrap_err().to_string();
            assert!(error.starts_with(&format!("dos.toml:{line}: ")), "{text:?}: {error}");
        }
    }

    #[test]
    fn the_convention_of_another_application_is_a_file() {
        let text = include_str!("../../fixtures/policies/dos-job.toml");
        let section = parse(text, "dos-job.toml").unwrap().stamp;
        let (policy, plans) = (section.policy(), section.plan_policy());
        assert_eq!((policy.subject_dirs.len(), policy.progress_markers.len()), (5, 28));
        assert_eq!((plans.code_dirs.len(), plans.soaks.len()), (8, 9));
        assert!(plans.hubs.iter().any(|hub| hub == "fanout_state.py"), "added to the usual ones");
        assert!(plans.hubs.iter().any(|hub| hub == "__init__.py"), "the usual ones");
        let reads = |phase: &str, subject: &str| {
            let question = Question { plan: "AUTH".to_owned(), phase: phase.to_owned() };
            Reader::new(&question, &policy)
                .read(&Message { id: "0123abc", subject, body: "" })
                .stamp()
                .is_some()
        };
        for (phase, subject, want) in [
            ("AUTH2", "docs/AUTH: AUTH2 tokens", true),
            ("AUTH2", "go/AUTH: Phase 2 tokens", true),
            ("AUTH2-retry", "docs/AUTH: AUTH2 retry path", true),
            ("AUTH2", "docs/AUTH: AUTH2 week-1 soak", false),
            ("AUTH2", "AUTH: AUTH2 no folder", false),
            ("AUTH2", "feat: x (AUTH AUTH2)", false),
        ] {
            assert_eq!(reads(phase, subject), want, "{phase} in {subject:?}");
        }
    }

    #[test]
    fn parentheses_are_stamps_where_a_plan_is_required() {
        for (text, want) in [
            ("[stamp]\n", true),
            ("[stamp]\nrequire_plan = false\n", false),
            ("[stamp]\nrequire_plan = false\ntrailer_stamp = true\n", true),
        ] {
            let policy = parse(text, "dos.toml").unwrap().stamp.policy();
            assert_eq!(policy.trailer_stamp, want, "{text:?}");
        }
    }
}
