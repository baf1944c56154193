//! What goes on in a repository, on one page: only what there is.

use std::fmt::Write as _;

use serde::Serialize;

use crate::cli::{halt, lease, liveness};
use crate::clock;
use crate::evidence::progress::Depth;
use crate::ops::lease::list;
use crate::ops::liveness as ops;
use crate::ops::overview::{Report, Unpushed};
use crate::output::{error_text, shown};

/// Renders the parts of `overview` that have something to say, as far as they could be found out.
pub(super) fn text(overview: &Report) -> String {
    let mut text = String::new();
    let mut part = |title: &str, lines: String| {
        if !lines.is_empty() {
            text.push_str(title);
            text.push('\n');
            for line in lines.lines() {
                writeln!(text, "  {line}").expect("writing to a String cannot fail");
            }
        }
    };
    if let Ok(runs) = &overview.runs {
        part("runs", runs.rows.iter().map(|row| liveness::line(row, Depth::First)).collect());
    }
    if let Ok(leases) = &overview.leases {
        let mut lines: String = leases.rows.iter().map(lease::row).collect();
        if !lines.is_empty() {
            lines.extend(leases.view.as_ref().and_then(lease::as_of));
        }
        part("lanes that are held", lines);
    }
    if let Ok(halts) = &overview.halts {
        part("proposed stops", halt::lines(halts.iter(), clock::now()));
    }
    if let Ok(unpushed) = &overview.unpushed {
        part("to be pushed", findings(unpushed));
    }
    if let Ok(folds @ 1..) = overview.folds {
        part(
            "folds of archives",
            format!("{folds}; git dos coalesce undo takes the last one back"),
        );
    }
    text
}

/// Says what is against the commits that a push would send; nothing when nothing is.
fn findings(unpushed: &Unpushed) -> String {
    let totals = &unpushed.totals;
    let counts = [
        (totals.unwitnessed, "unwitnessed"),
        (totals.warned, "doubtful"),
        (totals.unknown, "not to be judged"),
    ];
    let counts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if counts.is_empty() {
        return String::new();
    }
    let (counts, range) = (counts.join(", "), shown(unpushed.range.as_bytes()));
    format!("of {} commits ({range}) {counts}; git dos audit names them", totals.all())
}

/// Returns what could not be found out, each thing once.
pub(super) fn faults(overview: &Report) -> Vec<String> {
    let Report { runs, leases, halts, unpushed, folds } = overview;
    let errors = [
        runs.as_ref().err(),
        leases.as_ref().err(),
        halts.as_ref().err(),
        unpushed.as_ref().err(),
        folds.as_ref().err(),
    ];
    let mut faults: Vec<String> = Vec::new();
    for fault in errors.into_iter().flatten().map(error_text) {
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    }
    faults
}

/// What goes on, as fields of the JSON answer; what could not be found out is `null`.
#[derive(Serialize)]
pub(super) struct Json<'r> {
    /// The runs that are not over, oldest first.
    runs: Option<Vec<JsonRun>>,
    /// The lanes that are held, oldest first.
    lanes: Option<Vec<JsonLane<'r>>>,
    /// The commits that a push would send.
    unpushed: Option<JsonUnpushed<'r>>,
    /// How many folds of archives there were.
    folds: Option<usize>,
}

#[derive(Serialize)]
struct JsonRun {
    /// The run's id.
    run: Option<String>,
    /// `ADVANCING`, `SPINNING`, `STALLED` or `UNKNOWN`.
    verdict: &'static str,
}

#[derive(Serialize)]
struct JsonLane<'r> {
    /// The lane.
    lane: &'r str,
    /// The name, the session and the worktree of its holder, as far as they are known.
    owner: Option<&'r str>,
    session: Option<&'r str>,
    worktree: Option<&'r str>,
    /// How many seconds the lease still has.
    left_s: u64,
    /// Whether the caller holds it.
    own: bool,
}

#[derive(Serialize)]
struct JsonUnpushed<'r> {
    /// Which they are, such as `origin/main..HEAD`.
    range: &'r str,
    /// How many they are, and of those, how many are against something.
    commits: usize,
    unwitnessed: usize,
    warned: usize,
    unknown: usize,
}

impl<'r> Json<'r> {
    pub(super) fn of(overview: &'r Report) -> Self {
        let runs = overview.runs.as_ref().ok().map(|runs| {
            let run = |row| JsonRun { run: id(row), verdict: liveness::word(row) };
            runs.rows.iter().map(run).collect()
        });
        let lanes = overview.leases.as_ref().ok().map(|leases| {
            let lane = |row: &'r list::Row| JsonLane {
                lane: &row.lease.lane,
                owner: row.lease.owner.as_deref(),
                session: row.lease.session.as_deref(),
                worktree: row.lease.worktree.as_deref(),
                left_s: row.left.as_secs(),
                own: row.is_own,
            };
            leases.rows.iter().map(lane).collect()
        });
        let unpushed = overview.unpushed.as_ref().ok().map(|unpushed| JsonUnpushed {
            range: &unpushed.range,
            commits: unpushed.totals.all(),
            unwitnessed: unpushed.totals.unwitnessed,
            warned: unpushed.totals.warned,
            unknown: unpushed.totals.unknown,
        });
        Self { runs, lanes, unpushed, folds: overview.folds.as_ref().ok().copied() }
    }
}

fn id(row: &ops::Row) -> Option<String> {
    row.run.as_ref().map(ToString::to_string)
}
