//! What is in the hook files that git runs for us?
//!
//! A shim fails open for git-dos and never for the user's own hook: a missing, killed or broken git-dos
//! lets git go on, except where that would skip the hook that was there before. Exit code 1 of
//! `git-dos hook git` is a deliberate block (or the chained hook's failure); every other one is our fault.

use std::path::Path;

/// The number of the present shim text; it changes whenever the text does.
pub const FORMAT: u32 = 1;

/// What follows a hook's name when its file was there first and is chained behind the shim.
pub const CHAINED_SUFFIX: &str = ".git-dos-prev";

/// Where the program is looked for when neither `PATH` nor the recorded path has it, as shell words.
///
/// Programs with a window start git with a short `PATH`.
const USUAL_PLACES: &str = r#""$HOME/.cargo/bin/git-dos" "$HOME/.local/bin/git-dos" /opt/homebrew/bin/git-dos /usr/local/bin/git-dos"#;

/// Renders the hook file for `event`, a POSIX shell script of at most 20 lines.
///
/// `recorded_path` is the program at the time of installing, the second place to look after `PATH`. One that
/// is not UTF-8, or that holds a line break, is left out: the other places remain.
pub fn render(event: &str, recorded_path: &Path) -> String {
    let candidates = candidates(recorded_path);
    format!(
        r#"#!/bin/sh
# git-dos hook shim, format {FORMAT}, {event}: managed by git dos; to remove it: git dos uninstall
# By hand: 1. delete this file; 2. if {event}{CHAINED_SUFFIX} is beside it, rename that to {event};
# 3. do so for each hook that carries this comment; 4. delete the folder dos beside the folder hooks.
case $0 in */*) prev=${{0%/*}} ;; *) prev=. ;; esac
prev=$prev/{event}{CHAINED_SUFFIX}
[ -x "$prev" ] || prev=
if [ "${{GIT_DOS_HOOKS-}}" != 0 ]; then
  for dos in {candidates}; do
    {IS_PROGRAM} || continue
    [ -z "$prev" ] || exec "$dos" hook git {event} --chain "$prev" -- "$@"
    "$dos" hook git {event} -- "$@" || [ $? -ne 1 ] || exit 1
    exit 0
  done
fi
[ -z "$prev" ] || exec "$prev" "$@"
exit 0
"#
    )
}

/// Tells in shell whether `$dos` can be run.
///
/// The lookup by `command -v` serves bare names only: dash finds files with it that are not executable.
const IS_PROGRAM: &str = r#"case $dos in */*) [ -f "$dos" ] && [ -x "$dos" ] ;; *) command -v "$dos" >/dev/null 2>&1 ;; esac"#;

/// Renders the one line of shell that git 2.54 and later run from `hook.git-dos-<event>.command`.
///
/// Git appends `"$@"` to the line, behind the last word; behind `:` that is harmless.
pub fn config_command(event: &str, recorded_path: &Path) -> String {
    let candidates = candidates(recorded_path);
    format!(
        r#"[ "${{GIT_DOS_HOOKS-}}" = 0 ] || for dos in {candidates}; do {IS_PROGRAM} || continue; "$dos" hook git {event} -- "$@" || [ $? -ne 1 ] || exit 1; break; done; :"#
    )
}

/// Lists the places to look in, as shell words, best first.
fn candidates(recorded_path: &Path) -> String {
    match recorded_path.to_str().filter(|path| !path.contains(['\n', '\r'])) {
        Some(path) => format!("git-dos {} {USUAL_PLACES}", quoted(path)),
        None => format!("git-dos {USUAL_PLACES}"),
    }
}

/// Quotes `text` as one word of POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// What a file that carries our marker is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shim {
    /// Exactly what `render` returns for the recorded path.
    Current,
    /// The present format as we wrote it, for a program at another path.
    OtherPath,
    /// A format that this version does not write, by its number.
    OtherFormat(u32),
    /// Our marker, in a text that we did not write.
    Edited,
}

/// Recognises a shim for `event` in the bytes of a hook file; `None` when the file does not carry our marker.
pub fn recognise(bytes: &[u8], event: &str, recorded_path: &Path) -> Option<Shim> {
    const MARKER: &str = "# git-dos hook shim, format ";
    let text = String::from_utf8_lossy(bytes);
    let marker = text.lines().take(3).find_map(|line| line.strip_prefix(MARKER))?;
    if text == render(event, recorded_path) {
        return Some(Shim::Current);
    }
    let Some(format) = marker.split(',').next().and_then(|number| number.parse::<u32>().ok())
    else {
        return Some(Shim::Edited);
    };
    if format != FORMAT {
        return Some(Shim::OtherFormat(format));
    }
    let unedited = recorded_in(&text).is_some_and(|path| text == render(event, Path::new(&path)))
        || text == render(event, Path::new("\n"));
    Some(if unedited { Shim::OtherPath } else { Shim::Edited })
}

/// Reads the recorded path out of a shim's text; `None` when it has none.
pub fn recorded_in(text: &str) -> Option<String> {
    let line =
        text.lines().find_map(|line| line.trim_start().strip_prefix("for dos in git-dos '"))?;
    let end = line.rfind("' \"$HOME/.cargo/bin/git-dos\"")?;
    line.get(..end).map(|path| path.replace(r"'\''", "'"))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Shim, config_command, recognise, render};

    const SHELLS: &[&[&str]] =
        &[&["dash"], &["bash"], &["bash", "--posix"], &["busybox", "sh"], &["sh", "-e"]];

    /// Runs a shell script with `PATH` of the system's tools only; other variables are as given.
    #[expect(clippy::disallowed_types, reason = "a shim is tested by running it under real shells")]
    fn run(
        shell: &[&str],
        arguments: &[&str],
        home: &Path,
        path_prefix: Option<&Path>,
        switched_off: bool,
    ) -> Option<(i32, String)> {
        use std::io::Write as _;
        use std::process::{Command, Stdio};
        let mut search = PathBuf::from("/usr/bin:/bin").into_os_string();
        if let Some(prefix) = path_prefix {
            search = format!("{}:/usr/bin:/bin", prefix.display()).into();
        }
        let mut command = Command::new(shell[0]);
        command.args(&shell[1..]).args(arguments).env_clear().env("PATH", search).env("HOME", home);
        if switched_off {
            command.env("GIT_DOS_HOOKS", "0");
        }
        let spawned =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = match spawned {
            Ok(child) => child,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
            Err(error) => panic!("{error}"),
        };
        // A shim that ends without reading its input closes the pipe.
        child.stdin.take().unwrap().write_all(b"refs\x00\n").ok();
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        Some((output.status.code().unwrap_or(-1), text))
    }

    #[expect(clippy::disallowed_types, reason = "the file must be written by another process")]
    fn script(path: &Path, text: &str) {
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        // Another thread's child would inherit a file that this process holds open, and Linux executes no
        // file that is open for writing: so a child writes it.
        let mut writer = std::process::Command::new("sh")
            .args(["-c", "cat > \"$1\" && chmod 755 \"$1\"", "sh"])
            .arg(path)
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut writer.stdin.take().unwrap(), text.as_bytes()).unwrap();
        assert!(writer.wait().unwrap().success(), "the script was written");
    }

    /// A stand-in for the program: it says how it was called and ends with `ending`.
    fn program(path: &Path, ending: &str) {
        script(path, &format!("#!/bin/sh\nprintf 'dos[%s]' \"$*\"\n{ending}\n"));
    }

    #[test]
    fn the_text_is_short_plain_and_free_of_bashisms() {
        let text = render("pre-push", Path::new("/it's here/git-dos"));
        assert!(text.lines().count() <= 20, "a shim is read by people");
        assert!(!text.contains('\r') && text.ends_with("exit 0\n"), "LF endings");
        assert!(text.contains(r"'/it'\''s here/git-dos'"), "quotes are escaped: {text}");
        assert!(!text.contains("which ") && !text.contains("[["), "POSIX only");
    }

    #[test]
    fn every_ending_of_the_program_with_and_without_a_chained_hook() {
        let endings =
            [("exit 0", 0), ("kill -9 $$", 137), ("exit 101", 101), ("exit 2", 2), ("exit 1", 1)];
        let mut rows = 0;
        for shell in SHELLS {
            for (ending, code) in endings {
                for chained in [false, true] {
                    let folder = tempfile::tempdir().unwrap();
                    let hook = folder.path().join("it's a hook/pre-push");
                    let recorded = folder.path().join("other's/git-dos");
                    program(&recorded, ending);
                    script(&hook, &render("pre-push", &recorded));
                    if chained {
                        let previous = folder.path().join("it's a hook/pre-push.git-dos-prev");
                        script(&previous, "#!/bin/sh\nprintf prev; exit 7\n");
                    }
                    let hook_name = hook.to_str().unwrap();
                    let arguments = [hook_name, "origin", "a b"];
                    let Some((got, said)) = run(shell, &arguments, folder.path(), None, false)
                    else {
                        continue;
                    };
                    rows += 1;
                    let context = format!("{shell:?} {ending} chained={chained}: {said}");
                    if chained {
                        // exec: a signal is not turned into 128+n when the shell itself became the program.
                        assert!(got == code || got == -1, "{context}: {got}");
                        assert!(said.contains("--chain"), "{context}");
                    } else {
                        assert_eq!(got, i32::from(code == 1), "only 1 blocks; {context}");
                        assert_eq!(said, "dos[hook git pre-push -- origin a b]", "{context}");
                    }
                }
            }
        }
        assert!(rows >= 20, "at least two shells ran: {rows}");
    }

    #[test]
    fn without_a_program_the_chained_hook_gets_everything() {
        for shell in SHELLS {
            let folder = tempfile::tempdir().unwrap();
            let hook = folder.path().join("hooks/pre-push");
            script(&hook, &render("pre-push", Path::new("/nowhere/git-dos")));
            let hook_name = hook.to_str().unwrap();
            let Some((code, said)) = run(shell, &[hook_name], folder.path(), None, false) else {
                continue;
            };
            assert_eq!((code, said.as_str()), (0, ""), "missing and alone: silence ({shell:?})");
            let previous = folder.path().join("hooks/pre-push.git-dos-prev");
            script(&previous, "#!/bin/sh\nprintf '%s|' \"$@\"; od -An -c; exit 3\n");
            let run = run(shell, &[hook_name, "a b", ""], folder.path(), None, false).unwrap();
            assert_eq!(run.0, 3, "the chained hook's code passes through");
            assert!(
                run.1.starts_with("a b||") && run.1.contains("\\0"),
                "args and stdin: {}",
                run.1
            );
        }
    }

    #[test]
    fn the_program_is_found_on_path_first_then_recorded_then_at_home() {
        let folder = tempfile::tempdir().unwrap();
        let (bin, home) = (folder.path().join("bin"), folder.path().join("home"));
        program(&bin.join("git-dos"), "printf path");
        let recorded = folder.path().join("recorded/git-dos");
        program(&recorded, "printf recorded");
        program(&home.join(".cargo/bin/git-dos"), "printf home");
        let hook = folder.path().join("hooks/post-commit");
        script(&hook, &render("post-commit", &recorded));
        let hook_name = hook.to_str().unwrap();
        let said = |prefix| run(&["sh"], &[hook_name], &home, prefix, false).unwrap().1;
        assert!(said(Some(bin.as_path())).ends_with("path"), "PATH wins");
        assert!(said(None).ends_with("recorded"), "then the recorded path");
        fs_err::remove_file(&recorded).unwrap();
        assert!(said(None).ends_with("home"), "then the usual places");
    }

    #[test]
    fn a_file_that_cannot_be_executed_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let recorded = folder.path().join("git-dos");
        fs_err::write(&recorded, "not a program").unwrap();
        let hook = folder.path().join("hooks/pre-push");
        script(&hook, &render("pre-push", &recorded));
        script(&folder.path().join("hooks/pre-push.git-dos-prev"), "#!/bin/sh\nexit 5\n");
        for shell in SHELLS {
            if let Some((code, _)) =
                run(shell, &[hook.to_str().unwrap()], folder.path(), None, false)
            {
                assert_eq!(code, 5, "the hook that was there first runs ({shell:?})");
            }
        }
    }

    #[test]
    fn switched_off_means_the_chained_hook_alone() {
        let folder = tempfile::tempdir().unwrap();
        let recorded = folder.path().join("git-dos");
        program(&recorded, "exit 1");
        let hook = folder.path().join("hooks/pre-push");
        script(&hook, &render("pre-push", &recorded));
        let hook_name = hook.to_str().unwrap();
        let off = run(&["sh"], &[hook_name], folder.path(), None, true).unwrap();
        assert_eq!(off, (0, String::new()), "GIT_DOS_HOOKS=0 is silence");
        script(&folder.path().join("hooks/pre-push.git-dos-prev"), "#!/bin/sh\nprintf prev\n");
        let off = run(&["sh"], &[hook_name], folder.path(), None, true).unwrap();
        assert_eq!(off, (0, "prev".into()), "and leaves the other hook alone");
    }

    #[test]
    fn the_config_command_blocks_on_one_only() {
        for shell in SHELLS {
            for (ending, want) in [("exit 0", 0), ("exit 1", 1), ("exit 2", 0), ("kill -9 $$", 0)] {
                let folder = tempfile::tempdir().unwrap();
                let recorded = folder.path().join("it's/git-dos");
                program(&recorded, ending);
                // Git runs the value in this form.
                let line = format!("{} \"$@\"", config_command("pre-push", &recorded));
                let arguments = ["-c", &line, "hook", "origin", "a b"];
                if let Some((code, said)) = run(shell, &arguments, folder.path(), None, false) {
                    assert_eq!(code, want, "{shell:?} {ending}");
                    assert_eq!(said, "dos[hook git pre-push -- origin a b]", "{shell:?}");
                }
                fs_err::remove_file(&recorded).unwrap();
                if let Some(missing) = run(shell, &arguments, folder.path(), None, false) {
                    assert_eq!(missing, (0, String::new()), "missing: silence ({shell:?})");
                }
            }
        }
    }

    #[test]
    fn a_shim_is_recognised_for_what_it_is() {
        let here = Path::new("/usr/bin/git-dos");
        let text = render("pre-push", here);
        let is = |text: &str| recognise(text.as_bytes(), "pre-push", here);
        assert_eq!(is(&text), Some(Shim::Current), "as rendered");
        let elsewhere = render("pre-push", Path::new("/it's \"there\"/git-dos"));
        assert_eq!(is(&elsewhere), Some(Shim::OtherPath), "another path");
        let pathless = render("pre-push", Path::new("a\nb"));
        assert_eq!(is(&pathless), Some(Shim::OtherPath), "no recorded path");
        let older = text.replace("format 1", "format 0");
        assert_eq!(is(&older), Some(Shim::OtherFormat(0)), "another format");
        assert_eq!(is(&text.replace("exit 1", "exit 9")), Some(Shim::Edited), "edited");
        assert_eq!(is("#!/bin/sh\nexit 0\n"), None, "not ours");
    }
}
