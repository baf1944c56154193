//! What was reported about one class of failure? One small journal per class and lane.
//!
//! A file per class and lane keeps a noisy class from slowing the others, and its lock from holding them up.
//! Every report reads the file under its lock; so that this stays quick, a file that has grown too long is replaced
//! by one line that says what the reports add up to. The lock is a file of its own, because the journal may be
//! replaced while others wait for it.

mod record;

use std::path::{Path, PathBuf};
use std::time::Duration;

use gix::error::{Result, ResultExt as _, message};

use super::{Contents, Damage, Durability, Journal};
use crate::fingerprint;
use crate::verdict::breaker::{Event, History, RunningProbe};
pub use record::{Line, Record, Sum, VERSION};

/// The number of lines from which on a file is replaced by their sum.
const FULL: usize = 256;

/// Which failures are counted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The class of the failures, in the words of whoever reports them.
    pub class: String,
    /// The lane in which they happen; `None` where lanes do not matter.
    pub lane: Option<String>,
}

/// Everything that one file says.
#[derive(Debug)]
pub struct Pages {
    /// What its reports add up to.
    pub history: History,
    /// The lines that are no record; what they reported is not in the history.
    pub damage: Vec<Damage>,
    /// The unfinished last line that nobody has closed yet.
    torn: Option<usize>,
    /// Whether all of the file is in the history, so that its sum may take its place.
    is_understood: bool,
    lines: usize,
}

/// The journal of one class and lane.
#[derive(Debug)]
pub struct Book {
    journal: Journal<Line>,
    key: Key,
}

/// The right to write to a book, which one process has at a time.
#[derive(Debug)]
pub struct Held<'a> {
    book: &'a Book,
    /// Lets go of the lock when it is closed.
    _lock: fs_err::File,
}

impl Book {
    /// Names the book of `key` in `state_folder`, from
    /// [`state_folder`](crate::evidence::repository::state_folder).
    ///
    /// Class and lane come from outside: the file's name keeps up to 40 harmless characters of the class and adds
    /// a hash of both.
    pub fn of(state_folder: &Path, key: Key) -> Self {
        let harmless = |character: &char| character.is_ascii_alphanumeric() || *character == '-';
        let readable: String = key.class.chars().filter(harmless).take(40).collect();
        let parts = [Some(&key.class), key.lane.as_ref()];
        let hash = fingerprint::of(parts.into_iter().flatten().map(String::as_bytes));
        let path = folder(state_folder).join(format!("{readable}.{hash}.jsonl"));
        Self { journal: Journal::at(path), key }
    }

    /// Returns every book in `state_folder` by class and lane, and the files that say nowhere whose they are.
    pub fn all(state_folder: &Path) -> Result<(Vec<Self>, Vec<PathBuf>)> {
        let context = || message("Could not list the breakers");
        let entries = match fs_err::read_dir(folder(state_folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok((Vec::new(), Vec::new()));
            }
            Err(error) => return Err(error).or_raise(context),
        };
        let (mut books, mut strange) = (Vec::new(), Vec::new());
        for entry in entries {
            let path = entry.or_raise(context)?.path();
            if path.extension().is_none_or(|extension| extension != "jsonl") {
                continue;
            }
            let contents = Journal::<Line>::at(&path).read()?;
            // Whoever makes a file dies before the first line at times.
            let is_empty = contents.records.is_empty()
                && contents.damage.iter().all(|damage| Some(damage.line) == contents.unfinished);
            let mut keys =
                contents.records.into_iter().map(|line| Key { class: line.class, lane: line.lane });
            let book = keys.find_map(|key| {
                Some(Self::of(state_folder, key)).filter(|book| book.path() == path)
            });
            match book {
                Some(book) => books.push(book),
                None if is_empty => {}
                None => strange.push(path),
            }
        }
        books.sort_by(|one, other| one.key.cmp(&other.key));
        strange.sort();
        Ok((books, strange))
    }

    /// Returns which failures it counts.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Returns its file.
    pub fn path(&self) -> &Path {
        self.journal.path()
    }

    /// Reads it, without waiting for writers: a line that is being written does not count yet.
    pub fn read(&self) -> Result<Pages> {
        let contents = self.journal.read()?;
        Ok(self.pages(contents))
    }

    fn pages(&self, contents: Contents<Line>) -> Pages {
        let Contents { records, lines, mut damage, unfinished } = contents;
        let torn = unfinished.filter(|line| damage.iter().any(|damage| damage.line == *line));
        damage.retain(|damage| Some(damage.line) != torn);
        let mut pages = Pages {
            history: History::default(),
            damage: Vec::new(),
            torn,
            is_understood: true,
            lines: records.len(),
        };
        for (number, line) in lines.into_iter().zip(records) {
            if line.class != self.key.class || line.lane != self.key.lane {
                // A hash is no proof of a name.
                let reason = "it is about another class or lane".to_owned();
                damage.push(Damage { line: number, reason });
                continue;
            }
            let time = Duration::from_secs(line.time);
            let event = match line.record {
                Record::Failed { reason } => Event::Failed { time, reason },
                Record::Succeeded { closes } => Event::Succeeded { closes },
                Record::Probe { until } => {
                    Event::Probing(RunningProbe { time, until: Duration::from_secs(until) })
                }
                Record::Reset => Event::Reset,
                Record::Sum(sum) => {
                    pages.history = sum.history();
                    continue;
                }
                Record::Torn { line } => {
                    damage.retain(|damage| damage.line != line);
                    continue;
                }
                Record::Unknown => {
                    pages.is_understood = false;
                    continue;
                }
            };
            pages.history.apply(event);
        }
        pages.is_understood &= damage.is_empty();
        pages.damage = damage;
        pages
    }

    /// Waits until no other process writes to it, and keeps others waiting until the answer is dropped.
    pub fn hold(&self) -> Result<Held<'_>> {
        let path = self.path().with_extension("lock");
        let context = || message!("Could not lock the journal {}", self.path().display());
        if let Some(folder) = path.parent() {
            fs_err::create_dir_all(folder).or_raise(context)?;
        }
        let lock =
            fs_err::OpenOptions::new().create(true).append(true).open(path).or_raise(context)?;
        lock.file().lock().or_raise(context)?;
        Ok(Held { book: self, _lock: lock })
    }
}

impl Held<'_> {
    /// Reads it.
    pub fn read(&self) -> Result<Pages> {
        self.book.read()
    }

    /// Appends `record` at the time `now`, and returns what all adds up to with it.
    ///
    /// `pages` are what was read under this lock. A torn last line is closed and noted as such.
    pub fn append(&self, pages: &Pages, record: Record, now: Duration) -> Result<Pages> {
        let torn = pages.torn.map(|line| self.line(Record::Torn { line }, now));
        let lines: Vec<Line> = torn.into_iter().chain([self.line(record, now)]).collect();
        self.book.journal.append_all(&lines, Durability::Synced)?;
        let pages = self.read()?;
        if pages.is_understood && pages.lines > FULL {
            self.replace_by_sum(&pages.history, now)?;
        }
        Ok(pages)
    }

    fn line(&self, record: Record, now: Duration) -> Line {
        let Key { class, lane } = self.book.key.clone();
        Line { v: VERSION, time: now.as_secs(), class, lane, record }
    }

    /// Puts one line in the place of all, so that a reader finds the old file or the new one.
    fn replace_by_sum(&self, history: &History, now: Duration) -> Result<()> {
        let path = self.book.path();
        let context = || message!("Could not shorten the journal {}", path.display());
        let draft = path.with_extension("new");
        match fs_err::remove_file(&draft) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).or_raise(context);
            }
            _ => {}
        }
        let sum = self.line(Record::Sum(Sum::of(history)), now);
        Journal::at(&draft).append(&sum, Durability::Synced)?;
        fs_err::rename(&draft, path).or_raise(context)
    }

    /// Moves the file aside, whatever it holds, and returns where it is then.
    pub fn set_aside(&self, now: Duration) -> Result<PathBuf> {
        let path = self.book.path();
        let context = || message!("Could not move {} aside", path.display());
        let mut number = now.as_secs();
        loop {
            let aside = path.with_extension(format!("damaged-{number}"));
            if !aside.try_exists().or_raise(context)? {
                fs_err::rename(path, &aside).or_raise(context)?;
                return Ok(aside);
            }
            number += 1;
        }
    }
}

fn folder(state_folder: &Path) -> PathBuf {
    state_folder.join("breaker")
}

#[cfg(test)]
mod tests;
