//! Is a path in a region, and do two regions meet?

#[cfg(test)]
mod property;

use super::path::{Path, Spelling};
use super::pattern::{self, Pattern};

/// A part of the tree: what the entries of a lane's tree cover together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Region(Vec<Pattern>);

impl Region {
    /// Reads the entries of a tree (see [`pattern`]); no entries are a region that covers nothing,
    /// and an empty entry is the whole worktree.
    ///
    /// Errors, in words, at an entry that leads out of the worktree or has too many alternatives.
    pub fn parse<E: AsRef<str>>(
        entries: impl IntoIterator<Item = E>,
        spelling: Spelling,
    ) -> Result<Self, String> {
        let mut patterns = Vec::new();
        for entry in entries {
            patterns.extend(pattern::parse(entry.as_ref(), spelling)?);
        }
        Ok(Self(patterns))
    }

    /// Returns the region of `path` and all that is below it.
    pub fn below(path: &Path) -> Self {
        Self(pattern::of(path))
    }

    /// Tells whether the region covers nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Tells whether `path` is in the region.
    pub fn covers(&self, path: &Path) -> bool {
        self.0.iter().any(|pattern| pattern.matches(path))
    }

    /// Tells whether there can be a path that is in both.
    ///
    /// There can be one where entries that match a text in common do, whether or not such a file exists.
    pub fn meets(&self, other: &Self) -> bool {
        self.0.iter().any(|one| other.0.iter().any(|two| one.meets(two)))
    }

    /// Tells whether all of it is in `other`, as far as entry by entry shows: `false` may be one that several entries
    /// cover together.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.iter().all(|one| other.0.iter().any(|two| one.is_within(two)))
    }
}

/// The entries of a lane's tree, beside the region that they cover.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    entries: Vec<String>,
    region: Region,
}

impl Tree {
    /// Reads `entries` as [`Region::parse`] does, with its errors.
    pub fn parse<E: AsRef<str>>(
        entries: impl IntoIterator<Item = E>,
        spelling: Spelling,
    ) -> Result<Self, String> {
        let entries: Vec<String> =
            entries.into_iter().map(|entry| entry.as_ref().to_owned()).collect();
        Ok(Self { region: Region::parse(&entries, spelling)?, entries })
    }

    /// Returns the entries, as they were written.
    pub fn entries(&self) -> &[String] {
        &self.entries
    }

    /// Returns what they cover together.
    pub fn region(&self) -> &Region {
        &self.region
    }
}

#[cfg(test)]
mod tests {
    use super::Region;
    use crate::lane::path::{Case, Path, Spelling};

    fn region(entry: &str) -> Region {
        Region::parse([entry], Spelling::default()).unwrap()
    }

    #[test]
    fn entries_cover_paths_by_their_parts() {
        for (entry, path, want) in [
            ("src/api/**", "src/api/f.rs", true),
            ("src/api/**", "src/api/deep/f.rs", true),
            ("src/api/**", "src/api", true),
            ("src/api/**", "src/api2/f.rs", false),
            ("src/api/**", "src/ap", false),
            ("src/api/**", "src", false),
            ("src/api/**", "", false),
            ("src/api", "src/api/f.rs", true),
            ("src/api", "src/api2", false),
            ("src/api/", "src/api/f.rs", true),
            ("src/api/**/*", "src/api/f.rs", true),
            ("/src/api", "src/api/f.rs", true),
            ("./src/../src//api", "src/api/f.rs", true),
            ("src\\api", "src/api/f.rs", true),
            (" src/api ", "src/api/f.rs", true),
            ("**/VERSION", "VERSION", true),
            ("**/VERSION", "a/b/VERSION", true),
            ("**/VERSION", "a/VERSION/below", true),
            ("**/VERSION", "a/VERSION2", false),
            ("**/VERSION", "a/MYVERSION", false),
            ("src/**/gen/*.rs", "src/gen/a.rs", true),
            ("src/**/gen/*.rs", "src/a/b/gen/a.rs", true),
            ("src/**/gen/*.rs", "src/a/b/gen", false),
            ("docs/UI-*", "docs/UI-1.md", true),
            ("docs/UI-*", "docs/UI-1/deep.md", true),
            ("docs/UI-*", "docs/SVC-1.md", false),
            ("docs/UI-*", "docs/ui-1.md", false),
            ("*", "any/thing", true),
            ("**", "any/thing", true),
            ("**/*", "thing", true),
            ("", "thing", true),
            (".", "thing", true),
            ("*.py", "a/b.py", true),
            ("*.py", "a/b.pyc", false),
            ("src/?pi/x", "src/api/x", true),
            ("src/?pi/x", "src//pi/x", false),
            ("src/?pi/x", "src/aapi/x", false),
            ("src?api", "src/api", false),
            ("src/[ab]pi", "src/bpi", true),
            ("src/[ab]pi", "src/cpi", false),
            ("src/[!ab]pi", "src/cpi", true),
            ("src/[a-c]pi", "src/bpi", true),
            ("src/[]]", "src/]", true),
            ("src/[ab", "src/[ab", true),
            ("src/{a,b}/x", "src/b/x", true),
            ("src/{a,b}/x", "src/c/x", false),
            ("src/{a,b{c,d}}/x", "src/bd/x", true),
            ("src/{a}/{b,c}", "src/{a}/c", true),
            ("src/{a", "src/{a", true),
            ("LICENSE", "LICENSE", true),
            ("LICENSE", "LICENSE-MIT", false),
        ] {
            let path = Path::new(path, Spelling::default()).unwrap();
            assert_eq!(region(entry).covers(&path), want, "{entry} and {}", path.as_str());
        }
    }

    #[test]
    fn regions_meet_where_a_path_can_be_in_both() {
        for (one, two, want) in [
            ("src/api/**", "src/**", true),
            ("src/api/**", "src/api/f.rs", true),
            ("src/api", "src/api2/**", false),
            ("src/api/**", "docs/**", false),
            ("**/VERSION", "src/**", true),
            ("**/VERSION", "src/main.rs", true),
            ("**/VERSION", "**/LICENSE", true),
            ("*.py", "src", true),
            ("*.py", "src/api", true),
            ("docs/UI-*", "docs/SVC-*", false),
            ("docs/*-UI", "docs/SVC-*", true),
            ("src/?pi/x", "src/api/x", true),
            ("src/a*b*c", "src/api/**", true),
            ("*", "a/b", true),
            ("src/{a,b}/x", "src/b", true),
        ] {
            assert_eq!(region(one).meets(&region(two)), want, "{one} and {two}");
            assert_eq!(region(two).meets(&region(one)), want, "{two} and {one}");
        }
        let nothing = Region::default();
        assert!(nothing.is_empty() && !nothing.meets(&region("*")), "nothing meets nothing");
    }

    #[test]
    fn a_folder_that_is_removed_meets_what_is_below() {
        let spelling = Spelling { case: Case::Ignored, ..Spelling::default() };
        let api = Region::parse(["Src/API/**"], spelling).unwrap();
        for (path, want) in [("src", true), ("", true), ("SRC/api/f", true), ("sr", false)] {
            let path = Path::new(path, spelling).unwrap();
            assert_eq!(Region::below(&path).meets(&api), want, "{}", path.as_str());
        }
    }

    #[test]
    fn capitals_do_not_count_in_patterns_either() {
        let spelling = Spelling { case: Case::Ignored, ..Spelling::default() };
        for (entry, path, want) in [
            ("SRC/*.RS", "src/f.rs", true),
            ("[A-C]x", "bX", true),
            ("[a-c]x", "BX", true),
            ("[Z-a]x", "_x", true),
            ("[Z-a]x", "zx", true),
            ("[Z-a]x", "yx", false),
            ("[!A]x", "ax", false),
            ("[!A]x", "bx", true),
            ("[\u{c9}]x", "\u{e9}x", true),
            ("stra\u{df}e", "STRASSE", true),
            ("\u{39f}\u{3a3}*", "\u{3bf}\u{3c3}\u{3b1}", true),
        ] {
            let path = Path::new(path, spelling).unwrap();
            let region = Region::parse([entry], spelling).unwrap();
            assert_eq!(region.covers(&path), want, "{entry} and {}", path.as_str());
        }
    }

    #[test]
    fn entries_that_make_no_sense_are_refused() {
        let parse = |entry: &str| Region::parse([entry], Spelling::default());
        assert!(parse("../other/**").unwrap_err().contains("leads out"));
        assert!(parse("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}").unwrap_err().contains("more than 64"));
        assert!(parse(&"**/a/".repeat(40)).unwrap_err().contains("more than 64"));
        assert!(parse(&"a".repeat(1025)).unwrap_err().contains("1024 bytes"));
        let long = format!("{{{}}}/{}", vec!["a"; 16].join(","), "a".repeat(900));
        assert!(parse(&long).unwrap_err().contains("8192 letters"), "each of many is long");
        assert!(parse(&"*a".repeat(500)).is_ok());
        assert!(parse(&"{".repeat(1000)).is_ok(), "braces that do not close are letters");
    }
}
