//! What will be done to the disk, one act after the other?

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::diff;

/// One act. Each can be seen before it is done, and each leaves the disk as it was or as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Make a folder.
    CreateFolder(PathBuf),
    /// Give a file new contents.
    Write(Write),
    /// Give the hook of the user at `slot` the second name `kept`; the write that follows takes the first.
    KeepHook {
        /// The name that git looks for.
        slot: PathBuf,
        /// The name that our shim looks for.
        kept: PathBuf,
    },
    /// Give the hook of the user at `kept` its first name back, over what of ours is there.
    RestoreHook {
        /// The name that our shim looked for.
        kept: PathBuf,
        /// The name that git looks for.
        slot: PathBuf,
        /// What of ours is there; `None` when nothing is.
        over: Option<Vec<u8>>,
    },
    /// Delete a file that holds just `before`.
    Delete {
        /// The file.
        path: PathBuf,
        /// What it must hold.
        before: Vec<u8>,
    },
    /// Delete a folder, if it is empty by then.
    RemoveFolder(PathBuf),
}

/// New contents for one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// The path as people know it.
    pub path: PathBuf,
    /// The file behind symbolic links, which is written.
    pub target: PathBuf,
    /// What it must hold; `None` when it must not exist.
    pub before: Option<Vec<u8>>,
    /// What it will hold.
    pub after: Vec<u8>,
    /// How it is written.
    pub manner: Manner,
    /// The second name of the hook whose first name this file takes, after a `KeepHook`; `before` is `None` then.
    pub kept: Option<PathBuf>,
}

/// How a file is written. One that exists keeps its mode and owner, unless it becomes a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// A new file gets the mode that the umask leaves.
    Plain,
    /// A new file can be read by its owner only.
    Private,
    /// The file is a program from now on, whatever it was.
    Program,
    /// As `Plain`, and git's lock is held: its configuration files are replaced in this way by git itself.
    GitConfig,
}

/// The most lines of a new file that are shown; longer ones are texts of ours, such as a manual page.
const LONGEST_SHOWN: usize = 40;

/// Renders `changes` for people: a unified diff, and a line for what is not a text.
///
/// The texts are those of other people's files; whoever prints them makes them harmless.
pub fn preview(changes: &[Change]) -> String {
    let mut text = String::new();
    for change in changes {
        match change {
            Change::CreateFolder(path) => line(&mut text, "new folder", path),
            Change::RemoveFolder(path) => line(&mut text, "remove the folder if empty:", path),
            Change::KeepHook { slot, kept }
            | Change::RestoreHook { kept: slot, slot: kept, .. } => {
                line(&mut text, "rename from", slot);
                line(&mut text, "rename to", kept);
            }
            Change::Write(write) => {
                if write.path != write.target {
                    line(&mut text, "through the link", &write.path);
                }
                let lines = write.after.split(|byte| *byte == b'\n').count();
                match &write.before {
                    None if lines > LONGEST_SHOWN => {
                        line(&mut text, &format!("new file of {lines} lines"), &write.target);
                    }
                    before => {
                        text.push_str(&diff::unified(
                            &write.target,
                            before.as_deref(),
                            Some(&write.after),
                        ));
                    }
                }
            }
            Change::Delete { path, before } => {
                text.push_str(&diff::unified(path, Some(before), None));
            }
        }
    }
    text
}

fn line(text: &mut String, words: &str, path: &Path) {
    writeln!(text, "{words} {}", path.display()).expect("writing to a String cannot fail");
}
