//! What does `[effect.NAME]` of `dos.toml` ask for? States that snapshots are taken of.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};

/// The tables `[effect.NAME]`.
pub type Sources = BTreeMap<Name, Declared>;

/// The name of a state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Name(String);

impl Name {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let inner = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
        let is_name = text.starts_with(|first: char| first.is_ascii_alphanumeric())
            && text.len() <= 64
            && text.as_bytes().iter().all(inner);
        if is_name {
            Ok(Self(text))
        } else {
            Err(format!(
                "{text:?} is no name of a state: letters, digits, '_', '.' and '-', at most 64, and a letter or digit first"
            ))
        }
    }
}

/// What a state is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A file that holds a JSON object.
    Json,
    /// A table of an `SQLite` database.
    Sqlite,
    /// A folder, with all that is in it.
    Folder,
}

impl Kind {
    /// Returns the kind's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Sqlite => "sqlite",
            Self::Folder => "folder",
        }
    }
}

/// What a state is read from, and where that is: part of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// What it is; since 0.1.0.
    pub kind: Kind,
    /// Its file or folder; since 0.1.0.
    pub path: String,
    /// The table, of a database; since 0.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The column whose values are the keys, of a table; the primary key when there is none; since 0.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// A source as `[effect.NAME]` declares it: its path is one from the top of the worktree, which it does not leave.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Section")]
pub struct Declared(Source);

impl Declared {
    /// Returns the source below the folder `top`.
    pub fn below(&self, top: &str) -> Source {
        Source { path: format!("{top}/{}", self.0.path), ..self.0.clone() }
    }
}

/// The keys of `[effect.NAME]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    kind: Kind,
    path: String,
    table: Option<String>,
    key: Option<String>,
}

impl TryFrom<Section> for Declared {
    type Error = &'static str;

    fn try_from(Section { kind, path, table, key }: Section) -> Result<Self, &'static str> {
        let is_blank = |text: &Option<String>| text.as_ref().is_some_and(String::is_empty);
        let stays = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        match kind {
            _ if path.is_empty() || is_blank(&table) || is_blank(&key) => Err("a value is empty"),
            _ if !Path::new(&path).components().all(stays) => {
                Err("`path` must stay inside the worktree; only the command line may name others")
            }
            Kind::Sqlite if table.is_none() => Err("a database needs a `table`"),
            Kind::Json | Kind::Folder if table.is_some() || key.is_some() => {
                Err("only a database has a `table` and a `key`")
            }
            Kind::Json | Kind::Sqlite | Kind::Folder => Ok(Self(Source { kind, path, table, key })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Name};
    use crate::policy;

    #[test]
    fn sources_are_read_and_checked() {
        let text = "[effect.orders]\nkind = \"sqlite\"\npath = \"app.db\"\ntable = \"orders\"\n\
                    [effect.\"v1.x\"]\nkind = \"folder\"\npath = \"out/\"\n";
        let sources = policy::parse(text, "dos.toml").unwrap().effect;
        let name = |text: &str| Name::try_from(text.to_owned()).unwrap();
        let orders = sources[&name("orders")].below("/top");
        assert_eq!(orders.path, "/top/app.db");
        assert_eq!((orders.kind, orders.table.as_deref()), (Kind::Sqlite, Some("orders")));
        assert_eq!(sources[&name("v1.x")].below("/top").path, "/top/out/");
        for (text, line) in [
            ("[effect.a]\nkind = \"csv\"\npath = \"x\"\n", 2),
            ("[effect.a]\nkind = \"json\"\n", 1),
            ("\n[effect.a]\nkind = \"json\"\npath = \"x\"\ntable = \"t\"\n", 2),
            ("[effect.a]\nkind = \"sqlite\"\npath = \"x\"\n", 1),
            ("[effect.a]\nkind = \"json\"\npath = \"\"\n", 1),
            ("[effect.a]\nkind = \"json\"\npath = \"x\"\ncommand = \"ls\"\n", 4),
            ("[effect.\"../a\"]\nkind = \"json\"\npath = \"x\"\n", 1),
            ("[effect]\nkind = \"json\"\n", 2),
        ] {
            let error = policy::parse(text, "dos.toml").unwrap_err().to_string();
            assert!(error.starts_with(&format!("dos.toml:{line}: ")), "{text:?}: {error}");
        }
    }

    #[test]
    fn a_path_may_not_leave_the_worktree() {
        for (path, want) in [
            ("state.json", true),
            ("./a/b.json", true),
            ("../state.json", false),
            ("a/../../b", false),
            ("a/../b", false),
            ("/etc/passwd", false),
        ] {
            let text = format!("[effect.a]\nkind = \"json\"\npath = \"{path}\"\n");
            let policy = policy::parse(&text, "dos.toml");
            assert_eq!(policy.is_ok(), want, "{path}");
        }
    }
}
