//! Runs' ids and lineage.

use std::time::Duration;

use git_dos::run_id::{Lineage, RunId};
use serde_json::{Value, json};

fn id(question: &Value) -> Option<RunId> {
    let clock = Duration::from_millis(question["clock_ms"].as_u64()?);
    RunId::mint(clock, question["entropy"].as_u64()?).ok()
}

fn time(id: &RunId) -> u64 {
    u64::try_from(id.time().as_millis()).unwrap()
}

fn lineage(lineage: &Lineage) -> Value {
    json!({
        "run_id": lineage.run.as_str(),
        "process_id": lineage.process,
        "parent_id": lineage.parent,
        "root_id": lineage.root,
        "ts_ms": time(&lineage.run),
    })
}

pub(crate) fn answer(question: &Value) -> Value {
    let process = question["process"].as_str().unwrap_or_default();
    let error = || json!({ "error": "value" });
    match question["fn"].as_str().unwrap() {
        "decode" => {
            let id = question["token"].as_str().and_then(RunId::parse);
            json!({ "is_run_id": id.is_some(), "ts_ms": id.as_ref().map(time) })
        }
        "mint" => {
            let made = id(question).and_then(|id| {
                Lineage::new(id, process, question["parent"].as_str(), question["root"].as_str())
                    .ok()
            });
            made.as_ref().map_or_else(error, lineage)
        }
        "child_from_env" => {
            let variable = |name: &str| question["env"][name].as_str();
            let made = id(question).and_then(|id| {
                Lineage::inherited(id, process, variable("CID_RUN_ID"), variable("CID_ROOT_ID"))
                    .ok()
            });
            made.as_ref().map_or_else(error, |made| {
                let set = made.variables().into_iter();
                let set = set.filter_map(|(name, value)| Some((name.to_owned(), json!(value?))));
                let variables: serde_json::Map<String, Value> = set.collect();
                json!({ "run": lineage(made), "env_for_grandchild": variables })
            })
        }
        "sort" => {
            let tokens = question["tokens"].as_array().unwrap().iter();
            let mut ids: Vec<RunId> =
                tokens.map(|token| RunId::parse(token.as_str().unwrap()).unwrap()).collect();
            ids.sort();
            let sorted: Vec<&str> = ids.iter().map(RunId::as_str).collect();
            let mut by_time: Vec<&str> = sorted.clone();
            by_time.sort_by_key(|token| {
                let id = RunId::parse(token).unwrap();
                (id.time(), token[token.len() - 6..].to_owned())
            });
            json!({ "sorted": sorted, "by_ts_then_entropy": by_time })
        }
        other => json!({ "unknown": other }),
    }
}

/// Returns the answer for a time that fits into no id.
pub(crate) fn corrected(why: &str) -> Option<Value> {
    (why == "a clock past 45 bits must be an error, not a silent wrap")
        .then(|| json!({ "error": "value" }))
}
