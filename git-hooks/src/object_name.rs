//! Is this word the full name of an object?

use std::fmt;

/// The full name of an object: 40 or 64 lower-case hexadecimal digits that are not all zero.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectName(String);

impl ObjectName {
    /// Parses `word` as git writes object names to hooks.
    ///
    /// `Ok(None)` is the all-zero name, which stands for "no object"; `Err` returns a word that is no name.
    pub fn parse(word: &[u8]) -> Result<Option<Self>, &[u8]> {
        let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let text = std::str::from_utf8(word).map_err(|_| word)?;
        if !matches!(word.len(), 40 | 64) || !word.iter().all(is_digit) {
            return Err(word);
        }
        Ok(word.iter().any(|byte| *byte != b'0').then(|| Self(text.to_owned())))
    }

    /// Returns the hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::ObjectName;

    #[test]
    fn only_full_names_are_names() {
        for (word, want) in [
            ("a".repeat(40), Ok(Some("a".repeat(40)))),
            ("9".repeat(64), Ok(Some("9".repeat(64)))),
            ("0".repeat(40), Ok(None)),
            ("0".repeat(64), Ok(None)),
            ("a".repeat(39), Err(())),
            ("a".repeat(41), Err(())),
            ("A".repeat(40), Err(())),
            ("g".repeat(40), Err(())),
            (String::new(), Err(())),
        ] {
            let got = ObjectName::parse(word.as_bytes())
                .map(|name| name.map(|name| name.to_string()))
                .map_err(|_| ());
            assert_eq!(got, want, "{word:?}");
        }
    }
}
