//! How is a stretch of time written? As people write it: `90s`, `10m`, `1h 30m`, `24h`, `7d`.

use std::str::FromStr;
use std::time::Duration;

use jiff::fmt::friendly::{Designator, SpanPrinter};
use jiff::{SignedDuration, SpanRelativeTo};
use serde::Deserialize;

/// A stretch of time; a day has 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Span(pub Duration);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let no_span = || format!("{text:?} is no stretch of time such as 90s, 10m, 24h or 7d");
        let span: jiff::Span = text.trim().parse().map_err(|_| no_span())?;
        let days = SpanRelativeTo::days_are_24_hours();
        let duration = span.to_duration(days).map_err(|_| no_span())?;
        Duration::try_from(duration).map(Self).map_err(|_| no_span())
    }
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// Returns `duration` in hours, minutes and seconds, as in `1h 30m`; parts of a second are left out.
pub fn shown(duration: Duration) -> String {
    let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    let printer = SpanPrinter::new().designator(Designator::Compact);
    printer.duration_to_string(&SignedDuration::from_secs(seconds))
}

/// Returns the time `since` 1970-01-01T00:00:00Z as a date and a time in UTC.
pub fn moment(since: Duration) -> String {
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    let stamp = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX);
    stamp.to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Span, moment, shown};

    #[test]
    fn periods_are_read_as_people_write_them() {
        for (text, seconds) in [
            ("0s", 0),
            ("90s", 90),
            ("10m", 600),
            (" 1h 30m ", 5_400),
            ("24h", 86_400),
            ("7d", 604_800),
        ] {
            assert_eq!(text.parse(), Ok(Span(Duration::from_secs(seconds))), "{text}");
        }
        for text in ["", "10", "ten minutes", "-1h", "1h ago", "1 month", "1y", "99999999999999h"] {
            let error = text.parse::<Span>().unwrap_err();
            assert!(error.contains(&format!("{text:?}")), "{error}");
        }
    }

    #[test]
    fn periods_and_moments_are_shown() {
        for (seconds, want) in [(0, "0s"), (59, "59s"), (5_400, "1h 30m"), (604_800, "168h")] {
            assert_eq!(shown(Duration::from_secs(seconds)), want, "{seconds}");
        }
        assert_eq!(moment(Duration::from_secs(1_700_000_000)), "2023-11-14T22:13:20Z");
        assert!(moment(Duration::MAX).starts_with("9999-"), "never too late to be shown");
        assert!(!shown(Duration::MAX).is_empty(), "never too long to be shown");
    }
}
