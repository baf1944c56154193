//! How work comes to its branch: squashed, rebased, merged, picked, or not at all.

use super::{Checked, Scene, Story, code, not_shipped, play, shipped};

/// Puts `feature` beside `main`, with work in two commits of which the last is stamped.
fn feature(story: &Story<'_>) -> String {
    story.git("switch -q -c feature");
    story.commit("wip", &[("src/token.rs", &code("token"))]);
    let id = story.ship();
    story.git("switch -q main");
    id
}

#[test]
fn work_that_came_by_the_ways_of_forges() {
    let scenes: &[Scene] = &[
        ("a squash merge whose subject is the stamp", |s| {
            feature(s);
            s.git("merge -q --squash feature");
            let id = s.commit("AUTH: AUTH1 — log in (#12)", &[]);
            shipped(&s.asked(), &id)
        }),
        ("a squash merge with the stamp before the number", |s| {
            feature(s);
            s.git("merge -q --squash feature");
            let id = s.commit("Log in (AUTH AUTH1) (#12)", &[]);
            shipped(&s.asked(), &id)
        }),
        ("a squash merge that lists its commits and keeps their trailers", |s| {
            feature(s);
            s.git("merge -q --squash feature");
            let message = "Log in (#12)\n\n* wip\n\n* done\n\nShips: AUTH AUTH1\nCo-authored-by: Bot <bot@example.org>";
            let id = s.commit(message, &[]);
            shipped(&s.asked(), &id)
        }),
        ("a rebase merge: new ids on main, the old branch still there", |s| {
            let old = feature(s);
            s.other("neighbour");
            s.git("cherry-pick main..feature");
            let id = s.repository.head();
            assert_ne!(id, old, "the pick is a new commit");
            shipped(&s.asked(), &id)
        }),
        ("a merge commit with the number of its request", |s| {
            let id = feature(s);
            s.other("neighbour");
            s.git("merge -q --no-ff -m merge feature");
            s.git("branch -q -D feature");
            shipped(&s.asked(), &id)
        }),
        ("a fast-forward", |s| {
            let id = feature(s);
            s.git("merge -q feature");
            s.other("neighbour");
            shipped(&s.asked(), &id)
        }),
        ("only the merge commit is stamped", |s| {
            s.git("switch -q -c feature");
            s.other("token");
            s.git("switch -q main");
            s.other("neighbour");
            s.git("merge -q --no-ff --no-commit feature");
            let id = s.commit("AUTH: AUTH1 — merge the log-in", &[]);
            shipped(&s.asked(), &id)
        }),
    ];
    play(scenes);
}

#[test]
fn work_that_came_by_unusual_ways() {
    let scenes: &[Scene] = &[
        ("an octopus merge", |s| {
            let id = feature(s);
            for name in ["left", "right"] {
                s.git(&format!("switch -q -c {name} main"));
                s.other(name);
            }
            s.git("switch -q main");
            s.git("merge -q -m three left right feature");
            shipped(&s.asked(), &id)
        }),
        ("an unrelated history that was merged", |s| {
            s.git("switch -q --orphan import");
            let id = s.ship();
            s.git("switch -q main");
            s.git("merge -q --allow-unrelated-histories -m join import");
            shipped(&s.asked(), &id)
        }),
        ("a subtree merge that puts the work under another folder", |s| {
            s.git("switch -q --orphan import");
            let id = s.ship();
            s.git("switch -q main");
            s.git("merge -q -s ours --no-commit --allow-unrelated-histories import");
            s.git("read-tree --prefix=vendor/ -u import");
            s.commit("Join as a subtree", &[]);
            shipped(&s.asked(), &id)
        }),
        ("the root commit", |s| {
            s.git("switch -q --orphan fresh");
            let id = s.ship();
            s.git("branch -q -M fresh main");
            shipped(&s.asked(), &id)
        }),
        ("picked to a release branch: each branch has its own commit", |s| {
            s.git("branch -q release");
            s.other("neighbour");
            let id = s.ship();
            s.git("switch -q release");
            s.git("cherry-pick -x main");
            let picked = s.repository.head();
            let target = |name| s.dos(&["verify", "--target", name, "AUTH", "AUTH1"]);
            shipped(&target("main"), &id)?;
            shipped(&target("release"), &picked)
        }),
        ("picked with conflicts: what was added is there in other words too", |s| {
            s.git("branch -q release");
            s.ship();
            s.git("switch -q release");
            s.git("cherry-pick --no-commit main");
            let text = code("login").replace("starts_with", "ends_with");
            let id = s.commit("AUTH: AUTH1 — log in (for the release)", &[("src/login.rs", &text)]);
            shipped(&s.dos(&["verify", "--target", "release", "AUTH", "AUTH1"]), &id)
        }),
    ];
    play(scenes);
}

#[test]
fn work_that_never_came() {
    let scenes: &[Scene] = &[
        ("an unmerged branch, seen from main", |s| {
            feature(s);
            not_shipped(&s.asked(), &["feature"])
        }),
        ("an unmerged branch that is checked out, against main", |s| {
            feature(s);
            s.git("switch -q feature");
            not_shipped(&s.dos(&["verify", "--target", "main", "AUTH", "AUTH1"]), &["feature"])
        }),
        ("a merge that kept ours", |s| {
            feature(s);
            s.git("merge -q -s ours -m merge feature");
            not_shipped(&s.asked(), &[])
        }),
        ("a stamped merge that kept ours", |s| {
            s.git("switch -q -c feature");
            s.other("token");
            s.git("switch -q main");
            s.other("neighbour");
            s.git("merge -q -s ours --no-commit feature");
            s.commit("AUTH: AUTH1 — merge the log-in", &[]);
            not_shipped(&s.asked(), &[])
        }),
        ("an orphan branch", |s| {
            s.git("switch -q --orphan import");
            s.ship();
            s.git("switch -q main");
            not_shipped(&s.asked(), &["import"])
        }),
        ("a tag that no branch has", |s| {
            s.git("switch -q --detach");
            s.ship();
            s.git("tag v1");
            s.git("switch -q main");
            not_shipped(&s.asked(), &[])
        }),
        ("a commit that was reset away", |s| {
            s.ship();
            s.git("reset -q --hard HEAD~1");
            not_shipped(&s.asked(), &[])
        }),
        ("a stash", |s| {
            s.repository.write("src/main.rs", code("login"));
            s.repository.git(["stash", "push", "-q", "-m", "AUTH: AUTH1 — log in"]);
            not_shipped(&s.asked(), &[])
        }),
        ("the release branch that was not picked to", |s| {
            s.git("branch -q release");
            s.ship();
            let ran = s.dos(&["verify", "--target", "release", "AUTH", "AUTH1"]);
            not_shipped(&ran, &["main"])
        }),
    ];
    play(scenes);
}

#[test]
fn a_filter_of_another_commit_cannot_lend_its_stamp() {
    let scenes: &[Scene] = &[
        ("a newer commit of the changelog hides nothing", |s| {
            let id = s.ship();
            s.commit("AUTH: AUTH1 — changelog", &[("CHANGELOG.md", "- Log in\n")]);
            shipped(&s.asked(), &id)
        }),
        ("a newer empty commit hides nothing", |s| {
            let id = s.ship();
            s.commit("AUTH: AUTH1 — done", &[]);
            shipped(&s.asked(), &id)
        }),
        ("an unmerged second try hides nothing", |s| {
            let id = s.ship();
            s.git("switch -q -c again");
            s.commit("AUTH: AUTH1 — again", &[("src/again.rs", &code("again"))]);
            s.git("switch -q main");
            shipped(&s.asked(), &id)
        }),
        ("a newer stamp that was reverted hides nothing", reverted_second_try),
    ];
    play(scenes);
}

fn reverted_second_try(story: &Story<'_>) -> Checked {
    let id = story.ship();
    story.commit("AUTH: AUTH1 — faster", &[("src/fast.rs", &code("fast"))]);
    story.git("revert --no-edit HEAD");
    shipped(&story.asked(), &id)
}
