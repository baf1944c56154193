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

/// A repository with one commit and the receipt that installing leaves.
fn installed<'sandbox>(sandbox: &'sandbox Sandbox, name: &str) -> Repository<'sandbox> {
    let repository = sandbox.repository(name);
    repository.write("README.md", "one line\n");
    repository.commit("docs: begin the readme");
    repository.mark_installed();
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
fn records_of_verbs_do_not_make_a_place_installed() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    fs_err::remove_file(repository.state("install.json")).unwrap();
    fs_err::write(repository.state("rewrites.jsonl"), "").unwrap();
    assert_silent(&call(&sandbox, &session_start(&repository.path, "startup")), "a start");
    assert!(!repository.state("sessions").exists(), "nobody asked for hooks here");
}

#[test]
fn heads_of_all_kinds_are_written_down() {
    let sandbox = Sandbox::new();
    let unborn = sandbox.repository("unborn");
    unborn.mark_installed();
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
fn a_damaged_repository_inside_another_leaves_that_one_alone() {
    let sandbox = Sandbox::new();
    let outer = sandbox.repository("outer");
    outer.commit("docs: begin");
    let inner = installed(&sandbox, "outer/inner");
    fs_err::remove_file(inner.path.join(".git/HEAD")).unwrap();
    assert_silent(&call(&sandbox, &session_start(&inner.path, "startup")), "no repository");
    assert!(!outer.state("").exists(), "git-dos is not installed in the outer one");
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
fn other_agents_that_run_the_same_entry_are_told_apart() {
    for (mark, host) in [
        (json!({"cursor_version": "2026.10"}), Some("cursor")),
        (json!({"turn_id": "t"}), Some("codex")),
        (json!({"hookEventName": "SessionStart", "sessionId": "s"}), Some("vscode")),
        (json!({"timestamp": "2026-11-20T12:00:00Z", "stop_reason": "x"}), Some("copilot")),
        (json!({"timestamp": "2026-11-20T12:00:00Z"}), None),
        (json!({"agent_action_name": "never_heard_of"}), None),
    ] {
        let sandbox = Sandbox::new();
        let repository = installed(&sandbox, "work");
        let mut payload = session_start(&repository.path, "startup");
        payload.as_object_mut().unwrap().extend(mark.as_object().unwrap().clone());
        assert_silent(&call(&sandbox, &payload), &mark.to_string());
        let hosts: Vec<Value> =
            sessions(&repository).iter().map(|record| record["host"].clone()).collect();
        assert_eq!(hosts, Vec::from_iter(host.map(|host| json!(host))), "{mark}");
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

/// Commits nothing under a subject that claims a repair; returns the commit's id.
fn forged(repository: &Repository<'_>, what: &str) -> String {
    repository.commit(&format!("fix: stop the crash in {what}"))
}

/// Calls the hook when nothing of the last five seconds is remembered, and returns the context it gives.
fn context(sandbox: &Sandbox, repository: &Repository<'_>, payload: &Value) -> String {
    fs_err::remove_dir_all(repository.state("seen")).ok();
    let ran = call(sandbox, payload);
    assert_eq!(
        (ran.code, &*ran.stderr),
        (Some(0), ""),
        "a hook that speaks to an agent never fails"
    );
    if ran.stdout.is_empty() {
        return String::new();
    }
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    let specific = answer["hookSpecificOutput"].as_object().unwrap();
    assert_eq!(answer.as_object().unwrap().len(), 1, "nothing but the documented keys: {answer}");
    assert_eq!(specific.len(), 2, "nothing but the documented keys: {answer}");
    assert_eq!(specific["hookEventName"], payload["hook_event_name"], "it names its event");
    specific["additionalContext"].as_str().unwrap().to_owned()
}

/// A repository with git-dos installed, in which a session has just started.
fn started(sandbox: &Sandbox) -> Repository<'_> {
    let repository = installed(sandbox, "work");
    repository
        .hook("post-rewrite", &git_dos_git_hooks::shim::render("post-rewrite", Path::new(GIT_DOS)));
    assert_silent(&call(sandbox, &session_start(&repository.path, "startup")), "a start");
    repository
}

#[test]
fn an_unwitnessed_claim_is_said_once() {
    let sandbox = Sandbox::new();
    let repository = started(&sandbox);
    let payload = stop(&repository.path);
    assert_eq!(context(&sandbox, &repository, &payload), "", "no commit, no word");
    repository.write("docs/guide.md", "a line\n");
    repository.commit("docs: add a guide");
    assert_eq!(context(&sandbox, &repository, &payload), "", "an honest commit, no word");
    let id = forged(&repository, "the parser");
    let text = context(&sandbox, &repository, &payload);
    for part in
        [&id[..10], "fix: stop the crash in the parser", "changes nothing", "git commit --amend"]
    {
        assert!(text.contains(part), "{part:?} is said: {text}");
    }
    assert_eq!(context(&sandbox, &repository, &payload), "", "but only once");
    let mut continued = payload.clone();
    continued["stop_hook_active"] = true.into();
    assert_eq!(context(&sandbox, &repository, &continued), "", "also when it made the agent go on");

    let second = forged(&repository, "the lexer");
    let text = context(&sandbox, &repository, &payload);
    assert!(text.contains(&second[..10]) && !text.contains(&id[..10]), "only what is new: {text}");
}

#[test]
fn a_finding_stays_the_same_under_another_id() {
    let sandbox = Sandbox::new();
    let repository = started(&sandbox);
    let payload = stop(&repository.path);
    forged(&repository, "the parser");
    assert_ne!(context(&sandbox, &repository, &payload), "", "it is said");
    repository.git(["commit", "--quiet", "--amend", "--no-edit", "--allow-empty", "--date=now"]);
    assert_eq!(context(&sandbox, &repository, &payload), "", "an amend that mends nothing");
    repository.write("docs/guide.md", "a line\n");
    repository.commit("docs: add a guide");
    let rebase = |time: &str| {
        let mut git = repository.command("git");
        git.env("GIT_COMMITTER_DATE", time);
        git.args(["rebase", "--quiet", "--root", "--force-rebase", "--keep-empty"]);
        let before = repository.head();
        crate::support::succeed(&mut git);
        assert_ne!(repository.head(), before, "every commit gets another id");
    };
    rebase("2030-01-01T00:00:00Z");
    assert_eq!(context(&sandbox, &repository, &payload), "", "a rebase");
    fs_err::remove_file(repository.path.join(".git/hooks/post-rewrite")).unwrap();
    rebase("2030-01-02T00:00:00Z");
    assert_eq!(context(&sandbox, &repository, &payload), "", "a rebase that nobody told us of");
    forged(&repository, "the parser");
    assert_ne!(
        context(&sandbox, &repository, &payload),
        "",
        "the same lie told again is another one",
    );
}

#[test]
fn claims_from_before_the_session_are_not_its_own() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    let commit_at = |time: &str, message: &str| {
        let mut git = repository.command("git");
        git.env("GIT_COMMITTER_DATE", time).args([
            "commit",
            "--quiet",
            "--allow-empty",
            "-m",
            message,
        ]);
        crate::support::succeed(&mut git);
    };
    repository
        .hook("post-rewrite", &git_dos_git_hooks::shim::render("post-rewrite", Path::new(GIT_DOS)));
    commit_at("2026-01-01T00:00:00Z", "fix: stop the crash in the parser");
    commit_at("2026-01-02T00:00:00Z", "fix: stop the crash in the lexer");
    forged(&repository, "the printer");
    assert_silent(&call(&sandbox, &session_start(&repository.path, "startup")), "a start");
    let payload = stop(&repository.path);
    assert_eq!(context(&sandbox, &repository, &payload), "", "they were there before");
    repository.git(["checkout", "--quiet", "-b", "side", "HEAD~3"]);
    repository.write("docs/guide.md", "a line\n");
    repository.commit("docs: add a guide");
    repository.git(["rebase", "--quiet", "--keep-empty", "side", "main"]);
    let text = context(&sandbox, &repository, &payload);
    assert!(
        !text.contains("the parser") && !text.contains("the lexer"),
        "old claims, moved: {text}"
    );
    repository.git([
        "commit",
        "--quiet",
        "--amend",
        "--allow-empty",
        "-m",
        "fix: stop the crash in main",
    ]);
    let text = context(&sandbox, &repository, &payload);
    assert!(
        text.contains("the crash in main"),
        "new words on an old commit are the session's: {text}"
    );
    commit_at("2026-01-03T00:00:00Z", "fix: stop the crash in the writer");
    assert_eq!(context(&sandbox, &repository, &payload), "", "what is dated before the start");
}

#[test]
fn claims_of_others_that_were_fetched_are_not_the_sessions() {
    let sandbox = Sandbox::new();
    let repository = started(&sandbox);
    let remote = sandbox.bare("remote.git").display().to_string();
    repository.git(["remote", "add", "origin", &remote]);
    repository.git(["push", "--quiet", "origin", "main"]);
    let theirs = sandbox.repository("theirs");
    theirs.git(["config", "user.email", "grace@example.org"]);
    theirs.git(["pull", "--quiet", &remote, "main"]);
    forged(&theirs, "the lexer");
    theirs.git(["push", "--quiet", &remote, "HEAD:main"]);
    repository.git(["pull", "--quiet", "--ff-only", "origin", "main"]);
    let payload = stop(&repository.path);
    assert_eq!(context(&sandbox, &repository, &payload), "", "somebody else's, from a remote");
    let own = forged(&repository, "the parser");
    repository.git(["push", "--quiet", "--no-verify", "origin", "main"]);
    let text = context(&sandbox, &repository, &payload);
    assert!(text.contains(&own[..10]) && !text.contains("lexer"), "our own, though pushed: {text}");
}

#[test]
fn a_session_that_only_waits_is_left_alone() {
    let sandbox = Sandbox::new();
    let repository = started(&sandbox);
    forged(&repository, "the parser");
    for field in ["background_tasks", "session_crons"] {
        let mut waiting = stop(&repository.path);
        waiting[field] = json!([{"id": "1"}]);
        assert_eq!(context(&sandbox, &repository, &waiting), "", "{field} will wake it");
    }
    assert_ne!(context(&sandbox, &repository, &stop(&repository.path)), "", "then it is said");
}

#[test]
fn subagents_are_told_as_well_and_then_nobody_again() {
    let sandbox = Sandbox::new();
    let repository = started(&sandbox);
    let id = forged(&repository, "the parser");
    let mut payload = stop(&repository.path);
    payload["hook_event_name"] = "SubagentStop".into();
    payload["agent_id"] = "a-1".into();
    assert!(context(&sandbox, &repository, &payload).contains(&id[..10]), "the subagent is told");
    assert_eq!(context(&sandbox, &repository, &stop(&repository.path)), "", "the session is not");
}

#[test]
fn a_turn_of_many_stops_is_pushed_back_twice_at_most() {
    let sandbox = Sandbox::new();
    let repository = started(&sandbox);
    let mut spoken = Vec::new();
    for turn in 0..20 {
        forged(&repository, &format!("part {turn}"));
        let mut payload = stop(&repository.path);
        payload["stop_hook_active"] = (turn > 0).into();
        spoken.push(!context(&sandbox, &repository, &payload).is_empty());
    }
    let times = spoken.iter().filter(|spoken| **spoken).count();
    assert_eq!(times, 2, "new findings twenty times, but one turn: {spoken:?}");
    let text = context(&sandbox, &repository, &stop(&repository.path));
    assert_eq!(text.matches("\n- ").count(), 11, "the user's next turn hears the rest: {text}");
}

#[test]
fn modes_silence_the_agent_too() {
    let sandbox = Sandbox::new();
    for (key, value) in [("dos.mode", "observe"), ("dos.audit", "false")] {
        let repository = installed(&sandbox, value);
        assert_silent(&call(&sandbox, &session_start(&repository.path, "startup")), "a start");
        repository.git(["config", key, value]);
        forged(&repository, "the parser");
        let payload = stop(&repository.path);
        assert_eq!(context(&sandbox, &repository, &payload), "", "{key} = {value}");
        let found = repository.journal("log/findings.jsonl").len();
        assert_eq!(found, usize::from(key == "dos.mode"), "observing writes down what it finds");
    }
}

#[test]
fn a_session_that_was_never_announced_answers_from_its_first_stop_on() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    forged(&repository, "the parser");
    let payload = stop(&repository.path);
    assert_eq!(
        context(&sandbox, &repository, &payload),
        "",
        "installed in the middle of a session"
    );
    let id = forged(&repository, "the lexer");
    let text = context(&sandbox, &repository, &payload);
    assert!(text.contains(&id[..10]) && !text.contains("parser"), "from here on: {text}");
}

#[test]
fn the_agent_may_be_in_another_worktree_or_out_of_the_repository() {
    let sandbox = Sandbox::new();
    let repository = started(&sandbox);
    let linked = sandbox.path("linked");
    repository.git(["worktree", "add", "--quiet", "-b", "side", linked.to_str().unwrap()]);
    let side = Repository { sandbox: &sandbox, path: linked.clone() };
    let there = forged(&side, "the lexer");
    let here = forged(&repository, "the parser");
    let text = context(&sandbox, &repository, &stop(&linked));
    assert!(text.contains(&here[..10]) && text.contains(&there[..10]), "both worktrees: {text}");

    let third = forged(&repository, "the printer");
    let mut command = sandbox.command(GIT_DOS, &sandbox.path(""));
    command.args(["hook", "agent"]).env("CLAUDE_PROJECT_DIR", &repository.path);
    let payload = stop(&sandbox.path("home")).to_string();
    fs_err::remove_dir_all(repository.state("seen")).unwrap();
    let ran = run_with_input(&mut command, payload.as_bytes());
    assert!(ran.stdout.contains(&third[..10]), "the project's folder serves: {}", ran.stdout);
}

#[test]
fn hostile_subjects_reach_the_model_harmlessly() {
    let sandbox = Sandbox::new();
    let repository = started(&sandbox);
    repository.commit("fix: the \u{1b}[31mcrash\u{202e} \"quoted\" in the parser");
    let text = context(&sandbox, &repository, &stop(&repository.path));
    assert!(text.contains("\\u{1b}[31m") && !text.contains('\u{202e}'), "{text}");
}

#[test]
fn a_branch_without_commits_at_the_start_has_an_end() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.mark_installed();
    assert_silent(&call(&sandbox, &session_start(&repository.path, "startup")), "a start");
    assert_eq!(context(&sandbox, &repository, &stop(&repository.path)), "", "still no commit");
    let id = forged(&repository, "the parser");
    let text = context(&sandbox, &repository, &stop(&repository.path));
    assert!(text.contains(&id[..10]), "the first commit is the session's: {text}");
}
