//! The audit's word lists, path classes and levels: the built-in ones, and what `[audit]` adds.

use std::collections::BTreeMap;

use gix::error::{OptionExt as _, Result, message};
use serde::Deserialize;

use super::known::{Known, Named};
use crate::verdict::audit::claim::{Action, Kind};
use crate::verdict::audit::paths::{Class, ClassRule, Classes, Patterns};
use crate::verdict::audit::policy::{Level, Levels, LineMarks, Marks, Policy, Rule, Words};
use crate::verdict::audit::words::WordSet;

/// The built-in rules, as data.
const RULES: &str = include_str!("../verdict/audit/rules.toml");

/// Blobs larger than this are judged by their entry alone.
const BLOB_LIMIT: u64 = 8 * 1024 * 1024;

/// `[audit]` in `dos.toml`; every key is optional and adds to the built-in rules.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Section {
    /// `docs_satisfy_code_claim`: a change of prose alone answers any claim.
    pub docs_satisfy_code_claim: bool,
    /// `ignore`: subjects that are not judged, with `*` for any run of characters.
    pub ignore: Vec<String>,
    /// `blob_limit`: bytes above which a blob is judged by its entry.
    pub blob_limit: Option<u64>,
    /// `[audit.levels]`: rule name to `gate`, `advise` or `off`.
    pub levels: BTreeMap<Known<Rule>, Known<Level>>,
    /// `[audit.paths]`: class name to patterns for whole paths, with `*` for any run of characters.
    pub paths: BTreeMap<Known<Class>, Vec<String>>,
    /// `[audit.words]`: word list name to words added to it.
    pub words: BTreeMap<Known<List>, Vec<String>>,
}

impl Named for Rule {
    fn named(name: &str) -> Option<Self> {
        Self::from_name(name)
    }

    fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}

impl Named for Level {
    fn named(name: &str) -> Option<Self> {
        level(name)
    }

    fn names() -> String {
        "gate, advise, off".into()
    }
}

impl Named for Class {
    fn named(name: &str) -> Option<Self> {
        Self::from_name(name)
    }

    fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}

/// A word list, by its place among those that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct List(usize);

impl Named for List {
    fn named(name: &str) -> Option<Self> {
        LISTS.iter().position(|(known, _)| *known == name).map(Self)
    }

    fn names() -> String {
        LISTS.map(|(name, _)| name).join(", ")
    }
}

#[derive(Deserialize)]
struct Tables<'a> {
    #[serde(borrow)]
    levels: Map<'a>,
    #[serde(borrow)]
    types: Map<'a>,
    #[serde(borrow)]
    actions: Map<'a>,
    #[serde(borrow)]
    words: Map<'a>,
    #[serde(borrow)]
    paths: Vec<PathRow<'a>>,
    #[serde(borrow)]
    documentation: Map<'a>,
    #[serde(borrow)]
    languages: Map<'a>,
    #[serde(borrow)]
    nouns: Map<'a>,
    #[serde(borrow)]
    lines: Map<'a>,
}

type Map<'a> = BTreeMap<&'a str, &'a str>;

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct PathRow<'a> {
    class: &'a str,
    names: &'a str,
    folders: &'a str,
    roots: &'a str,
    extensions: &'a str,
    extensions_only: &'a str,
    unless_documentation: bool,
    unless_code: bool,
}

/// Returns the built-in rules.
///
/// # Panics
/// When the built-in table is malformed, which a test rules out.
pub fn built_in() -> Policy {
    let tables: Tables<'static> =
        toml::from_str(RULES).expect("the built-in rules are valid, as tests show");
    tables.policy().expect("the built-in rules are complete, as tests show")
}

/// Returns the built-in rules with `section` added to them.
pub fn with_section(section: &Section) -> Policy {
    let mut policy = built_in();
    policy.docs_satisfy_code_claim = section.docs_satisfy_code_claim;
    policy.ignored_subjects.clone_from(&section.ignore);
    policy.blob_limit = section.blob_limit.unwrap_or(BLOB_LIMIT);
    // Tests that the repository says where to find are binding.
    if section.paths.contains_key(&Known(Class::Test)) {
        policy.levels.set(Rule::TestMissing, Level::Gate);
    }
    for (rule, level) in &section.levels {
        policy.levels.set(rule.0, level.0);
    }
    for (class, patterns) in &section.paths {
        policy.classes.prepend(class.0, patterns.clone());
    }
    for (list, words) in &section.words {
        if let Some((_, of)) = LISTS.get(list.0.0) {
            of(&mut policy.words).extend(words.iter().cloned());
        }
    }
    policy
}

impl Tables<'static> {
    fn policy(&self) -> Result<Policy> {
        let mut levels = Levels::all_off();
        for (name, value) in &self.levels {
            let rule = Rule::from_name(name).ok_or_raise(|| message!("no rule {name}"))?;
            levels.set(rule, level(value).ok_or_raise(|| message!("no level {value}"))?);
        }
        let mut words = Words::default();
        for (name, text) in &self.words {
            *list(&mut words, name).ok_or_raise(|| message!("no word list {name}"))? =
                if *name == "vague" { WordSet::of_lines(text) } else { WordSet::of(text) };
        }
        let rules = self.paths.iter().map(class_rule).collect::<Result<Vec<_>>>()?;
        let folders = self.documentation.get("folders").copied().unwrap_or_default();
        let marks = |name: &str| LineMarks::of(self.lines.get(name).copied().unwrap_or_default());
        Ok(Policy {
            words,
            marks: Marks {
                definitions: marks("definitions"),
                assertions: marks("assertions"),
                strong_assertions: marks("strong_assertions"),
                skips: marks("skips"),
                in_source: marks("in_source"),
                removers: marks("removers"),
            },
            types: named(&self.types, kind)?,
            actions: ACTIONS
                .iter()
                .filter_map(|(name, action)| Some((*action, WordSet::of(self.actions.get(name)?))))
                .collect(),
            verbs_of_languages: self
                .languages
                .iter()
                .map(|(verb, words)| ((*verb).to_owned(), WordSet::of(words)))
                .collect(),
            nouns_of_languages: self
                .nouns
                .iter()
                .map(|(noun, words)| {
                    ((*noun).to_owned(), words.split_whitespace().map(str::to_owned).collect())
                })
                .collect(),
            classes: Classes::new(rules, Patterns::of(folders)),
            levels,
            ignored_subjects: Vec::new(),
            docs_satisfy_code_claim: false,
            blob_limit: BLOB_LIMIT,
        })
    }
}

/// The actions, the most telling first: a verb that stands in two lists has the first one's action.
const ACTIONS: [(&str, Action); 7] = [
    ("add", Action::Add),
    ("remove", Action::Remove),
    ("rename", Action::Rename),
    ("move", Action::Move),
    ("revert", Action::Revert),
    ("bump", Action::Bump),
    ("change", Action::Change),
];

fn named<T>(map: &Map<'static>, of: fn(&str) -> Option<T>) -> Result<Vec<(T, WordSet)>> {
    map.iter()
        .map(|(name, words)| {
            let value = of(name).ok_or_raise(|| message!("unknown name {name}"))?;
            Ok((value, WordSet::of(words)))
        })
        .collect()
}

fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "code" => Kind::Code,
        "doc" => Kind::Doc,
        "test" => Kind::Test,
        "ci" => Kind::Ci,
        "dependency" => Kind::Dependency,
        "release" => Kind::Release,
        "revert" => Kind::Revert,
        "merge" => Kind::Merge,
        "any" => Kind::Any,
        _ => return None,
    })
}

fn level(name: &str) -> Option<Level> {
    Some(match name {
        "gate" => Level::Gate,
        "advise" => Level::Advise,
        "off" => Level::Off,
        _ => return None,
    })
}

fn class_rule(row: &PathRow<'static>) -> Result<ClassRule> {
    Ok(ClassRule {
        class: Class::from_name(row.class).ok_or_raise(|| message!("no class {}", row.class))?,
        names: Patterns::of(row.names),
        folders: Patterns::of(row.folders),
        roots: row.roots.split_ascii_whitespace().map(str::to_owned).collect(),
        extensions: WordSet::of(row.extensions),
        extensions_only: WordSet::of(row.extensions_only),
        unless_documentation: row.unless_documentation,
        unless_code: row.unless_code,
        whole: Vec::new(),
    })
}

/// Where the policy keeps a word list.
type Place = fn(&mut Words) -> &mut WordSet;

/// The word lists: the name of each, and where the policy keeps it.
const LISTS: [(&str, Place); 20] = [
    ("documentation", |words| &mut words.documentation),
    ("changelog", |words| &mut words.changelog),
    ("tests", |words| &mut words.tests),
    ("test_companions", |words| &mut words.test_companions),
    ("test_cues", |words| &mut words.test_cues),
    ("ci", |words| &mut words.ci),
    ("assets", |words| &mut words.assets),
    ("modes", |words| &mut words.modes),
    ("comments", |words| &mut words.comments),
    ("whitespace", |words| &mut words.whitespace),
    ("generic", |words| &mut words.generic),
    ("linkless", |words| &mut words.linkless),
    ("strong", |words| &mut words.strong),
    ("dependency", |words| &mut words.dependency),
    ("triggers", |words| &mut words.triggers),
    ("prose_verbs", |words| &mut words.prose_verbs),
    ("prose_scopes", |words| &mut words.prose_scopes),
    ("common_files", |words| &mut words.common_files),
    ("products", |words| &mut words.products),
    ("vague", |words| &mut words.vague),
];

/// Returns the word list called `name`.
fn list<'a>(words: &'a mut Words, name: &str) -> Option<&'a mut WordSet> {
    LISTS.iter().find(|(known, _)| *known == name).map(|(_, of)| of(words))
}

#[cfg(test)]
mod tests {
    use super::{Section, built_in, with_section};
    use crate::verdict::audit::policy::{Level, Rule};

    #[test]
    fn every_built_in_table_is_used() {
        let policy = built_in();
        for rule in Rule::ALL {
            assert_ne!(policy.levels.of(rule), Level::Off, "{} has a level", rule.name());
        }
        assert_eq!(policy.types.len(), 9, "every kind has its types");
        assert!(policy.words.vague.contains("address review comments"), "phrases stay whole");
    }

    #[test]
    fn a_repository_adds_paths_words_and_levels() {
        let section: Section = toml::from_str(
            "ignore = [\"Auto*\"]\n[levels]\nempty = \"off\"\n[paths]\ntest = [\"qa/*\"]\n[words]\ncomments = [\"Banner\"]",
        )
        .unwrap();
        let policy = with_section(&section);
        assert_eq!(policy.classes.classify("qa/a.rs").name(), "test");
        assert_eq!(policy.levels.of(Rule::Empty), Level::Off);
        assert_eq!(
            policy.levels.of(Rule::TestMissing),
            Level::Gate,
            "declared test paths are binding"
        );
        assert!(policy.words.comments.contains("banner"));
        assert!(policy.ignores("Automatic sync"));
        assert!(!policy.ignores("An automatic sync"));
    }

    #[test]
    fn unknown_names_are_refused() {
        for (text, line) in [
            ("[audit]\n[audit.levels]\nemptyish = \"off\"", 3),
            ("[audit.levels]\nempty = \"loud\"", 2),
            ("[audit.paths]\nx = []", 2),
            ("[audit.words]\nx = []", 2),
        ] {
            let error = crate::policy::parse(text, "dos.toml").unwrap_err().to_string();
            let place = format!("dos.toml:{line}: ");
            assert!(error.starts_with(&place) && error.contains("known are"), "{error} for {text}");
        }
    }
}
