//! Fleets at one moment: lanes and who is in them go in, and the plan comes out.

use std::fmt::Write as _;
use std::time::Duration;

use git_dos::lane::Mode;
use git_dos::lane::path::Spelling;
use git_dos::lane::region::Region;
use git_dos::policy;
use git_dos::verdict::fleet::{
    Evidence, Kind, Lane, Launches, Outcome, Patience, Policy, Verdict, Worker, judge,
};
use serde_json::{Value, json};

/// Reads `[supervise]`, and names of lanes, as the policy file has them; `None` when they are no policy.
pub(crate) fn policy(keys: &Value, names: &[&str], target: &Value) -> Option<Policy> {
    let mut text = format!("[lanes]\nconcurrent = {}\n[supervise]\n", json!(names));
    for (key, value) in keys.as_object().unwrap().iter().filter(|(_, value)| !value.is_null()) {
        writeln!(text, "{key} = {value}").unwrap();
    }
    let read = policy::parse(&text, "dos.toml").ok()?;
    let target = usize::try_from(target.as_u64()?).ok()?;
    Some(Policy { target, ..read.supervise.fleet() })
}

pub(crate) fn region(entries: &Value) -> Region {
    let entries: Vec<&str> = entries.as_array().unwrap().iter().filter_map(Value::as_str).collect();
    Region::parse(entries, Spelling::default()).unwrap()
}

fn lane(recorded: &Value) -> Lane {
    let is = |name: &str| recorded[name].as_bool().unwrap_or(false);
    let age = recorded["spinning_age_ms"].as_u64().map(Duration::from_millis);
    let worker = match recorded["liveness"].as_str() {
        _ if is("pending") => Worker::Pending(Patience::Early),
        None => Worker::None(Launches::default()),
        Some("ADVANCING") => Worker::Advancing,
        Some("SPINNING") => Worker::Spinning(age),
        Some(_) => Worker::Stalled,
    };
    let kind = match (is("exclusive"), is("repeatable")) {
        (true, _) => Kind::Exclusive,
        (false, true) => Kind::Pickable,
        (false, false) => Kind::Concurrent,
    };
    Lane {
        name: recorded["lane"].as_str().unwrap().to_owned(),
        kind,
        region: region(&recorded["tree"]),
        mode: Mode::Exclusive,
        worker,
    }
}

pub(crate) fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::AtTarget => "AT_TARGET",
        Outcome::Filling => "FILLING",
        Outcome::OverTarget => "OVER_TARGET",
        Outcome::Unreachable => "TARGET_UNREACHABLE",
        Outcome::Blocked => "BLOCKED",
        Outcome::Resting => "RESTING",
    }
}

pub(crate) fn answer(question: &Value) -> Value {
    let lanes = question["lanes"].as_array().unwrap();
    let names: Vec<&str> = lanes.iter().filter_map(|lane| lane["lane"].as_str()).collect();
    let Some(policy) = policy(&question["policy"], &names, &question["target"]) else {
        return json!({ "error": "value" });
    };
    let lanes = lanes.iter().map(lane).collect();
    let verdict = judge(&Evidence { lanes, others: Vec::new() }, &policy);
    let Verdict { alive, admissible, spawns, reaps, halts, .. } = &verdict;
    let flags: Vec<&str> = verdict.flags.iter().map(|flag| flag.lane.as_str()).collect();
    json!({
        "verdict": word(verdict.outcome),
        "alive": alive,
        "admissible": admissible,
        "spawn": spawns,
        "reap": reaps,
        "flag": flags,
        "proposed_halt": halts,
    })
}
