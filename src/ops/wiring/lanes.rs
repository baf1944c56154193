//! Does `dos.toml` declare lanes, so that agents have to ask before they use a tool, and git before a commit?

use git_dos_agent_hooks::settings::Extent;
use git_dos_git_hooks::Event;

use super::place::Scope;
use crate::policy;

/// What is known of the lanes of one worktree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lanes {
    /// There are some.
    Declared,
    /// There are none.
    Absent,
    /// The policy cannot be read; the sentence says why.
    Unknown(String),
}

impl Lanes {
    /// Reads the policy that binds `repository`.
    pub fn of(repository: &gix::Repository) -> Self {
        match policy::load(repository) {
            Ok(policy) if policy.lanes.taxonomy().is_declared() => Self::Declared,
            Ok(_) => Self::Absent,
            Err(error) => Self::Unknown(error.to_string()),
        }
    }

    /// Tells whether git is to call us for `event` unless other events were asked for.
    pub fn call_for(&self, event: Event) -> bool {
        Event::DEFAULT.contains(&event) || event == Event::PreCommit && *self != Self::Absent
    }

    /// Returns which hooks a file of `scope` is to have.
    ///
    /// A user's own file serves repositories with and without lanes. Where nobody can tell, an agent that asks
    /// in vain loses a moment, and one that does not ask may write into a lane.
    pub fn extent(&self, scope: Scope) -> Extent {
        match self {
            Self::Absent if scope != Scope::User => Extent::NoLanes,
            Self::Absent | Self::Declared | Self::Unknown(_) => Extent::All,
        }
    }
}
