//! What a stamped commit holds: code, plans, noise, nothing.

use super::{Scene, code, expect, not_shipped, play, shipped};
use crate::support::succeed;

#[test]
fn commits_that_hold_work() {
    let scenes: &[Scene] = &[
        ("code", |s| {
            let id = s.ship();
            shipped(&s.asked(), &id)
        }),
        ("plan and code in one", |s| {
            let files = [("docs/plan.md", "- [x] AUTH1\n"), ("src/login.rs", &*code("login"))];
            let id = s.commit("AUTH: AUTH1 — log in", &files);
            shipped(&s.asked(), &id)
        }),
        ("a file without text", |s| {
            let id = s.commit("AUTH: AUTH1 — the package", &[("src/auth/__init__.py", "")]);
            shipped(&s.asked(), &id)
        }),
        ("a manifest", |s| {
            let text = "[project]\nname = \"login\"\n";
            let id = s.commit("AUTH: AUTH1 — the package", &[("pyproject.toml", text)]);
            shipped(&s.asked(), &id)
        }),
        ("a binary file", |s| {
            let id = s.commit("AUTH: AUTH1 — the logo", &[("logo.png", "\u{0}PNG\u{0}\u{1}")]);
            s.other("neighbour");
            shipped(&s.asked(), &id)
        }),
        ("a permission", |s| {
            s.git("config core.fileMode false");
            s.git("update-index --chmod=+x src/main.rs");
            let id = s.commit("AUTH: AUTH1 — make it executable", &[]);
            shipped(&s.asked(), &id)
        }),
    ];
    play(scenes);
}

#[test]
fn commits_that_hold_work_without_new_text() {
    let scenes: &[Scene] = &[
        ("a removal", |s| {
            s.remove("src/main.rs");
            let id = s.commit("AUTH: AUTH1 — remove the old log-in", &[]);
            shipped(&s.asked(), &id)
        }),
        ("a new name", |s| {
            s.git("mv src/main.rs src/login.rs");
            let id = s.commit("AUTH: AUTH1 — call it by its name", &[]);
            s.other("neighbour");
            shipped(&s.asked(), &id)
        }),
        ("a symbolic link", |s| {
            let blob = s.git("hash-object -w README.md");
            s.git("config core.symlinks false");
            s.git(&format!("update-index --add --cacheinfo 120000,{blob},link"));
            s.repository.write("link", "# Work\n");
            let id = s.commit("AUTH: AUTH1 — link the log-in", &[]);
            shipped(&s.asked(), &id)
        }),
        ("prose, where prose is what was asked for", |s| {
            let text = "# How to log in\n\nWrite your name, and then your word.\n";
            let id = s.commit("AUTH: AUTH1 — say how to log in", &[("docs/login.md", text)]);
            shipped(&s.asked(), &id)
        }),
        ("five thousand files", |s| {
            for number in 0..5000 {
                s.repository
                    .write(&format!("data/{}/{number}.txt", number % 50), number.to_string());
            }
            let id = s.ship();
            shipped(&s.asked(), &id)
        }),
    ];
    play(scenes);
}

#[test]
fn commits_of_a_submodule() {
    let scenes: &[Scene] = &[("a submodule that moves on", |s| {
        let (first, second) = ("1".repeat(40), "2".repeat(40));
        for (id, message) in [(&first, "Add it"), (&second, "AUTH: AUTH1 — move it on")] {
            s.git(&format!("update-index --add --cacheinfo 160000,{id},vendor"));
            succeed(s.at_next_minute().args(["commit", "-q", "-m", message]));
        }
        let id = s.repository.head();
        shipped(&s.asked(), &id)?;
        s.git(&format!("update-index --cacheinfo 160000,{first},vendor"));
        s.git("commit -q -m Back");
        not_shipped(&s.asked(), &[])
    })];
    play(scenes);
}

#[test]
fn commits_that_hold_no_work() {
    let scenes: &[Scene] = &[
        ("nothing", |s| {
            s.commit("AUTH: AUTH1 — log in", &[]);
            not_shipped(&s.asked(), &["empty", "no change", "nothing"])
        }),
        ("the changelog alone", |s| {
            s.commit("AUTH: AUTH1 — log in", &[("CHANGELOG.md", "- Log in\n")]);
            not_shipped(&s.asked(), &[])
        }),
        ("a chain of merges without a stamp", |s| {
            s.git("switch -q -c feature");
            s.other("token");
            s.git("switch -q main");
            s.git("merge -q --no-ff -m merge feature");
            not_shipped(&s.asked(), &[])
        }),
    ];
    play(scenes);
}

#[test]
fn a_bare_no_names_what_came_near() {
    let scenes: &[Scene] = &[
        ("another phase of the same plan", |s| {
            let id = s.commit("AUTH: AUTH10 — log out", &[("src/out.rs", &code("out"))]);
            let ran = s.asked();
            not_shipped(&ran, &[&id[..7], "AUTH10", "no commit"])
        }),
        ("the empty commit is named", |s| {
            let id = s.commit("AUTH: AUTH1 — log in", &[]);
            not_shipped(&s.asked(), &[&id[..7]])
        }),
        ("JSON says the same", |s| {
            let id = s.ship();
            let ran = s.dos(&["verify", "--format", "json", "AUTH", "AUTH1"]);
            let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
            let said = json["schema"] == "git-dos/verify/1" && ran.stdout.contains(&id);
            expect(said && ran.code == Some(0), "one object with the id", &ran)?;
            let ran = s.dos(&["verify", "--format", "json", "AUTH", "AUTH2"]);
            let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
            expect(ran.code == Some(1) && json["schema"] == "git-dos/verify/1", "one object", &ran)
        }),
    ];
    play(scenes);
}
