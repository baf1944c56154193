//! What did a tool do for an agent? Digests of the call and of what came of it, so that repeats are known again.

mod scan;
pub mod volatile;

use sha2::{Digest as _, Sha256};

use self::volatile::Volatile;
use super::json::canonical::{self, Blank, Whole};
use super::json::{Text, Value, parse};
use crate::verdict::stream::{Digest, Kind, Outcome, Step};

/// A tool's call as an agent tells of it; inputs and results are JSON texts.
#[derive(Debug, Clone, Copy)]
pub struct Call<'call> {
    /// The tool's name.
    pub tool: &'call str,
    /// What it was given.
    pub input: Option<&'call str>,
    /// What came of it.
    pub ending: Ending<'call>,
}

/// What came of a call, as a JSON text where the agent says.
#[derive(Debug, Clone, Copy)]
pub enum Ending<'call> {
    /// It did what it is for.
    Result(Option<&'call str>),
    /// It failed.
    Failure(Option<&'call str>),
}

/// A call that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The call and what came of it.
    pub step: Step,
    /// The task in the background that it asked for, as the agent calls it.
    pub task: Option<String>,
}

/// The names under which tools are given a task in the background.
const TASKS: [&str; 7] =
    ["task_id", "taskId", "bash_id", "shell_id", "shellId", "session_id", "agentId"];

/// The most characters of a tool's name that are kept.
const LONGEST_NAME: usize = 200;

/// Reads `call`; `None` when its input or its result is no JSON text.
///
/// An input or a result that is `null` is one that is not there.
pub fn read(call: &Call<'_>, volatile: Volatile<'_>) -> Option<Seen> {
    let input = Some(present(call.input)?).filter(|value| *value != Value::Null);
    let input = input.unwrap_or(Value::Object(Vec::new()));
    let of = |text: Option<&str>| {
        let value = Some(present(text)?).filter(|value| *value != Value::Null);
        let exact = value.as_ref().map(|value| digest(value, &Whole));
        Some((exact, value.as_ref().map(|value| digest(value, &volatile))))
    };
    let (outcome, weak) = match call.ending {
        Ending::Result(text) => {
            let (exact, weak) = of(text)?;
            (exact.map_or(Outcome::Unknown, Outcome::Result), weak)
        }
        Ending::Failure(text) => {
            let (exact, weak) = of(text)?;
            (exact.map_or(Outcome::Unknown, Outcome::Failure), weak)
        }
    };
    let command = input.get("command").and_then(Value::text);
    let kind = Kind::of(call.tool, command.as_deref());
    let task = TASKS.iter().find_map(|name| input.get(name)?.text());
    let args = digest(&arguments(call.tool, input), &Whole);
    // The digest knows the whole name; a record has no room for what no tool is called.
    let tool = call.tool.chars().take(LONGEST_NAME).collect();
    Some(Seen { step: Step { tool, args, outcome, weak, kind }, task })
}

/// Reads `text`; what is not there is `null`.
fn present(text: Option<&str>) -> Option<Value<'_>> {
    text.map_or(Some(Value::Null), parse)
}

/// Returns the value that stands for a call of `tool` with `input`.
pub fn arguments<'call>(tool: &'call str, input: Value<'call>) -> Value<'call> {
    let tool = Value::Text(Text::plain(tool));
    Value::Object(vec![(Text::plain("input"), input), (Text::plain("tool"), tool)])
}

/// How many bytes are hashed at once.
const BUFFER: usize = 16 * 1024;

/// Returns the first 64 bits of the SHA-256 of `value`, as 16 hexadecimal digits.
///
/// A string counts as its own bytes, without quotes: so it has always been, and recorded digests stay valid.
pub fn digest(value: &Value<'_>, blank: &dyn Blank) -> Digest {
    let mut hasher = Sha256::new();
    if let Value::Text(text) = value {
        hasher.update(blank.text(&text.shown()).as_bytes());
    } else {
        // Most parts are short, and the hasher likes long ones.
        let mut parts = Vec::with_capacity(2 * BUFFER);
        canonical::write(value, blank, &mut |part| {
            parts.extend_from_slice(part);
            if parts.len() >= BUFFER {
                hasher.update(&parts);
                parts.clear();
            }
        });
        hasher.update(&parts);
    }
    let digest = hasher.finalize();
    let first = digest.first_chunk().expect("SHA-256 has 32 bytes");
    Digest(format!("{:016x}", u64::from_be_bytes(*first)))
}

#[cfg(test)]
mod tests {
    use super::{Call, Ending, Seen, read};
    use crate::evidence::tool::volatile::Volatile;
    use crate::verdict::stream::{Kind, Outcome};

    fn seen(tool: &str, input: &str, ending: Ending<'_>) -> Option<Seen> {
        read(&Call { tool, input: Some(input), ending }, Volatile(&[]))
    }

    fn result(text: &str) -> Seen {
        seen("Bash", "{}", Ending::Result(Some(text))).unwrap()
    }

    #[test]
    fn results_that_differ_in_volatile_parts_have_the_same_weak_digest() {
        let one = result(r#"{"stdout":"ok in 1.2s\n12:00:01 done","duration_ms":12}"#).step;
        let other = result(r#"{"duration_ms":900,"stdout":"ok in 3s\n12:00:59 done"}"#).step;
        assert_ne!(one.outcome, other.outcome);
        assert_eq!(one.weak, other.weak);
        assert_ne!(result(r#""3 failed""#).step.weak, result(r#""4 failed""#).step.weak);
        assert_eq!(
            result(r#""ran 1s""#).step.weak,
            result(r#""ran 2s""#).step.weak,
            "a bare string"
        );
    }

    #[test]
    fn what_is_not_there_is_known() {
        let step = |ending| seen("Bash", "null", ending).unwrap().step;
        for ending in [
            Ending::Result(None),
            Ending::Result(Some("null")),
            Ending::Failure(None),
            Ending::Failure(Some(" null ")),
        ] {
            assert_eq!(
                (step(ending).outcome, step(ending).weak),
                (Outcome::Unknown, None),
                "{ending:?}"
            );
        }
        let (failed, did) = (Ending::Failure(Some("1")), Ending::Result(Some("1")));
        assert_ne!(step(failed).outcome, step(did).outcome, "a failure is no result");
        assert_eq!(seen("Bash", "{", Ending::Result(None)), None, "no JSON");
        assert_eq!(seen("Bash", "{}", Ending::Result(Some("NaN"))), None, "no JSON either");
        let none = Call { tool: "Bash", input: None, ending: Ending::Result(None) };
        let without = read(&none, Volatile(&[])).unwrap().step.args;
        assert_eq!(without, step(Ending::Result(None)).args, "no input is an empty one");
    }

    #[test]
    fn a_tools_input_tells_its_kind_and_its_task() {
        let poll = seen("BashOutput", r#"{"bash_id":"bash_1"}"#, Ending::Result(None)).unwrap();
        assert_eq!((poll.step.kind, poll.task.as_deref()), (Kind::Poll, Some("bash_1")));
        let sleep =
            seen("Bash", r#"{"command":"sleep 30; cat log"}"#, Ending::Result(None)).unwrap();
        assert_eq!((sleep.step.kind, sleep.task), (Kind::Poll, None));
    }
}
