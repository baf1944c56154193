//! Which git-dos do callers find?

use super::{Finding, Part, Weight, link};
use crate::env;
use crate::ops::wiring::place::Place;
use crate::output::pasteable;

/// Looks for the program in `PATH`, and for the switch of all hooks.
pub(super) fn part(place: &Place) -> Part {
    let mut findings = Vec::new();
    let mut found = |verdict, file, sentence| {
        let about = "git-dos".to_owned();
        findings.push(Finding { weight: Weight::Problem, verdict, about, file, sentence });
    };
    let real = |path| fs_err::canonicalize(path).ok();
    let first = env::find_program("git-dos");
    match &first {
        None => {
            let sentence = format!("PATH has no git-dos; {}", link(place));
            found("UNREACHABLE", None, sentence);
        }
        Some(first) if real(first.clone()) != real(place.program.clone()) => {
            let sentence = format!(
                "hooks run this one, and you run {}; {} status shows what it says of them",
                place.shown(&place.program),
                pasteable(&first.to_string_lossy()),
            );
            found("ANOTHER", Some(first.clone()), sentence);
        }
        Some(_) => {}
    }
    if env::hooks_disabled() {
        let sentence = "GIT_DOS_HOOKS=0 keeps every hook from working here; unset GIT_DOS_HOOKS";
        found("SUPPRESSED", None, sentence.to_owned());
    }
    let program = first.as_ref().unwrap_or(&place.program);
    let summary = format!("git-dos is {}", place.shown(program));
    Part { name: "path", summary, answered: Vec::new(), findings }
}
