//! Undone and done again by people who do not use git's own words, and objects of unusual make.

use super::{Checked, Scene, Story, code, not_shipped, play, shipped, shipped_by_one_of};
use crate::support::{run_with_input, succeed};

#[test]
fn undone_and_done_again() {
    let scenes: &[Scene] = &[
        ("a forge's revert of a forge's revert", |s| {
            let id = s.ship();
            s.git("revert --no-commit HEAD");
            let title = "Revert \"AUTH: AUTH1 — log in (#12)\" (#13)";
            s.commit(&format!("{title}\n\nReverts ada/work#12"), &[]);
            s.git("revert --no-commit HEAD");
            let again = s.commit(&format!("Revert \"{title}\" (#14)\n\nReverts ada/work#13"), &[]);
            shipped_by_one_of(s, &[id, again])
        }),
        ("picked again after a revert", |s| {
            let id = s.ship();
            s.git("revert --no-edit HEAD");
            s.git(&format!("cherry-pick {id}"));
            shipped(&s.asked(), &s.repository.head())
        }),
        ("one of two stamped commits reverted", |s| {
            let id = s.ship();
            s.commit("AUTH: AUTH1 — log in from afar", &[("src/afar.rs", &code("afar"))]);
            s.git("revert --no-edit HEAD");
            shipped(&s.asked(), &id)
        }),
        ("both of two stamped commits reverted, in one commit", |s| {
            s.ship();
            s.commit("AUTH: AUTH1 — log in from afar", &[("src/afar.rs", &code("afar"))]);
            s.git("revert --no-commit HEAD~2..HEAD");
            s.commit("Take the log-in out", &[]);
            not_shipped(&s.asked(), &[])
        }),
        ("the same lines came back without a word", |s| {
            let id = s.ship();
            s.git("revert --no-edit HEAD");
            let again = s.commit("Go on", &[("src/login.rs", &code("login"))]);
            shipped_by_one_of(s, &[id, again])
        }),
    ];
    play(scenes);
}

#[test]
fn undone_on_one_branch_or_in_a_merge() {
    let scenes: &[Scene] = &[
        ("reverted on main, and kept on the release branch", |s| {
            let id = s.ship();
            s.git("branch -q release");
            s.git("revert --no-edit HEAD");
            not_shipped(&s.asked(), &[])?;
            shipped(&s.dos(&["verify", "--target", "release", "AUTH", "AUTH1"]), &id)
        }),
        ("reverted on the release branch, and kept on main", |s| {
            let id = s.ship();
            s.git("switch -q -c release");
            s.git("revert --no-edit HEAD");
            not_shipped(&s.asked(), &[])?;
            s.git("switch -q main");
            shipped(&s.asked(), &id)
        }),
        ("a merge whose resolution dropped the work", |s| {
            s.git("switch -q -c feature");
            s.ship();
            s.git("switch -q main");
            s.other("neighbour");
            s.git("merge -q --no-ff --no-commit feature");
            s.git("rm -q -f src/login.rs");
            s.commit("Merge branch 'feature'", &[]);
            not_shipped(&s.asked(), &[])
        }),
        ("a revert with other numbers around it", |s| {
            s.ship();
            s.git("revert --no-commit HEAD");
            s.commit("Back out AUTH1 (see #4, #5)", &[("src/more.rs", &code("more"))]);
            not_shipped(&s.asked(), &[])
        }),
        ("a partial revert by hand leaves a part", |s| {
            let files = [("src/a.rs", &*code("aaa")), ("src/b.rs", &*code("bbb"))];
            let id = s.commit("AUTH: AUTH1 — two files", &files);
            s.remove("src/b.rs");
            s.commit("Take one out again", &[]);
            shipped(&s.asked(), &id)
        }),
    ];
    play(scenes);
}

/// Ships in a file that other code is in too.
fn ship_beside(story: &Story<'_>) -> String {
    let text = format!("{}{}", code("main"), code("login"));
    story.commit("AUTH: AUTH1 — log in", &[("src/main.rs", &text)])
}

#[test]
fn work_in_a_file_that_it_shares() {
    let scenes: &[Scene] = &[
        ("taken out, while other code comes elsewhere in the file", |s| {
            ship_beside(s);
            let text = format!("{}{}", code("bill"), code("main"));
            s.commit("Add billing", &[("src/main.rs", &text)]);
            not_shipped(&s.asked(), &[])
        }),
        ("written anew where it stood: not undone", |s| {
            let id = ship_beside(s);
            let text = format!("{}{}", code("main"), code("door"));
            s.commit("Start over", &[("src/main.rs", &text)]);
            shipped(&s.asked(), &id)
        }),
        ("moved to a file of its own, and on from there", |s| {
            let id = ship_beside(s);
            let files = [("src/main.rs", &*code("main")), ("src/login.rs", &*code("login"))];
            s.commit("Split", &files);
            shipped(&s.asked(), &id)?;
            s.remove("src/login.rs");
            let text = format!("{}{}{}", code("open"), code("login"), code("close"));
            s.commit("Join", &[("src/session.rs", &text)]);
            shipped(&s.asked(), &id)
        }),
        ("moved to a file of its own, and deleted there", |s| {
            ship_beside(s);
            let files = [("src/main.rs", &*code("main")), ("src/login.rs", &*code("login"))];
            s.commit("Split", &files);
            s.remove("src/login.rs");
            s.commit("Tidy up", &[("src/more.rs", &code("more"))]);
            not_shipped(&s.asked(), &[])
        }),
    ];
    play(scenes);
}

#[test]
fn objects_of_unusual_make() {
    let scenes: &[Scene] = &[
        ("a signature that speaks of another phase", |s| {
            let id = signed(s, "AUTH: AUTH9 — forged", "AUTH: AUTH1 — log in");
            shipped(&s.asked(), &id)?;
            not_shipped(&s.dos(&["verify", "AUTH", "AUTH9"]), &[])
        }),
        ("paths with line feeds and bytes that are no UTF-8", odd_paths),
        ("attributes that call everything binary", |s| {
            s.commit("Settle attributes", &[(".gitattributes", "* binary -diff -text\n")]);
            let id = s.ship();
            let text = format!("{}{}", code("before"), code("login"));
            s.commit("Go on", &[("src/login.rs", &text)]);
            shipped(&s.asked(), &id)
        }),
        ("a submodule's own history does not count", |s| {
            let inner = Story::new(s.repository.sandbox, "inner");
            inner.ship();
            let url = inner.repository.path.display().to_string();
            s.git(&format!("submodule --quiet add {url} vendor"));
            s.commit("Add a submodule", &[]);
            not_shipped(&s.asked(), &[])
        }),
        ("a stamp in a note, and in the message of a tag", |s| {
            s.other("neighbour");
            s.repository.git(["notes", "add", "-m", "AUTH: AUTH1 — log in"]);
            s.repository.git(["tag", "-a", "v1", "-m", "AUTH: AUTH1 — log in"]);
            not_shipped(&s.asked(), &[])
        }),
        ("a branch that is called like the stamp", |s| {
            s.git("switch -q -c AUTH/AUTH1");
            s.other("neighbour");
            not_shipped(&s.asked(), &[])
        }),
        ("a tag that is called like the target", |s| {
            s.git("tag main");
            let id = s.ship();
            shipped(&s.asked(), &id)
        }),
    ];
    play(scenes);
}

/// Commits with a header that holds `header`, as signatures do.
fn signed(story: &Story<'_>, header: &str, subject: &str) -> String {
    story.repository.write("src/login.rs", code("login"));
    story.git("add src");
    let tree = story.git("write-tree");
    let who = "Ada <ada@example.org> 1700000900 +0000";
    let text = format!(
        "tree {tree}\nparent {}\nauthor {who}\ncommitter {who}\ngpgsig -----BEGIN-----\n \n {header}\n -----END-----\n\n{subject}\n",
        story.repository.head()
    );
    let mut make = story.repository.command("git");
    let ran = run_with_input(
        make.args(["hash-object", "-t", "commit", "-w", "--stdin"]),
        text.as_bytes(),
    );
    story.repository.git(["update-ref", "HEAD", &ran.stdout]);
    ran.stdout
}

#[cfg(target_os = "linux")]
fn odd_paths(story: &Story<'_>) -> Checked {
    use std::os::unix::ffi::OsStrExt as _;
    let name = std::ffi::OsStr::from_bytes(b"src/lo\ngin \xff\x1b[2J.rs");
    fs_err::write(story.repository.path.join(name), code("login")).unwrap();
    let id = story.commit("AUTH: AUTH1 — log in", &[]);
    shipped(&story.asked(), &id)?;
    succeed(story.at_next_minute().args(["rm", "-q", "-r", "src"]));
    story.commit("Tidy up", &[("README.md", "# More\n")]);
    let ran = story.asked();
    super::expect(!ran.stdout.contains('\u{1b}'), "no control", &ran)?;
    not_shipped(&ran, &[])
}

#[cfg(not(target_os = "linux"))]
fn odd_paths(_: &Story<'_>) -> Checked {
    Ok(())
}
