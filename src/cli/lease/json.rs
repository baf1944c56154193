//! What is done with leases, as JSON.

use std::time::Duration;

use serde::Serialize;

use crate::clock;
use crate::journal::runs::milliseconds;
use crate::leases::lease::Standing;
use crate::leases::operation::Effect;
use crate::leases::{Holder, Lease};
use crate::ops::lease::acquire::Report;
use crate::ops::lease::list::{Entry, Row};
use crate::ops::lease::shared::View;
use crate::ops::lease::{import, keep, list};
use crate::output::json;
use crate::verdict::arbiter::{Cause, How};

/// One lease.
#[derive(Debug, Serialize)]
struct One<'a> {
    /// The lane.
    lane: &'a str,
    /// Its paths and patterns.
    tree: &'a [String],
    /// `exclusive` or `shared`.
    mode: &'static str,
    /// Its number.
    grant: u64,
    /// The name that its holder goes by.
    owner: Option<&'a str>,
    /// The session of its holder.
    session: Option<&'a str>,
    /// The run of its holder.
    run: Option<&'a str>,
    /// The worktree of its holder.
    worktree: Option<&'a str>,
    /// The machine of its holder.
    host: Option<&'a str>,
    /// The clone of its holder, where clones share the leases.
    clone: Option<&'a str>,
    /// The process without which it is over.
    pid: Option<u32>,
    /// When it was given, in milliseconds since 1970-01-01T00:00:00Z.
    acquired_ms: u64,
    /// When it was last renewed, in the same.
    renewed_ms: Option<u64>,
    /// When it ends, in the same.
    ends_ms: u64,
    /// `LIVE`, `EXPIRED` when its time is over, or `ABANDONED` when its process is gone.
    standing: &'static str,
    /// Whether the caller holds it.
    own: bool,
}

impl<'a> One<'a> {
    fn of(lease: &'a Lease, standing: Standing, own: bool) -> Self {
        Self {
            lane: &lease.lane,
            tree: &lease.tree,
            mode: lease.mode.name(),
            grant: lease.grant,
            owner: lease.owner.as_deref(),
            session: lease.session.as_deref(),
            run: lease.run.as_deref(),
            worktree: lease.worktree.as_deref(),
            host: lease.host.as_deref(),
            clone: lease.clone.as_deref(),
            pid: lease.pid,
            acquired_ms: lease.acquired_ms,
            renewed_ms: lease.renewed_ms,
            ends_ms: milliseconds(lease.expiry()),
            standing: match standing {
                Standing::Live => "LIVE",
                Standing::Expired => "EXPIRED",
                Standing::Abandoned => "ABANDONED",
            },
            own,
        }
    }
}

/// Returns `leases` as `holder` sees them at `now`.
fn rows<'a>(
    leases: impl IntoIterator<Item = &'a Lease>,
    holder: &Holder,
    now: Duration,
) -> Vec<Row> {
    leases.into_iter().map(|lease| Row::of(lease.clone(), holder, now)).collect()
}

fn all(rows: &[Row]) -> Vec<One<'_>> {
    rows.iter().map(|row| One::of(&row.lease, row.standing, row.is_own)).collect()
}

/// The answer of `git dos lease acquire --format json`; fields may be added.
#[derive(Debug, Serialize)]
struct Acquired<'a> {
    /// Always `git-dos/lease-acquire/1`.
    schema: &'static str,
    /// `GIVEN`, `RENEWED` or `REFUSED`.
    outcome: &'static str,
    /// The lease; `null` when refused.
    lease: Option<One<'a>>,
    /// Why it was refused; `null` when it was not.
    cause: Option<&'static str>,
    /// The leases that stand against it.
    conflicts: Vec<One<'a>>,
    /// The lanes that could be had.
    free: &'a [String],
}

/// Renders what came of asking for a lane.
pub(super) fn acquired(report: &Report, holder: &Holder, now: Duration) -> String {
    let schema = "git-dos/lease-acquire/1";
    match report {
        Report::Given { lease, how } => {
            let outcome = if *how == How::Renewed { "RENEWED" } else { "GIVEN" };
            let lease = Some(One::of(lease, Standing::Live, true));
            let (cause, conflicts) = (None, Vec::new());
            json(&Acquired { schema, outcome, lease, cause, conflicts, free: &[] })
        }
        Report::Refused(refused) => {
            let rows = rows(&refused.conflicts, holder, now);
            let (conflicts, free) = (all(&rows), &*refused.free);
            let cause = Some(cause(&refused.cause));
            json(&Acquired { schema, outcome: "REFUSED", lease: None, cause, conflicts, free })
        }
    }
}

fn cause(cause: &Cause) -> &'static str {
    match cause {
        Cause::ExclusiveHeld => "EXCLUSIVE_HELD",
        Cause::NotAlone => "NOT_ALONE",
        Cause::Held => "HELD",
        Cause::Overlap => "OVERLAP",
        Cause::Unknown { .. } => "UNKNOWN_LANE",
        Cause::NoTree => "NO_TREE",
        Cause::NoneFree => "NONE_FREE",
        Cause::NothingToDo => "NOTHING_TO_DO",
        Cause::ClassFull => "CLASS_FULL",
    }
}

/// The answer of `git dos lease adopt|release|renew --format json`; fields may be added.
#[derive(Debug, Serialize)]
struct Kept<'a> {
    /// `git-dos/lease-adopt/1`, `git-dos/lease-release/1` or `git-dos/lease-renew/1`.
    schema: &'a str,
    /// The leases as they are now, or as they were when they were given back.
    done: Vec<One<'a>>,
    /// The leases of others, which stay.
    refused: Vec<One<'a>>,
    /// The lanes that nobody holds.
    missing: &'a [String],
}

/// Renders what came of a request about leases that there are.
pub(super) fn kept(report: &keep::Report, holder: &Holder, verb: &str) -> String {
    let (schema, now) = (format!("git-dos/lease-{verb}/1"), clock::now());
    let done = rows(&report.done, holder, now);
    let refused = rows(&report.refused, holder, now);
    let (done, refused, missing) = (all(&done), all(&refused), &*report.missing);
    json(&Kept { schema: &schema, done, refused, missing })
}

/// The answer of `git dos lease list --format json`; fields may be added.
#[derive(Debug, Serialize)]
struct List<'a> {
    /// Always `git-dos/lease-list/1`.
    schema: &'static str,
    /// The number of the newest change.
    generation: u64,
    /// The leases, oldest first.
    leases: Vec<One<'a>>,
    /// Where clones share them; `null` where they do not.
    remote: Option<Remote<'a>>,
}

/// Where clones share the leases.
#[derive(Debug, Serialize)]
struct Remote<'a> {
    /// The name of the remote.
    name: &'a str,
    /// The name of the ref there.
    reference: &'a str,
    /// How many milliseconds ago it was last seen.
    age_ms: u64,
}

impl<'a> Remote<'a> {
    fn of(view: &'a View) -> Self {
        let View { remote: name, reference, age } = view;
        Self { name, reference, age_ms: milliseconds(*age) }
    }
}

/// The answer of `git dos lease remote --format json`; fields may be added.
#[derive(Debug, Serialize)]
struct Where<'a> {
    /// Always `git-dos/lease-remote/1`.
    schema: &'static str,
    /// Where clones share the leases; `null` where they do not.
    remote: Option<Remote<'a>>,
}

/// Renders where clones share the leases.
pub(super) fn remote(view: Option<&View>) -> String {
    json(&Where { schema: "git-dos/lease-remote/1", remote: view.map(Remote::of) })
}

/// Renders all leases.
pub(super) fn list(report: &list::Report) -> String {
    let (generation, leases) = (report.generation, all(&report.rows));
    let remote = report.view.as_ref().map(Remote::of);
    json(&List { schema: "git-dos/lease-list/1", generation, leases, remote })
}

/// The answer of `git dos lease log --format json`; fields may be added.
#[derive(Debug, Serialize)]
struct Log<'a> {
    /// Always `git-dos/lease-log/1`.
    schema: &'static str,
    /// The changes, newest first.
    changes: Vec<Change<'a>>,
}

/// One change of the set.
#[derive(Debug, Serialize)]
struct Change<'a> {
    /// Its commit, in full hexadecimal.
    commit: String,
    /// When it was made, in seconds since 1970-01-01T00:00:00Z.
    time: i64,
    /// Its number; `null` when its message does not say it.
    generation: Option<u64>,
    /// What was done, in words.
    subject: &'a str,
    /// What became of leases.
    effects: &'a [Effect],
}

/// Renders changes of the set.
pub(super) fn log(entries: &[Entry]) -> String {
    let changes = entries.iter().map(|entry| Change {
        commit: entry.id.to_string(),
        time: entry.time,
        generation: entry.told.generation,
        subject: &entry.told.subject,
        effects: &entry.told.effects,
    });
    json(&Log { schema: "git-dos/lease-log/1", changes: changes.collect() })
}

/// The answer of `git dos lease compact --format json`; fields may be added.
#[derive(Debug, Serialize)]
struct Compacted {
    /// Always `git-dos/lease-compact/1`.
    schema: &'static str,
    /// How many changes the new history leaves behind.
    left: u64,
}

/// Renders what came of a new beginning.
pub(super) fn compacted(left: u64) -> String {
    json(&Compacted { schema: "git-dos/lease-compact/1", left })
}

/// The answer of `git dos lease import --format json`; fields may be added.
#[derive(Debug, Serialize)]
struct Imported<'a> {
    /// Always `git-dos/lease-import/1`.
    schema: &'static str,
    /// The leases that were taken in.
    taken: Vec<One<'a>>,
    /// The leases of the journal that others stand against.
    refused: Vec<One<'a>>,
    /// How many were here already.
    known: usize,
    /// How many had ended.
    ended: usize,
    /// The numbers of the damaged lines, from 1.
    damage: &'a [usize],
}

/// Renders what came of an import.
pub(super) fn imported(report: &import::Report, holder: &Holder) -> String {
    let now = clock::now();
    let taken = rows(&report.taken, holder, now);
    let refused = rows(report.refused.iter().map(|(lease, _)| lease), holder, now);
    json(&Imported {
        schema: "git-dos/lease-import/1",
        taken: all(&taken),
        refused: all(&refused),
        known: report.known,
        ended: report.ended,
        damage: &report.damage,
    })
}
