//! What became of the work afterwards: reverted, backed out, moved, reformatted, replaced.

use super::{Scene, Story, code, expect, not_shipped, play, shipped, shipped_by_one_of};

/// Reverts `HEAD` and returns the new commit.
fn revert(story: &Story<'_>) -> String {
    story.git("revert --no-edit HEAD");
    story.repository.head()
}

#[test]
fn what_was_reverted() {
    let scenes: &[Scene] = &[
        ("git revert", |s| {
            s.ship();
            let id = revert(s);
            s.other("neighbour");
            not_shipped(&s.asked(), &[&id[..7]])
        }),
        ("a revert of a revert", |s| {
            let id = s.ship();
            revert(s);
            let again = revert(s);
            shipped_by_one_of(s, &[id, again])
        }),
        ("a revert of a revert of a revert", |s| {
            s.ship();
            revert(s);
            revert(s);
            revert(s);
            not_shipped(&s.asked(), &[])
        }),
        ("reverted, then done anew", |s| {
            s.ship();
            revert(s);
            let id = s.commit("AUTH: AUTH1 — log in, better", &[("src/door.rs", &code("door"))]);
            shipped(&s.asked(), &id)
        }),
        ("reverted, then the same again under a new stamp", |s| {
            s.ship();
            revert(s);
            let id = s.ship();
            shipped(&s.asked(), &id)
        }),
        ("a forge's revert, which names a request and no commit", |s| {
            s.ship();
            s.git("revert --no-commit HEAD");
            s.commit("Revert \"AUTH: AUTH1 — log in (#12)\" (#13)\n\nReverts ada/work#12", &[]);
            not_shipped(&s.asked(), &[])
        }),
        ("a revert of the merge", |s| {
            s.git("switch -q -c feature");
            s.ship();
            s.git("switch -q main");
            s.other("neighbour");
            s.git("merge -q --no-ff -m merge feature");
            s.git("revert --no-edit -m 1 HEAD");
            not_shipped(&s.asked(), &[])
        }),
        ("a revert of the merge that was itself reverted", |s| {
            s.git("switch -q -c feature");
            let id = s.ship();
            s.git("switch -q main");
            s.other("neighbour");
            s.git("merge -q --no-ff -m merge feature");
            s.git("revert --no-edit -m 1 HEAD");
            let again = revert(s);
            shipped_by_one_of(s, &[id, again])
        }),
    ];
    play(scenes);
}

#[test]
fn reverts_that_revert_nothing() {
    let scenes: &[Scene] = &[
        ("a revert on a branch that is not merged", |s| {
            let id = s.ship();
            s.git("switch -q -c undo");
            revert(s);
            s.git("switch -q main");
            shipped(&s.asked(), &id)
        }),
        ("a revert whose merge kept the work", |s| {
            let id = s.ship();
            s.git("switch -q -c undo");
            revert(s);
            s.git("switch -q main");
            s.other("neighbour");
            s.git("merge -q -s ours -m keep undo");
            shipped(&s.asked(), &id)
        }),
        ("an empty commit that says it reverts", |s| {
            let id = s.ship();
            s.commit(&format!("Revert it\n\nThis reverts commit {id}."), &[]);
            shipped(&s.asked(), &id)
        }),
        ("a revert of something else that quotes the id", |s| {
            let id = s.ship();
            let message = format!("Take notes\n\nCompare with what reverts commit {id} did.");
            s.commit(&message, &[("NOTES.md", "notes\n")]);
            shipped(&s.asked(), &id)
        }),
        ("the revert comes first, and the stamp brings the work back", |s| {
            s.other("login");
            revert(s);
            let id = s.ship();
            shipped(&s.asked(), &id)
        }),
        ("a revert of a phase with a longer name", |s| {
            let id = s.ship();
            s.commit("AUTH: AUTH10 — log out", &[("src/logout.rs", &code("logout"))]);
            revert(s);
            shipped(&s.asked(), &id)
        }),
    ];
    play(scenes);
}

#[test]
fn work_that_was_taken_out_without_a_word() {
    let scenes: &[Scene] = &[
        ("deleted by hand", |s| {
            s.ship();
            s.remove("src/login.rs");
            s.commit("Tidy up", &[]);
            not_shipped(&s.asked(), &[])
        }),
        ("backed out in a bigger commit", |s| {
            s.ship();
            s.remove("src/login.rs");
            s.commit(
                "Add billing",
                &[("src/bill.rs", &code("bill")), ("src/tax.rs", &code("tax"))],
            );
            not_shipped(&s.asked(), &[])
        }),
        ("a line changed back", |s| {
            let text = code("main").replace("main_fallback(user)", "ask_for_password(user)");
            s.commit("AUTH: AUTH1 — ask for a password", &[("src/main.rs", &text)]);
            s.commit("Simplify", &[("src/main.rs", &code("main"))]);
            not_shipped(&s.asked(), &[])
        }),
        ("emptied", |s| {
            s.ship();
            s.commit("Start over", &[("src/login.rs", "")]);
            not_shipped(&s.asked(), &[])
        }),
        ("the same commit that is stamped takes the work out", |s| {
            s.other("login");
            s.remove("src/login.rs");
            s.commit("AUTH: AUTH1 — revert, broke production", &[]);
            not_shipped(&s.asked(), &[])
        }),
        ("an empty file that was deleted, while other empty files stay", |s| {
            s.commit("Add packages", &[("a/__init__.py", "")]);
            s.commit("AUTH: AUTH1 — the package", &[("auth/__init__.py", "")]);
            s.remove("auth/__init__.py");
            s.commit("Tidy up", &[]);
            not_shipped(&s.asked(), &[])
        }),
        ("a permission that was taken back", |s| {
            s.git("config core.fileMode false");
            s.git("update-index --chmod=+x src/main.rs");
            s.commit("AUTH: AUTH1 — make it executable", &[]);
            s.git("update-index --chmod=-x src/main.rs");
            s.commit("Tidy up", &[]);
            not_shipped(&s.asked(), &[])
        }),
        ("a removal that was undone", |s| {
            s.remove("src/main.rs");
            s.commit("AUTH: AUTH1 — remove the old log-in", &[]);
            s.commit("Put it back", &[("src/main.rs", &code("main"))]);
            not_shipped(&s.asked(), &[])
        }),
    ];
    play(scenes);
}

#[test]
fn work_that_lives_on_in_another_form() {
    let scenes: &[Scene] = &[
        ("moved", |s| {
            let id = s.ship();
            s.repository.write("lib/.keep", "");
            s.git("mv src/login.rs lib/door.rs");
            s.commit("Move", &[]);
            shipped(&s.asked(), &id)
        }),
        ("moved and edited", |s| {
            let id = s.ship();
            s.remove("src/login.rs");
            s.commit("Move", &[("src/door.rs", &code("login").replace("starts", "ends"))]);
            shipped(&s.asked(), &id)
        }),
        ("indented otherwise", |s| {
            let id = s.ship();
            s.commit("Format", &[("src/login.rs", &code("login").replace("    ", "\t"))]);
            shipped(&s.asked(), &id)
        }),
        ("with other line ends", |s| {
            let id = s.ship();
            s.commit("Format", &[("src/login.rs", &code("login").replace('\n', "\r\n"))]);
            shipped(&s.asked(), &id)
        }),
        ("folded into a successor, and deleted", |s| {
            let id = s.ship();
            s.remove("src/login.rs");
            let text = format!("{}{}{}", code("open"), code("login"), code("close"));
            s.commit("Join", &[("src/session.rs", &text)]);
            shipped(&s.asked(), &id)
        }),
        ("written anew at its place: not undone, and said so", |s| {
            let id = s.ship();
            let later = s.commit("Start over", &[("src/login.rs", &code("other"))]);
            let ran = s.asked();
            expect(ran.stdout.contains(&later[..7]), "the commit that rewrote it", &ran)?;
            shipped(&ran, &id)
        }),
    ];
    play(scenes);
}

#[test]
fn work_that_is_there_in_part() {
    let scenes: &[Scene] = &[
        ("one of two files deleted", |s| {
            let files = [("src/a.rs", &*code("aaa")), ("src/b.rs", &*code("bbb"))];
            let id = s.commit("AUTH: AUTH1 — two files", &files);
            s.remove("src/a.rs");
            s.commit("Tidy up", &[]);
            shipped(&s.asked(), &id)
        }),
        ("a removal that holds", |s| {
            s.other("legacy");
            s.remove("src/legacy.rs");
            let id = s.commit("AUTH: AUTH1 — remove the old log-in", &[]);
            s.other("neighbour");
            shipped(&s.asked(), &id)
        }),
        ("a change deep in a file that others went on to edit", |s| {
            let text = code("main").replace("main_fallback(user)", "ask_for_password(user)");
            let id = s.commit("AUTH: AUTH1 — ask for a password", &[("src/main.rs", &text)]);
            let text = format!("{}{}", code("first"), text.replace("is_empty", "is_none"));
            s.commit("Go on", &[("src/main.rs", &text)]);
            shipped(&s.asked(), &id)
        }),
    ];
    play(scenes);
}
