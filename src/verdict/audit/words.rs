//! Which words does a text have, and which of them mean the same?

use std::borrow::Cow;

/// A set of lower-case words, looked up without allocating.
#[derive(Debug, Clone, Default)]
pub struct WordSet {
    sorted: Vec<Cow<'static, str>>,
}

impl WordSet {
    /// Returns the set of the blank-separated words of `text`.
    pub fn of(text: &'static str) -> Self {
        Self::from_words(text.split_ascii_whitespace().map(Cow::Borrowed))
    }

    /// Returns the set of the non-empty lines of `text`, each taken whole.
    pub fn of_lines(text: &'static str) -> Self {
        Self::from_words(text.lines().filter(|line| !line.is_empty()).map(Cow::Borrowed))
    }

    fn from_words(words: impl Iterator<Item = Cow<'static, str>>) -> Self {
        let mut sorted: Vec<_> = words.collect();
        sorted.sort_unstable();
        sorted.dedup();
        Self { sorted }
    }

    /// Adds `words`, put into lower case.
    pub fn extend(&mut self, words: impl IntoIterator<Item = String>) {
        self.sorted.extend(words.into_iter().map(|word| Cow::Owned(word.to_lowercase())));
        self.sorted.sort_unstable();
        self.sorted.dedup();
    }

    /// Adds the words of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.sorted.extend(other.sorted.iter().cloned());
        self.sorted.sort_unstable();
        self.sorted.dedup();
    }

    /// Tells whether the set has no words.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Tells whether `word`, in lower case, is in the set.
    pub fn contains(&self, word: &str) -> bool {
        self.sorted.binary_search_by(|known| known.as_ref().cmp(word)).is_ok()
    }

    /// Tells whether `text` begins with one of the words that are not ASCII.
    pub fn has_prefix_of(&self, text: &str) -> bool {
        self.sorted.iter().any(|word| !word.is_ascii() && text.starts_with(word.as_ref()))
    }

    /// Returns the first of `words` that is in the set.
    pub fn first_of<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        words.into_iter().find(|word| self.contains(word))
    }
}

/// Returns the forms of `word` without its English endings, longest first, `word` itself before them.
///
/// The caller takes the first form that it knows: `fixes` gives `fix`, `stopped` gives `stop`.
pub fn base_forms(word: &str) -> Vec<String> {
    let mut forms = vec![word.to_owned()];
    let mut add = |stem: Option<&str>, ending: &str| {
        forms.extend(stem.filter(|stem| stem.len() > 1).map(|stem| format!("{stem}{ending}")));
    };
    add(word.strip_suffix('s'), "");
    add(word.strip_suffix("es"), "");
    add(word.strip_suffix("ed"), "");
    add(word.strip_suffix('d').filter(|_| word.ends_with("ed")), "");
    add(word.strip_suffix("ing"), "");
    add(word.strip_suffix("ing"), "e");
    add(word.strip_suffix("ing").and_then(without_doubled_end), "");
    add(word.strip_suffix("ed").and_then(without_doubled_end), "");
    add(word.strip_suffix("ies").or_else(|| word.strip_suffix("ied")), "y");
    forms
}

/// Returns `stem` without its last letter when the last two are the same.
fn without_doubled_end(stem: &str) -> Option<&str> {
    let mut backwards = stem.chars().rev();
    let (last, before) = (backwards.next()?, backwards.next()?);
    (last == before && stem.len() > 2).then(|| stem.strip_suffix(last)).flatten()
}

/// Word endings that a stem does without, longest first.
const ENDINGS: [&str; 18] = [
    "ations", "ation", "ings", "ing", "ities", "ity", "ments", "ment", "ers", "er", "ies", "ied",
    "ed", "es", "s", "ly", "e", "al",
];

/// Returns `word` without its ending, at least three letters of it, for comparing words of a kind.
pub fn stem(word: &str) -> &str {
    ENDINGS
        .iter()
        .find_map(|ending| word.strip_suffix(ending).filter(|stem| stem.len() >= 3))
        .unwrap_or(word)
}

/// Returns the words inside `text` in lower case: runs of letters and digits, and the parts of camelCase runs.
pub fn subwords(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for run in text.split(|character: char| !character.is_ascii_alphanumeric()) {
        if run.is_empty() {
            continue;
        }
        words.push(run.to_ascii_lowercase());
        let parts = camel_parts(run);
        if parts.len() > 1 {
            words.extend(parts.into_iter().map(str::to_ascii_lowercase));
        }
    }
    words
}

/// Splits `HTTPServer2x` into `HTTP`, `Server2x`: before a capital that follows or precedes a small letter.
fn camel_parts(run: &str) -> Vec<&str> {
    let bytes = run.as_bytes();
    let mut parts = Vec::new();
    let mut start = 0;
    for (index, window) in bytes.windows(2).enumerate() {
        let [here, next] = *window else { continue };
        let boundary = if next.is_ascii_uppercase() {
            !here.is_ascii_uppercase() || bytes.get(index + 2).is_some_and(u8::is_ascii_lowercase)
        } else {
            false
        };
        if boundary {
            parts.extend(run.get(start..=index));
            start = index + 1;
        }
    }
    parts.extend(run.get(start..));
    parts
}

#[cfg(test)]
mod tests {
    use super::{WordSet, base_forms, stem, subwords};

    #[test]
    fn verbs_are_known_in_all_their_forms() {
        let verbs = WordSet::of("fix add remove rename stop copy move");
        for (written, verb) in [
            ("fixes", "fix"),
            ("fixed", "fix"),
            ("adding", "add"),
            ("removing", "remove"),
            ("renamed", "rename"),
            ("stopped", "stop"),
            ("stopping", "stop"),
            ("copied", "copy"),
            ("moves", "move"),
        ] {
            let known = base_forms(written).into_iter().find(|form| verbs.contains(form));
            assert_eq!(known.as_deref(), Some(verb), "{written} is a form of {verb}");
        }
    }

    #[test]
    fn compound_names_fall_into_words() {
        assert_eq!(subwords("HTTPServer-v2"), ["httpserver", "http", "server", "v2"]);
        assert_eq!(subwords("parse_count"), ["parse", "count"]);
        assert_eq!(subwords("parseCount"), ["parsecount", "parse", "count"]);
    }

    #[test]
    fn stems_keep_three_letters() {
        assert_eq!(stem("parsers"), "pars");
        assert_eq!(stem("parse"), "pars");
        assert_eq!(stem("use"), "use", "two letters would fit anything");
    }
}
