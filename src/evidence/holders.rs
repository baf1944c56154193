//! Who else reaches a commit? Refs, worktrees, stashes and pushes, other than the branch we are on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::UNIX_EPOCH;

use gix::ObjectId;
use gix::error::{Result, ResultExt as _, bail, message};
use gix::revision::walk::Sorting;
use gix::traverse::commit::simple::CommitTimeOrder;

use super::repository::state_folder;
use crate::journal::pushed;
use crate::output::{HINT, shown};
use crate::verdict::coalesce::Holder;

/// How far clocks may be apart, in seconds, before a descendant is taken for older than its ancestor.
const CLOCK_SLACK: i64 = 24 * 60 * 60;

/// Returns what reaches the commit `id` beside `branch`, each by name.
///
/// Refs below `refs/dos/` are ours and do not count.
pub fn of(
    repository: &gix::Repository,
    id: ObjectId,
    branch: Option<&[u8]>,
) -> Result<Vec<Holder>> {
    let context = || message!("Could not find out who else reaches {id}");
    let commit = repository.find_commit(id).or_raise(context)?;
    let written = commit.time().or_raise(context)?.seconds;
    let mut tips = Tips {
        repository,
        since: written.min(stored(repository, id)).saturating_sub(CLOCK_SLACK),
        ends: BTreeMap::new(),
    };
    tips.add_references(branch)?;
    tips.add_worktrees(branch)?;
    tips.add_stashes()?;
    tips.add_pushes()?;
    tips.reaching(id)
}

/// Returns when the object `id` came into a file of its own, in seconds since 1970-01-01T00:00:00Z.
///
/// Any time at all counts as later when it lies in a pack.
fn stored(repository: &gix::Repository, id: ObjectId) -> i64 {
    let hex = id.to_string();
    let (folder, name) = hex.split_at_checked(2).unwrap_or_default();
    let path = repository.common_dir().join("objects").join(folder).join(name);
    modified(&path).unwrap_or(i64::MAX)
}

/// Returns when the file at `path` was last written, in seconds since 1970-01-01T00:00:00Z.
fn modified(path: &Path) -> Option<i64> {
    let time = fs_err::metadata(path).ok()?.modified().ok()?;
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}

/// The commits from which others see history, and who sees it from there.
struct Tips<'repository> {
    repository: &'repository gix::Repository,
    /// Nothing that is older reaches the commit.
    since: i64,
    ends: BTreeMap<ObjectId, Vec<Holder>>,
}

impl Tips<'_> {
    fn add(&mut self, id: ObjectId, holder: Holder) {
        self.ends.entry(id).or_default().push(holder);
    }

    fn add_references(&mut self, branch: Option<&[u8]>) -> Result<()> {
        let context = || message("Could not read the references");
        let store = &self.repository.refs;
        // A file that was written before the commit names nothing that reaches it.
        let is_recent =
            modified(&store.packed_refs_path()).is_none_or(|written| written >= self.since);
        let packed = if is_recent { store.cached_packed_buffer().or_raise(context)? } else { None };
        let packed = packed.as_ref().map(|snapshot| &***snapshot);
        let mut found = Vec::new();
        for reference in store.iter_packed(packed).or_raise(context)? {
            let reference = reference.or_raise(context)?;
            let name = reference.name.as_bstr();
            // A symbolic ref shows what another one in this list shows.
            let Some(id) = reference.target.try_id().map(ToOwned::to_owned) else { continue };
            if branch == Some(name.as_ref()) || name.starts_with(b"refs/dos/") {
                continue;
            }
            let holder = if name.starts_with(b"refs/remotes/") {
                Holder::Remote(shown(name))
            } else {
                Holder::Local(shown(name))
            };
            found.push((reference.peeled.unwrap_or(id), holder));
        }
        for (id, holder) in found {
            self.add(id, holder);
        }
        Ok(())
    }

    /// Adds the commits of other worktrees; one that has our branch checked out holds it whole.
    fn add_worktrees(&mut self, branch: Option<&[u8]>) -> Result<()> {
        let context = || message("Could not read the HEAD of another worktree");
        let own = match self.repository.worktree() {
            Some(tree) => tree.id().or_raise(context)?.map(ToOwned::to_owned),
            None => None,
        };
        let mut names = Vec::new();
        if own.is_some() {
            names.push(("the main worktree".to_owned(), "main-worktree/HEAD".into()));
        }
        for proxy in self.repository.worktrees().or_raise(context)? {
            let id = proxy.id().or_raise(context)?.to_owned();
            if own.as_ref() != Some(&id) {
                let mut name = gix::bstr::BString::from("worktrees/");
                name.extend_from_slice(&id);
                name.extend_from_slice(b"/HEAD");
                names.push((format!("the worktree {}", shown(&id)), name));
            }
        }
        for (shown, name) in names {
            let name = gix::refs::FullName::try_from(name).or_raise(context)?;
            let head = self.repository.try_find_reference(name.as_ref()).or_raise(context)?;
            let Some(head) = head else { continue };
            match head.target() {
                gix::refs::TargetRef::Object(id) => self.add(id.to_owned(), Holder::Local(shown)),
                gix::refs::TargetRef::Symbolic(other) => {
                    if branch == Some(other.as_bstr().as_ref()) {
                        let tip = self.repository.head_id().or_raise(context)?.detach();
                        self.add(tip, Holder::Local(shown));
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds the stashes below the newest one, which only the reflog names.
    fn add_stashes(&mut self) -> Result<()> {
        let context = || message("Could not read the stashes");
        let name = gix::refs::FullName::try_from("refs/stash").or_raise(context)?;
        let stash = self.repository.try_find_reference(name.as_ref()).or_raise(context)?;
        let Some(stash) = stash else { return Ok(()) };
        let mut log = stash.log_iter();
        let Some(lines) = log.all().or_raise(context)? else { return Ok(()) };
        let mut ids = BTreeSet::new();
        for line in lines {
            ids.insert(line.or_raise(context)?.new_oid());
        }
        for id in ids {
            self.add(id, Holder::Local("a stash".to_owned()));
        }
        Ok(())
    }

    fn add_pushes(&mut self) -> Result<()> {
        let journal = pushed::journal(&state_folder(self.repository));
        let contents = journal.read()?;
        if let Some(damage) = contents.damage.first() {
            let place = format!("{}:{}", journal.path().display(), damage.line);
            let what = message!("{place}: cannot tell what was pushed: {}", damage.reason);
            bail!(what.with(HINT, "delete that line once you know that nothing of it is unpushed"));
        }
        for record in contents.records {
            // What was offered and is gone since reaches nothing any more.
            if self.repository.has_object(record.id) {
                self.add(record.id, Holder::Remote(format!("a push of {}", record.id)));
            }
        }
        Ok(())
    }

    /// Returns the holders whose commits reach `id`.
    fn reaching(self, id: ObjectId) -> Result<Vec<Holder>> {
        let context = || message!("Could not find out who else reaches {id}");
        let graph = self.repository.commit_graph_if_enabled().or_raise(context)?;
        // With a commit, the graph file holds all that it reaches.
        let graph = graph.filter(|graph| graph.lookup(id).is_none());
        let mut ends = Vec::new();
        for (end, holders) in &self.ends {
            if graph.as_ref().is_some_and(|graph| graph.lookup(end).is_some()) {
                continue;
            }
            let end = self.repository.find_object(*end).or_raise(context)?;
            let end = end.peel_tags_to_end().or_raise(context)?;
            // A ref to a tree or a blob, such as a tag of one, reaches no commit.
            let Ok(commit) = end.try_into_commit() else { continue };
            if commit.time().or_raise(context)?.seconds >= self.since {
                ends.push((commit.id, holders));
            }
        }
        let all: Vec<ObjectId> = ends.iter().map(|(end, _)| *end).collect();
        if !self.reaches(&all, id).or_raise(context)? {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for (end, holders) in ends {
            if self.reaches(&[end], id).or_raise(context)? {
                found.extend(holders.iter().cloned());
            }
        }
        found.dedup();
        Ok(found)
    }

    /// Tells whether one of `ends` reaches `id` without passing a commit that is too old.
    fn reaches(&self, ends: &[ObjectId], id: ObjectId) -> Result<bool> {
        if ends.is_empty() {
            return Ok(false);
        }
        let order = CommitTimeOrder::NewestFirst;
        let sorting = Sorting::ByCommitTimeCutoff { order, seconds: self.since };
        let walk = self.repository.rev_walk(ends.iter().copied()).sorting(sorting).all()?;
        for info in walk {
            if info?.id == id {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
