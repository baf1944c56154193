//! What does this clone know of the set that it shares? A file beside the ref.

use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use gix::ObjectId;
use gix::error::{ErrorExt as _, Result, ResultExt as _, ensure, message};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::evidence::process;
use crate::journal::runs::milliseconds;
use crate::leases::lease::Sighting;
use crate::leases::{Lease, State};
use crate::output::HINT;

/// The version of the file that this program reads and writes.
const VERSION: u32 = 1;

/// How many bytes of a hash are the id of a clone.
const ID_BYTES: usize = 8;

/// What this clone knows of the shared set: `<git common dir>/dos/leases-remote.json`; every field since 0.1.0.
///
/// The file is there as long as the set is shared. The times are by the clock of this machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sharing {
    /// Version of the file, 1.
    pub v: u32,
    /// What the id of this clone is made of, beside the machine and the folder.
    pub seed: String,
    /// The id by which this clone's leases are known. A copy of the folder has another one.
    #[serde(skip)]
    pub clone: String,
    /// The name of the remote.
    pub remote: String,
    /// The name of the ref there.
    pub reference: String,
    /// Where that ref was when it was last seen, in full hexadecimal; absent when it was never seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tip: Option<String>,
    /// The number of the change that it was at.
    #[serde(default)]
    pub generation: u64,
    /// The number of the change with which its chain began.
    #[serde(default)]
    pub begins: u64,
    /// The number that the next change must exceed, where there were changes that the remote does not have.
    #[serde(default)]
    pub floor: u64,
    /// When it was last seen, in milliseconds since 1970-01-01T00:00:00Z.
    #[serde(default)]
    pub read_ms: u64,
    /// Whether the remote takes only changes that go on from the ones before.
    #[serde(default)]
    pub is_forward_only: bool,
    /// When leases of other clones were first seen as they are.
    #[serde(default)]
    pub seen: Vec<Seen>,
    /// Leases that were to be renewed before that was worth an exchange.
    #[serde(default)]
    pub asked: Vec<Asked>,
    /// The processes that hold leases of this clone, where they are others than the set says.
    #[serde(default)]
    pub processes: Vec<Ran>,
    /// Leases that this clone gave before it shared the set, and that are not in it yet.
    #[serde(default)]
    pub joining: Vec<Lease>,
}

/// When a lease of another clone was first seen as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The lane.
    pub lane: String,
    /// Its number.
    pub grant: u64,
    /// When it was given or renewed, by the clock of whoever did.
    pub newest_ms: u64,
    /// When that was first seen here, in milliseconds since 1970-01-01T00:00:00Z.
    pub since_ms: u64,
    /// When the lease was first seen here under its number, in the same.
    pub given_ms: u64,
}

/// A lease of this clone whose holder said that it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The lane.
    pub lane: String,
    /// Its number.
    pub grant: u64,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub at_ms: u64,
}

/// The process that holds a lease of this clone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    /// The lane.
    pub lane: String,
    /// Its number.
    pub grant: u64,
    /// The process.
    pub pid: u32,
    /// When that started, in ticks of the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid_started: Option<u64>,
}

/// The file in which Linux keeps what tells one machine from another (machine-id(5)).
const MACHINE_ID: &str = "/etc/machine-id";

/// Returns what tells `folder` from a copy of it that has its path.
#[cfg(unix)]
fn number(folder: &Path) -> String {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs_err::metadata(folder);
    metadata.map(|it| format!("{}:{}", it.dev(), it.ino())).unwrap_or_default()
}

/// A copy cannot be told from what it was made of.
#[cfg(not(unix))]
fn number(_: &Path) -> String {
    String::new()
}

/// Tells whether an entry about the lease `grant` of `lane` is about `lease`.
fn is_of(lease: &Lease, lane: &str, grant: u64) -> bool {
    lease.grant == grant && lease.lane == lane
}

impl Sharing {
    /// Returns the path of the file in `state_folder`.
    pub fn path(state_folder: &Path) -> PathBuf {
        state_folder.join("leases-remote.json")
    }

    /// Reads the file; `None` when the set is not shared.
    pub fn read(state_folder: &Path) -> Result<Option<Self>> {
        let path = Self::path(state_folder);
        let context = || {
            message("Could not read how the leases are shared")
                .with(HINT, "to begin anew with what the remote has: git dos lease remote --probe")
        };
        let bytes = match fs_err::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).or_raise(context),
        };
        let json = |error: serde_json::Error| message!("{}: {error}", path.display()).raise();
        let sharing: Self = serde_json::from_slice(&bytes).map_err(json).or_raise(context)?;
        ensure!(
            sharing.v == VERSION,
            message!(
                "{} has version {}, and this program knows version {VERSION}",
                path.display(),
                sharing.v
            )
        );
        Ok(Some(sharing.at(state_folder)))
    }

    /// Gives this the id that it has in `state_folder`.
    #[must_use]
    pub fn at(mut self, state_folder: &Path) -> Self {
        let folder = fs_err::canonicalize(state_folder).unwrap_or_else(|_| state_folder.to_owned());
        let (host, number) = (process::host().unwrap_or_default(), number(&folder));
        let machine = fs_err::read_to_string(MACHINE_ID).unwrap_or_default();
        let mut hash = Sha256::new();
        for part in [&self.seed, &host, machine.trim(), &number] {
            hash.update(part);
            hash.update([0]);
        }
        hash.update(folder.as_os_str().as_encoded_bytes());
        self.clone = hash.finalize().iter().take(ID_BYTES).fold(String::new(), |mut id, byte| {
            write!(id, "{byte:02x}").expect("writing to a String cannot fail");
            id
        });
        self
    }

    /// Writes the file; whoever reads it meanwhile has the one before or this one.
    pub fn write(&mut self, state_folder: &Path) -> Result<()> {
        self.v = VERSION;
        let path = Self::path(state_folder);
        let context = || message!("Could not write {}", path.display());
        let mut bytes = serde_json::to_vec_pretty(self).or_raise(context)?;
        bytes.push(b'\n');
        fs_err::create_dir_all(state_folder).or_raise(context)?;
        let mut file = tempfile::NamedTempFile::new_in(state_folder).or_raise(context)?;
        file.write_all(&bytes).or_raise(context)?;
        file.persist(&path).map_err(|error| error.error).or_raise(context)?;
        Ok(())
    }

    /// Returns where the ref was when it was last seen.
    pub fn tip(&self) -> Option<ObjectId> {
        self.tip.as_ref().and_then(|tip| ObjectId::from_hex(tip.as_bytes()).ok())
    }

    /// Notes that the ref is at `tip` now, where the set is `state`.
    pub fn saw(&mut self, tip: ObjectId, state: &State, now: Duration) {
        self.tip = Some(tip.to_string());
        (self.generation, self.begins) = (state.generation, state.begins);
        self.read_ms = milliseconds(now);
        let others = state.leases.iter().filter(|lease| !self.is_own(lease));
        self.seen = others.map(|lease| self.first_seen(lease, now)).collect();
        let is_there = |lane: &str, grant| state.leases.iter().any(|it| is_of(it, lane, grant));
        self.asked.retain(|asked| is_there(&asked.lane, asked.grant));
        self.processes.retain(|ran| is_there(&ran.lane, ran.grant));
    }

    /// Tells whether `lease` is of this clone; one without a clone is so as long as nothing came from the remote.
    pub fn is_own(&self, lease: &Lease) -> bool {
        match &lease.clone {
            Some(clone) => *clone == self.clone,
            None => self.tip.is_none(),
        }
    }

    /// Returns when `lease` was first seen as it is, which is `now` for one that was not seen before.
    fn first_seen(&self, lease: &Lease, now: Duration) -> Seen {
        let (newest_ms, now_ms) = (lease.newest_ms(), milliseconds(now));
        let known = self.seen.iter().find(|seen| is_of(lease, &seen.lane, seen.grant));
        let as_it_is = known.filter(|seen| seen.newest_ms == newest_ms);
        Seen {
            lane: lease.lane.clone(),
            grant: lease.grant,
            newest_ms,
            since_ms: as_it_is.map_or(now_ms, |seen| seen.since_ms),
            given_ms: known.map_or(now_ms, |seen| seen.given_ms),
        }
    }

    /// Completes the leases of `state` with what is known here: when those of others were first seen, and which
    /// processes hold those of this clone.
    pub fn mark(&self, state: &mut State, now: Duration) {
        for lease in &mut state.leases {
            if !self.is_own(lease) {
                let Seen { given_ms, since_ms, .. } = self.first_seen(lease, now);
                lease.seen = Some(Sighting { given_ms, since_ms });
            } else if let Some(ran) =
                self.processes.iter().find(|ran| is_of(lease, &ran.lane, ran.grant))
            {
                (lease.pid, lease.pid_started) = (Some(ran.pid), ran.pid_started);
            }
        }
    }

    /// Notes that the holder of `lease` is there.
    pub fn ask(&mut self, lease: &Lease, now: Duration) {
        self.asked.retain(|asked| !is_of(lease, &asked.lane, asked.grant));
        let (lane, grant, at_ms) = (lease.lane.clone(), lease.grant, milliseconds(now));
        self.asked.push(Asked { lane, grant, at_ms });
    }

    /// Returns when the holder of `lease` last said that it is there, if that was never sent.
    pub fn asked(&self, lease: &Lease) -> Option<u64> {
        let asked = self.asked.iter().find(|asked| is_of(lease, &asked.lane, asked.grant));
        asked.map(|asked| asked.at_ms).filter(|at_ms| *at_ms > lease.newest_ms())
    }

    /// Notes that the process `pid` holds `lease`.
    pub fn entrust(&mut self, lease: &Lease, pid: u32, pid_started: Option<u64>) {
        self.processes.retain(|ran| !is_of(lease, &ran.lane, ran.grant));
        let (lane, grant) = (lease.lane.clone(), lease.grant);
        self.processes.push(Ran { lane, grant, pid, pid_started });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use gix::ObjectId;

    use super::Sharing;
    use crate::leases::lease::Sighting;
    use crate::leases::{Lease, State};

    fn lease(lane: &str, clone: Option<&str>) -> Lease {
        let text = format!(r#"{{"lane":"{lane}","tree":["src"],"acquired_ms":1000,"ttl_s":60}}"#);
        let lease: Lease = serde_json::from_str(&text).unwrap();
        Lease { clone: clone.map(str::to_owned), ..lease }
    }

    fn sharing() -> Sharing {
        Sharing { clone: "own".to_owned(), ..Sharing::default() }
    }

    fn state(leases: Vec<Lease>) -> State {
        State { generation: 3, leases, ..State::default() }
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_time_of_a_lease_of_another_clone_begins_when_it_is_first_seen_as_it_is() {
        let mut sharing = sharing();
        let tip = ObjectId::null(gix::hash::Kind::Sha1);
        let mut other = lease("api", Some("other"));
        let mut since = |other: &Lease, now| {
            sharing.saw(tip, &state(vec![other.clone()]), seconds(now));
            let mut state = state(vec![other.clone()]);
            sharing.mark(&mut state, seconds(now + 1000));
            state.leases[0].seen.unwrap()
        };
        let at = |given_ms, since_ms| Sighting { given_ms, since_ms };
        assert_eq!(since(&other, 500), at(500_000, 500_000), "whatever times it states");
        assert_eq!(since(&other, 700), at(500_000, 500_000), "it is still as it was");
        other.renewed_ms = Some(2000);
        assert_eq!(since(&other, 800), at(500_000, 800_000), "it was renewed");
        other.grant = 9;
        assert_eq!(since(&other, 900), at(900_000, 900_000), "it was given anew");
    }

    #[test]
    fn own_leases_go_by_their_own_times_and_by_the_process_that_is_known_here() {
        let mut sharing = sharing();
        sharing.entrust(&lease("api", Some("own")), 7, Some(8));
        let leases = vec![lease("api", Some("own")), lease("web", None), lease("api", Some("x"))];
        let mut state = state(leases);
        sharing.mark(&mut state, seconds(5));
        let got: Vec<_> =
            state.leases.iter().map(|lease| (lease.seen.is_some(), lease.pid)).collect();
        assert_eq!(got, [(false, Some(7)), (false, None), (true, None)]);
        sharing.tip = Some(String::new());
        let mut state = State { leases: vec![lease("web", None)], ..State::default() };
        sharing.mark(&mut state, seconds(5));
        assert!(state.leases[0].is_elsewhere(), "nobody here gave what a remote had");
    }

    #[test]
    fn what_is_known_of_leases_that_are_gone_is_forgotten() {
        let mut sharing = sharing();
        let (gone, kept) = (lease("api", Some("own")), lease("web", Some("own")));
        for lease in [&gone, &kept] {
            sharing.ask(lease, seconds(9));
            sharing.ask(lease, seconds(10));
            sharing.entrust(lease, 7, None);
        }
        assert_eq!((sharing.asked.len(), sharing.asked(&gone)), (2, Some(10_000)));
        let renewed = Lease { renewed_ms: Some(10_000), ..gone };
        assert_eq!(sharing.asked(&renewed), None, "what was sent need not be sent");
        let tip = ObjectId::null(gix::hash::Kind::Sha1);
        sharing.saw(tip, &state(vec![kept, lease("db", Some("x"))]), seconds(11));
        assert_eq!((sharing.asked.len(), sharing.processes.len(), sharing.seen.len()), (1, 1, 1));
    }

    #[test]
    fn the_file_reads_back_and_damage_is_said() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Sharing::read(folder.path()).unwrap(), None);
        let mut sharing = sharing().at(folder.path());
        sharing.joining.push(lease("api", None));
        sharing.write(folder.path()).unwrap();
        assert_eq!(Sharing::read(folder.path()).unwrap().as_ref(), Some(&sharing));
        let copy = tempfile::tempdir().unwrap();
        sharing.write(copy.path()).unwrap();
        let copied = Sharing::read(copy.path()).unwrap().unwrap();
        assert_ne!(copied.clone, sharing.clone, "a copy is another clone");
        for (text, part) in [("{", "EOF"), ("{}", "missing field"), ("[]", "invalid")] {
            fs_err::write(Sharing::path(folder.path()), text).unwrap();
            let error = format!("{:#}", Sharing::read(folder.path()).unwrap_err());
            assert!(error.contains("how the leases are shared"), "{error}");
            assert!(
                crate::output::error_text(&Sharing::read(folder.path()).unwrap_err())
                    .contains(part)
            );
        }
        let newer = r#"{"v":2,"seed":"","remote":"","reference":""}"#;
        fs_err::write(Sharing::path(folder.path()), newer).unwrap();
        assert!(Sharing::read(folder.path()).unwrap_err().to_string().contains("version 2"));
        assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    }
}
