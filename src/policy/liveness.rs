//! What does `[liveness]` of `dos.toml` ask for? How long a run may be quiet.

use std::time::Duration;

use serde::Deserialize;

use super::span::Span;
use crate::verdict;

/// The table `[liveness]`; every key is optional.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Liveness {
    /// How old a run must be before it can be spinning; default `"30m"`.
    pub grace: Span,
    /// How old a sign of life may be to show that a run is alive; default `"15m"`.
    pub spin: Span,
}

impl Default for Liveness {
    fn default() -> Self {
        let minutes = |count: u64| Span(Duration::from_secs(count * 60));
        Self { grace: minutes(30), spin: minutes(15) }
    }
}

impl Liveness {
    /// Returns the limits of the judgement.
    pub fn limits(&self) -> verdict::liveness::Policy {
        verdict::liveness::Policy { grace: self.grace.0, spin: self.spin.0 }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Liveness;
    use crate::{policy, verdict};

    #[test]
    fn the_defaults_are_those_of_the_judgement() {
        let limits = Liveness::default().limits();
        assert_eq!(limits, verdict::liveness::Policy::default(), "one set of limits");
        let policy = policy::parse("", "dos.toml").unwrap();
        assert_eq!(policy.liveness, Liveness::default(), "no file");
    }

    #[test]
    fn keys_are_read_and_checked() {
        let text = "[liveness]\nspin = \"1h 5m\"\n";
        let limits = policy::parse(text, "dos.toml").unwrap().liveness.limits();
        assert_eq!(limits.spin, Duration::from_secs(65 * 60), "as it is written");
        assert_eq!(limits.grace, Duration::from_secs(30 * 60), "the other key keeps its default");
        for (text, part) in [
            ("[liveness]\ngrace = \"soon\"\n", "dos.toml:2: \"soon\" is no stretch of time"),
            ("[liveness]\n\ngrace = \"-1m\"\n", "dos.toml:3: "),
            ("[liveness]\nspin = 15\n", "dos.toml:2: invalid type"),
            ("[liveness]\nspin_ms = 15\n", "dos.toml:2: unknown field `spin_ms`"),
        ] {
            let error = policy::parse(text, "dos.toml").unwrap_err().to_string();
            assert!(error.starts_with(part), "{text:?}: {error}");
        }
    }
}
