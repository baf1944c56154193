//! What would a push send, what was folded, and would git and the agents call us?

use super::{counts, line};
use crate::cli::top::fit::{Column, Keep};
use crate::cli::top::page::{Cell, Found, Mood, Row};
use crate::ops::overview::{Finding, Unpushed};
use crate::ops::status::{Report, Verdict};
use crate::output::shown;
use crate::verdict::audit::Answer;

/// The answer, the commit, and its subject.
const COMMITS: &[Column] = &[
    Column { keep: Keep::Whole, most: 17, may_go: false },
    Column { keep: Keep::Whole, most: 10, may_go: false },
    Column { keep: Keep::Start, most: usize::MAX, may_go: false },
];

/// Says what a push would send that is not so.
pub(super) fn unpushed(unpushed: &Unpushed) -> Found {
    let totals = &unpushed.totals;
    let against = counts([
        (totals.unwitnessed, "unwitnessed"),
        (totals.warned, "doubtful"),
        (totals.unknown, "not to be judged"),
        (unpushed.waiting, "not judged yet"),
    ]);
    let all = totals.all() + unpushed.waiting;
    let (commits, range) = (if all == 1 { "commit" } else { "commits" }, &unpushed.range);
    let summary = match (all, against.is_empty()) {
        (0, _) => "nothing".to_owned(),
        (_, true) => {
            format!("{all} {commits} ({}), nothing against them", shown(range.as_bytes()))
        }
        (_, false) => {
            let (range, against) = (shown(range.as_bytes()), against.join(", "));
            format!("{against} of {all} {commits} ({range}); git dos audit says more")
        }
    };
    let mood = match (totals.unwitnessed + totals.unknown, totals.warned + unpushed.waiting) {
        (0, 0) => Mood::Calm,
        (0, _) => Mood::Doubt,
        _ => Mood::Alarm,
    };
    let rows: Vec<Row> = unpushed.against.iter().map(commit).collect();
    let counted = totals.unwitnessed + totals.warned + totals.unknown;
    let left_out = counted.saturating_sub(rows.len());
    Found { summary, mood, shape: COMMITS, rows, left_out }
}

fn commit(finding: &Finding) -> Row {
    let (word, mood) = match finding.answer {
        Some(answer @ Answer::Warn) => (answer.name(), Mood::Doubt),
        Some(answer) => (answer.name(), Mood::Alarm),
        None => ("UNKNOWN", Mood::Alarm),
    };
    let (id, subject) =
        (finding.commit_id.to_hex_with_len(10).to_string(), shown(&finding.subject));
    let mut full = vec![format!("{word} {id} {subject}")];
    full.extend(finding.why.iter().cloned());
    Row {
        key: finding.commit_id.to_string(),
        name: format!("commit {id}"),
        state: format!("{word}, {subject}"),
        mood,
        cells: vec![Cell::Text(word.to_owned()), Cell::Text(id), Cell::Text(subject)],
        below: Vec::new(),
        full,
    }
}

/// Says how many archives were folded.
pub(super) fn folds(count: usize) -> Found {
    let summary = match count {
        0 => "none".to_owned(),
        count => format!("{count}; git dos coalesce undo takes the last one back"),
    };
    line(summary, Mood::Calm)
}

/// Says in one line whether all hooks are in place.
pub(super) fn wiring(report: &Report) -> Found {
    let rows = || report.worktrees.iter().flat_map(|seen| &seen.rows);
    let (all, worktrees) = (rows().count(), report.worktrees.len());
    if let Some(fault) = report.faults.first() {
        return line(shown(fault.as_bytes()), Mood::Alarm);
    }
    let mode = match &report.mode {
        Ok(mode) => mode.name(),
        Err(word) => {
            let word = shown(word.as_bytes());
            return line(format!("mode {word} is none; git dos status says more"), Mood::Alarm);
        }
    };
    let mut bad = Vec::new();
    for row in rows().filter(|row| row.verdict != Verdict::Installed) {
        if !bad.contains(&row.verdict) {
            bad.push(row.verdict);
        }
    }
    let of =
        |verdict: &Verdict| (rows().filter(|row| row.verdict == *verdict).count(), verdict.name());
    let worktrees = match worktrees {
        1 => "1 worktree".to_owned(),
        count => format!("{count} worktrees"),
    };
    let (summary, mood) = match bad.as_slice() {
        [] if all > 0 => (format!("{all} hooks in {worktrees} in place, mode {mode}"), Mood::Calm),
        [] => ("no hook is asked for; git dos install".to_owned(), Mood::Doubt),
        [Verdict::Missing] if rows().all(|row| row.verdict == Verdict::Missing) => {
            ("nothing is installed; git dos install".to_owned(), Mood::Doubt)
        }
        bad => {
            let bad = counts(bad.iter().map(of)).join(", ");
            let all = format!("of {all} hooks in {worktrees} {bad}, mode {mode}");
            (format!("{all}; git dos status says more"), Mood::Doubt)
        }
    };
    line(summary, mood)
}
