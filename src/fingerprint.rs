//! What stands for a text or a content from outside, in a file name or a list?

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// Returns the first 64 bits of the SHA-256 of `parts`, as 16 hexadecimal digits.
///
/// Each part counts with its length, so that a text moved from one part to the next makes a difference.
pub fn of<'part>(parts: impl IntoIterator<Item = &'part [u8]>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.len().to_le_bytes());
        hasher.update(part);
    }
    let digest = hasher.finalize();
    let first = digest.first_chunk().expect("SHA-256 has 32 bytes");
    format!("{:016x}", u64::from_be_bytes(*first))
}

/// Returns the SHA-256 of `content`, as 64 hexadecimal digits.
pub fn sha256(content: &[u8]) -> String {
    hexadecimal(&Sha256::digest(content))
}

/// Writes bytes as hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn parts_are_kept_apart() {
        let parts = |texts: &[&str]| of(texts.iter().map(|text| text.as_bytes()));
        assert_eq!(parts(&["ab"]).len(), 16, "16 digits");
        assert_eq!(parts(&["ab", "c"]), parts(&["ab", "c"]), "the same each time");
        for other in [&["a", "bc"][..], &["abc"], &["ab", "c", ""], &[]] {
            assert_ne!(parts(other), parts(&["ab", "c"]), "{other:?} is something else");
        }
    }
}
