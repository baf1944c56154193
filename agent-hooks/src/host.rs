//! Which agent is calling? Its payload says so, whatever file it found our entry in.
//!
//! Several agents run the entries of Claude Code's settings with payloads of their own.

use serde::Deserialize;

use crate::Error;
use crate::loose::Loose;

/// An agent that runs hooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// Antigravity.
    Antigravity,
    /// Claude Code.
    Claude,
    /// Codex CLI.
    Codex,
    /// GitHub Copilot, in the terminal or in the cloud.
    Copilot,
    /// Cursor.
    Cursor,
    /// Gemini CLI.
    Gemini,
    /// Qwen Code.
    Qwen,
    /// The agent mode of VS Code.
    VsCode,
    /// Windsurf Cascade.
    Windsurf,
}

impl Host {
    /// Every agent whose payloads are told apart.
    pub const ALL: [Self; 9] = [
        Self::Antigravity,
        Self::Claude,
        Self::Codex,
        Self::Copilot,
        Self::Cursor,
        Self::Gemini,
        Self::Qwen,
        Self::VsCode,
        Self::Windsurf,
    ];

    /// Returns the word for the agent on command lines and in records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Antigravity => "antigravity",
            Self::Claude => "claude",
            Self::Codex => "codex",
            Self::Copilot => "copilot",
            Self::Cursor => "cursor",
            Self::Gemini => "gemini",
            Self::Qwen => "qwen",
            Self::VsCode => "vscode",
            Self::Windsurf => "windsurf",
        }
    }

    /// Returns the agent called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|host| host.name() == name)
    }
}

/// What is known of the caller besides its payload.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The agent that `--host` names; it decides where the payload does not.
    pub hint: Option<Host>,
    /// Whether a variable of Claude Code's is set: `CLAUDE_CODE_SESSION_ID` or `CLAUDE_PROJECT_DIR`.
    pub claude_variable: bool,
    /// Whether `QWEN_PROJECT_DIR` is set, which only Qwen Code sets.
    pub qwen_variable: bool,
}

/// The fields by which payloads are told apart.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(non_snake_case, reason = "the fields are spelled as the agents spell them")]
struct Marks {
    agent_action_name: Loose,
    cursor_version: Loose,
    hookEventName: Loose,
    hook_event_name: Loose,
    permission_mode: Loose,
    prompt_id: Loose,
    sessionId: Loose,
    stop_hook_active: Loose,
    timestamp: Loose,
    toolCall: Loose,
    toolName: Loose,
    transcript_path: Loose,
    turn_id: Loose,
    workspacePaths: Loose,
}

/// Tells who wrote `payload`; `None` for a stranger, who is left in peace.
pub(crate) fn identify(payload: &[u8], surroundings: Surroundings) -> Result<Option<Host>, Error> {
    let marks: Marks = serde_json::from_slice(payload).map_err(Error::Payload)?;
    Ok(by_marks(&marks).or_else(|| by_surroundings(&marks, surroundings)))
}

/// Looks for fields that one agent alone writes.
fn by_marks(marks: &Marks) -> Option<Host> {
    let gemini_event =
        |name: &str| matches!(name, "BeforeTool" | "AfterTool" | "BeforeAgent" | "AfterAgent");
    if marks.cursor_version.is_present() {
        Some(Host::Cursor)
    } else if marks.agent_action_name.is_present() {
        Some(Host::Windsurf)
    } else if marks.toolCall.is_present() || marks.workspacePaths.is_present() {
        Some(Host::Antigravity)
    } else if marks.turn_id.is_present() {
        Some(Host::Codex)
    } else if marks.hookEventName.is_present() && marks.sessionId.is_present() {
        Some(Host::VsCode)
    } else if marks.toolName.is_present() || marks.sessionId.is_present() {
        Some(Host::Copilot)
    } else if matches!(&marks.hook_event_name, Loose::Text(name) if gemini_event(name)) {
        Some(Host::Gemini)
    } else {
        None
    }
}

/// Decides between agents whose payloads have the shape of Claude Code's.
fn by_surroundings(marks: &Marks, surroundings: Surroundings) -> Option<Host> {
    if surroundings.qwen_variable {
        return Some(Host::Qwen);
    }
    // Gemini, Copilot and VS Code stamp their payloads with the time; Claude Code never did.
    let stamped = marks.timestamp.is_present();
    let documented =
        [&marks.permission_mode, &marks.prompt_id, &marks.stop_hook_active, &marks.transcript_path];
    let spoken = documented.into_iter().any(Loose::is_present);
    if !stamped && (spoken || surroundings.claude_variable) {
        return Some(Host::Claude);
    }
    surroundings.hint
}

#[cfg(test)]
mod tests {
    use super::{Host, Surroundings, identify};

    fn surroundings(words: &str) -> Surroundings {
        Surroundings {
            hint: words.strip_prefix("--host ").and_then(Host::named),
            claude_variable: words == "CLAUDE_CODE_SESSION_ID",
            qwen_variable: words == "QWEN_PROJECT_DIR",
        }
    }

    #[test]
    fn every_agent_is_known_by_its_payload() {
        let claude = r#"{"session_id":"s","hook_event_name":"Stop","permission_mode":"auto"}"#;
        let bare = r#"{"session_id":"s","hook_event_name":"SessionStart"}"#;
        let first = r#"{"hook_event_name":"Stop","stop_hook_active":false}"#;
        let old = r#"{"hook_event_name":"SessionStart","transcript_path":"/t"}"#;
        for (payload, around, want) in [
            (claude, "", Some(Host::Claude)),
            (claude, "--host codex", Some(Host::Claude)),
            (claude, "QWEN_PROJECT_DIR", Some(Host::Qwen)),
            (bare, "", None),
            (bare, "CLAUDE_CODE_SESSION_ID", Some(Host::Claude)),
            (bare, "--host claude", Some(Host::Claude)),
            (first, "", Some(Host::Claude)),
            (old, "", Some(Host::Claude)),
            (r#"{"session_id":"s","prompt_id":"p"}"#, "", Some(Host::Claude)),
            (r#"{"session_id":"s","prompt_id":"p","timestamp":"2026"}"#, "", None),
            (r#"{"cursor_version":"1","permission_mode":"x"}"#, "", Some(Host::Cursor)),
            (r#"{"agent_action_name":"x"}"#, "", Some(Host::Windsurf)),
            (r#"{"toolCall":{}}"#, "", Some(Host::Antigravity)),
            (r#"{"workspacePaths":[]}"#, "", Some(Host::Antigravity)),
            (r#"{"turn_id":"t","permission_mode":"x"}"#, "", Some(Host::Codex)),
            (r#"{"hookEventName":"Stop","sessionId":"s"}"#, "", Some(Host::VsCode)),
            (r#"{"toolName":"bash","timestamp":1}"#, "", Some(Host::Copilot)),
            (r#"{"hook_event_name":"AfterAgent"}"#, "", Some(Host::Gemini)),
            (r#"{"permission_mode":null}"#, "", None),
            ("{}", "", None),
        ] {
            let got = identify(payload.as_bytes(), surroundings(around)).unwrap();
            assert_eq!(got, want, "{payload} with {around:?}");
        }
    }

    #[test]
    fn what_is_no_object_is_an_error() {
        for payload in ["", "1", "nul", "{", "{\"a\":}", "[{}", "{} {}", "\u{feff}{}"] {
            assert!(identify(payload.as_bytes(), surroundings("")).is_err(), "{payload:?}");
        }
        assert!(identify(b"{\"cwd\":\"\xff\"}", surroundings("")).is_ok(), "fields of no interest");
        assert!(identify(b"{\"turn_id\":\"\xff\"}", surroundings("")).is_err(), "not UTF-8");
    }

    #[test]
    fn names_read_back() {
        for host in Host::ALL {
            assert_eq!(Host::named(host.name()), Some(host), "its own name");
        }
        assert_eq!(Host::named("Claude"), None, "names are spelled one way");
    }
}
