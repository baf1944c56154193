//! The answer for programs.

use serde::Serialize;

use super::{Writer, answer_name, text};
use crate::evidence::range::Chosen;
use crate::ops::audit::{Row, Totals};
use crate::output::{self, sentence, shown};
use crate::verdict::audit::Silence;

/// One commit of `"git-dos/audit/1"`, since version 0.1.0.
#[derive(Serialize)]
struct Commit<'a> {
    /// Name of the author, made harmless.
    author: String,
    /// Kind of claim: code, test, doc, dependency, release, revert, none.
    claim: &'static str,
    /// Files that bear the claim out or speak against it.
    files: &'a [String],
    /// What speaks against the claim, the most severe first.
    findings: Vec<FindingObject<'a>>,
    /// Full id; all zeros for the index.
    id: String,
    /// One sentence.
    reason: String,
    /// The rule of the most severe finding, else why nothing was judged, else empty.
    rule: &'static str,
    /// Subject, made harmless.
    subject: String,
    /// Committer's time, in seconds since 1970-01-01T00:00:00Z.
    time: i64,
    /// Files judged by their entry alone.
    unread: &'a [String],
    /// OK, WARN, `CLAIM_UNWITNESSED`, ABSTAIN or UNKNOWN.
    verdict: &'static str,
    /// What bears the claim out: diff-, test-, doc-, data- or dependency-witnessed, subject-only, abstain.
    witness: &'static str,
    /// Words of the claim that decided.
    words: &'a [String],
}

/// One finding of `"git-dos/audit/1"`.
#[derive(Serialize)]
struct FindingObject<'a> {
    files: &'a [String],
    level: &'static str,
    reason: String,
    rule: &'static str,
    words: &'a [String],
}

/// Counts of `"git-dos/audit/1"`.
#[derive(Serialize)]
pub(super) struct Counts {
    abstained: usize,
    commits: usize,
    unknown: usize,
    unwitnessed: usize,
    warned: usize,
    witnessed: usize,
}

impl From<&Totals> for Counts {
    fn from(totals: &Totals) -> Self {
        Self {
            abstained: totals.abstained,
            commits: totals.all(),
            unknown: totals.unknown,
            unwitnessed: totals.unwitnessed,
            warned: totals.warned,
            witnessed: totals.witnessed,
        }
    }
}

/// Writes one object, commit by commit.
#[derive(Default)]
pub(super) struct Json {
    started: bool,
    chosen: String,
}

impl Writer for Json {
    fn begin(&mut self, chosen: &Chosen) -> String {
        self.chosen = shown(chosen.description.as_bytes());
        "{\"schema\":\"git-dos/audit/1\",\"commits\":[".into()
    }

    fn row(&mut self, row: &Row) -> String {
        let separator = if self.started { ",\n" } else { "\n" };
        self.started = true;
        format!("{separator}{}", output::json(&commit(row)))
    }

    fn end(&mut self, totals: &Totals) -> String {
        let totals = output::json(&Counts::from(totals));
        format!("\n],\"range\":{},\"totals\":{totals}}}\n", output::json(&self.chosen))
    }
}

fn commit(row: &Row) -> Commit<'_> {
    let verdict = row.verdict.as_ref().ok();
    let findings = verdict.map(|verdict| verdict.findings.as_slice()).unwrap_or_default();
    let reason = match &row.verdict {
        Err(error) => shown(text::causes(error).as_bytes()),
        Ok(verdict) => {
            findings.first().map_or_else(|| sentence::of_witness(verdict), sentence::of_finding)
        }
    };
    let silence = verdict.and_then(|verdict| verdict.silence).map(Silence::name);
    Commit {
        author: shown(&row.author),
        claim: verdict.map_or("none", |verdict| verdict.claim.name()),
        files: verdict.map(|verdict| verdict.files.as_slice()).unwrap_or_default(),
        findings: findings
            .iter()
            .map(|finding| FindingObject {
                files: &finding.files,
                level: super::level_name(finding.level),
                reason: sentence::of_finding(finding),
                rule: finding.rule.name(),
                words: &finding.words,
            })
            .collect(),
        id: row.commit_id.to_string(),
        reason,
        rule: findings.first().map(|finding| finding.rule.name()).or(silence).unwrap_or_default(),
        subject: shown(&row.subject),
        time: row.time,
        unread: verdict.map(|verdict| verdict.unread.as_slice()).unwrap_or_default(),
        verdict: answer_name(row),
        witness: verdict.map_or("abstain", |verdict| verdict.witness.name()),
        words: findings
            .first()
            .map(|finding| finding.words.as_slice())
            .or_else(|| verdict.map(|verdict| verdict.words.as_slice()))
            .unwrap_or_default(),
    }
}
