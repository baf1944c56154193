//! What a stamped commit did, and what became of it.

use std::fmt::Write as _;

use super::{Answer, begun, one, work};
use crate::support::Sandbox;

#[test]
fn a_reverted_ship_is_not_shipped() {
    let sandbox = Sandbox::new();
    let (repository, ship) = one(&sandbox, "AUTH: AUTH1 login");
    Answer::of(&repository, "AUTH", "AUTH1").shipped_by(&ship);
    repository.git(["revert", "--no-edit", &ship]);
    let revert = repository.head();
    let answer = Answer::of(&repository, "AUTH", "AUTH1");
    answer.not_shipped("reverted").nearest(&ship, Some(&revert));
}

#[test]
fn a_revert_of_a_revert_ships_again() {
    let sandbox = Sandbox::new();
    let (repository, ship) = one(&sandbox, "AUTH: AUTH1 login");
    repository.git(["revert", "--no-edit", &ship]);
    repository.git(["revert", "--no-edit", "HEAD"]);
    Answer::of(&repository, "AUTH", "AUTH1").shipped_by(&ship);
}

#[test]
fn a_new_landing_ships_what_was_reverted() {
    let sandbox = Sandbox::new();
    let (repository, ship) = one(&sandbox, "AUTH: AUTH1 login");
    repository.git(["revert", "--no-edit", &ship]);
    let again = work(&repository, "login", "AUTH: AUTH1 login, mended");
    Answer::of(&repository, "AUTH", "AUTH1").shipped_by(&again);
}

#[test]
fn a_stamped_commit_that_takes_its_work_out_ships_nothing() {
    let sandbox = Sandbox::new();
    let (repository, _) = one(&sandbox, "AUTH6: x");
    fs_err::remove_file(repository.path.join("src/login.rs")).unwrap();
    let out = repository.commit("AUTH6: revert, broke prod");
    let answer = Answer::of(&repository, "AUTH", "AUTH6");
    assert_eq!(answer.value["verdict"], "NOT_SHIPPED", "{answer:?}");
    assert_eq!(answer.value["nearest"]["by"], out.as_str(), "{answer:?}");
}

#[test]
fn a_revert_that_leaves_the_work_alone_reverts_nothing() {
    let sandbox = Sandbox::new();
    let (repository, ship) = one(&sandbox, "AUTH: AUTH1 login");
    repository.write("src/other.rs", "pub fn other() {}\n");
    repository.commit(&format!("Revert \"AUTH: AUTH1 login\"\n\nThis reverts commit {ship}."));
    Answer::of(&repository, "AUTH", "AUTH1").shipped_by(&ship);
}

#[test]
fn a_revert_of_most_of_a_ship_reverts_it_though_a_line_is_left() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "partly");
    repository.write("src/login.rs", "fn login_one() {}\nfn login_two() {}\nfn login_three() {}\n");
    repository.write("docs/login.md", "How to log in\n");
    let ship = repository.commit("AUTH: AUTH1 login");
    fs_err::remove_file(repository.path.join("src/login.rs")).unwrap();
    let revert = repository.commit(&format!("Revert the login\n\nThis reverts commit {ship}."));
    let answer = Answer::of(&repository, "AUTH", "AUTH1");
    answer.not_shipped("reverted").nearest(&ship, Some(&revert));
}

#[test]
fn a_ship_whose_files_were_deleted_is_not_shipped() {
    let sandbox = Sandbox::new();
    let (repository, ship) = one(&sandbox, "AUTH3: login");
    fs_err::remove_file(repository.path.join("src/login.rs")).unwrap();
    let cleanup = repository.commit("chore: drop src/login.rs");
    let answer = Answer::of(&repository, "AUTH", "AUTH3");
    answer.not_shipped("removed").nearest(&ship, Some(&cleanup));
}

#[test]
fn an_edit_put_back_by_hand_is_not_shipped() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "inverse");
    repository.write("src/a.rs", "fn limit() {\n    ten_requests();\n}\n");
    repository.commit("feat: limit requests");
    repository.write("src/a.rs", "fn limit() {\n    twenty_requests();\n}\n");
    let ship = repository.commit("AUTH: AUTH1 raise the limit");
    repository.write("src/a.rs", "fn limit() {\n    ten_requests();\n}\n");
    let back = repository.commit("fix: be careful");
    let answer = Answer::of(&repository, "AUTH", "AUTH1");
    answer.not_shipped("removed").nearest(&ship, Some(&back));
}

#[test]
fn work_that_was_rewritten_later_did_ship() {
    let sandbox = Sandbox::new();
    let (repository, ship) = one(&sandbox, "AUTH: AUTH1 login");
    repository.write("src/login.rs", "pub(crate) fn sign_in(user: &User) -> Session {}\n");
    let rewrite = repository.commit("refactor: sign in by session");
    let answer = Answer::of(&repository, "AUTH", "AUTH1");
    answer.shipped_by(&ship);
    assert_eq!(answer.value["rewritten_by"], rewrite.as_str(), "{answer:?}");
}

#[test]
fn work_is_followed_where_it_moves() {
    let sandbox = Sandbox::new();
    let (repository, ship) = one(&sandbox, "AUTH: AUTH1 login");
    fs_err::create_dir(repository.path.join("lib")).unwrap();
    repository.git(["mv", "src/login.rs", "lib/entry.rs"]);
    repository.commit("refactor: move sources");
    Answer::of(&repository, "AUTH", "AUTH1").shipped_by(&ship);
    fs_err::remove_file(repository.path.join("lib/entry.rs")).unwrap();
    let gone = repository.commit("chore: clean up");
    Answer::of(&repository, "AUTH", "AUTH1").not_shipped("removed").nearest(&ship, Some(&gone));
}

#[test]
fn a_merge_that_leaves_a_branch_out_ships_nothing() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "ours");
    repository.git(["checkout", "-q", "-b", "rejected"]);
    let ship = work(&repository, "login", "AUTH: AUTH1 login");
    repository.git(["checkout", "-q", "main"]);
    work(&repository, "other", "chore: main moves");
    repository.git(["merge", "-q", "-s", "ours", "--no-edit", "rejected"]);
    let merge = repository.head();
    let answer = Answer::of(&repository, "AUTH", "AUTH1");
    answer.not_shipped("discarded").nearest(&ship, Some(&merge));
}

#[test]
fn a_merge_that_takes_a_branch_in_ships_it() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "merged");
    repository.git(["checkout", "-q", "-b", "feature"]);
    let ship = work(&repository, "login", "AUTH: AUTH1 login");
    repository.git(["checkout", "-q", "main"]);
    work(&repository, "other", "chore: main moves");
    repository.git(["merge", "-q", "--no-ff", "--no-edit", "feature"]);
    Answer::of(&repository, "AUTH", "AUTH1").shipped_by(&ship);
    fs_err::remove_file(repository.path.join("src/login.rs")).unwrap();
    let gone = repository.commit("chore: clean up");
    Answer::of(&repository, "AUTH", "AUTH1").not_shipped("removed").nearest(&ship, Some(&gone));
}

#[test]
fn an_empty_commit_ships_nothing() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "empty");
    let empty = repository.commit("AUTH: AUTH1 implemented, tests pass");
    Answer::of(&repository, "AUTH", "AUTH1").not_shipped("empty").nearest(&empty, None);
}

#[test]
fn one_bad_newest_commit_does_not_hide_a_good_older_one() {
    let sandbox = Sandbox::new();
    let (repository, ship) = one(&sandbox, "AUTH: AUTH14 implement");
    repository.write("CHANGELOG.md", "- AUTH14\n");
    repository.commit("AUTH: AUTH14 changelog entry");
    repository.commit("AUTH: AUTH14 again, with nothing in it");
    Answer::of(&repository, "AUTH", "AUTH14").shipped_by(&ship);
}

#[test]
fn a_change_log_and_a_version_are_no_work() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "noise");
    repository.write("Cargo.toml", "[package]\nname = \"x\"\nversion = \"1.0.0\"\n");
    repository.commit("chore: begin a crate");
    repository.write("Cargo.toml", "[package]\nname = \"x\"\nversion = \"1.1.0\"\n");
    repository.write("CHANGELOG.md", "- AUTH8\n");
    let cut = repository.commit("AUTH: AUTH8 cut the release");
    Answer::of(&repository, "AUTH", "AUTH8").not_shipped("noise-only").nearest(&cut, None);
}

#[test]
fn a_commit_that_only_plans_ships_nothing() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "planned");
    repository.write("docs/auth-plan.md", "### AUTH3\n`src/three.py`\n");
    let plan = repository.commit("AUTH: AUTH3 \u{2014} write the plan");
    Answer::of(&repository, "AUTH", "AUTH3").not_shipped("plan-only").nearest(&plan, None);
}

#[test]
fn a_package_and_its_manifest_are_work() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "packages");
    repository.write("src/auth/__init__.py", "def login(): pass\n");
    let package = repository.commit("AUTH: AUTH12 create the package");
    repository.write("pyproject.toml", "[project]\nname = 'x'\n");
    let manifest = repository.commit("AUTH: AUTH13 packaging");
    Answer::of(&repository, "AUTH", "AUTH12").shipped_by(&package);
    Answer::of(&repository, "AUTH", "AUTH13").shipped_by(&manifest);
}

#[test]
fn a_deletion_can_be_the_work() {
    let sandbox = Sandbox::new();
    let (repository, _) = one(&sandbox, "feat: an old login");
    fs_err::remove_file(repository.path.join("src/login.rs")).unwrap();
    let ship = repository.commit("AUTH: AUTH9 remove the old login");
    work(&repository, "other", "feat: go on");
    Answer::of(&repository, "AUTH", "AUTH9").shipped_by(&ship);
    let back = work(&repository, "login", "fix: some still need it");
    Answer::of(&repository, "AUTH", "AUTH9").not_shipped("removed").nearest(&ship, Some(&back));
}

#[test]
fn a_ship_deep_in_the_history_is_found() {
    let sandbox = Sandbox::new();
    let (repository, ship) = one(&sandbox, "AUTH: AUTH3 long ago");
    let tree = repository.git(["rev-parse", "HEAD^{tree}"]);
    let mut stream = format!("reset refs/heads/main\nfrom {ship}\n\n");
    for number in 0..5_000 {
        let time = 2_000_000_000 + number;
        let head = "commit refs/heads/main
committer A <a@example.org>";
        writeln!(
            stream,
            "{head} {time} +0000
data 8
chore: x"
        )
        .unwrap();
    }
    let mut import = repository.command("git");
    import.args(["fast-import", "--quiet", "--force"]);
    let ran = crate::support::run_with_input(&mut import, stream.as_bytes());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(repository.git(["rev-parse", "main^{tree}"]), tree, "nothing else changed");
    Answer::of(&repository, "AUTH", "AUTH3").shipped_by(&ship);
    repository.git(["commit-graph", "write", "--reachable"]);
    Answer::of(&repository, "AUTH", "AUTH3").shipped_by(&ship);
}

#[test]
fn a_revert_under_the_id_of_the_phase_takes_it_back() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "own");
    let ship = work(&repository, "login", "AUTH-1: log in");
    repository.git(["revert", "--no-commit", "HEAD"]);
    let back = repository.commit("AUTH-1: Revert the login, it broke");
    let answer = Answer::of(&repository, "AUTH", "AUTH-1");
    answer.not_shipped("reverted").nearest(&ship, Some(&back));
    repository.git(["revert", "--no-edit", "HEAD"]);
    Answer::of(&repository, "AUTH", "AUTH-1").shipped_by(&ship);
}

#[test]
fn a_revert_is_the_work_where_the_phase_had_none_before() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "work");
    work(&repository, "login", "BILL-1: log in");
    repository.git(["revert", "--no-commit", "HEAD"]);
    let back = repository.commit("AUTH-2: Revert BILL-1, which broke");
    Answer::of(&repository, "AUTH", "AUTH-2").shipped_by(&back);
    let bill = Answer::of(&repository, "BILL", "BILL-1");
    assert_eq!(bill.not_shipped("reverted").value["nearest"]["by"], back.as_str());
}

#[test]
fn a_part_that_is_taken_back_is_not_all() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "part");
    let lines: Vec<String> = (0..40).map(|line| format!("let step_{line} = {line};\n")).collect();
    repository.write("src/login.rs", lines.concat());
    let ship = repository.commit("AUTH-1: log in");
    repository.write("src/login.rs", lines[5..].concat());
    repository.commit("AUTH-1: Revert five steps");
    Answer::of(&repository, "AUTH", "AUTH-1").shipped_by(&ship);
}
