//! What does a field of a payload say, when nobody knows its type beforehand?
//!
//! A payload is taken apart into the texts of its fields; a value is read when somebody asks for it. So a field
//! of no interest may hold anything of any depth. What is asked for and is of another type is not there.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Error;

/// The most entries of a list that are looked at.
const MOST_ENTRIES: usize = 64;

/// A value of a payload, as JSON text.
///
/// It is no longer than the payload was; a value of it can be had as far as it is not nested too deeply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json(String);

impl Json {
    /// Returns the text, as the agent wrote it.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Returns the value; `None` when it is nested more than 128 deep.
    pub fn value(&self) -> Option<serde_json::Value> {
        serde_json::from_str(&self.0).ok()
    }

    /// Returns the text of a string, and of anything else what the agent wrote.
    pub fn words(&self) -> String {
        serde_json::from_str(&self.0).unwrap_or_else(|_| self.0.clone())
    }

    /// Tells whether this is a list or an object that holds something.
    pub fn has_entries(&self) -> bool {
        let inside = self.0.strip_prefix(['[', '{']).unwrap_or_default();
        !matches!(inside.trim_start(), "" | "]" | "}")
    }
}

/// The fields of one JSON object.
///
/// Agents spell a field in one way or another: every question takes the spellings, and the first that is there
/// and not `null` counts.
#[derive(Debug, Default)]
pub(crate) struct Payload<'p>(BTreeMap<String, &'p RawValue>);

impl<'p> Payload<'p> {
    /// Takes `payload` apart; of a name that stands twice the last counts.
    pub(crate) fn parse(payload: &'p [u8]) -> Result<Self, Error> {
        serde_json::from_slice(payload).map(Self).map_err(Error::Payload)
    }

    fn raw(&self, names: &[&str]) -> Option<&'p str> {
        let mut raw = names.iter().filter_map(|name| Some(self.0.get(*name)?.get()));
        raw.find(|text| *text != "null")
    }

    fn read<T: Deserialize<'p>>(&self, names: &[&str]) -> Option<T> {
        serde_json::from_str(self.raw(names)?).ok()
    }

    /// Tells whether one of the fields is there.
    pub(crate) fn has(&self, names: &[&str]) -> bool {
        self.raw(names).is_some()
    }

    /// Returns a string that is not empty.
    pub(crate) fn text(&self, names: &[&str]) -> Option<String> {
        self.read::<String>(names).filter(|text| !text.is_empty())
    }

    /// Returns a truth value.
    pub(crate) fn truth(&self, names: &[&str]) -> Option<bool> {
        self.read(names)
    }

    /// Returns a number, without what is behind its point.
    pub(crate) fn number(&self, names: &[&str]) -> Option<u64> {
        let number: serde_json::Number = self.read(names)?;
        let whole = number.as_u64();
        whole.or_else(|| number.to_string().split('.').next()?.parse().ok())
    }

    /// Returns a path.
    pub(crate) fn path(&self, names: &[&str]) -> Option<PathBuf> {
        self.text(names).map(PathBuf::from)
    }

    /// Returns the strings of a list.
    pub(crate) fn texts(&self, names: &[&str]) -> Vec<String> {
        let list: Vec<&RawValue> = self.read(names).unwrap_or_default();
        let texts = list.into_iter().take(MOST_ENTRIES);
        texts.filter_map(|raw| serde_json::from_str(raw.get()).ok()).collect()
    }

    /// Returns any value, as it stands.
    pub(crate) fn json(&self, names: &[&str]) -> Option<Json> {
        self.raw(names).map(|text| Json(text.to_owned()))
    }

    /// Returns an object's fields; none for what is no object.
    pub(crate) fn inner(&self, names: &[&str]) -> Self {
        self.read(names).map(Self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Payload;

    #[test]
    fn every_value_is_read_as_what_it_is_and_as_nothing_else() {
        for (json, text, truth, number, entries) in [
            ("null", None, None, None, None),
            (r#""a\u00e9""#, Some("a\u{e9}"), None, None, Some(false)),
            (r#""""#, None, None, None, Some(false)),
            ("true", None, Some(true), None, Some(false)),
            ("[ ]", None, None, None, Some(false)),
            (r#"[1,{"a":[2]}]"#, None, None, None, Some(true)),
            ("{}", None, None, None, Some(false)),
            (r#"{"a":1}"#, None, None, None, Some(true)),
            ("-1", None, None, None, Some(false)),
            ("18446744073709551615", None, None, Some(u64::MAX), Some(false)),
            ("12.75", None, None, Some(12), Some(false)),
        ] {
            let object = format!(r#"{{"x":{json}}}"#);
            let payload = Payload::parse(object.as_bytes()).unwrap();
            let names = &["y", "x"];
            assert_eq!(payload.text(names).as_deref(), text, "{json} as text");
            assert_eq!(payload.truth(names), truth, "{json} as truth");
            assert_eq!(payload.number(names), number, "{json} as number");
            let found = payload.json(names).map(|json| json.has_entries());
            assert_eq!(found, entries, "{json} has entries");
            if let Some(value) = payload.json(names) {
                let words =
                    if text.is_some() || json == "\"\"" { text.unwrap_or("") } else { json };
                assert_eq!(value.words(), words, "{json} in words");
            }
        }
    }

    #[test]
    fn depth_of_what_nobody_asks_for_is_no_fault() {
        let deep = format!(r#"{{"x":{}{},"y":"z"}}"#, "[".repeat(100_000), "]".repeat(100_000));
        let payload = Payload::parse(deep.as_bytes()).unwrap();
        assert_eq!(payload.text(&["y"]).as_deref(), Some("z"), "its neighbour is read");
        let json = payload.json(&["x"]).unwrap();
        assert_eq!(json.value(), None, "it has no value");
        assert_eq!(json.text().len(), 200_000, "and keeps its text");
        assert_eq!(payload.inner(&["x"]).text(&["y"]), None, "nor fields");
    }

    #[test]
    fn lists_and_objects_are_entered() {
        let payload = br#"{"a":{"b":"c"},"d":["e",1,null,"f"]}"#;
        let payload = Payload::parse(payload).unwrap();
        assert_eq!(payload.inner(&["a"]).text(&["b"]).as_deref(), Some("c"));
        assert_eq!(payload.texts(&["d"]), ["e", "f"], "what is no string is passed over");
        assert!(payload.texts(&["a"]).is_empty(), "an object is no list");
    }
}
