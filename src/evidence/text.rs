//! Which lines of a file change?

use std::ops::Range;

use gix::ObjectId;
use gix::bstr::ByteSlice as _;
use gix::diff::blob::{Algorithm, Diff, InternedInput};
use gix::error::{Result, ResultExt as _, message};

use super::changes::Difference;
use crate::output::HINT;
use crate::verdict::audit::Entry;
use crate::verdict::audit::scan::{FileText, Scan};

/// Reads both sides of changed files, reusing its buffers.
#[derive(Debug, Default)]
pub struct Reader {
    buffers: [Vec<u8>; 2],
}

/// Bytes at the start of a blob in which a zero byte makes it binary, as git has it.
const BINARY_PROBE: usize = 8_000;

impl Reader {
    /// Gives the text of `difference` to `scan`, or tells it that there is none to read.
    ///
    /// Errors when an object is missing, as in a partial clone.
    pub fn scan(
        &mut self,
        repository: &gix::Repository,
        difference: &Difference,
        limit: u64,
        scan: &mut Scan<'_>,
    ) -> Result<()> {
        let change = &difference.change;
        let sides = [difference.before, difference.after];
        if change.entry == Entry::Submodule || self.is_unreadable(repository, sides, limit)? {
            scan.unread(change);
            return Ok(());
        }
        let [before, after] = &self.buffers;
        let texts = [before.as_slice(), after.as_slice()];
        let window = window(texts);
        let lines = texts.map(|text| {
            split(text.get(window.start..text.len() - window.tail).unwrap_or_default())
        });
        let hunks = hunks(&lines);
        scan.file(&FileText { change, texts, window_start: window.start, lines, hunks });
        Ok(())
    }

    /// Reads both sides; tells whether one is binary or larger than `limit` bytes.
    fn is_unreadable(
        &mut self,
        repository: &gix::Repository,
        sides: [Option<ObjectId>; 2],
        limit: u64,
    ) -> Result<bool> {
        use gix::objs::Find as _;
        for (buffer, id) in self.buffers.iter_mut().zip(sides) {
            buffer.clear();
            let Some(id) = id else { continue };
            let missing = || {
                message!("Could not read blob {id}").with(
                    HINT,
                    "git fsck names what is missing; git fetch --refetch fills a partial clone",
                )
            };
            let header = repository.find_header(id).or_raise(missing)?;
            if header.size() > limit {
                return Ok(true);
            }
            let data = repository.objects.try_find(&id, buffer).or_raise(missing)?;
            if data.is_none() {
                gix::error::bail!("Blob {id} is missing");
            }
            let probe = buffer.get(..BINARY_PROBE).unwrap_or(buffer);
            if probe.find_byte(0).is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Where two texts differ: between bytes that they share at the start and at the end.
struct Window {
    start: usize,
    tail: usize,
}

/// Lines around the first and last difference that belong to the window.
const CONTEXT: usize = 3;

/// Returns the smallest window of whole lines, with some context, outside of which two texts are equal.
fn window([before, after]: [&[u8]; 2]) -> Window {
    let head = common_prefix(before, after);
    let rest = before.len().min(after.len()) - head;
    let tail = common_suffix(before, after).min(rest);
    let start = before
        .get(..head)
        .unwrap_or_default()
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, byte)| **byte == b'\n')
        .nth(CONTEXT)
        .map_or(0, |(at, _)| at + 1);
    let shared = before.get(before.len() - tail..).unwrap_or_default();
    let ends = shared.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let kept = ends.take(CONTEXT + 1).last().map_or(shared.len(), |(at, _)| at + 1);
    Window { start, tail: tail - kept }
}

/// Bytes compared at once.
const BLOCK: usize = 512;

fn common_prefix(before: &[u8], after: &[u8]) -> usize {
    let blocks = before.chunks_exact(BLOCK).zip(after.chunks_exact(BLOCK));
    let equal = blocks.take_while(|(old, new)| old == new).count() * BLOCK;
    let rest = before.iter().zip(after).skip(equal);
    equal + rest.take_while(|(old, new)| old == new).count()
}

fn common_suffix(before: &[u8], after: &[u8]) -> usize {
    let blocks = before.rchunks_exact(BLOCK).zip(after.rchunks_exact(BLOCK));
    let equal = blocks.take_while(|(old, new)| old == new).count() * BLOCK;
    let rest = before.iter().rev().zip(after.iter().rev()).skip(equal);
    equal + rest.take_while(|(old, new)| old == new).count()
}

/// Returns the lines of `text` without their ends.
fn split(text: &[u8]) -> Vec<&[u8]> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    if text.is_empty() {
        return Vec::new();
    }
    text.split(|byte| *byte == b'\n').collect()
}

/// Returns the changed runs of lines between two sides.
fn hunks(lines: &[Vec<&[u8]>; 2]) -> Vec<[Range<usize>; 2]> {
    let [before, after] = lines;
    let head = before.iter().zip(after).take_while(|(old, new)| old == new).count();
    let tail = before
        .iter()
        .skip(head)
        .rev()
        .zip(after.iter().skip(head).rev())
        .take_while(|(old, new)| old == new)
        .count();
    let middle = |lines: &Vec<&[u8]>| head..lines.len() - tail;
    let (old, new) = (middle(before), middle(after));
    if old.is_empty() || new.is_empty() {
        return if old.is_empty() && new.is_empty() { Vec::new() } else { vec![[old, new]] };
    }
    let mut input = InternedInput::default();
    input.update_before(before.get(old).unwrap_or_default().iter().copied());
    input.update_after(after.get(new).unwrap_or_default().iter().copied());
    let shifted = |range: Range<u32>| {
        let at = |index: u32| head + usize::try_from(index).unwrap_or(usize::MAX - head);
        at(range.start)..at(range.end)
    };
    Diff::compute(Algorithm::Histogram, &input)
        .hunks()
        .map(|hunk| [shifted(hunk.before), shifted(hunk.after)])
        .collect()
}

/// Returns what each changed run of lines was in the first text, and is in the second.
pub fn runs<'a>(before: &'a [u8], after: &'a [u8]) -> Vec<[Vec<&'a [u8]>; 2]> {
    let lines = [split(before), split(after)];
    let of_hunk = |hunk: [Range<usize>; 2]| {
        let [old, new] = hunk;
        let [before, after] = &lines;
        [before.get(old), after.get(new)].map(|run| run.unwrap_or_default().to_vec())
    };
    hunks(&lines).into_iter().map(of_hunk).collect()
}

/// Returns the lines of two texts that are only in the first, and only in the second.
pub fn line_changes<'a>(before: &'a [u8], after: &'a [u8]) -> [Vec<&'a [u8]>; 2] {
    let (old, new): (Vec<_>, Vec<_>) =
        runs(before, after).into_iter().map(|[old, new]| (old, new)).unzip();
    [old.concat(), new.concat()]
}

#[cfg(test)]
mod tests {
    use super::{hunks, split, window};

    #[test]
    fn a_window_holds_all_differences_and_their_surroundings() {
        let text = |lines: &[&str]| lines.join("\n") + "\n";
        let before = text(&["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]);
        let after = text(&["1", "2", "3", "4", "5", "x", "7", "8", "9", "10", "11"]);
        let window = window([before.as_bytes(), after.as_bytes()]);
        let held = &after[window.start..after.len() - window.tail];
        assert_eq!(held, "3\n4\n5\nx\n7\n8\n9\n", "three lines of context on both sides");
        for (before, after) in
            [("", "a\n"), ("a\n", ""), ("a", "a\n"), ("a\na\n", "a\n"), ("aa", "a")]
        {
            let window = super::window([before.as_bytes(), after.as_bytes()]);
            let held = |text: &str| text[window.start..text.len() - window.tail].to_owned();
            assert_ne!(
                held(before),
                held(after),
                "{before:?} and {after:?} differ inside the window"
            );
        }
    }

    #[test]
    fn changed_runs_are_exact() {
        type Hunk = [std::ops::Range<usize>; 2];
        let cases: [(&str, &str, &[Hunk]); 6] = [
            ("", "", &[]),
            ("a\nb\n", "a\nb\n", &[]),
            ("a\n", "a\nb\n", &[[1..1, 1..2]]),
            ("a\nb\nc\n", "a\nc\n", &[[1..2, 1..1]]),
            ("a\nb\nc\nd\ne\n", "a\nx\nc\ny\ne\n", &[[1..2, 1..2], [3..4, 3..4]]),
            ("a\na\n", "a\n", &[[1..2, 1..1]]),
        ];
        for (before, after, want) in cases {
            let got = hunks(&[split(before.as_bytes()), split(after.as_bytes())]);
            assert_eq!(got, want, "{before:?} to {after:?}");
        }
    }
}
