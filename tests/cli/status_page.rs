//! What `git dos status` says of runs, lanes, proposed stops, commits and folds: only what there is.

use std::time::Duration;

use git_dos::evidence::repository::{Environment, open};
use git_dos::ops::overview::{Memory, Unpushed, look, look_again};
use serde_json::Value;

use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run};

fn dos(repository: &Repository<'_>, words: &[&str]) -> Ran {
    run(repository.command(GIT_DOS).args(words))
}

fn installed(sandbox: &Sandbox) -> Repository<'_> {
    let repository = sandbox.repository("work");
    repository.write("dos.toml", "[lanes.trees]\napi = [\"src/api/**\"]\n");
    repository.write("README.md", "one line\n");
    repository.commit("docs: begin the readme");
    assert_eq!(dos(&repository, &["install", "--agent", "none"]).code, Some(0));
    repository
}

fn json(repository: &Repository<'_>) -> Value {
    serde_json::from_str(&dos(repository, &["status", "--format", "json"]).stdout).unwrap()
}

#[test]
fn where_nothing_goes_on_nothing_is_said_of_it() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox);
    let status = dos(&repository, &["status"]);
    assert_eq!((status.code, &*status.stderr), (Some(0), ""));
    let first = format!("{}\n  git pre-push", repository.path.display());
    assert!(status.stdout.starts_with(&first), "{}", status.stdout);
    let page = json(&repository);
    for part in ["runs", "lanes", "halts"] {
        assert_eq!(page[part], serde_json::json!([]), "{part}");
    }
    assert_eq!((&page["folds"], &page["unpushed"]["unwitnessed"]), (&0.into(), &0.into()));
}

#[test]
fn what_goes_on_stands_on_one_page() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox);
    let id = dos(&repository, &["run", "start", "--lane", "api"]).stdout.trim().to_owned();
    let ran = dos(&repository, &["lease", "acquire", "api", "--owner", "ada"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran = dos(&repository, &["halt", &id, "--reason", "it goes round in circles"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    repository.git([
        "commit",
        "--quiet",
        "--allow-empty",
        "--no-verify",
        "-m",
        "fix: stop the crash",
    ]);

    let status = dos(&repository, &["status"]);
    assert_eq!((status.code, &*status.stderr), (Some(0), ""), "the wiring is as it should be");
    let lines: Vec<&str> = status.stdout.lines().collect();
    let after = |title: &str| {
        let at = lines.iter().position(|line| *line == title);
        at.and_then(|at| lines.get(at + 1)).copied().unwrap_or_default()
    };
    assert!(after("runs").starts_with(&format!("  ADVANCING {id} ")), "{}", status.stdout);
    assert!(after("lanes that are held").starts_with("  api: ada"), "{}", status.stdout);
    assert!(after("proposed stops").contains("it goes round in circles"), "{}", status.stdout);
    assert_eq!(
        after("to be pushed"),
        "  of 1 commits (HEAD) 1 unwitnessed; git dos audit names them",
        "{}",
        status.stdout
    );
    let page = json(&repository);
    assert_eq!(page["runs"][0]["run"], id);
    assert_eq!(page["lanes"][0]["owner"], "ada");
    assert_eq!(page["unpushed"]["unwitnessed"], 1);

    assert_eq!(dos(&repository, &["halt", "ack", &id]).code, Some(0));
    assert!(!dos(&repository, &["status"]).stdout.contains("proposed stops"), "it was seen");
}

#[test]
fn what_cannot_be_read_is_said_once_and_hides_nothing_else() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox);
    let id = dos(&repository, &["run", "start"]).stdout.trim().to_owned();
    let blob = repository.git(["hash-object", "-w", "README.md"]);
    repository.git(["update-ref", "refs/dos/leases", blob.trim()]);
    let status = dos(&repository, &["status"]);
    assert_eq!(status.code, Some(2), "{status:?}");
    assert!(status.stdout.contains(&id), "the runs are there: {status:?}");
    assert_eq!(status.stderr.matches("error: ").count(), 1, "{status:?}");
    assert!(status.stderr.contains("refs/dos/leases"), "{status:?}");
    assert_eq!(json(&repository)["lanes"], Value::Null, "unknown is not none");
}

#[test]
fn what_only_shows_writes_nothing() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.commit("docs: begin");
    let files = || run(repository.command("find").args([".", "-type", "f"])).stdout;
    let before = files();
    for words in [
        &["status"][..],
        &["top", "--once"],
        &["lane", "list"],
        &["lease", "list"],
        &["lease", "log"],
        &["fleet", "plan"],
        &["liveness"],
        &["sessions"],
        &["halt", "list"],
        &["breaker", "show"],
        &["audit"],
        &["verify", "AUTH", "AUTH1"],
    ] {
        dos(&repository, words);
        assert_eq!(files(), before, "{words:?}");
    }
}

#[test]
fn commits_are_judged_a_few_at_a_time_and_each_once() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox);
    repository.git(["update-ref", "refs/remotes/origin/main", "HEAD"]);
    for number in 0..3 {
        repository.commit(&format!("fix: stop crash number {number}"));
    }
    let mut memory = Memory::with_patience(Duration::ZERO);
    let mut seen = |what: &str| -> Unpushed {
        let opened = open(&repository.path, Environment::Ignored).unwrap();
        let unpushed = look_again(&opened, &mut memory).unpushed.expect(what);
        assert_eq!(unpushed.totals.unwitnessed, unpushed.against.len(), "{what}");
        unpushed
    };
    for (waiting, judged) in [(2, 1), (1, 2), (0, 3), (0, 3)] {
        let found = seen("one more each time");
        assert_eq!((found.waiting, found.totals.unwitnessed), (waiting, judged));
    }
    repository.commit("fix: stop crash number 4");
    let found = seen("after another commit");
    assert_eq!((found.waiting, found.totals.unwitnessed), (0, 4), "only that one was judged");
    assert_eq!(found.against[0].subject, "fix: stop crash number 4", "newest first");
    let opened = open(&repository.path, Environment::Ignored).unwrap();
    let whole = look(&opened).unpushed.unwrap();
    assert_eq!((whole.waiting, whole.totals), (0, found.totals), "as without a memory");
    assert_eq!(whole.against, found.against);

    let ignore = "[audit]\nignore = [\"fix: stop crash*\"]\n";
    repository.write("dos.toml", ignore);
    let found = seen("after another policy");
    assert_eq!((found.waiting, found.totals.abstained), (3, 1), "all are judged anew");
    repository.git(["reset", "--quiet", "--hard", "origin/main"]);
    let found = seen("after a reset");
    assert_eq!((found.waiting, found.totals.all()), (0, 0), "nothing is to be pushed");
}
