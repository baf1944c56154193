//! Vectors of the watch over tool calls: digests, the judgement, and what is written down.

use std::collections::BTreeMap;

use git_dos::evidence::json::canonical;
use git_dos::evidence::json::{self, Value as Json};
use git_dos::evidence::tool::volatile::Volatile;
use git_dos::evidence::tool::{self, Call, Ending};
use git_dos::journal::streams::{Carried, Contents, Entry, Event, Used, VERSION};
use git_dos::verdict::stream::{
    Digest, Kind, Limits, Mark, Outcome, Policy, State, Step, Trail, Verdict, folded, judge,
};
use serde_json::value::RawValue;
use serde_json::{Value, json};

pub(crate) fn answer(question: &Value) -> Value {
    match question["op"].as_str().unwrap() {
        "event" => json!({ "step": event(question["event_json"].as_str().unwrap()) }),
        "stream" => stream(question).unwrap_or_else(|| json!({ "error": "ValueError" })),
        "session" => session(question).unwrap_or_else(|| json!({ "error": "ValueError" })),
        "replay" => replay(question),
        "record" => record(question),
        // These lines have lost the table that they ask about.
        "policy_toml" if question.get("toml").is_none() => json!({ "unasked": true }),
        other => json!({ "unknown": other }),
    }
}

/// The fields of an event that matter, as JSON texts.
struct Fields {
    tool: String,
    input: Option<String>,
    result: Option<String>,
}

/// Takes an event apart, as an agent's payload is; `None` when it names no tool.
fn fields(event: &str) -> Option<Fields> {
    let tool = json::parse(event)?.get("tool_name")?.text().filter(|name| !name.is_empty())?;
    let raw: BTreeMap<String, &RawValue> = serde_json::from_str(event).ok()?;
    let text = |name: &str| {
        let text = raw.get(name)?.get();
        (text != "null").then(|| text.to_owned())
    };
    let result = text("tool_response").or_else(|| text("tool_output"));
    Some(Fields { tool, input: text("tool_input"), result })
}

fn step_of(fields: &Fields) -> Option<Step> {
    let ending = Ending::Result(fields.result.as_deref());
    let call = Call { tool: &fields.tool, input: fields.input.as_deref(), ending };
    tool::read(&call, Volatile(&[])).map(|seen| seen.step)
}

fn event(text: &str) -> Value {
    let Some(fields) = fields(text) else { return Value::Null };
    let Some(step) = step_of(&fields) else { return Value::Null };
    let input = json::parse(fields.input.as_deref().unwrap_or("{}")).unwrap();
    let text = |value: &Json<'_>| String::from_utf8(canonical::bytes(value)).unwrap();
    let result = fields.result.as_deref().map(|result| {
        let value = json::parse(result).unwrap();
        value.text().unwrap_or_else(|| text(&value))
    });
    json!({
        "args_canonical": text(&tool::arguments(&fields.tool, input)),
        "args_digest": step.args.0,
        "result_canonical": result,
        "result_digest": digest_of(&step),
        "tool_name": step.tool,
    })
}

fn digest_of(step: &Step) -> Option<String> {
    match &step.outcome {
        Outcome::Result(Digest(digest)) | Outcome::Failure(Digest(digest)) => Some(digest.clone()),
        Outcome::Unknown => None,
    }
}

/// Reads a policy; `None` where a number cannot be converted to ours.
fn policy(value: &Value) -> Option<Policy> {
    let default = Policy::default();
    let number = |name: &str, default| {
        value.get(name).map_or(Some(default), |number| number.as_u64()?.try_into().ok())
    };
    let repeat = number("repeat_n", default.limits.repeat())?;
    let limits = Limits::new(repeat, number("stall_n", default.limits.stall())?)?;
    let ignored = value["ignore_tools"].as_array().into_iter().flatten();
    let ignored = ignored.map(|name| folded(name.as_str().unwrap())).collect();
    Some(Policy { limits, ignored, ..default })
}

/// Reads `[tool, arguments, result]`.
fn step(value: &Value) -> Step {
    let digest = |value: &Value| value.as_str().map(|text| Digest(text.to_owned()));
    let tool = value[0].as_str().unwrap();
    Step {
        tool: tool.to_owned(),
        args: digest(&value[1]).unwrap(),
        outcome: digest(&value[2]).map_or(Outcome::Unknown, Outcome::Result),
        weak: digest(&value[2]),
        kind: Kind::of(tool, None),
    }
}

fn payload(verdict: &Verdict) -> &'static str {
    if verdict.speaks { "context" } else { "silent" }
}

fn stream(question: &Value) -> Option<Value> {
    let policy = policy(&question["policy"])?;
    let mut trail = Trail::default();
    let steps: Vec<Step> = question["steps"].as_array().unwrap().iter().map(step).collect();
    for step in &steps {
        trail.push(Mark::of(step, &policy));
    }
    let verdict = judge(&trail, &policy);
    let newest = steps.last().filter(|_| verdict.state > State::Advancing);
    Some(json!({
        "payload": payload(&verdict),
        "verdict": {
            "repeat_run": verdict.rounds,
            "repeated_step": newest.map(|step| json!({
                "args_digest": step.args.0,
                "result_digest": digest_of(step),
                "tool_name": step.tool,
            })),
            "state": verdict.state.name(),
        },
    }))
}

fn session(question: &Value) -> Option<Value> {
    let policy = policy(&question["policy"])?;
    let mut trail = Trail::default();
    let mut steps = Vec::new();
    for event in question["events"].as_array().unwrap() {
        let step = fields(event.as_str().unwrap()).and_then(|fields| step_of(&fields));
        steps.push(step.map(|step| {
            let index = trail.steps();
            trail.push(Mark::of(&step, &policy));
            let verdict = judge(&trail, &policy);
            json!({
                "payload": payload(&verdict),
                "repeat_run": verdict.rounds,
                "state": verdict.state.name(),
                "step_index": index,
            })
        }));
    }
    Some(json!({ "steps": steps }))
}

fn replay(question: &Value) -> Value {
    let understands = u32::try_from(question["understands"].as_u64().unwrap()).unwrap();
    let mut contents = Contents::default();
    contents.add("file", question["file"].as_str().unwrap().as_bytes(), understands);
    let steps = contents.entries.iter().filter_map(|entry| match &entry.event {
        Event::Step(used) => Some(&used.step),
        Event::Reset => None,
    });
    let steps: Vec<_> =
        steps.map(|step| json!([step.tool, step.args.0, digest_of(step)])).collect();
    json!({ "steps": steps })
}

/// Writes a record and reads it back; nothing of it is compared but that it survives.
fn record(question: &Value) -> Value {
    let fields = &question["fields"];
    let carried = fields["step_index"].as_u64();
    let carried =
        carried.map(|index| Carried { steps: index + 1, counts: Trail::default().counts() });
    let state = State::ALL.into_iter().find(|state| fields["verdict_state"] == state.name());
    let used = Used { step: step(&question["step"]), carried, state, said: state.is_some() };
    let entry = Entry { time: 0, agent: None, event: Event::Step(used.clone()) };
    let read = Entry::read(&entry.line().unwrap(), VERSION);
    let is_back = match &read.as_ref().map(|entry| &entry.event) {
        Ok(Event::Step(back)) => back.step == used.step && back.state == used.state,
        Ok(Event::Reset) | Err(_) => false,
    };
    if is_back { json!({}) } else { json!({ "lost": format!("{read:?}") }) }
}

/// Returns the answer that takes the place of a recorded one.
pub(crate) fn corrected(why: &str) -> Option<Value> {
    match why {
        "repeat_n is at least 2" => Some(json!({ "error": "ValueError" })),
        "NaN and Infinity are not JSON" => Some(json!({ "step": null })),
        _ => None,
    }
}
