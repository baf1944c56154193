//! Side by side with the real programs that manage hooks: those that are in `PATH`, and a word about the others.
//!
//! They come with `apt-get install git-lfs pre-commit`, `npm install husky lefthook simple-git-hooks
//! @j178/prek` and `cargo install hk`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::config_hooks::NewGit;
use crate::install::snapshot;
use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run};

/// A program that manages hooks.
struct Neighbour {
    program: &'static str,
    /// Its settings: the file and the text.
    settings: (&'static str, &'static str),
    /// Where `--via` says that the recipe goes, and what ends its own text there.
    via: Option<(&'static str, &'static str)>,
    install: &'static [&'static str],
    /// Whether its own hooks can read what git writes.
    has_input: bool,
    /// What becomes of our pre-push when it is installed after us.
    after_us: AfterUs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AfterUs {
    /// It runs ours, or leaves the place to us.
    Installed,
    /// It takes the place.
    Stolen,
    /// It has git look for hooks elsewhere.
    Shadowed,
}

/// What theirs does at each push: it writes down that it ran, and what it was told.
const THEIRS: &str = "{ echo theirs; cat; } >>\"$HOME/seen\"\n";

const PRE_COMMIT: &str = "\
repos:
  - repo: local
    hooks:
      - id: theirs
        name: theirs
        language: system
        entry: sh theirs.sh
        stages: [push]
        always_run: true
        pass_filenames: false
";

const HK: &str = "\
amends \"package://github.com/jdx/hk/releases/download/v2.11.0/hk@2.11.0#/Config.pkl\"
hooks {
  [\"pre-push\"] {
    steps {
      [\"theirs\"] { check = \"sh theirs.sh\" }
    }
  }
}
";

/// The hooks that a recipe is asked for.
const EVENTS: &str = "pre-push,commit-msg,pre-commit";

const NEIGHBOURS: [Neighbour; 7] = [
    Neighbour {
        program: "lefthook",
        settings: (
            "lefthook.yml",
            "pre-push:\n  jobs:\n    - name: theirs\n      run: sh theirs.sh\n      use_stdin: true\n",
        ),
        via: Some(("pre-push:\n  jobs:\n", "")),
        install: &["lefthook", "install"],
        has_input: true,
        after_us: AfterUs::Stolen,
    },
    Neighbour {
        program: "pre-commit",
        settings: (".pre-commit-config.yaml", PRE_COMMIT),
        via: Some(("repos:\n  - repo: local\n    hooks:\n", "")),
        install: &["pre-commit", "install", "--hook-type", "pre-push", "--hook-type", "commit-msg"],
        has_input: false,
        after_us: AfterUs::Installed,
    },
    Neighbour {
        program: "prek",
        settings: (".pre-commit-config.yaml", PRE_COMMIT),
        via: Some(("repos:\n  - repo: local\n    hooks:\n", "")),
        install: &["prek", "install", "--hook-type", "pre-push", "--hook-type", "commit-msg"],
        has_input: false,
        after_us: AfterUs::Installed,
    },
    Neighbour {
        program: "husky",
        settings: (".husky/pre-push", THEIRS),
        via: None,
        install: &["husky"],
        has_input: true,
        after_us: AfterUs::Shadowed,
    },
    Neighbour {
        program: "simple-git-hooks",
        settings: ("package.json", "{\"simple-git-hooks\": {\"pre-push\": \"sh theirs.sh\"}}\n"),
        via: None,
        install: &["simple-git-hooks"],
        has_input: true,
        after_us: AfterUs::Stolen,
    },
    Neighbour {
        program: "git-lfs",
        settings: (".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n"),
        via: None,
        install: &["git", "lfs", "install", "--local"],
        has_input: true,
        after_us: AfterUs::Installed,
    },
    Neighbour {
        program: "hk",
        settings: ("hk.pkl", HK),
        via: Some(("hooks {\n  [\"pre-push\"] {\n    steps {\n", "")),
        install: &["hk", "install"],
        has_input: false,
        after_us: AfterUs::Installed,
    },
];

/// A repository beside one neighbour, and the programs that both find.
struct Street<'s> {
    neighbour: &'s Neighbour,
    repository: Repository<'s>,
    path: OsString,
}

impl<'s> Street<'s> {
    /// Makes a repository with the neighbour's settings, a remote that has nothing yet, and git-dos in `PATH`.
    fn make(neighbour: &'s Neighbour, sandbox: &'s Sandbox, new: Option<&NewGit>) -> Self {
        let remote = sandbox.bare("remote.git");
        let repository = sandbox.repository("work");
        let bin = sandbox.path("bin");
        fs_err::create_dir_all(&bin).unwrap();
        std::os::unix::fs::symlink(GIT_DOS, bin.join("git-dos")).unwrap();
        let path = bin.into_os_string();
        let gits = match new {
            Some(new) => new.path(),
            None => sandbox.path_with_older_git(),
        };
        // The older git finds the usual one behind itself.
        let path = [gits, path].join(OsString::from(":").as_os_str());
        let street = Self { neighbour, repository, path };
        street.succeed(&[
            "git",
            "remote",
            "add",
            "origin",
            &format!("file://{}", remote.display()),
        ]);
        let (file, text) = neighbour.settings;
        street.repository.write(file, text);
        street.repository.write("theirs.sh", THEIRS);
        street.repository.write("docs/guide.md", "a line\n");
        street.succeed(&["git", "add", "--all"]);
        street.succeed(&["git", "commit", "--quiet", "--message", "chore: configure the hooks"]);
        street
    }

    /// Tells whether the neighbour's program is on this machine, and says so where it is not.
    fn is_there(&self) -> bool {
        let program = self.neighbour.program;
        let there = self.run(&["sh", "-c", &format!("command -v {program}")]).code == Some(0);
        if !there {
            eprintln!("skipped: there is no {program}");
        }
        there
    }

    fn run(&self, words: &[&str]) -> Ran {
        let mut command = self.repository.command(words[0]);
        // Some set themselves up only where they believe that a person works.
        run(command.env("PATH", &self.path).env("HK_PKL_BACKEND", "pklr").args(&words[1..]))
    }

    fn succeed(&self, words: &[&str]) -> Ran {
        let ran = self.run(words);
        let name = self.neighbour.program;
        assert_eq!(ran.code, Some(0), "{name}: {words:?}: {}{}", ran.stdout, ran.stderr);
        ran
    }

    /// Installs the neighbour, which may refuse to where ours is already.
    fn move_in(&self) -> Ran {
        self.run(self.neighbour.install)
    }

    /// Commits nothing under a subject that claims a repair, and pushes it; tells whether the push is refused.
    fn is_a_claim_refused(&self, what: &str) -> bool {
        let subject = format!("fix: stop the crash in {what}");
        let words = ["git", "commit", "--quiet", "--no-verify", "--allow-empty", "--message"];
        self.succeed(&[&words[..], &[&subject]].concat());
        let ran = self.run(&[
            "git",
            "push",
            "--quiet",
            "origin",
            &format!("HEAD:refs/heads/{}", what.replace(' ', "-")),
        ]);
        let is_named = ran.stderr.contains(&subject) || ran.stdout.contains(&subject);
        assert_eq!(ran.code != Some(0), is_named, "{}: {ran:?}", self.neighbour.program);
        self.succeed(&["git", "reset", "--quiet", "--hard", "HEAD~1"]);
        ran.code != Some(0)
    }

    /// Pushes an honest commit and asserts that the neighbour's own hook hears of it.
    fn honest_push_is_theirs_too(&self, why: &str) {
        let name = self.neighbour.program;
        let seen = self.repository.sandbox.path("home/seen");
        fs_err::remove_file(&seen).ok();
        self.repository.write(&format!("docs/{why}.md"), "a line\n");
        self.repository.write("data.bin", format!("much data {why}\n"));
        self.succeed(&["git", "add", "--all"]);
        let subject = format!("docs: add a page {why}");
        self.succeed(&["git", "commit", "--quiet", "--no-verify", "--message", &subject]);
        self.succeed(&["git", "push", "--quiet", "origin", "HEAD"]);
        let head = self.succeed(&["git", "rev-parse", "HEAD"]).stdout;
        if name == "git-lfs" {
            let pointer = self.succeed(&["git", "show", "HEAD:data.bin"]).stdout;
            let (_, id) = pointer.split_once("oid sha256:").expect("a pointer, not the data");
            let id = id.lines().next().unwrap();
            let there = format!("remote.git/lfs/objects/{}/{}/{id}", &id[..2], &id[2..4]);
            assert!(self.repository.sandbox.path(there).exists(), "{name} {why}: the data went");
            return;
        }
        let text = fs_err::read_to_string(&seen).unwrap_or_default();
        assert_eq!(text.matches("theirs").count(), 1, "{name} {why}: it ran once: {text}");
        assert_eq!(text.contains(&head), self.neighbour.has_input, "{name} {why}: {text}");
    }

    /// Lets somebody else hold a lane, and asserts that a commit into it is refused and another one is not.
    fn is_kept_out_of_a_lane(&self) {
        let name = self.neighbour.program;
        let lease = |words: &[&str]| {
            let other = ["env", "CLAUDE_CODE_SESSION_ID=other", "git-dos", "lease"];
            self.succeed(&[&other[..], words].concat());
        };
        lease(&["acquire", "theirs", "--paths", "held"]);
        for (path, is_refused) in [("held/a.md", true), ("docs/free.md", false)] {
            self.repository.write(path, "a line\n");
            self.succeed(&["git", "add", path]);
            let message = ["git", "commit", "--quiet", "--message", "docs: add a page"];
            let ran = self.run(&[&["env", "CLAUDE_CODE_SESSION_ID=me"], &message[..]].concat());
            assert_eq!(ran.code != Some(0), is_refused, "{name}: pre-commit, {path}: {ran:?}");
            self.succeed(&["git", "reset", "--quiet"]);
        }
        lease(&["release", "theirs"]);
    }

    /// Tells whether this pre-commit calls stages as git calls the hooks, as 3.2 and later do.
    fn knows_the_names_of_hooks(&self) -> bool {
        let text = self.succeed(&["pre-commit", "--version"]).stdout;
        let mut numbers = text.split([' ', '.']).filter_map(|word| word.parse::<u32>().ok());
        (numbers.next(), numbers.next()) >= (Some(3), Some(2))
    }

    fn verdict(&self, event: &str) -> String {
        let ran = self.run(&["git-dos", "status", "--format", "json"]);
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        let hooks = report["worktrees"][0]["hooks"].as_array().unwrap();
        let hook = hooks.iter().find(|hook| hook["event"] == event).unwrap();
        hook["verdict"].as_str().unwrap().to_owned()
    }

    /// Everything that is not a commit's doing: hooks, configuration and the worktree's files.
    fn belongings(&self) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
        let git = self.repository.path.join(".git");
        let mut found = snapshot(&self.repository.path);
        found.retain(|path, _| {
            let inside = path.strip_prefix(&git).map(Path::to_owned);
            match inside {
                Ok(inside) => inside.starts_with("hooks") || inside.starts_with("config"),
                Err(_) => !path.starts_with(self.repository.path.join("docs")),
            }
        });
        found
    }
}

/// Runs `test` for each neighbour that is here, beside an older git and a newer one.
fn each(test: fn(&Street<'_>, bool)) {
    let new = NewGit::find();
    for neighbour in &NEIGHBOURS {
        let sandbox = Sandbox::new();
        let probe = Street::make(neighbour, &sandbox, None);
        if !probe.is_there() {
            continue;
        }
        test(&probe, false);
        if let Some(new) = &new {
            let sandbox = Sandbox::new();
            test(&Street::make(neighbour, &sandbox, Some(new)), true);
        }
    }
}

#[test]
fn we_come_to_those_who_were_there_first_and_leave_them_as_they_were() {
    each(|street, is_new| {
        let name = street.neighbour.program;
        let ran = street.move_in();
        assert_eq!(ran.code, Some(0), "{name}: {}{}", ran.stdout, ran.stderr);
        street.honest_push_is_theirs_too("alone");
        let before = street.belongings();
        let ran = street.run(&["git-dos", "install", "--agent", "none"]);
        let config = street.repository.path.join(".git/config");
        for (path, found) in &street.belongings() {
            let theirs = before.get(path).filter(|_| *path != config);
            assert!(theirs.is_none_or(|theirs| theirs == found), "{name}: {}", path.display());
        }
        if is_new {
            assert_eq!(ran.code, Some(0), "{name}: {}", ran.stderr);
            assert_eq!(street.verdict("pre-push"), "INSTALLED", "{name}");
        } else {
            assert!(
                ran.stderr.contains("git-dos hook git pre-push")
                    || name.starts_with("pre")
                    || name == "hk",
                "{name}: what to do: {}",
                ran.stderr
            );
            assert!(ran.stderr.contains("not done: pre-push"), "{name}: {}", ran.stderr);
        }
        assert_eq!(street.is_a_claim_refused("the parser"), is_new, "{name}");
        street.honest_push_is_theirs_too("together");
        let ran = street.run(&["git-dos", "uninstall", "--purge"]);
        assert_eq!(ran.code, Some(0), "{name}: {}", ran.stderr);
        let (mut before, mut after) = (before, street.belongings());
        let data = street.repository.path.join("data.bin");
        before.remove(&data);
        after.remove(&data);
        assert_eq!(after, before, "{name}: every byte, mode and link");
        street.honest_push_is_theirs_too("afterwards");
    });
}

#[test]
fn those_who_come_after_us_are_told_of_and_we_leave_nothing_with_them() {
    each(|street, is_new| {
        let name = street.neighbour.program;
        street.succeed(&["git-dos", "install", "--agent", "none"]);
        let moved_in = street.move_in().code == Some(0);
        assert!(moved_in || ["git-lfs", "hk"].contains(&name), "{name} moves in");
        let found = street.verdict("pre-push");
        let want = format!("{:?}", street.neighbour.after_us).to_uppercase();
        assert_eq!(found, want, "{name}");
        let refused = street.is_a_claim_refused("the parser");
        assert_eq!(refused, found == "INSTALLED", "{name}: and so it is");
        if moved_in {
            street.honest_push_is_theirs_too("after us");
        }
        street.run(&["git-dos", "install", "--agent", "none"]);
        let found = street.verdict("pre-push");
        assert_eq!(found, if is_new { "INSTALLED" } else { &want }, "{name}: installed again");
        assert_eq!(street.is_a_claim_refused("the lexer"), found == "INSTALLED", "{name}");
        if moved_in {
            street.honest_push_is_theirs_too("and again");
        }
        let ran = street.run(&["git-dos", "uninstall", "--purge"]);
        assert_eq!(ran.code, Some(0), "{name}: {}", ran.stderr);
        for (path, (_, text)) in street.belongings() {
            let text = String::from_utf8_lossy(&text);
            let inside_git = path.starts_with(street.repository.path.join(".git"));
            assert!(
                !inside_git || !text.contains("git-dos hook"),
                "{name}: left in {}",
                path.display()
            );
        }
        assert!(!street.is_a_claim_refused("the printer"), "{name}: nobody is asked any more");
        if moved_in {
            street.honest_push_is_theirs_too("when we are gone");
        }
    });
}

#[test]
fn what_they_are_told_to_run_is_run() {
    each(|street, _| {
        let name = street.neighbour.program;
        if name == "pre-commit" && !street.knows_the_names_of_hooks() {
            eprintln!("skipped: pre-commit before 3.2 has other names for stages");
            return;
        }
        let words = ["git-dos", "install", "--agent", "none", "--events", EVENTS];
        let step;
        if name == "husky" {
            step = String::new();
            let recipe = street.succeed(&[&words[..], &["--via", name]].concat()).stdout;
            for part in recipe.split("in .husky/").skip(1) {
                let (hook, lines) = part.split_once(":\n").unwrap();
                let theirs = "printf '%s\\n' \"$lines\" | sh theirs.sh\n";
                let more = if hook == "pre-push" { theirs } else { "" };
                street.repository.write(&format!(".husky/{hook}"), format!("{lines}\n{more}"));
            }
        } else if let Some((header, _)) = street.neighbour.via {
            let recipe = street.succeed(&[&words[..], &["--via", name]].concat()).stdout;
            let (_, recipe) = recipe.split_once("in ").unwrap();
            let (_, recipe) = recipe.split_once(":\n").unwrap();
            let (recipe, then) = recipe.split_once("then: ").unwrap();
            let line = then.lines().next().unwrap();
            assert!(line.starts_with(&street.neighbour.install[..2].join(" ")), "{name}: {then}");
            step = line.to_owned();
            let (file, text) = street.neighbour.settings;
            let (_, theirs) = text.split_once(header).unwrap();
            // Both in one list, ours first.
            let merged = if name == "hk" {
                let (_, ours) = recipe.split_once("    steps {\n").unwrap();
                let own = theirs.lines().next().unwrap();
                let (step, rest) = ours.split_once('\n').unwrap();
                let (head, _) = text.split_once(header).unwrap();
                format!("{head}{header}{step}\n{own}\n{rest}}}\n")
            } else {
                let (head, ours) = recipe.split_once(header).unwrap();
                format!("{head}{header}{theirs}{ours}")
            };
            street.repository.write(file, merged);
        } else {
            return;
        }
        street.succeed(&["git", "add", "--all"]);
        street.succeed(&["git", "commit", "--quiet", "--message", "chore: run git-dos as well"]);
        let step = step.split_whitespace().collect::<Vec<_>>();
        street.succeed(if step.is_empty() { street.neighbour.install } else { &step });
        assert_eq!(street.verdict("pre-push"), "INSTALLED", "{name}: seen through them");
        assert!(street.is_a_claim_refused("the parser"), "{name}: pre-push");
        street.is_kept_out_of_a_lane();
        let words = ["git", "commit", "--quiet", "--allow-empty", "--message", "release: 1.0"];
        street.succeed(&[&words[..4], &["--no-verify"], &words[4..]].concat());
        let ran = street.run(&[&words[..5], &["fix: stop the crash in the printer"]].concat());
        assert_ne!(ran.code, Some(0), "{name}: commit-msg: {}{}", ran.stdout, ran.stderr);
        street.succeed(&["git", "reset", "--quiet", "--hard", "HEAD~1"]);
        street.honest_push_is_theirs_too("through them");
        fs_err::remove_file(street.repository.sandbox.path("bin/git-dos")).unwrap();
        street.honest_push_is_theirs_too("without us");
        street.succeed(&[&words[..5], &["fix: stop the crash in the printer"]].concat());
    });
}

#[test]
fn a_worktree_that_husky_does_not_know_yet_is_seen() {
    let Some(husky) = NEIGHBOURS.iter().find(|neighbour| neighbour.program == "husky") else {
        return;
    };
    let sandbox = Sandbox::new();
    let street = Street::make(husky, &sandbox, None);
    if !street.is_there() {
        return;
    }
    street.succeed(&["husky"]);
    let line = "git-dos hook git pre-push -- \"$@\" || [ $? -ne 1 ] || exit 1\n";
    street.repository.write(".husky/pre-push", line);
    street.succeed(&["git", "add", "--all"]);
    street.succeed(&["git", "commit", "--quiet", "--message", "chore: run git-dos as well"]);
    street.run(&["git-dos", "install", "--agent", "none", "--events", "pre-push"]);
    let linked = sandbox.path("linked");
    street.succeed(&["git", "worktree", "add", "--quiet", "-b", "side", linked.to_str().unwrap()]);
    let ran = street.run(&["git-dos", "status", "--format", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let verdict = |tree: usize| {
        let hooks = report["worktrees"][tree]["hooks"].as_array().unwrap();
        hooks.iter().find(|hook| hook["event"] == "pre-push").unwrap()["verdict"].clone()
    };
    assert_eq!(verdict(0), "INSTALLED", "{report}");
    assert_eq!(verdict(1), "SHADOWED", "husky has made no .husky/_ there: {report}");
    assert_eq!(ran.code, Some(1), "so git runs nothing there");
}
