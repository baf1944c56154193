//! What does `dos.toml` ask for? Thresholds and word lists as data, with defaults.
//!
//! A table of another tool is noted and left alone; a wrong key or type inside one of ours is an error that
//! names file, line and key.

use gix::error::{ErrorExt as _, Result, message};
use serde::Deserialize;

/// The name of the policy file at the top of a worktree.
pub const FILE_NAME: &str = "dos.toml";

/// The tables of `dos.toml` that git-dos reads; all are optional.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Tables in the file that no part of git-dos reads, in file order.
    #[serde(skip)]
    pub unused_tables: Vec<String>,
}

/// The tables this version reads.
const TABLES: &[&str] = &[];

/// Parses the text of a policy file; `name` is how errors call it.
pub fn parse(text: &str, name: &str) -> Result<Policy> {
    let mut policy: Policy = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| {
            1 + text.get(..span.start).map_or(0, |before| before.matches('\n').count())
        });
        message!("{name}:{line}: {}", error.message()).raise()
    })?;
    if let Ok(table) = text.parse::<toml::Table>() {
        policy.unused_tables =
            table.keys().filter(|key| !TABLES.contains(&key.as_str())).cloned().collect();
    }
    Ok(policy)
}
