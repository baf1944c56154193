//! Do the git hooks work? Each is called as git calls it, with something that it has to act on.

use std::path::Path;

use git_dos_git_hooks::{Event, shim};
use gix::error::{Result, ResultExt as _, message};

use super::ground::Ground;
use super::trial::{Call, Line, Sign};
use super::{Finding, Installed, Part, Trying, Weight, at_most};
use crate::git_program::{self, Listed, Version};
use crate::ops::status::{Report, Row, Verdict};
use crate::ops::wiring::config;

/// Tries the hooks that are in place.
pub(super) fn part(trying: &Trying<'_>, status: &Report) -> Part {
    let mut part =
        Part { name: "git", summary: String::new(), answered: Vec::new(), findings: Vec::new() };
    // All worktrees have the same hooks; one may have them and another look elsewhere.
    let rows =
        status.worktrees.iter().flat_map(|seen| seen.rows.iter().map(|row| (&*seen.top, row)));
    let rows: Vec<(&Path, &Row)> =
        rows.filter(|(_, row)| row.caller == "git" && row.verdict == Verdict::Installed).collect();
    let lists = git_program::version().is_ok_and(|version| version >= Version::CONFIG_HOOKS);
    for event in Event::ALL {
        if let Some((top, row)) = rows.iter().find(|(_, row)| row.event == event.name()) {
            try_one(trying, &mut part, event, row);
            if lists {
                part.findings.extend(unlisted(trying, event, row, top));
            }
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

/// Asks git whether it runs the hook, and says so if not.
fn unlisted(trying: &Trying<'_>, event: Event, row: &Row, top: &Path) -> Option<Finding> {
    let own = format!("git-dos-{}", event.name());
    let configured = row.file == trying.place.config();
    let is_it = |listed: &Listed| match listed {
        Listed::File => !configured,
        // One of a manager's may have it call us.
        Listed::Configured { name, enabled } => *enabled && (!configured || *name == own),
    };
    let (verdict, sentence) = match git_program::hooks(top, event.name()) {
        Ok(hooks) if hooks.iter().any(is_it) => return None,
        Ok(_) => ("UNLISTED", "git runs another hook or none; git dos install".to_owned()),
        Err(error) => (
            "FAILING",
            format!("git itself fails before any hook: {error}; git hook list {}", event.name()),
        ),
    };
    Some(Finding {
        weight: Weight::Problem,
        verdict,
        about: format!("git {}", event.name()),
        file: Some(row.file.clone()),
        sentence,
    })
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
    let ground = &trying.ground;
    let tried = call(ground, event, line).map(|call| {
        if trying.run(part, &installed, &call) {
            trying.run_graphical(part, &installed, &call);
        }
    });
    let tried = tried.and_then(|()| match event {
        Event::PreCommit => ground.leave_lane().or_raise(|| message("Could not give a lane back")),
        Event::PrePush | Event::PostCommit | Event::PostRewrite | Event::CommitMsg => Ok(()),
    });
    if let Err(error) = tried {
        let sentence = format!("the trial itself failed: {error}");
        part.findings.push(installed.found(Weight::Unknown, "UNTRIED", sentence));
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

/// Makes git's call: a push, a message or a commit that has to be refused, or something to write down.
fn call(ground: &Ground, event: Event, line: Line) -> Result<Call> {
    let zero = "0".repeat(40);
    let (head, claim) = (ground.head, ground.claim);
    let (words, input) = match event {
        Event::PrePush => {
            (vec!["origin", "file:///"], format!("refs/heads/x {claim} refs/heads/x {zero}\n"))
        }
        Event::PostRewrite => (vec!["amend"], format!("{claim} {head}\n")),
        Event::PostCommit => (Vec::new(), String::new()),
        Event::PreCommit => {
            ground.hold_lane()?;
            (Vec::new(), String::new())
        }
        Event::CommitMsg => {
            let written =
                fs_err::write(ground.top.join(".git/COMMIT_EDITMSG"), "fix: stop the crash\n");
            written.or_raise(|| message("Could not write a message to try a hook with"))?;
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
