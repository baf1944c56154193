//! What is in a folder, down to the last file?

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use gix::error::{Result, ResultExt as _, bail, message};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::file::{self, Links, Origin};
use super::{LIMIT, State, json, key_of_path};
use crate::fingerprint::hexadecimal;

/// One entry of a folder: a value of the state, whose key is the entry's path.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Entry {
    /// A regular file.
    File {
        /// Its permissions, in octal.
        mode: String,
        /// Its size.
        bytes: u64,
        /// The SHA-256 of its content, in hexadecimal.
        sha256: String,
    },
    /// A folder, empty or not.
    Folder {
        /// Its permissions, in octal.
        mode: String,
    },
    /// A symbolic link, which is not followed.
    Link {
        /// Where it leads.
        target: String,
    },
    /// A pipe, a socket or a device, which is not read.
    Other {
        /// Its permissions, in octal.
        mode: String,
    },
}

/// Reads the folder at `root`, without git's folder `own`; symbolic links are not followed.
///
/// Errors when anything in it cannot be read.
pub(super) fn read(root: &Path, own: &Path) -> Result<State> {
    let failure = || message!("Could not read the folder {}", root.display());
    let real = fs_err::canonicalize(root).or_raise(failure)?;
    let own = fs_err::canonicalize(own).unwrap_or_else(|_| own.to_owned());
    let metadata = fs_err::metadata(&real).or_raise(failure)?;
    if !metadata.is_dir() {
        bail!("{} is not a folder", root.display());
    }
    let (mut members, mut left_out, mut size) = (BTreeMap::new(), Vec::new(), 0);
    let mut open = vec![real.clone()];
    while let Some(folder) = open.pop() {
        for found in fs_err::read_dir(&folder).or_raise(failure)? {
            let path = found.or_raise(failure)?.path();
            let key = key(&real, &path)?;
            if path == own {
                left_out.push(key);
                continue;
            }
            let entry = entry(&path)?;
            if matches!(entry, Entry::Folder { .. }) {
                open.push(path);
            }
            let value = serde_json::to_string(&entry).or_raise(failure)?;
            size += key.len() + value.len();
            if size > LIMIT {
                return Err(file::too_large(root));
            }
            members.insert(key, value);
        }
    }
    let content = json::object(&members);
    Ok(State { content, origin: Origin::of(&metadata), keys: members.len(), left_out })
}

/// Returns the key of the file at `path` below `root`, with `/` between its parts.
fn key(root: &Path, path: &Path) -> Result<String> {
    let below = path.strip_prefix(root).or_raise(|| message("A folder holds a stranger"))?;
    let bytes = gix::path::into_bstr(below)
        .or_raise(|| message!("The name of {} cannot be a key", path.display()))?;
    Ok(key_of_path(gix::path::to_unix_separators_on_windows(bytes).as_ref()))
}

fn entry(path: &Path) -> Result<Entry> {
    let failure = || message!("Could not read {}", path.display());
    let metadata = fs_err::symlink_metadata(path).or_raise(failure)?;
    let kind = metadata.file_type();
    let mode = mode(&metadata);
    if kind.is_symlink() {
        let target = fs_err::read_link(path).or_raise(failure)?;
        let target = gix::path::into_bstr(target).or_raise(failure)?;
        return Ok(Entry::Link { target: key_of_path(target.as_ref()) });
    }
    if kind.is_dir() {
        return Ok(Entry::Folder { mode });
    }
    if !kind.is_file() {
        return Ok(Entry::Other { mode });
    }
    let (sha256, origin) = file::steady(path, Links::Refused, |file, _| {
        let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 64 * 1024]);
        loop {
            match file.read(&mut buffer).or_raise(failure)? {
                0 => return Ok(hexadecimal(&hasher.finalize())),
                count => hasher.update(buffer.get(..count).unwrap_or_default()),
            }
        }
    })?;
    Ok(Entry::File { mode, bytes: origin.bytes, sha256 })
}

/// Returns the permissions in octal, where a file has such.
fn mode(metadata: &std::fs::Metadata) -> String {
    #[cfg(unix)]
    let bits = std::os::unix::fs::MetadataExt::mode(metadata) & 0o7777;
    #[cfg(not(unix))]
    let bits = if metadata.permissions().readonly() { 0o444 } else { 0o644 };
    format!("{bits:04o}")
}
