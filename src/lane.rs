//! Which part of the tree is a lane, and how is it called?
//!
//! A lane is a named region of the tree that one worker at a time may hold. Everything here is pure: names and
//! paths in, answers out.

pub mod declared;
pub mod lint;
pub mod path;
pub mod pattern;
pub mod region;

use std::collections::BTreeMap;

/// What a lease lets others do in its region.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// Nothing: its holder works there alone.
    #[default]
    Exclusive,
    /// As much as its holder does, if they hold it in this mode too.
    Shared,
}

impl Mode {
    /// Every mode, the strict one first.
    pub const ALL: [Self; 2] = [Self::Exclusive, Self::Shared];

    /// Returns the mode's word in files and on command lines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exclusive => "exclusive",
            Self::Shared => "shared",
        }
    }

    /// Returns the mode called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }

    /// Tells whether two holders may be in one place.
    pub fn is_compatible(self, other: Self) -> bool {
        self == Self::Shared && other == Self::Shared
    }
}

/// Whether a lane is held beside others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It is, by one holder each.
    Concurrent,
    /// It is held alone: while somebody holds it, nobody holds anything else.
    Exclusive,
    /// It is none of the policy's lanes: paths that somebody asked for under a name of their own.
    Paths,
}

impl Kind {
    /// Returns the kind's word in files and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Concurrent => "concurrent",
            Self::Exclusive => "exclusive",
            Self::Paths => "paths",
        }
    }
}

/// The lanes of a repository, as data: what `[lanes]` of `dos.toml` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taxonomy {
    /// Lanes that are held side by side with others.
    pub concurrent: Vec<String>,
    /// Lanes that are held alone; they need no tree.
    pub exclusive: Vec<String>,
    /// Lanes that may be given to a worker who asks for none, in order.
    pub autopick: Vec<String>,
    /// The paths and patterns of each lane.
    pub trees: BTreeMap<String, Vec<String>>,
    /// Other names of lanes.
    pub aliases: BTreeMap<String, String>,
}

impl Taxonomy {
    /// Tells whether there is any lane at all.
    pub fn is_declared(&self) -> bool {
        !(self.concurrent.is_empty() && self.exclusive.is_empty() && self.trees.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use crate::lane::{Mode, Taxonomy};

    #[test]
    fn only_two_who_share_are_compatible() {
        for (one, other, want) in [
            (Mode::Shared, Mode::Shared, true),
            (Mode::Shared, Mode::Exclusive, false),
            (Mode::Exclusive, Mode::Shared, false),
            (Mode::Exclusive, Mode::Exclusive, false),
        ] {
            assert_eq!(one.is_compatible(other), want, "{one:?} beside {other:?}");
        }
        for mode in Mode::ALL {
            assert_eq!(Mode::named(mode.name()), Some(mode), "its own name");
        }
        assert_eq!(Mode::named("Shared"), None, "names are spelled one way");
    }

    #[test]
    fn names_without_lanes_declare_nothing() {
        let mut taxonomy = Taxonomy::default();
        taxonomy.aliases.insert("ui".to_owned(), "web".to_owned());
        taxonomy.autopick.push("web".to_owned());
        assert!(!taxonomy.is_declared(), "an alias of nothing");
        taxonomy.exclusive.push("release".to_owned());
        assert!(taxonomy.is_declared());
    }
}
