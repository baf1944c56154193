//! Did a program that manages hooks give our hook another name, to put its own in the place?

use std::path::PathBuf;

use git_dos_git_hooks::second_name::{SECOND_NAMES, Use};
use git_dos_git_hooks::{Event, shim};
use git_dos_installer::error::Result;
use git_dos_installer::look;
use git_dos_installer::receipt::{Artefact, Kind, Store};

use super::place::Place;

/// A hook of ours under another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Where it is.
    pub path: PathBuf,
    /// Whether it is still run.
    pub used: Use,
}

/// Finds our hook for `event` under another name.
pub fn of(place: &Place, event: Event) -> Result<Option<Moved>> {
    for (suffix, used) in SECOND_NAMES {
        let path = place.hooks().join(format!("{}{suffix}", event.name()));
        let Some(bytes) = look::read(&path)? else { continue };
        if shim::recognise(&bytes, event.name(), &place.program).is_some() {
            return Ok(Some(Moved { path, used }));
        }
    }
    Ok(None)
}

/// Lets `artefacts` speak of our hooks where managers put them, and of those that nobody wrote down.
///
/// A hook of the user's behind ours gets the name that it would have without us.
pub fn follow(place: &Place, store: &Store, artefacts: &mut Vec<Artefact>) -> Result<()> {
    for event in Event::ALL {
        let Some(moved) = of(place, event)? else { continue };
        let (slot, path) = (place.slot(event), store.relative(&moved.path));
        let is_ours = |bytes: Vec<u8>| shim::recognise(&bytes, event.name(), &place.program);
        let is_there = look::read(&slot)?.and_then(is_ours).is_some();
        for artefact in artefacts.iter_mut().filter(|_| !is_there) {
            if artefact.path == store.relative(&slot) {
                artefact.path.clone_from(&path);
            }
        }
        let is_known = |kind| artefacts.iter().any(|known| known.is_for(kind, &path));
        if !is_known(Kind::OwnFile) {
            let kept = place.kept(event);
            if !is_there && !is_known(Kind::RenamedHook) && look::exists(&kept)? {
                let hook = Artefact::new(Kind::RenamedHook, path.clone());
                artefacts.push(Artefact { kept: Some(store.relative(&kept)), ..hook });
            }
            artefacts.push(Artefact::new(Kind::OwnFile, path));
        }
    }
    Ok(())
}
