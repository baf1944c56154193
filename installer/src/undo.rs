//! What has to be done so that the disk is as it was before us?

use std::path::{Path, PathBuf};

use crate::builder::is_blank;
use crate::change::{Change, Manner, Write};
use crate::error::{Reason, Result};
use crate::look::{exists, read, same_file};
use crate::plan::Plan;
use crate::receipt::{Artefact, Kind, Receipt, Store, hash};
use crate::wanted::Standing;

/// Knows what is ours in files that changed since we wrote them.
pub trait Surgeon {
    /// Returns `bytes`, found at the place of `artefact`, without what is ours.
    fn without_ours(
        &self,
        artefact: &Artefact,
        bytes: &[u8],
    ) -> std::result::Result<Vec<u8>, Reason>;

    /// Judges `bytes`, found at `path` where a whole file of ours was.
    fn standing(&self, path: &Path, bytes: &[u8]) -> Standing;
}

/// What becomes of an artefact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The place will be as it was before us, byte for byte.
    Restored,
    /// It was gone already.
    Gone,
    /// The file changed since; only our part will go.
    OwnPartRemoved,
    /// It is left there.
    Left(Reason),
}

/// The acts that take artefacts away.
#[derive(Debug, Default)]
pub struct Undone {
    /// The acts, in order.
    pub changes: Vec<Change>,
    /// What becomes of each, by absolute path.
    pub fates: Vec<(PathBuf, Fate)>,
    /// What stays and has to be remembered.
    pub left: Vec<Artefact>,
}

/// Plans to take everything away that `receipt` speaks of.
pub fn plan(store: &Store, receipt: Receipt, surgeon: &dyn Surgeon) -> Result<(Plan, Undone)> {
    let mut undone = undo(store, &receipt.places(), Some(&receipt), surgeon)?;
    let changes = std::mem::take(&mut undone.changes);
    let plan = Plan::removal(changes, receipt, undone.left.clone());
    Ok((plan, undone))
}

/// Plans to take `artefacts` away, the newest, which stands last, first.
///
/// `receipt` may know more of the same places, from a run that did not end.
pub(crate) fn undo(
    store: &Store,
    artefacts: &[Artefact],
    receipt: Option<&Receipt>,
    surgeon: &dyn Surgeon,
) -> Result<Undone> {
    let mut undoing = Undoing { store, receipt, surgeon, undone: Undone::default() };
    for artefact in artefacts.iter().rev() {
        let other = |kind| artefacts.iter().find(|other| other.is_for(kind, &artefact.path));
        let path = store.absolute(&artefact.path);
        let fate = match artefact.kind {
            Kind::Dir => undoing.folder(&path)?,
            Kind::OwnFile => match other(Kind::RenamedHook) {
                Some(hook) => undoing.chained_shim(hook, artefact)?,
                None => undoing.own_file(&path, artefact)?,
            },
            Kind::RenamedHook if other(Kind::OwnFile).is_some() => continue,
            Kind::RenamedHook => undoing.chained_shim(artefact, artefact)?,
            Kind::JsonSpan | Kind::ConfigKey | Kind::ExcludeLine => undoing.edited(artefact)?,
            Kind::Unknown => Fate::Left(Reason::Unknown),
        };
        if matches!(fate, Fate::Left(ref reason) if *reason != Reason::Foreign) {
            undoing.undone.left.push(artefact.clone());
        }
        // Folders follow from the files that they were made for.
        if artefact.kind != Kind::Dir {
            undoing.undone.fates.push((path, fate));
        }
    }
    let mut undone = undoing.undone;
    undone.left.reverse();
    Ok(undone)
}

struct Undoing<'u> {
    store: &'u Store,
    receipt: Option<&'u Receipt>,
    surgeon: &'u dyn Surgeon,
    undone: Undone,
}

impl<'u> Undoing<'u> {
    /// Lists what is known of the artefact's place, this artefact first.
    fn known<'k>(&self, artefact: &'k Artefact) -> impl Iterator<Item = &'k Artefact>
    where
        'u: 'k,
    {
        let more = self.receipt.map(|receipt| receipt.about(artefact.kind, &artefact.path));
        std::iter::once(artefact).chain(more.into_iter().flatten())
    }

    fn folder(&mut self, path: &Path) -> Result<Fate> {
        if !exists(path)? {
            return Ok(Fate::Gone);
        }
        self.undone.changes.push(Change::RemoveFolder(path.to_owned()));
        Ok(Fate::Restored)
    }

    fn own_file(&mut self, path: &Path, artefact: &Artefact) -> Result<Fate> {
        let Some(current) = read(path)? else { return Ok(Fate::Gone) };
        if let Some(reason) = self.keeps(path, &current, artefact) {
            return Ok(Fate::Left(reason));
        }
        self.undone.changes.push(Change::Delete { path: path.to_owned(), before: current });
        Ok(Fate::Restored)
    }

    /// Returns why the file at `path` is not ours to delete.
    fn keeps(&self, path: &Path, current: &[u8], artefact: &Artefact) -> Option<Reason> {
        let hash = Some(hash(current));
        let ours = |known: &Artefact| known.kind == Kind::OwnFile && known.after == hash;
        if self.known(artefact).any(ours) {
            return None;
        }
        match self.surgeon.standing(path, current) {
            Standing::Ours => None,
            Standing::Edited => Some(Reason::Edited),
            Standing::Foreign => Some(Reason::Foreign),
        }
    }

    /// Gives the user's hook its name back, over our shim, in one act: at no time is there no hook.
    fn chained_shim(&mut self, hook: &Artefact, shim: &Artefact) -> Result<Fate> {
        let slot = self.store.absolute(&hook.path);
        let Some(kept) = hook.kept.as_ref().map(|kept| self.store.absolute(kept)) else {
            return self.own_file(&slot, shim);
        };
        if !exists(&kept)? {
            return self.own_file(&slot, shim);
        }
        let current = if exists(&slot)? { read(&slot)? } else { None };
        if let Some(current) = &current
            && !same_file(&slot, &kept)
            && let Some(reason) = self.keeps(&slot, current, shim)
        {
            // The user's hook waits under its second name, so this is not forgotten.
            self.undone.left.push(hook.clone());
            return Ok(Fate::Left(reason));
        }
        self.undone.changes.push(Change::RestoreHook { kept, slot, over: current });
        Ok(Fate::Restored)
    }

    fn edited(&mut self, artefact: &Artefact) -> Result<Fate> {
        let path = self.store.absolute(artefact.target.as_ref().unwrap_or(&artefact.path));
        let Some(current) = read(&path)? else { return Ok(Fate::Gone) };
        let unwritten = Some(hash(&current));
        let made_by_us = artefact.before.is_none();
        let (after, fate) = match self.known(artefact).find_map(|known| known.before(&current)) {
            Some(before) => (before, Fate::Restored),
            None if self.known(artefact).any(|known| known.before == unwritten) => {
                return Ok(Fate::Gone);
            }
            None => match self.surgeon.without_ours(artefact, &current) {
                Ok(without) if without == current => return Ok(Fate::Gone),
                Ok(without) if made_by_us && is_blank(&without) => (None, Fate::Restored),
                Ok(without) => (Some(without), Fate::OwnPartRemoved),
                Err(reason) => return Ok(Fate::Left(reason)),
            },
        };
        self.undone.changes.push(match after {
            None => Change::Delete { path, before: current },
            Some(after) => Change::Write(Write {
                path: path.clone(),
                target: path,
                before: Some(current),
                after,
                manner: if artefact.kind == Kind::ConfigKey {
                    Manner::GitConfig
                } else {
                    Manner::Plain
                },
                kept: None,
            }),
        });
        Ok(fate)
    }
}
