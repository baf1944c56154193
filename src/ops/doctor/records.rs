//! Are the records of this repository whole, and what do the hooks say went wrong?

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gix::error::{Result, ResultExt as _, message};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::wiring::of;
use super::{Finding, Part, Weight};
use crate::clock;
use crate::hooks::log::{Fault, Found, causes};
use crate::journal::{
    Journal, fleet, folds, halts, markers, pushed, rewrites, runs, sessions, streams,
};
use crate::ops::wiring::place::Place;
use crate::output::pasteable;

/// How long ago a fault may be to be named.
const RECENT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The most kinds of faults that are named.
const NAMED: usize = 5;

/// Why some lines of a file are no records: their numbers, and the first reason.
type Lines = (Vec<usize>, String);

/// Looks at a file.
type Look = fn(&Path) -> Result<Lines>;

/// The journals, by folder below that of our state, or by name in it.
const FOLDERS: [(&str, Look); 5] = [
    ("sessions", lines_of::<sessions::Record>),
    ("runs", lines_of::<runs::Record>),
    ("markers", lines_of::<markers::Marker>),
    ("breaker", lines_of::<Value>),
    ("streams", lines_of_stream),
];
const FILES: [(&str, Look); 8] = [
    ("coalesce.jsonl", lines_of::<folds::Record>),
    ("fleet.jsonl", lines_of::<fleet::Line>),
    ("halts.jsonl", lines_of::<halts::Record>),
    ("rewrites.jsonl", lines_of::<rewrites::Rewrite>),
    ("pushed.jsonl", lines_of::<pushed::Pushed>),
    ("snapshots.jsonl", lines_of::<Value>),
    ("log/hook-errors.jsonl", lines_of::<Fault>),
    ("log/findings.jsonl", lines_of::<Found>),
];

/// Reads every journal.
pub(super) fn part(place: &Place) -> Part {
    let state = place.state();
    let mut findings = Vec::new();
    let mut files: Vec<(PathBuf, Look)> =
        FILES.map(|(name, look)| (state.join(name), look)).to_vec();
    files.retain(|(path, _)| path.exists());
    for (name, look) in FOLDERS {
        match files_in(&state.join(name)) {
            Ok(paths) => files.extend(paths.into_iter().map(|path| (path, look))),
            Err(error) => findings.push(unreadable(place, &state.join(name), &error.to_string())),
        }
    }
    for (path, look) in &files {
        match look(path) {
            Ok((lines, reason)) if !lines.is_empty() => {
                findings.push(damaged(place, path, &lines, &reason));
            }
            Ok(_) => {}
            Err(error) => {
                findings.push(unreadable(place, path, &causes(&error)));
            }
        }
    }
    findings.extend(faults(place));
    let summary = format!("{} read", of(files.len(), "journal"));
    Part { name: "records", summary, answered: Vec::new(), findings }
}

fn lines_of<R: Serialize + DeserializeOwned>(path: &Path) -> Result<Lines> {
    let damage = Journal::<R>::at(path).read()?.damage;
    let reason = damage.first().map(|first| first.reason.clone()).unwrap_or_default();
    Ok((damage.iter().map(|damage| damage.line).collect(), reason))
}

fn lines_of_stream(path: &Path) -> Result<Lines> {
    let bytes = fs_err::read(path).or_raise(|| message("Could not read the journal"))?;
    let mut lines: Lines = Default::default();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let is_empty = line.trim_ascii().is_empty();
        if let Err(reason) = streams::Entry::read(line, streams::VERSION)
            && !is_empty
        {
            lines.0.push(index + 1);
            lines.1 = reason;
        }
    }
    Ok(lines)
}

/// Lists the files in `folder`, by name; none when there is no such folder.
fn files_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs_err::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let ending = |path: &Path, ending| path.extension().is_some_and(|found| found == ending);
        // A stream that was full ends with `.jsonl.1`.
        if ending(&path, "jsonl") || ending(&path, "1") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn damaged(place: &Place, path: &Path, lines: &[usize], reason: &str) -> Finding {
    let numbers: Vec<String> = lines.iter().map(ToString::to_string).collect();
    let delete = format!("{}d", numbers.join("d;"));
    let file = pasteable(&path.to_string_lossy());
    let sentence = format!(
        "{} no record ({reason}); this takes them out and keeps a copy: sed -i.bak '{delete}' {file}",
        if lines.len() == 1 {
            format!("line {} is", numbers.concat())
        } else {
            format!("lines {} are", numbers.join(", "))
        },
    );
    let (weight, verdict) = (Weight::Problem, "DAMAGED");
    Finding { weight, verdict, about: name(place, path), file: Some(path.to_owned()), sentence }
}

fn unreadable(place: &Place, path: &Path, why: &str) -> Finding {
    Finding {
        weight: Weight::Unknown,
        verdict: "UNREADABLE",
        about: name(place, path),
        file: Some(path.to_owned()),
        sentence: format!("{why}; ls -l {}", pasteable(&path.to_string_lossy())),
    }
}

/// Returns the name of a journal below the folder of our state.
fn name(place: &Place, path: &Path) -> String {
    path.strip_prefix(place.state()).unwrap_or(path).display().to_string()
}

/// Lists the faults of the last days, equal ones together, the newest first.
fn faults(place: &Place) -> Vec<Finding> {
    let path = place.state().join("log/hook-errors.jsonl");
    // That it cannot be read is said already.
    let Ok(contents) = Journal::<Fault>::at(&path).read() else { return Vec::new() };
    let since = clock::now().saturating_sub(RECENT).as_secs();
    let mut kinds: Vec<(Fault, usize)> = Vec::new();
    for fault in contents.records.into_iter().rev().filter(|fault| fault.time >= since) {
        let known = kinds
            .iter_mut()
            .find(|(other, _)| (&other.hook, &other.fault) == (&fault.hook, &fault.fault));
        match known {
            Some((_, count)) => *count += 1,
            None => kinds.push((fault, 1)),
        }
    }
    let more = kinds.len().saturating_sub(NAMED);
    let finding = |(fault, count): (Fault, usize)| Finding {
        weight: Weight::Problem,
        verdict: "FAULT",
        about: fault.hook,
        file: Some(path.clone()),
        sentence: format!(
            "{} in the last 7 days: {}; when that is mended: rm {}",
            of(count, "time"),
            fault.fault,
            pasteable(&path.to_string_lossy())
        ),
    };
    let mut findings: Vec<Finding> = kinds.into_iter().take(NAMED).map(finding).collect();
    if more > 0
        && let Some(last) = findings.last_mut()
    {
        let others = of(more, "fault");
        last.sentence = format!("{} (and {others} of other kinds)", last.sentence);
    }
    findings
}
