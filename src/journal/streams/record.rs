//! What does a line of a stream say?

use serde::Serialize;

use crate::evidence::json::{Value, parse};
use crate::journal::schema::{Readability, Tag};
use crate::verdict::stream::{Counts, Digest, Kind, LONGEST, Outcome, State, Step};

/// The kind of records that a stream holds.
pub const FAMILY: &str = "tool-stream";

/// The version of the records that this program writes, and the highest that it reads.
pub const VERSION: u32 = 1;

/// What is to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, in seconds since 1970-01-01T00:00:00Z.
    pub time: u64,
    /// The helper inside the session that it is about; `None` for the session itself.
    pub agent: Option<String>,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A tool was used.
    Step(Used),
    /// From here on nothing of what was before counts: a session began, or its conversation was shortened.
    Reset,
}

/// A tool was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// The call and what came of it.
    pub step: Step,
    /// What was counted then; `None` in records of other programs.
    pub carried: Option<Carried>,
    /// How it went, when that was worth a word.
    pub state: Option<State>,
    /// Whether it was said.
    pub said: bool,
}

impl Used {
    /// Tells whether the call is known to have brought what none of the calls just before it brought.
    pub fn is_news(&self) -> bool {
        let is_known = self.step.outcome != Outcome::Unknown;
        is_known && self.carried.is_some_and(|carried| carried.counts.alike == [0; LONGEST])
    }
}

/// What the next call is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried {
    /// The number of calls up to this one.
    pub steps: u64,
    /// How they repeat.
    pub counts: Counts,
}

/// One line of `<git common dir>/dos/streams/<name>.jsonl`.
#[derive(Debug, Serialize)]
struct Line<'entry> {
    /// The tag of the record, of the family [`FAMILY`]; since 0.1.0.
    schema: Tag,
    /// `STEP` or `RESET`; since 0.1.0.
    op: &'static str,
    /// When, in seconds since 1970-01-01T00:00:00Z; since 0.1.0.
    time: u64,
    /// The helper inside the session; absent for the session itself; since 0.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<&'entry str>,
    /// The tool's use; absent in a `RESET`.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    used: Option<Fields<'entry>>,
}

/// The fields of a `STEP`.
#[derive(Debug, Serialize)]
struct Fields<'entry> {
    /// The number of earlier calls, of which there may be none in this file any more; since 0.1.0.
    step_index: u64,
    /// The tool; since 0.1.0.
    tool_name: &'entry str,
    /// The first 64 bits of the SHA-256 of tool and input, in hexadecimal; since 0.1.0.
    args_digest: &'entry str,
    /// The same of the result; `null` when the agent named none; since 0.1.0.
    result_digest: Option<&'entry str>,
    /// The same of the error; absent when there was none; since 0.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_digest: Option<&'entry str>,
    /// The same of the result or the error without what is volatile; since 0.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    weak_digest: Option<&'entry str>,
    /// `read`, `write`, `poll` or `other`; since 0.1.0.
    kind: &'static str,
    /// For rounds of one to four calls, how many calls in a row are what they were a round before; since 0.1.0.
    same: [u32; LONGEST],
    /// The same without what is volatile; since 0.1.0.
    alike: [u32; LONGEST],
    /// `REPEATING` or `STALLED`; absent otherwise; since 0.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict_state: Option<&'static str>,
    /// Whether the agent was told; absent when it was not; since 0.1.0.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    said: bool,
}

impl<'entry> Fields<'entry> {
    fn of(used: &'entry Used) -> Self {
        let Used { step, carried, state, said } = used;
        let (result, error) = match &step.outcome {
            Outcome::Unknown => (None, None),
            Outcome::Result(Digest(digest)) => (Some(digest.as_str()), None),
            Outcome::Failure(Digest(digest)) => (None, Some(digest.as_str())),
        };
        let counts = carried.map(|carried| carried.counts).unwrap_or_default();
        Self {
            step_index: carried.map_or(0, |carried| carried.steps.saturating_sub(1)),
            tool_name: &step.tool,
            args_digest: &step.args.0,
            result_digest: result,
            error_digest: error,
            weak_digest: step.weak.as_ref().map(|Digest(digest)| digest.as_str()),
            kind: step.kind.name(),
            same: counts.same,
            alike: counts.alike,
            verdict_state: state.map(State::name),
            said: *said,
        }
    }
}

impl Entry {
    /// Renders the entry as one line, with its line feed.
    pub fn line(&self) -> serde_json::Result<Vec<u8>> {
        let (op, used) = match &self.event {
            Event::Step(used) => ("STEP", Some(Fields::of(used))),
            Event::Reset => ("RESET", None),
        };
        let schema = Tag { family: FAMILY.to_owned(), version: VERSION.into() };
        let agent = self.agent.as_deref();
        let mut line = serde_json::to_vec(&Line { schema, op, time: self.time, agent, used })?;
        line.push(b'\n');
        Ok(line)
    }

    /// Reads a line, of which versions up to `understands` are known; the error says why it is no entry.
    ///
    /// Records of other programs of the family are read too: a tool and its input are enough.
    pub fn read(line: &[u8], understands: u32) -> Result<Self, String> {
        let text = std::str::from_utf8(line).map_err(|_| "not UTF-8")?;
        let value = parse(text).ok_or("no JSON")?;
        if !matches!(value, Value::Object(_)) {
            return Err("no object".to_owned());
        }
        if let Some(objection) = Readability::of(&value, FAMILY, understands).objection() {
            return Err(objection);
        }
        let text = |name: &str| value.get(name).and_then(Value::text);
        let time = value.get("time").and_then(number).unwrap_or_default();
        let is_reset = text("op").as_deref() == Some("RESET");
        let event = if is_reset { Event::Reset } else { Event::Step(used(&value)?) };
        Ok(Self { time, agent: text("agent"), event })
    }
}

/// Reads the use of a tool.
fn used(value: &Value<'_>) -> Result<Used, String> {
    let text = |name: &str| value.get(name).and_then(Value::text);
    let digest = |name: &str| text(name).map(Digest);
    let tool = text("tool_name").ok_or("no tool_name")?;
    let outcome = match (digest("result_digest"), digest("error_digest")) {
        (Some(result), _) => Outcome::Result(result),
        (None, Some(error)) => Outcome::Failure(error),
        (None, None) => Outcome::Unknown,
    };
    let named = text("kind").and_then(|name| Kind::named(&name));
    let kind = named.unwrap_or_else(|| Kind::of(&tool, None));
    let args = digest("args_digest").ok_or("no args_digest")?;
    let step = Step { tool, args, outcome, weak: digest("weak_digest"), kind };
    let carried = value.get("step_index").and_then(number).and_then(|index| {
        let counts =
            Counts { same: counts(value.get("same")?)?, alike: counts(value.get("alike")?)? };
        Some(Carried { steps: index.checked_add(1)?, counts })
    });
    let state = text("verdict_state");
    let state = State::ALL.into_iter().find(|known| Some(known.name()) == state.as_deref());
    Ok(Used { step, carried, state, said: value.get("said") == Some(&Value::Bool(true)) })
}

fn number(value: &Value<'_>) -> Option<u64> {
    value.integer()?.parse().ok()
}

/// Reads the counts for rounds of one to four calls.
fn counts(value: &Value<'_>) -> Option<[u32; LONGEST]> {
    let Value::List(entries) = value else { return None };
    let counts = entries.iter().map(|entry| entry.integer()?.parse().ok());
    counts.collect::<Option<Vec<u32>>>()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::{Carried, Entry, Event, Used, VERSION};
    use crate::verdict::stream::{Counts, Digest, Kind, Outcome, State, Step};

    #[test]
    fn entries_are_lines_that_read_back() {
        let digest = |text: &str| Digest(text.to_owned());
        let step = Step {
            tool: "R\u{e9}\u{2028}\"\n".to_owned(),
            args: digest("a1"),
            outcome: Outcome::Result(digest("r1")),
            weak: Some(digest("w1")),
            kind: Kind::Poll,
        };
        let counts = Counts { same: [2, 0, 0, 0], alike: [3, 1, 0, 0] };
        let carried = Some(Carried { steps: 4, counts });
        let used = Used { step, carried, state: Some(State::Repeating), said: true };
        let mut failed = used.clone();
        failed.step.outcome = Outcome::Failure(digest("e1"));
        (failed.state, failed.said) = (None, false);
        for (agent, event, want) in [
            (
                None,
                Event::Step(used),
                concat!(
                    r#"{"schema":{"family":"tool-stream","version":1},"op":"STEP","time":7,"step_index":3,"#,
                    "\"tool_name\":\"R\u{e9}\u{2028}\\\"\\n\",",
                    r#""args_digest":"a1","result_digest":"r1","weak_digest":"w1","kind":"poll","#,
                    r#""same":[2,0,0,0],"alike":[3,1,0,0],"verdict_state":"REPEATING","said":true}"#,
                ),
            ),
            (
                Some("a-1".to_owned()),
                Event::Step(failed),
                concat!(
                    r#"{"schema":{"family":"tool-stream","version":1},"op":"STEP","time":7,"agent":"a-1","#,
                    "\"step_index\":3,\"tool_name\":\"R\u{e9}\u{2028}\\\"\\n\",",
                    r#""args_digest":"a1","result_digest":null,"error_digest":"e1","weak_digest":"w1","#,
                    r#""kind":"poll","same":[2,0,0,0],"alike":[3,1,0,0]}"#,
                ),
            ),
            (
                Some("a-1".to_owned()),
                Event::Reset,
                r#"{"schema":{"family":"tool-stream","version":1},"op":"RESET","time":7,"agent":"a-1"}"#,
            ),
        ] {
            let entry = Entry { time: 7, agent, event };
            let line = String::from_utf8(entry.line().unwrap()).unwrap();
            assert_eq!(line, format!("{want}\n"), "the format other versions read");
            assert_eq!(Entry::read(line.as_bytes(), VERSION).unwrap(), entry, "round trip");
        }
    }

    #[test]
    fn what_is_no_entry_says_why() {
        for (line, why) in [
            (&b"\xff"[..], "not UTF-8"),
            (b"{\"torn", "no JSON"),
            (b"[1]", "no object"),
            (b"{}", "no tool_name"),
            (b"{\"tool_name\":\"T\"}", "no args_digest"),
            (b"{\"schema\":2,\"tool_name\":\"T\",\"args_digest\":\"a\"}", "a record of version 2"),
        ] {
            assert_eq!(Entry::read(line, VERSION).unwrap_err(), why);
        }
        let poisonous = format!("{{\"tool_name\":\"T\",\"args_digest\":{}}}", "9".repeat(9000));
        assert!(Entry::read(poisonous.as_bytes(), VERSION).is_err(), "it costs itself only");
        assert!(
            Entry::read("[".repeat(1 << 20).as_bytes(), VERSION).is_err(),
            "as does a deep one"
        );
    }
}
