//! Which workers were started, which of them took their lanes, and which commands may start them?

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use gix::error::{Result, ResultExt as _, message};
use serde::{Deserialize, Serialize};

use super::runs::milliseconds;
use super::{Durability, Journal};
use crate::evidence::process::Recorded;

/// The version of the records that this program writes.
pub const VERSION: u32 = 1;

/// A line of `<git common dir>/dos/fleet.jsonl`; since 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Version of the record, [`VERSION`].
    pub v: u32,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// What happened.
    #[serde(flatten)]
    pub record: Record,
}

/// What happened; the field `record` names the variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "lowercase")]
pub enum Record {
    /// A worker is about to be started; since 0.1.0.
    Starting {
        /// The lane.
        lane: String,
        /// The id of the worker's run.
        run: String,
    },
    /// A worker was started; since 0.1.0.
    Started {
        /// The id of its run.
        run: String,
        /// The machine.
        host: Option<String>,
        /// Its process, which leads a group of its own.
        pid: u32,
        /// When that started, in ticks of the machine.
        pid_started: Option<u64>,
    },
    /// A worker could not be started; since 0.1.0.
    Failed {
        /// The id of its run.
        run: String,
        /// Why.
        reason: String,
    },
    /// A worker took its lane; since 0.1.0.
    Took {
        /// The id of its run.
        run: String,
    },
    /// A lane may be filled as if nothing had gone wrong; since 0.1.0.
    Reset {
        /// The lane.
        lane: String,
    },
    /// Somebody allows a command of the configuration to be run; since 0.1.0.
    Confirmed {
        /// The SHA-256 of its text.
        command: String,
    },
    /// A record of a later version.
    #[serde(other)]
    Unknown,
}

/// A worker that was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launched {
    /// The lane.
    pub lane: String,
    /// The id of its run.
    pub run: String,
    /// When, in time since 1970-01-01T00:00:00Z.
    pub time: Duration,
    /// Its process.
    pub process: Began,
    /// Whether it took its lane.
    pub took: bool,
}

/// What became of the start of a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Began {
    /// Nobody knows: whoever started it died meanwhile.
    Unknown,
    /// It did not begin.
    Failed,
    /// It is this process.
    As(Recorded),
}

/// Everything that the journal holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    /// The workers of each lane, oldest first, beginning with the last that took it.
    pub lanes: BTreeMap<String, Vec<Launched>>,
    /// The SHA-256 of each command that may be run.
    pub confirmed: BTreeSet<String>,
    /// How many lines could not be read.
    pub damaged: usize,
}

impl Book {
    fn find(&mut self, run: &str) -> Option<&mut Launched> {
        self.lanes.values_mut().flatten().find(|launched| launched.run == run)
    }

    fn add(&mut self, line: Line) {
        match line.record {
            Record::Starting { lane, run } => {
                let time = Duration::from_millis(line.time_ms);
                let process = Began::Unknown;
                let launched = Launched { lane: lane.clone(), run, time, process, took: false };
                self.lanes.entry(lane).or_default().push(launched);
            }
            Record::Started { run, host, pid, pid_started } => {
                if let Some(launched) = self.find(&run) {
                    let started = pid_started;
                    launched.process = Began::As(Recorded { host, pid: Some(pid), started });
                }
            }
            Record::Failed { run, .. } => {
                if let Some(launched) = self.find(&run) {
                    launched.process = Began::Failed;
                }
            }
            Record::Took { run } => {
                for launches in self.lanes.values_mut() {
                    if let Some(at) = launches.iter().position(|launched| launched.run == run) {
                        launches.drain(..at);
                        launches.iter_mut().take(1).for_each(|launched| launched.took = true);
                    }
                }
            }
            Record::Reset { lane } => {
                self.lanes.remove(&lane);
            }
            Record::Confirmed { command } => {
                self.confirmed.insert(command);
            }
            Record::Unknown => {}
        }
    }
}

fn journal(state_folder: &Path) -> Journal<Line> {
    Journal::at(state_folder.join("fleet.jsonl"))
}

/// Reads all of it.
pub fn read(state_folder: &Path) -> Result<Book> {
    let contents = journal(state_folder)
        .read()
        .or_raise(|| message("Could not read which workers were started"))?;
    let damage = contents.damage.iter();
    let damaged = damage.filter(|damage| Some(damage.line) != contents.unfinished).count();
    let mut book = Book { damaged, ..Book::default() };
    for line in contents.records {
        book.add(line);
    }
    Ok(book)
}

/// Writes `record` down at the time `now`; it is on the disk when this returns.
pub fn append(state_folder: &Path, record: Record, now: Duration) -> Result<()> {
    let line = Line { v: VERSION, time_ms: milliseconds(now), record };
    journal(state_folder).append(&line, Durability::Synced)
}

/// Makes this process the one that runs the fleet, until the answer is dropped; `None` when another one is.
pub fn hold(state_folder: &Path) -> Result<Option<fs_err::File>> {
    let path = state_folder.join("fleet.lock");
    let context = || message!("Could not lock {}", path.display());
    fs_err::create_dir_all(state_folder).or_raise(context)?;
    let lock =
        fs_err::OpenOptions::new().create(true).append(true).open(&path).or_raise(context)?;
    match lock.file().try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(error).or_raise(context),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Began, Line, Record, append, hold, read};
    use crate::evidence::process::Recorded;

    #[test]
    fn records_are_lines_that_read_back() {
        let [lane, run] = ["api", "RID-1"].map(str::to_owned);
        for (record, rest) in [
            (
                Record::Starting { lane: lane.clone(), run: run.clone() },
                r#""record":"starting","lane":"api","run":"RID-1""#,
            ),
            (
                Record::Started { run: run.clone(), host: None, pid: 7, pid_started: Some(9) },
                r#""record":"started","run":"RID-1","host":null,"pid":7,"pid_started":9"#,
            ),
            (
                Record::Failed { run: run.clone(), reason: "gone".to_owned() },
                r#""record":"failed","run":"RID-1","reason":"gone""#,
            ),
            (Record::Took { run }, r#""record":"took","run":"RID-1""#),
            (Record::Reset { lane }, r#""record":"reset","lane":"api""#),
            (
                Record::Confirmed { command: "ab".to_owned() },
                r#""record":"confirmed","command":"ab""#,
            ),
        ] {
            let written = Line { v: 1, time_ms: 7, record };
            let want = format!(r#"{{"v":1,"time_ms":7,{rest}}}"#);
            assert_eq!(serde_json::to_string(&written).unwrap(), want, "the format others read");
            assert_eq!(serde_json::from_str::<Line>(&want).unwrap(), written, "round trip");
        }
        let later = serde_json::from_str::<Line>(r#"{"v":2,"time_ms":1,"record":"later"}"#);
        assert_eq!(later.unwrap().record, Record::Unknown, "a later version's record");
    }

    #[test]
    fn workers_are_remembered_from_the_last_that_took_its_lane() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path();
        let write = |record| append(state, record, Duration::from_secs(1)).unwrap();
        for run in ["1", "2", "3", "4"] {
            write(Record::Starting { lane: "api".to_owned(), run: run.to_owned() });
        }
        write(Record::Failed { run: "1".to_owned(), reason: String::new() });
        write(Record::Started { run: "3".to_owned(), host: None, pid: 7, pid_started: None });
        let began = |run: &str| {
            let book = read(state).unwrap();
            let found = book.lanes["api"].iter().find(|launched| launched.run == run).cloned();
            found.map(|launched| (launched.process, launched.took))
        };
        assert_eq!(began("1"), Some((Began::Failed, false)));
        assert_eq!(began("2"), Some((Began::Unknown, false)), "whoever started it died");
        write(Record::Took { run: "3".to_owned() });
        let process = Recorded { pid: Some(7), ..Recorded::default() };
        assert_eq!(began("3"), Some((Began::As(process), true)));
        assert_eq!((began("2"), began("4")), (None, Some((Began::Unknown, false))));
        write(Record::Reset { lane: "api".to_owned() });
        assert!(read(state).unwrap().lanes.is_empty(), "begun anew");
    }

    #[test]
    fn one_process_runs_the_fleet() {
        let folder = tempfile::tempdir().unwrap();
        let held = hold(folder.path()).unwrap();
        assert!(held.is_some());
        assert!(hold(folder.path()).unwrap().is_none(), "another one is");
        drop(held);
        assert!(hold(folder.path()).unwrap().is_some());
    }
}
