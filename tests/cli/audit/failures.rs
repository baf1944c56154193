//! What cannot be found out is said, and never taken for an answer.

use std::path::{Path, PathBuf};

use super::{answer, assert_refused, audit, audit_input, begun, forged};
use crate::support::{GIT_DOS, Repository, Sandbox, run, succeed};

/// Where git keeps the loose object called `id`.
fn loose(repository: &Repository<'_>, id: &str) -> PathBuf {
    repository.path.join(".git/objects").join(&id[..2]).join(&id[2..])
}

/// A repository with five commits, all but the first of which repair one file; their objects are loose.
fn five_commits(sandbox: &Sandbox) -> Repository<'_> {
    let repository = begun(sandbox, "work");
    for number in 1..5 {
        let text = format!("pub fn parse(text: &str) -> Option<u8> {{\n    Some({number})\n}}\n");
        repository.write("src/parse.rs", text);
        repository.commit(&format!("fix: answer number {number}"));
    }
    repository
}

#[test]
fn a_range_that_names_nothing_is_refused() {
    let sandbox = Sandbox::new();
    let repository = five_commits(&sandbox);
    let unknown = "1".repeat(40);
    let tree = repository.git(["rev-parse", "HEAD^{tree}"]);
    let absent_start = format!("{unknown}..HEAD");
    for range in [
        "nobody",
        "nobody..HEAD",
        "HEAD..nobody",
        "nobody...HEAD",
        &unknown,
        &absent_start,
        &tree,
        "HEAD~99",
        "HEAD~99..HEAD",
        "HEAD^2",
        "HEAD^{blob}",
        "HEAD:src",
        "@{upstream}",
        "@{push}",
        "",
        " ",
        "..nobody",
        "a\u{1b}[31mb",
        "HEAD..HEAD..HEAD",
    ] {
        let ran = audit(&repository, [range]);
        assert_refused(&ran, &[]);
        assert!(!ran.stderr.contains('\u{1b}'), "shown harmlessly: {}", ran.stderr);
        assert_refused(&audit(&repository, ["--format", "json", range]), &[]);
    }
}

#[test]
fn an_unknown_option_is_refused() {
    let sandbox = Sandbox::new();
    let repository = five_commits(&sandbox);
    for arguments in [["--frobnicate", "HEAD"], ["--format=yaml", "HEAD"], ["HEAD", "HEAD~1"]] {
        assert_refused(&audit(&repository, arguments), &[]);
    }
}

#[test]
fn a_folder_without_a_repository_is_refused() {
    let sandbox = Sandbox::new();
    let folder = sandbox.path("empty");
    fs_err::create_dir(&folder).unwrap();
    let ran = run(sandbox.command(GIT_DOS, &folder).arg("audit"));
    assert_refused(&ran, &[]);
}

#[test]
fn a_branch_without_a_commit_is_said_to_be_one() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    assert_refused(&audit(&repository, []), &["commit"]);
    assert_refused(&audit(&repository, ["HEAD"]), &[]);
}

#[test]
fn a_shallow_boundary_in_the_range_is_no_root() {
    let sandbox = Sandbox::new();
    let full = five_commits(&sandbox);
    let path = sandbox.path("shallow");
    let url = format!("file://{}", full.path.display());
    let mut clone = full.command("git");
    succeed(clone.args(["clone", "--quiet", "--depth", "3", &url]).arg(&path));
    let shallow = Repository { sandbox: &sandbox, path };
    for question in ["HEAD~2", "--all", "HEAD~2..HEAD"] {
        let ran = audit(&shallow, [question]);
        if question == "HEAD~2..HEAD" {
            assert_eq!(ran.code, Some(0), "the boundary is outside of this range: {ran:?}");
        } else {
            assert_eq!(ran.code, Some(2), "{question}: {ran:?}");
            assert!(ran.stdout.contains("shallow"), "{question}: {}", ran.stdout);
        }
    }
    assert_refused(&audit(&shallow, ["HEAD~3..HEAD"]), &[]);
    assert_eq!(answer(&shallow, ["HEAD"]).code, Some(0), "what has its parent can be judged");
    let boundary = shallow.git(["rev-parse", "HEAD~2"]);
    let ran = audit_input(&shallow, ["--stdin"], &boundary);
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

#[test]
fn a_missing_object_is_no_empty_change() {
    let sandbox = Sandbox::new();
    let repository = five_commits(&sandbox);
    for object in ["HEAD:src/parse.rs", "HEAD:src", "HEAD^{tree}", "HEAD~1^{tree}", "HEAD~1"] {
        let path = loose(&repository, &repository.git(["rev-parse", object]));
        let kept = path.with_extension("kept");
        fs_err::rename(&path, &kept).unwrap();
        for question in ["HEAD", "HEAD~3..HEAD", "--all"] {
            let ran = audit(&repository, [question]);
            assert_eq!(ran.code, Some(2), "{question} without {object}: {ran:?}");
            let said = format!("{}{}", ran.stdout, ran.stderr);
            assert!(said.contains("UNKNOWN") || said.starts_with("error: "), "it says so: {said}");
            assert!(!ran.stdout.contains("CLAIM_UNWITNESSED"), "and nobody is accused: {ran:?}");
            assert!(!ran.stdout.contains("WARN"), "nor doubted: {ran:?}");
        }
        fs_err::rename(&kept, &path).unwrap();
    }
}

#[test]
fn a_branch_whose_commit_is_missing_is_not_passed_over() {
    let sandbox = Sandbox::new();
    let repository = five_commits(&sandbox);
    repository.git(["tag", "-m", "a tag of a tree", "tree", "HEAD^{tree}"]);
    repository.git(["symbolic-ref", "refs/heads/dangling", "refs/heads/nowhere"]);
    assert_eq!(audit(&repository, ["--all"]).code, Some(0), "these have no commits to judge");
    repository.write(".git/refs/heads/lost", format!("{}\n", "1".repeat(40)));
    assert_refused(&audit(&repository, ["--all"]), &["refs/heads/lost"]);
}

#[test]
fn a_damaged_object_is_no_empty_change() {
    let sandbox = Sandbox::new();
    let repository = five_commits(&sandbox);
    let path = loose(&repository, &repository.git(["rev-parse", "HEAD:src/parse.rs"]));
    let whole = fs_err::read(&path).unwrap();
    fs_err::remove_file(&path).unwrap();
    fs_err::write(&path, &whole[..whole.len() / 2]).unwrap();
    let ran = audit(&repository, ["HEAD"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

#[test]
fn a_refuted_claim_beside_an_unreadable_commit_is_still_told() {
    let sandbox = Sandbox::new();
    let repository = five_commits(&sandbox);
    let blob = repository.git(["rev-parse", "HEAD:src/parse.rs"]);
    forged(&repository, "fix: crash");
    fs_err::remove_file(loose(&repository, &blob)).unwrap();
    let ran = audit(&repository, ["HEAD~3..HEAD"]);
    assert_eq!(ran.code, Some(2), "not everything was found out: {ran:?}");
    assert!(ran.stdout.contains("fix: crash"), "what was, is told: {ran:?}");
}

#[test]
fn a_partial_clone_is_not_filled_and_not_guessed_at() {
    let sandbox = Sandbox::new();
    let full = five_commits(&sandbox);
    full.git(["config", "uploadpack.allowFilter", "true"]);
    let path = sandbox.path("partial");
    let url = format!("file://{}", full.path.display());
    let mut clone = full.command("git");
    let arguments = ["clone", "--quiet", "--no-checkout", "--filter=blob:none", &url];
    succeed(clone.args(arguments).arg(&path));
    let partial = Repository { sandbox: &sandbox, path };
    let ran = audit(&partial, ["HEAD~3..HEAD"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stdout.contains("UNKNOWN"), "{ran:?}");
    assert!(!ran.stdout.contains("CLAIM_UNWITNESSED"), "{ran:?}");
    let objects = partial.git(["rev-list", "--objects", "--missing=print", "HEAD"]);
    assert!(objects.contains("\n?"), "nothing was fetched: {objects}");
}

#[test]
fn the_repository_of_another_user_is_refused() {
    let sandbox = Sandbox::new();
    let repository = five_commits(&sandbox);
    let whoami = succeed(repository.command("id").arg("-u")).stdout;
    if whoami != "0" {
        eprintln!("skipped: only root can give a folder away");
        return;
    }
    succeed(repository.command("chown").args(["-R", "12345"]).arg(&repository.path));
    let theirs = repository.try_git(["log"]);
    assert!(theirs.stderr.contains("dubious ownership"), "git refuses: {theirs:?}");
    assert_refused(&audit(&repository, []), &[]);
    let folder = repository.path.to_str().unwrap();
    let config = format!("[safe]\n\tdirectory = {folder}\n");
    let global = sandbox.path("home/.gitconfig");
    let before = fs_err::read_to_string(&global).unwrap();
    fs_err::write(&global, before + &config).unwrap();
    assert_eq!(audit(&repository, []).code, Some(0), "unless the user trusts it");
}

/// A repository other than the one we stand in, which the environment names.
#[test]
fn the_environment_names_the_repository_as_for_git() {
    let sandbox = Sandbox::new();
    let here = five_commits(&sandbox);
    let there = begun(&sandbox, "there");
    let there_head = forged(&there, "fix: crash there");
    let ask = |folder: &Path| {
        let mut command = sandbox.command(GIT_DOS, folder);
        command.args(["audit", "--format", "json"]);
        command.env("GIT_DIR", there.path.join(".git")).env("GIT_WORK_TREE", &there.path);
        let judged = super::Answer::read(&run(&mut command));
        judged.row().id.clone()
    };
    assert_eq!(ask(&there.path), there_head, "in the repository itself");
    assert_eq!(ask(&sandbox.path("home")), there_head, "outside of any repository");
    assert_eq!(ask(&here.path), there_head, "in another repository");
}

#[test]
fn a_namespace_for_servers_hides_nothing() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "work");
    forged(&repository, "fix: crash in two");
    let mut audit = repository.command(GIT_DOS);
    let ran = run(audit.args(["audit", "HEAD"]).env("GIT_NAMESPACE", "other"));
    assert_eq!(ran.code, Some(1), "git log reads no namespace either: {ran:?}");
}
