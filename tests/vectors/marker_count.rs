//! Vectors of the count: how often was a session held, by the lines of its file?

use git_dos::journal::markers;
use serde_json::{Value, json};

pub(crate) fn answer(question: &Value) -> Value {
    let bytes = match question["file"].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => bytes(question["file_hex"].as_str().unwrap()),
    };
    let newest = question["understands"].as_u64().unwrap();
    json!({ "count": markers::tally(&bytes, newest).held })
}

/// Counts the records of a line whose recorded answer cuts at more than line feeds: all of them have our tag.
pub(crate) fn corrected(why: &str, vector: &Value) -> Option<Value> {
    if why != "only \\n ends a record; a torn tail is healed before the next append" {
        return None;
    }
    let lines = vector["in"]["file"].as_str().unwrap().split('\n');
    let records = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let count = records.fold(0, |count, record| match record["op"].as_str() {
        Some("MARKER") => count + 1,
        Some("RESET") => 0,
        _ => count,
    });
    Some(json!({ "count": count }))
}

fn bytes(digits: &str) -> Vec<u8> {
    let pairs = (0..digits.len()).step_by(2);
    pairs.map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}
