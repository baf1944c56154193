//! Is a subject about tests, and in what way?

use super::claim::{Action, Claim, Kind};
use super::policy::Policy;

/// How a subject speaks of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// Its type says so: `test: …`.
    Type,
    /// It says that tests pass.
    Pass,
    /// Its first word is a test.
    Lead,
    /// Tests are what its verb acts on: `add tests`.
    Object,
    /// Tests are run somewhere: `test on Windows`.
    Run,
}

/// Verbs that act on tests when one follows them.
const ACTING: [&str; 28] = [
    "write",
    "extend",
    "cover",
    "improve",
    "fix",
    "update",
    "exercise",
    "expand",
    "increase",
    "rewrite",
    "refactor",
    "port",
    "skip",
    "disable",
    "enable",
    "deflake",
    "stabilize",
    "rename",
    "move",
    "remove",
    "delete",
    "drop",
    "use",
    "make",
    "add",
    "create",
    "repair",
    "unbreak",
];

/// Words that end the object of a verb.
const PREPOSITIONS: [&str; 22] = [
    "for", "in", "to", "from", "of", "by", "with", "on", "so", "because", "since", "when", "after",
    "before", "during", "into", "via", "that", "which", "against", "and", "if",
];

/// How many words of a subject are searched for a test.
const REACH: usize = 7;

impl About {
    /// Reads how `claim` speaks of tests; `None` when it does not, or only as an adjective.
    pub(super) fn of(claim: &Claim, policy: &Policy) -> Option<Self> {
        if claim.kind == Some(Kind::Doc) {
            return None;
        }
        if claim.kind == Some(Kind::Test) {
            return Some(Self::Type);
        }
        if says_pass(&claim.lower) {
            return Some(Self::Pass);
        }
        let scope_is_tests = ["test", "tests"].contains(&claim.scope.to_lowercase().as_str());
        if names_a_test(claim) || (is_fix(claim) && scope_is_tests) {
            return Some(Self::Object);
        }
        let words = &claim.words;
        let (at, word) = words.iter().enumerate().take(REACH).find(|(at, word)| {
            policy.words.tests.contains(word) && !(word.as_str() == "testing" && *at == 0)
        })?;
        let next = words.get(at + 1).map(String::as_str).unwrap_or_default();
        if ["test", "spec", "testing"].contains(&word.as_str())
            && policy.words.test_companions.contains(next)
        {
            return None;
        }
        if at == 0 {
            let run = word == "test" && ["on", "against", "with", "in", "using"].contains(&next);
            return Some(if run { Self::Run } else { Self::Lead });
        }
        let fixes = is_fix(claim) && ["test", "tests"].contains(&word.as_str());
        let acts =
            claim.action == Some(Action::Add) || ACTING.contains(&claim.verb.as_str()) || fixes;
        let between = words.get(1..at).unwrap_or_default();
        let object = !between.iter().any(|word| PREPOSITIONS.contains(&word.as_str()));
        (acts && object).then_some(Self::Object)
    }
}

/// Tells whether a subject in lower case says that tests pass.
fn says_pass(lower: &str) -> bool {
    const PASS: [&str; 14] = [
        "tests pass",
        "test pass",
        "tests now pass",
        "tests all pass",
        "tests again pass",
        "tests green",
        "tests are green",
        "tests are passing",
        "tests now green",
        "tests passing",
        "passing tests",
        "green build",
        "green suite",
        "suite green",
    ];
    PASS.iter().any(|phrase| lower.contains(phrase)) || lower.contains("suite is green")
}

/// Tells whether a subject says that tests that failed are mended.
pub(super) fn mends_tests(claim: &Claim, about: About) -> bool {
    about == About::Pass
        || ((MENDING.contains(&claim.verb.as_str()) || is_fix(claim))
            && matches!(about, About::Type | About::Object | About::Lead))
}

/// Verbs that mend.
const MENDING: [&str; 5] = ["fix", "stabilize", "deflake", "repair", "unbreak"];

/// Tells whether the type in front of the subject is that of a repair.
fn is_fix(claim: &Claim) -> bool {
    matches!(claim.type_name.as_deref(), Some("fix" | "bugfix" | "hotfix"))
}

/// Tells whether the claim mends what is called like a test: `Fix TestParse`, `fix test_parse`.
fn names_a_test(claim: &Claim) -> bool {
    let capital = |rest: &str| rest.starts_with(|c: char| c.is_ascii_uppercase());
    let is_test = |name: &str| {
        let name = name.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let camel = capital(name)
            && (name.strip_prefix("Test").is_some_and(capital)
                || ["Test", "Tests"].iter().any(|end| name.ends_with(end) && name.len() > 5));
        camel || name.starts_with("test_") || name.ends_with("_test") || name.ends_with("_tests")
    };
    MENDING.contains(&claim.verb.as_str())
        && claim.description.split_whitespace().nth(1).is_some_and(is_test)
}
