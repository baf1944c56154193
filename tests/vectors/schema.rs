//! Vectors of the tags by which records tell who wrote them.

use git_dos::evidence::json;
use git_dos::journal::schema::{Readability, Tag};
use serde_json::{Value, json};

pub(crate) fn answer(question: &Value) -> Value {
    let family = question["family"].as_str().unwrap();
    if question["op"] == "tag" {
        let version = question["version"].as_i64().and_then(|version| version.try_into().ok());
        let tag = version.and_then(|version| Tag::written(family, version));
        return match tag {
            Some(tag) => json!({ "tag": { "schema": shown(&tag) } }),
            None => json!({ "error": "ValueError" }),
        };
    }
    let understands = u32::try_from(question["understands"].as_u64().unwrap()).unwrap();
    let record = json::parse(question["record_json"].as_str().unwrap()).unwrap();
    let readability = Readability::of(&record, family, understands);
    let tag = readability.tag().map(shown);
    let requested = tag.as_ref().map_or(json!(understands), |tag| tag["version"].clone());
    let name = match &readability {
        Readability::Untagged => "UNTAGGED",
        Readability::WrongFamily(_) => "WRONG_FAMILY",
        Readability::Newer(_) => "UNREADABLE_NEWER",
        Readability::Readable(_) => "READABLE",
    };
    json!({
        "is_soundly_readable": matches!(readability, Readability::Readable(_)),
        "refusal": {
            "family": family,
            "reason_class": "SCHEMA_UNREADABLE",
            "requested": requested,
            "supported": (1..=understands).collect::<Vec<_>>(),
        },
        "verdict": { "ceiling": understands, "family": family, "readability": name, "tag": tag },
    })
}

/// Returns a tag in the vector's form: a number of any length is a number there.
fn shown(tag: &Tag) -> Value {
    let version: Value = serde_json::from_str(&tag.version.to_string()).unwrap();
    json!({ "family": tag.family, "version": version })
}
