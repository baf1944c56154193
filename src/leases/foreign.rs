//! Which leases does the journal of dos-kernel leave? Its lines in, the leases that it counts as live out.
//!
//! A line feed ends a record and nothing else does: line separators of Unicode in a name are data. A record that was
//! glued to one that its writer did not finish is read all the same, and both the torn one and what is no record at all
//! count as damage.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::verdict::liveness::Process;

/// How long a lease counts without a look at its process or its time: 5 minutes.
const GRACE: Duration = Duration::from_secs(5 * 60);

/// How long a lease lasts that does not say it: 50 minutes.
const TTL: Duration = Duration::from_secs(50 * 60);

/// A lease of that journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreign {
    /// The lane.
    pub lane: String,
    /// Which holding of the lane it is.
    pub grant: String,
    /// The globs of the lane.
    pub tree: Vec<String>,
    /// Who holds it.
    pub holder: Option<String>,
    /// The run that holds it.
    pub run: Option<String>,
    /// The name of the machine.
    pub host: Option<String>,
    /// The process that took it, which may have been a shell that ended at once.
    pub pid: Option<u32>,
    /// `exclusive` or `shared`, in later versions.
    pub mode: Option<String>,
    /// When it was given, in time since 1970-01-01T00:00:00Z.
    pub acquired: Option<Duration>,
    /// When it was last renewed.
    pub renewed: Option<Duration>,
    /// How long it lasts from the newest of both on.
    pub ttl: Duration,
}

impl Foreign {
    /// Reads a lease as the journal has it.
    pub fn of(fields: &Map<String, Value>) -> Self {
        let text = |key: &str| fields.get(key).map(word).filter(|text| !text.is_empty());
        let time = |key: &str| fields.get(key).and_then(Value::as_str).and_then(stamp);
        let pid = fields.get("pid").and_then(Value::as_u64);
        let tree = fields.get("tree").and_then(Value::as_array);
        let minutes = fields.get("ttl_minutes").and_then(Value::as_f64).filter(|ttl| *ttl > 0.0);
        let ttl = minutes.and_then(|ttl| Duration::try_from_secs_f64(ttl * 60.0).ok());
        Self {
            lane: text("lane").unwrap_or_default(),
            grant: text("loop_ts").unwrap_or_default(),
            tree: tree.into_iter().flatten().map(word).collect(),
            holder: text("holder"),
            run: text("run_id"),
            host: text("host_id"),
            pid: pid.and_then(|pid| u32::try_from(pid).ok()).filter(|pid| *pid > 0),
            mode: text("mode"),
            acquired: time("acquired_at"),
            renewed: time("heartbeat_at"),
            ttl: ttl.unwrap_or(TTL),
        }
    }

    /// Returns how long it lasts with the grace that its tool gives.
    pub fn whole_ttl(&self) -> Duration {
        self.ttl.saturating_add(GRACE)
    }

    /// Tells whether its tool counts it at `now`, when its process is as `process` says.
    pub fn is_live(&self, now: Duration, process: Process) -> bool {
        let Some(stamp) = self.renewed.or(self.acquired) else { return true };
        let age = now.saturating_sub(stamp);
        age <= GRACE || (process != Process::Gone && age <= self.whole_ttl())
    }
}

/// What a journal comes to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Replay {
    /// The leases that were not given back, in the order in which they were given.
    pub leases: Vec<Foreign>,
    /// The numbers of the lines that are damaged, from 1.
    pub damage: Vec<usize>,
}

/// Reads a journal and follows it to its end.
pub fn replay(bytes: &[u8]) -> Replay {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let (mut fold, mut damage) = (Fold::default(), Vec::new());
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        let (records, is_whole) = records(line);
        if !is_whole {
            damage.push(index + 1);
        }
        for record in &records {
            fold.take(record);
        }
    }
    Replay { leases: fold.leases.iter().map(|(_, fields)| Foreign::of(fields)).collect(), damage }
}

/// Returns the records of one line, and whether they are all of it.
fn records(line: &[u8]) -> (Vec<Map<String, Value>>, bool) {
    let (mut found, mut is_whole, mut start) = (Vec::new(), true, 0);
    while let Some(rest) = line.get(start..).filter(|rest| !rest.trim_ascii().is_empty()) {
        let mut stream = serde_json::Deserializer::from_slice(rest).into_iter::<Value>();
        match stream.next() {
            Some(Ok(Value::Object(record))) if record.contains_key("op") || start == 0 => {
                found.push(record);
                start += stream.byte_offset();
                // Two on one line are what is left of a line feed that was never written.
                is_whole &= line.get(start..).is_none_or(<[u8]>::is_empty);
            }
            Some(Ok(_)) if start == 0 && stream.byte_offset() == rest.len() => break,
            Some(_) | None => {
                is_whole = false;
                let next = rest.iter().skip(1).position(|byte| *byte == b'{');
                let Some(next) = next else { break };
                start += next + 1;
            }
        }
    }
    (found, is_whole)
}

/// The leases so far, each under its holding and its lane.
#[derive(Debug, Default)]
struct Fold {
    leases: Vec<((String, String), Map<String, Value>)>,
}

impl Fold {
    fn take(&mut self, record: &Map<String, Value>) {
        let key = key(record);
        match record.get("op").and_then(Value::as_str) {
            Some("ACQUIRE" | "RECONCILE") => self.put(given(record)),
            Some("RELEASE" | "SCAVENGE") => self.leases.retain(|(known, _)| *known != key),
            Some("HEARTBEAT") => {
                let beat = record.get("heartbeat_at").or_else(|| record.get("ts"));
                if let (Some(lease), Some(beat)) = (self.find(&key), beat) {
                    lease.insert("heartbeat_at".to_owned(), beat.clone());
                }
            }
            Some("ADOPT") => {
                let Some(lease) = self.find(&key) else { return };
                for name in ["holder", "pid", "host_id", "heartbeat_at"] {
                    if let Some(value) = record.get(name).filter(|value| !value.is_null()) {
                        lease.insert(name.to_owned(), value.clone());
                    }
                }
            }
            Some("CHECKPOINT") => {
                self.leases.clear();
                let leases = record.get("leases").and_then(Value::as_array);
                for lease in leases.into_iter().flatten().filter_map(Value::as_object) {
                    self.put(lease.clone());
                }
            }
            Some(_) | None => {}
        }
    }

    fn find(&mut self, key: &(String, String)) -> Option<&mut Map<String, Value>> {
        self.leases.iter_mut().find(|(known, _)| known == key).map(|(_, lease)| lease)
    }

    fn put(&mut self, lease: Map<String, Value>) {
        let key = key(&lease);
        if key.0.is_empty() && key.1.is_empty() {
            return;
        }
        match self.find(&key) {
            Some(known) => *known = lease,
            None => self.leases.push((key, lease)),
        }
    }
}

/// Returns the lease that a record gives: the one in it, or what it says itself.
fn given(record: &Map<String, Value>) -> Map<String, Value> {
    if let Some(lease) = record.get("lease").and_then(Value::as_object) {
        return lease.clone();
    }
    let mut lease = record.clone();
    if let (false, Some(time)) = (lease.contains_key("acquired_at"), record.get("ts")) {
        lease.insert("acquired_at".to_owned(), time.clone());
    }
    lease
}

/// Returns what tells a lease from others: which holding of which lane it is.
fn key(fields: &Map<String, Value>) -> (String, String) {
    let text = |key: &str| fields.get(key).map(word).unwrap_or_default();
    (text("loop_ts"), text("lane"))
}

/// Returns a value as a word; what is empty or zero is none.
fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(false) => String::new(),
        Value::Number(number) if number.as_f64() == Some(0.0) => String::new(),
        Value::Bool(true) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string()
        }
    }
}

/// Reads a time as the journal has it, to the second or to the minute; `None` for anything else.
fn stamp(text: &str) -> Option<Duration> {
    let stamp = text.parse::<jiff::Timestamp>().or_else(|_| {
        let minute = text.strip_suffix('Z').unwrap_or(text);
        format!("{minute}:00Z").parse()
    });
    u64::try_from(stamp.ok()?.as_millisecond()).ok().map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Foreign, Replay, replay, stamp};
    use crate::verdict::liveness::Process;

    const GIVEN: &str = r#"{"op":"ACQUIRE","lane":"api","loop_ts":"L1","lease":{"lane":"api","loop_ts":"L1","tree":["api/**"],"holder":"a","pid":7,"acquired_at":"2026-06-01T00:00:00Z"}}"#;

    fn lanes(replay: &Replay) -> Vec<&str> {
        replay.leases.iter().map(|lease| &*lease.lane).collect()
    }

    #[test]
    fn operations_leave_the_leases_that_nobody_gave_back() {
        let other = GIVEN.replace("api", "web").replace("L1", "L2");
        for (lines, want, why) in [
            (vec![GIVEN, &*other], vec!["api", "web"], "two"),
            (vec![GIVEN, r#"{"op":"RELEASE","lane":"api","loop_ts":"L1"}"#], vec![], "given back"),
            (vec![GIVEN, r#"{"op":"SCAVENGE","lane":"api","loop_ts":"L1"}"#], vec![], "taken out"),
            (
                vec![GIVEN, r#"{"op":"RELEASE","lane":"api","loop_ts":"L9"}"#],
                vec!["api"],
                "another",
            ),
            (vec![GIVEN, GIVEN], vec!["api"], "twice is once"),
            (vec![r#"{"op":"RECONCILE","lease":{"lane":"x","loop_ts":"Z"}}"#], vec!["x"], "found"),
            (
                vec![r#"{"op":"ACQUIRE","lane":"x","loop_ts":3,"ts":"2026-06-01T00:00Z"}"#],
                vec!["x"],
                "inline",
            ),
            (vec![r#"{"op":"ACQUIRE","lease":{"lane":"","loop_ts":null}}"#], vec![], "of nothing"),
            (
                vec![r#"{"op":"ADOPT","lane":"api","loop_ts":"L1","holder":"b"}"#],
                vec![],
                "never given",
            ),
            (
                vec![GIVEN, r#"{"op":"HALT","lane":"api"}"#, r#"{"op":"NEW"}"#, "[]", "7"],
                vec!["api"],
                "inert",
            ),
            (
                vec![GIVEN, r#"{"op":"CHECKPOINT","leases":[{"lane":"web","loop_ts":"L2"}]}"#],
                vec!["web"],
                "begun anew",
            ),
        ] {
            let replay = replay(lines.join("\n").as_bytes());
            assert_eq!((lanes(&replay), &*replay.damage), (want, &[][..]), "{why}");
        }
    }

    #[test]
    fn later_records_change_the_lease() {
        let beat = r#"{"op":"HEARTBEAT","lane":"api","loop_ts":"L1","ts":"2026-06-01T00:05:00Z"}"#;
        let adopt = r#"{"op":"ADOPT","lane":"api","loop_ts":"L1","holder":"b","pid":null}"#;
        let replay = replay(format!("\u{feff}{GIVEN}\r\n{beat}\n\n{adopt}\n").as_bytes());
        let lease = &replay.leases[0];
        assert_eq!((lease.holder.as_deref(), lease.pid), (Some("b"), Some(7)));
        let begun = stamp("2026-06-01T00:00:00Z").unwrap();
        assert_eq!(lease.renewed, Some(begun + Duration::from_secs(300)));
        assert_eq!(stamp("2026-06-01T00:00Z"), Some(begun), "to the minute");
        assert_eq!(stamp("yesterday"), None);
    }

    #[test]
    fn a_torn_record_costs_itself_and_a_separator_in_a_name_nothing() {
        let torn = &GIVEN[..60];
        let web = GIVEN.replace("api", "web").replace("L1", "L\u{2028}\u{85}2");
        for (text, want, damage) in [
            (format!("{GIVEN}\n{torn}"), vec!["api"], vec![2]),
            (format!("{torn}{GIVEN}\n{web}\n"), vec!["api", "web"], vec![1]),
            (format!("{GIVEN}{web}\n"), vec!["api", "web"], vec![1]),
            (format!("{torn}\nnot json\n{web}"), vec!["web"], vec![1, 2]),
            (format!("{web}\n\u{fffd}\n"), vec!["web"], vec![2]),
            (String::new(), vec![], vec![]),
        ] {
            let replay = replay(text.as_bytes());
            assert_eq!((lanes(&replay), replay.damage.clone()), (want, damage), "{text}");
        }
    }

    #[test]
    fn a_lease_counts_for_its_time_and_a_grace() {
        let fields = r#"{"lane":"api","loop_ts":"L","acquired_at":"2026-06-01T00:00:00Z"}"#;
        let lease = Foreign::of(&serde_json::from_str(fields).unwrap());
        let begun = lease.acquired.unwrap();
        for (seconds, process, want) in [
            (300, Process::Gone, true),
            (301, Process::Gone, false),
            (55 * 60, Process::Up, true),
            (55 * 60 + 1, Process::Up, false),
            (55 * 60 + 1, Process::Unknown, false),
        ] {
            let now = begun + Duration::from_secs(seconds);
            assert_eq!(lease.is_live(now, process), want, "{seconds} s, {process:?}");
        }
        let undated = Foreign { acquired: None, ..lease };
        assert!(undated.is_live(Duration::MAX, Process::Gone), "nobody knows how old it is");
    }
}
