//! May the command that `dos.toml` names for workers be run? Only after somebody has read and confirmed it.

use std::path::Path;
use std::time::Duration;

use gix::error::Result;

use crate::fingerprint;
use crate::journal::fleet::{self as journal, Record};

/// Tells whether `command` was confirmed in this repository, letter by letter as it is.
pub fn is_confirmed(state_folder: &Path, command: &str) -> Result<bool> {
    let book = journal::read(state_folder)?;
    Ok(book.confirmed.contains(&fingerprint::sha256(command.as_bytes())))
}

/// Writes down that somebody has confirmed `command`.
pub fn confirm(state_folder: &Path, command: &str, now: Duration) -> Result<()> {
    let command = fingerprint::sha256(command.as_bytes());
    journal::append(state_folder, Record::Confirmed { command }, now)
}
