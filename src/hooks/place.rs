//! Is git-dos installed where an agent works? Told from a few file names, without opening the repository.
//!
//! An agent calls us for every folder that it ever works in; most have never heard of us.

use std::path::{Path, PathBuf};

/// The receipt of `git dos install` in the folder of our state.
const RECEIPT: &str = "install.json";

/// The most bytes that a `.git` file or a `commondir` file may have.
const POINTER_LIMIT: u64 = 8 * 1024;

/// A worktree of a repository with git-dos installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The top of the worktree.
    pub top: PathBuf,
    /// The folder of our state, which holds the receipt of `git dos install`.
    pub state: PathBuf,
}

/// Looks upwards from `folder`, which may be gone, for a worktree.
///
/// `None` when there is none, and when its repository has no receipt of `git dos install`: verbs keep state
/// in repositories where nobody asked for hooks, and `git dos uninstall` leaves records behind.
pub fn find(folder: &Path) -> Option<Place> {
    let folder = std::path::absolute(folder).ok()?;
    let (top, git_dir) = folder.ancestors().find_map(|top| Some((top, git_dir(top)?)))?;
    let state = common_dir(&git_dir).join("dos");
    is_installed(&state).then(|| Place { top: top.to_owned(), state })
}

/// Tells whether installing has left its receipt in `state`, the folder of a repository's state.
pub fn is_installed(state: &Path) -> bool {
    state.join(RECEIPT).is_file()
}

/// Returns the git folder of the worktree whose top is `top`, if there is a worktree.
fn git_dir(top: &Path) -> Option<PathBuf> {
    let entry = top.join(".git");
    if entry.is_dir() {
        return Some(entry);
    }
    let text = pointer(&entry)?;
    Some(top.join(text.strip_prefix("gitdir:")?.trim()))
}

/// Returns the folder that all worktrees of a repository share.
fn common_dir(git_dir: &Path) -> PathBuf {
    match pointer(&git_dir.join("commondir")) {
        Some(text) => git_dir.join(text.trim()),
        None => git_dir.to_owned(),
    }
}

/// Reads a file that holds a path.
fn pointer(file: &Path) -> Option<String> {
    let metadata = fs_err::metadata(file).ok()?;
    let is_small = metadata.is_file() && metadata.len() <= POINTER_LIMIT;
    is_small.then(|| fs_err::read_to_string(file).ok())?
}

#[cfg(test)]
mod tests {
    use super::{Place, find};

    #[test]
    fn only_places_with_our_receipt_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in [
            "plain/deep",
            "bare/.git",
            "ours/.git/dos",
            "ours/deep",
            "ours/nested/.git",
            "ours/.git/worktrees/linked",
            "used/.git/dos/sessions",
            "linked/deep",
            "broken",
        ] {
            fs_err::create_dir_all(at(name)).unwrap();
        }
        fs_err::write(at("linked/.git"), "gitdir: ../ours/.git/worktrees/linked\n").unwrap();
        fs_err::write(at("ours/.git/worktrees/linked/commondir"), "../..\n").unwrap();
        fs_err::write(at("broken/.git"), "no pointer").unwrap();
        fs_err::write(at("ours/.git/dos/install.json"), "{}").unwrap();
        for (from, top) in [
            ("plain/deep", None),
            ("bare", None),
            ("used", None),
            ("ours", Some("ours")),
            ("ours/deep", Some("ours")),
            ("ours/gone/deeper", Some("ours")),
            ("ours/nested", None),
            ("linked", Some("linked")),
            ("linked/deep", Some("linked")),
            ("broken", None),
        ] {
            let got = find(&at(from));
            assert_eq!(got.as_ref().map(|place| place.top.clone()), top.map(at), "from {from}");
            if let Some(Place { top: _, state }) = got {
                let (state, want) = (state.canonicalize().unwrap(), at("ours/.git/dos"));
                assert_eq!(state, want.canonicalize().unwrap(), "one state for all worktrees");
            }
        }
    }
}
