//! What do `[wait]` and `[marker]` of `dos.toml` ask for? What becomes of a worker that stops to wait.

use serde::Deserialize;

use crate::verdict::wait::{self, arming, budget};

/// The table `[wait]`; every key is optional.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wait {
    /// Whether every idle stop is held, and not only those of loops; default false.
    pub hold: bool,
    /// Whether a worker is told once that what it waits for does not run; default false.
    pub tell: bool,
}

/// The table `[marker]`: the budget of a loop that is held; every key is optional.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Marker {
    /// The most stops that are held with nothing moved between them; default 4.
    pub max_streak: u32,
    /// The variables of which one that is not empty says that a loop runs; default `DOS_LOOP`, `CID_RUN_ID`.
    pub arm_on_env: Names,
    /// Whether a worker that a hook made go on already may stop; default true.
    pub respect_stop_hook_active: bool,
}

/// Names of variables: one, or a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "a name or a list of names")]
pub enum Names {
    /// One.
    One(String),
    /// Several; the first that is set counts.
    Several(Vec<String>),
}

impl Default for Marker {
    fn default() -> Self {
        Self {
            max_streak: u32::try_from(budget::DEFAULT).expect("a small number"),
            arm_on_env: Names::Several(arming::Policy::default().variables),
            respect_stop_hook_active: true,
        }
    }
}

impl Names {
    /// Returns the names, without those that are blank.
    fn list(&self) -> Vec<String> {
        let names = match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names.as_slice(),
        };
        names.iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
    }
}

/// Returns the policy that both tables make.
pub fn policy(wait: Wait, marker: &Marker) -> wait::Policy {
    let lets_go = marker.respect_stop_hook_active;
    let again = if lets_go { arming::Again::LetGo } else { arming::Again::MayHold };
    wait::Policy {
        hold: if wait.hold { wait::Hold::Always } else { wait::Hold::Loops },
        tell: if wait.tell { wait::Tell::Once } else { wait::Tell::No },
        budget: u64::from(marker.max_streak),
        arming: arming::Policy { variables: marker.arm_on_env.list(), again },
    }
}

#[cfg(test)]
mod tests {
    use crate::policy;
    use crate::verdict::wait::{self, arming::Again};

    #[test]
    fn the_defaults_are_those_of_the_judgement() {
        let policy = policy::parse("", "dos.toml").unwrap();
        assert_eq!(policy.waiting(), wait::Policy::default(), "one set of defaults");
    }

    #[test]
    fn keys_are_read_and_checked() {
        let text = "[wait]\nhold = true\n[marker]\nmax_streak = 0\narm_on_env = [\" A \", \"\"]\n\
                    respect_stop_hook_active = false\n";
        let read = policy::parse(text, "dos.toml").unwrap().waiting();
        assert_eq!((read.hold, read.tell), (wait::Hold::Always, wait::Tell::No), "[wait]");
        assert_eq!(read.budget, 0, "none at all");
        assert_eq!(read.arming.variables, ["A"], "blank names are none");
        assert_eq!(read.arming.again, Again::MayHold, "the fourth key");
        let one = policy::parse("[marker]\narm_on_env = \"B\"\n", "dos.toml").unwrap();
        assert_eq!(one.waiting().arming.variables, ["B"], "one name needs no list");
        for (text, part) in [
            ("[wait]\nhold = \"yes\"\n", "dos.toml:2: invalid type"),
            ("[wait]\n\nholds = true\n", "dos.toml:3: unknown field `holds`"),
            ("[marker]\nmax_streak = -1\n", "dos.toml:2: invalid value"),
            ("[marker]\nmax_streak = \"7\"\n", "dos.toml:2: invalid type"),
            ("[marker]\nmax_streak = 2.9\n", "dos.toml:2: invalid type"),
            ("[marker]\narm_on_env = 5\n", "dos.toml:2: a name or a list of names"),
            ("[marker]\narm_on_env = [5]\n", "dos.toml:2: a name or a list of names"),
            ("[marker]\nrespect_stop_hook_active = \"false\"\n", "dos.toml:2: invalid type"),
        ] {
            let error = policy::parse(text, "dos.toml").unwrap_err().to_string();
            assert!(error.starts_with(part), "{text:?}: {error}");
        }
    }
}
