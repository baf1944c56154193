//! Which commit became which? The map of rewritten commits, oldest first.
//!
//! `git commit --amend`, `git rebase` and our own folds each add one record per replaced commit, so that
//! what was known about the old id can be found again under the new one.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use gix::ObjectId;
use serde::{Deserialize, Serialize};

use super::Journal;

/// The version of [`Rewrite`] that this program writes.
pub const VERSION: u32 = 1;

/// One replaced commit: a line of `<git common dir>/dos/rewrites.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rewrite {
    /// Version of the record, [`VERSION`]; since 0.1.0.
    pub v: u32,
    /// When it was recorded, in seconds since 1970-01-01T00:00:00Z; since 0.1.0.
    pub time: u64,
    /// What replaced the commit; since 0.1.0.
    pub kind: Kind,
    /// The commit that was replaced, in full hexadecimal; since 0.1.0.
    #[serde(with = "super::object_id")]
    pub old: ObjectId,
    /// The commit that stands for it now, in full hexadecimal; since 0.1.0.
    #[serde(with = "super::object_id")]
    pub new: ObjectId,
}

/// What replaced a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// `git commit --amend`.
    Amend,
    /// `git rebase`, also where it squashes.
    Rebase,
    /// A no-op archive folded into its parent.
    Fold,
    /// A fold taken back: the folded commit became its originals again.
    Unfold,
    /// A command that this version does not know, by the name git gave it.
    #[serde(untagged)]
    Other(String),
}

impl Kind {
    /// Returns the kind that git's `post-rewrite` hook calls `name` in its first argument.
    pub fn named(name: &str) -> Self {
        match name {
            "amend" => Self::Amend,
            "rebase" => Self::Rebase,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl Rewrite {
    /// Makes the record that `old` became `new` at `time`, in time since 1970-01-01T00:00:00Z.
    pub fn new(kind: Kind, old: ObjectId, new: ObjectId, time: std::time::Duration) -> Self {
        Self { v: VERSION, time: time.as_secs(), kind, old, new }
    }
}

/// Returns the journal of rewrites in `state_folder`, from
/// [`state_folder`](crate::evidence::repository::state_folder).
pub fn journal(state_folder: &Path) -> Journal<Rewrite> {
    Journal::at(state_folder.join("rewrites.jsonl"))
}

/// The recorded rewrites, ready to be followed from old to new.
#[derive(Debug, Default)]
pub struct Map {
    next: HashMap<ObjectId, Vec<ObjectId>>,
}

impl Map {
    /// Builds the map from `records` in any order.
    pub fn of(records: &[Rewrite]) -> Self {
        let mut map = Self::default();
        for record in records.iter().filter(|record| record.old != record.new) {
            map.next.entry(record.old).or_default().push(record.new);
        }
        map
    }

    /// Returns every commit that `id` became, directly or through others, without `id` itself.
    ///
    /// There are several when one commit was rewritten on two branches or again after an undo.
    pub fn successors(&self, id: ObjectId) -> BTreeSet<ObjectId> {
        let mut found = BTreeSet::new();
        let mut open = vec![id];
        while let Some(current) = open.pop() {
            for next in self.next.get(&current).into_iter().flatten() {
                // A fold that was taken back makes a circle.
                if *next != id && found.insert(*next) {
                    open.push(*next);
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use gix::ObjectId;

    use super::{Kind, Map, Rewrite};

    fn id(digit: char) -> ObjectId {
        ObjectId::from_hex(digit.to_string().repeat(40).as_bytes()).unwrap()
    }

    fn rewrite(old: char, new: char) -> Rewrite {
        Rewrite::new(Kind::Rebase, id(old), id(new), Duration::from_secs(7))
    }

    #[test]
    fn a_record_is_one_line_and_reads_back() {
        for (kind, name) in [
            (Kind::Amend, "amend"),
            (Kind::Rebase, "rebase"),
            (Kind::Fold, "fold"),
            (Kind::Unfold, "unfold"),
            (Kind::Other("absorb".to_owned()), "absorb"),
        ] {
            let record = Rewrite::new(kind, id('a'), id('b'), Duration::from_secs(7));
            let line = serde_json::to_string(&record).unwrap();
            let (old, new) = ("a".repeat(40), "b".repeat(40));
            let want = format!(r#"{{"v":1,"time":7,"kind":"{name}","old":"{old}","new":"{new}"}}"#);
            assert_eq!(line, want, "the format other versions read");
            assert_eq!(serde_json::from_str::<Rewrite>(&line).unwrap(), record, "round trip");
        }
    }

    #[test]
    fn a_word_that_is_no_id_is_damage() {
        let line = r#"{"v":1,"time":7,"kind":"fold","old":"xyz","new":"abc"}"#;
        assert!(serde_json::from_str::<Rewrite>(line).is_err(), "ids are checked on reading");
    }

    #[test]
    fn chains_forks_squashes_and_circles_are_followed() {
        let map = Map::of(&[
            rewrite('1', '2'),
            rewrite('2', '3'),
            rewrite('1', '4'),
            rewrite('5', '3'),
            rewrite('6', '7'),
            rewrite('7', '6'),
            rewrite('8', '8'),
        ]);
        for (from, want) in [
            ('1', vec!['2', '3', '4']),
            ('5', vec!['3']),
            ('6', vec!['7']),
            ('8', vec![]),
            ('9', vec![]),
        ] {
            let want = want.into_iter().map(id).collect();
            assert_eq!(map.successors(id(from)), want, "everything that {from} became");
        }
    }
}
