//! What witnesses say, in the recorded words: the tool that spoke them calls a conflict a refutation.

use git_dos::verdict::effect::{Answer, Belief, Evidence, Readback, Stance, Tier};
use git_dos::verdict::effect::{derived, judge, weigh};
use serde_json::{Value, json};

/// Answers a line of `effect_witness.jsonl`.
pub(crate) fn answer(question: &Value) -> Value {
    match question["op"].as_str().unwrap() {
        "witness" => witness(question),
        "derived" => derived(question),
        other => json!({ "unknown": other }),
    }
}

/// Reads `[["attest", "w1", "OS_RECORDED"], …]`.
fn readbacks(value: &Value) -> Vec<Readback> {
    let one = |readback: &Value| {
        let word = |index: usize| readback[index].as_str().unwrap().to_owned();
        Readback {
            source: word(1),
            tier: tier(&word(2)),
            stance: match word(0).as_str() {
                "attest" => Stance::Attests,
                "refute" => Stance::Refutes,
                _ => Stance::Silent,
            },
        }
    };
    value.as_array().unwrap().iter().map(one).collect()
}

/// Reads the name of a tier.
pub(crate) fn tier(name: &str) -> Tier {
    let tiers = [Tier::AgentAuthored, Tier::OsRecorded, Tier::ThirdParty];
    tiers.into_iter().find(|tier| tier.name() == name).unwrap()
}

fn witness(question: &Value) -> Value {
    let text = |name: &str| question["claim"][name].as_str().map(str::to_owned);
    let evidence = Evidence { key: text("key"), readbacks: readbacks(&question["readbacks"]) };
    let belief = weigh(&evidence.readbacks);
    let mut effect = effect(&evidence, &belief);
    let is_claimed = effect["verdict"] != Answer::NoClaim.name();
    let narrated = text("narrated").filter(|_| is_claimed).unwrap_or_default();
    effect["narrated"] = json!(narrated);
    json!({
        "belief": {
            "believe": belief.is_attested,
            "refuted": belief.is_refuted,
            "attesting": belief.attesting,
            "refuting": belief.refuting,
            "silent": belief.silent,
        },
        "effect": effect,
    })
}

/// Judges `evidence` and says the verdict in the recorded words.
pub(crate) fn effect(evidence: &Evidence, belief: &Belief) -> Value {
    let verdict = judge(evidence);
    let name = match verdict.answer {
        Answer::Conflict => Answer::Refuted,
        answer @ (Answer::Confirmed | Answer::Refuted | Answer::Unwitnessed | Answer::NoClaim) => {
            answer
        }
    }
    .name();
    let is_claimed = verdict.answer != Answer::NoClaim;
    json!({
        "verdict": name,
        "believe": verdict.answer == Answer::Confirmed,
        "refuted": matches!(verdict.answer, Answer::Refuted | Answer::Conflict),
        "claim_key": evidence.key.as_deref().filter(|_| is_claimed).unwrap_or_default(),
        "witness": verdict.witness.as_ref().map_or("", |witness| &witness.source),
        "accountability": verdict.witness.as_ref().map(|witness| witness.tier.name()),
        "silent_witnesses": if is_claimed { belief.silent.clone() } else { Vec::new() },
    })
}

fn derived(question: &Value) -> Value {
    let readback = derived::judge(&derived::Evidence {
        source: "d".to_owned(),
        operation: question["operation"].as_str().unwrap().to_owned(),
        operands: readbacks(&question["operands"]),
        agrees: question["within_tol"].as_bool().unwrap(),
    });
    json!({
        "source_name": readback.source,
        "subject": "s",
        "accountability": readback.tier.name(),
        "reachable": readback.stance != Stance::Silent,
        "stance": match readback.stance {
            Stance::Attests => "ATTESTED",
            Stance::Refutes => "REFUTED",
            Stance::Silent => "NO_SIGNAL",
        },
    })
}
