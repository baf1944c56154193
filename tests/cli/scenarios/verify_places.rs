//! Where the question is asked: clones, forks, worktrees, cut and damaged repositories.

use super::{Checked, Scene, Story, expect, not_shipped, play, shipped, unknown};
use crate::support::{GIT_DOS, Ran, run, succeed};

/// Asks in another folder of the sandbox.
fn asked_in(story: &Story<'_>, folder: &str) -> Ran {
    let sandbox = story.repository.sandbox;
    run(sandbox.command(GIT_DOS, &sandbox.path(folder)).args(["verify", "AUTH", "AUTH1"]))
}

#[test]
fn the_branch_that_counts() {
    let scenes: &[Scene] = &[
        ("no remote: the branch that is checked out", |s| {
            let id = s.ship();
            s.other("neighbour");
            shipped(&s.asked(), &id)
        }),
        ("no remote, HEAD detached", |s| {
            let id = s.ship();
            s.git("switch -q --detach");
            shipped(&s.asked(), &id)?;
            s.git("switch -q --detach HEAD~1");
            not_shipped(&s.asked(), &["main"])
        }),
        ("a remote whose default branch is called trunk", |s| {
            s.git("branch -q -m main trunk");
            let id = s.ship();
            let clone = s.clone_of("work", "clone", &[]);
            clone.git("switch -q -c topic HEAD~1");
            shipped(&clone.asked(), &id)
        }),
        ("committed, and not pushed", |s| {
            let clone = s.clone_of("work", "clone", &[]);
            clone.ship();
            not_shipped(&clone.asked(), &["main"])?;
            shipped(&clone.dos(&["verify", "--target", "main", "AUTH", "AUTH1"]), "")
        }),
        ("pushed by a colleague, fetched, and not merged here", |s| {
            let clone = s.clone_of("work", "clone", &[]);
            let id = s.ship();
            clone.git("fetch -q");
            shipped(&clone.asked(), &id)
        }),
    ];
    play(scenes);
}

#[test]
fn the_target_that_is_named_or_found() {
    let scenes: &[Scene] = &[
        ("a branch that was pushed as a request", |s| {
            let clone = s.clone_of("work", "clone", &[]);
            clone.git("switch -q -c topic");
            clone.ship();
            clone.git("push -q -u origin topic");
            not_shipped(&clone.asked(), &["topic"])
        }),
        ("the local main is behind", |s| {
            let id = s.ship();
            let clone = s.clone_of("work", "clone", &[]);
            clone.git("reset -q --hard HEAD~1");
            shipped(&clone.asked(), &id)
        }),
        ("a fork: the target that is named decides", |s| {
            let fork = s.clone_of("work", "fork", &[]);
            let clone = s.clone_of("fork", "clone", &[]);
            let id = s.ship();
            let url = s.repository.path.display().to_string();
            clone.git(&format!("remote add upstream {url}"));
            clone.git("fetch -q upstream");
            let target = |name| clone.dos(&["verify", "--target", name, "AUTH", "AUTH1"]);
            drop(fork);
            shipped(&target("upstream/main"), &id)?;
            not_shipped(&target("origin/main"), &["upstream"])
        }),
        ("a target that is a tag with a message", |s| {
            let id = s.ship();
            s.git("tag -a -m v1 v1");
            s.git("reset -q --hard HEAD~1");
            shipped(&s.dos(&["verify", "--target", "v1", "AUTH", "AUTH1"]), &id)
        }),
        ("a target that does not exist, or is an option", |s| {
            s.ship();
            let file = s.repository.path.join("written");
            let option = format!("--target=--output={}", file.display());
            unknown(&s.dos(&["verify", "--target", "nowhere", "AUTH", "AUTH1"]))?;
            unknown(&s.dos(&["verify", "--target=HEAD:README.md", "AUTH", "AUTH1"]))?;
            let ran = s.dos(&["verify", &option, "AUTH", "AUTH1"]);
            expect(!file.exists(), "no file", &ran)?;
            unknown(&ran)
        }),
    ];
    play(scenes);
}

#[test]
fn the_folder_that_is_stood_in() {
    let scenes: &[Scene] = &[
        ("a folder below the top", |s| {
            let id = s.ship();
            shipped(&asked_in(s, "work/src"), &id)
        }),
        ("a linked worktree whose branch lacks the work", |s| {
            s.git("worktree add -q -b agent ../agent");
            s.ship();
            not_shipped(&asked_in(s, "agent"), &["main"])
        }),
        ("the main worktree, while the work is on the branch of another", |s| {
            s.git("switch -q -c agent");
            s.ship();
            s.git("switch -q main");
            s.git("worktree add -q ../agent agent");
            not_shipped(&s.asked(), &["agent"])
        }),
        ("a linked worktree that has the work", |s| {
            let id = s.ship();
            s.git("worktree add -q -b agent ../agent");
            shipped(&asked_in(s, "agent"), &id)
        }),
        ("a bare repository", |s| {
            let id = s.ship();
            s.clone_of("work", "bare.git", &["--bare"]);
            shipped(&asked_in(s, "bare.git"), &id)
        }),
        ("a clone with alternates", |s| {
            let id = s.ship();
            s.clone_of("work", "shared", &["--shared"]);
            shipped(&asked_in(s, "shared"), &id)
        }),
        ("packed, with a commit graph", |s| {
            let id = s.ship();
            s.other("neighbour");
            s.git("repack -q -a -d --write-bitmap-index");
            s.git("commit-graph write --reachable --changed-paths");
            s.git("pack-refs --all");
            shipped(&s.asked(), &id)
        }),
        ("a worktree that is dirty, and lacks the files", |s| {
            let id = s.ship();
            fs_err::remove_file(s.repository.path.join("src/login.rs")).unwrap();
            s.repository.write("docs/new.md", "new\n");
            s.repository.git(["add", "docs"]);
            shipped(&s.asked(), &id)
        }),
        ("sparse checkout", |s| {
            let id = s.ship();
            s.git("sparse-checkout set docs");
            shipped(&s.asked(), &id)
        }),
    ];
    play(scenes);
}

#[test]
fn what_cannot_be_known() {
    let scenes: &[Scene] = &[
        ("no repository", |s| unknown(&asked_in(s, "home"))),
        ("cut above the ship", |s| {
            s.ship();
            s.other("neighbour");
            s.other("farther");
            s.clone_of("work", "shallow", &["--depth", "1"]);
            unknown(&asked_in(s, "shallow"))
        }),
        ("cut below the ship", |s| {
            let id = s.ship();
            s.other("neighbour");
            s.clone_of("work", "shallow", &["--depth", "3"]);
            shipped(&asked_in(s, "shallow"), &id)
        }),
        ("cut at the ship: what it changed is not there to read", |s| {
            s.ship();
            s.clone_of("work", "shallow", &["--depth", "1"]);
            unknown(&asked_in(s, "shallow"))
        }),
        ("cut, and the ship below the cut is empty in truth", |s| {
            s.commit("AUTH: AUTH1 — log in", &[]);
            s.clone_of("work", "shallow", &["--depth", "1"]);
            unknown(&asked_in(s, "shallow"))
        }),
        ("the settings of git-dos are broken", |s| {
            s.ship();
            s.repository.write("dos.toml", "[stamp\n");
            unknown(&s.asked())
        }),
        ("a commit on the way is missing", |s| {
            s.other("neighbour");
            let lost = s.other("farther");
            s.other("farthest");
            lose(s, &lost);
            unknown(&s.asked())
        }),
        ("the tree of the stamped commit is missing", |s| {
            s.ship();
            let lost = s.git("rev-parse HEAD:src");
            s.other("neighbour");
            lose(s, &lost);
            unknown(&s.asked())
        }),
        ("no commit yet", |s| {
            s.repository.sandbox.repository("unborn");
            let ran = asked_in(s, "unborn");
            expect(matches!(ran.code, Some(1 | 2)), "anything but a yes", &ran)
        }),
    ];
    play(scenes);
}

/// Deletes a loose object.
fn lose(story: &Story<'_>, id: &str) {
    let path = story.repository.path.join(".git/objects").join(&id[..2]).join(&id[2..]);
    fs_err::remove_file(path).unwrap();
}

#[test]
fn histories_that_were_altered() {
    let scenes: &[Scene] = &[
        ("a replacement pretends that HEAD is an unmerged ship", |s| {
            s.git("switch -q -c feature");
            let id = s.ship();
            s.git("switch -q main");
            s.other("neighbour");
            s.git(&format!("replace HEAD {id}"));
            not_shipped(&s.asked(), &[])
        }),
        ("a replacement hides the ship", |s| {
            let id = s.ship();
            s.other("neighbour");
            s.git(&format!("replace {id} HEAD"));
            shipped(&s.asked(), &id)
        }),
        ("a graft cuts the history", |s| {
            let id = s.ship();
            s.other("neighbour");
            fs_err::create_dir_all(s.repository.path.join(".git/info")).unwrap();
            s.repository.write(".git/info/grafts", format!("{}\n", s.repository.head()));
            shipped(&s.asked(), &id)
        }),
        ("a partial clone without blobs, the work untouched since", |s| {
            let id = s.ship();
            s.other("neighbour");
            partial(s);
            shipped(&asked_in(s, "partial"), &id)
        }),
        ("a partial clone without the blobs that were edited since", |s| {
            s.ship();
            s.commit("Start over", &[("src/login.rs", "gone\n")]);
            partial(s);
            let ran = asked_in(s, "partial");
            expect(ran.code != Some(0), "anything but a yes", &ran)
        }),
        ("a repository of SHA-256", sha256),
    ];
    play(scenes);
}

/// Clones without blobs and without a worktree.
fn partial(story: &Story<'_>) {
    story.git("config uploadpack.allowFilter true");
    story.clone_of("work", "partial", &["--filter=blob:none", "--no-checkout"]);
}

fn sha256(story: &Story<'_>) -> Checked {
    let sandbox = story.repository.sandbox;
    let path = sandbox.path("long");
    let mut init = sandbox.command("git", &sandbox.path(""));
    succeed(init.args(["init", "-q", "--object-format=sha256"]).arg(&path));
    let long = Story::new(sandbox, "long");
    let id = long.ship();
    assert_eq!(id.len(), 64, "a long id");
    let ran = long.asked();
    if ran.code == Some(2) { unknown(&ran) } else { shipped(&ran, &id) }
}
