//! What differs between two states, in the recorded words.
//!
//! The recorded tool takes a state for as accountable as its caller says; so the tier of a line is an input here,
//! where git-dos would find it out. What cannot be read gives no reading, which that tool calls unwitnessed, and it
//! answers a claimant's own states with an error, which here are unwitnessed.

use git_dos::evidence::state::compare::{Named, Target, texts};
use git_dos::verdict::effect::change::{Expectation, judge};
use git_dos::verdict::effect::pointer::Pointer;
use git_dos::verdict::effect::{Evidence, Readback, Tier, weigh};
use serde_json::{Value, json};

use super::effect_witness::{effect, tier};

/// Answers a line of `state_diff.jsonl`.
pub(crate) fn answer(question: &Value) -> Value {
    let target = Target {
        key: question["effect_key"].as_str().unwrap().to_owned(),
        pointer: Pointer::default(),
    };
    let tier = tier(question["rung"].as_str().unwrap());
    let (before, after) = (content(question, "before"), content(question, "after"));
    let seen = before.zip(after).and_then(|(before, after)| {
        let before = Named { name: "before", text: &before };
        texts(before, Named { name: "after", text: &after }, &target).ok()
    });
    let delta = seen.as_ref().map(|seen| {
        let delta = &seen.delta;
        json!({ "inserted": delta.inserted, "updated": delta.updated, "deleted": delta.deleted })
    });
    let readback = seen.map(|seen| Readback {
        source: "state_diff".to_owned(),
        tier,
        stance: judge(&seen.sides, Expectation::Changed, None),
    });
    let evidence = Evidence { key: Some(target.key), readbacks: readback.into_iter().collect() };
    let mut answer = effect(&evidence, &weigh(&evidence.readbacks));
    if answer["verdict"] == "UNWITNESSED" && tier == Tier::AgentAuthored && delta.is_some() {
        return json!({ "delta": delta, "error": "ValueError" });
    }
    answer["narrated"] = match answer["verdict"].as_str() {
        Some("NO_CLAIM") => json!(""),
        _ => question["narrated"].clone(),
    };
    answer["exit"] = match answer["verdict"].as_str() {
        Some("CONFIRMED") => json!(0),
        Some("REFUTED") => json!(1),
        _ => json!(3),
    };
    answer["delta"] = json!(delta);
    answer
}

/// Returns the bytes of a state, which are text or hexadecimal digits; `None` when there is no file.
fn content(question: &Value, side: &str) -> Option<Vec<u8>> {
    if let Some(digits) = question[format!("{side}_hex")].as_str() {
        let pairs = digits.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).unwrap());
        return Some(pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect());
    }
    question[side].as_str().map(|text| text.as_bytes().to_vec())
}

/// Returns the answer that takes the place of a recorded one where the recorded tool compares values wrongly.
///
/// Of the recorded answers only those change that took a boolean for a number, or what is no JSON for a value.
pub(crate) fn corrected(vector: &Value) -> Value {
    let (question, mut answer) = (&vector["in"], vector["expect"].clone());
    let texts = ["before", "after"].map(|side| question[side].as_str().unwrap());
    if texts.iter().any(|text| text.contains("NaN") || text.contains("Infinity")) {
        return unread(question);
    }
    let values = texts.map(serde_json::from_str::<Value>);
    let [Ok(before), Ok(after)] = &values else { return answer };
    if answer["verdict"] == "REFUTED" && has_boolean_for_number(before, after) {
        answer["verdict"] = json!("CONFIRMED");
        answer["exit"] = json!(0);
        (answer["believe"], answer["refuted"]) = (json!(true), json!(false));
        answer["delta"]["updated"] = json!([question["effect_key"]]);
    }
    answer
}

/// Returns the recorded words for a state that cannot be read.
pub(crate) fn unread(question: &Value) -> Value {
    json!({
        "verdict": "UNWITNESSED", "exit": 3, "believe": false, "refuted": false, "delta": null,
        "claim_key": question["effect_key"], "narrated": question["narrated"], "witness": "",
        "accountability": null, "silent_witnesses": [],
    })
}

/// Tells whether somewhere one value has a boolean where the other has a number.
fn has_boolean_for_number(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Bool(_), Value::Number(_)) | (Value::Number(_), Value::Bool(_)) => true,
        (Value::Array(left), Value::Array(right)) => {
            left.iter().zip(right).any(|(left, right)| has_boolean_for_number(left, right))
        }
        (Value::Object(left), Value::Object(right)) => left.iter().any(|(key, left)| {
            right.get(key).is_some_and(|right| has_boolean_for_number(left, right))
        }),
        _ => false,
    }
}
