//! Vectors of regions: which entries share a path, and which requests stand beside which leases.

use git_dos::lane::Mode;
use git_dos::lane::path::Path;
use git_dos::lane::region::Region;
use git_dos::verdict::arbiter::offer::Candidate;
use serde_json::{Value, json};

use super::arbiter::{SPELLING, texts, tree};

fn mode(value: &Value) -> Mode {
    Mode::named(value.as_str().unwrap()).unwrap()
}

/// Reads one entry; `null` is the recorded tool's word for an empty one.
fn entry(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(crate) fn answer(question: &Value) -> Value {
    let region = |key: &str| tree(&question[key]).region().clone();
    match question["fn"].as_str().unwrap() {
        "norm" => {
            let path = Path::new(entry(&question["p"]).trim(), SPELLING);
            json!({ "prefix": path.as_ref().map(Path::as_str) })
        }
        "collide_entries" => {
            let region = |key: &str| Region::parse([entry(&question[key])], SPELLING);
            match (region("a"), region("b")) {
                (Ok(one), Ok(two)) => json!({ "collide": one.meets(&two) }),
                _ => json!({ "refused": true }),
            }
        }
        "overlap" => json!({ "admissible": !region("requested").meets(&region("lease")) }),
        "region_conflict" => {
            let modes = mode(&question["mode_a"]).is_compatible(mode(&question["mode_b"]));
            json!({ "conflict": !modes && region("a").meets(&region("b")) })
        }
        "disjoint_from_all_live" => {
            let siblings = question["live"].as_array().unwrap().iter().map(|lease| {
                let known = question["trees"].get(lease["lane"].as_str().unwrap())?;
                Region::parse(texts(known), SPELLING).ok()
            });
            let siblings: Vec<Option<Region>> = siblings.collect();
            let candidate =
                Candidate { tree: tree(&question["requested"]), ..Candidate::default() };
            json!({ "ok": candidate.is_apart(&siblings) })
        }
        other => json!({ "unknown": other }),
    }
}

/// Leaves of a recorded answer whether the request may go on; how much is shared decides nothing here.
pub(crate) fn without_shares(answer: Value) -> Value {
    match answer.get("admissible") {
        Some(admissible) => json!({ "admissible": admissible }),
        None => answer,
    }
}

/// Returns the answer that takes the place of a recorded one that is wrong.
pub(crate) fn corrected(why: &str) -> Option<Value> {
    match why {
        "`./x`, `a/../x`, `a//x`, `?`, `[..]`, `{..}` and NFD spellings name the same file: collide" => {
            Some(json!({ "collide": true }))
        }
        "two exclusive holders sharing any file must refuse (0.30 agrees)" => {
            Some(json!({ "admissible": false }))
        }
        "`src/api` and `src/api2/..` are different folders: a bare path must match on component ends (harmless over-refusal in the peer)" => {
            Some(json!({ "collide": false }))
        }
        _ => None,
    }
}
