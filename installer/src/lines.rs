//! Which lines of a plain list (`info/exclude`) are ours?

/// Returns `bytes` with `block`, some whole lines, at its end; unchanged when it has them already.
pub fn append(bytes: &[u8], block: &str) -> Vec<u8> {
    let mut text = bytes.to_vec();
    if position(bytes, block).is_some() {
        return text;
    }
    if !text.is_empty() && !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    text.extend_from_slice(block.as_bytes());
    text
}

/// Returns `bytes` without `block`.
pub fn remove(bytes: &[u8], block: &str) -> Vec<u8> {
    match position(bytes, block) {
        Some(at) => {
            let (before, after) = bytes.split_at(at);
            [before, after.get(block.len()..).unwrap_or_default()].concat()
        }
        None => bytes.to_vec(),
    }
}

/// Finds `block` at the start of a line.
fn position(bytes: &[u8], block: &str) -> Option<usize> {
    let starts = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    std::iter::once(0)
        .chain(starts)
        .find(|at| bytes.get(*at..).is_some_and(|rest| rest.starts_with(block.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::{append, remove};

    #[test]
    fn a_block_goes_in_once_and_out_again() {
        let block = "# ours\n/file\n";
        for text in ["", "theirs\n", "no line feed", "# ours\n/other\n"] {
            let with = append(text.as_bytes(), block);
            assert_eq!(append(&with, block), with, "once");
            let without = String::from_utf8(remove(&with, block)).unwrap();
            assert_eq!(without.trim_end(), text.trim_end(), "and out");
        }
        assert_eq!(append(b"x # ours\n/file\n", block).len(), 28, "only at the start of a line");
    }
}
