//! Whoever is killed on the way to the remote leaves the leases as before or as after, for all clones.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Stdio};

use super::{held, join, lease, must, now, owned, wait_until};
use crate::remote::{BRISK, Chance, Fault, Moment, PATIENT, Plan, REFERENCE, Remote, Service};
use crate::support::{GIT_DOS, Repository, Sandbox};

/// How many clones are killed in at one time, each pair with a remote of its own.
const GROUNDS: usize = 4;

/// How many times each.
const TIMES: usize = 4;

/// Who is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    /// Git-dos alone; what it started goes on.
    Program,
    /// The git that it started, and what that started.
    Git,
    /// All.
    All,
}

const VICTIMS: [Victim; 3] = [Victim::Program, Victim::Git, Victim::All];

fn start(clone: &Repository<'_>, words: &[&str]) -> Child {
    let mut command = clone.command(GIT_DOS);
    command.arg("lease").args(words).stdout(Stdio::null()).stderr(Stdio::null());
    command.process_group(0).spawn().unwrap()
}

/// Returns the processes that `program` started, and those that they started.
fn below(program: u32) -> Vec<u32> {
    let mut parents = Vec::new();
    for entry in fs_err::read_dir("/proc").unwrap() {
        let name = entry.unwrap().file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Ok(stat) = fs_err::read_to_string(format!("/proc/{pid}/stat")) else { continue };
        // Behind the name, which may hold anything: the state, and the parent (proc(5)).
        let after = stat.rsplit(") ").next().unwrap();
        parents.push((pid, after.split(' ').nth(1).unwrap().parse::<u32>().unwrap()));
    }
    let mut found = vec![program];
    let mut at = 0;
    while at < found.len() {
        let parent = found[at];
        found.extend(parents.iter().filter(|pair| pair.1 == parent).map(|pair| pair.0));
        at += 1;
    }
    found.remove(0);
    found
}

fn kill(pid: u32) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    // It may be gone already.
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).ok();
}

/// Kills, and waits until none of them is left.
fn strike(mut child: Child, victim: Victim) {
    let rest = below(child.id());
    if victim != Victim::Git {
        kill(child.id());
    }
    if victim != Victim::Program {
        rest.iter().copied().for_each(kill);
    }
    child.wait().unwrap();
}

/// Requires that a second clone is given the lane only where the first one does not hold it, and that the first one
/// goes on.
fn go_on(what: &str, remote: &Remote<'_>, first: &Repository<'_>, second: &Repository<'_>) {
    let ran = lease(second, &["acquire", "api", "--owner", "w"]);
    assert!(matches!(ran.code, Some(0 | 1)), "{what}: {ran:?}");
    remote.proxy.wait_idle();
    let got = ran.code == Some(0);
    // What git-dos had started may have given it back after the second one was refused.
    let count = held(remote).len();
    assert!(count == 1 || count == 0 && !got, "{what}: {got}, {:?}", held(remote));
    if got {
        let refused = lease(first, &["acquire", "api", "--owner", "w"]);
        assert_eq!(refused.code, Some(1), "{what}: never both: {refused:?}");
        must(second, &["release", "api", "--owner", "w"]);
    }
    must(first, &["acquire", "api", "--owner", "w"]);
    assert_eq!(held(remote), [owned(("api", "w"))], "{what}: the next try works");
}

const DEEDS: [&[&str]; 3] = [
    &["acquire", "api", "--owner", "w"],
    &["renew", "api", "--owner", "w", "--ttl", "3h"],
    &["release", "api", "--owner", "w"],
];

#[test]
fn whoever_is_killed_in_the_midst_of_an_exchange_harms_nobody() {
    std::thread::scope(|scope| {
        for victim in VICTIMS {
            scope.spawn(move || {
                let sandbox = Sandbox::new();
                let remote = Remote::new(&sandbox, BRISK);
                let (first, second) = (remote.clone("one"), remote.clone("two"));
                [&first, &second].into_iter().for_each(join);
                for moment in [Moment::Greeting, Moment::Request, Moment::Answer] {
                    for deed in DEEDS {
                        let what = format!("{victim:?} {moment:?} {}", deed[0]);
                        if deed[0] == "acquire" {
                            lease(&first, &["release", "api", "--owner", "w"]);
                        }
                        remote.proxy.next([(Service::Push, Fault::Stop(moment))]);
                        let child = start(&first, deed);
                        remote.proxy.wait_stopped();
                        if victim == Victim::Git {
                            // It asks again, and must not wait for what is stopped.
                            remote.proxy.plan(Plan::All(Fault::Pass));
                        }
                        strike(child, victim);
                        remote.proxy.go_on();
                        go_on(&what, &remote, &first, &second);
                    }
                }
                let faults = remote.chain(REFERENCE).faults();
                assert!(faults.is_empty(), "{victim:?}: {faults:?}");
            });
        }
    });
}

#[test]
fn whoever_is_killed_at_any_time_harms_nobody() {
    std::thread::scope(|scope| {
        for ground in 0..GROUNDS {
            scope.spawn(move || kill_often(u64::try_from(ground).unwrap()));
        }
    });
}

fn kill_often(ground: u64) {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, PATIENT);
    let (first, second) = (remote.clone("one"), remote.clone("two"));
    [&first, &second].into_iter().for_each(join);
    let mut chance = Chance::new(ground + 1);
    must(&first, &["acquire", "api", "--owner", "w"]);
    let mut on_the_way = 0;
    for time in 0..TIMES {
        let deed = DEEDS[chance.below(DEEDS.len())];
        let victim = VICTIMS[chance.below(VICTIMS.len())];
        // How long a change takes when all are as busy.
        let begin = now();
        must(&first, &["renew", "api", "--owner", "w", "--ttl", &format!("{}m", 200 + time)]);
        let after = chance.time(now().saturating_sub(begin));
        let what = format!("{ground}.{time}: {victim:?} after {after:?} {}", deed[0]);
        if deed[0] == "acquire" {
            must(&first, &["release", "api", "--owner", "w"]);
        }
        let mut child = start(&first, deed);
        let begin = now();
        wait_until("the time of the kill", || now().saturating_sub(begin) >= after);
        on_the_way += usize::from(child.try_wait().unwrap().is_none());
        strike(child, victim);
        go_on(&what, &remote, &first, &second);
    }
    assert!(on_the_way > TIMES / 4, "{on_the_way} were on the way");
    let faults = remote.chain(REFERENCE).faults();
    assert!(faults.is_empty(), "{ground}: {faults:?}");
    first.git(["fsck", "--strict"]);
    let refs = first.git(["for-each-ref", "--format=%(refname)", "refs/dos"]);
    assert_eq!(refs, REFERENCE, "{ground}: nothing is left of what was on the way");
}
