//! Where do the commits stay that were folded away?

use gix::ObjectId;
use gix::actor::Signature;
use gix::error::{Result, ResultExt as _, message};
use gix::refs::transaction::{LogChange, PreviousValue, RefEdit, RefLog};
use gix::refs::{FullName, Target};

use super::landing::edit_as;

/// Where the refs are that keep what was folded away.
const KEEPERS: &str = "refs/dos/coalesced/";

/// Returns the ref that keeps the commits that were folded away from `branch`.
pub(super) fn name(branch: &str) -> String {
    format!("{KEEPERS}{}", branch.strip_prefix("refs/heads/").unwrap_or(branch))
}

/// Returns the ref to keep the commits of `branch` on: [`name`], unless a ref of a branch that is gone
/// stands in its way, as `feat` does in that of `feat/sub`.
fn free_name(repository: &gix::Repository, branch: &str) -> Result<String> {
    let name = name(branch);
    let context = || message!("Could not look for {name}");
    let exists = |name: &str| -> Result<bool> {
        Ok(repository.try_find_reference(name).or_raise(context)?.is_some())
    };
    if exists(&name)? {
        return Ok(name);
    }
    let mut taken = false;
    for (end, _) in name.match_indices('/') {
        let above = name.get(..end).unwrap_or_default();
        taken |= above.len() > KEEPERS.len() && exists(above)?;
    }
    let below = format!("{name}/");
    let references = repository.references().or_raise(context)?;
    taken |= references.prefixed(below.as_str()).or_raise(context)?.next().is_some();
    let flat = name.get(KEEPERS.len()..).unwrap_or_default().replace('/', "%2F");
    Ok(if taken { format!("{KEEPERS}{flat}.kept") } else { name })
}

/// Returns the message of the commit that keeps what `new` replaces.
pub(super) fn text(new: ObjectId) -> String {
    format!("keep what {new} replaces\n")
}

/// Adds a commit to the ref that keeps old commits: its parents are the ref's last one and `tip`.
pub(super) fn keep(
    repository: &gix::Repository,
    branch: &str,
    tip: ObjectId,
    (text, committer): (&str, &Signature),
) -> Result<()> {
    let name = free_name(repository, branch)?;
    let context = || message!("Could not keep the old commits on {name}");
    let full_name = FullName::try_from(name.as_str()).or_raise(context)?;
    let found = repository.try_find_reference(full_name.as_ref()).or_raise(context)?;
    let last = found.map(|reference| reference.id().detach());
    let tree = repository.find_commit(tip).or_raise(context)?.tree_id().or_raise(context)?;
    let keeper = gix::objs::Commit {
        tree: tree.detach(),
        parents: last.into_iter().chain([tip]).collect(),
        author: committer.clone(),
        committer: committer.clone(),
        encoding: None,
        message: text.into(),
        extra_headers: Vec::new(),
    };
    let keeper = repository.write_object(&keeper).or_raise(context)?.detach();
    let expected = last.map_or(PreviousValue::MustNotExist, |last| {
        PreviousValue::MustExistAndMatch(Target::Object(last))
    });
    let log = LogChange {
        mode: RefLog::AndReference,
        force_create_reflog: false,
        message: text.trim_end().into(),
    };
    let edit = RefEdit::update_with_log(full_name, keeper, expected, log);
    edit_as(repository, edit, committer).or_raise(context)
}
