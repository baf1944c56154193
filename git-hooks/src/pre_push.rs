//! Which refs does this push change? The standard input of `pre-push` (githooks(5)).

use crate::{Error, ObjectName};

/// The form of a line of input.
const FORM: &str = "<local ref> <local object> <remote ref> <remote object>";

/// One ref that the push would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// What the user named as the source: a ref, or an expression such as `HEAD^{/fix it}`.
    pub local_ref: Vec<u8>,
    /// The object that is sent; `None` when the remote ref is deleted.
    pub local: Option<ObjectName>,
    /// The ref on the remote.
    pub remote_ref: Vec<u8>,
    /// What the remote ref holds now; `None` when it does not exist there.
    pub remote: Option<ObjectName>,
}

/// Parses the lines of `input`; none of them when everything is up to date.
pub fn parse(input: &[u8]) -> Result<Vec<Update>, Error> {
    crate::lines(input)
        .map(|(number, line)| update(line).ok_or(Error::Line { number, form: FORM }))
        .collect()
}

/// Parses one line from its end: only the local ref may hold spaces.
fn update(line: &[u8]) -> Option<Update> {
    let mut words = line.rsplitn(4, |byte| *byte == b' ');
    let remote = ObjectName::parse(words.next()?).ok()?;
    let remote_ref = words.next()?.to_owned();
    let local = ObjectName::parse(words.next()?).ok()?;
    let local_ref = words.next()?.to_owned();
    Some(Update { local_ref, local, remote_ref, remote })
}

#[cfg(test)]
mod tests {
    use super::parse;

    /// Renders what was parsed as `local ref|local|remote ref|remote`, with `-` for no object.
    fn shown(input: &str) -> Result<Vec<String>, String> {
        let digit = |name: Option<crate::ObjectName>| {
            name.and_then(|name| name.as_str().chars().next()).unwrap_or('-')
        };
        let updates = parse(input.as_bytes()).map_err(|error| error.to_string())?;
        Ok(updates
            .into_iter()
            .map(|update| {
                let (local_ref, remote_ref) = (update.local_ref, update.remote_ref);
                format!(
                    "{}|{}|{}|{}",
                    String::from_utf8(local_ref).unwrap(),
                    digit(update.local),
                    String::from_utf8(remote_ref).unwrap(),
                    digit(update.remote)
                )
            })
            .collect())
    }

    #[test]
    fn the_forms_that_git_writes() {
        let (a, b, zero) = ("a".repeat(40), "b".repeat(40), "0".repeat(40));
        for (input, want) in [
            (String::new(), vec![]),
            (format!("refs/heads/x {a} refs/heads/y {b}\n"), vec!["refs/heads/x|a|refs/heads/y|b"]),
            (format!("HEAD {a} refs/heads/y {zero}\n"), vec!["HEAD|a|refs/heads/y|-"]),
            (format!("(delete) {zero} refs/heads/y {b}\n"), vec!["(delete)|-|refs/heads/y|b"]),
            (
                format!("HEAD^{{/fix it}} {a} refs/tags/t {zero}\n"),
                vec!["HEAD^{/fix it}|a|refs/tags/t|-"],
            ),
            (
                format!("x {a} refs/heads/x {zero}\ny {b} refs/heads/y {a}"),
                vec!["x|a|refs/heads/x|-", "y|b|refs/heads/y|a"],
            ),
        ] {
            let want: Vec<String> = want.into_iter().map(str::to_owned).collect();
            assert_eq!(shown(&input), Ok(want), "{input:?}");
        }
    }

    #[test]
    fn another_form_is_named_with_its_line() {
        let a = "a".repeat(40);
        for (input, line) in [
            ("word\n".to_owned(), 1),
            (format!("x {a} refs/heads/x\n"), 1),
            (format!("x {a} refs/heads/x {a}\n\nx {a} refs/heads/x abc\n"), 3),
            (format!("x HEAD refs/heads/x {a}\n"), 1),
        ] {
            let error = shown(&input).unwrap_err();
            assert!(error.starts_with(&format!("line {line} ")), "{input:?} gave {error}");
        }
    }
}
