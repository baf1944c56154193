//! Lanes, paths and findings as JSON.

use serde::Serialize;

use super::words;
use crate::lane::declared::Lane;
use crate::lane::lint::Finding;
use crate::ops::lane::{Declared, Owned};

/// The answer of `git dos lane list --format json`; fields may be added.
#[derive(Debug, Serialize)]
pub(super) struct List<'a> {
    /// Always `git-dos/lane-list/1`.
    schema: &'static str,
    /// The lanes, the concurrent ones first, each list in the order of dos.toml.
    lanes: Vec<Row<'a>>,
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    name: &'a str,
    /// `concurrent` or `exclusive`.
    kind: &'static str,
    /// Its entries; `**` for an exclusive lane without any, and none for another.
    tree: &'a [String],
    /// Its other names.
    aliases: Vec<&'a str>,
    /// Whether it may be given to who asks for none.
    autopick: bool,
}

impl<'a> List<'a> {
    pub(super) fn of(declared: &'a Declared) -> Self {
        let row = |lane: &'a Lane| Row {
            name: &lane.name,
            kind: lane.kind.name(),
            tree: lane.tree.entries(),
            aliases: declared.lanes.aliases(lane).collect(),
            autopick: declared.is_pickable(lane),
        };
        Self { schema: "git-dos/lane-list/1", lanes: declared.lanes.iter().map(row).collect() }
    }
}

/// The answer of `git dos lane check --format json`; fields may be added.
#[derive(Debug, Serialize)]
pub(super) struct Check<'a> {
    /// Always `git-dos/lane-check/1`.
    schema: &'static str,
    /// What was found, what cannot work first.
    findings: Vec<Found<'a>>,
}

#[derive(Debug, Serialize)]
struct Found<'a> {
    /// `without-tree`, `both-kinds`, `pick-undeclared`, `alias-dangling`, `alias-hidden`, `shadowed` or `overlap`.
    finding: &'static str,
    /// `error` for what cannot work, `warn` for what works otherwise than it reads.
    grade: &'static str,
    /// The names that it is about: the lane or alias, then the lane that it has to do with.
    names: Vec<&'a str>,
    /// What it says, as a sentence.
    text: String,
    /// What to do about it.
    hint: String,
}

impl<'a> Check<'a> {
    pub(super) fn of(findings: &'a [Finding]) -> Self {
        let found = |finding: &'a Finding| {
            let (text, hint) = words::sentence(finding);
            let names = match finding {
                Finding::WithoutTree { lane: name }
                | Finding::BothKinds { lane: name }
                | Finding::PickUndeclared { name } => vec![name.as_str()],
                Finding::AliasDangling { alias: one, lane: other }
                | Finding::AliasHidden { alias: one, lane: other }
                | Finding::Shadowed { lane: one, by: other }
                | Finding::Overlap { lane: one, other } => vec![one.as_str(), other.as_str()],
            };
            Found { finding: finding.name(), grade: finding.grade().name(), names, text, hint }
        };
        Self { schema: "git-dos/lane-check/1", findings: findings.iter().map(found).collect() }
    }
}

/// The answer of `git dos lane show --format json`; fields may be added.
#[derive(Debug, Serialize)]
pub(super) struct Show<'a> {
    /// Always `git-dos/lane-show/1`.
    schema: &'static str,
    /// The paths, in the order in which they were asked for.
    paths: Vec<Place<'a>>,
}

#[derive(Debug, Serialize)]
struct Place<'a> {
    /// The path as it was asked for.
    asked: String,
    /// The path from the top of its worktree, links followed; empty for the top.
    path: &'a str,
    /// The lanes that it is in, the concurrent ones first.
    lanes: Vec<Owner<'a>>,
}

#[derive(Debug, Serialize)]
struct Owner<'a> {
    name: &'a str,
    /// `concurrent` or `exclusive`.
    kind: &'static str,
}

impl<'a> Show<'a> {
    pub(super) fn of(owned: &'a [Owned<'a>]) -> Self {
        let row = |lane: &&'a Lane| Owner { name: &lane.name, kind: lane.kind.name() };
        let place = |owned: &'a Owned<'a>| Place {
            asked: owned.asked.display().to_string(),
            path: &owned.path,
            lanes: owned.lanes.iter().map(row).collect(),
        };
        Self { schema: "git-dos/lane-show/1", paths: owned.iter().map(place).collect() }
    }
}
