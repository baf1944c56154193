//! The agent hook at run time: what it says, what it writes, and when it does neither.

use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run_with_input};

/// A payload as Claude Code writes it, for `event` in `folder`.
fn payload(event: &str, folder: &Path) -> Value {
    json!({
        "session_id": "7b0c1f5e-aaaa-4000-8000-000000000001",
        "transcript_path": "/nowhere/transcript.jsonl",
        "cwd": folder,
        "hook_event_name": event,
    })
}

/// The payload of a session that starts in `folder`.
fn session_start(folder: &Path, source: &str) -> Value {
    let mut payload = payload("SessionStart", folder);
    payload["source"] = source.into();
    payload["model"] = "claude-opus-4-6".into();
    payload
}

/// The payload of a session that stops in `folder`.
fn stop(folder: &Path) -> Value {
    let mut payload = payload("Stop", folder);
    payload["permission_mode"] = "default".into();
    payload["stop_hook_active"] = false.into();
    payload
}

/// Calls the hook from the sandbox's own folder, which is no repository.
fn call(sandbox: &Sandbox, payload: &Value) -> Ran {
    call_with_bytes(sandbox, payload.to_string().as_bytes())
}

fn call_with_bytes(sandbox: &Sandbox, payload: &[u8]) -> Ran {
    run_with_input(sandbox.command(GIT_DOS, &sandbox.path("")).args(["hook", "agent"]), payload)
}

/// Asserts that the hook had nothing to say.
fn assert_silent(ran: &Ran, why: &str) {
    assert_eq!((ran.code, &*ran.stdout, &*ran.stderr), (Some(0), "", ""), "{why}");
}

/// A repository with one commit and the state folder that installing makes.
fn installed<'sandbox>(sandbox: &'sandbox Sandbox, name: &str) -> Repository<'sandbox> {
    let repository = sandbox.repository(name);
    repository.write("README.md", "one line\n");
    repository.commit("docs: begin the readme");
    fs_err::create_dir(repository.state("")).unwrap();
    repository
}

/// The records of all sessions, in the order of the files' names.
fn sessions(repository: &Repository<'_>) -> Vec<Value> {
    let Ok(folder) = fs_err::read_dir(repository.state("sessions")) else { return Vec::new() };
    let mut files: Vec<_> = folder.map(|entry| entry.unwrap().file_name()).collect();
    files.sort();
    let name = |file: &std::ffi::OsString| format!("sessions/{}", file.to_str().unwrap());
    files.iter().flat_map(|file| repository.journal(&name(file))).collect()
}

#[test]
fn a_sessions_start_is_written_down_with_its_place_in_history() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    fs_err::create_dir(repository.path.join("deep")).unwrap();
    let payload = session_start(&repository.path.join("deep"), "startup");
    assert_silent(&call(&sandbox, &payload), "a start needs no answer");
    let records = sessions(&repository);
    assert_eq!(records.len(), 1, "one record");
    for (field, want) in [
        ("record", json!("start")),
        ("v", json!(1)),
        ("host", json!("claude")),
        ("session", payload["session_id"].clone()),
        ("worktree", json!(repository.path)),
        ("head", json!(repository.head())),
        ("branch", json!("refs/heads/main")),
        ("model", json!("claude-opus-4-6")),
        ("source", json!("startup")),
    ] {
        assert_eq!(records[0][field], want, "{field}");
    }
    assert!(records[0]["time"].as_u64().unwrap() > 1_700_000_000, "a time in seconds");
    assert_eq!(
        repository.git(["status", "--porcelain", "--ignored"]),
        "",
        "nothing in sight of git"
    );
}

#[test]
fn a_session_starts_anew_but_not_in_the_middle_of_its_work() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    for (source, records) in [("startup", 1), ("compact", 1), ("resume", 2), ("clear", 3)] {
        let ran = call(&sandbox, &session_start(&repository.path, source));
        assert_silent(&ran, source);
        assert_eq!(sessions(&repository).len(), records, "after {source}");
    }
    let mut other = session_start(&repository.path, "compact");
    other["session_id"] = "../../another".into();
    assert_silent(&call(&sandbox, &other), "a session that we see for the first time");
    assert_eq!(sessions(&repository).len(), 4, "starts with whatever we see of it first");
    assert_eq!(fs_err::read_dir(repository.state("sessions")).unwrap().count(), 2, "a file each");
}

#[test]
fn heads_of_all_kinds_are_written_down() {
    let sandbox = Sandbox::new();
    let unborn = sandbox.repository("unborn");
    fs_err::create_dir(unborn.state("")).unwrap();
    assert_silent(&call(&sandbox, &session_start(&unborn.path, "startup")), "no commit yet");
    let records = sessions(&unborn);
    assert_eq!(
        (&records[0]["head"], &records[0]["branch"]),
        (&Value::Null, &json!("refs/heads/main"))
    );

    let repository = installed(&sandbox, "work");
    repository.git(["checkout", "--quiet", "--detach"]);
    assert_silent(&call(&sandbox, &session_start(&repository.path, "startup")), "detached");
    let records = sessions(&repository);
    assert_eq!(records[0]["head"], json!(repository.head()));
    assert_eq!(records[0]["branch"], Value::Null, "a detached HEAD is on no branch");

    let linked = sandbox.path("linked");
    repository.git(["worktree", "add", "--quiet", "-b", "side", linked.to_str().unwrap()]);
    let mut payload = session_start(&linked, "startup");
    payload["session_id"] = "zz-linked".into();
    assert_silent(&call(&sandbox, &payload), "a linked worktree");
    let records = sessions(&repository);
    assert_eq!(records.len(), 2, "its sessions are kept with the others");
    assert_eq!(records[1]["worktree"], json!(linked), "and know their worktree");
    assert_eq!(records[1]["branch"], "refs/heads/side");
}

#[test]
fn where_git_dos_is_not_installed_nothing_happens() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.commit("docs: begin");
    let files = || {
        let list = crate::support::run(sandbox.command("find", &sandbox.path("")).arg(".")).stdout;
        let mut files: Vec<String> = list.lines().map(str::to_owned).collect();
        files.sort();
        files
    };
    let before = files();
    for folder in
        [repository.path.clone(), sandbox.path(""), sandbox.path("gone/deeper"), "/".into()]
    {
        for payload in [session_start(&folder, "startup"), stop(&folder)] {
            assert_silent(&call(&sandbox, &payload), &format!("in {}", folder.display()));
        }
    }
    assert_eq!(files(), before, "no file appears anywhere");
}

#[test]
fn the_folder_may_be_gone_elsewhere_or_missing() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    let mut records = 0;
    for (session, folder) in [
        ("gone", Some(repository.path.join("gone/deeper"))),
        ("outside", Some(sandbox.path("home"))),
        ("missing", None),
    ] {
        let mut payload = session_start(Path::new("/"), "startup");
        payload["session_id"] = session.into();
        payload["cwd"] = json!(folder);
        let mut command = sandbox.command(GIT_DOS, &sandbox.path(""));
        command.args(["hook", "agent"]).env("CLAUDE_PROJECT_DIR", &repository.path);
        let ran = run_with_input(&mut command, payload.to_string().as_bytes());
        assert_silent(&ran, session);
        records += 1;
        assert_eq!(sessions(&repository).len(), records, "{session}: the project's folder serves");
    }
    let mut payload = session_start(Path::new("/"), "startup");
    (payload["session_id"], payload["cwd"]) = ("here".into(), Value::Null);
    let mut command = repository.command(GIT_DOS);
    let ran = run_with_input(command.args(["hook", "agent"]), payload.to_string().as_bytes());
    assert_silent(&ran, "no folder at all");
    assert_eq!(sessions(&repository).len(), records + 1, "the process's own folder serves");
}

#[test]
fn variables_of_git_do_not_lead_astray() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    let other = installed(&sandbox, "other");
    let mut command = sandbox.command(GIT_DOS, &sandbox.path(""));
    command.args(["hook", "agent"]).env("GIT_DIR", other.path.join(".git"));
    let payload = session_start(&repository.path, "startup");
    assert_silent(&run_with_input(&mut command, payload.to_string().as_bytes()), "GIT_DIR is set");
    assert_eq!((sessions(&repository).len(), sessions(&other).len()), (1, 0), "the folder counts");
}

#[test]
fn payloads_of_any_kind_are_silent() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    let mut long = stop(&repository.path);
    long["last_assistant_message"] = "x".repeat(5 * 1024 * 1024).into();
    let mut hostile = stop(&repository.path).to_string().into_bytes();
    hostile.splice(hostile.len() - 1.., *b",\"turn_id\":\"\xff\xfe\"}");
    let mut command = repository.command(GIT_DOS);
    command.args(["hook", "agent"]);
    for (payload, faults, why) in [
        (&b""[..], 0, "empty"),
        (b"null", 1, "no object"),
        (b"{\"session_id\":", 2, "half an object"),
        (&hostile, 3, "not UTF-8"),
        (long.to_string().as_bytes(), 4, "over the limit"),
        (b"{}", 4, "an object of nobody's"),
        (stop(&repository.path)["cwd"].to_string().as_bytes(), 5, "a string"),
        (&b"[".repeat(100_000), 6, "too deep"),
    ] {
        assert_silent(&run_with_input(&mut command, payload), why);
        let written = repository.journal("log/hook-errors.jsonl");
        assert_eq!(written.len(), faults, "what is no payload is written down once: {why}");
    }
}

#[test]
fn recorded_payloads_of_every_event_are_silent() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hooks/claude");
    for event in fs_err::read_dir(folder).unwrap() {
        for case in fs_err::read_dir(event.unwrap().path()).unwrap() {
            let path = case.unwrap().path();
            let mut payload: Value = serde_json::from_slice(&fs_err::read(&path).unwrap()).unwrap();
            payload["cwd"] = json!(repository.path);
            assert_silent(&call(&sandbox, &payload), &path.display().to_string());
        }
    }
    assert!(!repository.state("log").exists(), "none of them is a fault");
}

#[test]
fn other_agents_that_run_the_same_entry_are_left_in_peace() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    for mark in [
        json!({"cursor_version": "2026.10"}),
        json!({"agent_action_name": "post_run_command"}),
        json!({"workspacePaths": ["/work"]}),
        json!({"turn_id": "t"}),
        json!({"hookEventName": "Stop", "sessionId": "s"}),
        json!({"timestamp": "2026-11-20T12:00:00Z"}),
    ] {
        let mut payload = session_start(&repository.path, "startup");
        payload.as_object_mut().unwrap().extend(mark.as_object().unwrap().clone());
        assert_silent(&call(&sandbox, &payload), &mark.to_string());
        assert_eq!(sessions(&repository), [Value::Null; 0], "{mark} is not Claude Code's");
    }
}

#[test]
fn the_same_call_from_two_settings_files_counts_once() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    let payload = session_start(&repository.path, "startup").to_string();
    let calls: Vec<_> = (0..4)
        .map(|_| {
            let mut command = sandbox.command(GIT_DOS, &sandbox.path(""));
            command.args(["hook", "agent"]);
            let payload = payload.clone();
            std::thread::spawn(move || run_with_input(&mut command, payload.as_bytes()))
        })
        .collect();
    for call in calls {
        assert_silent(&call.join().unwrap(), "each of them");
    }
    assert_eq!(sessions(&repository).len(), 1, "one of four wrote it down");
}

#[test]
fn the_switch_and_our_own_calls_turn_it_off() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    for (name, value) in [("GIT_DOS_HOOKS", "0"), ("DOS_HOOK_DEPTH", "1")] {
        let mut command = sandbox.command(GIT_DOS, &sandbox.path(""));
        command.args(["hook", "agent"]).env(name, value);
        let payload = session_start(&repository.path, "startup").to_string();
        assert_silent(&run_with_input(&mut command, payload.as_bytes()), name);
    }
    assert_eq!(sessions(&repository), [Value::Null; 0], "nothing was written");
}

#[test]
fn an_agent_that_never_closes_its_pipe_is_not_kept_waiting() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.command(GIT_DOS, &sandbox.path(""));
    command.args(["hook", "agent"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let pipe = child.stdin.take();
    let status = child.wait().unwrap();
    drop(pipe);
    assert_eq!(status.code(), Some(0), "the deadline ends the wait");
}
