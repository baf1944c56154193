//! May an agent use a tool as it wants to, or would that write where somebody else works?

use std::path::Path;
use std::time::Duration;

use gix::error::Result;
use serde_json::Value;

use super::lease::others::Others;
use crate::evidence::touches::{self, Place};
use crate::leases::{self, Lease, Version, holder};
use crate::output::shown;
use crate::policy::{self, span};

/// One use of a tool that is about to begin.
#[derive(Debug, Clone, Copy)]
pub struct Call<'call> {
    /// The agent's session.
    pub session: &'call str,
    /// The folder that the agent works in.
    pub folder: Option<&'call Path>,
    /// The tool, in the agent's own word.
    pub tool: &'call str,
    /// What it is given.
    pub input: &'call Value,
}

/// Returns why `call` must not go on, in two lines: what is in the way, and what to do.
///
/// Where no lane was ever held, or `dos.toml` declares none, nothing is in the way, and little is read.
pub fn denial(repository: &gix::Repository, call: &Call<'_>) -> Result<Option<String>> {
    let (state, version) = leases::load(repository)?;
    if version == Version::Absent || state.leases.is_empty() {
        return Ok(None);
    }
    if !policy::load(repository)?.lanes.taxonomy().is_declared() {
        return Ok(None);
    }
    let place = Place::of(repository, call.folder)?;
    let footprint = touches::of(call.tool, call.input, &place);
    let session = Some(call.session.to_owned());
    let others = Others::among(repository, state.leases, session, place.spelling)?;
    Ok(others.and_then(|others| {
        let (lease, path) = others.against(&footprint)?;
        Some(words(lease, path.as_str(), others.left(lease)))
    }))
}

/// Puts a denial into words for a model.
fn words(lease: &Lease, path: &str, left: Duration) -> String {
    let line = |text: &str| shown(text.as_bytes());
    let path = if path.is_empty() { "the whole worktree".to_owned() } else { line(path) };
    let tree: Vec<String> = lease.tree.iter().map(|entry| line(entry)).collect();
    let left = span::shown(left);
    format!(
        "{path} is in lane {}, which {} holds for another {left}; the call was not run.\n\
         hint: work outside of {}, or wait; git dos lease list shows who holds what",
        line(&lease.lane),
        holder::words(lease),
        tree.join(", "),
    )
}
