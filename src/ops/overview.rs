//! What goes on in this repository: who works where, what should stop, and what does a push send that is not true?

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::time::Duration;

use gix::ObjectId;
use gix::bstr::BString;
use gix::error::Result;

use super::audit::{Row, Totals};
use super::lease::list;
use super::liveness::{self, Question, Which};
use super::{audit, halt, lease};
use crate::clock;
use crate::evidence::progress::Depth;
use crate::evidence::range::{self, Selection};
use crate::evidence::repository::state_folder;
use crate::journal::folds::Folds;
use crate::journal::halts::Halt;
use crate::output::{said, sentence, shown};
use crate::policy::{self, Policy, audit::Section};
use crate::verdict::audit::Answer;

/// How many refuted commits are named, and how many doubtful ones; all are counted.
const NAMED: usize = 100;

/// How many commits are judged at a time where patience is short: so few that one core does it, one after the other.
const BATCH: usize = 64;

/// What was found out, each part by itself: what is wrong with one hides none of the others.
#[derive(Debug)]
pub struct Report {
    /// The runs that are not over, and what each is doing.
    pub runs: Result<liveness::Report>,
    /// The lanes that are held.
    pub leases: Result<list::Report>,
    /// The stops that are proposed and that nobody has acknowledged.
    pub halts: Result<Vec<Halt>>,
    /// What a push would send.
    pub unpushed: Result<Unpushed>,
    /// How many folds of archives there were.
    pub folds: Result<usize>,
}

/// The commits that a push would send.
#[derive(Debug, Clone, Default)]
pub struct Unpushed {
    /// Which they are, such as `origin/main..HEAD`.
    pub range: String,
    /// How many are witnessed, and how many are not.
    pub totals: Totals,
    /// How many are still to be judged, at the next look.
    pub waiting: usize,
    /// The first hundred of those that are refuted or cannot be judged, newest first, then as many doubtful ones.
    pub against: Vec<Finding>,
}

/// A commit with something against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The full id.
    pub commit_id: ObjectId,
    /// The subject, as it is in the commit.
    pub subject: BString,
    /// The answer; `None` when it could not be found out.
    pub answer: Option<Answer>,
    /// What is against it, a sentence each, made harmless.
    pub why: Vec<String>,
}

/// The commits that were judged before: they do not change, and are judged once.
#[derive(Debug)]
pub struct Memory {
    patience: Duration,
    policy: Section,
    judged: HashMap<ObjectId, Judged>,
}

/// What is remembered of a commit.
#[derive(Debug)]
enum Judged {
    /// There is nothing against it.
    Fine(Answer),
    /// There is.
    Against(Finding),
}

impl Memory {
    /// Remembers nothing so far; a look judges new commits for no longer than `patience`.
    pub fn with_patience(patience: Duration) -> Self {
        Self { patience, policy: Section::default(), judged: HashMap::new() }
    }
}

/// Looks at all of it; writes nothing.
pub fn look(repository: &gix::Repository) -> Report {
    look_again(repository, &mut Memory::with_patience(Duration::MAX))
}

/// Looks at all of it as [`look`] does, and judges no commits that are in `memory`.
pub fn look_again(repository: &gix::Repository, memory: &mut Memory) -> Report {
    let state = state_folder(repository);
    let question = Question {
        which: Which::Open { all: false },
        heartbeat: None,
        depth: Depth::First,
        now: clock::now(),
    };
    let holder = lease::holder(repository, None, None);
    Report {
        runs: liveness::look(repository, &question),
        leases: holder.and_then(|holder| list::list(repository, &holder)),
        halts: halt::open(&state),
        unpushed: unpushed(repository, memory),
        folds: Folds::of(&state).landed(),
    }
}

/// Judges what a push would send; a branch without commits sends nothing.
fn unpushed(repository: &gix::Repository, memory: &mut Memory) -> Result<Unpushed> {
    if repository.head()?.is_unborn() {
        return Ok(Unpushed::default());
    }
    let chosen = range::resolve(repository, &Selection::WouldPush)?;
    let policy = policy::load(repository)?;
    let unknown = memory.judge(repository, &chosen.commits, &policy)?;
    let mut found = Unpushed { range: chosen.description, ..Unpushed::default() };
    let (mut refuted, mut doubtful) = (Vec::new(), Vec::new());
    for id in &chosen.commits {
        let finding = match (memory.judged.get(id), unknown.get(id)) {
            (Some(Judged::Fine(answer)), _) => {
                found.totals.count(Some(*answer));
                continue;
            }
            (Some(Judged::Against(finding)), _) | (None, Some(finding)) => finding,
            (None, None) => {
                found.waiting += 1;
                continue;
            }
        };
        found.totals.count(finding.answer);
        let is_doubtful = finding.answer == Some(Answer::Warn);
        let list = if is_doubtful { &mut doubtful } else { &mut refuted };
        if list.len() < NAMED {
            list.push(finding.clone());
        }
    }
    found.against = refuted;
    found.against.append(&mut doubtful);
    Ok(found)
}

impl Memory {
    /// Judges those of `commits` that are not known, and returns those about which nothing could be found out: that
    /// may be different the next time.
    fn judge(
        &mut self,
        repository: &gix::Repository,
        commits: &[ObjectId],
        policy: &Policy,
    ) -> Result<HashMap<ObjectId, Finding>> {
        if self.policy != policy.audit {
            self.policy = policy.audit.clone();
            self.judged.clear();
        }
        let wanted: HashSet<&ObjectId> = commits.iter().collect();
        self.judged.retain(|id, _| wanted.contains(id));
        let new: Vec<ObjectId> =
            commits.iter().filter(|id| !self.judged.contains_key(*id)).copied().collect();
        let (rules, begin) = (policy.audit_rules(), clock::instant());
        let batch = if self.patience == Duration::MAX { new.len() } else { BATCH };
        let mut unknown = HashMap::new();
        for commits in new.chunks(batch.max(1)) {
            audit::each(repository, commits, &rules, &mut |row| {
                self.keep(row, &mut unknown);
                if begin.elapsed() < self.patience {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            })?;
            if begin.elapsed() >= self.patience {
                break;
            }
        }
        Ok(unknown)
    }

    fn keep(&mut self, row: Row, unknown: &mut HashMap<ObjectId, Finding>) {
        let id = row.commit_id;
        match row.verdict.as_ref().map(|verdict| verdict.answer) {
            Ok(answer @ (Answer::Ok | Answer::Abstain)) => {
                self.judged.insert(id, Judged::Fine(answer));
            }
            Ok(Answer::Warn | Answer::Unwitnessed) => {
                self.judged.insert(id, Judged::Against(finding(row)));
            }
            Err(_) => {
                unknown.insert(id, finding(row));
            }
        }
    }
}

fn finding(row: Row) -> Finding {
    let Row { commit_id, subject, verdict, author: _, time: _ } = row;
    let (answer, why) = match verdict {
        Ok(verdict) => {
            (Some(verdict.answer), verdict.findings.iter().map(sentence::of_finding).collect())
        }
        Err(error) => {
            let mut causes: Vec<String> =
                error.iter_errors().map(|cause| shown(said(cause).as_bytes())).collect();
            causes.dedup();
            (None, causes)
        }
    };
    Finding { commit_id, subject, answer, why }
}
