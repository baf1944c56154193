//! The installed git hooks at run time: what git sees of them, and what the user's own hooks see.

use std::path::{Path, PathBuf};

use git_dos_git_hooks::shim;

use crate::coalesce::archive;
use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run, run_with_input, write_program};

/// A hook of the user's that writes its arguments and its input to the file `previous` at the top of
/// the worktree, and ends with `code`.
fn recorder(code: u8) -> String {
    format!("#!/bin/sh\n{{ printf '[%s]' \"$@\"; echo; cat; }} >>previous\nexit {code}\n")
}

/// Puts the shim for `event` in place, as installing does, for the program at `program`.
fn install(repository: &Repository<'_>, event: &str, program: &Path) {
    repository.hook(event, &shim::render(event, program));
}

/// Puts `text` where the shim for `event` looks for the hook that was there before.
fn chain(repository: &Repository<'_>, event: &str, text: &str) {
    repository.hook(&format!("{event}{}", shim::CHAINED_SUFFIX), text);
}

/// A repository with one honest commit and a bare remote called `origin`, which has nothing yet.
fn with_remote(sandbox: &Sandbox) -> Repository<'_> {
    let remote = sandbox.bare("remote.git");
    let repository = sandbox.repository("work");
    repository.write("README.md", "one line\n");
    repository.commit("docs: begin the readme");
    repository.git(["remote", "add", "origin", remote.to_str().unwrap()]);
    repository
}

fn push(repository: &Repository<'_>) -> Ran {
    repository.try_git(["push", "--quiet", "origin", "main"])
}

/// What the user's own hook wrote down.
fn previous(repository: &Repository<'_>) -> String {
    fs_err::read_to_string(repository.path.join("previous")).unwrap_or_default()
}

fn gone() -> PathBuf {
    PathBuf::from("/nowhere/git-dos")
}

/// The line that git writes to pre-push for a new branch.
fn new_branch_line(repository: &Repository<'_>) -> String {
    format!("refs/heads/main {} refs/heads/main {}\n", repository.head(), "0".repeat(40))
}

#[test]
fn a_missing_program_is_silent_and_the_users_hook_runs_with_its_input() {
    let sandbox = Sandbox::new();
    let repository = with_remote(&sandbox);
    install(&repository, "pre-push", &gone());
    let ran = push(&repository);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "no program, no word");

    chain(&repository, "pre-push", &recorder(0));
    repository.git(["update-ref", "-d", "refs/remotes/origin/main"]);
    repository.git(["push", "--quiet", "origin", "main:other"]);
    assert!(previous(&repository).contains(&repository.head()), "the user's hook got git's lines");
    chain(&repository, "pre-push", &recorder(5));
    assert_ne!(
        repository.try_git(["push", "origin", "main:third"]).code,
        Some(0),
        "the user's hook may still refuse"
    );
}

#[test]
fn the_users_hook_gets_the_same_bytes_arguments_and_folder_through_us() {
    let sandbox = Sandbox::new();
    let repository = with_remote(&sandbox);
    install(&repository, "pre-push", Path::new(GIT_DOS));
    chain(&repository, "pre-push", &recorder(0));
    let ran = push(&repository);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "all is well, so nothing is said");
    let url = sandbox.path("remote.git");
    let want = format!("[origin][{}]\n{}", url.display(), new_branch_line(&repository));
    assert_eq!(previous(&repository), want, "as if nobody stood in between");
}

#[test]
fn the_exit_code_of_the_users_hook_is_passed_on() {
    let sandbox = Sandbox::new();
    let repository = with_remote(&sandbox);
    for code in [0, 1, 2, 77] {
        let hook = sandbox.path(format!("hook-{code}"));
        write_program(&hook, &recorder(code));
        for event in ["pre-push", "post-rewrite", "post-commit", "commit-msg", "update"] {
            let words = ["hook", "git", event, "--chain", hook.to_str().unwrap(), "--", "x"];
            let ran = run_with_input(repository.command(GIT_DOS).args(words), b"");
            assert_eq!(
                ran.code,
                Some(i32::from(code)),
                "{event} with a hook that ends with {code}"
            );
        }
    }
}

#[test]
fn a_hook_that_cannot_be_run_is_never_skipped_in_silence() {
    let sandbox = Sandbox::new();
    let repository = with_remote(&sandbox);
    let words = ["hook", "git", "pre-push", "--chain", "/nowhere/hook", "--", "origin", "url"];
    let ran = run_with_input(repository.command(GIT_DOS).args(words), b"");
    assert_eq!(ran.code, Some(1), "somebody relies on that check");
    assert!(ran.stderr.contains("/nowhere/hook"), "it is named: {}", ran.stderr);
}

#[test]
fn a_stale_recorded_path_falls_back_to_the_search_path() {
    let sandbox = Sandbox::new();
    let repository = with_remote(&sandbox);
    let folder = sandbox.path("bin with space");
    fs_err::create_dir(&folder).unwrap();
    fs_err::hard_link(GIT_DOS, folder.join("git-dos"))
        .or_else(|_| fs_err::copy(GIT_DOS, folder.join("git-dos")).map(drop))
        .unwrap();
    install(&repository, "pre-push", &gone());
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let ran = run(repository.command("git").env("PATH", path).args(["push", "origin", "main"]));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(repository.journal("pushed.jsonl").len(), 1, "our part ran");
}

#[test]
fn a_bare_environment_finds_the_recorded_path() {
    let sandbox = Sandbox::new();
    let repository = with_remote(&sandbox);
    install(&repository, "pre-push", Path::new(GIT_DOS));
    let mut git = repository.command("git");
    git.env_clear().env("PATH", "/usr/bin:/bin").args(["push", "--quiet", "origin", "main"]);
    let ran = run(&mut git);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (Some(0), ""),
        "neither HOME nor our folder in PATH"
    );
    assert_eq!(repository.journal("pushed.jsonl").len(), 1, "our part ran");
}

#[test]
fn a_broken_program_lets_a_push_pass_unless_a_users_hook_would_be_skipped() {
    let sandbox = Sandbox::new();
    let repository = with_remote(&sandbox);
    let broken = sandbox.path("broken");
    install(&repository, "pre-push", &broken);
    for (number, (how, refused_alone)) in [
        ("kill -9 $$", false),
        ("exit 101", false),
        ("exit 2", false),
        ("exit 127", false),
        ("exit 1", true),
    ]
    .into_iter()
    .enumerate()
    {
        write_program(&broken, &format!("#!/bin/sh\n{how}\n"));
        let previous_hook = repository.path.join(".git/hooks/pre-push.git-dos-prev");
        fs_err::remove_file(&previous_hook).ok();
        let target = format!("main:alone-{number}");
        let ran = repository.try_git(["push", "--quiet", "origin", &target]);
        assert_eq!(ran.code != Some(0), refused_alone, "{how}, with no hook of the user's");
        chain(&repository, "pre-push", &recorder(0));
        let target = format!("main:chained-{number}");
        let ran = repository.try_git(["push", "--quiet", "origin", &target]);
        assert_ne!(ran.code, Some(0), "{how}, with a hook of the user's that did not run");
        assert_eq!(previous(&repository), "", "{how}: it did not run");
    }
}

#[test]
fn no_verify_runs_nobody() {
    let sandbox = Sandbox::new();
    let repository = with_remote(&sandbox);
    install(&repository, "pre-push", Path::new(GIT_DOS));
    chain(&repository, "pre-push", &recorder(1));
    repository.git(["push", "--quiet", "--no-verify", "origin", "main"]);
    assert_eq!(previous(&repository), "", "git asked nobody");
}

#[test]
fn the_switch_turns_us_off_and_leaves_the_users_hook_on() {
    let sandbox = Sandbox::new();
    let repository = with_remote(&sandbox);
    install(&repository, "pre-push", Path::new(GIT_DOS));
    chain(&repository, "pre-push", &recorder(0));
    let mut git = repository.command("git");
    git.env("GIT_DOS_HOOKS", "0").args(["push", "--quiet", "origin", "main"]);
    assert_eq!(run(&mut git).code, Some(0), "the push goes through");
    assert!(previous(&repository).ends_with(&new_branch_line(&repository)), "it got git's lines");
    assert!(!repository.state("").exists(), "we did nothing");

    let hook = repository.path.join(".git/hooks/pre-push.git-dos-prev");
    let words = ["hook", "git", "pre-push", "--chain", hook.to_str().unwrap(), "--", "again"];
    let mut command = repository.command(GIT_DOS);
    run_with_input(command.env("GIT_DOS_HOOKS", "0").args(words), b"input\n");
    assert!(previous(&repository).ends_with("[again]\ninput\n"), "the program honours it as well");
    assert!(!repository.state("").exists(), "and does nothing");
}

#[test]
fn what_we_do_not_know_is_logged_and_harms_nobody() {
    let sandbox = Sandbox::new();
    let repository = with_remote(&sandbox);
    for (number, words) in [
        vec!["hook", "git", "no-such-hook", "--", "x"],
        vec!["hook", "git", "pre-push", "--from-the-future", "--", "origin", "url"],
        vec!["hook", "git"],
        vec!["hook", "git", "post-rewrite", "--"],
    ]
    .into_iter()
    .enumerate()
    {
        let ran =
            run_with_input(repository.command(GIT_DOS).args(&words), b"not a line of git's\n");
        assert_eq!(
            (ran.code, ran.stderr.as_str(), ran.stdout.as_str()),
            (Some(0), "", ""),
            "{words:?}"
        );
        let faults = repository.journal("log/hook-errors.jsonl");
        assert_eq!(faults.len(), number + 1, "{words:?} is written down once");
    }
    for words in [vec!["hook"], vec!["hook", "svn"], vec!["hook", "--help"]] {
        let ran = run(repository.command(GIT_DOS).args(&words));
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{words:?} is no usage error");
    }
}

#[test]
fn outside_a_repository_nothing_is_said_and_nothing_written() {
    let sandbox = Sandbox::new();
    let folder = sandbox.path("empty");
    fs_err::create_dir(&folder).unwrap();
    for event in ["pre-push", "post-commit", "post-rewrite", "commit-msg", "nonsense"] {
        let mut command = sandbox.command(GIT_DOS, &folder);
        let ran = run_with_input(command.args(["hook", "git", event, "--"]), b"");
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{event}");
    }
    assert_eq!(fs_err::read_dir(&folder).unwrap().count(), 0, "no file appears");
}

#[test]
fn closed_and_full_streams_harm_nobody() {
    let sandbox = Sandbox::new();
    let repository = with_remote(&sandbox);
    repository.hook("pre-push.git-dos-prev", "#!/bin/sh\nexit 0\n");
    for redirection in ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", "</dev/null", ">/dev/full 2>&1"] {
        for tail in ["-- origin url", "--chain .git/hooks/pre-push.git-dos-prev -- origin url"] {
            let line = format!("'{GIT_DOS}' hook git pre-push {tail} {redirection}");
            let ran = run(repository.command("sh").args(["-c", &line]));
            assert_eq!(ran.code, Some(0), "{line}");
        }
    }
}

#[test]
fn input_over_the_limit_still_reaches_the_users_hook_whole() {
    let sandbox = Sandbox::new();
    let repository = with_remote(&sandbox);
    let hook = sandbox.path("count");
    write_program(&hook, "#!/bin/sh\nwc -c >count\n");
    let words =
        ["hook", "git", "pre-push", "--chain", hook.to_str().unwrap(), "--", "origin", "url"];
    let much = vec![b'x'; 9 * 1024 * 1024 + 1];
    let ran = run_with_input(repository.command(GIT_DOS).args(words), &much);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let count = fs_err::read_to_string(repository.path.join("count")).unwrap();
    assert_eq!(count.trim(), much.len().to_string(), "every byte arrives");
}

/// Makes `count` commits that each add a line to a file of their own.
fn commits(repository: &Repository<'_>, count: usize) {
    for number in 0..count {
        repository.write(&format!("notes/{number}.md"), "a line\n");
        repository.commit(&format!("docs: add note {number}"));
    }
}

#[test]
fn a_long_rebase_is_recorded_once_and_completely() {
    let sandbox = Sandbox::new();
    let repository = with_remote(&sandbox);
    for event in ["post-commit", "post-rewrite"] {
        install(&repository, event, Path::new(GIT_DOS));
    }
    repository.git(["branch", "base"]);
    commits(&repository, 100);
    let list = ["rev-list", "--reverse", "base..main"];
    let old = repository.git(list);
    repository.git(["checkout", "--quiet", "base"]);
    repository.write("other.md", "a line\n");
    repository.commit("docs: add another page");
    repository.git(["rebase", "--quiet", "base", "main"]);
    let new = repository.git(list);
    let pairs: Vec<(String, String)> = repository
        .journal("rewrites.jsonl")
        .iter()
        .map(|record| {
            assert_eq!(record["kind"], "rebase", "git says what it was");
            (record["old"].as_str().unwrap().into(), record["new"].as_str().unwrap().into())
        })
        .collect();
    let want: Vec<(String, String)> =
        old.lines().map(String::from).zip(new.lines().map(String::from)).collect();
    assert_eq!(want.len(), 100, "the rebase moved them all");
    assert_eq!(pairs, want, "every commit is mapped to what it became, in order");
    assert!(!repository.state("log").exists(), "nothing went wrong on the way");
}

#[test]
fn amend_reword_and_squash_are_recorded() {
    let sandbox = Sandbox::new();
    let repository = with_remote(&sandbox);
    install(&repository, "post-rewrite", Path::new(GIT_DOS));
    let before = repository.head();
    repository.git(["commit", "--quiet", "--amend", "--message", "docs: start the readme"]);
    let after = repository.head();
    let records = repository.journal("rewrites.jsonl");
    assert_eq!(records.len(), 1, "one commit was replaced");
    assert_eq!(records[0]["kind"], "amend");
    assert_eq!(
        (records[0]["old"].as_str(), records[0]["new"].as_str()),
        (Some(&*before), Some(&*after))
    );

    commits(&repository, 2);
    repository.write("notes/0.md", "another line\n");
    repository.git(["add", "--all"]);
    repository.git(["commit", "--quiet", "--fixup", "HEAD~1"]);
    let fixup = repository.head();
    repository.git([
        "-c",
        "sequence.editor=:",
        "rebase",
        "--quiet",
        "-i",
        "--autosquash",
        "HEAD~3",
    ]);
    let melted = repository.git(["rev-parse", "HEAD~1"]);
    let records = repository.journal("rewrites.jsonl");
    let became = |old: &str| {
        records.iter().find(|record| record["old"] == *old && record["kind"] == "rebase").unwrap()
            ["new"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(became(&fixup), melted, "the fixup became the commit that it fixes");
}

#[test]
fn our_own_git_calls_do_not_enter_the_hooks_again() {
    let sandbox = Sandbox::new();
    let repository = with_remote(&sandbox);
    for event in ["pre-push", "post-commit", "post-rewrite"] {
        install(&repository, event, Path::new(GIT_DOS));
    }
    chain(&repository, "pre-push", &recorder(0));
    let inside = |arguments: &[&str]| {
        let mut git = repository.command("git");
        run(git.env("DOS_HOOK_DEPTH", "1").args(arguments))
    };
    inside(&["commit", "--quiet", "--amend", "--message", "docs: start the readme"]);
    assert_eq!(inside(&["push", "--quiet", "origin", "main"]).code, Some(0));
    assert!(!repository.state("").exists(), "no part of ours ran");
    assert!(previous(&repository).contains(&repository.head()), "the user's hook did");
}

#[test]
fn commits_of_paths_and_in_linked_worktrees_work_as_ever() {
    let sandbox = Sandbox::new();
    let repository = with_remote(&sandbox);
    for event in ["post-commit", "post-rewrite", "pre-push", "commit-msg"] {
        install(&repository, event, Path::new(GIT_DOS));
    }
    repository.write("a.md", "a line\n");
    repository.write("b.md", "a line\n");
    repository.git(["add", "--all"]);
    let ran =
        repository.try_git(["commit", "--quiet", "--message", "docs: add page a", "--", "a.md"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "a commit of one path");
    assert_eq!(repository.git(["status", "--porcelain"]), "A  b.md", "the index is as git left it");

    let linked = sandbox.path("linked");
    repository.git(["worktree", "add", "--quiet", "-b", "side", linked.to_str().unwrap()]);
    fs_err::write(linked.join("c.md"), "a line\n").unwrap();
    let git = |arguments: &[&str]| run(sandbox.command("git", &linked).args(arguments));
    git(&["add", "--all"]);
    let ran = git(&["commit", "--quiet", "--message", "docs: add page c"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "a commit in a linked worktree");
    git(&["commit", "--quiet", "--amend", "--message", "docs: add the page c"]);
    assert_eq!(repository.journal("rewrites.jsonl").len(), 1, "the state is shared");
    assert!(!linked.join(".git/dos").exists(), "and kept in one place");
    assert_eq!(git(&["push", "--quiet", "origin", "side"]).code, Some(0), "a push from there");
}

#[test]
fn commands_that_stop_half_way_work_as_ever() {
    let sandbox = Sandbox::new();
    let repository = with_remote(&sandbox);
    for event in ["post-commit", "post-rewrite", "commit-msg"] {
        install(&repository, event, Path::new(GIT_DOS));
    }
    repository.git(["checkout", "--quiet", "-b", "side"]);
    repository.write("README.md", "their line\n");
    let theirs = repository.commit("docs: say it their way");
    repository.git(["checkout", "--quiet", "main"]);
    repository.write("README.md", "our line\n");
    let ours = repository.commit("docs: say it our way");

    for (command, go_on) in [
        (["merge", "side"], ["commit", "--no-edit"]),
        (["cherry-pick", "side"], ["cherry-pick", "--continue"]),
        (["rebase", "side"], ["rebase", "--continue"]),
    ] {
        assert_ne!(repository.try_git(command).code, Some(0), "{command:?} stops at the conflict");
        repository.write("README.md", format!("both lines by {}\n", command[0]));
        repository.git(["add", "--all"]);
        let ran = repository.try_git(go_on);
        assert_eq!(ran.code, Some(0), "{go_on:?}: {}", ran.stderr);
        repository.git(["reset", "--quiet", "--hard", &ours]);
    }
    repository.git(["revert", "--no-edit", "HEAD"]);
    let patch = sandbox.path("patch");
    let text = repository.git(["format-patch", "--stdout", "-1", &theirs]);
    fs_err::write(&patch, text + "\n").unwrap();
    repository.git(["am", "--quiet", patch.to_str().unwrap()]);
    assert_eq!(repository.git(["rev-list", "--count", "HEAD"]), "4", "each made its own commit");
    assert!(!repository.state("log").exists(), "nothing went wrong on the way");
}

/// Commits nothing under a subject that claims a repair; returns the commit's id.
fn forged(repository: &Repository<'_>, what: &str) -> String {
    repository.commit(&format!("fix: stop the crash in {what}"))
}

/// A repository whose pushes to `origin` are audited, with everything pushed so far.
fn audited(sandbox: &Sandbox) -> Repository<'_> {
    let repository = with_remote(sandbox);
    repository.git(["push", "--quiet", "origin", "main"]);
    install(&repository, "pre-push", Path::new(GIT_DOS));
    repository
}

/// Pushes with the words of `arguments` and returns what came of it.
fn push_words(repository: &Repository<'_>, arguments: &str) -> Ran {
    let mut git = repository.command("git");
    run(git.args(["push", "--quiet"]).args(arguments.split_whitespace()))
}

/// The lines of standard error that are ours.
fn our_lines(ran: &Ran) -> Vec<&str> {
    ran.stderr.lines().filter(|line| line.starts_with("git-dos: ")).collect()
}

#[test]
fn a_claim_without_a_change_is_refused_and_named_once() {
    let sandbox = Sandbox::new();
    let repository = audited(&sandbox);
    commits(&repository, 1);
    let id = forged(&repository, "the parser");
    let ran = push_words(&repository, "origin main");
    assert_ne!(ran.code, Some(0), "the push is refused");
    let lines = our_lines(&ran);
    assert_eq!(lines.len(), 2, "one line for the commit, one that says what to do: {}", ran.stderr);
    assert!(lines[0].contains(&id[..10]), "the commit is named: {}", lines[0]);
    assert!(lines[0].contains("\"fix: stop the crash in the parser\""), "so is its claim");
    assert!(
        lines[1].contains("git commit --amend") && lines[1].contains("--no-verify"),
        "{}",
        lines[1]
    );
    assert!(!repository.state("pushed.jsonl").exists(), "what was refused was not offered");
    let found = repository.journal("log/findings.jsonl");
    assert_eq!((found.len(), found[0]["commit"].as_str()), (1, Some(&*id)), "it is written down");

    assert_ne!(push_words(&repository, "origin main").code, Some(0), "and again the next time");
    repository.write(
        "docs/guide.md",
        "a line
",
    );
    repository.git(["add", "--all"]);
    repository.git(["commit", "--quiet", "--amend", "--message", "docs: add a guide"]);
    let ran = push_words(&repository, "origin main");
    assert_eq!(
        (ran.code, &*ran.stderr),
        (Some(0), ""),
        "an honest subject goes through in silence"
    );
}

#[test]
fn the_modes_decide_what_is_said_and_what_is_refused() {
    let sandbox = Sandbox::new();
    let repository = audited(&sandbox);
    forged(&repository, "the parser");
    for (settings, speaks, refuses) in [
        ([("dos.mode", "observe"), ("dos.audit", "true")], false, false),
        ([("dos.mode", "advise"), ("dos.audit", "true")], true, false),
        ([("dos.mode", "gate"), ("dos.audit", "true")], true, true),
        ([("dos.mode", "GATE"), ("dos.audit", "yes")], true, true),
        ([("dos.mode", "gaet"), ("dos.audit", "true")], true, false),
        ([("dos.mode", "gate"), ("dos.audit", "false")], false, false),
    ] {
        for (key, value) in settings {
            repository.git(["config", key, value]);
        }
        let ran = push_words(&repository, "--dry-run origin main");
        assert_eq!(!our_lines(&ran).is_empty(), speaks, "{settings:?}: {}", ran.stderr);
        assert_eq!(ran.code != Some(0), refuses, "{settings:?}");
    }
    let found = repository.journal("log/findings.jsonl").len();
    assert_eq!(found, 5, "what is found is written down in every mode");
}

#[test]
fn only_what_the_push_sends_is_judged() {
    let sandbox = Sandbox::new();
    let repository = audited(&sandbox);
    let bad = forged(&repository, "the parser");
    repository.git(["branch", "bad"]);
    repository.git(["tag", "--annotate", "--message", "a tag", "bad-tag"]);
    repository.git(["reset", "--quiet", "--hard", "HEAD~1"]);
    repository.git(["tag", "old"]);
    repository.git(["tag", "--annotate", "--message", "a tag", "old-annotated"]);
    let tree = repository.git(["rev-parse", "HEAD^{tree}"]);
    repository.git(["tag", "a-tree", &tree]);
    commits(&repository, 2);
    repository.git(["branch", "side"]);
    for (words, refused, why) in [
        ("origin main", false, "honest commits"),
        ("origin main", false, "nothing to send, and no input"),
        ("origin side:refs/heads/side", false, "a new branch of what is there"),
        ("origin old old-annotated a-tree", false, "tags of old commits, and of a tree"),
        ("--dry-run origin bad", true, "a new branch with a forged commit, only tried"),
        ("origin main bad", true, "one of two refs is forged"),
        ("origin bad-tag", true, "an annotated tag of a forged commit"),
        ("origin HEAD:refs/heads/x bad~1:refs/heads/y", false, "expressions"),
        (
            "--force origin bad-tag:refs/tags/old-annotated",
            true,
            "a tag that moves to a forged commit",
        ),
        ("--force origin old:refs/tags/old-annotated", false, "a tag that moves to an old commit"),
        ("--delete origin side", false, "a deletion"),
        ("origin :x :y", false, "deletions, the old way"),
        ("--force origin bad:main", true, "a forced push that goes back and aside"),
        ("--no-verify origin bad", false, "the user has the last word"),
        ("--force origin bad:main", false, "what is there already is not sent"),
        ("--force origin main", false, "a forced push back"),
    ] {
        let ran = push_words(&repository, words);
        assert_eq!(ran.code != Some(0), refused, "push {words}: {why}: {}", ran.stderr);
        assert_eq!(ran.stderr.contains(&bad[..10]), refused, "push {words}: the commit is named");
        let ours = our_lines(&ran).len();
        assert_eq!(ours, if refused { 2 } else { 0 }, "push {words}: named once: {}", ran.stderr);
    }
}

#[test]
fn what_others_published_is_not_ours_to_answer_for() {
    let sandbox = Sandbox::new();
    let repository = audited(&sandbox);
    let theirs = sandbox.repository("theirs");
    let remote = sandbox.path("remote.git");
    theirs.git(["pull", "--quiet", remote.to_str().unwrap(), "main"]);
    forged(&theirs, "the lexer");
    theirs.git(["push", "--quiet", remote.to_str().unwrap(), "HEAD:main"]);

    repository.git(["checkout", "--quiet", "-b", "topic"]);
    commits(&repository, 1);
    assert_eq!(push_words(&repository, "origin topic").code, Some(0));
    repository.git(["fetch", "--quiet", "origin"]);
    repository.git(["merge", "--quiet", "--no-edit", "origin/main"]);
    let ran = push_words(&repository, "origin topic");
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "their commit is on the remote already");

    sandbox.bare("fork.git");
    repository.git(["remote", "add", "fork", sandbox.path("fork.git").to_str().unwrap()]);
    let ran = push_words(&repository, "fork topic");
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "a remote without branches of its own");
}

#[test]
fn a_push_to_a_url_is_judged_by_what_was_offered_before() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    let url = sandbox.bare("remote.git").display().to_string();
    install(&repository, "pre-push", Path::new(GIT_DOS));
    commits(&repository, 2);
    assert_eq!(push_words(&repository, &format!("{url} main")).code, Some(0), "honest commits");
    let records = repository.journal("pushed.jsonl");
    assert_eq!(records.len(), 1, "a URL leaves no tracking branch, so it is written down");
    assert_eq!(records[0]["id"].as_str(), Some(&*repository.head()));
    forged(&repository, "the parser");
    let ran = push_words(&repository, &format!("{url} main:other"));
    assert_ne!(ran.code, Some(0), "a new branch on the URL");
    assert_eq!(our_lines(&ran).len(), 2, "only the new commit is judged: {}", ran.stderr);
    assert_ne!(
        push_words(&repository, &format!("{url} main:other")).code,
        Some(0),
        "nor by asking twice"
    );
    push_words(&repository, &format!("--no-verify {url} main"));
    assert_eq!(repository.journal("pushed.jsonl").len(), 1, "nobody told us of that push");
}

#[test]
fn a_forced_push_over_a_commit_that_is_not_here_is_judged() {
    let sandbox = Sandbox::new();
    let repository = audited(&sandbox);
    let theirs = sandbox.repository("theirs");
    let remote = sandbox.path("remote.git").display().to_string();
    theirs.git(["pull", "--quiet", &remote, "main"]);
    commits(&theirs, 1);
    theirs.git(["push", "--quiet", &remote, "HEAD:main"]);

    forged(&repository, "the parser");
    let ran = push_words(&repository, "--force origin main");
    assert_ne!(ran.code, Some(0), "what the remote has is unknown, what we have is not");
    assert_eq!(our_lines(&ran).len(), 2, "only our own commit is judged: {}", ran.stderr);
}

#[test]
fn many_findings_take_ten_lines() {
    let sandbox = Sandbox::new();
    let repository = audited(&sandbox);
    for number in 0..10 {
        forged(&repository, &format!("part {number}"));
    }
    let ran = push_words(&repository, "origin main");
    assert_eq!(our_lines(&ran).len(), 11, "ten commits, and what to do: {}", ran.stderr);
    forged(&repository, "one more part");
    let ran = push_words(&repository, "origin main");
    let lines = our_lines(&ran);
    assert_eq!(lines.len(), 11, "never more: {}", ran.stderr);
    assert!(lines[9].contains("2 more"), "the rest is counted: {}", lines[9]);
}

#[test]
fn hostile_subjects_are_shown_harmlessly() {
    let sandbox = Sandbox::new();
    let repository = audited(&sandbox);
    repository.commit("fix: the \u{1b}[31mcrash\u{202e} in the parser");
    let ran = push_words(&repository, "origin main");
    assert!(ran.stderr.contains("\\u{1b}[31m") && !ran.stderr.contains('\u{1b}'), "{}", ran.stderr);
    assert!(!ran.stderr.contains('\u{202e}'), "{}", ran.stderr);
}

#[test]
fn what_cannot_be_found_out_refuses_nothing() {
    let sandbox = Sandbox::new();
    let repository = audited(&sandbox);
    forged(&repository, "the parser");
    repository.write("dos.toml", "[audit]\nlevls = 1\n");
    let ran = push_words(&repository, "--dry-run origin main");
    assert_eq!(ran.code, Some(0), "our failure is not the user's");
    let lines = our_lines(&ran);
    assert_eq!(lines.len(), 1, "but it is said: {}", ran.stderr);
    assert!(
        lines[0].contains("could not be audited") && lines[0].contains("dos.toml"),
        "{}",
        lines[0]
    );
    assert_eq!(repository.journal("log/hook-errors.jsonl").len(), 1, "and written down");

    let shallow = sandbox.path("shallow");
    let url = format!("file://{}", sandbox.path("remote.git").display());
    repository.git(["clone", "--quiet", "--depth", "1", &url, shallow.to_str().unwrap()]);
    let shallow = Repository { sandbox: &sandbox, path: shallow };
    install(&shallow, "pre-push", Path::new(GIT_DOS));
    commits(&shallow, 1);
    let ran = push_words(&shallow, "origin HEAD:refs/heads/shallow");
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "what is sent lies above the boundary");
    let empty = sandbox.bare("empty.git").display().to_string();
    shallow.git(["update-ref", "-d", "refs/remotes/origin/main"]);
    shallow.git(["update-ref", "-d", "refs/remotes/origin/HEAD"]);
    shallow.git(["update-ref", "-d", "refs/remotes/origin/shallow"]);
    fs_err::remove_file(shallow.state("pushed.jsonl")).unwrap();
    let ran = push_words(&shallow, &format!("--dry-run {empty} HEAD:refs/heads/all"));
    assert_eq!(ran.code, Some(0), "the boundary itself cannot be judged");
    assert!(our_lines(&ran)[0].contains("could not be audited"), "which is said: {}", ran.stderr);
}

#[test]
fn a_message_is_judged_against_the_index() {
    let sandbox = Sandbox::new();
    let repository = with_remote(&sandbox);
    install(&repository, "commit-msg", Path::new(GIT_DOS));
    let commit = |words: &[&str]| {
        let mut git = repository.command("git");
        run(git.args(["commit", "--quiet"]).args(words))
    };
    repository.write("src/parser.rs", "pub fn parse() -> u32 {\n    1\n}\n");
    repository.git(["add", "--all"]);
    let ran = commit(&["-m", "fix: stop the crash in parse"]);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "an honest message");
    let ran = commit(&["--amend", "-m", "fix: stop the parser's crash in parse"]);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "an honest amend that changes words alone");

    // A message that fits what an amend of HEAD would hold passes: git does not say which of the two it makes.
    repository.git(["commit", "--quiet", "--no-verify", "--allow-empty", "-m", "release: 1.0"]);
    let lie = ["--allow-empty", "-m", "fix: stop the crash in the lexer"];
    let ran = commit(&lie);
    assert_ne!(ran.code, Some(0), "an empty commit that claims a repair");
    assert_eq!(our_lines(&ran).len(), 2, "what is wrong and what to do: {}", ran.stderr);
    assert!(our_lines(&ran)[0].contains("\"fix: stop the crash in the lexer\""), "{}", ran.stderr);
    for (words, why) in [
        (&["--allow-empty", "--fixup", "HEAD"][..], "a commit that a rebase will melt"),
        (&["--allow-empty", "--no-verify", "-m", "fix: stop the crash"], "the user's last word"),
    ] {
        assert_eq!(commit(words).code, Some(0), "{why}");
    }
    repository.git(["config", "dos.mode", "advise"]);
    let ran = commit(&lie);
    assert_eq!(
        (ran.code, our_lines(&ran).len()),
        (Some(0), 1),
        "advice refuses nothing: {}",
        ran.stderr
    );
    repository.git(["config", "dos.mode", "observe"]);
    let ran = commit(&lie);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "an observer says nothing");
}

#[test]
fn a_message_is_judged_against_the_paths_that_are_committed() {
    let sandbox = Sandbox::new();
    let repository = with_remote(&sandbox);
    install(&repository, "commit-msg", Path::new(GIT_DOS));
    repository.write("src/parser.rs", "pub fn parse() -> u32 {\n    1\n}\n");
    repository.write("notes.md", "a line\n");
    repository.git(["add", "--all"]);
    let ran =
        repository.try_git(["commit", "-m", "fix: stop the crash in parse", "--", "notes.md"]);
    assert_eq!(our_lines(&ran).len(), 1, "this commit's index has only the notes: {}", ran.stderr);
    repository.git(["reset", "--quiet", "--soft", "HEAD~1"]);
    let ran = repository.try_git(["commit", "-m", "fix: stop the crash in parse", "--", "src"]);
    assert_eq!(our_lines(&ran).len(), 0, "and here it has the source: {}", ran.stderr);
}

#[test]
fn archives_fold_neither_in_a_rebase_nor_for_an_observer() {
    let sandbox = Sandbox::new();
    let repository = with_remote(&sandbox);
    let archived =
        |number| archive(&repository, number, "verdict=DRAIN, nothing left [cause:empty]");
    let count = || repository.git(["rev-list", "--count", "main"]);
    for number in 1..=3 {
        archived(number);
    }
    assert_eq!(count(), "4", "without the hook nothing folds");
    repository.git(["checkout", "--quiet", "-b", "base", "HEAD~3"]);
    repository.write("notes.md", "a line\n");
    repository.commit("docs: add notes");
    install(&repository, "post-commit", Path::new(GIT_DOS));
    repository.git(["rebase", "--quiet", "base", "main"]);
    assert_eq!(count(), "5", "a rebase replays every archive");
    repository.git(["config", "dos.mode", "observe"]);
    archived(4);
    assert_eq!(count(), "6", "an observer changes nothing");
    repository.git(["config", "--unset", "dos.mode"]);
    archived(5);
    assert_eq!(count(), "6", "otherwise it folds");
    assert!(!repository.state("log").exists(), "nothing went wrong on the way");
}
