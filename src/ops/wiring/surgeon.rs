//! What of ours is in a file that changed since we wrote it?

use std::path::Path;

use git_dos_agent_hooks::claude::settings;
use git_dos_git_hooks::Event;
use git_dos_git_hooks::shim::{self, Shim};
use git_dos_installer::error::Reason;
use git_dos_installer::groups::{self, Form, Handler};
use git_dos_installer::lines;
use git_dos_installer::receipt::{Artefact, Kind};
use git_dos_installer::undo::Surgeon;
use git_dos_installer::wanted::Standing;

use super::config;

/// Our lines in `info/exclude`.
pub const EXCLUDE_BLOCK: &str =
    "# git dos: the agents' settings of this worktree\n/.claude/settings.local.json\n";

/// Knows our texts by their signatures.
#[derive(Debug, Clone, Copy)]
pub struct Signatures<'p> {
    /// The program that our texts would name now.
    pub program: &'p Path,
}

/// Tells whether a handler in an agent's settings is ours.
pub fn is_own(handler: &Handler<'_>) -> bool {
    settings::is_own(handler.command, &handler.arguments)
}

impl Surgeon for Signatures<'_> {
    fn without_ours(&self, artefact: &Artefact, bytes: &[u8]) -> Result<Vec<u8>, Reason> {
        match artefact.kind {
            Kind::JsonSpan => {
                groups::remove(bytes, Form::Groups, &is_own).map_err(Reason::Settings)
            }
            Kind::ConfigKey => config::without(bytes, &artefact.previous),
            Kind::ExcludeLine => Ok(lines::remove(bytes, EXCLUDE_BLOCK)),
            Kind::Dir | Kind::OwnFile | Kind::RenamedHook | Kind::Unknown => Ok(bytes.to_vec()),
        }
    }

    fn standing(&self, path: &Path, bytes: &[u8]) -> Standing {
        let Some(event) = path.file_name().and_then(Event::named) else {
            return standing_of_user_file(bytes);
        };
        match shim::recognise(bytes, event.name(), self.program) {
            Some(Shim::Current | Shim::OtherPath | Shim::OtherFormat(_)) => Standing::Ours,
            Some(Shim::Edited) => Standing::Edited,
            None => Standing::Foreign,
        }
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
