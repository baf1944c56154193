//! What is the state of a file, a table, a folder or a tree, as keys and values?
//!
//! Files, tables and folders are read into one form, the text of a JSON object, which can be kept and compared later.

pub mod compare;
pub mod file;
mod folder;
pub mod json;
pub mod revisions;
mod rows;
mod sqlite;

use std::path::Path;

use gix::bstr::{BStr, BString, ByteSlice as _};
use gix::error::{Result, ResultExt as _, bail, message};

use crate::policy::effect::{Kind, Source};
use file::Origin;

/// The most bytes that a state may have: 1 GiB.
pub const LIMIT: usize = 1 << 30;

/// A state as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The text of a JSON object.
    pub content: Vec<u8>,
    /// The file or folder it was read from.
    pub origin: Origin,
    /// The number of keys.
    pub keys: usize,
    /// What was left out of a folder, as keys.
    pub left_out: Vec<String>,
}

/// Reads `source`, whose path must be absolute.
///
/// `own` is git's folder, in which our records change while a folder around it is read: that is left out, and said.
/// Errors when anything of the source cannot be read, or changes all the time, or is larger than [`LIMIT`].
pub fn read(source: &Source, own: &Path) -> Result<State> {
    let path = Path::new(&source.path);
    match (source.kind, &source.table) {
        (Kind::Json, _) => {
            let (content, origin) = file::read(path)?;
            let members = json::Members::read(&content);
            let keys = members.or_raise(|| message!("{} is no snapshot", path.display()))?.count();
            Ok(State { content, origin, keys, left_out: Vec::new() })
        }
        (Kind::Sqlite, Some(table)) => sqlite::read(path, table, source.key.as_deref()),
        (Kind::Sqlite, None) => bail!("No table of {} was named", path.display()),
        (Kind::Folder, _) => folder::read(path, own),
    }
}

/// Returns the key of the file at `path`: the path itself, or as git quotes it when it is no plain text.
pub fn key_of_path(path: &BStr) -> String {
    match path.to_str() {
        Ok(text) if !text.starts_with('"') => text.to_owned(),
        _ => gix::quote::ansi_c::quote(path).to_string(),
    }
}

/// Returns the path that `key` stands for.
pub fn path_of_key(key: &str) -> BString {
    let quoted = key.starts_with('"').then(|| gix::quote::ansi_c::undo(key.into()).ok()).flatten();
    quoted.map_or_else(|| key.into(), |(path, _)| path.into_owned())
}

#[cfg(test)]
mod tests {
    use super::{key_of_path, path_of_key};

    #[test]
    fn every_path_has_a_key_of_its_own() {
        for (path, key) in [
            (&b"src/lib.rs"[..], "src/lib.rs"),
            ("caf\u{e9}".as_bytes(), "caf\u{e9}"),
            (b"latin\xe9", r#""latin\351""#),
            (br#""quoted""#, r#""\"quoted\"""#),
            (br"back\slash", r"back\slash"),
        ] {
            assert_eq!(key_of_path(path.into()), key);
            assert_eq!(path_of_key(key), path, "and back");
        }
    }
}
