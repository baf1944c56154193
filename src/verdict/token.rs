//! Which word was meant? The spelling rules that all outcome words of a dispatch loop share.

/// Returns `text` without the white space around it.
///
/// The four separators U+001C to U+001F count as white space too: the tools that write these words say so.
pub fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

fn is_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{1c}'..='\u{1f}')
}

/// Returns the one spelling of an outcome word: stripped, in upper case, aliases resolved; `None` when blank.
///
/// Words that nobody knows pass through.
pub fn normalize(raw: &str) -> Option<String> {
    let upper = strip(raw).to_uppercase();
    match strip(&upper) {
        "" => None,
        "WEDGE" => Some("BLOCKED".to_owned()),
        "WEDGED" => Some("BLOCKED-OUTCOME".to_owned()),
        word => Some(word.to_owned()),
    }
}

/// Tells whether `text` can stand as a cause in a subject and in a trailer.
///
/// A cause has 1 to 64 characters of `a-z`, `0-9`, `_`, `.` and `-`, and begins with a letter or a digit.
pub fn is_cause(text: &str) -> bool {
    let plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.first().is_some_and(plain)
        && bytes.len() <= 64
        && bytes.iter().all(|byte| plain(byte) || b"_.-".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::{is_cause, normalize, strip};

    #[test]
    fn words_have_one_spelling() {
        for (raw, want) in [
            ("", None),
            (" \u{a0}\u{1c}", None),
            (" wedge ", Some("BLOCKED")),
            ("Wedged", Some("BLOCKED-OUTCOME")),
            ("stale-stamp", Some("STALE-STAMP")),
            ("stale_stamp", Some("STALE_STAMP")),
            ("rate limited", Some("RATE LIMITED")),
        ] {
            assert_eq!(normalize(raw).as_deref(), want, "the spelling of {raw:?}");
        }
        assert_eq!(strip("\u{1f}a\u{1d}b\u{2003}"), "a\u{1d}b", "only the ends are stripped");
    }

    #[test]
    fn a_cause_fits_between_brackets() {
        let longest = "x".repeat(64);
        for good in ["a", "0", "operator_decision", "a.b-c_9", &longest] {
            assert!(is_cause(good), "{good:?} is a cause");
        }
        let too_long = "x".repeat(65);
        for bad in ["", "_a", ".a", "A", "a b", "a]", "a;b", "a\n", "é", &too_long] {
            assert!(!is_cause(bad), "{bad:?} is no cause");
        }
    }
}
