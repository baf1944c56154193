//! Which agent is calling? Its payload says so, whatever file it found our entry in.
//!
//! Several agents run the entries of Claude Code's settings with payloads of their own.

use crate::payload::Payload;

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
    /// OpenCode.
    OpenCode,
    /// Qwen Code.
    Qwen,
    /// The agent mode of VS Code.
    VsCode,
    /// Windsurf Cascade.
    Windsurf,
}

impl Host {
    /// Every agent whose payloads are told apart.
    pub const ALL: [Self; 10] = [
        Self::Antigravity,
        Self::Claude,
        Self::Codex,
        Self::Copilot,
        Self::Cursor,
        Self::Gemini,
        Self::OpenCode,
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
            Self::OpenCode => "opencode",
            Self::Qwen => "qwen",
            Self::VsCode => "vscode",
            Self::Windsurf => "windsurf",
        }
    }

    /// Returns the agent's name as people write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Antigravity => "Antigravity",
            Self::Claude => "Claude Code",
            Self::Codex => "Codex",
            Self::Copilot => "Copilot",
            Self::Cursor => "Cursor",
            Self::Gemini => "Gemini CLI",
            Self::OpenCode => "OpenCode",
            Self::Qwen => "Qwen Code",
            Self::VsCode => "VS Code",
            Self::Windsurf => "Windsurf",
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
    /// Whether `GEMINI_PROJECT_DIR` is set, which Gemini CLI and Qwen Code set.
    pub gemini_variable: bool,
    /// Whether `QWEN_PROJECT_DIR` is set, which only Qwen Code sets.
    pub qwen_variable: bool,
}

/// Tools that VS Code has under these names alone.
const VSCODE_TOOLS: [&str; 8] = [
    "apply_patch",
    "create_file",
    "editFiles",
    "insert_edit_into_file",
    "multi_replace_string_in_file",
    "read_file",
    "replace_string_in_file",
    "run_in_terminal",
];

/// Tells who wrote `payload`; `None` for a stranger, who is left in peace.
pub(crate) fn identify(payload: &Payload<'_>, surroundings: Surroundings) -> Option<Host> {
    by_marks(payload).or_else(|| by_surroundings(payload, surroundings))
}

/// Looks for fields that one agent alone writes.
fn by_marks(payload: &Payload<'_>) -> Option<Host> {
    let has = |name| payload.has(&[name]);
    let gemini_event = || {
        let name = payload.text(&["hook_event_name"]);
        let events = ["BeforeTool", "AfterTool", "BeforeAgent", "AfterAgent", "PreCompress"];
        name.is_some_and(|name| events.contains(&name.as_str()))
    };
    Some(if has("cursor_version") {
        Host::Cursor
    } else if has("agent_action_name") {
        Host::Windsurf
    } else if has("opencode_event") {
        Host::OpenCode
    } else if has("toolCall") || has("workspacePaths") || has("conversationId") {
        Host::Antigravity
    } else if has("turn_id") {
        Host::Codex
    } else if has("hookEventName") && has("sessionId") {
        Host::VsCode
    } else if has("toolName") || has("sessionId") {
        Host::Copilot
    } else if gemini_event() {
        Host::Gemini
    } else {
        return None;
    })
}

/// Decides between agents whose payloads have the shape of Claude Code's.
fn by_surroundings(payload: &Payload<'_>, surroundings: Surroundings) -> Option<Host> {
    if surroundings.qwen_variable {
        return Some(Host::Qwen);
    }
    if surroundings.gemini_variable {
        return Some(Host::Gemini);
    }
    // All that have taken over its fields stamp their payloads with the time; Claude Code never did.
    if payload.has(&["timestamp"]) {
        return stamped(payload, surroundings.hint);
    }
    // Everything that Codex writes names a turn, but for the two ends of a session.
    let name = payload.text(&["hook_event_name"]).unwrap_or_default();
    if surroundings.hint == Some(Host::Codex) && ["SessionStart", "SessionEnd"].contains(&&*name) {
        return Some(Host::Codex);
    }
    let documented = ["permission_mode", "prompt_id", "stop_hook_active", "transcript_path"];
    let spoken = payload.has(&documented);
    if spoken || surroundings.claude_variable { Some(Host::Claude) } else { surroundings.hint }
}

/// Tells who took over the fields of Claude Code's payloads and adds the time.
///
/// Copilot and VS Code run each other's files, so that a hint at one of them may mean the other.
fn stamped(payload: &Payload<'_>, hint: Option<Host>) -> Option<Host> {
    let copilot = ["stop_reason", "initial_prompt", "tool_result", "agent_display_name"];
    if payload.has(&copilot) {
        return Some(Host::Copilot);
    }
    if hint.is_some_and(|hint| hint != Host::Copilot) {
        return hint;
    }
    let tool = payload.text(&["tool_name"]);
    let is_vscode = tool.is_some_and(|tool| VSCODE_TOOLS.contains(&tool.as_str()))
        || (payload.has(&["stop_hook_active"]) && payload.has(&["transcript_path"]));
    if is_vscode {
        return Some(Host::VsCode);
    }
    let others = ["transcript_path", "permission_mode", "prompt_id", "agent_id"];
    let bare = payload.has(&["hook_event_name"]) && !payload.has(&others);
    if bare { Some(Host::Copilot) } else { hint }
}

#[cfg(test)]
mod tests {
    use super::{Host, Surroundings};
    use crate::Error;
    use crate::payload::Payload;

    fn surroundings(words: &str) -> Surroundings {
        Surroundings {
            hint: words.strip_prefix("--host ").and_then(Host::named),
            claude_variable: words == "CLAUDE_CODE_SESSION_ID",
            gemini_variable: words == "GEMINI_PROJECT_DIR",
            qwen_variable: words == "QWEN_PROJECT_DIR",
        }
    }

    fn identify(payload: &[u8], surroundings: Surroundings) -> Result<Option<Host>, Error> {
        Ok(super::identify(&Payload::parse(payload)?, surroundings))
    }

    #[test]
    fn every_agent_is_known_by_its_payload() {
        let claude = r#"{"session_id":"s","hook_event_name":"Stop","permission_mode":"auto"}"#;
        let bare = r#"{"session_id":"s","hook_event_name":"SessionStart"}"#;
        let first = r#"{"hook_event_name":"Stop","stop_hook_active":false}"#;
        let old = r#"{"hook_event_name":"SessionStart","transcript_path":"/t"}"#;
        let stamped =
            r#"{"hook_event_name":"SessionStart","transcript_path":"/t","timestamp":"2026"}"#;
        let edit = r#"{"tool_name":"create_file","transcript_path":"/t","timestamp":"2026"}"#;
        let stop = r#"{"stop_hook_active":false,"transcript_path":"/t","timestamp":"2026"}"#;
        for (payload, around, want) in [
            (claude, "", Some(Host::Claude)),
            (claude, "--host codex", Some(Host::Claude)),
            (claude, "QWEN_PROJECT_DIR", Some(Host::Qwen)),
            (bare, "", None),
            (bare, "--host codex", Some(Host::Codex)),
            (old, "--host codex", Some(Host::Codex)),
            (stamped, "", None),
            (stamped, "GEMINI_PROJECT_DIR", Some(Host::Gemini)),
            (stamped, "QWEN_PROJECT_DIR", Some(Host::Qwen)),
            (stamped, "--host copilot", Some(Host::Copilot)),
            (r#"{"hook_event_name":"PreToolUse","timestamp":"2026"}"#, "", Some(Host::Copilot)),
            (edit, "", Some(Host::VsCode)),
            (edit, "--host copilot", Some(Host::VsCode)),
            (edit, "--host qwen", Some(Host::Qwen)),
            (stop, "", Some(Host::VsCode)),
            (stop, "--host copilot", Some(Host::VsCode)),
            (stop, "QWEN_PROJECT_DIR", Some(Host::Qwen)),
            (stamped, "CLAUDE_CODE_SESSION_ID", None),
            (r#"{"timestamp":"2026","stop_reason":"end_turn"}"#, "", Some(Host::Copilot)),
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
            (r#"{"conversationId":"c"}"#, "", Some(Host::Antigravity)),
            (r#"{"opencode_event":"session.idle"}"#, "", Some(Host::OpenCode)),
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
