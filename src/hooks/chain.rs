//! How does the user's own hook run behind ours? With the same bytes, arguments, environment and folder.

use std::ffi::OsString;
use std::io::{self, Read, Write as _};
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};

#[expect(clippy::disallowed_types, reason = "the one place that starts the user's own hook")]
use std::process::Command;

/// What the hook finds on its standard input.
#[derive(Debug)]
pub enum Input {
    /// Whatever we have there ourselves, untouched.
    Inherited,
    /// Bytes that we read already, and then the rest of our own standard input if there is more.
    Read {
        /// The bytes that were read.
        head: Vec<u8>,
        /// Whether more may follow them.
        more: bool,
    },
}

impl Input {
    /// Reads `source` to its end, or up to `limit` bytes.
    pub fn read(source: impl Read, limit: u64) -> io::Result<Self> {
        let mut head = Vec::new();
        source.take(limit).read_to_end(&mut head)?;
        let more = u64::try_from(head.len()).is_ok_and(|length| length == limit);
        Ok(Self::Read { head, more })
    }

    /// Returns all the bytes; `None` when there may be more than were read.
    pub fn complete(&self) -> Option<&[u8]> {
        match self {
            Self::Inherited => Some(&[]),
            Self::Read { head, more: false } => Some(head),
            Self::Read { head: _, more: true } => None,
        }
    }
}

/// Runs the hook at `previous` to its end and returns its exit code; a signal counts as 128 and its number.
pub fn run(previous: &Path, arguments: &[OsString], input: &Input) -> io::Result<u8> {
    let stdin = || match input {
        Input::Inherited => Stdio::inherit(),
        Input::Read { .. } => Stdio::piped(),
    };
    let mut child = start(previous, arguments, stdin)?;
    if let (Some(mut pipe), Input::Read { head, more }) = (child.stdin.take(), input) {
        // A hook may end without reading what it was given: only its exit code counts.
        let sent = pipe.write_all(head);
        if *more && sent.is_ok() {
            io::copy(&mut io::stdin().lock(), &mut pipe).ok();
        }
    }
    Ok(code(child.wait()?))
}

/// Starts the hook as git does: a file without an interpreter line is handed to the shell.
#[expect(clippy::disallowed_types, reason = "the one place that starts the user's own hook")]
fn start(previous: &Path, arguments: &[OsString], stdin: impl Fn() -> Stdio) -> io::Result<Child> {
    /// The systems' numbers for "not a program": `ENOEXEC`, and `ERROR_BAD_EXE_FORMAT` on Windows.
    const NOT_A_PROGRAM: [i32; 2] = [8, 193];
    match Command::new(previous).args(arguments).stdin(stdin()).spawn() {
        Err(error) if error.raw_os_error().is_some_and(|code| NOT_A_PROGRAM.contains(&code)) => {
            Command::new("sh").arg(previous).args(arguments).stdin(stdin()).spawn()
        }
        started => started,
    }
}

/// Returns the exit code that a shell would report for `status`.
fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(signal).map_or(u8::MAX, |signal| signal.saturating_add(128));
    }
    // A code that does not fit is still a failure.
    status.code().map_or(1, |code| u8::try_from(code).unwrap_or(1))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::path::PathBuf;

    use super::{Input, run};

    #[expect(clippy::disallowed_types, reason = "the file must be written by another process")]
    /// Writes an executable hook with `text` and returns it with the folder that keeps it.
    fn hook(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hook");
        // Another thread's child would inherit a file that this process holds open, and Linux executes no
        // file that is open for writing: so a child writes it.
        let mut writer = std::process::Command::new("sh")
            .args(["-c", "cat > \"$1\" && chmod 755 \"$1\"", "sh"])
            .arg(&path)
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut writer.stdin.take().unwrap(), text.as_bytes()).unwrap();
        assert!(writer.wait().unwrap().success(), "the script was written");
        (folder, path)
    }

    fn read(bytes: &[u8]) -> Input {
        Input::read(bytes, 1 << 20).unwrap()
    }

    #[test]
    fn input_and_arguments_arrive_unchanged() {
        let (folder, path) = hook("#!/bin/sh\ncat >\"$1\"\nprintf '%s|' \"$@\" >>\"$1\"\nexit 7\n");
        let got = folder.path().join("got");
        let bytes = b"a line\n\0\xff no newline";
        let arguments = [got.clone().into(), "two words".into(), "".into()];
        assert_eq!(run(&path, &arguments, &read(bytes)).unwrap(), 7, "its exit code");
        let mut want = bytes.to_vec();
        want.extend_from_slice(format!("{}|two words||", got.display()).as_bytes());
        assert_eq!(fs_err::read(&got).unwrap(), want, "its input and its arguments");
    }

    #[test]
    fn a_script_without_an_interpreter_line_runs_as_git_runs_it() {
        let (_folder, path) = hook("exit 3\n");
        assert_eq!(run(&path, &[], &read(b"")).unwrap(), 3, "the shell takes it");
    }

    #[test]
    fn a_hook_that_reads_nothing_or_is_killed_still_has_a_code() {
        let (_folder, path) = hook("#!/bin/sh\nexit 0\n");
        let much = vec![b'x'; 1 << 19];
        assert_eq!(run(&path, &[], &read(&much)).unwrap(), 0, "unread input is no failure");
        let (_folder, path) = hook("#!/bin/sh\nkill -9 $$\n");
        assert_eq!(run(&path, &[], &read(b"")).unwrap(), 137, "128 and the signal");
    }

    #[test]
    fn a_hook_that_cannot_start_is_an_error() {
        let (folder, _path) = hook("");
        assert!(run(&folder.path().join("gone"), &[], &read(b"")).is_err(), "never a silent pass");
    }

    #[test]
    fn what_is_over_the_limit_is_known_to_be_incomplete() {
        for (length, complete) in [(0, true), (7, true), (8, false), (9, false)] {
            let input = Input::read(&vec![b'x'; length][..], 8).unwrap();
            assert_eq!(input.complete().is_some(), complete, "{length} bytes with a limit of 8");
        }
    }
}
