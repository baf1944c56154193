//! A lease of another clone ends by one's own clock, and its holder learns of it.

use std::time::Duration;

use serde_json::json;

use super::away::{commit, hooked, push, seen_before};
use super::{held, join, lease, must, now, owned, wait_until};
use crate::remote::{PATIENT, Remote};
use crate::support::{Repository, Sandbox};

/// How long a lease lasts here.
const TTL: Duration = Duration::from_secs(2);

/// A time long before these tests.
const LONG_AGO: u64 = 1_577_836_800_000;

/// Makes a lease of a clone that never was the only one, which goes by a clock of its own.
fn hold(remote: &Remote<'_>, number: u64, acquired_ms: u64, renewed_ms: Option<u64>) {
    let lease = json!({"lane": "api", "tree": ["src/api/**"], "mode": "exclusive", "grant": 100, "owner": "w",
        "worktree": "/far", "host": "far", "clone": "0123456789abcdef", "acquired_ms": acquired_ms,
        "renewed_ms": renewed_ms, "ttl_s": TTL.as_secs()});
    let leases = [lease];
    remote.put(&json!({"v": 1, "generation": number, "begins": 1, "leases": leases}));
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap()
}

/// Asks for `api` until it is given, and returns how long that took.
fn wait_for_api(clone: &Repository<'_>, owner: &str) -> Duration {
    let begin = now();
    wait_until("the lease ends", || {
        let ran = lease(clone, &["acquire", "api", "--owner", owner]);
        assert!(matches!(ran.code, Some(0 | 1)), "{ran:?}");
        ran.code == Some(0)
    });
    now().saturating_sub(begin)
}

#[test]
fn whatever_times_a_lease_states_it_ends_by_ones_own_clock() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, PATIENT);
    let clone = remote.clone_by_path("one");
    join(&clone);
    let century = 100 * 365 * 24 * 3_600_000;
    let now = millis(now());
    let times = [("long ago", LONG_AGO), ("now", now), ("far ahead", now + century)];
    for (number, (what, acquired)) in (100..).step_by(100).zip(times) {
        hold(&remote, number, acquired, None);
        let took = wait_for_api(&clone, "w");
        assert!(took >= TTL, "{what}: it was seen unchanged for its time: {took:?}");
        must(&clone, &["release", "--owner", "w"]);
    }
}

#[test]
fn a_lease_that_is_renewed_does_not_end() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, PATIENT);
    let clone = remote.clone_by_path("one");
    join(&clone);
    let begin = now();
    let mut number = 100;
    while now().saturating_sub(begin) < TTL * 2 {
        // Its holder's clock stands in the past, and goes on.
        let elapsed = millis(now().saturating_sub(begin));
        number += 1;
        hold(&remote, number, LONG_AGO, Some(LONG_AGO + elapsed));
        let ran = lease(&clone, &["acquire", "api", "--owner", "w2"]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
    }
}

#[test]
fn a_holder_that_slept_too_long_is_stopped_in_its_own_clone() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, PATIENT);
    let (clone, other) = (remote.clone("one"), remote.clone("two"));
    join(&other);
    hooked(&clone);
    must(&clone, &["acquire", "api", "--owner", "sleeper", "--ttl", "2s"]);
    assert_eq!(commit(&clone, "src/api/f.rs", "sleeper").code, Some(0), "its own");
    let took = wait_for_api(&other, "next");
    assert!(took >= TTL, "not before its time is over: {took:?}");
    assert_eq!(held(&remote), [owned(("api", "next"))]);
    // It wakes up and goes on as before: its clone has not heard of anything.
    let late = commit(&clone, "src/api/g.rs", "sleeper");
    seen_before(&clone, Duration::from_secs(3600));
    let refused = push(&clone, "origin", "sleeper");
    if late.code == Some(0) {
        assert_eq!(refused.code, Some(1), "a push asks the remote: {refused:?}");
        assert!(refused.stderr.contains("is in lane api, which next in "), "{refused:?}");
    }
    must(&clone, &["fetch"]);
    let refused = commit(&clone, "src/api/h.rs", "sleeper");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("is in lane api, which next in "), "{refused:?}");
    let renewed = lease(&clone, &["renew", "api", "--owner", "sleeper"]);
    assert_eq!(renewed.code, Some(1), "it is told: {renewed:?}");
    assert_eq!(held(&remote), [owned(("api", "next"))]);
}
