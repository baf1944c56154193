//! What do the words `KEY#/POINTER=VALUE` claim?

use gix::error::{ErrorExt as _, Result, message};

use super::Arguments;
use crate::ops::effect::Claim;
use crate::output::HINT;
use crate::verdict::effect::change::Expectation;
use crate::verdict::effect::pointer::Pointer;

/// What is said to have become of a key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Expect {
    /// It is new or has another value.
    #[default]
    Changed,
    /// It is new.
    Inserted,
    /// It was there, and has another value.
    Updated,
    /// It was there, and is gone.
    Deleted,
    /// It is there now, changed or not.
    Present,
    /// It is not there now, or does not have the value.
    Absent,
}

impl From<Expect> for Expectation {
    fn from(expect: Expect) -> Self {
        match expect {
            Expect::Changed => Self::Changed,
            Expect::Inserted => Self::Inserted,
            Expect::Updated => Self::Updated,
            Expect::Deleted => Self::Deleted,
            Expect::Present => Self::Present,
            Expect::Absent => Self::Absent,
        }
    }
}

/// Reads what the command line claims.
pub(super) fn read(arguments: &Arguments) -> Result<Claim> {
    let text = arguments.claim.as_deref().unwrap_or_default();
    let parts = Parts {
        value: arguments.value.as_deref(),
        pointer: arguments.pointer.as_deref(),
        is_literal: arguments.literal,
    };
    let (key, pointer, value) = parts.split(text);
    let pointer = pointer.map(|pointer| {
        Pointer::parse(pointer).ok_or_else(|| {
            message!("'{pointer}' is no JSON pointer")
                .with(HINT, "write it as /a/b; ~1 is a '/' in a name, ~0 a '~'")
                .raise()
        })
    });
    Ok(Claim {
        key: key.to_owned(),
        pointer: pointer.transpose()?,
        expectation: arguments.expect.into(),
        value: value.map(str::to_owned),
    })
}

/// What options say of a claim.
struct Parts<'a> {
    value: Option<&'a str>,
    pointer: Option<&'a str>,
    is_literal: bool,
}

impl<'a> Parts<'a> {
    /// Takes `text` apart into key, pointer and value, where no option says them.
    fn split(&self, text: &'a str) -> (&'a str, Option<&'a str>, Option<&'a str>) {
        let (rest, value) = match (self.is_literal, self.value, text.split_once('=')) {
            (false, None, Some((rest, value))) => (rest, Some(value)),
            (_, value, _) => (text, value),
        };
        match (self.is_literal, self.pointer, rest.find("#/")) {
            (false, None, Some(at)) => {
                (rest.get(..at).unwrap_or_default(), rest.get(at + 1..), value)
            }
            (_, pointer, _) => (rest, pointer, value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Parts;

    #[test]
    fn a_claim_is_taken_apart() {
        let plain = Parts { value: None, pointer: None, is_literal: false };
        let valued = Parts { value: Some("v"), ..plain };
        let pointed = Parts { pointer: Some("/p"), ..plain };
        let literal = Parts { is_literal: true, ..plain };
        for (parts, text, want) in [
            (&plain, "k", ("k", None, None)),
            (&plain, "k=v", ("k", None, Some("v"))),
            (&plain, "k=", ("k", None, Some(""))),
            (&plain, "k=a=b", ("k", None, Some("a=b"))),
            (&plain, "k#/a/b", ("k", Some("/a/b"), None)),
            (&plain, "k#/a/b=v", ("k", Some("/a/b"), Some("v"))),
            (&plain, "k=http://x#/y", ("k", None, Some("http://x#/y"))),
            (&plain, "k#a", ("k#a", None, None)),
            (&valued, "k=x#/a", ("k=x", Some("/a"), Some("v"))),
            (&pointed, "k#/a=v", ("k#/a", Some("/p"), Some("v"))),
            (&literal, "k#/a=v", ("k#/a=v", None, None)),
            (&plain, "=v", ("", None, Some("v"))),
        ] {
            assert_eq!(parts.split(text), want, "{text}");
        }
    }
}
