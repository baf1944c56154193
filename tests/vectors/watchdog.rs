//! Watched runs: what is known of each at every tick goes in, and what is proposed comes out.

use std::collections::BTreeMap;
use std::time::Duration;

use git_dos::leases::Lease;
use git_dos::ops::watch::discover;
use git_dos::run_id::RunId;
use git_dos::verdict::liveness::Moment;
use git_dos::verdict::watch::{Cause, Doing, Episode, Evidence, Policy, Verdict, judge};
use serde_json::{Value, json};

pub(crate) fn answer(question: &Value) -> Value {
    match question["fn"].as_str().unwrap() {
        "ticks" => ticks(question),
        "discover" => discovered(question),
        other => json!({ "unknown": other }),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn milliseconds(value: &Value) -> Option<Duration> {
    value.as_u64().map(Duration::from_millis)
}

/// Returns how the time `time` looks from `now`.
fn moment(time: Duration, now: Duration) -> Moment {
    now.checked_sub(time).map_or_else(|| Moment::Ahead(time.saturating_sub(now)), Moment::Ago)
}

fn doing(verdict: &Value) -> Doing {
    match verdict.as_str() {
        Some("ADVANCING") => Doing::Advancing,
        Some("SPINNING") => Doing::Spinning,
        Some("STALLED") => Doing::Stalled,
        _ => Doing::Unknown,
    }
}

fn ticks(question: &Value) -> Value {
    let policy = Policy { again: milliseconds(&question["repropose_ms"]) };
    let mut memory = BTreeMap::new();
    let mut answers = Vec::new();
    for (index, tick) in question["ticks"].as_array().unwrap().iter().enumerate() {
        let now = milliseconds(&tick["now_ms"]).unwrap();
        let lists = ["advancing", "halts", "proposed", "skipped", "spinning", "within_budget"];
        let mut lists: BTreeMap<&str, Vec<Value>> = lists.map(|name| (name, Vec::new())).into();
        let mut add = |name, value: Value| lists.get_mut(name).unwrap().push(value);
        for run in question["runs"].as_array().unwrap() {
            let id = text(&run["run_id"]);
            let verdict = judge(
                &Evidence {
                    doing: doing(&tick["verdicts"][id]),
                    started: RunId::parse(id).map(|id| moment(id.time(), now)),
                    budget: milliseconds(&run["budget_ms"]),
                    proposed: memory.get(id).map(|time| moment(*time, now)),
                },
                &policy,
            );
            let is_lost = question["halt_fail"].as_array().unwrap().contains(&json!([index, id]));
            match verdict {
                Verdict::Advances(episode) => {
                    add("advancing", id.into());
                    if episode == Episode::Over {
                        memory.remove(id);
                    }
                }
                Verdict::Unknown => add("skipped", id.into()),
                Verdict::WithinBudget(_) => add("within_budget", id.into()),
                Verdict::Propose(cause) | Verdict::Proposed(cause) => {
                    if cause == Cause::Spinning {
                        add("spinning", id.into());
                    }
                    if verdict == Verdict::Propose(cause) && !is_lost {
                        memory.insert(id, now);
                        add("proposed", id.into());
                        add("halts", halt(run));
                    }
                }
            }
        }
        answers.push(json!(lists));
    }
    let memory: BTreeMap<_, _> =
        memory.into_iter().map(|(id, time)| (id, time.as_millis())).collect();
    json!({ "memory": memory, "ticks": answers })
}

fn halt(run: &Value) -> Value {
    json!({
        "command": run["stop_command"],
        "handle": text(&run["handle"]),
        "lane": text(&run["lane"]),
        "owner": "watchdog",
        "run_id": run["run_id"],
    })
}

fn discovered(question: &Value) -> Value {
    let mut runs = Vec::new();
    for recorded in question["leases"].as_array().unwrap() {
        let lease: Lease = serde_json::from_value(json!({
            "lane": text(&recorded["lane"]),
            "tree": [],
            "run": recorded["run_id"],
            "session": recorded["loop_ts"],
            "pid": recorded["pid"],
            "acquired_ms": 0,
            "ttl_s": 60,
        }))
        .unwrap();
        runs.extend(discover::of_lease(&lease).map(|found| {
            json!({
                "budget_ms": question["budget_ms"],
                "handle": found.pid.map_or_else(String::new, |pid| pid.to_string()),
                "lane": found.lane.unwrap_or_default(),
                "loop_ts": text(&recorded["loop_ts"]),
                "run_id": found.run.as_str(),
                "start_sha": "",
            })
        }));
    }
    json!({ "runs": runs })
}
