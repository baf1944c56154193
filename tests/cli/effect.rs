//! Did the claimed change of state happen? The real program over files, commits and snapshots.

use serde_json::Value;

use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run};

/// What `git dos effect --format json` with `arguments` says.
pub(crate) fn effect(repository: &Repository<'_>, arguments: &[&str]) -> (Ran, Value) {
    let options = arguments.iter().take_while(|argument| **argument != "--").count();
    let (options, keys) = arguments.split_at(options);
    let mut command = repository.command(GIT_DOS);
    command.arg("effect").args(options).args(["--format", "json"]).args(keys);
    let ran = run(&mut command);
    let json = serde_json::from_str(&ran.stdout).unwrap_or_default();
    (ran, json)
}

/// Asserts verdict and exit code of a claim.
pub(crate) fn assert_verdict(repository: &Repository<'_>, arguments: &[&str], want: &str) {
    let (ran, json) = effect(repository, arguments);
    assert_eq!(json["verdict"], want, "{arguments:?}: {ran:?}");
    assert_eq!(ran.code, Some(i32::from(want != "CONFIRMED")), "{arguments:?}: {ran:?}");
}

/// Asserts that nothing is found out, and that standard error says why.
pub(crate) fn assert_unknown(repository: &Repository<'_>, arguments: &[&str], why: &str) {
    let (ran, _) = effect(repository, arguments);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{arguments:?}: {ran:?}");
    assert!(ran.stderr.contains(why), "{arguments:?}: {why:?} in {}", ran.stderr);
}

/// Two commits: the second adds, changes, deletes and makes executable.
fn two_commits(sandbox: &Sandbox) -> Repository<'_> {
    let repository = sandbox.repository("work");
    repository.write("same.txt", "same\n");
    repository.write("gone.txt", "gone\n");
    repository.write("run.sh", "true\n");
    repository.write("package.json", r#"{"version":"1.3.0","ports":[80],"private":true}"#);
    repository.commit("start");
    repository.write("src/new.rs", "fn new() {}\n");
    repository.write("package.json", r#"{"version":"1.4.0","ports":[80,443],"private":1}"#);
    fs_err::remove_file(repository.path.join("gone.txt")).unwrap();
    repository.git(["add", "--all"]);
    repository.git(["update-index", "--chmod=+x", "run.sh"]);
    repository.git(["commit", "--quiet", "--message", "change"]);
    repository
}

#[test]
fn files_that_somebody_names_witness_nothing() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write("before.json", r#"{"a":1,"b":2,"d":4}"#);
    repository.write("after.json", r#"{"a":1,"b":3,"c":4}"#);
    let files = ["--before", "before.json", "--after", "after.json"];
    for (key, expect, change, stance) in [
        ("a", "changed", "unchanged", "refutes"),
        ("b", "changed", "updated", "attests"),
        ("c=4", "inserted", "inserted", "attests"),
        ("c=\"4\"", "inserted", "inserted", "refutes"),
        ("d", "deleted", "deleted", "attests"),
        ("e", "absent", "missing", "attests"),
    ] {
        let arguments = [&[key, "--expect", expect][..], &files].concat();
        let (ran, json) = effect(&repository, &arguments);
        assert_eq!((ran.code, &json["verdict"]), (Some(1), &"UNWITNESSED".into()), "{key}");
        assert_eq!(json["tier"], Value::Null, "no witness is accountable");
        let witness = &json["witnesses"][0];
        assert_eq!(witness["tier"], "AGENT_AUTHORED", "{key}");
        assert_eq!((&witness["change"], &witness["stance"]), (&change.into(), &stance.into()));
        let delta = serde_json::json!({"inserted": ["c"], "updated": ["b"], "deleted": ["d"]});
        assert_eq!(witness["delta"], delta, "what differs is said all the same");
    }
    let text = run(repository.command(GIT_DOS).args(["effect", "c"]).args(files));
    assert!(text.stdout.contains("hint: let git-dos take the state before"), "{}", text.stdout);
}

#[test]
fn commits_witness_what_became_of_a_path() {
    let sandbox = Sandbox::new();
    let repository = two_commits(&sandbox);
    let blob = repository.git(["rev-parse", "HEAD:src/new.rs"]);
    let (new, abbreviated) = (format!("src/new.rs={blob}"), format!("src/new.rs={}", &blob[..7]));
    for (arguments, want) in [
        (&["src/new.rs"][..], "CONFIRMED"),
        (&[&new], "CONFIRMED"),
        (&[&abbreviated], "CONFIRMED"),
        (&["src/new.rs=1234567"], "REFUTED"),
        (&["src/new.rs", "--expect", "updated"], "REFUTED"),
        (&["package.json", "--expect", "updated"], "CONFIRMED"),
        (&["run.sh"], "CONFIRMED"),
        (&["gone.txt", "--expect", "deleted"], "CONFIRMED"),
        (&["gone.txt"], "REFUTED"),
        (&["same.txt"], "REFUTED"),
        (&["same.txt", "--expect", "present"], "CONFIRMED"),
        (&["never.txt", "--expect", "absent"], "CONFIRMED"),
        (&["src"], "CONFIRMED"),
        (&["src/"], "CONFIRMED"),
        (&["src/new.rs/below", "--expect", "absent"], "CONFIRMED"),
    ] {
        let arguments = [arguments, &["--before-rev", "HEAD~1"]].concat();
        assert_verdict(&repository, &arguments, want);
    }
    let (_, json) =
        effect(&repository, &["run.sh", "--before-rev", "HEAD~1", "--after-rev", "HEAD"]);
    assert_eq!(json["tier"], "OS_RECORDED");
    let witness = &json["witnesses"][0];
    let delta = serde_json::json!({
        "inserted": ["src/new.rs"], "updated": ["package.json", "run.sh"], "deleted": ["gone.txt"]
    });
    assert_eq!(witness["delta"], delta);
    assert!(witness["after"]["value"].as_str().unwrap().starts_with("100755 "), "{witness}");
    assert_eq!(witness["commits"][1], repository.head());
}

#[test]
fn commits_witness_what_is_in_a_file() {
    let sandbox = Sandbox::new();
    let repository = two_commits(&sandbox);
    for (arguments, want) in [
        (&["package.json#/version=1.4.0"][..], "CONFIRMED"),
        (&["package.json#/version=1.4.1"], "REFUTED"),
        (&["package.json", "--pointer", "/ports/1", "--value", "443"], "CONFIRMED"),
        (&["package.json#/ports/1=443.0", "--expect", "inserted"], "CONFIRMED"),
        (&["package.json#/ports/1=\"443\""], "REFUTED"),
        (&["package.json#/ports/0"], "REFUTED"),
        (&["package.json#/private"], "CONFIRMED"),
        (&["package.json#/private=true"], "REFUTED"),
        (&["package.json#/nothing", "--expect", "absent"], "CONFIRMED"),
        (&["never.json#/a", "--expect", "absent"], "CONFIRMED"),
    ] {
        let arguments = [arguments, &["--before-rev", "HEAD~1"]].concat();
        assert_verdict(&repository, &arguments, want);
    }
    let unknown = |claim: &str, why: &str| {
        assert_unknown(&repository, &[claim, "--before-rev", "HEAD~1"], why);
    };
    unknown("same.txt#/a", "it is no JSON");
    unknown("src#/a", "is no file");
    unknown("package.json#/a~2", "is no JSON pointer");
    assert_unknown(&repository, &["a", "--before-rev", "nowhere"], "No revision is called");
    assert_unknown(&repository, &["a", "--before-rev", "HEAD:src/new.rs"], "has no tree");
}

#[test]
fn a_commit_that_is_not_here_is_no_empty_state() {
    let sandbox = Sandbox::new();
    let repository = two_commits(&sandbox);
    let url = format!("file://{}", repository.path.display());
    repository.git(["clone", "--quiet", "--depth=1", &url, "../shallow"]);
    let shallow = Repository { sandbox: &sandbox, path: sandbox.path("shallow") };
    assert_unknown(&shallow, &["same.txt", "--before-rev", "HEAD~1"], "No revision");
}

#[test]
fn claims_that_look_like_options_values_or_verbs_can_be_made() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.commit("start");
    for name in ["list", "--x", "a=b", "c#/d", "e\u{1b}[31m", "\"f"] {
        repository.write(name, "new\n");
    }
    repository.commit("add");
    for arguments in [
        &["--before-rev", "HEAD~1", "--", "list"][..],
        &["--before-rev", "HEAD~1", "--", "--x"],
        &["--before-rev", "HEAD~1", "--literal", "a=b"],
        &["--before-rev", "HEAD~1", "--literal", "c#/d"],
        &["--before-rev", "HEAD~1", "e\u{1b}[31m"],
        &["--before-rev", "HEAD~1", r#""\"f""#],
    ] {
        assert_verdict(&repository, arguments, "CONFIRMED");
        let text = run(repository.command(GIT_DOS).arg("effect").args(arguments));
        assert!(!text.stdout.contains('\u{1b}'), "harmless: {}", text.stdout);
    }
}

#[test]
fn a_blank_key_claims_nothing() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    for key in ["", "  ", "\t", "=x", "#/a"] {
        let (ran, json) = effect(&repository, &[key, "--before", "no", "--after", "no"]);
        assert_eq!((ran.code, &json["verdict"]), (Some(2), &"NO_CLAIM".into()), "{key:?}");
    }
    for arguments in [&["k"][..], &[], &["k", "--before", "x"], &["k", "--after-rev", "HEAD"]] {
        assert_unknown(&repository, arguments, "Usage: ");
    }
}

#[test]
fn what_cannot_be_read_refutes_nothing() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write("good.json", r#"{"c":1}"#);
    let deep = format!("{{\"c\":{}1{}}}", "[".repeat(200), "]".repeat(200));
    for (text, why) in [
        (&b""[..], "no JSON object"),
        (b"{\"c\":NaN}", "no JSON object"),
        (b"{\"c\":-Infinity}", "no JSON object"),
        (b"[1]", "no object"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b"{\"c\":\"\xff\"}", "not UTF-8"),
        (deep.as_bytes(), "deeper than 128"),
        ("[".repeat(1_000_000).as_bytes(), "no JSON object"),
    ] {
        repository.write("bad.json", text);
        for [before, after] in [["bad.json", "good.json"], ["good.json", "bad.json"]] {
            assert_unknown(&repository, &["c", "--before", before, "--after", after], why);
        }
    }
    let unknown = |before: &str, why: &str| {
        assert_unknown(&repository, &["c", "--before", before, "--after", "good.json"], why);
    };
    unknown("nowhere.json", "No such file");
    unknown(".", "not a regular file");
    #[cfg(unix)]
    unknown("/dev/zero", "not a regular file");
}

#[test]
fn a_repeated_key_is_said() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write("before.json", r#"{"a":1,"a":2}"#);
    repository.write("after.json", r#"{"a":2}"#);
    let files = ["a", "--before", "before.json", "--after", "after.json"];
    let (_, json) = effect(&repository, &files);
    let witness = &json["witnesses"][0];
    assert_eq!((&witness["change"], &witness["repeated_key"]), (&"unchanged".into(), &"a".into()));
}
