//! Leases of lanes: who gets one, who keeps it, and what others are told.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run, run_with_input};

/// A repository with three lanes.
pub fn laned(sandbox: &Sandbox) -> Repository<'_> {
    let repository = sandbox.repository("work");
    repository.write(
        "dos.toml",
        "[lanes]\nconcurrent = [\"api\", \"web\"]\nexclusive = [\"release\"]\nautopick = [\"web\"]\n\
         [lanes.trees]\napi = [\"src/api/**\"]\nweb = [\"app/**\"]\n[lanes.aliases]\nui = \"web\"\n",
    );
    repository.write("src/api/f.rs", "");
    repository.commit("docs: begin");
    repository
}

/// Runs `git dos lease` in `folder`.
pub fn lease_in(sandbox: &Sandbox, folder: &Path, words: &[&str]) -> Ran {
    run(sandbox.command(GIT_DOS, folder).arg("lease").args(words))
}

/// Runs `git dos lease` at the top of the worktree.
fn lease(repository: &Repository<'_>, words: &[&str]) -> Ran {
    lease_in(repository.sandbox, &repository.path, words)
}

/// Runs `git dos lease`, which must find that it holds.
pub fn must(repository: &Repository<'_>, words: &[&str]) -> String {
    let ran = lease(repository, words);
    assert_eq!(ran.code, Some(0), "{words:?}: {ran:?}");
    ran.stdout
}

/// Runs `git dos lease … --format json` and returns its code and answer.
fn asked(repository: &Repository<'_>, words: &[&str]) -> (Option<i32>, Value) {
    let words: Vec<&str> = words.iter().copied().chain(["--format", "json"]).collect();
    let ran = lease(repository, &words);
    let answer = serde_json::from_str(&ran.stdout).unwrap_or(Value::Null);
    (ran.code, answer)
}

/// Returns the lanes that are held, each with its owner.
pub fn held(repository: &Repository<'_>) -> Vec<(String, String)> {
    let (code, answer) = asked(repository, &["list", "--offline"]);
    assert_eq!(code, Some(0), "{answer}");
    let text = |lease: &Value, key: &str| lease[key].as_str().unwrap_or_default().to_owned();
    let leases = answer["leases"].as_array().unwrap().iter();
    leases.map(|lease| (text(lease, "lane"), text(lease, "owner"))).collect()
}

/// Makes `leases` the set, with git alone.
pub fn hold(repository: &Repository<'_>, leases: &Value) {
    let text = json!({ "v": 1, "generation": 7, "begins": 7, "leases": leases }).to_string();
    let mut hash = repository.command("git");
    let blob = run_with_input(hash.args(["hash-object", "-w", "--stdin"]), text.as_bytes()).stdout;
    let entry = format!("100644 blob {blob}\tleases.json\n");
    let tree = run_with_input(repository.command("git").arg("mktree"), entry.as_bytes()).stdout;
    let commit = repository.git(["commit-tree", "-m", "leases", &tree]);
    repository.git(["update-ref", "refs/dos/leases", &commit]);
}

pub fn now_ms() -> u64 {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    u64::try_from(now.as_millis()).unwrap()
}

/// Starts a command that holds `api` until its input ends, and waits until it holds it.
fn holding(repository: &Repository<'_>, owner: &str) -> Child {
    let mut command = repository.command(GIT_DOS);
    command.args(["lease", "acquire", "api", "--owner", owner, "--run", "--"]);
    command.args(["sh", "-c", "echo ready; exec cat"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n", "it holds the lane");
    child
}

#[test]
fn a_lane_has_one_holder_and_others_are_told_who_and_how_long() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let text = must(&repository, &["acquire", "api", "--owner", "w1", "--ttl", "20m"]);
    assert_eq!(text, "holding api for 20m: src/api/** (number 1)");
    let again = must(&repository, &["acquire", "API", "--owner", "w1"]);
    assert_eq!(again, "holding api for another 50m: src/api/** (number 1)", "one's own");
    let refused = lease(&repository, &["acquire", "api", "--owner", "w2"]);
    assert_eq!(refused.code, Some(1));
    let want = format!("refused: w1 in {} holds api for another ", repository.path.display());
    assert!(refused.stdout.starts_with(&want), "{refused:?}");
    assert_eq!(refused.stderr, "hint: free is: git dos lease acquire web --owner w2");
    let (code, answer) = asked(&repository, &["acquire", "--paths", "src", "--owner", "w2"]);
    assert_eq!((code, &answer["cause"]), (Some(1), &json!("OVERLAP")), "{answer}");
    assert_eq!(answer["conflicts"][0]["owner"], "w1");
    assert_eq!(answer["schema"], "git-dos/lease-acquire/1");
    let (code, answer) = asked(&repository, &["acquire", "release", "--owner", "w2"]);
    assert_eq!((code, &answer["cause"]), (Some(1), &json!("NOT_ALONE")), "{answer}");
    must(&repository, &["acquire", "--owner", "w2"]);
    assert_eq!(held(&repository), [("api", "w1"), ("web", "w2")].map(owned), "picked");
    must(&repository, &["release", "--owner", "w1"]);
    must(&repository, &["release", "ui", "--owner", "w2"]);
    assert_eq!(held(&repository), [], "given back, also by another name of the lane");
    assert_eq!(must(&repository, &["list"]), "no lane is held");
    must(&repository, &["acquire", "release", "--owner", "w2"]);
    let (code, answer) = asked(&repository, &["acquire", "web", "--owner", "w1"]);
    assert_eq!((code, &answer["cause"]), (Some(1), &json!("EXCLUSIVE_HELD")), "{answer}");
    repository.git(["fsck", "--strict"]);
}

fn owned((lane, owner): (&str, &str)) -> (String, String) {
    (lane.to_owned(), owner.to_owned())
}

#[test]
fn two_may_share_when_both_say_so() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    must(&repository, &["acquire", "api", "--owner", "w1", "--mode", "shared"]);
    must(&repository, &["acquire", "api", "--owner", "w2", "--mode", "shared"]);
    assert_eq!(lease(&repository, &["acquire", "api", "--owner", "w3"]).code, Some(1));
    must(&repository, &["release", "api", "--owner", "w1"]);
    assert_eq!(held(&repository), [owned(("api", "w2"))], "each gives back its own");
}

#[test]
fn paths_alone_take_no_lane_by_its_name() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    must(&repository, &["acquire", "api", "--owner", "one"]);
    must(&repository, &["acquire", "--paths", "release", "--owner", "two"]);
    let api = lease(&repository, &["acquire", "--paths", "api/f.rs", "--owner", "two"]);
    assert_eq!(api.code, Some(0), "a folder called as a lane is a folder: {api:?}");
    let want = [("api", "one"), ("./release", "two"), ("api/f.rs", "two")];
    assert_eq!(held(&repository), want.map(owned));
    let ran = lease(&repository, &["acquire", "--paths", "release/x", "--owner", "one"]);
    assert_eq!(ran.code, Some(1), "and is held: {ran:?}");
}

#[test]
fn what_makes_no_sense_gives_nothing() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    for (words, part) in [
        (&["acquire", "nope"][..], "there are api, web, release"),
        (&["acquire", "api", "--ttl", "0s"], "a second at least"),
        (&["acquire", "api", "--mode", "loose"], "exclusive and shared"),
        (&["acquire", "--paths", "../../x"], "leads out"),
        (&["acquire", "--paths", ""], "an empty path"),
        (&["acquire", "api", "--pid", "4194305"], "no process 4194305"),
        (&["acquire", "api", "--run"], "required"),
        (&["import", "nowhere.jsonl"], "nowhere.jsonl"),
    ] {
        let ran = lease(&repository, words);
        assert_eq!(ran.code, Some(2), "{words:?}: {ran:?}");
        assert!(ran.stderr.contains(part), "{words:?}: {ran:?}");
    }
    repository.write("dos.toml", "[lanes]\nconcurent = []\n");
    let ran = lease(&repository, &["acquire", "--paths", "x"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("dos.toml:2"), "{ran:?}");
    assert_eq!(held(&repository), [], "nothing was given on the way");
    repository.write("dos.toml", "");
    let ran = lease(&repository, &["acquire", "api"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("declares none"), "{ran:?}");
    let head = repository.head();
    repository.git(["update-ref", "refs/dos/leases", &head]);
    let ran = lease(&repository, &["acquire", "--paths", "x"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("has no leases.json"), "{ran:?}");
    assert!(ran.stderr.contains("hint: git reflog show refs/dos/leases"), "{ran:?}");
}

#[test]
fn an_old_lease_of_a_dead_process_blocks_nobody() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let old = json!({"lane": "api", "tree": ["src/api/**"], "grant": 3, "owner": "gone", "pid": 4_194_305,
        "acquired_ms": 1_577_836_800_000_u64, "ttl_s": 3000});
    let dead = json!({"lane": "web", "tree": ["app/**"], "grant": 4, "owner": "dead", "pid": 4_194_305,
        "acquired_ms": now_ms(), "ttl_s": 3000});
    hold(&repository, &json!([old, dead]));
    let text = must(&repository, &["list"]);
    assert!(text.contains("its time is over") && text.contains("its process is gone"), "{text}");
    let text = must(&repository, &["acquire", "api", "--owner", "w"]);
    assert!(text.ends_with("(number 8)"), "numbers go on: {text}");
    assert_eq!(held(&repository), [owned(("api", "w"))], "both were taken out in the same change");
    let log = must(&repository, &["log"]);
    assert!(
        log.contains(
            "8 the time of api of gone was over (3); the process of web of dead was gone (4); w in "
        ),
        "{log}"
    );
}

#[test]
fn nothing_that_is_torn_gives_a_lane_to_two() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    must(&repository, &["acquire", "api", "--owner", "w1"]);
    let log = repository.path.join(".git/logs/refs/dos/leases");
    let text = fs_err::read_to_string(&log).unwrap();
    fs_err::write(&log, &text[..text.len() / 2]).unwrap();
    fs_err::write(repository.state("leases.next"), "12").unwrap();
    assert_eq!(lease(&repository, &["acquire", "api", "--owner", "w2"]).code, Some(1));
    must(&repository, &["acquire", "web", "--owner", "w2"]);
    assert_eq!(held(&repository), [("api", "w1"), ("web", "w2")].map(owned));
    let lock = repository.path.join(".git/refs/dos/leases.lock");
    fs_err::write(&lock, "").unwrap();
    let ran = lease(&repository, &["release", "--owner", "w1"]);
    assert_eq!(ran.code, Some(2), "a lock that may be git's");
    assert!(ran.stderr.contains("hint: if no git is at work here: rm "), "{ran:?}");
    assert!(ran.stderr.contains("refs/dos/leases.lock"), "{ran:?}");
    fs_err::remove_file(&lock).unwrap();
    must(&repository, &["release", "--owner", "w1"]);
}

#[test]
fn names_with_line_separators_and_escapes_are_data() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let lane = "a\u{2028}b\u{85}c\n\u{1b}[2J";
    let owner = "w\u{2029}\n1";
    must(&repository, &["acquire", lane, "--paths", "docs\u{2028}x", "--owner", owner]);
    let refused = lease(&repository, &["acquire", lane, "--paths", "other", "--owner", "w2"]);
    assert_eq!(refused.code, Some(1), "it is seen, and the name is one");
    for text in [must(&repository, &["list"]), must(&repository, &["log"]), refused.stdout] {
        assert_eq!(text.lines().count(), 1, "{text:?}");
        assert!(!text.contains(['\u{2028}', '\u{85}', '\u{1b}', '\u{2029}']), "{text:?}");
        assert!(text.contains("w\\u{2029}\\u{a}1"), "{text:?}");
    }
    assert_eq!(held(&repository), [owned((lane, owner))], "and nothing of it is lost");
    must(&repository, &["renew", lane, "--owner", owner]);
    must(&repository, &["release", lane, "--owner", owner]);
    must(&repository, &["acquire", "api", "--owner", "w2"]);
    assert_eq!(held(&repository), [owned(("api", "w2"))], "nobody is kept waiting");
}

#[test]
fn all_worktrees_and_folders_see_one_set() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let linked = sandbox.path("linked");
    repository.git(["worktree", "add", "--quiet", linked.to_str().unwrap()]);
    let below = repository.path.join("src/api");
    let ran = lease_in(&sandbox, &below, &["acquire", "api"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let refused = lease_in(&sandbox, &linked, &["acquire", "api"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let who = format!("somebody in {} holds api", repository.path.display());
    assert!(refused.stdout.contains(&who), "{refused:?}");
    let lists = [&repository.path, &below, &linked, &linked.join("src/api")]
        .map(|folder| lease_in(&sandbox, folder, &["list"]).stdout);
    assert!(lists[0].contains(", yours)") && lists[0].lines().count() == 1, "{lists:?}");
    assert!(lists[2].starts_with("api: ") && !lists[2].contains("yours"), "{lists:?}");
    let refused = lease_in(&sandbox, &linked, &["release", "api"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let ran = lease_in(&sandbox, &below, &["acquire", "--paths", "../../docs", "f.rs"]);
    assert!(ran.stdout.contains(": docs, src/api/f.rs ("), "from the folder on: {ran:?}");
    assert_eq!(repository.git(["status", "--porcelain"]), "", "the worktree is as it was");
}

#[test]
fn an_empty_owner_is_nobody() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    must(&repository, &["acquire", "api", "--owner", "w1"]);
    for owner in ["", " "] {
        let ran = lease(&repository, &["release", "api", "--owner", owner]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
    }
    let ran = lease(&repository, &["release", "api"]);
    assert_eq!(ran.code, Some(1), "one without a name is not w1, even in its worktree: {ran:?}");
    assert!(ran.stderr.contains("git dos lease adopt api --grant 1"), "{ran:?}");
    let nameless =
        json!({"lane": "web", "tree": ["app"], "owner": "", "acquired_ms": now_ms(), "ttl_s": 60});
    hold(&repository, &json!([nameless]));
    assert_eq!(lease(&repository, &["release", "web", "--owner", "w1"]).code, Some(1));
    assert_eq!(lease(&repository, &["acquire", "web", "--owner", "w1"]).code, Some(1));
}

#[test]
fn two_processes_of_one_name_are_not_both_let_in() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let mut first = holding(&repository, "bot");
    let second = lease(&repository, &["acquire", "api", "--owner", "bot"]);
    assert_eq!(second.code, Some(1), "{second:?}");
    let third =
        lease(&repository, &["acquire", "api", "--owner", "bot", "--run", "--", "echo", "in"]);
    assert_eq!((third.code, &*third.stdout), (Some(1), ""), "nothing was run: {third:?}");
    assert_eq!(held(&repository), [owned(("api", "bot"))], "nor given back");
    drop(first.stdin.take());
    assert_eq!(first.wait().unwrap().code(), Some(0));
    assert_eq!(held(&repository), [], "given back by the one who had it");
    fs_err::write(repository.state("leases.lock"), "no time at all").unwrap();
    must(&repository, &["acquire", "api", "--owner", "bot"]);
}

#[test]
fn a_command_holds_its_lane_as_long_as_it_runs() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let run_it = |words: &[&str]| {
        let before = ["acquire", "api", "--owner", "w", "--run", "--"];
        lease(&repository, &before.iter().chain(words).copied().collect::<Vec<_>>())
    };
    let ran = run_it(&["sh", "-c", "echo out; echo err >&2; exit 7"]);
    assert_eq!((ran.code, &*ran.stdout, &*ran.stderr), (Some(7), "out", "err"), "nothing else");
    let ran = run_it(&["sh", "-c", "echo $GIT_DOS_OWNER"]);
    assert_eq!(ran.stdout, "w", "who it is, for what it starts");
    let ran = run_it(&["no-such-program"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("Could not run no-such-program"), "{ran:?}");
    assert_eq!(held(&repository), [], "given back each time");
    must(&repository, &["acquire", "api", "--owner", "w"]);
    assert_eq!(run_it(&["true"]).code, Some(0));
    assert_eq!(held(&repository), [owned(("api", "w"))], "what it had before stays");
}

#[test]
fn a_command_that_runs_on_has_its_lease_renewed() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    // One renewal is that in which the lease gets the command's process.
    let script = format!(
        "until test $({GIT_DOS} lease log | grep -c renewed) -ge 2; do :; done; {GIT_DOS} lease list"
    );
    let words =
        ["acquire", "api", "--owner", "w", "--ttl", "1s", "--run", "--", "sh", "-c", &script];
    let ran = lease(&repository, &words);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("api: w in "), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn what_ends_a_command_reaches_it_and_the_lane_is_given_back() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    for (signal, code) in [("TERM", 143), ("INT", 130), ("HUP", 129)] {
        let mut child = holding(&repository, "w");
        let input = child.stdin.take();
        let mut kill = sandbox.command("sh", &repository.path);
        let script = format!("kill -{signal} {}", child.id());
        assert_eq!(run(kill.args(["-c", &script])).code, Some(0));
        let output = child.wait_with_output().unwrap();
        drop(input);
        assert_eq!(output.status.code(), Some(code), "{signal}: {output:?}");
        assert_eq!(held(&repository), [], "{signal}");
    }
}

#[cfg(unix)]
#[test]
fn a_lease_outlives_the_process_that_asked_but_not_the_one_that_holds() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    must(&repository, &["acquire", "api", "--owner", "w1"]);
    assert_eq!(held(&repository).len(), 1, "the process that asked has ended");
    must(&repository, &["release", "--owner", "w1"]);
    let mut child = holding(&repository, "w1");
    let input = child.stdin.take();
    child.kill().unwrap();
    child.wait().unwrap();
    let (_, answer) = asked(&repository, &["list"]);
    let pid = answer["leases"][0]["pid"].as_u64().unwrap();
    assert_ne!(pid, u64::from(child.id()), "the command, not who started it");
    assert_eq!(answer["leases"][0]["standing"], "LIVE", "the command runs on");
    assert_eq!(lease(&repository, &["acquire", "api", "--owner", "w2"]).code, Some(1));
    drop(input);
    let taken = lease(&repository, &["acquire", "api", "--owner", "w2", "--wait", "60s"]);
    assert_eq!(taken.code, Some(0), "the command has ended: {taken:?}");
    let mut late = repository.command(GIT_DOS);
    let late = run(late.args(["become-holder", "99", "--", "echo", "in"]));
    assert_eq!((late.code, &*late.stdout), (Some(2), ""), "no lease, no command: {late:?}");
}

#[test]
fn only_a_holder_renews_and_whoever_takes_over_has_looked() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    must(&repository, &["acquire", "api", "--owner", "w1"]);
    assert_eq!(lease(&repository, &["renew", "api", "--owner", "w2"]).code, Some(1));
    let lost = lease(&repository, &["renew", "--owner", "w2"]);
    assert_eq!((lost.code, &*lost.stdout), (Some(1), "nothing is held here"), "it holds none");
    assert_eq!(lease(&repository, &["renew", "web", "--owner", "w1"]).code, Some(1), "not held");
    let text = must(&repository, &["renew", "api", "--owner", "w1", "--ttl", "2h"]);
    assert!(text.starts_with("holding api for "), "{text}");
    let refused = lease(&repository, &["adopt", "api", "--owner", "w2"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert_eq!(
        refused.stderr,
        "hint: if its holder is gone: git dos lease adopt api --grant 1 --owner w2"
    );
    assert_eq!(
        lease(&repository, &["adopt", "api", "--owner", "w2", "--grant", "9"]).code,
        Some(2)
    );
    must(&repository, &["adopt", "api", "--owner", "w2", "--grant", "1"]);
    let lost = lease(&repository, &["renew", "api", "--owner", "w1"]);
    assert!(lost.code == Some(1) && lost.stdout.contains("refused: w2 in "), "{lost:?}");
    assert_eq!(lease(&repository, &["release", "api", "--owner", "w1"]).code, Some(1));
    assert_eq!(lease(&repository, &["adopt", "web", "--owner", "w1"]).code, Some(1), "nobody's");
    let over = json!({"lane": "api", "tree": ["src/api/**"], "grant": 3, "owner": "w1",
        "acquired_ms": now_ms() - 9_000_000, "ttl_s": 60});
    hold(&repository, &json!([over]));
    must(&repository, &["renew", "api", "--owner", "w1"]);
    hold(&repository, &json!([over]));
    must(&repository, &["adopt", "api", "--owner", "w2"]);
    assert_eq!(held(&repository), [owned(("api", "w2"))], "what has ended is free");
}

#[test]
fn a_run_does_not_give_back_what_the_run_that_started_it_holds() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let (parent, child) = ("RID-1KSR49200000005", "RID-1KSR49200000006");
    let as_run = |run: &str, words: &[&str]| {
        let mut command = repository.command(GIT_DOS);
        command.env("CID_RUN_ID", run).env("CID_ROOT_ID", parent).arg("lease").args(words);
        crate::support::run(&mut command)
    };
    assert_eq!(as_run(parent, &["acquire", "api"]).code, Some(0));
    assert_eq!(as_run(child, &["acquire", "api"]).code, Some(0), "it works where its parent does");
    assert_eq!(as_run(child, &["acquire", "web"]).code, Some(0));
    assert_eq!(as_run("RID-1KSR49200000007", &["acquire", "web"]).code, Some(1), "its sibling");
    assert_eq!(as_run(child, &["release"]).stdout, "gave web back (number 3)");
    assert_eq!(as_run(parent, &["release"]).stdout, "gave api back (number 1)");
}

#[test]
fn a_holder_without_its_process_goes_on_when_it_renews() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let gone = json!({"lane": "api", "tree": ["src/api/**"], "grant": 3, "owner": "w", "pid": 4_194_305,
        "acquired_ms": now_ms(), "ttl_s": 600});
    hold(&repository, &json!([gone]));
    must(&repository, &["renew", "api", "--owner", "w"]);
    assert_eq!(lease(&repository, &["acquire", "api", "--owner", "w2"]).code, Some(1));
    let bare = sandbox.bare("bare.git");
    let ran = lease_in(&sandbox, &bare, &["acquire", "--paths", "x"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("--owner NAME"), "nobody: {ran:?}");
    assert_eq!(
        lease_in(&sandbox, &bare, &["acquire", "--paths", "x", "--owner", "w"]).code,
        Some(0)
    );
}

#[test]
fn a_session_holds_what_it_asked_for_in_any_worktree() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let linked = sandbox.path("linked");
    repository.git(["worktree", "add", "--quiet", linked.to_str().unwrap()]);
    let as_session = |session: &str, folder: &Path, words: &[&str]| {
        let mut command = sandbox.command(GIT_DOS, folder);
        run(command.env("CLAUDE_CODE_SESSION_ID", session).arg("lease").args(words))
    };
    assert_eq!(as_session("s1", &repository.path, &["acquire", "api"]).code, Some(0));
    assert_eq!(as_session("s2", &repository.path, &["acquire", "api"]).code, Some(1), "another");
    assert_eq!(as_session("s2", &repository.path, &["release", "api"]).code, Some(1));
    assert_eq!(as_session("s1", &linked, &["renew", "api"]).code, Some(0), "it moved");
    assert_eq!(as_session("s1", &linked, &["release"]).code, Some(0));
    assert_eq!(held(&repository), []);
}

#[test]
fn the_history_begins_anew_and_loses_nothing() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    assert_eq!(must(&repository, &["compact"]), "nothing to compact");
    must(&repository, &["acquire", "api", "--owner", "w1"]);
    must(&repository, &["acquire", "web", "--owner", "w2"]);
    must(&repository, &["release", "--owner", "w2"]);
    let before = held(&repository);
    let text = must(&repository, &["compact"]);
    assert_eq!(
        text,
        "the history begins anew; 3 earlier changes are kept on refs/dos/leases-earlier"
    );
    assert_eq!(repository.git(["rev-list", "--count", "refs/dos/leases"]), "1");
    assert_eq!(repository.git(["rev-list", "--count", "refs/dos/leases-earlier"]), "3");
    assert_eq!(held(&repository), before);
    assert!(must(&repository, &["acquire", "web", "--owner", "w2"]).ends_with("(number 5)"));
    let log = must(&repository, &["log"]);
    let numbers: Vec<&str> = log.lines().map(|line| line.split(' ').nth(1).unwrap()).collect();
    assert_eq!(numbers, ["5", "4", "3", "2", "1"], "also from before: {log}");
    assert_eq!(must(&repository, &["log", "-n", "1"]).lines().count(), 1);
    let reflog = repository.git(["reflog", "show", "refs/dos/leases"]);
    assert_eq!(reflog.lines().count(), 5, "{reflog}");
    repository.git(["fsck", "--strict"]);
}

#[test]
fn what_is_given_back_while_the_history_begins_anew_stays_given_back() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    for _ in 0..8 {
        must(&repository, &["acquire", "api", "--owner", "w1"]);
        must(&repository, &["acquire", "web", "--owner", "w2"]);
        let start = |words: &[&str]| {
            let mut command = repository.command(GIT_DOS);
            command.arg("lease").args(words).stdout(Stdio::null()).stderr(Stdio::null());
            command.spawn().unwrap()
        };
        let racers =
            [start(&["compact"]), start(&["release", "api", "--owner", "w1"]), start(&["compact"])];
        for mut racer in racers {
            assert_eq!(racer.wait().unwrap().code(), Some(0));
        }
        assert_eq!(held(&repository), [owned(("web", "w2"))]);
    }
}

#[test]
fn nobody_need_be_configured_and_refs_may_be_packed() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    fs_err::write(sandbox.path("home/.gitconfig"), "").unwrap();
    must(&repository, &["acquire", "api", "--owner", "w1"]);
    let who = repository.git(["log", "-1", "--format=%an %ae %cn", "refs/dos/leases"]);
    assert_eq!(who, "git-dos git-dos@localhost git-dos");
    repository.git(["pack-refs", "--all", "--prune"]);
    assert!(!repository.path.join(".git/refs/dos/leases").exists(), "it is packed");
    assert_eq!(lease(&repository, &["acquire", "api", "--owner", "w2"]).code, Some(1));
    must(&repository, &["release", "--owner", "w1"]);
    assert_eq!(held(&repository), []);
    repository.git(["pack-refs", "--all", "--prune"]);
    must(&repository, &["acquire", "api", "--owner", "w2"]);
    assert!(!repository.path.join(".git/packed-refs.lock").exists());
}

#[test]
fn live_leases_of_another_tool_are_taken_in_and_damage_is_said() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let stamp = |minutes: u64| {
        let seconds = i64::try_from(now_ms() / 1000 - minutes * 60).unwrap();
        jiff::Timestamp::from_second(seconds).unwrap().to_string()
    };
    let line = |lane: &str, owner: &str, age: u64| {
        json!({"op": "ACQUIRE", "lane": lane, "loop_ts": owner, "lease": {"lane": lane, "loop_ts": owner,
            "tree": [format!("{lane}/**")], "holder": owner, "acquired_at": stamp(age)}})
        .to_string()
    };
    must(&repository, &["acquire", "--paths", "busy/x", "--owner", "w"]);
    let lines =
        [line("one", "a", 10), line("old", "b", 100), line("busy", "c", 1), "{torn".to_owned()];
    repository.write("journal.jsonl", lines[..3].join("\n"));
    let ran = lease(&repository, &["import", "journal.jsonl"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let all: Vec<&str> = ran.stdout.lines().collect();
    assert!(all[0].starts_with("imported: a holds one for another 4"), "{ran:?}");
    assert!(all[1].starts_with("refused: busy of c, since w in "), "{ran:?}");
    assert_eq!(all[2], "0 here already, 1 ended");
    repository.write("journal.jsonl", lines.join("\n"));
    let (code, answer) = asked(&repository, &["import", "journal.jsonl"]);
    assert_eq!((code, &answer["damage"]), (Some(2), &json!([4])), "{answer}");
    assert_eq!((&answer["known"], &answer["taken"]), (&json!(1), &json!([])), "once is enough");
    assert_eq!(held(&repository)[1], owned(("one", "a")));
    assert_eq!(lease(&repository, &["release", "one", "--owner", "b"]).code, Some(1));
    must(&repository, &["release", "one", "--owner", "a"]);
}

#[test]
fn whoever_waits_gets_the_lane_when_it_is_free() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let mut first = holding(&repository, "w1");
    let mut waiting = repository.command(GIT_DOS);
    let mut waiting = waiting
        .args(["lease", "acquire", "api", "--owner", "w2", "--wait", "60s"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    assert!(waiting.try_wait().unwrap().is_none(), "it waits");
    first.stdin.take().unwrap().write_all(b"done\n").unwrap();
    assert_eq!(first.wait().unwrap().code(), Some(0));
    assert_eq!(waiting.wait().unwrap().code(), Some(0));
    assert_eq!(held(&repository), [owned(("api", "w2"))]);
}
