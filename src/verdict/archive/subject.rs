//! What does the subject of an archive say in words? Read for those that carry no trailers.

use crate::verdict::token;

/// What the prose of one archive subject says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// The run's time stamp as written, such as `20260601T204054Z`; empty when there is none.
    pub run: String,
    /// The outcome word as written; empty when there is none.
    pub verdict: String,
    /// The words after the outcome, else those after the first em dash.
    pub cause: String,
    /// The number in `8th recurrence` or `6th-consecutive`; zero when there is none.
    pub ordinal: u64,
}

/// Reads the subject of a dispatch archive; `None` for any other subject, and for one of another lane.
///
/// An empty `lane` takes every lane.
pub fn read(subject: &str, lane: &str) -> Option<Record> {
    let is_archive = subject.contains("archive") && subject.contains("docs/dispatch");
    if !is_archive || !(lane.is_empty() || names_lane(subject, lane)) {
        return None;
    }
    let (verdict, after) = verdict(subject).unwrap_or_default();
    let cause = if verdict.is_empty() {
        subject.split_once('\u{2014}').map_or("", |(_, after)| after)
    } else {
        after.trim_start_matches([' ', ',', '\u{2014}', '-'])
    };
    Some(Record {
        run: run(subject).unwrap_or_default().to_owned(),
        verdict: verdict.to_owned(),
        cause: token::strip(cause).to_owned(),
        ordinal: ordinal(subject).unwrap_or_default(),
    })
}

/// Tells whether `subject` names `lane` in one of the forms that loops use.
fn names_lane(subject: &str, lane: &str) -> bool {
    let (subject, lane) = (subject.to_lowercase(), lane.to_lowercase());
    [format!("{lane} lane"), format!("scope {lane}"), format!("({lane};"), format!("{lane}_lane_")]
        .iter()
        .any(|form| subject.contains(form))
}

/// Returns the first word after `verdict=` that is in upper case, and what follows it.
pub(super) fn verdict(subject: &str) -> Option<(&str, &str)> {
    after_each(subject, "verdict=").find_map(|rest| {
        let is_word = |byte: u8| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'_');
        let end = rest.bytes().position(|byte| !is_word(byte)).unwrap_or(rest.len());
        let starts = rest.starts_with(|first: char| first.is_ascii_uppercase());
        starts.then(|| rest.split_at_checked(end)).flatten()
    })
}

/// Returns the time stamp after the word `archive`: a date, `T`, four or six digits, `Z`.
fn run(subject: &str) -> Option<&str> {
    after_each(subject, "archive").find_map(|rest| {
        let stamp = token_after_space(rest)?;
        [16, 14].into_iter().find_map(|length| stamp.get(..length).filter(|text| is_run(text)))
    })
}

/// Returns `text` without the white space it begins with; `None` when there is none.
fn token_after_space(text: &str) -> Option<&str> {
    let token = text.trim_start();
    (token.len() < text.len()).then_some(token)
}

/// Tells whether `text` is a time stamp such as `20260601T204054Z` or `20260601T2040Z`.
pub fn is_run(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_suffix('Z').and_then(|text| text.split_once('T')).is_some_and(|(date, time)| {
        date.len() == 8 && matches!(time.len(), 4 | 6) && digits(date) && digits(time)
    })
}

/// Returns the number before the first `st`, `nd`, `rd` or `th` that counts recurrences.
fn ordinal(subject: &str) -> Option<u64> {
    let mut best: Option<(usize, u64)> = None;
    for ending in ["st", "nd", "rd", "th"] {
        for (separator, word) in
            [(' ', "consecutive"), ('-', "consecutive"), (' ', "recurrence"), ('-', "recurrence")]
        {
            let form = format!("{ending}{separator}{word}");
            for (at, _) in subject.match_indices(&form) {
                let Some(before) = subject.get(..at) else { continue };
                let start = before.trim_end_matches(|digit: char| digit.is_ascii_digit()).len();
                let Some(Ok(number)) = before.get(start..).map(str::parse) else { continue };
                if best.is_none_or(|(first, _)| start < first) {
                    best = Some((start, number));
                }
            }
        }
    }
    best.map(|(_, number)| number)
}

/// Tells whether `subject` is bookkeeping by its form: `[<prefix>: ]archive|rollup <8 digits>[T<digits>[Z]]`.
///
/// Such commits ship nothing, whatever else their subjects say.
pub fn is_bookkeeping(subject: &str) -> bool {
    let lower = subject.to_ascii_lowercase();
    let body = match lower.split_once(':') {
        Some((prefix, rest)) if !prefix.is_empty() => rest.trim_start(),
        _ => lower.as_str(),
    };
    ["archive", "rollup"].into_iter().any(|word| {
        body.strip_prefix(word).and_then(token_after_space).is_some_and(begins_with_date)
    })
}

/// Tells whether `text` begins with eight digits, perhaps `t`, digits and `z`, and then no letter or digit.
fn begins_with_date(text: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    if digits(text) != 8 {
        return false;
    }
    let rest = text.get(8..).unwrap_or_default();
    let time = rest.strip_prefix('t').filter(|time| digits(time) > 0);
    let end = time.map_or(rest, |time| {
        let after = time.get(digits(time)..).unwrap_or_default();
        after.strip_prefix('z').unwrap_or(after)
    });
    !end.starts_with(|next: char| next.is_alphanumeric() || next == '_')
}

/// Returns what follows each occurrence of `word` in `text`.
fn after_each<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = &'a str> {
    text.match_indices(word).filter_map(move |(at, _)| text.get(at + word.len()..))
}

#[cfg(test)]
mod tests {
    use super::{Record, is_bookkeeping, is_run, read};

    #[test]
    fn prose_is_read_as_far_as_it_goes() {
        let record = |run: &str, verdict: &str, cause: &str, ordinal| Record {
            run: run.to_owned(),
            verdict: verdict.to_owned(),
            cause: cause.to_owned(),
            ordinal,
        };
        for (subject, want) in [
            (
                "docs/dispatch: archive 20260601T2040Z — x → verdict=RATE_LIMITED, 8th recurrence",
                record("20260601T2040Z", "RATE_LIMITED", "8th recurrence", 8),
            ),
            ("docs/dispatch: archive — 21st-consecutive, 3rd recurrence", {
                record("", "", "21st-consecutive, 3rd recurrence", 21)
            }),
            ("docs/dispatch: archive 20260601 verdict=x verdict=DRAIN", {
                record("", "DRAIN", "", 0)
            }),
        ] {
            assert_eq!(read(subject, ""), Some(want), "{subject}");
        }
        assert_eq!(read("docs/dispatch: archived", "tm"), None, "another lane");
        assert_eq!(read("src/dispatch: archive", ""), None, "no archive of a dispatch");
    }

    #[test]
    fn only_whole_dates_are_bookkeeping() {
        for (subject, want) in [
            ("archive 20260601", true),
            ("Docs/dispatch: ARCHIVE 20260601T204054Z — x", true),
            ("rollup 20260601t12", true),
            ("archive 202606011", false),
            ("archive 20260601tx", false),
            ("archive 20260601T1Zx", false),
            ("archive 2026-06-01", false),
            (": archive 20260601", false),
            ("archived 20260601", false),
        ] {
            assert_eq!(is_bookkeeping(subject), want, "{subject}");
        }
    }

    #[test]
    fn a_run_is_a_time_stamp() {
        for (text, want) in [
            ("20260601T204054Z", true),
            ("20260601T2040Z", true),
            ("20260601T20405Z", false),
            ("20260601", false),
            ("2026060\u{e9}T2040Z", false),
        ] {
            assert_eq!(is_run(text), want, "{text}");
        }
    }
}
