//! Are two the same session, run or worktree?

/// Who somebody is, as far as is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The session, as the agent names it.
    pub session: Option<String>,
    /// The run, and the runs that it belongs to.
    pub runs: Vec<String>,
    /// The top of the worktree.
    pub worktree: Option<String>,
}

impl Identity {
    /// Tells whether both are one.
    ///
    /// A session and a run are told apart wherever both sides name one. Only where neither can be compared does
    /// the worktree tell: two sessions in one worktree are two.
    pub fn is(&self, other: &Self) -> bool {
        let sessions = self.session.as_ref().zip(other.session.as_ref());
        let have_runs = !self.runs.is_empty() && !other.runs.is_empty();
        if sessions.is_some_and(|(one, two)| one == two)
            || self.runs.iter().any(|run| other.runs.contains(run))
        {
            return true;
        }
        let worktrees = self.worktree.as_ref().zip(other.worktree.as_ref());
        sessions.is_none() && !have_runs && worktrees.is_some_and(|(one, two)| one == two)
    }
}

#[cfg(test)]
mod tests {
    use super::Identity;

    fn who(session: &str, run: &str, worktree: &str) -> Identity {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Identity {
            session: some(session),
            runs: Vec::from_iter(some(run)),
            worktree: some(worktree),
        }
    }

    #[test]
    fn two_are_one_by_the_strongest_mark_that_both_have() {
        for (one, other, want) in [
            (who("s", "", ""), who("s", "", ""), true),
            (who("s", "", "/w"), who("t", "", "/w"), false),
            (who("s", "r", "/w"), who("t", "r", "/v"), true),
            (who("s", "r", "/w"), who("s", "q", "/v"), true),
            (who("s", "r", "/w"), who("t", "q", "/w"), false),
            (who("s", "", "/w"), who("", "q", "/w"), true),
            (who("", "", "/w"), who("", "", "/w"), true),
            (who("", "", "/w"), who("", "", "/v"), false),
            (who("", "", ""), who("", "", ""), false),
            (who("", "r", "/w"), who("", "q", "/w"), false),
        ] {
            assert_eq!(one.is(&other), want, "{one:?} and {other:?}");
            assert_eq!(other.is(&one), want, "{other:?} and {one:?}");
        }
    }
}
