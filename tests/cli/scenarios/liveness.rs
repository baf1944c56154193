//! What a run left behind on its branch: work of its own, or motion without work.

use super::{Checked, Scene, Story, code, expect, play};
use crate::support::{GIT_DOS, Ran, run, succeed};

/// Nobody is young: a run that shows nothing has to answer for it.
pub(super) const IMPATIENT: &str = "[liveness]\ngrace = \"0s\"\n";

/// Starts a run in `folder` of the sandbox and returns its id.
pub(super) fn started_in(story: &Story<'_>, folder: &str) -> String {
    story.present.set(true);
    let ran = dos_in(story, folder, &["run", "start"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let id = ran.stdout.split_whitespace().find(|word| word.starts_with("RID-"));
    id.unwrap().to_owned()
}

/// Has git record which commit becomes which, commits a policy without patience and starts a run.
fn watched(story: &Story<'_>) -> String {
    assert_eq!(story.dos(&["install"]).code, Some(0), "installed");
    started(story)
}

/// Commits a policy without patience and starts a run.
fn started(story: &Story<'_>) -> String {
    story.commit("chore: be impatient", &[("dos.toml", IMPATIENT)]);
    started_in(story, "work")
}

/// Runs `git-dos` with `words` in `folder` of the sandbox.
pub(super) fn dos_in(story: &Story<'_>, folder: &str, words: &[&str]) -> Ran {
    let sandbox = story.repository.sandbox;
    run(sandbox.command(GIT_DOS, &sandbox.path(folder)).args(words))
}

/// Asks whether the run `id` moves.
fn judged(story: &Story<'_>, id: &str) -> Ran {
    story.dos(&["liveness", id])
}

/// Checks that `ran` says that the run advances.
pub(super) fn advancing(ran: &Ran) -> Checked {
    expect(ran.code == Some(0) && ran.stdout.starts_with("ADVANCING"), "ADVANCING", ran)
}

/// Checks that `ran` says that the run does not advance.
pub(super) fn still(ran: &Ran) -> Checked {
    let word = ran.stdout.starts_with("SPINNING") || ran.stdout.starts_with("STALLED");
    expect(ran.code == Some(1) && word, "SPINNING or STALLED", ran)
}

/// Checks that `ran` does not say that the run advances.
pub(super) fn no_yes(ran: &Ran) -> Checked {
    let no = matches!(ran.code, Some(1 | 2)) && !ran.stdout.starts_with("ADVANCING");
    expect(no, "anything but ADVANCING", ran)
}

#[test]
fn work_moves_a_run() {
    let scenes: &[Scene] = &[
        ("a commit", |s| {
            let run = started(s);
            s.other("work");
            advancing(&judged(s, &run))
        }),
        ("an amend that adds to the commit it started from", |s| {
            let run = watched(s);
            s.repository.write("src/more.rs", code("more"));
            s.git("add src");
            s.git("commit -q --amend --no-edit");
            advancing(&judged(s, &run))
        }),
        ("a commit that was rebased with upstream's", |s| {
            s.git("branch -q upstream");
            let run = watched(s);
            s.other("work");
            s.git("switch -q upstream");
            s.other("theirs");
            s.git("switch -q main");
            s.git("rebase -q upstream");
            advancing(&judged(s, &run))
        }),
        ("a commit on a branch that it made itself", |s| {
            let run = started(s);
            s.git("switch -q -c topic");
            s.other("work");
            advancing(&judged(s, &run))
        }),
        ("a fold of the archive it started from, and then work", |s| {
            s.commit("chore: be impatient", &[("dos.toml", IMPATIENT)]);
            archive(s, 1);
            let run = started_in(s, "work");
            archive(s, 2);
            s.other("work");
            advancing(&judged(s, &run))
        }),
        ("asked from another worktree", |s| {
            s.commit("chore: be impatient", &[("dos.toml", IMPATIENT)]);
            s.git("worktree add -q -b agent ../agent");
            let run = started_in(s, "agent");
            commit_in(s, "agent", "agent");
            advancing(&judged(s, &run))
        }),
        ("a run without the policy is young", |s| {
            let run = started_in(s, "work");
            advancing(&judged(s, &run))
        }),
    ];
    play(scenes);
}

/// Commits the record of run `number` of a dispatch loop.
fn archive(story: &Story<'_>, number: u32) {
    let path = format!("docs/dispatch/r{number}.md");
    story.repository.write(&path, format!("run {number}\n"));
    let id = format!("20260601T00{number:02}00Z");
    let ran = story.dos(&[
        "archive",
        "--family",
        "dispatch",
        "--verdict",
        "DRAIN",
        "--cause",
        "empty",
        "--run",
        &id,
        "-m",
        "nothing",
        "--",
        &path,
    ]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

/// Commits a file called `name` in another worktree.
fn commit_in(story: &Story<'_>, folder: &str, name: &str) {
    let path = story.repository.sandbox.path(folder);
    fs_err::write(path.join(name), code(name)).unwrap();
    let git = |words: &[&str]| {
        succeed(story.at_next_minute().current_dir(&path).args(words));
    };
    git(&["add", "--all"]);
    git(&["commit", "-q", "-m", "Work elsewhere"]);
}

#[test]
fn motion_without_work_moves_nothing() {
    let scenes: &[Scene] = &[
        ("nothing at all", |s| {
            let run = started(s);
            still(&judged(s, &run))
        }),
        ("empty commits", |s| {
            let run = started(s);
            for _ in 0..3 {
                s.commit("Work hard", &[]);
            }
            still(&judged(s, &run))
        }),
        ("amends of the commit it started from", |s| {
            let run = watched(s);
            for number in 0..3 {
                s.git(&format!("commit -q --amend -m Better{number}"));
            }
            still(&judged(s, &run))
        }),
        ("a rebase of what was there before", |s| {
            s.git("branch -q upstream");
            s.other("before");
            let run = watched(s);
            s.git("switch -q upstream");
            s.other("theirs");
            s.git("switch -q main");
            s.git("rebase -q upstream");
            still(&judged(s, &run))
        }),
    ];
    play(scenes);
}

#[test]
fn records_and_repeats_move_nothing() {
    let scenes: &[Scene] = &[
        ("archives of a dispatch loop", |s| {
            let run = started(s);
            archive(s, 1);
            archive(s, 2);
            archive(s, 3);
            still(&judged(s, &run))
        }),
        ("a fold of the archive it started from", |s| {
            s.commit("chore: be impatient", &[("dos.toml", IMPATIENT)]);
            archive(s, 1);
            let run = started_in(s, "work");
            archive(s, 2);
            still(&judged(s, &run))
        }),
        ("work that was committed and reverted on the way", |s| {
            let run = started(s);
            s.git("revert --no-edit HEAD");
            s.git("revert --no-edit HEAD");
            s.git("reset -q --hard HEAD~2");
            still(&judged(s, &run))
        }),
        ("a cherry-pick of what is there already", |s| {
            let run = started(s);
            s.git("cherry-pick --allow-empty --keep-redundant-commits HEAD");
            still(&judged(s, &run))
        }),
        ("an amend of the start that nobody recorded", |s| {
            let run = started(s);
            s.git("commit -q --amend -m Better");
            no_yes(&judged(s, &run))
        }),
        ("files that are not committed", |s| {
            let run = started(s);
            s.repository.write("src/new.rs", code("new"));
            still(&judged(s, &run))
        }),
    ];
    play(scenes);
}

#[test]
fn work_of_others_moves_nothing() {
    let scenes: &[Scene] = &[
        ("a merge of another worktree's branch", |s| {
            s.commit("chore: be impatient", &[("dos.toml", IMPATIENT)]);
            s.git("worktree add -q -b agent ../agent");
            let run = started_in(s, "work");
            commit_in(s, "agent", "agent");
            s.git("merge -q --no-ff -m merge agent");
            still(&judged(s, &run))
        }),
        ("a fast-forward to another worktree's branch", |s| {
            s.commit("chore: be impatient", &[("dos.toml", IMPATIENT)]);
            s.git("worktree add -q -b agent ../agent");
            let run = started_in(s, "work");
            commit_in(s, "agent", "agent");
            s.git("merge -q agent");
            still(&judged(s, &run))
        }),
        ("a pull that fast-forwards, of another author", |s| {
            s.commit("chore: be impatient", &[("dos.toml", IMPATIENT)]);
            let clone = s.clone_of("work", "clone", &[]);
            let run = started_in(&clone, "clone");
            s.git("config user.email bob@example.org");
            s.other("theirs");
            clone.git("pull -q --ff-only");
            still(&judged(&clone, &run))
        }),
        ("a pull that fast-forwards, of the same person elsewhere", |s| {
            s.commit("chore: be impatient", &[("dos.toml", IMPATIENT)]);
            let clone = s.clone_of("work", "clone", &[]);
            let run = started_in(&clone, "clone");
            s.other("theirs");
            clone.git("pull -q --ff-only");
            still(&judged(&clone, &run))
        }),
    ];
    play(scenes);
}

#[test]
fn work_elsewhere_moves_nothing() {
    let scenes: &[Scene] = &[
        ("the other worktree's commits", |s| {
            s.commit("chore: be impatient", &[("dos.toml", IMPATIENT)]);
            s.git("worktree add -q -b agent ../agent");
            let (mine, other) = (started_in(s, "work"), started_in(s, "agent"));
            commit_in(s, "agent", "agent");
            still(&judged(s, &mine))?;
            advancing(&judged(s, &other))
        }),
        ("a switch to a branch with a history of its own", |s| {
            s.commit("chore: be impatient", &[("dos.toml", IMPATIENT)]);
            s.git("switch -q -c older");
            s.other("one");
            s.other("two");
            s.git("switch -q main");
            let run = started_in(s, "work");
            s.git("switch -q older");
            no_yes(&judged(s, &run))
        }),
        ("a reset to before the start", |s| {
            let run = started(s);
            s.git("reset -q --hard HEAD~1");
            no_yes(&judged(s, &run))
        }),
        ("another run's commits on a branch that both use in turn", |s| {
            s.commit("chore: be impatient", &[("dos.toml", IMPATIENT)]);
            let first = started_in(s, "work");
            s.other("work");
            let second = started_in(s, "work");
            advancing(&judged(s, &first))?;
            still(&judged(s, &second))
        }),
    ];
    play(scenes);
}
