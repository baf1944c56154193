//! What did one commit change that may be work?

use gix::ObjectId;
use gix::bstr::ByteSlice as _;
use gix::error::{Result, ResultExt as _, message};

use super::standing::{self, Work};
use crate::evidence::changes::{Comparer, Difference, Renames};
use crate::evidence::text::line_changes;
use crate::verdict::audit::paths::{Classes, Patterns};
use crate::verdict::audit::{ChangeKind, Entry};
use crate::verdict::ship::{Change, noise};

/// Files of a commit in which it is looked whether only a version changed; one that changes more is work.
const READ: usize = 64;

/// Returns a table that takes every path for the same: only paths and contents matter here.
pub fn unclassified() -> Classes {
    Classes::new(Vec::new(), Patterns::default())
}

/// Compares `commit` with its first parent, a root with the empty tree.
///
/// Returns what kind of change it is, and the work in it: all but change logs, version numbers and plans.
pub fn read(
    repository: &gix::Repository,
    commit: ObjectId,
    comparer: &mut Comparer,
    classes: &Classes,
) -> Result<(Change, Work)> {
    let differences = differences(repository, commit, comparer, classes)?;
    if differences.is_empty() {
        return Ok((Change::Empty, Work::new(&[])));
    }
    let (mut work, mut noisy) = (Vec::new(), None);
    for difference in differences {
        let path = &difference.change.path;
        if noise::is_plan(path) {
            continue;
        }
        let reads = work.len() < READ;
        if is_noise(&difference) || (reads && is_version_cut(repository, &difference)?) {
            noisy = Some(path.clone());
        } else {
            work.push(difference);
        }
    }
    let change = match noisy {
        _ if !work.is_empty() => Change::Work,
        Some(path) => Change::NoiseOnly(path),
        None => Change::PlanOnly,
    };
    Ok((change, Work::new(&work)))
}

/// Returns what `commit` changes against its first parent, a root against the empty tree.
pub fn differences(
    repository: &gix::Repository,
    commit: ObjectId,
    comparer: &mut Comparer,
    classes: &Classes,
) -> Result<Vec<Difference>> {
    let context = || message!("Could not read commit {commit}");
    let found = repository.find_commit(commit).or_raise(context)?;
    let before = match found.parent_ids().next() {
        Some(parent) => {
            let context = || message!("Could not read the parent {parent}");
            let parent = repository.find_commit(parent).or_raise(context)?;
            Some(parent.tree_id().or_raise(context)?.detach())
        }
        None => None,
    };
    let after = found.tree_id().or_raise(context)?.detach();
    comparer.trees(repository, (before, after), Renames::Equal, classes)
}

fn is_noise(difference: &Difference) -> bool {
    let path = &difference.change.path;
    noise::is_change_log(path) || noise::is_version_file(path)
}

fn is_version_cut(repository: &gix::Repository, difference: &Difference) -> Result<bool> {
    let (ChangeKind::Modified, Entry::Blob, Some(before), Some(after)) =
        (difference.change.kind, difference.change.entry, difference.before, difference.after)
    else {
        return Ok(false);
    };
    let texts = standing::text(repository, before)?.zip(standing::text(repository, after)?);
    let Some((before, after)) = texts else { return Ok(false) };
    let [removed, added] = line_changes(&before, &after);
    let text = |lines: Vec<&[u8]>| -> Option<Vec<String>> {
        lines.into_iter().map(|line| line.to_str().ok().map(str::to_owned)).collect()
    };
    let Some((removed, added)) = text(removed).zip(text(added)) else { return Ok(false) };
    let removed: Vec<&str> = removed.iter().map(String::as_str).collect();
    let added: Vec<&str> = added.iter().map(String::as_str).collect();
    Ok(noise::is_version_cut(&removed, &added))
}
