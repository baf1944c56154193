//! What is the state now? Takes it down, so that a later change of it has a witness.

use std::path::Path;

use gix::error::{ErrorExt as _, Result, ResultExt as _, bail, message};

use crate::evidence::state::{self, State};
use crate::evidence::{process, repository};
use crate::journal::Damage;
use crate::journal::snapshots::{Owner, Snapshots, Taken, VERSION, are_kept};
use crate::output::HINT;
use crate::policy::effect::{Name, Source};
use crate::run_id::variable;
use crate::{clock, env, fingerprint, policy};

/// A snapshot that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its record.
    pub taken: Taken,
    /// How many older contents were removed to make room.
    pub removed: usize,
}

/// All snapshots there are records of.
#[derive(Debug)]
pub struct List {
    /// The records, oldest first, each with whether its content is kept.
    pub snapshots: Vec<(Taken, bool)>,
    /// The lines that could not be read.
    pub damage: Vec<Damage>,
}

/// Takes a snapshot called `name` of `source`, else of what `[effect.NAME]` declares.
pub fn take(repository: &gix::Repository, name: &Name, source: Option<Source>) -> Result<Report> {
    let source = match source {
        Some(source) => source,
        None => declared(repository, name)?.ok_or_else(|| undeclared(name))?,
    };
    let State { content, origin, keys, left_out } = state::read(&source, repository.common_dir())?;
    let taken = Taken {
        v: VERSION,
        time: clock::now().as_secs(),
        name: name.clone(),
        source,
        sha256: fingerprint::sha256(&content),
        bytes: content.len(),
        keys,
        origin,
        left_out,
        owner: owner(),
    };
    let snapshots = Snapshots::at(&repository::state_folder(repository));
    let removed = snapshots.append(&taken, &content)?;
    Ok(Report { taken, removed })
}

fn undeclared(name: &Name) -> gix::Error {
    let name = name.as_str();
    message!("What is the state {name} read from? dos.toml has no table [effect.{name}]")
        .with(HINT, "name a source: --json FILE, --sqlite FILE --table TABLE, or --folder DIR")
        .raise()
}

/// Lists the snapshots.
pub fn list(repository: &gix::Repository) -> Result<List> {
    let contents = Snapshots::at(&repository::state_folder(repository)).read()?;
    let are_kept = are_kept(&contents.records);
    let snapshots = contents.records.into_iter().zip(are_kept).collect();
    Ok(List { snapshots, damage: contents.damage })
}

/// Returns the source that `[effect.NAME]` of `dos.toml` declares; `None` when there is no such table.
///
/// Errors when a symbolic link leads it out of the worktree: whoever writes `dos.toml` does not choose what is read.
pub(super) fn declared(repository: &gix::Repository, name: &Name) -> Result<Option<Source>> {
    let policy = policy::load(repository)?;
    let Some(declared) = policy.effect.get(name) else { return Ok(None) };
    let context = || message!("Could not look at the source of {}", name.as_str());
    let Some(top) = repository.workdir() else {
        bail!("[effect.{}] needs a worktree", name.as_str())
    };
    let top = fs_err::canonicalize(top).or_raise(context)?;
    let Some(text) = top.to_str() else { bail!("The path of the worktree is not UTF-8") };
    let source = declared.below(text);
    let real = fs_err::canonicalize(Path::new(&source.path)).or_raise(context)?;
    if !real.starts_with(&top) {
        bail!("[effect.{}] leads out of the worktree, to {}", name.as_str(), real.display());
    }
    Ok(Some(source))
}

/// Tells who takes a snapshot.
fn owner() -> Owner {
    #[cfg(unix)]
    let uid = Some(rustix::process::geteuid().as_raw());
    #[cfg(not(unix))]
    let uid = None;
    Owner { uid, host: process::host(), run: env::lineage(variable::RUN) }
}
