//! What kind of file does a path name?

use std::collections::HashMap;

use super::words::WordSet;

/// The kind of file that a path names, as far as a claim is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Versions pinned by a package manager.
    Lock,
    /// Configuration of a build service.
    Ci,
    /// Text that instructs an agent.
    Prompt,
    /// Build and package manifests.
    Build,
    /// Tests, their data and their helpers.
    Test,
    /// Pictures, fonts, recordings.
    Asset,
    /// A change log or one of its fragments.
    Changelog,
    /// Prose for people.
    Doc,
    /// Written by a program or copied from elsewhere.
    Generated,
    /// Source text of any language, templates and style sheets included.
    Code,
    /// Files whose name begins with a dot and says no more.
    Config,
    /// Everything else.
    Data,
}

impl Class {
    /// All classes, in the order of their declaration.
    pub const ALL: [Self; 12] = [
        Self::Lock,
        Self::Ci,
        Self::Prompt,
        Self::Build,
        Self::Test,
        Self::Asset,
        Self::Changelog,
        Self::Doc,
        Self::Generated,
        Self::Code,
        Self::Config,
        Self::Data,
    ];

    /// Returns the name used in policy files and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Ci => "ci",
            Self::Prompt => "prompt",
            Self::Build => "build",
            Self::Test => "test",
            Self::Asset => "asset",
            Self::Changelog => "changelog",
            Self::Doc => "doc",
            Self::Generated => "generated",
            Self::Code => "code",
            Self::Config => "config",
            Self::Data => "data",
        }
    }

    /// Returns the class called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}

/// Exact words and `*` patterns, tried against one component of a path.
#[derive(Debug, Clone, Default)]
pub struct Patterns {
    exact: WordSet,
    globs: Vec<String>,
    cased: Vec<String>,
}

impl Patterns {
    /// Returns the patterns among the blank-separated words of `text`.
    pub fn of(text: &str) -> Self {
        let mut patterns = Self::default();
        let mut exact = Vec::new();
        for word in text.split_ascii_whitespace() {
            if word.bytes().any(|byte| byte.is_ascii_uppercase()) {
                patterns.cased.push(word.to_owned());
            } else if word.contains('*') {
                patterns.globs.push(word.to_owned());
            } else {
                exact.push(word.to_owned());
            }
        }
        patterns.exact.extend(exact);
        patterns
    }

    /// Tells whether a component fits, given as written and in lower case.
    fn fit(&self, written: &str, lower: &str) -> bool {
        self.exact.contains(lower)
            || self.globs.iter().any(|glob| glob_fits(glob, lower))
            || self.cased.iter().any(|glob| glob_fits(glob, written))
    }
}

/// Tells whether `text` fits `pattern`, in which `*` stands for any run of characters, `/` included.
pub fn glob_fits(pattern: &str, text: &str) -> bool {
    let Some((head, mut rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    while let Some((middle, after)) = rest.split_once('*') {
        let Some(at) = text.find(middle) else { return false };
        text = text.get(at + middle.len()..).unwrap_or_default();
        rest = after;
    }
    text.ends_with(rest)
}

/// One row of the table of classes: what a path must have to be of `class`.
#[derive(Debug, Clone)]
pub struct ClassRule {
    /// The class of a path that fits.
    pub class: Class,
    /// Patterns for the last component.
    pub names: Patterns,
    /// Patterns for any other component.
    pub folders: Patterns,
    /// Beginnings of the path, or of a part of it that starts after a `/`.
    pub roots: Vec<String>,
    /// Endings with their dot, in lower case.
    pub extensions: WordSet,
    /// When not empty, the endings that a path must have besides fitting a folder.
    pub extensions_only: WordSet,
    /// Prose inside a documentation folder is not of this class.
    pub unless_documentation: bool,
    /// Source text is not of this class.
    pub unless_code: bool,
    /// Patterns for the whole path, from `dos.toml`.
    pub whole: Vec<String>,
}

/// The ordered table of classes.
#[derive(Debug, Clone)]
pub struct Classes {
    rules: Vec<ClassRule>,
    documentation: Patterns,
    code_extensions: WordSet,
    doc_extensions: WordSet,
}

impl Classes {
    /// Returns the table of `rules`, tried in order; `documentation` names folders of prose.
    pub fn new(rules: Vec<ClassRule>, documentation: Patterns) -> Self {
        let extensions = |class| {
            let mut merged = WordSet::default();
            for rule in rules.iter().filter(|rule| rule.class == class) {
                merged.merge(&rule.extensions);
            }
            merged
        };
        let (code_extensions, doc_extensions) = (extensions(Class::Code), extensions(Class::Doc));
        Self { rules, documentation, code_extensions, doc_extensions }
    }

    /// Makes paths that fit one of `patterns` of `class`, before any other rule is tried.
    pub fn prepend(&mut self, class: Class, patterns: Vec<String>) {
        let rule = ClassRule {
            class,
            names: Patterns::default(),
            folders: Patterns::default(),
            roots: Vec::new(),
            extensions: WordSet::default(),
            extensions_only: WordSet::default(),
            unless_documentation: false,
            unless_code: false,
            whole: patterns,
        };
        self.rules.insert(0, rule);
    }

    /// Returns the class of `path`, whose components are separated by `/`.
    pub fn classify(&self, path: &str) -> Class {
        let lower = path.to_ascii_lowercase();
        let name = lower.rsplit('/').next().unwrap_or(&lower);
        let parts = Parts { path, lower: &lower, extension: extension(name) };
        if let Some(rule) = self.rules.iter().find(|rule| self.fits(rule, &parts)) {
            return rule.class;
        }
        match (parts.extension, name.starts_with('.')) {
            ("", true) => Class::Config,
            ("", false) => Class::Code,
            _ => Class::Data,
        }
    }

    fn fits(&self, rule: &ClassRule, parts: &Parts<'_>) -> bool {
        let mut components = parts.path.rsplit('/').zip(parts.lower.rsplit('/'));
        let Some((name, lower_name)) = components.next() else { return false };
        let fitting = rule.names.fit(name, lower_name)
            || rule.extensions.contains(parts.extension)
            || (extension_allowed(rule, parts)
                && components.clone().any(|(folder, lower)| rule.folders.fit(folder, lower)))
            || rule.roots.iter().any(|root| starts_component(parts.lower, root))
            || rule.whole.iter().any(|pattern| glob_fits(pattern, parts.path));
        fitting
            && !(rule.unless_code && self.code_extensions.contains(parts.extension))
            && !(rule.unless_documentation
                && self.doc_extensions.contains(parts.extension)
                && components.any(|(folder, lower)| self.documentation.fit(folder, lower)))
    }

    /// Tells whether one of `path`'s folders, or its own name, marks it as documentation.
    pub fn is_documentation_place(&self, path: &str) -> bool {
        let lower = path.to_ascii_lowercase();
        path.split('/').zip(lower.split('/')).any(|(part, low)| self.documentation.fit(part, low))
    }
}

struct Parts<'a> {
    path: &'a str,
    lower: &'a str,
    extension: &'a str,
}

/// Tells whether a path below one of the rule's folders has an ending that the rule asks for.
fn extension_allowed(rule: &ClassRule, parts: &Parts<'_>) -> bool {
    rule.extensions_only.is_empty() || rule.extensions_only.contains(parts.extension)
}

/// Tells whether `root` stands at the start of `path` or right after one of its slashes.
fn starts_component(path: &str, root: &str) -> bool {
    path.starts_with(root)
        || path
            .match_indices('/')
            .any(|(at, _)| path.get(at + 1..).is_some_and(|rest| rest.starts_with(root)))
}

/// Returns the ending of a file name with its dot, or nothing for `Makefile` and `.gitignore`.
pub fn extension(name: &str) -> &str {
    match name.rfind('.') {
        Some(at) if at > 0 => name.get(at..).unwrap_or_default(),
        _ => "",
    }
}

/// Remembers the classes of paths, which repeat from commit to commit.
#[derive(Debug, Default)]
pub struct ClassCache {
    known: HashMap<Box<str>, Class>,
}

/// Paths remembered before the cache starts anew, so that it stays small on any history.
const CACHED_PATHS: usize = 16_384;

impl ClassCache {
    /// Returns what [`Classes::classify`] says of `path`.
    pub fn classify(&mut self, classes: &Classes, path: &str) -> Class {
        if let Some(class) = self.known.get(path) {
            return *class;
        }
        if self.known.len() >= CACHED_PATHS {
            self.known.clear();
        }
        let class = classes.classify(path);
        self.known.insert(path.into(), class);
        class
    }
}

#[cfg(test)]
mod tests {
    use super::{Class, glob_fits};
    use crate::policy::audit::built_in;

    #[test]
    fn stars_stand_for_any_run() {
        for (pattern, text, fits) in [
            ("*.test.*", "a.test.ts", true),
            ("*.test.*", "a.tester.ts", false),
            ("test*", "test", true),
            ("*Test", "jvmTest", true),
            ("*Test", "latest", false),
            ("a*b*c", "a-b-b-c", true),
            ("plain", "plainer", false),
        ] {
            assert_eq!(glob_fits(pattern, text), fits, "{pattern} against {text}");
        }
    }

    #[test]
    fn paths_have_their_class() {
        let policy = built_in();
        for (path, class) in [
            ("src/main.rs", Class::Code),
            ("Cargo.lock", Class::Lock),
            ("crates/a/Cargo.toml", Class::Build),
            (".github/workflows/ci.yml", Class::Ci),
            ("ci/run.sh", Class::Ci),
            ("tests/cli.rs", Class::Test),
            ("src/jvmTest/A.kt", Class::Test),
            ("src/latest/a.kt", Class::Code),
            ("pkg/parser_test.go", Class::Test),
            ("src/FooTest.java", Class::Test),
            ("t/t0001-init.sh", Class::Test),
            ("docs/testing/guide.md", Class::Doc),
            ("tests/README.md", Class::Doc),
            ("tests/data/a.md", Class::Test),
            ("CHANGELOG.md", Class::Changelog),
            ("changelog.d/123.bugfix", Class::Changelog),
            ("src/history.rs", Class::Code),
            ("src/changelog/mod.rs", Class::Code),
            ("README.md", Class::Doc),
            ("LICENSE", Class::Doc),
            ("license.go", Class::Code),
            ("logo.svg", Class::Asset),
            ("vendor/github.com/a/b.go", Class::Generated),
            ("Makefile", Class::Build),
            ("configure", Class::Code),
            (".gitignore", Class::Config),
            ("config/app.yaml", Class::Data),
            ("skills/x/SKILL.md", Class::Prompt),
        ] {
            assert_eq!(policy.classes.classify(path), class, "{path}");
        }
    }
}
