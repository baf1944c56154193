//! Which states were taken down, when, by whom, and where is their content?
//!
//! The records are lines of a journal. Each names its content by its hash; the content lies beside the journal, in
//! a file of that name.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use gix::error::{ErrorExt as _, Result, ResultExt as _, message};
use serde::{Deserialize, Serialize};

use super::{Contents, Durability, Journal};
use crate::evidence::state::file::Origin;
use crate::fingerprint;
use crate::output::HINT;
use crate::policy::effect::{Name, Source};

/// The version of [`Taken`] that this program writes.
pub const VERSION: u32 = 1;

/// How many snapshots of one name keep their content.
pub const KEPT: usize = 10;

/// One snapshot: a line of `<git common dir>/dos/snapshots.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Version of the record, [`VERSION`]; since 0.1.0.
    pub v: u32,
    /// When, in seconds since 1970-01-01T00:00:00Z; since 0.1.0.
    pub time: u64,
    /// The name under which it was taken; since 0.1.0.
    pub name: Name,
    /// What it was taken of, with an absolute path; since 0.1.0.
    pub source: Source,
    /// The SHA-256 of the content, in hexadecimal; since 0.1.0.
    pub sha256: String,
    /// The size of the content in bytes; since 0.1.0.
    pub bytes: usize,
    /// The number of keys; since 0.1.0.
    pub keys: usize,
    /// The file or folder as it was; since 0.1.0.
    pub origin: Origin,
    /// What was left out of a folder, as keys; since 0.1.0.
    pub left_out: Vec<String>,
    /// Who took it; since 0.1.0.
    pub owner: Owner,
}

/// Who took a snapshot, as far as the operating system and the environment say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The number of the user, where users have numbers; since 0.1.0.
    pub uid: Option<u32>,
    /// The name of the machine, where the operating system says; since 0.1.0.
    pub host: Option<String>,
    /// The run that it belongs to, from `CID_RUN_ID`, which anybody may set; since 0.1.0.
    pub run: Option<String>,
}

/// The snapshots of a repository.
#[derive(Debug, Clone)]
pub struct Snapshots {
    journal: Journal<Taken>,
    folder: PathBuf,
    lock: PathBuf,
}

impl Snapshots {
    /// Names the snapshots in `state_folder`, from
    /// [`state_folder`](crate::evidence::repository::state_folder).
    pub fn at(state_folder: &Path) -> Self {
        Self {
            journal: Journal::at(state_folder.join("snapshots.jsonl")),
            folder: state_folder.join("snapshots"),
            lock: state_folder.join("snapshots.lock"),
        }
    }

    /// Keeps `content`, of which `taken` is the record, and forgets the content of what is too old to be kept.
    ///
    /// Returns how many contents were removed. The content is on the disk before its record is.
    pub fn append(&self, taken: &Taken, content: &[u8]) -> Result<usize> {
        let failure = || message!("Could not keep the snapshot {}", taken.name.as_str());
        make_private(&self.folder).or_raise(failure)?;
        let lock = fs_err::OpenOptions::new().create(true).append(true).open(&self.lock);
        let lock = lock.or_raise(failure)?;
        lock.file().lock().or_raise(failure)?;
        self.write(&taken.sha256, content).or_raise(failure)?;
        self.journal.append(taken, Durability::Synced)?;
        self.prune(&taken.name).or_raise(failure)
    }

    /// Puts `content` into its file, whole or not at all.
    fn write(&self, sha256: &str, content: &[u8]) -> std::io::Result<()> {
        // One writer at a time holds the lock, so that what is here was left by one that died.
        let unfinished = self.folder.join("unfinished");
        if let Err(error) = fs_err::remove_file(&unfinished)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            return Err(error);
        }
        let mut options = fs_err::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        fs_err::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&unfinished)?;
        file.write_all(content)?;
        file.sync_all()?;
        drop(file);
        fs_err::rename(&unfinished, self.folder.join(sha256))?;
        #[cfg(unix)]
        fs_err::File::open(&self.folder)?.sync_all()?;
        Ok(())
    }

    /// Removes what only older snapshots called `name` have as their content.
    fn prune(&self, name: &Name) -> Result<usize> {
        let records = self.journal.read()?.records;
        let are_kept = are_kept(&records);
        let (kept, old): (Vec<_>, Vec<_>) =
            records.iter().zip(are_kept).partition(|(_, is_kept)| *is_kept);
        let kept: BTreeSet<&str> = kept.iter().map(|(taken, _)| taken.sha256.as_str()).collect();
        let old = old.iter().filter(|(taken, _)| taken.name == *name);
        let old: BTreeSet<&str> = old.map(|(taken, _)| taken.sha256.as_str()).collect();
        let mut removed = 0;
        for sha256 in old.difference(&kept) {
            match fs_err::remove_file(self.file(sha256)?) {
                Ok(()) => removed += 1,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(error).or_raise(|| message("Could not remove a snapshot"));
                }
            }
        }
        Ok(removed)
    }

    /// Reads all records and all damage.
    pub fn read(&self) -> Result<Contents<Taken>> {
        self.journal.read()
    }

    /// Returns the newest of the readable records that `is_meant`.
    ///
    /// Errors when a line behind it is damaged: that might have been a newer one.
    pub fn newest(&self, is_meant: impl Fn(&Taken) -> bool) -> Result<Option<Taken>> {
        let contents = self.journal.read()?;
        let index = contents.records.iter().rposition(is_meant);
        let line = index.and_then(|index| contents.lines.get(index)).copied().unwrap_or_default();
        if let Some(damage) = contents.damage.iter().find(|damage| damage.line > line) {
            let line = damage.line;
            return Err(message!("{}:{line} is damaged", self.journal.path().display())
                .with(HINT, "it may have been the newest snapshot: take it again, with git dos effect snapshot NAME")
                .raise());
        }
        Ok(index.and_then(|index| contents.records.into_iter().nth(index)))
    }

    /// Reads the content of `taken`.
    ///
    /// Errors when it is not there, or not what was put down.
    pub fn content(&self, taken: &Taken) -> Result<Vec<u8>> {
        let name = taken.name.as_str();
        let again = || format!("take it again: git dos effect snapshot {name}");
        let path = self.file(&taken.sha256)?;
        let content = fs_err::read(&path).or_raise(|| {
            message!("The content of the snapshot {name} cannot be read").with(HINT, again())
        })?;
        if fingerprint::sha256(&content) != taken.sha256 {
            return Err(message!(
                "The snapshot {name} is damaged: {} is not what was put down",
                path.display()
            )
            .with(HINT, again())
            .raise());
        }
        Ok(content)
    }

    /// Returns the file of a content; records come from a file that others may write, so its name is checked.
    fn file(&self, sha256: &str) -> Result<PathBuf> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if sha256.len() == 64 && sha256.bytes().all(is_digit) {
            Ok(self.folder.join(sha256))
        } else {
            Err(message!("{} names no content", self.journal.path().display()).raise())
        }
    }
}

/// Tells of each record whether its content is kept: of each name the newest are.
pub fn are_kept(records: &[Taken]) -> Vec<bool> {
    let mut seen: BTreeMap<&Name, usize> = BTreeMap::new();
    let mut newest_first: Vec<bool> = Vec::with_capacity(records.len());
    for taken in records.iter().rev() {
        let count = seen.entry(&taken.name).or_default();
        *count += 1;
        newest_first.push(*count <= KEPT);
    }
    newest_first.reverse();
    newest_first
}

/// Makes a folder that only its owner may look into.
fn make_private(folder: &Path) -> std::io::Result<()> {
    fs_err::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs_err::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{KEPT, Owner, Snapshots, Taken, VERSION};
    use crate::evidence::state::file::Origin;
    use crate::fingerprint::sha256;
    use crate::policy::effect::{Kind, Name, Source};

    fn taken(name: &str, content: &[u8]) -> Taken {
        Taken {
            v: VERSION,
            time: 7,
            name: Name::try_from(name.to_owned()).unwrap(),
            source: Source { kind: Kind::Json, path: "/s.json".into(), table: None, key: None },
            sha256: sha256(content),
            bytes: content.len(),
            keys: 0,
            origin: Origin { bytes: 2, modified: Some("1500000000".into()), inode: Some(3) },
            left_out: Vec::new(),
            owner: Owner { uid: Some(1), host: None, run: Some("r".into()) },
        }
    }

    fn append(snapshots: &Snapshots, name: &str, content: &[u8]) -> usize {
        snapshots.append(&taken(name, content), content).unwrap()
    }

    #[test]
    fn a_record_is_one_line_and_reads_back() {
        let record = taken("orders", b"{}");
        let line = serde_json::to_string(&record).unwrap();
        let want = format!(
            r#"{{"v":1,"time":7,"name":"orders","source":{{"kind":"json","path":"/s.json"}},"sha256":"{}","bytes":2,"keys":0,"origin":{{"bytes":2,"modified":"1500000000","inode":3}},"left_out":[],"owner":{{"uid":1,"host":null,"run":"r"}}}}"#,
            sha256(b"{}")
        );
        assert_eq!(line, want, "the format other versions read");
        assert_eq!(serde_json::from_str::<Taken>(&line).unwrap(), record, "round trip");
    }

    #[test]
    fn of_each_name_the_newest_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let snapshots = Snapshots::at(folder.path());
        append(&snapshots, "b", b"0");
        for number in 0..KEPT {
            assert_eq!(append(&snapshots, "a", number.to_string().as_bytes()), 0, "{number}");
        }
        assert_eq!(append(&snapshots, "a", b"next"), 0, "another name has the oldest content too");
        assert_eq!(append(&snapshots, "a", b"last"), 1, "now one is too old");
        let records = snapshots.read().unwrap().records;
        let readable = records.iter().map(|taken| snapshots.content(taken).is_ok());
        let lost: Vec<_> = records.iter().zip(readable).filter(|(_, is)| !is).collect();
        assert_eq!(lost.len(), 1, "one content is gone");
        assert_eq!(lost[0].0.sha256, sha256(b"1"), "the oldest that nobody else has");
    }

    #[test]
    fn damage_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let snapshots = Snapshots::at(folder.path());
        append(&snapshots, "a", b"first");
        append(&snapshots, "a", b"second");
        let newest = |name: &str| {
            snapshots.newest(|taken| taken.name.as_str() == name).map(|taken| {
                taken.map(|taken| String::from_utf8(snapshots.content(&taken).unwrap()).unwrap())
            })
        };
        assert_eq!(newest("a").unwrap().as_deref(), Some("second"));
        assert_eq!(newest("b").unwrap(), None);
        let file = folder.path().join("snapshots.jsonl");
        let lines = fs_err::read_to_string(&file).unwrap();
        let (first, second) = lines.split_once('\n').unwrap();
        fs_err::write(&file, format!("{first}\n{{\"torn\n{second}")).unwrap();
        assert_eq!(newest("a").unwrap().as_deref(), Some("second"), "an older line is damaged");
        assert!(newest("b").unwrap_err().to_string().contains("jsonl:2 is damaged"));
        fs_err::write(&file, format!("{first}\n{second}{{\"torn")).unwrap();
        assert!(newest("a").unwrap_err().to_string().contains("jsonl:3 is damaged"));
        append(&snapshots, "a", b"third");
        assert_eq!(newest("a").unwrap().as_deref(), Some("third"), "taken again");
        let content = folder.path().join("snapshots").join(sha256(b"third"));
        fs_err::write(&content, b"forged").unwrap();
        let newest = snapshots.newest(|_| true).unwrap().unwrap();
        assert!(snapshots.content(&newest).unwrap_err().to_string().contains("damaged"));
    }

    #[cfg(unix)]
    #[test]
    fn contents_are_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        append(&Snapshots::at(folder.path()), "a", b"x");
        let mode = |name: &str| {
            fs_err::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777
        };
        assert_eq!(mode("snapshots"), 0o700);
        assert_eq!(mode(&format!("snapshots/{}", sha256(b"x"))), 0o600);
    }
}
