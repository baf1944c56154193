//! Which paths and macros may a judgement name?

use std::collections::BTreeSet;

use super::words;

/// The modules of the standard library that touch nothing outside.
const STANDARD: [&str; 19] = [
    "array",
    "borrow",
    "boxed",
    "char",
    "cmp",
    "collections",
    "convert",
    "error",
    "fmt",
    "hash",
    "iter",
    "mem",
    "num",
    "ops",
    "option",
    "result",
    "slice",
    "str",
    "string",
];

/// The modules of this crate that are pure too.
const OWN: [&str; 3] = ["verdict", "lane", "run_id"];

/// Libraries that compute and do nothing else, and the names of tools in attributes.
const LIBRARIES: [&str; 4] = ["aho_corasick", "clippy", "rustfmt", "unicode_normalization"];

/// The names of git's library that are plain values.
const GIT: [&str; 2] = ["ObjectId", "bstr"];

/// The macros that print, or read something while compiling.
const MACROS: [&str; 8] =
    ["print", "println", "eprint", "eprintln", "dbg", "env", "option_env", "include"];

/// Types, keywords and tools in attributes that may begin a path.
const ROOTS: [&str; 20] = [
    "self", "str", "char", "bool", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32",
    "i64", "i128", "isize", "f32", "f64", "clippy", "rustfmt",
];

/// Returns what in `source`, `depth` modules below the crate's root, reaches outside.
pub(crate) fn violations(source: &str, depth: usize) -> Vec<String> {
    let words = words::split(source);
    let (imports, words) = imports(&words);
    let modules: BTreeSet<&str> =
        words.windows(2).filter(|pair| pair[0] == "mod").map(|pair| pair[1].as_str()).collect();
    let mut local = modules.clone();
    local.extend(imports.iter().map(|import| import.name.as_str()));
    let mut found: Vec<String> = imports
        .iter()
        .filter(|import| !may_name(&import.path, depth, &modules))
        .map(|import| import.path.join("::"))
        .collect();
    for (index, word) in words.iter().enumerate() {
        let next = words.get(index + 1).map(String::as_str);
        let before = index.checked_sub(1).map(|index| words[index].as_str());
        if next == Some("!") && MACROS.contains(&word.as_str()) {
            found.push(format!("{word}!"));
        }
        if word == "extern" && next == Some("crate") {
            found.push("extern crate".to_owned());
        }
        // `collect::<T>()` names no path.
        let is_generic = words.get(index + 2).is_some_and(|word| word == "<");
        if next == Some("::") && !is_generic && is_root(&words, index, before) {
            let path = path_at(&words, index);
            if !may_name(&path, depth, &local) {
                found.push(path.join("::"));
            }
        }
    }
    found
}

/// Tells whether the name at `index` begins a path outside of an import.
fn is_root(words: &[String], index: usize, before: Option<&str>) -> bool {
    let name = words[index].as_str();
    // `::std::fs` begins with an empty word; `Type::<T>::f` and `>::f` do not begin here.
    let continues = before == Some("::")
        && index >= 2
        && words[index - 2]
            .chars()
            .all(|character| character.is_alphanumeric() || character == '_');
    name.chars().all(|character| character.is_alphanumeric() || character == '_') && !continues
}

/// Returns the names of the path that begins at `index`.
fn path_at(words: &[String], index: usize) -> Vec<String> {
    let mut path = vec![words[index].clone()];
    let mut at = index;
    while words.get(at + 1).is_some_and(|word| word == "::") {
        match words.get(at + 2) {
            Some(name) if name == "{" => break,
            Some(name) => path.push(name.clone()),
            None => break,
        }
        at += 2;
    }
    path
}

/// Tells whether a judgement `depth` modules below the root may name `path`, given the `local` names.
fn may_name(path: &[String], depth: usize, local: &BTreeSet<&str>) -> bool {
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    match names.as_slice() {
        // A cell that is filled once, and the built-in rules that tests judge by, are values too.
        ["std" | "core" | "alloc", "time", "Duration", ..]
        | ["std", "sync", "OnceLock", ..]
        | ["crate", "policy", "audit", "built_in"]
        | [] => true,
        ["std" | "core" | "alloc", module, ..] => STANDARD.contains(module),
        ["crate", module, ..] => OWN.contains(module),
        ["gix", name, ..] => GIT.contains(name),
        ["super", ..] => {
            let up = names.iter().take_while(|name| **name == "super").count();
            up < depth || names.get(up).is_some_and(|name| OWN.contains(name))
        }
        [root, ..] => {
            ROOTS.contains(root)
                || LIBRARIES.contains(root)
                || local.contains(root)
                || root.starts_with(|first: char| first.is_uppercase())
        }
    }
}

/// One name that a `use` brings in.
struct Import {
    path: Vec<String>,
    name: String,
}

/// Returns every name that the imports in `words` bring in, groups taken apart, and the other words.
fn imports(words: &[String]) -> (Vec<Import>, Vec<String>) {
    let (mut found, mut rest) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < words.len() {
        // `impl Trait + use<'a>` imports nothing.
        if words[at] == "use" && words.get(at + 1).is_none_or(|next| next != "<") {
            at = tree(words, at + 1, &[], &mut found);
        } else {
            rest.push(words[at].clone());
            at += 1;
        }
    }
    (found, rest)
}

/// Reads the import tree at `at` below `prefix` and returns where it ends.
fn tree(words: &[String], mut at: usize, prefix: &[String], found: &mut Vec<Import>) -> usize {
    let mut path = prefix.to_vec();
    let mut alias = None;
    while let Some(word) = words.get(at) {
        match word.as_str() {
            "::" => at += 1,
            "{" => {
                at += 1;
                while words.get(at).is_some_and(|word| word != "}") {
                    at = tree(words, at, &path, found);
                    if words.get(at).is_some_and(|word| word == ",") {
                        at += 1;
                    }
                }
                return at + 1;
            }
            "as" => {
                alias = words.get(at + 1).cloned();
                at += 2;
            }
            "," | "}" | ";" => break,
            _ => {
                path.push(word.clone());
                at += 1;
            }
        }
    }
    // `use super::severity::{self}` brings in `severity`.
    if path.last().is_some_and(|name| name == "self") {
        path.pop();
    }
    let name = alias.or_else(|| path.last().cloned()).unwrap_or_default();
    found.push(Import { path, name });
    at
}
