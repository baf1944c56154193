//! Who holds a lease, or asks for one, and are both one?

use super::{Identity, Lease};
use crate::output::shown;

/// A name that a holder goes by; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner(String);

impl std::str::FromStr for Owner {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("an owner needs a name".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

impl Owner {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Somebody who holds leases, or wants to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holder {
    /// The name that it goes by.
    pub owner: Option<Owner>,
    /// Its session, its runs and its worktree. The first run is its own, the others are those it comes from.
    pub identity: Identity,
    /// The name of the machine.
    pub host: Option<String>,
    /// The id of the clone that it works in, where clones share the set.
    pub clone: Option<String>,
    /// The process without which its leases are over, and when that started.
    pub process: Option<(u32, Option<u64>)>,
}

impl Holder {
    /// Tells whether this one holds `lease`.
    ///
    /// Two names are one holder or two. Where one side has a name, the other must have the session or the run of that
    /// side: a worktree alone tells only where nobody goes by a name. Who works in two clones is two.
    pub fn holds(&self, lease: &Lease) -> bool {
        if lease.is_elsewhere() || (lease.clone.is_some() && lease.clone != self.clone) {
            return false;
        }
        let is_elsewhere = self.host.as_ref().zip(lease.host.as_ref()).is_some_and(|(a, b)| a != b);
        let mut identity = identity(lease);
        match (&self.owner, owner(lease)) {
            (Some(own), Some(other)) => own.as_str() == other,
            (own, other) => {
                if own.is_some() || other.is_some() || is_elsewhere {
                    identity.worktree = None;
                }
                self.identity.is(&identity)
            }
        }
    }
}

impl Holder {
    /// Tells whether this one holds `lease`, as far as a hook can tell.
    ///
    /// A hook does not always know the name that somebody goes by. Without one it leaves the names aside, so that a
    /// worktree does for a lease that was taken by name in it; with one it tells as [`holds`](Self::holds) does.
    pub fn seems_to_hold(&self, lease: &Lease) -> bool {
        match self.owner {
            Some(_) => self.holds(lease),
            None => self.holds(&Lease { owner: None, ..lease.clone() }),
        }
    }

    /// Returns this holder without the runs that it comes from, whose leases it may use and must not give back.
    #[must_use]
    pub fn alone(&self) -> Self {
        let mut alone = self.clone();
        alone.identity.runs.truncate(1);
        alone
    }

    /// Tells whether there is anything by which this one could be known again.
    pub fn is_anybody(&self) -> bool {
        let Identity { session, runs, worktree } = &self.identity;
        self.owner.is_some() || session.is_some() || !runs.is_empty() || worktree.is_some()
    }
}

/// Returns the name that the holder of `lease` goes by; an empty one is none.
fn owner(lease: &Lease) -> Option<&str> {
    lease.owner.as_deref().filter(|name| !name.trim().is_empty())
}

/// Returns who holds `lease`, without a name.
fn identity(lease: &Lease) -> Identity {
    Identity {
        session: lease.session.clone(),
        runs: lease.run.iter().cloned().collect(),
        worktree: lease.worktree.clone(),
    }
}

/// Names the holder of `lease` for people, made harmless.
pub fn words(lease: &Lease) -> String {
    let line = |text: &str| shown(text.as_bytes());
    let who = match (owner(lease), &lease.session, &lease.run) {
        (Some(name), _, _) => line(name),
        (None, Some(session), _) => format!("session {}", line(session)),
        (None, None, Some(run)) => format!("run {}", line(run)),
        (None, None, None) => "somebody".to_owned(),
    };
    let place = lease.worktree.as_deref().map(|top| format!(" in {}", line(top)));
    format!("{who}{}", place.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{Holder, words};
    use crate::leases::{Identity, Lease};

    fn text(text: &str) -> Option<String> {
        Some(text.to_owned()).filter(|text| !text.is_empty())
    }

    fn lease([owner, session, run, worktree, host]: [&str; 5]) -> Lease {
        let lease = r#"{"lane":"api","tree":["src"],"acquired_ms":0,"ttl_s":60}"#;
        let lease: Lease = serde_json::from_str(lease).unwrap();
        Lease {
            owner: Some(owner.to_owned()),
            session: text(session),
            run: text(run),
            worktree: text(worktree),
            host: text(host),
            ..lease
        }
    }

    fn holder([owner, session, run, worktree, host]: [&str; 5]) -> Holder {
        Holder {
            owner: owner.parse().ok(),
            identity: Identity {
                session: text(session),
                runs: text(run).into_iter().collect(),
                worktree: text(worktree),
            },
            host: text(host),
            clone: None,
            process: None,
        }
    }

    #[test]
    fn names_decide_then_sessions_and_runs_and_the_worktree_last() {
        for (one, two, want, why) in [
            (["a", "", "", "/w", ""], ["a", "", "", "/v", ""], true, "one name"),
            (["a", "s", "r", "/w", ""], ["b", "s", "r", "/w", ""], false, "two names"),
            (["", "", "", "", ""], ["", "", "", "", ""], false, "nobody is nobody"),
            (["", "", "", "/w", ""], ["", "", "", "/w", ""], true, "one worktree"),
            (["", "", "", "/w", "h"], ["", "", "", "/w", "i"], false, "of two machines"),
            (["", "", "", "/w", ""], ["", "", "", "/v", ""], false, "two worktrees"),
            (["a", "", "", "/w", ""], ["", "", "", "/w", ""], false, "a name and none"),
            (["a", "s", "", "/w", ""], ["", "s", "", "/w", ""], true, "its own session"),
            (["a", "", "r", "/w", ""], ["", "", "r", "/v", ""], true, "its own run"),
            (["", "s", "", "/w", ""], ["", "t", "", "/w", ""], false, "two sessions"),
            ([" ", "", "", "/w", ""], ["a", "", "", "/w", ""], false, "an empty name is none"),
        ] {
            assert_eq!(holder(one).holds(&lease(two)), want, "{why}: {one:?} and {two:?}");
            assert_eq!(holder(two).holds(&lease(one)), want, "{why}, turned round");
        }
    }

    #[test]
    fn who_works_in_two_clones_is_two_whatever_the_name() {
        for (own, other, want) in [
            (None, None, true),
            (Some("1"), None, true),
            (Some("1"), Some("1"), true),
            (Some("1"), Some("2"), false),
            (None, Some("2"), false),
        ] {
            let clone = |id: Option<&str>| id.map(str::to_owned);
            let holder = Holder { clone: clone(own), ..holder(["a", "s", "r", "/w", "h"]) };
            let lease = Lease { clone: clone(other), ..lease(["a", "s", "r", "/w", "h"]) };
            assert_eq!(holder.holds(&lease), want, "{own:?} and {other:?}");
            assert_eq!(holder.seems_to_hold(&lease), want, "{own:?} and {other:?}, for a hook");
        }
    }

    #[test]
    fn a_hook_that_knows_no_name_leaves_names_aside() {
        for (one, two, want, why) in [
            (
                ["", "", "", "/w", ""],
                ["ada", "", "", "/w", ""],
                true,
                "a name taken in its worktree",
            ),
            (["", "s", "", "/w", ""], ["ada", "", "", "/w", ""], true, "whatever its session"),
            (["", "s", "", "/w", ""], ["ada", "t", "", "/w", ""], false, "unless that is another"),
            (["", "", "q", "/w", ""], ["ada", "", "r", "/w", ""], false, "or its run is"),
            (["", "", "", "/v", ""], ["ada", "", "", "/w", ""], false, "or its worktree"),
            (["", "", "", "/w", "h"], ["ada", "", "", "/w", "i"], false, "or its machine"),
            (["ada", "s", "", "/v", ""], ["ada", "t", "", "/w", ""], true, "one name"),
            (["bob", "s", "r", "/w", ""], ["ada", "s", "r", "/w", ""], false, "two names"),
            (["bob", "", "", "/w", ""], ["", "", "", "/w", ""], false, "a name, and none"),
        ] {
            let got = holder(one).seems_to_hold(&lease(two));
            assert_eq!(got, want, "{why}: {one:?} and {two:?}");
        }
    }

    #[test]
    fn a_run_uses_the_leases_of_the_run_that_started_it_and_has_its_own() {
        let mut child = holder(["", "", "child", "", ""]);
        child.identity.runs.push("parent".to_owned());
        for (run, used, own) in
            [("child", true, true), ("parent", true, false), ("sibling", false, false)]
        {
            let lease = lease(["", "", run, "", ""]);
            assert_eq!((child.holds(&lease), child.alone().holds(&lease)), (used, own), "{run}");
        }
        assert!(child.is_anybody() && !Holder::default().is_anybody());
    }

    #[test]
    fn a_holder_is_named_by_what_is_known() {
        for (who, want) in [
            (["a\n", "s", "r", "/w", ""], "a\\u{a} in /w"),
            (["", "s", "r", "", ""], "session s"),
            (["", "", "r", "/w", ""], "run r in /w"),
            (["", "", "", "", ""], "somebody"),
        ] {
            assert_eq!(words(&lease(who)), want);
        }
    }
}
