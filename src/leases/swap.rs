//! How does the set become another one? By one commit, and only from the state that it was made from.

use gix::actor::Signature;
use gix::date::Time;
use gix::error::{ErrorExt as _, Result, ResultExt as _, ensure, message};
use gix::objs::tree::{Entry, EntryKind};
use gix::{ObjectId, objs};

use super::operation::{Deed, Operation};
use super::reference::{self, Move, Moved, Turn};
use super::step::{self, Step};
use super::{EARLIER, FILE_LIMIT, FILE_NAME, REFERENCE, State, Version};
use crate::clock;
use crate::evidence::identity;
use crate::output::{HINT, pasteable};

/// The most commits of the chain: the change after them begins it anew.
pub const CHAIN_LIMIT: u64 = 1000;

/// How a change came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swapped {
    /// The set is as the change has it, at this version.
    Done(Version),
    /// It is not, and nothing was changed.
    Lost(Lost),
}

/// Why a change did not come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// Somebody else was faster: the set is no longer what the change was made from.
    Changed,
    /// The ref is locked, by git or by something that is dead.
    Locked,
    /// Another process of ours keeps the turn.
    Busy,
}

impl Lost {
    /// Says why a change did not come about, however often it was tried.
    pub fn explained(self, repository: &gix::Repository) -> gix::Error {
        let common = repository.common_dir();
        let file = |name: &str| pasteable(&common.join(name).display().to_string());
        let (why, hint) = match self {
            Self::Changed => {
                ("others changed them again and again".to_owned(), "try again".to_owned())
            }
            Self::Locked => {
                let lock = file(&format!("{REFERENCE}.lock"));
                (format!("{lock} is there"), format!("if no git is at work here: rm {lock}"))
            }
            Self::Busy => {
                let turn = file("dos/leases.lock");
                let hint = format!("a process that is stopped may keep it: fuser {turn}");
                (format!("another git-dos keeps {turn}"), hint)
            }
        };
        message!("Could not change the leases: {why}").with(HINT, hint).raise()
    }
}

/// Makes `state` the set, by `operation`, if the set is still at `expected`.
///
/// `state` has the number of this change; see [`Change::of`](super::Change::of). Where the chain is long enough, or
/// `operation` asks for it, the commit has no parent, and the chain before it is kept on [`EARLIER`] until the next
/// time.
pub fn swap(
    repository: &gix::Repository,
    expected: Version,
    state: &State,
    operation: &Operation,
) -> Result<Swapped> {
    let context = || message!("Could not change the leases in {REFERENCE}");
    let written =
        write(repository, expected, (state, operation), Root::WhenLong).or_raise(context)?;
    land(repository, expected, &written)
}

/// Whether the chain may begin anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    /// Where it is long, or that is asked for.
    WhenLong,
    /// It goes on.
    Never,
}

/// A change whose objects are written, and to which nothing refers yet.
#[derive(Debug)]
pub(super) struct Written {
    /// Its commit.
    pub new: ObjectId,
    /// Whether the commit has no parent.
    pub is_root: bool,
    subject: String,
    committer: Signature,
}

/// Writes the objects of a change of the set at `expected`.
pub(super) fn write(
    repository: &gix::Repository,
    expected: Version,
    (state, operation): (&State, &Operation),
    root: Root,
) -> Result<Written> {
    let mut state = state.clone();
    let parent = match expected {
        Version::At(id) if root == Root::Never || !begins_anew(&state, operation) => Some(id),
        Version::At(_) | Version::Absent => None,
    };
    if parent.is_none() {
        state.begins = state.generation;
    }
    let committer = committer(repository);
    let new = objects(repository, &state, operation, (parent, &committer))?;
    step::reached(Step::Written);
    let (is_root, subject) = (parent.is_none(), operation.subject());
    Ok(Written { new, is_root, subject, committer })
}

/// Has the ref point at what is written, if it is still at `expected`.
pub(super) fn land(
    repository: &gix::Repository,
    expected: Version,
    written: &Written,
) -> Result<Swapped> {
    let context = || message!("Could not change the leases in {REFERENCE}");
    let Written { new, is_root, subject, committer } = written;
    let Some(turn) = Turn::take(repository).or_raise(context)? else {
        return Ok(Swapped::Lost(Lost::Busy));
    };
    for name in [REFERENCE, EARLIER] {
        reference::clear(repository, &turn, name).or_raise(context)?;
    }
    let planned = Move { name: REFERENCE, expected, new: *new, log: subject, committer };
    let keep = || match expected {
        Version::At(tip) if *is_root => keep(repository, &turn, tip, committer),
        Version::At(_) | Version::Absent => Ok(()),
    };
    let moved = reference::advance(repository, &turn, &planned, keep).or_raise(context)?;
    Ok(match moved {
        Moved::Yes => Swapped::Done(Version::At(*new)),
        Moved::Changed => Swapped::Lost(Lost::Changed),
        Moved::Locked => Swapped::Lost(Lost::Locked),
    })
}

/// Has the ref point at `tip`, which came from elsewhere, if it is still at `expected`.
pub(super) fn follow(
    repository: &gix::Repository,
    expected: Version,
    (tip, is_root): (ObjectId, bool),
) -> Result<Swapped> {
    let (subject, committer) = ("fetch".to_owned(), committer(repository));
    land(repository, expected, &Written { new: tip, is_root, subject, committer })
}

/// Tells whether the change that makes `state` is to have no parent.
fn begins_anew(state: &State, operation: &Operation) -> bool {
    operation.deed == Deed::Compact || state.generation.saturating_sub(state.begins) >= CHAIN_LIMIT
}

/// Writes the objects of a change, and returns its commit.
fn objects(
    repository: &gix::Repository,
    state: &State,
    operation: &Operation,
    (parent, committer): (Option<ObjectId>, &Signature),
) -> Result<ObjectId> {
    let context = || message("Could not write the new set");
    let mut bytes = serde_json::to_vec_pretty(state).or_raise(context)?;
    bytes.push(b'\n');
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    ensure!(size <= FILE_LIMIT, message!("it would be larger than {FILE_LIMIT} bytes"));
    let blob = repository.write_blob(&bytes).or_raise(context)?.detach();
    let mode = EntryKind::Blob.into();
    let entries = vec![Entry { mode, filename: FILE_NAME.into(), oid: blob }];
    let tree = repository.write_object(objs::Tree { entries }).or_raise(context)?.detach();
    let commit = objs::Commit {
        tree,
        parents: parent.into_iter().collect(),
        author: committer.clone(),
        committer: committer.clone(),
        encoding: None,
        message: operation.message(state.generation).into(),
        extra_headers: Vec::new(),
    };
    Ok(repository.write_object(&commit).or_raise(context)?.detach())
}

/// Returns who makes the commit: whoever commits here, and ourselves where nobody says who that is.
pub(super) fn committer(repository: &gix::Repository) -> Signature {
    let person = identity::committer(repository);
    let (name, email) = match person {
        Some(person) if !person.name.is_empty() => (person.name, person.email),
        Some(_) | None => ("git-dos".into(), "git-dos@localhost".into()),
    };
    let seconds = i64::try_from(clock::now().as_secs()).unwrap_or_default();
    Signature { name, email, time: Time::new(seconds, 0) }
}

/// Keeps the chain that ends at `tip`, in the place of the one that was kept before.
fn keep(
    repository: &gix::Repository,
    turn: &Turn,
    tip: ObjectId,
    committer: &Signature,
) -> Result<()> {
    let expected = reference::present(repository, EARLIER)?;
    let log = "keep the changes so far";
    let planned = Move { name: EARLIER, expected, new: tip, log, committer };
    let moved = reference::advance(repository, turn, &planned, || Ok(()))?;
    let lock = reference::lock_path(repository, EARLIER);
    ensure!(
        moved == Moved::Yes,
        message!("{EARLIER} cannot be changed")
            .with(HINT, format!("if no git is at work here, remove {}", lock.display()))
    );
    step::reached(Step::Kept);
    Ok(())
}

#[cfg(test)]
mod tests {
    use gix::error::Result;

    use super::{CHAIN_LIMIT, Lost, Swapped, swap};
    use crate::leases::operation::{Deed, Fate, Operation};
    use crate::leases::{Change, EARLIER, Lease, REFERENCE, State, Version, load};

    fn repository(folder: &std::path::Path) -> gix::Repository {
        gix::init_bare(folder).unwrap()
    }

    fn lease(lane: &str) -> Lease {
        let text = format!(r#"{{"lane":"{lane}","tree":["src"],"acquired_ms":0,"ttl_s":60}}"#);
        serde_json::from_str(&text).unwrap()
    }

    fn give(repository: &gix::Repository, version: Version, state: &State) -> Result<Swapped> {
        let mut change = Change::of(state, Deed::Acquire);
        change.give(lease("api"), Fate::Given);
        swap(repository, version, &change.state, &change.operation)
    }

    #[test]
    fn of_two_changes_of_one_state_the_second_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let repository = repository(folder.path());
        let (empty, absent) = load(&repository).unwrap();
        assert_eq!(absent, Version::Absent);
        let Swapped::Done(first) = give(&repository, absent, &empty).unwrap() else {
            panic!("nobody else is here")
        };
        let (state, version) = load(&repository).unwrap();
        assert_eq!((version, state.generation, state.begins), (first, 1, 1));
        assert_eq!(give(&repository, absent, &empty).unwrap(), Swapped::Lost(Lost::Changed));
        let Swapped::Done(second) = give(&repository, first, &state).unwrap() else {
            panic!("it is at the first")
        };
        assert_eq!(give(&repository, first, &state).unwrap(), Swapped::Lost(Lost::Changed));
        assert_eq!(load(&repository).unwrap().1, second);
        let reference = repository.find_reference(REFERENCE).unwrap();
        let mut log = reference.log_iter();
        assert_eq!(log.all().unwrap().unwrap().count(), 2, "git's log has both");
        let common = repository.common_dir();
        let left = ["refs/dos/leases.lock", "dos/leases.next", "packed-refs.lock"];
        for file in left {
            assert!(!common.join(file).exists(), "{file} is left");
        }
    }

    #[test]
    fn a_lock_of_somebody_else_is_waited_for_and_one_of_ours_that_is_dead_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let repository = repository(folder.path());
        let lock = repository.common_dir().join("refs/dos/leases.lock");
        let next = repository.common_dir().join("dos/leases.next");
        for path in [&lock, &next] {
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        }
        let absent = Version::Absent;
        for (held, written, want, why) in [
            ("", None, false, "an empty one may be git's"),
            ("1234\n", None, false, "one with an id as well"),
            ("1234\n", Some("5678\n"), false, "ours was another"),
            ("", Some(""), false, "nothing is said by nothing"),
            ("1234\n", Some("1234\n"), true, "ours"),
        ] {
            fs_err::write(&lock, held).unwrap();
            fs_err::remove_file(&next).ok();
            if let Some(text) = written {
                fs_err::write(&next, text).unwrap();
            }
            let got = give(&repository, absent, &State::default()).unwrap();
            assert_eq!(matches!(got, Swapped::Done(_)), want, "{why}: {got:?}");
            if !want {
                assert_eq!(got, Swapped::Lost(Lost::Locked), "{why}");
            }
        }
    }

    #[test]
    fn the_chain_begins_anew_and_its_numbers_go_on() {
        let folder = tempfile::tempdir().unwrap();
        let repository = repository(folder.path());
        let parents = || {
            let id = repository.find_reference(REFERENCE).unwrap().id();
            repository.find_commit(id).unwrap().parent_ids().count()
        };
        let (empty, absent) = load(&repository).unwrap();
        give(&repository, absent, &empty).unwrap();
        let (state, first) = load(&repository).unwrap();
        let mut late = state.clone();
        late.generation = CHAIN_LIMIT - 1;
        give(&repository, first, &late).unwrap();
        assert_eq!(parents(), 1, "not yet");
        let (state, tip) = load(&repository).unwrap();
        assert_eq!((state.generation, state.begins), (CHAIN_LIMIT, 1));
        give(&repository, tip, &state).unwrap();
        assert_eq!(parents(), 0, "the chain was long enough");
        let (state, root) = load(&repository).unwrap();
        assert_eq!((state.generation, state.begins), (CHAIN_LIMIT + 1, CHAIN_LIMIT + 1));
        let kept = || Version::At(repository.find_reference(EARLIER).unwrap().id().detach());
        assert_eq!(kept(), tip, "what was before is kept");
        let change = Change::of(&state, Deed::Compact);
        let asked = Operation { deed: Deed::Compact, effects: Vec::new() };
        let done = swap(&repository, root, &change.state, &asked).unwrap();
        assert!(matches!(done, Swapped::Done(_)));
        assert_eq!((parents(), kept()), (0, root), "when asked for");
        assert_eq!(load(&repository).unwrap().0.leases, state.leases, "nothing else changes");
    }
}
