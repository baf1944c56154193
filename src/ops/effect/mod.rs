//! Did the claimed change of state happen? Reads the states, and has what was seen judged.

pub mod snapshot;

use std::path::{Path, PathBuf};

use gix::error::{ErrorExt as _, Result, message};

use crate::evidence::repository;
use crate::evidence::state::compare::{Named, Seen, Target, texts};
use crate::evidence::state::revisions::{self, Part, Revision};
use crate::evidence::state::{self, file, json};
use crate::journal::snapshots::{Snapshots, Taken};
use crate::output::HINT;
use crate::policy::effect::Name;
use crate::verdict::effect::change::{self, Expectation};
use crate::verdict::effect::pointer::Pointer;
use crate::verdict::effect::value::Value;
use crate::verdict::effect::{self, Answer, Readback, Tier, Verdict};
use snapshot::declared;

/// What is said to have happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The key.
    pub key: String,
    /// The part of its value; `None` is all of it.
    pub pointer: Option<Pointer>,
    /// What became of it.
    pub expectation: Expectation,
    /// The value that it is said to have, as it was written.
    pub value: Option<String>,
}

/// Where to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Witness {
    /// Two files that each hold a JSON object.
    Files(PathBuf, PathBuf),
    /// The trees of two revisions.
    Revisions(String, String),
    /// The newest snapshot of a name, and its source as it is now.
    Probe(Name),
}

/// What one witness is worth, and what it saw.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// What it says.
    pub readback: Readback,
    /// What it saw.
    pub seen: Seen,
    /// What it looked at.
    pub looked: Looked,
}

/// What a witness looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looked {
    /// Files that somebody named.
    Files,
    /// Trees.
    Revisions(Revision, Revision),
    /// A snapshot, and its source now.
    Probe(Box<Taken>),
}

/// The answer, and what each witness said.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What was claimed.
    pub claim: Claim,
    /// Whether it happened.
    pub verdict: Verdict,
    /// What each witness saw, in the order in which they were named.
    pub accounts: Vec<Account>,
}

/// Asks every one of `witnesses` about `claim`; `open` opens the repository, if one has to be looked into.
///
/// Errors when a witness cannot look: that is no answer.
pub fn ask(
    claim: &Claim,
    witnesses: &[Witness],
    open: impl Fn() -> Result<gix::Repository>,
) -> Result<Report> {
    let evidence = |readbacks| effect::Evidence { key: Some(claim.key.clone()), readbacks };
    let unasked = effect::judge(&evidence(Vec::new()));
    if unasked.answer == Answer::NoClaim {
        return Ok(Report { claim: claim.clone(), verdict: unasked, accounts: Vec::new() });
    }
    let target =
        Target { key: claim.key.clone(), pointer: claim.pointer.clone().unwrap_or_default() };
    let mut accounts = Vec::new();
    for witness in witnesses {
        accounts.push(match witness {
            Witness::Files(before, after) => files(claim, &target, before, after)?,
            Witness::Revisions(before, after) => {
                revisions(claim, &target, &open()?, (before, after))?
            }
            Witness::Probe(name) => probe(claim, &target, &open()?, name)?,
        });
    }
    let readbacks = accounts.iter().map(|account| account.readback.clone()).collect();
    let verdict = effect::judge(&evidence(readbacks));
    Ok(Report { claim: claim.clone(), verdict, accounts })
}

/// Compares two files. Whoever names them may have written them, so they witness nothing.
fn files(claim: &Claim, target: &Target, before: &Path, after: &Path) -> Result<Account> {
    let (old, _) = file::read(before)?;
    let (new, _) = file::read(after)?;
    let (old_name, new_name) = (before.display().to_string(), after.display().to_string());
    let seen = texts(
        Named { name: &old_name, text: &old },
        Named { name: &new_name, text: &new },
        target,
    )?;
    let source = format!("{old_name}..{new_name}");
    let value = claim.value.as_deref().map(claimed);
    Ok(account(claim, (source, Tier::AgentAuthored), seen, value.as_ref(), Looked::Files))
}

/// Compares two trees. A tree is what its id says, so whoever wrote it cannot tell another tale of it.
fn revisions(
    claim: &Claim,
    target: &Target,
    repository: &gix::Repository,
    (before, after): (&str, &str),
) -> Result<Account> {
    let (old, new) =
        (revisions::resolve(repository, before)?, revisions::resolve(repository, after)?);
    let part = if claim.pointer.is_some() { Part::Content } else { Part::Entry };
    let seen = revisions::trees(repository, (old.tree, new.tree), target, part)?;
    let value = claim.value.as_deref().map(|text| match part {
        Part::Content => claimed(text),
        Part::Entry => revisions::claimed(text, &seen.sides),
    });
    let source = format!("{before}..{after}");
    let looked = Looked::Revisions(old, new);
    Ok(account(claim, (source, Tier::OsRecorded), seen, value.as_ref(), looked))
}

/// Compares the newest snapshot called `name` with its source now: git-dos read both.
fn probe(
    claim: &Claim,
    target: &Target,
    repository: &gix::Repository,
    name: &Name,
) -> Result<Account> {
    let snapshots = Snapshots::at(&repository::state_folder(repository));
    let source = declared(repository, name)?;
    let is_named = |taken: &Taken| taken.name == *name;
    let is_meant = |taken: &Taken| {
        is_named(taken) && source.as_ref().is_none_or(|source| *source == taken.source)
    };
    let Some(taken) = snapshots.newest(is_meant)? else {
        let other = snapshots.newest(is_named)?;
        let what = match other {
            Some(other) => message!(
                "The snapshots of {} are of {}, and dos.toml declares another source here",
                name.as_str(),
                other.source.path
            ),
            None => message!("There is no snapshot of {}", name.as_str()),
        };
        let hint = "take one before the change: git dos effect snapshot NAME";
        return Err(what.with(HINT, hint).raise());
    };
    let before = snapshots.content(&taken)?;
    let now = state::read(&taken.source, repository.common_dir())?;
    let seen = texts(
        Named { name: "The snapshot", text: &before },
        Named { name: &taken.source.path, text: &now.content },
        target,
    )?;
    let value = claim.value.as_deref().map(claimed);
    let source = name.as_str().to_owned();
    let looked = Looked::Probe(Box::new(taken));
    Ok(account(claim, (source, Tier::OsRecorded), seen, value.as_ref(), looked))
}

/// Says what a witness of that name and tier makes of what it saw.
fn account(
    claim: &Claim,
    (source, tier): (String, Tier),
    seen: Seen,
    value: Option<&Value>,
    looked: Looked,
) -> Account {
    let stance = change::judge(&seen.sides, claim.expectation, value);
    Account { readback: Readback { source, tier, stance }, seen, looked }
}

/// Returns the value that is meant by `text`: the JSON that it is, else the text.
pub fn claimed(text: &str) -> Value {
    json::read(text.as_bytes()).unwrap_or_else(|_| Value::Text(text.to_owned()))
}
