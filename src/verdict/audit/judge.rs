//! From facts to an answer: which rules apply to a claim, what must be read for them, and what follows.

use super::claim::{Action, Claim, Kind};
use super::outline::Outline;
use super::paths::Class;
use super::rules::{self, Case};
use super::scan::Questions;
use super::tests_claim::{About, mends_tests};
use super::{
    Answer, Change, ClaimKind, Evidence, Finding, Level, Policy, Reverted, Rule, Silence, Verdict,
    Witness,
};

/// Returns what must be known of the changed lines before [`judge`] can answer.
///
/// Asking nothing is the common case: most claims are borne out by the names of the files alone.
pub fn questions(claim: &Claim, parents: usize, changes: &[Change], policy: &Policy) -> Questions {
    if changes.is_empty() || silence(claim, parents, changes, policy).is_some() {
        return Questions::default();
    }
    rules::questions(&Case::new(claim, changes, policy))
}

/// Judges `evidence` under `policy`.
///
/// Facts that [`questions`] did not ask for may be missing from the evidence; they change no answer.
#[must_use]
pub fn judge(evidence: &Evidence<'_>, policy: &Policy) -> Verdict {
    let Evidence { claim, parents, changes, .. } = *evidence;
    if let Some(silence) = silence(claim, parents, changes, policy) {
        return Verdict {
            answer: Answer::Abstain,
            claim: ClaimKind::None,
            witness: Witness::Abstain,
            silence: Some(silence),
            findings: Vec::new(),
            words: Vec::new(),
            files: Vec::new(),
            unread: Vec::new(),
        };
    }
    let case = Case::new(claim, changes, policy);
    let mut findings = if changes.is_empty() {
        rules::finding(policy, Rule::Empty, rules::claim_words(claim), Vec::new())
            .into_iter()
            .collect()
    } else {
        case.findings(evidence)
    };
    findings.sort_by_key(|finding: &Finding| std::cmp::Reverse(finding.level));
    let kind = claim_kind(&case);
    let answer = match findings.first().map(|finding| finding.level) {
        Some(Level::Gate) => Answer::Unwitnessed,
        Some(Level::Advise) => Answer::Warn,
        Some(Level::Off) | None => Answer::Ok,
    };
    let witness = match answer {
        Answer::Ok => witness(&case, kind),
        Answer::Warn | Answer::Unwitnessed | Answer::Abstain => Witness::SubjectOnly,
    };
    Verdict {
        answer,
        claim: kind,
        witness,
        silence: None,
        words: rules::claim_words(claim),
        files: findings.first().map_or_else(
            || changes.iter().map(|change| change.path.clone()).collect(),
            |finding| finding.files.clone(),
        ),
        unread: evidence.facts.unread.clone(),
        findings,
    }
}

/// Returns why the claim is not judged, if it is not.
fn silence(claim: &Claim, parents: usize, changes: &[Change], policy: &Policy) -> Option<Silence> {
    let lower = claim.lower.as_str();
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| lower.starts_with(prefix));
    if policy.ignores(&claim.text) {
        return Some(Silence::Ignored);
    }
    // A merge whose tree is its first parent's resolved everything in favour of that side.
    let merge_subject = (parents > 1 && changes.is_empty())
        || lower == "merge"
        || starts(&[
            "merge ",
            "merged ",
            "chore: merge ",
            "release: merge ",
            "auto merge",
            "automerge",
            "rollup merge",
        ]);
    if (parents > 1 && merge_subject)
        || claim.kind == Some(Kind::Merge)
        || starts(&["merge branch", "merge pull", "merge remote"])
    {
        return Some(Silence::Merge);
    }
    if changes.is_empty() && is_marker(claim, policy) {
        return Some(Silence::Marker);
    }
    let words = lower.split_whitespace().count();
    let description = claim.description.to_lowercase();
    let description = description.trim_matches([' ', '.', '!']);
    let bare = claim.scope.is_empty() && claim.type_name.is_none();
    let vague = words <= 3
        && (policy.words.vague.contains(lower)
            || (bare && policy.words.vague.contains(description)));
    let unreadable = !has_word(lower);
    (vague || unreadable || (is_boilerplate(lower) && !changes.is_empty()))
        .then_some(Silence::Vague)
}

/// Tells whether `text` has two letters in a row, or a letter of another script.
fn has_word(text: &str) -> bool {
    !text.is_ascii()
        || text.as_bytes().windows(2).any(|pair| pair.iter().all(u8::is_ascii_alphabetic))
}

/// Tells whether a subject in lower case answers a review or was written by a program that fixes style.
fn is_boilerplate(lower: &str) -> bool {
    const PHRASES: [&str; 20] = [
        "automatic fixes",
        "auto fixes",
        "coderabbit",
        "code rabbit",
        "review comment",
        "review feedback",
        "review suggestion",
        "review nit",
        "address review",
        "addressed review",
        "addresses review",
        "address pr review",
        "address pr feedback",
        "address pr comments",
        "address code review",
        "address feedback",
        "address comments",
        "addressed feedback",
        "addressed comments",
        "apply suggestions",
    ];
    PHRASES.iter().any(|phrase| lower.contains(phrase))
        || ["close pr", "close issue", "close #"].iter().any(|prefix| lower.starts_with(prefix))
}

/// Tells whether a subject marks a release or starts the build service, and so may stand on an empty commit.
fn is_marker(claim: &Claim, policy: &Policy) -> bool {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| claim.lower.starts_with(prefix));
    let build = ["run ci", "[ci skip]", "[skip ci]", "rebuild", "ci run"];
    let releases = starts(&["release ", "bump version", "version "])
        && claim
            .lower
            .split_whitespace()
            .any(|word| word.contains('.') && word.contains(|c: char| c.is_ascii_digit()));
    rules::is_release(claim)
        || releases
        || starts(&["close branch", "closing branch", "closed branch"])
        || build.iter().any(|phrase| claim.lower.contains(phrase))
        || claim.description.to_lowercase().starts_with("empty commit")
        || policy.words.triggers.first_of(claim.vocabulary.iter().map(String::as_str)).is_some()
        || (claim.kind == Some(Kind::Ci) && claim.has_any(&["testing", "trigger"]))
}

fn claim_kind(case: &Case<'_>) -> ClaimKind {
    let claim = case.claim;
    if rules::is_revert(claim) {
        ClaimKind::Revert
    } else if rules::is_release(claim) {
        ClaimKind::Release
    } else if claim.action == Some(Action::Bump) || claim.kind == Some(Kind::Dependency) {
        ClaimKind::Dependency
    } else if case.about.is_some_and(|about| about != About::Run) {
        ClaimKind::Test
    } else if claim.kind == Some(Kind::Doc)
        || (case.outline.only(&PROSE) && claim.kind != Some(Kind::Code))
    {
        ClaimKind::Doc
    } else {
        ClaimKind::Code
    }
}

/// The classes of prose.
pub(super) const PROSE: [Class; 2] = [Class::Doc, Class::Changelog];

fn witness(case: &Case<'_>, kind: ClaimKind) -> Witness {
    let outline: &Outline = &case.outline;
    if kind == ClaimKind::Test && outline.has(&[Class::Test]) {
        Witness::Test
    } else if outline.only(&PROSE) || (kind == ClaimKind::Doc && outline.has(&PROSE)) {
        Witness::Doc
    } else if outline.only(&[Class::Lock, Class::Build]) {
        Witness::Dependency
    } else if outline.only(&[
        Class::Lock,
        Class::Build,
        Class::Ci,
        Class::Data,
        Class::Config,
        Class::Asset,
        Class::Prompt,
    ]) {
        Witness::Data
    } else if outline.only(&[Class::Test]) {
        Witness::Test
    } else {
        Witness::Diff
    }
}

impl Case<'_> {
    /// Returns what speaks against the claim, in no order.
    fn findings(&self, evidence: &Evidence<'_>) -> Vec<Finding> {
        let facts = evidence.facts;
        if rules::is_revert(self.claim) {
            return self.revert(evidence.reverted).into_iter().collect();
        }
        if self.bump_target().is_some() {
            return self.bump(facts).into_iter().collect();
        }
        if rules::is_release(self.claim) {
            return Vec::new();
        }
        let mut findings = Vec::new();
        if let Some(about) = self.about {
            findings.extend(self.tests(about, facts));
            if mends_tests(self.claim, about) || self.may_bring_tests(about) {
                findings.extend(self.hollow(about, facts));
            }
        } else if self.claim.kind != Some(Kind::Doc) {
            findings.extend(self.prose_only(facts));
            findings.extend(self.other_only(facts));
        }
        findings.extend(self.comment_only(facts));
        findings.extend(self.whitespace_only(facts));
        findings.extend(self.remove_none(facts));
        findings.extend(self.add_none(facts));
        findings.extend(self.ci_missing());
        findings.extend(self.named_file(facts));
        findings.extend(self.rename_none(facts));
        if findings.is_empty() && evidence.parents < 2 {
            findings.extend(self.span_absent(facts).or_else(|| self.no_link(facts)));
        }
        findings
    }

    fn revert(&self, reverted: &Reverted) -> Option<Finding> {
        let Reverted::Compared { id, paths, shared, lines, undone } = reverted else { return None };
        let other_files = shared * 2 < *paths;
        let other_lines = *lines > 0 && undone * 5 < *lines;
        (other_files || other_lines)
            .then(|| {
                rules::finding(self.policy, Rule::RevertOther, vec![id.clone()], self.paths(&[]))
            })
            .flatten()
    }
}
