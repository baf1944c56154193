//! What do we write into Claude Code's settings, and how is it known again?
//!
//! Source: Claude Code hooks reference, "Configuration", and settings reference, "Settings files". Only the
//! fields that every version since hooks exist accepts are used: one that a version does not know voids the
//! whole file there.

use std::path::{Path, PathBuf};

/// One hook that we ask Claude Code to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hook {
    /// The event.
    pub event: &'static str,
    /// How long it may take, in seconds.
    pub timeout: u32,
}

/// The hooks that are installed.
pub const HOOKS: [Hook; 2] =
    [Hook { event: "SessionStart", timeout: 5 }, Hook { event: "Stop", timeout: 20 }];

/// The command for settings that others share: silent where git-dos is not installed.
pub const GUARDED_COMMAND: &str =
    "command -v git-dos >/dev/null 2>&1 || exit 0; exec git-dos hook agent";

/// The settings of one worktree and one person, relative to the top of the worktree.
pub const LOCAL: &str = ".claude/settings.local.json";

/// The settings that a repository's people share, relative to the top of the worktree.
pub const SHARED: &str = ".claude/settings.json";

/// Returns the command that runs the program at `program`, as a line of shell.
///
/// A path that is not UTF-8 cannot stand in a JSON file; then the program is looked up in `PATH`.
pub fn plain_command(program: &Path) -> String {
    let path = program.to_str().unwrap_or("git-dos");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+:@%,=".contains(&byte);
    if path.bytes().all(plain) {
        format!("{path} hook agent")
    } else {
        format!("'{}' hook agent", path.replace('\'', r"'\''"))
    }
}

/// Returns the program that a command of ours names by its full path; `None` for one looked up in `PATH`.
pub fn program_of(command: &str) -> Option<PathBuf> {
    let quoted = command.strip_prefix('\'').and_then(|rest| rest.split_once("' hook agent"));
    let path = match quoted {
        Some((path, _)) => path.replace(r"'\''", "'"),
        None => command.split_once(" hook agent")?.0.to_owned(),
    };
    Some(PathBuf::from(path)).filter(|path| path.is_absolute())
}

/// Tells whether a handler is ours, whatever path and form it has.
///
/// `arguments` are those of the form without a shell; empty otherwise.
pub fn is_own(command: &str, arguments: &[&str]) -> bool {
    if let [first, second, ..] = arguments {
        return (*first, *second) == ("hook", "agent") && ends_with_program(command);
    }
    command
        .match_indices("hook agent")
        .any(|(at, _)| ends_with_program(command.get(..at).unwrap_or_default()))
}

/// Tells whether `text` ends with our program's name as the last part of a path or word.
fn ends_with_program(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches(['\'', '"']);
    let text = text.strip_suffix(".exe").unwrap_or(text);
    text.strip_suffix("git-dos")
        .is_some_and(|before| !before.ends_with(|last: char| last.is_alphanumeric() || last == '-'))
}

/// Returns the files by which an organisation sets what its people cannot change.
pub fn managed_files() -> Vec<PathBuf> {
    let folders: &[&str] = if cfg!(target_os = "macos") {
        &["/Library/Application Support/ClaudeCode"]
    } else if cfg!(windows) {
        &[r"C:\Program Files\ClaudeCode", r"C:\ProgramData\ClaudeCode"]
    } else {
        &["/etc/claude-code"]
    };
    folders.iter().map(|folder| Path::new(folder).join("managed-settings.json")).collect()
}

/// A setting that keeps our hooks from running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// `disableAllHooks`.
    AllHooks,
    /// `allowManagedHooksOnly`, which counts in an organisation's file.
    ManagedOnly,
}

impl Switch {
    /// Returns the setting's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::AllHooks => "disableAllHooks",
            Self::ManagedOnly => "allowManagedHooksOnly",
        }
    }

    /// Finds a switch that is on in the text of a settings file; none in one that cannot be read as JSON.
    pub fn on_in(bytes: &[u8]) -> Option<Self> {
        let settings: serde_json::Value = serde_json::from_slice(bytes).ok()?;
        [Self::AllHooks, Self::ManagedOnly].into_iter().find(|switch| {
            settings.get(switch.name()).and_then(serde_json::Value::as_bool) == Some(true)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{GUARDED_COMMAND, Switch, is_own, plain_command, program_of};

    #[test]
    fn our_commands_are_known_again_in_every_form() {
        for command in [
            GUARDED_COMMAND,
            &plain_command(Path::new("/usr/local/bin/git-dos")),
            &plain_command(Path::new("/it's here/git-dos")),
            "git-dos hook agent --host claude",
            r#""C:\Program Files\git-dos.exe" hook agent"#,
            "timeout 5 git-dos hook agent || true",
        ] {
            assert!(is_own(command, &[]), "{command}");
        }
        assert!(is_own("/opt/git-dos", &["hook", "agent"]), "the form without a shell");
        for command in
            ["my-git-dos hook agent", "git-dos audit", "dos hook agent", "echo hook agent"]
        {
            assert!(!is_own(command, &[]), "{command}");
        }
        assert!(!is_own("git-dos hook agent", &["other", "words"]), "other words");
        assert_eq!(plain_command(Path::new("/a b/git-dos")), "'/a b/git-dos' hook agent");
    }

    #[test]
    fn the_program_of_a_command_is_read_back() {
        for path in ["/usr/bin/git-dos", "/it's a/git-dos"] {
            let command = plain_command(Path::new(path));
            assert_eq!(program_of(&command).as_deref(), Some(Path::new(path)), "{command}");
        }
        assert_eq!(program_of(GUARDED_COMMAND), None, "whichever PATH has");
    }

    #[test]
    fn switches_are_found_where_they_are_on() {
        for (text, want) in [
            (r#"{"disableAllHooks": true}"#, Some(Switch::AllHooks)),
            (r#"{"allowManagedHooksOnly": true}"#, Some(Switch::ManagedOnly)),
            (r#"{"disableAllHooks": false}"#, None),
            ("not json", None),
        ] {
            assert_eq!(Switch::on_in(text.as_bytes()), want, "{text}");
        }
    }
}
