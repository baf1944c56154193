//! Vectors of claims: what does a text, a conversation or a declaration claim to be done?

use git_dos::evidence::transcript::{self, Speaker};
use git_dos::verdict::done::claim::{self, Claim, Prose, Rung};
use serde_json::{Value, json};

/// Answers a line; `null` for one whose question is not in the record.
pub(crate) fn answer(question: &Value) -> Value {
    match question["fn"].as_str().unwrap() {
        "extract" => {
            let Some(text) = question["text"].as_str() else { return Value::Null };
            let prose = if question["heuristic"] == true { Prose::Read } else { Prose::Ignored };
            let claims: Vec<Value> = claim::read(text, prose).iter().map(confident).collect();
            json!({ "claims": claims })
        }
        "frontmatter" => {
            let text = |name: &str| question[name].as_str().unwrap_or_default();
            let claims = claim::declared(text("plan"), text("phase"));
            let claims: Vec<Value> = claims.iter().map(named).collect();
            json!({ "claims": claims })
        }
        _ => {
            let lines = question["lines"].as_array().unwrap();
            let lines: Vec<&[u8]> =
                lines.iter().map(|line| line.as_str().unwrap().as_bytes()).collect();
            json!({ "text": transcript::last_words(&lines, Speaker::Session).text })
        }
    }
}

fn named(claim: &Claim) -> Value {
    let rung = match claim.rung {
        Rung::Marker => "marker",
        Rung::Declared => "frontmatter",
        Rung::Prose => "heuristic",
    };
    json!({ "plan": claim.plan, "phase": claim.phase, "rung": rung })
}

fn confident(claim: &Claim) -> Value {
    let mut answer = named(claim);
    answer["confident"] = json!(claim.rung != Rung::Prose);
    answer
}
