//! The answer for people: findings, or every commit.

use std::fmt::Write as _;

use super::{Writer, answer_name, is_finding};
use crate::evidence::range::Chosen;
use crate::ops::audit::{Row, Totals};
use crate::output::{hint_of, said, sentence, shown};

/// Which commits are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Show {
    /// Those with something against them.
    Findings,
    /// All.
    Rows,
    /// All, with all words and files.
    Everything,
}

/// Writes sentences.
pub(super) struct Text {
    show: Show,
    colour: bool,
    chosen: String,
    advised: bool,
}

impl Text {
    pub(super) fn new(show: Show, colour: bool) -> Self {
        Self { show, colour, chosen: String::new(), advised: false }
    }

    fn name(&self, row: &Row) -> String {
        let name = answer_name(row);
        let code = match name {
            "CLAIM_UNWITNESSED" | "UNKNOWN" => "31",
            "WARN" => "33",
            "OK" => "32",
            _ => "2",
        };
        if self.colour { format!("\u{1b}[{code}m{name}\u{1b}[0m") } else { name.to_owned() }
    }
}

impl Writer for Text {
    fn begin(&mut self, chosen: &Chosen) -> String {
        self.chosen.clone_from(&chosen.description);
        String::new()
    }

    fn row(&mut self, row: &Row) -> String {
        if self.show == Show::Findings && !is_finding(row) {
            return String::new();
        }
        let mut text = format!("{} {} ", self.name(row), row.commit_id.to_hex_with_len(10));
        writeln!(text, "{}", shown(&row.subject)).expect("writing to a String cannot fail");
        match &row.verdict {
            Err(error) => {
                writeln!(text, "    {}", shown(causes(error).as_bytes()))
                    .expect("writing to a String cannot fail");
                if let Some(hint) = hint_of(error) {
                    writeln!(text, "    hint: {hint}").expect("writing to a String cannot fail");
                }
            }
            Ok(verdict) => {
                for finding in &verdict.findings {
                    let sentence = sentence::of_finding(finding);
                    writeln!(text, "    {}: {sentence}", finding.rule.name())
                        .expect("writing to a String cannot fail");
                }
                self.advised |= !verdict.findings.is_empty();
                if verdict.findings.is_empty() {
                    writeln!(text, "    {}", sentence::of_witness(verdict))
                        .expect("writing to a String cannot fail");
                }
                if !verdict.unread.is_empty() {
                    let files = sentence::files(&verdict.unread);
                    writeln!(
                        text,
                        "    judged by their entry (binary, submodule or too large): {files}"
                    )
                    .expect("writing to a String cannot fail");
                }
                if self.show == Show::Everything {
                    explain(&mut text, verdict);
                }
            }
        }
        text
    }

    fn end(&mut self, totals: &Totals) -> String {
        let mut text = String::new();
        if self.advised {
            writeln!(text, "hint: {}", sentence::advice())
                .expect("writing to a String cannot fail");
        }
        let mut parts = vec![format!("{} witnessed", totals.witnessed)];
        for (count, what) in [
            (totals.abstained, "without a claim"),
            (totals.warned, "doubtful"),
            (totals.unwitnessed, "unwitnessed"),
            (totals.unknown, "unknown"),
        ] {
            if count > 0 {
                parts.push(format!("{count} {what}"));
            }
        }
        let commits = if totals.all() == 1 { "commit" } else { "commits" };
        let chosen = shown(self.chosen.as_bytes());
        writeln!(text, "audited {} {commits} ({chosen}): {}", totals.all(), parts.join(", "))
            .expect("writing to a String cannot fail");
        text
    }
}

/// Returns an error with its causes on one line.
pub(super) fn causes(error: &gix::Error) -> String {
    let mut lines: Vec<String> = error.iter_errors().map(said).collect();
    lines.dedup();
    lines.join(": ")
}

fn explain(text: &mut String, verdict: &crate::verdict::audit::Verdict) {
    let list = |items: &[String]| {
        let items: Vec<_> = items.iter().map(|item| shown(item.as_bytes())).collect();
        items.join(" ")
    };
    writeln!(text, "    claim: {} ({})", verdict.claim.name(), list(&verdict.words))
        .expect("writing to a String cannot fail");
    writeln!(text, "    witness: {}", verdict.witness.name())
        .expect("writing to a String cannot fail");
    if verdict.findings.is_empty() {
        writeln!(text, "    files: {}", list(&verdict.files))
            .expect("writing to a String cannot fail");
    }
    for finding in &verdict.findings {
        let (rule, words, files) =
            (finding.rule.name(), list(&finding.words), list(&finding.files));
        writeln!(text, "    {rule} words: {words}\n    {rule} files: {files}")
            .expect("writing to a String cannot fail");
    }
}
