//! How is it written for programs whether a change of state happened?

use serde::Serialize;
use serde_json::value::RawValue;

use super::text;
use crate::evidence::state::json::written;
use crate::journal::snapshots::Taken;
use crate::ops::effect::{Account, Looked, Report};
use crate::verdict::effect::value::Value;

/// The most bytes of a value that are shown.
const LONGEST: usize = 64 * 1024;

/// The answer of `git dos effect --format json`; fields may be added.
#[derive(Debug, Serialize)]
pub(super) struct Json {
    /// Always `git-dos/effect/1`.
    schema: &'static str,
    /// `CONFIRMED`, `REFUTED`, `CONFLICT`, `UNWITNESSED` or `NO_CLAIM`.
    verdict: &'static str,
    /// The verdict in words.
    reason: String,
    /// The key that was claimed, as it was written.
    key: String,
    /// The part of the value that was claimed, as a JSON pointer.
    pointer: Option<String>,
    /// What is said to have become of it: `changed`, `inserted`, `updated`, `deleted`, `present` or `absent`.
    expect: &'static str,
    /// The value that was claimed, as it was written.
    value: Option<String>,
    /// The accountable witness that decided; of a conflict the first that attests.
    witness: Option<String>,
    /// What that witness is worth: `OS_RECORDED` or `THIRD_PARTY`.
    tier: Option<&'static str>,
    /// What each witness saw.
    witnesses: Vec<Witness>,
}

/// What one witness saw.
#[derive(Debug, Serialize)]
struct Witness {
    /// Its name: the snapshot's, or both files or revisions with `..` between.
    name: String,
    /// What it looked at: `files`, `revisions` or `snapshot`.
    kind: &'static str,
    /// What it is worth: `AGENT_AUTHORED`, `OS_RECORDED` or `THIRD_PARTY`.
    tier: &'static str,
    /// `attests` or `refutes`.
    stance: &'static str,
    /// What became of the key: `inserted`, `updated`, `deleted`, `unchanged` or `missing`.
    change: &'static str,
    /// What was claimed, before.
    before: Side,
    /// What was claimed, after.
    after: Side,
    /// All keys that differ.
    delta: Delta,
    /// A key that a state has more than once.
    repeated_key: Option<String>,
    /// The commits of the revisions, in full hexadecimal.
    commits: Option<[String; 2]>,
    /// The snapshot with the state before.
    snapshot: Option<Taken>,
}

/// A value on one side.
#[derive(Debug, Serialize)]
struct Side {
    /// Whether there is one.
    exists: bool,
    /// Its size as JSON.
    bytes: usize,
    /// The value, unless it is larger than 64 KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Box<RawValue>>,
}

/// The keys that differ.
#[derive(Debug, Serialize)]
struct Delta {
    inserted: Vec<String>,
    updated: Vec<String>,
    deleted: Vec<String>,
}

impl Json {
    /// Puts `report` into its form for programs.
    pub(super) fn of(report: &Report) -> Self {
        let (claim, verdict) = (&report.claim, &report.verdict);
        Self {
            schema: "git-dos/effect/1",
            verdict: verdict.answer.name(),
            reason: text::sentence(report),
            key: claim.key.clone(),
            pointer: claim.pointer.as_ref().map(|pointer| pointer.text().to_owned()),
            expect: claim.expectation.name(),
            value: claim.value.clone(),
            witness: verdict.witness.as_ref().map(|witness| witness.source.clone()),
            tier: verdict.witness.as_ref().map(|witness| witness.tier.name()),
            witnesses: report.accounts.iter().map(Witness::of).collect(),
        }
    }
}

impl Witness {
    fn of(account: &Account) -> Self {
        let (readback, seen) = (&account.readback, &account.seen);
        let (kind, commits, snapshot) = match &account.looked {
            Looked::Files => ("files", None, None),
            Looked::Revisions(before, after) => {
                ("revisions", Some([before.id.to_string(), after.id.to_string()]), None)
            }
            Looked::Probe(taken) => ("snapshot", None, Some(taken.as_ref().clone())),
        };
        let delta = seen.delta.clone();
        Self {
            name: readback.source.clone(),
            kind,
            tier: readback.tier.name(),
            stance: readback.stance.name(),
            change: seen.sides.change().name(),
            before: Side::of(seen.sides.before.as_ref()),
            after: Side::of(seen.sides.after.as_ref()),
            delta: Delta {
                inserted: delta.inserted,
                updated: delta.updated,
                deleted: delta.deleted,
            },
            repeated_key: seen.repeated.clone(),
            commits,
            snapshot,
        }
    }
}

impl Side {
    fn of(value: Option<&Value>) -> Self {
        let text = value.map(written);
        let bytes = text.as_ref().map_or(0, String::len);
        let value = text.filter(|text| text.len() <= LONGEST);
        Self {
            exists: bytes > 0,
            bytes,
            value: value.and_then(|text| RawValue::from_string(text).ok()),
        }
    }
}
