//! How much of what a commit did is still there in a later tree?

mod step;

use std::collections::HashSet;

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice as _};
use gix::error::{Result, ResultExt as _, message};
use gix::objs::tree::EntryKind;

use crate::evidence::changes::Difference;
use crate::evidence::text::line_changes;
use crate::output::HINT;
use crate::verdict::audit::{ChangeKind, Entry};

/// Bytes at the start of a blob in which a zero byte makes it binary, as git has it.
const BINARY_PROBE: usize = 8_000;

/// Bytes from which on a blob is compared as a whole.
const LARGE: u64 = 4 * 1024 * 1024;

/// Letters and digits from which on a line says something of its own.
const TELLING: usize = 4;

/// What a commit did, and under which paths it is to be looked for.
#[derive(Debug)]
pub struct Work {
    files: Vec<File>,
}

/// One changed file.
#[derive(Debug)]
struct File {
    /// Where it is looked for; a rename changes it.
    path: BString,
    before: Option<ObjectId>,
    after: Option<ObjectId>,
    mode: Option<EntryKind>,
    entry: Entry,
    kind: ChangeKind,
    gained: Gained,
}

/// What a file gained.
#[derive(Debug)]
enum Gained {
    Unread,
    /// Lines that were not in it before.
    Lines(Vec<Vec<u8>>),
    /// Something that has no lines, such as a picture or a mode.
    Whole,
    /// Nothing: lines, or all of it, went away.
    Nothing,
}

/// How much of a commit's work is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measure {
    /// Lines and files that are there.
    pub there: usize,
    /// Lines and files that the commit brought; where it brought none, those that it took away.
    pub of: usize,
}

impl Work {
    /// Takes down what `differences` did.
    pub fn new(differences: &[Difference]) -> Self {
        let file = |difference: &Difference| File {
            path: difference.path.clone(),
            before: difference.before,
            after: difference.after,
            mode: difference.mode,
            entry: difference.change.entry,
            kind: difference.change.kind,
            gained: Gained::Unread,
        };
        Self { files: differences.iter().map(file).collect() }
    }

    /// Returns the paths that are looked at.
    pub fn paths(&self) -> impl Iterator<Item = &BString> {
        self.files.iter().map(|file| &file.path)
    }

    /// Tells whether the commit brought anything, and did not only take away.
    pub fn brings(&mut self, repository: &gix::Repository) -> Result<bool> {
        for file in &mut self.files {
            file.read(repository)?;
        }
        Ok(self.files.iter().any(|file| !matches!(file.gained, Gained::Nothing)))
    }

    /// Looks for the file at `from` at `to` from now on.
    pub fn follow(&mut self, from: &[u8], to: &[u8]) {
        for file in self.files.iter_mut().filter(|file| file.path == from) {
            file.path = to.into();
        }
    }

    /// Tells whether anything of the work is in `tree`; reads no more than it takes to know.
    pub fn is_in(&mut self, repository: &gix::Repository, tree: ObjectId) -> Result<bool> {
        let tree = find_tree(repository, tree)?;
        let adds = |file: &File| file.after.is_some();
        let any = self.files.iter().any(adds);
        for file in self.files.iter().filter(|file| adds(file)) {
            let found = entry(&tree, &file.path)?;
            if found.is_some() && found == file.after && file.after != file.before {
                return Ok(true);
            }
        }
        let measure = self.measure_in(repository, &tree)?;
        Ok(measure.there > 0 || (measure.of == 0 && any))
    }

    /// Returns how much of the work is in `tree`.
    pub fn measure(&mut self, repository: &gix::Repository, tree: ObjectId) -> Result<Measure> {
        let tree = find_tree(repository, tree)?;
        self.measure_in(repository, &tree)
    }

    /// Tells whether a file of the work is in `tree`, whatever is in it.
    pub fn has_place_in(&self, repository: &gix::Repository, tree: ObjectId) -> Result<bool> {
        let tree = find_tree(repository, tree)?;
        let mut files = self.files.iter();
        files.try_fold(false, |any, file| Ok(any || entry(&tree, &file.path)?.is_some()))
    }

    fn measure_in(
        &mut self,
        repository: &gix::Repository,
        tree: &gix::Tree<'_>,
    ) -> Result<Measure> {
        for file in &mut self.files {
            file.read(repository)?;
        }
        let brings = self.files.iter().any(|file| !matches!(file.gained, Gained::Nothing));
        let mut sum = Measure::default();
        for file in &self.files {
            let found = entry(tree, &file.path)?;
            let part = match &file.gained {
                Gained::Nothing if brings => continue,
                Gained::Nothing | Gained::Unread => file.measure_loss(repository, found)?,
                Gained::Whole => {
                    let changed = match file.kind {
                        ChangeKind::ModeOnly => mode(tree, &file.path)? == file.mode,
                        ChangeKind::Renamed => true,
                        ChangeKind::Added | ChangeKind::Deleted | ChangeKind::Modified => {
                            found != file.before
                        }
                    };
                    Measure { there: usize::from(found.is_some() && changed), of: 1 }
                }
                Gained::Lines(lines) => {
                    let there = match found {
                        None => 0,
                        Some(id) if Some(id) == file.after => lines.len(),
                        Some(id) => count_in(lines, text(repository, id)?.as_deref()),
                    };
                    Measure { there, of: lines.len() }
                }
            };
            sum = Measure { there: sum.there + part.there, of: sum.of + part.of };
        }
        Ok(sum)
    }
}

impl File {
    /// Finds out what the file gained, once.
    fn read(&mut self, repository: &gix::Repository) -> Result<()> {
        if !matches!(self.gained, Gained::Unread) {
            return Ok(());
        }
        self.gained = match (self.kind, self.entry, self.after) {
            (ChangeKind::Deleted, ..) | (_, _, None) => Gained::Nothing,
            (ChangeKind::ModeOnly, ..) | (_, Entry::Submodule, _) => Gained::Whole,
            (_, Entry::Blob, Some(after)) => match self.texts(repository, after)? {
                Some((before, after)) => gained(&before, &after, self.kind),
                None => Gained::Whole,
            },
        };
        Ok(())
    }

    /// Returns both sides; `None` when one of them has no lines.
    fn texts(
        &self,
        repository: &gix::Repository,
        after: ObjectId,
    ) -> Result<Option<(Vec<u8>, Vec<u8>)>> {
        let before = match self.before {
            Some(before) => text(repository, before)?,
            None => Some(Vec::new()),
        };
        Ok(before.zip(text(repository, after)?))
    }

    /// Tells whether what went away is still away.
    fn measure_loss(
        &self,
        repository: &gix::Repository,
        found: Option<ObjectId>,
    ) -> Result<Measure> {
        let is_away = match (found, self.after) {
            (None, _) => true,
            (found, Some(_)) if found == self.after => true,
            (Some(found), after) => {
                let before = self.before.map(|id| text(repository, id)).transpose()?.flatten();
                let after = after.map(|id| text(repository, id)).transpose()?.flatten();
                let lost = lost(&before.unwrap_or_default(), &after.unwrap_or_default());
                count_in(&lost, text(repository, found)?.as_deref()) * 2 < lost.len().max(1)
            }
        };
        Ok(Measure { there: usize::from(is_away), of: 1 })
    }
}

/// Returns the object at `path` of `tree`, unless that is a folder.
fn entry(tree: &gix::Tree<'_>, path: &BString) -> Result<Option<ObjectId>> {
    let components = path.split(|byte| *byte == b'/');
    let found = tree
        .lookup_entry(components)
        .or_raise(|| message!("Could not look for {path} in tree {}", tree.id))?;
    Ok(found.filter(|entry| !entry.mode().is_tree()).map(|entry| entry.object_id()))
}

/// Returns what kind of entry is at `path` of `tree`.
fn mode(tree: &gix::Tree<'_>, path: &BString) -> Result<Option<EntryKind>> {
    let found = tree
        .lookup_entry(path.split(|byte| *byte == b'/'))
        .or_raise(|| message!("Could not look for {path} in tree {}", tree.id))?;
    Ok(found.map(|entry| entry.mode().kind()))
}

fn find_tree(repository: &gix::Repository, id: ObjectId) -> Result<gix::Tree<'_>> {
    repository.find_tree(id).or_raise(|| message!("Could not read tree {id}"))
}

/// Returns the text of a blob; `None` when it is binary or large.
pub(super) fn text(repository: &gix::Repository, id: ObjectId) -> Result<Option<Vec<u8>>> {
    let missing = || {
        message!("Could not read blob {id}")
            .with(HINT, "git fsck names what is missing; git fetch --refetch fills a partial clone")
    };
    let header = repository.find_header(id).or_raise(missing)?;
    if header.size() > LARGE || header.kind() != gix::object::Kind::Blob {
        return Ok(None);
    }
    let data = repository.find_object(id).or_raise(missing)?.detach().data;
    let probe = data.get(..BINARY_PROBE).unwrap_or(&data);
    Ok(probe.find_byte(0).is_none().then_some(data))
}

/// Returns the lines that a change brought and that were not there before.
fn gained(before: &[u8], after: &[u8], kind: ChangeKind) -> Gained {
    let [removed, added] = line_changes(before, after);
    let old: HashSet<&[u8]> = before.lines().map(<[u8]>::trim_ascii).collect();
    let added: Vec<&[u8]> = added
        .into_iter()
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty() && !old.contains(line))
        .collect();
    if added.is_empty() {
        // An empty new file, a rename, or lines that only moved.
        let left: HashSet<&[u8]> = after.lines().map(<[u8]>::trim_ascii).collect();
        let is_gone = |line: &&[u8]| !left.contains(line.trim_ascii());
        let is_loss = kind == ChangeKind::Modified && removed.iter().any(is_gone);
        return if is_loss { Gained::Nothing } else { Gained::Whole };
    }
    Gained::Lines(telling(added))
}

/// Returns the lines that went away with a change.
fn lost(before: &[u8], after: &[u8]) -> Vec<Vec<u8>> {
    let [removed, _] = line_changes(before, after);
    let left: HashSet<&[u8]> = after.lines().map(<[u8]>::trim_ascii).collect();
    let removed = removed.into_iter().map(<[u8]>::trim_ascii);
    telling(removed.filter(|line| !line.is_empty() && !left.contains(line)).collect())
}

/// Leaves out brackets and the like, which any text may have, unless there is nothing else.
fn telling(lines: Vec<&[u8]>) -> Vec<Vec<u8>> {
    let says_something = |line: &[u8]| {
        line.iter().filter(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii()).count()
            >= TELLING
    };
    let some = lines.iter().any(|line| says_something(line));
    let kept = lines.into_iter().filter(|line| !some || says_something(line));
    kept.map(<[u8]>::to_vec).collect()
}

/// Counts those of `lines` that `text` has.
fn count_in(lines: &[Vec<u8>], text: Option<&[u8]>) -> usize {
    let Some(text) = text else { return 0 };
    let there: HashSet<&[u8]> = text.lines().map(<[u8]>::trim_ascii).collect();
    lines.iter().filter(|line| there.contains(line.as_slice())).count()
}

#[cfg(test)]
mod tests {
    use super::{ChangeKind, Gained, count_in, gained, lost};

    #[test]
    fn what_a_change_brings_are_lines_that_were_not_there() {
        let lines = |before: &str, after: &str| {
            let gained = gained(before.as_bytes(), after.as_bytes(), ChangeKind::Modified);
            if let Gained::Lines(lines) = gained {
                lines.into_iter().map(|line| String::from_utf8(line).unwrap()).collect()
            } else {
                vec![format!("{gained:?}")]
            }
        };
        for (before, after, want) in [
            ("", "fn login() {\n}\n", vec!["fn login() {"]),
            ("", "}\n", vec!["}"]),
            ("fn a()\n", "fn a()\n  fn a()\n", vec!["Whole"]),
            ("fn a()\nfn b()\n", "fn b()\n", vec!["Nothing"]),
            ("one\ntwo\n", "two\none\n", vec!["Whole"]),
        ] {
            assert_eq!(lines(before, after), want, "{before:?} to {after:?}");
        }
    }

    #[test]
    fn lines_are_found_wherever_they_moved_to() {
        let brought = vec![b"fn login() {".to_vec(), b"fn logout() {".to_vec()];
        let text = b"mod a {\n    fn login() {\n    }\n}\n";
        assert_eq!(count_in(&brought, Some(text)), 1, "indented, further down");
        assert_eq!(count_in(&brought, None), 0, "no text has no lines");
        assert_eq!(lost(b"fn login() {\n}\n", b""), vec![b"fn login() {".to_vec()], "gone");
    }
}
