//! Where on a remote can the set be? In a ref of its own, or in a branch where nothing else is taken.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::Path;
use std::time::Duration;

use gix::bstr::ByteSlice as _;
use gix::error::{ErrorExt as _, Result, ResultExt as _, bail, ensure, message};
use gix::{ObjectId, objs};

use super::BRANCH;
use crate::git_program::transfer::{Answer, Failure, Remote, Update};
use crate::leases::{REFERENCE, swap};
use crate::output::{HINT, pasteable, shown};

/// Returns what the id of a clone is made of, by chance.
pub(super) fn new_seed() -> String {
    let mut chance = RandomState::new().build_hasher();
    chance.write_u32(std::process::id());
    format!("{:016x}", chance.finish())
}

/// Returns the remote called `name`, where git pushes to.
///
/// The set must be read where it is written: with an address of its own for pushes, that one serves for both.
pub(super) fn remote(repository: &gix::Repository, name: &str, limit: Duration) -> Result<Remote> {
    let configuration = repository.config_snapshot();
    let values = |key: &str| {
        let found = configuration.plumbing().strings_by("remote", Some(name.into()), key);
        found.unwrap_or_default()
    };
    let (urls, push_urls) = (values("url"), values("pushurl"));
    let named = shown(name.as_bytes());
    ensure!(
        !urls.is_empty() || !push_urls.is_empty(),
        message!("The leases are to be shared by the remote {named}, which git does not know")
            .with(HINT, format!("git remote add {} ADDRESS", pasteable(name)))
    );
    let target = match (push_urls.as_slice(), urls.as_slice()) {
        ([], [_]) => name.to_owned(),
        ([url], _) => url
            .to_str()
            .map(str::to_owned)
            .or_raise(|| message!("The address of the remote {named} is no text"))?,
        _ => bail!(
            message!(
                "The remote {named} has several addresses, and one must decide who holds what"
            )
            .with(HINT, "name one that has a single address in [leases] remote of dos.toml")
        ),
    };
    ensure!(
        !repository.common_dir().join("reftable").exists(),
        message(
            "The leases cannot be shared from here: refs are in a reftable, which only git itself can change"
        )
    );
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let git_dir = absolute(repository.git_dir());
    let folder = repository.workdir().map_or_else(|| git_dir.clone(), absolute);
    Ok(Remote { git_dir, folder, name: name.to_owned(), target, limit })
}

fn context(remote: &Remote) -> gix::error::Message {
    message!("Could not set up the leases on {}", shown(remote.name.as_bytes())).with(
        HINT,
        format!(
            "no lane is given before that; to try it: git ls-remote {}",
            pasteable(&remote.name)
        ),
    )
}

fn failed(failure: &Failure) -> gix::Error {
    message!("{failure}").raise()
}

/// Returns the name of the ref on `remote` that holds the set; `None` when there is none.
pub(super) fn found(remote: &Remote) -> Result<Option<&'static str>> {
    let there = remote.list(&[REFERENCE, BRANCH]).map_err(|failure| failed(&failure));
    let there = there.or_raise(|| context(remote))?;
    let is_there = |name: &&str| there.iter().any(|(found, _)| found == name);
    Ok([REFERENCE, BRANCH].into_iter().find(is_there))
}

/// Returns the name of the ref on `remote` that can hold the set.
///
/// That is tried out with a ref that is made, changed, looked for and removed again.
pub(super) fn probed(
    repository: &gix::Repository,
    remote: &Remote,
    seed: &str,
) -> Result<&'static str> {
    let context = || context(remote);
    let ids = probes(repository).or_raise(context)?;
    let mut refusals = Vec::new();
    let failed = |failure: Failure| failed(&failure);
    // Two clones that try at once must not meet.
    for (name, probe) in [
        (REFERENCE, format!("refs/dos/probe-{seed}")),
        (BRANCH, format!("refs/heads/dos/probe-{seed}")),
    ] {
        match takes(remote, &probe, ids).map_err(failed).or_raise(context)? {
            None => return Ok(name),
            Some(why) => refusals.push(format!("{name}: {why}")),
        }
    }
    let why = message!("it takes neither a ref of ours nor a branch: {}", refusals.join("; "));
    let hint = "ask for the right to push, or leave [leases] remote out of dos.toml";
    Err(why.with(HINT, hint).raise()).or_raise(context)
}

/// Tries whether `remote` takes the ref `probe`, changes it and shows it; returns why not.
fn takes(
    remote: &Remote,
    probe: &str,
    (first, second): (ObjectId, ObjectId),
) -> std::result::Result<Option<String>, Failure> {
    let ask = |expected, new| match remote.push(&Update { name: probe, expected, new }) {
        Answer::Taken => Ok(None),
        Answer::Refused(why) => Ok(Some(why)),
        // What may be otherwise the next time decides nothing.
        Answer::Lost(why) => Err(Failure::Failed(why)),
        Answer::Unknown(failure) => Err(failure),
    };
    if let Some(why) = ask(None, Some(first))? {
        return Ok(Some(why));
    }
    let swapped = ask(Some(first), Some(second))?;
    let is_shown = remote.list(&[probe])?.iter().any(|(_, id)| *id == second);
    // A remote that removes nothing keeps it, and that does no harm.
    ask(Some(if swapped.is_none() { second } else { first }), None)?;
    Ok(swapped.or_else(|| (!is_shown).then(|| "it does not show it".to_owned())))
}

/// Writes two commits, the second after the first.
fn probes(repository: &gix::Repository) -> Result<(ObjectId, ObjectId)> {
    let context = || message("Could not write what is tried out");
    let tree = repository.write_object(objs::Tree::empty()).or_raise(context)?.detach();
    let person = swap::committer(repository);
    let commit = |parent: Option<ObjectId>| -> Result<ObjectId> {
        let commit = objs::Commit {
            tree,
            parents: parent.into_iter().collect(),
            author: person.clone(),
            committer: person.clone(),
            encoding: None,
            message: "probe whether refs can be kept here\n".into(),
            extra_headers: Vec::new(),
        };
        Ok(repository.write_object(&commit).or_raise(context)?.detach())
    };
    let first = commit(None)?;
    Ok((first, commit(Some(first))?))
}
