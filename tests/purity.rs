//! The judgements in `src/verdict` reach nothing but their arguments: no files, git, environment, clock or printing.
//!
//! Their sources are read word by word, and every path and macro in them must be on a short list.

#[cfg(test)]
#[path = "purity/words.rs"]
mod words;

#[cfg(test)]
#[path = "purity/rules.rs"]
mod rules;

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::rules::violations;

    /// Sources that must be pure, beside those in `src/verdict`.
    const FILES: [&str; 2] = ["lane.rs", "run_id.rs"];

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in fs_err::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(sources(&path));
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
        found
    }

    /// How many modules lie between the file at `path` below `src` and the crate's root.
    fn depth(path: &Path) -> usize {
        let is_folder_module = path.file_name().is_some_and(|name| name == "mod.rs");
        path.components().count() - usize::from(is_folder_module)
    }

    #[test]
    fn verdicts_are_pure() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = sources(&source.join("verdict"));
        files.extend(sources(&source.join("lane")));
        assert!(files.len() > 5, "the folder was found");
        files.extend(FILES.map(|name| source.join(name)).into_iter().filter(|path| path.exists()));
        let mut found = Vec::new();
        for path in files {
            let name = path.strip_prefix(&source).unwrap();
            let text = fs_err::read_to_string(&path).unwrap();
            let bad = violations(&text, depth(name));
            found.extend(bad.into_iter().map(|what| format!("{}: {what}", name.display())));
        }
        assert!(found.is_empty(), "impure judgements:\n{}", found.join("\n"));
    }

    #[test]
    fn what_reaches_outside_is_found() {
        for bad in [
            "use std::fs;",
            "use std::{fmt, env};",
            "use std::{fmt, collections::{BTreeMap}, time::{Duration, SystemTime}};",
            "use std::time::*;",
            "use std::*;",
            "fn f() { std::process::abort() }",
            "fn f() { ::std::process::abort() }",
            "use crate::evidence::repository;",
            "fn f() { crate::clock::now(); }",
            "use crate::*;",
            "use super::super::clock;",
            "fn f() { super::super::env::home(); }",
            "use gix::Repository;",
            "use gix::{ObjectId, Repository};",
            "use gix;",
            "extern crate gix;",
            "use fs_err as files;",
            "fn f() { fs_err::read(\"x\"); }",
            "fn f() { println!(\"x\"); }",
            "fn f() { eprint! {\"x\"} }",
            "fn f() { let x = dbg!(1); }",
            "const HOME: &str = env!(\"HOME\");",
        ] {
            assert!(!violations(bad, 2).is_empty(), "not found in: {bad}");
        }
    }

    #[test]
    fn what_is_pure_passes() {
        for good in [
            "//! use std::fs;\n/* use std::env; /* nested */ */ fn f() { \"std::fs::read\"; }",
            "fn f() { r#\"println!(\"x\")\"#; 'a'; b'\\''; }",
            "fn f<'a>(x: &'a str) -> &'a str { str::trim(x) }",
            "use std::{fmt, collections::BTreeMap, time::Duration};\nuse core::str::FromStr;",
            "use crate::verdict::{token, severity::Severity};\nuse gix::ObjectId;",
            "use super::token;\nfn f() { token::strip(\"\"); Severity::named(\"\"); u64::MAX; }",
            "mod inner { pub fn g() {} }\nfn f() { inner::g(); matches!(1, 2); format!(\"x\"); }",
            "mod inner;\npub use inner::Thing;",
            "fn f() { [1].iter().collect::<String>(); }",
            "use super::sink as audience;\nfn f() { audience::g(); }",
        ] {
            assert_eq!(violations(good, 2), Vec::<String>::new(), "found in: {good}");
        }
    }
}
