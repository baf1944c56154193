//! Which tools did the agents of a session use, and what came of it? One journal per session.
//!
//! Only the end of a journal is read when a record is added, so that a call costs the same however long the
//! session is. A journal that is full is put aside, and the one that was put aside before it is removed.
//! Nothing is synchronised with the disk: after a power cut the counting begins a few calls too low, and the
//! session that was to be told is gone as well.

mod record;

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use gix::error::{ErrorExt as _, Result, ResultExt as _, message};

use super::sessions;

pub use record::{Carried, Entry, Event, FAMILY, Used, VERSION};

/// The size at which a journal is put aside.
const LIMIT_BYTES: u64 = 1024 * 1024;

/// How much of the end of a journal is read: some 150 calls.
const TAIL_BYTES: u64 = 64 * 1024;

/// How often a journal may be put aside by others while we wait for it.
const ATTEMPTS: usize = 100;

/// The journal of one session.
#[derive(Debug, Clone)]
pub struct Stream {
    path: PathBuf,
}

/// The end of a journal.
#[derive(Debug, Clone, Default)]
pub struct Tail {
    bytes: Vec<u8>,
}

/// What was added to a journal.
#[derive(Debug)]
pub struct Appended<T> {
    /// What was made together with the entry.
    pub made: T,
    /// Why the lines just before the new one are no entries, newest first; each is told of once.
    pub damage: Vec<String>,
    /// Whether it is the first entry of the session.
    pub is_first: bool,
}

/// Everything that is still there of a session.
#[derive(Debug, Default)]
pub struct Contents {
    /// The readable entries, oldest first.
    pub entries: Vec<Entry>,
    /// The lines that are none, as `<file>:<line>: <reason>`.
    pub damage: Vec<String>,
}

impl Stream {
    /// Names the journal of the session called `id` in `state_folder`.
    ///
    /// The file's name is that of the session's other journal; see [`sessions::file_name`].
    pub fn of(state_folder: &Path, id: &str) -> Self {
        Self { path: folder(state_folder).join(sessions::file_name(id)) }
    }

    /// Returns the journal's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the file of the journal that was put aside.
    fn older(&self) -> PathBuf {
        self.path.with_extension("jsonl.1")
    }

    /// Appends what `make` makes of the end of the journal.
    ///
    /// From before that is read until the entry is written, in one write, nobody else adds anything. A last
    /// line whose writer died is closed first.
    pub fn append<T>(&self, make: impl FnOnce(&Tail) -> (Entry, T)) -> Result<Appended<T>> {
        let context = || message!("Could not append to the journal {}", self.path.display());
        if let Some(folder) = self.path.parent() {
            fs_err::create_dir_all(folder).or_raise(context)?;
        }
        let (mut file, length) = self.locked()?;
        let tail = self.tail(&mut file, length).or_raise(context)?;
        let (entry, by_product) = make(&tail);
        let mut line = entry.line().or_raise(context)?;
        if tail.is_unfinished() {
            line.insert(0, b'\n');
        }
        file.write_all(&line).or_raise(context)?;
        let damage = tail.entries().map_while(std::result::Result::err).collect();
        Ok(Appended { made: by_product, damage, is_first: tail.bytes.is_empty() })
    }

    /// Opens the journal for us alone, and returns its length; one that is full is put aside before.
    fn locked(&self) -> Result<(fs_err::File, u64)> {
        let context = || message!("Could not open the journal {}", self.path.display());
        for _ in 0..ATTEMPTS {
            let mut options = fs_err::OpenOptions::new();
            let file = options.create(true).read(true).append(true).open(&self.path);
            let file = file.or_raise(context)?;
            file.file().lock().or_raise(context)?;
            let length = file.metadata().or_raise(context)?.len();
            if length < LIMIT_BYTES {
                return Ok((file, length));
            }
            // While we waited, somebody else may have put it aside; then the path leads to a new, short file.
            if fs_err::metadata(&self.path).is_ok_and(|metadata| metadata.len() == length) {
                fs_err::rename(&self.path, self.older()).or_raise(context)?;
            }
        }
        Err(context().raise())
    }

    /// Reads the end of the journal in `file`, of `length` bytes, and of the one before where it is short.
    fn tail(&self, file: &mut fs_err::File, length: u64) -> std::io::Result<Tail> {
        let mut bytes = Vec::new();
        if length < TAIL_BYTES
            && let Ok(mut older) = fs_err::File::open(self.older())
        {
            let older_length = older.metadata()?.len();
            bytes = last(&mut older, older_length, TAIL_BYTES - length)?;
            if bytes.last().is_some_and(|byte| *byte != b'\n') {
                bytes.push(b'\n');
            }
        }
        bytes.extend(last(file, length, TAIL_BYTES)?);
        Ok(Tail { bytes })
    }

    /// Reads the end of the journal, and keeps nobody from adding to it; a session without a journal has none.
    pub fn end(&self) -> Result<Tail> {
        let context = || message!("Could not read the journal {}", self.path.display());
        let mut file = match fs_err::File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Tail::default());
            }
            Err(error) => return Err(error).or_raise(context),
        };
        let length = file.metadata().or_raise(context)?.len();
        self.tail(&mut file, length).or_raise(context)
    }

    /// Reads everything that is there; a session without a journal has nothing.
    pub fn read(&self) -> Result<Contents> {
        let mut contents = Contents::default();
        for path in [self.older(), self.path.clone()] {
            match fs_err::read(&path) {
                Ok(bytes) => contents.add(&path.display().to_string(), &bytes, VERSION),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error).or_raise(|| message("Could not read the journal")),
            }
        }
        Ok(contents)
    }
}

impl Contents {
    /// Adds the lines of the file called `name`, of which versions up to `understands` are known.
    pub fn add(&mut self, name: &str, bytes: &[u8], understands: u32) {
        for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            match Entry::read(line, understands) {
                Ok(entry) => self.entries.push(entry),
                Err(reason) => self.damage.push(format!("{name}:{}: {reason}", index + 1)),
            }
        }
    }
}

impl Tail {
    /// Returns the entries, newest first; an error says why a line is none.
    pub fn entries(&self) -> impl Iterator<Item = std::result::Result<Entry, String>> + '_ {
        let lines = self.bytes.rsplit(|byte| *byte == b'\n');
        let lines = lines.filter(|line| !line.trim_ascii().is_empty());
        lines.map(|line| Entry::read(line, VERSION))
    }

    /// Tells whether the last line has no end.
    fn is_unfinished(&self) -> bool {
        self.bytes.last().is_some_and(|byte| *byte != b'\n')
    }
}

/// Removes the journals in `state_folder` that nobody wrote to in the `age` before `now`, and returns how many.
pub fn prune(state_folder: &Path, age: Duration, now: Duration) -> usize {
    super::prune(&folder(state_folder), age, now)
}

/// Returns the folder of all streams.
fn folder(state_folder: &Path) -> PathBuf {
    state_folder.join("streams")
}

/// Reads the whole lines of the last `most` bytes of `file`, which has `length` of them.
fn last(file: &mut fs_err::File, length: u64, most: u64) -> std::io::Result<Vec<u8>> {
    let start = length.saturating_sub(most);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    if start > 0 {
        let end = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
        bytes.drain(..end);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
