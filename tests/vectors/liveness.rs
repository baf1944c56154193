//! Runs: what counts go in, and which step of the ladder answers.

use std::time::Duration;

use git_dos::verdict::liveness::{
    Evidence, Fault, Moment, Policy, Process, Progress, Stall, Verdict, judge,
};
use serde_json::{Value, json};

fn milliseconds(value: &Value) -> Option<Duration> {
    value.as_u64().map(Duration::from_millis)
}

fn moment(milliseconds: i64) -> Moment {
    let length = Duration::from_millis(milliseconds.unsigned_abs());
    if milliseconds < 0 { Moment::Ahead(length) } else { Moment::Ago(length) }
}

/// Reads counts and limits, which are whole numbers from zero up; `None` when one of them is not.
fn read(question: &Value) -> Option<(Evidence, Policy)> {
    let count = |name: &str| usize::try_from(question[name].as_u64()?).ok();
    let time = |name: &str| question[name].as_i64();
    let evidence = Evidence {
        started: moment(time("now_ms")? - time("run_started_ms")?),
        patches: count("commits_since_start")?,
        lease_events: count("journal_events_since")?,
        beat: time("last_heartbeat_age_ms").map(moment),
        process: match question["process_alive"].as_bool() {
            Some(true) => Process::Up,
            Some(false) => Process::Gone,
            None => Process::Unknown,
        },
    };
    let (grace, spin) = (milliseconds(&question["grace_ms"])?, milliseconds(&question["spin_ms"])?);
    Some((evidence, Policy { grace, spin }))
}

pub(crate) fn answer(question: &Value) -> Value {
    let Some((evidence, policy)) = read(question) else { return json!({ "error": "negative" }) };
    let (verdict, rung) = match judge(&evidence, &policy) {
        Verdict::Advancing(Progress::Patches) => ("ADVANCING", "COMMITS"),
        Verdict::Advancing(Progress::LeaseEvents) => ("ADVANCING", "EVENTS"),
        Verdict::Advancing(Progress::Young) => ("ADVANCING", "YOUNG"),
        Verdict::Spinning => ("SPINNING", "SPIN"),
        Verdict::Stalled(Stall::ProcessGone) => ("STALLED", "PROC_DEAD"),
        Verdict::Stalled(Stall::NoBeat) => ("STALLED", "NO_BEAT"),
        Verdict::Stalled(Stall::StaleBeat) => ("STALLED", "STALE_BEAT"),
        Verdict::BadClock(Fault::StartAhead) => ("UNKNOWN", "START_AHEAD"),
        Verdict::BadClock(Fault::BeatAhead) => ("UNKNOWN", "BEAT_AHEAD"),
    };
    json!({ "verdict": verdict, "rung": rung })
}

/// Returns the answer for a time from the future, which decides nothing.
pub(crate) fn corrected(why: &str) -> Option<Value> {
    let rung = match why {
        "a start in the future is bad evidence, not youth" => "START_AHEAD",
        "a negative heartbeat age is bad evidence" => "BEAT_AHEAD",
        _ => return None,
    };
    Some(json!({ "verdict": "UNKNOWN", "rung": rung }))
}
