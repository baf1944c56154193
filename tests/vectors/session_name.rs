//! Vectors of the names of files that belong to a session.

use git_dos::fingerprint;
use git_dos::journal::sessions;
use serde_json::{Value, json};

pub(crate) fn answer(question: &Value) -> Value {
    let name = sessions::file_name(question["session_id"].as_str().unwrap());
    json!({ "stem": name.to_str().unwrap().strip_suffix(".jsonl").unwrap() })
}

/// Returns the answer that takes the place of a recorded one.
pub(crate) fn corrected(why: &str, question: &Value) -> Option<Value> {
    if why != "ASCII stem, with a hash where anything was dropped" {
        return None;
    }
    let id = question["session_id"].as_str().unwrap();
    let ascii: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
    Some(json!({ "stem": format!("{ascii}.{}", fingerprint::of([id.as_bytes()])) }))
}
