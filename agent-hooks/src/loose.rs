//! How is a field read whose type may be anything?

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A JSON value of which only little matters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Loose {
    /// Not there, or `null`.
    #[default]
    Absent,
    /// A string.
    Text(String),
    /// `true` or `false`.
    Truth(bool),
    /// A list or an object with that many entries.
    Entries(usize),
    /// A number.
    Number,
}

impl Loose {
    /// Returns a string that is not empty.
    pub(crate) fn text(self) -> Option<String> {
        match self {
            Self::Text(text) if !text.is_empty() => Some(text),
            Self::Absent | Self::Text(_) | Self::Truth(_) | Self::Entries(_) | Self::Number => None,
        }
    }

    /// Tells whether the field is there at all.
    pub(crate) fn is_present(&self) -> bool {
        *self != Self::Absent
    }

    /// Tells whether the field is `true`.
    pub(crate) fn is_true(&self) -> bool {
        *self == Self::Truth(true)
    }

    /// Tells whether the field is a list or an object that holds something.
    pub(crate) fn has_entries(&self) -> bool {
        matches!(self, Self::Entries(1..))
    }
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor)
    }
}

struct LooseVisitor;

impl<'de> Visitor<'de> for LooseVisitor {
    type Value = Loose;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Loose, E> {
        Ok(Loose::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Loose, E> {
        Ok(Loose::Text(text))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Loose, E> {
        Ok(Loose::Truth(truth))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Loose, E> {
        Ok(Loose::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Loose, E> {
        Ok(Loose::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Loose, E> {
        Ok(Loose::Number)
    }

    fn visit_unit<E>(self) -> Result<Loose, E> {
        Ok(Loose::Absent)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Loose, A::Error> {
        let mut count = 0;
        while entries.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Loose::Entries(count))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Loose, A::Error> {
        let mut count = 0;
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Loose::Entries(count))
    }
}

#[cfg(test)]
mod tests {
    use super::Loose;

    #[test]
    fn every_value_has_a_reading() {
        for (json, want) in [
            ("null", Loose::Absent),
            (r#""a\u00e9""#, Loose::Text("a\u{e9}".to_owned())),
            ("true", Loose::Truth(true)),
            ("[]", Loose::Entries(0)),
            (r#"[1,{"a":[2]}]"#, Loose::Entries(2)),
            ("{}", Loose::Entries(0)),
            (r#"{"a":1}"#, Loose::Entries(1)),
            ("-1", Loose::Number),
            ("18446744073709551615", Loose::Number),
            ("1e300", Loose::Number),
        ] {
            assert_eq!(serde_json::from_str::<Loose>(json).unwrap(), want, "{json}");
        }
    }
}
