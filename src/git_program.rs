//! What only the `git` program can do for us. The one place that starts it.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::Stdio;

#[expect(clippy::disallowed_types, reason = "the one place that starts git")]
use std::process::Command;

use gix::error::{Result, ResultExt as _, bail, message};

use crate::env;

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
