//! Commits that lie, and their honest twins: the scripts `fixtures/repos/forged-*.sh` make both.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::{Answer, Row, audit_input};
use crate::support::{Sandbox, succeed};

/// What a script's tag says of a commit.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Expected {
    /// `forged/LEVEL/RULE/N`: this rule must speak, at this level.
    Forged { verdict: &'static str, rule: String },
    /// `honest/N`: the subject is borne out.
    Honest,
    /// `silent/N`: there is no claim.
    Silent,
}

impl Expected {
    fn of_tag(tag: &str) -> Option<Self> {
        let parts: Vec<&str> = tag.split('/').collect();
        match parts.as_slice() {
            ["forged", "gate", rule, _] => {
                Some(Self::Forged { verdict: "CLAIM_UNWITNESSED", rule: (*rule).to_owned() })
            }
            ["forged", "warn", rule, _] => {
                Some(Self::Forged { verdict: "WARN", rule: (*rule).to_owned() })
            }
            ["honest", _] => Some(Self::Honest),
            ["silent", _] => Some(Self::Silent),
            ["base"] => None,
            _ => panic!("a tag of no known kind: {tag}"),
        }
    }

    fn is_met(&self, row: &Row) -> bool {
        match self {
            Self::Forged { verdict, rule } => row.verdict == *verdict && row.rule == *rule,
            Self::Honest => row.verdict == "OK",
            Self::Silent => row.verdict == "ABSTAIN",
        }
    }
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/repos")
}

/// Runs the script `forged-FAMILY.sh` and compares what it says of its commits with the audit.
fn assert_told_apart(family: &str) {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository(family);
    let script = scripts().join(format!("forged-{family}.sh"));
    succeed(repository.command("sh").arg(script).arg(&repository.path));
    let format = "--format=%(objectname) %(refname:lstrip=2)";
    let tags = repository.git(["for-each-ref", format, "refs/tags"]);
    let mut expected: BTreeMap<&str, Vec<Expected>> = BTreeMap::new();
    for (id, tag) in tags.lines().filter_map(|line| line.split_once(' ')) {
        if let Some(wanted) = Expected::of_tag(tag) {
            expected.entry(id).or_default().push(wanted);
        }
    }
    let forged = |wanted: &Expected| matches!(wanted, Expected::Forged { .. });
    let lies = expected.values().flatten().filter(|wanted| forged(wanted)).count();
    let truths = expected.values().flatten().filter(|wanted| !forged(wanted)).count();
    assert!(lies >= 5 && truths >= lies, "{family}: {lies} forgeries and {truths} honest commits");

    let ids = expected.keys().fold(String::new(), |text, id| text + id + "\n");
    let ran = audit_input(&repository, ["--format", "json", "--stdin"], &ids);
    let answer = Answer::read(&ran);
    assert_eq!(answer.rows.len(), expected.len(), "every commit is judged");
    let mut wrong = String::new();
    for row in &answer.rows {
        for wanted in &expected[row.id.as_str()] {
            if !wanted.is_met(row) {
                let got = (&row.verdict, &row.rule, &row.files);
                writeln!(wrong, "{:?}: wanted {wanted:?}, got {got:?}", row.subject).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{family}:\n{wrong}");
    let gate = |row: &Row| row.verdict == "CLAIM_UNWITNESSED";
    let code = i32::from(answer.rows.iter().any(gate));
    assert_eq!(ran.code, Some(code), "{family}: only a refuted claim fails the audit");
}

/// One test for each script, and one that no script is without a test.
macro_rules! families {
    ($($test:ident: $family:literal,)+) => {
        $(#[test]
        fn $test() {
            assert_told_apart($family);
        })+

        const FAMILIES: &[&str] = &[$($family),+];
    };
}

families! {
    empty_commits_with_a_claim: "empty",
    changes_of_comments_alone: "comments-only",
    changes_of_blanks_alone: "whitespace-only",
    changes_of_prose_alone: "docs-only",
    changes_of_a_lock_file_alone: "lock-only",
    changes_of_the_changelog_alone: "changelog-only",
    tests_that_are_missing: "tests-missing",
    tests_that_are_skipped: "tests-skipped",
    tests_that_check_nothing: "tests-hollow",
    tests_repaired_by_deleting_assertions: "asserts-deleted",
    removals_that_remove_nothing: "removals",
    additions_that_add_nothing: "additions",
    bumps_to_another_version: "bumps",
    renames_that_rename_nothing: "renames",
    reverts_that_revert_nothing: "reverts",
    subjects_of_another_commit: "swapped",
}

#[test]
fn every_script_has_a_test() {
    let mut found: Vec<String> = Vec::new();
    for entry in fs_err::read_dir(scripts()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let family = name.strip_prefix("forged-").and_then(|name| name.strip_suffix(".sh"));
        found.extend(family.map(str::to_owned));
    }
    found.sort();
    let mut tested = FAMILIES.to_vec();
    tested.sort_unstable();
    assert_eq!(found, tested, "scripts and tests");
}
