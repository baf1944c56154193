//! Installing where git, other programs or the disk make it hard.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::Value;

use crate::install::{EVENTS, assert_same, dos, install, installed, snapshot, uninstalled};
use crate::support::{GIT_DOS, Repository, Sandbox, run, succeed, write_program};

/// The verdict on one git hook.
fn verdict(repository: &Repository<'_>, event: &str) -> String {
    let ran = dos(repository.sandbox, &repository.path, &["status", "--format", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let hooks = report["worktrees"][0]["hooks"].as_array().unwrap();
    let hook = hooks.iter().find(|hook| hook["event"] == event).unwrap();
    hook["verdict"].as_str().unwrap().to_owned()
}

#[test]
fn a_hooks_folder_from_the_environment_counts() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    let folder = sandbox.path("home/hooks");
    fs_err::create_dir(&folder).unwrap();
    let path = sandbox.path_with_older_git();
    let before = snapshot(&repository.path);
    let mut command = repository.command(GIT_DOS);
    command
        .env("PATH", path)
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "core.hooksPath")
        .env("GIT_CONFIG_VALUE_0", &folder);
    let ran = run(command.args(["install", "--agent", "none"]));
    assert_eq!(ran.code, Some(2), "git would look elsewhere: {}", ran.stdout);
    assert!(ran.stderr.contains("core.hooksPath"), "{}", ran.stderr);
    assert_same(&repository.path, &before, "nothing is written");
    assert_eq!(fs_err::read_dir(&folder).unwrap().count(), 0, "nor there");
}

#[test]
fn a_hooks_folder_that_is_a_link_is_written_to_only_inside_the_repository() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    let hooks = repository.path.join(".git/hooks");
    let shared = sandbox.path("home/hooks");
    fs_err::create_dir(&shared).unwrap();
    fs_err::remove_dir_all(&hooks).unwrap();
    std::os::unix::fs::symlink(&shared, &hooks).unwrap();
    sandbox.path_with_older_git();
    let before = snapshot(&sandbox.path(""));
    let ran = install(&repository, &["--agent", "none"]);
    assert_eq!(ran.code, Some(2), "other repositories may use it: {}", ran.stdout);
    assert!(ran.stderr.contains("symbolic link"), "{}", ran.stderr);
    assert_same(&sandbox.path(""), &before, "no byte anywhere");

    fs_err::remove_file(&hooks).unwrap();
    fs_err::create_dir(repository.path.join(".git/my-hooks")).unwrap();
    std::os::unix::fs::symlink("my-hooks", &hooks).unwrap();
    let before = snapshot(&repository.path);
    installed(&repository, &[]);
    assert!(repository.path.join(".git/my-hooks/pre-push").exists(), "behind the link");
    assert_eq!(verdict(&repository, "pre-push"), "INSTALLED");
    uninstalled(&repository);
    assert_same(&repository.path, &before, "byte for byte, and the link is one");
}

#[test]
fn hooks_that_are_no_shell_scripts_run_behind_ours() {
    let sandbox = Sandbox::new();
    let remote = sandbox.bare("remote.git");
    for (number, program) in ["python3", "true"].iter().enumerate() {
        let repository = sandbox.repository(program);
        repository.write("README.md", "one line\n");
        repository.commit("docs: begin the readme");
        let hook = repository.path.join(".git/hooks/pre-push");
        if *program == "true" {
            let places = ["/bin/true", "/usr/bin/true"];
            let found = places.iter().find(|place| Path::new(place).exists()).unwrap();
            succeed(repository.command("cp").arg(found).arg(&hook));
        } else {
            let script =
                "#!/usr/bin/python3\nimport sys\nopen('seen', 'w').write(sys.stdin.read())\n";
            write_program(&hook, script);
        }
        let before = fs_err::read(&hook).unwrap();
        installed(&repository, &[]);
        let kept = repository.path.join(".git/hooks/pre-push.git-dos-prev");
        assert_eq!(fs_err::read(&kept).unwrap(), before, "{program}: renamed");
        let target = format!("main:b{number}");
        let ran = repository.try_git(["push", "--quiet", remote.to_str().unwrap(), &target]);
        if *program == "python3" && !Path::new("/usr/bin/python3").exists() {
            eprintln!("skipped: there is no /usr/bin/python3");
            continue;
        }
        assert_eq!(ran.code, Some(0), "{program}: {}", ran.stderr);
        if *program == "python3" {
            let seen = fs_err::read_to_string(repository.path.join("seen")).unwrap();
            assert!(seen.contains(&repository.head()), "git's lines reach it: {seen}");
        }
        uninstalled(&repository);
        assert_eq!(fs_err::read(&hook).unwrap(), before, "{program}: back again");
    }
}

#[test]
fn hooks_with_blocks_of_other_tools_and_of_overcommit_stay_as_they_are() {
    for text in [
        "#!/bin/sh\n# --- BEGIN BEADS INTEGRATION v1 ---\nbd hooks run pre-push \"$@\"\n# --- END BEADS INTEGRATION ---\n",
        "#!/bin/sh\nmake lint\n## START BRANCHLESS CONFIG\ngit branchless hook-pre-push \"$@\"\n## END BRANCHLESS CONFIG\n",
        "#!/usr/bin/env ruby\n# Entrypoint for Overcommit hook integration. Installing Overcommit will result\n",
    ] {
        let sandbox = Sandbox::new();
        let repository = sandbox.repository("work");
        repository.hook("pre-push", text);
        let before = snapshot(&repository.path);
        let ran = installed(&repository, &[]);
        assert!(ran.stderr.contains("not done: pre-push"), "{}", ran.stderr);
        let hook = fs_err::read_to_string(repository.path.join(".git/hooks/pre-push")).unwrap();
        assert_eq!(hook, text, "not a byte of it");
        assert_eq!(verdict(&repository, "pre-push"), "FOREIGN");
        uninstalled(&repository);
        assert_same(&repository.path, &before, "byte for byte");
    }
}

#[test]
fn hooks_that_a_manager_put_aside_are_known_and_taken_out() {
    for (suffix, text, want) in [
        (
            ".legacy",
            "#!/bin/sh\n# File generated by pre-commit: https://pre-commit.com\n",
            "INSTALLED",
        ),
        (".old", "#!/bin/sh\ncall_lefthook run \"pre-push\" \"$@\"\n", "STOLEN"),
    ] {
        for chained in [false, true] {
            for receipt in [true, false] {
                let sandbox = Sandbox::new();
                let repository = sandbox.repository("work");
                let hooks = repository.path.join(".git/hooks");
                if chained {
                    repository.hook("pre-push", "#!/bin/sh\necho mine\n");
                }
                installed(&repository, &[]);
                let aside = hooks.join(format!("pre-push{suffix}"));
                fs_err::rename(hooks.join("pre-push"), &aside).unwrap();
                repository.hook("pre-push", text);
                assert_eq!(verdict(&repository, "pre-push"), want, "{suffix}");
                let ran = install(&repository, &[]);
                assert_eq!(ran.stderr.is_empty(), want == "INSTALLED", "{suffix}: {}", ran.stderr);
                if !receipt {
                    fs_err::remove_file(repository.state("install.json")).unwrap();
                }
                uninstalled(&repository);
                let hook = fs_err::read_to_string(hooks.join("pre-push")).unwrap();
                assert_eq!(hook, text, "{suffix}: theirs stays");
                let left = fs_err::read_to_string(&aside).ok();
                let mine = chained.then(|| "#!/bin/sh\necho mine\n".to_owned());
                assert_eq!(left, mine, "{suffix}: what was there without us");
                assert!(!hooks.join("pre-push.git-dos-prev").exists(), "{suffix}: no other name");
            }
        }
    }
}

#[test]
fn one_that_is_put_aside_is_taken_out_when_it_is_not_wanted() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    installed(&repository, &[]);
    let hooks = repository.path.join(".git/hooks");
    fs_err::rename(hooks.join("pre-push"), hooks.join("pre-push.legacy")).unwrap();
    repository.hook("pre-push", "#!/bin/sh\n# File generated by prek: https://github.com\n");
    installed(&repository, &["--events", "post-commit"]);
    assert!(!hooks.join("pre-push.legacy").exists(), "prek would run it");
}

#[test]
fn folders_that_were_made_stay_when_somebody_uses_them() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    fs_err::remove_dir_all(repository.path.join(".git/hooks")).unwrap();
    installed(&repository, &["--agent", "claude,codex"]);
    repository.write(".claude/commands/mine.md", "mine\n");
    repository.hook("pre-commit", "#!/bin/sh\n");
    uninstalled(&repository);
    assert!(repository.path.join(".claude/commands/mine.md").exists(), "theirs");
    assert!(!repository.path.join(".claude/settings.local.json").exists(), "ours is gone");
    assert!(repository.path.join(".git/hooks/pre-commit").exists(), "theirs");
    assert!(!repository.path.join(".codex").exists(), "an empty one goes");
}

/// Runs git-dos as somebody who may not do everything, where the test itself runs as one who may.
fn unprivileged(repository: &Repository<'_>, words: &[&str]) -> Option<crate::support::Ran> {
    let is_root = succeed(repository.command("id").arg("-u")).stdout == "0";
    let path = repository.sandbox.path_with_older_git();
    if !is_root {
        return Some(run(repository.command(GIT_DOS).env("PATH", path).args(words)));
    }
    let home = repository.sandbox.path("");
    succeed(repository.command("chown").args(["-R", "65534:65534"]).arg(home));
    let mut command = repository.command("setpriv");
    command.env("PATH", path).args(["--reuid=65534", "--regid=65534", "--clear-groups", GIT_DOS]);
    let ran = command.args(words).output().ok()?;
    // The program may be below a folder that is closed to others.
    if ran.status.code() == Some(126) || ran.status.code() == Some(127) {
        return None;
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&ran.stdout), text(&ran.stderr));
    Some(crate::support::Ran { code: ran.status.code(), stdout, stderr })
}

#[test]
fn places_that_cannot_be_written_are_left_whole_and_named() {
    for closed in [".claude", ".git/hooks", ".git"] {
        let sandbox = Sandbox::new();
        let repository = sandbox.repository("work");
        repository.write(".claude/settings.local.json", "{}\n");
        let folder = repository.path.join(closed);
        if unprivileged(&repository, &["--version"]).is_none() {
            eprintln!("skipped: nobody else may run the program here");
            return;
        }
        fs_err::set_permissions(&folder, std::fs::Permissions::from_mode(0o555)).unwrap();
        let theirs = |path: &Path| !path.starts_with(repository.path.join(".git/dos"));
        let mut before = snapshot(&repository.path);
        before.retain(|path, _| theirs(path));
        let ran = unprivileged(&repository, &["install", "--agent", "claude"]).unwrap();
        assert_eq!(ran.code, Some(2), "{closed}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains("ermission denied"), "{closed}: {}", ran.stderr);
        fs_err::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        let ran = unprivileged(&repository, &["uninstall", "--purge"]).unwrap();
        assert_eq!(ran.code, Some(0), "{closed}: {}", ran.stderr);
        let mut after = snapshot(&repository.path);
        after.retain(|path, _| theirs(path));
        before.get_mut(&folder).unwrap().0 |= 0o200;
        assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>(), "{closed}");
        assert_same(&repository.path, &before, "nothing is half done");
    }
}

#[test]
fn a_settings_file_that_may_not_be_written_keeps_its_mode() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write(".claude/settings.local.json", "{}\n");
    let file = repository.path.join(".claude/settings.local.json");
    fs_err::set_permissions(&file, std::fs::Permissions::from_mode(0o400)).unwrap();
    let before = snapshot(&repository.path);
    installed(&repository, &["--agent", "claude"]);
    let mode = fs_err::metadata(&file).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o400, "it is replaced, and as closed as before");
    uninstalled(&repository);
    assert_same(&repository.path, &before, "byte for byte");
}

#[test]
fn hooks_that_an_earlier_version_wrote_become_those_of_this_one() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/installed");
    let mut found = 0;
    for form in fs_err::read_dir(&fixtures).unwrap() {
        let folder = form.unwrap().path().join("hooks");
        for event in ["pre-push", "post-commit", "post-rewrite", "commit-msg"] {
            let Ok(text) = fs_err::read_to_string(folder.join(event)) else { continue };
            found += 1;
            let sandbox = Sandbox::new();
            let repository = sandbox.repository("work");
            let before = snapshot(&repository.path.join(".git/hooks"));
            repository.hook(event, &text);
            installed(&repository, &["--events", event]);
            let hook = repository.path.join(".git/hooks").join(event);
            let now = fs_err::read_to_string(&hook).unwrap();
            let want = git_dos_git_hooks::shim::render(event, GIT_DOS.as_ref());
            assert_eq!(now, want, "{event}: the present form and this program");
            assert_eq!(verdict(&repository, event), "INSTALLED");
            uninstalled(&repository);
            assert_same(&repository.path.join(".git/hooks"), &before, "nothing of any version");
        }
    }
    assert_eq!(found, 4, "every hook of every form");
}

#[test]
fn managers_settings_alone_do_not_own_a_place() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write("lefthook.yml", "pre-push:\n  jobs:\n    - run: make test\n");
    repository.write(".pre-commit-config.yaml", "repos: []\n");
    installed(&repository, &[]);
    for event in EVENTS {
        assert_eq!(verdict(&repository, event), "INSTALLED", "{event}: nobody has taken it");
    }
}
