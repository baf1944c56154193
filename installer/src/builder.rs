//! What differs between the disk and what is wanted there?

use std::path::{Path, PathBuf};

use crate::change::{Change, Write};
use crate::error::{Error, Reason, Result};
use crate::groups;
use crate::look::{exists, look, read, same_file};
use crate::plan::Plan;
use crate::receipt::{Artefact, Kind, Receipt, State, Store, hash};
use crate::splice;
use crate::undo::{Fate, Surgeon, undo};
use crate::wanted::{Edit, Facts, OwnFile, Standing, Touch};

/// Collects the changes of one plan.
pub struct Builder<'s> {
    store: &'s Store,
    found: Option<Receipt>,
    artefacts: Vec<Artefact>,
    changes: Vec<Change>,
}

impl<'s> Builder<'s> {
    /// Starts from the receipt in `store`; one that cannot be read counts as lost, and its error is returned.
    pub fn new(store: &'s Store) -> (Self, Option<Error>) {
        let (found, error) = match store.load() {
            Ok(found) => (found, None),
            Err(error) => (None, Some(error)),
        };
        let artefacts = found.as_ref().map(Receipt::places).unwrap_or_default();
        (Self { store, found, artefacts, changes: Vec::new() }, error)
    }

    /// Returns the receipt of the last time.
    pub fn found(&self) -> Option<&Receipt> {
        self.found.as_ref()
    }

    /// Returns the artefact of `kind` at the absolute `path` as the plan has it so far.
    pub fn artefact(&self, kind: Kind, path: &Path) -> Option<&Artefact> {
        let stored = self.store.relative(path);
        self.artefacts.iter().find(|artefact| artefact.is_for(kind, &stored))
    }

    /// Plans an edit of a file that is not ours.
    pub fn edit(&mut self, edit: &Edit<'_>) -> Result<Touch> {
        let refused = |reason| Error::Refused { path: edit.path.to_owned(), reason };
        let found = look(edit.path, edit.roots)?;
        let current = found.contents.as_deref();
        let after = (edit.with)(current.unwrap_or_default()).map_err(refused)?;
        let stored = self.store.relative(edit.path);
        let known = self.artefact(edit.kind, edit.path).is_some();
        let as_wanted = current.unwrap_or_default() == after;
        if as_wanted && (known || current.is_none()) {
            return Ok(Touch::AsWanted);
        }
        let before = self.before(edit, &stored, current).map_err(refused)?;
        if as_wanted && before.as_deref() == current {
            return Ok(Touch::AsWanted);
        }
        let target = (found.target != found.path).then(|| self.store.relative(&found.target));
        let splices = before.as_deref().map(|before| splice::between(before, &after));
        if !as_wanted {
            self.folders_above(&found.target)?;
            self.changes.push(Change::Write(Write {
                path: found.path,
                target: found.target,
                before: found.contents,
                after: after.clone(),
                manner: edit.manner,
                kept: None,
            }));
        }
        self.record(Artefact {
            target,
            before: before.as_deref().map(hash),
            after: Some(hash(&after)),
            splices: splices.unwrap_or_default(),
            previous: edit.previous.clone(),
            ..Artefact::new(edit.kind, stored)
        });
        Ok(if as_wanted { Touch::AsWanted } else { Touch::Written })
    }

    /// Returns the text that taking our part out of `current` must lead to; `None` for no file.
    fn before(
        &self,
        edit: &Edit<'_>,
        stored: &Path,
        current: Option<&[u8]>,
    ) -> std::result::Result<Option<Vec<u8>>, Reason> {
        let Some(current) = current else { return Ok(None) };
        let known: Vec<_> =
            self.found.iter().flat_map(|found| found.about(edit.kind, stored)).collect();
        if let Some(before) = known.iter().find_map(|artefact| artefact.before(current)) {
            return Ok(before);
        }
        if known.iter().any(|artefact| artefact.before.as_deref() == Some(&hash(current))) {
            return Ok(Some(current.to_vec()));
        }
        let without = (edit.without)(current)?;
        let made_by_us = known.iter().any(|artefact| artefact.before.is_none());
        Ok((!(made_by_us && is_blank(&without))).then_some(without))
    }

    /// Plans a file that is ours as a whole. `standing` judges what is at its place.
    pub fn own_file(
        &mut self,
        file: &OwnFile,
        standing: impl Fn(&[u8]) -> Standing,
    ) -> Result<Touch> {
        let refused = |reason| Error::Refused { path: file.path.clone(), reason };
        let current = if exists(&file.path)? { read(&file.path)? } else { None };
        let touch = match current {
            Some(current) if current == file.contents => Touch::AsWanted,
            Some(current) => {
                let known = self.artefact(Kind::OwnFile, &file.path);
                let unchanged = known.is_some_and(|known| known.after == Some(hash(&current)));
                match standing(&current) {
                    _ if unchanged => {}
                    Standing::Ours => {}
                    Standing::Edited => return Err(refused(Reason::Edited)),
                    Standing::Foreign => return Err(refused(Reason::Foreign)),
                }
                self.write(file, Some(current), None);
                Touch::Written
            }
            None if exists(&file.path)? => return Err(refused(Reason::DanglingLink)),
            None => {
                self.folders_above(&file.path)?;
                self.write(file, None, None);
                Touch::Written
            }
        };
        self.record_own(file);
        Ok(touch)
    }

    /// Plans that the user's hook at the place of `shim` gets the name `kept`, and `shim` its place.
    pub fn chain(&mut self, shim: &OwnFile, kept: &Path) -> Result<Touch> {
        let refused = |reason| Error::Refused { path: shim.path.clone(), reason };
        let hook = read(&shim.path)?.ok_or_else(|| refused(Reason::DanglingLink))?;
        if !same_file(&shim.path, kept) {
            if exists(kept)? {
                return Err(Error::Refused { path: kept.to_owned(), reason: Reason::Foreign });
            }
            self.changes.push(Change::KeepHook { slot: shim.path.clone(), kept: kept.to_owned() });
        }
        self.record_chain(&shim.path, kept, &hook);
        self.write(shim, None, Some(kept.to_owned()));
        self.record_own(shim);
        Ok(Touch::Written)
    }

    /// Notes that the hook at `kept` is the user's and belongs to `slot`.
    pub fn record_chain(&mut self, slot: &Path, kept: &Path, hook: &[u8]) {
        let hash = Some(hash(hook));
        self.record(Artefact {
            kept: Some(self.store.relative(kept)),
            before: hash.clone(),
            after: hash,
            ..Artefact::new(Kind::RenamedHook, self.store.relative(slot))
        });
    }

    /// Notes that the folder at `path` was missing and was made for us.
    pub fn record_folder(&mut self, path: &Path) {
        self.record(Artefact::new(Kind::Dir, self.store.relative(path)));
    }

    /// Notes that the file at `path` is ours, from what is in it.
    pub fn record_file(&mut self, path: &Path) {
        if self.artefact(Kind::OwnFile, path).is_none() {
            self.record(Artefact::new(Kind::OwnFile, self.store.relative(path)));
        }
    }

    /// Plans that what is ours at the absolute `path` is taken out again.
    pub fn take_out(&mut self, path: &Path, surgeon: &dyn Surgeon) -> Result<Vec<Fate>> {
        let stored = self.store.relative(path);
        let (going, staying) = std::mem::take(&mut self.artefacts)
            .into_iter()
            .partition::<Vec<_>, _>(|artefact| artefact.path == stored);
        self.artefacts = staying;
        let undone = undo(self.store, &going, self.found.as_ref(), surgeon)?;
        self.changes.extend(undone.changes);
        self.artefacts.extend(undone.left);
        Ok(undone.fates.into_iter().map(|(_, fate)| fate).collect())
    }

    /// Ends the plan.
    pub fn finish(self, facts: Facts) -> Plan {
        let mut receipt = Receipt {
            schema: crate::receipt::SCHEMA.to_owned(),
            version: facts.version,
            time: facts.time,
            program: facts.program,
            state: State::Done,
            events: facts.events,
            agents: facts.agents,
            repositories: facts.repositories,
            artefacts: self.artefacts,
            superseded: Vec::new(),
        };
        if let Some(found) = &self.found {
            let time = std::mem::replace(&mut receipt.time, found.time);
            if receipt != *found {
                receipt.time = time;
            }
        }
        // Settings elsewhere may serve this repository with no file of ours in it.
        let speaks = !receipt.artefacts.is_empty() || !receipt.agents.is_empty();
        let receipt = speaks.then_some(receipt);
        Plan { changes: self.changes, receipt, found: self.found }
    }

    fn write(&mut self, file: &OwnFile, before: Option<Vec<u8>>, kept: Option<PathBuf>) {
        self.changes.push(Change::Write(Write {
            path: file.path.clone(),
            target: file.path.clone(),
            before,
            after: file.contents.clone(),
            manner: file.manner,
            kept,
        }));
    }

    fn record_own(&mut self, file: &OwnFile) {
        self.record(Artefact {
            after: Some(hash(&file.contents)),
            ..Artefact::new(Kind::OwnFile, self.store.relative(&file.path))
        });
    }

    /// Puts `artefact` in the place of what is known of the same place, else at the end.
    fn record(&mut self, artefact: Artefact) {
        let known =
            self.artefacts.iter_mut().find(|known| known.is_for(artefact.kind, &artefact.path));
        match known {
            Some(known) => *known = artefact,
            None => self.artefacts.push(artefact),
        }
    }

    /// Plans the folders that are missing above `path`.
    fn folders_above(&mut self, path: &Path) -> Result<()> {
        let mut missing = Vec::new();
        for folder in path.ancestors().skip(1) {
            let planned = Change::CreateFolder(folder.to_owned());
            if exists(folder)? || self.changes.contains(&planned) {
                break;
            }
            missing.push(planned);
        }
        for planned in missing.into_iter().rev() {
            if let Change::CreateFolder(folder) = &planned {
                self.record_folder(folder);
            }
            self.changes.push(planned);
        }
        Ok(())
    }
}

/// Tells whether nothing is left of a text that we made.
pub(crate) fn is_blank(text: &[u8]) -> bool {
    groups::is_fresh(text) || text.trim_ascii().is_empty()
}
