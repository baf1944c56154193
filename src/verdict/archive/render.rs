//! How is an archive written down? A subject for people, one line per run, and the data in trailers.

use super::line;
use super::message::Parts;
use super::{Archive, Family, is_run, trailer};
use crate::verdict::repeat;

/// Returns the message of an archive that stands for one run.
///
/// `headline` sums the run up, `words` are the writer's own, and `body` is what else there is to say.
pub fn alone(archive: &Archive, headline: &str, words: &str, body: &str) -> String {
    let words = words.trim();
    let mut parts = Vec::new();
    if let (Some(verdict), true) = (&archive.verdict, archive.family != Family::Replan) {
        parts.push(format!("verdict={verdict}"));
    }
    if archive.picks > 0 && archive.family != Family::Replan {
        parts.push(headline.to_owned());
    }
    if !words.is_empty() {
        parts.push(words.to_owned());
    }
    // The end of a planning round's subject says whether it was quiet.
    if words.is_empty() && parts.len() < 2 || archive.family == Family::Replan {
        parts.push(headline.to_owned());
    }
    let lane = archive.lane.as_ref().filter(|_| archive.family != Family::Replan);
    let lane = lane.map(|lane| format!(" ({lane} lane)")).unwrap_or_default();
    let cause = archive.cause.as_ref().map(|cause| format!(" [cause:{cause}]")).unwrap_or_default();
    let subject = format!("{}{}{lane}{cause}", opening(archive), parts.join(", "));
    assemble([subject, body.trim().to_owned(), trailer::render(archive)])
}

/// What goes into the message of a commit that stands for several runs.
#[derive(Debug, Clone, Copy)]
pub struct Fold<'a> {
    /// What the commit records.
    pub archive: &'a Archive,
    /// A few words for the subject, such as `blocked`.
    pub headline: &'a str,
    /// The message of the archive that takes the runs in.
    pub prior: &'a str,
    /// The subject of a planning round between the two.
    pub between: Option<&'a str>,
    /// The message of the newest archive.
    pub newest: &'a str,
    /// The commits that it takes the place of, oldest first, in hexadecimal.
    pub from: &'a [String],
}

/// Returns the message of a commit that stands for several runs.
///
/// The texts of both messages and the trailers of other tools are kept.
pub fn folded(fold: &Fold<'_>) -> String {
    let archive = fold.archive;
    let (prior, newest) = (Parts::of(fold.prior), Parts::of(fold.newest));
    let verdict = archive.verdict.as_ref().map(|verdict| format!("verdict={verdict} "));
    let suffix = repeat::suffix(archive.count, archive.cause.as_deref().unwrap_or_default());
    let subject =
        format!("{}{}{} {suffix}", opening(archive), verdict.unwrap_or_default(), fold.headline);

    let mut runs = Vec::new();
    let mut texts: Vec<&str> = Vec::new();
    for paragraph in prior.paragraphs.iter().chain(&newest.paragraphs) {
        if paragraph.lines().all(is_run_line) {
            runs.extend(paragraph.lines().map(ToOwned::to_owned));
        } else if !texts.contains(paragraph) {
            texts.push(paragraph);
        }
    }
    if runs.is_empty() {
        runs.push(run_line(&prior.title));
    }
    runs.extend(fold.between.map(run_line));
    runs.push(run_line(&newest.title));

    let mut trailers = foreign_trailers(&prior, &newest);
    trailers.push(trailer::render(archive));
    trailers.extend(fold.from.iter().map(|id| format!("{}: {id}", trailer::FROM)));
    let texts = texts.into_iter().map(ToOwned::to_owned);
    assemble(std::iter::once(subject).chain(texts).chain([runs.join("\n"), trailers.join("\n")]))
}

fn opening(archive: &Archive) -> String {
    format!("{} {} \u{2014} ", archive.family.opening(), archive.run)
}

fn assemble(paragraphs: impl IntoIterator<Item = String>) -> String {
    let paragraphs: Vec<String> =
        paragraphs.into_iter().filter(|paragraph| !paragraph.is_empty()).collect();
    format!("{}\n", paragraphs.join("\n\n"))
}

/// Returns the line of the list of runs for the archive with the subject `title`.
fn run_line(title: &str) -> String {
    match line::read(title) {
        Some(line) if line.family == Family::Replan => {
            format!("- replan {} {}", line.run, line.rest).trim_end().to_owned()
        }
        Some(line) => format!("- {} {}", line.run, line.rest).trim_end().to_owned(),
        None => format!("- {title}"),
    }
}

fn is_run_line(line: &str) -> bool {
    let Some(words) = line.strip_prefix("- ") else { return false };
    let first = words.split(' ').next().unwrap_or_default();
    is_run(first) || first == "replan"
}

/// Returns the trailers that are not ours, each once; a change has one id, the oldest.
fn foreign_trailers(prior: &Parts<'_>, newest: &Parts<'_>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for line in prior.trailers.iter().chain(&newest.trailers) {
        let name = trailer::split(line).map_or("", |(name, _)| name);
        let is_named = |other: &str| name.eq_ignore_ascii_case(other);
        let is_ours = is_named(trailer::NAME) || is_named(trailer::FROM);
        let is_second = is_named("Change-Id")
            && kept.iter().any(|line| line.to_ascii_lowercase().starts_with("change-id:"));
        if !is_ours && !is_second && !kept.iter().any(|other| other == line) {
            kept.push((*line).to_owned());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::{Fold, alone, folded};
    use crate::verdict::archive::cause::Patterns;
    use crate::verdict::archive::{Archive, Family, Reading, message};
    use crate::verdict::severity::Severity;

    fn archive(run: &str) -> Archive {
        Archive {
            family: Family::Dispatch,
            run: run.to_owned(),
            first: run.to_owned(),
            verdict: Some("BLOCKED".to_owned()),
            picks: 0,
            cause: Some("soak".to_owned()),
            lane: Some("TM".to_owned()),
            count: 1,
            severity: Some(Severity::Noop),
        }
    }

    fn read(text: &str) -> Reading {
        message::read(text.as_bytes(), &Patterns::default())
    }

    #[test]
    fn one_run_reads_back() {
        let drain = Archive {
            verdict: Some("DRAIN".to_owned()),
            cause: None,
            lane: None,
            ..archive("20260601")
        };
        let shipped = Archive {
            verdict: Some("LIVE".to_owned()),
            picks: 2,
            cause: None,
            severity: Some(Severity::Shipped),
            ..archive("20260601T2040Z")
        };
        let replan = Archive { family: Family::Replan, verdict: None, lane: None, ..drain.clone() };
        for (archive, headline, words, want) in [
            (
                archive("20260601T204054Z"),
                "blocked",
                " mesh gated ",
                "docs/dispatch: archive 20260601T204054Z — verdict=BLOCKED, mesh gated (TM lane) \
                 [cause:soak]",
            ),
            (drain, "drained", "", "docs/dispatch: archive 20260601 — verdict=DRAIN, drained"),
            (
                shipped,
                "2 picks shipped",
                "a and b",
                "docs/dispatch: archive 20260601T2040Z — verdict=LIVE, 2 picks shipped, a and b \
                 (TM lane)",
            ),
            (replan, "quiet sweep", "all known", {
                "docs/_plans: replan 20260601 — all known, quiet sweep"
            }),
        ] {
            let text = alone(&archive, headline, words, "More.\n");
            assert_eq!(text.lines().next(), Some(want), "the subject");
            assert_eq!(read(&text), Reading::Archive(archive), "round trip of {text}");
        }
    }

    #[test]
    fn several_runs_keep_their_lines_texts_and_trailers() {
        let first = "docs/dispatch: archive 20260601T190000Z — next-up → verdict=BLOCKED, mesh \
                     [cause:soak]\n\nWhy it is blocked.\n\nCo-authored-by: Bo <bo@x>\nChange-Id: I1\n";
        let second = alone(&archive("20260601T200000Z"), "blocked", "mesh", "Why it is blocked.");
        let mut two = archive("20260601T200000Z");
        two.first = "20260601T190000Z".to_owned();
        two.count = 2;
        let text = folded(&Fold {
            archive: &two,
            headline: "blocked",
            prior: first,
            between: Some("docs/_plans: replan 2026-06-01 — quiet sweep"),
            newest: &second,
            from: &["aa".to_owned(), "bb".to_owned()],
        });
        let want = "\
docs/dispatch: archive 20260601T200000Z — verdict=BLOCKED blocked ×2 (recurring, coalesced) [cause:soak]

Why it is blocked.

- 20260601T190000Z — next-up → verdict=BLOCKED, mesh [cause:soak]
- replan 2026-06-01 — quiet sweep
- 20260601T200000Z — verdict=BLOCKED, mesh (TM lane) [cause:soak]

Co-authored-by: Bo <bo@x>
Change-Id: I1
Dos-Archive: v1; family=dispatch; verdict=BLOCKED; severity=NOOP; cause=soak; lane=TM; count=2; first=20260601T190000Z; last=20260601T200000Z
Dos-Coalesced-From: aa
Dos-Coalesced-From: bb
";
        assert_eq!(text, want, "two runs and a planning round");
        assert_eq!(read(&text), Reading::Archive(two.clone()), "round trip");

        let third = "docs/dispatch: archive 20260601T210000Z — verdict=BLOCKED, again [cause:soak]\n\n\
                     Change-Id: I2\n";
        let three = Archive { run: "20260601T210000Z".to_owned(), count: 3, ..two };
        let text = folded(&Fold {
            archive: &three,
            headline: "blocked",
            prior: want,
            between: None,
            newest: third,
            from: &["cc".to_owned()],
        });
        let runs: Vec<&str> = text.lines().filter(|line| line.starts_with("- ")).collect();
        assert_eq!(runs.len(), 4, "the list grows by one: {text}");
        assert_eq!(text.matches("Change-Id").count(), 1, "a change has one id");
        assert_eq!(text.matches("Dos-Coalesced-From").count(), 1, "only the last fold's commits");
        assert_eq!(read(&text), Reading::Archive(three), "round trip");
    }

    #[test]
    fn words_that_read_as_data_are_noticed() {
        let archive = archive("20260601T204054Z");
        for words in ["verdict=DRAIN x", "3 picks shipped", "[cause:other]", "(GB lane)"] {
            let archive = Archive { verdict: None, cause: None, lane: None, ..archive.clone() };
            let text = alone(&archive, "drained", words, "");
            assert_ne!(read(&text), Reading::Archive(archive), "{words:?} changes what it says");
        }
    }
}
