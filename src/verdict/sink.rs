//! Does an event reach this audience? Each audience has a least severity that it is told about.

use super::severity::Severity;

/// An audience for events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sink {
    /// Messages that interrupt somebody.
    Push,
    /// Commits.
    Commit,
    /// The terminal.
    Terminal,
    /// The report of a loop.
    Report,
    /// Files that a loop leaves behind.
    Artifact,
}

impl Sink {
    /// Every audience.
    pub const ALL: [Self; 5] =
        [Self::Push, Self::Commit, Self::Terminal, Self::Report, Self::Artifact];

    /// Returns the audience's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Commit => "commit",
            Self::Terminal => "terminal",
            Self::Report => "report",
            Self::Artifact => "artifact",
        }
    }

    /// Finds the audience called `name`, spelled exactly.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sink| sink.name() == name)
    }

    /// Returns the environment variables that set the threshold, the one that counts first.
    pub fn variables(self) -> [String; 2] {
        let name = format!("DISPATCH_{}_MIN_SEVERITY", self.name().to_uppercase());
        [name.clone(), format!("JOB_{name}")]
    }

    /// Returns the least severity that reaches this audience, from the values of [`Self::variables`].
    ///
    /// An empty value counts as none; a word that is no severity means the default.
    pub fn threshold(self, values: [Option<&str>; 2]) -> Severity {
        self.setting(values).and_then(Severity::named).unwrap_or(self.default_threshold())
    }

    /// Returns the one of the values of [`Self::variables`] that counts.
    pub fn setting(self, values: [Option<&str>; 2]) -> Option<&str> {
        values.into_iter().flatten().find(|value| !value.is_empty())
    }

    /// Returns the least severity that reaches this audience where nothing sets it.
    pub fn default_threshold(self) -> Severity {
        match self {
            Self::Push => Severity::BlockedNew,
            Self::Commit => Severity::Noop,
            Self::Terminal | Self::Report | Self::Artifact => Severity::Notice,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Sink;
    use crate::verdict::severity::Severity;

    #[test]
    fn the_first_value_that_is_not_empty_decides() {
        for (values, want) in [
            ([None, None], Severity::BlockedNew),
            ([Some("noop"), Some("SHIPPED")], Severity::Noop),
            ([Some(""), Some("SHIPPED")], Severity::Shipped),
            ([Some(" "), Some("SHIPPED")], Severity::BlockedNew),
            ([Some("junk"), Some("SHIPPED")], Severity::BlockedNew),
        ] {
            assert_eq!(Sink::Push.threshold(values), want, "push with {values:?}");
        }
        let variables = ["DISPATCH_PUSH_MIN_SEVERITY", "JOB_DISPATCH_PUSH_MIN_SEVERITY"];
        assert_eq!(Sink::Push.variables(), variables, "where the values come from");
    }
}
