//! Vectors of the breaker: the judgement itself, and what the program prints and exits with.
#![expect(clippy::disallowed_types, reason = "the program is run as its users run it")]

use std::process::Command;
use std::time::Duration;

use git_dos::verdict::breaker::{Escalation, Event, History, Limits, Policy, Verdict, judge};
use serde_json::{Value, json};

/// A window that nothing falls out of: the recorded counts know no time.
const ALWAYS: Duration = Duration::MAX;

pub(crate) fn answer(question: &Value) -> Value {
    if question["op"] == "cli" {
        return command(question);
    }
    fold(question).unwrap_or_else(|| json!({ "error": "ValueError" }))
}

/// Adds up the reports one by one; `None` where a number cannot be converted to ours.
fn fold(question: &Value) -> Option<Value> {
    let (limits, start) = (&question["policy"], &question["start"]);
    let on_trip = limits["on_trip"].as_str()?;
    let policy = Policy {
        limits: Limits::new(limits["max_consecutive"].as_u64()?, limits["max_total"].as_u64()?)?,
        cool_down: None,
        on_trip: Escalation::ALL.into_iter().find(|who| who.name() == on_trip)?,
    };
    let total = usize::try_from(start["total"].as_u64()?).ok()?;
    let mut history = History {
        consecutive: start["consecutive"].as_u64()?,
        failures: vec![Duration::ZERO; total],
        ..History::default()
    };
    let start_verdict = verdict(&judge(&history.evidence(Duration::ZERO, ALWAYS), &policy));
    let (mut states, mut last) = (String::new(), Value::Null);
    let (mut consecutive, mut totals, mut tripped_on) = (Vec::new(), Vec::new(), Vec::new());
    for letter in question["events"].as_str()?.chars() {
        history.apply(match letter {
            'F' => Event::Failed { time: Duration::ZERO, reason: None },
            _ => Event::Succeeded { closes: false },
        });
        let evidence = history.evidence(Duration::ZERO, ALWAYS);
        last = verdict(&judge(&evidence, &policy));
        states.extend(last["state"].as_str()?.chars().next());
        consecutive.push(evidence.consecutive);
        totals.push(evidence.total);
        tripped_on.push(last["tripped_on"].clone());
    }
    let evidence = history.evidence(Duration::ZERO, ALWAYS);
    Some(json!({
        "start_verdict": start_verdict,
        "states": states,
        "consecutive": consecutive,
        "total": totals,
        "tripped_on": tripped_on,
        "final": { "consecutive": evidence.consecutive, "total": evidence.total, "verdict": last },
    }))
}

/// Names a verdict in the recorded words, which know the first trip only.
fn verdict(verdict: &Verdict) -> Value {
    json!({
        "state": verdict.state.name(),
        "escalation": verdict.escalation.name(),
        "tripped_on": verdict.trips.first().map(|trip| trip.token()),
    })
}

/// Runs the program. Its exit codes are those of all our verbs, so that OPEN is 1 there and was 3 in the record.
fn command(question: &Value) -> Value {
    let mut words: Vec<&str> =
        question["args"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    // The recorded program takes a count that is left out for 0, ours for none to be judged.
    for count in ["--consecutive", "--total"] {
        if !words.contains(&count) {
            words.extend([count, "0"]);
        }
    }
    let is_json = words.contains(&"--json");
    let words = words.into_iter().flat_map(|word| match word {
        "--json" => vec!["--format", "json"],
        other => vec![other],
    });
    let folder = tempfile::tempdir().unwrap();
    let run = |program: &str, words: &[&str]| {
        let mut command = Command::new(program);
        command.current_dir(folder.path()).args(words).env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("HOME", folder.path()).env_remove("GIT_DIR").output().unwrap()
    };
    assert!(run("git", &["init", "--quiet"]).status.success(), "a repository without a dos.toml");
    let words: Vec<&str> = ["breaker", "show"].into_iter().chain(words).collect();
    let output = run(env!("CARGO_BIN_EXE_git-dos"), &words);
    let stdout = String::from_utf8(output.stdout).unwrap();
    let exit = match output.status.code() {
        Some(1) => 3,
        Some(code) => code,
        None => -1,
    };
    if !is_json || stdout.is_empty() {
        let first = stdout.split(' ').next().unwrap_or_default();
        return json!({ "exit": exit, "prints": first });
    }
    let got: Value = serde_json::from_str(&stdout).unwrap();
    let row = &got["breakers"][0];
    let said = json!({
        "state": row["state"],
        "escalation": row["escalation"],
        "tripped_on": row["tripped_on"].get(0),
    });
    json!({ "exit": exit, "prints": "json", "stdout": said })
}

/// Leaves the wording out of a recorded answer: each program has its own.
pub(crate) fn without_wording(mut answer: Value) -> Value {
    let printed = answer["stdout"].as_str().and_then(|text| serde_json::from_str(text).ok());
    if let Some(Value::Object(mut said)) = printed {
        said.remove("reason");
        answer["stdout"] = Value::Object(said);
    }
    answer
}
