//! Vectors of arming: does a loop want to be held, and what does `[marker]` ask for?

use git_dos::policy;
use git_dos::verdict::wait::arming::{Asked, Continued, Evidence, judge};
use serde_json::{Value, json};

/// Answers a line; `null` for one whose question is not in the record.
pub(crate) fn answer(question: &Value) -> Value {
    if question["op"] == "toml" {
        return question["text"].as_str().map_or(Value::Null, table);
    }
    let table = toml(&question["policy"]);
    let policy = policy::parse(&table, "dos.toml").unwrap().waiting().arming;
    let held = |name: &String| question["env"][name].as_str().map(str::to_owned);
    let variables: Vec<_> =
        policy.variables.iter().map(|name| (name.clone(), held(name))).collect();
    // Only the truth value itself says that a hook did; an agent's call is read the same way.
    let continued = question["stop_hook_active"] == true;
    let evidence = Evidence {
        continued: if continued { Continued::Yes } else { Continued::No },
        asked: if question["loop_flag"] == true { Asked::Yes } else { Asked::No },
        variables: &variables,
    };
    let is_armed = judge(&evidence, &policy).is_armed();
    json!({ "armed": is_armed, "effective_arm_on_env": policy.variables })
}

fn table(text: &str) -> Value {
    let Ok(policy) = policy::parse(text, "dos.toml") else { return json!({ "error": "typed" }) };
    let waiting = policy.waiting();
    json!({
        "arm_on_env": waiting.arming.variables,
        "max_streak": waiting.budget,
        "respect_stop_hook_active": policy.marker.respect_stop_hook_active,
    })
}

/// Writes the fields of an object as the table `[marker]`: all of them are written alike in both languages.
pub(crate) fn toml(fields: &Value) -> String {
    let fields = fields.as_object().unwrap().iter();
    let lines: Vec<String> = fields.map(|(key, value)| format!("{key} = {value}")).collect();
    format!("[marker]\n{}\n", lines.join("\n"))
}
