//! What only the `git` program can do for us. The one place that starts it.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::Stdio;

#[expect(clippy::disallowed_types, reason = "the one place that starts git")]
use std::process::Command;

use gix::error::{Result, ResultExt as _, bail, message};

use crate::env;

pub mod transfer;
mod version;

pub use version::Version;

/// Asks the `git` in `PATH` for its version.
#[expect(clippy::disallowed_types, reason = "the one place that starts git")]
pub fn version() -> Result<Version> {
    let output = Command::new("git")
        .arg("--version")
        .output()
        .or_raise(|| message("Could not run `git --version`"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    match version::parse(&text) {
        Some(version) => Ok(version),
        None => bail!(message!("Could not read a version in `{}`", text.trim())),
    }
}

/// One of the hooks that git runs for an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// The file in the folder that git looks in.
    File,
    /// One from git's configuration.
    Configured {
        /// Its name.
        name: String,
        /// Whether git runs it.
        enabled: bool,
    },
}

/// Asks git 2.54 or later which hooks it runs for `event` in the worktree at `folder` (git-hook(1), `list`).
///
/// The error says what git says.
#[expect(clippy::disallowed_types, reason = "the one place that starts git")]
pub fn hooks(folder: &Path, event: &str) -> io::Result<Vec<Listed>> {
    let mut command = Command::new("git");
    for variable in env::GIT_LOCAL_VARIABLES {
        command.env_remove(variable);
    }
    let output = command
        .args(["hook", "list", "-z", event])
        .current_dir(folder)
        .env("LC_ALL", "C")
        .output()?;
    // It ends with 1 when there is none.
    if !matches!(output.status.code(), Some(0 | 1)) {
        return Err(io::Error::other(crate::output::shown(output.stderr.trim_ascii())));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.split_terminator('\0').map(listed).collect())
}

/// Reads one entry of the list: `hook from hookdir`, or a name, behind a word and a tab when it is switched off.
fn listed(entry: &str) -> Listed {
    if entry == "hook from hookdir" {
        return Listed::File;
    }
    let (enabled, name) = match entry.split_once('\t') {
        Some((_, name)) => (false, name),
        None => (true, entry),
    };
    Listed::Configured { name: name.to_owned(), enabled }
}

/// Copies the notes of rewritten commits as the user's settings ask for; `lines` are `<old> <new>` each.
pub fn copy_notes(folder: &Path, lines: &[u8]) -> io::Result<()> {
    run(folder, &["notes", "copy", "--stdin", "--for-rewrite=amend"], lines)
}

/// Runs every post-rewrite hook as `git commit --amend` does; `lines` are `<old> <new>` each.
///
/// `scratch` is a folder of ours: git wants the lines in a file.
pub fn run_post_rewrite(folder: &Path, scratch: &Path, lines: &[u8]) -> io::Result<()> {
    let path = scratch.join(format!("post-rewrite.{}", std::process::id()));
    fs_err::write(&path, lines)?;
    let input = format!("--to-stdin={}", path.display());
    let words = ["hook", "run", "--ignore-missing", &input, "post-rewrite", "--", "amend"];
    let ran = run(folder, &words, b"");
    fs_err::remove_file(&path)?;
    ran
}

/// Runs git in `folder` with `input`, and with hooks of ours switched off.
///
/// The error says how git ended and what it said.
#[expect(clippy::disallowed_types, reason = "the one place that starts git")]
fn run(folder: &Path, words: &[&str], input: &[u8]) -> io::Result<()> {
    let mut command = Command::new("git");
    for variable in env::GIT_LOCAL_VARIABLES {
        command.env_remove(variable);
    }
    let mut child = command
        .args(words)
        .current_dir(folder)
        .env(env::HOOK_DEPTH, "1")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program may end without reading; its exit code counts.
        stdin.write_all(input).ok();
    }
    let output = child.wait_with_output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = crate::output::shown(output.stderr.trim_ascii());
    Err(io::Error::other(format!("git {}: {} ({said})", words.join(" "), output.status)))
}

#[cfg(test)]
mod tests {
    use super::{Listed, listed};

    #[test]
    fn entries_of_the_list_are_read_as_git_writes_them() {
        let configured = |enabled| Listed::Configured { name: "a b".to_owned(), enabled };
        assert_eq!(listed("hook from hookdir"), Listed::File);
        assert_eq!(listed("a b"), configured(true));
        assert_eq!(listed("disabled\ta b"), configured(false), "git 2.54");
        assert_eq!(listed("event-disabled\ta b"), configured(false), "git 2.55");
    }
}
