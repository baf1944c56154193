//! Which files of the worktree does a command of git write?

use super::super::Follow;
use super::arguments::Arguments;
use super::programs;
use super::walk::Walk;
use super::word::Word;
use crate::verdict::access::footprint::Deed;

/// Commands that leave the files of the worktree as they are.
const READERS: [&str; 32] = [
    "add",
    "blame",
    "branch",
    "cat-file",
    "check-ignore",
    "commit",
    "config",
    "describe",
    "diff",
    "fetch",
    "for-each-ref",
    "fsck",
    "gc",
    "grep",
    "help",
    "log",
    "ls-files",
    "ls-remote",
    "ls-tree",
    "merge-base",
    "notes",
    "push",
    "reflog",
    "remote",
    "rev-list",
    "rev-parse",
    "shortlog",
    "show",
    "show-ref",
    "status",
    "tag",
    "version",
];

/// Options of git itself with a value behind them.
const VALUED: [&str; 6] = ["-c", "-C", "--git-dir", "--work-tree", "--namespace", "--exec-path"];

/// Adds what git does with `arguments`.
pub(super) fn run(arguments: &[Word], walk: &mut Walk<'_, '_>) {
    let before = walk.folder.clone();
    let mut rest = arguments;
    let command = loop {
        match rest {
            [Word::Known(option), Word::Known(value), after @ ..]
                if VALUED.contains(&option.as_str()) =>
            {
                match option.as_str() {
                    "-C" => walk.folder = walk.absolute(value),
                    // Where the worktree is then is not known.
                    "--git-dir" | "--work-tree" => walk.folder = None,
                    _ => {}
                }
                rest = after;
            }
            [Word::Known(option), after @ ..] if option.starts_with('-') => rest = after,
            [Word::Known(command), after @ ..] => {
                rest = after;
                break Some(command.as_str());
            }
            [] => break None,
            [Word::Unknown, ..] => break Some(""),
        }
    };
    match command {
        None => {}
        Some(command) if READERS.contains(&command) => {}
        Some(command) => write(command, rest, walk),
    }
    walk.folder = before;
}

fn write(command: &str, arguments: &[Word], walk: &mut Walk<'_, '_>) {
    match command {
        "mv" => return programs::run(&with_name("mv", arguments), walk),
        "rm" | "restore" => {
            let given = Arguments::of(arguments, &["-s", "--source", "--pathspec-from-file"]);
            let is_index_only = given.options.contains(&"--cached")
                || (given.has('S', "--staged")
                    && !given.has('W', "--worktree")
                    && command == "restore");
            if given.is_whole && is_index_only {
                return;
            }
            let is_named = given.value(&["--pathspec-from-file"]).is_none();
            return paths(&given.operands, given.is_whole && is_named, walk);
        }
        "checkout" => {
            // Without `--`, a word may be a branch.
            let split = arguments.iter().position(|word| word.text() == Some("--"));
            if let Some(words) = split.and_then(|at| arguments.get(at + 1..)) {
                let texts: Vec<&str> = words.iter().filter_map(Word::text).collect();
                return paths(&texts, texts.len() == words.len(), walk);
            }
        }
        _ => {}
    }
    // A merge, a reset or a patch may write anything.
    walk.give_up();
}

/// Adds the files that are written at `paths`; git's own magic is not understood.
fn paths(paths: &[&str], is_whole: bool, walk: &mut Walk<'_, '_>) {
    if !is_whole {
        walk.give_up();
    }
    for path in paths {
        if path.starts_with(':') || path.contains(['*', '?', '[']) {
            walk.give_up();
        } else {
            walk.touch(path, Deed::WrittenBelow, Follow::LinksBefore);
        }
    }
}

/// Returns `arguments` with the name of a program before them.
fn with_name(name: &str, arguments: &[Word]) -> Vec<Word> {
    std::iter::once(Word::Known(name.to_owned())).chain(arguments.iter().cloned()).collect()
}
