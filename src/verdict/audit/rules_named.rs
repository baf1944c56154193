//! The rules about names that a claim mentions, files, new names, quoted names, and about changes of one kind alone.

use super::claim::{Action, Kind};
use super::paths::Class;
use super::policy::Rule;
use super::rules::{Case, claim_words, finding};
use super::scan::Facts;
use super::words::stem;
use super::{ChangeKind, Finding};

/// Verbs that act on the file that follows them.
const ACTIVE: [&str; 18] = [
    "add",
    "remove",
    "delete",
    "drop",
    "fix",
    "update",
    "rename",
    "move",
    "consolidate",
    "split",
    "rewrite",
    "refactor",
    "extract",
    "create",
    "edit",
    "merge",
    "replace",
    "regenerate",
];

/// Endings that make a word the name of a file.
const FILE_ENDINGS: [&str; 31] = [
    "rs", "py", "js", "ts", "tsx", "jsx", "go", "rb", "c", "h", "cc", "cpp", "java", "kt", "sh",
    "toml", "json", "yaml", "yml", "md", "rst", "txt", "lock", "cfg", "ini", "html", "css", "vue",
    "sql", "mjs", "cjs",
];

impl Case<'_> {
    /// Judges a claim that something is added to the build service against the files that configure it.
    pub(super) fn ci_missing(&self) -> Option<Finding> {
        let words = &self.claim.words;
        let to_ci = words.windows(2).any(|pair| {
            matches!(pair, [to, ci] if ["to", "in", "on"].contains(&to.as_str()) && ci == "ci")
        });
        let missing = self.claim.action == Some(Action::Add)
            && to_ci
            && !self.outline.has(&[Class::Ci, Class::Build, Class::Config, Class::Data]);
        missing.then(|| self.find(Rule::CiMissing, self.paths(&[]))).flatten()
    }

    /// Judges changes of one class alone that cannot be the behaviour claimed.
    pub(super) fn other_only(&self, facts: &Facts) -> Option<Finding> {
        let (claim, words) = (self.claim, &self.policy.words);
        let any = matches!(claim.kind, Some(Kind::Any | Kind::Dependency | Kind::Ci));
        let scope_linked = || {
            self.changes.iter().any(|change| {
                super::scan::first_linked(&self.content_words(), &change.path).is_some()
            })
        };
        let modes = !self.changes.is_empty()
            && self.changes.iter().all(|change| change.kind == ChangeKind::ModeOnly);
        let rule = if modes && !any && !self.has_word(&words.modes) {
            Rule::ModeOnly
        } else if self.outline.only(&[Class::Asset])
            && !self.has_word(&words.assets)
            && !scope_linked()
        {
            Rule::AssetOnly
        } else if self.outline.only(&[Class::Lock])
            && !any
            && !self.has_word(&words.dependency)
            && facts.names.is_empty()
        {
            Rule::LockOnly
        } else if self.outline.only(&[Class::Test])
            && super::rules::BEHAVIOUR_TYPES
                .contains(&claim.type_name.as_deref().unwrap_or_default())
            && !self.has_word(&words.test_cues)
            && !super::words::subwords(&claim.scope)
                .iter()
                .any(|word| words.test_cues.contains(word))
        {
            Rule::TestOnly
        } else {
            return None;
        };
        self.find(rule, self.paths(&[]))
    }

    /// Returns the texts, in lower case, whose presence in the change the rules about names ask for.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.missing_files().iter().map(|file| base_name(file)).collect();
        names.extend(self.new_name_parts());
        names.extend(self.span_parts());
        if self.outline.only(&[Class::Lock]) {
            names.extend(self.content_words());
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Returns the files that a verb of the claim acts on and that no path of the change resembles.
    fn missing_files(&self) -> Vec<String> {
        let words: Vec<&str> = self.claim.description.split_whitespace().collect();
        let mut missing = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let file = word
                .trim_matches(|c: char| !c.is_alphanumeric() && c != '_' && c != '.')
                .trim_end_matches('.');
            let lower = file.to_lowercase();
            let before = words.get(..at).unwrap_or_default();
            let before = before
                .last()
                .filter(|word| !word.eq_ignore_ascii_case("the"))
                .or_else(|| before.iter().nth_back(1));
            let acted_on = before.is_some_and(|verb| {
                let forms = super::words::base_forms(&verb.to_lowercase());
                forms.iter().any(|form| ACTIVE.contains(&form.as_str()))
            });
            if acted_on && self.is_file_name(&lower) && !self.touches(&lower) {
                missing.push(lower);
            }
        }
        missing
    }

    fn is_file_name(&self, lower: &str) -> bool {
        let name = lower.rsplit('/').next().unwrap_or(lower);
        let ending =
            name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, ending)| ending);
        ending.is_some_and(|ending| FILE_ENDINGS.contains(&ending))
            && !lower.contains("://")
            && !self.policy.words.products.contains(name)
            && !self.policy.words.common_files.contains(name)
    }

    fn touches(&self, file: &str) -> bool {
        let plain =
            |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        let stem_of = |path: &str| {
            let name = path.rsplit('/').next().unwrap_or(path);
            plain(name.rsplit_once('.').map_or(name, |(stem, _)| stem))
        };
        let wanted = stem_of(file);
        let near = |path: &str| {
            let known = stem_of(&path.to_lowercase());
            !wanted.is_empty()
                && (known.contains(&wanted) || (known.len() > 3 && wanted.contains(&known)))
        };
        self.changes
            .iter()
            .any(|change| near(&change.path) || change.previous_path.as_deref().is_some_and(near))
    }

    pub(super) fn named_file(&self, facts: &Facts) -> Option<Finding> {
        let mut missing = self.missing_files();
        missing.retain(|file| !facts.names.contains(&base_name(file)));
        let mut words = claim_words(self.claim);
        words.append(&mut missing);
        let named = words.len() > claim_words(self.claim).len();
        named.then(|| finding(self.policy, Rule::NamedFile, words, self.paths(&[]))).flatten()
    }

    /// Returns the parts of the new name in `rename A to B`, in lower case.
    fn new_name_parts(&self) -> Vec<String> {
        if self.claim.action != Some(Action::Rename) {
            return Vec::new();
        }
        let mut words = self.claim.description.split_whitespace();
        let to = words
            .find(|word| {
                ["to", "->", "=>", "\u{2192}", "\u{4e3a}", "as", "into"]
                    .contains(&word.to_lowercase().as_str())
            })
            .and_then(|_| words.next())
            .unwrap_or_default();
        // "To avoid confusion" names nothing: a new name ends the claim or looks like one.
        let looks_like_name =
            to.contains(|c: char| c.is_ascii_uppercase() || "_.:/`\"'-".contains(c));
        if to.contains('*') || !(looks_like_name || words.next().is_none()) {
            return Vec::new();
        }
        let to = to.to_lowercase();
        to.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '-')
            .filter(|part| part.len() > 1)
            .map(str::to_owned)
            .collect()
    }

    pub(super) fn rename_none(&self, facts: &Facts) -> Option<Finding> {
        let parts = self.new_name_parts();
        let in_path = |part: &String| {
            self.changes.iter().any(|change| change.path.to_lowercase().contains(part.as_str()))
        };
        let absent = !parts.is_empty()
            && facts.unread.is_empty()
            && !parts.iter().any(|part| facts.names.contains(part) || in_path(part));
        let words = claim_words(self.claim).into_iter().chain(parts).collect();
        absent.then(|| finding(self.policy, Rule::RenameNone, words, self.paths(&[]))).flatten()
    }

    /// Returns the stems of the words in backticks, when there are any.
    fn span_parts(&self) -> Vec<String> {
        let words = self
            .claim
            .spans
            .iter()
            .flat_map(|span| span.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
        words
            .filter(|word| {
                word.len() > 2 && word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            })
            .map(|word| stem(&word.to_ascii_lowercase()).to_owned())
            .collect()
    }

    pub(super) fn span_absent(&self, facts: &Facts) -> Option<Finding> {
        let parts = self.span_parts();
        let content = self.content_words();
        let in_path = |change: &super::Change| {
            let path = change.path.to_lowercase();
            parts.iter().any(|part| path.contains(part.as_str()))
                || super::scan::first_linked(&content, &change.path).is_some()
        };
        let absent = !parts.is_empty()
            && facts.unread.is_empty()
            && facts.link.is_none()
            && !self.claim.foreign
            && !parts.iter().any(|part| facts.names.contains(part))
            && !self.changes.iter().any(in_path);
        absent.then(|| finding(self.policy, Rule::SpanAbsent, parts, self.paths(&[]))).flatten()
    }
}

fn base_name(file: &str) -> String {
    file.rsplit('/').next().unwrap_or(file).to_owned()
}
