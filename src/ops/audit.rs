//! Do commits do what their subjects say? Reads each commit once, judges it once, hands the rows on in order.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use git_dos_git_hooks::commit_msg;
use gix::ObjectId;
use gix::bstr::{BStr, BString};
use gix::error::{ErrorExt as _, Result, ResultExt as _, message};

use crate::evidence::commit::Auditor;
use crate::evidence::repository::use_pack_cache;
use crate::output::HINT;
use crate::verdict::audit::{Answer, Policy, Verdict};

/// The answer about one commit.
#[derive(Debug)]
pub struct Row {
    /// The full id.
    pub commit_id: ObjectId,
    /// The subject, as it is in the commit.
    pub subject: BString,
    /// The author's name, as it is in the commit.
    pub author: BString,
    /// The committer's time, in seconds since 1970-01-01T00:00:00Z.
    pub time: i64,
    /// The verdict, or why it could not be found out.
    pub verdict: Result<Verdict>,
}

/// How many commits got which answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Commits whose change bears their claim out.
    pub witnessed: usize,
    /// Commits without a claim.
    pub abstained: usize,
    /// Commits with a doubtful claim.
    pub warned: usize,
    /// Commits whose change refutes their claim.
    pub unwitnessed: usize,
    /// Commits about which nothing could be found out.
    pub unknown: usize,
}

impl Totals {
    /// Counts one more row.
    pub fn add(&mut self, row: &Row) {
        self.count(row.verdict.as_ref().ok().map(|verdict| verdict.answer));
    }

    /// Counts one more answer; `None` where it could not be found out.
    pub fn count(&mut self, answer: Option<Answer>) {
        let counter = match answer {
            Some(Answer::Ok) => &mut self.witnessed,
            Some(Answer::Abstain) => &mut self.abstained,
            Some(Answer::Warn) => &mut self.warned,
            Some(Answer::Unwitnessed) => &mut self.unwitnessed,
            None => &mut self.unknown,
        };
        *counter += 1;
    }

    /// Returns how many commits were counted.
    pub fn all(&self) -> usize {
        self.witnessed + self.abstained + self.warned + self.unwitnessed + self.unknown
    }
}

/// All rows of one audit, in the order of the commits.
#[derive(Debug, Default)]
pub struct Report {
    /// The rows.
    pub rows: Vec<Row>,
    /// Their counts.
    pub totals: Totals,
}

/// Commits that one thread takes at a time.
const CHUNK: usize = 64;

/// Commits from which on a second thread pays.
const PARALLEL_FROM: usize = 128;

/// Chunks a thread may be ahead of the one that takes the rows.
const AHEAD: usize = 4;

/// Judges `commits` and returns all rows.
pub fn commits(
    repository: &gix::Repository,
    commits: &[ObjectId],
    policy: &Policy,
) -> Result<Report> {
    let mut report = Report::default();
    each(repository, commits, policy, &mut |row| {
        report.totals.add(&row);
        report.rows.push(row);
        ControlFlow::Continue(())
    })?;
    Ok(report)
}

/// Judges `commits` one by one and gives each row to `take`, in the order of `commits`, until it breaks.
///
/// Uses all cores on long lists; memory does not grow with their length. Errors only when the repository
/// itself cannot be read; a commit that cannot be read makes a row.
pub fn each(
    repository: &gix::Repository,
    commits: &[ObjectId],
    policy: &Policy,
    take: &mut dyn FnMut(Row) -> ControlFlow<()>,
) -> Result<()> {
    let boundary = shallow_boundary(repository)?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    if commits.len() < PARALLEL_FROM || cores == 1 {
        let mut auditor = Auditor::default();
        for id in commits {
            if take(row(&mut auditor, repository, *id, &boundary, policy)).is_break() {
                break;
            }
        }
        return Ok(());
    }
    let shared = repository.clone().into_sync();
    let next = AtomicUsize::new(0);
    let worker = |sender: mpsc::SyncSender<(usize, Vec<Row>)>| {
        let mut repository = shared.to_thread_local();
        use_pack_cache(&mut repository);
        let mut auditor = Auditor::default();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(chunk) = commits.chunks(CHUNK).nth(index) else { break };
            let judge = |id: &ObjectId| row(&mut auditor, &repository, *id, &boundary, policy);
            if sender.send((index, chunk.iter().map(judge).collect())).is_err() {
                break;
            }
        }
    };
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel(AHEAD);
        for _ in 0..cores.min(commits.len().div_ceil(CHUNK)) {
            let sender = sender.clone();
            scope.spawn(|| worker(sender));
        }
        drop(sender);
        in_order(&receiver, take);
    });
    Ok(())
}

/// Hands chunks on by their index, whatever order they arrive in.
fn in_order(
    receiver: &mpsc::Receiver<(usize, Vec<Row>)>,
    take: &mut dyn FnMut(Row) -> ControlFlow<()>,
) {
    let mut waiting = std::collections::BTreeMap::new();
    let mut wanted = 0;
    for (index, rows) in receiver {
        waiting.insert(index, rows);
        while let Some(rows) = waiting.remove(&wanted) {
            wanted += 1;
            for row in rows {
                if take(row).is_break() {
                    return;
                }
            }
        }
    }
}

fn row(
    auditor: &mut Auditor,
    repository: &gix::Repository,
    commit_id: ObjectId,
    boundary: &[ObjectId],
    policy: &Policy,
) -> Row {
    let judged = auditor.commit(repository, commit_id, policy);
    let (header, mut verdict) = match judged {
        Ok((header, verdict)) => (Some(header), verdict),
        Err(error) => (None, Err(error)),
    };
    if boundary.contains(&commit_id) {
        let cut =
            "The history is cut off here (shallow clone), so there is no parent to compare with";
        verdict = Err(message(cut).with(HINT, "git fetch --unshallow").raise());
    }
    let (subject, author, time) =
        header.map_or_else(Default::default, |header| (header.subject, header.author, header.time));
    Row { commit_id, subject, author, time, verdict }
}

/// Returns the commits whose parents a shallow clone leaves out.
fn shallow_boundary(repository: &gix::Repository) -> Result<Vec<ObjectId>> {
    let commits =
        repository.shallow_commits().or_raise(|| message("Could not read the shallow boundary"))?;
    Ok(commits.map(|commits| commits.iter().copied().collect()).unwrap_or_default())
}

/// Judges a [`tidied`] message against what the index would change in `HEAD`, before the commit exists.
///
/// `amends` compares with the first parent of `HEAD` instead, which is what an amend replaces.
pub fn index_with_message(
    repository: &gix::Repository,
    message: &BStr,
    amends: bool,
    policy: &Policy,
) -> Result<Verdict> {
    let context = || gix::error::message("Could not read HEAD");
    let head = repository.head_id().ok().map(gix::Id::detach);
    let mut base = head.map(|id| repository.find_commit(id)).transpose().or_raise(context)?;
    if amends {
        let parent =
            base.as_ref().and_then(|commit| commit.parent_ids().next().map(gix::Id::detach));
        base = parent.map(|id| repository.find_commit(id)).transpose().or_raise(context)?;
    }
    let tree =
        base.map(|commit| commit.tree_id().map(gix::Id::detach)).transpose().or_raise(context)?;
    Auditor::default().index(repository, tree, message, policy)
}

/// Returns what git will make of the edited message in `file`: no comments, nothing below the scissors.
pub fn tidied(repository: &gix::Repository, file: &[u8]) -> BString {
    let cleanup = repository.config_snapshot().string("commit.cleanup").unwrap_or_default();
    let comments = commit_msg::Comments::under(&cleanup);
    commit_msg::message(file, &comment_mark(repository), comments).into()
}

/// Returns what begins a comment in a message, from `core.commentString` or `core.commentChar`.
fn comment_mark(repository: &gix::Repository) -> Vec<u8> {
    let config = repository.config_snapshot();
    let mark = config.string("core.commentString").or_else(|| config.string("core.commentChar"));
    match mark {
        Some(mark) if !mark.is_empty() && mark != "auto" => mark.to_vec(),
        Some(_) | None => b"#".to_vec(),
    }
}
