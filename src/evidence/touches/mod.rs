//! What would a use of a tool do to which files?
//!
//! Tools are known by the names that Claude Code, Codex, Cursor, Gemini, Copilot and their like give them; one that is
//! new is taken by the words in its name and the paths in its input.

mod name;
mod patch;
mod place;
mod shell;

use std::path::PathBuf;

use serde_json::Value;

use crate::verdict::access::footprint::{Deed, Footprint};
use name::Kind;
pub use place::{Follow, Place, spelling};

/// The fields that hold the path of a file, in the spellings of the agents.
const PATHS: [&str; 16] = [
    "file_path",
    "filePath",
    "path",
    "notebook_path",
    "notebookPath",
    "target_file",
    "TargetFile",
    "absolute_path",
    "AbsolutePath",
    "relative_path",
    "target_notebook",
    "filename",
    "source",
    "destination",
    "old_path",
    "new_path",
];

/// The fields that hold a command.
const COMMANDS: [&str; 3] = ["command", "cmd", "CommandLine"];

/// The fields that hold the folder of a command.
const FOLDERS: [&str; 5] = ["workdir", "cwd", "Cwd", "directory", "dir_path"];

/// Finds out what the tool called `tool` would do with `input` in `place`.
pub fn of(tool: &str, input: &Value, place: &Place) -> Footprint {
    let mut trail = Trail { place, footprint: Footprint::default() };
    match name::kind(tool) {
        Kind::Shell => match command(input) {
            Some(Words::Line(line)) => shell::line(&line, folder(input, place), &mut trail),
            Some(Words::Split(words)) => shell::words(&words, folder(input, place), &mut trail),
            None => trail.files(input, Deed::Written),
        },
        Kind::Patch => {
            let text =
                COMMANDS.iter().chain(&["input", "patch"]).find_map(|key| input[*key].as_str());
            match text.or_else(|| input.as_str()) {
                Some(text) => patch::add(text, &place.folder, &mut trail),
                None => trail.footprint.is_whole = false,
            }
        }
        Kind::Reader => trail.files(input, Deed::Read),
        Kind::Remover => trail.files(input, Deed::WrittenBelow),
        Kind::Writer => trail.files(input, Deed::Written),
    }
    trail.footprint
}

/// A command as a tool is given it.
enum Words {
    /// A line for a shell.
    Line(String),
    /// The words of a program.
    Split(Vec<String>),
}

fn command(input: &Value) -> Option<Words> {
    COMMANDS.iter().find_map(|key| match &input[*key] {
        Value::String(line) => Some(Words::Line(line.clone())),
        Value::Array(words) => {
            let words: Option<Vec<&str>> = words.iter().map(Value::as_str).collect();
            words.map(|words| Words::Split(words.into_iter().map(str::to_owned).collect()))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    })
}

/// Returns the folder in which a command would run.
fn folder(input: &Value, place: &Place) -> PathBuf {
    let named = FOLDERS.iter().find_map(|key| input[*key].as_str());
    named.map_or_else(|| place.folder.clone(), |folder| place.folder.join(folder))
}

/// What was found so far.
struct Trail<'a> {
    place: &'a Place,
    footprint: Footprint,
}

impl Trail<'_> {
    /// Adds what `deed` does to the file at `path`, an absolute one; what is outside of the worktrees is nobody's.
    fn add(&mut self, path: &std::path::Path, deed: Deed, follow: Follow) {
        self.footprint.touches.extend(self.place.touch(path, deed, follow));
    }

    /// Adds the files that the fields of `input` name; a tool that names none may do anything, if it writes.
    fn files(&mut self, input: &Value, deed: Deed) {
        let mut named = Vec::new();
        paths(input, &mut named);
        let inner = input.as_object().into_iter().flat_map(|fields| fields.values());
        for entry in inner.filter_map(Value::as_array).flatten() {
            paths(entry, &mut named);
        }
        self.footprint.is_whole = deed == Deed::Read || !named.is_empty();
        for path in named {
            // An agent's own tools spell paths as people do on any system.
            let path = self.place.folder.join(path.replace('\\', "/"));
            self.add(&path, deed, Follow::Links);
        }
    }
}

/// Collects the paths among the fields of `value`.
fn paths<'a>(value: &'a Value, named: &mut Vec<&'a str>) {
    let found = PATHS.iter().filter_map(|key| value.get(key)?.as_str());
    named.extend(found.filter(|path| !path.trim().is_empty()));
}

#[cfg(test)]
mod tests;
