//! Which program wrote this record, and may we read it? Told by the tag that a record carries as `schema`.
//!
//! A tag is `{"family": "tool-stream", "version": 1}`. A version that is higher than the reader's means another
//! thing by the same names; fields that were added later leave the version as it is. Old records have a number
//! alone, which is the version of no family in particular.

use serde::Serialize;

use crate::evidence::json::Value;

/// Who wrote a record, and in which version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tag {
    /// The kind of records; empty in old ones.
    pub family: String,
    /// The version of the kind, from 1; one that is too high for the type is as high as that can be.
    pub version: u128,
}

/// Whether a record may be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readability {
    /// It carries no tag, or none that is one.
    Untagged,
    /// It is of another family.
    WrongFamily(Tag),
    /// It is of a later version.
    Newer(Tag),
    /// It may be read.
    Readable(Tag),
}

impl Tag {
    /// Makes the tag of a record that is to be written; `None` without a family or for version 0.
    pub fn written(family: &str, version: u32) -> Option<Self> {
        let tag = Self { family: family.to_owned(), version: version.into() };
        (!family.is_empty() && version > 0).then_some(tag)
    }

    /// Reads the tag of `record`.
    fn of(record: &Value<'_>) -> Option<Self> {
        let tag = record.get("schema")?;
        let (family, version) = match tag {
            Value::Object(_) => (tag.get("family")?.text()?, tag.get("version")?),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => {
                (String::new(), tag)
            }
        };
        let digits = version.integer()?;
        let version = if digits.starts_with('-') { 0 } else { digits.parse().unwrap_or(u128::MAX) };
        (version > 0).then_some(Self { family, version })
    }
}

impl Readability {
    /// Tells whether a reader of `family` may read `record`, who knows its versions up to `understands`.
    ///
    /// A reader of no family reads all of them.
    pub fn of(record: &Value<'_>, family: &str, understands: u32) -> Self {
        let Some(tag) = Tag::of(record) else { return Self::Untagged };
        let is_other = !tag.family.is_empty() && !family.is_empty() && tag.family != family;
        if is_other {
            Self::WrongFamily(tag)
        } else if tag.version > u128::from(understands) {
            Self::Newer(tag)
        } else {
            Self::Readable(tag)
        }
    }

    /// Returns the tag, if there is one.
    pub fn tag(&self) -> Option<&Tag> {
        match self {
            Self::Untagged => None,
            Self::WrongFamily(tag) | Self::Newer(tag) | Self::Readable(tag) => Some(tag),
        }
    }

    /// Says why the record is not read; `None` when it may be. Records without a tag are older than the tag.
    pub fn objection(&self) -> Option<String> {
        match self {
            Self::Untagged | Self::Readable(_) => None,
            Self::WrongFamily(tag) => Some(format!("a record of {:?}", tag.family)),
            Self::Newer(tag) => Some(format!("a record of version {}", tag.version)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Readability, Tag};
    use crate::evidence::json::parse;

    #[test]
    fn tags_decide_who_reads() {
        for (tag, objects) in [
            (r#"{"family":"a","version":1}"#, None),
            (r#"{"family":"a","version":1,"minor":7}"#, None),
            (r#"{"family":"","version":2}"#, None),
            ("2", None),
            ("-2", None),
            (r#""a""#, None),
            (r#"{"family":"a","version":1.0}"#, None),
            (r#"{"family":"a","version":3}"#, Some("a record of version 3")),
            (r#"{"family":"A","version":1}"#, Some("a record of \"A\"")),
            ("3", Some("a record of version 3")),
        ] {
            let record = format!(r#"{{"schema":{tag}}}"#);
            let readability = Readability::of(&parse(&record).unwrap(), "a", 2);
            assert_eq!(readability.objection().as_deref(), objects, "{tag}");
        }
        let huge = format!(r#"{{"schema":{}}}"#, "9".repeat(60));
        let readability = Readability::of(&parse(&huge).unwrap(), "a", u32::MAX);
        assert!(matches!(readability, Readability::Newer(_)), "beyond every number");
        assert_eq!(Tag::written("", 1), None, "a family is named");
        assert_eq!(Tag::written("a", 0), None, "versions begin at 1");
    }
}
