//! What does a text of JSON say, down to the last digit?
//!
//! The members of an object are found without taking their values apart: of two large states only what differs
//! needs to be.

use std::collections::BTreeMap;
use std::fmt;

use gix::error::{Result, ResultExt as _, bail, message};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::verdict::effect::value::{Number, Value};

/// How deep values may be nested.
const MAXIMUM_DEPTH: usize = 128;

/// How many characters a number may have: some readers of JSON refuse longer ones, and none needs them.
const MAXIMUM_DIGITS: usize = 4300;

/// The members of a JSON object, with their values as they are written.
#[derive(Debug, Default)]
pub struct Members<'text> {
    values: BTreeMap<String, &'text RawValue>,
    /// A key that the object has more than once; its last value counts.
    pub repeated: Option<String>,
}

impl<'text> Members<'text> {
    /// Reads the object that is all of `text`.
    ///
    /// Errors when `text` is not UTF-8, begins with a byte order mark, or is no JSON object.
    pub fn read(text: &'text [u8]) -> Result<Self> {
        let text = checked(text)?;
        if !text.trim_start().starts_with(['{']) && serde_json::from_str::<&RawValue>(text).is_ok()
        {
            bail!("it is JSON, but no object");
        }
        serde_json::from_str(text).or_raise(|| message("it is no JSON object"))
    }

    /// Returns the value of `key` as it is written.
    pub fn get(&self, key: &str) -> Option<&'text str> {
        self.values.get(key).map(|raw| raw.get())
    }

    /// Returns every key with its value as it is written, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &'text str)> {
        self.values.iter().map(|(key, raw)| (key.as_str(), raw.get()))
    }

    /// Returns the number of keys.
    pub fn count(&self) -> usize {
        self.values.len()
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(
        self,
        mut map: A,
    ) -> std::result::Result<Members<'de>, A::Error> {
        let mut members = Members::default();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value()?;
            if members.values.contains_key(&key) {
                members.repeated.get_or_insert_with(|| key.clone());
            }
            members.values.insert(key, value);
        }
        Ok(members)
    }
}

/// Returns `text` as UTF-8 without a byte order mark.
fn checked(text: &[u8]) -> Result<&str> {
    let text = std::str::from_utf8(text).or_raise(|| message("it is not UTF-8"))?;
    if text.starts_with('\u{feff}') {
        bail!("it begins with a byte order mark, which JSON has none of");
    }
    Ok(text)
}

/// Reads the one JSON value that is all of `text`.
///
/// Errors when `text` is no JSON, nested deeper than 128 levels, or has a number of more than 4300 digits.
pub fn read(text: &[u8]) -> Result<Value> {
    let raw: &RawValue =
        serde_json::from_str(checked(text)?).or_raise(|| message("it is no JSON"))?;
    value(raw.get())
}

/// Reads a value from the text that a [`Members`] has of it.
pub fn value(raw: &str) -> Result<Value> {
    nested(raw, MAXIMUM_DEPTH)
}

fn nested(raw: &str, depth: usize) -> Result<Value> {
    let context = || message("it is no JSON");
    let Some(below) = depth.checked_sub(1) else {
        bail!("values are nested deeper than {MAXIMUM_DEPTH} levels");
    };
    Ok(match raw.as_bytes().first() {
        Some(b'{') => {
            let members: Members<'_> = serde_json::from_str(raw).or_raise(context)?;
            let read = |(key, raw): (&str, &str)| Ok((key.to_owned(), nested(raw, below)?));
            Value::Object(members.iter().map(read).collect::<Result<_>>()?)
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(raw).or_raise(context)?;
            let items = items.iter().map(|item| nested(item.get(), below));
            Value::List(items.collect::<Result<_>>()?)
        }
        Some(b'"') => Value::Text(serde_json::from_str(raw).or_raise(context)?),
        _ => match raw {
            "null" => Value::Null,
            "true" => Value::Boolean(true),
            "false" => Value::Boolean(false),
            _ if raw.len() > MAXIMUM_DIGITS => {
                bail!("a number has more than {MAXIMUM_DIGITS} digits")
            }
            _ => match Number::parse(raw) {
                Some(number) => Value::Number(number),
                None => bail!("it is no JSON: {raw}"),
            },
        },
    })
}

/// Writes `value` as JSON on one line.
pub fn written(value: &Value) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(boolean) => boolean.to_string(),
        Value::Number(number) => number.text().to_owned(),
        Value::Text(text) => quoted(text),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(written).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(members) => {
            let member =
                |(key, value): (&String, &Value)| format!("{}:{}", quoted(key), written(value));
            let members: Vec<_> = members.iter().map(member).collect();
            format!("{{{}}}", members.join(","))
        }
    }
}

/// Builds the text of a JSON object from keys and the values' texts.
pub(super) fn object(members: &BTreeMap<String, String>) -> Vec<u8> {
    let line = |(key, value): (&String, &String)| {
        format!("{}:{value}", serde_json::Value::from(key.as_str()))
    };
    let lines: Vec<_> = members.iter().map(line).collect();
    format!("{{{}}}\n", lines.join(",\n")).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::{MAXIMUM_DEPTH, MAXIMUM_DIGITS, Members, read, written};

    #[test]
    fn values_are_read_to_the_last_digit_and_written_back() {
        for text in [
            "null",
            "true",
            "[1,-0.0,1e400,123456789012345678901234567890]",
            r#"{"a":{"b":[]},"c":"\"\\\n\u0001"}"#,
            r#""é😀""#,
        ] {
            assert_eq!(written(&read(text.as_bytes()).unwrap()), text);
        }
        let spaced = read(b" { \"b\" : [ 1 , 2 ] ,\n\"a\" : \"\\u0062\" } ").unwrap();
        assert_eq!(written(&spaced), r#"{"a":"b","b":[1,2]}"#);
    }

    #[test]
    fn what_is_no_json_object_is_refused() {
        for (text, why) in [
            (&b""[..], "no JSON object"),
            (b" ", "no JSON object"),
            (b"{", "no JSON object"),
            (b"{\"a\":1,}", "no JSON object"),
            (b"{'a':1}", "no JSON object"),
            (b"{\"a\":1} x", "no JSON object"),
            (b"{\"a\":01}", "no JSON object"),
            (b"{\"a\":NaN}", "no JSON object"),
            (b"{\"a\":[-Infinity]}", "no JSON object"),
            (b"[1]", "no object"),
            (b"\"x\"", "no object"),
            (b"5", "no object"),
            (b"{\"a\":\"\xff\"}", "not UTF-8"),
            (b"\xef\xbb\xbf{\"a\":1}", "byte order mark"),
        ] {
            let error = Members::read(text).unwrap_err().to_string();
            assert!(error.contains(why), "{error} for {text:?}");
        }
    }

    #[test]
    fn depth_is_limited_where_it_matters() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(nested(MAXIMUM_DEPTH).as_bytes()).is_ok());
        let error = read(nested(MAXIMUM_DEPTH + 1).as_bytes()).unwrap_err().to_string();
        assert!(error.contains("deeper than 128 levels"), "{error}");
        let deep = format!("{{\"a\":{}}}", nested(100_000));
        assert_eq!(Members::read(deep.as_bytes()).unwrap().count(), 1, "keys alone are found");
        assert!(Members::read("[".repeat(1_000_000).as_bytes()).is_err(), "and nothing overflows");
    }

    #[test]
    fn numbers_may_be_long_but_not_endless() {
        let number = "9".repeat(MAXIMUM_DIGITS);
        assert_eq!(written(&read(number.as_bytes()).unwrap()), number);
        let error = read(format!("{number}9").as_bytes()).unwrap_err().to_string();
        assert!(error.contains("more than 4300 digits"), "{error}");
    }

    #[test]
    fn of_a_repeated_key_the_last_value_counts() {
        let members = Members::read(br#"{"a":1,"b":2,"a":3}"#).unwrap();
        assert_eq!((members.get("a"), members.count()), (Some("3"), 2));
        assert_eq!(members.repeated.as_deref(), Some("a"), "and that is known");
    }
}
