//! What do the rules know about words and paths, and how severe is each?

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

use super::claim::{Action, Kind};
use super::paths::{Classes, glob_fits};
use super::words::WordSet;

/// The rules of an audit. Each refutes or doubts a claim in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Rule {
    /// A claim on a commit that changes nothing.
    Empty,
    /// A claim of behaviour where only comments change.
    CommentOnly,
    /// A bump to a version that no added line has.
    BumpVersion,
    /// A removal that removes nothing.
    RemoveNone,
    /// An addition that adds nothing.
    AddNone,
    /// Tests "fixed" by skipping them.
    SkipOnly,
    /// Tests "fixed" by deleting what they assert.
    AssertDeleted,
    /// A claim of behaviour that is only written into the change log.
    ChangelogOnly,
    /// A claim of behaviour where only prose changes.
    DocOnly,
    /// A claim of behaviour where only a lock file changes.
    LockOnly,
    /// A claim of behaviour where only white space changes.
    WhitespaceOnly,
    /// A claim of tests without any test.
    TestMissing,
    /// Something added to the build service without a change of its configuration.
    CiMissing,
    /// Added tests that are all skipped, or assert nothing.
    TestHollow,
    /// A fix or feature where only tests change.
    TestOnly,
    /// A claim of behaviour where only pictures or fonts change.
    AssetOnly,
    /// A claim of behaviour where only permissions change.
    ModeOnly,
    /// A file named by the claim that the change does not touch.
    NamedFile,
    /// A new name that appears nowhere.
    RenameNone,
    /// A revert that is not the inverse of what it names.
    RevertOther,
    /// Quoted names of which none appears.
    SpanAbsent,
    /// No word of the claim has to do with the change.
    NoLink,
}

impl Rule {
    /// All rules, in the order of their declaration.
    pub const ALL: [Self; 22] = [
        Self::Empty,
        Self::CommentOnly,
        Self::BumpVersion,
        Self::RemoveNone,
        Self::AddNone,
        Self::SkipOnly,
        Self::AssertDeleted,
        Self::ChangelogOnly,
        Self::DocOnly,
        Self::LockOnly,
        Self::WhitespaceOnly,
        Self::TestMissing,
        Self::CiMissing,
        Self::TestHollow,
        Self::TestOnly,
        Self::AssetOnly,
        Self::ModeOnly,
        Self::NamedFile,
        Self::RenameNone,
        Self::RevertOther,
        Self::SpanAbsent,
        Self::NoLink,
    ];

    /// Returns the name used in policy files and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::CommentOnly => "comment-only",
            Self::BumpVersion => "bump-version",
            Self::RemoveNone => "remove-none",
            Self::AddNone => "add-none",
            Self::SkipOnly => "skip-only",
            Self::AssertDeleted => "assert-deleted",
            Self::ChangelogOnly => "changelog-only",
            Self::DocOnly => "doc-only",
            Self::LockOnly => "lock-only",
            Self::WhitespaceOnly => "whitespace-only",
            Self::TestMissing => "test-missing",
            Self::CiMissing => "ci-missing",
            Self::TestHollow => "test-hollow",
            Self::TestOnly => "test-only",
            Self::AssetOnly => "asset-only",
            Self::ModeOnly => "mode-only",
            Self::NamedFile => "named-file",
            Self::RenameNone => "rename-none",
            Self::RevertOther => "revert-other",
            Self::SpanAbsent => "span-absent",
            Self::NoLink => "no-link",
        }
    }

    /// Returns the rule called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
    }
}

/// How severe a finding of a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The rule is not asked.
    Off,
    /// The claim is doubtful: a warning.
    Advise,
    /// The claim is refuted.
    Gate,
}

/// The level of every rule.
#[derive(Debug, Clone)]
pub struct Levels {
    levels: Vec<(Rule, Level)>,
}

impl Levels {
    /// Returns levels that are all [`Level::Off`].
    pub fn all_off() -> Self {
        Self { levels: Rule::ALL.into_iter().map(|rule| (rule, Level::Off)).collect() }
    }

    /// Sets the level of `rule`.
    pub fn set(&mut self, rule: Rule, level: Level) {
        for entry in self.levels.iter_mut().filter(|entry| entry.0 == rule) {
            entry.1 = level;
        }
    }

    /// Returns the level of `rule`.
    pub fn of(&self, rule: Rule) -> Level {
        self.levels
            .iter()
            .find_map(|(known, level)| (*known == rule).then_some(*level))
            .unwrap_or(Level::Off)
    }
}

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

/// Texts that mark a line, each perhaps tied to the line's first visible character.
#[derive(Debug, Clone, Default)]
pub struct LineMarks {
    marks: Vec<Mark>,
    /// Finds all marks in one pass; built when first needed, since most audits need few of the lists.
    searcher: OnceLock<AhoCorasick>,
}

#[derive(Debug, Clone)]
struct Mark {
    text: String,
    anchored: bool,
}

impl LineMarks {
    /// Returns the marks of `text`, one a line; `^` in front ties a mark to the start.
    pub fn of(text: &str) -> Self {
        let mark = |line: &str| match line.strip_prefix('^') {
            Some(rest) => Mark { text: rest.to_owned(), anchored: true },
            None => Mark { text: line.to_owned(), anchored: false },
        };
        let marks = text.lines().filter(|line| !line.is_empty()).map(mark).collect();
        Self { marks, searcher: OnceLock::new() }
    }

    /// Returns the first mark that `line` has; one that begins with a letter does not fit inside a word.
    pub fn first_in(&self, line: &str) -> Option<&str> {
        let visible = line.trim_start();
        let searcher = self.searcher.get_or_init(|| {
            AhoCorasick::new(self.marks.iter().map(|mark| mark.text.as_str()))
                .expect("a few hundred short texts are far below the limit of states")
        });
        searcher
            .find_overlapping_iter(visible)
            .filter_map(|found| Some((found, self.marks.get(found.pattern().as_usize())?)))
            .find(|(found, mark)| {
                if mark.anchored {
                    return found.start() == 0;
                }
                let before = visible.get(..found.start()).and_then(|text| text.chars().next_back());
                let wordlike = mark.text.starts_with(|c: char| c.is_ascii_alphabetic());
                !wordlike || !before.is_some_and(char::is_alphanumeric)
            })
            .map(|(_, mark)| mark.text.as_str())
    }
}

/// The marks of lines, each list documented in `rules.toml`.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "each list is explained beside its marks, in rules.toml")]
pub struct Marks {
    pub definitions: LineMarks,
    pub assertions: LineMarks,
    pub strong_assertions: LineMarks,
    pub skips: LineMarks,
    pub in_source: LineMarks,
    pub removers: LineMarks,
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
