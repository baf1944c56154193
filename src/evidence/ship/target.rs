//! Where must a phase be to count as shipped, and where else may it be?

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice as _};
use gix::error::{Result, ResultExt as _, message};
use gix::remote::Direction;

use crate::output::HINT;

/// The branch that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// How it is called: `origin/main`.
    pub name: String,
    /// Its commit; `None` where there is none yet.
    pub commit: Option<ObjectId>,
}

/// A branch with its commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// How it is called: `main`, `origin/main`.
    pub name: String,
    /// Its commit.
    pub commit: ObjectId,
}

/// Returns the target that `revision` names, else the default one.
///
/// That is the default branch of the remote (`refs/remotes/<remote>/HEAD`), else the upstream of the branch that
/// is checked out, else `HEAD`. The remote is that of this branch, else `origin`, else the only one.
pub fn resolve(repository: &gix::Repository, revision: Option<&str>) -> Result<Target> {
    if let Some(revision) = revision {
        let unknown = || {
            message!("No commit is called '{revision}'")
                .with(HINT, "git branch --all shows the branches there are")
        };
        let id = repository.rev_parse_single(revision).or_raise(unknown)?;
        let commit = id.object().or_raise(unknown)?.peel_to_kind(gix::object::Kind::Commit);
        return Ok(Target {
            name: revision.to_owned(),
            commit: Some(commit.or_raise(|| message!("'{revision}' is no commit"))?.id),
        });
    }
    let branch = repository.head_name().or_raise(|| message("Could not read HEAD"))?;
    for name in
        [default_of_remote(repository, branch.as_ref()), upstream(repository, branch.as_ref())]
    {
        if let Some(target) = name.map(|name| follow(repository, &name)).transpose()?.flatten() {
            return Ok(target);
        }
    }
    let head = repository.head().or_raise(|| message("Could not read HEAD"))?;
    if head.is_unborn() {
        return Ok(Target { name: "HEAD".into(), commit: None });
    }
    let broken = || {
        message("HEAD leads to no commit that can be read")
            .with(HINT, "git fsck names what is missing or broken")
    };
    let commit = repository.head_commit().or_raise(broken)?;
    let name = branch.map_or_else(|| "HEAD".to_owned(), |name| name.shorten().to_string());
    Ok(Target { name, commit: Some(commit.id) })
}

/// Returns the name of the reference that says which branch of the remote is its default.
fn default_of_remote(
    repository: &gix::Repository,
    branch: Option<&gix::refs::FullName>,
) -> Option<BString> {
    let of_branch = branch
        .and_then(|branch| repository.branch_remote_name(branch.shorten(), Direction::Fetch))
        .map(|name| name.as_bstr().to_owned());
    let remote = of_branch.or_else(|| repository.remote_default_name(Direction::Fetch))?;
    Some(format!("refs/remotes/{remote}/HEAD").into())
}

fn upstream(repository: &gix::Repository, branch: Option<&gix::refs::FullName>) -> Option<BString> {
    let name = repository.branch_remote_tracking_ref_name(branch?.as_ref(), Direction::Fetch)?;
    Some(name.ok()?.as_bstr().to_owned())
}

/// Follows a reference to its commit; `None` where there is no such reference.
fn follow(repository: &gix::Repository, name: &BString) -> Result<Option<Target>> {
    let context = || message!("Could not read {name}");
    let Some(mut reference) = repository.try_find_reference(name.as_bstr()).or_raise(context)?
    else {
        return Ok(None);
    };
    // Its own name says less than that of the branch that it leads to.
    let shown = match reference.follow() {
        Some(Ok(branch)) => branch.name().shorten().to_string(),
        // A default branch that was pruned.
        Some(Err(_)) => return Ok(None),
        None => reference.name().shorten().to_string(),
    };
    let commit = reference.peel_to_commit().or_raise(context)?;
    Ok(Some(Target { name: shown, commit: Some(commit.id) }))
}

/// Returns every local and remote-tracking branch, and a detached `HEAD`, local ones first.
///
/// One that leads to nothing that can be read is left out: it cannot show that a phase is anywhere.
pub fn branches(repository: &gix::Repository) -> Result<Vec<Branch>> {
    let context = || message("Could not read the branches");
    let platform = repository.references().or_raise(context)?;
    let mut branches = Vec::new();
    for prefix in ["refs/heads/", "refs/remotes/"] {
        for reference in platform.prefixed(prefix).or_raise(context)?.flatten() {
            let mut reference = reference;
            let name = reference.name().shorten().to_string();
            if let Ok(commit) = reference.peel_to_commit() {
                branches.push(Branch { name, commit: commit.id });
            }
        }
    }
    if let Ok(head) = repository.head_id()
        && !branches.iter().any(|branch| branch.commit == head)
    {
        branches.insert(0, Branch { name: "HEAD".into(), commit: head.detach() });
    }
    Ok(branches)
}
