//! A long session of every agent: the right words at the right moments, and silence at all others.
//!
//! A process for each of the 20,000 events would take minutes. So every tenth event goes through the real program, and
//! the first at which an agent is told something; the others are given to what the program calls, in this process. Both
//! write the same journals: each goes on where the other left off.

use std::collections::BTreeMap;

use git_dos::hooks::agent::{Caller, understand};
use git_dos::hooks::payload::Payload;
use git_dos_agent_hooks::{Host, Surroundings};
use serde_json::{Map, Value, json};

use crate::agents::{call_in, fixtures, installed, recorded};
use crate::support::{Repository, Sandbox};

/// The events of each session.
const EVENTS: usize = 2_000;

/// Which recorded payloads an agent's session is made of; `None` for what the agent does not tell of.
struct Shapes {
    host: &'static str,
    start: Option<&'static str>,
    prompt: &'static str,
    used: &'static str,
    failed: Option<&'static str>,
    compact: Option<&'static str>,
    stop: &'static str,
    end: Option<&'static str>,
    /// How often the agent can be pushed back: one that names neither turns nor who made it go on is in one turn.
    pushes: usize,
}

const SHAPES: [Shapes; 10] = [
    Shapes {
        host: "antigravity",
        start: None,
        prompt: "PreInvocation/first.json",
        used: "PostToolUse/run-command.json",
        failed: Some("PostToolUse/failed.json"),
        compact: None,
        stop: "Stop/idle.json",
        end: None,
        pushes: 2,
    },
    Shapes {
        host: "claude",
        start: Some("SessionStart/startup.json"),
        prompt: "UserPromptSubmit/prompt.json",
        used: "PostToolUse/bash.json",
        failed: Some("PostToolUseFailure/bash.json"),
        compact: Some("PreCompact/manual.json"),
        stop: "Stop/first-version.json",
        end: Some("SessionEnd/logout.json"),
        pushes: usize::MAX,
    },
    Shapes {
        host: "codex",
        start: Some("SessionStart/startup.json"),
        prompt: "UserPromptSubmit/prompt.json",
        used: "PostToolUse/bash.json",
        failed: None,
        compact: Some("PreCompact/auto.json"),
        stop: "Stop/first.json",
        end: Some("SessionEnd/other.json"),
        pushes: usize::MAX,
    },
    Shapes {
        host: "copilot",
        start: Some("sessionStart/new.json"),
        prompt: "userPromptSubmitted/prompt.json",
        used: "postToolUse/bash.json",
        failed: Some("postToolUseFailure/bash.json"),
        compact: Some("preCompact/auto.json"),
        stop: "agentStop/first.json",
        end: Some("sessionEnd/complete.json"),
        pushes: usize::MAX,
    },
    Shapes {
        host: "cursor",
        start: Some("sessionStart/new.json"),
        prompt: "beforeSubmitPrompt/prompt.json",
        used: "postToolUse/shell.json",
        failed: Some("postToolUseFailure/shell.json"),
        compact: Some("preCompact/auto.json"),
        stop: "stop/completed.json",
        end: Some("sessionEnd/completed.json"),
        pushes: usize::MAX,
    },
    Shapes {
        host: "gemini",
        start: Some("SessionStart/startup.json"),
        prompt: "BeforeAgent/prompt.json",
        used: "AfterTool/shell.json",
        failed: None,
        compact: Some("PreCompress/auto.json"),
        stop: "AfterAgent/first.json",
        end: Some("SessionEnd/exit.json"),
        pushes: usize::MAX,
    },
    Shapes {
        host: "opencode",
        start: Some("session.created/created.json"),
        prompt: "chat.message/prompt.json",
        used: "tool.execute.after/bash.json",
        failed: None,
        compact: Some("session.compacted/compacted.json"),
        stop: "session.idle/idle.json",
        end: Some("session.deleted/deleted.json"),
        pushes: 2,
    },
    Shapes {
        host: "qwen",
        start: Some("SessionStart/startup.json"),
        prompt: "UserPromptSubmit/prompt.json",
        used: "PostToolUse/shell.json",
        failed: Some("PostToolUseFailure/shell.json"),
        compact: Some("PreCompact/manual.json"),
        stop: "Stop/first.json",
        end: Some("SessionEnd/logout.json"),
        pushes: usize::MAX,
    },
    Shapes {
        host: "vscode",
        start: Some("SessionStart/new.json"),
        prompt: "UserPromptSubmit/prompt.json",
        used: "PostToolUse/create-file.json",
        failed: None,
        compact: Some("PreCompact/auto.json"),
        stop: "Stop/first.json",
        end: None,
        pushes: usize::MAX,
    },
    Shapes {
        host: "windsurf",
        start: None,
        prompt: "pre_user_prompt/prompt.json",
        used: "post_mcp_tool_use/list.json",
        failed: None,
        compact: None,
        stop: "post_cascade_response/response.json",
        end: None,
        pushes: 2,
    },
];

/// What must come of an event.
enum Want {
    Silence,
    /// Words that contain this, in the form of the recorded answer of this kind, if the agent takes one.
    Words(&'static str, String),
}

/// A session that goes on.
struct Session<'a> {
    shapes: &'a Shapes,
    repository: &'a Repository<'a>,
    recorded: BTreeMap<String, Value>,
    events: usize,
    turn: usize,
    pushed: usize,
    failures: usize,
    spoken: usize,
}

impl Session<'_> {
    /// Returns the recorded payload called `name`, as an event of this session.
    fn payload(&self, name: &str) -> Value {
        let text = fs_err::read_to_string(fixtures().join(self.shapes.host).join(name)).unwrap();
        let text = text.replace("/home/dev/app", self.repository.path.to_str().unwrap());
        let mut payload: Value = serde_json::from_str(&text).unwrap();
        for key in ["turn_id", "generation_id"] {
            set(&mut payload, key, format!("t-{}", self.turn).into());
        }
        payload
    }

    /// Lets the event called `name` happen with `payload`, and asserts that what comes of it is `want`.
    fn happen(&mut self, name: &str, payload: &Value, want: &Want) {
        // The five seconds are over in which the same call counts once.
        fs_err::remove_dir_all(self.repository.state("seen")).ok();
        self.events += 1;
        let row = &self.recorded[name];
        let silence = row["silence"].as_str().unwrap();
        let (form, part) = match want {
            Want::Silence => (None, ""),
            Want::Words(kind, part) => (row["answers"][*kind].as_str(), part.as_str()),
        };
        let is_first = form.is_some() && self.spoken == 0;
        let said = if self.events.is_multiple_of(10) || is_first {
            let (host, sandbox) = (self.shapes.host, self.repository.sandbox);
            call_in(sandbox, &self.repository.path, host, &payload.to_string()).stdout
        } else {
            self.within(payload)
        };
        let place = format!("{}, event {}, {name}: {payload}", self.shapes.host, self.events);
        let Some(form) = form else {
            assert_eq!(said, silence, "{place} has nothing to be told");
            return;
        };
        self.spoken += 1;
        let (before, after) = form.split_once("TEXT").unwrap();
        let words = said.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        assert!(words.is_some_and(|words| words.contains(part)), "{place}: {part:?} in {said:?}");
    }

    /// Gives `payload` to what the program calls, and returns what the program would print.
    fn within(&self, payload: &Value) -> String {
        let host = self.shapes.host;
        let surroundings = Surroundings {
            hint: Host::named(host),
            claude_variable: matches!(host, "gemini" | "qwen"),
            gemini_variable: matches!(host, "gemini" | "qwen"),
            qwen_variable: host == "qwen",
        };
        let caller = Caller { surroundings, project: None, folder: self.repository.path.clone() };
        let bytes = Payload::Whole(payload.to_string().into_bytes());
        let understood = understand(&bytes, &caller);
        let Some(reply) = understood.job.and_then(|job| job.answer()) else {
            return understood.silence.to_owned();
        };
        assert_eq!((&*reply.error, reply.code), ("", 0), "{host} is never failed");
        reply.output.strip_suffix('\n').unwrap_or(&reply.output).to_owned()
    }

    /// Lets something happen that has no more to it than its name.
    fn plain(&mut self, name: Option<&'static str>) {
        if let Some(name) = name {
            let payload = self.payload(name);
            self.happen(name, &payload, &Want::Silence);
        }
    }

    /// Lets a tool bring `result` for `input`; `words` are part of what is said then.
    fn used(&mut self, (tool, input, result): (&str, &str, &str), words: Option<&str>) {
        let name = self.shapes.used;
        let mut payload = self.payload(name);
        self.name_use(&mut payload, tool, input);
        set(&mut payload, "tool_response", result.into());
        set(&mut payload, "tool_output", result.into());
        set(
            &mut payload,
            "toolResult",
            json!({ "resultType": "success", "textResultForLlm": result }),
        );
        set_inner(&mut payload, "mcp_result", result.into());
        // Antigravity does not tell what a tool brought.
        let words = words.filter(|_| self.shapes.host != "antigravity");
        self.happen(name, &payload, &want("context", words));
    }

    /// Lets a tool fail with `error`, where the agent tells of that.
    fn failed(&mut self, (tool, input, error): (&str, &str, &str), words: Option<&str>) {
        let Some(name) = self.shapes.failed else { return };
        let mut payload = self.payload(name);
        self.name_use(&mut payload, tool, input);
        set(&mut payload, "error", error.into());
        set(&mut payload, "error_message", error.into());
        let is_told = words.is_some() && self.recorded[name]["answers"]["context"].is_string();
        self.failures += usize::from(is_told);
        self.happen(name, &payload, &want("context", words));
    }

    fn name_use(&self, payload: &mut Value, tool: &str, input: &str) {
        let input = json!({ "command": input, "bash_id": "b-1" });
        for (key, value) in [
            ("tool_name", json!(tool)),
            ("toolName", json!(tool)),
            ("tool_input", input.clone()),
            ("toolArgs", input.clone()),
            ("toolCall", json!({ "name": tool, "args": input })),
            ("tool_use_id", json!(format!("toolu_{}", self.events))),
            ("stepIdx", json!(self.events)),
        ] {
            set(payload, key, value);
        }
        set_inner(payload, "mcp_tool_name", tool.into());
        set_inner(payload, "mcp_tool_arguments", input);
    }

    /// Lets the worker stop with `claim` as its last words; it is pushed back where that is `false_one`.
    fn stop(&mut self, claim: &str, false_one: bool) {
        let name = self.shapes.stop;
        let mut payload = self.payload(name);
        let words = format!("Done.\n\nDOS-CLAIM: {claim}");
        set_inner(&mut payload, "response", words.clone().into());
        set(&mut payload, "prompt_response", words.clone().into());
        let has_words =
            ["tool_info", "prompt_response"].iter().any(|key| payload.get(key).is_some());
        if !has_words {
            // Some agents keep their words in a file of their own; here all others hand them over.
            payload["last_assistant_message"] = words.into();
        }
        if self.shapes.host == "claude" {
            // The shape is that of its first versions.
            payload["cwd"] = json!(self.repository.path);
        }
        let is_told = false_one && self.pushed < self.shapes.pushes;
        self.pushed += usize::from(is_told);
        self.happen(name, &payload, &want("block", is_told.then_some(claim)));
    }

    /// Reads or changes `count` files, each of which brings something new.
    fn advance(&mut self, tool: &str, count: usize) {
        for _ in 0..count {
            let (input, result) =
                (format!("file-{}", self.events), format!("line {}", self.events));
            self.used((tool, &input, &result), None);
        }
    }

    /// One turn of the user's: everything that is worth a word, and what looks like it and is not.
    fn turn(&mut self) {
        self.turn += 1;
        let turn = self.turn;
        self.plain(Some(self.shapes.prompt));
        self.advance("Read", 20);
        self.advance("Edit", 10);
        for number in 1..=9 {
            let words =
                [3, 5, 8].contains(&number).then(|| format!("called {number} times in a row"));
            self.used(("Bash", "make", &format!("same {turn}")), words.as_deref());
        }
        self.advance("Read", 3);
        for round in 1..=6 {
            self.used(("Read", "a", &format!("a of {turn}")), None);
            let words =
                [3, 5].contains(&round).then(|| format!("were made {round} times in a row"));
            self.used(("Grep", "b", &format!("b of {turn}")), words.as_deref());
        }
        self.advance("Read", 3);
        for number in 1..=4 {
            let words = (number == 3).then_some("failed 3 times in a row");
            self.failed(("Bash", "false", &format!("exit code {turn}")), words);
        }
        self.advance("Read", 3);
        for number in 1..=9 {
            let words = [5, 8].contains(&number).then(|| format!("asked {number} times in a row"));
            self.used(("BashOutput", "", &format!("running {turn}")), words.as_deref());
        }
        self.advance("Grep", 5);
        for _ in 0..2 {
            self.used(("Read", "plan", &format!("the plan {turn}")), None);
            self.used(("Read", "plan", &format!("the plan {turn}")), None);
            if self.shapes.compact.is_none() {
                self.advance("Read", 5);
            }
            self.plain(self.shapes.compact);
        }
        self.advance("Edit", 5);
        self.stop(&format!("SIM SIM{turn}"), true);
        self.stop(&format!("SIM SIM{turn}"), false);
        self.stop("TRUE TRUE1", false);
    }
}

fn want(kind: &'static str, words: Option<&str>) -> Want {
    words.map_or(Want::Silence, |words| Want::Words(kind, words.to_owned()))
}

/// Changes `key` where the payload has it.
fn set(payload: &mut Value, key: &str, value: Value) {
    let object: Option<&mut Map<String, Value>> = payload.as_object_mut();
    if let Some(old) = object.and_then(|object| object.get_mut(key)) {
        *old = value;
    }
}

/// Changes `key` of what Windsurf tells of a tool.
fn set_inner(payload: &mut Value, key: &str, value: Value) {
    if let Some(details) = payload.get_mut("tool_info") {
        set(details, key, value);
    }
}

/// Runs a whole session of one agent.
fn run(sandbox: &Sandbox, shapes: &Shapes) {
    let repository = installed(sandbox, shapes.host);
    // What is called within this process would read the settings of whoever runs the tests.
    for (key, value) in [
        ("dos.mode", "gate"),
        ("dos.stream", "true"),
        ("dos.audit", "true"),
        ("user.name", "Ada Tester"),
        ("user.email", "ada@example.org"),
    ] {
        repository.git(["config", key, value]);
    }
    let recorded = recorded(shapes.host);
    let mut session = Session {
        shapes,
        repository: &repository,
        recorded,
        events: 0,
        turn: 0,
        pushed: 0,
        failures: 0,
        spoken: 0,
    };
    session.plain(shapes.start);
    session.plain(Some(shapes.prompt));
    repository.write("src/work.rs", "fn work() {}\n");
    repository.commit("TRUE: TRUE1 do the work");
    // A turn has fewer than a hundred and ten events.
    while session.events + 110 < EVENTS {
        session.turn();
    }
    let left = EVENTS - session.events - usize::from(shapes.end.is_some());
    session.advance("Read", left);
    session.plain(shapes.end);
    assert_eq!(session.events, EVENTS, "{}", shapes.host);
    let turns = session.turn;
    let want = match shapes.host {
        "windsurf" => 0,
        "antigravity" => 2,
        // The same, the rounds and the polls; a failure where it is told of; and the claims.
        _ => turns * (3 + 2 + 2) + session.failures + session.pushed,
    };
    assert!(turns > 15 && session.spoken == want, "{}: {} in {turns}", shapes.host, session.spoken);
    let log = repository.journal("log/hook-errors.jsonl");
    assert!(log.is_empty(), "{}: none of it is a fault: {log:?}", shapes.host);
}

#[test]
fn a_long_session_of_each_agent_hears_what_it_must_and_nothing_else() {
    let sandbox = Sandbox::new();
    let (even, odd): (Vec<usize>, Vec<usize>) = (0..SHAPES.len()).partition(|index| index % 2 == 0);
    std::thread::scope(|scope| {
        for half in [even, odd] {
            let sandbox = &sandbox;
            scope.spawn(move || half.iter().for_each(|index| run(sandbox, &SHAPES[*index])));
        }
    });
}
