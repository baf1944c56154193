//! What does `[hooks]` of `dos.toml` ask for? How long what agents' hooks write down is kept.

use std::time::Duration;

use serde::Deserialize;

use super::span::Span;

/// The table `[hooks]`; every key is optional.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hooks {
    /// How long the records of a session and of its tool calls outlive the last word in them; default `"30d"`.
    pub keep: Span,
}

impl Default for Hooks {
    fn default() -> Self {
        Self { keep: Span(Duration::from_secs(30 * 24 * 60 * 60)) }
    }
}

#[cfg(test)]
mod tests {
    use super::Hooks;
    use crate::policy;

    #[test]
    fn keys_are_read_and_checked() {
        assert_eq!(policy::parse("", "dos.toml").unwrap().hooks, Hooks::default(), "no file");
        let hooks = policy::parse("[hooks]\nkeep = \"7d\"\n", "dos.toml").unwrap().hooks;
        assert_eq!(hooks.keep.0.as_secs(), 7 * 86_400);
        for (text, part) in [
            ("[hooks]\nkeep = \"soon\"\n", "dos.toml:2: \"soon\" is no stretch of time"),
            ("[hooks]\n\nkept = \"7d\"\n", "dos.toml:3: unknown field `kept`"),
        ] {
            let error = policy::parse(text, "dos.toml").unwrap_err().to_string();
            assert!(error.starts_with(part), "{text:?}: {error}");
        }
    }
}
