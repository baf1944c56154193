//! How often was a session held at its stops with nothing moved since? One small journal per session.
//!
//! The lines are those that dos-kernel writes to `.dos/markers`, with what we add to them, so that either file can
//! be read by the same rules: a line that is damaged, of another family or of a later version counts for nothing.

use std::path::Path;
use std::time::Duration;

use gix::error::{Result, ResultExt as _, message};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Durability, Journal, sessions};
use crate::policy::span;

/// The family of the records, as their tag names it.
const FAMILY: &str = "wait-marker";

/// The version of the records that this program writes, and the last that it reads.
pub const VERSION: u64 = 1;

/// A line of `<git common dir>/dos/markers/<name>.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// What happened; since 0.1.0.
    pub op: Op,
    /// What kind of record this is; since 0.1.0.
    pub schema: Tag,
    /// When, as a date and a time in UTC; since 0.1.0.
    pub ts: String,
    /// What the agent called the turn, if it named it; since 0.1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<String>,
    /// What stood for the state of the worktree, if it could be read; since 0.1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// What stood for the newest record of a tool's use, if there was one; since 0.1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
}

/// What is known of the moment at which a session is held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen<'call> {
    /// What the agent calls the turn, if it names it.
    pub turn: Option<&'call str>,
    /// What stands for the state of the worktree, if it can be read.
    pub state: Option<&'call str>,
    /// What stands for the newest record of a tool's use, if there is one.
    pub call: Option<&'call str>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    /// The session was held.
    #[serde(rename = "MARKER")]
    Marker,
    /// Something moved: the count begins anew.
    #[serde(rename = "RESET")]
    Reset,
}

/// The kind of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// `wait-marker`; since 0.1.0.
    pub family: String,
    /// [`VERSION`]; since 0.1.0.
    pub version: u64,
}

impl Marker {
    /// Makes a record of `op` at `time` since 1970-01-01T00:00:00Z.
    pub fn new(op: Op, time: Duration, seen: Seen<'_>) -> Self {
        Self {
            op,
            schema: Tag { family: FAMILY.to_owned(), version: VERSION },
            ts: span::moment(Duration::from_secs(time.as_secs())),
            turn: seen.turn.map(str::to_owned),
            state: seen.state.map(str::to_owned),
            call: seen.call.map(str::to_owned),
        }
    }
}

/// What the records of a session come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// How often the session was held since something last moved.
    pub held: u64,
    /// The turn of the last record.
    pub turn: Option<String>,
    /// The state of the last record.
    pub state: Option<String>,
    /// The use of a tool of the last record.
    pub call: Option<String>,
}

/// Returns the journal of the session called `id` in `state_folder`.
pub fn journal(state_folder: &Path, id: &str) -> Journal<Marker> {
    Journal::at(state_folder.join("markers").join(sessions::file_name(id)))
}

/// Reads how often the session of `journal` was held.
pub fn read(journal: &Journal<Marker>) -> Result<Tally> {
    let context = || message("Could not read how often the session was held");
    match fs_err::read(journal.path()) {
        Ok(bytes) => Ok(tally(&bytes, VERSION)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Tally::default()),
        Err(error) => Err(error).or_raise(context),
    }
}

/// Writes `records` down.
pub fn append(journal: &Journal<Marker>, records: &[Marker]) -> Result<()> {
    journal.append_all(records, Durability::Buffered)
}

/// Removes the journals in `state_folder` that nobody wrote to in the `age` before `now`, and returns how many.
pub fn prune(state_folder: &Path, age: Duration, now: Duration) -> usize {
    super::prune(&state_folder.join("markers"), age, now)
}

/// Adds up the lines of `bytes`, as a reader does that understands versions up to `newest`.
pub fn tally(bytes: &[u8], newest: u64) -> Tally {
    let mut tally = Tally::default();
    for line in bytes.split(|byte| *byte == b'\n') {
        let Ok(Value::Object(record)) = serde_json::from_str(String::from_utf8_lossy(line).trim())
        else {
            continue;
        };
        if !is_readable(record.get("schema"), newest) {
            continue;
        }
        match record.get("op").and_then(Value::as_str) {
            Some("MARKER") => tally.held += 1,
            Some("RESET") => tally.held = 0,
            Some(_) | None => continue,
        }
        let text = |name: &str| record.get(name).and_then(Value::as_str).map(str::to_owned);
        (tally.turn, tally.state, tally.call) = (text("turn"), text("state"), text("call"));
    }
    tally
}

/// Tells whether a record with this tag is one of ours; a record without a tag was written before there were any.
fn is_readable(tag: Option<&Value>, newest: u64) -> bool {
    let (family, version) = match tag {
        Some(Value::Object(tag)) => (tag.get("family").and_then(Value::as_str), tag.get("version")),
        Some(number @ Value::Number(_)) => (Some(""), Some(number)),
        Some(_) | None => return true,
    };
    match (family, version.and_then(as_version)) {
        (Some(family), Some(version)) => matches!(family, "" | FAMILY) && version <= newest,
        // What is no tag is none.
        (None, _) | (_, None) => true,
    }
}

/// Reads a version, from 1; one that is too large for us is later than any.
fn as_version(number: &Value) -> Option<u64> {
    let is_vast = || number.as_f64().is_some_and(|number| number >= 18_446_744_073_709_551_616.0);
    number.as_u64().or_else(|| is_vast().then_some(u64::MAX)).filter(|version| *version > 0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Marker, Op, Seen, append, journal, read, tally};

    #[test]
    fn records_are_lines_that_add_up() {
        let folder = tempfile::tempdir().unwrap();
        let journal = journal(folder.path(), "../s");
        assert_eq!(read(&journal).unwrap().held, 0, "no file");
        let marker = |op, turn, state, call| {
            Marker::new(op, Duration::from_millis(1_500), Seen { turn, state, call })
        };
        let one = marker(Op::Marker, Some("t"), Some("x"), Some("c"));
        assert_eq!(
            serde_json::to_string(&one).unwrap(),
            r#"{"op":"MARKER","schema":{"family":"wait-marker","version":1},"ts":"1970-01-01T00:00:01Z","turn":"t","state":"x","call":"c"}"#,
            "the documented line"
        );
        append(&journal, &[one.clone(), one]).unwrap();
        let got = read(&journal).unwrap();
        assert_eq!(
            (got.held, got.turn.as_deref(), got.state.as_deref(), got.call.as_deref()),
            (2, Some("t"), Some("x"), Some("c"))
        );
        append(
            &journal,
            &[marker(Op::Reset, None, None, None), marker(Op::Marker, Some("u"), None, None)],
        )
        .unwrap();
        let got = read(&journal).unwrap();
        assert_eq!((got.held, got.turn.as_deref(), got.state), (1, Some("u"), None), "anew");
    }

    #[test]
    fn damage_counts_for_nothing() {
        let bytes = b"{\"op\":\"MARKER\"}\n{\"op\":\"MAR\n\xff\xfe\n[1]\n{\"op\":\"MARKER\"}";
        assert_eq!(tally(bytes, 1).held, 2, "what can be read counts");
        let deep = format!("{}\n{{\"op\":\"MARKER\"}}\n", "[".repeat(100_000));
        assert_eq!(tally(deep.as_bytes(), 1).held, 1, "one hostile line is one line");
    }
}
