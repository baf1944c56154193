//! When nobody can tell.

use super::{Answer, begun, one, verify, work};
use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run, succeed};

#[track_caller]
fn assert_refused(ran: &Ran, words: &str) {
    assert_eq!(ran.code, Some(2), "could not find out: {ran:?}");
    assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains(words), "{ran:?}");
    assert!(ran.stdout.is_empty(), "and gives no answer: {ran:?}");
}

#[test]
fn outside_a_repository_nothing_is_found_out() {
    let sandbox = Sandbox::new();
    let folder = sandbox.path("");
    let ran = run(sandbox.command(GIT_DOS, &folder).args(["verify", "AUTH", "AUTH1"]));
    assert_refused(&ran, "Could not open a git repository");
}

#[test]
fn a_broken_repository_is_no_answer() {
    let sandbox = Sandbox::new();
    let (repository, commit) = one(&sandbox, "feat: x");
    work(&repository, "other", "feat: y");
    let (folder, file) = commit.split_at(2);
    let object = repository.path.join(".git/objects").join(folder).join(file);
    fs_err::remove_file(object).unwrap();
    assert_refused(&verify(&repository, ["AUTH", "AUTH1"]), "Could not read commit");
}

#[test]
fn a_commit_in_front_of_the_damage_answers() {
    let sandbox = Sandbox::new();
    let (repository, commit) = one(&sandbox, "feat: x");
    let mut ship = String::new();
    for number in 0..3 {
        ship = work(&repository, &format!("f{number}"), "AUTH: AUTH1 login");
    }
    let (folder, file) = commit.split_at(2);
    fs_err::remove_file(repository.path.join(".git/objects").join(folder).join(file)).unwrap();
    Answer::of(&repository, "AUTH", "AUTH1").shipped_by(&ship);
}

#[test]
fn a_shallow_clone_says_no_only_to_what_it_can_see() {
    let sandbox = Sandbox::new();
    let (repository, _) = one(&sandbox, "AUTH: AUTH1 login");
    let near = work(&repository, "near", "AUTH: AUTH2 logout");
    let boundary = work(&repository, "boundary", "AUTH: AUTH3 boundary");
    work(&repository, "tip", "chore: go on");
    let shallow = |depth: &str| {
        let path = sandbox.path(format!("shallow{depth}"));
        let url = format!("file://{}", repository.path.display());
        let mut clone = sandbox.command("git", &sandbox.path(""));
        succeed(clone.args(["clone", "-q", "--depth", depth, &url]).arg(&path));
        Repository { sandbox: &sandbox, path }
    };
    let clone = shallow("3");
    Answer::of(&clone, "AUTH", "AUTH1").unknown("shallow");
    Answer::of(&clone, "AUTH", "AUTH3").shipped_by(&boundary);
    let answer = Answer::of(&clone, "AUTH", "AUTH2");
    answer.unknown("shallow");
    assert_eq!(answer.value["nearest"]["commit"], near.as_str(), "its change is cut off");
    assert_eq!(answer.value["hint"], "git fetch --unshallow");
}

#[test]
fn a_repository_without_a_commit_shipped_nothing() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("unborn");
    Answer::of(&repository, "AUTH", "AUTH1").not_shipped("nothing-names-it");
}

#[test]
fn a_wrong_policy_or_target_is_no_answer() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "wrong");
    assert_refused(&verify(&repository, ["--target", "nowhere", "A", "A1"]), "'nowhere'");
    repository.write("dos.toml", "[stamp]\nsubject_dir = []\n");
    assert_refused(&verify(&repository, ["A", "A1"]), "dos.toml:2");
}

#[test]
fn a_named_repository_is_not_exchanged_by_the_environment() {
    let sandbox = Sandbox::new();
    let (repository, ship) = one(&sandbox, "AUTH: AUTH1 login");
    let other = begun(&sandbox, "other");
    let folder = repository.path.to_str().unwrap();
    for git_dir in [other.path.join(".git"), sandbox.path("nowhere")] {
        let mut command = other.command(GIT_DOS);
        command.env("GIT_DIR", git_dir).args(["verify", "--format", "json"]);
        Answer::read(&run(command.args(["-C", folder, "AUTH", "AUTH1"]))).shipped_by(&ship);
    }
    let mut command = other.command(GIT_DOS);
    command.env("GIT_DIR", repository.path.join(".git"));
    let hook = run(command.args(["verify", "--format", "json", "AUTH", "AUTH1"]));
    Answer::read(&hook).shipped_by(&ship);
}
