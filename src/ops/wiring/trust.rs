//! Has the user told Codex that it may run our hooks? Read from its own records, which are never written.
//!
//! Codex runs no hook that is not trusted, and says nothing of it. `config.toml` has for each trusted hook, under
//! `hooks.state."<file>:<event>:<group>:<handler>"`, a hash of what was trusted; and each trusted project.

use std::path::Path;

use git_dos_agent_hooks::Host;
use serde_json::{Map, Value, json};

use super::agents::Spot;
use super::place::agent_folder;

/// Whether Codex would run a hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// It would.
    Given,
    /// It would not: nobody looked at the hook yet, or it changed since.
    Missing,
    /// It would not: nobody trusts the project.
    NoProject,
    /// It would not: somebody switched the hook off.
    Off,
    /// Its records cannot be read.
    Unknown,
}

/// Looks up the hook at `spot` of `file`, which is in the project at `top` unless it is the user's own.
pub fn of(file: &Path, spot: &Spot, bytes: &[u8], top: Option<&Path>) -> Trust {
    let Some(config) = agent_folder(Host::Codex).map(|folder| folder.join("config.toml")) else {
        return Trust::Unknown;
    };
    let text = match fs_err::read_to_string(config) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Trust::Missing,
        Err(_) => return Trust::Unknown,
    };
    let Ok(config) = text.parse::<toml::Table>() else { return Trust::Unknown };
    if top.is_some_and(|top| !is_trusted(&config, top)) {
        return Trust::NoProject;
    }
    let event = snake(&spot.event);
    let key = format!("{}:{event}:{}:{}", file.display(), spot.place.0, spot.place.1);
    let state = config.get("hooks").and_then(|hooks| hooks.get("state")?.get(&key));
    let Some(state) = state else { return Trust::Missing };
    if state.get("enabled").and_then(toml::Value::as_bool) == Some(false) {
        return Trust::Off;
    }
    let trusted = state.get("trusted_hash").and_then(toml::Value::as_str);
    let hashes = handler(bytes, spot).map(|handler| hashes(&event, &handler)).unwrap_or_default();
    if trusted.is_some_and(|hash| hashes.iter().any(|own| own == hash)) {
        Trust::Given
    } else {
        Trust::Missing
    }
}

fn is_trusted(config: &toml::Table, top: &Path) -> bool {
    let project = config.get("projects").and_then(|all| all.get(top.to_str()?)?.get("trust_level"));
    project.and_then(toml::Value::as_str) == Some("trusted")
}

/// Returns the hook at `spot`, as it stands in the file.
fn handler(bytes: &[u8], spot: &Spot) -> Option<Map<String, Value>> {
    let file: Value = serde_json::from_slice(bytes).ok()?;
    let group = file.get("hooks")?.get(&spot.event)?.get(spot.place.0)?;
    group.get("hooks")?.get(spot.place.1)?.as_object().cloned()
}

/// Returns the hashes by which Codex knows `handler` at `event`: with and without its words for Windows, which
/// it puts in the place of the command there.
fn hashes(event: &str, handler: &Map<String, Value>) -> [String; 2] {
    let seconds = handler.get("timeout").and_then(Value::as_u64).unwrap_or(600).max(1);
    let hash = |windows: Option<&Value>| {
        let mut hook = json!({
            "async": false,
            "command": handler.get("command"),
            "timeout": seconds,
            "type": "command",
        });
        if let (Some(words), Some(members)) = (windows, hook.as_object_mut()) {
            members.insert("commandWindows".to_owned(), words.clone());
        }
        let text = json!({ "event_name": event, "hooks": [hook] }).to_string();
        format!("sha256:{}", git_dos_installer::receipt::hash(text.as_bytes()))
    };
    [hash(None), hash(handler.get("commandWindows"))]
}

/// Spells an event as Codex's records do.
fn snake(event: &str) -> String {
    let mut text = String::with_capacity(event.len() + 2);
    for letter in event.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{hashes, snake};

    #[test]
    fn hashes_are_those_of_codex() {
        // As Codex recorded it for a hook without a matcher and without a time of its own.
        let command = r#"gwt_bin="${GWT_BIN_PATH:-/Applications/GWT.app/Contents/MacOS/gwtd}"; "$gwt_bin" hook event UserPromptSubmit"#;
        let handler = json!({ "type": "command", "command": command });
        let [plain, windows] = hashes("user_prompt_submit", handler.as_object().unwrap());
        assert_eq!(plain, windows, "no words for Windows");
        let want = "sha256:1a86ba6796c5b5bf1601fd1af1d6094846287ec85e9f1ad4d39335c6b306e2fa";
        assert_eq!(plain, want);
    }

    #[test]
    fn events_are_spelled_as_in_the_records() {
        for (event, want) in [("Stop", "stop"), ("SessionStart", "session_start")] {
            assert_eq!(snake(event), want);
        }
    }
}
