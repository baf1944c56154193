//! The remote of these tests goes wrong as it is told to, and what its ref said is judged rightly.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::{now, wait_until};
use crate::remote::{BRISK, Chain, Fault, Moment, Plan, Remote, Service, forge};
use crate::support::{Ran, Repository, Sandbox, run};

/// A ref that both clones want to move.
const REFERENCE: &str = "refs/dos/try";

/// Prepares to move the ref of the remote from `old`, where empty means that there is none.
fn push(clone: &Repository<'_>, old: &str, new: &str) -> Command {
    let mut command = clone.command("git");
    command.args(["push", "--quiet", "--no-verify"]);
    command.arg(format!("--force-with-lease={REFERENCE}:{old}"));
    command.args(["origin", &format!("{new}:{REFERENCE}")]);
    command
}

fn pushed(clone: &Repository<'_>, old: &str, new: &str) -> Ran {
    run(&mut push(clone, old, new))
}

#[test]
fn a_connection_goes_wrong_as_planned() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, BRISK);
    let clone = remote.clone("one");
    let mut old = String::new();
    let short = Duration::from_millis(150);
    for (fault, passes, is_changed) in [
        (Fault::Pass, true, true),
        (Fault::Delay(Moment::Greeting, short), true, true),
        (Fault::Delay(Moment::Request, short), true, true),
        (Fault::Delay(Moment::Answer, short), true, true),
        (Fault::Cut(Moment::Greeting), false, false),
        (Fault::Cut(Moment::Request), false, false),
        (Fault::Cut(Moment::Answer), false, true),
        (Fault::CutInAnswer, false, true),
    ] {
        let new = clone.commit("docs: go on");
        remote.proxy.next([(Service::Push, fault)]);
        let begin = now();
        let ran = pushed(&clone, &old, &new);
        let took = now().saturating_sub(begin);
        assert_eq!(ran.code == Some(0), passes, "{fault:?}: {ran:?}");
        let tip = remote.tip(REFERENCE).unwrap_or_default();
        assert_eq!(tip, if is_changed { new } else { old }, "{fault:?}");
        assert!(!matches!(fault, Fault::Delay(..)) || took >= short, "{fault:?}: {took:?}");
        assert_eq!(remote.proxy.seen(), [(Service::Push, fault)]);
        old = tip;
    }
    remote.proxy.next([(Service::Fetch, Fault::CutInAnswer)]);
    assert_ne!(clone.try_git(["ls-remote", "origin"]).code, Some(0), "the answer was cut");
    assert_eq!(clone.try_git(["ls-remote", "origin"]).code, Some(0), "once");
}

#[test]
fn a_connection_hangs_or_waits_as_planned() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, BRISK);
    let clone = remote.clone("one");
    let end = |mut child: Child| {
        child.kill().unwrap();
        child.wait().unwrap();
    };
    let new = clone.head();
    for moment in [Moment::Greeting, Moment::Request, Moment::Answer] {
        remote.proxy.plan(Plan::All(Fault::Stop(moment)));
        let mut child = push(&clone, "", &new).stderr(Stdio::null()).spawn().unwrap();
        remote.proxy.wait_stopped();
        assert!(child.try_wait().unwrap().is_none(), "{moment:?}: it waits");
        assert_eq!(remote.tip(REFERENCE).is_some(), moment == Moment::Answer, "{moment:?}");
        remote.proxy.go_on();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{moment:?}: it goes on");
        remote.bare.git(["update-ref", "-d", REFERENCE]);
        remote.proxy.seen();
        remote.proxy.plan(Plan::Each(Service::Push, Fault::Hang(moment)));
        let mut child = push(&clone, "", &new).stderr(Stdio::null()).spawn().unwrap();
        let is_done = moment == Moment::Answer;
        wait_until("the connection", || {
            !remote.proxy.seen().is_empty() || is_done && remote.tip(REFERENCE).is_some()
        });
        wait_until("the change", || remote.tip(REFERENCE).is_some() == is_done);
        assert!(child.try_wait().unwrap().is_none(), "{moment:?}: it hangs");
        end(child);
        if is_done {
            remote.bare.git(["update-ref", "-d", REFERENCE]);
        }
    }
    remote.proxy.plan(Plan::All(Fault::Pass));
    remote.proxy.close();
    let ran = pushed(&clone, "", &new);
    assert!(ran.code != Some(0) && ran.stderr.contains("refused"), "{ran:?}");
    remote.proxy.open();
    assert_eq!(pushed(&clone, "", &new).code, Some(0));
}

#[test]
fn the_server_compares_the_expected_value() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, BRISK);
    let clones = [remote.clone("one"), remote.clone_by_path("two")];
    let old = clones[0].head();
    assert_eq!(pushed(&clones[0], "", &old).code, Some(0));
    let new = clones[0].commit("docs: go on");
    clones[1].commit("docs: go elsewhere");
    remote.proxy.next([(Service::Push, Fault::Stop(Moment::Request))]);
    let mut slow = push(&clones[0], &old, &new).stderr(Stdio::null()).spawn().unwrap();
    remote.proxy.wait_stopped();
    assert_eq!(pushed(&clones[1], &old, "HEAD").code, Some(0), "nothing is in its way");
    remote.proxy.go_on();
    assert_eq!(slow.wait().unwrap().code(), Some(1), "it comes second");
    assert_eq!(remote.tip(REFERENCE), Some(clones[1].head()));
}

/// Makes a state the newest one of `REFERENCE`, as a change of `parent`.
fn put(
    bare: &Repository<'_>,
    number: u64,
    leases: &Value,
    effects: &[Value],
    parent: Option<&str>,
) -> String {
    let state = json!({"v": 1, "generation": number, "begins": 1, "leases": leases});
    let change = forge::change(bare, &state, effects, parent);
    bare.git(["update-ref", REFERENCE, &change]);
    change
}

#[test]
fn a_chain_that_gave_a_place_to_two_is_found() {
    let lease = |lane: &str, path: &str, grant: u64| json!({"lane": lane, "tree": [path], "grant": grant, "owner": "w", "mode": "exclusive"});
    let given = |grant: u64| json!({"fate": "given", "lane": "x", "grant": grant, "owner": "w"});
    let gone = |grant: u64| json!({"fate": "released", "lane": "x", "grant": grant});
    let (one, two) = (lease("api", "src/**", 1), lease("web", "app/**", 2));
    let within = lease("deep", "src/api/f.rs", 2);
    for (name, second, effects, number, is_root, want) in [
        ("a fair one", json!([one, two]), vec![given(2)], 2, false, ""),
        ("a new beginning", json!([one]), vec![], 2, true, ""),
        ("one gives back", json!([]), vec![gone(1)], 2, false, ""),
        ("two in a lane", json!([one, lease("api", "x", 2)]), vec![given(2)], 2, false, "two at"),
        ("two in a path", json!([one, within]), vec![given(2)], 2, false, "two at"),
        ("one that is lost", json!([two]), vec![given(2)], 2, false, "lease 1 is lost"),
        ("one from nowhere", json!([one, two]), vec![], 2, false, "lease 2 is lost or new"),
        ("a number again", json!([one]), vec![given(1)], 2, false, "number 1 was given after 1"),
        ("no new number", json!([one, two]), vec![given(2)], 1, false, "change 1 is not after 1"),
    ] {
        let sandbox = Sandbox::new();
        let bare = Repository { sandbox: &sandbox, path: sandbox.bare("remote.git") };
        bare.git(["config", "core.logAllRefUpdates", "always"]);
        let first = put(&bare, 1, &json!([one]), &[given(1)], None);
        let parent = (!is_root).then_some(&*first);
        put(&bare, number, &second, &effects, parent);
        let faults = Chain::read(&bare, REFERENCE).faults();
        match want {
            "" => assert!(faults.is_empty(), "{name}: {faults:?}"),
            _ => assert!(faults.iter().any(|fault| fault.contains(want)), "{name}: {faults:?}"),
        }
        bare.git(["update-ref", REFERENCE, &first]);
        let faults = Chain::read(&bare, REFERENCE).faults();
        let is_found = faults.iter().any(|fault| fault.contains("went back"));
        assert_eq!(is_found, !is_root, "{name}: rewound: {faults:?}");
    }
}
