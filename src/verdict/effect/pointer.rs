//! Which part of a value is meant? JSON Pointer, <https://www.rfc-editor.org/rfc/rfc6901>.

use super::value::Value;

/// A path into a JSON value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pointer {
    text: String,
    parts: Vec<String>,
}

impl Pointer {
    /// Reads a pointer: nothing, or parts that each begin with `/`; `None` when `text` is none.
    pub fn parse(text: &str) -> Option<Self> {
        let Some(parts) = text.strip_prefix('/') else {
            return text.is_empty().then(Self::default);
        };
        let parts = parts.split('/').map(unescape).collect::<Option<_>>()?;
        Some(Self { text: text.to_owned(), parts })
    }

    /// Returns the pointer as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the part of `value` that is meant; `None` when there is no such part.
    pub fn find<'value>(&self, value: &'value Value) -> Option<&'value Value> {
        self.parts.iter().try_fold(value, |value, part| match value {
            Value::Object(members) => members.get(part),
            Value::List(items) => items.get(index(part)?),
            Value::Null | Value::Boolean(_) | Value::Number(_) | Value::Text(_) => None,
        })
    }
}

/// Reads `~0` as `~` and `~1` as `/`; `None` for any other `~`.
fn unescape(part: &str) -> Option<String> {
    let mut text = String::new();
    let mut characters = part.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            '~' => match characters.next()? {
                '0' => '~',
                '1' => '/',
                _ => return None,
            },
            other => other,
        });
    }
    Some(text)
}

/// Reads the position of an item: digits without a leading zero.
fn index(part: &str) -> Option<usize> {
    let is_plain = part == "0" || !part.starts_with('0');
    let digits = part.bytes().all(|byte| byte.is_ascii_digit());
    (is_plain && digits).then(|| part.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Pointer;
    use crate::verdict::effect::value::Value;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn the_parts_of_a_value_are_found() {
        // The document of RFC 6901, section 5, as far as it matters.
        let list = Value::List(vec![text("bar"), text("baz")]);
        let members =
            [("foo", list.clone()), ("", text("0")), ("a/b", text("1")), ("m~n", text("8"))];
        let members = members.map(|(key, value)| (key.to_owned(), value));
        let document = Value::Object(BTreeMap::from(members));
        for (pointer, want) in [
            ("", Some(&document)),
            ("/foo", Some(&list)),
            ("/foo/0", Some(&text("bar"))),
            ("/foo/1", Some(&text("baz"))),
            ("/", Some(&text("0"))),
            ("/a~1b", Some(&text("1"))),
            ("/m~0n", Some(&text("8"))),
            ("/foo/2", None),
            ("/foo/01", None),
            ("/foo/-", None),
            ("/foo/", None),
            ("/foo/+1", None),
            ("/foo/99999999999999999999999", None),
            ("/foo/0/x", None),
            ("/bar", None),
        ] {
            let found = Pointer::parse(pointer).unwrap();
            assert_eq!(found.find(&document), want, "{pointer:?}");
        }
    }

    #[test]
    fn what_is_no_pointer_is_refused() {
        for text in ["foo", "a/b", "/a~", "/a~2", "#/a", " /a"] {
            assert_eq!(Pointer::parse(text), None, "{text:?}");
        }
    }
}
