//! Which phases does a text claim to be done?
//!
//! A line `DOS-CLAIM: PLAN PHASE` claims one, whatever mark of a list or a quotation it begins with. Prose is read
//! on request. What stands between code fences is somebody's example.

use super::prose;

/// What begins a claim.
const MARKER: &str = "DOS-CLAIM:";

/// Bytes that a plan's or a phase's name may have.
const NAME_LIMIT: usize = 200;

/// Marks that end a sentence or an emphasis, and no name.
const CLOSING: [char; 7] = ['.', ',', ';', '!', ')', '*', '`'];

/// One phase of one plan that is said to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The plan, as it was written.
    pub plan: String,
    /// The phase, as it was written.
    pub phase: String,
    /// How it was claimed.
    pub rung: Rung,
}

impl Claim {
    /// Tells whether both claim the same phase, in whatever way.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.plan, &self.phase) == (&other.plan, &other.phase)
    }
}

/// How a phase was claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rung {
    /// By a line that begins with `DOS-CLAIM:`.
    Marker,
    /// By whoever started the worker, beside its words.
    Declared,
    /// In a sentence.
    Prose,
}

impl Rung {
    /// Returns the rung's name in records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Marker => "marker",
            Self::Declared => "declared",
            Self::Prose => "prose",
        }
    }
}

/// Whether sentences are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Prose {
    /// Only lines that begin with the marker claim anything.
    #[default]
    Ignored,
    /// `AUTH2 is done` claims the phase `AUTH2` of the plan `AUTH`.
    Read,
}

/// Returns what `text` claims, each phase once, lines with a marker before sentences.
#[must_use]
pub fn read(text: &str, sentences: Prose) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    let mut add = |claim: Claim| {
        if claims.iter().all(|known| !known.is_same(&claim)) {
            claims.push(claim);
        }
    };
    let lines: Vec<&str> = outside_fences(text).collect();
    for claim in lines.iter().filter_map(|line| marker(line)) {
        add(claim);
    }
    if sentences == Prose::Read {
        for line in lines.iter().filter(|line| marker(line).is_none()) {
            for (plan, phase) in prose::phases(line) {
                add(Claim { plan: plan.to_owned(), phase: phase.to_owned(), rung: Rung::Prose });
            }
        }
    }
    claims
}

/// Returns the claim that was declared beside the words; `None` when a name is missing.
#[must_use]
pub fn declared(plan: &str, phase: &str) -> Option<Claim> {
    let (plan, phase) = (plan.trim(), phase.trim());
    let is_whole = !plan.is_empty() && !phase.is_empty();
    is_whole.then(|| Claim { plan: plan.to_owned(), phase: phase.to_owned(), rung: Rung::Declared })
}

/// Returns the lines of `text` that no code fence encloses; a fence that is never closed goes to the end.
fn outside_fences(text: &str) -> impl Iterator<Item = &str> {
    let mut open: Option<&str> = None;
    text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).filter(move |line| {
        let fence = fence(line);
        match (open, fence) {
            (None, None) => true,
            (None, Some(_)) => {
                open = fence;
                false
            }
            (Some(begun), Some(end)) if end.starts_with(begun) => {
                // An end is nothing but its marks.
                if line.trim_end().ends_with(end) {
                    open = None;
                }
                false
            }
            (Some(_), _) => false,
        }
    })
}

/// Returns the marks of the code fence that `line` is, be it in a list or a quotation.
fn fence(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(|mark: char| is_blank(mark) || matches!(mark, '>' | '-'));
    let end = |mark: char| line.find(|other| other != mark).unwrap_or(line.len());
    let length = end('`').max(end('~'));
    if length < 3 { None } else { line.get(..length) }
}

/// Reads a line that begins with the marker.
fn marker(line: &str) -> Option<Claim> {
    let rest = unmarked(line).strip_prefix(MARKER)?;
    let names = rest.strip_prefix(is_blank)?;
    let mut words = names.split(is_blank).filter(|word| !word.is_empty());
    let (plan, phase) = (name(words.next()?)?, name(words.next()?)?);
    let is_end = words.all(|word| word.chars().all(|mark| CLOSING.contains(&mark)));
    is_end.then(|| Claim { plan: plan.to_owned(), phase: phase.to_owned(), rung: Rung::Marker })
}

/// Returns `line` without what marks it as a part of a list, a heading, a quotation or an emphasis.
fn unmarked(line: &str) -> &str {
    let is_mark = |mark: char| is_blank(mark) || matches!(mark, '>' | '*' | '-' | '+' | '#' | '`');
    let line = line.trim_start_matches(is_mark);
    let number = line.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let listed = (number.len() < line.len()).then(|| number.strip_prefix(['.', ')'])).flatten();
    let line = listed.unwrap_or(line).trim_start_matches(is_mark);
    let ticked = line.strip_prefix("[x]").or_else(|| line.strip_prefix("[X]"));
    ticked.unwrap_or(line).trim_start_matches(is_mark)
}

/// Returns `word` without emphasis and without what ends its sentence; `None` where no name is left.
fn name(word: &str) -> Option<&str> {
    let name = word.trim_start_matches(['*', '`']).trim_end_matches(CLOSING);
    let is_placeholder = name.contains(['<', '>', '{', '}', '?', '\u{2026}']);
    (!name.is_empty() && !is_placeholder && name.len() <= NAME_LIMIT).then_some(name)
}

fn is_blank(mark: char) -> bool {
    matches!(mark, ' ' | '\t')
}

#[cfg(test)]
pub(super) mod tests {
    use super::{Claim, Prose, Rung, declared, read};

    /// Makes a claim from `PLAN PHASE`.
    pub(in crate::verdict::done) fn claim(words: &str) -> Claim {
        let (plan, phase) = words.split_once(' ').unwrap();
        Claim { plan: plan.to_owned(), phase: phase.to_owned(), rung: Rung::Marker }
    }

    fn marked(text: &str) -> Vec<String> {
        let line = |claim: &Claim| format!("{} {}", claim.plan, claim.phase);
        read(text, Prose::Ignored).iter().map(line).collect()
    }

    #[test]
    fn a_marker_is_known_by_what_it_is_and_not_by_what_surrounds_it() {
        let claim = "DOS-CLAIM: AUTH AUTH2";
        for prefix in [
            "", "> ", ">> ", "- ", "* ", "+ ", "> - ", "1. ", "12) ", "# ", "  ", "\t", "    ",
            "- [x] ", "**", "`",
        ] {
            for suffix in ["", " ", "\r", ".", "**", "`", "`.", "!", " \r", " ."] {
                let text = format!("All of it.\n{prefix}{claim}{suffix}\nAnd more.");
                assert_eq!(marked(&text), ["AUTH AUTH2"], "{text:?}");
            }
        }
        assert_eq!(marked("DOS-CLAIM:\tAUTH\t \tAUTH2"), ["AUTH AUTH2"], "blanks of any kind");
        assert_eq!(
            marked("DOS-CLAIM: `docs/286_wheels` **Phase-2**."),
            ["docs/286_wheels Phase-2"]
        );
        let twice = format!("{claim}\r\n{claim}\r\nDOS-CLAIM: AUTH AUTH2.1");
        assert_eq!(marked(&twice), ["AUTH AUTH2", "AUTH AUTH2.1"], "each once, in order");
    }

    #[test]
    fn what_is_not_quite_a_marker_is_none() {
        for text in [
            "",
            "DOS-CLAIM:",
            "DOS-CLAIM: AUTH",
            "DOS-CLAIM:AUTH AUTH2",
            "DOS-CLAIM : AUTH AUTH2",
            "dos-claim: AUTH AUTH2",
            "DOS-CLAIM: AUTH\nAUTH2",
            "DOS-CLAIM:\nAUTH AUTH2",
            "DOS-CLAIM: AUTH AUTH2 really",
            "DOS-CLAIM: AUTH AUTH2?",
            "DOS-CLAIM: AUTH ...",
            "DOS-CLAIM: <plan> <phase>",
            "I would say DOS-CLAIM: AUTH AUTH2",
            "- [ ] DOS-CLAIM: AUTH AUTH2",
            "\u{a0}DOS-CLAIM: AUTH AUTH2",
            "DOS-CLAIM: AUTH\u{a0}AUTH2",
            "AUTH2 is done",
        ] {
            assert_eq!(marked(text), [""; 0], "{text:?}");
        }
        assert_eq!(marked(&format!("DOS-CLAIM: AUTH {}", "x".repeat(201))), [""; 0], "no name");
    }

    #[test]
    fn code_is_an_example() {
        let claim = "DOS-CLAIM: AUTH AUTH2";
        for text in [
            format!("```\n{claim}\n```"),
            format!("```text\n{claim}\n```\nSo it is written."),
            format!("~~~\n{claim}\n~~~"),
            format!("~~~\n```\n{claim}\n```\n~~~"),
            format!("````\n```\n{claim}\n```\n{claim}\n````"),
            format!("> ```\n> {claim}\n> ```"),
            format!("- ```\n  {claim}\n  ```"),
            format!("```\n{claim}"),
            format!("```\n```text\n{claim}\n```"),
        ] {
            assert_eq!(marked(&text), [""; 0], "{text:?}");
        }
        for text in [
            format!("```\nx\n```\n{claim}"),
            format!("``\n{claim}\n``"),
            format!("```\nx\n`````\n{claim}"),
        ] {
            assert_eq!(marked(&text), ["AUTH AUTH2"], "{text:?}");
        }
    }

    #[test]
    fn prose_is_read_on_request_and_after_the_markers() {
        let text = "AUTH1 shipped.\nDOS-CLAIM: AUTH AUTH2\nAUTH2 is done.";
        let got: Vec<_> =
            read(text, Prose::Read).into_iter().map(|claim| (claim.phase, claim.rung)).collect();
        let want = [("AUTH2".to_owned(), Rung::Marker), ("AUTH1".to_owned(), Rung::Prose)];
        assert_eq!(got, want, "no phase twice");
        assert_eq!(read("```\nAUTH1 shipped.\n```", Prose::Read), [], "nor from code");
    }

    #[test]
    fn a_declaration_has_two_names() {
        assert_eq!(declared(" a ", "b\n").map(|claim| (claim.plan, claim.phase)), {
            Some(("a".to_owned(), "b".to_owned()))
        });
        assert_eq!((declared("a", " "), declared("", "b")), (None, None), "one is none");
    }
}
