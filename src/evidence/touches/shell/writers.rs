//! What do programs do to the files that they are given?

use std::path::Path;

use super::super::Follow;
use super::arguments::Arguments;
use super::walk::Walk;
use super::word::Word;
use crate::verdict::access::footprint::Deed;

/// Adds what programs do that write the files that they are given; others are not understood.
pub(super) fn write(name: &str, arguments: &[Word], walk: &mut Walk<'_, '_>) {
    let given = Arguments::of(arguments, valued(name));
    let has_script =
        given.value(&["-e", "-E", "-f", "--expression", "--file", "--reference"]).is_some();
    let (skipped, deed, follow) = match name {
        "tee" | "touch" | "truncate" | "mkdir" => (0, Deed::Written, Follow::Links),
        "rm" if given.has('r', "--recursive") || given.has('R', "--recursive") => {
            (0, Deed::WrittenBelow, Follow::LinksBefore)
        }
        "rm" | "rmdir" | "unlink" => (0, Deed::Written, Follow::LinksBefore),
        "chmod" | "chown" | "chgrp" => {
            let deed =
                if given.has('R', "--recursive") { Deed::WrittenBelow } else { Deed::Written };
            // `-x` and `-w` take rights away; they look like options.
            let rights = |option: &&str| {
                option.len() > 1 && option.bytes().skip(1).all(|byte| b"rwxXst".contains(&byte))
            };
            (usize::from(!has_script && !given.options.iter().any(rights)), deed, Follow::Links)
        }
        "sed" if given.has('i', "--in-place") => {
            (usize::from(!has_script), Deed::Written, Follow::Links)
        }
        "sed" => return,
        "perl" if given.has('i', "-i") => {
            // The script follows `-pie` and the like directly.
            let follows = !has_script && given.has('e', "-e");
            (usize::from(follows || !has_script), Deed::Written, Follow::Links)
        }
        "sort" => {
            if let Some(output) = given.value(&["-o", "--output"]) {
                walk.touch(output, Deed::Written, Follow::Links);
            }
            return;
        }
        "patch" => {
            let file = given.operands.first().copied().or_else(|| given.value(&["-o"]));
            match file {
                Some(file) => walk.touch(file, Deed::Written, Follow::Links),
                None => walk.give_up(),
            }
            return;
        }
        _ => return walk.give_up(),
    };
    if !given.is_whole {
        walk.give_up();
    }
    for path in given.operands.iter().skip(skipped) {
        walk.touch(path, deed, follow);
    }
}

/// Returns the options of the program called `name` that have a value behind them.
fn valued(name: &str) -> &'static [&'static str] {
    match name {
        "chmod" | "chown" | "chgrp" => &["--reference"],
        "patch" => &["-p", "-d", "-i", "-o", "-r", "-B", "-z", "-F"],
        "mkdir" => &["-m", "--mode"],
        "perl" => &["-e", "-E", "-I", "-M"],
        "sed" => &["-e", "-f", "--expression", "--file", "-l"],
        "sort" => &["-o", "--output", "-k", "-t", "-S", "-T"],
        "touch" => &["-d", "-t", "-r", "--date", "--reference"],
        "truncate" => &["-s", "-r", "--size", "--reference"],
        _ => &[],
    }
}

/// Adds what programs do whose last argument is where the others go.
pub(super) fn copy(name: &str, arguments: &[Word], walk: &mut Walk<'_, '_>) {
    let valued: &[&str] = match name {
        "install" => {
            &["-t", "--target-directory", "-m", "-o", "-g", "--mode", "--owner", "--group"]
        }
        _ => &["-t", "--target-directory", "-S"],
    };
    let given = Arguments::of(arguments, valued);
    if !given.is_whole {
        walk.give_up();
        // Which of the arguments is the last one cannot be told.
        if given.value(&["-t", "--target-directory"]).is_none() && name != "mv" {
            return;
        }
    }
    let mut sources = given.operands.clone();
    if name == "install" && given.has('d', "--directory") {
        return sources.iter().for_each(|path| walk.touch(path, Deed::Written, Follow::Links));
    }
    let named = given.value(&["-t", "--target-directory"]);
    let Some(target) = named.or_else(|| if sources.len() > 1 { sources.pop() } else { None })
    else {
        // `ln -s target` makes a link of that name here.
        let here = sources.first().filter(|_| name == "ln").and_then(|source| file_name(source));
        return here
            .into_iter()
            .for_each(|path| walk.touch(path, Deed::Written, Follow::LinksBefore));
    };
    if name == "mv" {
        for path in &sources {
            walk.touch(path, Deed::WrittenBelow, Follow::LinksBefore);
        }
    }
    let is_deep = name == "mv"
        || given.has('r', "--recursive")
        || given.has('R', "-R")
        || given.has('a', "--archive");
    let deed = if is_deep { Deed::WrittenBelow } else { Deed::Written };
    let Some(absolute) = walk.absolute(target) else { return };
    let is_folder =
        named.is_some() || sources.len() > 1 || absolute.is_dir() || target.ends_with('/');
    if !is_folder {
        let follow = if matches!(name, "ln" | "mv") { Follow::LinksBefore } else { Follow::Links };
        return walk.touch(target, deed, follow);
    }
    for name in sources.iter().filter_map(|source| file_name(source)) {
        walk.touch(&format!("{target}/{name}"), deed, Follow::Links);
    }
}

fn file_name(path: &str) -> Option<&str> {
    Path::new(path).file_name()?.to_str()
}
