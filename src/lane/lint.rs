//! What in a policy of lanes does not do what it looks like?

use super::Taxonomy;
use super::declared::{Lane, Lanes};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// The policy works, but not as it reads.
    Warn,
    /// A part of the policy cannot work.
    Error,
}

impl Grade {
    /// Returns the grade's word in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// Something in a policy of lanes that is dead or ambiguous.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A lane that is held beside others is nowhere, so that nobody can hold it.
    WithoutTree {
        /// The lane.
        lane: String,
    },
    /// A lane is in both lists; it is held alone.
    BothKinds {
        /// The lane.
        lane: String,
    },
    /// A name that may be picked is in no list.
    PickUndeclared {
        /// The name.
        name: String,
    },
    /// Another name means a lane that is in no list.
    AliasDangling {
        /// The other name.
        alias: String,
        /// What it means.
        lane: String,
    },
    /// Another name is the name of a lane too, which is the one that is meant.
    AliasHidden {
        /// The other name.
        alias: String,
        /// What it should mean.
        lane: String,
    },
    /// All of a lane lies in another one that is larger, so that the two are never held at once.
    Shadowed {
        /// The lane.
        lane: String,
        /// The larger one.
        by: String,
    },
    /// Two lanes share paths, so that they are never held at once.
    Overlap {
        /// The first one.
        lane: String,
        /// The second one.
        other: String,
    },
}

impl Finding {
    /// Returns how bad it is.
    pub fn grade(&self) -> Grade {
        match self {
            Self::WithoutTree { .. } | Self::BothKinds { .. } => Grade::Error,
            Self::PickUndeclared { .. }
            | Self::AliasDangling { .. }
            | Self::AliasHidden { .. }
            | Self::Shadowed { .. }
            | Self::Overlap { .. } => Grade::Warn,
        }
    }

    /// Returns the word for it in answers.
    pub fn name(&self) -> &'static str {
        match self {
            Self::WithoutTree { .. } => "without-tree",
            Self::BothKinds { .. } => "both-kinds",
            Self::PickUndeclared { .. } => "pick-undeclared",
            Self::AliasDangling { .. } => "alias-dangling",
            Self::AliasHidden { .. } => "alias-hidden",
            Self::Shadowed { .. } => "shadowed",
            Self::Overlap { .. } => "overlap",
        }
    }
}

/// Returns what is wrong with `taxonomy`, whose lanes are `lanes`; what cannot work comes first.
pub fn check(taxonomy: &Taxonomy, lanes: &Lanes) -> Vec<Finding> {
    let mut found = without_tree(taxonomy);
    let both = distinct(&taxonomy.concurrent).filter(|lane| taxonomy.exclusive.contains(lane));
    found.extend(both.map(|lane| Finding::BothKinds { lane: lane.clone() }));
    let undeclared = taxonomy.autopick.iter().filter(|name| !is_listed(taxonomy, lanes, name));
    found.extend(undeclared.map(|name| Finding::PickUndeclared { name: name.clone() }));
    found.extend(aliases(taxonomy, lanes));
    found.extend(shared(taxonomy, lanes));
    found
}

/// Returns each of `names` once.
fn distinct(names: &[String]) -> impl Iterator<Item = &String> {
    names
        .iter()
        .enumerate()
        .filter(|(at, name)| !names.iter().take(*at).any(|n| n == *name))
        .map(|(_, name)| name)
}

/// Returns the lanes that somebody could be given and that are nowhere.
fn without_tree(taxonomy: &Taxonomy) -> Vec<Finding> {
    let given: Vec<String> =
        taxonomy.concurrent.iter().chain(&taxonomy.autopick).cloned().collect();
    let is_nowhere = |lane: &&String| {
        let is_alone = taxonomy.exclusive.contains(lane) && !taxonomy.concurrent.contains(lane);
        let is_alias = taxonomy.aliases.contains_key(*lane) && !taxonomy.concurrent.contains(lane);
        !is_alone && !is_alias && taxonomy.trees.get(*lane).is_none_or(Vec::is_empty)
    };
    distinct(&given)
        .filter(is_nowhere)
        .map(|lane| Finding::WithoutTree { lane: lane.clone() })
        .collect()
}

/// Tells whether `name` means a lane of one of the two lists.
fn is_listed(taxonomy: &Taxonomy, lanes: &Lanes, name: &str) -> bool {
    lanes.resolve(name).is_some_and(|lane| {
        taxonomy.concurrent.contains(&lane.name) || taxonomy.exclusive.contains(&lane.name)
    })
}

fn aliases(taxonomy: &Taxonomy, lanes: &Lanes) -> impl Iterator<Item = Finding> {
    taxonomy.aliases.iter().filter_map(|(alias, lane)| {
        let (alias, lane) = (alias.clone(), lane.clone());
        let meant = lanes.iter().find(|found| found.name == lane).or_else(|| lanes.resolve(&lane));
        if !is_listed(taxonomy, lanes, &lane) {
            return Some(Finding::AliasDangling { alias, lane });
        }
        (lanes.resolve(&alias) != meant).then_some(Finding::AliasHidden { alias, lane })
    })
}

/// Returns the pairs of concurrent lanes that can never be held at once.
fn shared(taxonomy: &Taxonomy, lanes: &Lanes) -> Vec<Finding> {
    let has_tree = |name: &str| taxonomy.trees.get(name).is_some_and(|tree| !tree.is_empty());
    let listed = |lane: &&Lane| taxonomy.concurrent.contains(&lane.name) && has_tree(&lane.name);
    let lanes: Vec<&Lane> = lanes.iter().filter(listed).collect();
    let mut found = Vec::new();
    for (at, one) in lanes.iter().enumerate() {
        for two in lanes.iter().skip(at + 1) {
            let (left, right) = (one.tree.region(), two.tree.region());
            if !left.meets(right) {
                continue;
            }
            let (lane, other) = (one.name.clone(), two.name.clone());
            found.push(match (left.is_within(right), right.is_within(left)) {
                (true, false) => Finding::Shadowed { lane, by: other },
                (false, true) => Finding::Shadowed { lane: other, by: lane },
                (true, true) | (false, false) => Finding::Overlap { lane, other },
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Finding, Grade, check};
    use crate::lane::Taxonomy;
    use crate::lane::declared::Lanes;
    use crate::lane::path::Spelling;

    /// Returns the findings of a policy with these lists, `lane=entry entry` trees and `alias=lane` names.
    fn found(lists: [&str; 3], trees: &[&str], aliases: &[&str]) -> String {
        let names = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        let [concurrent, exclusive, autopick] = lists.map(names);
        let pair = |text: &&str| {
            let (name, rest) = text.split_once('=').unwrap();
            (name.to_owned(), rest.to_owned())
        };
        let trees = trees.iter().map(pair).map(|(lane, tree)| (lane, names(&tree)));
        let trees = trees.collect();
        let aliases = aliases.iter().map(pair).collect();
        let taxonomy = Taxonomy { concurrent, exclusive, autopick, trees, aliases };
        let lanes = Lanes::new(&taxonomy, Spelling::default()).unwrap();
        let found = check(&taxonomy, &lanes);
        let told: Vec<String> = found.iter().map(told).collect();
        told.join(", ")
    }

    fn told(finding: &Finding) -> String {
        let names = match finding {
            Finding::WithoutTree { lane } | Finding::BothKinds { lane } => lane.clone(),
            Finding::PickUndeclared { name } => name.clone(),
            Finding::AliasDangling { alias, lane } | Finding::AliasHidden { alias, lane } => {
                format!("{alias}={lane}")
            }
            Finding::Shadowed { lane, by } => format!("{lane}<{by}"),
            Finding::Overlap { lane, other } => format!("{lane}+{other}"),
        };
        format!("{} {names}", finding.name())
    }

    #[test]
    fn what_does_not_do_what_it_looks_like_is_found() {
        for (lists, trees, aliases, want) in [
            (["a b", "x", "a b"], &["a=a/**", "b=b/**"][..], &["c=a"][..], ""),
            (["a b", "", "a"], &["a=a/**", "b="], &[], "without-tree b"),
            (["", "x", ""], &[], &[], ""),
            (["a", "a", ""], &["a=a/**"], &[], "both-kinds a"),
            (["a", "", "a g"], &["a=a/**"], &[], "without-tree g, pick-undeclared g"),
            (["a", "", "c"], &["a=a/**"], &["c=a"], ""),
            (["a", "", ""], &["a=a/**"], &["c=gone"], "alias-dangling c=gone"),
            (["a b", "", ""], &["a=a/**", "b=b/**"], &["a=b"], "alias-hidden a=b"),
            (["a", "", ""], &["a=a/**"], &["a=a"], ""),
            (["a b", "", ""], &["a=a/**", "b=a/b/** a/c"], &[], "shadowed b<a"),
            (["a b", "", ""], &["a=a/** c", "b=a/b/** d"], &[], "overlap a+b"),
            (["a b", "", ""], &["a=a/**", "b=a"], &[], "overlap a+b"),
            (["a b", "", ""], &["a=ab/**", "b=a/**"], &[], ""),
            (["a", "x", ""], &["a=a/**", "x=**"], &[], ""),
        ] {
            assert_eq!(found(lists, trees, aliases), want, "{lists:?} {trees:?} {aliases:?}");
        }
        let lane = String::new();
        assert!(Finding::WithoutTree { lane: lane.clone() }.grade() == Grade::Error);
        assert!(Finding::Overlap { lane: lane.clone(), other: lane }.grade() < Grade::Error);
    }
}
