//! Where a phase has to be, and where else it is found.

use super::{Answer, begun, one, verify, work};
use crate::support::{Repository, Sandbox, succeed};

/// A clone of a repository whose default branch is `main`, with a branch of its own checked out.
fn cloned(sandbox: &Sandbox) -> Repository<'_> {
    let seed = begun(sandbox, "seed");
    let origin = sandbox.bare("origin.git");
    let url = origin.to_str().unwrap();
    seed.git(["push", "-q", url, "main"]);
    succeed(sandbox.command("git", &origin).args(["symbolic-ref", "HEAD", "refs/heads/main"]));
    let path = sandbox.path("clone");
    let folder = sandbox.path("");
    succeed(sandbox.command("git", &folder).args(["clone", "-q"]).args([&origin, &path]));
    Repository { sandbox, path }
}

#[test]
fn a_stamp_on_an_unmerged_branch_is_on_that_branch_only() {
    let sandbox = Sandbox::new();
    let repository = cloned(&sandbox);
    repository.git(["checkout", "-q", "-b", "unmerged"]);
    let ship = work(&repository, "login", "AUTH: AUTH7 login");
    let answer = Answer::of(&repository, "AUTH", "AUTH7");
    answer.not_shipped("elsewhere");
    assert_eq!(answer.value["branch"], "unmerged", "{answer:?}");
    assert_eq!(answer.value["target"], "origin/main", "the default branch of the remote");
    assert_eq!(answer.value["commit"], ship.as_str(), "{answer:?}");
    let there = verify(&repository, ["--format", "json", "--target", "unmerged", "AUTH", "AUTH7"]);
    Answer::read(&there).shipped_by(&ship);
    repository.git(["push", "-q", "origin", "unmerged:main"]);
    Answer::of(&repository, "AUTH", "AUTH7").shipped_by(&ship);
}

#[test]
fn what_an_unmerged_branch_reverted_is_not_there_either() {
    let sandbox = Sandbox::new();
    let repository = cloned(&sandbox);
    repository.git(["checkout", "-q", "-b", "unmerged"]);
    let ship = work(&repository, "login", "AUTH: AUTH7 login");
    repository.git(["revert", "--no-edit", &ship]);
    Answer::of(&repository, "AUTH", "AUTH7").not_shipped("nothing-names-it");
}

#[test]
fn the_upstream_counts_where_the_remote_has_no_default() {
    let sandbox = Sandbox::new();
    let repository = cloned(&sandbox);
    repository.git(["remote", "set-head", "origin", "--delete"]);
    work(&repository, "login", "AUTH: AUTH7 login");
    let answer = Answer::of(&repository, "AUTH", "AUTH7");
    answer.not_shipped("elsewhere");
    assert_eq!(answer.value["target"], "origin/main", "{answer:?}");
}

#[test]
fn without_a_remote_head_counts() {
    let sandbox = Sandbox::new();
    let (repository, ship) = one(&sandbox, "AUTH: AUTH7 login");
    repository.git(["checkout", "-q", "--detach"]);
    let answer = Answer::of(&repository, "AUTH", "AUTH7");
    answer.shipped_by(&ship);
    assert_eq!(answer.value["target"], "HEAD", "{answer:?}");
}

#[test]
fn a_tag_and_a_stash_are_no_branches() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "tagged");
    repository.git(["checkout", "-q", "--detach"]);
    work(&repository, "login", "AUTH: AUTH7 login");
    repository.git(["tag", "v1"]);
    repository.git(["checkout", "-q", "main"]);
    Answer::of(&repository, "AUTH", "AUTH7").not_shipped("nothing-names-it");
}

#[test]
fn other_settings_and_replacements_change_no_answer() {
    let sandbox = Sandbox::new();
    let (repository, ship) = one(&sandbox, "AUTH: AUTH7 login");
    for (key, value) in [
        ("log.decorate", "short"),
        ("color.ui", "always"),
        ("log.showRoot", "false"),
        ("log.showSignature", "true"),
        ("core.abbrev", "4"),
        ("format.pretty", "%b"),
        ("i18n.logOutputEncoding", "ISO-8859-1"),
    ] {
        repository.git(["config", key, value]);
    }
    Answer::of(&repository, "AUTH", "AUTH7").shipped_by(&ship);
    let forged =
        repository.git(["commit-tree", "-m", "AUTH: AUTH8 forged", "HEAD^{tree}", "-p", "HEAD^"]);
    repository.git(["replace", &ship, &forged]);
    Answer::of(&repository, "AUTH", "AUTH7").shipped_by(&ship);
    Answer::of(&repository, "AUTH", "AUTH8").not_shipped("nothing-names-it");
}
