//! Which files does a line of a plan name?

use std::collections::BTreeSet;

use super::Policy;
use super::id::{folded, skip_marks};

/// A file that a plan names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The path from the top of the worktree.
    pub path: String,
    /// How much it tells that this file was touched.
    pub weight: Weight,
}

/// How much a file tells of the phase that names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The file is the phase's own.
    Distinctive,
    /// Many phases touch it.
    Hub,
}

/// Names of files that every other change touches.
pub(super) const HUBS: &[&str] = &[
    "__init__.py",
    "cli.py",
    "config.py",
    "conftest.py",
    "constants.py",
    "models.py",
    "settings.py",
    "utils.py",
    "index.js",
    "index.ts",
    "lib.rs",
    "main.go",
    "main.rs",
    "mod.rs",
];

/// Endings of files that are no work by themselves: archives, programs, pictures.
const DROPPED: [&str; 27] = [
    "zip", "tar", "gz", "tgz", "bz2", "xz", "7z", "rar", "jar", "whl", "exe", "dll", "so", "dylib",
    "bin", "png", "jpg", "jpeg", "gif", "bmp", "ico", "svg", "webp", "pdf", "mp3", "mp4", "mov",
];

/// More characters than these are in no path that a person writes.
const LENGTH: usize = 300;

/// More files than these are named by no phase.
const COUNT: usize = 1000;

/// How a line speaks of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// It lists them: files at the top count too.
    List,
    /// It may name some.
    Prose,
}

/// Files, each once, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Files {
    seen: BTreeSet<String>,
    files: Vec<File>,
}

impl Files {
    /// Adds the files that `line` names.
    pub(super) fn add(&mut self, line: &str, manner: Manner, policy: &Policy) {
        for path in named(line, manner, &policy.code_dirs) {
            if self.files.len() < COUNT && self.seen.insert(path.clone()) {
                let weight = weight(&path, policy);
                self.files.push(File { path, weight });
            }
        }
    }

    /// Returns the files.
    pub(super) fn into_files(self) -> Vec<File> {
        self.files
    }

    /// Tells whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// Returns what follows a label such as `**Files:**` or `Files to modify:` at the start of `line`.
pub(super) fn listed(line: &str) -> Option<&str> {
    let line = skip_marks(line);
    let (label, rest) = line.split_once(':')?;
    let label = folded(label.trim_matches(['*', '_', ' ']));
    let words: Vec<&str> =
        label.split([' ', '/', '(', ')']).filter(|word| !word.is_empty()).collect();
    let is_label = words.len() <= 4 && !label.contains('.');
    (is_label && words.iter().any(|word| matches!(*word, "file" | "files"))).then_some(rest)
}

fn weight(path: &str, policy: &Policy) -> Weight {
    let name = folded(path.rsplit('/').next().unwrap_or(path));
    let is_diagram = path.starts_with("docs/")
        && name.rsplit_once('.').is_some_and(|(_, ending)| ending == "mmd");
    if is_diagram || policy.hubs.iter().any(|hub| folded(hub) == name) {
        return Weight::Hub;
    }
    Weight::Distinctive
}

/// Returns the paths in `line`: whole pieces of code, and words of prose.
fn named(line: &str, manner: Manner, folders: &[String]) -> Vec<String> {
    let mut paths = Vec::new();
    let pieces: Vec<&str> = line.split('`').collect();
    let closed = pieces.len() - usize::from(pieces.len().is_multiple_of(2));
    for (place, piece) in pieces.iter().enumerate() {
        let is_code = place % 2 == 1 && place < closed;
        let whole = is_code.then(|| path(without_place(piece), manner, folders)).flatten();
        match whole {
            Some(path) => paths.push(path),
            None => paths.extend(words(piece).filter_map(|word| path(word, manner, folders))),
        }
    }
    paths
}

/// Returns the words of `text` that may be paths.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|next: char| !is_part(next)).filter(|word| word.contains(['/', '.']))
}

fn is_part(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '.' | '-' | '/' | '@' | '+' | '~')
}

/// Returns `text` without the lines that may be told behind a path: `:12-34`, `#L5`.
fn without_place(text: &str) -> &str {
    let text = text.trim();
    let end = text.find([':', '#']).unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}

/// Returns the path that `word` is, if it is one.
fn path(word: &str, manner: Manner, folders: &[String]) -> Option<String> {
    let mut word = word.trim_end_matches('.');
    while let Some(rest) = word.strip_prefix("../").or_else(|| word.strip_prefix("./")) {
        word = rest;
    }
    let is_plain = |next: char| is_part(next) || matches!(next, '[' | ']' | '(' | ')' | '$');
    let parts: Vec<&str> = word.split('/').collect();
    let (first, last) = (*parts.first()?, *parts.last()?);
    let is_path = word.len() <= LENGTH
        && word.chars().all(is_plain)
        && parts.iter().all(|part| !matches!(*part, "" | "." | ".."))
        && (is_folder(first) || parts.len() == 1)
        && (parts.len() > 1 || manner == Manner::List)
        && has_ending(last);
    let is_inside = folders.is_empty()
        || (parts.len() > 1 && folders.iter().any(|folder| folder.trim_end_matches('/') == first));
    (is_path && is_inside).then(|| word.to_owned())
}

/// Tells whether a path may begin with this folder: no name of a host, no version, no home.
fn is_folder(name: &str) -> bool {
    let rest = name.strip_prefix('.').unwrap_or(name);
    let begins = rest.chars().next().is_some_and(|first| first.is_alphanumeric() || first == '_');
    (begins || rest.starts_with(['[', '('])) && !rest.contains(['.', '~', '@'])
}

/// Tells whether a file's name ends as those of work do.
fn has_ending(name: &str) -> bool {
    let Some((stem, ending)) = name.rsplit_once('.') else { return false };
    let begins = ending.chars().next().is_some_and(char::is_alphabetic);
    let is_short = ending.len() <= 12 && ending.chars().all(char::is_alphanumeric);
    let is_word = stem.len() > 1 || ending.len() > 1;
    begins && is_short && is_word && !DROPPED.contains(&folded(ending).as_str())
}
