//! Hooks in git's configuration, run by a git that knows them: 2.54 or later.
//!
//! `GIT_DOS_TEST_NEW_GIT` names such a program where `PATH` has an older one. Without either, nothing is tried
//! here; what installing writes is tested all the same, in `install`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::install::{assert_same, snapshot};
use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run, search_path, succeed, write_program};

/// The hooks of ours that are wired by default.
const EVENTS: [&str; 3] = ["pre-push", "post-commit", "post-rewrite"];

/// A hook of the user's that writes down its arguments and its input.
const RECORDER: &str = "#!/bin/sh\n{ printf '[%s]' \"$@\"; echo; cat; } >>\"$HOME/seen\"\n";

/// A git that runs hooks from its configuration.
pub struct NewGit {
    folder: PathBuf,
}

impl NewGit {
    /// Looks for it; says so when there is none.
    #[expect(clippy::disallowed_methods, reason = "a variable names the program")]
    pub fn find() -> Option<Self> {
        let named = std::env::var_os("GIT_DOS_TEST_NEW_GIT").map(PathBuf::from);
        let in_path = || {
            let path = std::env::var_os("PATH")?;
            std::env::split_paths(&path).map(|folder| folder.join("git")).find(|git| git.exists())
        };
        let git = named.or_else(in_path)?;
        let output = Command::new(&git).arg("--version").output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut numbers = text.split([' ', '.']).filter_map(|word| word.parse::<u32>().ok());
        if (numbers.next(), numbers.next()) < (Some(2), Some(54)) {
            eprintln!("skipped: {} runs no hooks from its configuration", text.trim());
            return None;
        }
        Some(Self { folder: git.parent().unwrap().to_owned() })
    }

    /// Returns a search path in which it is first.
    pub fn path(&self) -> OsString {
        [self.folder.as_os_str(), &search_path()].join(OsString::from(":").as_os_str())
    }

    /// Prepares `program` to find this git first.
    fn command(
        &self,
        repository: &Repository<'_>,
        program: impl AsRef<std::ffi::OsStr>,
    ) -> Command {
        let mut command = repository.command(program);
        command.env("PATH", self.path());
        command
    }

    fn git(&self, repository: &Repository<'_>, words: &[&str]) -> Ran {
        run(self.command(repository, "git").args(words))
    }

    fn dos(&self, repository: &Repository<'_>, words: &[&str]) -> Ran {
        run(self.command(repository, GIT_DOS).args(words))
    }

    fn install(&self, repository: &Repository<'_>, words: &[&str]) -> Ran {
        succeed(self.command(repository, GIT_DOS).args(["install", "--agent", "none"]).args(words))
    }

    /// Commits nothing under `subject`.
    fn commit(&self, repository: &Repository<'_>, subject: &str) {
        let words = ["commit", "--quiet", "--allow-empty", "--message", subject];
        let ran = self.git(repository, &words);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    }

    fn push(&self, repository: &Repository<'_>, words: &[&str]) -> Ran {
        self.git(repository, &[words, &["push", "--quiet", "origin", "HEAD"]].concat())
    }
}

/// A repository with an honest commit, a remote that has nothing yet, and a pre-push hook of the user's.
fn repository<'s>(new: &NewGit, sandbox: &'s Sandbox) -> Repository<'s> {
    let remote = sandbox.bare("remote.git");
    let repository = sandbox.repository("work");
    repository.write("README.md", "one line\n");
    repository.commit("docs: begin the readme");
    repository.hook("pre-push", RECORDER);
    new.git(&repository, &["remote", "add", "origin", remote.to_str().unwrap()]);
    repository
}

/// What the user's own hook was told, each time anew.
fn seen(sandbox: &Sandbox) -> String {
    let path = sandbox.path("home/seen");
    let text = fs_err::read_to_string(&path).unwrap_or_default();
    fs_err::remove_file(path).ok();
    text
}

/// The verdict on one git hook.
fn verdict(new: &NewGit, repository: &Repository<'_>, event: &str) -> String {
    let ran = new.dos(repository, &["status", "--format", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let hooks = report["worktrees"][0]["hooks"].as_array().unwrap();
    let hook = hooks.iter().find(|hook| hook["event"] == event).unwrap();
    hook["verdict"].as_str().unwrap().to_owned()
}

#[test]
fn git_runs_ours_from_the_configuration_and_the_users_from_its_folder() {
    let Some(new) = NewGit::find() else { return };
    let sandbox = Sandbox::new();
    let repository = repository(&new, &sandbox);
    let before = snapshot(&repository.path);
    new.install(&repository, &[]);
    let hook = fs_err::read_to_string(repository.path.join(".git/hooks/pre-push")).unwrap();
    assert_eq!(hook, RECORDER, "theirs is untouched");
    let listed = new.git(&repository, &["hook", "list", "pre-push"]).stdout;
    assert_eq!(listed, "git-dos-pre-push\nhook from hookdir", "git sees both");

    let ran = new.push(&repository, &[]);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "an honest push is silent");
    assert!(repository.state("pushed.jsonl").exists(), "ours ran");
    let url = sandbox.path("remote.git");
    let line = format!("HEAD {} refs/heads/main {}", repository.head(), "0".repeat(40));
    assert_eq!(seen(&sandbox), format!("[origin][{}]\n{line}\n", url.display()), "and theirs");

    new.commit(&repository, "fix: stop the crash");
    let ran = new.push(&repository, &[]);
    assert_ne!(ran.code, Some(0), "ours alone refuses");
    assert!(ran.stderr.contains("fix: stop the crash"), "{}", ran.stderr);
    assert!(seen(&sandbox).contains(&repository.head()), "theirs is asked all the same");
    for settings in [
        &["-c", "hook.jobs=4"][..],
        &["-c", "hook.jobs=4", "-c", "hook.git-dos-pre-push.parallel=true"],
    ] {
        let ran = new.push(&repository, settings);
        assert_ne!(ran.code, Some(0), "{settings:?}: refused as well");
        assert!(seen(&sandbox).contains(&repository.head()), "{settings:?}: theirs has its input");
    }
    let ran = new.push(&repository, &["-c", "hook.git-dos-pre-push.enabled=false"]);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "switched off for once");
    assert!(seen(&sandbox).contains(&repository.head()), "theirs is not");

    new.commit(&repository, "fix: stop the other crash");
    assert_eq!(
        new.push(&repository, &["-c", "core.hooksPath=/dev/null"]).code,
        Some(1),
        "ours runs"
    );
    let mut off = new.command(&repository, "git");
    let ran = run(off.env("GIT_DOS_HOOKS", "0").args(["push", "--quiet", "origin", "HEAD"]));
    assert_eq!(ran.code, Some(0), "switched off for one process");

    let ran = new.dos(&repository, &["uninstall", "--purge"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let mut after = snapshot(&repository.path);
    after.retain(|path, _| {
        let is_gits = |folder| path.starts_with(repository.path.join(folder));
        !is_gits(".git/objects") && !is_gits(".git/logs") && !is_gits(".git/refs")
    });
    for path in [".git/config", ".git/hooks/pre-push", ".git/hooks"] {
        let path = repository.path.join(path);
        assert_eq!(after.get(&path), before.get(&path), "{} is as it was", path.display());
    }
    assert!(!repository.state("").exists(), "no record is left");
}

#[test]
fn every_hook_of_ours_runs_from_the_configuration() {
    let Some(new) = NewGit::find() else { return };
    let sandbox = Sandbox::new();
    let repository = repository(&new, &sandbox);
    let events = "pre-push,post-commit,post-rewrite,commit-msg,pre-commit";
    new.install(&repository, &["--git", "config", "--events", events]);
    let hooks = fs_err::read_dir(repository.path.join(".git/hooks")).unwrap();
    let ours = hooks.filter(|hook| {
        let text = fs_err::read_to_string(hook.as_ref().unwrap().path()).unwrap_or_default();
        text.contains("git-dos")
    });
    assert_eq!(ours.count(), 0, "no file");
    let words = ["commit", "--quiet", "--no-verify", "--allow-empty", "--message", "release: 1.0"];
    assert_eq!(new.git(&repository, &words).code, Some(0), "the user's last word");
    let words = ["commit", "--quiet", "--allow-empty", "--message", "fix: stop the crash"];
    assert_ne!(new.git(&repository, &words).code, Some(0), "commit-msg refuses");
    new.commit(&repository, "fixup! docs: begin the readme");
    let words = ["commit", "--quiet", "--allow-empty", "--amend", "--message", "fixup! docs: x"];
    assert_eq!(new.git(&repository, &words).code, Some(0));
    assert_eq!(repository.journal("rewrites.jsonl").len(), 1, "post-rewrite has its input");
    let linked = sandbox.path("linked");
    let words = ["worktree", "add", "--quiet", "-b", "side", linked.to_str().unwrap()];
    assert_eq!(new.git(&repository, &words).code, Some(0));
    let linked = Repository { sandbox: &sandbox, path: linked };
    let words = ["commit", "--quiet", "--allow-empty", "--amend", "--message", "fixup! docs: y"];
    assert_eq!(new.git(&linked, &words).code, Some(0));
    assert_eq!(repository.journal("rewrites.jsonl").len(), 2, "in a linked worktree as well");
    let ran = new.dos(&repository, &["doctor", "--slower-than", "60000", "--format", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let answered = report["parts"][2]["answered"].as_array().unwrap().len();
    assert_eq!(answered, 5, "each answers the doctor: {report}");
}

#[test]
fn a_program_that_is_gone_stops_no_push_and_no_hook_of_the_users() {
    let Some(new) = NewGit::find() else { return };
    let sandbox = Sandbox::new();
    let repository = repository(&new, &sandbox);
    let program = sandbox.path("it's here/git-dos");
    fs_err::create_dir_all(program.parent().unwrap()).unwrap();
    succeed(repository.command("cp").arg(GIT_DOS).arg(&program));
    succeed(new.command(&repository, &program).args(["install", "--agent", "none"]));
    for (number, ending) in ["gone", "exit 2", "kill -9 $$", "exit 101"].iter().enumerate() {
        fs_err::remove_file(&program).unwrap();
        if *ending != "gone" {
            write_program(&program, &format!("#!/bin/sh\n{ending}\n"));
        }
        let target = format!("HEAD:refs/heads/b{number}");
        let ran = new.git(&repository, &["push", "--quiet", "origin", &target]);
        assert_eq!(ran.code, Some(0), "{ending}: {}", ran.stderr);
        assert!(seen(&sandbox).contains(&repository.head()), "{ending}: theirs ran");
        if *ending == "gone" {
            assert_eq!(ran.stderr, "", "and nothing is said");
            write_program(&program, "");
        }
    }
}

#[test]
fn hooks_folders_elsewhere_are_left_alone_and_ours_run_all_the_same() {
    let Some(new) = NewGit::find() else { return };
    for scope in ["--local", "--global", "--worktree"] {
        let sandbox = Sandbox::new();
        let repository = repository(&new, &sandbox);
        new.git(&repository, &["config", "extensions.worktreeConfig", "true"]);
        let folder = sandbox.path("home/hooks");
        write_program(&folder.join("pre-push"), RECORDER);
        new.git(&repository, &["config", scope, "core.hooksPath", folder.to_str().unwrap()]);
        let before = snapshot(&repository.path);
        let home = snapshot(&folder);
        new.install(&repository, &[]);
        for event in EVENTS {
            assert_eq!(verdict(&new, &repository, event), "INSTALLED", "{scope} {event}");
        }
        assert_eq!(new.push(&repository, &[]).code, Some(0), "{scope}");
        assert!(repository.state("pushed.jsonl").exists(), "{scope}: ours ran");
        assert!(seen(&sandbox).contains("[origin]"), "{scope}: theirs ran");
        assert_same(&folder, &home, "theirs is untouched");
        let ran = new.dos(&repository, &["uninstall", "--purge"]);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let mut after = snapshot(&repository.path);
        after.retain(|path, _| before.contains_key(path));
        assert_eq!(after, before, "{scope}: byte for byte");
    }
}

#[test]
fn hooks_that_are_switched_off_run_only_when_they_are_asked_for() {
    let Some(new) = NewGit::find() else { return };
    let sandbox = Sandbox::new();
    let repository = repository(&new, &sandbox);
    new.git(&repository, &["config", "core.hooksPath", "/dev/null"]);
    let ran = new.dos(&repository, &["install", "--agent", "none"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stdout);
    assert!(ran.stderr.contains("git dos install --git config"), "{}", ran.stderr);
    new.install(&repository, &["--git", "config"]);
    new.commit(&repository, "fix: stop the crash");
    assert_ne!(new.push(&repository, &[]).code, Some(0), "ours runs");
    assert_eq!(seen(&sandbox), "", "the one that is switched off does not");
}

#[test]
fn one_hook_has_one_way_and_a_free_place_is_taken_by_a_file() {
    let Some(new) = NewGit::find() else { return };
    let sandbox = Sandbox::new();
    let repository = repository(&new, &sandbox);
    new.install(&repository, &["--git", "config"]);
    new.install(&repository, &["--git", "file", "--events", "post-commit,post-rewrite"]);
    let config = fs_err::read_to_string(repository.path.join(".git/config")).unwrap();
    assert!(!config.contains("[hook"), "a file for each, and no key: {config}");
    new.install(&repository, &["--git", "config", "--events", "post-commit,post-rewrite"]);
    assert!(!repository.path.join(".git/hooks/post-commit").exists(), "a key, and no file");
    new.commit(&repository, "docs: one");
    let words = ["commit", "--quiet", "--allow-empty", "--amend", "--message", "docs: two"];
    assert_eq!(new.git(&repository, &words).code, Some(0));
    assert_eq!(repository.journal("rewrites.jsonl").len(), 1, "once");
}

#[test]
fn switches_in_the_configuration_are_seen() {
    let Some(new) = NewGit::find() else { return };
    let sandbox = Sandbox::new();
    let repository = repository(&new, &sandbox);
    new.install(&repository, &[]);
    new.commit(&repository, "fix: stop the crash");
    for (scope, key) in [
        ("--local", "hook.git-dos-pre-push.enabled"),
        ("--global", "hook.git-dos-pre-push.enabled"),
        ("--local", "hook.pre-push.enabled"),
        ("--global", "hook.pre-push.enabled"),
    ] {
        new.git(&repository, &["config", scope, key, "false"]);
        let runs = new.push(&repository, &["-c", "push.default=current"]).code != Some(0);
        let want = if runs { "INSTALLED" } else { "SUPPRESSED" };
        assert_eq!(verdict(&new, &repository, "pre-push"), want, "{scope} {key}: as git does");
        // Git 2.54 heeds only the first of them.
        assert!(!runs || key == "hook.pre-push.enabled", "{key}");
        let sentence = new.dos(&repository, &["status"]).stdout;
        let mend = sentence.lines().find_map(|line| Some(line.split_once("is false; git ")?.1));
        match mend {
            Some(words) => {
                let words: Vec<&str> = words.split(' ').collect();
                assert_eq!(new.git(&repository, &words).code, Some(0), "{words:?}");
            }
            None => assert!(runs, "what to do is said: {sentence}"),
        }
        assert_eq!(verdict(&new, &repository, "pre-push"), "INSTALLED", "mended");
        new.git(&repository, &["config", scope, "--unset", key]);
        new.git(&repository, &["update-ref", "-d", "refs/remotes/origin/main"]);
        new.git(
            &repository,
            &["commit", "--quiet", "--amend", "--allow-empty", "--message", "fix: stop a crash"],
        );
        let remote = Repository { sandbox: &sandbox, path: sandbox.path("remote.git") };
        new.git(&remote, &["update-ref", "-d", "refs/heads/main"]);
    }
}

#[test]
fn the_doctor_asks_git_what_it_would_run() {
    let Some(new) = NewGit::find() else { return };
    let sandbox = Sandbox::new();
    let repository = repository(&new, &sandbox);
    new.install(&repository, &[]);
    let findings = || {
        let words = ["doctor", "--slower-than", "60000", "--format", "json"];
        let ran = new.dos(&repository, &words);
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        let findings = report["parts"][2]["findings"].as_array().unwrap().clone();
        let word = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
        let name = |finding: &Value| {
            [word(finding, "verdict"), word(finding, "about"), word(finding, "sentence")].join(" ")
        };
        findings.iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(findings(), Vec::<String>::new(), "git lists each");
    new.git(&repository, &["config", "hook.somebody.event", "pre-push"]);
    let found = findings();
    assert_eq!(found.len(), 3, "git ends before any hook, at every event: {found:?}");
    assert!(found[0].starts_with("FAILING git pre-push"), "{found:?}");
    assert!(found[0].contains("hook.somebody.command"), "in git's words: {found:?}");
    new.git(&repository, &["config", "hook.somebody.command", "true"]);
    assert_eq!(findings(), Vec::<String>::new(), "mended");
}

#[test]
fn a_hook_that_somebody_switched_off_stays_so_when_it_is_written_anew() {
    let Some(new) = NewGit::find() else { return };
    let sandbox = Sandbox::new();
    let repository = repository(&new, &sandbox);
    let program = sandbox.path("other/git-dos");
    fs_err::create_dir_all(program.parent().unwrap()).unwrap();
    succeed(repository.command("cp").arg(GIT_DOS).arg(&program));
    succeed(new.command(&repository, &program).args(["install", "--agent", "none"]));
    new.git(&repository, &["config", "hook.git-dos-pre-push.enabled", "false"]);
    fs_err::remove_file(&program).unwrap();
    new.install(&repository, &[]);
    let command = new.git(&repository, &["config", "hook.git-dos-pre-push.command"]).stdout;
    assert!(command.contains(Path::new(GIT_DOS).to_str().unwrap()), "this program: {command}");
    let enabled = new.git(&repository, &["config", "hook.git-dos-pre-push.enabled"]).stdout;
    assert_eq!(enabled, "false", "the user's word");
}
