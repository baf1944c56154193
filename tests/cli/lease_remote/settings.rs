//! Clones and remotes as people set them up: the leases are shared all the same, and nothing else is moved.

use super::{held, lease, must, must_fail, owned};
use crate::remote::{PATIENT, REFERENCE, Remote};
use crate::support::{Repository, Sandbox, succeed};

/// Changes a clone or its remote.
type Setting = fn(&Remote<'_>, &Repository<'_>);

/// Settings that a push or a fetch obeys (git-config(1)), and hooks.
const SETTINGS: [(&str, Setting); 12] = [
    ("a hook that refuses every push", |_, clone| clone.hook("pre-push", "#!/bin/sh\nexit 1\n")),
    ("push to more", |_, clone| {
        clone.git(["config", "push.followTags", "true"]);
        clone.git(["tag", "-a", "-m", "t", "mine"]);
    }),
    ("push what is matching", |_, clone| {
        clone.git(["config", "remote.origin.push", "+refs/heads/*:refs/heads/*"]);
        clone.git(["branch", "private"]);
    }),
    ("prune all", |_, clone| {
        clone.git(["config", "fetch.prune", "true"]);
        clone.git(["config", "fetch.pruneTags", "true"]);
        clone.git(["config", "remote.origin.fetch", "+refs/*:refs/remotes/origin/all/*"]);
    }),
    ("options of a push", |_, clone| {
        clone.git(["config", "push.pushOption", "ci.skip"]);
    }),
    ("pushes must be signed", |_, clone| {
        clone.git(["config", "push.gpgSign", "if-asked"]);
        clone.git(["config", "commit.gpgSign", "true"]);
        clone.git(["config", "gpg.program", "false"]);
    }),
    ("look at submodules", |_, clone| {
        clone.git(["config", "push.recurseSubmodules", "on-demand"]);
        clone.git(["config", "fetch.recurseSubmodules", "true"]);
    }),
    ("objects are checked", |remote, clone| {
        remote.bare.git(["config", "transfer.fsckObjects", "true"]);
        clone.git(["config", "transfer.fsckObjects", "true"]);
    }),
    ("the first protocol", |_, clone| {
        clone.git(["config", "protocol.version", "0"]);
    }),
    ("another language and colours", |_, clone| {
        clone.git(["config", "color.ui", "always"]);
        clone.git(["config", "color.remote", "always"]);
        clone.git(["config", "push.default", "nothing"]);
        clone.git(["config", "advice.pushUpdateRejected", "false"]);
    }),
    ("nobody is configured", |_, clone| {
        clone.git(["config", "user.useConfigOnly", "true"]);
        clone.git(["config", "user.name", ""]);
        clone.git(["config", "user.email", ""]);
    }),
    ("packed", |remote, clone| {
        remote.bare.git(["pack-refs", "--all"]);
        clone.git(["pack-refs", "--all"]);
        clone.git(["gc", "--quiet", "--prune=now"]);
    }),
];

/// Returns every ref of the remote but that of the leases.
fn others(remote: &Remote<'_>) -> String {
    let all = remote.bare.git(["for-each-ref", "--format=%(refname) %(objectname)"]);
    all.lines().filter(|line| !line.starts_with(REFERENCE)).collect::<Vec<_>>().join("\n")
}

/// Gives a lane to one clone, refuses it to the other, and back.
fn share(what: &str, remote: &Remote<'_>, clone: &Repository<'_>, other: &Repository<'_>) {
    let before = others(remote);
    must(clone, &["acquire", "api", "--owner", "w1"]);
    let refused = lease(other, &["acquire", "api", "--owner", "w1"]);
    assert_eq!(refused.code, Some(1), "{what}: {refused:?}");
    must(other, &["acquire", "web", "--owner", "w2"]);
    let refused = lease(clone, &["acquire", "web", "--owner", "w2"]);
    assert_eq!(refused.code, Some(1), "{what}: {refused:?}");
    must(clone, &["renew", "api", "--owner", "w1", "--ttl", "2h"]);
    assert_eq!(held(remote), [("api", "w1"), ("web", "w2")].map(owned), "{what}");
    must(other, &["release", "--owner", "w2"]);
    must(clone, &["release", "--owner", "w1"]);
    assert_eq!(others(remote), before, "{what}: nothing else is moved on the remote");
    let faults = remote.chain(REFERENCE).faults();
    assert!(faults.is_empty(), "{what}: {faults:?}");
}

#[test]
fn settings_of_git_change_nothing() {
    std::thread::scope(|scope| {
        for part in SETTINGS.chunks(SETTINGS.len().div_ceil(2)) {
            scope.spawn(move || {
                for (what, set) in part {
                    let sandbox = Sandbox::new();
                    let remote = Remote::new(&sandbox, PATIENT);
                    let (clone, other) = (remote.clone_by_path("one"), remote.clone_by_path("two"));
                    set(&remote, &clone);
                    share(what, &remote, &clone, &other);
                }
            });
        }
    });
}

#[test]
fn a_remote_that_is_a_mirror_is_never_mirrored() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, PATIENT);
    let clone = remote.clone_by_path("one");
    clone.git(["config", "remote.origin.mirror", "true"]);
    clone.git(["branch", "private"]);
    let before = others(&remote);
    let ran = lease(&clone, &["acquire", "api", "--owner", "w1"]);
    if ran.code != Some(0) {
        must_fail(&ran, "it is said");
        assert!(ran.stderr.contains("mirror"), "{ran:?}");
    }
    assert_eq!(others(&remote), before, "no branch is pushed, and none is removed");
}

/// Makes a clone with options.
fn clone_with<'sandbox>(remote: &Remote<'sandbox>, options: &[&str]) -> Repository<'sandbox> {
    let sandbox = remote.bare.sandbox;
    let path = sandbox.path("odd");
    let mut command = sandbox.command("git", &sandbox.path(""));
    succeed(command.args(["clone", "--quiet"]).args(options).arg(remote.url()).arg(&path));
    Repository { sandbox, path }
}

#[test]
fn a_clone_that_has_not_all_shares_all_leases() {
    for options in [
        &["--depth=1"][..],
        &["--filter=blob:none"],
        &["--filter=tree:0"],
        &["--filter=blob:none", "--depth=1", "--no-tags", "--single-branch"],
    ] {
        let sandbox = Sandbox::new();
        let remote = Remote::new(&sandbox, PATIENT);
        remote.bare.git(["config", "uploadpack.allowFilter", "true"]);
        let clone = clone_with(&remote, options);
        let other = remote.clone("two");
        let what = options.join(" ");
        share(&what, &remote, &clone, &other);
        let is_shallow = clone.git(["rev-parse", "--is-shallow-repository"]);
        assert_eq!(is_shallow == "true", what.contains("depth"), "{what}: it stays what it is");
    }
}

#[test]
fn a_local_ref_that_somebody_moves_or_removes_gives_nothing_to_two() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, PATIENT);
    let (clone, other) = (remote.clone_by_path("one"), remote.clone_by_path("two"));
    must(&clone, &["acquire", "web", "--owner", "w1"]);
    let old = clone.git(["rev-parse", REFERENCE]);
    must(&other, &["acquire", "api", "--owner", "w2"]);
    let moves: [(&str, &dyn Fn()); 4] = [
        ("fetched by hand", &|| {
            clone.git(["fetch", "--quiet", "origin", "+refs/dos/*:refs/dos/*"]);
        }),
        ("taken back", &|| drop(clone.git(["update-ref", REFERENCE, &old]))),
        ("removed", &|| drop(clone.git(["update-ref", "-d", REFERENCE]))),
        ("something else", &|| drop(clone.git(["update-ref", REFERENCE, "HEAD"]))),
    ];
    for (what, act) in moves {
        must(&clone, &["fetch"]);
        act();
        let refused = lease(&clone, &["acquire", "api", "--owner", "w1"]);
        assert!(matches!(refused.code, Some(1 | 2)), "{what}: {refused:?}");
        let ran = lease(&clone, &["list"]);
        assert!(ran.code == Some(2) || ran.stdout.contains("api: w2"), "{what}: {ran:?}");
        let held = held(&remote);
        assert_eq!(held, [("web", "w1"), ("api", "w2")].map(owned), "{what}");
        if refused.code == Some(2) {
            clone.git(["update-ref", "-d", REFERENCE]);
            must(&clone, &["remote", "--probe"]);
        }
    }
    let faults = remote.chain(REFERENCE).faults();
    assert!(faults.is_empty(), "{faults:?}");
}
