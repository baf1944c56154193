//! Which stops were proposed, who has seen them, and which runs have moved since?
//!
//! Nothing in this journal is ever taken out or summed up: what was proposed stays.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use gix::error::{Result, ResultExt as _, message};
use serde::{Deserialize, Serialize};

use super::runs::milliseconds;
use super::{Damage, Durability, Journal};

/// The version of the records that this program writes.
pub const VERSION: u32 = 1;

/// A line of `<git common dir>/dos/halts.jsonl`; its field `record` names the variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "lowercase")]
pub enum Record {
    /// Somebody proposes a stop; since 0.1.0.
    Halt(Halt),
    /// Somebody has seen a proposal; since 0.1.0.
    Ack(Ack),
    /// A run moves again, and what was proposed about it before was another episode; since 0.1.0.
    Moved(Moved),
    /// A record of a later version.
    #[serde(other)]
    Unknown,
}

/// A proposed stop; every field since 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Halt {
    /// Version of the record, [`VERSION`].
    pub v: u32,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The id of the proposal.
    pub id: String,
    /// The run that should stop; absent when only its lane is known.
    pub run: Option<String>,
    /// The lane in which it works.
    pub lane: Option<String>,
    /// Who proposes it: `watch`, `fleet`, a run, or a mail address.
    pub by: String,
    /// Why, in the words of who proposes it.
    pub reason: String,
    /// The command with which a person would stop it; absent when nobody knows one.
    pub command: Option<String>,
}

/// Somebody has seen a proposal; every field since 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    /// Version of the record, [`VERSION`].
    pub v: u32,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The id of the proposal.
    pub id: String,
    /// Who.
    pub by: String,
}

/// A run moves again; every field since 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Version of the record, [`VERSION`].
    pub v: u32,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The run.
    pub run: String,
}

impl Ack {
    /// Makes the record that `by` has seen the proposal `id` at `time`.
    pub fn at(time: Duration, id: &str, by: &str) -> Self {
        let (id, by) = (id.to_owned(), by.to_owned());
        Self { v: VERSION, time_ms: milliseconds(time), id, by }
    }
}

impl Moved {
    /// Makes the record that `run` moves at `time`.
    pub fn at(time: Duration, run: &str) -> Self {
        Self { v: VERSION, time_ms: milliseconds(time), run: run.to_owned() }
    }
}

/// A proposal, and who has seen it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What is proposed.
    pub halt: Halt,
    /// Who has seen it first; `None` while nobody has.
    pub seen: Option<Ack>,
}

/// Everything that the journal holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    /// The proposals, oldest first.
    pub proposals: Vec<Proposal>,
    /// When the stop of each run that has not moved since was last proposed, since 1970-01-01T00:00:00Z.
    pub episodes: BTreeMap<String, Duration>,
    /// The lines that could not be read.
    pub damage: Vec<Damage>,
}

impl Book {
    /// Returns the proposals that nobody has seen, oldest first.
    pub fn open(&self) -> impl Iterator<Item = &Halt> {
        self.proposals
            .iter()
            .filter(|proposal| proposal.seen.is_none())
            .map(|proposal| &proposal.halt)
    }

    fn add(&mut self, record: Record) {
        match record {
            Record::Halt(halt) => {
                if let Some(run) = &halt.run {
                    self.episodes.insert(run.clone(), Duration::from_millis(halt.time_ms));
                }
                self.proposals.push(Proposal { halt, seen: None });
            }
            Record::Ack(ack) => {
                let is_meant = |proposal: &&mut Proposal| proposal.halt.id == ack.id;
                if let Some(proposal) = self.proposals.iter_mut().find(is_meant) {
                    proposal.seen.get_or_insert(ack);
                }
            }
            Record::Moved(moved) => {
                self.episodes.remove(&moved.run);
            }
            Record::Unknown => {}
        }
    }
}

/// Returns the journal in `state_folder`.
pub fn journal(state_folder: &Path) -> Journal<Record> {
    Journal::at(state_folder.join("halts.jsonl"))
}

/// Reads all of it; what cannot be read is part of the answer.
///
/// A line that another process is writing does not count yet.
pub fn read(state_folder: &Path) -> Result<Book> {
    let contents = journal(state_folder)
        .read()
        .or_raise(|| message("Could not read which stops are proposed"))?;
    let mut book = Book::default();
    for record in contents.records {
        book.add(record);
    }
    book.damage = contents.damage;
    book.damage.retain(|damage| Some(damage.line) != contents.unfinished);
    Ok(book)
}

/// Writes `record` down; it is on the disk when this returns.
pub fn append(state_folder: &Path, record: &Record) -> Result<()> {
    journal(state_folder).append(record, Durability::Synced)
}

/// Keeps other processes from reading and writing down what follows, until the answer is dropped.
pub fn hold(state_folder: &Path) -> Result<fs_err::File> {
    let path = state_folder.join("halts.lock");
    let context = || message!("Could not lock {}", path.display());
    fs_err::create_dir_all(state_folder).or_raise(context)?;
    let lock =
        fs_err::OpenOptions::new().create(true).append(true).open(&path).or_raise(context)?;
    lock.file().lock().or_raise(context)?;
    Ok(lock)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Ack, Halt, Moved, Record, append, journal, read};

    fn halt(id: &str, run: Option<&str>, time_ms: u64) -> Halt {
        Halt {
            v: 1,
            time_ms,
            id: id.to_owned(),
            run: run.map(str::to_owned),
            lane: Some("api".to_owned()),
            by: "watch".to_owned(),
            reason: "it spins".to_owned(),
            command: Some("kill 7".to_owned()),
        }
    }

    #[test]
    fn records_are_lines_that_read_back() {
        let time = Duration::from_millis(8);
        for (record, want) in [
            (
                Record::Halt(halt("h", Some("RID-1"), 7)),
                r#"{"record":"halt","v":1,"time_ms":7,"id":"h","run":"RID-1","lane":"api","by":"watch","reason":"it spins","command":"kill 7"}"#,
            ),
            (
                Record::Ack(Ack::at(time, "h", "ada")),
                r#"{"record":"ack","v":1,"time_ms":8,"id":"h","by":"ada"}"#,
            ),
            (
                Record::Moved(Moved::at(time, "RID-1")),
                r#"{"record":"moved","v":1,"time_ms":8,"run":"RID-1"}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&record).unwrap(), want, "the format others read");
            assert_eq!(serde_json::from_str::<Record>(want).unwrap(), record, "round trip");
        }
        let later = serde_json::from_str::<Record>(r#"{"record":"later","v":2}"#).unwrap();
        assert_eq!(later, Record::Unknown, "a later version's record is no damage");
    }

    #[test]
    fn proposals_stay_until_they_are_seen_and_episodes_until_the_run_moves() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path();
        let write = |record| append(state, &record).unwrap();
        let open =
            || -> Vec<String> { read(state).unwrap().open().map(|halt| halt.id.clone()).collect() };
        assert!(open().is_empty(), "no file, no proposals");
        write(Record::Halt(halt("a", Some("RID-1"), 1000)));
        write(Record::Halt(halt("b", None, 2000)));
        assert_eq!(open(), ["a", "b"]);
        let time = Duration::from_secs(3);
        write(Record::Ack(Ack::at(time, "a", "ada")));
        write(Record::Ack(Ack::at(time, "a", "bob")));
        let book = read(state).unwrap();
        assert_eq!(open(), ["b"], "what was seen is not shown again");
        assert_eq!(book.proposals[0].seen.as_ref().unwrap().by, "ada", "the first who did");
        assert_eq!(book.episodes["RID-1"], Duration::from_secs(1), "seen, and still one episode");
        write(Record::Moved(Moved::at(time, "RID-1")));
        let book = read(state).unwrap();
        assert!(book.episodes.is_empty() && book.proposals.len() == 2, "nothing is lost: {book:?}");
        let mut torn = fs_err::read(journal(state).path()).unwrap();
        torn.extend_from_slice(b"{\"half");
        fs_err::write(journal(state).path(), torn).unwrap();
        assert!(read(state).unwrap().damage.is_empty(), "still being written");
        write(Record::Ack(Ack::at(time, "b", "ada")));
        let book = read(state).unwrap();
        assert_eq!((book.damage.len(), book.open().count()), (1, 0), "a torn line costs itself");
    }
}
