//! What is said to people.

use super::{one, verify};
use crate::support::Sandbox;

#[test]
fn an_answer_says_how_it_is_known() {
    let sandbox = Sandbox::new();
    let (repository, ship) = one(&sandbox, "AUTH: AUTH1 log in \u{1b}[31mred");
    let ran = verify(&repository, ["AUTH", "AUTH1"]);
    let want = format!(
        "SHIPPED AUTH AUTH1 {ship} AUTH: AUTH1 log in \\u{{1b}}[31mred\n  \
         known by its stamp (subject) alone; its change is in main"
    );
    assert_eq!(ran.stdout, want, "id, subject made harmless, evidence");
}

#[test]
fn a_no_says_why_and_what_comes_nearest() {
    let sandbox = Sandbox::new();
    let (repository, ship) = one(&sandbox, "AUTH: AUTH1 login");
    repository.git(["revert", "--no-edit", &ship]);
    let revert = repository.head();
    let ran = verify(&repository, ["AUTH", "AUTH1"]);
    let want = format!(
        "NOT_SHIPPED AUTH AUTH1\n  it was reverted by {revert}\n  nearest: {ship} AUTH: AUTH1 login\n\
         hint: git show {revert}"
    );
    assert_eq!(ran.stdout, want);
    let ran = verify(&repository, ["AUTH", "AUTH2"]);
    assert!(ran.stdout.starts_with("NOT_SHIPPED AUTH AUTH2\n  no commit in main names it\nhint: "));
}
