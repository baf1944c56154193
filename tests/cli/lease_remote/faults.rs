//! One thing goes wrong between a clone and its remote: what it is told, and how it goes on.

use std::time::Duration;

use super::{asked, held, join, lease, must, must_not_know, now, owned};
use crate::remote::{BRISK, Fault, Moment, Plan, REFERENCE, Remote, Service};
use crate::support::{Repository, Sandbox};

const MOMENTS: [Moment; 3] = [Moment::Greeting, Moment::Request, Moment::Answer];

/// Longer than an exchange may take.
const LATE: Duration = Duration::from_millis(2300);

/// How long an exchange may take.
const BRISK_TIME: Duration = Duration::from_secs(2);

/// Every fault that may be alone.
fn faults() -> Vec<Fault> {
    let short = Duration::from_millis(50);
    let mut faults = vec![Fault::CutInAnswer, Fault::Delay(Moment::Answer, short)];
    for moment in MOMENTS {
        faults.extend([Fault::Cut(moment), Fault::Hang(moment)]);
    }
    faults.push(Fault::Delay(Moment::Request, LATE));
    faults
}

#[test]
fn a_fault_of_one_exchange_leaves_nothing_untrue() {
    // Most of the time is spent waiting, so that all wait at once.
    std::thread::scope(|scope| {
        for fault in faults() {
            scope.spawn(move || suffer(fault));
        }
    });
}

/// Has one fault met by every kind of exchange of every verb.
fn suffer(fault: Fault) {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, BRISK);
    let (clone, other) = (remote.clone("one"), remote.clone("two"));
    must(&clone, &["acquire", "web", "--owner", "w1"]);
    join(&other);
    for service in [Service::Push, Service::Fetch] {
        // Whatever is asked for, the set is read in one way.
        let deeds: &[&str] = match service {
            Service::Push => &["acquire", "renew", "release"],
            Service::Fetch => &["acquire"],
        };
        for deed in deeds.iter().copied() {
            let what = format!("{service:?} {fault:?} {deed}");
            let mut words = vec![deed, "api", "--owner", "w1"];
            if deed == "renew" {
                // Another time, so that there is something to renew.
                words.extend(["--ttl", "61m"]);
            }
            let tip = remote.tip(REFERENCE);
            remote.proxy.seen();
            remote.proxy.next([(service, fault)]);
            let begin = now();
            let (ran, answer) = asked(&clone, &words);
            let took = now().saturating_sub(begin);
            remote.proxy.plan(Plan::All(Fault::Pass));
            remote.proxy.wait_idle();
            assert!(took < Duration::from_secs(20), "{what}: {took:?}");
            match ran.code {
                Some(0) => {
                    assert_ne!(remote.tip(REFERENCE), tip, "{what}: it says that it is done");
                }
                Some(2) => must_not_know(&ran, &what),
                _ => panic!("{what}: {ran:?} {answer}"),
            }
            let was_met = remote.proxy.seen().contains(&(service, fault));
            let is_harmless = matches!(fault, Fault::Delay(_, time) if time < LATE);
            assert!(was_met || service == Service::Fetch, "{what}: every change is pushed");
            // Others are as busy, so that an exchange may take too long all the same.
            assert!(!is_harmless || ran.code == Some(0) || took > BRISK_TIME, "{what}: {ran:?}");
            all_agree(&what, &remote, &other);
            // The next try finds out.
            must(&clone, &words);
            let has_api = held(&remote).contains(&owned(("api", "w1")));
            assert_eq!(has_api, deed != "release", "{what}: the next try works");
        }
    }
    let faults = remote.chain(REFERENCE).faults();
    assert!(faults.is_empty(), "{fault:?}: {faults:?}");
}

/// Requires that another clone sees what the remote has, and is given nothing that is held.
fn all_agree(what: &str, remote: &Remote<'_>, other: &Repository<'_>) {
    let list = must(other, &["list"]);
    let has_api = held(remote).contains(&owned(("api", "w1")));
    assert_eq!(list.contains("api: w1"), has_api, "{what}: {list}");
    let second = lease(other, &["acquire", "api", "--owner", "w1"]);
    assert_eq!(second.code, Some(i32::from(has_api)), "{what}: {second:?}");
    if !has_api {
        must(other, &["release", "api", "--owner", "w1"]);
    }
}

#[test]
fn whoever_hears_no_answer_finds_out_whether_the_change_was_made() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, BRISK);
    let clone = remote.clone("one");
    must(&clone, &["acquire", "web", "--owner", "w1"]);
    for fault in [Fault::Cut(Moment::Answer), Fault::CutInAnswer, Fault::Hang(Moment::Answer)] {
        remote.proxy.next([(Service::Push, fault)]);
        let (ran, answer) = asked(&clone, &["acquire", "api", "--owner", "w1"]);
        assert_eq!(ran.code, Some(0), "{fault:?}: it was made, and that is seen: {ran:?}");
        assert_eq!(answer["outcome"], "GIVEN", "{fault:?}: {answer}");
        let count = remote.chain(REFERENCE).grants().len();
        remote.proxy.next([(Service::Push, fault)]);
        must(&clone, &["release", "api", "--owner", "w1"]);
        assert_eq!(held(&remote), [owned(("web", "w1"))], "{fault:?}");
        assert_eq!(remote.chain(REFERENCE).grants().len(), count, "{fault:?}: once");
    }
}

#[test]
fn whoever_hears_nothing_at_all_says_so_and_the_next_one_finds_out() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, BRISK);
    let (clone, other) = (remote.clone("one"), remote.clone("two"));
    join(&other);
    must(&clone, &["acquire", "web", "--owner", "w1"]);
    // The change is made, and nobody tells: neither the push nor those who look afterwards.
    remote.proxy.plan(Plan::Each(Service::Fetch, Fault::Pass));
    remote.proxy.next([
        (Service::Push, Fault::Cut(Moment::Answer)),
        (Service::Fetch, Fault::Cut(Moment::Greeting)),
        (Service::Fetch, Fault::Cut(Moment::Greeting)),
        (Service::Fetch, Fault::Cut(Moment::Greeting)),
        (Service::Fetch, Fault::Cut(Moment::Greeting)),
    ]);
    let ran = lease(&clone, &["acquire", "api", "--owner", "w1"]);
    assert!(held(&remote).contains(&owned(("api", "w1"))), "the server made the change");
    if ran.code != Some(0) {
        must_not_know(&ran, "it is not known");
    }
    remote.proxy.plan(Plan::All(Fault::Pass));
    let second = lease(&other, &["acquire", "api", "--owner", "w2"]);
    assert_eq!(second.code, Some(1), "{second:?}");
    let list = must(&clone, &["list"]);
    assert!(list.contains("api: w1"), "{list}");
    must(&clone, &["release", "api", "--owner", "w1"]);
    must(&other, &["acquire", "api", "--owner", "w2"]);
}
