//! Who holds which lane? The set of leases, kept in one ref that all worktrees share.
//!
//! `refs/dos/leases` points at a commit whose tree has the file `leases.json`; every change of the set is a commit,
//! and what the ref says is the set. A change is written with the state that it was made from, and counts only when
//! that is still the state: of two that were made from one, the second is lost and made again.

pub mod change;
pub mod foreign;
pub mod holder;
pub mod identity;
pub mod lease;
pub mod operation;
mod reference;
pub mod remote;
mod step;
mod swap;

use std::path::Path;

use gix::ObjectId;
use gix::bstr::ByteSlice as _;
use gix::error::{ErrorExt as _, Result, ResultExt as _, bail, ensure, message};
use gix::object::Kind;
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::evidence::repository::state_folder;
use crate::output::HINT;
use remote::Sharing;

pub use change::Change;
pub use holder::Holder;
pub use identity::Identity;
pub use lease::Lease;
pub use operation::Operation;
pub use step::Step;
pub use swap::{CHAIN_LIMIT, Lost, Swapped, swap};

/// The ref that holds the set.
pub const REFERENCE: &str = "refs/dos/leases";

/// The ref that holds the changes from before the chain was last begun anew.
pub const EARLIER: &str = "refs/dos/leases-earlier";

/// The file in the tree of its commit.
pub const FILE_NAME: &str = "leases.json";

/// The version of the file that this program reads and writes.
pub const VERSION: u32 = 1;

/// The most bytes that the file may have.
const FILE_LIMIT: u64 = 4 * 1024 * 1024;

/// The set of leases: the content of `leases.json`; every field since 0.1.0.
///
/// Leases that have ended stay in it until the next change takes them out; see [`Lease::standing`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Version of the file, [`VERSION`].
    pub v: u32,
    /// The number of the change that made this state: one more than that of the state before, also where the chain of
    /// commits begins anew. A lease that this change gives has it as its [`grant`](Lease::grant).
    #[serde(default)]
    pub generation: u64,
    /// The number of the change with which the chain begins: it has `generation - begins + 1` commits.
    #[serde(default)]
    pub begins: u64,
    /// The leases, oldest first.
    pub leases: Vec<Lease>,
}

impl Default for State {
    fn default() -> Self {
        Self { v: VERSION, generation: 0, begins: 0, leases: Vec::new() }
    }
}

/// Which state of the set was read: what a change of it is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// There was no ref: nobody ever held a lane.
    Absent,
    /// The commit that the ref pointed at.
    At(ObjectId),
}

/// Tells from the names of refs alone whether there may be leases, without opening the repository whose state is kept in
/// `state_folder`.
pub fn may_exist(state_folder: &Path) -> bool {
    let Some(common_dir) = state_folder.parent() else { return false };
    let packed = || fs_err::read(common_dir.join("packed-refs")).unwrap_or_default();
    let keeps_files = common_dir.join("refs").is_dir() && !common_dir.join("reftable").exists();
    common_dir.join(REFERENCE).exists() || !keeps_files || packed().contains_str(REFERENCE)
}

/// Reads the set of leases of `repository`.
///
/// A repository without the ref has an empty set. Everything else that is no set is an error: lanes that cannot be
/// read are not free.
pub fn load(repository: &gix::Repository) -> Result<(State, Version)> {
    let context = || {
        message!("Could not read the leases from {REFERENCE}").with(
            HINT,
            "git reflog show refs/dos/leases lists its earlier states; git update-ref refs/dos/leases 'refs/dos/leases@{1}' goes back by one",
        )
    };
    let Some(reference) = repository.try_find_reference(REFERENCE).or_raise(context)? else {
        return Ok((State::default(), Version::Absent));
    };
    let Some(id) = reference.target().try_id().map(ToOwned::to_owned) else {
        bail!("{REFERENCE} points at another ref, where a commit should be");
    };
    let mut state = read(repository, id).or_raise(context)?;
    let is_shared = |lease: &Lease| lease.clone.is_some() || remote::is_shared(repository);
    if state.leases.iter().any(is_shared) {
        let sharing = Sharing::read(&state_folder(repository))?.unwrap_or_default();
        sharing.mark(&mut state, clock::now());
    }
    Ok((state, Version::At(id)))
}

/// Returns the change before the one of the commit `id`; `None` for the first, and where a shallow clone ends.
pub fn before(repository: &gix::Repository, id: ObjectId) -> Result<Option<ObjectId>> {
    let commit = repository.find_commit(id).or_raise(|| message!("{id} cannot be read"))?;
    let Some(parent) = commit.parent_ids().next().map(gix::Id::detach) else { return Ok(None) };
    let is_shallow = repository.is_shallow().or_raise(|| message!("{id} cannot be read"))?;
    Ok((!is_shallow || repository.has_object(parent)).then_some(parent))
}

/// Reads the set that the commit `id` holds.
fn read(repository: &gix::Repository, id: ObjectId) -> Result<State> {
    let object = repository.find_object(id).or_raise(|| message!("{id} cannot be read"))?;
    ensure!(object.kind == Kind::Commit, message!("{id} is a {}, no commit", object.kind));
    let tree = object.peel_to_tree().or_raise(|| message!("{id} has no tree"))?;
    let entry = tree.lookup_entry_by_path(FILE_NAME);
    let Some(entry) = entry.or_raise(|| message!("the tree of {id} cannot be read"))? else {
        bail!("{id} has no {FILE_NAME}");
    };
    let file = || message!("{FILE_NAME} of {id} cannot be read");
    ensure!(entry.mode().is_blob(), message!("{FILE_NAME} of {id} is no file"));
    let size = repository.find_header(entry.object_id()).or_raise(file)?.size();
    ensure!(size <= FILE_LIMIT, message!("{FILE_NAME} of {id} is larger than {FILE_LIMIT} bytes"));
    let blob = entry.object().or_raise(file)?;
    parse(&blob.data).or_raise(file)
}

/// What of the file is the same in all versions.
#[derive(Deserialize)]
struct Head {
    v: u32,
}

/// Parses the bytes of a `leases.json`.
fn parse(bytes: &[u8]) -> Result<State> {
    let json = |error: serde_json::Error| message!("it is no set of leases: {error}").raise();
    let head: Head = serde_json::from_slice(bytes).map_err(json)?;
    ensure!(
        head.v == VERSION,
        message!("it has version {}, and this program knows version {VERSION}", head.v)
    );
    serde_json::from_slice(bytes).map_err(json)
}
