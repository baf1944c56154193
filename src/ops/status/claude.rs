//! Would Claude Code call us, started in one worktree?

use std::path::PathBuf;

use git_dos_agent_hooks::claude::settings::{self, HOOKS, Switch};
use git_dos_installer::groups::{self, Form, Spot};
use git_dos_installer::receipt::Kind;

use super::{Looking, Row, Verdict, install_in};
use crate::ops::wiring::claude::{entries, is_detected, switched_off};
use crate::ops::wiring::place::Scope;
use crate::ops::wiring::surgeon::is_own;
use crate::ops::wiring::worktrees::Worktree;

const CALLER: &str = "claude";

/// One settings file.
struct File {
    path: PathBuf,
    bytes: Vec<u8>,
    /// Our hooks in it.
    spots: Vec<Spot>,
}

/// Judges Claude Code's hooks, if they are wanted or there all the same.
pub(super) fn rows(looking: &Looking<'_>, worktree: &Worktree) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut files = Vec::new();
    let mut suppressed = switched_off();
    for path in Scope::ALL.iter().filter_map(|scope| scope.claude_settings(&worktree.top)) {
        let bytes = match git_dos_installer::look::read(&path) {
            Ok(None) => continue,
            Ok(Some(bytes)) => bytes,
            Err(error) => {
                rows.push(unreadable(path, &error.to_string()));
                continue;
            }
        };
        if Switch::on_in(&bytes) == Some(Switch::AllHooks) {
            let why = format!("{} is on in {}", Switch::AllHooks.name(), path.display());
            suppressed.get_or_insert(why);
        }
        match groups::find(&bytes, Form::Groups, &is_own) {
            Ok(spots) => files.push(File { path, bytes, spots }),
            Err(refusal) => rows.push(unreadable(path, &refusal.to_string())),
        }
    }
    if !is_wanted(looking) && files.iter().all(|file| file.spots.is_empty()) {
        return Vec::new();
    }
    for hook in HOOKS {
        rows.push(judge(looking, worktree, &files, hook.event));
    }
    if let Some(why) = suppressed {
        for row in rows.iter_mut().filter(|row| row.verdict == Verdict::Installed) {
            row.verdict = Verdict::Suppressed;
            row.sentence = format!("{why}, so Claude Code runs no hook of ours");
        }
    }
    rows
}

/// Tells whether the agent's settings were asked for, or would be.
fn is_wanted(looking: &Looking<'_>) -> bool {
    match &looking.receipt {
        Some(receipt) => receipt.agents.iter().any(|agent| agent.starts_with(CALLER)),
        None => is_detected(),
    }
}

fn unreadable(file: PathBuf, why: &str) -> Row {
    Row {
        caller: CALLER,
        event: "settings".to_owned(),
        verdict: Verdict::Unreadable,
        sentence: format!("{why}; mend the file, then: git dos install"),
        file,
    }
}

fn judge(looking: &Looking<'_>, worktree: &Worktree, files: &[File], event: &str) -> Row {
    let install = install_in(looking, worktree);
    let row = |verdict, file: PathBuf, sentence: String| Row {
        caller: CALLER,
        event: event.to_owned(),
        verdict,
        file,
        sentence,
    };
    let mut found = Vec::new();
    for file in files {
        for spot in file.spots.iter().filter(|spot| spot.event == event) {
            found.push((file, spot));
        }
    }
    let local = worktree.top.join(settings::LOCAL);
    let Some((file, spot)) = found.first() else {
        let gone = looking.was_installed(Kind::JsonSpan, &local);
        let was = if gone { "it was there; " } else { "" };
        return row(Verdict::Missing, local, format!("{was}{install} puts it there"));
    };
    // Claude Code runs equal commands once, wherever they stand.
    if let Some((other, _)) = found.iter().find(|(_, other)| other.command != spot.command) {
        let sentence = format!("{} has it too; take one of them out", other.path.display());
        return row(Verdict::Duplicate, file.path.clone(), sentence);
    }
    let program = &looking.place.program;
    let named = settings::program_of(&spot.command);
    let known = named.as_deref().unwrap_or(program);
    if named.as_ref().is_some_and(|program| !program.is_file()) {
        let sentence = format!("the program that it names is gone; {install} names this one");
        return row(Verdict::Outdated, file.path.clone(), sentence);
    }
    let mut wanted = entries(known, false).into_iter().chain(entries(known, true));
    let as_written = wanted.any(|entry| {
        entry.event == event
            && groups::holds(&file.bytes, Form::Groups, &entry, &is_own) == Ok(true)
    });
    if as_written {
        row(Verdict::Installed, file.path.clone(), String::new())
    } else {
        row(Verdict::Drifted, file.path.clone(), format!("{install} writes it as it should be"))
    }
}
