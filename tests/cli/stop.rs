//! What an agent is told when it stops: about its claims, and about waiting.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run_with_input};

/// The claim of most tests.
const CLAIM: &str = "All done.\r\n\r\n- DOS-CLAIM: AUTH AUTH2\r\n";

/// A session of Claude Code in a repository with git-dos installed.
struct Session<'sandbox> {
    repository: Repository<'sandbox>,
}

impl<'sandbox> Session<'sandbox> {
    /// Begins a session in a repository with one commit.
    fn begin(sandbox: &'sandbox Sandbox) -> Self {
        let repository = sandbox.repository("work");
        repository.write("README.md", "one line\n");
        repository.commit("docs: begin the readme");
        repository.mark_installed();
        let session = Self { repository };
        let mut start = session.payload("SessionStart");
        start["source"] = "startup".into();
        assert_eq!(session.call(&start, &[]).stdout, "", "a start needs no answer");
        session
    }

    fn payload(&self, event: &str) -> Value {
        json!({
            "session_id": "s-1",
            "transcript_path": self.transcript(),
            "cwd": self.repository.path,
            "hook_event_name": event,
            "permission_mode": "default",
        })
    }

    fn transcript(&self) -> std::path::PathBuf {
        self.repository.sandbox.path("transcript.jsonl")
    }

    /// The payload of a stop after `words`, in the turn called `turn`.
    fn stop(&self, turn: &str, words: &str) -> Value {
        let mut payload = self.payload("Stop");
        payload["stop_hook_active"] = false.into();
        payload["prompt_id"] = turn.into();
        payload["last_assistant_message"] = words.into();
        payload["background_tasks"] = json!([]);
        payload
    }

    /// Calls the hook with the variables of `environment`, when nothing of the last five seconds is remembered.
    fn call(&self, payload: &Value, environment: &[(&str, &str)]) -> Ran {
        fs_err::remove_dir_all(self.repository.state("seen")).ok();
        let mut command =
            self.repository.sandbox.command(GIT_DOS, &self.repository.sandbox.path(""));
        command.args(["hook", "agent"]).envs(environment.iter().copied());
        let ran = run_with_input(&mut command, payload.to_string().as_bytes());
        assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "never a failure of the agent's");
        ran
    }

    /// Returns the reason for which the worker is to go on; empty when it may stop.
    fn blocked(&self, payload: &Value) -> String {
        self.blocked_in(payload, &[])
    }

    fn blocked_in(&self, payload: &Value, environment: &[(&str, &str)]) -> String {
        let ran = self.call(payload, environment);
        if ran.stdout.is_empty() {
            return String::new();
        }
        let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(answer["decision"], "block", "{answer}");
        assert_eq!(answer.as_object().unwrap().len(), 2, "only the documented keys: {answer}");
        answer["reason"].as_str().unwrap().to_owned()
    }

    fn faults(&self) -> Vec<String> {
        let lines = self.repository.journal("log/hook-errors.jsonl");
        lines.iter().map(|line| line["fault"].as_str().unwrap().to_owned()).collect()
    }

    /// Commits work under `subject`.
    fn commit(&self, file: &str, subject: &str) {
        self.repository.write(file, format!("fn work() {{ /* {subject} */ }}\n"));
        self.repository.commit(subject);
    }
}

#[test]
fn a_false_claim_is_pushed_back_once_and_then_let_go() {
    let sandbox = Sandbox::new();
    let session = Session::begin(&sandbox);
    let payload = session.stop("t-1", CLAIM);
    let reason = session.blocked(&payload);
    for part in ["AUTH AUTH2: no commit that HEAD reaches names it", "This is said once"] {
        assert!(reason.contains(part), "{part:?} is said: {reason}");
    }
    let mut again = payload.clone();
    again["stop_hook_active"] = true.into();
    assert_eq!(session.blocked(&again), "", "the same claim, pushed back already");
    assert_eq!(session.blocked(&session.stop("t-2", CLAIM)), "", "nor in the next turn");
    assert_eq!(session.faults(), [""; 0], "none of it is a fault");
}

#[test]
fn a_turn_is_pushed_back_twice_at_most() {
    let sandbox = Sandbox::new();
    let session = Session::begin(&sandbox);
    let mut reasons = Vec::new();
    for number in 0..5 {
        let claim = format!("DOS-CLAIM: AUTH AUTH{number}");
        let mut payload = session.stop("t-1", &claim);
        payload["stop_hook_active"] = (number > 0).into();
        reasons.push(session.blocked(&payload));
    }
    let spoken: Vec<bool> = reasons.iter().map(|reason| !reason.is_empty()).collect();
    assert_eq!(spoken, [true, true, false, false, false], "each time another claim: {reasons:?}");
    assert!(reasons[1].contains("AUTH1") && !reasons[1].contains("AUTH0"), "{reasons:?}");
    let reason = session.blocked(&session.stop("t-2", "DOS-CLAIM: AUTH AUTH4"));
    assert!(reason.contains("AUTH AUTH4"), "a new turn hears of it: {reason}");
}

#[test]
fn commits_and_claims_are_pushed_back_together() {
    let sandbox = Sandbox::new();
    let session = Session::begin(&sandbox);
    session.repository.commit("fix: stop the crash in the parser");
    let reason = session.blocked(&session.stop("t-1", CLAIM));
    assert!(
        reason.contains("AUTH AUTH2") && reason.contains("the crash in the parser"),
        "{reason}"
    );
    session.repository.commit("fix: stop the crash in the lexer");
    let mut payload = session.stop("t-1", "DOS-CLAIM: AUTH AUTH3");
    payload["stop_hook_active"] = true.into();
    assert_ne!(session.blocked(&payload), "", "a second time");
    payload["last_assistant_message"] = "DOS-CLAIM: AUTH AUTH4".into();
    session.repository.commit("fix: stop the crash in the printer");
    assert_eq!(session.call(&payload, &[]).stdout, "", "and no third");
}

#[test]
fn a_true_claim_is_silent_wherever_it_shipped() {
    let sandbox = Sandbox::new();
    let session = Session::begin(&sandbox);
    session.repository.git(["checkout", "--quiet", "-b", "feature"]);
    session.commit("src/auth.rs", "AUTH: AUTH2 check the token");
    assert_eq!(session.blocked(&session.stop("t-1", CLAIM)), "", "on the branch at hand");
    session.repository.git(["checkout", "--quiet", "main"]);
    assert_eq!(session.blocked(&session.stop("t-2", CLAIM)), "", "on another branch");
    session.repository.git(["merge", "--quiet", "--no-ff", "-m", "merge feature", "feature"]);
    assert_eq!(session.blocked(&session.stop("t-3", CLAIM)), "", "merged");
    assert_eq!(session.faults(), [""; 0], "none of it is a fault");
}

#[test]
fn an_empty_or_reverted_commit_bears_nothing_out() {
    let sandbox = Sandbox::new();
    let session = Session::begin(&sandbox);
    session.repository.commit("AUTH: AUTH2 check the token");
    let reason = session.blocked(&session.stop("t-1", CLAIM));
    assert!(reason.contains("changes nothing"), "{reason}");
    session.commit("src/auth.rs", "AUTH: AUTH3 refresh the token");
    session.repository.git(["revert", "--no-edit", "HEAD"]);
    let reason = session.blocked(&session.stop("t-2", "DOS-CLAIM: AUTH AUTH3"));
    assert!(reason.contains("it was reverted by"), "{reason}");
}

#[test]
fn without_a_claim_there_is_nothing_to_say() {
    let sandbox = Sandbox::new();
    let session = Session::begin(&sandbox);
    for words in [
        "",
        "AUTH2 is done and all tests pass.",
        "```\nDOS-CLAIM: AUTH AUTH2\n```\nWrite it like this.",
        "I will write DOS-CLAIM: AUTH AUTH2 when it is done.",
    ] {
        assert_eq!(session.blocked(&session.stop("t-1", words)), "", "{words:?}");
    }
    assert_eq!(session.faults(), [""; 0], "none of it is a fault");
}

#[test]
fn sentences_claim_on_request() {
    let sandbox = Sandbox::new();
    let session = Session::begin(&sandbox);
    session.repository.write("dos.toml", "[done]\nprose = true\n");
    let words = "UTF8 output is done. AUTH3 is not finished. AUTH2 is done.";
    let reason = session.blocked(&session.stop("t-1", words));
    assert!(reason.contains("AUTH AUTH2") && !reason.contains("AUTH3"), "{reason}");
    assert!(!reason.contains("UTF"), "{reason}");
}

#[test]
fn what_nobody_can_tell_goes_to_the_log() {
    let sandbox = Sandbox::new();
    let session = Session::begin(&sandbox);
    session.commit("a", "docs: write more");
    let shallow = sandbox.path("shallow");
    let url = format!("file://{}", session.repository.path.display());
    session.repository.git(["clone", "--quiet", "--depth=1", &url, shallow.to_str().unwrap()]);
    let clone = Session { repository: Repository { sandbox: &sandbox, path: shallow } };
    clone.repository.mark_installed();
    let mut start = clone.payload("SessionStart");
    start["source"] = "startup".into();
    clone.call(&start, &[]);
    assert_eq!(clone.blocked(&clone.stop("t-1", CLAIM)), "", "it is never held against the worker");
    assert_eq!(clone.faults(), ["AUTH AUTH2: nobody can tell: the history is cut off"]);
}

#[test]
fn a_broken_policy_goes_to_the_log() {
    let sandbox = Sandbox::new();
    let session = Session::begin(&sandbox);
    session.repository.write("dos.toml", "[wait]\n\nhold = \"yes\"\n");
    assert_eq!(session.blocked(&session.stop("t-1", CLAIM)), "", "nothing is guessed");
    let faults = session.faults();
    assert!(faults.len() == 1 && faults[0].contains("dos.toml:3: "), "{faults:?}");
}

#[test]
fn the_conversation_is_read_where_the_call_has_no_words() {
    let sandbox = Sandbox::new();
    let session = Session::begin(&sandbox);
    let line = |role: &str, text: &str| {
        let message = json!({ "role": role, "content": [{ "type": "text", "text": text }] });
        json!({ "type": role, "message": message }).to_string()
    };
    let mut text = line("assistant", "DOS-CLAIM: AUTH AUTH1") + "\n";
    writeln!(text, "{}", line("user", "Say DOS-CLAIM: AUTH AUTH3, please.")).unwrap();
    writeln!(text, "{}\n{{half\n{}", line("assistant", CLAIM), line("assistant", "Bye.")).unwrap();
    fs_err::write(session.transcript(), text).unwrap();
    let mut payload = session.stop("t-1", "");
    payload.as_object_mut().unwrap().remove("last_assistant_message");
    let reason = session.blocked(&payload);
    assert!(reason.contains("AUTH AUTH2"), "a claim before the last line: {reason}");
    assert!(!reason.contains("AUTH1") && !reason.contains("AUTH3"), "of this turn alone: {reason}");
    fs_err::remove_file(session.transcript()).unwrap();
    fs_err::create_dir(session.transcript()).unwrap();
    payload["prompt_id"] = "t-2".into();
    assert_eq!(session.blocked(&payload), "", "no file");
    assert!(session.faults()[0].contains("not a regular file"), "{:?}", session.faults());
}

#[test]
fn a_claim_is_seen_whatever_the_worker_says_after_it() {
    let sandbox = Sandbox::new();
    let session = Session::begin(&sandbox);
    let line = |role: &str, text: &str| {
        let message = json!({ "role": role, "content": [{ "type": "text", "text": text }] });
        json!({ "type": role, "message": message }).to_string() + "\n"
    };
    let before = line("user", "Do it.") + &line("assistant", "DOS-CLAIM: AUTH AUTH1");
    let turn = [line("user", "Go on."), line("assistant", CLAIM), line("assistant", "Bye.")];
    fs_err::write(session.transcript(), before + &turn.concat()).unwrap();
    let reason = session.blocked(&session.stop("t-1", "Bye."));
    assert!(reason.contains("AUTH AUTH2"), "the agent hands over its last words alone: {reason}");
    assert!(!reason.contains("AUTH AUTH1"), "of this turn: {reason}");
    let both = session.blocked(&session.stop("t-2", "DOS-CLAIM: AUTH AUTH3"));
    assert!(both.contains("AUTH AUTH3") && !both.contains("AUTH AUTH2"), "said once: {both}");

    fs_err::remove_file(session.transcript()).unwrap();
    fs_err::create_dir(session.transcript()).unwrap();
    let reason = session.blocked(&session.stop("t-3", "DOS-CLAIM: AUTH AUTH4"));
    assert!(reason.contains("AUTH AUTH4"), "the last words count without the others: {reason}");
    assert!(session.faults()[0].contains("not a regular file"), "{:?}", session.faults());
}

#[test]
fn helpers_are_told_of_their_own_claims() {
    let sandbox = Sandbox::new();
    let session = Session::begin(&sandbox);
    let mut helper = session.stop("t-1", CLAIM);
    helper["hook_event_name"] = "SubagentStop".into();
    helper["agent_id"] = "a-1".into();
    assert_ne!(session.blocked(&helper), "", "the helper is told");
    helper["stop_hook_active"] = true.into();
    assert_eq!(session.blocked(&helper), "", "once");
    assert_ne!(session.blocked(&session.stop("t-1", CLAIM)), "", "and so is the session");
}

#[test]
fn a_worker_that_something_will_wake_is_left_alone() {
    let sandbox = Sandbox::new();
    let session = Session::begin(&sandbox);
    session.repository.write("dos.toml", "[wait]\nhold = true\n");
    for field in ["background_tasks", "session_crons"] {
        let mut payload = session.stop("t-1", CLAIM);
        payload[field] = json!([{ "id": "1", "type": "shell", "status": "running" }]);
        assert_eq!(session.blocked(&payload), "", "{field}");
    }
    assert_ne!(session.blocked(&session.stop("t-1", CLAIM)), "", "then it is asked");
}

#[test]
fn nothing_is_held_unless_somebody_asks() {
    let sandbox = Sandbox::new();
    let session = Session::begin(&sandbox);
    let words = "I'll wait for the background build to finish.";
    assert_eq!(session.blocked(&session.stop("t-1", words)), "", "by default");
    assert!(!session.repository.state("markers").exists(), "and nothing is written");
    let loops = [("DOS_LOOP", "1")];
    let reason = session.blocked_in(&session.stop("t-1", words), &loops);
    assert!(reason.contains("1 of 4 times"), "a loop asked for it: {reason}");
    let mut again = session.stop("t-1", words);
    again["stop_hook_active"] = true.into();
    assert_eq!(session.blocked_in(&again, &loops), "", "a hook made it go on already");
}

#[test]
fn the_budget_ends_and_begins_anew_when_something_moves() {
    let sandbox = Sandbox::new();
    let session = Session::begin(&sandbox);
    session.repository.write("dos.toml", "[wait]\nhold = true\n[marker]\nmax_streak = 2\n");
    let held = |turn: &str| !session.blocked(&session.stop(turn, "Still there.")).is_empty();
    assert_eq!([held("t-1"), held("t-1"), held("t-1"), held("t-1")], [true, true, false, false]);
    for (what, change) in [
        ("a file", &["-c", "echo more >> README.md"][..]),
        ("the index", &["-c", "git add README.md"]),
        ("HEAD", &["-c", "git commit --quiet --message 'docs: more'"]),
        ("a new file", &["-c", "echo new > new.txt"]),
    ] {
        let ran = crate::support::run(session.repository.command("sh").args(change));
        assert_eq!(ran.code, Some(0), "{what}: {}", ran.stderr);
        assert_eq!([held("t-1"), held("t-1"), held("t-1")], [true, true, false], "{what} moved");
    }
    assert_eq!([held("t-2"), held("t-2"), held("t-2")], [true, true, false], "the user spoke");
}

#[test]
fn the_budget_begins_anew_when_a_tool_brings_something_new() {
    let sandbox = Sandbox::new();
    let session = Session::begin(&sandbox);
    session
        .repository
        .write("dos.toml", "[marker]\nmax_streak = 2\n[tool_stream]\nignore_tools = \"Todo\"\n");
    let held = || {
        let stop = session.stop("t-1", "Still there.");
        !session.blocked_in(&stop, &[("DOS_LOOP", "1")]).is_empty()
    };
    let mut number = 0;
    let mut used = |more: &Value| {
        number += 1;
        let mut payload = session.payload("PostToolUse");
        let fields = json!({
            "tool_name": "Bash",
            "tool_input": { "command": "make" },
            "tool_use_id": format!("toolu_{number}"),
        });
        for fields in [&fields, more] {
            for (key, value) in fields.as_object().unwrap() {
                payload[key] = value.clone();
            }
        }
        session.call(&payload, &[]);
    };
    used(&json!({ "tool_response": "one" }));
    assert_eq!([held(), held(), held()], [true, true, false], "what was new before it was held");
    used(&json!({ "tool_response": "one" }));
    assert!(!held(), "the same as the call before");
    used(&json!({ "tool_response": "other", "agent_id": "a-1" }));
    assert!(!held(), "something new for a helper");
    used(&json!({ "tool_response": "other", "tool_name": "Todo" }));
    assert!(!held(), "something new of a tool that does not count");
    used(&json!({ "hook_event_name": "PostToolUseFailure", "is_interrupt": true, "error": "x" }));
    assert!(!held(), "a call of which nobody knows what it brought");
    used(&json!({ "tool_response": "two" }));
    assert_eq!([held(), held(), held()], [true, true, false], "a new result");
    used(&json!({ "hook_event_name": "PostToolUseFailure", "error": "exit code 1" }));
    assert_eq!([held(), held(), held()], [true, true, false], "a new failure");
    used(&json!({ "tool_response": "three" }));
    let mut compacted = session.payload("PreCompact");
    compacted["trigger"] = "auto".into();
    session.call(&compacted, &[]);
    assert!(held(), "something new before the conversation was shortened");
    assert_eq!(session.faults(), [""; 0], "none of it is a fault");
}

#[test]
fn a_worker_that_waits_for_nothing_is_told_on_request() {
    let sandbox = Sandbox::new();
    let session = Session::begin(&sandbox);
    session.repository.write("dos.toml", "[wait]\ntell = true\n");
    let words = "I'll wait for the background build to finish.";
    let told = |payload: &Value| {
        let ran = session.call(payload, &[]);
        ran.stdout.contains("additionalContext") && ran.stdout.contains("nothing runs")
    };
    let mut unlisted = session.stop("t-1", words);
    unlisted.as_object_mut().unwrap().remove("background_tasks");
    assert!(!told(&unlisted), "an agent that does not say what runs");
    assert!(!told(&session.stop("t-1", "The build passed.")), "words of no waiting");
    assert!(!told(&session.stop("t-1", "I wait for your review of the build.")), "for a person");
    assert!(told(&session.stop("t-1", words)), "it is told");
    assert!(!told(&session.stop("t-1", words)), "once");
    assert!(told(&session.stop("t-2", words)), "and in another turn");
}

#[test]
fn modes_silence_claims_and_waiting() {
    let sandbox = Sandbox::new();
    let session = Session::begin(&sandbox);
    session.repository.git(["config", "dos.mode", "observe"]);
    assert_eq!(session.blocked(&session.stop("t-1", CLAIM)), "", "observing");
    let loops = [("DOS_LOOP", "1")];
    assert_eq!(session.blocked_in(&session.stop("t-1", "x"), &loops), "", "observing a loop");
    assert!(!session.repository.state("markers").exists(), "nor is the budget touched");
    session.repository.git(["config", "--unset", "dos.mode"]);
    session.repository.write("dos.toml", "[done]\ncheck = false\n");
    let other = session.stop("t-2", "DOS-CLAIM: AUTH AUTH7");
    assert_eq!(session.blocked(&other), "", "not asked for");
}

#[test]
fn hostile_claims_reach_the_model_harmlessly() {
    let sandbox = Sandbox::new();
    let session = Session::begin(&sandbox);
    let words =
        "DOS-CLAIM: \u{1b}[31mAUTH --output=x\u{202e}\nDOS-CLAIM: HEAD $(id)\nDOS-CLAIM: .* .*";
    let reason = session.blocked(&session.stop("t-1", words));
    assert!(reason.contains("\\u{1b}[31mAUTH") && !reason.contains('\u{202e}'), "{reason}");
    assert!(!sandbox.path("x").exists() && !session.repository.path.join("x").exists(), "no file");
    let many: Vec<String> = (0..100).map(|number| format!("DOS-CLAIM: MANY M{number}")).collect();
    let reason = session.blocked(&session.stop("t-2", &many.join("\n")));
    assert!(reason.lines().count() < 15 && reason.contains("and 22 more"), "{reason}");
    let unasked = session.faults().iter().filter(|fault| fault.contains("more than 32")).count();
    assert_eq!(unasked, 68, "what was not asked is named");
}

#[test]
fn a_long_history_does_not_keep_the_agent_waiting() {
    let sandbox = Sandbox::new();
    let session = Session::begin(&sandbox);
    session.repository.forge(60_000);
    let ran = session.call(&session.stop("t-1", CLAIM), &[]);
    let late = "AUTH AUTH2: nobody can tell: it took too long";
    if ran.stdout.is_empty() {
        assert_eq!(session.faults(), [late], "too late to be said, and written down");
    } else {
        assert!(ran.stdout.contains("AUTH AUTH2: no commit"), "in time: {}", ran.stdout);
        assert_eq!(session.faults(), [""; 0], "then it is no fault");
    }
}
