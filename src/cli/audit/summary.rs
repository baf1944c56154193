//! The answer in numbers: how often do claims and changes differ, by claim, by author, by month?

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Writer, answer_name};
use crate::evidence::range::Chosen;
use crate::ops::audit::{Row, Totals};
use crate::output::{self, shown};
use crate::verdict::audit::Answer;

/// How the numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Json,
}

/// Counts rows, then writes the counts.
pub(super) struct Summary {
    form: Form,
    chosen: String,
    by_claim: BTreeMap<String, Tally>,
    by_author: BTreeMap<String, Tally>,
    by_month: BTreeMap<String, Tally>,
    unwitnessed: Vec<String>,
}

/// Commits with a claim, those whose claim is doubtful, and those whose claim is refuted.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    claims: usize,
    doubtful: usize,
    unwitnessed: usize,
}

impl Tally {
    fn add(&mut self, answer: Answer) {
        self.claims += 1;
        self.doubtful += usize::from(answer == Answer::Warn);
        self.unwitnessed += usize::from(answer == Answer::Unwitnessed);
    }

    /// Returns the refuted claims in a thousand.
    fn drift(self) -> usize {
        (self.unwitnessed * 1_000).checked_div(self.claims).unwrap_or(0)
    }
}

/// Authors shown in text.
const AUTHORS: usize = 20;

impl Summary {
    pub(super) fn new(form: Form) -> Self {
        Self {
            form,
            chosen: String::new(),
            by_claim: BTreeMap::new(),
            by_author: BTreeMap::new(),
            by_month: BTreeMap::new(),
            unwitnessed: Vec::new(),
        }
    }

    fn text(&self, totals: &Totals) -> String {
        let claims = totals.witnessed + totals.warned + totals.unwitnessed;
        let all = Tally { claims, doubtful: totals.warned, unwitnessed: totals.unwitnessed };
        let mut text = String::new();
        for (name, count) in [
            ("commits", totals.all()),
            ("claims", claims),
            ("witnessed", totals.witnessed),
            ("doubtful", totals.warned),
            ("unwitnessed", totals.unwitnessed),
            ("without a claim", totals.abstained),
            ("unknown", totals.unknown),
        ] {
            writeln!(text, "{name:<16} {count:>8}").expect("writing to a String cannot fail");
        }
        writeln!(text, "{:<16} {:>8}", "drift", percent(all))
            .expect("writing to a String cannot fail");
        let mut authors: Vec<_> = self.by_author.iter().collect();
        authors.sort_by_key(|(_, tally)| {
            std::cmp::Reverse((tally.unwitnessed, tally.doubtful, tally.claims))
        });
        authors.truncate(AUTHORS);
        table(&mut text, "claim", self.by_claim.iter());
        table(&mut text, "author", authors.into_iter());
        table(&mut text, "month", self.by_month.iter());
        text
    }

    fn json(&self, totals: &Totals) -> String {
        let map = |tallies: &BTreeMap<String, Tally>| -> Value {
            tallies
                .iter()
                .map(|(name, tally)| {
                    let row = json!({
                        "claims": tally.claims, "doubtful": tally.doubtful, "unwitnessed": tally.unwitnessed,
                        "drift_per_mille": tally.drift(),
                    });
                    (name.clone(), row)
                })
                .collect::<serde_json::Map<_, _>>()
                .into()
        };
        let object = json!({
            "schema": "git-dos/audit-summary/1",
            "by_author": map(&self.by_author),
            "by_claim": map(&self.by_claim),
            "by_month": map(&self.by_month),
            "range": self.chosen,
            "totals": super::json::Counts::from(totals),
            "unwitnessed_ids": self.unwitnessed,
        });
        output::json(&object) + "\n"
    }
}

impl Writer for Summary {
    fn begin(&mut self, chosen: &Chosen) -> String {
        self.chosen = shown(chosen.description.as_bytes());
        String::new()
    }

    fn row(&mut self, row: &Row) -> String {
        let Ok(verdict) = &row.verdict else { return String::new() };
        if answer_name(row) == Answer::Unwitnessed.name() {
            self.unwitnessed.push(row.commit_id.to_string());
        }
        if verdict.answer != Answer::Abstain {
            self.by_claim.entry(verdict.claim.name().into()).or_default().add(verdict.answer);
            self.by_author.entry(shown(&row.author)).or_default().add(verdict.answer);
            self.by_month.entry(month(row.time)).or_default().add(verdict.answer);
        }
        String::new()
    }

    fn end(&mut self, totals: &Totals) -> String {
        match self.form {
            Form::Text => self.text(totals),
            Form::Json => self.json(totals),
        }
    }
}

fn table<'a>(text: &mut String, name: &str, rows: impl Iterator<Item = (&'a String, &'a Tally)>) {
    writeln!(
        text,
        "\n{name:<24} {:>8} {:>8} {:>11} {:>8}",
        "claims", "doubtful", "unwitnessed", "drift"
    )
    .expect("writing to a String cannot fail");
    for (name, tally) in rows {
        writeln!(
            text,
            "{name:<24} {:>8} {:>8} {:>11} {:>8}",
            tally.claims,
            tally.doubtful,
            tally.unwitnessed,
            percent(*tally)
        )
        .expect("writing to a String cannot fail");
    }
}

/// Returns the refuted share of claims with one decimal.
fn percent(tally: Tally) -> String {
    let drift = tally.drift();
    format!("{}.{} %", drift / 10, drift % 10)
}

/// Returns the month of `time`, in UTC, as `2026-11`.
fn month(time: i64) -> String {
    gix::date::Time { seconds: time, offset: 0 }
        .format(gix::date::time::CustomFormat::new("%Y-%m"))
        .unwrap_or_else(|_| "unknown".into())
}
