//! Every agent's payloads, given to the real program: what it answers, and how often.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run_with_input};

const HOSTS: [&str; 10] = [
    "antigravity",
    "claude",
    "codex",
    "copilot",
    "cursor",
    "gemini",
    "opencode",
    "qwen",
    "vscode",
    "windsurf",
];

/// What stands for our words in the recorded answers.
const TEXT: &str = "TEXT";

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hooks")
}

/// What is recorded of the payloads of `host`: by name, what they say and what we answer.
pub(crate) fn recorded(host: &str) -> BTreeMap<String, Value> {
    let file = fixtures().join("expected").join(format!("{host}.json"));
    serde_json::from_slice(&fs_err::read(file).unwrap()).unwrap()
}

/// A repository with git-dos installed and one commit.
pub(crate) fn installed<'sandbox>(sandbox: &'sandbox Sandbox, name: &str) -> Repository<'sandbox> {
    let repository = sandbox.repository(name);
    repository.write("README.md", "one line\n");
    repository.commit("docs: begin the readme");
    repository.mark_installed();
    repository
}

/// Calls the hook in `folder` as `host` does.
pub(crate) fn call_in(sandbox: &Sandbox, folder: &Path, host: &str, payload: &str) -> Ran {
    let mut command = sandbox.command(GIT_DOS, folder);
    command.args(["hook", "agent", "--host", host]);
    if matches!(host, "gemini" | "qwen") {
        command.env("GEMINI_PROJECT_DIR", folder).env("CLAUDE_PROJECT_DIR", folder);
    }
    if host == "qwen" {
        command.env("QWEN_PROJECT_DIR", folder);
    }
    let ran = run_with_input(&mut command, payload.as_bytes());
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "{host} is never failed: {payload}");
    ran
}

/// Lets `session` begin here, and then commit nothing under a subject that claims a repair.
fn lie(repository: &Repository<'_>, session: &str) -> String {
    let payload = json!({
        "session_id": session,
        "transcript_path": "/t",
        "cwd": repository.path,
        "hook_event_name": "SessionStart",
        "source": "startup",
    });
    let ran = call_in(repository.sandbox, &repository.path, "claude", &payload.to_string());
    assert_eq!(ran.stdout, "", "a start needs no answer");
    repository.commit(&format!("fix: stop the crash in {session}"))
}

#[test]
fn recorded_payloads_are_answered_as_recorded() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    let mut spoken = BTreeMap::new();
    for host in HOSTS {
        for (number, (name, row)) in recorded(host).into_iter().enumerate() {
            let session = format!("{host}-{number}");
            let text = fs_err::read_to_string(fixtures().join(host).join(&name)).unwrap();
            let text = text.replace("/home/dev/app", repository.path.to_str().unwrap());
            let text = text.replace("\"s-1\"", &format!("\"{session}\""));
            let call = &row["call"];
            let answer = row["answers"]["context"].as_str().unwrap_or_default();
            let stops = ["Stop", "SubagentStop"].iter().any(|kind| call["kind"] == *kind);
            if answer.is_empty() || !stops || !call["ending"].is_null() {
                let ran = call_in(&sandbox, &repository.path, host, &text);
                assert_eq!(ran.stdout, row["silence"], "{host} {name} has nothing to be told");
                continue;
            }
            let id = lie(&repository, &session);
            let said = call_in(&sandbox, &repository.path, host, &text).stdout;
            let (before, after) = answer.split_once(TEXT).unwrap();
            let words = said.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            let words = words.unwrap_or_else(|| panic!("{host} {name}: {said:?} is not {answer}"));
            assert!(words.contains(&id[..10]), "{host} {name}: {words}");
            let whole: Value = serde_json::from_str(&said).unwrap();
            assert!(whole.is_object(), "{host} {name}: one JSON object and nothing else");
            *spoken.entry(host).or_insert(0) += 1;
        }
    }
    let hosts: Vec<&str> = spoken.into_keys().collect();
    let speaking: Vec<&str> = HOSTS.into_iter().filter(|host| *host != "windsurf").collect();
    assert_eq!(hosts, speaking, "all but Windsurf, which takes no answer, are told");
    assert!(!repository.state("log/hook-errors.jsonl").exists(), "none of them is a fault");
}

/// The payload of `host` for the stop number `round` of one turn.
fn stop(host: &str, round: u64) -> Value {
    let name = match host {
        "antigravity" => "Stop/idle.json",
        "copilot" => "agentStop/first.json",
        "cursor" => "stop/completed.json",
        "gemini" => "AfterAgent/first.json",
        "opencode" => "session.idle/idle.json",
        "windsurf" => "post_cascade_response/response.json",
        "claude" => "Stop/first-version.json",
        _ => "Stop/first.json",
    };
    let bytes = fs_err::read(fixtures().join(host).join(name)).unwrap();
    let mut payload: Value = serde_json::from_slice(&bytes).unwrap();
    if payload.get("stop_hook_active").is_some() {
        payload["stop_hook_active"] = (round > 0).into();
    }
    if payload.get("loop_count").is_some() {
        payload["loop_count"] = round.into();
        payload["generation_id"] = format!("g-{round}").into();
    }
    payload
}

#[test]
fn no_agent_is_pushed_back_more_than_twice_in_a_turn() {
    let sandbox = Sandbox::new();
    for host in HOSTS {
        let repository = installed(&sandbox, host);
        lie(&repository, "s-1");
        let mut spoken = 0;
        for round in 0..20 {
            let mut payload = stop(host, round);
            payload["last_assistant_message"] = format!("Done {round}.").into();
            let text =
                payload.to_string().replace("/home/dev/app", repository.path.to_str().unwrap());
            fs_err::remove_dir_all(repository.state("seen")).unwrap();
            let said = call_in(&sandbox, &repository.path, host, &text).stdout;
            spoken += usize::from(said.contains("stop the crash"));
            repository.commit(&format!("fix: stop the crash in part {round}"));
        }
        let want = if host == "windsurf" { 0 } else { 2 };
        assert_eq!(spoken, want, "{host}: a new finding twenty times, but one turn");
    }
}

#[test]
fn a_turn_that_has_a_name_is_pushed_back_twice_whatever_else_the_agent_says() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    lie(&repository, "s-1");
    let mut spoken = Vec::new();
    for turn in ["t-1", "t-1", "t-1", "t-2", "t-2", "t-2"] {
        let mut payload = stop("codex", 0);
        payload["turn_id"] = turn.into();
        payload["cwd"] = json!(repository.path);
        fs_err::remove_dir_all(repository.state("seen")).unwrap();
        let said = call_in(&sandbox, &repository.path, "codex", &payload.to_string()).stdout;
        spoken.push(!said.is_empty());
        repository.commit(&format!("fix: stop the crash in part {}", spoken.len()));
    }
    assert_eq!(spoken, [true, true, false, true, true, false], "twice each");
}

#[test]
fn antigravity_gets_a_decision_wherever_it_is() {
    let sandbox = Sandbox::new();
    let elsewhere = sandbox.path("home");
    for (name, row) in recorded("antigravity") {
        let text = fs_err::read_to_string(fixtures().join("antigravity").join(&name)).unwrap();
        let ran = call_in(&sandbox, &elsewhere, "antigravity", &text);
        assert_eq!(ran.stdout, row["silence"], "{name} outside of every repository");
        let mut command = sandbox.command(GIT_DOS, &elsewhere);
        command.args(["hook", "agent"]).env("GIT_DOS_HOOKS", "0");
        let ran = run_with_input(&mut command, text.as_bytes());
        assert_eq!(ran.stdout, row["silence"], "{name} with our hooks switched off");
    }
}

#[test]
fn the_first_that_we_hear_of_a_session_is_its_start_where_nobody_announces_it() {
    let sandbox = Sandbox::new();
    for (host, name) in [
        ("antigravity", "PostToolUse/run-command.json"),
        ("windsurf", "post_run_command/git.json"),
        ("codex", "UserPromptSubmit/prompt.json"),
    ] {
        let repository = installed(&sandbox, host);
        let text = fs_err::read_to_string(fixtures().join(host).join(name)).unwrap();
        let text = text.replace("/home/dev/app", repository.path.to_str().unwrap());
        call_in(&sandbox, &sandbox.path("home"), host, &text);
        repository.commit("fix: stop the crash in the parser");
        let stopped = stop(host, 0).to_string();
        let stopped = stopped.replace("/home/dev/app", repository.path.to_str().unwrap());
        call_in(&sandbox, &repository.path, host, &stopped);
        let found = repository.journal("log/findings.jsonl");
        assert_eq!(found.len(), 1, "{host}: what is committed since is the session's");
    }
}

#[test]
fn an_event_that_concerns_nobody_touches_nothing() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    lie(&repository, "s-1");
    let files = || {
        let mut files = BTreeMap::new();
        let mut folders = vec![repository.state("")];
        while let Some(folder) = folders.pop() {
            for entry in fs_err::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let time = fs_err::metadata(&path).unwrap().modified().unwrap();
                    files.insert(path, time);
                }
            }
        }
        files
    };
    let before = files();
    let mut calls = 0;
    for host in HOSTS {
        for (name, row) in recorded(host) {
            let idle = ["UserPromptSubmit", "PreToolUse", "Other"];
            if idle.iter().all(|kind| row["call"]["kind"] != *kind) {
                continue;
            }
            let text = fs_err::read_to_string(fixtures().join(host).join(&name)).unwrap();
            let text = text.replace("/home/dev/app", repository.path.to_str().unwrap());
            let ran = call_in(&sandbox, &repository.path, host, &text);
            assert_eq!(ran.stdout, row["silence"], "{host} {name}");
            calls += 1;
        }
    }
    assert_eq!(calls, 43, "prompts, tools to be used and what we take no part in");
    assert_eq!(files(), before, "neither the log nor the session's journal");
}

#[test]
fn one_stop_that_two_files_tell_of_is_answered_once() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    lie(&repository, "s-1");
    let read = |name: &str| {
        let text = fs_err::read_to_string(fixtures().join("copilot").join(name)).unwrap();
        text.replace("/home/dev/app", repository.path.to_str().unwrap())
    };
    let said = ["agentStop/first.json", "Stop/first.json", "agentStop/first.json"]
        .map(|name| call_in(&sandbox, &repository.path, "copilot", &read(name)).stdout);
    let spoken = said.map(|said| !said.is_empty());
    assert_eq!(spoken, [true, false, false], "in whatever words it is told");
    assert_eq!(repository.journal("log/findings.jsonl").len(), 1, "and found once");
}
