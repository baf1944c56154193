//! Two commits are the same patch exactly when git gives them the same patch id.

use std::collections::BTreeMap;

use git_dos::evidence::progress::patch::Patch;
use gix::ObjectId;

use crate::support::{Repository, Sandbox, run_with_input, succeed};

/// Twenty lines, of which `edits` are others.
fn text(edits: &[(usize, &str)]) -> String {
    let line = |number: usize| {
        let edited = edits.iter().find(|(at, _)| *at == number);
        edited.map_or_else(|| format!("line {number}"), |(_, text)| (*text).to_owned())
    };
    (0..20).map(|number| line(number) + "\n").collect()
}

/// Makes a commit with these files as the child of one with those.
fn patch(
    repository: &Repository<'_>,
    before: &[(&str, String)],
    after: &[(&str, String)],
) -> String {
    let mut parent = None;
    for files in [before, after] {
        repository.git(["rm", "-r", "--quiet", "--force", "--ignore-unmatch", "."]);
        for (name, text) in files {
            repository.write(name, text);
        }
        repository.git(["add", "--all"]);
        let tree = repository.git(["write-tree"]);
        let commit = parent.map_or_else(
            || repository.git(["commit-tree", &tree, "-m", "x"]),
            |parent: String| repository.git(["commit-tree", &tree, "-p", &parent, "-m", "x"]),
        );
        parent = Some(commit);
    }
    parent.unwrap()
}

/// Returns git's own patch id of a commit.
fn git_id(repository: &Repository<'_>, commit: &str) -> String {
    let diff = repository.command("git").args(["diff-tree", "-p", commit]).output().unwrap();
    let mut command = repository.command("git");
    let ran = run_with_input(command.args(["patch-id", "--stable"]), &diff.stdout);
    ran.stdout.split(' ').next().unwrap().to_owned()
}

fn read(repository: &gix::Repository, commit: &str) -> Patch {
    let tree = |revision: &str| {
        let object = repository.rev_parse_single(revision).unwrap().object().unwrap();
        object.peel_to_tree().unwrap().id
    };
    let (before, after): (ObjectId, ObjectId) = (tree(&format!("{commit}^")), tree(commit));
    Patch::between(repository, Some(before), after).unwrap()
}

#[test]
fn our_classes_of_patches_are_gits() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    let file = |name: &'static str, edits: &[(usize, &str)]| (name, text(edits));
    let shifted = |edits: &[(usize, &str)]| ("a", format!("new top\n\n{}", text(edits)));
    let one = [(9, "x")];
    let commits = [
        patch(&repository, &[file("a", &[])], &[file("a", &one)]),
        patch(&repository, &[shifted(&[])], &[shifted(&one)]),
        patch(&repository, &[file("a", &[]), file("b", &[])], &[file("a", &one), file("b", &[])]),
        patch(&repository, &[file("a", &[])], &[file("a", &[(9, " x\t")])]),
        patch(&repository, &[file("a", &[])], &[file("a", &[(9, "y")])]),
        patch(&repository, &[file("b", &[])], &[file("b", &one)]),
        patch(&repository, &[file("a", &[(7, "else")])], &[file("a", &[(7, "else"), (9, "x")])]),
        patch(&repository, &[file("a", &[(2, "far")])], &[file("a", &[(2, "far"), (9, "x")])]),
        patch(&repository, &[file("a", &one)], &[file("a", &[])]),
        patch(&repository, &[file("a", &[])], &[file("a", &[(3, "x"), (9, "y")])]),
        patch(&repository, &[file("a", &[])], &[file("a", &[(3, "x"), (17, "y")])]),
        patch(&repository, &[shifted(&[])], &[shifted(&[(3, "x"), (17, "y")])]),
        patch(&repository, &[file("a", &[])], &[file("a", &[(0, "x")])]),
        patch(&repository, &[file("a", &[])], &[file("a", &[(19, "x")])]),
        patch(&repository, &[file("b", &[])], &[file("b", &[]), file("a", &[])]),
        patch(&repository, &[file("c", &[])], &[file("c", &[]), file("a", &[])]),
        patch(&repository, &[file("a", &[]), file("b", &[])], &[file("b", &[])]),
        patch(&repository, &[("a", "end".to_owned())], &[("a", "end\nmore".to_owned())]),
        patch(&repository, &[("a", "end\n".to_owned())], &[("a", "end\nmore\n".to_owned())]),
    ];
    let opened = gix::open(&repository.path).unwrap();
    let mut classes: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let ids: Vec<String> = commits.iter().map(|commit| git_id(&repository, commit)).collect();
    let patches: Vec<Patch> = commits.iter().map(|commit| read(&opened, commit)).collect();
    for (one, patch) in patches.iter().enumerate() {
        classes.entry(ids[one].clone()).or_default().push(one);
        for (other, second) in patches.iter().enumerate() {
            let same = patch.is_same(second, &opened).unwrap();
            assert_eq!(same, ids[one] == ids[other], "commits {one} and {other}, as git has it");
        }
    }
    assert!(classes.values().any(|class| class.len() > 2), "some are the same");
    assert!(classes.len() > 8, "and some are not");
}

#[test]
fn modes_and_binary_files_make_a_difference() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write("a", "text\n");
    repository.write("b", b"\0binary 1");
    repository.commit("feat: begin");
    repository.write("b", b"\0binary 2");
    let binary = repository.commit("feat: binary");
    succeed(repository.command("chmod").args(["+x", "a"]));
    let mode = repository.commit("feat: mode");
    repository.write("b", b"\0binary 1");
    repository.commit("feat: back");
    repository.write("b", b"\0binary 2");
    let again = repository.commit("feat: binary again");
    repository.write("b", b"\0binary 3");
    let other = repository.commit("feat: another");
    let opened = gix::open(&repository.path).unwrap();
    let is_same = |one: &str, other: &str| {
        read(&opened, one).is_same(&read(&opened, other), &opened).unwrap()
    };
    assert!(is_same(&binary, &again), "the same bytes");
    assert!(!is_same(&binary, &other), "other bytes");
    assert!(!is_same(&binary, &mode) && is_same(&mode, &mode), "a mode is a change");
}
