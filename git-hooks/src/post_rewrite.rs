//! Which commits were replaced by which? The standard input of `post-rewrite` (githooks(5)).

use crate::{Error, ObjectName};

/// The form of a line of input.
const FORM: &str = "<old object> <new object>[ <extra>]";

/// One commit that was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// The commit as it was.
    pub old: ObjectName,
    /// The commit that stands for it now.
    pub new: ObjectName,
}

/// Parses the lines of `input`; what follows the second object of a line is for later versions of git.
pub fn parse(input: &[u8]) -> Result<Vec<Replaced>, Error> {
    crate::lines(input)
        .map(|(number, line)| replaced(line).ok_or(Error::Line { number, form: FORM }))
        .collect()
}

fn replaced(line: &[u8]) -> Option<Replaced> {
    let mut words = line.split(|byte| *byte == b' ');
    let old = ObjectName::parse(words.next()?).ok()??;
    let new = ObjectName::parse(words.next()?).ok()??;
    Some(Replaced { old, new })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn pairs_are_read_and_extras_passed_over() {
        let (a, b) = ("a".repeat(40), "b".repeat(40));
        for (input, pairs) in [
            (String::new(), 0),
            (format!("{a} {b}\n"), 1),
            (format!("{a} {b} extra words\n{b} {a}\n"), 2),
        ] {
            let replaced = parse(input.as_bytes()).unwrap();
            assert_eq!(replaced.len(), pairs, "{input:?}");
            assert!(replaced.iter().all(|pair| pair.old != pair.new), "old and new are told apart");
        }
        for (input, line) in [
            (format!("{a}\n"), 1),
            (format!("{a} {b}\n{a} x\n"), 2),
            (format!("{a} {}\n", "0".repeat(40)), 1),
        ] {
            let error = parse(input.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with(&format!("line {line} ")), "{input:?} gave {error}");
        }
    }
}
