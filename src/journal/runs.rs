//! Where did a run start, when did it last give a sign of life, and is it over? One small journal per run.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use gix::ObjectId;
use gix::error::{Result, ResultExt as _, message};
use serde::{Deserialize, Serialize};

use super::{Damage, Journal};
use crate::run_id::RunId;

/// The version of the records that this program writes.
pub const VERSION: u32 = 1;

/// A line of `<git common dir>/dos/runs/<run id>.jsonl`; its field `record` names the variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "lowercase")]
pub enum Record {
    /// The run starts; since 0.1.0.
    Start(Box<Start>),
    /// The run gives a sign of life; since 0.1.0.
    Beat(Stamp),
    /// The run is over; since 0.1.0.
    End(Stamp),
    /// A record of a later version.
    #[serde(other)]
    Unknown,
}

/// Where a run starts; every field since 0.1.0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// Version of the record, [`VERSION`].
    pub v: u32,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The id of the run.
    pub run: String,
    /// What kind of process it is, such as `PROC-run`.
    pub process: String,
    /// The run that started it.
    pub parent: Option<String>,
    /// The run with which it all began, perhaps itself.
    pub root: String,
    /// The commit of `HEAD`; absent on a branch without commits.
    #[serde(with = "super::object_id::optional")]
    pub head: Option<ObjectId>,
    /// The full name of the branch; absent when `HEAD` is detached.
    pub branch: Option<String>,
    /// The top of the worktree, unless its path is no UTF-8 text.
    pub worktree: Option<String>,
    /// The mail address of who commits there.
    pub committer: Option<String>,
    /// The name of the machine.
    pub host: Option<String>,
    /// The process that the run is.
    pub pid: Option<u32>,
    /// When that process started, in ticks of the machine, so that another one of that number is told apart.
    pub pid_started: Option<u64>,
    /// The lane in which it works.
    pub lane: Option<String>,
    /// How long it may take, in seconds.
    pub budget_s: Option<u64>,
    /// The agent whose session it is, such as `claude`.
    pub agent: Option<String>,
    /// The id of that session, as the agent wrote it.
    pub session: Option<String>,
}

/// A moment of a run; every field since 0.1.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Version of the record, [`VERSION`].
    pub v: u32,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
}

impl Stamp {
    /// Makes the stamp of `time`, in time since 1970-01-01T00:00:00Z.
    pub fn at(time: Duration) -> Self {
        Self { v: VERSION, time_ms: milliseconds(time) }
    }
}

/// Returns `time` in whole milliseconds.
pub fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Everything that is written down of one run.
#[derive(Debug, Default)]
pub struct Known {
    /// Where it started; `None` when the record of that is lost.
    pub start: Option<Start>,
    /// Its newest sign of life, in time since 1970-01-01T00:00:00Z.
    pub beat: Option<Duration>,
    /// When it ended, in time since 1970-01-01T00:00:00Z.
    pub end: Option<Duration>,
    /// The lines that could not be read.
    pub damage: Vec<Damage>,
}

/// Returns the journal of the run called `id` in `state_folder`.
pub fn journal(state_folder: &Path, id: &RunId) -> Journal<Record> {
    Journal::at(state_folder.join("runs").join(format!("{id}.jsonl")))
}

/// Reads what is known of the run called `id`; `None` when nothing is.
pub fn read(state_folder: &Path, id: &RunId) -> Result<Option<Known>> {
    let journal = journal(state_folder, id);
    let context = || message!("Could not read the run {id}");
    let contents = journal.read().or_raise(context)?;
    if contents.records.is_empty() && contents.damage.is_empty() {
        // An empty file is a run that another process is about to write down, or died before it did.
        return Ok(None);
    }
    let mut known = Known { damage: contents.damage, ..Known::default() };
    for record in contents.records {
        match record {
            // A file that was copied to another name speaks of another run.
            Record::Start(start) if start.run == id.as_str() => known.start = Some(*start),
            Record::Beat(beat) => {
                known.beat = known.beat.max(Some(Duration::from_millis(beat.time_ms)));
            }
            Record::End(end) => known.end = Some(Duration::from_millis(end.time_ms)),
            Record::Start(_) | Record::Unknown => {}
        }
    }
    Ok(Some(known))
}

/// Returns the ids of all runs in `state_folder`, oldest first.
pub fn ids(state_folder: &Path) -> Result<BTreeSet<RunId>> {
    let context = || message("Could not list the runs");
    let folder = match fs_err::read_dir(state_folder.join("runs")) {
        Ok(folder) => folder,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(error).or_raise(context),
    };
    let mut ids = BTreeSet::new();
    for entry in folder {
        let name = entry.or_raise(context)?.file_name();
        let id = name.to_str().and_then(|name| name.strip_suffix(".jsonl"));
        ids.extend(id.and_then(RunId::parse));
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use gix::ObjectId;

    use super::{Record, Stamp, Start, ids, journal, read};
    use crate::journal::Durability;
    use crate::run_id::RunId;

    fn id(chance: u64) -> RunId {
        RunId::mint(Duration::from_secs(1_780_000_000), chance).unwrap()
    }

    #[test]
    fn records_are_lines_that_read_back() {
        let head = ObjectId::from_hex("d".repeat(40).as_bytes()).unwrap();
        let start = Start {
            v: 1,
            time_ms: 7,
            run: id(7).to_string(),
            process: "PROC-run".to_owned(),
            root: id(7).to_string(),
            head: Some(head),
            ..Start::default()
        };
        let want = format!(
            r#"{{"record":"start","v":1,"time_ms":7,"run":"RID-1KSR49200000007","process":"PROC-run","parent":null,"root":"RID-1KSR49200000007","head":"{head}","branch":null,"worktree":null,"committer":null,"host":null,"pid":null,"pid_started":null,"lane":null,"budget_s":null,"agent":null,"session":null}}"#
        );
        let stamp = Stamp::at(Duration::from_millis(8));
        for (record, want) in [
            (Record::Start(Box::new(start)), want),
            (Record::Beat(stamp), r#"{"record":"beat","v":1,"time_ms":8}"#.to_owned()),
            (Record::End(stamp), r#"{"record":"end","v":1,"time_ms":8}"#.to_owned()),
        ] {
            assert_eq!(serde_json::to_string(&record).unwrap(), want, "the format others read");
            assert_eq!(serde_json::from_str::<Record>(&want).unwrap(), record, "round trip");
        }
        let later = serde_json::from_str::<Record>(r#"{"record":"paused","v":2}"#).unwrap();
        assert_eq!(later, Record::Unknown, "a later version's record is no damage");
    }

    #[test]
    fn a_run_is_what_its_own_file_says() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path();
        assert!(ids(state).unwrap().is_empty(), "no folder, no runs");
        assert!(read(state, &id(1)).unwrap().is_none(), "no file, no run");
        let start =
            |id: &RunId| Record::Start(Box::new(Start { run: id.to_string(), ..Start::default() }));
        let write = |id: &RunId, record| {
            journal(state, id).append(&record, Durability::Buffered).unwrap();
        };
        write(&id(1), start(&id(1)));
        for milliseconds in [9, 11, 10] {
            write(&id(1), Record::Beat(Stamp::at(Duration::from_millis(milliseconds))));
        }
        write(&id(2), start(&id(1)));
        fs_err::write(journal(state, &id(3)).path(), "").unwrap();
        assert!(read(state, &id(3)).unwrap().is_none(), "nothing was written down yet");
        fs_err::write(state.join("runs/notes.txt"), "").unwrap();
        fs_err::write(state.join("runs/RID-x.jsonl"), "").unwrap();
        assert_eq!(ids(state).unwrap().into_iter().collect::<Vec<_>>(), [id(1), id(2), id(3)]);
        let known = read(state, &id(1)).unwrap().unwrap();
        assert_eq!(known.beat, Some(Duration::from_millis(11)), "the newest, not the last");
        assert_eq!((known.end, known.damage.len()), (None, 0));
        assert_eq!(known.start.unwrap().run, id(1).as_str());
        let copied = read(state, &id(2)).unwrap().unwrap();
        assert_eq!(copied.start, None, "another run's start is not this one's");
    }
}
