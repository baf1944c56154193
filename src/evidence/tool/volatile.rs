//! Which parts of a tool's result change from one call to the next without meaning anything?
//!
//! Times, durations, process ids, addresses, names of temporary files, and the codes that colour a terminal.

use std::borrow::Cow;

use super::scan::Scan;
use crate::evidence::json::canonical::Blank;

/// What stands for a part that is left out.
pub(super) const MARK: &str = "~";

/// Members of an object whose values only tell of the moment: letters and digits of their names in lower case.
const MEMBERS: [&str; 24] = [
    "created",
    "date",
    "duration",
    "durationms",
    "durationseconds",
    "elapsed",
    "elapsedms",
    "elapsedseconds",
    "endedat",
    "endtime",
    "finishedat",
    "mtime",
    "pid",
    "ppid",
    "processid",
    "runtimems",
    "startedat",
    "starttime",
    "time",
    "timestamp",
    "took",
    "totaldurationms",
    "ts",
    "walltimeseconds",
];

/// A pattern of a user's for what is left out as well.
#[derive(Debug, Clone)]
pub struct Pattern(regex_lite::Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for Pattern {}

impl Pattern {
    /// The most bytes of a pattern's program.
    const LIMIT: usize = 256 * 1024;

    /// Reads a regular expression; the error says what is wrong with it.
    pub fn new(text: &str) -> Result<Self, String> {
        let built = regex_lite::RegexBuilder::new(text).size_limit(Self::LIMIT).build();
        built.map(Self).map_err(|error| format!("{text:?} is no regular expression: {error}"))
    }
}

/// Leaves out what is volatile: what is known to be everywhere, and what a user's patterns find.
#[derive(Debug, Clone, Copy)]
pub struct Volatile<'policy>(pub &'policy [Pattern]);

impl Volatile<'_> {
    /// The most bytes that a user's patterns are looked for in: they read at some megabytes a second.
    const SEARCHED: usize = 256 * 1024;
}

impl Blank for Volatile<'_> {
    fn text<'text>(&self, text: &'text str) -> Cow<'text, str> {
        let mut blanked = Scan::of(text);
        for Pattern(regex) in self.0 {
            if blanked.len() > Self::SEARCHED {
                break;
            }
            if let Cow::Owned(shorter) = regex.replace_all(&blanked, MARK) {
                blanked = Cow::Owned(shorter);
            }
        }
        blanked
    }

    fn is_blank(&self, name: &str) -> bool {
        // Longer names are none of these, whatever they hold.
        if name.len() > 32 {
            return false;
        }
        let plain = name.chars().filter(char::is_ascii_alphanumeric);
        let plain: String = plain.map(|letter| letter.to_ascii_lowercase()).collect();
        MEMBERS.binary_search(&plain.as_str()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{MEMBERS, Pattern, Volatile};
    use crate::evidence::json::canonical::Blank as _;

    #[test]
    fn members_are_sorted_and_found() {
        assert!(MEMBERS.is_sorted(), "they are searched by halves");
        let volatile = Volatile(&[]);
        for name in ["duration_ms", "durationMs", "PID", "started-at", "timestamp"] {
            assert!(volatile.is_blank(name), "{name}");
        }
        for name in ["", "stdout", "times", "id", "content"] {
            assert!(!volatile.is_blank(name), "{name}");
        }
    }

    #[test]
    fn patterns_of_a_user_come_on_top() {
        let patterns = [Pattern::new("request [0-9a-f]+").unwrap()];
        let blank = |text: &str| Volatile(&patterns).text(text).into_owned();
        assert_eq!(blank("request 7fa, 3 ms"), "~, ~");
        assert_eq!(blank("nothing"), "nothing");
        for wrong in ["(", "a{9999999}", "[z-a]"] {
            assert!(Pattern::new(wrong).unwrap_err().contains("no regular expression"), "{wrong}");
        }
        let long = "request 7fa ".repeat(40_000);
        assert_eq!(blank(&long), long, "too long for them");
    }
}
