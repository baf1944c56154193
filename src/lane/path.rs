//! Do two spellings name one file of the worktree?

use unicode_normalization::UnicodeNormalization as _;

/// Whether capitals matter in names of files, from `core.ignorecase`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Case {
    /// They do.
    #[default]
    Kept,
    /// They do not.
    Ignored,
}

/// Whether the file system has one form for letters with accents, from `core.precomposeunicode`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Accents {
    /// Each form is a name of its own.
    #[default]
    Kept,
    /// All forms are one name.
    Composed,
}

/// When the file system takes two spellings for one name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spelling {
    /// Whether capitals matter.
    pub case: Case,
    /// Whether forms of accents matter.
    pub accents: Accents,
}

impl Spelling {
    /// Returns the one spelling that stands for all that name the same as `text`.
    pub fn fold(self, text: &str) -> String {
        let text = match self.accents {
            Accents::Kept => text.to_owned(),
            Accents::Composed => text.nfc().collect(),
        };
        match self.case {
            Case::Kept => text,
            Case::Ignored => text.chars().flat_map(small).collect(),
        }
    }
}

/// Returns the small letters that stand for all letters that name the same as `letter`, whatever is beside it.
pub(super) fn small(letter: char) -> impl Iterator<Item = char> {
    // By way of the capitals, so that the German sharp s and its like meet their pairs.
    letter.to_uppercase().flat_map(char::to_lowercase)
}

/// A path from the top of a worktree in its one spelling: without `.`, `..`, empty parts and a slash at either
/// end. The top itself is empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(String);

impl Path {
    /// Reads `text` as a path from the top; `None` when it leads out of the worktree.
    pub fn new(text: &str, spelling: Spelling) -> Option<Self> {
        Some(Self(spelling.fold(&parts(text)?.join("/"))))
    }

    /// Returns the path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns the parts of `text` that lead anywhere; `None` when they lead above the top.
pub(super) fn parts(text: &str) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    for part in text.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::{Accents, Case, Path, Spelling};

    #[test]
    fn a_path_has_one_spelling() {
        for (text, want) in [
            ("src/api/f.rs", Some("src/api/f.rs")),
            ("./src//api/./f.rs", Some("src/api/f.rs")),
            ("/src/api/", Some("src/api")),
            ("src/../src/api", Some("src/api")),
            ("src\\api\\f.rs", Some("src/api/f.rs")),
            ("", Some("")),
            (".", Some("")),
            ("src/..", Some("")),
            ("..", None),
            ("src/../../other", None),
            ("..src", Some("..src")),
        ] {
            let path = Path::new(text, Spelling::default());
            assert_eq!(path.as_ref().map(Path::as_str), want, "{text:?}");
        }
    }

    #[test]
    fn the_file_system_decides_which_letters_are_one() {
        let ignored = Spelling { case: Case::Ignored, accents: Accents::Kept };
        let composed = Spelling { case: Case::Kept, accents: Accents::Composed };
        for (one, other, spelling, want) in [
            ("SRC/Api", "src/api", Spelling::default(), false),
            ("SRC/Api", "src/api", ignored, true),
            ("stra\u{df}e", "STRASSE", ignored, true),
            ("\u{39f}\u{3a3}", "\u{3bf}\u{3c3}", ignored, true),
            ("\u{3bf}\u{3c2}", "\u{3bf}\u{3c3}", ignored, true),
            ("\u{e9}", "e\u{301}", Spelling::default(), false),
            ("\u{e9}", "e\u{301}", ignored, false),
            ("\u{e9}", "e\u{301}", composed, true),
            ("\u{c9}", "e\u{301}", composed, false),
            ("\u{c9}", "e\u{301}", Spelling { case: Case::Ignored, ..composed }, true),
        ] {
            let same = Path::new(one, spelling) == Path::new(other, spelling);
            assert_eq!(same, want, "{one} and {other} under {spelling:?}");
        }
    }
}
