//! Which git is it?

/// A version of git, by its first two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
}

impl Version {
    /// The first version that runs hooks from its configuration (git's release notes for 2.54).
    pub const CONFIG_HOOKS: Self = Self { major: 2, minor: 54 };
    /// The first version that heeds `hook.<event>.enabled` (git-config(1) of git 2.55).
    pub const EVENT_SWITCH: Self = Self { major: 2, minor: 55 };
}

impl std::fmt::Display for Version {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

/// Reads `git version 2.47.3`, and what vendors make of it (`git version 2.39.5 (Apple Git-154)`).
pub(super) fn parse(text: &str) -> Option<Version> {
    let mut numbers = text.strip_prefix("git version ")?.split('.');
    let mut number = || numbers.next()?.parse().ok();
    Some(Version { major: number()?, minor: number()? })
}

#[cfg(test)]
mod tests {
    use super::{Version, parse};

    #[test]
    fn versions_are_read_as_vendors_write_them() {
        for (text, want) in [
            ("git version 2.47.3\n", Some((2, 47))),
            ("git version 2.39.5 (Apple Git-154)\n", Some((2, 39))),
            ("git version 2.54.0.windows.1\n", Some((2, 54))),
            ("git version 3.0.rc1\n", Some((3, 0))),
            ("hub version 2\n", None),
            ("", None),
        ] {
            let want = want.map(|(major, minor)| Version { major, minor });
            assert_eq!(parse(text), want, "{text:?}");
        }
        assert!(Version { major: 3, minor: 0 } > Version::CONFIG_HOOKS, "ordered by both numbers");
    }
}
