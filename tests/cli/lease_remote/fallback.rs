//! What a remote does not take: refs of our own, deletions, a history that begins anew.

use serde_json::{Value, json};

use super::{asked, lease, must, must_fail, must_not_know, owned};
use crate::remote::{BRANCH, BRISK, Fault, Moment, PATIENT, Plan, REFERENCE, Remote, Service};
use crate::support::{Repository, Sandbox};

/// Refuses one ref unless it is a branch or a tag (githooks(5), `update`).
const UPDATE: &str = "#!/bin/sh\ncase $1 in refs/heads/*|refs/tags/*) exit 0;; esac\n\
                      echo 'only branches and tags' >&2\nexit 1\n";

/// Refuses a whole push unless all of it is branches and tags (githooks(5), `pre-receive`).
const PRE_RECEIVE: &str = "#!/bin/sh\nwhile read -r old new name; do\n\
                           case $name in refs/heads/*|refs/tags/*) ;;\n\
                           *) echo \"deny updating $name\" >&2; exit 1;; esac\ndone\n";

/// Answers that a ref has a funny name (githooks(5), `proc-receive`).
const PROC_RECEIVE: &str = r#"#!/bin/sh
packet() { printf "%04x%s" $((${#1} + 4)) "$1"; }
read_packet() {
    length=$(dd bs=1 count=4 2>/dev/null)
    [ "$length" = 0000 ] && return 1
    content=$(dd bs=1 count=$((0x$length - 4)) 2>/dev/null | tr "\0" " ")
}
while read_packet; do :; done
packet "version=1"; printf 0000
names=
while read_packet; do names="$names ${content##* }"; done
for name in $names; do packet "ng $name funny refname"; done
printf 0000
"#;

/// Has a remote refuse what is no branch and no tag.
type Refusal = fn(&Remote<'_>);

fn refusals() -> Vec<(&'static str, Refusal)> {
    fn set(remote: &Remote<'_>, key: &str) {
        remote.bare.git(["config", key, "refs/dos"]);
    }
    vec![
        ("hidden from pushes", |remote| set(remote, "receive.hideRefs")),
        ("hidden", |remote| set(remote, "transfer.hideRefs")),
        ("a hook for each ref", |remote| remote.hook("update", UPDATE)),
        ("a hook for the push", |remote| remote.hook("pre-receive", PRE_RECEIVE)),
        ("a funny name", |remote| {
            set(remote, "receive.procReceiveRefs");
            remote.hook("proc-receive", PROC_RECEIVE);
        }),
    ]
}

/// Returns the refs of a remote that a push of branches does not make.
fn refs(remote: &Remote<'_>) -> Vec<String> {
    let all = remote.bare.git(["for-each-ref", "--format=%(refname)"]);
    all.lines().filter(|name| *name != "refs/heads/main").map(str::to_owned).collect()
}

fn reference(clone: &Repository<'_>) -> Value {
    let (ran, answer) = asked(clone, &["remote"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    answer["remote"]["reference"].clone()
}

#[test]
fn where_the_ref_is_refused_a_branch_has_the_leases() {
    let all = refusals();
    for (what, refuse) in &all {
        let sandbox = Sandbox::new();
        let remote = Remote::new(&sandbox, PATIENT);
        refuse(&remote);
        let (clone, other) = (remote.clone("one"), remote.clone_by_path("two"));
        let probe = clone.try_git(["push", "--quiet", "origin", "HEAD:refs/dos/try"]);
        assert_eq!(probe.code, Some(1), "{what}: it is refused: {probe:?}");
        must(&clone, &["acquire", "api", "--owner", "w1"]);
        assert_eq!(refs(&remote), [BRANCH], "{what}: nothing of the trial is left");
        assert!(clone.try_git(["rev-parse", "--verify", REFERENCE]).code == Some(0), "{what}");
        let refused = lease(&other, &["acquire", "api", "--owner", "w2"]);
        assert_eq!(refused.code, Some(1), "{what}: {refused:?}");
        must(&other, &["acquire", "web", "--owner", "w2"]);
        must(&clone, &["renew", "api", "--owner", "w1", "--ttl", "2h"]);
        must(&clone, &["release", "--owner", "w1"]);
        must(&other, &["acquire", "api", "--owner", "w2"]);
        let chain = remote.chain(BRANCH);
        assert_eq!(chain.held(), [("web", "w2"), ("api", "w2")].map(owned), "{what}");
        assert!(chain.faults().is_empty(), "{what}: {:?}", chain.faults());
        assert_eq!([&clone, &other].map(reference), [json!(BRANCH), json!(BRANCH)], "{what}");
        must(&clone, &["remote", "--probe"]);
        assert_eq!(refs(&remote), [BRANCH], "{what}: again");
    }
    assert_eq!(all.len(), 5);
}

#[test]
fn clones_that_set_up_at_one_moment_agree_on_one_ref() {
    for refuse in [None, Some(UPDATE)] {
        let sandbox = Sandbox::new();
        let remote = Remote::new(&sandbox, PATIENT);
        if let Some(hook) = refuse {
            remote.hook("update", hook);
        }
        let clones: Vec<_> = (0..6).map(|number| remote.clone(&format!("c{number}"))).collect();
        let codes: Vec<Option<i32>> = std::thread::scope(|scope| {
            let ask = |clone| move || lease(clone, &["acquire", "api", "--owner", "w"]).code;
            let racers: Vec<_> = clones.iter().map(|clone| scope.spawn(ask(clone))).collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).collect()
        });
        let want = if refuse.is_some() { BRANCH } else { REFERENCE };
        let given = codes.iter().filter(|code| **code == Some(0)).count();
        assert_eq!(given, 1, "one name is not one holder: {codes:?}");
        assert!(codes.iter().all(|code| matches!(code, Some(0 | 1))), "{codes:?}");
        assert_eq!(refs(&remote), [want], "and nothing of the trial is left");
        for clone in &clones {
            assert_eq!(reference(clone), want);
        }
    }
}

#[test]
fn a_bad_line_is_no_refusal() {
    let faults = [
        Fault::Cut(Moment::Greeting),
        Fault::Cut(Moment::Request),
        Fault::Cut(Moment::Answer),
        Fault::Hang(Moment::Answer),
    ];
    std::thread::scope(|scope| {
        for fault in faults {
            scope.spawn(move || set_up_through(fault));
        }
    });
}

/// Has one of the exchanges of a set-up go wrong, each in turn, and sets up again.
fn set_up_through(fault: Fault) {
    for service in [Service::Push, Service::Fetch] {
        for place in 0.. {
            let what = format!("{service:?} {place}: {fault:?}");
            let sandbox = Sandbox::new();
            let remote = Remote::new(&sandbox, BRISK);
            let (clone, other) = (remote.clone("one"), remote.clone("two"));
            let passes = std::iter::repeat_n((service, Fault::Pass), place);
            let faults = passes.chain([(service, fault)]).collect();
            remote.proxy.plan(Plan::Next(faults));
            let ran = lease(&clone, &["acquire", "api", "--owner", "w1"]);
            remote.proxy.plan(Plan::All(Fault::Pass));
            remote.proxy.wait_idle();
            let is_over = !remote.proxy.seen().contains(&(service, fault));
            if ran.code != Some(0) {
                must_fail(&ran, &what);
            }
            assert!(!refs(&remote).contains(&BRANCH.to_owned()), "{what}: {ran:?}");
            must(&clone, &["acquire", "api", "--owner", "w1"]);
            let refused = lease(&other, &["acquire", "api", "--owner", "w1"]);
            assert_eq!(refused.code, Some(1), "{what}: {refused:?}");
            // What was tried out may stay when nobody can be asked to remove it.
            let mut refs = refs(&remote);
            refs.retain(|name| !name.starts_with("refs/dos/probe-"));
            assert_eq!(refs, [REFERENCE], "{what}");
            if is_over {
                assert!(place > 0, "{what}: there is such an exchange");
                break;
            }
        }
    }
}

#[test]
fn a_remote_that_begins_to_refuse_the_ref_does_not_split_the_set() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, PATIENT);
    let (clone, fresh) = (remote.clone("one"), remote.clone("two"));
    must(&clone, &["acquire", "api", "--owner", "w1"]);
    remote.bare.git(["config", "receive.hideRefs", "refs/dos"]);
    let refused = lease(&fresh, &["acquire", "api", "--owner", "w2"]);
    assert!(matches!(refused.code, Some(1 | 2)), "{refused:?}");
    must_not_know(&lease(&clone, &["acquire", "web", "--owner", "w1"]), "it cannot be written");
    must_not_know(&lease(&fresh, &["acquire", "web", "--owner", "w2"]), "here as well");
    assert_eq!(refs(&remote), [REFERENCE], "there is one set");
}

#[test]
fn nothing_but_going_forward_is_needed() {
    for key in ["receive.denyNonFastForwards", "receive.denyDeletes"] {
        let sandbox = Sandbox::new();
        let remote = Remote::new(&sandbox, PATIENT);
        remote.bare.git(["config", key, "true"]);
        let (clone, other) = (remote.clone("one"), remote.clone_by_path("two"));
        go_on(key, &remote, &clone, &other);
        // As by itself after a thousand changes.
        pretend_long(&remote);
        go_on(key, &remote, &clone, &other);
        let ran = lease(&clone, &["compact"]);
        assert!(matches!(ran.code, Some(0 | 2)), "{key}: {ran:?}");
        go_on(key, &remote, &clone, &other);
    }
}

#[test]
fn a_history_that_begins_anew_is_followed() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, PATIENT);
    let (clone, other) = (remote.clone("one"), remote.clone_by_path("two"));
    go_on("before", &remote, &clone, &other);
    must(&clone, &["acquire", "web", "--owner", "w1"]);
    must(&clone, &["compact"]);
    assert_eq!(remote.bare.git(["rev-list", "--count", REFERENCE]), "1", "it begins anew");
    let refused = lease(&other, &["acquire", "web", "--owner", "w2"]);
    assert_eq!(refused.code, Some(1), "what was held is held: {refused:?}");
    must(&other, &["compact"]);
    must(&clone, &["release", "web", "--owner", "w1"]);
    go_on("after", &remote, &clone, &other);
    pretend_long(&remote);
    go_on("by itself", &remote, &clone, &other);
    let count: usize = remote.bare.git(["rev-list", "--count", REFERENCE]).parse().unwrap();
    assert!(count <= 4, "it began anew by itself: {count}");
    let faults = remote.chain(REFERENCE).faults();
    assert!(faults.is_empty(), "{faults:?}");
}

/// Gives a lane to one clone and then to the other.
fn go_on(what: &str, remote: &Remote<'_>, clone: &Repository<'_>, other: &Repository<'_>) {
    must(clone, &["acquire", "api", "--owner", "w"]);
    assert_eq!(lease(other, &["acquire", "api", "--owner", "w"]).code, Some(1), "{what}");
    must(clone, &["release", "api", "--owner", "w"]);
    must(other, &["acquire", "api", "--owner", "w"]);
    assert_eq!(lease(clone, &["acquire", "api", "--owner", "w"]).code, Some(1), "{what}");
    must(other, &["release", "api", "--owner", "w"]);
    assert_eq!(remote.chain(REFERENCE).held(), [], "{what}");
}

/// Makes one more change of the set, whose number says that there were thousands.
fn pretend_long(remote: &Remote<'_>) {
    let mut state = remote.state();
    state["generation"] = json!(state["generation"].as_u64().unwrap() + 5000);
    remote.put(&state);
}
