//! Lanes, paths and findings in words.

use crate::lane::Kind;
use crate::lane::declared::Lane;
use crate::lane::lint::Finding;
use crate::ops::lane::{Declared, Owned};
use crate::output::shown;

fn line(text: &str) -> String {
    shown(text.as_bytes())
}

/// Renders `lanes`, one a line, in columns.
pub(super) fn list(declared: &Declared) -> String {
    let width = declared.lanes.iter().map(|lane| line(&lane.name).chars().count()).max();
    let row = |lane: &Lane| {
        let tree: Vec<String> = lane.tree.entries().iter().map(|entry| line(entry)).collect();
        let aliases: Vec<String> = declared.lanes.aliases(lane).map(line).collect();
        let also = if aliases.is_empty() {
            String::new()
        } else {
            format!("  (or: {})", aliases.join(", "))
        };
        let tree = if tree.is_empty() { "nowhere".to_owned() } else { tree.join(", ") };
        let (name, width) = (line(&lane.name), width.unwrap_or_default());
        format!("{name:<width$}  {:<10}  {tree}{also}\n", lane.kind.name())
    };
    declared.lanes.iter().map(row).collect()
}

/// Renders whose a path is.
pub(super) fn owned(owned: &Owned<'_>) -> String {
    let path = if owned.path.is_empty() { ".".to_owned() } else { line(&owned.path) };
    let name = |lane: &&Lane| match lane.kind {
        Kind::Exclusive => format!("{} (held alone)", line(&lane.name)),
        Kind::Concurrent | Kind::Paths => line(&lane.name),
    };
    let lanes: Vec<String> = owned.lanes.iter().map(name).collect();
    let lanes = if lanes.is_empty() { "no lane".to_owned() } else { lanes.join(", ") };
    format!("{path}: {lanes}\n")
}

/// Renders a finding as a line, with what to do about it on the next.
pub(super) fn finding(finding: &Finding) -> String {
    let (what, advice) = sentence(finding);
    format!("{:<5}  {what}\nhint: {advice}\n", finding.grade().name())
}

/// Returns what a finding says, and what to do about it.
pub(super) fn sentence(finding: &Finding) -> (String, String) {
    match finding {
        Finding::WithoutTree { lane } => {
            let lane = line(lane);
            (
                format!("lane {lane} has no tree, so that nobody can hold it"),
                format!("give {lane} a tree in [lanes.trees], or take it out of the lists"),
            )
        }
        Finding::BothKinds { lane } => {
            let lane = line(lane);
            (
                format!("lane {lane} is both concurrent and exclusive; it is held alone"),
                format!("take {lane} out of one of the two lists"),
            )
        }
        Finding::PickUndeclared { name } => {
            let name = line(name);
            (
                format!("autopick names {name}, which is neither concurrent nor exclusive"),
                format!("add {name} to concurrent, or take it out of autopick"),
            )
        }
        Finding::AliasDangling { alias, lane } => {
            let (alias, lane) = (line(alias), line(lane));
            (
                format!("alias {alias} means {lane}, which is neither concurrent nor exclusive"),
                format!("declare {lane}, or take {alias} out of [lanes.aliases]"),
            )
        }
        Finding::AliasHidden { alias, lane } => {
            let (alias, lane) = (line(alias), line(lane));
            (
                format!("alias {alias} never means {lane}: there is a lane {alias}"),
                format!("take {alias} out of [lanes.aliases]"),
            )
        }
        Finding::Shadowed { lane, by } => shared(&line(lane), &line(by), "lies inside lane"),
        Finding::Overlap { lane, other } => {
            shared(&line(lane), &line(other), "shares paths with lane")
        }
    }
}

fn shared(lane: &str, other: &str, how: &str) -> (String, String) {
    (
        format!("lane {lane} {how} {other}, so that only one of the two is held at a time"),
        format!("part the trees of {lane} and {other} in [lanes.trees]"),
    )
}
