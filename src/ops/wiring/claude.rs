//! What do Claude Code's settings need so that it calls us?

use std::path::Path;

use git_dos_agent_hooks::claude::settings::{self, HOOKS, Switch};
use git_dos_installer::groups::Entry;
use git_dos_installer::json::Value;

use crate::env;

/// Tells whether this user has Claude Code.
pub fn is_detected() -> bool {
    env::has_program("claude") || env::claude_folder().is_some_and(|folder| folder.is_dir())
}

/// Says which setting of an organisation keeps our hooks from running.
pub fn switched_off() -> Option<String> {
    settings::managed_files().into_iter().find_map(|file| {
        let switch = Switch::on_in(&fs_err::read(&file).ok()?)?;
        Some(format!("{} is on in {}", switch.name(), file.display()))
    })
}

/// Returns what the settings are to have, with a command for one user or for everybody.
pub fn entries(program: &Path, shared: bool) -> Vec<Entry> {
    let command = if shared {
        settings::GUARDED_COMMAND.to_owned()
    } else {
        settings::plain_command(program)
    };
    let entry = |hook: &settings::Hook| Entry {
        event: hook.event.to_owned(),
        matcher: None,
        handler: Value::object([
            ("type", Value::string("command")),
            ("command", Value::string(&command)),
            ("timeout", Value::Integer(hook.timeout)),
        ]),
    };
    HOOKS.iter().map(entry).collect()
}
