//! Did anything move in a worktree? `HEAD`, the index and the files that git follows, as one short text.
//!
//! Files are told by size and time, not by content. A file that is new to git is seen by the time of a folder in
//! which git follows others; what changes inside it later, or in a folder of its own, is not.

use std::collections::BTreeSet;
use std::fs::Metadata;
use std::path::Path;
use std::time::{Instant, UNIX_EPOCH};

use gix::bstr::ByteSlice as _;
use gix::error::{Result, ResultExt as _, message};

use crate::{clock, fingerprint};

/// Files that are looked at between two looks at the clock.
const STEP: usize = 256;

/// Returns what stands for the state of the worktree of `repository`; `None` when `deadline` came first.
pub fn read(repository: &gix::Repository, deadline: Instant) -> Result<Option<String>> {
    let context = || message("Could not read the index");
    let head = repository.head().or_raise(|| message("Could not read HEAD"))?;
    let name = head.referent_name().map(|name| name.as_bstr().to_owned());
    let commit = head.try_into_peeled_id().or_raise(|| message("Could not read HEAD"))?;
    let mut seen = Vec::new();
    seen.extend_from_slice(name.unwrap_or_default().as_ref());
    seen.extend(commit.iter().flat_map(|id| id.as_bytes()));
    let index = repository.index_or_empty().or_raise(context)?;
    let Some(top) = repository.workdir() else { return Ok(Some(fingerprint::of([&*seen]))) };
    let mut folders: BTreeSet<&[u8]> = BTreeSet::from([&b""[..]]);
    for (number, entry) in index.entries().iter().enumerate() {
        if number % STEP == 0 && clock::instant() >= deadline {
            return Ok(None);
        }
        let path: &[u8] = entry.path(&index);
        seen.extend_from_slice(path);
        seen.extend_from_slice(&entry.mode.bits().to_le_bytes());
        seen.extend_from_slice(&entry.flags.stage_raw().to_le_bytes());
        seen.extend_from_slice(entry.id.as_bytes());
        see(top, path, &mut seen);
        let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
        folders.extend(ends.filter_map(|end| path.get(..end)));
    }
    for folder in folders {
        see(top, folder, &mut seen);
    }
    Ok(Some(fingerprint::of([&*seen])))
}

/// Adds to `seen` what the file system says of the file at `path` below `top`.
fn see(top: &Path, path: &[u8], seen: &mut Vec<u8>) {
    let Ok(path) = path.to_path() else { return };
    // A file that is gone, or that nobody may look at, is a state as well.
    let Ok(metadata) = fs_err::symlink_metadata(top.join(path)) else { return seen.push(b'-') };
    if !metadata.is_dir() {
        seen.extend_from_slice(&metadata.len().to_le_bytes());
    }
    seen.extend_from_slice(&nanoseconds(&metadata).to_le_bytes());
}

fn nanoseconds(metadata: &Metadata) -> u128 {
    let written = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    written.unwrap_or_default().as_nanos()
}
