//! Which files does a program write, as its arguments say?

use super::super::Follow;
use super::arguments::Arguments;
use super::walk::Walk;
use super::word::Word;
use super::{git, writers};
use crate::verdict::access::footprint::Deed;

/// Programs that write nothing but what they are told to by a redirection.
const READERS: [&str; 62] = [
    ":",
    "[",
    "ack",
    "ag",
    "basename",
    "bat",
    "cal",
    "cat",
    "cksum",
    "cmp",
    "column",
    "comm",
    "cut",
    "date",
    "df",
    "diff",
    "dirname",
    "du",
    "echo",
    "egrep",
    "exit",
    "export",
    "expr",
    "false",
    "fgrep",
    "file",
    "fold",
    "grep",
    "head",
    "hexdump",
    "hostname",
    "id",
    "jq",
    "join",
    "less",
    "ls",
    "md5sum",
    "more",
    "nl",
    "od",
    "paste",
    "printf",
    "ps",
    "pwd",
    "readlink",
    "realpath",
    "rev",
    "rg",
    "seq",
    "set",
    "sha256sum",
    "sleep",
    "stat",
    "strings",
    "tac",
    "tail",
    "test",
    "tr",
    "true",
    "uname",
    "wc",
    "which",
];

/// Programs that run the program that their arguments name, and their options that take a value.
const WRAPPERS: [(&str, &[&str]); 9] = [
    ("builtin", &[]),
    ("command", &[]),
    ("env", &["-u", "--unset", "-C", "--chdir"]),
    ("exec", &["-a"]),
    ("nice", &["-n"]),
    ("nohup", &[]),
    ("sudo", &["-u", "-g"]),
    ("time", &["-o", "-f"]),
    ("timeout", &["-s", "-k"]),
];

/// Adds what the program does whose name and arguments are `words`.
pub(super) fn run(words: &[Word], walk: &mut Walk<'_, '_>) {
    let Some((Word::Known(program), arguments)) = words.split_first() else {
        return walk.give_up();
    };
    let name = program.rsplit('/').next().unwrap_or(program);
    if let Some((_, valued)) = WRAPPERS.iter().find(|(wrapper, _)| *wrapper == name) {
        return wrapped(name, arguments, valued, walk);
    }
    match name {
        "cd" | "pushd" => change_folder(arguments, walk),
        "popd" => walk.folder = None,
        "sh" | "bash" | "dash" | "zsh" | "ksh" => shell(arguments, walk),
        "eval" => {
            let texts: Option<Vec<&str>> = arguments.iter().map(Word::text).collect();
            match texts {
                Some(texts) => walk.inner_script(&texts.join(" ")),
                None => walk.give_up(),
            }
        }
        "git" => git::run(arguments, walk),
        "apply_patch" | "applypatch" => walk.patch(arguments),
        "cp" | "install" | "ln" | "mv" => writers::copy(name, arguments, walk),
        "dd" => {
            let outputs = arguments.iter().filter_map(|word| word.text()?.strip_prefix("of="));
            outputs.for_each(|path| walk.touch(path, Deed::Written, Follow::Links));
        }
        _ if READERS.contains(&name) => {}
        _ => writers::write(name, arguments, walk),
    }
}

/// Goes into the folder that `cd` is given.
fn change_folder(arguments: &[Word], walk: &mut Walk<'_, '_>) {
    let given = Arguments::of(arguments, &[]);
    walk.folder = match given.operands.as_slice() {
        _ if !given.is_whole => None,
        [] => walk.trail.place.home.clone(),
        ["-", ..] => None,
        [folder, ..] => walk.absolute(folder),
    };
}

/// Walks the script that a shell is given on its command line.
fn shell(arguments: &[Word], walk: &mut Walk<'_, '_>) {
    let is_command = |word: &Word| {
        word.text().is_some_and(|text| {
            text.starts_with('-') && !text.starts_with("--") && text.ends_with('c')
        })
    };
    let script = arguments.iter().position(is_command).and_then(|at| arguments.get(at + 1));
    match script {
        Some(Word::Known(script)) => walk.inner_script(script),
        Some(Word::Unknown) | None => walk.give_up(),
    }
}

/// Runs what a program runs that only wraps another one.
fn wrapped(name: &str, arguments: &[Word], valued: &[&str], walk: &mut Walk<'_, '_>) {
    let mut rest = arguments;
    while let [Word::Known(text), after @ ..] = rest {
        let is_setting = name == "env" && text.contains('=');
        if !text.starts_with('-') && !is_setting {
            break;
        }
        rest = match after {
            [_, after @ ..] if valued.contains(&text.as_str()) => after,
            after => after,
        };
    }
    if let ("timeout", [_, after @ ..]) = (name, rest) {
        rest = after;
    }
    let moves = name == "env"
        && arguments.iter().any(|word| {
            word.text().is_some_and(|text| text.starts_with("-C") || text.starts_with("--chdir"))
        });
    match rest {
        [] => {}
        _ if moves => walk.give_up(),
        rest => run(rest, walk),
    }
}
