//! What do we write into Claude Code's settings, and what keeps it from counting?
//!
//! Source: Claude Code hooks reference, "Configuration", and settings reference, "Settings files". Only the
//! fields that every version since hooks exist accepts are used: before 2.1.122 one that a version does not know
//! voids the whole file. Names of events that are unknown do so before 2.1.101.

use std::path::{Path, PathBuf};

use crate::Host;
use crate::settings::{Command, Form, Home, Hook, Settings, command_handler};

/// The tools that read, write or run something; the others are of no interest, and not worth a process.
const TOOLS: &str =
    "Bash|BashOutput|TaskOutput|Edit|Write|NotebookEdit|Read|Grep|Glob|WebFetch|mcp__.*";

/// The tools that can change something.
const WRITERS: &str = "Edit|Write|NotebookEdit|Bash";

/// The entries of `settings.json`, which other agents run as well.
pub(crate) const SETTINGS: Settings = Settings {
    host: Host::Claude,
    programs: &["claude"],
    home: Home { variable: Some("CLAUDE_CONFIG_DIR"), folder: ".claude" },
    signs: &[],
    local: Some(".claude/settings.local.json"),
    shared: Some(".claude/settings.json"),
    user: Some("settings.json"),
    form: Form::Groups,
    hooks: &[
        Hook::new("SessionStart", 5),
        Hook::new("SessionEnd", 1),
        Hook::new("UserPromptSubmit", 5),
        Hook::before_tool("PreToolUse").on(WRITERS),
        Hook::new("PostToolUse", 5).on(TOOLS),
        Hook::new("PostToolUseFailure", 5).on(TOOLS),
        Hook::new("Stop", 20),
        Hook::new("SubagentStop", 20),
        Hook::new("PreCompact", 5),
    ],
    handler: |hook, command| {
        let line = command.line();
        // Copilot runs these as well, and refuses the tool when the program is gone.
        let refuses = hook.event == "PreToolUse" && command != Command::Guarded;
        command_handler(hook, if refuses { format!("{line} || exit 0") } else { line })
    },
};

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
    use super::Switch;

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
