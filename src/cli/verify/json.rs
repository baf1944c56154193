//! The answer for programs.

use serde::Serialize;

use super::words;
use crate::ops::verify::{Answer, Row};
use crate::output::{hint_of, shown};
use crate::verdict::ship::candidate::{Candidate, Fate, Miss};
use crate::verdict::ship::plan::Phase;
use crate::verdict::ship::{Proof, Reason, Verdict};

/// One answer of `"git-dos/verify/1"`, since version 0.1.0.
#[derive(Debug, Serialize)]
pub(super) struct Json {
    /// Always `git-dos/verify/1`.
    schema: &'static str,
    /// The plan, as asked.
    plan: String,
    /// The phase, as asked.
    phase: String,
    /// The branch that counts.
    target: String,
    /// What the plan says of the phase: `done`, `waits`, `open` or `unsaid`; `null` without a plan.
    claim: Option<&'static str>,
    /// The line of the plan that begins the phase, from 1.
    line: Option<usize>,
    /// The words behind the phase's id there, made harmless.
    title: Option<String>,
    /// `SHIPPED`, `NOT_SHIPPED` or `UNKNOWN`.
    verdict: &'static str,
    /// Why, as a token: `stamp`, `files`, `reverted`, `empty`, `elsewhere`, …
    reason: String,
    /// Why, as a sentence.
    sentence: String,
    /// The commit that ships it, in full hexadecimal; of files, the one that delivered most of them.
    commit: Option<String>,
    /// The subject of that commit, made harmless.
    subject: Option<String>,
    /// The form of its stamp: `trailer`, `subject`, `scope`, …
    rung: Option<&'static str>,
    /// What proves it: `diff`, `subject` or `files`.
    basis: Option<&'static str>,
    /// The commit that wrote something else in place of all that it brought.
    rewritten_by: Option<String>,
    /// The other branch that has it.
    branch: Option<String>,
    /// The commit that comes nearest, where none ships it.
    nearest: Option<Nearest>,
    /// The files that the plan names for it.
    files: Vec<File>,
    /// What to do next.
    hint: Option<String>,
}

/// A commit that does not ship the phase.
#[derive(Debug, Serialize)]
struct Nearest {
    /// The commit, in full hexadecimal.
    commit: String,
    /// Its subject, made harmless.
    subject: String,
    /// What speaks against it, as a token.
    reason: String,
    /// The commit that took its work out, in full hexadecimal.
    by: Option<String>,
}

/// A file that the plan names for the phase.
#[derive(Debug, Serialize)]
struct File {
    /// The path, made harmless.
    path: String,
    /// The newest commit that delivered it, in full hexadecimal.
    by: Option<String>,
}

impl Json {
    /// Renders one row.
    pub(super) fn of(row: &Row, target: &str) -> Self {
        let mut json = Self::unanswered(row, target);
        match &row.answer {
            Ok(answer) => json.fill(answer, target),
            Err(error) => {
                json.reason = "error".into();
                json.sentence = shown(super::causes(error).as_bytes());
                json.hint = hint_of(error).map(str::to_owned);
            }
        }
        json
    }

    /// Adds what the plan says.
    pub(super) fn with_phase(mut self, phase: Option<&Phase>) -> Self {
        self.claim = phase.map(|phase| phase.claim.name());
        self.line = phase.map(|phase| phase.line);
        self.title = phase.map(|phase| shown(phase.title.as_bytes()));
        self
    }

    fn unanswered(row: &Row, target: &str) -> Self {
        Self {
            schema: "git-dos/verify/1",
            plan: shown(row.question.plan.as_bytes()),
            phase: shown(row.question.phase.as_bytes()),
            target: shown(target.as_bytes()),
            claim: None,
            line: None,
            title: None,
            verdict: "UNKNOWN",
            reason: String::new(),
            sentence: String::new(),
            commit: None,
            subject: None,
            rung: None,
            basis: None,
            rewritten_by: None,
            branch: None,
            nearest: None,
            files: Vec::new(),
            hint: None,
        }
    }

    fn fill(&mut self, answer: &Answer, target: &str) {
        let evidence = &answer.evidence;
        self.verdict = words::name(&answer.verdict);
        self.reason = words::token(&answer.verdict).into();
        self.sentence = words::reason(answer, target);
        self.basis = words::basis(answer);
        self.hint = words::hint(answer);
        self.nearest = words::nearest(answer).map(|(candidate, miss)| nearest(candidate, &miss));
        let file = |delivery: &crate::verdict::ship::Delivery| File {
            path: shown(delivery.path.as_bytes()),
            by: delivery.by.map(|id| id.to_string()),
        };
        self.files = evidence.deliveries.iter().map(file).collect();
        if let Verdict::Shipped(Proof::Stamp(index, stamp)) = &answer.verdict
            && let Some(candidate) = evidence.candidates.get(*index)
        {
            self.rung = Some(stamp.rung.name());
            self.commit = Some(candidate.commit.to_string());
            self.subject = Some(shown(candidate.subject.as_bytes()));
            if let Fate::Rewritten(by) = candidate.fate {
                self.rewritten_by = Some(by.to_string());
            }
        }
        if answer.verdict == Verdict::Shipped(Proof::Files) {
            self.commit = words::deliverer(evidence).map(|commit| commit.to_string());
        }
        if let Verdict::NotShipped(Reason::Elsewhere(index)) = &answer.verdict
            && let Some((branch, candidate)) = evidence.elsewhere.get(*index)
        {
            self.branch = Some(shown(branch.as_bytes()));
            self.commit = Some(candidate.commit.to_string());
            self.subject = Some(shown(candidate.subject.as_bytes()));
        }
    }
}

fn nearest(candidate: &Candidate, miss: &Miss) -> Nearest {
    Nearest {
        commit: candidate.commit.to_string(),
        subject: shown(candidate.subject.as_bytes()),
        reason: miss.name().to_owned(),
        by: miss.by().map(|id| id.to_string()),
    }
}
