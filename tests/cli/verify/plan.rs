//! Plans: their files are evidence, and what they say of themselves is told beside the answer.

use serde_json::Value;

use super::{Answer, begun, verify};
use crate::support::{Ran, Repository, Sandbox, run, succeed};

const PLAN: &str = "docs/auth-plan.md";

const TEXT: &str = "# AUTH — accounts\n\n\
    ### AUTH1 — log in — DONE\nFiles: `src/login.rs`, `src/mail.rs`\n\n\
    ### AUTH2 — log out\nEdits `src/logout.rs`.\n\n\
    ### AUTH3 — two factors\n";

/// Commits files with a message and returns the id.
fn commit(repository: &Repository<'_>, subject: &str, files: &[(&str, &str)]) -> String {
    for (path, content) in files {
        let path = repository.path.join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, content).unwrap();
    }
    repository.git(["add", "--all"]);
    repository.git(["commit", "-q", "--allow-empty", "-m", subject]);
    repository.git(["rev-parse", "HEAD"]).trim().to_owned()
}

fn planned(sandbox: &Sandbox) -> Repository<'_> {
    let repository = begun(sandbox, "planned");
    commit(&repository, "docs: plan accounts", &[(PLAN, TEXT)]);
    repository
}

fn ask(repository: &Repository<'_>, phase: &str) -> Answer {
    Answer::read(&verify(repository, ["--format", "json", "--plan", PLAN, "AUTH", phase]))
}

fn all(repository: &Repository<'_>) -> (Ran, Value) {
    let ran = verify(repository, ["--plan", PLAN, "--format", "json"]);
    let value = serde_json::from_str(&ran.stdout).unwrap();
    (ran, value)
}

#[test]
fn every_phase_is_told_beside_what_the_plan_says() {
    let sandbox = Sandbox::new();
    let repository = planned(&sandbox);
    let ran = verify(&repository, ["--plan", PLAN]);
    assert_eq!(ran.code, Some(1), "AUTH1 is said to be done: {ran:?}");
    assert_eq!(
        ran.stdout,
        "docs/auth-plan.md: plan AUTH, 0 of 3 phases shipped in main\n  \
         AUTH1  done    NOT_SHIPPED  no commit in main names it, and not every file of the plan was delivered\n  \
         AUTH2  unsaid  NOT_SHIPPED  no commit in main names it, and not every file of the plan was delivered\n  \
         AUTH3  unsaid  NOT_SHIPPED  no commit in main names it\n\
         hint: git dos verify --plan docs/auth-plan.md -- AUTH AUTH1 says more"
    );
    let id = commit(&repository, "AUTH: AUTH1 log in", &[("src/login.rs", "fn login() {}\n")]);
    let (ran, value) = all(&repository);
    assert_eq!(ran.code, Some(0), "what is not said to be done may be open: {ran:?}");
    let phases = value["phases"].as_array().unwrap();
    let told: Vec<_> = phases
        .iter()
        .map(|phase| (phase["phase"].as_str().unwrap(), phase["claim"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [("AUTH1", "done"), ("AUTH2", "unsaid"), ("AUTH3", "unsaid")]);
    assert_eq!((&phases[0]["commit"], &phases[0]["basis"]), (&id.into(), &"diff".into()));
    assert_eq!((&phases[1]["line"], &phases[1]["title"]), (&6.into(), &"log out".into()));
}

#[test]
fn several_commits_may_deliver_the_files_of_a_phase() {
    let sandbox = Sandbox::new();
    let repository = planned(&sandbox);
    let first = commit(&repository, "Add a page", &[("src/login.rs", "fn login() {}\n")]);
    ask(&repository, "AUTH1").not_shipped("undelivered");
    let second = commit(&repository, "Send mails", &[("src/mail.rs", "fn mail() {}\n")]);
    let answer = ask(&repository, "AUTH1");
    answer.shipped_by(&first);
    assert_eq!(answer.value["basis"], "files");
    assert_eq!(answer.value["files"][1]["by"], second.as_str());
}

#[test]
fn one_file_needs_a_commit_that_names_the_plan() {
    let sandbox = Sandbox::new();
    let repository = planned(&sandbox);
    commit(&repository, "Tidy up", &[("src/logout.rs", "fn logout() {}\n")]);
    ask(&repository, "AUTH2").not_shipped("undelivered");
    let id = commit(&repository, "auth: log out", &[("src/logout.rs", "fn logout() { end(); }\n")]);
    ask(&repository, "AUTH2").shipped_by(&id);
}

#[test]
fn what_was_there_before_the_plan_is_not_delivered() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "planned");
    let files = [("src/login.rs", "fn login() {}\n"), ("src/mail.rs", "fn mail() {}\n")];
    commit(&repository, "auth: begin", &files);
    commit(&repository, "docs: plan accounts", &[(PLAN, TEXT)]);
    ask(&repository, "AUTH1").not_shipped("undelivered");
    // A word elsewhere in the plan does not make what it names new.
    let text = TEXT.replace("accounts", "accounts of users");
    commit(&repository, "docs: more words", &[(PLAN, &text)]);
    ask(&repository, "AUTH1").not_shipped("undelivered");
}

#[test]
fn a_plan_may_move_and_its_files_too() {
    let sandbox = Sandbox::new();
    let repository = planned(&sandbox);
    let files =
        [("src/login.rs", "fn login() { page(); }\n"), ("src/mail.rs", "fn mail() { send(); }\n")];
    let id = commit(&repository, "auth: log in", &files);
    fs_err::create_dir(repository.path.join("docs/old")).unwrap();
    repository.git(["mv", PLAN, "docs/old/auth-plan.md"]);
    repository.git(["mv", "src/login.rs", "src/enter.rs"]);
    commit(&repository, "Move files", &[]);
    let moved = ["--format", "json", "--plan", "docs/old/auth-plan.md", "AUTH", "AUTH1"];
    Answer::read(&verify(&repository, moved)).shipped_by(&id);
}

#[test]
fn what_was_taken_back_or_away_is_not_delivered() {
    let sandbox = Sandbox::new();
    let repository = planned(&sandbox);
    let files = [("src/login.rs", "fn login() {}\n"), ("src/mail.rs", "fn mail() {}\n")];
    commit(&repository, "auth: log in", &files);
    repository.git(["revert", "--no-edit", "HEAD"]);
    ask(&repository, "AUTH1").not_shipped("undelivered");
    commit(&repository, "auth: log in again", &files);
    assert_eq!(ask(&repository, "AUTH1").code, Some(0), "it landed again");
    repository.git(["rm", "-q", "src/mail.rs"]);
    commit(&repository, "auth: no mails", &[]);
    ask(&repository, "AUTH1").not_shipped("undelivered");
}

#[test]
fn commits_of_other_plans_and_of_archives_deliver_nothing() {
    for subject in ["BILL: BILL7 pay", "v2.0.0: BILL7 pays", "nightly snapshot: all"] {
        let sandbox = Sandbox::new();
        let repository = planned(&sandbox);
        let files = [("src/login.rs", "fn login() {}\n"), ("src/mail.rs", "fn mail() {}\n")];
        commit(&repository, subject, &files);
        ask(&repository, "AUTH1").not_shipped("undelivered");
    }
}

#[test]
fn a_plan_that_is_not_committed_proves_nothing_by_its_files() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "planned");
    let files = [("src/login.rs", "fn login() {}\n"), ("src/mail.rs", "fn mail() {}\n")];
    commit(&repository, "auth: log in", &files);
    fs_err::create_dir_all(repository.path.join("docs")).unwrap();
    fs_err::write(repository.path.join(PLAN), TEXT).unwrap();
    ask(&repository, "AUTH1").not_shipped("undelivered");
    let outside = sandbox.path("plan.md");
    fs_err::write(&outside, TEXT).unwrap();
    let outside = outside.to_str().unwrap();
    let ran = verify(&repository, ["--format", "json", "--plan", outside, "AUTH", "AUTH1"]);
    Answer::read(&ran).not_shipped("undelivered");
}

#[test]
fn a_plan_is_found_from_any_folder_and_in_a_bare_repository() {
    let sandbox = Sandbox::new();
    let repository = planned(&sandbox);
    let id = commit(&repository, "AUTH: AUTH1 log in", &[("src/login.rs", "fn login() {}\n")]);
    let mut command = sandbox.command(crate::support::GIT_DOS, &repository.path.join("docs"));
    let ran = run(command.args([
        "verify",
        "--format",
        "json",
        "--plan",
        "auth-plan.md",
        "AUTH",
        "AUTH1",
    ]));
    Answer::read(&ran).shipped_by(&id);
    let bare = sandbox.path("bare.git");
    let mut clone = sandbox.command("git", &sandbox.path(""));
    succeed(clone.args(["clone", "-q", "--bare"]).arg(&repository.path).arg(&bare));
    let bare = Repository { sandbox: &sandbox, path: bare };
    let answer = ask(&bare, "AUTH1");
    answer.shipped_by(&id);
    assert_eq!(answer.value["claim"], "done", "the plan is that of the target");
}

#[test]
fn a_phase_that_the_plan_does_not_have_is_asked_of_commits_alone() {
    let sandbox = Sandbox::new();
    let repository = planned(&sandbox);
    let ran = verify(&repository, ["--plan", PLAN, "AUTH", "AUTH9"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("  the plan has no such phase\nhint: "), "{ran:?}");
}

#[test]
fn a_file_that_is_no_plan_is_refused() {
    let sandbox = Sandbox::new();
    let repository = planned(&sandbox);
    fs_err::write(repository.path.join("words.md"), "# Words\n\nNo phases.\n").unwrap();
    fs_err::write(repository.path.join("bytes.md"), b"# A\n\n### A1 \xff\n").unwrap();
    for (file, words) in [
        ("words.md", "words.md has no phases"),
        ("bytes.md", "bytes.md:3: the plan is not UTF-8"),
        ("docs", "docs is not a regular file"),
        ("nowhere.md", "has a file nowhere.md"),
    ] {
        let ran = verify(&repository, ["--plan", file]);
        assert_eq!(ran.code, Some(2), "{file}: {ran:?}");
        assert!(ran.stderr.contains(words) && ran.stdout.is_empty(), "{file}: {ran:?}");
    }
}
