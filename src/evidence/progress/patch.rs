//! Do two commits make the same change, wherever in history they make it?
//!
//! Equal in the sense of `git patch-id --stable`: the same lines with the same lines around them, in the same
//! paths, whatever their place and white space. Binary files count by their content.

use std::ops::Range;

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice as _};
use gix::diff::blob::{Algorithm, Diff, InternedInput};
use gix::diff::tree::{Recorder, State, recorder};
use gix::error::{Result, ResultExt as _, message};
use gix::objs::tree::{EntryKind, EntryMode};
use sha2::{Digest as _, Sha256};

/// Lines around a change that belong to it.
const CONTEXT: u32 = 3;

/// Bytes at the start of a file in which a zero byte makes it binary, as git has it.
const BINARY_PROBE: usize = 8_000;

/// Bytes of a file whose lines are compared; a larger one counts by its content.
const LIMIT: u64 = 16 * 1024 * 1024;

/// One side of a changed path; `None` where there is nothing.
type Side = Option<(EntryMode, ObjectId)>;

/// The changes of one commit, sorted by path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    changes: Vec<(BString, [Side; 2])>,
}

/// What stands for a change; equal changes have equal ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Identity([u8; 32]);

impl Patch {
    /// Reads what changes from the tree `before`, or from nothing, to the tree `after`.
    pub fn between(
        repository: &gix::Repository,
        before: Option<ObjectId>,
        after: ObjectId,
    ) -> Result<Self> {
        use gix::objs::FindExt as _;
        let context = || message!("Could not compare tree {after} with the one before");
        let (mut old, mut new) = (Vec::new(), Vec::new());
        let before = match before {
            Some(id) => repository.objects.find_tree_iter(&id, &mut old).or_raise(context)?,
            None => gix::objs::TreeRefIter::from_bytes(&[], repository.object_hash()),
        };
        let after = repository.objects.find_tree_iter(&after, &mut new).or_raise(context)?;
        let mut recorder = Recorder::default();
        gix::diff::tree(before, after, State::default(), &repository.objects, &mut recorder)
            .or_raise(context)?;
        let changes = recorder.records.into_iter().map(sides);
        let is_content = |side: Side| side.filter(|(mode, _)| !mode.is_tree());
        let changes = changes.map(|(path, sides)| (path, sides.map(is_content)));
        let mut changes: Vec<_> = changes.filter(|(_, sides)| *sides != [None, None]).collect();
        changes.sort();
        Ok(Self { changes })
    }

    /// Tells whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Returns the changed paths, in order.
    pub fn paths(&self) -> impl Iterator<Item = &[u8]> {
        self.changes.iter().map(|(path, _)| path.as_slice())
    }

    /// Tells whether `other` is the same change.
    pub fn is_same(&self, other: &Self, repository: &gix::Repository) -> Result<bool> {
        if self == other {
            return Ok(true);
        }
        if !self.paths().eq(other.paths()) {
            return Ok(false);
        }
        Ok(self.identity(repository)? == other.identity(repository)?)
    }

    /// Reads what stands for this change.
    pub fn identity(&self, repository: &gix::Repository) -> Result<Identity> {
        let mut hasher = Sha256::new();
        for (path, sides) in &self.changes {
            part(&mut hasher, path);
            let modes = sides.map(|side| side.map_or(0, |(mode, _)| mode.value()));
            for mode in modes {
                hasher.update(mode.to_le_bytes());
            }
            let [before, after] = *sides;
            if before.map(|(_, id)| id) == after.map(|(_, id)| id) {
                continue;
            }
            let texts = [text(repository, before)?, text(repository, after)?];
            if let [Some(before), Some(after)] = &texts {
                lines(&mut hasher, before, after);
            } else {
                for (_, id) in sides.iter().flatten() {
                    part(&mut hasher, id.as_slice());
                }
            }
        }
        Ok(Identity(hasher.finalize().into()))
    }
}

fn sides(change: recorder::Change) -> (BString, [Side; 2]) {
    match change {
        recorder::Change::Addition { entry_mode, oid, path, .. } => {
            (path, [None, Some((entry_mode, oid))])
        }
        recorder::Change::Deletion { entry_mode, oid, path, .. } => {
            (path, [Some((entry_mode, oid)), None])
        }
        recorder::Change::Modification {
            previous_entry_mode,
            previous_oid,
            entry_mode,
            oid,
            path,
        } => (path, [Some((previous_entry_mode, previous_oid)), Some((entry_mode, oid))]),
    }
}

/// Adds a text to `hasher`, with its length.
fn part(hasher: &mut Sha256, text: &[u8]) {
    hasher.update(text.len().to_le_bytes());
    hasher.update(text);
}

/// Reads one side; `None` when it has no lines to compare.
fn text(repository: &gix::Repository, side: Side) -> Result<Option<Vec<u8>>> {
    let Some((mode, id)) = side else { return Ok(Some(Vec::new())) };
    if mode.kind() == EntryKind::Commit {
        return Ok(None);
    }
    let context = || message!("Could not read blob {id}");
    if repository.find_header(id).or_raise(context)?.size() > LIMIT {
        return Ok(None);
    }
    let data = repository.find_object(id).or_raise(context)?.detach().data;
    let is_binary = data.get(..BINARY_PROBE).unwrap_or(&data).contains(&0);
    Ok((!is_binary).then_some(data))
}

/// Adds the lines that change, and those around them, to `hasher`.
fn lines(hasher: &mut Sha256, before: &[u8], after: &[u8]) {
    let [old, new] = [before, after].map(|text| text.lines_with_terminator().collect::<Vec<_>>());
    let mut input = InternedInput::default();
    input.update_before(old.iter().copied());
    input.update_after(new.iter().copied());
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_lines(&input);
    let length = u32::try_from(old.len()).unwrap_or(u32::MAX);
    let mut shown = 0;
    let mut open = None;
    for hunk in diff.hunks() {
        if let Some(end) = open {
            let stop = hunk.before.start.min(end + CONTEXT);
            write(hasher, b' ', &old, end..stop);
            shown = stop;
        }
        let start = hunk.before.start.saturating_sub(CONTEXT).max(shown);
        write(hasher, b' ', &old, start..hunk.before.start);
        write(hasher, b'-', &old, hunk.before.clone());
        write(hasher, b'+', &new, hunk.after);
        open = Some(hunk.before.end);
    }
    if let Some(end) = open {
        write(hasher, b' ', &old, end..length.min(end.saturating_add(CONTEXT)));
    }
}

/// Adds some of `lines` to `hasher`, each after `mark` and without its white space.
fn write(hasher: &mut Sha256, mark: u8, lines: &[&[u8]], range: Range<u32>) {
    let index = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let range = index(range.start)..index(range.end);
    for line in lines.get(range).unwrap_or_default() {
        let black: Vec<u8> =
            line.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        hasher.update([mark]);
        hasher.update(black);
        hasher.update(b"\n");
    }
}
