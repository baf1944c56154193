//! `git dos breaker`: counts of many processes, one try after a rest, hostile names, damage, and clocks.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run};

/// Prepares `git dos breaker` with `words`.
fn command(repository: &Repository<'_>, words: &[&str]) -> Command {
    let mut command = repository.command(GIT_DOS);
    command.arg("breaker").args(words);
    command
}

fn breaker(repository: &Repository<'_>, words: &[&str]) -> Ran {
    run(&mut command(repository, words))
}

/// Runs as [`breaker`] does and returns the exit code and the row of the only breaker in the answer.
fn row(repository: &Repository<'_>, words: &[&str]) -> (Option<i32>, Value) {
    let ran = breaker(repository, &[words, &["--format", "json"]].concat());
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    assert_eq!(answer["schema"], "git-dos/breaker/1", "{words:?}");
    assert_eq!(answer["breakers"].as_array().map(Vec::len), Some(1), "{words:?}");
    (ran.code, answer["breakers"][0].clone())
}

/// Returns the only journal of breakers.
fn journal(repository: &Repository<'_>) -> PathBuf {
    let entries = fs_err::read_dir(repository.state("breaker")).unwrap();
    let mut files = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    let file = files.next().unwrap();
    assert_eq!(files.next(), None, "there is one");
    file
}

/// Moves every stamp in the only journal by `seconds`.
fn shift(repository: &Repository<'_>, seconds: i64) {
    let file = journal(repository);
    let text = fs_err::read_to_string(&file).unwrap();
    let lines = text.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        for name in ["time", "until"] {
            if let Some(time) = line[name].as_i64() {
                line[name] = (time + seconds).into();
            }
        }
        format!("{line}\n")
    });
    fs_err::write(&file, lines.collect::<String>()).unwrap();
}

/// Starts all of `commands` before it waits for any, and returns their exit codes.
fn together(commands: impl Iterator<Item = Command>) -> Vec<Option<i32>> {
    let children: Vec<_> = commands
        .map(|mut command| command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
        .collect();
    children.into_iter().map(|mut child| child.wait().unwrap().code()).collect()
}

#[test]
fn failures_open_it_and_a_reset_closes_it() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("r");
    let show = ["show", "--class", "flaky"];
    assert_eq!(breaker(&repository, &["show"]).stdout, "", "nothing was ever reported");
    assert!(!repository.state("breaker").exists(), "and asking writes nothing");
    for (number, code) in [(1, 0), (2, 0), (3, 1)] {
        let words =
            ["fail", "--class", "flaky", "--on-trip", "human", "--reason", "no\u{1b}[2J route"];
        let (exit, row) = row(&repository, &words);
        assert_eq!((exit, &row["consecutive"]), (Some(code), &number.into()), "{row}");
    }
    let open = breaker(&repository, &[&show[..], &["--on-trip", "human"]].concat());
    assert_eq!(open.code, Some(1), "{open:?}");
    for part in [
        "OPEN      flaky: 3 failures in a row (limit 3 reached), 3 within 24h",
        "HUMAN",
        "one caller may try in ",
    ] {
        assert!(open.stdout.contains(part), "{part} in {}", open.stdout);
    }
    assert!(open.stdout.ends_with("no\\u{1b}[2J route"), "the reason, harmless: {}", open.stdout);
    let (_, both) = row(&repository, &[&show[..], &["--max-total", "2"]].concat());
    assert_eq!(both["tripped_on"], serde_json::json!(["consecutive", "total"]), "both trips");
    let (exit, closed) = row(&repository, &["ok", "--class", "flaky"]);
    assert_eq!((exit, &closed["state"], &closed["total"]), (Some(0), &"CLOSED".into(), &3.into()));
    let (exit, _) = row(&repository, &[&show[..], &["--max-total", "3"]].concat());
    assert_eq!(exit, Some(1), "a success does not undo the failures in all");
    let (exit, reset) = row(&repository, &["reset", "--class", "flaky"]);
    assert_eq!((exit, &reset["total"]), (Some(0), &0.into()), "a reset does");
}

#[test]
fn classes_and_lanes_are_counted_apart_and_listed() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("r");
    let long = "x".repeat(200);
    let names = ["a", "A", "../../etc", "a b\u{202e}", "--class", &long];
    for class in names {
        let class = format!("--class={class}");
        assert_eq!(breaker(&repository, &["fail", &class]).code, Some(0), "{class}");
        assert_eq!(breaker(&repository, &["fail", &class, "--lane", "a/../b"]).code, Some(0));
    }
    let list = breaker(&repository, &["show", "--format", "json"]);
    let answer: Value = serde_json::from_str(&list.stdout).unwrap();
    let rows = answer["breakers"].as_array().unwrap();
    assert_eq!(rows.len(), names.len() * 2, "every class with and without its lane");
    assert!(rows.iter().all(|row| row["consecutive"] == 1), "each for itself: {rows:?}");
    let folder = repository.state("breaker");
    for entry in fs_err::read_dir(repository.state("")).unwrap() {
        assert_eq!(entry.unwrap().path(), folder, "nothing else was written");
    }
    assert_eq!(breaker(&repository, &["show", "--max-total", "1"]).code, Some(1), "one is open");
    for bad in ["", "  ", &"x".repeat(201)] {
        assert_eq!(breaker(&repository, &["fail", "--class", bad]).code, Some(2), "{bad:?}");
    }
}

#[test]
fn sixty_four_processes_lose_no_report() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("r");
    let fail = ["fail", "--class", "busy", "--max-total", "1000", "--max-consecutive", "0"];
    breaker(&repository, &fail);
    // So many that the journal is replaced by its sum while they write.
    let line = fs_err::read_to_string(journal(&repository)).unwrap();
    fs_err::write(journal(&repository), line.repeat(230)).unwrap();
    let codes = together((0..64).map(|_| command(&repository, &fail)));
    assert_eq!(codes, [Some(0); 64], "each was written down");
    let (_, row) = row(&repository, &["show", "--class", "busy", "--dry-run"]);
    assert_eq!((&row["consecutive"], &row["total"]), (&294.into(), &294.into()), "none is lost");
    let lines = fs_err::read_to_string(journal(&repository)).unwrap().lines().count();
    assert!(lines < 230, "it was shortened: {lines} lines");
}

#[test]
fn after_a_rest_one_of_many_may_try() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("r");
    let ask = ["show", "--class", "a"];
    let open = || {
        for _ in 0..3 {
            breaker(&repository, &["fail", "--class", "a"]);
        }
        shift(&repository, -600);
    };
    open();
    let look = row(&repository, &[&ask[..], &["--dry-run"]].concat());
    assert_eq!((look.0, &look.1["granted"]), (Some(0), &false.into()), "looking takes nothing");
    let codes = together((0..16).map(|_| command(&repository, &ask)));
    assert_eq!(codes.iter().filter(|code| **code == Some(0)).count(), 1, "one may: {codes:?}");
    assert_eq!(codes.iter().filter(|code| **code == Some(1)).count(), 15, "the others may not");
    let (_, waits) = row(&repository, &ask);
    assert_eq!((&waits["state"], &waits["waits_for"]), (&"OPEN".into(), &"probe".into()));

    assert_eq!(breaker(&repository, &["fail", "--class", "a"]).code, Some(1), "the try failed");
    let (_, again) = row(&repository, &ask);
    assert_eq!(again["waits_for"], "rest", "so it rests again");
    assert_eq!(again["tripped_on"], serde_json::json!(["consecutive", "probe"]));

    shift(&repository, -600);
    assert_eq!(row(&repository, &ask).1["granted"], true, "the next try");
    shift(&repository, -600);
    let (code, lost) = row(&repository, &ask);
    assert_eq!((code, &lost["probe"], &lost["granted"]), (Some(0), &"lost".into(), &true.into()));
    let (code, closed) = row(&repository, &["ok", "--class", "a"]);
    assert_eq!((code, &closed["total"]), (Some(0), &0.into()), "a try that goes well closes it");

    open();
    let (code, waits) = row(&repository, &[&ask[..], &["--cool-down", "never"]].concat());
    assert_eq!((code, &waits["waits_for"]), (Some(1), &"reset".into()), "no rest, no try");
}

#[test]
fn damage_is_named_costs_nothing_and_has_a_way_out() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("r");
    let fail = ["fail", "--class", "it's"];
    breaker(&repository, &fail);
    let file = journal(&repository);
    let spoil = |text: &str| {
        let mut bytes = fs_err::read(&file).unwrap();
        bytes.extend_from_slice(text.as_bytes());
        fs_err::write(&file, bytes).unwrap();
    };
    spoil("{\"v\":1,\"time\":");
    let show = ["show", "--class", "it's"];
    assert_eq!(row(&repository, &show).1["consecutive"], 1, "an unfinished line says nothing yet");
    assert_eq!(breaker(&repository, &fail).code, Some(0), "and is closed by the next");
    spoil("{\"v\":1}\n");
    let place = format!("{}:5 is damaged", file.display());
    for words in [&show[..], &fail, &["ok", "--class", "it's"], &["show"]] {
        let ran = breaker(&repository, words);
        assert_eq!(ran.code, Some(2), "{words:?}: {ran:?}");
        assert!(ran.stderr.contains(&place), "{words:?}: {}", ran.stderr);
        let hint = r"git dos breaker reset --class 'it'\''s'";
        assert!(ran.stderr.contains(hint), "the way out: {}", ran.stderr);
    }
    let before = fs_err::read_to_string(&file).unwrap();
    assert!(before.matches("\"failed\"").count() == 3, "the failure was written down: {before}");
    let reset = breaker(&repository, &["reset", "--class", "it's"]);
    assert_eq!(reset.code, Some(0), "{reset:?}");
    let (_, aside) = reset.stderr.split_once("the damaged journal is now ").unwrap();
    assert_eq!(fs_err::read_to_string(aside).unwrap(), before, "all of it is kept");
    assert_eq!(row(&repository, &show).1["consecutive"], 0, "and forgotten");
}

#[test]
fn stamps_of_the_future_decide_nothing() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("r");
    for _ in 0..3 {
        breaker(&repository, &["fail", "--class", "a"]);
    }
    shift(&repository, 3_600);
    let (code, row) = row(&repository, &["show", "--class", "a"]);
    assert_eq!((code, &row["state"]), (Some(2), &"UNKNOWN".into()), "{row}");
    assert!(row["ahead"].as_u64().is_some_and(|ahead| ahead > 3_500), "{row}");
    let ran = breaker(&repository, &["fail", "--class", "a"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("set the clock right"), "{ran:?}");
    assert_eq!(breaker(&repository, &["reset", "--class", "a"]).code, Some(0), "a way out");
    assert_eq!(breaker(&repository, &["show", "--class", "a"]).code, Some(0));
}

#[test]
fn settings_come_from_options_the_class_and_the_file() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("r");
    repository.write(
        "dos.toml",
        "[breaker]\nstrict = true\nmax_total = 9\n[breaker.build]\nmax_consecutive = 1\non_trip = \"judge\"\n",
    );
    let (code, open) = row(&repository, &["fail", "--class", "build"]);
    assert_eq!((code, &open["escalation"]), (Some(1), &"JUDGE".into()), "{open}");
    assert_eq!(open["max_total"], 9, "what the class leaves open");
    let (code, _) = row(&repository, &["show", "--class", "build", "--max-consecutive", "2"]);
    assert_eq!(code, Some(0), "options stand before the file");
    let (_, peek) = row(&repository, &["show", "--class", "build", "--consecutive", "1"]);
    assert_eq!((&peek["state"], &peek["class"]), (&"OPEN".into(), &Value::Null), "{peek}");
    for (words, part) in [
        (&["fail", "--class", "biuld"][..], "dos.toml knows these classes: build"),
        (&["show", "--consecutive", "3", "--total", "2"], "cannot have 3 in a row"),
        (&["show", "--consecutive", "-1"], "invalid value '-1'"),
        (&["show", "--class", "build", "--max-consecutive", "0", "--max-total", "0"], "never open"),
        (&["show", "--max-total", "1001", "--consecutive", "1"], "1000 failures that are kept"),
        (&["show", "--lane", "x"], "--class"),
        (&["show", "--class", "build", "--window", "soon"], "no stretch of time"),
        (&["fail"], "--class"),
    ] {
        let ran = breaker(&repository, words);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{words:?}: {ran:?}");
        assert!(ran.stderr.contains(part), "{words:?}: {}", ran.stderr);
    }
    assert_eq!(fs_err::read_to_string(journal(&repository)).unwrap().lines().count(), 1);
}
