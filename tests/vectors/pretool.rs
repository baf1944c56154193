//! Vectors of the hook before a tool: a call of a tool beside live leases, and whether it is stopped.

use std::path::{Path, PathBuf};

use git_dos::evidence::touches::{self, Place};
use git_dos::lane::Mode;
use git_dos::lane::path::Spelling;
use git_dos::lane::region::Region;
use git_dos::verdict::access::{Evidence, Held, Verdict, judge};
use git_dos::verdict::arbiter::Holder;
use serde_json::{Value, json};

/// The top of the worktree that all recorded calls were made in.
const TOP: &str = "/repo";

pub(crate) fn answer(question: &Value) -> Value {
    let event = &question["event"];
    let word = |key: &str| event[key].as_str().unwrap_or_default();
    let is_later = !event["tool_output"].is_null() || !event["tool_response"].is_null();
    // The recorded tool takes a call without the name of an event for one before a tool is used.
    if !matches!(word("hook_event_name"), "" | "PreToolUse")
        || word("tool_name").is_empty()
        || is_later
    {
        return json!({ "decision": "pass" });
    }
    let place = Place {
        folder: Path::new(TOP).join(word("cwd")),
        tops: vec![PathBuf::from(TOP)],
        home: None,
        spelling: Spelling::default(),
    };
    let footprint = touches::of(word("tool_name"), &event["tool_input"], &place);
    let leases: Vec<Held> = question["live"].as_array().unwrap().iter().map(held).collect();
    match judge(&Evidence { footprint: &footprint, leases: &leases }) {
        Verdict::Pass(_) => json!({ "decision": "pass" }),
        Verdict::Deny { .. } => json!({ "decision": "deny" }),
    }
}

fn held(lease: &Value) -> Held {
    let tree = lease["tree"].as_array().unwrap().iter().filter_map(Value::as_str);
    Held {
        lane: lease["lane"].as_str().unwrap().to_owned(),
        region: Region::parse(tree, Spelling::default()).unwrap(),
        mode: Mode::Exclusive,
        holder: Holder::Other,
    }
}

/// Leaves of a recorded answer what the caller is told; how it was found is the tool's own affair.
pub(crate) fn without_causes(mut answer: Value) -> Value {
    json!({ "decision": answer["decision"].take() })
}

/// Returns the answer that takes the place of a recorded one that is wrong.
pub(crate) fn corrected(why: &str) -> Option<Value> {
    let decision = match why {
        "a read never warns (0.30 agrees)"
        | "reading a leased file through the shell is not a write" => "pass",
        "the edited file lies in another's lease: must not pass"
        | "padding a command with two unrelated paths must not turn a deny into a pass" => "deny",
        _ => return None,
    };
    Some(json!({ "decision": decision }))
}
