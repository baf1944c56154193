//! The journal of leases: which of the leases that it leaves count.

use std::time::Duration;

use git_dos::leases::foreign::{Foreign, replay};
use git_dos::verdict::liveness::Process;
use serde_json::{Value, json};

/// Answers the lines that ask which leases count. Those about whole journals have lost the journal.
pub(crate) fn answer(question: &Value) -> Value {
    let Some(leases) = question["leases"].as_array() else { return Value::Null };
    let now: jiff::Timestamp = question["now"].as_str().unwrap().parse().unwrap();
    let now = Duration::from_secs(u64::try_from(now.as_second()).unwrap());
    let this_host = question["this_host"].as_str();
    let kept = leases.iter().filter(|lease| {
        let foreign = Foreign::of(lease.as_object().unwrap());
        let is_here = foreign.host.is_none() || foreign.host.as_deref() == this_host;
        let asked = foreign.pid.filter(|_| is_here).map(|pid| pid.to_string());
        let process = match asked.and_then(|pid| question["pid_alive"][pid].as_bool()) {
            Some(true) => Process::Up,
            Some(false) => Process::Gone,
            None => Process::Unknown,
        };
        foreign.is_live(now, process)
    });
    json!({ "kept": kept.collect::<Vec<_>>() })
}

#[test]
fn what_a_compacted_journal_leaves_is_what_was_live() {
    let file = crate::tests::folder().join("journal_replay.jsonl");
    let mut read = 0;
    for line in fs_err::read_to_string(file).unwrap().lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let expect = &vector["expect"];
        // The recorded tool loses leases of one record when it compacts, and says so.
        if expect["compact_preserves_live"] != true {
            continue;
        }
        let records = expect["compacted"].as_array().unwrap().iter().map(ToString::to_string);
        let replay = replay(records.collect::<Vec<_>>().join("\n").as_bytes());
        let live = expect["live"].as_array().unwrap().iter();
        let live: Vec<Foreign> =
            live.map(|lease| Foreign::of(lease.as_object().unwrap())).collect();
        assert_eq!(replay.leases, live, "{}", vector["id"]);
        assert_eq!(replay.damage, [0_usize; 0], "{}", vector["id"]);
        read += 1;
    }
    assert!(read > 100, "{read} lines have a compacted journal");
}
