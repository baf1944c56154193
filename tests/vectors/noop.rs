//! Vectors of the budget: may a session be held once more?

use git_dos::policy;
use git_dos::verdict::wait::budget::{self, Verdict};
use serde_json::{Value, json};

use super::marker_gate;

pub(crate) fn answer(question: &Value) -> Value {
    match question["op"].as_str().unwrap() {
        "budget" => take(question),
        "propose" => {
            // Below zero there is nothing to count down from.
            let number = |name: &str| u64::try_from(question[name].as_i64().unwrap()).unwrap_or(0);
            json!({ "proposed": budget::tighter(number("observed"), number("current_max")) })
        }
        _ => table(&question["table"]),
    }
}

/// Takes one from the budget; a count below zero cannot be written down in our types.
fn take(question: &Value) -> Value {
    let numbers = question["noop_turns"].as_u64().zip(question["max_streak"].as_u64());
    let Some((held, most)) = numbers else {
        return json!({ "noop_streak": { "error": "ValueError" }, "wait_marker": { "error": "ValueError" } });
    };
    let (allow, count, name) = match budget::take(held, most) {
        Verdict::Live { held } => (true, held, "LIVE"),
        Verdict::Exhausted => (false, held, "EXHAUSTED"),
    };
    json!({
        "noop_streak": { "allow": allow, "noop_turns": count, "verdict": name },
        "wait_marker": { "allow": allow, "markers_emitted": count },
    })
}

fn table(fields: &Value) -> Value {
    match policy::parse(&marker_gate::toml(fields), "dos.toml") {
        Ok(policy) => json!({ "max_streak": policy.waiting().budget }),
        Err(_) => json!({ "error": "ValueError" }),
    }
}
