//! The lease journal: what the holder of a lease did since its run started.

use std::time::Duration;

use git_dos::verdict::lease_work::{Entry, Evidence, Key, Operation, Policy, judge};
use serde_json::{Value, json};

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(crate) fn entry(value: &Value) -> Entry {
    let stamp = |name: &str| value[name].as_str().map(str::to_owned);
    Entry {
        operation: match value["op"].as_str() {
            Some("ACQUIRE") => Operation::Acquire,
            Some("RELEASE") => Operation::Release,
            Some("SCAVENGE") => Operation::Scavenge,
            Some("RECONCILE") => Operation::Reconcile,
            Some("HEARTBEAT") => Operation::Heartbeat,
            Some("_CORRUPT") => Operation::Damaged,
            _ => Operation::Other,
        },
        key: Key { grant: text(&value["loop_ts"]), lane: text(&value["lane"]) },
        stamps: [stamp("ts"), stamp("heartbeat_at")],
    }
}

pub(crate) fn answer(question: &Value) -> Value {
    let entries: Vec<Entry> = question["entries"].as_array().unwrap().iter().map(entry).collect();
    let key = question["lease_key"].as_array();
    let key = key.map(|key| Key { grant: text(&key[0]), lane: text(&key[1]) });
    let time = |name: &str| Duration::from_millis(question[name].as_u64().unwrap());
    let evidence = Evidence {
        entries: &entries,
        key: key.as_ref(),
        started: time("run_started_ms"),
        now: time("now_ms"),
    };
    let found = judge(&evidence, &Policy::default());
    json!({
        "events": found.events,
        "beat_age_ms": found.beat.map(|age| u64::try_from(age.as_millis()).unwrap()),
        "saw_corrupt": found.damaged > 0,
    })
}
