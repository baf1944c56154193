//! How is the outcome of an installation told?

use std::fmt::Write as _;

use serde::Serialize;

use crate::ops::install::{Outcome as Done, Part, Prepared};
use crate::ops::wiring::place::Place;
use crate::output::shown;

/// Renders the answer as one JSON object.
pub(super) fn json(prepared: &Prepared, place: &Place, dry_run: bool) -> String {
    let report = Json {
        schema: "git-dos/install/1",
        dry_run,
        changed: !prepared.is_empty(),
        parts: prepared.parts.iter().map(|part| JsonPart::of(part, place)).collect(),
        notes: &prepared.notes,
        diff: dry_run.then(|| prepared.preview()),
    };
    crate::output::json(&report) + "\n"
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Json<'p> {
    /// Always `git-dos/install/1`.
    schema: &'static str,
    /// Nothing was written.
    dry_run: bool,
    /// Something was written, or would be.
    changed: bool,
    parts: Vec<JsonPart<'p>>,
    /// Sentences for people.
    notes: &'p [String],
    /// The changes as a unified diff; only with `--dry-run`.
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<String>,
}

#[derive(Serialize)]
struct JsonPart<'p> {
    /// A git hook's name, `claude`, `exclude`, `dos.mode`, or a file's name.
    name: &'p str,
    /// `written`, `unchanged`, `removed` or `refused`.
    outcome: &'static str,
    /// The file, from the top of the worktree when it is inside.
    file: Option<String>,
    /// Why it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'p str>,
    /// What a person can do instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'p str>,
}

impl<'p> JsonPart<'p> {
    fn of(part: &'p Part, place: &Place) -> Self {
        let (why, remedy) = match &part.outcome {
            Done::Refused { why, remedy } => (Some(why.as_str()), remedy.as_deref()),
            Done::Written | Done::AsWanted | Done::TakenOut => (None, None),
        };
        Self {
            name: &part.name,
            outcome: match part.outcome {
                Done::Written => "written",
                Done::AsWanted => "unchanged",
                Done::TakenOut => "removed",
                Done::Refused { .. } => "refused",
            },
            file: part.file.as_deref().map(|file| place.shown(file)),
            why,
            remedy,
        }
    }
}

/// Renders what was done, a line for each part.
pub(super) fn text(prepared: &Prepared, place: &Place) -> String {
    let mut text = String::new();
    let done: Vec<&Part> = prepared.parts.iter().filter(|part| !part.is_refused()).collect();
    let files: Vec<String> = done
        .iter()
        .map(|part| part.file.as_deref().map(|file| place.shown(file)).unwrap_or_default())
        .collect();
    let names = done.iter().map(|part| part.name.len()).max().unwrap_or_default();
    let width = files.iter().map(String::len).max().unwrap_or_default();
    for (part, file) in done.iter().zip(&files) {
        let word = match part.outcome {
            Done::Written => "installed",
            Done::AsWanted => "as it should be",
            Done::TakenOut => "taken out",
            Done::Refused { .. } => "",
        };
        let note = part.note.as_deref().map(|note| format!(" ({note})")).unwrap_or_default();
        let name = format!("{:names$}  ", part.name);
        line(&mut text, &[("", &name), ("", &format!("{file:width$}  ")), (word, &note)]);
    }
    for note in &prepared.notes {
        line(&mut text, &[("note: ", note)]);
    }
    if prepared.is_refused() {
        line(&mut text, &[("Nothing was written.", "")]);
    } else if prepared.is_empty() {
        line(&mut text, &[("Nothing to do.", "")]);
    } else {
        line(
            &mut text,
            &[("See it any time: git dos status. Take it out again: git dos uninstall.", "")],
        );
    }
    text
}

/// Renders what was not done, for standard error: once for all parts that have the same reason.
pub(super) fn refusals(prepared: &Prepared, place: &Place) -> String {
    let mut reasons: Vec<(&str, Vec<&Part>)> = Vec::new();
    for part in &prepared.parts {
        let Done::Refused { why, .. } = &part.outcome else { continue };
        match reasons.iter_mut().find(|(reason, _)| reason == why) {
            Some((_, parts)) => parts.push(part),
            None => reasons.push((why, vec![part])),
        }
    }
    let mut text = String::new();
    for (why, parts) in reasons {
        let names: Vec<_> = parts.iter().map(|part| part.name.as_str()).collect();
        let file = parts.iter().find_map(|part| part.file.as_deref());
        let file =
            file.filter(|_| parts.len() == 1).map(|file| format!(" ({})", place.shown(file)));
        let names = format!("{}{}", names.join(", "), file.unwrap_or_default());
        line(&mut text, &[("not done: ", &names), (": ", why)]);
        let mut remedies: Vec<&str> = Vec::new();
        for part in parts {
            if let Done::Refused { remedy: Some(remedy), .. } = &part.outcome
                && !remedies.contains(&remedy.as_str())
            {
                remedies.push(remedy);
            }
        }
        for remedy in remedies.iter().flat_map(|remedy| remedy.lines()) {
            line(&mut text, &[("  ", remedy)]);
        }
    }
    text
}

/// Adds a line of words of ours and words of others.
fn line(text: &mut String, words: &[(&str, &str)]) {
    let start = text.len();
    for (ours, theirs) in words {
        write!(text, "{ours}{}", shown(theirs.as_bytes()))
            .expect("writing to a String cannot fail");
    }
    let end = text.get(start..).map_or(text.len(), |line| start + line.trim_end().len());
    text.truncate(end);
    text.push('\n');
}
