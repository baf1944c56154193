//! Which paths differ between two trees, or between a tree and the index?

use std::collections::{HashMap, HashSet};

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice as _};
use gix::diff::tree::recorder;
use gix::error::{Result, ResultExt as _, bail, message};
use gix::objs::tree::{EntryKind, EntryMode};

use crate::verdict::audit::paths::{Class, ClassCache, Classes};
use crate::verdict::audit::{Change, ChangeKind, Entry};

/// One changed path with the objects on both sides.
#[derive(Debug, Clone)]
pub struct Difference {
    /// What the verdict needs to know.
    pub change: Change,
    /// The path as the tree has it.
    pub path: BString,
    /// The blob or commit before; `None` when the path is new.
    pub before: Option<ObjectId>,
    /// The blob or commit after; `None` when the path is gone.
    pub after: Option<ObjectId>,
    /// What kind of entry it is after; `None` when the path is gone.
    pub mode: Option<EntryKind>,
}

/// How hard renames are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renames {
    /// A lost and a new path with the same content are one rename.
    Equal,
    /// So are those whose content git's own measure calls similar, which must be read for it.
    Similar,
}

/// One side of a path.
type Side = Option<(EntryMode, ObjectId)>;

/// Compares trees, reusing its buffers from one comparison to the next.
#[derive(Default)]
pub struct Comparer {
    state: gix::diff::tree::State,
    classes: ClassCache,
    buffers: [Vec<u8>; 2],
}

impl std::fmt::Debug for Comparer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Comparer").finish_non_exhaustive()
    }
}

impl Comparer {
    /// Returns what changes from `before` to `after`, sorted by path; `None` is the empty tree.
    ///
    /// Renames are found as `renames` says.
    pub fn trees(
        &mut self,
        repository: &gix::Repository,
        (before, after): (Option<ObjectId>, ObjectId),
        renames: Renames,
        classes: &Classes,
    ) -> Result<Vec<Difference>> {
        use gix::objs::FindExt as _;
        let context = || message!("Could not compare tree {after} with the one before");
        let [old, new] = &mut self.buffers;
        let before_tree = match before {
            Some(id) => repository.objects.find_tree_iter(&id, old).or_raise(context)?,
            None => gix::objs::TreeRefIter::from_bytes(&[], repository.object_hash()),
        };
        let after_tree = repository.objects.find_tree_iter(&after, new).or_raise(context)?;
        let mut recorder = gix::diff::tree::Recorder::default();
        gix::diff::tree(
            before_tree,
            after_tree,
            &mut self.state,
            &repository.objects,
            &mut recorder,
        )
        .or_raise(context)?;
        let mut found: Vec<_> = recorder
            .records
            .into_iter()
            .map(sides)
            .filter_map(|(path, before, after)| self.difference(path, before, after, classes))
            .collect();
        pair_equal(&mut found);
        let lone = |kind| found.iter().any(|difference| difference.change.kind == kind);
        if renames == Renames::Similar && lone(ChangeKind::Added) && lone(ChangeKind::Deleted) {
            pair_similar(repository, before, after, &mut found).or_raise(context)?;
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    /// Returns what changes from the tree `before` to `index`, sorted by path.
    ///
    /// Errors while the index holds an unfinished merge.
    pub fn index(
        &mut self,
        repository: &gix::Repository,
        before: Option<ObjectId>,
        index: &gix::index::State,
        classes: &Classes,
    ) -> Result<Vec<Difference>> {
        let context = || message("Could not compare the index with HEAD");
        let empty = ObjectId::empty_tree(repository.object_hash());
        let old = repository.index_from_tree(&before.unwrap_or(empty)).or_raise(context)?;
        let listed = |state: &gix::index::State| -> Result<std::collections::BTreeMap<BString, (EntryMode, ObjectId)>> {
            let mut entries = std::collections::BTreeMap::new();
            for entry in state.entries() {
                if entry.stage() != gix::index::entry::Stage::Unconflicted {
                    bail!("The index has unmerged paths; resolve them first");
                }
                let intended = entry.flags.contains(gix::index::entry::Flags::INTENT_TO_ADD);
                if let Some(mode) = entry.mode.to_tree_entry_mode().filter(|_| !intended) {
                    entries.insert(entry.path(state).to_owned(), (mode, entry.id));
                }
            }
            Ok(entries)
        };
        let (old, new) = (listed(&old)?, listed(index)?);
        let mut found: Vec<_> = old
            .iter()
            .filter(|(path, _)| !new.contains_key(*path))
            .map(|(path, before)| (path.clone(), Some(*before), None))
            .chain(
                new.iter()
                    .map(|(path, after)| (path.clone(), old.get(path).copied(), Some(*after))),
            )
            .filter_map(|(path, before, after)| self.difference(path, before, after, classes))
            .collect();
        pair_equal(&mut found);
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    /// Returns one difference; folders, and modes that git does not tell apart, make none.
    fn difference(
        &mut self,
        path: BString,
        before: Side,
        after: Side,
        classes: &Classes,
    ) -> Option<Difference> {
        let content = |side: Side| side.filter(|(mode, _)| !mode.is_tree());
        let (before, after) = (content(before), content(after));
        let kind = match (before, after) {
            (None, None) => return None,
            (None, Some(_)) => ChangeKind::Added,
            (Some(_), None) => ChangeKind::Deleted,
            (Some((old_mode, old)), Some((new_mode, new))) if old == new => {
                if old_mode.kind() == new_mode.kind() {
                    return None;
                }
                ChangeKind::ModeOnly
            }
            (Some(_), Some(_)) => ChangeKind::Modified,
        };
        let submodule =
            [before, after].into_iter().flatten().any(|(mode, _)| mode.kind() == EntryKind::Commit);
        let text = path.to_str_lossy().into_owned();
        let class: Class = self.classes.classify(classes, &text);
        Some(Difference {
            change: Change {
                path: text,
                previous_path: None,
                kind,
                entry: if submodule { Entry::Submodule } else { Entry::Blob },
                class,
            },
            path,
            before: before.map(|(_, id)| id),
            after: after.map(|(_, id)| id),
            mode: after.map(|(mode, _)| mode.kind()),
        })
    }
}

fn sides(change: recorder::Change) -> (BString, Side, Side) {
    match change {
        recorder::Change::Addition { entry_mode, oid, path, .. } => {
            (path, None, Some((entry_mode, oid)))
        }
        recorder::Change::Deletion { entry_mode, oid, path, .. } => {
            (path, Some((entry_mode, oid)), None)
        }
        recorder::Change::Modification {
            previous_entry_mode,
            previous_oid,
            entry_mode,
            oid,
            path,
        } => (path, Some((previous_entry_mode, previous_oid)), Some((entry_mode, oid))),
    }
}

/// Joins each new path with a lost one of the same content.
fn pair_equal(found: &mut Vec<Difference>) {
    let lost: Vec<(BString, ObjectId)> = found
        .iter()
        .filter(|difference| difference.change.kind == ChangeKind::Deleted)
        .filter_map(|difference| Some((difference.path.clone(), difference.before?)))
        .collect();
    let mut by_id: HashMap<ObjectId, Vec<BString>> = HashMap::new();
    for (path, id) in lost {
        by_id.entry(id).or_default().push(path);
    }
    let mut pairs = Vec::new();
    for difference in found.iter().filter(|difference| difference.change.kind == ChangeKind::Added)
    {
        let source = difference.after.and_then(|id| by_id.get_mut(&id)).and_then(Vec::pop);
        pairs.extend(source.map(|source| (source, difference.path.clone())));
    }
    join(found, &pairs);
}

/// Joins new and lost paths that git's own measure calls similar.
fn pair_similar(
    repository: &gix::Repository,
    before: Option<ObjectId>,
    after: ObjectId,
    found: &mut Vec<Difference>,
) -> Result<()> {
    use gix::object::tree::diff::ChangeDetached;
    let tree = |id: ObjectId| repository.find_tree(id);
    let before =
        before.map(tree).transpose().or_raise(|| message("Could not read the tree before"))?;
    let after = tree(after).or_raise(|| message("Could not read the tree after"))?;
    let mut options = gix::diff::Options::default();
    options.track_path().track_rewrites(Some(gix::diff::Rewrites::default()));
    let changes = repository.diff_tree_to_tree(before.as_ref(), Some(&after), options)?;
    let pairs: Vec<_> = changes
        .into_iter()
        .filter_map(|change| match change {
            ChangeDetached::Rewrite { source_location, location, copy: false, .. } => {
                Some((source_location, location))
            }
            ChangeDetached::Rewrite { .. }
            | ChangeDetached::Addition { .. }
            | ChangeDetached::Deletion { .. }
            | ChangeDetached::Modification { .. } => None,
        })
        .collect();
    join(found, &pairs);
    Ok(())
}

/// Turns each pair of (lost path, new path) in `found` into one rename, in time that grows with their number.
fn join(found: &mut Vec<Difference>, pairs: &[(BString, BString)]) {
    let sources: HashMap<&BString, &BString> =
        pairs.iter().map(|(source, target)| (target, source)).collect();
    let lost: HashMap<BString, Option<ObjectId>> = found
        .iter()
        .filter(|difference| difference.change.kind == ChangeKind::Deleted)
        .map(|difference| (difference.path.clone(), difference.before))
        .collect();
    let mut joined: HashSet<&BString> = HashSet::new();
    for new in found.iter_mut().filter(|new| new.change.kind == ChangeKind::Added) {
        let Some(&source) = sources.get(&new.path) else { continue };
        let Some(&before) = lost.get(source) else { continue };
        if joined.insert(source) {
            new.before = before;
            new.change.kind = ChangeKind::Renamed;
            new.change.previous_path = Some(source.to_str_lossy().into_owned());
        }
    }
    found.retain(|difference| {
        difference.change.kind != ChangeKind::Deleted || !joined.contains(&difference.path)
    });
}

#[cfg(test)]
mod tests {
    use gix::ObjectId;
    use gix::bstr::BString;

    use super::{Difference, pair_equal};
    use crate::verdict::audit::paths::Class;
    use crate::verdict::audit::{Change, ChangeKind, Entry};

    fn difference(path: &str, kind: ChangeKind, id: ObjectId) -> Difference {
        let is_new = kind == ChangeKind::Added;
        Difference {
            change: Change {
                path: path.to_owned(),
                previous_path: None,
                kind,
                entry: Entry::Blob,
                class: Class::Code,
            },
            path: BString::from(path),
            before: (!is_new).then_some(id),
            after: is_new.then_some(id),
            mode: is_new.then_some(super::EntryKind::Blob),
        }
    }

    #[test]
    fn each_lost_path_is_one_renames_source() {
        let id = |byte| ObjectId::from_bytes_or_panic(&[byte; 20]);
        let mut found = vec![
            difference("a", ChangeKind::Deleted, id(1)),
            difference("b", ChangeKind::Added, id(1)),
            difference("c", ChangeKind::Added, id(1)),
            difference("d", ChangeKind::Deleted, id(2)),
            difference("e", ChangeKind::Added, id(3)),
        ];
        pair_equal(&mut found);
        let got: Vec<_> = found
            .iter()
            .map(|found| {
                (found.path.to_string(), found.change.kind, found.change.previous_path.clone())
            })
            .collect();
        let plain = |path: &str, kind| (path.to_owned(), kind, None);
        assert_eq!(
            got,
            [
                ("b".to_owned(), ChangeKind::Renamed, Some("a".to_owned())),
                plain("c", ChangeKind::Added),
                plain("d", ChangeKind::Deleted),
                plain("e", ChangeKind::Added),
            ],
            "equal content pairs once, other content not at all"
        );
    }

    #[test]
    fn tens_of_thousands_of_renames_are_paired() {
        let id = |number: u32| {
            let mut bytes = [0; 20];
            bytes[..4].copy_from_slice(&number.to_be_bytes());
            ObjectId::from_bytes_or_panic(&bytes)
        };
        let mut found: Vec<Difference> = (1..=40_000)
            .flat_map(|n| {
                [
                    difference(&format!("old/{n}"), ChangeKind::Deleted, id(n)),
                    difference(&format!("new/{n}"), ChangeKind::Added, id(n)),
                ]
            })
            .collect();
        pair_equal(&mut found);
        assert_eq!(found.len(), 40_000, "one difference a rename");
        assert!(found.iter().all(|found| found.change.kind == ChangeKind::Renamed));
    }
}
