//! Which commits are meant?

use std::collections::HashSet;

use gix::ObjectId;
use gix::bstr::ByteSlice as _;
use gix::error::{ErrorExt as _, Result, ResultExt as _, bail, message};
use gix::revision::plumbing::Spec;

use super::walk::between;
use crate::output::HINT;

/// How commits are chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// What a push would send: `@{push}..HEAD`, else what the upstream lacks, else what is on no remote-tracking
    /// branch, else `HEAD`.
    WouldPush,
    /// One revision or range, as git spells them.
    Revision(String),
    /// Everything that any reference or `HEAD` reaches.
    All,
}

/// Commits in the order they are to be judged, and how they were chosen.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// Commit ids, newest first.
    pub commits: Vec<ObjectId>,
    /// What was chosen, in words: `origin/main..HEAD`.
    pub description: String,
}

/// Resolves `selection` to commits.
///
/// Errors when a revision does not resolve, is no commit, or an object on the way is missing.
pub fn resolve(repository: &gix::Repository, selection: &Selection) -> Result<Chosen> {
    match selection {
        Selection::WouldPush => default(repository),
        Selection::Revision(text) => revision(repository, text),
        Selection::All => {
            let mut tips = reference_tips(repository, "refs/", Broken::Refused)?;
            tips.extend(repository.head_id().ok().map(gix::Id::detach));
            Ok(Chosen { commits: between(repository, &tips, &[])?, description: "--all".into() })
        }
    }
}

/// Chooses what a push would send: all that `@{push}` lacks, else the upstream, else all on no
/// remote-tracking branch, else the one commit `HEAD` when there is no remote-tracking branch at all.
fn default(repository: &gix::Repository) -> Result<Chosen> {
    let head = repository.head_id().or_raise(|| message("HEAD has no commit yet"))?.detach();
    let tracking = repository.head_name()?.and_then(|name| {
        [gix::remote::Direction::Push, gix::remote::Direction::Fetch].into_iter().find_map(
            |direction| {
                let tracking =
                    repository.branch_remote_tracking_ref_name(name.as_ref(), direction)?.ok()?;
                repository.try_find_reference(tracking.as_ref()).ok().flatten()
            },
        )
    });
    if let Some(mut tracking) = tracking {
        let short = tracking.name().shorten().to_string();
        let id = tracking.peel_to_id().or_raise(|| message!("Could not read {short}"))?.detach();
        let commits = between(repository, &[head], &[id])?;
        return Ok(Chosen { commits, description: format!("{short}..HEAD") });
    }
    let remotes = reference_tips(repository, "refs/remotes/", Broken::PassedOver)?;
    if remotes.is_empty() {
        return Ok(Chosen { commits: vec![head], description: "HEAD".into() });
    }
    let commits = between(repository, &[head], &remotes)?;
    Ok(Chosen { commits, description: "HEAD --not --remotes".into() })
}

fn revision(repository: &gix::Repository, text: &str) -> Result<Chosen> {
    let spec = repository
        .rev_parse(text)
        .or_raise(|| {
            message!("No commit or range is called '{text}'")
                .with(HINT, "git log --oneline and git branch --all show what there is")
        })?
        .detach();
    let commit = |id: ObjectId| peel(repository, id, text);
    let commits = match spec {
        Spec::Include(id) | Spec::ExcludeParents(id) => vec![commit(id)?],
        Spec::Range { from, to } => between(repository, &[commit(to)?], &[commit(from)?])?,
        Spec::Merge { theirs, ours } => {
            let (theirs, ours) = (commit(theirs)?, commit(ours)?);
            let bases = repository.merge_bases_many(theirs, &[ours])?;
            let hidden: Vec<_> = bases.into_iter().map(gix::Id::detach).collect();
            between(repository, &[theirs, ours], &hidden)?
        }
        Spec::IncludeOnlyParents(id) => {
            let child = repository
                .find_commit(commit(id)?)
                .or_raise(|| message("Could not read the commit"))?;
            let parents: Vec<_> = child.parent_ids().map(gix::Id::detach).collect();
            between(repository, &parents, &[])?
        }
        Spec::Exclude(_) => bail!(
            "'{text}' only leaves commits out; write it as '{}..HEAD'",
            text.trim_start_matches('^')
        ),
    };
    Ok(Chosen { commits, description: text.to_owned() })
}

/// Returns the commit that `id` is or, as a tag, points to.
fn peel(repository: &gix::Repository, id: ObjectId, text: &str) -> Result<ObjectId> {
    let object =
        repository.find_object(id).or_raise(|| message!("'{text}' names a missing object"))?;
    let commit = object.peel_to_kind(gix::object::Kind::Commit);
    commit.map(|commit| commit.id).or_raise(|| message!("'{text}' is no commit"))
}

/// Returns the commits that a push of `tips` sends to the remote called `remote_name`, newest first.
///
/// Left out is what the remote has: all that `theirs` reaches, the ids that its refs hold now, as far as they
/// are here, and its remote-tracking branches. A remote without any, such as one that is named by its URL,
/// is taken to have what other remotes have, and what `offered` reaches.
pub fn push(
    repository: &gix::Repository,
    tips: &[ObjectId],
    theirs: &[ObjectId],
    remote_name: &str,
    offered: &[ObjectId],
) -> Result<Vec<ObjectId>> {
    let commits = |ids: &[ObjectId]| -> Vec<ObjectId> {
        ids.iter().filter_map(|id| peel(repository, *id, "").ok()).collect()
    };
    let mut hidden = commits(theirs);
    let is_remote = repository.remote_names().iter().any(|name| *name == remote_name);
    let own = if is_remote {
        reference_tips(repository, &format!("refs/remotes/{remote_name}/"), Broken::PassedOver)?
    } else {
        Vec::new()
    };
    if own.is_empty() {
        hidden.extend(reference_tips(repository, "refs/remotes/", Broken::PassedOver)?);
        hidden.extend(commits(offered));
    }
    hidden.extend(own);
    between(repository, tips, &hidden)
}

/// What becomes of a reference whose object is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// It is an error, since commits would go unjudged.
    Refused,
    /// It is passed over, since it would only leave commits out.
    PassedOver,
}

/// Returns the commits that references below `prefix` point to; references to anything else are passed over.
pub fn reference_tips(
    repository: &gix::Repository,
    prefix: &str,
    broken: Broken,
) -> Result<Vec<ObjectId>> {
    let context = || message!("Could not read the references below {prefix}");
    let platform = repository.references().or_raise(context)?;
    let mut tips = HashSet::new();
    for reference in platform.prefixed(prefix).or_raise(context)? {
        let mut reference =
            reference.map_err(|error| message!("{}: {error}", context()).raise())?;
        let name = reference.name().as_bstr().to_owned();
        let missing = || message!("The reference {name} leads to a missing object");
        // A symbolic reference to one that does not exist has no commits to audit, nor has a tree or blob.
        let id = match reference.peel_to_id() {
            Ok(id) => id,
            Err(error) if broken == Broken::Refused && !is_dangling(&reference) => {
                return Err(error).or_raise(missing);
            }
            Err(_) => continue,
        };
        match id.header() {
            Ok(header) if header.kind() == gix::object::Kind::Commit => {
                tips.insert(id.detach());
            }
            Err(error) if broken == Broken::Refused => return Err(error).or_raise(missing),
            Ok(_) | Err(_) => {}
        }
    }
    let mut tips: Vec<_> = tips.into_iter().collect();
    tips.sort_unstable();
    Ok(tips)
}

/// Tells whether a reference is symbolic and leads to no other.
fn is_dangling(reference: &gix::Reference<'_>) -> bool {
    matches!(reference.follow(), Some(Err(_)))
}

/// Parses `lines` of ids or revisions, one a line, as `git rev-list` prints them.
pub fn from_lines(repository: &gix::Repository, lines: &[u8]) -> Result<Chosen> {
    let mut commits = Vec::new();
    for (index, line) in lines.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let text = line
            .to_str()
            .map_err(|_| message!("Standard input, line {}: not a revision", index + 1).raise())?;
        let id = repository.rev_parse_single(text).or_raise(|| {
            message!("Standard input, line {}: no commit is called '{text}'", index + 1)
        })?;
        let place = || message!("Standard input, line {}", index + 1);
        commits.push(peel(repository, id.detach(), text).or_raise(place)?);
    }
    Ok(Chosen { commits, description: "standard input".into() })
}
