//! `git dos severity`: what events are worth, who is told, and what is looked up instead of believed.

use serde_json::Value;

use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run, run_with_input};

fn severity(repository: &Repository<'_>, words: &[&str]) -> Ran {
    run(repository.command(GIT_DOS).arg("severity").args(words))
}

/// Asks about an event in JSON on standard input, and returns the answer.
fn of_event(repository: &Repository<'_>, event: &Value) -> Value {
    let mut command = repository.command(GIT_DOS);
    command.args(["severity", "--event", "-", "--format", "json"]);
    let ran = run_with_input(&mut command, event.to_string().as_bytes());
    assert_eq!(ran.code, Some(0), "{event}: {ran:?}");
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(answer["schema"], "git-dos/severity/1", "{event}");
    answer
}

/// Writes an archive of run `number` with `verdict` and `cause`.
fn archive(repository: &Repository<'_>, number: u32, verdict: &str, cause: &str) -> String {
    let path = format!("docs/dispatch/run-{number}.md");
    repository.write(&path, "a report\n");
    let run_name = run_name(number);
    let words = ["archive", "--family", "dispatch", "--verdict", verdict, "--cause", cause];
    let ran = run(repository
        .command(GIT_DOS)
        .args(words)
        .args(["--run", &run_name, "-m", "x", "--", &path]));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    repository.head()
}

fn run_name(number: u32) -> String {
    format!("20260601T00{number:02}00Z")
}

#[test]
fn a_sink_makes_the_exit_code_the_answer() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("r");
    for (words, sink, code) in [
        (&["--family", "dispatch", "--verdict", "LIVE"][..], "push", 0),
        (&["--family", "dispatch", "--verdict", "BLOCKED"], "push", 0),
        (&["--family", "dispatch", "--verdict", "STALE-STAMP"], "push", 1),
        (&["--family", "dispatch", "--verdict", "STALE-STAMP"], "terminal", 0),
        (&["--family", "dispatch", "--verdict", "DRAIN"], "report", 1),
        (&["--family", "dispatch", "--verdict", "DRAIN"], "commit", 0),
        (&["--family", "replan", "--surfaced", "2"], "push", 0),
        (&["--family", "next-up", "--soft-claims", "1"], "artifact", 0),
        (
            &["--family", "next-up", "--soft-claims", "1", "--staged-changed", "false"],
            "artifact",
            1,
        ),
        (&["--family", "dispatch", "--grooms", "1"], "terminal", 0),
    ] {
        let ran = severity(&repository, &[words, &["--sink", sink]].concat());
        assert_eq!(ran.code, Some(code), "{words:?} to {sink}: {ran:?}");
        assert_eq!(severity(&repository, words).code, Some(0), "no audience, no answer: {words:?}");
        let verb = if code == 0 { "    reaches " } else { "    does not reach " };
        assert!(ran.stdout.contains(&format!("{verb}{sink}, ")), "{}", ran.stdout);
    }
}

#[test]
fn thresholds_come_from_the_environment_then_the_file_then_the_default() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("r");
    let ask = |own: Option<&str>, other: Option<&str>| {
        let mut command = repository.command(GIT_DOS);
        command.args(["severity", "--family", "dispatch", "--format", "json"]);
        for (name, value) in
            [("DISPATCH_PUSH_MIN_SEVERITY", own), ("JOB_DISPATCH_PUSH_MIN_SEVERITY", other)]
        {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        let ran = run(&mut command);
        let answer: Option<Value> = serde_json::from_str(&ran.stdout).ok();
        let threshold = answer.map(|answer| answer["sinks"]["push"]["threshold"].clone());
        (ran.code, threshold.and_then(|word| word.as_str().map(str::to_owned)))
    };
    let is = |word: &str| (Some(0), Some(word.to_owned()));
    assert_eq!(ask(None, None), is("BLOCKED-NEW"), "the default");
    repository.write("dos.toml", "[severity]\npush = \"shipped\"\n");
    assert_eq!(ask(None, None), is("SHIPPED"), "the file");
    assert_eq!(ask(Some("notice"), Some("noop")), is("NOTICE"), "the environment");
    assert_eq!(ask(Some(""), Some("noop")), is("NOOP"), "an empty value is none");
    assert_eq!(ask(Some(" "), Some("noop")), is("BLOCKED-NEW"), "a blank one is the default");
    assert_eq!(ask(Some("loud"), None), (Some(2), None), "a word that is none is an error");
    repository.write("dos.toml", "[severity]\npusch = \"shipped\"\n");
    assert_eq!(ask(None, None), (Some(2), None), "and so is a key that is none");
}

#[test]
fn whether_a_blocker_is_new_is_looked_up_in_the_archives() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("r");
    let event = |cause: &str| serde_json::json!({ "family": "dispatch-loop", "verdict": "BLOCKED", "cause": cause });
    let new = of_event(&repository, &event("soak"));
    assert_eq!((&new["severity"], &new["first_occurrence"]), (&"BLOCKED-NEW".into(), &true.into()));
    repository.commit("feat: begin");
    archive(&repository, 1, "BLOCKED", "soak");
    repository.commit("feat: go on");
    let again = of_event(&repository, &event("soak"));
    assert_eq!((&again["severity"], &again["rule"]), (&"NOOP".into(), &"known-blocker".into()));
    assert_eq!(again["seen_runs"], 1, "it stands for one run");
    assert_eq!(again["headline"], "blocked", "a repeat is summed up as the first was");
    for cause in ["other", ""] {
        assert_eq!(of_event(&repository, &event(cause))["severity"], "BLOCKED-NEW", "{cause:?}");
    }
    let mut told = event("soak");
    told["first_occurrence"] = true.into();
    let told = of_event(&repository, &told);
    assert_eq!(told["first_occurrence_by"], "event", "who says so is told");
    let mut own = event("other");
    archive(&repository, 2, "BLOCKED", "other");
    assert_eq!(of_event(&repository, &own)["severity"], "NOOP", "an archive at HEAD is one");
    own["run"] = run_name(2).into();
    assert_eq!(of_event(&repository, &own)["severity"], "BLOCKED-NEW", "unless it is its own");
    for number in 3..6 {
        archive(&repository, number, "BLOCKED", "other");
    }
    let many = of_event(&repository, &event("other"));
    assert_eq!(many["seen_runs"], 3, "a folded archive counts as all its runs: {many}");
    assert_eq!(many["seen_in"].as_str(), Some(&*repository.head()), "and is named");
}

#[test]
fn a_history_that_is_cut_off_is_no_answer() {
    let sandbox = Sandbox::new();
    let origin = sandbox.repository("origin");
    for number in 0..3 {
        origin.commit(&format!("feat: part {number}"));
    }
    let url = format!("file://{}", origin.path.display());
    let path = sandbox.path("shallow");
    origin.git(["clone", "--quiet", "--depth", "1", &url, path.to_str().unwrap()]);
    let shallow = Repository { sandbox: &sandbox, path };
    let blocked = ["--family", "dispatch", "--verdict", "BLOCKED"];
    let ran = severity(&shallow, &blocked);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("hint: git fetch --unshallow"), "{}", ran.stderr);
    for words in [&["--first-occurrence", "true"][..], &["--picks-shipped", "1"]] {
        let ran = severity(&shallow, &[&blocked, words].concat());
        assert_eq!(ran.code, Some(0), "where it makes no difference: {ran:?}");
    }
    shallow.write("dos.toml", "[churn]\nhistory = 1\n");
    let ran = severity(&shallow, &blocked);
    assert!(ran.stdout.contains("commits read: 1, as [churn] history asks"), "{ran:?}");
}

#[test]
fn picks_are_looked_for_and_not_believed() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("r");
    repository.commit("build: begin");
    repository.write("src/login.rs", "pub fn login() {}\n");
    repository.commit("AUTH: AUTH1 login");
    repository.commit("AUTH: AUTH2 logout, tests pass");
    let pick = |phase: &str| serde_json::json!({ "plan": "AUTH", "phase": phase });
    let event = |picks: &[&str]| {
        let picks: Vec<Value> = picks.iter().copied().map(pick).collect();
        serde_json::json!({ "family": "dispatch", "verdict": "LIVE", "picks_shipped": 9, "picks": picks })
    };
    for (picks, severity, rule, headline) in [
        (&["AUTH1"][..], "SHIPPED", "verified-picks", "1 pick shipped"),
        (&["AUTH1", "AUTH1", "AUTH2", "AUTH3"], "SHIPPED", "verified-picks", "1 pick shipped"),
        (&["AUTH2", "AUTH3"], "NOTICE", "refuted-ships", "no pick shipped"),
        (&[], "SHIPPED", "reported-ships", "9 picks shipped"),
    ] {
        let answer = of_event(&repository, &event(picks));
        assert_eq!(answer["severity"], severity, "{picks:?}: {answer}");
        assert_eq!((&answer["rule"], &answer["headline"]), (&rule.into(), &headline.into()));
        let shipped = answer["picks"].as_array().unwrap().iter();
        let shipped: Vec<&Value> = shipped.filter(|pick| pick["shipped"] == true).collect();
        assert_eq!(shipped.len(), usize::from(picks.contains(&"AUTH1")), "{answer}");
    }
    let words = ["--family", "dispatch", "--picks-shipped", "2", "--pick", "AUTH", "AUTH1"];
    let ran = severity(&repository, &[&words[..], &["--pick", "AUTH", "AUTH2"]].concat());
    assert!(ran.stdout.contains("AUTH AUTH2 did not ship and does not count"), "{ran:?}");
    assert!(ran.stdout.contains("the event reports 2 picks, and 1 of those it names"), "{ran:?}");

    let url = format!("file://{}", repository.path.display());
    let path = sandbox.path("shallow");
    repository.git(["clone", "--quiet", "--depth", "1", &url, path.to_str().unwrap()]);
    let shallow = Repository { sandbox: &sandbox, path };
    let ran = severity(&shallow, &["--family", "dispatch", "--pick", "AUTH", "AUTH1"]);
    assert_eq!(ran.code, Some(2), "nobody can tell: {ran:?}");
    assert!(ran.stderr.contains("git dos verify AUTH AUTH1"), "{ran:?}");
}

#[test]
fn what_is_no_event_is_an_error_that_names_it() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("r");
    repository.write("event.json", "{\"family\":\"dispatch\",\"pick_shipped\":1}");
    repository.write("deep.json", format!("{{\"family\":{}", "[".repeat(100_000)));
    repository.write("large.json", " ".repeat(2 * 1024 * 1024));
    for (words, part) in [
        (&["--event", "event.json"][..], "unknown field `pick_shipped`"),
        (&["--event", "deep.json"], "invalid type: sequence"),
        (&["--event", "large.json"], "larger than 1 MiB"),
        (&["--event", "none.json"], "none.json"),
        (&["--event", "."], "directory"),
        (&["--event", "event.json", "--verdict", "LIVE"], "cannot be used with"),
        (&["--event", "event.json", "--grooms", "1"], "cannot be used with"),
        (&["--verdict", "LIVE"], "--family"),
        (&["--family", "a", "--sink", "radio"], "known are push, commit, terminal"),
        (&["--family", "a", "--picks-shipped", "-1"], "-1"),
    ] {
        let ran = severity(&repository, words);
        assert_eq!((ran.code, &*ran.stdout), (Some(2), ""), "{words:?}: {ran:?}");
        assert!(ran.stderr.contains(part), "{words:?}: {}", ran.stderr);
    }
    let hostile =
        severity(&repository, &["--family", "dispatch", "--verdict", "STALE_STAMP\u{1b}"]);
    assert!(!hostile.stdout.contains('\u{1b}'), "{hostile:?}");
}
