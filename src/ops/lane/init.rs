//! How does a repository get its first lanes? `[lanes]` is added to `dos.toml`, and nothing else changes.

use std::fmt::Write as _;
use std::path::Path;

use git_dos_installer::apply;
use git_dos_installer::change::{Change, Manner, Write, preview};
use git_dos_installer::look::{Found, look};
use gix::error::{ErrorExt as _, Result, ResultExt as _, message};

use crate::lane::Taxonomy;
use crate::lane::path::{Path as LanePath, Spelling};
use crate::lane::region::Region;
use crate::output::HINT;
use crate::policy::{self, FILE_NAME};

/// Which lanes to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Two benches and a release.
    Workshop,
    /// One lane for each folder at the top.
    Auto,
}

/// What came of the wish for lanes.
#[derive(Debug)]
pub enum Outcome {
    /// They can be written.
    Planned(Box<Plan>),
    /// `dos.toml` has `[lanes]` already.
    Declared,
    /// There is no folder to make a lane of.
    NoFolders(LeftOut),
}

/// The intended change.
#[derive(Debug)]
pub struct Plan {
    write: Write,
    /// The lanes that there will be.
    pub taxonomy: Taxonomy,
    /// The folders that get no lane.
    pub left_out: LeftOut,
}

/// Folders at the top that get no lane, in the order of the tree.
pub type LeftOut = Vec<String>;

impl Plan {
    /// Returns the path of the file.
    pub fn file(&self) -> &Path {
        &self.write.path
    }

    /// Renders the change as a diff; the text is that of other people's file.
    pub fn preview(&self) -> String {
        preview(&[Change::Write(self.write.clone())])
    }

    /// Makes the change, provided that the file is as it was when this was planned.
    pub fn carry_out(&self) -> Result<()> {
        apply::write(&self.write).or_raise(|| message("Could not write the lanes"))
    }
}

/// The lanes of [`Preset::Workshop`].
const WORKSHOP: &str = include_str!("../../../fixtures/policies/workshop.toml");

/// Folders that hold what programs make or what others wrote, in lower case.
const NOISE: [&str; 22] = [
    "__pycache__",
    "bower_components",
    "build",
    "cmake-build-debug",
    "coverage",
    "deriveddata",
    "dist",
    "env",
    "htmlcov",
    "logs",
    "node_modules",
    "obj",
    "out",
    "pods",
    "site-packages",
    "target",
    "third_party",
    "tmp",
    "vendor",
    "vendored",
    "venv",
    "virtualenv",
];

/// Names of the lane that is the whole worktree, the first one that no folder has.
const WHOLE: [&str; 3] = ["global", "release", "everything"];

/// Plans the lanes of `preset` for the worktree of `repository`.
///
/// Errors when there is no worktree, and when `dos.toml` is not one that lanes can be added to.
pub fn plan(repository: &gix::Repository, preset: Preset) -> Result<Outcome> {
    let no_worktree = || {
        message("A bare repository has no dos.toml to write")
            .with(HINT, "run it in a worktree of the repository")
            .raise()
    };
    let top = repository.workdir().ok_or_else(no_worktree)?;
    let top = std::path::absolute(top).unwrap_or_else(|_| top.to_owned());
    let found = look(&top.join(FILE_NAME), &[&top])
        .or_raise(|| message!("Could not look at {FILE_NAME}"))?;
    let old = match &found.contents {
        Some(bytes) => {
            std::str::from_utf8(bytes).map_err(|_| message!("{FILE_NAME} is not UTF-8").raise())?
        }
        None => "",
    };
    if has_lanes(old)? {
        return Ok(Outcome::Declared);
    }
    let (block, left_out) = match preset {
        Preset::Workshop => (WORKSHOP.to_owned(), LeftOut::new()),
        Preset::Auto => {
            let (folders, left_out) = folders(repository)?;
            if folders.is_empty() {
                return Ok(Outcome::NoFolders(left_out));
            }
            (block(&folders), left_out)
        }
    };
    let new = appended(old, &block);
    // Whatever the file says, it says it afterwards too, and the lanes are those that were meant.
    let taxonomy = policy::parse(&new, FILE_NAME)?.lanes.taxonomy();
    let Found { path, target, contents: before } = found;
    let write =
        Write { path, target, before, after: new.into_bytes(), manner: Manner::Plain, kept: None };
    Ok(Outcome::Planned(Box::new(Plan { write, taxonomy, left_out })))
}

/// Tells whether the policy `text` has lanes, in whatever form; errors when it is no policy.
fn has_lanes(text: &str) -> Result<bool> {
    policy::parse(text, FILE_NAME)?;
    let table: toml::Table =
        text.parse().map_err(|_| message!("{FILE_NAME} is no table").raise())?;
    Ok(table.contains_key("lanes"))
}

/// Returns `old` with `block` behind it, in the line ends of `old`.
fn appended(old: &str, block: &str) -> String {
    let end = if old.contains("\r\n") { "\r\n" } else { "\n" };
    let mut text = old.to_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push_str(end);
    }
    if !text.trim().is_empty() {
        text.push_str(end);
    }
    text + &block.replace('\n', end)
}

/// Returns the folders at the top of `HEAD` that are a lane each, and those that are not.
fn folders(repository: &gix::Repository) -> Result<(Vec<String>, LeftOut)> {
    let context = || message("Could not read the folders of HEAD");
    let id = repository.head_tree_id_or_empty().or_raise(context)?;
    let tree = id.object().or_raise(context)?.try_into_tree().or_raise(context)?;
    let (mut folders, mut left_out) = (Vec::new(), LeftOut::new());
    for entry in tree.iter() {
        let entry = entry.or_raise(context)?;
        if !entry.mode().is_tree() {
            continue;
        }
        match std::str::from_utf8(entry.filename()) {
            Ok(name) if is_lane(name) => folders.push(name.to_owned()),
            _ => left_out.push(String::from_utf8_lossy(entry.filename()).into_owned()),
        }
    }
    Ok((folders, left_out))
}

/// Tells whether the folder `name` makes a lane: no hidden one, no noise, and one that a pattern can name as it is.
fn is_lane(name: &str) -> bool {
    let is_plain = |letter: char| !letter.is_control() && !"\"\\*?[]{}".contains(letter);
    let below = Region::parse([format!("{name}/**")], Spelling::default());
    let inside = LanePath::new(&format!("{name}/f"), Spelling::default());
    name.chars().all(is_plain)
        && !name.starts_with('.')
        && !NOISE.contains(&name.to_lowercase().as_str())
        && name.trim() == name
        && below.is_ok_and(|below| inside.is_some_and(|inside| below.covers(&inside)))
}

/// Renders the lanes of `folders`, and the one that is the whole worktree.
fn block(folders: &[String]) -> String {
    let is_free = |name: &&str| !folders.iter().any(|folder| folder.eq_ignore_ascii_case(name));
    let whole = WHOLE.into_iter().find(is_free).unwrap_or("whole worktree");
    let quoted: Vec<String> = folders.iter().map(|name| format!("\"{name}\"")).collect();
    let names = quoted.join(", ");
    let mut text = format!(
        "# The parts of the tree that one worker at a time may hold; git dos lane check looks them over.\n\
         [lanes]\n\
         # Held side by side, each by one worker.\n\
         concurrent = [{names}]\n\
         # Held alone: nobody holds anything else meanwhile.\n\
         exclusive = [\"{whole}\"]\n\
         # Given to who asks for none, the first free one.\n\
         autopick = [{names}]\n\n\
         [lanes.trees]\n"
    );
    for name in folders {
        writeln!(text, "{} = [\"{name}/**\"]", key(name)).expect("writing to a String cannot fail");
    }
    writeln!(text, "{} = [\"**\"]", key(whole)).expect("writing to a String cannot fail");
    text
}

/// Renders `name` as a key, in quotes where it needs them.
fn key(name: &str) -> String {
    let is_bare = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    if name.chars().all(is_bare) { name.to_owned() } else { format!("\"{name}\"") }
}

#[cfg(test)]
mod tests {
    use super::{WORKSHOP, appended, block, has_lanes, is_lane};
    use crate::lane::declared::Lanes;
    use crate::lane::lint;
    use crate::lane::path::Spelling;
    use crate::policy;

    #[test]
    fn what_is_there_stays_byte_for_byte() {
        for (old, want) in [
            ("", "a\nb\n"),
            ("x = 1", "x = 1\n\na\nb\n"),
            ("x = 1\n", "x = 1\n\na\nb\n"),
            ("x = 1\r\ny = 2", "x = 1\r\ny = 2\r\n\r\na\r\nb\r\n"),
            ("\u{feff}", "\u{feff}\n\na\nb\n"),
            ("\n", "\na\nb\n"),
        ] {
            assert_eq!(appended(old, "a\nb\n"), want, "{old:?}");
        }
    }

    #[test]
    fn lanes_are_found_in_every_form() {
        for (text, want) in [
            ("", false),
            ("[paths]\nx = 1\n", false),
            ("# [lanes]\n", false),
            ("[lanes]\n", true),
            ("lanes.concurrent = [\"a\"]\n", true),
            ("[lanes.trees]\n", true),
            ("lanes = { concurrent = [] }\n", true),
        ] {
            assert_eq!(has_lanes(text).unwrap(), want, "{text:?}");
        }
        assert!(has_lanes("[lanes\n").unwrap_err().to_string().starts_with("dos.toml:1: "));
        assert!(
            has_lanes("[churn]\nmode = 3\n").unwrap_err().to_string().starts_with("dos.toml:2")
        );
    }

    #[test]
    fn folders_become_lanes_where_a_pattern_can_name_them() {
        for (name, want) in [
            ("src", true),
            ("my app", true),
            ("caf\u{e9}", true),
            ("a.b", true),
            (".github", false),
            ("node_modules", false),
            ("Build", false),
            ("a[b]", false),
            ("a*", false),
            ("a\"b", false),
            ("a\\b", false),
            (" a", false),
            ("a\u{1b}", false),
        ] {
            assert_eq!(is_lane(name), want, "{name:?}");
        }
    }

    #[test]
    fn presets_have_no_findings() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        for text in [
            WORKSHOP.to_owned(),
            block(&names(&["docs", "my app", "src"])),
            block(&names(&["Global", "a"])),
            block(&names(&["everything", "global", "release"])),
        ] {
            let taxonomy = policy::parse(&text, "dos.toml").unwrap().lanes.taxonomy();
            let lanes = Lanes::new(&taxonomy, Spelling::default()).unwrap();
            assert_eq!(lint::check(&taxonomy, &lanes), [], "{text}");
            assert!(!taxonomy.exclusive.is_empty() && taxonomy.concurrent.len() > 1, "{text}");
        }
    }
}
