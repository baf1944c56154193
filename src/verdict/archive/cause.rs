//! Which cause do the words of a subject stand for? Found by the patterns of `[churn.causes]`.

/// Causes and the patterns that stand for them, from `[churn.causes]` of `dos.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Patterns(pub Vec<(String, Vec<String>)>);

impl Patterns {
    /// Returns the one cause that a pattern finds in `text`; `None` when none or several do.
    pub fn find(&self, text: &str) -> Option<&str> {
        let text = text.to_lowercase();
        let mut found = self
            .0
            .iter()
            .filter(|(_, patterns)| patterns.iter().any(|pattern| contains(&text, pattern)))
            .map(|(cause, _)| cause.as_str());
        let only = found.next();
        only.filter(|_| found.next().is_none())
    }
}

/// Tells whether `text`, in lower case, contains `pattern`, in which `*` stands for any characters.
fn contains(text: &str, pattern: &str) -> bool {
    let pattern = pattern.to_lowercase();
    let mut parts = pattern.split('*').filter(|part| !part.is_empty()).peekable();
    let mut rest = text;
    parts.peek().is_some()
        && parts.all(|part| match rest.split_once(part) {
            Some((_, after)) => {
                rest = after;
                true
            }
            None => false,
        })
}

#[cfg(test)]
mod tests {
    use super::{Patterns, contains};

    #[test]
    fn patterns_are_words_with_gaps() {
        for (text, pattern, want) in [
            ("mesh gated by soak", "soak", true),
            ("mesh gated by soak", "Mesh*SOAK", true),
            ("mesh gated by soak", "*mesh*", true),
            ("mesh gated by soak", "soak*mesh", false),
            ("mesh", "mesh*mesh", false),
            ("mesh", "", false),
            ("mesh", "*", false),
        ] {
            assert_eq!(contains(text, pattern), want, "{pattern:?} in {text:?}");
        }
    }

    #[test]
    fn two_causes_are_none() {
        let patterns = Patterns(vec![
            ("soak".to_owned(), vec!["soak".to_owned(), "gated".to_owned()]),
            ("mesh".to_owned(), vec!["mesh".to_owned()]),
        ]);
        assert_eq!(patterns.find("Soak gated"), Some("soak"), "two patterns of one cause");
        assert_eq!(patterns.find("mesh gated"), None, "two causes");
        assert_eq!(patterns.find("none"), None, "no cause");
    }
}
