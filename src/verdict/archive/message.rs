//! What does a whole commit message say? Trailers first, the subject as their witness or in their place.

use super::cause::Patterns;
use super::line::{self, Line};
use super::{Archive, Flaw, Reading, might_be, trailer};

/// A commit message in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts<'a> {
    /// The subject, its lines joined by spaces as git does.
    pub title: String,
    /// The paragraphs between the subject and the trailers.
    pub paragraphs: Vec<&'a str>,
    /// The lines of the last paragraph, if all of them are trailers.
    pub trailers: Vec<&'a str>,
}

impl<'a> Parts<'a> {
    /// Takes `message` apart.
    pub fn of(message: &'a str) -> Self {
        let mut paragraphs = paragraphs(message);
        let title = if paragraphs.is_empty() { "" } else { paragraphs.remove(0) };
        let is_trailers = |paragraph: &&str| {
            paragraph
                .lines()
                .all(|line| trailer::split(line).is_some() || line.starts_with([' ', '\t']))
        };
        let trailers = paragraphs.pop_if(|last| is_trailers(&&**last)).unwrap_or_default();
        Self { title: join(title), paragraphs, trailers: trailers.lines().collect() }
    }

    /// Returns the values of the trailers called `name`, whatever its case.
    pub fn values(&self, name: &str) -> Vec<&'a str> {
        let trailers = self.trailers.iter().filter_map(|line| trailer::split(line));
        trailers
            .filter(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .collect()
    }
}

/// Splits `message` at its blank lines.
fn paragraphs(message: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut start, mut at) = (None, 0);
    for line in message.split_inclusive('\n').chain([""]) {
        match (start, line.trim().is_empty()) {
            (None, false) => start = Some(at),
            (Some(first), true) => {
                found.extend(message.get(first..at).map(str::trim_end));
                start = None;
            }
            (None, true) | (Some(_), false) => {}
        }
        at += line.len();
    }
    found
}

fn join(title: &str) -> String {
    title.lines().map(str::trim_end).collect::<Vec<_>>().join(" ")
}

/// Reads a commit's whole `message`. A cause that nobody wrote down is looked for with `causes`.
pub fn read(message: &[u8], causes: &Patterns) -> Reading {
    if !might_be(message) {
        return Reading::Other;
    }
    let Ok(text) = std::str::from_utf8(message) else { return Reading::Unclear(Flaw::Encoding) };
    let parts = Parts::of(text);
    let line = line::read(&parts.title);
    let archive = match (parts.values(trailer::NAME).as_slice(), &line) {
        ([], None) => return Reading::Other,
        ([], Some(line)) => Ok(line.archive()),
        ([value], line) => {
            trailer::parse(value).and_then(|archive| confirm(archive, line.as_ref()))
        }
        (_, _) => Err(Flaw::SeveralTrailers),
    };
    match archive {
        Err(flaw) => Reading::Unclear(flaw),
        Ok(mut archive) => {
            if let (None, Some(line)) = (&archive.cause, &line) {
                archive.cause = causes.find(line.rest).map(ToOwned::to_owned);
            }
            Reading::Archive(archive)
        }
    }
}

/// Returns `archive`, which the trailer holds, if the subject does not say otherwise.
fn confirm(archive: Archive, line: Option<&Line<'_>>) -> Result<Archive, Flaw> {
    let Some(line) = line else { return Err(Flaw::Disagreement("subject")) };
    let agrees = [
        ("family", line.family == archive.family),
        ("run", line.run == archive.run),
        ("verdict", line.verdict.is_none() || line.verdict == archive.verdict),
        ("picks", line.picks.is_none_or(|picks| picks == archive.picks)),
        ("cause", line.cause.is_none() || line.cause == archive.cause.as_deref()),
        ("lane", line.lane.is_none() || line.lane == archive.lane.as_deref()),
        ("count", line.count.unwrap_or(1) == archive.count),
    ];
    match agrees.into_iter().find(|(_, agrees)| !agrees) {
        Some((field, _)) => Err(Flaw::Disagreement(field)),
        None => Ok(archive),
    }
}

#[cfg(test)]
mod tests {
    use super::{Parts, read};
    use crate::verdict::archive::cause::Patterns;
    use crate::verdict::archive::{Flaw, Reading};

    fn patterns() -> Patterns {
        Patterns(vec![("soak".to_owned(), vec!["mesh*gated".to_owned()])])
    }

    #[test]
    fn a_message_comes_apart_as_git_takes_it() {
        let parts = Parts::of("\nOne\ntitle\n\nText.\n \nMore\ntext.\n\n\nA: b\n c\nD-e: f\n");
        assert_eq!(parts.title, "One title", "lines are joined");
        assert_eq!(parts.paragraphs, ["Text.", "More\ntext."], "blank lines part");
        assert_eq!(parts.trailers, ["A: b", " c", "D-e: f"], "the last paragraph");
        assert_eq!(parts.values("d-E"), ["f"], "names have no case");
        let parts = Parts::of("A: title\n\nOnly: trailers?\nNo, text.");
        assert_eq!((parts.paragraphs.len(), parts.trailers.len()), (1, 0), "text is no trailer");
        assert_eq!(Parts::of("").title, "", "nothing");
    }

    #[test]
    fn handwritten_archives_are_read_from_their_subjects() {
        for (subject, want) in [
            ("docs/dispatch: archive 20260601 — verdict=BLOCKED, mesh is gated", Some("soak")),
            ("docs/dispatch: archive 20260601 — mesh is gated [cause:other]", Some("other")),
            ("docs/dispatch: archive 20260601 — verdict=BLOCKED", None),
        ] {
            let Reading::Archive(archive) = read(subject.as_bytes(), &patterns()) else {
                panic!("no archive: {subject}")
            };
            assert_eq!(archive.cause.as_deref(), want, "{subject}");
        }
    }

    #[test]
    fn trailers_and_subject_must_agree() {
        let subject = "docs/dispatch: archive 20260601 — verdict=BLOCKED, mesh gated [cause:a]";
        let sound = "v1; family=dispatch; verdict=BLOCKED; cause=a; last=20260601";
        for (subject, value, want) in [
            (subject, "v1; family=fanout; cause=a; last=20260601", "family"),
            (subject, "v1; family=dispatch; verdict=BLOCKED; cause=a; last=20260602", "run"),
            (subject, "v1; family=dispatch; verdict=DRAIN; cause=a; last=20260601", "verdict"),
            (subject, "v1; family=dispatch; verdict=BLOCKED; cause=b; last=20260601", "cause"),
            (subject, "v1; family=dispatch; verdict=BLOCKED; last=20260601", "cause"),
            (
                subject,
                "v1; family=dispatch; verdict=BLOCKED; cause=a; count=2; last=20260601",
                "count",
            ),
            ("docs: tidy", sound, "subject"),
            ("docs/dispatch: archive 20260601 — 2 picks shipped", sound, "picks"),
            ("docs/dispatch: archive 20260601 — (TM lane)", sound, "lane"),
        ] {
            let text = format!("{subject}\n\nDos-Archive: {value}\n");
            let got = read(text.as_bytes(), &patterns());
            assert_eq!(got, Reading::Unclear(Flaw::Disagreement(want)), "{text}");
        }
        let text = format!("{subject}\n\nDos-Archive: {sound}\nDos-Archive: {sound}\n");
        let got = read(text.as_bytes(), &patterns());
        assert_eq!(got, Reading::Unclear(Flaw::SeveralTrailers), "which one counts?");
    }

    #[test]
    fn other_commits_are_other() {
        let quoted = "fix: read trailers\n\nSuch as this:\n\n    Dos-Archive: v1\n\nand no more.\n";
        for text in ["fix: the parser", "", "docs/dispatch: archive the notes", quoted] {
            assert_eq!(read(text.as_bytes(), &patterns()), Reading::Other, "{text:?}");
        }
        let latin = b"docs/dispatch: archive 20260601 \xe9";
        assert_eq!(read(latin, &patterns()), Reading::Unclear(Flaw::Encoding), "not UTF-8");
    }
}
