//! What do the words of an archive's subject say, field by field?

use super::{Archive, Family, is_lane, is_run, subject};
use crate::verdict::severity::Severity;
use crate::verdict::token;

/// What the subject of an archive says; what it does not say is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) family: Family,
    pub(super) run: &'a str,
    /// Everything after the run.
    pub(super) rest: &'a str,
    pub(super) verdict: Option<String>,
    pub(super) picks: Option<i64>,
    pub(super) cause: Option<&'a str>,
    pub(super) lane: Option<&'a str>,
    /// The number of runs, when it says that it stands for several.
    pub(super) count: Option<i64>,
}

/// Reads the subject line `title`; `None` when it is no archive's.
pub(super) fn read(title: &str) -> Option<Line<'_>> {
    let (family, after) = Family::ALL.into_iter().find_map(|family| {
        let after = title.strip_prefix(family.opening())?;
        after.strip_prefix(' ').map(|after| (family, after))
    })?;
    let (run, rest) = after.split_once(' ').unwrap_or((after, ""));
    let is_dashed_date = family == Family::Replan && is_dashed_date(run);
    if !is_run(run) && !is_dashed_date {
        return None;
    }
    let verdict = subject::verdict(rest).and_then(|(word, _)| token::normalize(word));
    let (count, cause) = tail(rest);
    let (picks, lane) = (picks(rest), lane(rest));
    Some(Line { family, run, rest, verdict, picks, cause, lane, count })
}

impl Line<'_> {
    /// Makes the archive that the line alone describes.
    pub(super) fn archive(&self) -> Archive {
        Archive {
            family: self.family,
            run: self.run.to_owned(),
            first: self.run.to_owned(),
            verdict: self.verdict.clone(),
            picks: self.picks.unwrap_or_default(),
            cause: self.cause.map(ToOwned::to_owned),
            lane: self.lane.map(ToOwned::to_owned),
            count: self.count.unwrap_or(1),
            severity: self.severity(),
        }
    }

    /// Returns what the words alone prove: a fold is made of no-ops, and a quiet sweep is one.
    fn severity(&self) -> Option<Severity> {
        if self.family != Family::Replan {
            return self.count.map(|_| Severity::Noop);
        }
        let quiet = self.rest.trim_end().ends_with("quiet sweep");
        Some(if quiet { Severity::Noop } else { Severity::Notice })
    }
}

/// Reads the end of a subject: how many runs it stands for, and the cause in brackets.
fn tail(rest: &str) -> (Option<i64>, Option<&str>) {
    let rest = rest.trim_end();
    let bracket = rest.rsplit_once("[cause:").and_then(|(before, cause)| {
        let (cause, after) = cause.split_once(']')?;
        Some((before, token::strip(cause), after))
    });
    let cause = bracket.map(|(_, cause, _)| cause).filter(|cause| !cause.is_empty());
    let before = match bracket {
        Some((before, _, "")) => before.trim_end(),
        _ => rest,
    };
    let count = before.strip_suffix("(recurring, coalesced)").and_then(|before| {
        let before = before.trim_end();
        let digits = before.trim_end_matches(|digit: char| digit.is_ascii_digit());
        let number = before.get(digits.len()..)?.parse().ok()?;
        let is_marked = digits.ends_with(['\u{d7}', 'x']);
        (is_marked && number >= 2).then_some(number)
    });
    (count, cause)
}

/// Returns the number before the first `pick shipped` or `picks shipped`.
fn picks(rest: &str) -> Option<i64> {
    let at =
        [" pick shipped", " picks shipped"].into_iter().filter_map(|form| rest.find(form)).min()?;
    let before = rest.get(..at)?;
    let digits = before.trim_end_matches(|digit: char| digit.is_ascii_digit());
    before.get(digits.len()..)?.parse().ok()
}

/// Returns the lane of `(<lane> lane` or `(<lane> lane;`.
fn lane(rest: &str) -> Option<&str> {
    rest.match_indices(" lane").find_map(|(at, word)| {
        let ends = rest.get(at + word.len()..)?.starts_with([';', ')', ',', ' ']);
        let (_, lane) = rest.get(..at)?.rsplit_once('(')?;
        (ends && is_lane(lane)).then_some(lane)
    })
}

/// Tells whether `text` is a date such as `2026-06-03`.
fn is_dashed_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    parts.iter().map(|part| part.len()).eq([4, 2, 2]) && parts.iter().all(digits)
}

#[cfg(test)]
mod tests {
    use super::{lane, picks, read, tail};
    use crate::verdict::archive::Family;
    use crate::verdict::severity::Severity;

    #[test]
    fn families_and_runs() {
        for (title, want) in [
            (
                "docs/dispatch: archive 20260601T204054Z — x",
                Some((Family::Dispatch, "20260601T204054Z")),
            ),
            ("docs/dispatch-loop: archive 20260601", Some((Family::DispatchLoop, "20260601"))),
            ("docs/_plans: replan 2026-06-03 — quiet sweep", Some((Family::Replan, "2026-06-03"))),
            ("docs/fanout: archive 20260530T0934Z chain", Some((Family::Fanout, "20260530T0934Z"))),
            ("docs/dispatch: archive 2026-06-03 — x", None),
            ("docs/dispatch: archived 20260601", None),
            ("docs/dispatch: archive — x", None),
            ("docs: archive 20260601", None),
        ] {
            let got = read(title).map(|line| (line.family, line.run));
            assert_eq!(got, want, "{title}");
        }
    }

    #[test]
    fn the_tail_counts_and_names_the_cause() {
        for (rest, want) in [
            ("blocked ×4 (recurring, coalesced) [cause:a_b]", (Some(4), Some("a_b"))),
            ("drained x2 (recurring, coalesced)", (Some(2), None)),
            ("×1 (recurring, coalesced) [cause:a]", (None, Some("a"))),
            ("4 (recurring, coalesced) [cause:a]", (None, Some("a"))),
            ("×4 (recurring, coalesced) [cause:a] and more", (None, Some("a"))),
            ("[cause:a] [cause:b]", (None, Some("b"))),
            ("[cause: ]", (None, None)),
            ("[cause:a", (None, None)),
            ("x", (None, None)),
        ] {
            assert_eq!(tail(rest), want, "{rest}");
        }
    }

    #[test]
    fn prose_names_picks_and_lanes() {
        let rest = "1 iter (1 dispatch, 0 replan), 12 picks shipped (TM lane; child1)";
        assert_eq!((picks(rest), lane(rest)), (Some(12), Some("TM")), "both are there");
        assert_eq!((picks("0 picks; x"), lane("no-op (lane drained)")), (None, None), "neither");
    }

    #[test]
    fn only_a_quiet_replan_is_a_no_op() {
        for (title, want) in [
            ("docs/_plans: replan 2026-06-03 — quiet sweep", Some(Severity::Noop)),
            ("docs/_plans: replan 2026-06-03 — 2 closed / 1 shipped", Some(Severity::Notice)),
            ("docs/dispatch: archive 20260603 — quiet sweep", None),
        ] {
            assert_eq!(read(title).unwrap().archive().severity, want, "{title}");
        }
    }
}
