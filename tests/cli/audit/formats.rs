//! The forms of an answer.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::Value;

use super::{audit, begun, forged};
use crate::support::{GIT_DOS, Repository, Sandbox, run};

/// A repository with an honest, a doubted and a refuted commit, newest last.
fn three_verdicts(sandbox: &Sandbox) -> Repository<'_> {
    let repository = begun(sandbox, "work");
    repository.write("README.md", "It reads hexadecimal numbers.\n");
    repository.commit("feat: read hexadecimal numbers");
    repository.write("Cargo.lock", "[[package]]\nname = \"serde\"\nversion = \"1.0.203\"\n");
    repository.commit("Bump serde to 1.0.204");
    repository
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn text_shows_what_was_found_and_counts_the_rest() {
    let sandbox = Sandbox::new();
    let repository = three_verdicts(&sandbox);
    let ran = audit(&repository, ["--all"]);
    assert_eq!(ran.code, Some(1));
    let lines: Vec<&str> = ran.stdout.lines().collect();
    let head = repository.git(["rev-parse", "--short=10", "HEAD"]);
    assert_eq!(lines[0], format!("CLAIM_UNWITNESSED {head} Bump serde to 1.0.204"));
    assert!(lines[1].contains("bump-version: "), "the rule and its words: {}", lines[1]);
    assert!(lines.iter().any(|line| line.starts_with("WARN ")), "{}", ran.stdout);
    assert!(!ran.stdout.contains("begin a parser"), "what holds is not listed");
    assert!(lines.last().unwrap().contains("3 commits"), "but counted: {}", ran.stdout);
    let quiet = audit(&repository, ["--all", "--quiet"]);
    assert_eq!((quiet.stdout, quiet.stderr), (ran.stdout, String::new()), "status is silenced");
}

#[test]
fn explain_shows_every_commit() {
    let sandbox = Sandbox::new();
    let repository = three_verdicts(&sandbox);
    let ran = audit(&repository, ["--all", "--explain"]);
    for shown in
        ["begin a parser", "doc-only", "bump-version", "1.0.204", "Cargo.lock", "README.md"]
    {
        assert!(ran.stdout.contains(shown), "{shown}: {}", ran.stdout);
    }
}

#[test]
fn json_is_one_sorted_object() {
    let sandbox = Sandbox::new();
    let repository = three_verdicts(&sandbox);
    let ran = audit(&repository, ["--all", "--format", "json"]);
    let value = json(&ran.stdout);
    assert_eq!(value["schema"], "git-dos/audit/1");
    let rows = value["commits"].as_array().unwrap();
    let verdicts: Vec<&str> = rows.iter().map(|row| row["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["CLAIM_UNWITNESSED", "WARN", "OK"]);
    for row in rows {
        for (key, kind) in [
            ("id", "string"),
            ("subject", "string"),
            ("author", "string"),
            ("claim", "string"),
            ("witness", "string"),
            ("rule", "string"),
            ("reason", "string"),
            ("words", "array"),
            ("files", "array"),
            ("findings", "array"),
            ("unread", "array"),
            ("time", "number"),
        ] {
            let found = match &row[key] {
                Value::String(_) => "string",
                Value::Array(_) => "array",
                Value::Number(_) => "number",
                Value::Null | Value::Bool(_) | Value::Object(_) => "another type",
            };
            assert_eq!(found, kind, "{key} in {row}");
        }
    }
    assert_eq!(rows[0]["witness"], "subject-only");
    assert_eq!(rows[2]["witness"], "diff-witnessed");
    let totals = &value["totals"];
    for (count, wanted) in
        [("commits", 3), ("unwitnessed", 1), ("warned", 1), ("witnessed", 1), ("abstained", 0)]
    {
        assert_eq!(totals[count], wanted, "{count}");
    }
    let row = ran.stdout.lines().find(|line| line.contains("\"id\"")).unwrap();
    let keys: Vec<&str> = row.match_indices("\",\"").map(|(at, _)| &row[at..at + 4]).collect();
    assert!(!keys.is_empty(), "one line a commit");
}

#[test]
fn json_of_nothing_is_an_answer_too() {
    let sandbox = Sandbox::new();
    let repository = three_verdicts(&sandbox);
    for format in ["json", "sarif"] {
        let ran = audit(&repository, ["HEAD..HEAD", "--format", format]);
        assert_eq!(ran.code, Some(0));
        json(&ran.stdout);
    }
}

#[test]
fn sarif_has_the_form_that_code_scanning_reads() {
    let sandbox = Sandbox::new();
    let repository = three_verdicts(&sandbox);
    let ran = audit(&repository, ["--all", "--format", "sarif"]);
    assert_eq!(ran.code, Some(1));
    let value = json(&ran.stdout);
    assert_eq!(value["version"], "2.1.0");
    assert!(value["$schema"].as_str().unwrap().contains("sarif"));
    let sarif_run = &value["runs"][0];
    assert_eq!(sarif_run["tool"]["driver"]["name"], "git-dos");
    let rules = sarif_run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = sarif_run["results"].as_array().unwrap();
    let shown: Vec<(&str, &str)> = results
        .iter()
        .map(|result| (result["ruleId"].as_str().unwrap(), result["level"].as_str().unwrap()))
        .collect();
    assert_eq!(shown, [("bump-version", "error"), ("doc-only", "warning")]);
    for result in results {
        assert!(rules.iter().any(|rule| rule["id"] == result["ruleId"]), "the rule is declared");
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        assert!(uri.is_string(), "a file to show it at: {result}");
        assert!(result["partialFingerprints"].is_object(), "and a name of its own");
    }
}

#[test]
fn sarif_of_an_empty_commit_has_a_place_or_none() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "work");
    forged(&repository, "fix: crash");
    let ran = audit(&repository, ["HEAD", "--format", "sarif"]);
    let value = json(&ran.stdout);
    let result = &value["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "empty");
    if let Some(locations) = result["locations"].as_array() {
        for location in locations {
            let uri = &location["physicalLocation"]["artifactLocation"]["uri"];
            assert!(uri.as_str().is_some_and(|uri| !uri.is_empty()), "{result}");
        }
    }
}

#[test]
fn sarif_places_are_addresses() {
    let sandbox = Sandbox::new();
    let repository = begun(&sandbox, "work");
    repository.write("notes/a b%20ü#?.md", "It parses.\n");
    repository.commit("feat: parse signed numbers");
    let ran = audit(&repository, ["HEAD", "--format", "sarif"]);
    let value = json(&ran.stdout);
    let location = &value["runs"][0]["results"][0]["locations"][0];
    let uri = &location["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "notes/a%20b%2520%C3%BC%23%3F.md", "quoted as addresses are");
}

#[test]
fn github_gets_one_line_a_finding() {
    let sandbox = Sandbox::new();
    let repository = three_verdicts(&sandbox);
    let ran = audit(&repository, ["--all", "--format", "github"]);
    assert_eq!(ran.code, Some(1));
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{}", ran.stdout);
    assert!(lines[0].starts_with("::error ") && lines[0].contains("1.0.204"), "{}", lines[0]);
    assert!(lines[1].starts_with("::warning ") && lines[1].contains("file=README.md"));
}

#[test]
fn a_summary_counts_by_claim_author_and_month() {
    let sandbox = Sandbox::new();
    let repository = three_verdicts(&sandbox);
    let ran = audit(&repository, ["--all", "--summary"]);
    assert_eq!(ran.code, Some(1), "the exit code stays what it was");
    for shown in ["Ada Tester", "33.3 %", "unwitnessed"] {
        assert!(ran.stdout.contains(shown), "{shown}: {}", ran.stdout);
    }
    let ran = audit(&repository, ["--all", "--summary", "--format", "json"]);
    let value = json(&ran.stdout);
    assert_eq!(value["schema"], "git-dos/audit-summary/1");
    assert_eq!(value["totals"]["commits"], 3);
    assert_eq!(value["by_author"]["Ada Tester"]["unwitnessed"], 1);
    assert_eq!(value["by_author"]["Ada Tester"]["drift_per_mille"], 333);
    assert_eq!(value["unwitnessed_ids"][0], repository.head().as_str());
    assert_eq!(value["by_month"].as_object().unwrap().len(), 1);
}

#[test]
fn no_colour_goes_into_a_pipe() {
    let sandbox = Sandbox::new();
    let repository = three_verdicts(&sandbox);
    for variable in ["NO_COLOR", "CLICOLOR_FORCE", "TERM"] {
        let mut command = repository.command(GIT_DOS);
        command.args(["audit", "--all", "--explain"]).env(variable, "1");
        let ran = run(&mut command);
        assert!(!(ran.stdout + &ran.stderr).contains('\u{1b}'), "{variable}");
    }
}

/// Runs the audit on a terminal that `script` provides; nothing when there is no such program.
fn on_a_terminal(repository: &Repository<'_>, variable: (&str, &str)) -> Option<String> {
    let inner = format!("'{GIT_DOS}' audit --all");
    let mut command = repository.command("script");
    command.args(["-q", "-e", "-c", &inner, "/dev/null"]).env("TERM", "xterm-256color");
    let output = command.env(variable.0, variable.1).output().ok()?;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn colour_is_for_terminals_whose_user_wants_it() {
    let sandbox = Sandbox::new();
    let repository = three_verdicts(&sandbox);
    let Some(coloured) = on_a_terminal(&repository, ("LC_ALL", "C")) else {
        eprintln!("skipped: there is no program called script");
        return;
    };
    assert!(coloured.contains("\u{1b}["), "a terminal: {coloured:?}");
    let plain = on_a_terminal(&repository, ("NO_COLOR", "1")).unwrap();
    assert!(!plain.contains("\u{1b}["), "NO_COLOR: {plain:?}");
    let empty = on_a_terminal(&repository, ("NO_COLOR", "")).unwrap();
    assert!(empty.contains("\u{1b}["), "an empty NO_COLOR says nothing: {empty:?}");
    let dumb = on_a_terminal(&repository, ("TERM", "dumb")).unwrap();
    assert!(!dumb.contains("\u{1b}["), "a terminal without colours: {dumb:?}");
}

#[test]
fn a_closed_pipe_stops_the_output_and_not_the_verdict() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.forge(3000);
    for format in ["text", "json", "sarif", "github"] {
        let mut command = repository.command(GIT_DOS);
        command.args(["audit", "--all", "--format", format]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        assert!(!first.is_empty(), "{format}");
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{format}: {errors}");
        assert!(!errors.contains("error"), "{format}: a reader may leave: {errors}");
    }
}
