//! What of ours is in a file that changed since we wrote it?

use std::path::Path;

use git_dos_agent_hooks::Host;
use git_dos_agent_hooks::settings::{self, Settings};
use git_dos_git_hooks::Event;
use git_dos_git_hooks::second_name::SECOND_NAMES;
use git_dos_git_hooks::shim::{self, Shim};
use git_dos_installer::error::Reason;
use git_dos_installer::receipt::{Artefact, Kind};
use git_dos_installer::undo::Surgeon;
use git_dos_installer::wanted::Standing;

use super::{agents, config, exclude};

/// Knows our texts by their signatures.
#[derive(Debug, Clone, Copy)]
pub struct Signatures<'p> {
    /// The program that our texts would name now.
    pub program: &'p Path,
}

impl Surgeon for Signatures<'_> {
    fn without_ours(&self, artefact: &Artefact, bytes: &[u8]) -> Result<Vec<u8>, Reason> {
        match artefact.kind {
            Kind::JsonSpan => {
                let host = agents::reader_of(&artefact.path).unwrap_or(Host::Claude);
                agents::without_ours(host, bytes)
            }
            Kind::ConfigKey => config::without(bytes, &artefact.previous),
            Kind::ExcludeLine => Ok(exclude::without(bytes)),
            Kind::Dir | Kind::OwnFile | Kind::RenamedHook | Kind::Unknown => Ok(bytes.to_vec()),
        }
    }

    fn standing(&self, path: &Path, bytes: &[u8]) -> Standing {
        let Some(event) = hook_named(path) else {
            return match agents::reader_of(path) {
                Some(host) => standing_of_own_file(host, bytes),
                None => standing_of_user_file(bytes),
            };
        };
        match shim::recognise(bytes, event.name(), self.program) {
            Some(Shim::Current | Shim::OtherPath | Shim::OtherFormat(_)) => Standing::Ours,
            Some(Shim::Edited) => Standing::Edited,
            None => Standing::Foreign,
        }
    }
}

/// Returns the event whose hook is at `path`, be it under a second name.
fn hook_named(path: &Path) -> Option<Event> {
    let name = path.file_name()?.to_str()?;
    let first = SECOND_NAMES.iter().find_map(|(suffix, _)| name.strip_suffix(suffix));
    Event::named(first.unwrap_or(name).as_ref())
}

/// Judges what is at the place of our own file for `host`.
pub fn standing_of_own_file(host: Host, bytes: &[u8]) -> Standing {
    match settings::Standing::of(Settings::of(host), bytes) {
        settings::Standing::Ours { .. } => Standing::Ours,
        settings::Standing::Changed => Standing::Edited,
        settings::Standing::Foreign => Standing::Foreign,
    }
}

/// Judges a whole file of ours outside the repository (a manual page, completions), which names us early on.
fn standing_of_user_file(bytes: &[u8]) -> Standing {
    const EARLY: usize = 4096;
    let start = bytes.get(..EARLY).unwrap_or(bytes);
    if start.windows(b"git-dos".len()).any(|window| window == b"git-dos") {
        Standing::Ours
    } else {
        Standing::Foreign
    }
}
