//! What a lane is given by: its name or another one, its paths however they are spelled, and nothing else.

use serde_json::{Value, json};

use crate::access;
use crate::lease::{held, hold, laned, lease_in, must, now_ms};
use crate::support::{GIT_DOS, Repository, Sandbox, run, run_with_input};

/// Asks for a lane as somebody who holds nothing yet, and returns the exit code and the answer.
fn ask(repository: &Repository<'_>, words: &[&str]) -> (Option<i32>, Value) {
    let mut command = repository.command(GIT_DOS);
    command.args(["lease", "acquire", "--owner", "next", "--format", "json"]);
    let ran = run(command.args(words));
    (ran.code, serde_json::from_str(&ran.stdout).unwrap_or(Value::Null))
}

#[test]
fn whoever_names_a_free_lane_gets_that_one_and_no_other() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    for (name, lane, tree) in [("api", "api", "src/api/**"), ("web", "web", "app/**")] {
        let (code, answer) = ask(&repository, &[name]);
        assert_eq!(code, Some(0), "{answer}");
        let lease = &answer["lease"];
        assert_eq!((&lease["lane"], &lease["tree"]), (&json!(lane), &json!([tree])), "{name}");
        must(&repository, &["release", "--owner", "next"]);
    }
}

#[test]
fn another_name_of_a_lane_is_that_lane_and_a_name_of_nothing_is_refused() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    must(&repository, &["acquire", "ui", "--owner", "first"]);
    let (code, answer) = ask(&repository, &["web"]);
    assert_eq!((code, &answer["cause"]), (Some(1), &json!("HELD")), "{answer}");
    assert_eq!(answer["conflicts"][0]["tree"], json!(["app/**"]), "the lane's own paths");
    let (code, answer) = ask(&repository, &["--paths", "app/f.ts"]);
    assert_eq!((code, &answer["cause"]), (Some(1), &json!("OVERLAP")), "{answer}");
    for name in ["nope", "uI2", " "] {
        let (code, answer) = ask(&repository, &[name]);
        assert_eq!((code, &answer), (Some(2), &Value::Null), "{name:?} is no lane");
    }
    assert_eq!(held(&repository).len(), 1, "nobody holds a lane without paths");
}

#[test]
fn a_lane_that_is_held_alone_keeps_all_out_however_it_was_taken() {
    for how in [
        &["release"][..],
        &["RELEASE"],
        &["ship"],
        &["release", "--paths", "VERSION"],
        &["release", "--mode", "shared"],
        &["release", "--or-another"],
    ] {
        let sandbox = Sandbox::new();
        let repository = laned(&sandbox);
        repository.write(
            "dos.toml",
            "[lanes]\nconcurrent = [\"api\"]\nexclusive = [\"release\"]\nautopick = [\"api\"]\n\
             [lanes.trees]\napi = [\"src/api/**\"]\n[lanes.aliases]\nship = \"release\"\n",
        );
        must(&repository, &[&["acquire", "--owner", "first"], how].concat());
        for asked in [&["api"][..], &["--paths", "docs"], &["api", "--mode", "shared"], &[]] {
            let (code, answer) = ask(&repository, asked);
            let got = (code, answer["cause"].as_str());
            assert_eq!(got, (Some(1), Some("EXCLUSIVE_HELD")), "{asked:?} beside {how:?}");
        }
    }
}

#[test]
fn one_shared_path_among_many_is_one_too_many() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let many = ["a", "b", "c", "d", "e", "f", "g", "h", "src/api/f.rs"];
    for policy in ["", "[overlap]\nratio_max = 0.9\n", "[overlap]\nratio_max = 0\n"] {
        let lanes = "[lanes.trees]\napi = [\"src/api/**\"]\n";
        repository.write("dos.toml", format!("{lanes}{policy}"));
        must(&repository, &["acquire", "api", "--owner", "first"]);
        let (code, answer) = ask(&repository, &[&["--paths"], &many[..]].concat());
        assert_eq!((code, &answer["cause"]), (Some(1), &json!("OVERLAP")), "{policy}: {answer}");
        must(&repository, &["release", "--owner", "first"]);
        must(&repository, &[&["acquire", "--owner", "first", "--paths"], &many[..]].concat());
        let (code, answer) = ask(&repository, &["api"]);
        assert_eq!((code, &answer["cause"]), (Some(1), &json!("OVERLAP")), "and turned round");
        must(&repository, &["release", "--owner", "first"]);
    }
}

#[test]
fn a_path_is_one_path_however_it_is_spelled() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    must(&repository, &["acquire", "api", "--owner", "first"]);
    let absolute = repository.path.join("src/api/f.rs");
    for spelling in [
        "src/api/f.rs",
        "./src/api/f.rs",
        "src/./api//f.rs",
        "src/../src/api/f.rs",
        "src\\api\\f.rs",
        "src/?pi/f.rs",
        "src/[a-b]pi/f.rs",
        "src/{web,api}/f.rs",
        "**/f.rs",
        absolute.to_str().unwrap(),
    ] {
        let (code, answer) = ask(&repository, &["--paths", spelling]);
        assert_eq!((code, &answer["cause"]), (Some(1), &json!("OVERLAP")), "{spelling}");
    }
    for other in ["src/api2", "src/ap", "src/[c-z]pi/f.rs", "src/apis/f.rs"] {
        let (code, answer) = ask(&repository, &["--paths", other]);
        assert_eq!(code, Some(0), "{other} is another one: {answer}");
        must(&repository, &["release", "--owner", "next"]);
    }
}

#[test]
fn an_absolute_path_is_the_same_in_every_worktree_and_over_every_link() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let linked = sandbox.path("linked");
    repository.git(["worktree", "add", "--quiet", linked.to_str().unwrap()]);
    let short = sandbox.path("short");
    fs_err::os::unix::fs::symlink(&repository.path, &short).unwrap();
    must(&repository, &["acquire", "api", "--owner", "first"]);
    for top in [&repository.path, &linked, &short, &linked.join("src/../../work")] {
        for below in ["src/api/f.rs", "src/?pi/*.rs", "src/api/new/g.rs"] {
            let path = top.join(below);
            let (code, answer) = ask(&repository, &["--paths", path.to_str().unwrap()]);
            assert_eq!((code, &answer["cause"]), (Some(1), &json!("OVERLAP")), "{path:?}");
        }
    }
    let free = linked.join("docs/*.md");
    let (code, answer) = ask(&repository, &["--paths", free.to_str().unwrap()]);
    let tree = &answer["lease"]["tree"];
    assert_eq!((code, tree), (Some(0), &json!(["docs/*.md"])), "from the top of its worktree");
    for outside in [sandbox.path("elsewhere/f.rs"), sandbox.path("workshop/f.rs")] {
        let ran = lease_in(
            &sandbox,
            &repository.path,
            &["acquire", "--paths", outside.to_str().unwrap()],
        );
        let part = "is in no worktree of this repository";
        assert!(ran.code == Some(2) && ran.stderr.contains(part), "{outside:?}: {ran:?}");
    }
}

#[test]
fn a_lane_is_given_renewed_and_guarded_without_a_look_at_its_history() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let mine = json!({"lane": "web", "tree": ["app/**"], "grant": 7, "owner": "next",
        "acquired_ms": now_ms(), "ttl_s": 3000});
    hold(&repository, &json!([mine]));
    let earlier = repository.git(["rev-parse", "refs/dos/leases"]);
    must(&repository, &["acquire", "api", "--owner", "next"]);
    let (folder, file) = earlier.split_at(2);
    let object = repository.path.join(".git/objects").join(folder).join(file);
    fs_err::remove_file(object).unwrap();
    assert_ne!(repository.try_git(["rev-list", "refs/dos/leases"]).code, Some(0), "it is gone");
    let (code, answer) = ask(&repository, &["api"]);
    assert_eq!((code, &answer["outcome"]), (Some(0), &json!("RENEWED")), "{answer}");
    repository.mark_installed();
    let payload = access::payload(&repository.path, "Edit", &json!({ "file_path": "app/f.ts" }));
    let told = run_with_input(access::hook(&repository).env("GIT_DOS_OWNER", "else"), &payload);
    assert!(told.stdout.contains("app/f.ts is in lane web"), "nor does a hook read it: {told:?}");
    must(&repository, &["release", "api", "--owner", "next"]);
    assert_eq!(held(&repository), [("web".to_owned(), "next".to_owned())]);
}
