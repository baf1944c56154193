//! What does `[lanes]` of `dos.toml` ask for? The lanes, the paths of each, and other names for them.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::lane::Taxonomy;
use crate::lane::path::Spelling;
use crate::lane::region::Region;

/// The table `[lanes]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Section {
    /// Lanes that are held side by side with others.
    pub concurrent: Vec<Name>,
    /// Lanes that are held alone.
    pub exclusive: Vec<Name>,
    /// Lanes that may be given to a worker who asks for none, in order.
    pub autopick: Vec<Name>,
    /// `[lanes.trees]`: the paths and patterns of each lane.
    pub trees: BTreeMap<Name, Vec<Entry>>,
    /// `[lanes.aliases]`: other names of lanes.
    pub aliases: BTreeMap<Name, Name>,
}

/// The name of a lane.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Name(String);

impl TryFrom<String> for Name {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        if text.trim().is_empty() { Err("a lane needs a name") } else { Ok(Self(text)) }
    }
}

/// An entry of a lane's tree.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Entry(String);

impl TryFrom<String> for Entry {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("a tree has no empty entry; `**` is the whole worktree".to_owned());
        }
        Region::parse([&text], Spelling::default())?;
        Ok(Self(text))
    }
}

impl Section {
    /// Returns the lanes that the table declares.
    pub fn taxonomy(&self) -> Taxonomy {
        let names = |names: &[Name]| names.iter().map(|Name(name)| name.clone()).collect();
        let entries = |tree: &[Entry]| tree.iter().map(|Entry(entry)| entry.clone()).collect();
        let trees = self.trees.iter().map(|(Name(lane), tree)| (lane.clone(), entries(tree)));
        let aliases =
            self.aliases.iter().map(|(Name(alias), Name(lane))| (alias.clone(), lane.clone()));
        Taxonomy {
            concurrent: names(&self.concurrent),
            exclusive: names(&self.exclusive),
            autopick: names(&self.autopick),
            trees: trees.collect(),
            aliases: aliases.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::policy;

    #[test]
    fn lanes_are_read_as_the_table_has_them() {
        let text = "[lanes]\nconcurrent = [\"web\", \"api\"]\nexclusive = [\"release\"]\nautopick = [\"web\"]\n\
                    [lanes.trees]\nweb = [\"app/**\", \"docs/UI-*\"]\n[lanes.aliases]\nui = \"web\"\n";
        let taxonomy = policy::parse(text, "dos.toml").unwrap().lanes.taxonomy();
        assert_eq!(taxonomy.concurrent, ["web", "api"], "in the order of the file");
        assert_eq!(
            (&*taxonomy.exclusive, &*taxonomy.autopick),
            (&["release".to_owned()][..], &["web".to_owned()][..])
        );
        assert_eq!(taxonomy.trees["web"], ["app/**", "docs/UI-*"]);
        assert_eq!(taxonomy.aliases["ui"], "web");
        assert!(taxonomy.is_declared());
        assert!(!policy::parse("", "dos.toml").unwrap().lanes.taxonomy().is_declared(), "no table");
    }

    #[test]
    fn errors_name_the_line() {
        for (text, line, part) in [
            ("[lanes]\n\nconcurent = []\n", 3, "unknown field `concurent`"),
            ("[lanes]\nconcurrent = \"web\"\n", 2, "invalid type"),
            ("[lanes]\nexclusive = [\"\"]\n", 2, "needs a name"),
            ("[lanes.trees]\nweb = \"app\"\n", 2, "invalid type"),
            ("[lanes.trees]\nweb = [\n\"app\",\n\"../x\"]\n", 2, "\"../x\" leads out"),
            ("[lanes.trees]\nweb = [\" \"]\n", 2, "no empty entry"),
            ("[lanes.aliases]\nui = 3\n", 2, "invalid type"),
        ] {
            let error = policy::parse(text, "dos.toml").unwrap_err().to_string();
            assert!(error.starts_with(&format!("dos.toml:{line}: ")), "{text:?}: {error}");
            assert!(error.contains(part), "{text:?}: {error}");
        }
    }
}
