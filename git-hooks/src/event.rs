//! Which of git's hooks do we take part in?

use std::ffi::OsStr;

/// A hook of git, by the file name that git runs (githooks(5)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// Before refs are sent to a remote; may refuse the push.
    PrePush,
    /// After `git commit` made a commit; its exit code means nothing to git.
    PostCommit,
    /// After `git commit --amend` or `git rebase` replaced commits.
    PostRewrite,
    /// Before a commit is made, with its message in a file; may refuse the commit.
    CommitMsg,
    /// Before a commit is made, and before its message; may refuse the commit.
    PreCommit,
}

impl Event {
    /// Every event, in the order in which they are listed to people.
    pub const ALL: [Self; 5] =
        [Self::PrePush, Self::PostCommit, Self::PostRewrite, Self::CommitMsg, Self::PreCommit];

    /// The events that are installed everywhere unless others are asked for; [`Self::PreCommit`] is where lanes are.
    pub const DEFAULT: [Self; 3] = [Self::PrePush, Self::PostCommit, Self::PostRewrite];

    /// Returns the hook's file name.
    pub fn name(self) -> &'static str {
        match self {
            Self::PrePush => "pre-push",
            Self::PostCommit => "post-commit",
            Self::PostRewrite => "post-rewrite",
            Self::CommitMsg => "commit-msg",
            Self::PreCommit => "pre-commit",
        }
    }

    /// Returns the event whose hook has the file name `name`; `None` for a hook that we take no part in.
    pub fn named(name: &OsStr) -> Option<Self> {
        Self::ALL.into_iter().find(|event| name == event.name())
    }

    /// Tells whether git writes to the hook's standard input.
    ///
    /// The others get `/dev/null` from git, but whatever their caller has from a hook manager.
    pub fn has_input(self) -> bool {
        matches!(self, Self::PrePush | Self::PostRewrite)
    }

    /// Tells whether a non-zero exit code stops what git is about to do.
    pub fn may_refuse(self) -> bool {
        matches!(self, Self::PrePush | Self::CommitMsg | Self::PreCommit)
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::Event;

    #[test]
    fn names_read_back_and_strangers_do_not() {
        for event in Event::ALL {
            assert_eq!(Event::named(OsStr::new(event.name())), Some(event), "its own name");
        }
        for stranger in ["", "pre-merge-commit", "PRE-PUSH", "pre-push "] {
            assert_eq!(Event::named(OsStr::new(stranger)), None, "{stranger:?} is not ours");
        }
    }
}
