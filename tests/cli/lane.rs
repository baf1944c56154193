//! `git dos lane`: the lanes of a repository, listed, checked, looked up and begun.

use serde_json::{Value, json};

use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run};

const LANES: &str = "[lanes]\nconcurrent = [\"api\", \"Web\"]\nexclusive = [\"release\"]\nautopick = [\"api\"]\n\
                     [lanes.trees]\napi = [\"src/api/**\"]\nWeb = [\"app/**\", \"docs/UI-*\"]\n\
                     [lanes.aliases]\nui = \"Web\"\n";

fn lane(repository: &Repository<'_>, words: &[&str]) -> Ran {
    run(repository.command(GIT_DOS).arg("lane").args(words))
}

/// Runs a verb as JSON and returns its code with its answer.
fn asked(repository: &Repository<'_>, words: &[&str]) -> (Option<i32>, Value) {
    let ran = lane(repository, &[words, &["--format", "json"]].concat());
    assert_eq!(ran.stdout.lines().count(), 1, "one object on a line: {ran:?}");
    (ran.code, serde_json::from_str(&ran.stdout).unwrap())
}

#[test]
fn lanes_are_listed_as_the_policy_has_them() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("r");
    let none = lane(&repository, &["list"]);
    assert_eq!((none.code, &*none.stdout), (Some(0), ""), "there is nothing to list");
    assert!(none.stderr.contains("hint: git dos lane init"), "{none:?}");

    repository.write("dos.toml", LANES);
    let listed = lane(&repository, &["list"]);
    let want = "api      concurrent  src/api/**\n\
                Web      concurrent  app/**, docs/UI-*  (or: ui)\n\
                release  exclusive   **";
    assert_eq!((listed.code, &*listed.stdout, &*listed.stderr), (Some(0), want, ""));
    let row = |name: &str, kind: &str, tree: Value, aliases: Value, autopick: bool| json!({ "name": name, "kind": kind, "tree": tree, "aliases": aliases, "autopick": autopick });
    let want = json!({
        "schema": "git-dos/lane-list/1",
        "lanes": [
            row("api", "concurrent", json!(["src/api/**"]), json!([]), true),
            row("Web", "concurrent", json!(["app/**", "docs/UI-*"]), json!(["ui"]), false),
            row("release", "exclusive", json!(["**"]), json!([]), false),
        ],
    });
    assert_eq!(asked(&repository, &["list"]), (Some(0), want));
}

#[test]
fn what_is_dead_in_the_lanes_is_said_with_what_to_do() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("r");
    repository.write("dos.toml", LANES);
    let good = lane(&repository, &["check"]);
    assert_eq!((good.code, &*good.stdout, &*good.stderr), (Some(0), "", ""), "silent when well");
    let empty = json!({ "schema": "git-dos/lane-check/1", "findings": [] });
    assert_eq!(asked(&repository, &["check"]), (Some(0), empty));

    let warned = format!("{LANES}old = \"gone\\u001b\"\n");
    repository.write("dos.toml", &warned);
    let ran = lane(&repository, &["check"]);
    assert_eq!(ran.code, Some(1), "a warning is a finding");
    let want = "warn   alias old means gone\\u{1b}, which is neither concurrent nor exclusive\n\
                hint: declare gone\\u{1b}, or take old out of [lanes.aliases]";
    assert_eq!(ran.stdout, want, "and harmless");

    let dead = LANES.replace("\"Web\"]", "\"Web\", \"docs\"]").replace("app/**", "src/**");
    repository.write("dos.toml", dead);
    let (code, answer) = asked(&repository, &["check"]);
    assert_eq!(code, Some(1));
    let rows: Vec<_> = answer["findings"].as_array().unwrap().iter().collect();
    let told: Vec<_> =
        rows.iter().map(|row| (&row["finding"], &row["grade"], &row["names"])).collect();
    let want = [
        (json!("without-tree"), json!("error"), json!(["docs"])),
        (json!("shadowed"), json!("warn"), json!(["api", "Web"])),
    ];
    assert_eq!(told, want.iter().map(|(a, b, c)| (a, b, c)).collect::<Vec<_>>());
}

#[test]
fn the_file_system_decides_which_lanes_share_paths() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("r");
    repository.write("dos.toml", LANES.replace("app/**", "SRC/api/**"));
    repository.git(["config", "core.ignorecase", "false"]);
    assert_eq!(lane(&repository, &["check"]).code, Some(0), "two folders");
    repository.git(["config", "core.ignorecase", "true"]);
    assert_eq!(lane(&repository, &["check"]).code, Some(1), "one folder");
}

#[test]
fn a_path_is_looked_up_from_the_current_folder() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("r");
    repository.write("dos.toml", LANES.replace("release\"]", "release\"] # alone"));
    repository.write("src/api/f.rs", "");
    repository.commit("docs: begin");
    let show = |folder: &str, paths: &[&str]| {
        let mut command = sandbox.command(GIT_DOS, &repository.path.join(folder));
        let ran = run(command.args(["lane", "show"]).args(paths));
        (ran.code, ran.stdout, ran.stderr)
    };
    let absolute = repository.path.join("src/api/g.rs");
    let absolute = absolute.to_str().unwrap();
    for (folder, path, want) in [
        ("", "src/api/f.rs", "src/api/f.rs: api, release (held alone)"),
        ("src/api", "f.rs", "src/api/f.rs: api, release (held alone)"),
        ("src/api", "../api/./new.rs", "src/api/new.rs: api, release (held alone)"),
        ("src", absolute, "src/api/g.rs: api, release (held alone)"),
        ("src", "..", ".: release (held alone)"),
        ("src", "api2", "src/api2: release (held alone)"),
    ] {
        let want = (Some(0), want.to_owned(), String::new());
        assert_eq!(show(folder, &[path]), want, "{path} in {folder:?}");
    }
    let (code, _, stderr) = show("src", &["../../elsewhere"]);
    assert_eq!(code, Some(2), "a path of no worktree is nobody's to tell");
    assert!(stderr.contains("../../elsewhere is in no worktree"), "{stderr}");

    repository.write("dos.toml", LANES.replace("exclusive = [\"release\"]", ""));
    let (code, stdout, _) = show("", &["src/api/f.rs", "docs/a.md"]);
    assert_eq!((code, &*stdout), (Some(1), "src/api/f.rs: api\ndocs/a.md: no lane"));
    let (code, answer) = asked(&repository, &["show", "./docs/UI-1"]);
    let lanes = json!([{ "name": "Web", "kind": "concurrent" }]);
    let paths = json!([{ "asked": "./docs/UI-1", "path": "docs/UI-1", "lanes": lanes }]);
    assert_eq!(code, Some(0));
    assert_eq!(answer, json!({ "schema": "git-dos/lane-show/1", "paths": paths }));

    let tree = sandbox.path("other");
    repository.git(["worktree", "add", "--quiet", tree.to_str().unwrap()]);
    fs_err::write(tree.join("dos.toml"), LANES).unwrap();
    let other = run(sandbox.command(GIT_DOS, &tree.join("src/api")).args(["lane", "show", "x"]));
    assert_eq!(other.stdout, "src/api/x: api, release (held alone)", "in a linked worktree");
}

#[cfg(unix)]
#[test]
fn a_link_is_where_it_leads() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("r");
    repository.write("dos.toml", LANES.replace("exclusive = [\"release\"]", ""));
    repository.write("src/api/f.rs", "");
    fs_err::os::unix::fs::symlink("src/api", repository.path.join("short")).unwrap();
    let shown = lane(&repository, &["show", "short/f.rs"]);
    assert_eq!((shown.code, &*shown.stdout), (Some(0), "src/api/f.rs: api"));
}

#[test]
fn a_broken_policy_is_never_one_without_lanes() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("r");
    for (text, place) in [
        ("[lanes\n", "dos.toml:1: "),
        ("[lanes]\nconcurent = []\n", "dos.toml:2: unknown field `concurent`"),
        ("[churn]\nmode = 3\n", "dos.toml:2: "),
        ("[lanes.trees]\na = [\"../x\"]\n", "dos.toml:2: "),
    ] {
        repository.write("dos.toml", text);
        for words in [
            &["list"][..],
            &["check"],
            &["show", "a"],
            &["init", "--preset", "auto"],
            &["init", "--preset", "workshop", "--dry-run"],
        ] {
            let ran = lane(&repository, words);
            assert_eq!((ran.code, &*ran.stdout), (Some(2), ""), "{words:?} with {text:?}");
            assert!(ran.stderr.contains(place), "{words:?}: {}", ran.stderr);
        }
        let left = fs_err::read_to_string(repository.path.join("dos.toml")).unwrap();
        assert_eq!(left, text, "nothing was written");
    }
}

/// Returns the text of `dos.toml`.
fn policy(repository: &Repository<'_>) -> String {
    fs_err::read_to_string(repository.path.join("dos.toml")).unwrap()
}

#[test]
fn first_lanes_are_the_folders_at_the_top() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("r");
    let unborn = lane(&repository, &["init", "--preset", "auto"]);
    assert_eq!(unborn.code, Some(1), "{unborn:?}");
    assert!(!repository.path.join("dos.toml").exists(), "and nothing is written");
    for name in ["src/f", "docs/a", "my app/f", "node_modules/x", ".ci/run", "a[1]/f", "README"] {
        repository.write(name, "");
    }
    repository.commit("docs: begin");
    repository.write("untracked/f", "");

    let before = "# mine\r\n[churn]\r\nmode = \"off\"";
    repository.write("dos.toml", before);
    let dry = lane(&repository, &["init", "--preset", "auto", "--dry-run"]);
    assert_eq!(dry.code, Some(0), "{dry:?}");
    assert!(dry.stdout.contains("\n+concurrent = [\"docs\", \"my app\", \"src\"]"), "{dry:?}");
    assert!(dry.stderr.contains("no lanes of their own: .ci, a[1], node_modules"), "{dry:?}");
    assert_eq!(policy(&repository), before, "a dry run writes nothing");

    let wrote = lane(&repository, &["init", "--preset", "auto"]);
    assert_eq!(wrote.code, Some(0), "{wrote:?}");
    assert!(wrote.stdout.ends_with("docs, my app, src; held alone: global"), "{wrote:?}");
    let after = policy(&repository);
    assert!(after.starts_with(before), "every byte is kept: {after:?}");
    assert_eq!(after.matches('\n').count(), after.matches("\r\n").count(), "in its line ends");
    assert_eq!(lane(&repository, &["check"]).code, Some(0), "and nothing is wrong with them");
    let owned = lane(&repository, &["show", "my app/g", "README"]);
    assert_eq!(owned.stdout, "my app/g: my app, global (held alone)\nREADME: global (held alone)");

    let (code, again) = asked(&repository, &["init", "--preset", "workshop"]);
    assert_eq!((code, &again["outcome"]), (Some(1), &json!("declared")), "{again}");
    assert_eq!(policy(&repository), after, "lanes that are there are left alone");
}

#[test]
fn the_workshop_is_the_policy_that_is_documented() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("r");
    let (code, dry) = asked(&repository, &["init", "--preset", "workshop", "--dry-run"]);
    assert_eq!((code, &dry["outcome"]), (Some(0), &json!("planned")));
    assert!(dry["diff"].as_str().unwrap().contains("+[lanes]\n"), "{dry}");
    let (code, wrote) = asked(&repository, &["init", "--preset", "workshop"]);
    assert_eq!((code, &wrote["outcome"]), (Some(0), &json!("written")));
    assert_eq!(wrote["concurrent"], json!(["frontend", "backend"]));
    let fixture = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let fixture = fs_err::read_to_string(fixture.join("fixtures/policies/workshop.toml")).unwrap();
    assert_eq!(policy(&repository), fixture);
    let show = lane(&repository, &["show", "api/v1.rs", "sub/VERSION"]);
    let want = "api/v1.rs: backend, global (held alone)\n\
                sub/VERSION: release (held alone), global (held alone)";
    assert_eq!(show.stdout, want);
}

#[test]
fn lanes_are_written_to_a_file_of_the_worktree_alone() {
    let sandbox = Sandbox::new();
    let bare = sandbox.bare("bare");
    let words = ["lane", "init", "--preset", "workshop"];
    let ran = run(sandbox.command(GIT_DOS, &bare).args(words));
    assert_eq!(ran.code, Some(2), "{ran:?}");
    #[cfg(unix)]
    {
        let repository = sandbox.repository("r");
        let elsewhere = sandbox.path("elsewhere.toml");
        fs_err::write(&elsewhere, "").unwrap();
        fs_err::os::unix::fs::symlink(&elsewhere, repository.path.join("dos.toml")).unwrap();
        let ran = lane(&repository, &words[1..]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert_eq!(fs_err::read_to_string(&elsewhere).unwrap(), "", "not through a link outside");
        fs_err::remove_file(repository.path.join("dos.toml")).unwrap();
        repository.write("policy/dos.toml", "# kept\n");
        fs_err::os::unix::fs::symlink("policy/dos.toml", repository.path.join("dos.toml")).unwrap();
        assert_eq!(lane(&repository, &words[1..]).code, Some(0));
        let inside = fs_err::read_to_string(repository.path.join("policy/dos.toml")).unwrap();
        assert!(inside.starts_with("# kept\n\n") && inside.contains("[lanes]"), "{inside}");
        assert!(fs_err::symlink_metadata(repository.path.join("dos.toml")).unwrap().is_symlink());
    }
}
