//! Does a text have a word of the claim, however the two are written?

use crate::verdict::audit::words::{stem, subwords};

/// Returns what is looked for to find `word`: the first letters of its stem.
pub(super) fn needle(word: &str) -> String {
    let stem = stem(word);
    stem.get(..5).unwrap_or(stem).to_owned()
}

/// Writes `line` in lower case without the characters that join words in names to `compact`.
pub(super) fn compact_into(compact: &mut String, line: &str) {
    compact.clear();
    let kept = line.chars().filter(|c| !c.is_whitespace() && !"_-./".contains(*c));
    compact.extend(kept.map(|c| c.to_ascii_lowercase()));
}

/// Finds the first of `words` in `text` as the scan finds it in lines.
pub fn first_linked<'w>(words: &'w [String], text: &str) -> Option<&'w str> {
    let mut compact = String::new();
    compact_into(&mut compact, text);
    let parts = subwords(text);
    words
        .iter()
        .find(|word| {
            compact.contains(needle(word).as_str()) && (word.len() > 3 || parts.contains(word))
        })
        .map(String::as_str)
}
