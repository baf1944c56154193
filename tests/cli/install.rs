//! Installing and uninstalling in real repositories, on everything that people have there already.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run, succeed, write_program};

pub const EVENTS: [&str; 3] = ["pre-push", "post-commit", "post-rewrite"];

/// Runs git-dos in `folder`, beside a git that runs no hooks from its configuration.
pub fn dos(sandbox: &Sandbox, folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = sandbox.command(GIT_DOS, folder);
    run(command.env("PATH", sandbox.path_with_older_git()).args(arguments))
}

pub fn install(repository: &Repository<'_>, arguments: &[&str]) -> Ran {
    let arguments = [&["install"], arguments].concat();
    dos(repository.sandbox, &repository.path, &arguments)
}

pub fn installed(repository: &Repository<'_>, arguments: &[&str]) -> Ran {
    let ran = install(repository, arguments);
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    ran
}

pub fn uninstalled(repository: &Repository<'_>) -> Ran {
    let ran = dos(repository.sandbox, &repository.path, &["uninstall"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    ran
}

/// Everything below `folder`: mode, and contents or target.
pub fn snapshot(folder: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = fs_err::symlink_metadata(&path).unwrap();
            let contents = if metadata.is_dir() {
                folders.push(path.clone());
                Vec::new()
            } else if metadata.is_symlink() {
                fs_err::read_link(&path).unwrap().into_os_string().into_encoded_bytes()
            } else {
                fs_err::read(&path).unwrap()
            };
            found.insert(path, (metadata.permissions().mode(), contents));
        }
    }
    found
}

/// Asserts that git runs our hook in `folder`: an amended commit is written down in the repository's state.
fn assert_hook_runs(sandbox: &Sandbox, folder: &Path, state: &Path) {
    let git = |words: &[&str]| succeed(sandbox.command("git", folder).args(words));
    git(&["commit", "--quiet", "--allow-empty", "--message", "docs: one"]);
    let before = fs_err::read_to_string(state.join("rewrites.jsonl")).unwrap_or_default();
    git(&["commit", "--quiet", "--allow-empty", "--amend", "--message", "docs: other"]);
    let after = fs_err::read_to_string(state.join("rewrites.jsonl")).unwrap_or_default();
    assert!(after.len() > before.len(), "the post-rewrite hook wrote the amend down");
}

/// Asserts that everything below `folder` is as `before`, and says what is not.
pub fn assert_same(folder: &Path, before: &BTreeMap<PathBuf, (u32, Vec<u8>)>, why: &str) {
    let after = snapshot(folder);
    let differs = |path: &&PathBuf| before.get(*path) != after.get(*path);
    let differing: Vec<_> = before.keys().chain(after.keys()).filter(differs).collect();
    assert!(differing.is_empty(), "{why}: {differing:?}");
}

fn mode(path: &Path) -> u32 {
    fs_err::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_program_of_another_name_installs_nothing() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("repo");
    let renamed = sandbox.path("dos-next");
    fs_err::copy(GIT_DOS, &renamed).unwrap();
    let before = snapshot(&repository.path);
    let arguments = ["install", "--agent", "claude"];
    let ran = run(sandbox.command(&renamed, &repository.path).args(arguments));
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("dos-next"), "it is named: {}", ran.stderr);
    assert!(ran.stderr.contains("hint: call the program git-dos"), "{}", ran.stderr);
    assert_eq!(snapshot(&repository.path), before, "nothing is written");
}

#[test]
fn a_fresh_repository_gets_three_hooks_and_loses_them_again() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    let before = snapshot(&repository.path);
    let ran = installed(&repository, &[]);
    assert!(ran.stdout.lines().count() <= 5, "a few lines: {}", ran.stdout);
    for event in EVENTS {
        let hook = repository.path.join(".git/hooks").join(event);
        let text = fs_err::read_to_string(&hook).unwrap();
        assert!(text.starts_with("#!/bin/sh\n") && !text.contains('\r'), "LF endings");
        assert_eq!(mode(&hook), 0o755, "git can run it");
    }
    assert!(!repository.path.join(".claude").exists(), "no agent of this user's, no settings");
    assert_hook_runs(&sandbox, &repository.path, &repository.state(""));
    fs_err::remove_dir_all(repository.path.join(".git")).unwrap();
    repository.git(["init", "--quiet"]);
    installed(&repository, &[]);
    uninstalled(&repository);
    assert_same(&repository.path, &before, "byte for byte");
    let again = uninstalled(&repository);
    assert_eq!(again.stdout, "Nothing to do.", "a second time");
}

#[test]
fn paths_with_spaces_quotes_and_letters_of_other_alphabets() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("it's a \"dépôt\" $HOME");
    let program = sandbox.path("bin's ünder/git-dos");
    fs_err::create_dir_all(program.parent().unwrap()).unwrap();
    // As a package manager does; the path in PATH is the one that outlives an upgrade.
    std::os::unix::fs::symlink(GIT_DOS, &program).unwrap();
    let before = snapshot(&repository.path);
    let mut command = sandbox.command(&program, &repository.path);
    command.env("PATH", program.parent().unwrap()).args(["install", "--agent", "claude"]);
    let ran = run(&mut command);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let settings = repository.path.join(".claude/settings.local.json");
    let settings: Value = serde_json::from_slice(&fs_err::read(settings).unwrap()).unwrap();
    let command = settings["hooks"]["Stop"][0]["hooks"][0]["command"].as_str().unwrap();
    assert!(command.contains("ünder/git-dos'"), "quoted: {command}");
    let ran = run(sandbox.command("sh", &repository.path).args(["-c", command]));
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "a shell runs {command}");
    assert_hook_runs(&sandbox, &repository.path, &repository.state(""));
    fs_err::remove_dir_all(repository.path.join(".git")).unwrap();
    fs_err::remove_dir_all(repository.path.join(".claude")).unwrap();
    repository.git(["init", "--quiet"]);
    installed(&repository, &["--agent", "claude"]);
    uninstalled(&repository);
    assert_same(&repository.path, &before, "byte for byte");
}

#[test]
fn a_folder_below_is_as_good_as_the_top() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write("deep/er/file", "");
    let before = snapshot(&repository.path);
    let ran = dos(&sandbox, &repository.path.join("deep/er"), &["install", "--agent", "claude"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(repository.path.join(".git/hooks/pre-push").exists(), "the repository's hooks");
    assert!(repository.path.join(".claude/settings.local.json").exists(), "at the top");
    assert!(!repository.path.join("deep/er/.claude").exists(), "not below");
    let ran = dos(&sandbox, &repository.path.join("deep"), &["uninstall"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_same(&repository.path, &before, "byte for byte");
}

#[test]
fn worktrees_share_the_hooks_old_and_new_ones() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.commit("docs: first");
    let (old, new) = (sandbox.path("old tree"), sandbox.path("new tree"));
    repository.git(["worktree", "add", "--quiet", "-b", "old", old.to_str().unwrap()]);
    let before = (snapshot(&repository.path), snapshot(&old));
    let ran = dos(&sandbox, &old, &["install", "--agent", "claude"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(repository.path.join(".git/hooks/pre-push").exists(), "in the common folder");
    assert!(old.join(".claude/settings.local.json").exists(), "where the agent works");
    let status = succeed(sandbox.command("git", &old).args(["status", "--short"]));
    assert_eq!(status.stdout, "", "git does not see it");
    let ran = uninstalled(&repository);
    assert!(ran.stdout.contains("old tree"), "from any worktree: {}", ran.stdout);
    assert_eq!((snapshot(&repository.path), snapshot(&old)), before, "byte for byte");

    installed(&repository, &[]);
    repository.git(["worktree", "add", "--quiet", "-b", "new", new.to_str().unwrap()]);
    assert_hook_runs(&sandbox, &new, &repository.state(""));
}

#[test]
fn a_submodule_is_a_repository_of_its_own() {
    let sandbox = Sandbox::new();
    let library = sandbox.repository("library");
    library.commit("docs: library");
    let repository = sandbox.repository("work");
    let url = library.path.to_str().unwrap();
    repository.git(["submodule", "--quiet", "add", url, "inner"]);
    let inner = repository.path.join("inner");
    let before = snapshot(&repository.path.join(".git/hooks"));
    let ran = dos(&sandbox, &inner, &["install"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(snapshot(&repository.path.join(".git/hooks")), before, "the outer one is untouched");
    assert!(repository.path.join(".git/modules/inner/hooks/pre-push").exists(), "the inner one");
    assert_hook_runs(&sandbox, &inner, &repository.path.join(".git/modules/inner/dos"));
}

#[test]
fn a_bare_repository_is_refused() {
    let sandbox = Sandbox::new();
    let bare = sandbox.bare("work.git");
    let before = snapshot(&bare);
    let ran = dos(&sandbox, &bare, &["install", "--agent", "claude"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stdout);
    assert!(ran.stderr.contains("bare"), "{}", ran.stderr);
    assert_same(&bare, &before, "nothing is written");
}

#[test]
fn a_git_folder_elsewhere_is_found() {
    let sandbox = Sandbox::new();
    let work = sandbox.path("work");
    let git_folder = sandbox.path("elsewhere.git");
    let option = format!("--separate-git-dir={}", git_folder.display());
    let init = ["init", "--quiet", &option, "work"];
    succeed(sandbox.command("git", &sandbox.path("")).args(init));
    let before = (snapshot(&work), snapshot(&git_folder));
    let ran = dos(&sandbox, &work, &["install", "--agent", "claude"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(git_folder.join("hooks/pre-push").exists(), "the hooks of that folder");
    let ran = dos(&sandbox, &work, &["uninstall"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!((snapshot(&work), snapshot(&git_folder)), before, "byte for byte");
}

#[test]
fn hooks_of_the_whole_machine_are_left_alone() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    write_program(&sandbox.path("home/hooks/pre-push"), "#!/bin/sh\nexit 0\n");
    repository.git(["config", "--global", "core.hooksPath", "~/hooks"]);
    sandbox.path_with_older_git();
    let before = snapshot(&sandbox.path(""));
    let ran = install(&repository, &["--agent", "none"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stdout);
    assert!(
        ran.stderr.contains("core.hooksPath") && ran.stderr.contains(".gitconfig"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("git config core.hooksPath '"), "what to do: {}", ran.stderr);
    assert_eq!(ran.stderr.matches("not done").count(), 1, "once for all hooks: {}", ran.stderr);
    assert_same(&sandbox.path(""), &before, "no byte anywhere");
}

#[test]
fn a_hooks_folder_among_the_tracked_files_is_not_written_to() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    write_program(&repository.path.join(".githooks/pre-push"), "#!/bin/sh\nexit 0\n");
    repository.git(["config", "core.hooksPath", ".githooks"]);
    write_program(&sandbox.path("bin/git"), "#!/bin/sh\necho git version 2.55.0\n");
    let before = snapshot(&repository.path);
    let ran = install(&repository, &[]);
    assert_eq!(ran.code, Some(2), "{}", ran.stdout);
    assert!(ran.stderr.contains("in .githooks/post-commit:"), "what to do: {}", ran.stderr);
    assert_same(&repository.path, &before, "nothing is written");
    let mut newer = sandbox.command(GIT_DOS, &repository.path);
    succeed(newer.env("PATH", sandbox.path("bin")).arg("install"));
    for event in EVENTS {
        let key = format!("hook.git-dos-{event}.event");
        assert_eq!(repository.git(["config", &key]), event, "newer git runs it from there");
    }
    uninstalled(&repository);
    assert_same(&repository.path, &before, "byte for byte");
}

#[test]
fn hooks_that_are_switched_off_stay_off() {
    for value in ["/dev/null", ""] {
        let sandbox = Sandbox::new();
        let repository = sandbox.repository("work");
        repository.git(["config", "core.hooksPath", value]);
        let before = snapshot(&repository.path);
        let ran = install(&repository, &[]);
        assert_eq!(ran.code, Some(2), "{}", ran.stdout);
        assert!(ran.stderr.contains("switched off"), "{}", ran.stderr);
        assert_same(&repository.path, &before, "nothing is written");
    }
}

#[test]
fn a_missing_hooks_folder_is_made_and_removed() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    fs_err::remove_dir_all(repository.path.join(".git/hooks")).unwrap();
    fs_err::remove_dir_all(repository.path.join(".git/info")).unwrap();
    let before = snapshot(&repository.path);
    installed(&repository, &["--agent", "claude"]);
    assert!(repository.path.join(".git/hooks/pre-push").exists(), "made");
    uninstalled(&repository);
    assert_same(&repository.path, &before, "and removed");
}

#[test]
fn a_hook_of_the_users_runs_behind_ours() {
    let sandbox = Sandbox::new();
    let remote = sandbox.bare("remote.git");
    let repository = sandbox.repository("work");
    repository.write("README.md", "one line\n");
    repository.commit("docs: begin the readme");
    let script = "#!/bin/sh\n{ printf '[%s]' \"$0\" \"$@\"; cat; } >seen\nexit 7\n";
    repository.hook("pre-push", script);
    let push = |name: &str| {
        let ran = repository.try_git(["push", "--quiet", remote.to_str().unwrap(), name]);
        let seen = fs_err::read_to_string(repository.path.join("seen")).unwrap_or_default();
        (ran.code, seen)
    };
    let (code, alone) = push("main:one");
    assert_ne!(code, Some(0), "the user's hook refuses");
    fs_err::remove_file(repository.path.join("seen")).unwrap();
    let before = snapshot(&repository.path);
    let ran = installed(&repository, &[]);
    assert!(ran.stdout.contains("pre-push.git-dos-prev"), "it is said: {}", ran.stdout);
    let (code, behind) = push("main:one");
    assert_ne!(code, Some(0), "and still does");
    let behind = behind.replace("pre-push.git-dos-prev", "pre-push");
    assert_eq!(behind, alone, "same arguments, same input");
    fs_err::remove_file(repository.path.join("seen")).unwrap();
    fs_err::remove_dir_all(repository.state("log")).ok();
    uninstalled(&repository);
    let mut after = snapshot(&repository.path);
    after.retain(|path, _| !path.starts_with(repository.state("")));
    assert_eq!(after, before, "back under its own name");
}

#[test]
fn a_hook_that_cannot_be_executed_stays_so() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.hook("post-rewrite", "#!/bin/sh\ntouch ran\n");
    let hook = repository.path.join(".git/hooks/post-rewrite");
    fs_err::set_permissions(&hook, std::fs::Permissions::from_mode(0o640)).unwrap();
    let before = snapshot(&repository.path);
    installed(&repository, &[]);
    let kept = repository.path.join(".git/hooks/post-rewrite.git-dos-prev");
    assert_eq!((mode(&kept), mode(&hook)), (0o640, 0o755), "its mode is kept, ours can run");
    uninstalled(&repository);
    assert_same(&repository.path, &before, "byte for byte");
    installed(&repository, &[]);
    assert_hook_runs(&sandbox, &repository.path, &repository.state(""));
    assert!(!repository.path.join("ran").exists(), "git would not have run it either");
}

#[test]
fn a_link_to_a_tracked_hook_is_renamed_and_still_leads_there() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    write_program(&repository.path.join("tools/post-rewrite"), "#!/bin/sh\ntouch ran\n");
    let link = repository.path.join(".git/hooks/post-rewrite");
    std::os::unix::fs::symlink("../../tools/post-rewrite", &link).unwrap();
    let before = snapshot(&repository.path);
    installed(&repository, &[]);
    let kept = repository.path.join(".git/hooks/post-rewrite.git-dos-prev");
    assert_eq!(
        fs_err::read_link(&kept).unwrap(),
        Path::new("../../tools/post-rewrite"),
        "the link"
    );
    assert!(!fs_err::symlink_metadata(&link).unwrap().is_symlink(), "our file in its place");
    let tracked = fs_err::read_to_string(repository.path.join("tools/post-rewrite")).unwrap();
    assert_eq!(tracked, "#!/bin/sh\ntouch ran\n", "the tracked file is untouched");
    uninstalled(&repository);
    assert_same(&repository.path, &before, "byte for byte");
    installed(&repository, &[]);
    assert_hook_runs(&sandbox, &repository.path, &repository.state(""));
    assert!(repository.path.join("ran").exists(), "and the user's hook ran behind it");
}

#[test]
fn a_hook_that_looks_at_its_own_name_is_not_moved() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.hook("pre-push", "#!/bin/sh\nexec \"tools/$(basename \"$0\")\" \"$@\"\n");
    let before = snapshot(&repository.path.join(".git/hooks"));
    let ran = installed(&repository, &[]);
    assert!(
        ran.stderr.contains("its own name") && ran.stderr.contains("lines=$(cat)"),
        "{}",
        ran.stderr
    );
    let after = snapshot(&repository.path.join(".git/hooks"));
    assert!(before.iter().all(|(path, found)| after.get(path) == Some(found)), "untouched");
    assert!(repository.path.join(".git/hooks/post-commit").exists(), "the other hooks are done");
}

#[test]
fn a_managers_hook_is_not_moved_and_the_recipe_is_printed() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    for event in EVENTS {
        repository.hook(event, "#!/bin/sh\ncall_lefthook run \"pre-push\" \"$@\"\n");
    }
    let before = snapshot(&repository.path);
    let ran = install(&repository, &[]);
    assert_eq!(ran.code, Some(2), "no part succeeded");
    assert!(
        ran.stderr.contains("lefthook.yml") && ran.stderr.contains("use_stdin"),
        "{}",
        ran.stderr
    );
    assert_same(&repository.path, &before, "nothing is written");
}

#[test]
fn a_second_name_that_is_taken_is_not_overwritten() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.hook("pre-push.git-dos-prev", "#!/bin/sh\nexit 1\n");
    let ran = installed(&repository, &[]);
    assert!(ran.stderr.contains("pre-push.git-dos-prev"), "it is said: {}", ran.stderr);
    assert!(!repository.path.join(".git/hooks/pre-push").exists(), "it would be run by ours");
}

#[test]
fn newer_git_gets_hooks_from_its_configuration_where_files_are_taken() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.hook("pre-push", "#!/bin/sh\nexit 0\n");
    write_program(&sandbox.path("bin/git"), "#!/bin/sh\necho git version 2.55.0\n");
    let before = snapshot(&repository.path);
    let dos = |arguments: &[&str]| {
        let mut command = sandbox.command(GIT_DOS, &repository.path);
        succeed(command.env("PATH", sandbox.path("bin")).args(arguments))
    };
    let ran = dos(&["install"]);
    assert!(ran.stdout.contains(".git/config"), "{}", ran.stdout);
    let command = repository.git(["config", "hook.git-dos-pre-push.command"]);
    assert!(command.ends_with("done; :") && command.contains(GIT_DOS), "{command}");
    assert_eq!(repository.git(["config", "hook.git-dos-pre-push.event"]), "pre-push");
    assert!(repository.path.join(".git/hooks/post-commit").exists(), "free places get files");
    let hook = fs_err::read_to_string(repository.path.join(".git/hooks/pre-push")).unwrap();
    assert_eq!(hook, "#!/bin/sh\nexit 0\n", "theirs is untouched");
    let again = dos(&["install"]);
    assert!(again.stdout.contains("Nothing to do."), "{}", again.stdout);

    fs_err::remove_file(repository.path.join(".git/hooks/pre-push")).unwrap();
    installed(&repository, &[]);
    let config = fs_err::read_to_string(repository.path.join(".git/config")).unwrap();
    assert!(!config.contains("git-dos"), "an older git gets a file, and only that: {config}");
    uninstalled(&repository);
    repository.hook("pre-push", "#!/bin/sh\nexit 0\n");
    assert_same(&repository.path, &before, "byte for byte");
}

#[test]
fn claude_code_is_wired_when_it_is_there() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    fs_err::create_dir(sandbox.path("home/.claude")).unwrap();
    let before = (snapshot(&repository.path), snapshot(&sandbox.path("home")));
    installed(&repository, &[]);
    let path = repository.path.join(".claude/settings.local.json");
    let settings: Value = serde_json::from_slice(&fs_err::read(&path).unwrap()).unwrap();
    for (event, timeout) in [("SessionStart", 5), ("Stop", 20)] {
        let hook = &settings["hooks"][event][0]["hooks"][0];
        assert_eq!(hook["timeout"], timeout, "{event}");
        assert_eq!(hook["command"], format!("{GIT_DOS} hook agent"), "{event}");
    }
    assert_eq!(repository.git(["status", "--short"]), "", "git ignores it");
    uninstalled(&repository);
    let after = (snapshot(&repository.path), snapshot(&sandbox.path("home")));
    assert_eq!(after, before, "byte for byte, at home as well");
    installed(&repository, &["--agent", "none"]);
    assert!(!path.exists(), "not when it is not wanted");
}

#[test]
fn settings_with_a_comment_are_left_alone_and_the_rest_is_done() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write(".claude/settings.local.json", "{\n  // mine\n}\n");
    let path = repository.path.join(".claude/settings.local.json");
    let times = || fs_err::metadata(&path).unwrap().modified().unwrap();
    let before = times();
    let ran = installed(&repository, &["--agent", "claude"]);
    assert!(ran.stderr.contains("comment at line 2"), "{}", ran.stderr);
    assert!(ran.stderr.contains("\"SessionStart\""), "what to paste: {}", ran.stderr);
    assert_eq!(times(), before, "not touched");
    assert!(repository.path.join(".git/hooks/pre-push").exists(), "the hooks are there");
}

#[test]
fn shared_settings_have_no_path_and_need_a_yes() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    let shared = ["--agent", "claude", "--scope", "shared"];
    let before = snapshot(&repository.path);
    let ran = install(&repository, &shared);
    assert_eq!(ran.code, Some(2), "nobody can be asked");
    assert!(ran.stderr.contains("--yes"), "{}", ran.stderr);
    assert_same(&repository.path, &before, "nothing is written");
    installed(&repository, &[&shared[..], &["--yes"]].concat());
    let text = fs_err::read_to_string(repository.path.join(".claude/settings.json")).unwrap();
    assert!(text.contains("command -v git-dos") && !text.contains(GIT_DOS), "{text}");
    let ran = installed(&repository, &["--agent", "claude"]);
    assert!(
        !repository.path.join(".claude/settings.local.json").exists(),
        "not twice: {}",
        ran.stdout
    );
    uninstalled(&repository);
    assert_same(&repository.path, &before, "byte for byte");
}

#[test]
fn settings_at_home_serve_every_repository_and_outlive_one() {
    let sandbox = Sandbox::new();
    let (one, two) = (sandbox.repository("one"), sandbox.repository("two"));
    fs_err::create_dir(sandbox.path("home/.claude")).unwrap();
    fs_err::write(sandbox.path("home/.claude/settings.json"), "{\"model\":\"x\"}").unwrap();
    let before = snapshot(&sandbox.path("home"));
    for repository in [&one, &two] {
        installed(repository, &["--scope", "user", "--yes"]);
        assert!(repository.state("install.json").exists(), "each is marked as installed");
    }
    uninstalled(&one);
    let text = fs_err::read_to_string(sandbox.path("home/.claude/settings.json")).unwrap();
    assert!(text.contains("git-dos"), "still used: {text}");
    let ran = dos(&sandbox, &two.path, &["uninstall", "--user"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_same(&sandbox.path("home"), &before, "byte for byte");
}

#[test]
fn nothing_is_written_when_all_is_as_it_should_be() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    installed(&repository, &["--agent", "claude", "--mode", "advise"]);
    assert_eq!(repository.git(["config", "dos.mode"]), "advise");
    let times = || {
        let paths = snapshot(&repository.path).into_keys();
        paths
            .map(|path| fs_err::symlink_metadata(path).unwrap().modified().unwrap())
            .collect::<Vec<_>>()
    };
    let before = times();
    let ran = installed(&repository, &["--agent", "claude", "--mode", "advise"]);
    assert!(ran.stdout.contains("Nothing to do."), "{}", ran.stdout);
    assert_eq!(install(&repository, &["--check"]).code, Some(0), "nothing to change");
    assert_eq!(times(), before, "no file was touched");
    let ran = install(&repository, &["--check", "--mode", "gate"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "something to change, not changed");
    assert_eq!(times(), before, "still");
}

#[test]
fn a_dry_run_is_a_diff_and_json_is_an_object() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write(".claude/settings.local.json", "{\n\t\"model\": \"x\"\n}\n");
    let before = snapshot(&repository.path);
    let ran = installed(&repository, &["--agent", "claude", "--dry-run"]);
    assert!(ran.stdout.contains("+\t\"hooks\": {"), "{}", ran.stdout);
    let ran = installed(&repository, &["--agent", "claude", "--dry-run", "--format", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["schema"], "git-dos/install/1");
    assert_eq!(report["parts"][0]["outcome"], "written", "{report}");
    assert_same(&repository.path, &before, "nothing is written");
}

#[test]
fn hooks_can_be_chosen_and_others_of_ours_go() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    let hooks = |repository: &Repository<'_>| {
        let there = |event: &&str| repository.path.join(".git/hooks").join(event).exists();
        ["pre-push", "post-commit", "post-rewrite", "commit-msg"].into_iter().filter(there).count()
    };
    installed(&repository, &["--events", "pre-push,commit-msg"]);
    assert_eq!(hooks(&repository), 2, "those two");
    installed(&repository, &[]);
    assert_eq!(hooks(&repository), 4, "the usual ones and those that are there");
    installed(&repository, &["--events", "pre-push"]);
    assert_eq!(hooks(&repository), 1, "exactly that one");
    installed(&repository, &["--git", "none"]);
    assert_eq!(hooks(&repository), 0, "none at all");
    let ran = install(&repository, &["--events", "pre-merge-commit"]);
    assert_eq!(ran.code, Some(2), "one that we take no part in");
}

#[test]
fn eight_at_once_leave_what_one_leaves() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.hook("pre-push", "#!/bin/sh\nexit 0\n");
    let before = snapshot(&repository.path);
    std::thread::scope(|scope| {
        let runs: Vec<_> =
            (0..8).map(|_| scope.spawn(|| install(&repository, &["--agent", "claude"]))).collect();
        for ran in runs {
            let ran = ran.join().unwrap();
            assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        }
    });
    let path = repository.path.join(".claude/settings.local.json");
    let text = fs_err::read_to_string(path).unwrap();
    assert_eq!(text.matches("hook agent").count(), 8, "one for each event: {text}");
    uninstalled(&repository);
    assert_same(&repository.path, &before, "the user's hook is not lost");
}

#[test]
fn a_kill_in_the_middle_of_a_write_is_repaired() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.hook("post-commit", "#!/bin/sh\nexit 0\n");
    let filler = "x".repeat(40_000);
    repository
        .write(".claude/settings.local.json", format!("{{\n  \"filler\": \"{filler}\"\n}}\n"));
    let before = snapshot(&repository.path);
    // The kernel kills who writes a file beyond the limit: here while the new settings are written.
    let script = format!("ulimit -c 0; ulimit -f 32; exec '{GIT_DOS}' install --agent claude");
    let ran = run(sandbox.command("bash", &repository.path).args(["-c", &script]));
    assert_eq!(ran.code, None, "killed by a signal: {}", ran.stderr);
    let path = repository.path.join(".claude/settings.local.json");
    let settings = fs_err::read(&path).unwrap();
    assert_eq!(settings, before[&path].1, "the settings are the old ones, never half");
    let receipt = fs_err::read_to_string(repository.state("install.json")).unwrap();
    assert!(receipt.contains("\"pending\""), "the receipt knows: {receipt}");
    let killed = snapshot(&repository.path);
    installed(&repository, &["--agent", "claude"]);
    uninstalled(&repository);
    assert_same(&repository.path, &before, "repaired, and out again");

    let again = run(sandbox.command("bash", &repository.path).args(["-c", &script]));
    assert_eq!(again.code, None, "killed once more");
    assert_eq!(snapshot(&repository.path).len(), killed.len(), "at the same place");
    uninstalled(&repository);
    assert_same(&repository.path, &before, "out again at once");
}

#[test]
fn a_lost_or_damaged_receipt_leaves_the_signatures() {
    for damage in [None, Some("{\"half")] {
        let sandbox = Sandbox::new();
        let repository = sandbox.repository("work");
        repository.hook("pre-push", "#!/bin/sh\nexit 0\n");
        repository.write(".claude/settings.local.json", "{\"a\":1}\n");
        let before = snapshot(&repository.path);
        installed(&repository, &["--agent", "claude"]);
        match damage {
            None => fs_err::remove_file(repository.state("install.json")).unwrap(),
            Some(text) => fs_err::write(repository.state("install.json"), text).unwrap(),
        }
        let ran = uninstalled(&repository);
        assert!(ran.stdout.contains("no receipt"), "it is said: {}", ran.stdout);
        assert_same(&repository.path, &before, "all the same");

        installed(&repository, &["--agent", "claude"]);
        fs_err::remove_file(repository.state("install.json")).unwrap();
        installed(&repository, &["--agent", "claude"]);
        uninstalled(&repository);
        assert_same(&repository.path, &before, "or after installing once more");
    }
}

#[test]
fn what_changed_since_stays_and_what_was_edited_is_told() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    installed(&repository, &["--agent", "claude"]);
    let settings = repository.path.join(".claude/settings.local.json");
    let text = fs_err::read_to_string(&settings).unwrap();
    fs_err::write(&settings, text.replacen('{', "{\n  \"model\": \"x\",", 1)).unwrap();
    let hook = repository.path.join(".git/hooks/post-commit");
    let text = fs_err::read_to_string(&hook).unwrap() + "echo mine\n";
    fs_err::write(&hook, &text).unwrap();
    let ran = dos(&sandbox, &repository.path, &["uninstall"]);
    assert_eq!(ran.code, Some(1), "something is left: {}", ran.stdout);
    assert!(ran.stdout.contains("post-commit: left there"), "{}", ran.stdout);
    let settings = fs_err::read_to_string(&settings).unwrap();
    assert!(settings.contains("model") && !settings.contains("git-dos"), "{settings}");
    assert_eq!(fs_err::read_to_string(&hook).unwrap(), text, "the edited hook is untouched");
    let ran = install(&repository, &[]);
    assert!(ran.stderr.contains("--force"), "{}", ran.stderr);
    installed(&repository, &["--force"]);
    assert!(!fs_err::read_to_string(&hook).unwrap().contains("mine"), "written over on request");
    uninstalled(&repository);
}

#[test]
fn records_stay_unless_they_are_purged() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    installed(&repository, &[]);
    assert_hook_runs(&sandbox, &repository.path, &repository.state(""));
    let ran = uninstalled(&repository);
    assert!(ran.stdout.contains("--purge"), "{}", ran.stdout);
    assert!(repository.state("rewrites.jsonl").exists(), "kept");
    let ran = dos(&sandbox, &repository.path, &["uninstall", "--purge"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(!repository.state("").exists(), "gone");
}

#[test]
fn the_manual_is_the_users_and_goes_with_the_last_repository() {
    let sandbox = Sandbox::new();
    let (one, two) = (sandbox.repository("one"), sandbox.repository("two"));
    let home = sandbox.path("home");
    let page = home.join(".local/share/man/man1/git-dos.1");
    let before = snapshot(&home);
    let ran = installed(&one, &[]);
    assert!(ran.stdout.contains("git-dos.1"), "{}", ran.stdout);
    assert!(fs_err::read_to_string(&page).unwrap().contains("git-dos"), "a page for man");
    let receipt = home.join(".local/state/git-dos/install.json");
    let written = fs_err::metadata(&receipt).unwrap().modified().unwrap();
    assert!(installed(&one, &[]).stdout.contains("Nothing to do."), "once");
    assert_eq!(fs_err::metadata(&receipt).unwrap().modified().unwrap(), written, "not touched");
    installed(&two, &[]);
    uninstalled(&one);
    assert!(page.exists(), "the other repository has git-dos");
    uninstalled(&two);
    assert_same(&home, &before, "with the last one all is as it was");

    crate::support::write_program(&page, "theirs");
    let before = snapshot(&home);
    let ran = installed(&one, &[]);
    assert!(ran.stderr.contains("git-dos did not write"), "{}", ran.stderr);
    uninstalled(&one);
    assert_same(&home, &before, "a page of somebody else's is left alone");
}

#[test]
fn a_repository_that_was_deleted_does_not_hold_the_manual() {
    let sandbox = Sandbox::new();
    let (one, two) = (sandbox.repository("one"), sandbox.repository("two"));
    let before = snapshot(&sandbox.path("home"));
    installed(&one, &[]);
    installed(&two, &[]);
    fs_err::remove_dir_all(&one.path).unwrap();
    uninstalled(&two);
    assert_same(&sandbox.path("home"), &before, "it is not waited for");
}

#[test]
fn local_settings_that_are_tracked_get_no_path() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write(".claude/settings.local.json", "{}\n");
    repository.commit("docs: settings");
    installed(&repository, &["--agent", "claude"]);
    let text = fs_err::read_to_string(repository.path.join(".claude/settings.local.json")).unwrap();
    assert!(text.contains("command -v git-dos") && !text.contains(GIT_DOS), "{text}");
    let exclude = fs_err::read_to_string(repository.path.join(".git/info/exclude")).unwrap();
    assert!(!exclude.contains("claude"), "there is nothing to ignore: {exclude}");
}

#[test]
fn settings_that_came_to_be_shared_take_the_place_of_local_ones() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    installed(&repository, &["--agent", "claude"]);
    let local = repository.path.join(".claude/settings.local.json");
    let text = fs_err::read_to_string(&local).unwrap();
    let shared = text.replace(&format!("{GIT_DOS} hook agent"), "git-dos hook agent");
    repository.write(".claude/settings.json", &shared);
    let ran = installed(&repository, &["--agent", "claude"]);
    assert!(!local.exists(), "Claude Code would run both: {}", ran.stdout);
    assert!(installed(&repository, &[]).stdout.contains("Nothing to do."), "and so it stays");
    uninstalled(&repository);
    let left = fs_err::read_to_string(repository.path.join(".claude/settings.json")).unwrap();
    assert_eq!(left, shared, "what everybody shares is not ours to take out");
}
