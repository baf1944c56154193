//! What an agent is told that is about to write where somebody else works.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run_with_input};

/// The session that asks.
const SESSION: &str = "me";

/// A repository with lanes, installed.
fn laned(sandbox: &Sandbox) -> Repository<'_> {
    let repository = sandbox.repository("work");
    repository.write(
        "dos.toml",
        "[lanes]\nconcurrent = [\"api\"]\n[lanes.trees]\napi = [\"src/api/**\"]\n",
    );
    repository.write("src/api/f.rs", "");
    repository.write("docs/a.md", "");
    repository.commit("docs: begin");
    repository.mark_installed();
    repository
}

/// A lease of the lane `api` by `session`, given so many seconds ago, which lasts for an hour.
fn lease(session: &str, age: u64) -> Value {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    json!({
        "lane": "api",
        "tree": ["src/api/**"],
        "session": session,
        "worktree": "/elsewhere",
        "acquired_ms": (now - age) * 1000,
        "ttl_s": 3600,
    })
}

/// Writes the set of leases with git alone.
fn hold(repository: &Repository<'_>, leases: &Value) {
    write_set(repository, &json!({ "v": 1, "leases": leases }).to_string());
}

fn write_set(repository: &Repository<'_>, text: &str) {
    let mut hash = repository.command("git");
    let blob = run_with_input(hash.args(["hash-object", "-w", "--stdin"]), text.as_bytes()).stdout;
    let mut make = repository.command("git");
    let entry = format!("100644 blob {blob}\tleases.json\n");
    let tree = run_with_input(make.arg("mktree"), entry.as_bytes()).stdout;
    let commit = repository.git(["commit-tree", "-m", "leases", &tree]);
    repository.git(["update-ref", "refs/dos/leases", &commit]);
}

/// Calls the hook as Claude Code does before it uses a tool in `folder`.
fn call(repository: &Repository<'_>, folder: &Path, tool: &str, input: &Value) -> Ran {
    call_as(repository, "", folder, (tool, input))
}

/// Calls the hook of an agent that was started with the name `owner`; an empty one is none.
fn call_as(
    repository: &Repository<'_>,
    owner: &str,
    folder: &Path,
    (tool, input): (&str, &Value),
) -> Ran {
    run_with_input(hook(repository).env("GIT_DOS_OWNER", owner), &payload(folder, tool, input))
}

/// Prepares the hook, which an agent starts from anywhere.
pub(crate) fn hook(repository: &Repository<'_>) -> std::process::Command {
    let sandbox = repository.sandbox;
    let mut command = sandbox.command(GIT_DOS, &sandbox.path(""));
    command.args(["hook", "agent"]);
    command
}

/// What Claude Code tells before it uses a tool in `folder`.
pub(crate) fn payload(folder: &Path, tool: &str, input: &Value) -> Vec<u8> {
    let payload = json!({
        "session_id": SESSION,
        "transcript_path": "/nowhere/transcript.jsonl",
        "cwd": folder,
        "hook_event_name": "PreToolUse",
        "tool_name": tool,
        "tool_input": input,
    });
    payload.to_string().into_bytes()
}

/// Returns the reason of a denial after checking its form; empty for silence.
fn reason(ran: &Ran) -> String {
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "a hook never fails");
    if ran.stdout.is_empty() {
        return String::new();
    }
    let reply: Value = serde_json::from_str(&ran.stdout).unwrap();
    let specific = &reply["hookSpecificOutput"];
    assert_eq!(specific["hookEventName"], "PreToolUse");
    assert_eq!(specific["permissionDecision"], "deny");
    assert_eq!(specific.as_object().unwrap().len(), 3, "the documented keys alone");
    specific["permissionDecisionReason"].as_str().unwrap().to_owned()
}

/// Returns what is said of an edit of `path`.
fn edit(repository: &Repository<'_>, path: &str) -> String {
    reason(&call(repository, &repository.path, "Edit", &json!({ "file_path": path })))
}

/// Returns what is said of a command.
fn shell(repository: &Repository<'_>, command: &str) -> String {
    reason(&call(repository, &repository.path, "Bash", &json!({ "command": command })))
}

fn faults(repository: &Repository<'_>) -> Vec<Value> {
    repository.journal("log/hook-errors.jsonl")
}

#[test]
fn a_holder_goes_by_its_own_name() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let mut lease = lease("other", 0);
    lease["owner"] = "ada".into();
    hold(&repository, &json!([lease]));
    let text = edit(&repository, "src/api/f.rs");
    assert!(text.contains(" which ada in /elsewhere holds "), "{text}");
}

#[test]
fn an_edit_in_anothers_lane_is_denied_with_a_way_forward() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    hold(&repository, &json!([lease("other\u{1b}[2J", 0)]));
    let text = edit(&repository, "src/api/f.rs");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(
        lines[0].starts_with(
            "src/api/f.rs is in lane api, which session other\\u{1b}[2J in /elsewhere"
        ),
        "{text}"
    );
    assert!(
        lines[1].starts_with("hint: work outside of src/api/**, or wait; git dos lease list"),
        "{text}"
    );
    assert_eq!(edit(&repository, "docs/a.md"), "", "nobody's region");
    assert_eq!(edit(&repository, "src/api2/f.rs"), "", "a neighbour");
    let read = call(&repository, &repository.path, "Read", &json!({ "file_path": "src/api/f.rs" }));
    assert_eq!(reason(&read), "", "a read");
    let below = repository.path.join("src/api");
    let inside = call(&repository, &below, "Write", &json!({ "file_path": "../api/./new.rs" }));
    assert!(reason(&inside).starts_with("src/api/new.rs is in lane api"), "from a folder inside");
    repository.git(["pack-refs", "--all"]);
    assert_ne!(edit(&repository, "src/api/f.rs"), "", "when git has packed the ref");
    assert_eq!(faults(&repository), [Value::Null; 0], "nothing went wrong");
}

#[test]
fn ones_own_lane_and_leases_that_ended_stand_in_nobodys_way() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let mut run = lease("other", 0);
    run["session"] = Value::Null;
    run["run"] = "RID-1KSR49200000005".into();
    let mut gone = lease("other", 0);
    gone["pid"] = 0.into();
    let mut here = lease("other", 0);
    here["session"] = Value::Null;
    here["worktree"] = json!(repository.path);
    for (leases, want, why) in [
        (json!([lease(SESSION, 0)]), "", "one's own session"),
        (json!([lease("other", 3601)]), "", "it ended a second ago"),
        (json!([lease("other", 3000)]), "src/api", "it has ten minutes left"),
        (json!([gone]), "", "its process is gone"),
        (json!([here]), "", "somebody in this worktree, who is not named"),
        (json!([run]), "src/api", "another run"),
        (json!([]), "", "no lease"),
    ] {
        hold(&repository, &leases);
        assert_eq!(edit(&repository, "src/api/f.rs").get(..7).unwrap_or_default(), want, "{why}");
    }
}

#[test]
fn names_tell_whose_a_lane_is_before_sessions_and_worktrees_do() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let here = repository.path.to_str().unwrap();
    for ((owner, session, worktree), name, is_own, why) in [
        (("ada", "other", here), "ada", true, "one name, whatever the session"),
        (("ada", "", "/elsewhere"), "ada", true, "one name, wherever it works"),
        (("ada", "", here), "bob", false, "two names in one worktree"),
        (("ada", SESSION, here), "bob", false, "two names in one session"),
        (("ada", "", here), "", true, "a hook that knows no name, in the worktree"),
        (("ada", SESSION, "/elsewhere"), "", true, "a hook that knows no name, of the session"),
        (("ada", "other", here), "", false, "a hook that knows no name, of another session"),
        (("ada", "", "/elsewhere"), "", false, "a hook that knows no name, in another worktree"),
        (("", "", here), "bob", false, "a name, and a lease without one"),
        (("", SESSION, "/elsewhere"), "bob", true, "a name, and a lease of the session"),
        (("", "", here), "", true, "no names at all"),
    ] {
        let mut held = lease(session, 0);
        held["owner"] = owner.into();
        held["worktree"] = worktree.into();
        if session.is_empty() {
            held["session"] = Value::Null;
        }
        hold(&repository, &json!([held]));
        let input = json!({ "file_path": "src/api/f.rs" });
        let said = reason(&call_as(&repository, name, &repository.path, ("Edit", &input)));
        assert_eq!(said.is_empty(), is_own, "{why}: {said}");
    }
}

#[test]
fn a_run_edits_in_the_lane_that_it_or_the_run_that_started_it_holds() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let mut held = lease("", 0);
    held["session"] = Value::Null;
    held["run"] = "RID-1KSR49200000005".into();
    hold(&repository, &json!([held]));
    let input = json!({ "file_path": "src/api/f.rs" });
    for (variable, run, is_own) in [
        ("CID_RUN_ID", "RID-1KSR49200000005", true),
        ("CID_PARENT_ID", "RID-1KSR49200000005", true),
        ("CID_ROOT_ID", "RID-1KSR49200000005", true),
        ("CID_RUN_ID", "RID-1KSR49200000006", false),
    ] {
        let mut command = hook(&repository);
        let payload = payload(&repository.path, "Edit", &input);
        let said = reason(&run_with_input(command.env(variable, run), &payload));
        assert_eq!(said.is_empty(), is_own, "{variable}={run}: {said}");
    }
}

#[test]
fn no_spelling_of_a_path_gets_an_edit_past_a_lane() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    hold(&repository, &json!([lease("other", 0)]));
    let absolute = repository.path.join("src/api/f.rs");
    for (folder, path) in [
        ("", "src/api/f.rs"),
        ("", "./src/api/f.rs"),
        ("", "docs/../src/api/f.rs"),
        ("", "src//api/./f.rs"),
        ("", "src\\api\\f.rs"),
        ("", absolute.to_str().unwrap()),
        ("docs", absolute.to_str().unwrap()),
        ("docs", "../src/api/f.rs"),
        ("src", "api/f.rs"),
        ("src/api", "f.rs"),
        ("src/api", "../api/f.rs"),
    ] {
        let (folder, input) = (repository.path.join(folder), json!({ "file_path": path }));
        let said = reason(&call(&repository, &folder, "Edit", &input));
        assert!(said.starts_with("src/api/f.rs is in lane api"), "{path} in {folder:?}: {said}");
    }
}

#[test]
fn what_only_reads_runs_in_silence_beside_any_lease() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    hold(&repository, &json!([lease("other", 0)]));
    for (tool, input) in [
        ("Read", json!({ "file_path": "src/api/f.rs" })),
        ("Grep", json!({ "pattern": "x", "path": "src/api" })),
        ("Glob", json!({ "pattern": "src/api/*" })),
        ("LS", json!({ "path": "src/api" })),
        ("Bash", json!({ "command": "cat src/api/f.rs" })),
        ("Bash", json!({ "command": "git status" })),
    ] {
        let ran = call(&repository, &repository.path, tool, &input);
        assert_eq!((ran.code, &*ran.stdout), (Some(0), ""), "{tool} {input}");
    }
}

#[test]
fn one_call_is_answered_in_the_same_words_however_often_it_is_made() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    hold(&repository, &json!([lease("other", 0)]));
    let without_time = |text: String| -> String {
        let is_time = |word: &&str| !word.starts_with(|letter: char| letter.is_ascii_digit());
        text.split(' ').filter(is_time).collect::<Vec<_>>().join(" ")
    };
    let first = without_time(edit(&repository, "src/api/f.rs"));
    assert!(first.contains("is in lane api"), "{first}");
    for number in 2..=6 {
        let again = without_time(edit(&repository, "src/api/f.rs"));
        assert_eq!(again, first, "call {number}");
    }
}

#[test]
fn commands_are_denied_for_what_they_write() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    hold(&repository, &json!([lease("other", 0)]));
    for (command, is_denied) in [
        ("cd src/api && rm f.rs", true),
        ("echo x > src/api/f.rs", true),
        ("cat src/api/f.rs | tee docs/b.md a b c src/api/g.rs", true),
        ("rm -rf src", true),
        ("git checkout -- src/api", true),
        ("cat src/api/f.rs docs/a.md", false),
        ("git status; grep -r x src/api", false),
        ("touch docs/a.md", false),
        ("make all", false),
    ] {
        assert_eq!(!shell(&repository, command).is_empty(), is_denied, "{command}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_leads_into_a_lane() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    hold(&repository, &json!([lease("other", 0)]));
    std::os::unix::fs::symlink("../src/api", repository.path.join("docs/way")).unwrap();
    assert!(edit(&repository, "docs/way/f.rs").starts_with("src/api/f.rs is in lane api"));
    assert!(edit(&repository, "docs/way/new/g.rs").starts_with("src/api/new/g.rs is in lane api"));
    assert_eq!(shell(&repository, "rm docs/way"), "", "the link itself is in nobody's lane");
}

#[test]
fn all_worktrees_of_a_repository_share_its_leases() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let linked = sandbox.path("linked");
    repository.git(["worktree", "add", "--quiet", linked.to_str().unwrap()]);
    let mut held = lease("", 0);
    held["session"] = Value::Null;
    held["worktree"] = json!(linked);
    hold(&repository, &json!([held]));
    let from = |folder: &Path, file: &Path| {
        reason(&call(
            &repository,
            folder,
            "Edit",
            &json!({ "file_path": file.join("src/api/f.rs") }),
        ))
    };
    assert_eq!(from(&linked, &linked), "", "the holder's own worktree");
    assert_ne!(from(&repository.path, &repository.path), "", "another one");
    assert_ne!(from(&repository.path, &linked), "", "from another one into the holder's");
}

#[test]
fn what_cannot_be_read_stops_nobody_and_is_written_down() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    for (number, (text, part)) in [
        ("{\"v\":1,\"leases\":[{}]}", "no set of leases"),
        ("not json", "no set of leases"),
        ("{\"v\":2,\"leases\":{}}", "has version 2"),
        ("{\"v\":1,\"leases\":[{\"lane\":\"x\",\"tree\":[\"../y\"],\"acquired_ms\":9999999999999,\"ttl_s\":1}]}", "leads out"),
    ]
    .into_iter()
    .enumerate()
    {
        write_set(&repository, text);
        assert_eq!(edit(&repository, "src/api/f.rs"), "", "{text}");
        let faults = faults(&repository);
        assert_eq!(faults.len(), number + 1, "one line for {text}: {faults:?}");
        assert_eq!(faults[number]["hook"], "agent PreToolUse");
        assert!(faults[number]["fault"].as_str().unwrap().contains(part), "{:?}", faults[number]);
    }
    let head = repository.head();
    repository.git(["update-ref", "refs/dos/leases", &head]);
    assert_eq!(edit(&repository, "src/api/f.rs"), "", "a commit of something else");
    assert!(faults(&repository)[4]["fault"].as_str().unwrap().contains("has no leases.json"));
}

#[test]
fn nothing_is_said_without_lanes_or_in_a_milder_mode() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    assert_eq!(edit(&repository, "src/api/f.rs"), "", "nobody ever held a lane");
    hold(&repository, &json!([lease("other", 0)]));
    repository.git(["config", "dos.mode", "advise"]);
    assert_eq!(edit(&repository, "src/api/f.rs"), "", "a mode that does not refuse");
    assert!(
        faults(&repository)[0]["fault"].as_str().unwrap().starts_with("not refused in this mode")
    );
    repository.git(["config", "--unset", "dos.mode"]);
    assert_ne!(edit(&repository, "src/api/f.rs"), "");
    repository.write("dos.toml", "");
    assert_eq!(edit(&repository, "src/api/f.rs"), "", "dos.toml declares no lanes");
}
