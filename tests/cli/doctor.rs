//! What `git dos doctor` finds by trying, which looking at files would not show.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run, succeed, write_program};

/// Longer than any hook takes on a busy machine.
const PATIENT: [&str; 2] = ["--slower-than", "60000"];

/// Prepares the program with one in `PATH`, as people have it.
fn dos(repository: &Repository<'_>) -> Command {
    let bin = repository.sandbox.path("home/bin");
    if !bin.exists() {
        fs_err::create_dir_all(&bin).unwrap();
        std::os::unix::fs::symlink(GIT_DOS, bin.join("git-dos")).unwrap();
    }
    let mut command = repository.command(GIT_DOS);
    let path = command.get_envs().find(|(name, _)| *name == "PATH").unwrap().1.unwrap();
    let path: OsString = [bin.as_os_str(), path].join(OsString::from(":").as_os_str());
    command.env("PATH", path);
    command
}

fn install(repository: &Repository<'_>, arguments: &[&str]) {
    succeed(dos(repository).arg("install").args(arguments));
}

fn doctor(repository: &Repository<'_>) -> Ran {
    run(dos(repository).arg("doctor").args(PATIENT).args(["--format", "json"]))
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"))
}

/// The findings, as `weight VERDICT about`.
fn findings(ran: &Ran) -> Vec<String> {
    let report = json(ran);
    assert_eq!(report["schema"], "git-dos/doctor/1");
    assert_eq!(report["good"], ran.code == Some(0), "the exit code says the same");
    let parts = report["parts"].as_array().unwrap().iter();
    let findings = parts.flat_map(|part| part["findings"].as_array().unwrap());
    let word = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    findings
        .map(|finding| {
            assert!(!word(finding, "sentence").is_empty(), "what to do: {finding}");
            let words = ["weight", "verdict", "about"].map(|name| word(finding, name));
            words.join(" ")
        })
        .collect()
}

/// The callers and events that answered.
fn answered(ran: &Ran) -> Vec<String> {
    let report = json(ran);
    let parts = report["parts"].as_array().unwrap().iter();
    let answered = parts.flat_map(|part| part["answered"].as_array().unwrap());
    let word = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    answered.map(|row| [word(row, "caller"), word(row, "event")].join(" ")).collect()
}

/// Every file of the repository with its bytes.
fn files(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.clone(), fs_err::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[test]
fn all_is_well_and_nothing_is_written() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("it's here");
    repository.commit("docs: first");
    let events = "pre-push,post-commit,post-rewrite,commit-msg,pre-commit";
    install(&repository, &["--agent", "claude", "--events", events]);
    let before = files(&repository.path);
    let ran = run(dos(&repository).arg("doctor").args(PATIENT).env("TMPDIR", sandbox.path("")));
    assert_eq!((ran.code, ran.stdout.lines().count()), (Some(0), 5), "a line a part: {ran:?}");
    let ran = doctor(&repository);
    assert_eq!((ran.code, findings(&ran)), (Some(0), vec![]), "{}", ran.stdout);
    let answered = answered(&ran);
    for name in ["pre-push", "post-commit", "post-rewrite", "commit-msg", "pre-commit"] {
        assert!(answered.contains(&format!("git {name}")), "{name} in {answered:?}");
    }
    assert_eq!(answered.len(), 5 + 8, "and every hook of Claude Code: {answered:?}");
    assert!(files(&repository.path) == before, "not a byte of the repository changed");
    let left = fs_err::read_dir(sandbox.path("")).unwrap();
    let left = left
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains("doctor"));
    assert_eq!(left.count(), 0, "the throw-away repository is thrown away");
}

#[test]
fn every_agent_that_is_installed_is_tried_with_its_own_payloads() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    let all = "antigravity,claude,codex,copilot,cursor,gemini,opencode,qwen,windsurf";
    install(&repository, &["--git", "none", "--scope", "shared", "--yes", "--agent", all]);
    let ran = doctor(&repository);
    let answered = answered(&ran);
    for (host, count) in [
        ("antigravity", 3),
        ("claude", 8),
        ("codex", 7),
        ("copilot", 8),
        ("cursor", 8),
        ("gemini", 6),
        ("opencode", 6),
        ("qwen", 8),
        ("windsurf", 5),
    ] {
        let found = answered.iter().filter(|row| row.starts_with(host)).count();
        assert_eq!(found, count, "{host}: {answered:?}");
    }
    let findings = findings(&ran);
    let untrusted = findings.iter().any(|row| row.starts_with("problem UNTRUSTED codex"));
    assert!(untrusted, "nobody told Codex to trust us: {findings:?}");
    assert!(findings.contains(&"note DUPLICATE copilot, vscode".to_owned()), "{findings:?}");
    if Path::new("/usr/local/bin/git-dos").exists() || Path::new("/usr/bin/git-dos").exists() {
        eprintln!("skipped: every program here finds a git-dos");
        return;
    }
    let reach: Vec<&String> = findings.iter().filter(|row| row.contains("UNREACHABLE")).collect();
    let all = "note UNREACHABLE antigravity, claude, codex, copilot, cursor, gemini, opencode, qwen, windsurf";
    assert_eq!(reach, [all], "shared settings look in PATH alone");
    let repository = sandbox.repository("shared by a few");
    install(&repository, &["--scope", "shared", "--yes", "--agent", "claude,qwen"]);
    let ran = doctor(&repository);
    assert_eq!(ran.code, Some(0), "nothing is broken for who starts them in a shell: {ran:?}");
}

#[test]
fn worktrees_that_would_have_no_settings_are_told_of() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.commit("docs: first");
    install(&repository, &["--agent", "claude", "--events", "pre-push"]);
    assert_eq!(findings(&doctor(&repository)), Vec::<String>::new(), "Claude Code made none here");
    fs_err::create_dir_all(repository.path.join(".claude/worktrees")).unwrap();
    let ran = doctor(&repository);
    assert_eq!((ran.code, findings(&ran)), (Some(0), vec!["note UNCOPIED claude".to_owned()]));
    let report = json(&ran);
    let sentence = report["parts"][0]["findings"][0]["sentence"].as_str().unwrap();
    let (_, command) = sentence.split_once(": ").unwrap();
    let (command, _) = command.split_once(", or").unwrap();
    succeed(repository.command("sh").args(["-c", command]));
    assert_eq!(findings(&doctor(&repository)), Vec::<String>::new(), "mended by what is said");

    let linked = repository.path.join(".claude/worktrees/side");
    repository.git(["worktree", "add", "--quiet", "-b", "side", linked.to_str().unwrap()]);
    let ran = doctor(&repository);
    assert_eq!(ran.code, Some(1), "that one was made by hand: {}", ran.stdout);
    let missing = findings(&ran);
    assert!(missing[0].starts_with("problem MISSING claude"), "{missing:?}");
    let report = json(&ran);
    let sentence = report["parts"][0]["findings"][0]["sentence"].as_str().unwrap();
    assert!(sentence.contains(&format!("git -C '{}' dos install", linked.display())), "{sentence}");
}

#[test]
fn commands_that_do_not_work() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    install(&repository, &["--agent", "claude", "--events", "pre-push"]);
    // Everything is where `status` looks for it, and the program in PATH is another.
    let impostor = sandbox.path("home/bin/git-dos");
    fs_err::remove_file(&impostor).unwrap();
    let see = |script: &str| {
        write_program(&impostor, script);
        let ran = doctor(&repository);
        assert_eq!(ran.code, Some(1), "{}", ran.stdout);
        findings(&ran)
    };
    for (script, verdict) in [("exit 0", "UNHEARD"), ("echo broken >&2; exit 1", "FAILING")] {
        let findings = see(&format!("#!/bin/sh\n{script}\n"));
        assert!(findings.contains(&"problem ANOTHER git-dos".to_owned()), "{findings:?}");
        let wanted = format!("problem {verdict} git pre-push");
        // A shim takes 1 for a refusal, but the words are not ours.
        assert!(findings.contains(&wanted), "{script}: {findings:?}");
    }
    let status = run(dos(&repository).arg("status"));
    assert_eq!(status.code, Some(0), "looking alone finds nothing: {}", status.stdout);
    // Claude Code's settings name the program by its path.
    fs_err::remove_file(&impostor).unwrap();
    let settings = repository.path.join(".claude/settings.local.json");
    let text = fs_err::read_to_string(&settings).unwrap();
    let broken = sandbox.path("elsewhere/git-dos");
    write_program(&broken, "#!/bin/sh\necho '\u{1b}[31mbroken' >&2\nexit 3\n");
    fs_err::write(&settings, text.replace(impostor.to_str().unwrap(), broken.to_str().unwrap()))
        .unwrap();
    let findings = see("#!/bin/sh\nexit 0\n");
    let failing = "problem FAILING claude SessionStart, SessionEnd, UserPromptSubmit";
    assert!(findings.iter().any(|row| row.starts_with(failing)), "in one line: {findings:?}");
    let ran = run(dos(&repository).arg("doctor").args(PATIENT));
    assert!(ran.stdout.contains("exit status: 3 and says: \\u{1b}[31mbroken"), "{}", ran.stdout);
}

#[test]
fn what_is_slow_missing_or_switched_off() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    let ran = doctor(&repository);
    assert_eq!(ran.code, Some(1), "nothing is installed");
    assert!(
        findings(&ran).iter().any(|row| row.starts_with("problem MISSING git pre-push")),
        "{ran:?}"
    );
    install(&repository, &["--agent", "none", "--events", "pre-push"]);
    let ran = run(dos(&repository).args(["doctor", "--slower-than", "0", "--format", "json"]));
    assert_eq!(findings(&ran), ["problem SLOW git pre-push"], "nothing takes no time");
    let ran = run(dos(&repository).env("GIT_DOS_HOOKS", "0").arg("doctor").args(PATIENT));
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    assert!(ran.stdout.contains("unset GIT_DOS_HOOKS"), "{}", ran.stdout);
    assert!(ran.stdout.contains("pre-push answer"), "it is tried all the same: {}", ran.stdout);
    repository.git(["config", "dos.mode", "strict"]);
    assert_eq!(findings(&doctor(&repository)), ["problem UNREADABLE dos.mode"]);
    let outside = run(sandbox.command(GIT_DOS, &sandbox.path("home")).arg("doctor"));
    assert_eq!(outside.code, Some(2), "no repository: {}", outside.stderr);
}

#[test]
fn hooks_of_the_user_stay_out_of_the_trial() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.hook("pre-push", "#!/bin/sh\ntouch \"$HOME/ran\"\n");
    install(&repository, &["--agent", "none", "--events", "pre-push"]);
    let ran = doctor(&repository);
    assert_eq!((ran.code, findings(&ran)), (Some(0), vec![]), "{}", ran.stdout);
    assert_eq!(answered(&ran), ["git pre-push"]);
    assert!(!sandbox.path("home/ran").exists(), "a trial deploys nothing");
}

#[test]
fn damaged_records_and_faults_of_the_last_days() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    install(&repository, &["--agent", "none", "--events", "pre-push"]);
    let write = |name: &str, text: String| {
        let path = repository.state(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    };
    let fault = |seconds: u64| {
        format!("{{\"v\":1,\"time\":{seconds},\"hook\":\"git pre-push\",\"fault\":\"no\"}}\n")
    };
    write("log/hook-errors.jsonl", fault(1_700_000_000));
    assert_eq!(findings(&doctor(&repository)), Vec::<String>::new(), "long ago");
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    write("log/hook-errors.jsonl", fault(now) + &fault(now) + "torn");
    write("sessions/a.jsonl", "{}\n".to_owned());
    write("runs/b.jsonl", "\u{1b}\n".to_owned());
    write("streams/c.jsonl", "{\"half\n".to_owned());
    let ran = doctor(&repository);
    assert_eq!(
        findings(&ran),
        [
            "problem DAMAGED log/hook-errors.jsonl",
            "problem DAMAGED sessions/a.jsonl",
            "problem DAMAGED runs/b.jsonl",
            "problem DAMAGED streams/c.jsonl",
            "problem FAULT git pre-push",
        ]
    );
    // What is said to mend it does.
    for finding in json(&ran)["parts"][4]["findings"].as_array().unwrap() {
        let sentence = finding["sentence"].as_str().unwrap();
        let command = sentence.rsplit_once(": ").unwrap().1;
        succeed(repository.command("sh").args(["-c", command]));
    }
    assert_eq!(findings(&doctor(&repository)), Vec::<String>::new(), "mended");
    fs_err::create_dir_all(repository.state("rewrites.jsonl")).unwrap();
    let ran = doctor(&repository);
    assert_eq!(ran.code, Some(2), "a folder cannot be read as a journal: {}", ran.stdout);
    assert_eq!(findings(&ran), ["unknown UNREADABLE rewrites.jsonl"]);
}

#[test]
fn a_plugin_beside_settings_calls_twice_and_alone_it_is_enough() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    let user = sandbox.path("home/.claude/settings.json");
    fs_err::create_dir_all(user.parent().unwrap()).unwrap();
    fs_err::write(&user, r#"{"enabledPlugins":{"git-dos@git-dos":true}}"#).unwrap();
    install(&repository, &["--agent", "claude", "--events", "pre-push"]);
    assert_eq!(findings(&doctor(&repository)), ["problem DUPLICATE claude"]);
    fs_err::write(repository.path.join(".claude/settings.local.json"), "{}").unwrap();
    assert_eq!(findings(&doctor(&repository)), Vec::<String>::new(), "the plugin alone");
    fs_err::write(&user, r#"{"enabledPlugins":{"git-dos@git-dos":false}}"#).unwrap();
    let alone = findings(&doctor(&repository));
    assert!(alone[0].starts_with("problem MISSING claude"), "switched off: {alone:?}");
}
