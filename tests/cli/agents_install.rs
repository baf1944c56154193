//! Wiring every agent: what is written where, what stays as it was, and that all of it goes again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{
    GIT_DOS, Ran, Repository, Sandbox, run, run_with_input, succeed as succeed_with, write_program,
};

/// An agent's file at the scopes local, shared and user.
type Places = [Option<&'static str>; 3];

/// Per agent: its files, and the events in them, with spaces between.
const FILES: [(&str, Places, &str); 9] = [
    (
        "antigravity",
        [Some(".agents/hooks.json"), Some(".agents/hooks.json"), Some(".gemini/config/hooks.json")],
        "PreInvocation PostToolUse Stop",
    ),
    (
        "claude",
        [
            Some(".claude/settings.local.json"),
            Some(".claude/settings.json"),
            Some(".claude/settings.json"),
        ],
        "SessionStart SessionEnd UserPromptSubmit PreToolUse PostToolUse PostToolUseFailure Stop SubagentStop PreCompact",
    ),
    (
        "codex",
        [Some(".codex/hooks.json"), Some(".codex/hooks.json"), Some(".codex/hooks.json")],
        "SessionStart SessionEnd UserPromptSubmit PreToolUse PostToolUse Stop SubagentStop PreCompact",
    ),
    (
        "copilot",
        [None, Some(".github/hooks/git-dos.json"), Some(".copilot/hooks/git-dos.json")],
        "SessionStart SessionEnd UserPromptSubmit PreToolUse PostToolUse PostToolUseFailure Stop SubagentStop PreCompact",
    ),
    (
        "cursor",
        [Some(".cursor/hooks.json"), Some(".cursor/hooks.json"), Some(".cursor/hooks.json")],
        "sessionStart sessionEnd beforeSubmitPrompt preToolUse postToolUse postToolUseFailure stop subagentStop preCompact",
    ),
    (
        "gemini",
        [None, Some(".gemini/settings.json"), Some(".gemini/settings.json")],
        "SessionStart SessionEnd BeforeAgent BeforeTool AfterTool AfterAgent PreCompress",
    ),
    (
        "opencode",
        [
            Some(".opencode/plugin/git-dos.ts"),
            Some(".opencode/plugin/git-dos.ts"),
            Some(".config/opencode/plugins/git-dos.ts"),
        ],
        "session.created session.deleted chat.message tool.execute.before tool.execute.after session.idle session.compacted",
    ),
    (
        "qwen",
        [None, Some(".qwen/settings.json"), Some(".qwen/settings.json")],
        "SessionStart SessionEnd UserPromptSubmit PreToolUse PostToolUse PostToolUseFailure Stop SubagentStop PreCompact",
    ),
    (
        "windsurf",
        [None, Some(".windsurf/hooks.json"), Some(".codeium/windsurf/hooks.json")],
        "pre_user_prompt pre_write_code pre_run_command pre_mcp_tool_use post_write_code post_run_command post_mcp_tool_use post_cascade_response",
    ),
];

const SCOPES: [&str; 3] = ["local", "shared", "user"];

/// The events before a tool is used, which agents tell of where there are lanes.
const BEFORE: [&str; 7] = [
    "PreToolUse",
    "preToolUse",
    "BeforeTool",
    "tool.execute.before",
    "pre_write_code",
    "pre_run_command",
    "pre_mcp_tool_use",
];

/// A policy that declares a lane.
const LANES: &str = "[lanes.trees]\nsrc = [\"src/**\"]\n";

fn dos(repository: &Repository<'_>, arguments: &[&str]) -> Ran {
    run(repository.command(GIT_DOS).args(arguments))
}

fn succeed(repository: &Repository<'_>, arguments: &[&str]) -> Ran {
    let ran = dos(repository, arguments);
    assert_eq!(ran.code, Some(0), "{arguments:?}: {}{}", ran.stdout, ran.stderr);
    ran
}

/// The files below `folder`, without those of git and of programs' state.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.ends_with(".git") || path.ends_with(".local") {
                continue;
            }
            if path.is_dir() {
                folders.push(path.clone());
                found.insert(path, Vec::new());
            } else {
                found.insert(path.clone(), fs_err::read(&path).unwrap());
            }
        }
    }
    found
}

/// The verdicts on the hooks of `host`, by event.
fn verdicts(repository: &Repository<'_>, host: &str) -> BTreeMap<String, String> {
    let ran = dos(repository, &["status", "--format", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let hooks = report["worktrees"][0]["hooks"].as_array().unwrap().clone();
    let own = hooks.into_iter().filter(|hook| hook["caller"] == host);
    let word = |hook: &Value, name: &str| hook[name].as_str().unwrap().to_owned();
    own.map(|hook| (word(&hook, "event"), word(&hook, "verdict"))).collect()
}

#[test]
fn every_agent_is_wired_at_every_scope_and_unwired_byte_for_byte() {
    for (host, places, events) in FILES {
        for (scope, place) in SCOPES.into_iter().zip(places) {
            let sandbox = Sandbox::new();
            let repository = sandbox.repository("work");
            let before = (files(&sandbox.path("home")), files(&repository.path));
            let arguments =
                ["install", "--git", "none", "--agent", host, "--scope", scope, "--yes"];
            let ran = dos(&repository, &arguments);
            let Some(place) = place else {
                assert_eq!(ran.code, if host == "copilot" { Some(0) } else { Some(2) }, "{host}");
                continue;
            };
            assert_eq!(ran.code, Some(0), "{host} {scope}: {}{}", ran.stdout, ran.stderr);
            let root = if scope == "user" { sandbox.path("home") } else { repository.path.clone() };
            let text = fs_err::read_to_string(root.join(place)).unwrap();
            let own_path = text.contains(GIT_DOS);
            assert_eq!(own_path, scope != "shared" && host != "copilot", "{host} {scope}: {text}");
            if scope == "shared" {
                assert!(text.contains("command -v git-dos") || host == "opencode", "{text}");
            }
            let status = repository.git(["status", "--porcelain", "--untracked-files=all"]);
            assert_eq!(status.is_empty(), scope != "shared", "{host} {scope}: {status}");
            let want = if host == "codex" { "UNTRUSTED" } else { "INSTALLED" };
            let found = verdicts(&repository, host);
            let asked = |event: &&str| scope == "user" || !BEFORE.contains(event);
            let events: Vec<&str> = events.split(' ').filter(asked).collect();
            assert_eq!(found.len(), events.len(), "{host} {scope}: {found:?}");
            for event in events {
                assert_eq!(found[event], want, "{host} {scope} {event}");
            }
            let written = fs_err::metadata(root.join(place)).unwrap().modified().unwrap();
            let again = succeed(&repository, &arguments);
            assert!(again.stdout.contains("Nothing to do."), "{host} {scope}: {}", again.stdout);
            let now = fs_err::metadata(root.join(place)).unwrap().modified().unwrap();
            assert_eq!(now, written, "{host} {scope}: the second time writes nothing");
            succeed(&repository, &["uninstall", "--user", "--purge"]);
            let after = (files(&sandbox.path("home")), files(&repository.path));
            assert_eq!(after, before, "{host} {scope}: everything is as it was");
            let excluded = fs_err::read_to_string(repository.path.join(".git/info/exclude"));
            assert!(!excluded.unwrap_or_default().contains("git dos"), "{host} {scope}");
        }
    }
}

/// Runs the command that `git dos status` says puts a hook of `host` before tools are used.
fn mend(repository: &Repository<'_>, host: &str) {
    let ran = dos(repository, &["status", "--format", "json"]);
    assert_eq!(ran.code, Some(1), "{host}: not as it should be: {}", ran.stdout);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let hooks = report["worktrees"][0]["hooks"].as_array().unwrap();
    let missing: Vec<&Value> = hooks
        .iter()
        .filter(|hook| hook["caller"] == host && hook["verdict"] == "MISSING")
        .collect();
    let [first, ..] = missing.as_slice() else { panic!("{host}: {report}") };
    for hook in &missing {
        assert!(BEFORE.contains(&hook["event"].as_str().unwrap()), "{host}: the rest is there");
    }
    let sentence = first["sentence"].as_str().unwrap();
    assert!(sentence.starts_with("dos.toml declares lanes"), "{host}: {sentence}");
    let (_, command) = sentence.split_once("; git dos ").unwrap();
    let words = command.strip_suffix(" puts it there").unwrap().split(' ');
    succeed(repository, &words.chain(["--yes"]).collect::<Vec<_>>());
}

#[test]
fn agents_ask_before_they_use_a_tool_where_there_are_lanes() {
    for (host, places, events) in FILES {
        for (scope, place) in SCOPES.into_iter().zip(places).take(2) {
            let Some(place) = place else { continue };
            let sandbox = Sandbox::new();
            let repository = sandbox.repository("work");
            let arguments =
                ["install", "--git", "none", "--agent", host, "--scope", scope, "--yes"];
            succeed(&repository, &arguments);
            let read = || fs_err::read_to_string(repository.path.join(place)).unwrap();
            let without = read();
            repository.write("dos.toml", LANES);
            let asks = events.split(' ').filter(|event| BEFORE.contains(event)).count();
            if asks == 0 {
                assert!(succeed(&repository, &arguments).stdout.contains("Nothing to do."));
                continue;
            }
            mend(&repository, host);
            let found = verdicts(&repository, host);
            assert_eq!(found.len(), events.split(' ').count(), "{host} {scope}: all of them");
            assert!(!found.values().any(|verdict| verdict == "MISSING"), "{host}: {found:?}");
            repository.write("dos.toml", "[lanes]\n");
            let ran = dos(&repository, &["status", "--format", "json"]);
            assert!(ran.stdout.contains("declares no lanes") || host == "codex", "{}", ran.stdout);
            assert_eq!(ran.code, Some(i32::from(host == "codex")), "in vain, and in nobody's way");
            succeed(&repository, &arguments);
            assert_eq!(read(), without, "{host} {scope}: as if there had never been a lane");
        }
    }
}

#[test]
fn a_policy_that_cannot_be_read_may_declare_lanes() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    let arguments = ["install", "--git", "none", "--agent", "claude"];
    succeed(&repository, &arguments);
    repository.write("dos.toml", "[lanes]\nconcurrent = 7\n");
    let ran = dos(&repository, &["status"]);
    assert_eq!(ran.code, Some(2), "nobody can tell: {}", ran.stdout);
    assert!(ran.stdout.contains("dos.toml:2"), "{}", ran.stdout);
    let ran = succeed(&repository, &arguments);
    assert!(ran.stdout.contains("note: dos.toml:2"), "{}", ran.stdout);
    assert_eq!(verdicts(&repository, "claude")["PreToolUse"], "INSTALLED", "to be safe");
}

#[test]
fn settings_of_others_that_let_tools_begin_unasked_are_named() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    let shared = ["install", "--git", "none", "--agent", "claude", "--scope", "shared", "--yes"];
    succeed(&repository, &shared);
    repository.write("dos.toml", LANES);
    let ran = succeed(&repository, &["install", "--git", "none", "--agent", "claude"]);
    assert!(!repository.path.join(".claude/settings.local.json").exists(), "not twice");
    let hint = "git dos install --scope shared --agent claude";
    assert!(ran.stdout.contains(hint), "who shares them has to know: {}", ran.stdout);
    mend(&repository, "claude");
    let ran = succeed(&repository, &["install", "--git", "none", "--agent", "claude"]);
    assert!(!ran.stdout.contains("declares lanes"), "they ask now: {}", ran.stdout);
}

#[test]
fn installing_again_takes_care_of_what_is_there() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    succeed(&repository, &["install", "--git", "none", "--agent", "cursor"]);
    let file = repository.path.join(".cursor/hooks.json");
    let whole = fs_err::read_to_string(&file).unwrap();
    fs_err::write(&file, whole.replace("\"loop_limit\": 2", "\"loop_limit\": 9")).unwrap();
    succeed(&repository, &["install"]);
    assert_eq!(fs_err::read_to_string(&file).unwrap(), whole, "no program of that name is here");

    let shared = ["install", "--git", "none", "--agent", "cursor", "--scope", "shared", "--yes"];
    succeed(&repository, &shared);
    let shared = fs_err::read_to_string(&file).unwrap();
    fs_err::create_dir_all(sandbox.path("home/.cursor")).unwrap();
    succeed(&repository, &["install"]);
    assert_eq!(fs_err::read_to_string(&file).unwrap(), shared, "shared settings stay shared");
    fs_err::write(&file, shared.replace("\"loop_limit\": 2", "\"loop_limit\": 9")).unwrap();
    let ran = dos(&repository, &["status"]);
    let hint = "git dos install --scope shared writes it as it should be";
    assert!(ran.stdout.contains(hint), "{}", ran.stdout);
    succeed(&repository, &["install", "--scope", "shared", "--yes"]);
    assert_eq!(fs_err::read_to_string(&file).unwrap(), shared, "and it does");
}

#[test]
fn a_linter_of_agents_files_finds_no_fault() {
    let sandbox = Sandbox::new();
    for lanes in ["", LANES] {
        for (scope, agents) in [
            ("shared", "antigravity,claude,codex,copilot,cursor,gemini,opencode,qwen,windsurf"),
            ("local", "antigravity,claude,codex,cursor,opencode"),
        ] {
            let repository = sandbox.repository(format!("{scope} {}", lanes.len()));
            repository.write("dos.toml", lanes);
            let arguments =
                ["install", "--git", "none", "--scope", scope, "--yes", "--agent", agents];
            succeed(&repository, &arguments);
            let lint = || repository.command("skillsaw").args(["lint", "--strict"]).output();
            let Ok(output) = lint() else {
                eprintln!("skipped: there is no skillsaw (pip install skillsaw)");
                return;
            };
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{scope}: {said}");
            repository.write(".codex/hooks.json", "{\"hooks\": {\"NoSuchEvent\": [7]}}\n");
            assert!(!lint().unwrap().status.success(), "it looks at what is written");
        }
    }
}

#[test]
fn what_an_earlier_version_wrote_becomes_what_this_one_writes() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/installed");
    let mut found = 0;
    for form in fs_err::read_dir(&fixtures).unwrap() {
        let form = form.unwrap().path();
        for (host, places, _) in FILES {
            for (scope, place) in SCOPES.into_iter().zip(places).take(2) {
                let file = ["json", "ts"].map(|end| form.join(scope).join(format!("{host}.{end}")));
                let Some(file) = file.into_iter().find(|file| file.exists()) else { continue };
                found += 1;
                let text = fs_err::read(&file).unwrap();
                let sandbox = Sandbox::new();
                let fresh = sandbox.repository("fresh");
                let arguments =
                    ["install", "--git", "none", "--agent", host, "--scope", scope, "--yes"];
                succeed(&fresh, &arguments);
                let place = place.unwrap();
                let want = fs_err::read_to_string(fresh.path.join(place)).unwrap();
                let repository = sandbox.repository("upgraded");
                repository.write(place, &text);
                if scope == "local" {
                    // A file that was there before is taken for everybody's, unless the receipt knows better.
                    fs_err::remove_file(repository.path.join(place)).unwrap();
                    succeed(&repository, &arguments);
                    repository.write(place, &text);
                }
                succeed(&repository, &arguments);
                let now = fs_err::read_to_string(repository.path.join(place)).unwrap();
                // What was there keeps its place among the events.
                match serde_json::from_str::<Value>(&now) {
                    Ok(now) => {
                        let want: Value = serde_json::from_str(&want).unwrap();
                        assert_eq!(now, want, "{}", file.display());
                    }
                    Err(_) => assert_eq!(now, want, "{}", file.display()),
                }
                assert!(!now.contains("/opt/old"), "{}: {now}", file.display());
                let again = succeed(&repository, &arguments);
                assert!(again.stdout.contains("Nothing to do."), "{}", again.stdout);
                succeed(&repository, &["uninstall"]);
                let left = fs_err::read_to_string(repository.path.join(place)).unwrap_or_default();
                assert!(!left.contains("git-dos"), "{}: {left}", file.display());
            }
        }
    }
    assert_eq!(found, 16, "every file of every form");
}

#[test]
fn what_others_wrote_stays_as_it_is_and_in_its_order() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    let theirs = [
        (
            ".codex/hooks.json",
            "{\"description\": \"d\u{e9}p\u{f4}t\", \"hooks\": {\"Stop\": [{\"hooks\": [{\"type\": \"command\", \"command\": \"./lint\", \"timeout\": 5.0}]}]}}",
        ),
        (
            ".cursor/hooks.json",
            "{\n\t\"hooks\": {\n\t\t\"stop\": [\n\t\t\t{ \"command\": \"./lint\" }\n\t\t]\n\t},\n\t\"version\": 1\n}",
        ),
        (".agents/hooks.json", "{\r\n  \"lint\": {\"Stop\": [{\"command\": \"./lint\"}]}\r\n}\r\n"),
        (".gemini/settings.json", "{\"theme\": \"x\", \"big\": 12345678901234567890}\n"),
        (
            ".windsurf/hooks.json",
            "{\"hooks\": {\"pre_run_command\": [{\"command\": \"./lint\"}]}}\n",
        ),
    ];
    for (file, text) in theirs {
        repository.write(file, text);
    }
    repository.commit("chore: wire a linter into the agents");
    let agents = "codex,cursor,antigravity,gemini,windsurf";
    let arguments = ["install", "--git", "none", "--agent", agents, "--scope", "shared", "--yes"];
    succeed(&repository, &arguments);
    for (file, text) in theirs {
        let new = fs_err::read_to_string(repository.path.join(file)).unwrap();
        assert!(new.contains("git-dos hook agent"), "{file}: {new}");
        let (lint, ours) = (new.find("./lint"), new.find("git-dos").unwrap());
        assert!(lint.is_none_or(|lint| lint < ours), "{file}: theirs come first");
        let mut rest = new.chars();
        assert!(text.chars().all(|letter| rest.any(|other| other == letter)), "{file}: {new}");
    }
    succeed(&repository, &["uninstall"]);
    assert_eq!(repository.git(["status", "--porcelain"]), "", "byte for byte");

    succeed(&repository, &arguments);
    repository.write(".cursor/hooks.json", {
        let path = repository.path.join(".cursor/hooks.json");
        fs_err::read_to_string(path).unwrap().replace("./lint", "./lint --all")
    });
    succeed(&repository, &["uninstall"]);
    let left = fs_err::read_to_string(repository.path.join(".cursor/hooks.json")).unwrap();
    assert_eq!(left, theirs[1].1.replace("./lint", "./lint --all"), "only our part goes");
}

#[test]
fn files_that_cannot_be_edited_safely_are_refused_with_what_to_paste() {
    let sandbox = Sandbox::new();
    for (host, file, text) in [
        ("codex", ".codex/hooks.json", "{\"hooks\": []}"),
        ("codex", ".codex/hooks.json", "{\"hooks\": {\"Stop\": [], \"Stop\": []}}"),
        ("cursor", ".cursor/hooks.json", "{\"version\": 1, // mine\n\"hooks\": {}}"),
        ("cursor", ".cursor/hooks.json", "{\"hooks\": {\"stop\": {}}}"),
        ("antigravity", ".agents/hooks.json", "\u{feff}{}"),
        ("gemini", ".gemini/settings.json", "{\"hooks\": {\"AfterAgent\": [1]}}"),
        ("copilot", ".github/hooks/git-dos.json", "{\"version\": 1, \"hooks\": {}}"),
        ("opencode", ".opencode/plugin/git-dos.ts", "export const Mine = () => ({})\n"),
    ] {
        let repository = sandbox.repository(format!("{host}-{}", text.len()));
        repository.write(file, text);
        let arguments = ["install", "--git", "none", "--agent", host, "--scope", "shared", "--yes"];
        let ran = dos(&repository, &arguments);
        assert_eq!(ran.code, Some(2), "{host} {text}: {}", ran.stdout);
        assert!(ran.stderr.contains("to be added by hand"), "{host}: {}", ran.stderr);
        let now = fs_err::read_to_string(repository.path.join(file)).unwrap();
        assert_eq!(now, text, "{host}: nothing is written");
    }
}

#[test]
fn agents_that_the_user_has_are_found_and_the_others_left_alone() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    write_program(&sandbox.path("bin/codex"), "#!/bin/sh\n");
    write_program(&sandbox.path("bin/code"), "#!/bin/sh\n");
    fs_err::create_dir_all(sandbox.path("home/.cursor")).unwrap();
    fs_err::create_dir_all(sandbox.path("home/.qwen")).unwrap();
    let mut command = repository.command(GIT_DOS);
    command.env("PATH", sandbox.path("bin")).args(["install", "--git", "none"]);
    let ran = run(&mut command);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for (file, want) in [
        (".codex/hooks.json", true),
        (".cursor/hooks.json", true),
        (".claude", false),
        (".opencode", false),
        (".qwen", false),
    ] {
        assert_eq!(repository.path.join(file).exists(), want, "{file}");
    }
    assert!(ran.stdout.contains("Qwen Code; git dos install --scope shared"), "{}", ran.stdout);
    assert!(ran.stdout.contains("type /hooks"), "the step that trusts them: {}", ran.stdout);
    let exclude = fs_err::read_to_string(repository.path.join(".git/info/exclude")).unwrap();
    assert!(exclude.contains("\n/.codex/hooks.json\n/.cursor/hooks.json\n"), "{exclude}");
}

#[test]
fn local_files_that_somebody_else_began_stay_in_sight_of_git() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write(".cursor/hooks.json", "{\"version\": 1, \"hooks\": {}}\n");
    succeed(&repository, &["install", "--git", "none", "--agent", "cursor"]);
    let text = fs_err::read_to_string(repository.path.join(".cursor/hooks.json")).unwrap();
    assert!(text.contains("command -v git-dos") && !text.contains(GIT_DOS), "{text}");
    let status = repository.git(["status", "--porcelain"]);
    assert!(status.contains(".cursor/"), "it may be meant for everybody: {status}");
}

#[test]
fn vs_code_and_copilot_read_the_files_of_others() {
    let sandbox = Sandbox::new();
    for (host, scope, file) in [
        ("vscode", "local", ".claude/settings.local.json"),
        ("copilot", "local", ".claude/settings.local.json"),
        ("vscode", "shared", ".github/hooks/git-dos.json"),
        ("vscode,copilot", "shared", ".github/hooks/git-dos.json"),
    ] {
        let repository = sandbox.repository(format!("{host} {scope}"));
        let arguments = ["install", "--git", "none", "--agent", host, "--scope", scope, "--yes"];
        succeed(&repository, &arguments);
        assert!(repository.path.join(file).exists(), "{host} {scope}");
    }
}

#[test]
fn worktrees_have_settings_of_their_own_and_one_receipt() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write("README.md", "one line\n");
    repository.commit("docs: begin the readme");
    let install = |folder: &Path, agents: &str| {
        let arguments = ["install", "--git", "none", "--agent", agents];
        let ran = run(sandbox.command(GIT_DOS, folder).args(arguments));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        ran.stdout
    };
    assert!(!install(&repository.path, "claude,codex").contains("worktrees"), "there are none");
    fs_err::create_dir_all(repository.path.join(".claude/worktrees")).unwrap();
    let text = install(&repository.path, "claude");
    assert!(text.contains("echo .claude/settings.local.json >> .worktreeinclude"), "{text}");
    repository.write(".worktreeinclude", "# ours\n.claude/settings.local.json\n");
    assert!(!install(&repository.path, "claude").contains("worktrees"), "they get a copy");

    let linked = sandbox.path("linked");
    repository.git(["worktree", "add", "--quiet", "-b", "side", linked.to_str().unwrap()]);
    let text = install(&repository.path, "claude");
    assert!(text.contains("run git dos install there, or once with --scope user"), "{text}");
    install(&linked, "claude,codex");
    for file in [".claude/settings.local.json", ".codex/hooks.json"] {
        assert!(linked.join(file).is_file(), "{file} of the linked worktree");
    }
    let status = run(sandbox.command("git", &linked).args(["status", "--porcelain"]));
    assert_eq!(status.stdout, "", "git sees none of them");
    assert!(!linked.join(".git/dos").exists(), "its state is that of the repository");
    let ran = run(sandbox.command(GIT_DOS, &linked).args(["uninstall"]));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for top in [&repository.path, &linked] {
        for file in [".claude/settings.local.json", ".codex/hooks.json"] {
            assert!(!top.join(file).exists(), "{file} in {}", top.display());
        }
    }
}

#[test]
fn settings_that_become_shared_lose_the_path_and_come_in_sight() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    let file = repository.path.join(".codex/hooks.json");
    succeed(&repository, &["install", "--git", "none", "--agent", "codex,cursor"]);
    assert_eq!(repository.git(["status", "--porcelain"]), "", "out of sight");
    let arguments = ["install", "--git", "none", "--agent", "codex", "--scope", "shared", "--yes"];
    succeed(&repository, &arguments);
    let text = fs_err::read_to_string(&file).unwrap();
    assert!(!text.contains(GIT_DOS) && text.contains("command -v git-dos"), "{text}");
    assert!(repository.git(["status", "--porcelain"]).contains(".codex/"), "in sight");
    assert!(!repository.git(["status", "--porcelain"]).contains(".cursor/"), "the other is not");
    succeed(&repository, &["install", "--git", "none", "--agent", "none"]);
    let cursor = repository.path.join(".cursor/hooks.json");
    assert!(!file.exists() && !cursor.exists(), "and none of them");
}

#[test]
fn codex_is_asked_whether_it_trusts_us_and_never_told() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    let top = fs_err::canonicalize(&repository.path).unwrap();
    succeed(&repository, &["install", "--git", "none", "--agent", "codex"]);
    let config = sandbox.path("home/.codex/config.toml");
    assert!(!config.exists(), "we write no trust");
    let stop = || verdicts(&repository, "codex")["Stop"].clone();
    assert_eq!(stop(), "UNTRUSTED", "nobody trusts anything");
    fs_err::create_dir_all(config.parent().unwrap()).unwrap();
    let project = format!("[projects.\"{}\"]\ntrust_level = \"trusted\"\n", top.display());
    let command = format!("{GIT_DOS} hook agent --host codex");
    let identity = format!(
        r#"{{"event_name":"stop","hooks":[{{"async":false,"command":"{command}","timeout":20,"type":"command"}}]}}"#
    );
    let hash = git_dos_installer::receipt::hash(identity.as_bytes());
    let key = format!("{}/.codex/hooks.json:stop:0:0", top.display());
    let state = |hash: &str| format!("[hooks.state.\"{key}\"]\ntrusted_hash = \"sha256:{hash}\"\n");
    for (text, want) in [
        (project.clone(), "UNTRUSTED"),
        (state(&hash), "UNTRUSTED"),
        (format!("{project}{}", state(&hash)), "INSTALLED"),
        (format!("{project}{}", state(&hash.replace('a', "b"))), "UNTRUSTED"),
        (format!("{project}{}enabled = false\n", state(&hash)), "SUPPRESSED"),
        ("not = = toml".to_owned(), "UNKNOWN-TRUST"),
    ] {
        fs_err::write(&config, &text).unwrap();
        assert_eq!(stop(), want, "{text}");
        assert_eq!(fs_err::read_to_string(&config).unwrap(), text, "and never written");
    }
}

#[test]
fn commands_of_all_agents_are_silent_where_git_dos_is_missing() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    let agents = "antigravity,claude,codex,copilot,cursor,gemini,qwen,windsurf";
    let arguments = ["install", "--git", "none", "--agent", agents, "--scope", "shared", "--yes"];
    repository.write("dos.toml", LANES);
    succeed(&repository, &arguments);
    let mut commands = Vec::new();
    for (path, text) in files(&repository.path) {
        let Ok(file) = serde_json::from_slice::<Value>(&text) else { continue };
        let mut open = vec![file];
        while let Some(value) = open.pop() {
            match value {
                Value::Object(members) => {
                    for (name, value) in members {
                        match value.as_str() {
                            Some(line)
                                if ["command", "bash"].contains(&name.as_str())
                                    && line != "command" =>
                            {
                                commands.push((path.clone(), line.to_owned()));
                            }
                            _ => open.push(value),
                        }
                    }
                }
                Value::Array(elements) => open.extend(elements),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
    }
    assert_eq!(commands.len(), 62, "a command for each hook: {commands:?}");
    for (path, line) in commands {
        let mut shell = sandbox.command("sh", &repository.path);
        let ran = run_with_input(shell.args(["-c", &line]), b"{}");
        assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "{}: {line}", path.display());
        let antigravity = path.ends_with(".agents/hooks.json");
        assert_eq!(ran.stdout.is_empty(), !antigravity, "{}: {line}", path.display());
        if antigravity {
            assert!(serde_json::from_str::<Value>(&ran.stdout).unwrap().is_object(), "{line}");
        }
    }
}

#[test]
fn many_events_of_one_agent_are_one_line_while_the_same_is_said_of_them() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    succeed(&repository, &["install", "--git", "none", "--agent", "claude,antigravity"]);
    let lines = || {
        let text = dos(&repository, &["status"]).stdout;
        let rows = text.lines().filter(|line| line.contains(".json"));
        rows.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    let mut want: Vec<String> = ["PreInvocation", "PostToolUse", "Stop"]
        .map(|event| format!("antigravity {event} INSTALLED .agents/hooks.json"))
        .to_vec();
    want.push("claude, 8 events INSTALLED .claude/settings.local.json".to_owned());
    assert_eq!(lines(), want);
    let file = repository.path.join(".claude/settings.local.json");
    let text = fs_err::read_to_string(&file).unwrap();
    fs_err::write(&file, text.replace("\"timeout\": 1\n", "\"timeout\": 9\n")).unwrap();
    let lines = lines();
    assert_eq!(lines[4], "claude SessionEnd DRIFTED .claude/settings.local.json", "{lines:?}");
    assert_eq!(lines[5], "claude, 6 events INSTALLED .claude/settings.local.json", "{lines:?}");
}

#[test]
fn a_program_that_is_gone_costs_nobody_a_tool() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    let program = sandbox.path("bin with a space/git-dos");
    fs_err::create_dir_all(program.parent().unwrap()).unwrap();
    // A file that another thread's child still holds open for writing cannot be run, so a child writes it.
    succeed_with(sandbox.command("cp", &repository.path).arg(GIT_DOS).arg(&program));
    let arguments = ["install", "--git", "none", "--agent", "claude"];
    repository.write("dos.toml", LANES);
    let ran = run(repository.command(&program).args(arguments));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    fs_err::remove_file(&program).unwrap();
    let settings = fs_err::read(repository.path.join(".claude/settings.local.json")).unwrap();
    let settings: Value = serde_json::from_slice(&settings).unwrap();
    let line = &settings["hooks"]["PreToolUse"][0]["hooks"][0]["command"];
    let mut shell = sandbox.command("sh", &repository.path);
    let ran = run_with_input(shell.args(["-c", line.as_str().unwrap()]), b"{}");
    assert_eq!((ran.code, &*ran.stdout), (Some(0), ""), "{line}");
}

#[test]
fn the_plugin_for_opencode_hands_on_what_it_hears() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    succeed(&repository, &["install", "--git", "none", "--agent", "opencode"]);
    let plugin = repository.path.join(".opencode/plugin/git-dos.ts");
    let module = sandbox.path("plugin.mjs");
    fs_err::copy(plugin, &module).unwrap();
    let script = r#"
        const { GitDos } = await import(process.argv[1])
        const prompt = async (message) => console.log(JSON.stringify(message))
        const client = { session: { prompt } }
        const { event } = await GitDos({ client, directory: process.cwd() })
        await event({ event: { type: "session.created", properties: { info: { id: "s-1" } } } })
        const { execSync } = await import("node:child_process")
        execSync("git commit --quiet --allow-empty -m 'fix: stop the crash in the parser'")
        await event({ event: { type: "message.updated", properties: {} } })
        await event({ event: { type: "session.idle", properties: { sessionID: "s-1" } } })
    "#;
    let mut node = repository.command("node");
    node.args(["--input-type=module", "--eval", script, "--", module.to_str().unwrap()]);
    let Ok(output) = node.output() else {
        println!("skipped: there is no node to run the plugin with");
        return;
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{errors}"));
    assert_eq!(said["path"]["id"], "s-1", "to the session that rests");
    assert_eq!(said["body"]["noReply"], true, "which is not woken by it");
    let text = said["body"]["parts"][0]["text"].as_str().unwrap();
    assert!(text.contains("fix: stop the crash in the parser"), "{text}");
}

#[test]
fn the_plugin_for_opencode_does_as_it_is_answered() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    let (heard, answer) = (sandbox.path("heard.jsonl"), sandbox.path("answer.json"));
    let program = sandbox.path("bin/git-dos");
    let (to, from) = (heard.display(), answer.display());
    write_program(&program, &format!("#!/bin/sh\n{{ cat; echo; }} >>'{to}'\ncat '{from}'\n"));
    let plugin = fs_err::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("agent-hooks/src/opencode/plugin.ts"),
    );
    let module = sandbox.path("plugin.mjs");
    let path = serde_json::to_string(&program).unwrap();
    fs_err::write(&module, plugin.unwrap().replace("= \"git-dos\"", &format!("= {path}"))).unwrap();
    let script = r#"
        const { writeFileSync } = await import("node:fs")
        const { GitDos } = await import(process.argv[1])
        const client = { session: { prompt: async () => {} } }
        const hooks = await GitDos({ client, directory: process.cwd() })
        const said = []
        for (const answer of ['{"deny":"not here"}', '{"context":"look again"}', "", "[]", "null", "{"]) {
            writeFileSync(process.argv[2], answer)
            const output = { output: "text", args: { filePath: "a" } }
            const input = { tool: "edit", sessionID: "s-2", callID: "c-1", args: output.args }
            const before = await hooks["tool.execute.before"](input, output).catch((error) => error.message)
            await hooks["tool.execute.after"](input, output)
            said.push([before ?? null, output.output])
        }
        const info = { id: "s-2", parentID: "s-1" }
        await hooks.event({ event: { type: "session.created", properties: { info } } })
        await hooks.event({ event: { type: "session.idle", properties: { sessionID: "s-2" } } })
        await hooks["tool.execute.before"]({ tool: "edit", sessionID: "s-2" }, {})
        const parts = [{ type: "text", text: "Fix it" }, { type: "file" }]
        await hooks["chat.message"]({ sessionID: "s-1" }, { parts })
        console.log(JSON.stringify(said))
    "#;
    let mut node = repository.command("node");
    node.args(["--input-type=module", "--eval", script, "--"]).args([&module, &answer]);
    let Ok(output) = node.output() else {
        println!("skipped: there is no node to run the plugin with");
        return;
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{errors}"));
    let untouched = json!([null, "text"]);
    let mut want = vec![json!(["not here", "text"]), json!([null, "text\n\nlook again"])];
    want.resize(6, untouched);
    assert_eq!(said, json!(want), "refused, told, and neither of it for what is no answer");
    let heard = fs_err::read_to_string(&heard).unwrap();
    let heard: Vec<Value> = heard.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [.., helper, prompt] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!(heard.len(), 14, "a helper's start and rest are not told");
    assert_eq!((&helper["session_id"], &helper["agent_id"]), (&json!("s-1"), &json!("s-2")));
    assert_eq!(prompt["prompt"], "Fix it", "the words of the user");
    assert_eq!(heard[0]["tool_input"], json!({ "filePath": "a" }), "what the tool is given");
    assert_eq!(heard[1]["tool_response"], "text", "and what it gave");
}
