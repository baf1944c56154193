//! What differs between the trees of two revisions, as paths and object ids?

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice as _};
use gix::diff::tree::recorder;
use gix::error::{Result, ResultExt as _, bail, message};
use gix::objs::tree::EntryMode;

use super::compare::{Seen, Target};
use super::{json, key_of_path, path_of_key};
use crate::output::HINT;
use crate::verdict::effect::change::{Change, Delta, Sides};
use crate::verdict::effect::value::Value;

/// Whether the content of the file is asked for, or the file as such.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The mode and the object id of the path.
    Entry,
    /// What the pointer finds in the file's JSON.
    Content,
}

/// A revision, as it was named, and its tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The commit; the tree itself when the revision named one.
    pub id: ObjectId,
    /// The tree.
    pub tree: ObjectId,
}

/// Resolves the revision called `name`.
pub fn resolve(repository: &gix::Repository, name: &str) -> Result<Revision> {
    let id = repository.rev_parse_single(name).or_raise(|| {
        message!("No revision is called '{name}'")
            .with(HINT, "git log --oneline and git branch --all show what there is")
    })?;
    let object = id.object().or_raise(|| message!("'{name}' names a missing object"))?;
    let object = object.peel_tags_to_end().or_raise(|| message!("Could not read '{name}'"))?;
    let id = object.id;
    let tree = object.peel_to_tree().or_raise(|| message!("'{name}' has no tree"))?;
    Ok(Revision { id, tree: tree.id })
}

/// Compares two trees. The key is a path from the top; a folder has the id of its tree.
///
/// Errors when an object is missing, or when a part of a file is asked for that is no JSON.
pub fn trees(
    repository: &gix::Repository,
    (before, after): (ObjectId, ObjectId),
    target: &Target,
    part: Part,
) -> Result<Seen> {
    let side = |tree: ObjectId| -> Result<Option<Value>> {
        let Some((mode, id)) = entry(repository, tree, &target.key)? else { return Ok(None) };
        match part {
            Part::Entry => Ok(Some(entry_value(mode, id))),
            Part::Content if !mode.is_blob() => bail!("{} is no file in {tree}", target.key),
            Part::Content => {
                let context = || message!("Could not look into {} ({id})", target.key);
                let blob = repository.find_object(id).or_raise(context)?;
                let value = json::read(&blob.data).or_raise(context)?;
                Ok(target.pointer.find(&value).cloned())
            }
        }
    };
    let sides = Sides { before: side(before)?, after: side(after)? };
    let delta = delta(repository, before, after)?;
    Ok(Seen { sides, delta, repeated: None })
}

/// Returns the value of a path: its mode and its id.
fn entry_value(mode: EntryMode, id: ObjectId) -> Value {
    Value::Text(format!("{:06o} {id}", mode.value()))
}

/// Returns the value that a claim of an object id stands for, given what is on both sides.
///
/// Four digits or more are enough for an id; a mode may stand before it.
pub fn claimed(text: &str, sides: &Sides) -> Value {
    let matches = |side: &&Value| {
        let Value::Text(entry) = side else { return false };
        let id = entry.split_once(' ').map_or("", |(_, id)| id);
        text.len() >= 4 && id.starts_with(&text.to_ascii_lowercase())
    };
    let found = [&sides.after, &sides.before].into_iter().flatten().find(matches);
    found.cloned().unwrap_or_else(|| Value::Text(text.to_owned()))
}

fn entry(
    repository: &gix::Repository,
    tree: ObjectId,
    key: &str,
) -> Result<Option<(EntryMode, ObjectId)>> {
    let context = || message!("Could not look for {key} in {tree}");
    let tree = repository.find_tree(tree).or_raise(context)?;
    let path = path_of_key(key);
    let path = path.strip_suffix(b"/").unwrap_or(&path);
    let entry = tree.lookup_entry(path.split_str("/")).or_raise(context)?;
    Ok(entry.map(|entry| (entry.mode(), entry.object_id())))
}

/// Returns the paths of files and submodules that differ; a renamed file is gone and new.
fn delta(repository: &gix::Repository, before: ObjectId, after: ObjectId) -> Result<Delta> {
    use gix::objs::FindExt as _;
    let context = || message!("Could not compare the trees {before} and {after}");
    let (mut old, mut new) = (Vec::new(), Vec::new());
    let mut recorder = gix::diff::tree::Recorder::default();
    gix::diff::tree(
        repository.objects.find_tree_iter(&before, &mut old).or_raise(context)?,
        repository.objects.find_tree_iter(&after, &mut new).or_raise(context)?,
        gix::diff::tree::State::default(),
        &repository.objects,
        &mut recorder,
    )
    .or_raise(context)?;
    let mut changes: Vec<(BString, Change)> =
        recorder.records.into_iter().filter_map(change).collect();
    changes.sort_by(|a, b| a.0.cmp(&b.0));
    let mut delta = Delta::default();
    for (path, change) in changes {
        delta.add(&key_of_path(path.as_ref()), change);
    }
    Ok(delta)
}

fn change(record: recorder::Change) -> Option<(BString, Change)> {
    match record {
        recorder::Change::Addition { entry_mode, path, .. } => {
            (!entry_mode.is_tree()).then_some((path, Change::Inserted))
        }
        recorder::Change::Deletion { entry_mode, path, .. } => {
            (!entry_mode.is_tree()).then_some((path, Change::Deleted))
        }
        recorder::Change::Modification { previous_entry_mode, entry_mode, path, .. } => {
            match (previous_entry_mode.is_tree(), entry_mode.is_tree()) {
                (true, true) => None,
                (true, false) => Some((path, Change::Inserted)),
                (false, true) => Some((path, Change::Deleted)),
                (false, false) => Some((path, Change::Updated)),
            }
        }
    }
}
