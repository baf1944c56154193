//! Which commits are judged, and against what.

use super::{Answer, answer, assert_refused, audit, audit_input, begun, forged, honest};
use crate::support::{GIT_DOS, Repository, Sandbox, run, succeed};

/// A repository with the commits one, two (forged) and three after the first.
fn line_of_commits(sandbox: &Sandbox) -> (Repository<'_>, [String; 4]) {
    let repository = begun(sandbox, "work");
    let zero = repository.head();
    let one = honest(&repository, "one", "feat: one");
    let two = forged(&repository, "fix: crash in two");
    let three = honest(&repository, "three", "feat: three");
    (repository, [zero, one, two, three])
}

/// Adds a bare remote called `name` and pushes `revision` to its main branch.
fn push_to(repository: &Repository<'_>, name: &str, revision: &str) {
    let remote = repository.sandbox.bare(&format!("{name}.git"));
    repository.git(["remote", "add", name, remote.to_str().unwrap()]);
    repository.git(["push", "--quiet", name, &format!("{revision}:refs/heads/main")]);
}

#[test]
fn exit_codes_follow_the_verdicts() {
    let sandbox = Sandbox::new();
    let (repository, [_, one, two, _]) = line_of_commits(&sandbox);
    assert_eq!(audit(&repository, [&one]).code, Some(0), "witnessed");
    assert_eq!(audit(&repository, [&two]).code, Some(1), "refuted");
    assert_refused(&audit(&repository, ["no-such-branch"]), &["no-such-branch"]);
    repository.write("README.md", "A parser.\n");
    let doubted = repository.commit("feat: parse hexadecimal numbers");
    let row = answer(&repository, [&doubted]);
    assert_eq!((row.code, row.row().verdict.as_str()), (Some(0), "WARN"), "doubted");
}

#[test]
fn one_revision_is_one_commit() {
    let sandbox = Sandbox::new();
    let (repository, ids) = line_of_commits(&sandbox);
    for (revision, wanted) in
        [("HEAD", 3), ("@", 3), ("HEAD~1", 2), ("main^^", 1), (":/feat: one", 1), (&ids[0], 0)]
    {
        assert_eq!(answer(&repository, [revision]).row().id, ids[wanted], "{revision}");
    }
}

#[test]
fn ranges_are_those_of_git() {
    let sandbox = Sandbox::new();
    let (repository, [zero, one, _, _]) = line_of_commits(&sandbox);
    repository.git(["checkout", "--quiet", "-b", "side", &one]);
    honest(&repository, "side", "feat: side");
    for range in [
        "main~2..main".to_owned(),
        format!("{zero}..main"),
        "main..side".to_owned(),
        "side..main".to_owned(),
        "main...side".to_owned(),
        "main~1..".to_owned(),
        "..main".to_owned(),
        "main..main".to_owned(),
        "side...".to_owned(),
    ] {
        let listed = repository.git(["rev-list", &range]);
        let mut wanted: Vec<&str> = listed.lines().collect();
        let judged = answer(&repository, [&range]);
        let mut got: Vec<&str> = judged.rows.iter().map(|row| row.id.as_str()).collect();
        wanted.sort_unstable();
        got.sort_unstable();
        assert_eq!(got, wanted, "{range}");
    }
}

#[test]
fn newest_commits_come_first() {
    let sandbox = Sandbox::new();
    let (repository, ids) = line_of_commits(&sandbox);
    let judged = answer(&repository, ["HEAD~3..HEAD"]);
    let got: Vec<&str> = judged.rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(got, [&ids[3], &ids[2], &ids[1]], "as git log shows them");
}

#[test]
fn without_a_range_what_the_push_target_lacks() {
    let sandbox = Sandbox::new();
    let (repository, _) = line_of_commits(&sandbox);
    push_to(&repository, "origin", "main~3");
    push_to(&repository, "fork", "main~1");
    repository.git(["branch", "--quiet", "--set-upstream-to=origin/main"]);
    repository.git(["config", "remote.pushDefault", "fork"]);
    repository.git(["config", "push.default", "current"]);
    assert_eq!(repository.git(["rev-parse", "--abbrev-ref", "@{push}"]), "fork/main");
    let judged = answer(&repository, []);
    assert_eq!(judged.subjects(), ["feat: three"], "{}", judged.range);
    assert_eq!(judged.code, Some(0));
}

#[test]
fn without_a_push_target_what_the_upstream_lacks() {
    let sandbox = Sandbox::new();
    let (repository, _) = line_of_commits(&sandbox);
    push_to(&repository, "origin", "main~2");
    repository.git(["checkout", "--quiet", "-b", "topic"]);
    repository.git(["branch", "--quiet", "--set-upstream-to=origin/main"]);
    assert_ne!(repository.try_git(["rev-parse", "@{push}"]).code, Some(0), "simple has no target");
    let judged = answer(&repository, []);
    assert_eq!(judged.subjects(), ["feat: three", "fix: crash in two"], "{}", judged.range);
    assert_eq!(judged.code, Some(1));
}

#[test]
fn without_an_upstream_what_no_remote_has() {
    let sandbox = Sandbox::new();
    let (repository, _) = line_of_commits(&sandbox);
    push_to(&repository, "origin", "main~3");
    push_to(&repository, "fork", "main~2");
    repository.git(["checkout", "--quiet", "-b", "topic"]);
    let judged = answer(&repository, []);
    assert_eq!(judged.subjects(), ["feat: three", "fix: crash in two"], "{}", judged.range);
    repository.git(["config", "remote.pushDefault", "fork"]);
    repository.git(["config", "push.default", "current"]);
    let judged = answer(&repository, []);
    assert_eq!(judged.rows.len(), 2, "the branch was never pushed: {}", judged.range);
    repository.git(["checkout", "--quiet", "--detach"]);
    assert_eq!(answer(&repository, []).rows.len(), 2, "a detached HEAD has no upstream either");
}

#[test]
fn without_a_remote_the_newest_commit() {
    let sandbox = Sandbox::new();
    let (repository, [.., three]) = line_of_commits(&sandbox);
    assert_eq!(answer(&repository, []).row().id, three);
}

#[test]
fn when_all_is_pushed_there_is_nothing_to_do() {
    let sandbox = Sandbox::new();
    let (repository, _) = line_of_commits(&sandbox);
    push_to(&repository, "origin", "main");
    repository.git(["branch", "--quiet", "--set-upstream-to=origin/main"]);
    let judged = answer(&repository, []);
    assert_eq!((judged.code, judged.rows.len()), (Some(0), 0));
    let ran = audit(&repository, []);
    assert!(ran.stdout.contains("0 commits"), "it says so: {ran:?}");
}

#[test]
fn all_is_what_any_reference_reaches() {
    let sandbox = Sandbox::new();
    let (repository, _) = line_of_commits(&sandbox);
    repository.git(["checkout", "--quiet", "-b", "side", "main~3"]);
    honest(&repository, "side", "feat: side");
    repository.git(["checkout", "--quiet", "--detach"]);
    honest(&repository, "tagged", "feat: tagged");
    repository.git(["tag", "-m", "v1", "v1"]);
    repository.git(["checkout", "--quiet", "main"]);
    let listed = repository.git(["rev-list", "--all"]);
    let mut wanted: Vec<&str> = listed.lines().collect();
    let judged = answer(&repository, ["--all"]);
    let mut got: Vec<&str> = judged.rows.iter().map(|row| row.id.as_str()).collect();
    wanted.sort_unstable();
    got.sort_unstable();
    assert_eq!(got, wanted);
    assert_eq!(judged.code, Some(1), "one of them is forged");
}

#[test]
fn commits_are_read_from_standard_input() {
    let sandbox = Sandbox::new();
    let (repository, [zero, _, two, three]) = line_of_commits(&sandbox);
    let listed = format!("{three}\n{two}\n{zero}\n");
    let ran = audit_input(&repository, ["--format", "json", "--stdin"], &listed);
    let judged = Answer::read(&ran);
    let got: Vec<&str> = judged.rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(got, [&three, &two, &zero], "in the order that was asked");
    assert_eq!(judged.code, Some(1));
    let ran = audit_input(&repository, ["--stdin"], &format!("{three}\r\n{zero}"));
    assert_eq!(ran.code, Some(0), "other line ends, and none at the end: {ran:?}");
    let ran = audit_input(&repository, ["--stdin"], "");
    assert_eq!(ran.code, Some(0), "no commits, nothing to do");
}

#[test]
fn a_line_that_is_no_commit_ends_the_audit() {
    let sandbox = Sandbox::new();
    let (repository, [zero, ..]) = line_of_commits(&sandbox);
    let tree = repository.git(["rev-parse", "HEAD^{tree}"]);
    let unknown = "1".repeat(40);
    for bad in ["no commit at all", &unknown, &tree, "HEAD~99", "--all", "a\u{1b}[31mred"] {
        let ran = audit_input(&repository, ["--stdin"], &format!("{zero}\n{bad}\n"));
        assert_refused(&ran, &["line 2"]);
        assert!(!ran.stderr.contains('\u{1b}'), "shown harmlessly: {}", ran.stderr);
    }
}

#[test]
fn a_merge_is_compared_with_its_first_parent() {
    let sandbox = Sandbox::new();
    let (repository, _) = line_of_commits(&sandbox);
    repository.git(["checkout", "--quiet", "-b", "side", "main~3"]);
    honest(&repository, "side", "feat: side");
    repository.git(["checkout", "--quiet", "main"]);
    repository.git(["merge", "--quiet", "--no-ff", "-m", "feat: take side in", "side"]);
    let judged = answer(&repository, ["HEAD"]);
    assert_eq!(judged.row().files, ["src/side.rs"], "what the merge brings to main");
    assert_eq!(judged.row().verdict, "OK");
    repository.git(["checkout", "--quiet", "-b", "other", "HEAD~1"]);
    honest(&repository, "other", "feat: other");
    repository.git(["merge", "--quiet", "-s", "ours", "-m", "feat: take side in", "side"]);
    let judged = answer(&repository, ["HEAD"]);
    assert_eq!(judged.row().verdict, "ABSTAIN", "all was resolved for this side: {judged:?}");
    repository.git(["merge", "--quiet", "-s", "ours", "-m", "Merge branch 'main'", "main"]);
    let judged = answer(&repository, ["HEAD"]);
    assert_eq!(judged.row().verdict, "ABSTAIN", "git's own words claim nothing");
}

#[test]
fn a_merge_of_three_branches_is_judged() {
    let sandbox = Sandbox::new();
    let (repository, _) = line_of_commits(&sandbox);
    for side in ["left", "right"] {
        repository.git(["checkout", "--quiet", "-b", side, "main~3"]);
        honest(&repository, side, &format!("feat: {side}"));
    }
    repository.git(["checkout", "--quiet", "main"]);
    repository.git(["merge", "--quiet", "-m", "Merge branches", "left", "right"]);
    let judged = answer(&repository, ["HEAD"]);
    assert_eq!(judged.code, Some(0), "{:?}", judged.row());
}

#[test]
fn a_root_is_compared_with_the_empty_tree() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "work");
    let judged = answer(&repository, ["HEAD"]);
    assert_eq!((judged.row().verdict.as_str(), judged.row().files.len()), ("OK", 1));
    let empty = sandbox.repository("empty");
    forged(&empty, "feat: write a parser");
    assert_eq!(answer(&empty, ["HEAD"]).row().rule, "empty", "an empty root");
}

#[test]
fn a_rename_is_no_removal() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "work");
    let text = (0..40).fold(String::new(), |text, line| text + &format!("let v{line} = {line};\n"));
    repository.write("src/lexer.rs", &text);
    repository.commit("feat: lexer");
    repository.git(["mv", "src/lexer.rs", "src/scanner.rs"]);
    repository.write("src/scanner.rs", text.replace("let v7 = 7;\n", "let v7 = 8;\n"));
    repository.commit("Rename lexer to scanner");
    let judged = answer(&repository, ["HEAD"]);
    assert_eq!(judged.row().verdict, "OK", "{:?}", judged.row());
    repository.git(["mv", "src/scanner.rs", "src/reader.rs"]);
    repository.commit("Delete scanner.rs");
    let judged = answer(&repository, ["HEAD"]);
    assert_eq!(judged.row().verdict, "OK", "the name is gone: {:?}", judged.row());
}

#[test]
fn an_annotated_tag_stands_for_its_commit() {
    let sandbox = Sandbox::new();
    let (repository, [.., two, _]) = line_of_commits(&sandbox);
    repository.git(["tag", "-m", "a tag", "v1", &two]);
    repository.git(["tag", "-m", "a tag of a tag", "v1-again", "v1"]);
    for tag in ["v1", "v1-again", "refs/tags/v1"] {
        assert_eq!(answer(&repository, [tag]).row().id, two, "{tag}");
    }
    assert_eq!(answer(&repository, ["v1..main"]).subjects(), ["feat: three"]);
    let listed = repository.git(["rev-parse", "v1"]);
    let ran = audit_input(&repository, ["--format", "json", "--stdin"], &listed);
    assert_eq!(Answer::read(&ran).row().id, two, "and so on standard input");
}

#[test]
fn a_branch_may_be_called_like_a_folder() {
    let sandbox = Sandbox::new();
    let (repository, [.., two, _]) = line_of_commits(&sandbox);
    repository.git(["branch", "src", &two]);
    assert_eq!(answer(&repository, ["src"]).row().id, two);
    assert_eq!(answer(&repository, ["src..main"]).rows.len(), 1);
}

#[test]
fn any_folder_of_any_worktree_will_do() {
    let sandbox = Sandbox::new();
    let (repository, [.., two, three]) = line_of_commits(&sandbox);
    let inside = repository.path.join("src");
    let ran = run(sandbox.command(GIT_DOS, &inside).args(["audit", "--format", "json"]));
    assert_eq!(Answer::read(&ran).row().id, three, "from a folder of the worktree");
    let linked = sandbox.path("linked");
    repository.git(["worktree", "add", "--quiet", linked.to_str().unwrap(), &two]);
    let ran = run(sandbox.command(GIT_DOS, &linked).args(["audit", "--format", "json"]));
    assert_eq!(Answer::read(&ran).row().id, two, "HEAD is that of the linked worktree");
    let bare = sandbox.bare("bare.git");
    repository.git(["push", "--quiet", bare.to_str().unwrap(), "main"]);
    let ran = run(sandbox.command(GIT_DOS, &bare).args(["audit", "--format", "json"]));
    assert_eq!(Answer::read(&ran).row().id, three, "a bare repository has a HEAD");
    succeed(sandbox.command(GIT_DOS, &repository.path.join(".git")).arg("audit"));
}

#[test]
fn a_repository_with_long_ids_is_judged() {
    let sandbox = Sandbox::new();
    let path = sandbox.path("long");
    fs_err::create_dir(&path).unwrap();
    succeed(sandbox.command("git", &path).args(["init", "--quiet", "--object-format=sha256"]));
    let repository = Repository { sandbox: &sandbox, path };
    let one = honest(&repository, "one", "feat: one");
    let two = forged(&repository, "fix: crash in one");
    assert_eq!(two.len(), 64);
    let judged = answer(&repository, ["--all"]);
    let got: Vec<&str> = judged.rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!((got, judged.code), (vec![two.as_str(), one.as_str()], Some(1)));
}

#[test]
fn replaced_and_grafted_history_is_not_followed() {
    let sandbox = Sandbox::new();
    let (repository, [_, one, two, _]) = line_of_commits(&sandbox);
    repository.git(["replace", &two, &one]);
    let judged = answer(&repository, [&two]);
    assert_eq!(judged.row().rule, "empty", "what was committed counts: {:?}", judged.row());
}

/// Commits of the made-up history.
const LAST: i64 = 150;

/// A stream for `git fast-import` of so many commits that walks ask the commit-graph: every third is a merge, and
/// times run backwards at times.
fn tangled_history() -> String {
    let commit = |mark: i64| {
        let time = 1_700_000_000 + mark * 60 - if mark % 7 == 0 { 500 } else { 0 };
        let from = if mark > 1 {
            format!("from :{}\n", (mark - 1 - mark % 2).max(1))
        } else {
            String::new()
        };
        let merge = if mark > 6 && mark % 3 == 0 {
            format!("merge :{}\n", mark - 5)
        } else {
            String::new()
        };
        format!(
            "commit refs/heads/c{mark}\nmark :{mark}\ncommitter A <a@example.invalid> {time} +0000\n\
             data 2\nc\n{from}{merge}M 644 inline f{mark}\ndata 2\nx\n\n"
        )
    };
    (1..=LAST).map(commit).collect()
}

#[test]
fn tangled_histories_are_walked_as_git_walks_them() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "work");
    let stream = sandbox.path("stream");
    fs_err::write(&stream, tangled_history()).unwrap();
    succeed(
        repository
            .command("sh")
            .args(["-c", "git fast-import --quiet < \"$1\"", "sh"])
            .arg(&stream),
    );
    let mut compared = 0;
    for graph in [false, true] {
        if graph {
            repository.git(["commit-graph", "write", "--reachable"]);
        }
        let some = (1..=LAST).step_by(5);
        for (from, to) in
            some.flat_map(|from| [(from, LAST), (from, LAST - 1), (LAST, from), (17, from)])
        {
            let range = format!("c{from}..c{to}");
            let listed = repository.git(["rev-list", &range]);
            let mut wanted: Vec<&str> = listed.lines().collect();
            let judged = answer(&repository, [&range]);
            let mut got: Vec<&str> = judged.rows.iter().map(|row| row.id.as_str()).collect();
            wanted.sort_unstable();
            got.sort_unstable();
            assert_eq!(got, wanted, "{range}, commit-graph: {graph}");
            compared += wanted.len();
        }
    }
    assert!(compared > 500, "the ranges hold commits: {compared}");
}
