//! What does `[churn]` of `dos.toml` ask for? When archives of nothing become one commit.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use crate::verdict::archive::cause::Patterns;
use crate::verdict::{coalesce, token};

/// The table `[churn]`; every key is optional.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Churn {
    /// Whether repeats are folded; default `"amend"`.
    pub mode: Mode,
    /// The folders that archives lie in, from the top of the worktree.
    ///
    /// Default: `docs/dispatch`, `docs/dispatch-loop`, `docs/fanout`, `docs/_plans`.
    pub roots: Vec<Root>,
    /// Whether a blocker that is seen for the first time takes its repeats in; default false.
    pub fold_into_first: bool,
    /// Whether a commit at which a recorded run of an agent began may be folded; default true.
    pub fold_run_starts: bool,
    /// The most runs that one commit may stand for; default 50.
    pub maximum_count: u32,
    /// The longest time that one commit may span, in hours; default 24.
    pub maximum_age_hours: u32,
    /// The number of commits that are searched for an earlier blocker; default 200.
    pub history: u32,
    /// For each cause the words that stand for it in the subjects of archives, with `*` for any characters.
    pub causes: BTreeMap<Cause, Vec<String>>,
}

impl Default for Churn {
    fn default() -> Self {
        let roots = ["docs/dispatch", "docs/dispatch-loop", "docs/fanout", "docs/_plans"];
        Self {
            mode: Mode::default(),
            roots: roots.into_iter().map(|root| Root(root.to_owned())).collect(),
            fold_into_first: false,
            fold_run_starts: true,
            maximum_count: 50,
            maximum_age_hours: 24,
            history: 200,
            causes: BTreeMap::new(),
        }
    }
}

/// Whether repeats are folded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// They are, by replacing the last commit.
    #[default]
    Amend,
    /// They are not.
    Off,
}

/// A folder, as a path from the top of the worktree with `/` between its parts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Root(String);

impl Root {
    /// Tells whether the file at `path` lies in this folder.
    pub fn contains(&self, path: &[u8]) -> bool {
        path.strip_prefix(self.0.as_bytes()).is_some_and(|rest| rest.starts_with(b"/"))
    }
}

impl TryFrom<String> for Root {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let text = text.strip_suffix('/').map(ToOwned::to_owned).unwrap_or(text);
        if text.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(format!("{text:?} is no folder below the top of the worktree"));
        }
        Ok(Self(text))
    }
}

/// A cause, as it stands between brackets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Cause(String);

impl TryFrom<String> for Cause {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if token::is_cause(&text) {
            Ok(Self(text))
        } else {
            Err(format!("{text:?} is no cause: a-z, 0-9, '_', '.' and '-', at most 64"))
        }
    }
}

impl Churn {
    /// Tells whether the file at `path` lies in an archive folder.
    pub fn is_archive_path(&self, path: &[u8]) -> bool {
        self.roots.iter().any(|root| root.contains(path))
    }

    /// Returns the patterns of `[churn.causes]`.
    pub fn patterns(&self) -> Patterns {
        let causes = self.causes.iter();
        Patterns(causes.map(|(cause, patterns)| (cause.0.clone(), patterns.clone())).collect())
    }

    /// Returns the limits of a fold.
    pub fn limits(&self) -> coalesce::Policy {
        coalesce::Policy {
            maximum_count: i64::from(self.maximum_count),
            maximum_age: Duration::from_secs(u64::from(self.maximum_age_hours) * 60 * 60),
            fold_run_starts: self.fold_run_starts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Churn, Mode};
    use crate::policy;
    use crate::verdict::coalesce;

    #[test]
    fn the_defaults_are_those_of_the_judgement() {
        assert_eq!(Churn::default().limits(), coalesce::Policy::default(), "one set of limits");
        assert_eq!(policy::parse("", "dos.toml").unwrap().churn, Churn::default(), "no file");
    }

    #[test]
    fn keys_are_read_and_checked() {
        let text = "[churn]\nmode = \"off\"\nroots = [\"ops/log/\"]\n[churn.causes]\nsoak = [\"mesh*gated\"]\n";
        let churn = policy::parse(text, "dos.toml").unwrap().churn;
        assert_eq!(churn.mode, Mode::Off, "the mode");
        assert_eq!(churn.patterns().find("mesh is gated"), Some("soak"), "the causes");
        for (path, want) in [("ops/log/a", true), ("ops/log", false), ("ops/logs/a", false)] {
            assert_eq!(churn.is_archive_path(path.as_bytes()), want, "{path}");
        }
        for (text, line) in [
            ("[churn]\nmode = \"sometimes\"\n", 2),
            ("[churn]\n\nrots = []\n", 3),
            ("[churn]\nroots = [\"../x\"]\n", 2),
            ("[churn]\nroots = [\"\"]\n", 2),
            ("[churn.causes]\n\"A B\" = [\"x\"]\n", 2),
            ("[churn]\nhistory = -1\n", 2),
        ] {
            let error = policy::parse(text, "dos.toml").unwrap_err().to_string();
            assert!(error.starts_with(&format!("dos.toml:{line}: ")), "{text:?}: {error}");
        }
    }
}
