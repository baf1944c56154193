//! A dispatch loop writes down what one run did: one commit, or one more run in the last one.

pub(in crate::ops) mod content;
pub(in crate::ops) mod index;
mod paths;

use std::collections::BTreeSet;
use std::path::PathBuf;

use gix::ObjectId;
use gix::bstr::BString;
use gix::error::{OptionExt as _, Result, ResultExt as _, bail, message};

use super::coalesce::decide::{self, Choice, Draft, Newest};
use super::coalesce::landing::{self, Guard, Landing, Move};
use super::coalesce::step::{self, Step};
use super::coalesce::{self, Facts, fold, repair};
use crate::clock;
use crate::evidence::archives::Seen;
use crate::evidence::rewritable;
use crate::policy;
use crate::policy::churn::{Churn, Mode};
use crate::verdict::archive::{self, Archive, Family, Reading, render};
use crate::verdict::coalesce::{Caller, Head, Refusal};
use crate::verdict::{headline, severity, token};
use index::Update;

/// How often an archive is begun anew when others move the branch meanwhile.
const ATTEMPTS: usize = 3;

/// What a run reports.
#[derive(Debug, Clone)]
pub struct Request {
    /// The loop that it is part of.
    pub family: Family,
    /// Its outcome, in any spelling.
    pub verdict: Option<String>,
    /// Why nothing came of it.
    pub cause: Option<String>,
    /// Units of work that it says it shipped.
    pub picks: i64,
    /// The lane it worked in.
    pub lane: Option<String>,
    /// Its name; the present time when there is none.
    pub run: Option<String>,
    /// What it says for itself: the first line for the subject, the others for the body.
    pub text: String,
    /// The files and folders that it leaves behind.
    pub paths: Vec<PathBuf>,
}

/// What became of an archive.
#[derive(Debug)]
pub struct Report {
    /// What was done.
    pub outcome: Outcome,
    /// What it records and is measured against.
    pub facts: Option<Facts>,
    /// Why it was not folded; `None` when it was, or when nobody asked.
    pub alone: Option<coalesce::Outcome>,
    /// The files in it, from the top of the worktree.
    pub paths: BTreeSet<BString>,
    /// What went wrong on the side: other tools that could not be told.
    pub warnings: Vec<String>,
    /// What an earlier command left unfinished, and what was done about it.
    pub repaired: Option<String>,
}

/// What was done with an archive.
#[derive(Debug)]
pub enum Outcome {
    /// It is this commit.
    Committed(ObjectId),
    /// It went into the archive before it, which is this commit now.
    Folded(ObjectId),
    /// Its files are in the last commit already, so there is nothing to commit.
    Nothing,
    /// It cannot be written here and now.
    Refused(Vec<Refusal>),
    /// The branch moved again and again.
    Moved,
    /// Another command is folding in this repository.
    Busy,
}

/// Writes the archive that `request` describes. Hooks of git are not run, but for post-rewrite after a fold.
pub fn write(repository: &gix::Repository, request: &Request) -> Result<Report> {
    let mut report = Report {
        outcome: Outcome::Busy,
        facts: None,
        alone: None,
        paths: BTreeSet::new(),
        warnings: Vec::new(),
        repaired: None,
    };
    let churn = policy::load(repository)?.churn;
    if let Some(refusal) = standing_refusal(repository) {
        report.outcome = Outcome::Refused(vec![refusal]);
        return Ok(report);
    }
    let Some(guard) = Guard::take(repository)? else { return Ok(report) };
    report.repaired = repair::unfinished(repository, &guard)?;
    let index = index::open(repository)?;
    report.paths = paths::expand(repository, &request.paths, &index)?;
    if let Some(trouble) = index::trouble(&index, report.paths.iter()) {
        report.outcome = Outcome::Refused(vec![Refusal::Index(trouble)]);
        return Ok(report);
    }
    let staged = content::write(repository, &report.paths)?;
    let writer = Writer { repository, churn: &churn, request, staged: &staged, guard: &guard };
    for _ in 0..ATTEMPTS {
        writer.attempt(&mut report)?;
        if !matches!(report.outcome, Outcome::Moved) {
            break;
        }
    }
    Ok(report)
}

/// Returns what keeps any commit from being made here and now.
fn standing_refusal(repository: &gix::Repository) -> Option<Refusal> {
    if rewritable::caller() == Caller::InsideHook {
        return Some(Refusal::InsideHook);
    }
    rewritable::operation(repository).map(Refusal::Operation)
}

/// Everything that an archive is written with.
struct Writer<'a> {
    repository: &'a gix::Repository,
    churn: &'a Churn,
    request: &'a Request,
    staged: &'a [content::Staged],
    guard: &'a Guard,
}

impl Writer<'_> {
    /// Writes the archive on top of `HEAD` as it is now.
    fn attempt(&self, report: &mut Report) -> Result<()> {
        let head = coalesce::head_commit(self.repository)?;
        let base = head.map(|head| tree_of(self.repository, head)).transpose()?;
        let tree = content::tree(self.repository, base, self.staged)?;
        if base == Some(tree) {
            report.outcome = Outcome::Nothing;
            return Ok(());
        }
        let draft = self.draft(head, report.paths.clone())?;
        let mut update = Update::new(self.repository, self.staged);
        report.facts = Some(Facts::of(&draft.archive));
        if self.churn.mode == Mode::Amend {
            let newest = Newest::Draft(&draft);
            let decision = decide::decide(self.repository, Caller::Command, self.churn, newest)?;
            report.facts = decision.facts;
            report.alone = match decision.choice {
                Choice::Fold(plan) => {
                    let index: &mut dyn landing::Index = &mut update;
                    let with = (Some(index), self.guard);
                    let folded = fold::carry_out_with(self.repository, &plan, tree, with)?;
                    report.warnings = folded.warnings;
                    report.outcome = match folded.end {
                        fold::End::Folded(new) => Outcome::Folded(new),
                        fold::End::Unsigned(refusal) => Outcome::Refused(vec![refusal]),
                        fold::End::Lost => Outcome::Moved,
                    };
                    return Ok(());
                }
                Choice::Alone(reason) => Some(coalesce::Outcome::StandsAlone(reason)),
                Choice::Unclear(id, flaw) => Some(coalesce::Outcome::Unclear(id, flaw)),
                Choice::Refused(refusals) => Some(coalesce::Outcome::Refused(refusals)),
            };
        }
        report.outcome = self.commit(&draft, head, tree, &mut update)?;
        Ok(())
    }

    /// Drafts the archive, on top of `head`.
    fn draft(&self, head: Option<ObjectId>, paths: BTreeSet<BString>) -> Result<Draft> {
        let request = self.request;
        let (words, body) = request.text.split_once('\n').unwrap_or((&request.text, ""));
        let run = request.run.clone().map_or_else(|| run_at(clock::now()), Ok)?;
        let cause = request.cause.clone();
        let cause = cause.or_else(|| self.churn.patterns().find(words).map(ToOwned::to_owned));
        let mut archive = Archive {
            family: request.family,
            first: run.clone(),
            run,
            verdict: request.verdict.as_deref().and_then(token::normalize),
            picks: request.picks,
            cause,
            lane: request.lane.clone(),
            count: 1,
            severity: None,
        };
        let seen = decide::seen(self.repository, self.churn, &archive, head)?;
        let event = archive.event(!matches!(seen, Some(Seen::Before(_))));
        let worth = severity::judge(&event);
        archive.severity = Some(worth.severity);
        let headline = match seen {
            Some(Seen::Before(_)) => headline::repeated(&event),
            Some(Seen::Never(_) | Seen::NotLately(_)) | None => headline::event(&event, worth),
        };
        let message = render::alone(&archive, &headline, words, body);
        let reading = archive::message::read(message.as_bytes(), &self.churn.patterns());
        if reading != Reading::Archive(archive.clone()) {
            bail!(message!("The text says something else than the options: {words:?}"));
        }
        Ok(Draft { archive, message, paths })
    }

    /// Makes the archive a commit of its own on top of `head`.
    fn commit(
        &self,
        draft: &Draft,
        head: Option<ObjectId>,
        tree: ObjectId,
        update: &mut Update<'_>,
    ) -> Result<Outcome> {
        let context = || message("Could not write the archive's commit");
        let repository = self.repository;
        let mut commit = repository.new_commit(&draft.message, tree, head).or_raise(context)?.id;
        if let Some(options) = repository.commit_signing_options_if_enabled().or_raise(context)? {
            let unsigned = repository.find_commit(commit).or_raise(context)?;
            let signed = unsigned.decode().or_raise(context)?.sign(options).or_raise(context)?;
            commit = repository.write_object(&signed).or_raise(context)?.detach();
        }
        step::reached(Step::Written);
        let branch = match rewritable::head(repository)? {
            Head::Branch(name) => Some(name),
            Head::Unborn => {
                let name = repository.head_name().or_raise(context)?;
                Some(name.ok_or_raise(context)?.as_bstr().to_string())
            }
            Head::Detached => None,
        };
        let committer = self.repository.committer().transpose().or_raise(context)?;
        let committer = committer.ok_or_raise(context)?.to_owned().or_raise(context)?;
        let title = draft.message.lines().next().unwrap_or_default();
        let kind = if head.is_some() { "commit" } else { "commit (initial)" };
        let planned = Move {
            branch: branch.as_deref(),
            old: head,
            new: commit,
            replaced: &[],
            archive: &draft.archive,
            committer: &committer,
            log: format!("{kind}: {title}"),
        };
        Ok(match landing::land(repository, &planned, Some(update), self.guard)? {
            Landing::Moved => Outcome::Committed(commit),
            Landing::Lost => Outcome::Moved,
        })
    }
}

fn tree_of(repository: &gix::Repository, id: ObjectId) -> Result<ObjectId> {
    let context = || message!("Could not read the commit {id}");
    Ok(repository.find_commit(id).or_raise(context)?.tree_id().or_raise(context)?.detach())
}

/// Names a run after the time `now`, in time since 1970-01-01T00:00:00Z.
fn run_at(now: std::time::Duration) -> Result<String> {
    let context = || message("Could not name the run after the time");
    let seconds = i64::try_from(now.as_secs()).or_raise(context)?;
    let format = gix::date::time::CustomFormat::new("%Y%m%dT%H%M%SZ");
    gix::date::Time::new(seconds, 0).format(format).or_raise(context)
}
