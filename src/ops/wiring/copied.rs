//! Which files does Claude Code copy into the worktrees that it makes?
//!
//! Source: Claude Code documentation, "Worktrees": `.worktreeinclude` names them, as `.gitignore` would, and
//! those of them are copied that git ignores.

use std::path::Path;

use git_dos_installer::error::Result;
use git_dos_installer::look;
use gix::bstr::ByteSlice as _;
use gix::glob::pattern::Case;
use gix::ignore::Search;
use gix::ignore::search::Ignore;

/// The file at the top of a worktree that names them.
pub const LIST: &str = ".worktreeinclude";

/// The folder at the top of a worktree in which Claude Code makes others.
pub const MADE: &str = ".claude/worktrees";

/// Tells whether the file at `path`, from the top of the worktree at `top`, is copied.
pub fn is_copied(top: &Path, path: &str) -> Result<bool> {
    let list = top.join(LIST);
    let Some(text) = look::read(&list)? else { return Ok(false) };
    let mut search = Search::default();
    let parse = Ignore { support_precious: false };
    // Bytes that are here already cannot fail to be read.
    search.add_patterns_buffer(&text, list, None, parse).ok();
    let folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
    let mut parts = folders.map(|folder| (folder, true)).chain([(path, false)]);
    Ok(parts.any(|(part, is_folder)| {
        let found = search.pattern_matching_relative_path(
            part.as_bytes().as_bstr(),
            Some(is_folder),
            Case::Sensitive,
        );
        found.is_some_and(|found| !found.pattern.is_negative())
    }))
}

#[cfg(test)]
mod tests {
    use super::{LIST, is_copied};

    #[test]
    fn the_list_is_read_as_one_of_ignored_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = ".claude/settings.local.json";
        assert!(!is_copied(folder.path(), path).unwrap(), "no list");
        for (text, want) in [
            (".claude/settings.local.json\n", true),
            ("/.claude/settings.local.json\r\n", true),
            ("# mine\n.env\n.claude/\n", true),
            ("settings.local.json", true),
            ("*.local.json\n!settings.local.json\n", false),
            ("claude/settings.local.json\n", false),
            ("#.claude/settings.local.json\n", false),
            ("", false),
        ] {
            fs_err::write(folder.path().join(LIST), text).unwrap();
            assert_eq!(is_copied(folder.path(), path).unwrap(), want, "{text:?}");
        }
    }
}
