//! Many questions at once.

use serde_json::Value;

use super::{begun, work};
use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run_with_input};

fn batch(repository: &Repository<'_>, input: &str) -> Ran {
    run_with_input(repository.command(GIT_DOS).args(["verify", "--batch"]), input.as_bytes())
}

fn verdicts(ran: &Ran) -> Vec<(String, String)> {
    let read = |line: &str| -> (String, String) {
        let value: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| value[name].as_str().unwrap().to_owned();
        (text("phase"), text("verdict"))
    };
    ran.stdout.lines().map(read).collect()
}

#[test]
fn answers_come_in_the_order_of_the_questions() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "batch");
    work(&repository, "login", "AUTH: AUTH1 login");
    work(&repository, "logout", "AUTH: AUTH2 logout");
    let input = "AUTH\tAUTH2\n\n{\"plan\": \"AUTH\", \"phase\": \"AUTH3\"}\nAUTH\tAUTH1\n";
    let ran = batch(&repository, input);
    let want = [("AUTH2", "SHIPPED"), ("AUTH3", "NOT_SHIPPED"), ("AUTH1", "SHIPPED")];
    assert_eq!(verdicts(&ran), want.map(|(phase, verdict)| (phase.into(), verdict.into())));
    assert_eq!(ran.code, Some(1), "one is not shipped");
    let ran = batch(&repository, "AUTH\tAUTH2\nAUTH\tAUTH1\n");
    assert_eq!(ran.code, Some(0), "all are shipped");
    assert_eq!(batch(&repository, "").code, Some(0), "nothing was asked");
}

#[test]
fn not_knowing_outweighs_a_no() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "damaged");
    let first = repository.head();
    work(&repository, "login", "AUTH: AUTH1 login");
    work(&repository, "other", "chore: go on");
    let (folder, file) = first.split_at(2);
    fs_err::remove_file(repository.path.join(".git/objects").join(folder).join(file)).unwrap();
    work(&repository, "logout", "AUTH: AUTH2 logout");
    let ran = batch(&repository, "AUTH\tAUTH2\nAUTH\tAUTH9\n");
    let want = [("AUTH2", "SHIPPED"), ("AUTH9", "UNKNOWN")];
    assert_eq!(verdicts(&ran), want.map(|(phase, verdict)| (phase.into(), verdict.into())));
    assert_eq!(ran.code, Some(2), "one could not be found out");
}

#[test]
fn a_line_that_is_no_question_is_refused() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "refused");
    let ran = batch(&repository, "AUTH\tAUTH1\nAUTH AUTH2\n");
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("Standard input, line 2"), "{ran:?}");
    assert!(ran.stdout.is_empty(), "{ran:?}");
}
