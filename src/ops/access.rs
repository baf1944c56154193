//! May an agent use a tool as it wants to, or would that write where somebody else works?

use std::path::Path;

use gix::error::{ErrorExt as _, Result, ResultExt as _, message};
use serde_json::Value;

use crate::evidence::process;
use crate::evidence::repository::state_folder;
use crate::evidence::touches::{self, Place};
use crate::lane::region::Region;
use crate::leases::holder;
use crate::leases::lease::Standing;
use crate::leases::{self, Lease, Version};
use crate::output::shown;
use crate::policy::{self, span};
use crate::run_id::variable;
use crate::verdict::access::{Evidence, Held, Identity, Verdict, judge};
use crate::verdict::liveness::Process;
use crate::{clock, env};

use super::session;

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
    let now = clock::now();
    let is_live = |lease: &&Lease| {
        let process = lease.pid.map_or(Process::Unknown, |_| process::look(&lease.process()));
        lease.standing(now, process) == Standing::Live
    };
    let live: Vec<&Lease> = state.leases.iter().filter(is_live).collect();
    let held = live.iter().map(|lease| held(lease, &place)).collect::<Result<Vec<_>>>()?;
    let asker = asker(repository, call.session, &place)?;
    let evidence = Evidence { footprint: &footprint, leases: &held, asker: &asker };
    let Verdict::Deny { lease: found, path } = judge(&evidence) else { return Ok(None) };
    let lease = held.iter().zip(&live).find(|(held, _)| std::ptr::eq(*held, found));
    Ok(lease.map(|(_, lease)| words(lease, path.as_str(), now)))
}

/// Returns `lease` as it is judged.
fn held(lease: &Lease, place: &Place) -> Result<Held> {
    let region = Region::parse(&lease.tree, place.spelling).map_err(|fault| {
        message!("The tree of lane {} in {} cannot be read: {fault}", lease.lane, leases::REFERENCE)
            .raise()
    })?;
    let holder = Identity {
        session: lease.session.clone(),
        runs: lease.run.iter().cloned().collect(),
        worktree: lease.worktree.as_deref().map(|top| place.resolved(Path::new(top))),
    };
    Ok(Held { lane: lease.lane.clone(), region, mode: lease.mode, holder })
}

/// Returns who the agent is: its session, the run that this is, and the runs that it was started by.
fn asker(repository: &gix::Repository, session: &str, place: &Place) -> Result<Identity> {
    let known = session::known(&state_folder(repository), session);
    let known = known.or_raise(|| message("Could not read which run the session is"))?;
    let own = known.start.and_then(|start| start.run);
    let lineage =
        [variable::RUN, variable::PARENT, variable::ROOT].into_iter().filter_map(env::lineage);
    Ok(Identity {
        session: Some(session.to_owned()),
        runs: own.into_iter().chain(lineage).collect(),
        worktree: place.own_top(),
    })
}

/// Puts a denial into words for a model.
fn words(lease: &Lease, path: &str, now: std::time::Duration) -> String {
    let line = |text: &str| shown(text.as_bytes());
    let path = if path.is_empty() { "the whole worktree".to_owned() } else { line(path) };
    let tree: Vec<String> = lease.tree.iter().map(|entry| line(entry)).collect();
    let left = span::shown(lease.expiry().saturating_sub(now));
    format!(
        "{path} is in lane {}, which {} holds for another {left}; the call was not run.\n\
         hint: work outside of {}, or wait; git dos lease list shows who holds what",
        line(&lease.lane),
        holder::words(lease),
        tree.join(", "),
    )
}
