//! What is a lease: who holds which lane, since when, and for how long?

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::evidence::process::Recorded;
use crate::lane;
use crate::verdict::liveness::Process;

/// One holding of one lane: an entry of `leases.json`; every field since 0.1.0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The lane.
    pub lane: String,
    /// The paths and patterns that the lane covered when it was given.
    pub tree: Vec<String>,
    /// Whether others may be there, `exclusive` or `shared`.
    #[serde(with = "mode", default)]
    pub mode: lane::Mode,
    /// The number of the change that gave it, which is higher than that of every lease given before.
    #[serde(default)]
    pub grant: u64,
    /// The name that its holder goes by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The id of the run that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The id of the agent's session that holds it, as the agent wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The top of the worktree that its holder works in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worktree: Option<String>,
    /// The name of the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The id of the clone that it was given in, where clones share the set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clone: Option<String>,
    /// The process that must be there for the lease to count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// When that process started, in ticks of the machine, so that another one of that number is told apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid_started: Option<u64>,
    /// When it was given, in milliseconds since 1970-01-01T00:00:00Z.
    pub acquired_ms: u64,
    /// When it was last renewed, in the same; absent when it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewed_ms: Option<u64>,
    /// How long it lasts from then on, in seconds.
    pub ttl_s: u64,
    /// When this clone first saw it; only where another clone holds it. It is in no set: each clone goes by its own clock.
    #[serde(skip)]
    pub seen: Option<Sighting>,
}

/// When a lease of another clone was first seen here, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// Under its number.
    pub given_ms: u64,
    /// As it is, not renewed since.
    pub since_ms: u64,
}

/// The least time for which a lease of another clone outlasts its own.
const LEAST_SLACK: Duration = Duration::from_secs(1);

/// Whether a lease counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Live,
    /// Its time is over.
    Expired,
    /// Its time is not over, but its process is.
    Abandoned,
}

impl Lease {
    /// Returns when the lease ends unless it is renewed, in time since 1970-01-01T00:00:00Z.
    pub fn expiry(&self) -> Duration {
        let ttl = Duration::from_secs(self.ttl_s);
        match self.seen {
            // Two clocks do not run alike, and its holder must be the first to think that it is over.
            Some(seen) => Duration::from_millis(seen.since_ms)
                .saturating_add(ttl)
                .saturating_add(self.slack()),
            None => Duration::from_millis(self.newest_ms()).saturating_add(ttl),
        }
    }

    /// Returns for how much longer than its holder another clone lets the lease count.
    fn slack(&self) -> Duration {
        (Duration::from_secs(self.ttl_s) / 20).max(LEAST_SLACK)
    }

    /// Returns when it was given or last renewed, in milliseconds since 1970-01-01T00:00:00Z, by the clock of its holder.
    pub fn newest_ms(&self) -> u64 {
        self.renewed_ms.unwrap_or_default().max(self.acquired_ms)
    }

    /// Returns when it was given, in milliseconds since 1970-01-01T00:00:00Z, and no later than it was seen here.
    pub fn given_ms(&self) -> u64 {
        self.seen.map_or(self.acquired_ms, |seen| self.acquired_ms.min(seen.given_ms))
    }

    /// Tells whether another clone holds it, whose runs and processes cannot be seen from here.
    pub fn is_elsewhere(&self) -> bool {
        self.seen.is_some()
    }

    /// Returns the process that holds the lease, to be looked for; one of another clone cannot be seen from here.
    pub fn process(&self) -> Recorded {
        if self.is_elsewhere() {
            return Recorded::default();
        }
        Recorded { host: self.host.clone(), pid: self.pid, started: self.pid_started }
    }

    /// Tells whether the lease counts at `now`, when its process is as `process` says.
    pub fn standing(&self, now: Duration, process: Process) -> Standing {
        if now >= self.expiry() {
            Standing::Expired
        } else if process == Process::Gone {
            Standing::Abandoned
        } else {
            Standing::Live
        }
    }
}

/// How a mode is written: as its name.
mod mode {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::lane::Mode;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
    pub(super) fn serialize<S: Serializer>(mode: &Mode, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(mode.name())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Mode, D::Error> {
        let name = String::deserialize(deserializer)?;
        Mode::named(&name)
            .ok_or_else(|| serde::de::Error::custom(format!("{name:?} is no mode of a lease")))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Lease, Sighting, Standing};
    use crate::evidence::process::Recorded;
    use crate::lane::Mode;
    use crate::verdict::liveness::Process;

    fn lease(fields: &str) -> Result<Lease, serde_json::Error> {
        serde_json::from_str(&format!(r#"{{"lane":"api","tree":["src/**"],{fields}}}"#))
    }

    #[test]
    fn a_lease_ends_with_its_time_or_its_process() {
        let lease = lease(r#""acquired_ms":1000,"renewed_ms":5000,"ttl_s":10"#).unwrap();
        assert_eq!(lease.expiry(), Duration::from_secs(15), "counted from the newest sign");
        for (now, process, want) in [
            (14_999, Process::Up, Standing::Live),
            (14_999, Process::Unknown, Standing::Live),
            (14_999, Process::Gone, Standing::Abandoned),
            (15_000, Process::Up, Standing::Expired),
            (15_000, Process::Gone, Standing::Expired),
            (0, Process::Up, Standing::Live),
        ] {
            let got = lease.standing(Duration::from_millis(now), process);
            assert_eq!(got, want, "at {now} ms, {process:?}");
        }
        let seen = Sighting { given_ms: 400, since_ms: 50_000 };
        let elsewhere = Lease { seen: Some(seen), pid: Some(u32::MAX), ..lease.clone() };
        assert_eq!(
            elsewhere.expiry(),
            Duration::from_secs(61),
            "by the clock here, and some slack"
        );
        assert_eq!(elsewhere.process(), Recorded::default(), "whoever has that number here");
        assert_eq!((elsewhere.given_ms(), lease.given_ms()), (400, 1000), "a fast clock there");
        let long = Lease { ttl_s: 3000, ..elsewhere };
        assert_eq!(long.expiry(), Duration::from_secs(50 + 3000 + 150), "a twentieth");
        let forever = Lease { ttl_s: u64::MAX, acquired_ms: u64::MAX, ..lease };
        assert!(forever.expiry() > Duration::from_secs(u64::MAX / 2), "no overflow");
    }

    #[test]
    fn a_lease_reads_back_as_it_was_written() {
        let text = r#""mode":"shared","grant":3,"owner":"w","run":"RID-1","session":"s","worktree":"/w","host":"h","clone":"c","pid":7,"pid_started":9,"acquired_ms":1,"ttl_s":60"#;
        let whole = lease(text).unwrap();
        assert_eq!(whole.mode, Mode::Shared);
        let again = serde_json::to_string(&whole).unwrap();
        assert_eq!(again, format!(r#"{{"lane":"api","tree":["src/**"],{text}}}"#));
        let short = lease(r#""acquired_ms":1,"ttl_s":60"#).unwrap();
        assert_eq!(short.mode, Mode::Exclusive, "the strict mode unless said otherwise");
        assert!(lease(r#""acquired_ms":1"#).is_err(), "one without an end is damaged");
        assert!(
            lease(r#""mode":"Loose","acquired_ms":1,"ttl_s":60"#).is_err(),
            "so is another mode"
        );
    }
}
