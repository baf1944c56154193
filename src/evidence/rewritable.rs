//! What would be lost or laid bare if these commits were replaced?

use std::collections::BTreeSet;

use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice as _};
use gix::error::{Result, ResultExt as _, message};
use gix::refs::FullName;

use super::archives::Recorded;
use super::identity::{self, Person};
use super::repository::{self, Environment, state_folder};
use crate::journal::sessions;
use crate::policy::churn::Churn;
use crate::verdict::coalesce::{Boundary, Caller, Head, Replaced, Signing};
use crate::{env, output};

/// Who calls, from the hook variables of the environment.
pub fn caller() -> Caller {
    if env::inside_own_hook() || !env::git_hook_variables().is_empty() {
        Caller::InsideHook
    } else {
        Caller::Command
    }
}

/// Reads what `HEAD` is.
pub fn head(repository: &gix::Repository) -> Result<Head> {
    let head = repository.head().or_raise(|| message("Could not read HEAD"))?;
    Ok(match head.referent_name() {
        _ if head.is_unborn() => Head::Unborn,
        Some(name) => Head::Branch(name.as_bstr().to_string()),
        None => Head::Detached,
    })
}

/// Returns the operation of git's that is under way in this worktree.
pub fn operation(repository: &gix::Repository) -> Option<String> {
    let named = repository.state().map(|state| format!("{state:?}").to_lowercase());
    let left_over = || repository.path().join("sequencer").is_dir().then(|| "sequencer".to_owned());
    named.or_else(left_over)
}

/// Reads the facts about `recorded` and the paths that it changes.
///
/// Without its own parents nobody can say what a commit changes; that alone is a refusal.
pub fn replaced(
    repository: &gix::Repository,
    recorded: &Recorded,
    churn: &Churn,
) -> Result<(Replaced, BTreeSet<BString>)> {
    let commit = &recorded.commit;
    let boundary = boundary(repository, recorded.id)?;
    let paths = match boundary {
        Some(_) => BTreeSet::new(),
        None => changed_paths(repository, commit)?,
    };
    let replaced = Replaced {
        id: recorded.id,
        parents: commit.parents.to_vec(),
        boundary,
        is_ours: is_ours(repository, commit),
        is_foreign_text: commit.encoding.is_some() || commit.message.to_str().is_err(),
        loses_notes: loses_notes(repository, recorded.id)?,
        outside: outside(&paths, churn),
    };
    Ok((replaced, paths))
}

/// Returns the first of `paths` that lies outside the archive folders.
pub fn outside(paths: &BTreeSet<BString>, churn: &Churn) -> Option<BString> {
    paths.iter().find(|path| !churn.is_archive_path(path)).cloned()
}

/// Returns the paths that differ between `commit` and its first parent.
pub fn changed_paths(
    repository: &gix::Repository,
    commit: &gix::objs::Commit,
) -> Result<BTreeSet<BString>> {
    let context = || message("Could not compare a commit with its parent");
    let tree = |id: ObjectId| repository.find_tree(id).or_raise(context);
    let old = match commit.parents.first() {
        Some(parent) => {
            repository.find_commit(*parent).or_raise(context)?.tree().or_raise(context)?
        }
        None => repository.empty_tree(),
    };
    let new = tree(commit.tree)?;
    let mut recorder = gix::diff::tree::Recorder::default();
    let (old, new) = (
        gix::objs::TreeRefIter::from_bytes(&old.data, repository.object_hash()),
        gix::objs::TreeRefIter::from_bytes(&new.data, repository.object_hash()),
    );
    let mut state = gix::diff::tree::State::default();
    gix::diff::tree(old, new, &mut state, &repository.objects, &mut recorder).or_raise(context)?;
    let mut paths = BTreeSet::new();
    for change in recorder.records {
        use gix::diff::tree::recorder::Change;
        let (mode, path) = match change {
            Change::Addition { entry_mode, path, .. }
            | Change::Deletion { entry_mode, path, .. }
            | Change::Modification { entry_mode, path, .. } => (entry_mode, path),
        };
        if !mode.is_tree() {
            paths.insert(path);
        }
    }
    Ok(paths)
}

/// Returns what makes the recorded parents of `id` doubtful.
pub fn boundary(repository: &gix::Repository, id: ObjectId) -> Result<Option<Boundary>> {
    let context = || message!("Could not find out whether {id} has its own parents");
    let shallow = repository.shallow_commits().or_raise(context)?;
    if shallow.is_some_and(|ids| ids.contains(&id)) {
        return Ok(Some(Boundary::Shallow));
    }
    let name = FullName::try_from(format!("refs/replace/{id}")).or_raise(context)?;
    if repository.try_find_reference(name.as_ref()).or_raise(context)?.is_some() {
        return Ok(Some(Boundary::Replacement));
    }
    let grafts = match fs_err::read(repository.common_dir().join("info").join("grafts")) {
        Ok(grafts) => grafts,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).or_raise(context),
    };
    let id = id.to_string();
    let grafted = grafts.lines().any(|line| line.starts_with(id.as_bytes()));
    Ok(grafted.then_some(Boundary::Graft))
}

/// Tells whether the author and the committer of `commit` are those of the next commit here.
fn is_ours(repository: &gix::Repository, commit: &gix::objs::Commit) -> bool {
    identity::author(repository) == Some(Person::of(&commit.author))
        && identity::committer(repository) == Some(Person::of(&commit.committer))
}

/// Tells whether `id` has a note that the settings for rewritten commits do not copy.
fn loses_notes(repository: &gix::Repository, id: ObjectId) -> Result<bool> {
    let context = || message!("Could not read the notes of {id}");
    let references = repository.references().or_raise(context)?;
    let names: Vec<BString> = references
        .prefixed(b"refs/notes/")
        .or_raise(context)?
        .map(|reference| reference.map(|reference| reference.name().as_bstr().to_owned()))
        .collect::<std::result::Result<_, _>>()
        .or_raise(context)?;
    if names.is_empty() {
        return Ok(false);
    }
    let copied = copied_notes(repository);
    let is_copied = |name: &BStr| {
        copied.iter().any(|pattern| {
            gix::glob::wildmatch(pattern.as_bstr(), name, gix::glob::wildmatch::Mode::empty())
        })
    };
    let mut notes = repository.notes().or_raise(context)?.with_refs(names).or_raise(context)?;
    let found = notes.get(id).or_raise(context)?;
    Ok(found.iter().any(|note| !is_copied(note.reference.as_bstr())))
}

/// Tells whether git copies notes of amended commits here, and there are any.
pub fn copies_notes(repository: &gix::Repository) -> bool {
    let is_any = |references: gix::reference::iter::Platform<'_>| {
        references.prefixed(b"refs/notes/").is_ok_and(|mut notes| notes.next().is_some())
    };
    !copied_notes(repository).is_empty() && repository.references().is_ok_and(is_any)
}

/// Returns the patterns of the notes refs that git copies when a commit is amended.
fn copied_notes(repository: &gix::Repository) -> Vec<BString> {
    let config = repository.config_snapshot();
    if config.boolean("notes.rewrite.amend") == Some(false) {
        return Vec::new();
    }
    config.plumbing().strings("notes.rewriteRef").unwrap_or_default()
}

/// Tells whether the new commit must be signed, and whether it can be.
pub fn signing(repository: &gix::Repository, replaced: &[&Recorded]) -> Signing {
    let is_signed = |recorded: &&Recorded| {
        recorded.commit.extra_headers.iter().any(|(name, _)| name.starts_with(b"gpgsig"))
    };
    let asked = repository.config_snapshot().boolean("commit.gpgSign").unwrap_or(false);
    if !asked && !replaced.iter().any(is_signed) {
        return Signing::NotAsked;
    }
    match repository.commit_signing_options() {
        Ok(_) => Signing::Ready,
        Err(error) => Signing::Impossible(output::shown(error.to_string().as_bytes())),
    }
}

/// Tells whether a repository around this one records one of `ids` as the state of this one.
pub fn pinned_by_superproject(repository: &gix::Repository, ids: &[ObjectId]) -> Result<bool> {
    let context = || message("Could not read the repository around this one");
    let Some(top) = repository.workdir() else { return Ok(false) };
    let top = top.canonicalize().or_raise(context)?;
    let Some(above) = top.parent() else { return Ok(false) };
    if gix::discover::upwards(above).is_err() {
        return Ok(false);
    }
    let outer = repository::open(above, Environment::Ignored)?;
    let Some(outer_top) = outer.workdir() else { return Ok(false) };
    let outer_top = outer_top.canonicalize().or_raise(context)?;
    let Ok(path) = top.strip_prefix(&outer_top) else { return Ok(false) };
    let relative = gix::path::into_bstr(path).or_raise(context)?;
    let relative = gix::path::to_unix_separators_on_windows(relative);
    let index = outer.index_or_empty().or_raise(context)?;
    let staged = index.entry_by_path(relative.as_ref()).map(|entry| entry.id);
    let mut committed = None;
    if let Ok(tree) = outer.head_tree() {
        committed =
            tree.lookup_entry_by_path(path).or_raise(context)?.map(|entry| entry.object_id());
    }
    Ok([staged, committed].into_iter().flatten().any(|id| ids.contains(&id)))
}

/// Returns the first conflict of the index, in words.
pub fn conflict(repository: &gix::Repository) -> Result<Option<String>> {
    let index = repository.index_or_empty().or_raise(|| message("Could not read the index"))?;
    let unconflicted = gix::index::entry::Stage::Unconflicted;
    let found = index.entries().iter().find(|entry| entry.stage() != unconflicted);
    Ok(found.map(|entry| format!("{} has conflicts", output::shown(entry.path(&index)))))
}

/// Counts the recorded sessions of agents that began at one of `ids`.
pub fn run_starts(repository: &gix::Repository, ids: &[ObjectId]) -> Result<usize> {
    let starts = sessions::starts(&state_folder(repository))?;
    Ok(starts.iter().filter(|start| start.head.is_some_and(|head| ids.contains(&head))).count())
}
