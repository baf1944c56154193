//! The remote is away, takes nothing, or went back: it is said, and never read as fine.

use std::time::Duration;

use serde_json::{Value, json};

use super::{held, join, lease, must, must_fail, must_not_know, now, owned};
use crate::remote::{BRISK, Fault, Moment, PATIENT, Plan, REFERENCE, Remote};
use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run};

/// Puts the hooks in place that compare with the leases.
pub(super) fn hooked(clone: &Repository<'_>) {
    clone.mark_installed();
    for name in ["pre-commit", "pre-push"] {
        clone.hook(name, &format!("#!/bin/sh\nexec {GIT_DOS} hook git {name} -- \"$@\"\n"));
    }
}

/// Commits a new version of `path` as the holder called `owner`.
pub(super) fn commit(clone: &Repository<'_>, path: &str, owner: &str) -> Ran {
    clone.write(path, format!("{owner} {:?}", now()));
    clone.git(["add", "--all"]);
    let mut command = clone.command("git");
    run(command.env("GIT_DOS_OWNER", owner).args(["commit", "--quiet", "-m", "docs: change"]))
}

/// Pushes as the holder called `owner`.
pub(super) fn push(clone: &Repository<'_>, to: &str, owner: &str) -> Ran {
    let mut command = clone.command("git");
    run(command.env("GIT_DOS_OWNER", owner).args(["push", "--quiet", to, "HEAD:refs/heads/work"]))
}

/// Has a clone believe that it last asked the remote so long ago.
pub(super) fn seen_before(clone: &Repository<'_>, time: Duration) {
    let path = clone.state("leases-remote.json");
    let mut state: Value = serde_json::from_slice(&fs_err::read(&path).unwrap()).unwrap();
    let read = state["read_ms"].as_u64().expect("the time of the last look");
    state["read_ms"] = json!(read - u64::try_from(time.as_millis()).unwrap());
    fs_err::write(&path, state.to_string()).unwrap();
}

#[test]
fn no_lane_is_given_while_the_remote_is_away() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, BRISK);
    let (clone, fresh) = (remote.clone("one"), remote.clone("two"));
    must(&clone, &["acquire", "api", "--owner", "w1"]);
    let tip = remote.tip(REFERENCE);
    remote.proxy.close();
    for is_hanging in [false, true] {
        if is_hanging {
            remote.proxy.plan(Plan::All(Fault::Hang(Moment::Greeting)));
            remote.proxy.open();
        }
        for clone in [&clone, &fresh] {
            let ran = lease(clone, &["acquire", "web", "--owner", "w1"]);
            must_fail(&ran, "acquire");
            let list = must(clone, &["list", "--offline"]);
            assert!(!list.contains("web"), "nothing was given: {list}");
        }
        for words in [
            &["renew", "--owner", "w1", "--ttl", "2h"][..],
            &["release", "--owner", "w1"],
            &["adopt", "api", "--grant", "1", "--owner", "w2"],
            &["list"],
            &["fetch"],
            &["log"],
        ] {
            must_not_know(&lease(&clone, words), &format!("{words:?}"));
        }
        let list = must(&clone, &["list", "--offline"]);
        assert!(list.contains("api: w1"), "one's own counts until its time: {list}");
    }
    remote.proxy.plan(Plan::All(Fault::Pass));
    remote.proxy.wait_idle();
    assert_eq!(remote.tip(REFERENCE), tip, "nothing was changed");
    assert_eq!(lease(&fresh, &["acquire", "api", "--owner", "w1"]).code, Some(1));
    must(&clone, &["acquire", "web", "--owner", "w1"]);
    must(&clone, &["release", "--owner", "w1"]);
    assert_eq!(held(&remote), []);
}

#[test]
fn a_clone_that_never_asked_sees_what_others_hold() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, PATIENT);
    let clone = remote.clone("one");
    must(&clone, &["acquire", "api", "--owner", "w1"]);
    for words in [["list"], ["fetch"]] {
        let fresh = remote.clone(words[0]);
        let ran = lease(&fresh, &words);
        // Not to know is an answer; that nobody holds anything is none.
        assert!(ran.code == Some(2) || ran.stdout.contains("api: w1"), "{words:?}: {ran:?}");
    }
}

#[test]
fn hooks_go_by_what_is_known_and_wait_for_no_remote() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, PATIENT);
    let (clone, other) = (remote.clone("one"), remote.clone("two"));
    let backup = sandbox.bare("backup.git");
    clone.git(["remote", "add", "backup", backup.to_str().unwrap()]);
    hooked(&clone);
    must(&other, &["acquire", "api", "--owner", "w2"]);
    must(&clone, &["acquire", "web", "--owner", "w1"]);
    remote.proxy.seen();
    remote.proxy.plan(Plan::All(Fault::Hang(Moment::Greeting)));
    assert_eq!(commit(&clone, "app/f", "w1").code, Some(0), "in one's own lane");
    let refused = commit(&clone, "src/api/f.rs", "w1");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("is in lane api, which w2 in "), "{refused:?}");
    clone.git(["reset", "--quiet", "--hard"]);
    assert_eq!(remote.proxy.seen(), [], "a commit asks nobody");
    seen_before(&clone, Duration::from_secs(3600));
    let begin = now();
    let ran = push(&clone, "backup", "w1");
    let took = now().saturating_sub(begin);
    assert_eq!(ran.code, Some(0), "a remote that hangs stops no push to another one: {ran:?}");
    assert!(took < Duration::from_secs(20), "nor holds it up for as long as verbs wait: {took:?}");
}

#[test]
fn a_remote_that_takes_nothing_gives_no_lane() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, PATIENT);
    let (clone, fresh) = (remote.clone("one"), remote.clone_by_path("two"));
    must(&clone, &["acquire", "api", "--owner", "w1"]);
    let tip = remote.tip(REFERENCE);
    for hook in ["pre-receive", "update"] {
        remote.hook(hook, "#!/bin/sh\necho 'this repository is read-only' >&2\nexit 1\n");
        for clone in [&clone, &fresh] {
            let ran = lease(clone, &["acquire", "web", "--owner", "w1"]);
            must_not_know(&ran, hook);
            assert!(!must(clone, &["list", "--offline"]).contains("web"), "{hook}");
        }
        must_not_know(&lease(&clone, &["release", "api", "--owner", "w1"]), hook);
        let refused = lease(&clone, &["acquire", "api", "--owner", "w2"]);
        assert_eq!(refused.code, Some(1), "{hook}: who holds it can be read: {refused:?}");
        assert_eq!(remote.tip(REFERENCE), tip, "{hook}");
        remote.unhook(hook);
    }
    must(&fresh, &["acquire", "web", "--owner", "w1"]);
    must(&clone, &["release", "api", "--owner", "w1"]);
    assert_eq!(held(&remote), [owned(("web", "w1"))]);
}

#[test]
fn a_server_that_is_slow_is_waited_for_and_no_longer() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, BRISK);
    let clone = remote.clone("one");
    join(&clone);
    remote.hook("update", "#!/bin/sh\nexec sleep 0.3\n");
    must(&clone, &["acquire", "api", "--owner", "w1"]);
    remote.hook("update", "#!/bin/sh\nexec sleep 5\n");
    let begin = now();
    let ran = lease(&clone, &["acquire", "web", "--owner", "w1"]);
    let took = now().saturating_sub(begin);
    match ran.code {
        Some(0) => assert!(held(&remote).contains(&owned(("web", "w1"))), "{ran:?}"),
        _ => must_not_know(&ran, "the server is at it"),
    }
    assert!(took < Duration::from_secs(15), "{took:?}");
    remote.proxy.wait_idle();
    remote.unhook("update");
    must(&clone, &["acquire", "web", "--owner", "w1"]);
    must(&clone, &["release", "web", "--owner", "w1"]);
    assert_eq!(held(&remote), [owned(("api", "w1"))]);
    let faults = remote.chain(REFERENCE).faults();
    assert!(faults.is_empty(), "{faults:?}");
}

/// What a clone asks for after the ref of the remote went back.
const WORDS: [&[&str]; 5] = [
    &["acquire", "api", "--owner", "w3"],
    &["acquire", "--paths", "y", "--owner", "w3"],
    &["list"],
    &["fetch"],
    &["renew", "api", "--owner", "w2", "--ttl", "2h"],
];

#[test]
fn a_ref_that_went_back_is_said_until_somebody_looked() {
    for what in ["older", "removed"] {
        let sandbox = Sandbox::new();
        let remote = Remote::new(&sandbox, PATIENT);
        let (clone, other) = (remote.clone_by_path("one"), remote.clone_by_path("two"));
        must(&clone, &["acquire", "web", "--owner", "w1"]);
        let old = remote.tip(REFERENCE).unwrap();
        must(&other, &["acquire", "api", "--owner", "w2"]);
        must(&clone, &["fetch"]);
        match what {
            "older" => remote.bare.git(["update-ref", REFERENCE, &old]),
            _ => remote.bare.git(["update-ref", "-d", REFERENCE]),
        };
        let tip = remote.tip(REFERENCE);
        for clone in [&clone, &other] {
            for words in WORDS {
                let ran = lease(clone, words);
                must_not_know(&ran, &format!("{what}: {words:?}"));
                assert!(ran.stderr.contains("--probe"), "{what}: {words:?}: {ran:?}");
            }
        }
        assert_eq!(remote.tip(REFERENCE), tip, "{what}: nobody writes before somebody looked");
        must(&clone, &["remote", "--probe"]);
        must(&other, &["remote", "--probe"]);
        must(&other, &["release", "--owner", "w2"]);
        must(&other, &["acquire", "api", "--owner", "w2"]);
        assert_eq!(lease(&clone, &["acquire", "api", "--owner", "w2"]).code, Some(1), "{what}");
    }
}

#[test]
fn changes_that_were_taken_back_are_said_also_when_others_went_on() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, PATIENT);
    let (clone, other) = (remote.clone_by_path("one"), remote.clone_by_path("two"));
    join(&clone);
    join(&other);
    let old = remote.tip(REFERENCE).unwrap();
    must(&other, &["acquire", "api", "--owner", "w2"]);
    must(&clone, &["fetch"]);
    // Somebody takes the lease back, and a clone that saw nothing of it goes on from there.
    remote.bare.git(["update-ref", REFERENCE, &old]);
    let third = remote.clone_by_path("three");
    must(&third, &["acquire", "--paths", "x", "--owner", "w3"]);
    must(&third, &["release", "--owner", "w3"]);
    let tip = remote.tip(REFERENCE);
    for clone in [&clone, &other] {
        for words in [&["list"][..], &["fetch"], &["acquire", "api", "--owner", "w3"]] {
            let ran = lease(clone, words);
            must_not_know(&ran, &format!("w2 was given api and did not give it back: {words:?}"));
        }
    }
    assert_eq!(remote.tip(REFERENCE), tip, "nobody writes before somebody looked");
}

#[test]
fn whoever_cannot_set_up_is_told_what_to_do() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, BRISK);
    let clone = remote.clone("one");
    remote.proxy.close();
    must_not_know(&lease(&clone, &["acquire", "api", "--owner", "w1"]), "the remote is away");
}
