//! What was on the way arrives late, or was only noted: nobody holds what another one may be given.

use std::time::Duration;

use super::{asked, held, join, lease, must, must_not_know, owned};
use crate::remote::{BRISK, Fault, Moment, PATIENT, Plan, REFERENCE, Remote, Service};
use crate::support::Sandbox;

#[test]
fn what_is_asked_for_again_outlives_a_giving_back_that_arrives_late() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, BRISK);
    let (clone, other) = (remote.clone("one"), remote.clone("two"));
    join(&other);
    must(&clone, &["acquire", "api", "--owner", "w1"]);
    remote.proxy.seen();
    remote.proxy.plan(Plan::Each(Service::Push, Fault::Stop(Moment::Request)));
    must_not_know(&lease(&clone, &["release", "api", "--owner", "w1"]), "nobody answers");
    remote.proxy.plan(Plan::All(Fault::Pass));
    let on_the_way = remote.proxy.seen().iter().filter(|seen| seen.0 == Service::Push).count();
    let again = lease(&clone, &["acquire", "api", "--owner", "w1"]);
    for _ in 0..on_the_way {
        remote.proxy.go_on();
    }
    remote.proxy.wait_idle();
    let second = lease(&other, &["acquire", "api", "--owner", "w2"]);
    if again.code == Some(0) {
        assert_eq!(second.code, Some(1), "the first was told that it holds it: {second:?}");
        assert_eq!(held(&remote), [owned(("api", "w1"))]);
    } else {
        must_not_know(&again, "what becomes of it is open");
    }
}

#[test]
fn a_lease_lasts_no_longer_here_than_others_know_of() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, PATIENT);
    let clone = remote.clone("one");
    must(&clone, &["acquire", "api", "--owner", "w1", "--ttl", "1h"]);
    let ends = |answer: &serde_json::Value| answer["leases"][0]["ends_ms"].as_u64().unwrap();
    let first = ends(&asked(&clone, &["list", "--offline"]).1);
    let tip = remote.tip(REFERENCE);
    super::wait_until("some time goes by", || {
        super::now() + Duration::from_secs(3600) > Duration::from_millis(first + 1100)
    });
    must(&clone, &["renew", "api", "--owner", "w1"]);
    let is_sent = remote.tip(REFERENCE) != tip;
    let second = ends(&asked(&clone, &["list", "--offline"]).1);
    assert!(is_sent || second == first, "it was not told anybody: {first}, {second}");
}
