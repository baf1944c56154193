//! Which part of a commit's message is its subject?

/// A commit's message, decoded and taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// The commit's id in hexadecimal, abbreviated to seven digits; only a [loose](super::Policy::require_plan)
    /// reading of sub-phases looks at it.
    pub id: &'a str,
    /// The first paragraph in one line, as [`subject`] folds it.
    pub subject: &'a str,
    /// What follows the first paragraph, as [`body`] cuts it.
    pub body: &'a str,
}

/// Returns the subject of `message` as `git log --format=%s` does.
///
/// Blank lines in front are dropped, the lines of the first paragraph lose the white space at their ends and
/// are joined by single blanks. Only a line feed ends a line: U+2028, form feeds and the like are text.
#[must_use]
pub fn subject(message: &str) -> String {
    let (paragraph, _) = split(message);
    let mut folded = String::with_capacity(paragraph.len());
    for line in paragraph.split('\n') {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(line.trim_end_matches(is_space));
    }
    folded
}

/// Returns what follows the first paragraph of `message`, from its first line that is not blank.
#[must_use]
pub fn body(message: &str) -> &str {
    let (_, rest) = split(message);
    without_blank_lines(rest)
}

/// Splits `message`, blank lines in front dropped, at the first blank line.
fn split(message: &str) -> (&str, &str) {
    let message = without_blank_lines(message);
    let mut end = 0;
    for line in message.split_inclusive('\n') {
        if is_blank(line) {
            break;
        }
        end += line.len();
    }
    let (paragraph, rest) = message.split_at_checked(end).unwrap_or((message, ""));
    (paragraph.strip_suffix('\n').unwrap_or(paragraph), rest)
}

fn without_blank_lines(text: &str) -> &str {
    let blank = text.split_inclusive('\n').take_while(|line| is_blank(line));
    let length = blank.map(str::len).sum();
    text.get(length..).unwrap_or_default()
}

fn is_blank(line: &str) -> bool {
    line.chars().all(is_space)
}

/// Tells whether git takes `character` for white space: C's `isspace` without vertical tab and form feed.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

#[cfg(test)]
mod tests {
    use super::{body, subject};

    #[test]
    fn the_first_paragraph_is_the_subject() {
        for (message, want, rest) in [
            ("a\n", "a", ""),
            ("", "", ""),
            ("\n \n", "", ""),
            ("\n\na\nb  \n\n\nc\n", "a b", "c\n"),
            (" a\n  b\n", " a   b", ""),
            ("a\r\n\r\nb\r\n", "a", "b\r\n"),
            ("a\u{2028}b\u{b}c\n \t\nd", "a\u{2028}b\u{b}c", "d"),
            ("a\u{a0}\nb", "a\u{a0} b", ""),
        ] {
            assert_eq!(subject(message), want, "subject of {message:?}");
            assert_eq!(body(message), rest, "body of {message:?}");
        }
    }
}
