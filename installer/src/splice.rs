//! Which bytes of a file changed, so that exactly those can be changed back?

use std::ops::Range;

use gix_imara_diff::sources::byte_lines;
use gix_imara_diff::{Algorithm, Diff, InternedInput};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One place where a text differs from what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Splice {
    /// Where it starts in the text before, in bytes.
    pub offset: usize,
    /// What stood there before.
    #[serde(with = "bytes")]
    pub removed: Vec<u8>,
    /// What stands there now.
    #[serde(with = "bytes")]
    pub inserted: Vec<u8>,
}

impl Splice {
    /// Applies this one splice to `before`; `None` when it was not made for this text.
    pub(crate) fn apply(&self, before: &[u8]) -> Option<Vec<u8>> {
        apply(std::slice::from_ref(self), before)
    }
}

/// Finds the splices that turn `before` into `after`, in order; each stays inside the lines that differ.
pub fn between(before: &[u8], after: &[u8]) -> Vec<Splice> {
    let old: Vec<&[u8]> = byte_lines(before).collect();
    let new: Vec<&[u8]> = byte_lines(after).collect();
    let lines = InternedInput::new(byte_lines(before), byte_lines(after));
    let mut splices = Vec::new();
    let (mut line, mut offset) = (0, 0);
    for hunk in Diff::compute(Algorithm::Myers, &lines).hunks() {
        let (removed, inserted) = (range(hunk.before), range(hunk.after));
        offset += old.get(line..removed.start).unwrap_or_default().concat().len();
        line = removed.end;
        let removed = old.get(removed).unwrap_or_default().concat();
        let inserted = new.get(inserted).unwrap_or_default().concat();
        let length = removed.len();
        splices.push(narrowed(offset, &removed, &inserted));
        offset += length;
    }
    splices
}

/// Returns a range of lines as one of places in memory.
fn range(lines: Range<u32>) -> Range<usize> {
    let place = |line: u32| usize::try_from(line).unwrap_or(usize::MAX);
    place(lines.start)..place(lines.end)
}

/// Makes a splice without the bytes at both ends that `removed` and `inserted` have in common.
fn narrowed(offset: usize, removed: &[u8], inserted: &[u8]) -> Splice {
    let pairs = removed.iter().zip(inserted);
    let start = pairs.take_while(|(old, new)| old == new).count();
    let (_, removed) = removed.split_at(start);
    let (_, inserted) = inserted.split_at(start);
    let pairs = removed.iter().rev().zip(inserted.iter().rev());
    let end = pairs.take_while(|(old, new)| old == new).count();
    let (removed, _) = removed.split_at(removed.len() - end);
    let (inserted, _) = inserted.split_at(inserted.len() - end);
    Splice { offset: offset + start, removed: removed.to_vec(), inserted: inserted.to_vec() }
}

/// Applies `splices`, in order and not overlapping, to `before`; `None` when they were not made for it.
pub fn apply(splices: &[Splice], before: &[u8]) -> Option<Vec<u8>> {
    let mut after = Vec::with_capacity(before.len());
    let mut at = 0;
    for splice in splices {
        after.extend_from_slice(before.get(at..splice.offset)?);
        at = splice.offset + splice.removed.len();
        if before.get(splice.offset..at)? != splice.removed.as_slice() {
            return None;
        }
        after.extend_from_slice(&splice.inserted);
    }
    after.extend_from_slice(before.get(at..)?);
    Some(after)
}

/// Takes `splices` back from `after`; `None` when they did not lead to it.
pub fn revert(splices: &[Splice], after: &[u8]) -> Option<Vec<u8>> {
    let (mut added, mut lost) = (0, 0);
    let mut back = Vec::with_capacity(splices.len());
    for splice in splices {
        // An offset in the text before, moved by what the earlier splices added and lost.
        let offset = (splice.offset + added).checked_sub(lost)?;
        back.push(Splice {
            offset,
            removed: splice.inserted.clone(),
            inserted: splice.removed.clone(),
        });
        added += splice.inserted.len();
        lost += splice.removed.len();
    }
    apply(&back, after)
}

/// Bytes as a string when they are text, else as an object `{"hex": "…"}`.
pub(crate) mod bytes {
    use std::fmt::Write as _;

    use super::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Form {
        Text(String),
        Hex { hex: String },
    }

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        let form = match str::from_utf8(bytes) {
            Ok(text) => Form::Text(text.to_owned()),
            Err(_) => Form::Hex {
                hex: bytes.iter().fold(String::new(), |mut hex, byte| {
                    write!(hex, "{byte:02x}").expect("writing to a String cannot fail");
                    hex
                }),
            },
        };
        form.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        match Form::deserialize(deserializer)? {
            Form::Text(text) => Ok(text.into_bytes()),
            Form::Hex { hex } => (0..hex.len())
                .step_by(2)
                .map(|at| hex.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
                .collect::<Option<Vec<u8>>>()
                .ok_or_else(|| serde::de::Error::custom("not hexadecimal")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Splice, apply, between, revert};

    #[test]
    fn there_and_back_again() {
        let texts: [&[u8]; 7] = [
            b"",
            b"a\n",
            b"a\nb\nc\n",
            b"b\nc\nd",
            b"a\r\nX\r\nc\r\n",
            b"\xff\xfe\nb\n",
            b"no newline",
        ];
        for before in texts {
            for after in texts {
                let splices = between(before, after);
                assert_eq!(apply(&splices, before).as_deref(), Some(after), "forwards");
                assert_eq!(revert(&splices, after).as_deref(), Some(before), "and back");
                let stored = serde_json::to_string(&splices).unwrap();
                let read: Vec<Splice> = serde_json::from_str(&stored).unwrap();
                assert_eq!(read, splices, "bytes of every kind survive the receipt");
            }
        }
    }

    #[test]
    fn a_splice_is_no_longer_than_what_differs() {
        let long = "x".repeat(1000);
        let (before, after) =
            (format!("{{\"{long}\": 1}}"), format!("{{\"{long}\": 1, \"y\": 2}}"));
        let splices = between(before.as_bytes(), after.as_bytes());
        assert_eq!(splices.len(), 1, "one place");
        assert_eq!(splices[0].inserted, b", \"y\": 2", "and only what is new");
        assert!(splices[0].removed.is_empty(), "nothing goes");
    }

    #[test]
    fn a_splice_for_another_text_is_refused() {
        let splices = between(b"a\nb\n", b"a\nX\n");
        assert_eq!(apply(&splices, b"a\nc\n"), None, "what was there is not there");
        assert_eq!(revert(&splices, b"a\nY\n"), None, "nor what was inserted");
        assert_eq!(apply(&splices, b""), None, "too short");
    }
}
