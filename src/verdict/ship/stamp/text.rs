//! When do two texts say the same? Case is folded, character by character.

/// A text in one case. Places in it are counted in characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Text(Vec<char>);

impl Text {
    /// Folds `text`.
    pub(super) fn new(text: &str) -> Self {
        Self(text.chars().map(fold).collect())
    }

    /// Returns the number of characters.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the characters.
    pub(super) fn chars(&self) -> &[char] {
        &self.0
    }

    /// Returns the character at `place`.
    pub(super) fn at(&self, place: usize) -> Option<char> {
        self.0.get(place).copied()
    }

    /// Returns the character in front of `place`.
    pub(super) fn before(&self, place: usize) -> Option<char> {
        self.at(place.checked_sub(1)?)
    }

    /// Returns the end of `other` when it stands at `place`.
    pub(super) fn follows(&self, place: usize, other: &Self) -> Option<usize> {
        self.0.get(place..)?.starts_with(&other.0).then(|| place + other.len())
    }

    /// Returns the end of `word`, which is in lower case, when it stands at `place`.
    pub(super) fn says(&self, place: usize, word: &str) -> Option<usize> {
        let mut end = place;
        for character in word.chars() {
            if self.at(end) != Some(character) {
                return None;
            }
            end += 1;
        }
        Some(end)
    }

    /// Returns the place behind all characters from `place` on that are `wanted`.
    pub(super) fn skip(&self, place: usize, wanted: fn(char) -> bool) -> usize {
        let rest = self.0.get(place..).unwrap_or_default();
        place + rest.iter().take_while(|&&character| wanted(character)).count()
    }

    /// Returns the place behind white space from `place` on, when there is some.
    pub(super) fn blanks(&self, place: usize) -> Option<usize> {
        let end = self.skip(place, is_blank);
        (end > place).then_some(end)
    }

    /// Returns the text from `from` to `to`.
    pub(super) fn slice(&self, from: usize, to: usize) -> &[char] {
        self.0.get(from..to).unwrap_or_default()
    }

    /// Returns the characters from `from` to `to` as a string.
    pub(super) fn string(&self, from: usize, to: usize) -> String {
        self.slice(from, to).iter().collect()
    }
}

/// Folds the case of one character to one character.
pub(super) fn fold(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    let lower = character.to_lowercase().next().unwrap_or(character);
    match lower {
        '\u{131}' => 'i',
        'ſ' => 's',
        'ς' => 'σ',
        'µ' => 'μ',
        'ϐ' => 'β',
        'ϑ' => 'θ',
        'ϕ' => 'φ',
        'ϖ' => 'π',
        'ϰ' => 'κ',
        'ϱ' => 'ρ',
        'ϵ' => 'ε',
        'ẛ' => 'ṡ',
        '\u{345}' | '\u{1fbe}' => 'ι',
        other => other,
    }
}

/// Returns `text` in one case.
pub(in super::super) fn folded(text: &str) -> String {
    text.chars().map(fold).collect()
}

/// Tells whether `character` is white space.
pub(super) fn is_blank(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{1c}'..='\u{1f}')
}

/// Tells whether `character` is part of a word, whatever its script.
pub(super) fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || is_mark(character)
}

/// Tells whether `character` changes the letter in front of it.
fn is_mark(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' | '\u{200c}' | '\u{200d}')
}
