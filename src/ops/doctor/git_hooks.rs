//! Do the git hooks work? Each is called as git calls it, with something that it has to act on.

use git_dos_git_hooks::{Event, shim};

use super::ground::Ground;
use super::trial::{Call, Line, Sign};
use super::{Finding, Installed, Part, Trying, Weight, at_most};
use crate::ops::status::{Report, Row, Verdict};
use crate::ops::wiring::config;

/// Tries the hooks that are in place.
pub(super) fn part(trying: &Trying<'_>, status: &Report) -> Part {
    let mut part =
        Part { name: "git", summary: String::new(), answered: Vec::new(), findings: Vec::new() };
    // All worktrees have the same hooks; one may have them and another look elsewhere.
    let rows = status.worktrees.iter().flat_map(|seen| &seen.rows);
    let rows: Vec<&Row> =
        rows.filter(|row| row.caller == "git" && row.verdict == Verdict::Installed).collect();
    for event in Event::ALL {
        if let Some(row) = rows.iter().find(|row| row.event == event.name()) {
            try_one(trying, &mut part, event, row);
        }
    }
    let names: Vec<&str> = part.answered.iter().map(|answered| answered.event.as_str()).collect();
    part.summary = if names.is_empty() {
        "no hook answered".to_owned()
    } else {
        format!("{} answer, {}", names.join(", "), at_most(&part.answered))
    };
    part
}

fn try_one(trying: &Trying<'_>, part: &mut Part, event: Event, row: &Row) {
    let sign = sign(event);
    let installed = Installed { caller: "git", event: event.name(), file: &row.file, sign };
    let Some(line) = line(trying, event, row) else {
        part.findings.push(Finding {
            weight: Weight::Note,
            verdict: "UNTRIED",
            about: format!("git {}", event.name()),
            file: Some(row.file.clone()),
            sentence: format!("{}, which may do other things and is not run here", row.sentence),
        });
        return;
    };
    let Ok(call) = call(&trying.ground, event, line) else { return };
    if trying.run(part, &installed, &call) {
        trying.run_graphical(part, &installed, &call);
    }
}

/// Returns what git runs for `event`; `None` when a manager's file or a person's has it call us.
fn line(trying: &Trying<'_>, event: Event, row: &Row) -> Option<Line> {
    let bytes = fs_err::read(&row.file).ok()?;
    if row.file == trying.place.config() {
        return config::hook_in(&bytes, event).ok()?.map(Line::Shell);
    }
    shim::recognise(&bytes, event.name(), &trying.place.program)?;
    Some(Line::Script(bytes))
}

fn sign(event: Event) -> Sign {
    match event {
        Event::PrePush | Event::CommitMsg | Event::PreCommit => Sign::Refusal,
        Event::PostRewrite => Sign::Record(&["rewrites.jsonl"]),
        // The stranger's archive stays, with the reason; without an identity of the user's, a fault is written.
        Event::PostCommit => Sign::Record(&["coalesce.jsonl", "log"]),
    }
}

/// Makes git's call: a push or a message that has to be refused, or something to write down.
fn call(ground: &Ground, event: Event, line: Line) -> std::io::Result<Call> {
    let zero = "0".repeat(40);
    let (head, claim) = (ground.head, ground.claim);
    let (words, input) = match event {
        Event::PrePush => {
            (vec!["origin", "file:///"], format!("refs/heads/x {claim} refs/heads/x {zero}\n"))
        }
        Event::PostRewrite => (vec!["amend"], format!("{claim} {head}\n")),
        Event::PostCommit | Event::PreCommit => (Vec::new(), String::new()),
        Event::CommitMsg => {
            fs_err::write(ground.top.join(".git/COMMIT_EDITMSG"), "fix: stop the crash\n")?;
            (vec![".git/COMMIT_EDITMSG"], String::new())
        }
    };
    Ok(Call {
        line,
        arguments: words.into_iter().map(Into::into).collect(),
        input: input.into_bytes(),
        variables: vec![("GIT_DIR", ".git".into())],
    })
}
