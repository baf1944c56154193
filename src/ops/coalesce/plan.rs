//! May the newest archive and the one before it become one, and what would that commit be?

use std::collections::BTreeSet;
use std::time::Duration;

use gix::ObjectId;
use gix::bstr::BString;
use gix::error::{Result, ResultExt as _, bail, message};

use super::decide::{Choice, Gatherer, Newest};
use crate::clock;
use crate::evidence::archives::Recorded;
use crate::evidence::{holders, rewritable};
use crate::output::shown;
use crate::verdict::archive::render::{self, Fold};
use crate::verdict::archive::{Archive, Reading, message as archive_message};
use crate::verdict::coalesce::{self, Caller, Head, Permit, Verdict};
use crate::verdict::headline;
use crate::verdict::repeat::Reason;
use crate::verdict::severity::Severity;

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

impl Gatherer<'_> {
    /// Has the fold judged, and plans it if it is permitted.
    pub(super) fn choose(
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
        let utf8 = |recorded: &Recorded| {
            std::str::from_utf8(&recorded.commit.message).map(ToOwned::to_owned).or_raise(context)
        };
        let title = |text: &str| text.lines().next().unwrap_or_default().to_owned();
        let between = between.map(utf8).transpose()?.map(|text| title(&text));
        let newest = match self.newest {
            Newest::Commit(recorded) => utf8(recorded)?,
            Newest::Draft(draft) => draft.message.clone(),
        };
        let from: Vec<String> = permit.replaced().iter().map(ToString::to_string).collect();
        let text = render::folded(&Fold {
            archive: &archive,
            headline: &headline::repeated(&archive.event(false)),
            prior: &utf8(&prior)?,
            between: between.as_deref(),
            newest: &newest,
            from: &from,
        });
        // What the next fold will read must be what this one wrote.
        let reading = archive_message::read(text.as_bytes(), &self.churn.patterns());
        if reading != Reading::Archive(archive.clone()) {
            bail!(message!(
                "The message of the fold would not read back: {}",
                shown(text.as_bytes())
            ));
        }
        Ok(Choice::Fold(Box::new(Plan { permit, archive, message: text, prior })))
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
            let (facts, paths) = rewritable::replaced(repository, commit, self.churn)?;
            replaced.push(facts);
            written.add(paths);
        }
        let mut outside = None;
        if let Newest::Draft(draft) = self.newest {
            outside = rewritable::outside(&draft.paths, self.churn);
            written.add(draft.paths.clone());
        }
        // After a commit there is nothing left to resolve, and a draft looks at the entries it writes.
        let index = match (self.newest, caller) {
            (Newest::Commit(_), Caller::Command) => rewritable::conflict(repository)?,
            _ => None,
        };
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
