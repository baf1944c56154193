//! What is listed of the sessions of agents, and what is said when it cannot be read.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run, run_with_input};

/// A repository with git-dos installed and one commit.
fn installed<'sandbox>(sandbox: &'sandbox Sandbox, name: &str) -> Repository<'sandbox> {
    let repository = sandbox.repository(name);
    repository.write("README.md", "one line\n");
    repository.commit("docs: begin the readme");
    repository.mark_installed();
    repository
}

/// Calls the hook as Claude Code does in the worktree of `repository`.
fn call(repository: &Repository<'_>, session: &str, event: &str, more: &Value) -> Ran {
    let mut payload = json!({
        "session_id": session,
        "transcript_path": "/nowhere",
        "cwd": repository.path,
        "hook_event_name": event,
        "permission_mode": "default",
    });
    for (key, value) in more.as_object().unwrap() {
        payload[key] = value.clone();
    }
    let mut command = repository.command(GIT_DOS);
    let ran = run_with_input(command.args(["hook", "agent"]), payload.to_string().as_bytes());
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "a hook never fails");
    ran
}

/// Lets `session` begin.
fn begin(repository: &Repository<'_>, session: &str, model: &str) {
    call(repository, session, "SessionStart", &json!({ "source": "startup", "model": model }));
}

/// Lets `session` use a tool, which brings the same each time.
fn look(repository: &Repository<'_>, session: &str, tool: &str, number: usize) {
    let fields = json!({
        "tool_name": tool,
        "tool_input": { "command": "make" },
        "tool_response": "nothing to be done",
        "tool_use_id": format!("toolu_{number}"),
    });
    call(repository, session, "PostToolUse", &fields);
}

/// Writes down that `session` began at `time`, in a repository that had no runs then.
fn began(repository: &Repository<'_>, session: &str, time: u64) {
    let line = json!({
        "record": "start", "v": 1, "time": time, "host": "codex", "session": session,
        "worktree": repository.path, "head": null, "branch": null, "model": null, "source": null,
    });
    fs_err::create_dir_all(repository.state("sessions")).unwrap();
    let name = format!("sessions/by-hand-{time}.jsonl");
    fs_err::write(repository.state(&name), format!("{line}\n")).unwrap();
}

fn ask(repository: &Repository<'_>, arguments: &[&str]) -> Ran {
    run(repository.command(GIT_DOS).arg("sessions").args(arguments))
}

fn ask_json(repository: &Repository<'_>, arguments: &[&str]) -> Value {
    let ran = ask(repository, &[&["--format", "json"], arguments].concat());
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(answer["schema"], "git-dos/sessions/1");
    answer
}

/// Returns the ids that `answer` lists, in its order.
fn ids(answer: &Value) -> Vec<&str> {
    let sessions = answer["sessions"].as_array().unwrap();
    sessions.iter().map(|session| session["session"].as_str().unwrap()).collect()
}

#[test]
fn without_a_session_a_sentence_says_so() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    let ran = ask(&repository, &[]);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
    assert_eq!(ran.stdout, "no session of an agent is written down here");
    assert_eq!(ask_json(&repository, &[])["sessions"], json!([]));
    assert!(!repository.state("sessions").exists(), "asking writes nothing");
}

#[test]
fn a_session_is_shown_with_what_came_of_it() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    let head = repository.head();
    begin(&repository, "7b0c1f5e-aaaa-4000", "claude-opus-4-6");
    repository.write("src/lexer.rs", "fn lex() {}\n");
    repository.commit("feat: begin the lexer");
    let forged = repository.commit("fix: stop the crash in the parser");
    (1..=3).for_each(|number| look(&repository, "7b0c1f5e-aaaa-4000", "Bash", number));
    let stop = json!({
        "stop_hook_active": false,
        "prompt_id": "t-1",
        "last_assistant_message": "DOS-CLAIM: AUTH AUTH2",
    });
    assert_ne!(call(&repository, "7b0c1f5e-aaaa-4000", "Stop", &stop).stdout, "", "it is told");

    let ran = ask(&repository, &[]);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
    let words: Vec<&str> = ran.stdout.split("  ").filter(|word| !word.is_empty()).collect();
    let [host, id, model, ago, worktree, liveness, rest] = words[..] else { panic!("{words:?}") };
    assert_eq!([host, id, model], ["claude", "7b0c1f5e", "claude-opus-4-6"]);
    assert!(ago.ends_with(" ago"), "{ago}");
    assert_eq!([worktree, liveness], [".", "ADVANCING"]);
    assert_eq!(rest, "2 commits, 1 finding told, 1 claim told, 3 tool calls, REPEATING");

    let answer = ask_json(&repository, &["7b0"]);
    let session = &answer["sessions"][0];
    for (field, want) in [
        ("host", json!("claude")),
        ("model", json!("claude-opus-4-6")),
        ("source", json!("startup")),
        ("worktree", json!(repository.path)),
        ("branch", json!("refs/heads/main")),
        ("head", json!(head)),
        ("liveness", json!("ADVANCING")),
        ("commits", json!(2)),
        ("tool_calls", json!(3)),
        ("tools", json!({ "Bash": 3 })),
        ("stream", json!("REPEATING")),
        ("ended_s", json!(null)),
        ("damage", json!([])),
    ] {
        assert_eq!(session[field], want, "{field}");
    }
    assert_eq!(session["findings"][0]["commit"], json!(forged));
    assert_eq!(session["claims"][0]["phase"], "AUTH2");

    let ran = ask(&repository, &["7b0"]);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
    let rule = session["findings"][0]["rule"].as_str().unwrap();
    let told = format!("{} \"fix: stop the crash in the parser\" ({rule})", &forged[..10]);
    for part in ["7b0c1f5e-aaaa-4000", &head, &told, "claim AUTH AUTH2", "3, REPEATING: Bash 3"] {
        assert!(ran.stdout.contains(part), "{part:?} in {}", ran.stdout);
    }
}

#[test]
fn sessions_of_all_worktrees_are_listed_and_counted_until_they_end() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    let linked = sandbox.path("linked");
    repository.git(["worktree", "add", "--quiet", "-b", "side", linked.to_str().unwrap()]);
    let side = Repository { sandbox: &sandbox, path: linked };
    begin(&repository, "main-session", "m");
    begin(&side, "side-session", "m");
    side.write("a", "a\n");
    side.commit("feat: add a");
    call(&side, "side-session", "SessionEnd", &json!({ "reason": "other" }));
    let text = ask(&repository, &[]).stdout;
    let line = text.lines().find(|line| line.contains("side-ses")).unwrap();
    let place = line.split("  ").any(|word| word == "../linked");
    assert!(place && line.contains("ADVANCING, ended") && line.contains("1 commit,"), "{line}");
    let line = text.lines().find(|line| line.contains("main-ses")).unwrap();
    assert!(line.contains("0 commits,"), "what was done elsewhere is not its own: {line}");

    let mut late = side.command("git");
    late.args(["commit", "--quiet", "--allow-empty", "--message", "docs: after the session"]);
    crate::support::succeed(late.env("GIT_COMMITTER_DATE", "2099-01-01T00:00:00Z"));
    assert_eq!(ask_json(&repository, &["side"])["sessions"][0]["commits"], 1, "it was over then");

    repository.git(["worktree", "remove", "--force", side.path.to_str().unwrap()]);
    assert_eq!(ask_json(&repository, &["side"])["sessions"][0]["commits"], 1, "the branch is left");
    repository.git(["branch", "--quiet", "-D", "side"]);
    let ran = ask(&repository, &["side"]);
    assert_eq!(ran.code, Some(0), "that is how worktrees of agents end");
    assert!(
        ran.stdout.contains("commits gone") && ran.stdout.contains("UNKNOWN"),
        "{}",
        ran.stdout
    );
}

#[test]
fn the_newest_is_first_and_the_old_are_left_out_on_request() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    began(&repository, "old", 1_600_000_000);
    began(&repository, "older", 1_500_000_000);
    begin(&repository, "new", "m");
    assert_eq!(ids(&ask_json(&repository, &[])), ["new", "old", "older"]);
    let answer = ask_json(&repository, &["--since", "7d"]);
    assert_eq!((ids(&answer), &answer["earlier"]), (vec!["new"], &json!(2)));
    let ran = ask(&repository, &["--since", "7d"]);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), "2 began before that and are left out"));
    assert_eq!(ids(&ask_json(&repository, &["old"])), ["old"], "the whole id of one");
    let ran = ask(&repository, &["o"]);
    assert_eq!((ran.code, &*ran.stdout), (Some(2), ""), "of several");
    assert!(ran.stderr.contains("2 sessions have ids that begin with"), "{}", ran.stderr);
    let ran = ask(&repository, &["x"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("No session"), "{ran:?}");
}

#[test]
fn sessions_are_kept_as_long_as_the_policy_says() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    let age = |days: u64| {
        for entry in fs_err::read_dir(repository.path.join(".git/dos/sessions")).unwrap() {
            let file = fs_err::File::options().write(true).open(entry.unwrap().path()).unwrap();
            let time = file.metadata().unwrap().modified().unwrap();
            file.file().set_modified(time - Duration::from_secs(days * 24 * 60 * 60)).unwrap();
        }
    };
    begin(&repository, "first", "m");
    age(29);
    begin(&repository, "second", "m");
    assert_eq!(ids(&ask_json(&repository, &[])).len(), 2, "30 days by default");
    repository.write("dos.toml", "[hooks]\nkeep = \"7d\"\n");
    begin(&repository, "third", "m");
    assert_eq!(ids(&ask_json(&repository, &[])), ["third", "second"], "what is older goes");
    age(8);
    repository.write("dos.toml", "[hooks]\nkeep = 7\n");
    begin(&repository, "fourth", "m");
    fs_err::remove_file(repository.path.join("dos.toml")).unwrap();
    assert_eq!(ids(&ask_json(&repository, &[])).len(), 3, "nothing goes by a broken policy");
}

#[test]
fn what_cannot_be_read_is_counted_and_said() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    begin(&repository, "s-1", "m");
    begin(&repository, "s-2", "m");
    look(&repository, "s-1", "Bash", 1);
    let tear = |folder: &str, id: &str| {
        let names = fs_err::read_dir(repository.state(folder)).unwrap();
        let path = names.map(|entry| entry.unwrap().path());
        let path = path.into_iter().find(|path| path.to_str().unwrap().contains(id)).unwrap();
        let mut bytes = fs_err::read(&path).unwrap();
        bytes.extend_from_slice(b"{\"torn\n");
        fs_err::write(path, bytes).unwrap();
    };
    for (folder, want) in [("streams", 1), ("sessions", 2)] {
        tear(folder, "s-1");
        let ran = ask(&repository, &[]);
        assert_eq!(ran.code, Some(2), "{folder}");
        assert_eq!(ran.stderr.matches("warning: ").count(), want, "{}", ran.stderr);
        assert!(ran.stdout.contains(&format!("{want} damaged")), "{}", ran.stdout);
    }
    let run = ask_json(&repository, &["s-1"])["sessions"][0]["run"].as_str().unwrap().to_owned();
    tear("runs", &run);
    assert_eq!(
        ask_json(&repository, &["s-1"])["sessions"][0]["damage"].as_array().unwrap().len(),
        3
    );
    assert_eq!(ask(&repository, &["s-2"]).code, Some(0), "that of others is not asked for");

    fs_err::write(repository.state("sessions/x.jsonl"), "{\"torn\n").unwrap();
    fs_err::create_dir(repository.state("sessions/y.jsonl")).unwrap();
    let answer = ask_json(&repository, &[]);
    assert_eq!(answer["lost"].as_array().unwrap().len(), 2, "{answer}");
    assert_eq!(ids(&answer).len(), 2, "what can be read is listed");
    let ran = ask(&repository, &["s-3"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("2 could not"), "{ran:?}");
}

#[test]
fn hostile_words_are_shown_harmlessly() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox, "work");
    let hostile = "\u{1b}[2J\u{202e}../../x\nFAKE";
    begin(&repository, hostile, hostile);
    look(&repository, hostile, hostile, 1);
    repository.commit("fix: stop the \u{1b}[31mcrash\u{202e} in the parser");
    let stop = json!({ "last_assistant_message": "DOS-CLAIM: \u{1b}[31mAUTH A\u{202e}2" });
    call(&repository, hostile, "Stop", &stop);
    for arguments in [&[][..], &["--format", "json"], &["\u{1b}"], &["\\u{1b}[2J"]] {
        let ran = ask(&repository, arguments);
        assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "{arguments:?}");
        let is_raw = |character| matches!(character, '\u{1b}' | '\u{202e}');
        assert!(!ran.stdout.contains(is_raw), "{arguments:?}: {:?}", ran.stdout);
        assert!(!ran.stdout.contains("\nFAKE"), "{arguments:?}: {:?}", ran.stdout);
    }
    assert_eq!(ids(&ask_json(&repository, &["\u{1b}"])), [hostile], "JSON says the same");
    let ran = ask(&repository, &["\u{1b}x"]);
    assert!(ran.code == Some(2) && !ran.stderr.contains('\u{1b}'), "{ran:?}");
}
