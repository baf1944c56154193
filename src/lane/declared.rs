//! Which lanes does a repository declare, and which of them does a name or a path mean?

use super::path::{Accents, Case, Path, Spelling};
use super::region::Tree;
use super::{Kind, Taxonomy};

/// One lane of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// Its name, as the policy spells it.
    pub name: String,
    /// Whether it is held beside others.
    pub kind: Kind,
    /// Where it is: the whole worktree for an exclusive lane without a tree, and nowhere for a concurrent one.
    pub tree: Tree,
}

/// The lanes of a repository, ready to be asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lanes {
    declared: Vec<Lane>,
    autopick: Vec<String>,
    aliases: Vec<(String, String)>,
}

/// Names are one when they differ in capitals or in forms of accents only.
const NAMES: Spelling = Spelling { case: Case::Ignored, accents: Accents::Composed };

/// Tells whether two names of lanes are spelled alike.
pub fn is_same_name(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim(), other.trim());
    // Most names are plain, and a set of leases is compared with all lanes.
    if one.is_ascii() && other.is_ascii() {
        return one.eq_ignore_ascii_case(other);
    }
    NAMES.fold(one) == NAMES.fold(other)
}

impl Lanes {
    /// Reads the lanes of `taxonomy` for a file system with this `spelling`.
    ///
    /// A lane in both lists is exclusive, and one that has only a tree is concurrent. Errors, in words, at an entry
    /// of a tree that makes no sense.
    pub fn new(taxonomy: &Taxonomy, spelling: Spelling) -> Result<Self, String> {
        let declared = taxonomy.concurrent.iter().chain(&taxonomy.exclusive);
        let mut lanes: Vec<Lane> = Vec::new();
        for name in declared.chain(taxonomy.trees.keys()) {
            if lanes.iter().any(|lane| lane.name == *name) {
                continue;
            }
            let kind =
                if taxonomy.exclusive.contains(name) { Kind::Exclusive } else { Kind::Concurrent };
            let own = taxonomy.trees.get(name).filter(|entries| !entries.is_empty());
            let tree = match (own, kind) {
                (Some(entries), _) => Tree::parse(entries, spelling)?,
                (None, Kind::Exclusive) => Tree::parse(["**"], spelling)?,
                (None, Kind::Concurrent | Kind::Paths) => Tree::default(),
            };
            lanes.push(Lane { name: name.clone(), kind, tree });
        }
        let aliases = taxonomy.aliases.iter().map(|(alias, lane)| (alias.clone(), lane.clone()));
        Ok(Self {
            declared: lanes,
            autopick: taxonomy.autopick.clone(),
            aliases: aliases.collect(),
        })
    }

    /// Returns every lane, the concurrent ones first, each list in the order of the policy.
    pub fn iter(&self) -> impl Iterator<Item = &Lane> {
        self.declared.iter()
    }

    /// Returns the lane that `name` means: its own name before one in other capitals, and both before an alias.
    pub fn resolve(&self, name: &str) -> Option<&Lane> {
        let lane = |name: &str| {
            let exact = self.declared.iter().find(|lane| lane.name == name);
            exact.or_else(|| self.declared.iter().find(|lane| is_same_name(&lane.name, name)))
        };
        lane(name).or_else(|| {
            let exact = self.aliases.iter().find(|(alias, _)| alias == name);
            let alias = exact
                .or_else(|| self.aliases.iter().find(|(alias, _)| is_same_name(alias, name)))?;
            lane(&alias.1)
        })
    }

    /// Returns the lanes that may be given to a worker who asks for none, in order.
    pub fn pickable(&self) -> impl Iterator<Item = &Lane> {
        self.autopick.iter().filter_map(|name| self.resolve(name))
    }

    /// Returns the other names of `lane`.
    pub fn aliases<'lanes>(&'lanes self, lane: &'lanes Lane) -> impl Iterator<Item = &'lanes str> {
        let means = |alias: &str| self.resolve(alias).is_some_and(|found| found.name == lane.name);
        self.aliases
            .iter()
            .map(|(alias, _)| alias.as_str())
            .filter(move |alias| means(alias) && !is_same_name(alias, &lane.name))
    }

    /// Returns a name for paths that were asked for without one: their entries, spelled so that no lane is called so.
    pub fn name_for(&self, tree: &Tree) -> String {
        let mut name = tree.entries().join(", ");
        while self.resolve(&name).is_some() {
            name.insert_str(0, "./");
        }
        name
    }

    /// Returns the lanes that `path` is in, the concurrent ones first.
    pub fn owners(&self, path: &Path) -> impl Iterator<Item = &Lane> {
        self.declared.iter().filter(|lane| lane.tree.region().covers(path))
    }
}

#[cfg(test)]
mod tests {
    use super::{Lanes, is_same_name};
    use crate::lane::path::{Path, Spelling};
    use crate::lane::region::Tree;
    use crate::lane::{Kind, Taxonomy};

    fn lanes() -> Lanes {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let trees = [("web", "app/**"), ("Web", "site/**"), ("kern", "src/**"), ("both", "b/**")];
        let aliases = [("ui", "web"), ("UX", "WEB"), ("web", "kern"), ("lost", "gone")];
        let taxonomy = Taxonomy {
            concurrent: names(&["Web", "web", "ghost", "both"]),
            exclusive: names(&["release", "both"]),
            autopick: names(&["ui", "nobody", "kern"]),
            trees: trees.map(|(lane, entry)| (lane.to_owned(), names(&[entry]))).into(),
            aliases: aliases.map(|(alias, lane)| (alias.to_owned(), lane.to_owned())).into(),
        };
        Lanes::new(&taxonomy, Spelling::default()).unwrap()
    }

    #[test]
    fn a_name_means_one_lane() {
        for (name, want) in [
            ("web", Some("web")),
            ("Web", Some("Web")),
            ("WEB", Some("Web")),
            (" kern ", Some("kern")),
            ("ui", Some("web")),
            ("UI", Some("web")),
            ("ux", Some("Web")),
            ("lost", None),
            ("nobody", None),
            ("", None),
        ] {
            let lanes = lanes();
            let got = lanes.resolve(name).map(|lane| lane.name.as_str());
            assert_eq!(got, want, "{name:?}");
        }
        assert!(is_same_name("e\u{301}", "\u{c9}") && !is_same_name("a", "b"));
        assert!(is_same_name(" Api", "aPI") && is_same_name("\u{17f}", "S"), "long s is one");
    }

    #[test]
    fn lanes_are_what_the_policy_says_of_them() {
        let lanes = lanes();
        let told: Vec<_> = lanes
            .iter()
            .map(|lane| (lane.name.as_str(), lane.kind, lane.tree.entries().join(" ")))
            .collect();
        let want = [
            ("Web", Kind::Concurrent, "site/**"),
            ("web", Kind::Concurrent, "app/**"),
            ("ghost", Kind::Concurrent, ""),
            ("both", Kind::Exclusive, "b/**"),
            ("release", Kind::Exclusive, "**"),
            ("kern", Kind::Concurrent, "src/**"),
        ];
        assert_eq!(told, want.map(|(name, kind, tree)| (name, kind, tree.to_owned())));
        let picks: Vec<&str> = lanes.pickable().map(|lane| lane.name.as_str()).collect();
        assert_eq!(picks, ["web", "kern"], "an alias is its lane, and nobody is nothing");
        let web = lanes.resolve("web").unwrap();
        assert_eq!(lanes.aliases(web).collect::<Vec<_>>(), ["ui"]);
        for (entries, want) in [
            (&["src/x"][..], "src/x"),
            (&["WEB"], "./WEB"),
            (&["ui"], "./ui"),
            (&["ui", "a"], "ui, a"),
        ] {
            let tree = Tree::parse(entries, Spelling::default()).unwrap();
            assert_eq!(lanes.name_for(&tree), want, "paths are no lane");
        }
        let path = Path::new("app/f.ts", Spelling::default()).unwrap();
        let owners: Vec<&str> = lanes.owners(&path).map(|lane| lane.name.as_str()).collect();
        assert_eq!(owners, ["web", "release"]);
    }
}
