//! Which of some paths differ between two trees?

use std::collections::{BTreeMap, BTreeSet};

use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice as _};
use gix::error::{Result, ResultExt as _, message};
use gix::objs::FindExt as _;

/// Paths that are looked at together, so that a folder in which none of them is never is.
#[derive(Debug, Default)]
pub struct Paths {
    top: Node,
}

#[derive(Debug, Default)]
struct Node {
    /// What ends here is called by these numbers.
    numbers: Vec<usize>,
    below: BTreeMap<BString, Self>,
}

/// The two sides of a comparison: folders, or nothing.
type Sides = [Option<ObjectId>; 2];

/// What a tree has under one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    id: ObjectId,
    is_tree: bool,
}

impl Paths {
    /// Adds a path under a number; several may share one.
    pub fn add(&mut self, path: &BStr, number: usize) {
        let mut node = &mut self.top;
        for name in path.split_str("/") {
            node = node.below.entry(name.into()).or_default();
        }
        node.numbers.push(number);
    }

    /// Returns the numbers of the files that differ between two trees; `None` is the empty tree.
    pub fn differing(&self, repository: &gix::Repository, sides: Sides) -> Result<BTreeSet<usize>> {
        let mut found = BTreeSet::new();
        self.top.compare(repository, sides, &mut found)?;
        Ok(found)
    }
}

impl Node {
    fn compare(
        &self,
        repository: &gix::Repository,
        sides: Sides,
        found: &mut BTreeSet<usize>,
    ) -> Result<()> {
        if sides[0] == sides[1] {
            return Ok(());
        }
        let [before, after] = sides.map(|side| self.entries(repository, side));
        let (before, after) = (before?, after?);
        for (name, node) in &self.below {
            let entries = [before.get(name).copied(), after.get(name).copied()];
            if entries[0] == entries[1] {
                continue;
            }
            if entries.iter().flatten().any(|entry| !entry.is_tree) {
                found.extend(&node.numbers);
            }
            if !node.below.is_empty() {
                let folder = |entry: Option<Entry>| entry.filter(|it| it.is_tree).map(|it| it.id);
                node.compare(repository, entries.map(folder), found)?;
            }
        }
        Ok(())
    }

    /// Returns what a folder has under the names that matter.
    fn entries(
        &self,
        repository: &gix::Repository,
        tree: Option<ObjectId>,
    ) -> Result<BTreeMap<BString, Entry>> {
        let Some(tree) = tree else { return Ok(BTreeMap::new()) };
        let context = || message!("Could not read tree {tree}");
        let mut buffer = Vec::new();
        let entries = repository.objects.find_tree_iter(&tree, &mut buffer).or_raise(context)?;
        let mut found = BTreeMap::new();
        for entry in entries {
            let entry = entry.or_raise(context)?;
            if self.below.contains_key(entry.filename) {
                let (id, is_tree) = (entry.oid.to_owned(), entry.mode.is_tree());
                found.insert(entry.filename.to_owned(), Entry { id, is_tree });
            }
        }
        Ok(found)
    }
}
