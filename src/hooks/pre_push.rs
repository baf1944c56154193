//! Do the commits that a push is about to send do what they say?

use std::collections::BTreeSet;

use git_dos_git_hooks::{Call, pre_push};
use gix::ObjectId;
use gix::error::{Result, ResultExt as _, message};

use super::git::Reply;
use super::post_rewrite::object_id;
use crate::clock;
use crate::evidence::repository::state_folder;
use crate::journal::Durability;
use crate::journal::pushed::{self, Pushed};

/// Judges the push that `input` describes.
pub(super) fn run(repository: &gix::Repository, _call: &Call, input: &[u8]) -> Result<Reply> {
    let updates =
        pre_push::parse(input).or_raise(|| message("Could not read what is to be pushed"))?;
    let mut tips = Vec::new();
    for name in updates.iter().filter_map(|update| update.local.as_ref()) {
        tips.extend(commit_behind(repository, object_id(name)?)?);
    }
    remember(repository, &tips)?;
    Ok(Reply::default())
}

/// Follows tags from `id` to a commit; `None` when they lead to a tree or a blob.
fn commit_behind(repository: &gix::Repository, id: ObjectId) -> Result<Option<ObjectId>> {
    let context = || message!("Could not read {id}, which is to be pushed");
    let object = repository.find_object(id).or_raise(context)?;
    let end = object.peel_tags_to_end().or_raise(context)?;
    Ok((end.kind == gix::object::Kind::Commit).then_some(end.id))
}

/// Writes down that `tips` were offered to a remote, each once and for all.
fn remember(repository: &gix::Repository, tips: &[ObjectId]) -> Result<()> {
    let journal = pushed::journal(&state_folder(repository));
    let mut known: BTreeSet<ObjectId> =
        journal.read()?.records.into_iter().map(|record| record.id).collect();
    let new = tips.iter().filter(|id| known.insert(**id));
    let records: Vec<Pushed> = new.map(|id| Pushed::new(*id, clock::now())).collect();
    if records.is_empty() {
        return Ok(());
    }
    journal.append_all(&records, Durability::Buffered)
}
