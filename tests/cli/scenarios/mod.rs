//! Repositories as people and agents leave them, with the answers that a reader of their history would give.

mod liveness;
mod liveness_runs;
mod verify_commits;
mod verify_landing;
mod verify_places;
mod verify_reverts;
mod verify_settings;
mod verify_subjects;
mod verify_twists;

use std::cell::Cell;
use std::process::Command;

use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run, run_with_input, succeed};

/// What is wrong with an answer, in words.
type Checked = Result<(), String>;

/// A name in words, and what makes the repository and checks the answers.
type Scene = (&'static str, fn(&Story<'_>) -> Checked);

/// Plays every scene in a repository of its own, and fails with the faults of all of them.
fn play(scenes: &[Scene]) {
    let faults: Vec<String> = scenes
        .iter()
        .filter_map(|(name, scene)| {
            let sandbox = Sandbox::new();
            let fault = scene(&Story::new(&sandbox, "work")).err()?;
            Some(format!("{name}: {fault}"))
        })
        .collect();
    assert!(
        faults.is_empty(),
        "{} of {} scenes:\n{}",
        faults.len(),
        scenes.len(),
        faults.join("\n")
    );
}

/// A repository whose commits are a minute apart, in a past that is always the same.
struct Story<'sandbox> {
    repository: Repository<'sandbox>,
    minute: Cell<u64>,
    present: Cell<bool>,
}

impl<'sandbox> Story<'sandbox> {
    /// Begins with a commit of somebody's code.
    fn new(sandbox: &'sandbox Sandbox, name: &str) -> Self {
        let repository = sandbox.repository(name);
        let story = Self { repository, minute: Cell::new(0), present: Cell::new(false) };
        story.commit("chore: begin", &[("src/main.rs", &code("main")), ("README.md", "# Work\n")]);
        story
    }

    /// Returns another clone of a repository in the same sandbox.
    fn clone_of(&self, from: &str, to: &str, options: &[&str]) -> Self {
        let sandbox = self.repository.sandbox;
        let url = format!("file://{}", sandbox.path(from).display());
        let mut clone = sandbox.command("git", &sandbox.path(""));
        succeed(clone.args(["clone", "--quiet"]).args(options).arg(url).arg(to));
        let repository = Repository { sandbox, path: sandbox.path(to) };
        let (minute, present) = (self.minute.clone(), self.present.clone());
        Self { repository, minute, present }
    }

    /// Prepares git to run a minute later, or now, once the present has begun.
    fn at_next_minute(&self) -> Command {
        if self.present.get() {
            return self.repository.command("git");
        }
        self.minute.set(self.minute.get() + 1);
        self.at(1_700_000_000 + 60 * self.minute.get())
    }

    /// Prepares git to run at `seconds` since 1970.
    fn at(&self, seconds: u64) -> Command {
        let mut command = self.repository.command("git");
        let date = format!("@{seconds} +0000");
        command.env("GIT_AUTHOR_DATE", &date).env("GIT_COMMITTER_DATE", &date);
        command
    }

    /// Runs git a minute later; it must succeed.
    fn git(&self, words: &str) -> String {
        succeed(self.at_next_minute().args(words.split(' '))).stdout
    }

    /// Writes files and commits everything, even if nothing changed.
    fn commit(&self, message: &str, files: &[(&str, &str)]) -> String {
        for (path, text) in files {
            self.repository.write(path, text);
        }
        self.repository.git(["add", "--all"]);
        succeed(self.at_next_minute().args(["commit", "-q", "--allow-empty", "-m", message]));
        self.repository.head()
    }

    /// Commits `files` with exactly the bytes of `message`.
    fn commit_bytes(&self, message: &[u8], files: &[(&str, &str)]) -> String {
        for (path, text) in files {
            self.repository.write(path, text);
        }
        self.repository.git(["add", "--all"]);
        let tree = self.repository.git(["write-tree"]);
        let mut make = self.at_next_minute();
        let ran = run_with_input(make.args(["commit-tree", &tree, "-p", "HEAD"]), message);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        self.repository.git(["update-ref", "HEAD", &ran.stdout]);
        ran.stdout
    }

    /// Ships the phase that the scenes ask for, in a file of its own.
    fn ship(&self) -> String {
        self.commit("AUTH: AUTH1 — log in", &[("src/login.rs", &code("login"))])
    }

    /// Commits something that has nothing to do with it.
    fn other(&self, name: &str) -> String {
        self.commit(&format!("Add {name}"), &[(&format!("src/{name}.rs"), &code(name))])
    }

    /// Deletes `paths` from the worktree.
    fn remove(&self, path: &str) {
        self.repository.git(["rm", "-r", "-q", path]);
    }

    /// Runs `git-dos` with `words`.
    fn dos(&self, words: &[&str]) -> Ran {
        run(self.repository.command(GIT_DOS).args(words))
    }

    /// Asks whether the phase has shipped.
    fn asked(&self) -> Ran {
        self.dos(&["verify", "AUTH", "AUTH1"])
    }
}

/// Returns a function called `name`, each line of which is found nowhere else.
fn code(name: &str) -> String {
    format!(
        "pub fn {name}(user: &str) -> bool {{
    let {name}_token = read_{name}(user);
    if {name}_token.is_empty() {{
        return {name}_fallback(user);
    }}
    {name}_token.starts_with(\"{name}\")
}}
"
    )
}

/// Checks that `ran` says it shipped, by the commit `id`.
fn shipped(ran: &Ran, id: &str) -> Checked {
    let said = ran.code == Some(0) && ran.stdout.starts_with("SHIPPED") && ran.stdout.contains(id);
    expect(said, &format!("SHIPPED by {id}"), ran)
}

/// Checks that it shipped, whichever of `ids` is named.
fn shipped_by_one_of(story: &Story<'_>, ids: &[String]) -> Checked {
    let ran = story.asked();
    let named = ids.iter().any(|id| shipped(&ran, id).is_ok());
    expect(named, &format!("SHIPPED by one of {ids:?}"), &ran)
}

/// Checks that `ran` says it did not ship, and why: one of `words`, or anything at all.
fn not_shipped(ran: &Ran, words: &[&str]) -> Checked {
    let text = ran.stdout.to_lowercase();
    let why = words.is_empty() || words.iter().any(|word| text.contains(&word.to_lowercase()));
    let said = ran.code == Some(1) && ran.stdout.starts_with("NOT_SHIPPED") && why;
    expect(said, &format!("NOT_SHIPPED, with a word of {words:?}"), ran)
}

/// Checks that `ran` says that it cannot be known, and why.
fn unknown(ran: &Ran) -> Checked {
    let error = ran.stderr.starts_with("error: ") && !ran.stderr.contains("Usage:");
    let answer = ran.stdout.starts_with("UNKNOWN") && ran.stdout.lines().count() > 1;
    expect(ran.code == Some(2) && (error || answer), "UNKNOWN or an error, with a reason", ran)
}

/// Checks `said`, or returns what was expected and what came.
fn expect(said: bool, want: &str, ran: &Ran) -> Checked {
    if said { Ok(()) } else { Err(format!("expected {want}, got {ran:?}")) }
}
