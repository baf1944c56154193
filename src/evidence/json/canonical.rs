//! Which bytes stand for a JSON value, however it was written? The same for every way of writing it.
//!
//! They are those of `json.dumps(value, sort_keys=True, ensure_ascii=False)` of Python 3.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Text, Value, is_float};

/// What is left out of the bytes of a value.
pub trait Blank {
    /// Returns `text` without what is to be left out.
    fn text<'text>(&self, text: &'text str) -> Cow<'text, str>;
    /// Tells whether the member called `name` is left out.
    fn is_blank(&self, name: &str) -> bool;
}

/// Leaves nothing out.
#[derive(Debug, Clone, Copy)]
pub struct Whole;

impl Blank for Whole {
    fn text<'text>(&self, text: &'text str) -> Cow<'text, str> {
        Cow::Borrowed(text)
    }

    fn is_blank(&self, _: &str) -> bool {
        false
    }
}

/// Returns the bytes of `value`, as [`write()`] hands them over.
pub fn bytes(value: &Value<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(value, &Whole, &mut |part| bytes.extend_from_slice(part));
    bytes
}

/// Hands the bytes of `value` without what is `blank` to `sink`, piece by piece.
pub fn write(value: &Value<'_>, blank: &dyn Blank, sink: &mut dyn FnMut(&[u8])) {
    match value {
        Value::Null => sink(b"null"),
        Value::Bool(true) => sink(b"true"),
        Value::Bool(false) => sink(b"false"),
        Value::Number(number) => sink(rendered(number).as_bytes()),
        Value::Text(text) => write_text(text, blank, sink),
        Value::List(entries) => {
            sink(b"[");
            for (index, entry) in entries.iter().enumerate() {
                if index > 0 {
                    sink(b", ");
                }
                write(entry, blank, sink);
            }
            sink(b"]");
        }
        Value::Object(members) => write_members(members, blank, sink),
    }
}

/// Writes members in the order of their names; of those with the same name, the last.
fn write_members(
    members: &[(Text<'_>, Value<'_>)],
    blank: &dyn Blank,
    sink: &mut dyn FnMut(&[u8]),
) {
    let sorted: BTreeMap<_, _> =
        members.iter().map(|(key, value)| (key.decoded(), (key, value))).collect();
    sink(b"{");
    for (index, (key, value)) in sorted.values().enumerate() {
        if index > 0 {
            sink(b", ");
        }
        write_text(key, &Whole, sink);
        sink(b": ");
        if blank.is_blank(&key.said()) {
            sink(b"~");
        } else {
            write(value, blank, sink);
        }
    }
    sink(b"}");
}

fn write_text(text: &Text<'_>, blank: &dyn Blank, sink: &mut dyn FnMut(&[u8])) {
    let said = text.said();
    let said = blank.text(&said);
    sink(b"\"");
    let mut rest = said.as_bytes();
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)) {
        let Some((before, [byte, after @ ..])) = rest.split_at_checked(at) else { break };
        sink(before);
        match byte {
            b'"' => sink(b"\\\""),
            b'\\' => sink(b"\\\\"),
            b'\n' => sink(b"\\n"),
            b'\r' => sink(b"\\r"),
            b'\t' => sink(b"\\t"),
            0x08 => sink(b"\\b"),
            0x0c => sink(b"\\f"),
            control => sink(format!("\\u{control:04x}").as_bytes()),
        }
        rest = after;
    }
    sink(rest);
    sink(b"\"");
}

/// Returns the one way of writing the value of `number`.
fn rendered(number: &str) -> Cow<'_, str> {
    if !is_float(number) {
        return Cow::Borrowed(if number == "-0" { "0" } else { number });
    }
    let value: f64 = number.parse().unwrap_or(f64::NAN);
    if value.is_infinite() {
        return Cow::Borrowed(if value > 0.0 { "Infinity" } else { "-Infinity" });
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..16).contains(&exponent) {
        let fixed = value.to_string();
        return Cow::Owned(if fixed.contains('.') { fixed } else { fixed + ".0" });
    }
    Cow::Owned(format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs()))
}

#[cfg(test)]
mod tests {
    use super::bytes;
    use crate::evidence::json::parse;

    #[test]
    fn every_way_of_writing_a_value_has_the_same_bytes() {
        for (text, want) in [
            (r#" { "b" : [ ] , "a" : { } } "#, r#"{"a": {}, "b": []}"#),
            (r#"{"b":1,"a":2,"b":3}"#, r#"{"a": 2, "b": 3}"#),
            (r#""\u00e9\/\u2028\u007f""#, "\"\u{e9}/\u{2028}\u{7f}\""),
            (r#""\u0000\u001F\b\"\\""#, r#""\u0000\u001f\b\"\\""#),
            (r#""\ud800x""#, r#""?x""#),
            // Half of a pair is sorted as the character that it is half of, before what comes after it.
            (
                r#"{"\uffff":1,"\ud83d\ude80":2,"\ud800":3}"#,
                "{\"?\": 3, \"\u{ffff}\": 1, \"\u{1f680}\": 2}",
            ),
        ] {
            let got = bytes(&parse(text).unwrap());
            assert_eq!(String::from_utf8(got).unwrap(), want, "{text}");
        }
    }

    #[test]
    fn numbers_are_written_as_python_writes_them() {
        for (number, want) in [
            ("-0", "0"),
            ("-0.0", "-0.0"),
            ("1e0", "1.0"),
            ("1E5", "100000.0"),
            ("1e15", "1000000000000000.0"),
            ("1e16", "1e+16"),
            ("1e-4", "0.0001"),
            ("1e-5", "1e-05"),
            ("1.5e300", "1.5e+300"),
            ("1e400", "Infinity"),
            ("-1e400", "-Infinity"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("0.1000", "0.1"),
            ("5e-324", "5e-324"),
            ("1.0", "1.0"),
        ] {
            let got = bytes(&parse(number).unwrap());
            assert_eq!(String::from_utf8(got).unwrap(), want, "{number}");
        }
    }
}
