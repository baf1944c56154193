//! Snapshots that git-dos took itself are witnesses, as long as nobody touched them.

use rusqlite::Connection;
use serde_json::Value;

use crate::effect::{assert_unknown, assert_verdict, effect};
use crate::support::{Repository, Sandbox};

/// Takes a snapshot, which must succeed, and returns what is said of it.
fn snapshot(repository: &Repository<'_>, arguments: &[&str]) -> Value {
    let (ran, json) = effect(repository, &[&["snapshot"][..], arguments].concat());
    assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:?}");
    json
}

/// Returns the folder's file names, sorted.
fn names(repository: &Repository<'_>, folder: &str) -> Vec<String> {
    let found = fs_err::read_dir(repository.path.join(folder)).unwrap();
    let mut names: Vec<String> =
        found.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_json_file_is_compared_with_what_it_was() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write("state.json", r#"{"a":1,"b":{"c":[1,2]},"gone":0,"text":"7"}"#);
    let taken = snapshot(&repository, &["app", "--json", "state.json"]);
    assert_eq!((&taken["snapshot"]["keys"], &taken["removed"]), (&4.into(), &0.into()));
    repository
        .write("state.json", r#"{"a":1.0,"b":{"c":[1,3]},"new":9007199254740993,"text":"7"}"#);
    for (arguments, want) in [
        (&["a"][..], "REFUTED"),
        (&["b"], "CONFIRMED"),
        (&["b#/c/1=3"], "CONFIRMED"),
        (&["b#/c/0"], "REFUTED"),
        (&["new=9007199254740993"], "CONFIRMED"),
        (&["new=9007199254740993.0"], "REFUTED"),
        (&["gone", "--expect", "deleted"], "CONFIRMED"),
        (&["gone=0", "--expect", "deleted"], "CONFIRMED"),
        (&["gone=1", "--expect", "deleted"], "REFUTED"),
        (&["text=7", "--expect", "present"], "REFUTED"),
        (&["text=\"7\"", "--expect", "present"], "CONFIRMED"),
    ] {
        assert_verdict(&repository, &[arguments, &["--probe", "app"]].concat(), want);
    }
    let (_, json) = effect(&repository, &["b", "--probe", "app"]);
    assert_eq!((&json["witness"], &json["tier"]), (&"app".into(), &"OS_RECORDED".into()));
    assert_eq!(json["witnesses"][0]["snapshot"], taken["snapshot"], "its record is shown");
}

#[test]
fn a_record_says_who_took_what_of_what() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write("state.json", "{}");
    let mut command = repository.command(crate::support::GIT_DOS);
    command.args(["effect", "snapshot", "app", "--json", "state.json"]);
    crate::support::succeed(command.env("CID_RUN_ID", "run-7"));
    let record = &repository.journal("snapshots.jsonl")[0];
    assert_eq!((&record["name"], &record["owner"]["run"]), (&"app".into(), &"run-7".into()));
    assert_eq!((&record["bytes"], &record["origin"]["bytes"]), (&2.into(), &2.into()));
    assert_eq!(record["source"]["path"], repository.path.join("state.json").to_str().unwrap());
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = fs_err::metadata(repository.path.join("state.json")).unwrap();
        assert_eq!(record["origin"]["inode"], metadata.ino());
        assert_eq!(record["owner"]["uid"], metadata.uid());
    }
    let (ran, list) = effect(&repository, &["list"]);
    assert_eq!((ran.code, &list["snapshots"][0]), (Some(0), record));
}

#[test]
fn a_database_in_use_is_read_with_its_log() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    let writer = Connection::open(repository.path.join("app.db")).unwrap();
    writer.pragma_update(None, "journal_mode", "wal").unwrap();
    writer
        .execute_batch(
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT, raw BLOB);
         INSERT INTO orders VALUES (1, 'open', x'00ff');",
        )
        .unwrap();
    snapshot(&repository, &["orders", "--sqlite", "app.db", "--table", "orders"]);
    writer.execute("INSERT INTO orders VALUES (2, 'paid', NULL)", []).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE; INSERT INTO orders VALUES (3, 'never', NULL)").unwrap();
    let probed =
        |claim: &str, want| assert_verdict(&repository, &[claim, "--probe", "orders"], want);
    probed("2#/status=paid", "CONFIRMED");
    probed("1", "REFUTED");
    probed("3", "REFUTED");
    let present = ["1#/raw/hex=00ff", "--expect", "present", "--probe", "orders"];
    assert_verdict(&repository, &present, "CONFIRMED");
    writer.execute_batch("ROLLBACK").unwrap();
    drop(writer);
    assert_eq!(names(&repository, "."), [".git", "app.db"], "its writer took the log away");
    probed("2", "CONFIRMED");
    assert_eq!(names(&repository, "."), [".git", "app.db"], "and reading leaves none behind");
}

#[test]
fn rows_are_told_apart_by_their_key() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    let writer = Connection::open(repository.path.join("app.db")).unwrap();
    writer
        .execute_batch(
            "CREATE TABLE pairs (a TEXT, b INTEGER, v REAL, PRIMARY KEY (b, a));
         CREATE TABLE bare (v TEXT, n INTEGER);
         CREATE TABLE \"odd \"\"name\" (k TEXT PRIMARY KEY, total INTEGER AS (1 + 1)) WITHOUT ROWID;
         CREATE VIEW seen AS SELECT * FROM bare;
         INSERT INTO pairs VALUES ('x', 1, 1.0);
         INSERT INTO bare VALUES ('one', 1), ('two', 1);
         INSERT INTO \"odd \"\"name\" VALUES ('k');",
        )
        .unwrap();
    let keys = |arguments: &[&str]| {
        let of = [&["t", "--sqlite", "app.db", "--table"][..], arguments].concat();
        let taken = snapshot(&repository, &of);
        let content = taken["snapshot"]["sha256"].as_str().unwrap().to_owned();
        let text =
            fs_err::read_to_string(repository.state(&format!("snapshots/{content}"))).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        value.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(keys(&["pairs"]), [r#"[1,"x"]"#], "in the order of the primary key");
    assert_eq!(keys(&["bare"]), ["1", "2"], "SQLite's own numbers");
    assert_eq!(keys(&["bare", "--key", "v"]), ["one", "two"]);
    assert_eq!(keys(&["odd \"name"]), ["k"]);
    let unknown = |arguments: &[&str], why: &str| {
        let of = [&["snapshot", "t", "--sqlite", "app.db", "--table"][..], arguments].concat();
        assert_unknown(&repository, &of, why);
    };
    unknown(&["bare", "--key", "n"], "Two rows have the key '1'");
    unknown(&["bare", "--key", "z"], "no column z");
    unknown(&["seen"], "is no table, but a view");
    unknown(&["none"], "it has bare, odd \"name, pairs");
    repository.write("text.db", "no database at all, only a text of some length");
    assert_unknown(
        &repository,
        &["snapshot", "t", "--sqlite", "text.db", "--table", "t"],
        "not a database",
    );
}

#[cfg(unix)]
#[test]
fn a_folder_is_compared_down_to_the_last_file() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write("out/a", "a");
    repository.write("out/b", "b");
    repository.write("elsewhere", "1");
    symlink("../elsewhere", repository.path.join("out/link")).unwrap();
    let pipe = repository.path.join("out/pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    let taken = snapshot(&repository, &["out", "--folder", "out"]);
    assert_eq!(taken["snapshot"]["keys"], 4, "link and pipe are there too");
    repository.write("out/new/file", "n");
    repository.write("elsewhere", "2");
    let mode = std::fs::Permissions::from_mode(0o600);
    fs_err::set_permissions(repository.path.join("out/a"), mode).unwrap();
    for (claim, want) in [
        ("new/file", "CONFIRMED"),
        ("new", "CONFIRMED"),
        ("a#/mode=0600", "CONFIRMED"),
        ("a#/sha256", "REFUTED"),
        ("b", "REFUTED"),
        ("link", "REFUTED"),
        ("pipe", "REFUTED"),
    ] {
        assert_verdict(&repository, &[claim, "--probe", "out"], want);
    }
    let top = snapshot(&repository, &["top", "--folder", "."]);
    assert_eq!(top["snapshot"]["left_out"], serde_json::json!([".git"]), "and that is said");
    assert_unknown(&repository, &["snapshot", "x", "--folder", "out/a"], "not a folder");
}

#[test]
fn a_snapshot_that_somebody_touched_is_no_witness() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write("state.json", r#"{"a":1}"#);
    let probe = ["a", "--probe", "app"];
    assert_unknown(&repository, &probe, "There is no snapshot of app");
    let taken = snapshot(&repository, &["app", "--json", "state.json"]);
    let content = repository.state("snapshots").join(taken["snapshot"]["sha256"].as_str().unwrap());
    fs_err::write(&content, r#"{"a":2}"#).unwrap();
    assert_unknown(&repository, &probe, "The snapshot app is damaged");
    fs_err::remove_file(&content).unwrap();
    assert_unknown(&repository, &probe, "cannot be read");
    snapshot(&repository, &["app", "--json", "state.json"]);
    assert_verdict(&repository, &probe, "REFUTED");
    let journal = repository.state("snapshots.jsonl");
    let text = fs_err::read_to_string(&journal).unwrap();
    fs_err::write(&journal, format!("{text}{{\"torn")).unwrap();
    assert_unknown(&repository, &probe, "snapshots.jsonl:3 is damaged");
    let (ran, list) = effect(&repository, &["list"]);
    assert_eq!(ran.code, Some(2), "the list is not whole");
    assert_eq!(list["snapshots"].as_array().unwrap().len(), 2, "and shows what it has");
    fs_err::write(&journal, text.replace(taken["snapshot"]["sha256"].as_str().unwrap(), "../../x"))
        .unwrap();
    assert_unknown(&repository, &probe, "names no content");
}

#[test]
fn accountable_witnesses_that_disagree_are_a_conflict() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write("one.json", r#"{"a":1}"#);
    repository.write("two.json", r#"{"a":1}"#);
    repository.commit("start");
    snapshot(&repository, &["one", "--json", "one.json"]);
    snapshot(&repository, &["two", "--json", "two.json"]);
    repository.write("one.json", r#"{"a":2}"#);
    assert_verdict(&repository, &["a", "--probe", "one", "--probe", "two"], "CONFLICT");
    assert_verdict(&repository, &["a", "--probe", "two", "--before-rev", "HEAD"], "REFUTED");
    let files = ["--before", "two.json", "--after", "one.json"];
    let own = [&["a", "--probe", "two"][..], &files].concat();
    assert_verdict(&repository, &own, "REFUTED");
}

#[test]
fn the_policy_declares_sources_inside_the_worktree() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write("data/state.json", r#"{"a":1}"#);
    repository.write("dos.toml", "[effect.app]\nkind = \"json\"\npath = \"data/state.json\"\n");
    repository.commit("declare");
    snapshot(&repository, &["app"]);
    repository.write("data/state.json", r#"{"a":2}"#);
    assert_verdict(&repository, &["a=2", "--probe", "app"], "CONFIRMED");
    let below = Repository { sandbox: &sandbox, path: repository.path.join("data") };
    assert_verdict(&below, &["a=2", "--probe", "app"], "CONFIRMED");
    repository.git(["worktree", "add", "--quiet", "../other"]);
    let other = Repository { sandbox: &sandbox, path: sandbox.path("other") };
    assert_unknown(&other, &["a", "--probe", "app"], "declares another source here");
    snapshot(&other, &["app"]);
    assert_verdict(&other, &["a", "--probe", "app"], "REFUTED");
    assert_verdict(&repository, &["a", "--probe", "app"], "CONFIRMED");
    assert_unknown(&repository, &["snapshot", "else"], "no table [effect.else]");
    repository.write("dos.toml", "[effect.app]\nkind = \"json\"\npath = \"../state.json\"\n");
    assert_unknown(&repository, &["snapshot", "app"], "dos.toml:1: `path` must stay inside");
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_the_policy_out_of_the_worktree() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    fs_err::write(sandbox.path("secret.json"), "{}").unwrap();
    std::os::unix::fs::symlink("..", repository.path.join("up")).unwrap();
    repository.write("dos.toml", "[effect.app]\nkind = \"json\"\npath = \"up/secret.json\"\n");
    assert_unknown(&repository, &["snapshot", "app"], "leads out of the worktree");
    snapshot(&repository, &["app", "--json", "up/secret.json"]);
    assert_unknown(&repository, &["a", "--probe", "app"], "leads out of the worktree");
}
