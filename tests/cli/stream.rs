//! What an agent is told whose tools bring it nothing new, and what is written down of them.

use serde_json::{Value, json};

use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run_with_input};

/// The session of these tests, whose name would like to be elsewhere.
const SESSION: &str = "../../../elsewhere";

/// A repository with one commit, installed.
fn installed(sandbox: &Sandbox) -> Repository<'_> {
    let repository = sandbox.repository("work");
    repository.write("README.md", "one line\n");
    repository.commit("docs: begin the readme");
    repository.mark_installed();
    repository
}

/// Calls the hook with a payload of Claude Code's.
fn call(repository: &Repository<'_>, event: &str, fields: &Value) -> Ran {
    let mut payload = json!({
        "session_id": SESSION,
        "transcript_path": "/nowhere/transcript.jsonl",
        "cwd": repository.path,
        "hook_event_name": event,
    });
    for (name, value) in fields.as_object().unwrap() {
        payload[name] = value.clone();
    }
    let mut command = repository.sandbox.command(GIT_DOS, &repository.sandbox.path(""));
    run_with_input(command.args(["hook", "agent"]), payload.to_string().as_bytes())
}

/// Returns what the agent is told, after checking how; empty for nothing.
fn told(ran: &Ran, event: &str) -> String {
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "a hook never fails");
    if ran.stdout.is_empty() {
        return String::new();
    }
    let reply: Value = serde_json::from_str(&ran.stdout).unwrap();
    let specific = &reply["hookSpecificOutput"];
    assert_eq!(specific["hookEventName"], event);
    assert_eq!(specific.as_object().unwrap().len(), 2, "the documented keys alone");
    specific["additionalContext"].as_str().unwrap().to_owned()
}

/// A tool's use, number `use_id`.
fn result(repository: &Repository<'_>, use_id: usize, input: &Value, result: &Value) -> String {
    let fields = json!({
        "tool_name": "Bash",
        "tool_input": input,
        "tool_response": result,
        "tool_use_id": format!("toolu_{use_id}"),
    });
    told(&call(repository, "PostToolUse", &fields), "PostToolUse")
}

fn records(repository: &Repository<'_>) -> Vec<Value> {
    let Ok(folder) = fs_err::read_dir(repository.state("streams")) else { return Vec::new() };
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.flat_map(|name| repository.journal(&format!("streams/{name}"))).collect()
}

#[test]
fn the_third_identical_result_is_told_and_then_the_fifth() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox);
    let (input, output) =
        (json!({"command": "git status"}), json!({"stdout": "clean", "stderr": ""}));
    let texts: Vec<String> =
        (1..=6).map(|number| result(&repository, number, &input, &output)).collect();
    let spoken: Vec<bool> = texts.iter().map(|text| !text.is_empty()).collect();
    assert_eq!(spoken, [false, false, true, false, true, false], "{texts:?}");
    for part in
        ["git-dos: `Bash` was called 3 times", "the same each time", "change something first"]
    {
        assert!(texts[2].contains(part), "{part:?} in {}", texts[2]);
    }
    assert!(texts[4].contains("5 times") && texts[4].contains("stop and say"), "{}", texts[4]);
    assert_eq!(result(&repository, 7, &input, &json!({"stdout": "dirty"})), "", "something new");

    let records = records(&repository);
    assert_eq!(records.len(), 7, "each call is written down");
    for (index, record) in records.iter().enumerate() {
        assert_eq!(record["step_index"], index, "in its order");
        assert_eq!(record["schema"], json!({"family": "tool-stream", "version": 1}));
    }
    assert_eq!(records[2]["verdict_state"], "REPEATING");
    assert_eq!(repository.git(["status", "--porcelain", "--ignored"]), "", "out of sight of git");
    assert!(!sandbox.path("elsewhere").exists(), "the session's name leads nowhere");
}

#[test]
fn failures_count_by_their_error_and_interruptions_do_not() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox);
    let mut number = 0;
    let mut fail = |error: &str, is_interrupt: bool| {
        number += 1;
        let fields = json!({
            "tool_name": "Bash",
            "tool_input": {"command": "make"},
            "tool_use_id": format!("toolu_{number}"),
            "error": error,
            "is_interrupt": is_interrupt,
        });
        told(&call(&repository, "PostToolUseFailure", &fields), "PostToolUseFailure")
    };
    assert_eq!(fail("exit code 2 after 1.2s", false), "");
    assert_eq!(fail("exit code 2 after 3s", false), "");
    let text = fail("exit code 2 after 10.75s", false);
    assert!(text.contains("`Bash` failed 3 times") && text.contains("but for times"), "{text}");
    assert_eq!(fail("exit code 1", false), "", "another error");
    for _ in 0..4 {
        assert_eq!(fail("interrupted", true), "", "the user did that");
    }
}

#[test]
fn a_compaction_lets_a_session_look_again_and_a_subagent_has_its_own_count() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox);
    let (input, output) = (json!({"command": "ls"}), json!("README.md"));
    let mut number = 0;
    let mut look = || {
        number += 1;
        result(&repository, number, &input, &output)
    };
    assert_eq!((look(), look()), (String::new(), String::new()));
    let start = call(&repository, "SessionStart", &json!({"source": "compact"}));
    assert_eq!(told(&start, "SessionStart"), "");
    assert_eq!((look(), look()), (String::new(), String::new()), "counted anew");
    let subagent = json!({
        "tool_name": "Bash", "tool_input": input, "tool_response": output, "agent_id": "a-1",
        "tool_use_id": "toolu_a",
    });
    assert_eq!(told(&call(&repository, "PostToolUse", &subagent), "PostToolUse"), "");
    assert_ne!(look(), "", "the third of the session itself");
}

#[test]
fn switches_and_modes_silence_it() {
    let sandbox = Sandbox::new();
    for (key, value, written) in [("dos.mode", "observe", 3), ("dos.stream", "false", 0)] {
        let repository = installed(&sandbox);
        repository.git(["config", key, value]);
        for number in 1..=3 {
            let text = result(&repository, number, &json!({}), &json!("same"));
            assert_eq!(text, "", "{key} = {value}");
        }
        assert_eq!(records(&repository).len(), written, "{key} = {value}");
        fs_err::remove_dir_all(&repository.path).unwrap();
    }
}

#[test]
fn the_policy_counts_and_a_broken_one_is_logged() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox);
    repository.write("dos.toml", "[tool_stream]\nrepeat_n = 2\n");
    assert_eq!(result(&repository, 1, &json!({}), &json!("same")), "");
    assert_ne!(result(&repository, 2, &json!({}), &json!("same")), "", "two are too many");
    repository.write("dos.toml", "[tool_stream]\nrepeat_n = 0\n");
    assert_ne!(result(&repository, 3, &json!({}), &json!("same")), "", "the defaults serve");
    let faults = repository.journal("log/hook-errors.jsonl");
    let fault = faults[0]["fault"].as_str().unwrap();
    assert!(fault.contains("dos.toml:1: repeat_n = 0 is less than 2"), "{fault}");
}

#[test]
fn damage_is_logged_once_and_hostile_payloads_are_harmless() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox);
    result(&repository, 1, &json!({}), &json!("same"));
    let file =
        fs_err::read_dir(repository.state("streams")).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs_err::read(&file).unwrap();
    bytes.extend_from_slice(b"{\"torn");
    fs_err::write(&file, bytes).unwrap();
    result(&repository, 2, &json!({}), &json!("same"));
    assert_ne!(result(&repository, 3, &json!({}), &json!("same")), "", "counted across the damage");
    let faults = repository.journal("log/hook-errors.jsonl");
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0]["fault"].as_str().unwrap().contains("damaged lines"), "{faults:?}");
    let deep = "[".repeat(5000) + &"]".repeat(5000);
    for odd in [deep.as_str(), "\"\\ud800\"", "123456789012345678901234567890", "1e999"] {
        let payload = format!(
            r#"{{"session_id":"s","permission_mode":"x","cwd":{},"hook_event_name":"PostToolUse","tool_name":"T","tool_response":{odd}}}"#,
            json!(repository.path)
        );
        let mut command = sandbox.command(GIT_DOS, &sandbox.path(""));
        let ran = run_with_input(command.args(["hook", "agent"]), payload.as_bytes());
        assert_eq!(told(&ran, "PostToolUse"), "", "{}", &odd[..9.min(odd.len())]);
    }
}

#[test]
fn records_that_cannot_be_written_keep_no_session_from_its_start() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox);
    let name = git_dos::journal::sessions::file_name(SESSION);
    fs_err::create_dir_all(repository.state("streams").join(&name)).unwrap();
    let ran = call(&repository, "SessionStart", &json!({ "source": "startup" }));
    assert_eq!(told(&ran, "SessionStart"), "", "a hook never fails");
    assert!(repository.state("sessions").join(&name).exists(), "the session began");
    assert_eq!(repository.journal("log/hook-errors.jsonl").len(), 1, "and the fault is told");
}
