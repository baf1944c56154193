//! In which folders of a user do `man` and the shells look?

use std::path::{Path, PathBuf};

use super::completions::Shell;

/// What the folders depend on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places<'a> {
    /// The path of this program.
    pub(super) program: &'a Path,
    /// The user's home.
    pub(super) home: &'a Path,
    /// The user's data: `XDG_DATA_HOME`, else `.local/share` at home.
    pub(super) data: &'a Path,
}

/// The name of the manual page: `git dos --help` is `man git-dos`.
const PAGE: &str = "man1/git-dos.1";

/// Folders at home that people put into zsh's `fpath`, which names none at home by itself.
const ZSH_FOLDERS: [&str; 5] = [
    ".oh-my-zsh/custom/completions",
    ".zfunc",
    ".zsh/completions",
    ".zsh/completion",
    ".zsh/functions",
];

impl Places<'_> {
    /// Returns the path of the manual page.
    ///
    /// For a folder `x/bin` in `PATH` man looks into `x/share/man` (manpath(1), "search path for manual page
    /// hierarchies"), and git finds this program through such a folder. Where packages are installed by others
    /// than this user, they bring the page, and `~/.local/share/man` remains.
    pub(super) fn page(&self) -> PathBuf {
        match self.own_prefix() {
            Some(prefix) => prefix.join("share/man").join(PAGE),
            None => self.data.join("man").join(PAGE),
        }
    }

    /// Returns the path of the completions for `shell`.
    pub(super) fn completions(&self, shell: Shell) -> PathBuf {
        match shell {
            // bash-completion, README, "Where should I install my own local completions?"
            Shell::Bash => self.data.join("bash-completion/completions/git-dos"),
            Shell::Zsh => self.zsh_folder().join("_git-dos"),
            // fish(1), "Where to put completions": the user's own folder stays the user's.
            Shell::Fish => self.data.join("fish/vendor_completions.d/git-dos.fish"),
        }
    }

    /// Returns the folder above the program's `bin`, when it is this user's to write to.
    fn own_prefix(&self) -> Option<&Path> {
        let folder = self.program.parent().filter(|folder| folder.ends_with("bin"))?;
        let prefix = folder.parent()?;
        let is_at_home = prefix.starts_with(self.home) && prefix != self.home;
        // Cargo's record of what `cargo install` put there.
        let is_cargo = prefix.join(".crates.toml").exists() && is_of_owner_of(prefix, self.home);
        (is_at_home || is_cargo).then_some(prefix)
    }

    fn zsh_folder(&self) -> PathBuf {
        let is_used = |folder: &PathBuf| {
            // The folder of oh-my-zsh is in `fpath` whether it exists or not.
            folder.is_dir()
                || folder.parent().is_some_and(|above| above.ends_with("custom") && above.is_dir())
        };
        let mut used = ZSH_FOLDERS.iter().map(|name| self.home.join(name)).filter(is_used);
        used.next().unwrap_or_else(|| self.data.join("zsh/site-functions"))
    }
}

/// Tells whether two folders belong to the same user.
#[cfg(unix)]
fn is_of_owner_of(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (fs_err::metadata(one), fs_err::metadata(other)) {
        (Ok(one), Ok(other)) => one.uid() == other.uid(),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_of_owner_of(_: &Path, _: &Path) -> bool {
    false
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::path::Path;

    use super::Places;
    use crate::cli::man::completions::Shell;

    #[test]
    fn the_page_lies_beside_the_folder_of_the_program() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for name in ["home/.cargo", "tools", "system"] {
            fs_err::create_dir_all(root.join(name)).unwrap();
        }
        fs_err::write(root.join("tools/.crates.toml"), "").unwrap();
        let home = root.join("home");
        let data = home.join(".local/share");
        for (program, page) in [
            ("home/.cargo/bin/git-dos", "home/.cargo/share/man/man1/git-dos.1"),
            ("home/.local/bin/git-dos", "home/.local/share/man/man1/git-dos.1"),
            ("tools/bin/git-dos", "tools/share/man/man1/git-dos.1"),
            ("system/bin/git-dos", "home/.local/share/man/man1/git-dos.1"),
            ("home/bin/git-dos", "home/.local/share/man/man1/git-dos.1"),
            ("home/source/target/debug/git-dos", "home/.local/share/man/man1/git-dos.1"),
        ] {
            let program = root.join(program);
            let places = Places { program: &program, home: &home, data: &data };
            assert_eq!(places.page(), root.join(page), "{}", program.display());
        }
    }

    #[test]
    fn zsh_reads_from_a_folder_that_is_in_use() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path();
        let data = home.join("data");
        let places = Places { program: Path::new("/bin/git-dos"), home, data: &data };
        let zsh = || places.completions(Shell::Zsh).strip_prefix(home).unwrap().to_owned();
        assert_eq!(zsh(), Path::new("data/zsh/site-functions/_git-dos"), "none is in use");
        fs_err::create_dir_all(home.join(".zsh/functions")).unwrap();
        assert_eq!(zsh(), Path::new(".zsh/functions/_git-dos"));
        fs_err::create_dir_all(home.join(".oh-my-zsh/custom")).unwrap();
        assert_eq!(zsh(), Path::new(".oh-my-zsh/custom/completions/_git-dos"));
    }
}
