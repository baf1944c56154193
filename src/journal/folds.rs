//! Which archives became one commit, which did not and why? And did the last attempt come to its end?
//!
//! An attempt is written down before anything is visible and again when it is over. One without an end
//! was cut short, and the next command finishes it or takes it back.

use std::collections::HashMap;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use gix::ObjectId;
use gix::error::{Result, ResultExt as _, bail, message};
use serde::{Deserialize, Serialize};

use super::{Durability, Journal};

/// The version of the records that this program writes.
pub const VERSION: u32 = 1;

/// The bytes at the end of the journal that hold the latest attempts.
const TAIL_BYTES: u64 = 64 * 1024;

/// A line of `<git common dir>/dos/coalesce.jsonl`; its field `record` names the variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "lowercase")]
pub enum Record {
    /// A branch is about to move; since 0.1.0.
    Intended(Intended),
    /// The attempt is over; since 0.1.0.
    Ended(Ended),
    /// An archive stays a commit of its own; since 0.1.0.
    Stays(Stays),
    /// A record of a later version.
    #[serde(other)]
    Unknown,
}

/// What is about to happen to a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intended {
    /// Version of the record, [`VERSION`]; since 0.1.0.
    pub v: u32,
    /// When, in seconds since 1970-01-01T00:00:00Z; since 0.1.0.
    pub time: u64,
    /// The full name of the branch, or `HEAD` when it is detached; since 0.1.0.
    pub reference: String,
    /// The commit that the branch is at; absent on a branch without commits; since 0.1.0.
    #[serde(with = "super::object_id::optional")]
    pub old: Option<ObjectId>,
    /// The commit that it shall be at, in full hexadecimal; since 0.1.0.
    #[serde(with = "super::object_id")]
    pub new: ObjectId,
    /// The commits that the new one replaces, oldest first; since 0.1.0.
    #[serde(with = "super::object_id::several")]
    pub replaced: Vec<ObjectId>,
    /// The number of runs that the new commit stands for; since 0.1.0.
    pub count: i64,
    /// Their cause; since 0.1.0.
    pub cause: Option<String>,
    /// The oldest and the newest run; since 0.1.0.
    pub runs: [String; 2],
    /// The index file that goes with it, when its path is UTF-8 text; since 0.1.0.
    pub index: Option<String>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Version of the record, [`VERSION`]; since 0.1.0.
    pub v: u32,
    /// When, in seconds since 1970-01-01T00:00:00Z; since 0.1.0.
    pub time: u64,
    /// The commit of the attempt, in full hexadecimal; since 0.1.0.
    #[serde(with = "super::object_id")]
    pub new: ObjectId,
    /// What came of it; since 0.1.0.
    pub end: End,
}

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// The branch moved.
    Landed,
    /// The branch did not move.
    Dropped,
}

/// An archive that stays a commit of its own, although it repeats the one before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stays {
    /// Version of the record, [`VERSION`]; since 0.1.0.
    pub v: u32,
    /// When, in seconds since 1970-01-01T00:00:00Z; since 0.1.0.
    pub time: u64,
    /// The archive, in full hexadecimal; since 0.1.0.
    #[serde(with = "super::object_id")]
    pub commit: ObjectId,
    /// The reasons' tokens; since 0.1.0.
    pub reasons: Vec<String>,
}

impl Ended {
    /// Makes the record that the attempt for `new` ended at `time`, in time since 1970-01-01T00:00:00Z.
    pub fn new(new: ObjectId, end: End, time: Duration) -> Self {
        Self { v: VERSION, time: time.as_secs(), new, end }
    }
}

/// The journal of folds of one repository.
#[derive(Debug, Clone)]
pub struct Folds {
    journal: Journal<Record>,
}

impl Folds {
    /// Names the journal in `state_folder`, from
    /// [`state_folder`](crate::evidence::repository::state_folder).
    pub fn of(state_folder: &Path) -> Self {
        Self { journal: Journal::at(path(state_folder)) }
    }

    /// Tells whether anything was ever written down.
    pub fn exists(&self) -> bool {
        self.journal.path().exists()
    }

    /// Appends `record`. A crash of this process cannot lose it; a power cut can.
    pub fn append(&self, record: &Record) -> Result<()> {
        self.journal.append(record, Durability::Buffered)
    }

    /// Returns the latest attempt, if nothing says how it ended.
    pub fn unfinished(&self) -> Result<Option<Intended>> {
        let mut open = None;
        for record in self.tail()? {
            match record {
                Record::Intended(intended) => open = Some(intended),
                Record::Ended(ended) => {
                    open.take_if(|open| open.new == ended.new);
                }
                Record::Stays(_) | Record::Unknown => {}
            }
        }
        Ok(open)
    }

    /// Returns the latest attempt whose new commit is `new`.
    pub fn attempt(&self, new: ObjectId) -> Result<Option<Intended>> {
        let records = self.journal.read()?.records.into_iter().rev();
        let mut attempts = records.filter_map(|record| match record {
            Record::Intended(intended) => Some(intended),
            Record::Ended(_) | Record::Stays(_) | Record::Unknown => None,
        });
        Ok(attempts.find(|intended| intended.new == new))
    }

    /// Returns how many folds there were; those that were undone since are among them.
    ///
    /// Errors when a record is damaged: nobody can tell then.
    pub fn landed(&self) -> Result<usize> {
        let contents = self.journal.read()?;
        if let Some(damage) = contents.damage.first() {
            let place = format!("{}:{}", self.journal.path().display(), damage.line);
            bail!(message!("{place}: cannot tell what was folded: {}", damage.reason));
        }
        let mut intended = HashMap::new();
        let mut landed = 0;
        for record in contents.records {
            match record {
                Record::Intended(attempt) => {
                    intended.insert(attempt.new, !attempt.replaced.is_empty());
                }
                Record::Ended(Ended { new, end: End::Landed, .. }) => {
                    landed += usize::from(intended.remove(&new) == Some(true));
                }
                Record::Ended(_) | Record::Stays(_) | Record::Unknown => {}
            }
        }
        Ok(landed)
    }

    /// Returns the readable records at the end of the journal, oldest first.
    fn tail(&self) -> Result<Vec<Record>> {
        let context = || message!("Could not read the journal {}", self.journal.path().display());
        let mut file = match fs_err::File::open(self.journal.path()) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error).or_raise(context),
        };
        let length = file.metadata().or_raise(context)?.len();
        let start = length.saturating_sub(TAIL_BYTES);
        file.seek(SeekFrom::Start(start)).or_raise(context)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).or_raise(context)?;
        // The first line may have begun before, and damage is nobody's attempt.
        let lines = bytes.split(|byte| *byte == b'\n').skip(usize::from(start > 0));
        Ok(lines.filter_map(|line| serde_json::from_slice(line).ok()).collect())
    }
}

fn path(state_folder: &Path) -> PathBuf {
    state_folder.join("coalesce.jsonl")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use gix::ObjectId;

    use super::{End, Ended, Folds, Intended, Record, Stays, TAIL_BYTES};

    fn id(digit: char) -> ObjectId {
        ObjectId::from_hex(digit.to_string().repeat(40).as_bytes()).unwrap()
    }

    fn intended(new: char) -> Intended {
        Intended {
            v: 1,
            time: 7,
            reference: "refs/heads/main".to_owned(),
            old: Some(id('b')),
            new: id(new),
            replaced: vec![id('a'), id('b')],
            count: 2,
            cause: Some("soak".to_owned()),
            runs: ["20260601".to_owned(), "20260602".to_owned()],
            index: None,
        }
    }

    fn ended(new: char) -> Record {
        Record::Ended(Ended::new(id(new), End::Landed, Duration::from_secs(8)))
    }

    #[test]
    fn records_are_lines_that_read_back() {
        let [a, b, c] = ['a', 'b', 'c'].map(|digit| digit.to_string().repeat(40));
        let stays = Stays { v: 1, time: 9, commit: id('c'), reasons: vec!["published".to_owned()] };
        for (record, want) in [
            (
                Record::Intended(intended('c')),
                format!(
                    r#"{{"record":"intended","v":1,"time":7,"reference":"refs/heads/main","old":"{b}","new":"{c}","replaced":["{a}","{b}"],"count":2,"cause":"soak","runs":["20260601","20260602"],"index":null}}"#
                ),
            ),
            (
                ended('c'),
                format!(r#"{{"record":"ended","v":1,"time":8,"new":"{c}","end":"landed"}}"#),
            ),
            (
                Record::Stays(stays),
                format!(
                    r#"{{"record":"stays","v":1,"time":9,"commit":"{c}","reasons":["published"]}}"#
                ),
            ),
        ] {
            let line = serde_json::to_string(&record).unwrap();
            assert_eq!(line, want, "the format other versions read");
            assert_eq!(serde_json::from_str::<Record>(&line).unwrap(), record, "round trip");
        }
        let later = serde_json::from_str::<Record>(r#"{"record":"dreamt","v":2}"#).unwrap();
        assert_eq!(later, Record::Unknown, "a later version's record is no damage");
    }

    #[test]
    fn an_attempt_without_an_end_is_unfinished() {
        let folder = tempfile::tempdir().unwrap();
        let folds = Folds::of(folder.path());
        assert_eq!(folds.unfinished().unwrap(), None, "no journal");
        folds.append(&Record::Intended(intended('c'))).unwrap();
        assert_eq!(folds.unfinished().unwrap(), Some(intended('c')), "no end yet");
        folds.append(&ended('c')).unwrap();
        assert_eq!(folds.unfinished().unwrap(), None, "it ended");
        folds.append(&Record::Intended(intended('d'))).unwrap();
        folds.append(&ended('c')).unwrap();
        assert_eq!(folds.unfinished().unwrap(), Some(intended('d')), "another's end");
        assert_eq!(folds.attempt(id('c')).unwrap(), Some(intended('c')), "found by its commit");
        assert_eq!(folds.attempt(id('e')).unwrap(), None, "no such attempt");
    }

    #[test]
    fn a_long_journal_is_read_from_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let folds = Folds::of(folder.path());
        folds.append(&Record::Intended(intended('c'))).unwrap();
        let filler = "x".repeat(usize::try_from(TAIL_BYTES).unwrap());
        let path = super::path(folder.path());
        let mut text = fs_err::read_to_string(&path).unwrap();
        text.push_str(&filler);
        text.push('\n');
        fs_err::write(&path, text).unwrap();
        assert_eq!(folds.unfinished().unwrap(), None, "long ago, and damage is no attempt");
        folds.append(&Record::Intended(intended('d'))).unwrap();
        assert_eq!(folds.unfinished().unwrap(), Some(intended('d')), "the latest");
    }
}
