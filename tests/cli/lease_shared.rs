//! Leases that clones share: what is sent and when, what is taken along, and what stays in a clone.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use git_dos::leases::Step;
use serde_json::{Value, json};

use crate::lease::lease_in;
use crate::lease_crowd::{Chance, kill_after};
use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run};

const POLICY: &str = "[leases]\nremote = \"origin\"\n[lanes]\nconcurrent = [\"api\", \"web\", \"db\"]\n\
                      [lanes.trees]\napi = [\"src/**\"]\nweb = [\"app/**\"]\ndb = [\"db/**\"]\n";

/// A remote and two clones of it, `one` and `two`, whose policy is `policy`.
struct Clones<'s> {
    one: Repository<'s>,
    two: Repository<'s>,
}

impl<'s> Clones<'s> {
    fn new(sandbox: &'s Sandbox, policy: &str) -> Self {
        let origin = sandbox.bare("origin.git");
        let one = sandbox.repository("one");
        one.git(["remote", "add", "origin", origin.to_str().unwrap()]);
        one.write("dos.toml", policy);
        one.commit("docs: begin");
        one.git(["push", "--quiet", "origin", "HEAD:main"]);
        let two = sandbox.repository("two");
        two.git(["remote", "add", "origin", origin.to_str().unwrap()]);
        two.git(["pull", "--quiet", "origin", "main"]);
        Self { one, two }
    }
}

fn lease(repository: &Repository<'_>, words: &[&str]) -> Ran {
    lease_in(repository.sandbox, &repository.path, words)
}

fn must(repository: &Repository<'_>, words: &[&str]) -> Ran {
    let ran = lease(repository, words);
    assert_eq!(ran.code, Some(0), "{words:?}: {ran:?}");
    ran
}

/// Returns how many changes of the leases the remote has.
fn changes(sandbox: &Sandbox) -> usize {
    let arguments = ["rev-list", "--count", "refs/dos/leases"];
    let ran = run(sandbox.command("git", &sandbox.path("origin.git")).args(arguments));
    ran.stdout.parse().unwrap_or_default()
}

/// Returns the leases as `repository` last knew them.
fn known(repository: &Repository<'_>) -> Vec<Value> {
    let ran = must(repository, &["list", "--offline", "--format", "json"]);
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    answer["leases"].as_array().unwrap().clone()
}

/// Makes each lease in the set of the remote look `seconds` older, and has `repository` follow.
fn age(repository: &Repository<'_>, seconds: u64) {
    let tip = repository.git(["rev-parse", "refs/dos/leases"]);
    let text = repository.git(["show", "refs/dos/leases:leases.json"]);
    let mut set: Value = serde_json::from_str(&text).unwrap();
    set["generation"] = json!(set["generation"].as_u64().unwrap() + 1);
    for lease in set["leases"].as_array_mut().unwrap() {
        for key in ["acquired_ms", "renewed_ms"] {
            if let Some(at) = lease[key].as_u64() {
                lease[key] = json!(at - seconds * 1000);
            }
        }
    }
    repository.write("../set.json", set.to_string());
    let blob = repository.git(["hash-object", "-w", "../set.json"]);
    let mut mktree = repository.command("git");
    let entry = format!("100644 blob {blob}\tleases.json\n");
    let tree = crate::support::run_with_input(mktree.arg("mktree"), entry.as_bytes()).stdout;
    let commit = repository.git(["commit-tree", "-m", "older", "-p", &tip, &tree]);
    let refspec = format!("{commit}:refs/dos/leases");
    repository.git(["push", "--quiet", "--no-verify", "origin", &refspec]);
    must(repository, &["fetch"]);
}

#[test]
fn what_one_clone_holds_no_other_one_gets_even_under_its_name() {
    let sandbox = Sandbox::new();
    let clones = Clones::new(&sandbox, POLICY);
    must(&clones.one, &["acquire", "api", "--owner", "ada"]);
    assert_eq!(changes(&sandbox), 1);
    for owner in ["ada", "bob"] {
        let refused = lease(&clones.two, &["acquire", "api", "--owner", owner]);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.stdout.contains("refused: ada in "), "{refused:?}");
    }
    let paths = lease(&clones.two, &["acquire", "--paths", "src/x", "--owner", "ada"]);
    assert_eq!(paths.code, Some(1), "nor a path in it: {paths:?}");
    assert_eq!(lease(&clones.two, &["release", "api", "--owner", "ada"]).code, Some(1));
    assert_eq!(lease(&clones.two, &["renew", "api", "--owner", "ada"]).code, Some(1));
    must(&clones.two, &["adopt", "api", "--grant", "1", "--owner", "ada"]);
    let lost = lease(&clones.one, &["release", "api", "--owner", "ada"]);
    assert_eq!(lost.code, Some(1), "it has moved: {lost:?}");
    must(&clones.two, &["release", "--owner", "ada"]);
    must(&clones.one, &["acquire", "api", "--owner", "ada"]);
}

#[test]
fn a_renewal_is_sent_when_it_is_due_and_takes_the_others_of_its_clone_along() {
    let sandbox = Sandbox::new();
    let clones = Clones::new(&sandbox, POLICY);
    let one = &clones.one;
    for (lane, owner) in [("api", "ada"), ("web", "eve"), ("db", "joe")] {
        must(one, &["acquire", lane, "--owner", owner]);
    }
    must(one, &["renew", "--owner", "ada"]);
    assert_eq!(changes(&sandbox), 3, "it was given just now");
    age(one, 1200);
    must(one, &["renew", "--owner", "joe", "--ttl", "50m"]);
    assert_eq!(changes(&sandbox), 5, "two fifths of its time are over");
    let renewed = |repository: &Repository<'_>| -> Vec<bool> {
        known(repository).iter().map(|lease| !lease["renewed_ms"].is_null()).collect()
    };
    assert_eq!(renewed(one), [true, false, true], "whoever asked goes along, and nobody else");
    must(one, &["renew", "--owner", "joe"]);
    assert_eq!(changes(&sandbox), 5, "once is enough");
    must(one, &["renew", "--owner", "eve"]);
    assert_eq!(changes(&sandbox), 6);
    must(&clones.two, &["fetch"]);
    assert_eq!(renewed(&clones.two), [true, true, true], "others see it");
}

#[test]
fn a_renewal_that_was_only_noted_goes_along_with_the_next_change() {
    let sandbox = Sandbox::new();
    let clones = Clones::new(&sandbox, POLICY);
    must(&clones.one, &["acquire", "api", "--owner", "ada"]);
    must(&clones.one, &["renew", "--owner", "ada"]);
    assert!(known(&clones.one)[0]["renewed_ms"].is_null());
    must(&clones.one, &["acquire", "web", "--owner", "eve"]);
    assert_eq!(changes(&sandbox), 2);
    assert!(!known(&clones.one)[0]["renewed_ms"].is_null());
    let subject = clones.one.git(["log", "-1", "--format=%s", "refs/dos/leases"]);
    assert_eq!(subject, "acquire web", "what was asked for");
}

#[test]
fn a_command_takes_two_changes_and_its_process_is_known_in_its_clone_alone() {
    let sandbox = Sandbox::new();
    let clones = Clones::new(&sandbox, POLICY);
    let path = Path::new(GIT_DOS).parent().unwrap().display();
    let script = format!("PATH={path}:$PATH; git dos lease list --format json; echo; exit 3");
    let words = ["acquire", "api", "--owner", "ada", "--run", "--", "sh", "-c", &script];
    let ran = lease(&clones.one, &words);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let answer: Value = serde_json::from_str(ran.stdout.trim()).unwrap();
    assert_eq!(answer["leases"][0]["standing"], "LIVE", "{answer}");
    assert!(answer["leases"][0]["pid"].is_number(), "{answer}");
    assert_eq!(changes(&sandbox), 2, "one to get it and one to give it back");
    assert!(known(&clones.one).is_empty());
}

#[test]
fn what_was_held_before_is_taken_along_unless_somebody_else_holds_it() {
    let sandbox = Sandbox::new();
    let alone = POLICY.replace("[leases]\nremote = \"origin\"\n", "");
    let clones = Clones::new(&sandbox, &alone);
    for (lane, owner) in [("api", "ada"), ("web", "eve")] {
        must(&clones.one, &["acquire", lane, "--owner", owner]);
    }
    for lane in ["api", "db"] {
        must(&clones.two, &["acquire", lane, "--owner", "bob"]);
    }
    assert_eq!(changes(&sandbox), 0, "each is alone");
    for repository in [&clones.one, &clones.two] {
        repository.write("dos.toml", POLICY);
    }
    must(&clones.one, &["acquire", "--paths", "one", "--owner", "x"]);
    let words = ["acquire", "--paths", "two", "--owner", "x"];
    let told = lease(&clones.two, &words);
    assert_eq!(told.code, Some(2), "{told:?}");
    assert!(told.stderr.contains("api of bob in "), "what it thought to hold: {told:?}");
    must(&clones.two, &words);
    must(&clones.one, &["fetch"]);
    for repository in [&clones.one, &clones.two] {
        let held: Vec<Value> =
            known(repository).iter().map(|lease| json!([lease["lane"], lease["owner"]])).collect();
        let want =
            json!([["api", "ada"], ["web", "eve"], ["one", "x"], ["db", "bob"], ["two", "x"]]);
        assert_eq!(Value::Array(held), want);
    }
    must(&clones.two, &["release", "db", "--owner", "bob"]);
}

#[test]
fn a_branch_does_not_move_the_set_to_another_remote() {
    let sandbox = Sandbox::new();
    let clones = Clones::new(&sandbox, POLICY);
    must(&clones.one, &["acquire", "api", "--owner", "ada"]);
    clones.one.write("dos.toml", POLICY.replace("origin", "fork"));
    let refused = lease(&clones.one, &["acquire", "web", "--owner", "ada"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("this clone shares them by origin"), "{refused:?}");
    assert!(refused.stderr.contains("git dos lease remote --probe"), "{refused:?}");
    clones.one.write("dos.toml", POLICY.replace("[leases]\nremote = \"origin\"\n", ""));
    must(&clones.one, &["acquire", "web", "--owner", "ada"]);
    assert_eq!(changes(&sandbox), 2, "a branch that says nothing of it shares too");
}

#[test]
fn the_sharing_ends_when_that_is_asked_for() {
    let sandbox = Sandbox::new();
    let clones = Clones::new(&sandbox, POLICY);
    must(&clones.one, &["acquire", "api", "--owner", "ada"]);
    must(&clones.two, &["acquire", "web", "--owner", "bob"]);
    must(&clones.one, &["fetch"]);
    let wanted = lease(&clones.one, &["remote", "--forget"]);
    assert_eq!(wanted.code, Some(2), "the policy says otherwise: {wanted:?}");
    clones.one.write("dos.toml", POLICY.replace("[leases]\nremote = \"origin\"\n", ""));
    let ended = must(&clones.one, &["remote", "--forget"]);
    assert_eq!(ended.stdout, "the leases are those of this clone alone");
    let held: Vec<Value> = known(&clones.one).iter().map(|lease| lease["lane"].clone()).collect();
    assert_eq!(held, ["api"], "what was held here, and nothing of others");
    must(&clones.one, &["renew", "--owner", "ada"]);
    must(&clones.one, &["acquire", "web", "--owner", "ada"]);
    assert_eq!(changes(&sandbox), 2, "nothing is sent");
}

#[test]
fn the_set_is_read_where_it_is_written() {
    let sandbox = Sandbox::new();
    let clones = Clones::new(&sandbox, POLICY);
    let other = sandbox.bare("other.git");
    let key = "remote.origin.pushurl";
    clones.one.git(["config", key, other.to_str().unwrap()]);
    must(&clones.one, &["acquire", "api", "--owner", "ada"]);
    assert_eq!(changes(&sandbox), 0, "that is where nobody pushes");
    must(&clones.one, &["list"]);
    must(&clones.two, &["acquire", "api", "--owner", "bob"]);
    clones.one.git(["config", "--add", key, "/nowhere"]);
    let refused = lease(&clones.one, &["acquire", "web", "--owner", "ada"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("several addresses"), "{refused:?}");
}

#[test]
fn a_remote_that_git_does_not_know_is_named_with_the_next_step() {
    let sandbox = Sandbox::new();
    let clones = Clones::new(&sandbox, POLICY);
    clones.one.git(["remote", "remove", "origin"]);
    let refused = lease(&clones.one, &["acquire", "api", "--owner", "ada"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("hint: git remote add origin ADDRESS"), "{refused:?}");
    assert!(!clones.one.state("leases-remote.json").exists());
}

#[test]
fn damage_to_what_a_clone_knows_is_said_and_mended() {
    let sandbox = Sandbox::new();
    let clones = Clones::new(&sandbox, POLICY);
    must(&clones.one, &["acquire", "api", "--owner", "ada"]);
    fs_err::write(clones.one.state("leases-remote.json"), "{").unwrap();
    for words in
        [&["list"][..], &["acquire", "web", "--owner", "ada"], &["release", "--owner", "ada"]]
    {
        let ran = lease(&clones.one, words);
        assert_eq!(ran.code, Some(2), "{words:?}: {ran:?}");
        assert!(ran.stderr.contains("git dos lease remote --probe"), "{words:?}: {ran:?}");
    }
    must(&clones.one, &["remote", "--probe"]);
    let refused = lease(&clones.one, &["acquire", "api", "--owner", "ada"]);
    assert_eq!(refused.code, Some(1), "it is a new clone to the others: {refused:?}");
    must(&clones.one, &["acquire", "web", "--owner", "ada"]);
}

#[test]
fn a_worker_of_another_machine_is_neither_reaped_nor_halted_here() {
    let sandbox = Sandbox::new();
    let clones = Clones::new(&sandbox, POLICY);
    // Nothing of that run is known in the other clone: no commit, no heartbeat, no process.
    let mut acquire = clones.one.command(GIT_DOS);
    acquire.env("CID_RUN_ID", "RID-1EJ3PX000000000").args(["lease", "acquire", "api"]);
    assert_eq!(run(&mut acquire).code, Some(0));
    must(&clones.two, &["fetch"]);
    let plan = run(clones
        .two
        .command(GIT_DOS)
        .args(["fleet", "plan", "--target", "3", "--format", "json"]));
    assert_eq!(plan.stderr, "", "what is not of this clone is not judged");
    let plan: Value = serde_json::from_str(&plan.stdout).unwrap();
    assert_eq!(plan["reap"], json!([]), "{plan}");
    let lanes: Vec<Value> =
        plan["spawn"].as_array().unwrap().iter().map(|one| one["lane"].clone()).collect();
    assert!(!lanes.contains(&json!("api")), "{plan}");
    let watched = run(clones.two.command(GIT_DOS).args(["watch", "--discover", "--once"]));
    assert_eq!((watched.code, &*watched.stdout), (Some(0), ""), "{watched:?}");
}

const ALONE: &str = "[lanes]\nconcurrent = [\"api\", \"web\"]\n\
                     [lanes.trees]\napi = [\"src/**\"]\nweb = [\"app/**\"]\n";

#[test]
fn a_command_from_before_the_sharing_gives_back_its_own_lease_alone() {
    let sandbox = Sandbox::new();
    let clones = Clones::new(&sandbox, POLICY);
    clones.one.write("dos.toml", ALONE);
    let mut command = clones.one.command(GIT_DOS);
    command.args(["lease", "acquire", "api", "--owner", "ada", "--run", "--"]);
    command.args(["sh", "-c", "echo ready; exec cat"]).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    must(&clones.two, &["acquire", "web", "--owner", "bob"]);
    clones.one.write("dos.toml", POLICY);
    must(&clones.one, &["acquire", "db", "--owner", "eve"]);
    let lanes = |repository: &Repository<'_>| -> Vec<Value> {
        must(repository, &["fetch"]);
        known(repository).iter().map(|lease| lease["lane"].clone()).collect()
    };
    assert_eq!(lanes(&clones.two), ["web", "api", "db"]);
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    assert_eq!(lanes(&clones.two), ["web", "db"], "both were number 1 where they were given");
}

#[test]
fn of_two_sets_on_one_remote_none_counts() {
    let sandbox = Sandbox::new();
    let clones = Clones::new(&sandbox, POLICY);
    must(&clones.one, &["acquire", "api", "--owner", "ada"]);
    clones.one.git([
        "push",
        "--quiet",
        "--no-verify",
        "origin",
        "refs/dos/leases:refs/heads/dos/leases",
    ]);
    assert_eq!(lease(&clones.one, &["list"]).code, Some(2));
    for repository in [&clones.one, &clones.two] {
        let refused = lease(repository, &["acquire", "web", "--owner", "bob"]);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(
            refused.stderr.contains("in refs/dos/leases and in refs/heads/dos/leases"),
            "{refused:?}"
        );
    }
    clones.one.git(["push", "--quiet", "--no-verify", "origin", ":refs/heads/dos/leases"]);
    must(&clones.two, &["acquire", "web", "--owner", "bob"]);
}

#[test]
fn a_set_that_was_made_anew_is_not_followed_however_far_it_got() {
    let sandbox = Sandbox::new();
    let clones = Clones::new(&sandbox, POLICY);
    must(&clones.one, &["acquire", "api", "--owner", "ada"]);
    clones.one.git(["push", "--quiet", "--no-verify", "origin", ":refs/dos/leases"]);
    for lane in ["api", "web", "db"] {
        must(&clones.two, &["acquire", lane, "--owner", "bob"]);
    }
    let told = lease(&clones.one, &["list"]);
    assert_eq!(told.code, Some(2), "two think that they hold api: {told:?}");
    assert!(told.stderr.contains("git dos lease remote --probe"), "{told:?}");
    assert_eq!(
        lease(&clones.one, &["acquire", "x", "--paths", "x", "--owner", "ada"]).code,
        Some(2)
    );
    let probed = lease(&clones.one, &["remote", "--probe"]);
    assert_eq!(probed.code, Some(2), "what it held is said: {probed:?}");
    assert!(probed.stderr.contains("api of ada in "), "{probed:?}");
    must(&clones.one, &["acquire", "x", "--paths", "x", "--owner", "ada"]);
    let grants: Vec<u64> =
        known(&clones.one).iter().map(|lease| lease["grant"].as_u64().unwrap()).collect();
    assert_eq!(grants, [1, 2, 3, 4], "the numbers go on");
}

#[test]
fn a_lease_of_no_clone_on_the_remote_is_somebody_elses() {
    let sandbox = Sandbox::new();
    let clones = Clones::new(&sandbox, POLICY);
    clones.one.write("dos.toml", ALONE);
    must(&clones.one, &["acquire", "api", "--owner", "ada"]);
    clones.one.git(["push", "--quiet", "--no-verify", "origin", "refs/dos/leases"]);
    for _ in 0..2 {
        let refused = lease(&clones.two, &["acquire", "api", "--owner", "ada"]);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        must(&clones.two, &["acquire", "web", "--owner", "bob"]);
    }
}

#[test]
fn a_clone_that_lacks_what_is_in_the_commit_gets_it() {
    let sandbox = Sandbox::new();
    let clones = Clones::new(&sandbox, POLICY);
    let origin = sandbox.path("origin.git");
    let origin = origin.to_str().unwrap();
    let at_origin = |words: &[&str]| {
        let ran = run(sandbox.command("git", &sandbox.path("origin.git")).args(words));
        assert_eq!(ran.code, Some(0), "{ran:?}");
    };
    at_origin(&["config", "uploadpack.allowFilter", "true"]);
    at_origin(&["config", "receive.hideRefs", "refs/dos"]);
    must(&clones.one, &["acquire", "api", "--owner", "ada"]);
    let partial = sandbox.repository("partial");
    partial.git(["remote", "add", "origin", origin]);
    partial.git(["config", "remote.origin.promisor", "true"]);
    partial.git(["config", "remote.origin.partialclonefilter", "blob:none"]);
    partial.git(["fetch", "--quiet", "--filter=blob:none", "origin"]);
    partial.write("dos.toml", POLICY);
    let refused = lease(&partial, &["acquire", "api", "--owner", "bob"]);
    assert_eq!(refused.code, Some(1), "the branch came without its files: {refused:?}");
}

#[test]
fn settings_of_a_remote_stand_in_nobodys_way() {
    let sandbox = Sandbox::new();
    let clones = Clones::new(&sandbox, POLICY);
    clones.one.git(["config", "remote.origin.mirror", "true"]);
    clones.one.git(["config", "push.followTags", "true"]);
    clones.one.git(["config", "fetch.prune", "true"]);
    must(&clones.one, &["acquire", "api", "--owner", "ada"]);
    must(&clones.one, &["list"]);
    assert!(!clones.one.path.join(".git/FETCH_HEAD").exists());
    clones.one.git(["remote", "remove", "origin"]);
    clones.one.write("dos.toml", ALONE);
    must(&clones.one, &["remote", "--forget"]);
    must(&clones.one, &["release", "--owner", "ada"]);
}

/// How many processes are killed; `GIT_DOS_TEST_KILLS` says another number.
const KILLED: usize = 24;

#[test]
fn whoever_is_killed_leaves_no_lane_to_two_clones() {
    let sandbox = Sandbox::new();
    let clones = Clones::new(&sandbox, POLICY);
    for repository in [&clones.one, &clones.two] {
        must(repository, &["acquire", "db", "--owner", "x"]);
        must(repository, &["release", "--owner", "x"]);
        repository.git(["branch", "other"]);
    }
    let linked = sandbox.path("linked");
    clones.one.git(["worktree", "add", "--quiet", "--force", linked.to_str().unwrap(), "main"]);
    fs_err::create_dir_all(clones.one.path.join("src")).unwrap();
    let places = [&clones.two.path, &linked, &clones.one.path.join("src")];
    let steps: Vec<&str> =
        Step::ALL.iter().map(|step| step.name()).chain(["lease-published"]).collect();
    let mut chance = Chance(0x2545_f491_4f6c_dd1d);
    #[expect(clippy::disallowed_methods, reason = "a longer run is asked for by a variable")]
    let rounds = std::env::var("GIT_DOS_TEST_KILLS").map_or(KILLED, |count| count.parse().unwrap());
    let mut paused = 0;
    for round in 0..rounds {
        let step = steps[chance.below(steps.len())];
        let deed = chance.below(3);
        let words: &[&str] = match deed {
            0 => &["acquire", "api", "--owner", "w1"],
            1 => &["renew", "api", "--owner", "w1", "--ttl", "3h"],
            _ => &["release", "api", "--owner", "w1"],
        };
        if deed != 0 {
            must(&clones.one, &["acquire", "api", "--owner", "w1"]);
        }
        paused += usize::from(kill_after(&clones.one, step, words));
        let place = places[chance.below(places.len())];
        let second = lease_in(&sandbox, place, &["acquire", "api", "--owner", "w2"]);
        must(&clones.one, &["fetch"]);
        let holders: Vec<Value> =
            known(&clones.one).iter().map(|lease| lease["owner"].clone()).collect();
        let want = if second.code == Some(0) { "w2" } else { "w1" };
        assert_eq!(holders, [want], "round {round}: {words:?} killed after {step}: {second:?}");
        let first = lease(&clones.one, &["acquire", "api", "--owner", "w1"]);
        let is_first = second.code == Some(1) && first.code == Some(0);
        let is_second = second.code == Some(0) && first.code == Some(1);
        assert!(is_first || is_second, "round {round}: {first:?} and {second:?}");
        if is_first {
            must(&clones.one, &["release", "--owner", "w1"]);
        } else {
            assert_eq!(lease_in(&sandbox, place, &["release", "--owner", "w2"]).code, Some(0));
        }
        must(&clones.one, &["fetch"]);
        assert!(known(&clones.one).is_empty(), "round {round}");
    }
    assert!(paused > rounds / 2, "{paused} were killed on the way");
    for repository in [&clones.one, &clones.two] {
        repository.git(["branch", "--delete", "other"]);
        repository.git(["fsck", "--strict"]);
    }
}

#[test]
fn to_install_is_to_find_out_where_the_leases_are() {
    let sandbox = Sandbox::new();
    let clones = Clones::new(&sandbox, POLICY);
    let install = |repository: &Repository<'_>| {
        run(repository.command(GIT_DOS).args(["install", "--agent", "none"]))
    };
    let ran = install(&clones.one);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "{ran:?}");
    let ran = must(&clones.one, &["remote"]);
    assert!(ran.stdout.starts_with("shared by the remote origin in refs/dos/leases"), "{ran:?}");
    fs_err::rename(sandbox.path("origin.git"), sandbox.path("away.git")).unwrap();
    let ran = install(&clones.two);
    assert_eq!(ran.code, Some(0), "the wiring stands: {ran:?}");
    assert!(ran.stderr.contains("error: Could not set up the leases on origin"), "{ran:?}");
}
