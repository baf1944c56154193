//! Help, the manual page and completions: complete, the same every time, and found where programs look.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;

use git_dos::output::Outcome;

use crate::support::{GIT_DOS, Sandbox, run, succeed};

/// Returns what `git-dos` prints for `arguments`, which must succeed.
fn printed(sandbox: &Sandbox, arguments: &[&str]) -> String {
    succeed(sandbox.command(GIT_DOS, &sandbox.path("")).args(arguments)).stdout
}

/// Returns the verbs that `text`, the short help of a command, lists, with the line on each.
fn verbs_in(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().skip_while(|line| *line != "Verbs:" && *line != "Commands:").skip(1);
    lines
        .take_while(|line| !line.is_empty())
        .map(|line| {
            let (verb, about) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
            (verb.to_owned(), about.trim().to_owned())
        })
        .collect()
}

/// Returns every verb, also those below a verb, as the words behind `git dos`.
pub fn all_verbs(sandbox: &Sandbox) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![Vec::new()];
    while let Some(words) = open.pop() {
        let mut arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        arguments.push("-h");
        for (verb, _) in verbs_in(&printed(sandbox, &arguments)) {
            let below: Vec<String> = words.iter().cloned().chain([verb]).collect();
            open.push(below.clone());
            found.push(below);
        }
    }
    found.sort();
    found
}

/// Returns the long options that `text` names.
fn options_in(text: &str) -> BTreeSet<String> {
    let is_name = |character: char| character.is_ascii_lowercase() || character == '-';
    text.split(|character: char| !is_name(character))
        .filter(|word| word.len() > 2 && word.starts_with("--"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_short_help_names_each_verb_on_one_line_and_the_exit_codes() {
    let sandbox = Sandbox::new();
    let help = printed(&sandbox, &["-h"]);
    let verbs = verbs_in(&help);
    assert!(verbs.iter().any(|(verb, _)| verb == "audit"), "{help}");
    for (verb, about) in &verbs {
        assert!(!about.is_empty() && !about.ends_with('.'), "one line without full stop: {verb}");
    }
    assert!(!verbs.iter().any(|(verb, _)| verb == "man" || verb == "hook"), "programs call these");
    for outcome in Outcome::ALL {
        let line = format!("  {}  {}", outcome.code(), outcome.meaning());
        assert!(help.lines().any(|found| found == line), "exit code {line:?} in {help}");
    }
    assert!(help.lines().all(|line| line.chars().count() <= 100), "no line is too long: {help}");
}

#[test]
fn every_verb_has_help() {
    let sandbox = Sandbox::new();
    for verb in all_verbs(&sandbox) {
        let mut arguments: Vec<&str> = verb.iter().map(String::as_str).collect();
        arguments.push("--help");
        let help = printed(&sandbox, &arguments);
        let usage = format!("Usage: git dos {}", verb.join(" "));
        assert!(help.contains(&usage), "{usage:?} in {help}");
        let about = help.lines().next().unwrap_or_default();
        assert!(!about.is_empty() && !about.starts_with("Usage"), "{verb:?} says what it does");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "wrapped: {help}");
        for (number, line) in help.lines().enumerate() {
            let is_bare = line.starts_with("  ") && line.trim_start().starts_with("--");
            let next = help.lines().nth(number + 1).unwrap_or_default().trim();
            assert!(!is_bare || !next.is_empty(), "{verb:?}: {line} is explained");
        }
    }
}

#[test]
fn usage_errors_are_exit_code_two_on_standard_error() {
    let sandbox = Sandbox::new();
    for arguments in [&["audit", "--no-such-option"][..], &["no-such-verb"], &[]] {
        let ran = run(sandbox.command(GIT_DOS, &sandbox.path("")).args(arguments));
        assert_eq!(ran.code, Some(2), "{arguments:?}");
        assert!(ran.stdout.is_empty() && !ran.stderr.is_empty(), "{arguments:?}: {ran:?}");
    }
}

#[test]
fn the_manual_page_has_every_verb_and_option() {
    let sandbox = Sandbox::new();
    let page = printed(&sandbox, &["man"]);
    assert_eq!(page, printed(&sandbox, &["man"]), "the same every time");
    assert!(page.contains("git-dos"), "the installer knows its own page by this name");
    // What roff escapes is read back.
    let plain = page.replace("\\-", "-").replace("\\fB", "").replace("\\fR", "");
    for verb in all_verbs(&sandbox) {
        let words = verb.join(" ");
        assert!(plain.contains(&format!(".SS \"git dos {words}\"")), "a section on {words}");
        let mut arguments: Vec<&str> = verb.iter().map(String::as_str).collect();
        arguments.push("--help");
        let missing: Vec<String> = options_in(&printed(&sandbox, &arguments))
            .difference(&options_in(&plain))
            .cloned()
            .collect();
        assert!(missing.is_empty(), "options of {words} that the page lacks: {missing:?}");
    }
    for heading in ["NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "CONFIGURATION", "EXAMPLES"] {
        assert!(
            plain.contains(&format!(".SH {heading}"))
                || plain.contains(&format!(".SH \"{heading}\"")),
            "{heading}"
        );
    }
}

#[test]
fn completions_name_every_verb_and_are_the_same_every_time() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish"] {
        let text = printed(&sandbox, &["man", "--completions", shell]);
        assert_eq!(text, printed(&sandbox, &["man", "--completions", shell]), "{shell}");
        for verb in all_verbs(&sandbox) {
            assert!(text.contains(verb.last().unwrap()), "{shell} completes {verb:?}");
        }
        assert!(!text.contains("gitdos\n"), "the program has its own name");
        let Some(program) = find(shell) else {
            eprintln!("skipped: there is no {shell} here to read its completions");
            continue;
        };
        let file = sandbox.path(shell);
        fs_err::write(&file, &text).unwrap();
        succeed(sandbox.command(program, &sandbox.path("")).arg("-n").arg(&file));
    }
}

/// Asks bash what it would complete, as git's own completion asks the function of a foreign verb.
fn completed(sandbox: &Sandbox, bash: &Path, words: &[&str]) -> Vec<String> {
    let script = r#"
        . "$1"; shift
        __git_complete_revlist() { COMPREPLY=(a-revision); }
        words=("$@") cword=$(($# - 1)) __git_cmd_idx=1 COMPREPLY=()
        cur=${words[cword]} prev=${words[cword-1]}
        _git_dos
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let file = sandbox.path("completions");
    fs_err::write(&file, printed(sandbox, &["man", "--completions", "bash"])).unwrap();
    let folder = sandbox.path("");
    let mut command = sandbox.command(bash, &folder);
    command.args(["--norc", "-c", script, "bash"]).arg(&file).args(["git", "dos"]).args(words);
    succeed(&mut command).stdout.lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_verbs_options_values_and_revisions_after_git_dos() {
    let Some(bash) = find("bash") else {
        eprintln!("skipped: there is no bash here");
        return;
    };
    let sandbox = Sandbox::new();
    let complete = |words: &[&str]| completed(&sandbox, &bash, words);
    let help = printed(&sandbox, &["-h"]);
    let verbs: Vec<String> = verbs_in(&help).into_iter().map(|(verb, _)| verb).collect();
    assert_eq!(complete(&[""]), verbs, "verbs, and options only behind a dash");
    assert_eq!(complete(&["aud"]), ["audit"], "a verb");
    assert_eq!(complete(&["audit", "--exp"]), ["--explain"], "an option of the verb");
    assert_eq!(complete(&["audit", "--format", "s"]), ["sarif"], "a value of the option");
    assert_eq!(complete(&["audit", ""]), ["a-revision"], "a revision, as git completes it");
    assert_eq!(complete(&["audit", "--explain", "m"]), ["a-revision"], "behind an option too");
}

/// Lets `command` find the program in `folder`, as a user's shell does, and page nothing.
#[cfg(unix)]
fn with_program_in(folder: &Path, command: &mut Command) {
    let path = command.get_envs().find(|(name, _)| *name == "PATH").and_then(|(_, value)| value);
    let others = std::env::split_paths(path.unwrap_or(OsStr::new("")));
    let folders = [folder.to_owned()].into_iter().chain(others);
    let joined: OsString = std::env::join_paths(folders).unwrap();
    command.env("PATH", joined).env("MANPAGER", "cat").env("GIT_PAGER", "cat");
}

#[cfg(unix)]
#[test]
fn git_shows_the_manual_page_while_git_dos_is_installed() {
    let Some(man) = find("man").filter(|man| is_real(man)) else {
        eprintln!("skipped: there is no man here");
        return;
    };
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("repository");
    for folder in ["home/.cargo", "home/.local"] {
        let programs = sandbox.path(folder).join("bin");
        fs_err::create_dir_all(&programs).unwrap();
        fs_err::os::unix::fs::symlink(GIT_DOS, programs.join("git-dos")).unwrap();
        let git = |words: [&str; 2]| {
            let mut command = repository.command("git");
            with_program_in(&programs, command.args(words));
            run(&mut command)
        };
        let find_page = || {
            let mut command = sandbox.command(&man, &sandbox.path(""));
            with_program_in(&programs, command.args(["-w", "git-dos"]));
            run(&mut command)
        };
        assert_eq!(git(["dos", "install"]).code, Some(0));
        let page = sandbox.path(folder).join("share/man/man1/git-dos.1");
        assert_eq!(Path::new(&find_page().stdout), page, "found without a setting");
        let help = git(["dos", "--help"]);
        assert!(help.code == Some(0) && help.stdout.contains("git dos audit"), "{help:?}");
        assert_eq!(git(["dos", "uninstall"]).code, Some(0));
        assert_ne!(find_page().code, Some(0), "and gone again");
    }
}

/// Tells whether `man` is the program, and not the note that small images have in its place.
#[cfg(unix)]
fn is_real(man: &Path) -> bool {
    let answer = run(Command::new(man).arg("--version"));
    answer.code == Some(0) && answer.stdout.starts_with("man")
}

/// Returns the path of the program called `name`, if this machine has it.
#[expect(clippy::disallowed_methods, reason = "tests look for programs they can do without")]
fn find(name: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}
