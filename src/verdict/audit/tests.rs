//! Every rule on made-up changes: a claim that it refutes or doubts beside an honest twin.

use super::claim::Claim;
use super::paths::Class;
use super::policy::{Level, Rule};
use super::scan::{FileText, Scan};
use super::{Answer, Change, ChangeKind, Entry, Evidence, Reverted, Verdict, judge, questions};
use crate::policy::audit::built_in;

/// One changed file: its path, the lines before and after. No lines on a side: the path is new, or gone.
/// The same lines on both: its mode is another one.
type File = (&'static str, &'static [&'static str], &'static [&'static str]);

fn change(file: &File, classes: &super::paths::Classes) -> Change {
    let (path, before, after) = file;
    let kind = match (before.is_empty(), after.is_empty()) {
        (true, _) => ChangeKind::Added,
        (_, true) => ChangeKind::Deleted,
        _ if before == after => ChangeKind::ModeOnly,
        _ => ChangeKind::Modified,
    };
    let class: Class = classes.classify(path);
    Change { path: (*path).to_owned(), previous_path: None, kind, entry: Entry::Blob, class }
}

/// Judges `subject` against `files`, all lines of which count as changed unless they are on both sides.
fn verdict(subject: &str, files: &[File], reverted: &Reverted) -> Verdict {
    let policy = built_in();
    let claim = Claim::parse(subject, &policy);
    let changes: Vec<Change> = files.iter().map(|file| change(file, &policy.classes)).collect();
    let questions = questions(&claim, 1, &changes, &policy);
    let mut scan = Scan::new(&questions, &policy);
    for ((_, before, after), change) in files.iter().zip(&changes) {
        let texts = [before.join("\n"), after.join("\n")];
        let [old, new] = [before, after]
            .map(|lines| lines.iter().map(|line| line.as_bytes()).collect::<Vec<_>>());
        let head = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
        let tails = old[head..].iter().rev().zip(new[head..].iter().rev());
        let tail = tails.take_while(|(old, new)| old == new).count();
        let hunk = [head..old.len() - tail, head..new.len() - tail];
        scan.file(&FileText {
            change,
            texts: [texts[0].as_bytes(), texts[1].as_bytes()],
            window_start: 0,
            lines: [old, new],
            hunks: vec![hunk],
        });
    }
    let facts = scan.finish();
    let evidence =
        Evidence { claim: &claim, parents: 1, changes: &changes, facts: &facts, reverted };
    judge(&evidence, &policy)
}

const PARSER: &[&str] = &["fn parse(text: &str) -> Tree {", "    lex(text)", "}"];
const PARSER_WITH_COMMENT: &[&str] =
    &["// The race is fixed here.", "fn parse(text: &str) -> Tree {", "    lex(text)", "}"];
const PARSER_FIXED: &[&str] = &["fn parse(text: &str) -> Tree {", "    lock(); lex(text)", "}"];
const PARSER_SPACED: &[&str] = &["fn parse(text: &str) -> Tree {", "        lex(text)", "}"];
const PARSER_LONGER: &[&str] =
    &["fn parse(text: &str) -> Tree {", "    lex(text)", "}", "fn lex() {}"];
const PROSE: &[&str] = &["# Parser", "Old words."];
const NEW_PROSE: &[&str] = &["# Parser", "Entirely new words."];
const TESTS: &[&str] = &["#[test]", "fn parses() {", "    assert_eq!(parse(\"a\"), leaf());", "}"];
const SKIPPED: &[&str] =
    &["#[test]", "#[ignore]", "fn parses() {", "    assert_eq!(parse(\"a\"), leaf());", "}"];
const HOLLOW: &[&str] = &["#[test]", "fn parses() {", "    let _tree = parse(\"a\");", "}"];
const ASSERTLESS: &[&str] = &["#[test]", "fn parses() {", "}"];
const SOURCE_WITH_TESTS: &[&str] =
    &["fn parse() {}", "#[cfg(test)]", "mod tests {", "    #[test]", "    fn parses() {}", "}"];
const SOURCE_WITH_SKIPPED: &[&str] = &[
    "fn parse() {}",
    "#[cfg(test)]",
    "mod tests {",
    "    #[test]",
    "    #[ignore]",
    "    fn parses() {}",
    "}",
];
const SOURCE_REPAIRED: &[&str] = &[
    "fn parse() { lex() }",
    "#[cfg(test)]",
    "mod tests {",
    "    #[test]",
    "    #[ignore]",
    "    fn parses() {}",
    "}",
];
const LOCK: &[&str] = &["name = \"serde\"", "version = \"1.0.1\""];
const LOCK_TWO: &[&str] = &["name = \"serde\"", "version = \"1.0.2\""];

/// The subject, the files, and the rule with its level; `None` where nothing may be found.
type Row = (&'static str, &'static [File], Option<(Rule, Level)>);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("fix: parser race", &[], Some((Rule::Empty, Level::Gate))),
    ("\u{1f41b} fix(parser)!: parser race (#12)", &[], Some((Rule::Empty, Level::Gate))),
    ("\u{4fee}\u{590d}\u{89e3}\u{6790}\u{5668}", &[], Some((Rule::Empty, Level::Gate))),
    ("Release 1.2.3", &[], None),
    ("fix: parser race", &[("src/parser.rs", PARSER, PARSER_FIXED)], None),
    ("fix: parser race", &[("src/parser.rs", PARSER, PARSER_WITH_COMMENT)], Some((Rule::CommentOnly, Level::Gate))),
    ("Fix parser race", &[("src/parser.rs", PARSER, PARSER_WITH_COMMENT)], Some((Rule::CommentOnly, Level::Advise))),
    ("fix: parser comment", &[("src/parser.rs", PARSER, PARSER_WITH_COMMENT)], None),
    ("docs: parser race", &[("src/parser.rs", PARSER, PARSER_WITH_COMMENT)], None),
    ("fix: \u{4fee}\u{590d}\u{7ade}\u{4e89}", &[("src/parser.rs", PARSER, PARSER_WITH_COMMENT)], Some((Rule::CommentOnly, Level::Gate))),
    ("fix: parser race", &[("src/parser.rs", PARSER, PARSER_SPACED)], Some((Rule::WhitespaceOnly, Level::Advise))),
    ("style: format the parser", &[("src/parser.rs", PARSER, PARSER_SPACED)], None),
    ("fix: tree race", &[("README.md", PROSE, NEW_PROSE)], Some((Rule::DocOnly, Level::Advise))),
    ("Fix typo in README", &[("README.md", PROSE, NEW_PROSE)], None),
    ("feat: lexer speed", &[("Cargo.lock", LOCK, LOCK_TWO)], Some((Rule::LockOnly, Level::Advise))),
    ("Update dependencies", &[("Cargo.lock", LOCK, LOCK_TWO)], None),
    ("Add tests for the parser", &[("src/parser.rs", PARSER, PARSER_FIXED)], Some((Rule::TestMissing, Level::Advise))),
    ("Add tests for the parser", &[("src/parser.rs", PARSER, TESTS)], None),
    ("Add tests for the parser", &[("tests/parser.rs", &[], TESTS)], None),
    ("test: add parser tests", &[("tests/parser.rs", &[], SKIPPED)], Some((Rule::TestHollow, Level::Advise))),
    ("Add tests for the parser", &[("tests/parser.rs", &[], HOLLOW)], Some((Rule::TestHollow, Level::Advise))),
    ("Fix the parser tests", &[("tests/parser.rs", TESTS, SKIPPED)], Some((Rule::SkipOnly, Level::Gate))),
    ("Skip the parser tests", &[("tests/parser.rs", TESTS, SKIPPED)], None),
    ("Fix the parser tests", &[("tests/parser.rs", TESTS, ASSERTLESS)], Some((Rule::AssertDeleted, Level::Advise))),
    ("Fix the parser tests", &[("src/parser.rs", SOURCE_WITH_TESTS, SOURCE_WITH_SKIPPED)], Some((Rule::SkipOnly, Level::Gate))),
    ("Fix the parser tests", &[("src/parser.rs", SOURCE_WITH_TESTS, SOURCE_REPAIRED)], None),
    ("test: parse a leaf", &[("tests/parser.rs", &[], HOLLOW)], Some((Rule::TestHollow, Level::Advise))),
    ("feat: lex the tree", &[("tests/parser.rs", ASSERTLESS, TESTS)], Some((Rule::TestOnly, Level::Advise))),
    ("Remove unused lexer", &[("src/parser.rs", PARSER, PARSER_LONGER)], Some((Rule::RemoveNone, Level::Gate))),
    ("Remove a race of the lexer", &[("src/parser.rs", PARSER, PARSER_LONGER)], None),
    ("Remove the lexer", &[("src/parser.rs", PARSER, PARSER_LONGER)], Some((Rule::RemoveNone, Level::Advise))),
    ("Remove unused lexer", &[("src/parser.rs", PARSER_LONGER, PARSER)], None),
    ("Add a lexer to the parser", &[("src/parser.rs", PARSER_LONGER, PARSER)], Some((Rule::AddNone, Level::Gate))),
    ("Add a lexer to the parser", &[("src/parser.rs", PARSER, PARSER_LONGER)], None),
    ("Bump serde to 1.0.3", &[("Cargo.lock", LOCK, LOCK_TWO)], Some((Rule::BumpVersion, Level::Gate))),
    ("Bump actions/checkout from 3 to 4", &[(".github/workflows/ci.yml", &["- uses: actions/checkout@v3"], &["- uses: actions/checkout@v2"])], Some((Rule::BumpVersion, Level::Gate))),
    ("Bump actions/checkout from 3 to 4", &[(".github/workflows/ci.yml", &["- uses: actions/checkout@v3"], &["- uses: actions/checkout@v4"])], None),
    ("Bump version to 1.0.3", &[("Cargo.toml", LOCK, LOCK_TWO)], Some((Rule::BumpVersion, Level::Advise))),
    ("Bump serde to 1.0.2", &[("Cargo.lock", LOCK, LOCK_TWO)], None),
    ("Rename parse to analyse", &[("src/parser.rs", PARSER, PARSER_FIXED)], Some((Rule::RenameNone, Level::Advise))),
    ("\u{91cd}\u{547d}\u{540d} parse \u{4e3a} analyse", &[("src/parser.rs", PARSER, PARSER_FIXED)], Some((Rule::RenameNone, Level::Advise))),
    ("Rename parse to lock", &[("src/parser.rs", PARSER, PARSER_FIXED)], None),
    ("Update scanner.rs", &[("src/parser.rs", PARSER, PARSER_FIXED)], Some((Rule::NamedFile, Level::Advise))),
    ("Update parser.rs", &[("src/parser.rs", PARSER, PARSER_FIXED)], None),
    ("Use `Connection::open`", &[("src/parser.rs", PARSER, PARSER_FIXED)], Some((Rule::SpanAbsent, Level::Advise))),
    ("Use `lock`", &[("src/parser.rs", PARSER, PARSER_FIXED)], None),
    ("Encrypt customer addresses nightly", &[("src/parser.rs", PARSER, PARSER_FIXED)], Some((Rule::NoLink, Level::Advise))),
    ("Add linting to CI", &[("src/parser.rs", PARSER, PARSER_LONGER)], Some((Rule::CiMissing, Level::Advise))),
    ("feat: lexing of trees", &[("logo.svg", &["a"], &["b"])], Some((Rule::AssetOnly, Level::Advise))),
    ("fix: parser race", &[("src/parser.rs", PARSER, PARSER)], Some((Rule::ModeOnly, Level::Advise))),
    ("Make parser.rs executable", &[("src/parser.rs", PARSER, PARSER)], None),
    ("feat: faster trees and fewer copies", &[("CHANGELOG.md", &["# Log"], &["# Log", "- Faster trees, fewer copies"])], Some((Rule::ChangelogOnly, Level::Advise))),
    ("docs: changelog of trees", &[("CHANGELOG.md", &["# Log"], &["# Log", "- Faster trees, fewer copies"])], None),
];

#[test]
fn every_rule_finds_its_forgery_and_spares_its_twin() {
    for (subject, files, want) in ROWS {
        let verdict = verdict(subject, files, &Reverted::NotNamed);
        let got = verdict.findings.first().map(|finding| (finding.rule, finding.level));
        assert_eq!(got, *want, "{subject}: {verdict:?}");
        let answer = match want {
            Some((_, Level::Gate)) => Answer::Unwitnessed,
            Some(_) => Answer::Warn,
            None if subject.starts_with("Release") => Answer::Abstain,
            None => Answer::Ok,
        };
        assert_eq!(verdict.answer, answer, "{subject}");
    }
    let covered = |rule: &Rule| {
        *rule == Rule::RevertOther
            || ROWS.iter().any(|(_, _, want)| want.is_some_and(|(found, _)| found == *rule))
    };
    let missing: Vec<_> = Rule::ALL.into_iter().filter(|rule| !covered(rule)).collect();
    assert_eq!(missing, [], "every rule has a forgery");
}

#[test]
fn a_revert_must_undo_what_it_names() {
    let compared = |paths, shared, lines, undone| Reverted::Compared {
        id: "0123456".into(),
        paths,
        shared,
        lines,
        undone,
    };
    let files: &[File] = &[("src/parser.rs", PARSER_FIXED, PARSER)];
    for (reverted, answer) in [
        (Reverted::NotNamed, Answer::Ok),
        (Reverted::NotFound("0123456".into()), Answer::Ok),
        (compared(2, 1, 10, 10), Answer::Ok),
        (compared(3, 1, 10, 10), Answer::Warn),
        (compared(1, 1, 10, 2), Answer::Ok),
        (compared(1, 1, 10, 1), Answer::Warn),
        (compared(1, 1, 0, 0), Answer::Ok),
    ] {
        let verdict = verdict("Revert \"fix: parser race\"", files, &reverted);
        assert_eq!(
            verdict.answer, answer,
            "half of the files and a fifth of the lines: {reverted:?}"
        );
    }
}
