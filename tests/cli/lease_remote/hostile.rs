//! The remote has something in place of a set of leases: it is said, and nothing here is harmed.

use super::{join, lease, must, must_fail};
use crate::remote::forge::{self, blob};
use crate::remote::{PATIENT, REFERENCE, Remote};
use crate::support::{Repository, Sandbox};

/// More than a set may have.
const HUGE: usize = 5 * 1024 * 1024;

/// Writes a commit of a tree after what the ref has now.
fn commit(remote: &Remote<'_>, tree: &str) -> String {
    let parent = remote.tip(REFERENCE);
    forge::commit(&remote.bare, tree, parent.as_deref(), "change\n\nDos-Generation: 9")
}

/// Writes a tree with one file.
fn tree(bare: &Repository<'_>, name: &str, content: &[u8]) -> String {
    forge::tree(bare, "100644 blob", &blob(bare, content), name)
}

/// Returns what a remote may have instead of a set, each with its name.
fn strange(remote: &Remote<'_>) -> Vec<(&'static str, String)> {
    let bare = &remote.bare;
    let file = |content: &[u8]| commit(remote, &tree(bare, "leases.json", content));
    let lease = |fields: &str| {
        file(format!(r#"{{"v":1,"generation":9,"begins":1,"leases":[{fields}]}}"#).as_bytes())
    };
    let inner = tree(bare, "leases.json", b"{}");
    let folder = forge::tree(bare, "040000 tree", &inner, "leases.json");
    let link = forge::tree(bare, "120000 blob", &blob(bare, b"/etc/passwd"), "leases.json");
    vec![
        ("a blob", blob(bare, b"nothing")),
        ("a tree", tree(bare, "leases.json", b"{}")),
        ("no file", commit(remote, &tree(bare, "other.json", b"{}"))),
        ("a folder for the file", commit(remote, &folder)),
        ("a link for the file", commit(remote, &link)),
        ("an empty file", file(b"")),
        ("garbage", file(b"\xff\xfe\x00 \x1b[2J{")),
        ("too much", file(&vec![b' '; HUGE])),
        ("too deep", file("[".repeat(200_000).as_bytes())),
        ("another shape", file(br#"{"v":1,"generation":"nine","leases":{}}"#)),
        ("a later version", file(br#"{"v":999,"generation":9,"begins":1,"leases":[]}"#)),
        ("a lease of nothing", lease("null")),
        ("a lease without an end", lease(r#"{"lane":"api","tree":["src"],"acquired_ms":1}"#)),
        ("a time below none", lease(r#"{"lane":"a","tree":[],"acquired_ms":-1,"ttl_s":1}"#)),
    ]
}

#[test]
fn what_is_no_set_of_leases_is_said_and_harms_nothing() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, PATIENT);
    let (clone, other) = (remote.clone_by_path("one"), remote.clone_by_path("two"));
    join(&other);
    must(&clone, &["acquire", "api", "--owner", "w1"]);
    let all = strange(&remote);
    assert_eq!(all.len(), 14);
    for (what, object) in all {
        let good = remote.tip(REFERENCE).unwrap();
        fs_err::write(remote.bare.path.join(REFERENCE), format!("{object}\n")).unwrap();
        let fresh = remote.clone_by_path(what);
        for (clone, is_new) in [(&clone, false), (&other, false), (&fresh, true)] {
            let before = clone.try_git(["rev-parse", "--verify", "--quiet", REFERENCE]).stdout;
            let words: [&[&str]; 4] = [
                &["acquire", "web", "--owner", "w2"],
                &["fetch"],
                &["renew", "api", "--owner", "w1", "--ttl", "2h"],
                &["list"],
            ];
            for words in &words[..if is_new { 1 } else { 4 }] {
                let ran = lease(clone, words);
                must_fail(&ran, &format!("{what}: {words:?}"));
                assert!(ran.stderr.len() < 2000, "{what}: {words:?}: {}", ran.stderr.len());
                assert!(!ran.stderr.contains('\u{1b}'), "{what}: {ran:?}");
            }
            let after = clone.try_git(["rev-parse", "--verify", "--quiet", REFERENCE]).stdout;
            assert_eq!(after, before, "{what}: the leases here are as they were");
        }
        let list = must(&clone, &["list", "--offline"]);
        assert!(list.contains("api: w1"), "{what}: {list}");
        assert_eq!(remote.tip(REFERENCE), Some(object), "{what}: the remote is as it was");
        fs_err::write(remote.bare.path.join(REFERENCE), format!("{good}\n")).unwrap();
        must(&fresh, &["acquire", "web", "--owner", "w2"]);
        must(&fresh, &["release", "web", "--owner", "w2"]);
        let refused = lease(&other, &["acquire", "api", "--owner", "w2"]);
        assert_eq!(refused.code, Some(1), "{what}: all is well again: {refused:?}");
        must(&clone, &["fetch"]);
        fs_err::remove_dir_all(&fresh.path).unwrap();
    }
}

#[test]
fn names_that_a_remote_has_are_shown_as_data() {
    let sandbox = Sandbox::new();
    let remote = Remote::new(&sandbox, PATIENT);
    let clone = remote.clone_by_path("one");
    join(&clone);
    let bare = &remote.bare;
    let now = super::now().as_millis();
    let odd = format!(
        r#"{{"v":1,"generation":9,"begins":1,"leases":[{{"lane":"api\u001b[2J\n","tree":["src/api/**"],
        "mode":"exclusive","grant":9,"owner":"w\u2028x","worktree":"/tmp\u0007","host":"h\n","clone":"../..\u001b",
        "acquired_ms":{now},"ttl_s":18446744073709551615}}]}}"#
    );
    let commit = commit(&remote, &tree(bare, "leases.json", odd.as_bytes()));
    bare.git(["update-ref", REFERENCE, &commit]);
    let list = must(&clone, &["list"]);
    assert_eq!(list.lines().count(), 1, "{list:?}");
    assert!(!list.contains(['\u{1b}', '\u{7}', '\u{2028}']), "{list:?}");
    let refused = lease(&clone, &["acquire", "api", "--owner", "w"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
}
