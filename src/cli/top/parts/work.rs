//! Who works where, and what should stop?

use std::time::Duration;

use super::{cell, counts, line};
use crate::cli::top::fit::{Column, Keep};
use crate::cli::top::page::{Cell, Found, Mood, Row};
use crate::cli::{halt, lease, liveness};
use crate::evidence::progress::Depth;
use crate::journal::halts::Halt;
use crate::leases::Lease;
use crate::leases::holder;
use crate::leases::lease::Standing;
use crate::ops::lease::list;
use crate::ops::liveness as ops;
use crate::output::{pasteable, said, shown};

const WHOLE: Column = Column { keep: Keep::Whole, most: 24, may_go: false };
const NAME: Column = Column { keep: Keep::End, most: 24, may_go: false };
const PLACE: Column = Column { keep: Keep::End, most: 16, may_go: false };
const SENTENCE: Column = Column { keep: Keep::Start, most: usize::MAX, may_go: false };

/// Whom it is about, how long ago, and why.
const HALTS: &[Column] = &[NAME, WHOLE, SENTENCE];
/// The verdict, the run, its lane, its worktree, and why.
const RUNS: &[Column] = &[WHOLE, Column { may_go: true, ..WHOLE }, NAME, PLACE, SENTENCE];
/// The lane, its holder, where that works, for how long, and which paths.
const LANES: &[Column] = &[NAME, NAME, PLACE, WHOLE, SENTENCE];

/// Says what should stop.
pub(super) fn halts(halts: &[Halt], now: Duration) -> Found {
    if halts.is_empty() {
        return line("none".to_owned(), Mood::Calm);
    }
    let rows = halts.iter().map(|halt| {
        let run = halt.run.as_deref().map(|run| shown(run.as_bytes()));
        let lane = halt.lane.as_deref().map(|lane| format!("lane {}", shown(lane.as_bytes())));
        let about: Vec<String> = run.into_iter().chain(lane).collect();
        let reason = shown(halt.reason.as_bytes());
        Row {
            key: halt.id.clone(),
            name: about.join(", "),
            state: reason.clone(),
            mood: Mood::Alarm,
            cells: vec![
                cell(halt.lane.as_ref().or(halt.run.as_ref()).map_or("", String::as_str)),
                Cell::Since(Duration::from_millis(halt.time_ms)),
                Cell::Text(reason),
            ],
            below: vec![format!("when it is seen to: git dos halt ack {}", pasteable(&halt.id))],
            full: lines(&halt::line(halt, None, now)),
        }
    });
    let (rows, summary) = (rows.collect(), counts([(halts.len(), "not acknowledged")]).concat());
    Found { summary, mood: Mood::Alarm, shape: HALTS, rows, left_out: 0 }
}

/// Says what the runs are doing, those that do not move first.
pub(super) fn runs(report: &ops::Report) -> Found {
    let mut rows: Vec<Row> = report.rows.iter().map(run).collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.mood), row.state == "UNKNOWN"));
    let with = |word: &str| report.rows.iter().filter(|row| liveness::word(row) == word).count();
    let words = ["STALLED", "SPINNING", "UNKNOWN", "ADVANCING"];
    let mut summary = counts(words.map(|word| (with(word), word)));
    if summary.is_empty() {
        summary.push("none is open".to_owned());
    }
    let forgotten = report.forgotten;
    summary.extend(counts([(forgotten, "quiet for a day (git dos liveness --all)")]));
    let mood = rows.iter().map(|row| row.mood).max().unwrap_or(Mood::Calm);
    Found { summary: summary.join(", "), mood, shape: RUNS, rows, left_out: 0 }
}

fn run(row: &ops::Row) -> Row {
    let word = liveness::word(row);
    let mood = match word {
        "ADVANCING" => Mood::Calm,
        "SPINNING" => Mood::Doubt,
        _ => Mood::Alarm,
    };
    let id = row.run.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut full = lines(&liveness::line(row, Depth::First));
    let (record, why) = match &row.answer {
        Ok(answer) => {
            let mut seen = liveness::seen(answer, Depth::First);
            let over = answer.over_budget.map(liveness::length);
            seen.extend(over.map(|over| format!("over its budget by {over}")));
            // What decided is said after what the run brought about.
            if seen.len() > 1 && mood != Mood::Calm {
                seen.rotate_left(1);
            }
            let damaged = answer.progress.damaged;
            seen.extend(counts([(damaged, "unreadable lines in the journal of rewrites")]));
            (answer.record.as_ref(), seen.join(", "))
        }
        Err(error) => {
            let first = error.iter_errors().next().map(said).unwrap_or_default();
            (None, shown(first.as_bytes()))
        }
    };
    let of = |field: Option<&String>| cell(field.map_or("", String::as_str));
    let (lane, worktree) =
        record.map_or((None, None), |record| (record.lane.as_ref(), record.worktree.as_ref()));
    let more = record.map_or_else(Vec::new, |record| {
        let known = [
            ("worktree", worktree),
            ("branch", record.branch.as_ref()),
            ("agent", record.agent.as_ref()),
        ];
        let known = known.into_iter().filter_map(|(what, text)| Some((what, text?)));
        known.map(|(what, text)| format!("{what} {}", shown(text.as_bytes()))).collect()
    });
    full.extend(Some(more.join(", ")).filter(|more| !more.is_empty()));
    if mood != Mood::Calm && row.answer.is_ok() {
        full.push(format!("to propose its stop: git dos halt {id} --reason 'TEXT'"));
    }
    Row {
        key: id.clone(),
        name: lane
            .map_or_else(|| id.clone(), |lane| format!("{id} in lane {}", shown(lane.as_bytes()))),
        state: word.to_owned(),
        mood,
        cells: vec![
            Cell::Text(word.to_owned()),
            Cell::Text(id),
            of(lane),
            of(worktree),
            Cell::Text(why),
        ],
        below: Vec::new(),
        full,
    }
}

/// Says who holds which lane.
pub(super) fn lanes(report: &list::Report) -> Found {
    let rows: Vec<Row> = report.rows.iter().map(lane).collect();
    let over = report.rows.iter().filter(|row| row.standing != Standing::Live).count();
    let held = report.rows.len() - over;
    let mut summary = counts([(held, "held"), (over, "left behind")]);
    if summary.is_empty() {
        summary.push("none is held".to_owned());
    }
    let as_of = report.view.as_ref().and_then(lease::as_of);
    summary.extend(as_of.map(|words| words.trim().to_owned()));
    let mood = rows.iter().map(|row| row.mood).max().unwrap_or(Mood::Calm);
    Found { summary: summary.join(", "), mood, shape: LANES, rows, left_out: 0 }
}

fn lane(row: &list::Row) -> Row {
    let lease = &row.lease;
    let who = holder::words(&Lease { worktree: None, ..lease.clone() });
    let (mood, left, standing) = match row.standing {
        Standing::Live => (Mood::Calm, Cell::Until(lease.expiry()), ""),
        Standing::Expired => {
            (Mood::Doubt, Cell::Text("its time is over".to_owned()), ", and its time is over")
        }
        Standing::Abandoned => {
            (Mood::Doubt, Cell::Text("its process is gone".to_owned()), ", whose process is gone")
        }
    };
    let tree: Vec<String> = lease.tree.iter().map(|path| shown(path.as_bytes())).collect();
    let own = if row.is_own { ", yours" } else { "" };
    let tree = format!("{} ({}{own})", tree.join(", "), lease.mode.name());
    Row {
        key: format!("{} {}", lease.lane, lease.grant),
        name: format!("lane {}", shown(lease.lane.as_bytes())),
        state: format!("held by {}{standing}", holder::words(lease)),
        mood,
        cells: vec![
            cell(&lease.lane),
            Cell::Text(who),
            cell(lease.worktree.as_deref().unwrap_or_default()),
            left,
            Cell::Text(tree),
        ],
        below: Vec::new(),
        full: lines(&lease::row(row)),
    }
}

/// Takes a text of ours, whose parts are harmless, apart.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim().to_owned()).collect()
}
