//! Is everything in its place, as `status` sees it?

use std::path::Path;

use git_dos_agent_hooks::Host;
use git_dos_agent_hooks::settings::Settings;

use super::agents::Plugin;
use super::{Finding, Part, Weight};
use crate::ops::status::{Report, Row, Seen, Verdict};
use crate::ops::wiring::copied;

/// Makes findings of what `status` has found.
pub(super) fn part(status: &Report, plugin: Option<&Plugin>) -> Part {
    let brought =
        |row: &&Row| plugin.is_some() && row.caller == "claude" && row.verdict == Verdict::Missing;
    let all = || status.worktrees.iter().flat_map(|seen| &seen.rows);
    let wrong: Vec<&Row> =
        all().filter(|row| row.verdict != Verdict::Installed && !brought(row)).collect();
    let same = |one: &&Row, other: &&Row| {
        (one.caller, one.verdict, &one.sentence) == (other.caller, other.verdict, &other.sentence)
    };
    let mut findings: Vec<Finding> = wrong.chunk_by(same).filter_map(of_rows).collect();
    let whole = |sentence: String| Finding {
        weight: Weight::Problem,
        verdict: "DAMAGED",
        about: "installation".to_owned(),
        file: None,
        sentence,
    };
    findings.extend(status.faults.iter().cloned().map(whole));
    if let Err(word) = &status.mode {
        let sentence =
            format!("`{word}` is none of observe, advise, gate; git config dos.mode gate");
        let mode =
            Finding { verdict: "UNREADABLE", about: "dos.mode".to_owned(), ..whole(sentence) };
        findings.push(mode);
    }
    findings.extend(status.worktrees.iter().filter_map(uncopied));
    let count = all().filter(|row| row.verdict == Verdict::Installed).count();
    let trees = status.worktrees.len();
    let summary = format!("{} in place in {}", of(count, "hook"), of(trees, "worktree"));
    Part { name: "wiring", summary, answered: Vec::new(), findings }
}

/// Says that worktrees which Claude Code makes in this one begin without our hooks.
fn uncopied(seen: &Seen) -> Option<Finding> {
    let path = Settings::of(Host::Claude).local?;
    let settings = seen.top.join(path);
    let is_wired = |row: &Row| row.verdict == Verdict::Installed && row.file == settings;
    let makes = seen.top.join(copied::MADE).is_dir();
    if !makes || !seen.rows.iter().any(is_wired) || copied::is_copied(&seen.top, path).ok()? {
        return None;
    }
    Some(Finding {
        weight: Weight::Note,
        verdict: "UNCOPIED",
        about: "claude".to_owned(),
        file: Some(seen.top.join(copied::LIST)),
        sentence: format!(
            "the worktrees that Claude Code makes have no such settings: echo {path} >> {}, \
             or git dos install --scope user",
            copied::LIST
        ),
    })
}

/// Makes one finding of the hooks of one caller of which the same is to be said.
fn of_rows(rows: &[&Row]) -> Option<Finding> {
    let first = rows.first()?;
    let weight = if first.verdict.is_unknown() { Weight::Unknown } else { Weight::Problem };
    let events: Vec<&str> = rows.iter().map(|row| row.event.as_str()).collect();
    let of_one_file = rows.iter().all(|row| row.file == first.file);
    let file = if of_one_file { Some(first.file.as_path()) } else { first.file.parent() };
    Some(Finding {
        weight,
        verdict: first.verdict.name(),
        about: format!("{} {}", first.caller, events.join(", ")),
        file: file.map(Path::to_owned),
        sentence: first.sentence.clone(),
    })
}

/// Writes `count` and what is counted.
pub(super) fn of(count: usize, what: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {what}{end}")
}
