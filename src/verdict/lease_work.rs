//! What did the holder of a lease do with it since its run started?

use std::time::Duration;

/// What a record of the lease journal says was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// The lease was taken.
    Acquire,
    /// It was given back.
    Release,
    /// It was taken away from a holder that was gone.
    Scavenge,
    /// It was written down again as it is.
    Reconcile,
    /// Its holder gave a sign of life.
    Heartbeat,
    /// Something that is no work and no sign of life.
    Other,
    /// Nobody knows: the line could not be read.
    Damaged,
}

/// The name of one holding of one lane; a lease that names neither grant nor lane is nobody's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Key {
    /// When the lease was granted, as its holder writes it.
    pub grant: String,
    /// The lane.
    pub lane: String,
}

/// A record of the lease journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What was done.
    pub operation: Operation,
    /// With which lease.
    pub key: Key,
    /// When, as the record says; the first that is a time counts.
    pub stamps: [Option<String>; 2],
}

/// The lease journal, and whose work is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// All records, oldest first.
    pub entries: &'a [Entry],
    /// The lease of the run; `None` when it holds none.
    pub key: Option<&'a Key>,
    /// When the run started, in time since 1970-01-01T00:00:00Z.
    pub started: Duration,
    /// What time it is, in time since 1970-01-01T00:00:00Z.
    pub now: Duration,
}

/// How far clocks and their whole seconds may be apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// A record may be so far in the future and still count as of now; default one second.
    pub tolerance: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self { tolerance: Duration::from_secs(1) }
    }
}

/// What was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Work with the lease since the run started; the grant itself is none.
    pub events: usize,
    /// How long ago the newest sign of life was.
    pub beat: Option<Duration>,
    /// Records of the lease from the future, which count for nothing.
    pub ahead: usize,
    /// Lines that could not be read.
    pub damaged: usize,
}

/// Counts what the holder of a lease did.
#[must_use]
pub fn judge(evidence: &Evidence<'_>, policy: &Policy) -> Verdict {
    let Evidence { entries, key, started, now } = *evidence;
    let is_damaged = |entry: &&Entry| entry.operation == Operation::Damaged;
    let damaged = entries.iter().filter(is_damaged).count();
    let mut found = Verdict { damaged, ..Verdict::default() };
    let Some(key) = key.filter(|key| **key != Key::default()) else { return found };
    let since = Duration::from_secs(started.as_secs());
    let mut granted = false;
    for entry in entries.iter().filter(|entry| entry.key == *key) {
        let is_grant = entry.operation == Operation::Acquire && !granted;
        granted |= is_grant;
        let Some(time) = entry.stamps.iter().flatten().find_map(|stamp| seconds(stamp)) else {
            continue;
        };
        if time > now + policy.tolerance {
            found.ahead += 1;
            continue;
        }
        if entry.operation.is_work() && !is_grant && time > since {
            found.events += 1;
        }
        if entry.operation.is_beat() {
            let age = now.saturating_sub(time);
            found.beat = Some(found.beat.map_or(age, |beat| beat.min(age)));
        }
    }
    found
}

impl Operation {
    fn is_work(self) -> bool {
        matches!(self, Self::Acquire | Self::Release | Self::Scavenge | Self::Reconcile)
    }

    fn is_beat(self) -> bool {
        matches!(self, Self::Acquire | Self::Heartbeat)
    }
}

/// Reads `YYYY-MM-DDTHH:MM:SSZ`, or the same without seconds, as time since 1970-01-01T00:00:00Z.
fn seconds(stamp: &str) -> Option<Duration> {
    let (date, time) = stamp.strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] =
        numbers(time, ':', [2, 2, 2]).or_else(|| numbers(&format!("{time}:00"), ':', [2, 2, 2]))?;
    let leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let february = if leap(year) { 29 } else { 28 };
    let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let month = usize::try_from(month).ok()?.checked_sub(1)?;
    let is_day = (1..=*months.get(month)?).contains(&day);
    if year < 1970 || !is_day || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let leaps = |year: u64| year / 4 - year / 100 + year / 400;
    let days = (year - 1970) * 365 + leaps(year - 1) - leaps(1969)
        + months.iter().take(month).sum::<u64>()
        + day
        - 1;
    Some(Duration::from_secs(((days * 24 + hour) * 60 + minute) * 60 + second))
}

/// Reads three numbers of so many digits with `separator` between them.
fn numbers(text: &str, separator: char, digits: [usize; 3]) -> Option<[u64; 3]> {
    let mut found = [0; 3];
    let mut parts = text.split(separator);
    for (number, digits) in found.iter_mut().zip(digits) {
        let part = parts.next()?;
        let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        *number = is_number.then(|| part.parse().ok())??;
    }
    parts.next().is_none().then_some(found)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Entry, Evidence, Key, Operation, Policy, Verdict, judge, seconds};

    #[test]
    fn stamps_are_whole_and_in_utc() {
        for (stamp, want) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("1970-01-01T00:01Z", Some(60)),
            ("2000-02-29T12:00:00Z", Some(951_825_600)),
            ("2100-02-28T00:00:00Z", Some(4_107_456_000)),
            ("2100-02-29T00:00:00Z", None),
            ("2100-03-01T00:00:00Z", Some(4_107_542_400)),
            ("2026-06-01T00:00:00Z", Some(1_780_272_000)),
            ("2026-06-01T00:00:60Z", None),
            ("2026-06-01T24:00:00Z", None),
            ("2026-13-01T00:00:00Z", None),
            ("2026-00-01T00:00:00Z", None),
            ("2026-06-31T00:00:00Z", None),
            ("1969-12-31T23:59:59Z", None),
            ("2026-06-01T00:00:00", None),
            ("2026-06-01T00:00:00+00:00", None),
            ("2026-6-1T0:0:0Z", None),
            ("+026-06-01T00:00:00Z", None),
            ("2026-06-01T00:00:00:00Z", None),
            ("", None),
        ] {
            assert_eq!(seconds(stamp), want.map(Duration::from_secs), "{stamp}");
        }
    }

    #[test]
    fn records_from_the_future_are_counted_apart() {
        let key = Key { grant: "g".to_owned(), lane: "api".to_owned() };
        let entry = |operation, stamp: &str| Entry {
            operation,
            key: key.clone(),
            stamps: [Some(stamp.to_owned()), None],
        };
        let entries = [
            entry(Operation::Acquire, "1970-01-01T00:00:10Z"),
            entry(Operation::Heartbeat, "1970-01-01T00:00:51Z"),
            entry(Operation::Release, "1970-01-01T00:00:52Z"),
        ];
        let (started, now) = (Duration::from_secs(5), Duration::from_secs(50));
        let evidence = Evidence { entries: &entries, key: Some(&key), started, now };
        let want = Verdict { events: 0, beat: Some(Duration::ZERO), ahead: 1, damaged: 0 };
        assert_eq!(judge(&evidence, &Policy::default()), want, "a second is forgiven, two are not");
        let blank = Evidence { key: Some(&Key::default()), ..evidence };
        assert_eq!(judge(&blank, &Policy::default()), Verdict::default(), "nobody's lease");
    }
}
