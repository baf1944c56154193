//! Where does a run's work begin in the history as it is now?

use gix::ObjectId;
use gix::error::{ErrorExt as _, Result, ResultExt as _, message};

use super::Work;
use crate::evidence::repository::state_folder;
use crate::evidence::walk::{self, Range};
use crate::journal::rewrites::{self, Kind, Map, Rewrite};
use crate::output::HINT;

/// The recorded rewrites of a repository, and those that a reflog knows.
#[derive(Debug)]
pub(super) struct Rewrites {
    /// One record per replaced commit.
    pub records: Vec<Rewrite>,
    /// Lines of the journal that could not be read.
    pub damaged: usize,
}

impl Rewrites {
    pub(super) fn read(repository: &gix::Repository, work: &Work<'_>) -> Result<Self> {
        let contents = rewrites::journal(&state_folder(repository)).read()?;
        let mut records = contents.records;
        let amended = work.moves.amended.iter();
        let time = std::time::Duration::ZERO;
        records.extend(amended.map(|(old, new)| Rewrite::new(Kind::Amend, *old, *new, time)));
        Ok(Self { records, damaged: contents.damage.len() })
    }
}

/// Returns the commits of the run's tips that came after its start.
///
/// Where the starting commit was rewritten, those are the ones after its parents: what it became is looked at too.
/// Errors when the start is not to be found in the history.
pub(super) fn range(repository: &gix::Repository, work: &Work<'_>) -> Result<Range> {
    let Some(start) = work.start else { return walk::range(repository, work.tips, &[]) };
    let exists = repository.has_object(start);
    let mut is_cut = false;
    if exists {
        let range = walk::range(repository, work.tips, &[start])?;
        if work.tips.contains(&start) || range.touches(start) {
            return Ok(range);
        }
        is_cut = range.is_cut();
    }
    let mut hidden = Vec::from_iter(exists.then_some(start));
    let rewrites = Rewrites::read(repository, work)?;
    let mut followed = false;
    for successor in Map::of(&rewrites.records).successors(start) {
        if repository.has_object(successor)
            && walk::between(repository, &[successor], work.tips)?.is_empty()
        {
            followed = true;
            hidden.extend(parents(repository, successor)?);
        }
    }
    if followed {
        return walk::range(repository, work.tips, &hidden);
    }
    let (what, hint) = match (exists, is_cut) {
        (_, true) => ("lies behind the end of this shallow clone", "git fetch --unshallow"),
        (false, false) => (
            "is not in this repository",
            "git gc removes what nothing refers to; git dos run start begins a run at the present HEAD",
        ),
        (true, false) => (
            "is not in the history any more, and no record says what it became",
            "git dos install has git record each rewrite; git dos run start begins a run at the present HEAD",
        ),
    };
    Err(message!("The starting commit {start} {what}").with(HINT, hint).raise())
}

fn parents(repository: &gix::Repository, id: ObjectId) -> Result<Vec<ObjectId>> {
    let context = || message!("Could not read commit {id}");
    let cut = repository.shallow_commits().or_raise(context)?;
    if cut.is_some_and(|cut| cut.contains(&id)) {
        return Ok(Vec::new());
    }
    let commit = repository.find_commit(id).or_raise(context)?;
    Ok(commit.parent_ids().map(gix::Id::detach).collect())
}
