//! What does `[leases]` of `dos.toml` ask for? The remote by which clones of the repository share their leases.

use std::time::Duration;

use serde::Deserialize;

use super::span::Span;

/// The table `[leases]`; every key is optional.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Leases {
    /// The remote that arbitrates between clones, by its name in git's configuration; without one, the leases are those
    /// of this clone alone.
    pub remote: Option<Remote>,
    /// How long one exchange with it may take; default `"30s"`.
    pub timeout: Timeout,
}

impl Default for Leases {
    fn default() -> Self {
        Self { remote: None, timeout: Timeout(Duration::from_secs(30)) }
    }
}

/// The name of a remote.
///
/// It is a name and no address: what a branch writes into `dos.toml` must not choose whom git talks to, nor how.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Remote(String);

impl Remote {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Remote {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_odd =
            |char: char| char.is_control() || char.is_whitespace() || matches!(char, ':' | '=');
        if text.is_empty() || text.starts_with(['-', '.', '/']) || text.contains(is_odd) {
            return Err(format!("{text:?} is no name of a remote, as `git remote` lists them"));
        }
        Ok(Self(text))
    }
}

/// How long an exchange may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Span")]
pub struct Timeout(pub Duration);

impl TryFrom<Span> for Timeout {
    type Error = &'static str;

    fn try_from(Span(limit): Span) -> Result<Self, &'static str> {
        if limit < Duration::from_secs(1) {
            Err("an exchange with a remote needs a second at least")
        } else {
            Ok(Self(limit))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Leases;
    use crate::policy;

    #[test]
    fn keys_are_read_and_checked() {
        assert_eq!(policy::parse("", "dos.toml").unwrap().leases, Leases::default(), "no file");
        let text = "[leases]\nremote = \"origin\"\ntimeout = \"1m\"\n";
        let leases = policy::parse(text, "dos.toml").unwrap().leases;
        assert_eq!(leases.remote.as_ref().map(super::Remote::as_str), Some("origin"));
        assert_eq!(leases.timeout.0.as_secs(), 60);
    }

    #[test]
    fn what_is_no_name_of_a_remote_is_refused() {
        for (text, part) in [
            ("[leases]\nremote = \"\"\n", "dos.toml:2: \"\" is no name of a remote"),
            ("[leases]\nremote = \"--upload-pack=x\"\n", "is no name of a remote"),
            ("[leases]\nremote = \"ext::sh -c x\"\n", "is no name of a remote"),
            ("[leases]\nremote = \"https://example.org/x\"\n", "is no name of a remote"),
            ("[leases]\nremote = \"../x\"\n", "is no name of a remote"),
            ("[leases]\n\nremotes = \"origin\"\n", "dos.toml:3: unknown field `remotes`"),
            ("[leases]\ntimeout = \"0s\"\n", "dos.toml:2: an exchange with a remote needs"),
        ] {
            let error = policy::parse(text, "dos.toml").unwrap_err().to_string();
            assert!(error.contains(part), "{text:?}: {error}");
        }
    }
}
