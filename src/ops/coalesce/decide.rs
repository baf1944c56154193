//! Does the newest archive repeat the one before it, and may the two become one?

use std::collections::BTreeSet;
use std::time::Duration;

use gix::ObjectId;
use gix::bstr::BString;
use gix::error::{Result, ResultExt as _, message};

use super::Facts;
use crate::clock;
use crate::evidence::archives::{self, Recorded, Seen};
use crate::evidence::{holders, rewritable};
use crate::policy::churn::Churn;
use crate::verdict::archive::render::{self, Fold};
use crate::verdict::archive::{Archive, Flaw, Reading};
use crate::verdict::coalesce::{self, Caller, Head, Permit, Refusal, Verdict};
use crate::verdict::headline;
use crate::verdict::repeat::{self, Reason};
use crate::verdict::severity::{self, Severity};

/// The archive that is being decided about.
#[derive(Debug, Clone, Copy)]
pub enum Newest<'a> {
    /// The commit at `HEAD`.
    Commit(&'a Recorded),
    /// One that is not written yet, on top of `HEAD`.
    Draft(&'a Draft),
}

/// An archive that is not written yet.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What it records.
    pub archive: Archive,
    /// Its message, if it stays a commit of its own.
    pub message: String,
    /// The paths that it writes.
    pub paths: BTreeSet<BString>,
    /// What keeps the index from being written.
    pub index: Option<String>,
}

/// What was found about the newest archive.
#[derive(Debug)]
pub struct Decision {
    /// What it is measured against.
    pub facts: Option<Facts>,
    /// What becomes of it.
    pub choice: Choice,
}

/// What becomes of an archive.
#[derive(Debug)]
pub enum Choice {
    /// It repeats nothing.
    Alone(Reason),
    /// The commit before it looks like an archive, but what it says cannot be relied on.
    Unclear(ObjectId, Flaw),
    /// It repeats the one before it, but the two must not become one.
    Refused(Vec<Refusal>),
    /// The two become one.
    Fold(Box<Plan>),
}

/// A fold that is permitted and not made yet.
#[derive(Debug)]
pub struct Plan {
    /// The permission.
    pub permit: Permit,
    /// What the new commit records.
    pub archive: Archive,
    /// The new commit's message.
    pub message: String,
    /// The archive that takes the runs in.
    pub prior: Recorded,
}

/// Decides about `newest` in `repository`.
pub fn decide(
    repository: &gix::Repository,
    caller: Caller,
    churn: &Churn,
    newest: Newest<'_>,
) -> Result<Decision> {
    let (archive, below) = match newest {
        Newest::Commit(recorded) => (recorded.archive(), recorded.commit.parents.first().copied()),
        Newest::Draft(draft) => (Some(&draft.archive), super::head_commit(repository)?),
    };
    let Some(archive) = archive else {
        return Ok(Decision { facts: None, choice: Choice::Alone(Reason::NotIdle) });
    };
    let gatherer = Gatherer { repository, churn, newest, archive };
    let Neighbours { prior, between, flaw } = gatherer.neighbours(below)?;
    let seen = gatherer.seen(archive, below)?;
    let mut facts = Facts {
        archive: archive.clone(),
        prior: prior.as_ref().map(|prior| prior.id),
        between: between.as_ref().map(|between| between.id),
        count: 1,
        seen,
    };
    let worth = prior.as_ref().map(|prior| gatherer.worth(prior)).transpose()?;
    let evidence = repeat::Evidence {
        event: archive.event(!matches!(seen, Some(Seen::Before(_)))),
        cause: archive.cause.clone().unwrap_or_default(),
        prior: prior.as_ref().zip(worth).and_then(|(prior, worth)| gatherer.prior(prior, worth)),
    };
    let choice = match (repeat::judge(&evidence, &churn.repeat()), prior.zip(worth), flaw) {
        (repeat::Verdict::StandsAlone { reason: Reason::NoPrior, .. }, _, Some((id, flaw))) => {
            Choice::Unclear(id, flaw)
        }
        (repeat::Verdict::StandsAlone { reason, recurrence }, ..) => {
            facts.count = recurrence;
            Choice::Alone(reason)
        }
        (repeat::Verdict::Repeats { .. }, None, _) => Choice::Alone(Reason::NoPrior),
        (repeat::Verdict::Repeats { recurrence }, Some((prior, worth)), _) => {
            facts.count = recurrence;
            gatherer.choose(caller, prior, between.as_ref(), (recurrence, worth))?
        }
    };
    Ok(Decision { facts: Some(facts), choice })
}

/// The commits below the newest archive that matter for it.
struct Neighbours {
    prior: Option<Recorded>,
    between: Option<Recorded>,
    flaw: Option<(ObjectId, Flaw)>,
}

/// Everything that the facts are read with.
struct Gatherer<'a> {
    repository: &'a gix::Repository,
    churn: &'a Churn,
    newest: Newest<'a>,
    archive: &'a Archive,
}

impl Gatherer<'_> {
    /// Reads the archive at `below`, or the one beneath a quiet planning round there.
    fn neighbours(&self, below: Option<ObjectId>) -> Result<Neighbours> {
        let mut found = Neighbours { prior: None, between: None, flaw: None };
        let Some(below) = below else { return Ok(found) };
        let mut recorded = archives::read(self.repository, below, &self.churn.patterns())?;
        if recorded.archive().is_some_and(Archive::is_quiet_replan)
            && let [parent] = *recorded.commit.parents
        {
            let beneath = archives::read(self.repository, parent, &self.churn.patterns())?;
            found.between = Some(std::mem::replace(&mut recorded, beneath));
        }
        match recorded.reading {
            Reading::Other => {}
            Reading::Unclear(flaw) => found.flaw = Some((recorded.id, flaw)),
            Reading::Archive(_) => found.prior = Some(recorded),
        }
        Ok(found)
    }

    /// Finds out whether the obstacle of `archive` was reported at `below` or before; `None` without one.
    fn seen(&self, archive: &Archive, below: Option<ObjectId>) -> Result<Option<Seen>> {
        if !archive.is_blocked() {
            return Ok(None);
        }
        let limit = usize::try_from(self.churn.history).or_raise(|| message("Too much history"))?;
        let causes = self.churn.patterns();
        archives::seen_before(self.repository, below, archive, &causes, limit).map(Some)
    }

    /// Returns what the last archive was worth.
    ///
    /// It is worked out again: nobody's word makes a new blocker an old one.
    fn worth(&self, prior: &Recorded) -> Result<Severity> {
        let Some(archive) = prior.archive() else { return Ok(Severity::Noop) };
        if archive.count > 1 {
            return Ok(archive.severity.unwrap_or(Severity::Noop));
        }
        let seen = self.seen(archive, prior.commit.parents.first().copied())?;
        let event = archive.event(!matches!(seen, Some(Seen::Before(_))));
        let computed = severity::judge(&event).severity;
        Ok(archive.severity.map_or(computed, |recorded| recorded.max(computed)))
    }

    /// Returns what the last archive, which was `worth` so much, counts as.
    fn prior(&self, prior: &Recorded, worth: Severity) -> Option<repeat::Prior> {
        let archive = prior.archive()?;
        let takes_in = worth == Severity::BlockedNew && self.churn.fold_into_first;
        Some(repeat::Prior {
            family: archive.family.name().to_owned(),
            severity: Some(if takes_in { Severity::Noop } else { worth }),
            cause: archive.cause.clone().unwrap_or_default(),
            count: archive.count,
        })
    }

    /// Has the fold judged, and plans it if it is permitted.
    fn choose(
        &self,
        caller: Caller,
        prior: Recorded,
        between: Option<&Recorded>,
        (count, worth): (i64, Severity),
    ) -> Result<Choice> {
        let commits: Vec<&Recorded> =
            [Some(&prior), between, self.newest.commit()].into_iter().flatten().collect();
        let evidence = self.evidence(caller, &commits, count)?;
        let permit = match coalesce::judge(&evidence, &self.churn.limits()) {
            Verdict::Refused(refusals) => return Ok(Choice::Refused(refusals)),
            Verdict::Permitted(permit) => permit,
        };
        let Some(older) = prior.archive() else { return Ok(Choice::Alone(Reason::NoPrior)) };
        let archive = Archive {
            first: older.first.clone(),
            count,
            severity: Some(worth),
            ..self.archive.clone()
        };
        let context = || message("Could not read the messages of the archives as UTF-8");
        let text = |recorded: &Recorded| {
            std::str::from_utf8(&recorded.commit.message).map(ToOwned::to_owned).or_raise(context)
        };
        let title = |text: &str| text.lines().next().unwrap_or_default().to_owned();
        let between = between.map(text).transpose()?.map(|text| title(&text));
        let newest = match self.newest {
            Newest::Commit(recorded) => text(recorded)?,
            Newest::Draft(draft) => draft.message.clone(),
        };
        let from: Vec<String> = permit.replaced().iter().map(ToString::to_string).collect();
        let message = render::folded(&Fold {
            archive: &archive,
            headline: &headline::repeated(&archive.event(false)),
            prior: &text(&prior)?,
            between: between.as_deref(),
            newest: &newest,
            from: &from,
        });
        Ok(Choice::Fold(Box::new(Plan { permit, archive, message, prior })))
    }

    /// Gathers what speaks for and against replacing `commits`, oldest first.
    fn evidence(
        &self,
        caller: Caller,
        commits: &[&Recorded],
        count: i64,
    ) -> Result<coalesce::Evidence> {
        let repository = self.repository;
        let head = rewritable::head(repository)?;
        let oldest = commits.first();
        let holders = match (oldest, &head) {
            (Some(oldest), Head::Branch(name)) => {
                holders::of(repository, oldest.id, Some(name.as_bytes()))?
            }
            (Some(oldest), Head::Unborn | Head::Detached) => {
                holders::of(repository, oldest.id, None)?
            }
            (None, _) => Vec::new(),
        };
        let ids: Vec<ObjectId> = commits.iter().map(|commit| commit.id).collect();
        let mut written = Written::default();
        let mut replaced = Vec::new();
        for commit in commits {
            let paths = rewritable::changed_paths(repository, &commit.commit)?;
            replaced.push(rewritable::replaced(repository, commit, &paths, self.churn)?);
            written.add(paths);
        }
        let (mut outside, mut index) = (None, None);
        if let Newest::Draft(draft) = self.newest {
            outside = rewritable::outside(&draft.paths, self.churn);
            index.clone_from(&draft.index);
            written.add(draft.paths.clone());
        }
        Ok(coalesce::Evidence {
            caller,
            head,
            operation: rewritable::operation(repository),
            replaced,
            holders,
            signing: rewritable::signing(repository, commits),
            overlap: written.twice,
            outside,
            index,
            pinned_by_superproject: rewritable::pinned_by_superproject(repository, &ids)?,
            run_starts: if self.churn.fold_run_starts {
                0
            } else {
                rewritable::run_starts(repository, &ids)?
            },
            count,
            age: oldest.map_or(Duration::ZERO, |oldest| age(oldest)),
            lanes: [
                oldest.and_then(|oldest| oldest.archive()).and_then(|older| older.lane.clone()),
                self.archive.lane.clone(),
            ],
            cause: self.archive.cause.clone().unwrap_or_default(),
        })
    }
}

impl Newest<'_> {
    fn commit(&self) -> Option<&Recorded> {
        match self {
            Newest::Commit(recorded) => Some(recorded),
            Newest::Draft(_) => None,
        }
    }
}

/// The paths that several runs write, and the first one that is written twice.
#[derive(Default)]
struct Written {
    paths: BTreeSet<BString>,
    twice: Option<BString>,
}

impl Written {
    fn add(&mut self, paths: BTreeSet<BString>) {
        for path in paths {
            if let Some(path) = self.paths.replace(path) {
                self.twice.get_or_insert(path);
            }
        }
    }
}

/// Returns the time since `recorded` was written; zero when that lies ahead.
fn age(recorded: &Recorded) -> Duration {
    let seconds = u64::try_from(recorded.commit.author.time.seconds).unwrap_or_default();
    clock::now().saturating_sub(Duration::from_secs(seconds))
}
