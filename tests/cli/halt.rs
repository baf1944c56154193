//! Proposed stops: written down, shown until they are acknowledged, and never acted upon. And the watch that makes them.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::liveness::{dos, history, start};
use crate::support::{GIT_DOS, Repository, Sandbox, run};

fn halts(repository: &Repository<'_>) -> Vec<Value> {
    let ran = dos(repository, &["halt", "list", "--all", "--format", "json"]);
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(answer["schema"], "git-dos/halt-list/1");
    answer["halts"].as_array().unwrap().clone()
}

#[test]
fn a_proposal_is_shown_until_it_is_acknowledged() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    let id = start(&repository, &["--lane", "api"]);
    assert_eq!(dos(&repository, &["halt", "list"]).code, Some(0), "nothing yet");
    let made = dos(&repository, &["halt", &id, "--reason", "it repeats\u{1b}[2J itself"]);
    assert_eq!(made.code, Some(0), "{made:?}");
    assert!(made.stdout.contains("it repeats\\u{1b}[2J itself, says ada@example.org"), "{made:?}");
    for verb in [&["liveness", &id][..], &["liveness"], &["status"], &["halt", "list"]] {
        let shown = dos(&repository, verb).stdout;
        assert!(shown.contains("HALT ") && shown.contains(&id), "{verb:?}: {shown}");
    }
    let status = dos(&repository, &["status", "--format", "json"]).stdout;
    let status: Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["halts"][0]["run"], Value::from(&*id));
    assert_eq!(dos(&repository, &["halt", "list"]).code, Some(1), "one is open");
    let ack = dos(&repository, &["halt", "ack", &id]);
    assert_eq!((ack.code, ack.stdout.starts_with("acknowledged ")), (Some(0), true), "{ack:?}");
    for verb in [&["liveness", &id][..], &["status"], &["halt", "list"]] {
        assert!(!dos(&repository, verb).stdout.contains("HALT "), "{verb:?}");
    }
    let all = halts(&repository);
    assert_eq!((all.len(), &all[0]["seen_by"]), (1, &Value::from("ada@example.org")), "it stays");
    let again = dos(&repository, &["halt", "ack", all[0]["id"].as_str().unwrap()]);
    assert_eq!((again.code, &*again.stdout), (Some(0), "nothing was open"));
}

#[test]
fn what_compacts_the_leases_leaves_proposals_in_sight() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    let id = start(&repository, &[]);
    for words in [
        &["lease", "acquire", "--paths", "src", "--owner", "ada"][..],
        &["halt", &id, "--reason", "it repeats itself"],
        &["lease", "release", "--owner", "ada"],
        &["lease", "compact"],
    ] {
        assert_eq!(dos(&repository, words).code, Some(0), "{words:?}");
    }
    let list = dos(&repository, &["halt", "list"]);
    assert_eq!(list.code, Some(1), "it is open: {list:?}");
    assert!(list.stdout.contains("it repeats itself"), "{list:?}");
    assert!(dos(&repository, &["status"]).stdout.contains("HALT "), "nobody asked for all of them");
}

#[test]
fn a_lane_and_a_command_of_ones_own() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    repository
        .write("dos.toml", "[lanes]\nconcurrent = [\"api\"]\n[lanes.trees]\napi = [\"src/**\"]\n");
    let pid = std::process::id().to_string();
    let owner = ["lease", "acquire", "api", "--owner", "RID-1KSR49200000001", "--pid", &pid];
    assert_eq!(dos(&repository, &owner).code, Some(0));
    assert_eq!(dos(&repository, &["halt", "API", "--reason", "why"]).code, Some(0));
    let own = ["halt", "api", "--reason", "why", "--command", "systemctl stop agent"];
    assert_eq!(dos(&repository, &own).code, Some(0));
    let all = halts(&repository);
    assert_eq!(all[0]["command"], Value::from(format!("kill {pid}")), "of the lease's process");
    assert_eq!(all[0]["run"], "RID-1KSR49200000001", "the run that its holder names");
    assert_eq!(all[1]["command"], "systemctl stop agent");
    assert_eq!(dos(&repository, &["halt", "ack", "api"]).stdout.lines().count(), 2);
    for (arguments, part) in [
        (&["halt", "nobody", "--reason", "x"][..], "is no run and no lane"),
        (&["halt", "RID-1KSR49200000033", "--reason", "x"], "There is no run"),
        (&["halt", "api"], "The reason is missing"),
        (&["halt", "api", "--reason", " "], "The reason is missing"),
        (&["halt"], "The run or the lane to stop is missing"),
        (&["halt", "ack", "0000000000"], "is no proposal"),
    ] {
        let ran = dos(&repository, arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(part), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn a_damaged_line_is_told_and_hides_no_other() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    let id = start(&repository, &[]);
    assert_eq!(dos(&repository, &["halt", &id, "--reason", "first"]).code, Some(0));
    let file = repository.state("halts.jsonl");
    let torn = [fs_err::read(&file).unwrap(), b"{\"half".to_vec()].concat();
    fs_err::write(&file, torn).unwrap();
    assert_eq!(dos(&repository, &["halt", &id, "--reason", "second"]).code, Some(0));
    let list = dos(&repository, &["halt", "list"]);
    assert!(list.code == Some(2) && list.stderr.contains("Line 2 of "), "{list:?}");
    assert!(list.stdout.contains("first") && list.stdout.contains("second"), "{list:?}");
    for verb in ["liveness", "status"] {
        assert_eq!(
            dos(&repository, &[verb]).code,
            Some(2),
            "{verb} says that it does not know all"
        );
    }
}

#[test]
fn a_watch_proposes_once_however_often_it_is_started() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    let id = start(&repository, &[]);
    let watch = |more: &[&str]| dos(&repository, &[&["watch", "--once", &id], more].concat());
    for _ in 0..3 {
        let seen = watch(&[]);
        assert_eq!((seen.code, seen.stdout.starts_with("SPINNING ")), (Some(1), true), "{seen:?}");
    }
    let all = halts(&repository);
    assert_eq!((all.len(), &all[0]["by"]), (1, &Value::from("watch")), "{all:?}");
    assert_eq!(dos(&repository, &["halt", "ack", &id]).code, Some(0));
    assert!(watch(&[]).stdout.contains("its stop is proposed already"), "seen is not over");
    assert_eq!(watch(&["--again", "0s"]).code, Some(1));
    assert_eq!(halts(&repository).len(), 2, "again, as it was asked");
    repository.write("text", "one\ntwo\nthree\n");
    repository.commit("feat: move");
    assert_eq!(watch(&[]).code, Some(0), "it moves");
    let records = repository.journal("halts.jsonl");
    assert_eq!(records.last().unwrap()["record"], "moved", "the next one is another episode");
    assert_eq!(watch(&[]).code, Some(0));
    assert_eq!(repository.journal("halts.jsonl").len(), records.len(), "said once");
}

#[test]
fn who_is_stalled_has_its_budget_first() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    let mut worker = std::process::Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    let id = start(&repository, &["--pid", &worker.id().to_string()]);
    drop(worker.stdin.take());
    worker.wait().unwrap();
    let watch = |more: &[&str]| dos(&repository, &[&["watch", "--once"], more].concat());
    let within = watch(&["--discover", "--budget", "2h"]);
    assert_eq!(within.code, Some(0), "{within:?}");
    assert!(within.stdout.contains("of its budget is left"), "{within:?}");
    let json = watch(&["--discover", "--budget", "2h", "--format", "json"]);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(
        (&json["runs"][0]["verdict"], &json["runs"][0]["run"]),
        (&"within-budget".into(), &Value::from(&*id))
    );
    let over = watch(&["--discover"]);
    assert!(over.code == Some(1) && over.stdout.contains("its process is gone"), "{over:?}");
    assert_eq!(halts(&repository).len(), 1);
    assert_eq!(dos(&repository, &["run", "end", &id]).code, Some(0));
    let ended = watch(&[&id]);
    assert_eq!(ended.code, Some(0), "what is over needs no stop: {ended:?}");
    let missing = watch(&["RID-1KSR49200000033"]);
    assert!(missing.code == Some(2) && missing.stderr.contains("There is no run"), "{missing:?}");
    assert_eq!(watch(&[]).code, Some(2), "nothing to watch");
}

#[cfg(unix)]
#[test]
fn a_watch_ends_when_it_is_asked_to() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    start(&repository, &[]);
    for signal in ["-TERM", "-INT"] {
        let mut command = repository.command(GIT_DOS);
        command.args(["watch", "--discover", "--interval", "1h"]).stdout(Stdio::piped());
        let mut watch = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(watch.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("SPINNING "), "{line}");
        let kill = run(repository.command("kill").args([signal, &watch.id().to_string()]));
        assert_eq!(kill.code, Some(0));
        assert_eq!(watch.wait().unwrap().code(), Some(0), "after {signal}");
    }
}
