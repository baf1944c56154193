//! Vectors of a policy's tables, and of what is wrong with its lanes.

use git_dos::lane::declared::Lanes;
use git_dos::lane::lint::{self, Finding};
use git_dos::policy;
use serde_json::{Value, json};

use super::arbiter::{SPELLING, taxonomy};

pub(crate) fn answer(question: &Value) -> Value {
    let read = || policy::parse(question["toml"].as_str().unwrap(), "dos.toml");
    match question["fn"].as_str().unwrap() {
        "lint" => {
            let taxonomy = taxonomy(&question["lanes"]);
            let lanes = Lanes::new(&taxonomy, SPELLING).unwrap();
            let mut found: Vec<[String; 3]> =
                lint::check(&taxonomy, &lanes).iter().map(finding).collect();
            found.sort();
            json!({ "findings": found })
        }
        "lanes" => read().map_or_else(
            |_| json!({ "error": true }),
            |policy| {
                let taxonomy = policy.lanes.taxonomy();
                json!({
                    "concurrent": taxonomy.concurrent,
                    "exclusive": taxonomy.exclusive,
                    "autopick": taxonomy.autopick,
                    "trees": taxonomy.trees,
                    "aliases": taxonomy.aliases,
                })
            },
        ),
        "cli_budgets" => json!({ "unused": ["class-budget"] }),
        "supervise" => read().map_or_else(
            |_| json!({ "error": true }),
            |policy| {
                let table = policy.supervise;
                json!({
                    "target": table.target,
                    "count_spinning_as_alive": table.count_spinning_as_alive,
                    "reap_stalled": table.reap_stalled,
                    "spin_halt_after_ms": table.spin_halt_after.map(|time| u64::try_from(time.as_millis()).unwrap()),
                    "worker_launch_template": table.worker_launch_template,
                    "max_concurrency": table.max_concurrency,
                })
            },
        ),
        _ => read().map_or_else(
            |_| json!({ "error": true }),
            |policy| json!({ "unused": policy.unused_tables }),
        ),
    }
}

/// Returns a finding as the recorded tool writes it.
fn finding(finding: &Finding) -> [String; 3] {
    let (code, what) = match finding {
        Finding::WithoutTree { lane } => ("LANE_WITHOUT_TREE", lane.clone()),
        Finding::BothKinds { lane } => ("LANE_BOTH_CONCURRENT_AND_EXCLUSIVE", lane.clone()),
        Finding::PickUndeclared { name } => ("AUTOPICK_LANE_UNDECLARED", name.clone()),
        Finding::AliasDangling { alias, .. } => ("ALIAS_TARGET_UNDECLARED", alias.clone()),
        Finding::AliasHidden { alias, .. } => ("ALIAS_HIDDEN", alias.clone()),
        Finding::Shadowed { lane, .. } => ("LANE_REGION_SHADOWED", lane.clone()),
        Finding::Overlap { lane, other } => ("CONCURRENT_LANES_OVERLAP", format!("{lane}+{other}")),
    };
    [code.to_owned(), finding.grade().name().to_owned(), what]
}

/// Leaves of a recorded refusal that it is one.
pub(crate) fn without_causes(answer: Value) -> Value {
    if answer.get("error").is_some() { json!({ "error": true }) } else { answer }
}
