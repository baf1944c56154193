//! Which commits did `git commit --amend` or `git rebase` replace? Written to the map of rewrites.

use git_dos_git_hooks::{Call, ObjectName, post_rewrite};
use gix::ObjectId;
use gix::error::{Result, ResultExt as _, message};

use crate::clock;
use crate::evidence::repository::state_folder;
use crate::journal::Durability;
use crate::journal::rewrites::{self, Kind, Rewrite};

/// Appends the pairs of `input` to the journal of rewrites.
pub(super) fn record(repository: &gix::Repository, call: &Call, input: &[u8]) -> Result<()> {
    let unreadable = || message("Could not read what was rewritten");
    let command = call.argument(0, "command").or_raise(unreadable)?.to_string_lossy();
    let kind = Kind::named(&command);
    let mut records = Vec::new();
    for pair in post_rewrite::parse(input).or_raise(unreadable)? {
        let (old, new) = (object_id(&pair.old)?, object_id(&pair.new)?);
        records.push(Rewrite::new(kind.clone(), old, new, clock::now()));
    }
    if records.is_empty() {
        return Ok(());
    }
    rewrites::journal(&state_folder(repository)).append_all(&records, Durability::Buffered)
}

/// Converts a name that git wrote; an error for a kind of hash that this program does not know.
pub(super) fn object_id(name: &ObjectName) -> Result<ObjectId> {
    ObjectId::from_hex(name.as_str().as_bytes())
        .or_raise(|| message!("Could not read the object name {name}"))
}
