//! What was written down, and is any of it damaged? Append-only files of JSON lines.
//!
//! One record is one line. A writer that dies leaves at most one unfinished last line, which the next
//! writer closes and every reader counts as damage.

pub mod breaker;
pub mod fleet;
pub mod folds;
pub mod halts;
pub mod markers;
mod object_id;
pub mod pushed;
pub mod rewrites;
pub mod runs;
pub mod schema;
pub mod sessions;
pub mod snapshots;
pub mod streams;

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use gix::error::{Result, ResultExt as _, message};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An append-only file of records of type `R`, one JSON object a line.
#[derive(Debug, Clone)]
pub struct Journal<R> {
    path: PathBuf,
    record: PhantomData<fn(R) -> R>,
}

/// When an appended record must be on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Before `append` returns: another act depends on the record surviving a power cut.
    Synced,
    /// Whenever the operating system writes it.
    Buffered,
}

/// Everything a journal file holds.
#[derive(Debug)]
pub struct Contents<R> {
    /// The readable records, oldest first.
    pub records: Vec<R>,
    /// The line number of each record, from 1.
    pub lines: Vec<usize>,
    /// The lines that could not be read, in file order.
    pub damage: Vec<Damage>,
    /// The number of the last line when no line feed ends it: its writer died, or is still writing.
    pub unfinished: Option<usize>,
}

/// One line that is not a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Line number, from 1.
    pub line: usize,
    /// Why the line is no record.
    pub reason: String,
}

impl<R: Serialize + DeserializeOwned> Journal<R> {
    /// Names the journal at `path`; the file is created by the first append.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), record: PhantomData }
    }

    /// Returns the journal's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends `record` under an exclusive lock, in one write, after closing an unfinished last line.
    pub fn append(&self, record: &R, durability: Durability) -> Result<()> {
        self.append_all(std::slice::from_ref(record), durability)
    }

    /// Appends `records` in order, as [`append`](Self::append) does one, all in the same write.
    pub fn append_all(&self, records: &[R], durability: Durability) -> Result<()> {
        let context = || message!("Could not append to the journal {}", self.path.display());
        let mut lines = Vec::new();
        for record in records {
            serde_json::to_writer(&mut lines, record).or_raise(context)?;
            lines.push(b'\n');
        }
        if let Some(folder) = self.path.parent() {
            fs_err::create_dir_all(folder).or_raise(context)?;
        }
        let mut file = fs_err::OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .open(&self.path)
            .or_raise(context)?;
        file.file().lock().or_raise(context)?;
        if ends_unfinished(&mut file).or_raise(context)? {
            lines.insert(0, b'\n');
        }
        file.write_all(&lines).or_raise(context)?;
        if durability == Durability::Synced {
            file.sync_data().or_raise(context)?;
        }
        Ok(())
    }

    /// Reads all records and all damage; a file that does not exist holds neither.
    pub fn read(&self) -> Result<Contents<R>> {
        let bytes = match fs_err::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error).or_raise(|| message("Could not read the journal")),
        };
        let lines = bytes.split(|byte| *byte == b'\n');
        let is_unfinished = bytes.last().is_some_and(|byte| *byte != b'\n');
        let unfinished = is_unfinished.then(|| lines.clone().count());
        let (records, numbers, damage) = (Vec::new(), Vec::new(), Vec::new());
        let mut contents = Contents { records, lines: numbers, damage, unfinished };
        for (index, line) in lines.enumerate() {
            if line.is_empty() {
                continue;
            }
            match serde_json::from_slice(line) {
                Ok(record) => {
                    contents.records.push(record);
                    contents.lines.push(index + 1);
                }
                Err(error) => {
                    contents.damage.push(Damage { line: index + 1, reason: error.to_string() });
                }
            }
        }
        Ok(contents)
    }
}

/// Removes the journals in `folder` that nobody wrote to in the `age` before `now`, and returns how many.
///
/// `now` is in time since 1970-01-01T00:00:00Z. A file that cannot be looked at or removed stays.
pub fn prune(folder: &Path, age: Duration, now: Duration) -> usize {
    let Ok(folder) = fs_err::read_dir(folder) else { return 0 };
    let is_old = |path: &Path| {
        let written = fs_err::metadata(path).and_then(|metadata| metadata.modified()).ok();
        let written = written.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        written.is_some_and(|time| now.saturating_sub(time) > age)
    };
    let files = folder.filter_map(|entry| Some(entry.ok()?.path()));
    files.filter(|path| is_old(path) && fs_err::remove_file(path).is_ok()).count()
}

/// Tells whether the last byte of `file` is not a line feed.
fn ends_unfinished(file: &mut fs_err::File) -> std::io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != [b'\n'])
}

#[cfg(test)]
mod tests {
    use super::{Durability, Journal};

    #[test]
    fn a_torn_line_costs_itself_only() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::<u32>::at(folder.path().join("deep/numbers.jsonl"));
        assert_eq!(journal.read().unwrap().records, [0_u32; 0], "no file, no records");
        journal.append(&1, Durability::Synced).unwrap();
        let mut torn = fs_err::read(journal.path()).unwrap();
        torn.extend_from_slice(b"{\"half");
        fs_err::write(journal.path(), torn).unwrap();
        assert_eq!(journal.read().unwrap().unfinished, Some(2), "the torn line is told");
        journal.append(&2, Durability::Buffered).unwrap();
        let contents = journal.read().unwrap();
        assert_eq!(contents.records, [1, 2], "records around the damage survive");
        assert_eq!(contents.lines, [1, 3], "where they are");
        assert_eq!(contents.damage.len(), 1, "the torn line is counted");
        assert_eq!(contents.damage[0].line, 2, "and located");
        assert_eq!(contents.unfinished, None, "and closed");
    }
}
