//! What does `[supervise]` of `dos.toml` ask for? How many workers there shall be, and what becomes of idle ones.

use std::num::NonZeroUsize;
use std::time::Duration;

use serde::Deserialize;

use crate::verdict::fleet::{self, Spinners, Stalled};

/// What stands for the lane in a worker's command.
pub const PLACEHOLDER: &str = "{lane}";

/// The table `[supervise]`; every key is optional.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Keys")]
pub struct Supervise {
    /// How many workers there shall be; default 1.
    pub target: usize,
    /// Whether who spins is one of them; default true.
    pub count_spinning_as_alive: bool,
    /// Whether the leases of who is stalled are taken away; default true.
    pub reap_stalled: bool,
    /// How long somebody may spin before his stop is proposed: `spin_halt_after_ms` or `_minutes`; default for ever.
    pub spin_halt_after: Option<Duration>,
    /// The command of a worker, with `{lane}` in it; it runs only once somebody has confirmed it.
    pub worker_launch_template: Option<String>,
    /// The most workers there may be; default as many as there are lanes.
    pub max_concurrency: Option<NonZeroUsize>,
}

/// The table as it is written.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Keys {
    target: usize,
    count_spinning_as_alive: bool,
    reap_stalled: bool,
    spin_halt_after_ms: Option<Amount>,
    spin_halt_after_minutes: Option<Amount>,
    worker_launch_template: Option<Template>,
    max_concurrency: Option<NonZeroUsize>,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            target: 1,
            count_spinning_as_alive: true,
            reap_stalled: true,
            spin_halt_after_ms: None,
            spin_halt_after_minutes: None,
            worker_launch_template: None,
            max_concurrency: None,
        }
    }
}

/// How many of a unit, which need not be whole.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "f64")]
struct Amount(f64);

impl TryFrom<f64> for Amount {
    type Error = &'static str;

    fn try_from(amount: f64) -> Result<Self, &'static str> {
        if amount.is_finite() && amount >= 0.0 {
            Ok(Self(amount))
        } else {
            Err("a stretch of time is a number from 0 on")
        }
    }
}

impl Amount {
    /// Returns so many of `unit`; for ever where they are too many to count.
    fn of(self, unit: Duration) -> Duration {
        Duration::try_from_secs_f64(unit.as_secs_f64() * self.0).unwrap_or(Duration::MAX)
    }
}

/// The command of a worker.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Template(String);

impl TryFrom<String> for Template {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        if text.contains(PLACEHOLDER) {
            Ok(Self(text))
        } else {
            Err("a worker's command names its lane: it needs `{lane}`")
        }
    }
}

impl TryFrom<Keys> for Supervise {
    type Error = &'static str;

    fn try_from(keys: Keys) -> Result<Self, &'static str> {
        let spin_halt_after = match (keys.spin_halt_after_ms, keys.spin_halt_after_minutes) {
            (Some(_), Some(_)) => {
                return Err("one of spin_halt_after_ms and spin_halt_after_minutes is enough");
            }
            (Some(milliseconds), None) => Some(milliseconds.of(Duration::from_millis(1))),
            (None, minutes) => minutes.map(|minutes| minutes.of(Duration::from_secs(60))),
        };
        Ok(Self {
            target: keys.target,
            count_spinning_as_alive: keys.count_spinning_as_alive,
            reap_stalled: keys.reap_stalled,
            spin_halt_after,
            worker_launch_template: keys.worker_launch_template.map(|Template(text)| text),
            max_concurrency: keys.max_concurrency,
        })
    }
}

impl Default for Supervise {
    fn default() -> Self {
        Self::try_from(Keys::default()).expect("the defaults name no key twice")
    }
}

impl Supervise {
    /// Returns the policy that the table makes.
    pub fn fleet(&self) -> fleet::Policy {
        fleet::Policy {
            target: self.target,
            spinners: if self.count_spinning_as_alive {
                Spinners::Count
            } else {
                Spinners::DoNotCount
            },
            stalled: if self.reap_stalled { Stalled::Reap } else { Stalled::Leave },
            halt_after: self.spin_halt_after,
            ceiling: self.max_concurrency,
            rest: fleet::Rest::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Supervise;
    use crate::policy;
    use crate::verdict::fleet::{self, Spinners, Stalled};

    #[test]
    fn the_defaults_are_those_of_the_judgement() {
        let policy = policy::parse("", "dos.toml").unwrap().supervise;
        assert_eq!(policy, Supervise::default());
        assert_eq!(policy.fleet(), fleet::Policy::default(), "one set of defaults");
    }

    #[test]
    fn keys_are_read_and_checked() {
        let text = "[supervise]\ntarget = 3\ncount_spinning_as_alive = false\nreap_stalled = false\n\
                    spin_halt_after_minutes = 20\nmax_concurrency = 4\n\
                    worker_launch_template = \"agent --lane {lane}\"\n";
        let read = policy::parse(text, "dos.toml").unwrap().supervise;
        assert_eq!(read.worker_launch_template.as_deref(), Some("agent --lane {lane}"));
        let fleet = read.fleet();
        assert_eq!((fleet.target, fleet.ceiling.map(usize::from)), (3, Some(4)));
        assert_eq!((fleet.spinners, fleet.stalled), (Spinners::DoNotCount, Stalled::Leave));
        assert_eq!(fleet.halt_after, Some(Duration::from_secs(1200)), "in minutes");
        let text = "[supervise]\nspin_halt_after_ms = 0\n";
        let read = policy::parse(text, "dos.toml").unwrap().supervise;
        assert_eq!(read.fleet().halt_after, Some(Duration::ZERO), "at once");
        let text = "[supervise]\nspin_halt_after_minutes = 0.5\n";
        let read = policy::parse(text, "dos.toml").unwrap().supervise;
        assert_eq!(read.fleet().halt_after, Some(Duration::from_secs(30)), "half a minute");
        for (text, part) in [
            ("[supervise]\n\ntargets = 1\n", "dos.toml:3: unknown field `targets`"),
            ("[supervise]\ntarget = -1\n", "dos.toml:2: invalid value"),
            (
                "[supervise]\nspin_halt_after_minutes = -0.5\n",
                "dos.toml:2: a stretch of time is a number from 0 on",
            ),
            ("[supervise]\nmax_concurrency = 0\n", "dos.toml:2: invalid value"),
            ("[supervise]\nmax_concurrency = true\n", "dos.toml:2: invalid type"),
            ("[supervise]\nreap_stalled = 1\n", "dos.toml:2: invalid type"),
            (
                "[supervise]\nworker_launch_template = \"agent\"\n",
                "dos.toml:2: a worker's command names its lane",
            ),
            (
                "[supervise]\nspin_halt_after_ms = 1\nspin_halt_after_minutes = 1\n",
                "dos.toml:1: one of spin_halt_after_ms and spin_halt_after_minutes",
            ),
        ] {
            let error = policy::parse(text, "dos.toml").unwrap_err().to_string();
            assert!(error.starts_with(part), "{text:?}: {error}");
        }
    }
}
