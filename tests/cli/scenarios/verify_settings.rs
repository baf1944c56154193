//! Settings, variables, hooks and clocks, none of which may change an answer.

use super::{Checked, Scene, Story, code, expect, not_shipped, play, shipped};
use crate::support::{GIT_DOS, Sandbox, run, run_with_input};

#[test]
fn settings_of_git_change_nothing() {
    let sandbox = Sandbox::new();
    let story = Story::new(&sandbox, "work");
    let id = story.ship();
    story.other("neighbour");
    let settings = [
        ("color.ui", "always"),
        ("log.decorate", "short"),
        ("log.showRoot", "false"),
        ("log.showSignature", "true"),
        ("log.follow", "true"),
        ("log.date", "relative"),
        ("log.mailmap", "true"),
        ("log.diffMerges", "on"),
        ("log.excludeDecoration", "refs/heads/*"),
        ("format.pretty", "%s"),
        ("core.abbrev", "4"),
        ("core.quotePath", "true"),
        ("core.pager", "false"),
        ("core.commitGraph", "false"),
        ("diff.renames", "false"),
        ("diff.external", "/bin/false"),
        ("diff.noprefix", "true"),
        ("diff.ignoreSubmodules", "all"),
        ("i18n.logOutputEncoding", "UTF-16"),
        ("i18n.commitEncoding", "ISO-8859-1"),
        ("core.attributesFile", "/dev/zero/none"),
        ("alias.log", "!false"),
        ("advice.graftFileDeprecated", "true"),
        ("transfer.hideRefs", "refs/heads"),
        ("core.useReplaceRefs", "true"),
        ("trailer.separators", "#"),
        ("core.commentChar", "A"),
        ("grep.patternType", "perl"),
    ];
    for (key, value) in settings {
        story.repository.git(["config", key, value]);
        assert_eq!(shipped(&story.asked(), &id), Ok(()), "with {key} = {value}");
    }
}

#[test]
fn variables_change_nothing() {
    let sandbox = Sandbox::new();
    let story = Story::new(&sandbox, "work");
    let id = story.ship();
    let other = Story::new(&sandbox, "other");
    other.commit("BILL: BILL1 — pay", &[("src/pay.rs", &code("pay"))]);
    let at = |name: &str| other.repository.path.join(name).display().to_string();
    let variables = [
        ("GIT_DIR", at(".git")),
        ("GIT_WORK_TREE", at("")),
        ("GIT_INDEX_FILE", at(".git/index")),
        ("GIT_COMMON_DIR", at(".git")),
        ("GIT_OBJECT_DIRECTORY", at(".git/objects")),
        ("GIT_ALTERNATE_OBJECT_DIRECTORIES", at(".git/objects")),
        ("GIT_NAMESPACE", "other".to_owned()),
        ("GIT_REPLACE_REF_BASE", "refs/heads/".to_owned()),
        ("GIT_GRAFT_FILE", at("README.md")),
        ("GIT_CEILING_DIRECTORIES", at("")),
        ("GIT_PAGER", "false".to_owned()),
        ("GIT_EXTERNAL_DIFF", "false".to_owned()),
        ("GIT_TRACE", "1".to_owned()),
        ("GIT_LITERAL_PATHSPECS", "1".to_owned()),
        ("LC_ALL", "tr_TR.UTF-8".to_owned()),
        ("COLUMNS", "1".to_owned()),
    ];
    for (key, value) in variables {
        let ask = |plan: &str, phase: &str| {
            let mut command = story.repository.command(GIT_DOS);
            run(command.args(["verify", "-C", ".", plan, phase]).env(key, &value))
        };
        assert_eq!(shipped(&ask("AUTH", "AUTH1"), &id), Ok(()), "with {key}={value}");
        let ran = ask("BILL", "BILL1");
        assert_eq!(not_shipped(&ran, &[]), Ok(()), "with {key}={value}");
    }
}

#[test]
fn hooks_and_clocks_change_nothing() {
    let scenes: &[Scene] = &[
        ("in post-commit", |s| asked_in_hook(s, "post-commit")),
        ("in pre-commit of the next commit", |s| asked_in_hook(s, "pre-commit")),
        ("in commit-msg with another index", |s| {
            asked_in_hook_by(s, "commit-msg", &["commit", "-q", "-m", "More", "README.md"])
        }),
        ("in pre-push", |s| {
            s.repository.sandbox.bare("remote.git");
            asked_in_hook_by(s, "pre-push", &["push", "-q", "../remote.git", "main"])
        }),
        ("a revert whose clock was slow", |s| {
            s.ship();
            let mut revert = s.at(1_600_000_000);
            assert!(revert.args(["revert", "--no-edit", "HEAD"]).status().unwrap().success());
            not_shipped(&s.asked(), &[])
        }),
        ("a second try whose clock was slow", |s| {
            s.ship();
            s.git("revert --no-edit HEAD");
            s.repository.write("src/login.rs", code("login"));
            s.git("add src");
            let mut again = s.at(1_600_000_000);
            again.args(["commit", "-q", "-m", "AUTH: AUTH1 — again"]);
            assert!(again.status().unwrap().success());
            shipped(&s.asked(), &s.repository.head())
        }),
        ("a ship from 2099", |s| shipped_at(s, 4_070_908_800)),
        ("a ship from 1970", |s| shipped_at(s, 1)),
        ("four thousand commits on top", |s| {
            let id = s.ship();
            let mut stream = format!("reset refs/heads/main\nfrom {id}\n\n");
            for number in 0..4100 {
                let date = 1_710_000_000 + number;
                let head = format!("commit refs/heads/main\ncommitter A <a@b.org> {date} +0000\n");
                stream.push_str(&head);
                stream.push_str("data 5\nMore\n\n");
            }
            let ran = run_with_input(s.at(1).args(["fast-import", "--quiet"]), stream.as_bytes());
            assert_eq!(ran.code, Some(0), "{}", ran.stderr);
            shipped(&s.asked(), &id)
        }),
    ];
    play(scenes);
}

/// Ships at `seconds` since 1970, and asks.
fn shipped_at(story: &Story<'_>, seconds: u64) -> Checked {
    story.repository.write("src/login.rs", code("login"));
    story.git("add src");
    let message = "AUTH: AUTH1 — log in";
    assert!(story.at(seconds).args(["commit", "-q", "-m", message]).status().unwrap().success());
    shipped(&story.asked(), &story.repository.head())
}

/// Ships, and asks in the hook `name` of the next commit.
fn asked_in_hook(story: &Story<'_>, name: &str) -> Checked {
    asked_in_hook_by(story, name, &["commit", "-q", "-a", "-m", "More"])
}

fn asked_in_hook_by(story: &Story<'_>, name: &str, words: &[&str]) -> Checked {
    let id = story.ship();
    story.repository.write("README.md", "# More\n");
    let script = format!("#!/bin/sh\n'{GIT_DOS}' verify AUTH AUTH1 > \"$HOME/said\" 2>&1\n");
    story.repository.hook(name, &script);
    let ran = run(story.at_next_minute().args(words));
    let said = fs_err::read_to_string(story.repository.sandbox.path("home/said"));
    let said = said.unwrap_or_default();
    let by = said.starts_with("SHIPPED") && said.contains(&id);
    expect(by, &format!("SHIPPED in {name}, not {said:?}"), &ran)
}
