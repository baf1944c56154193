//! The documents say what the program does, and no file of the tests is left out.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use git_dos::output::Outcome;

use crate::help::all_verbs;
use crate::support::Sandbox;

/// Returns the path of `name` in this project.
fn project(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn text_of(name: &str) -> String {
    fs_err::read_to_string(project(name)).unwrap()
}

/// Returns the cells of the rows of the table whose head begins with `first`.
fn table(text: &str, first: &str) -> Vec<Vec<String>> {
    let head = format!("| {first} |");
    let rows = text.lines().skip_while(|line| !line.starts_with(&head)).skip(2);
    rows.take_while(|line| line.starts_with('|'))
        .map(|line| {
            // A `\|` is a bar inside a cell.
            let line = line.trim_matches('|').replace("\\|", "\u{0}");
            line.split('|').map(|cell| cell.trim().replace('\u{0}', "|")).collect()
        })
        .collect()
}

/// Returns the texts between backquotes in `text`.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_readme_is_short() {
    let lines = text_of("README.md").lines().count();
    assert!(lines <= 200, "{lines} lines");
}

#[test]
fn the_readme_names_the_verbs_that_exist() {
    let rows = table(&text_of("README.md"), "verb");
    let mut named: BTreeSet<String> = BTreeSet::new();
    for row in &rows {
        // What is behind the words of the verb is an argument.
        let is_word = |word: &&str| word.chars().all(|letter| letter.is_ascii_lowercase());
        named.extend(
            quoted(&row[0])
                .iter()
                .map(|text| text.split(' ').take_while(is_word).collect::<Vec<_>>().join(" ")),
        );
        assert!(row.len() == 2 && !row[1].is_empty(), "{row:?} says what it is for");
    }
    let mut exist: BTreeSet<String> =
        all_verbs(&Sandbox::new()).iter().map(|words| words.join(" ")).collect();
    // These are called by programs, and have no help.
    exist.extend(["hook git".to_owned(), "hook agent".to_owned()]);
    assert_eq!(named, exist, "the table of verbs");
}

#[test]
fn the_readme_and_the_program_agree_on_exit_codes() {
    let rows = table(&text_of("README.md"), "exit code");
    let wanted =
        Outcome::ALL.map(|outcome| vec![outcome.code().to_string(), outcome.meaning().to_owned()]);
    assert_eq!(rows, wanted, "the table of exit codes");
    let tables = text_of("README.md").matches("| exit code |").count();
    assert_eq!(tables, 1, "there is one table");
}

#[test]
fn the_policy_in_the_readme_is_one() {
    let readme = text_of("README.md");
    let blocks: Vec<&str> = readme.split("```toml\n").skip(1).collect();
    assert!(!blocks.is_empty(), "there is an example");
    for block in blocks {
        let text = block.split("```").next().unwrap_or_default();
        let policy = git_dos::policy::parse(text, "README.md").unwrap();
        assert!(policy.unused_tables.is_empty(), "{:?} mean something", policy.unused_tables);
        policy.audit_rules();
    }
}

#[test]
fn what_checks_a_change_runs_the_tests_as_the_readme_says() {
    let command = "cargo test --workspace";
    for name in ["README.md", ".ci/run", ".github/workflows/ci.yml", ".github/CONTRIBUTING.md"] {
        assert!(text_of(name).contains(command), "{name} has `{command}`");
    }
}

#[test]
fn every_crate_brings_its_licences_and_is_described() {
    for folder in ["git-hooks", "agent-hooks", "installer"] {
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            let own = text_of(&format!("{folder}/{licence}"));
            assert_eq!(own, text_of(licence), "{folder}/{licence}");
        }
        let manifest = text_of(&format!("{folder}/Cargo.toml"));
        for line in
            ["version.workspace = true", "readme = \"README.md\"", "license.workspace = true"]
        {
            assert!(manifest.contains(line), "{folder}/Cargo.toml has {line}");
        }
        assert!(manifest.contains("\ndescription = "), "{folder} says what it is");
    }
    let manifest = text_of("Cargo.toml");
    let version = format!("version = \"{}\"", env!("CARGO_PKG_VERSION"));
    assert_eq!(manifest.matches(&version).count(), 4, "the crates have one version");
}

#[test]
fn no_file_of_the_tests_is_left_out() {
    let main = text_of("tests/cli/main.rs");
    for entry in fs_err::read_dir(project("tests/cli")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let module = name.strip_suffix(".rs").unwrap_or(&name);
        assert!(module == "main" || main.contains(&format!("mod {module};")), "{name} is not run");
    }
}
