//! Which rules are there, and how severe is each?

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
