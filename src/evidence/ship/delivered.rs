//! Which commits delivered the files that a plan names, since it names them?

use std::collections::BTreeSet;

use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice as _};
use gix::error::{Result, ResultExt as _, message};

use super::change;
use super::history::History;
use super::life::Lives;
use super::paths::Paths;
use super::standing::Work;
use super::tree::{blob, in_its_case, tree_of};
use crate::evidence::changes::{Comparer, Difference, Renames};
use crate::verdict::audit::paths::Classes;
use crate::verdict::ship::Fate;
use crate::verdict::ship::plan::Credit;
use crate::verdict::ship::stamp::message as text;

/// Commits taken at a time.
const STEP: usize = 1024;

/// The number of the plan among the paths; files have the ones from 1 on.
const PLAN: usize = 0;

/// How plans are read and commits credited.
pub struct Rules<'a> {
    /// Returns the files that a version of the plan names.
    pub names: &'a dyn Fn(&[u8]) -> BTreeSet<String>,
    /// Tells for whose sake the commit with this subject is.
    pub credit: &'a dyn Fn(&str) -> Credit,
}

/// The newest commit that brought something into a file which is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivered {
    /// The commit.
    pub commit: ObjectId,
    /// Whether its subject names the plan.
    pub credit: Credit,
}

/// How far a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Sought,
    Found(Delivered),
    /// Nothing brought anything into it since the plan names it.
    Missing,
}

/// One file that the plan names.
struct Sought<'f> {
    name: &'f str,
    path: BString,
    state: State,
}

/// Returns for each of `files`, as the plan writes them, what delivered it below `tip`.
///
/// The file at `plan`, as `tip` has it, must name a file; commits from the one on that wrote the name there
/// count. Where they brought nothing that is still there, or only took away, nothing did.
pub fn find(
    repository: &gix::Repository,
    tip: ObjectId,
    plan: &BStr,
    files: &[String],
    rules: &Rules<'_>,
) -> Result<Vec<Option<Delivered>>> {
    let everything = |_: &[u8]| true;
    let mut history = History::new(repository, &everything)?;
    history.add(tip)?;
    let mut search = Search::new(repository, tip, plan, files)?;
    search.start(tip, rules)?;
    while search.is_open() && !history.is_done() {
        let step = history.step(STEP);
        for (_, commit) in step.hits {
            if search.is_open() {
                search.visit(&history, commit, rules)?;
            }
        }
        if let Some(failure) = step.failure.filter(|_| search.is_open()) {
            return Err(failure);
        }
    }
    let found = |file: &Sought<'_>| match file.state {
        State::Found(delivered) => Some(delivered),
        State::Sought | State::Missing => None,
    };
    Ok(search.files.iter().map(found).collect())
}

struct Search<'a, 'f> {
    repository: &'a gix::Repository,
    lives: Lives<'a>,
    comparer: Comparer,
    classes: Classes,
    paths: Paths,
    plan: BString,
    files: Vec<Sought<'f>>,
}

impl<'a, 'f> Search<'a, 'f> {
    fn new(
        repository: &'a gix::Repository,
        tip: ObjectId,
        plan: &BStr,
        files: &'f [String],
    ) -> Result<Self> {
        let tree = tree_of(repository, tip)?;
        let mut paths = Paths::default();
        paths.add(plan, PLAN);
        let mut sought = Vec::new();
        for (index, name) in files.iter().enumerate() {
            let path = in_its_case(repository, tree, name)?;
            paths.add(path.as_ref(), index + 1);
            sought.push(Sought { name, path, state: State::Sought });
        }
        Ok(Self {
            repository,
            lives: Lives::new(repository, tip)?,
            comparer: Comparer::default(),
            classes: change::unclassified(),
            paths,
            plan: plan.to_owned(),
            files: sought,
        })
    }

    fn is_open(&self) -> bool {
        self.files.iter().any(|file| file.state == State::Sought)
    }

    /// Leaves out the files that the plan at the tip does not name.
    fn start(&mut self, tip: ObjectId, rules: &Rules<'_>) -> Result<()> {
        let tree = tree_of(self.repository, tip)?;
        self.keep_named_in(Some(tree), rules)
    }

    fn visit(&mut self, history: &History<'_>, commit: ObjectId, rules: &Rules<'_>) -> Result<()> {
        if history.is_boundary(commit) {
            return Ok(());
        }
        let context = || message!("Could not read commit {commit}");
        let object = self.repository.find_commit(commit).or_raise(context)?;
        let tree = object.tree_id().or_raise(context)?.detach();
        let parents: Vec<ObjectId> = object.parent_ids().map(gix::Id::detach).collect();
        let changed = self.changed(tree, &parents)?;
        if changed.is_empty() {
            return Ok(());
        }
        let subject = text::subject(&object.message_raw().or_raise(context)?.to_str_lossy());
        let credit = (rules.credit)(&subject);
        if credit != Credit::Another {
            self.take(history, &changed, Delivered { commit, credit })?;
        }
        if changed.contains(&PLAN) {
            let before = parents.first().map(|parent| tree_of(self.repository, *parent));
            let before = before.transpose()?;
            self.follow_plan(tree, before)?;
            self.keep_named_in(before, rules)?;
        }
        Ok(())
    }

    /// Returns the paths that differ from every parent.
    fn changed(&self, tree: ObjectId, parents: &[ObjectId]) -> Result<BTreeSet<usize>> {
        let Some((first, others)) = parents.split_first() else {
            return self.paths.differing(self.repository, [None, Some(tree)]);
        };
        let from = |parent: ObjectId| {
            let before = tree_of(self.repository, parent)?;
            self.paths.differing(self.repository, [Some(before), Some(tree)])
        };
        let mut changed = from(*first)?;
        for parent in others {
            if changed.is_empty() {
                break;
            }
            let also = from(*parent)?;
            changed.retain(|number| also.contains(number));
        }
        Ok(changed)
    }

    /// Credits a commit with the files into which it brought something that is there.
    fn take(
        &mut self,
        history: &History<'_>,
        changed: &BTreeSet<usize>,
        by: Delivered,
    ) -> Result<()> {
        let mut differences: Option<Vec<Difference>> = None;
        for (index, file) in self.files.iter_mut().enumerate() {
            if file.state != State::Sought || !changed.contains(&(index + 1)) {
                continue;
            }
            if differences.is_none() {
                let (comparer, classes) = (&mut self.comparer, &self.classes);
                differences =
                    Some(change::differences(self.repository, by.commit, comparer, classes)?);
            }
            let own = differences.iter().flatten().filter(|change| change.path == file.path);
            let own: Vec<Difference> = own.cloned().collect();
            let mut work = Work::new(&own);
            if !work.brings(self.repository)? {
                continue;
            }
            let fate = self.lives.fate(history, by.commit, &mut work, &[])?;
            if matches!(fate, Fate::Lives | Fate::Rewritten(_)) {
                file.state = State::Found(by);
            }
        }
        Ok(())
    }

    /// Looks for the plan under its former path, where the commit renamed it.
    fn follow_plan(&mut self, tree: ObjectId, before: Option<ObjectId>) -> Result<()> {
        let Some(before) = before else { return Ok(()) };
        if blob(self.repository, before, self.plan.as_ref())?.is_some() {
            return Ok(());
        }
        let trees = (Some(before), tree);
        let changes =
            self.comparer.trees(self.repository, trees, Renames::Similar, &self.classes)?;
        let renamed = changes.iter().find(|change| change.path == self.plan);
        if let Some(previous) = renamed.and_then(|change| change.change.previous_path.as_deref()) {
            self.plan = previous.into();
            self.paths.add(self.plan.as_ref(), PLAN);
        }
        Ok(())
    }

    /// Ends the search for files that the plan in `tree` does not name: nothing older counts for them.
    fn keep_named_in(&mut self, tree: Option<ObjectId>, rules: &Rules<'_>) -> Result<()> {
        let plan = match tree {
            Some(tree) => blob(self.repository, tree, self.plan.as_ref())?,
            None => None,
        };
        let named = plan.map(|plan| (rules.names)(&plan)).unwrap_or_default();
        for file in self.files.iter_mut().filter(|file| file.state == State::Sought) {
            if !named.contains(file.name) {
                file.state = State::Missing;
            }
        }
        Ok(())
    }
}
