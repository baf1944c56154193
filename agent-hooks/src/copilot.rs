//! How GitHub Copilot calls us, and what it takes for an answer (GitHub documentation, "Hooks reference").
//!
//! Under names of events in capitals it writes payloads with the fields of Claude Code, under its own names it
//! writes others, which do not name the event.

use crate::answer::{Context, Decision, Permission, Reply, render};
use crate::payload::Payload;
use crate::settings::{Extent, Form, Home, Hook, POWERSHELL, Settings};
use crate::{Answer, Call, Event, Host, Kind, Moment, Stage, Worker, fields};

/// Our own file in the folder of hooks. VS Code runs it as well, and knows only names in capitals.
pub(crate) const SETTINGS: Settings = Settings {
    host: Host::Copilot,
    programs: &["copilot"],
    home: Home { variable: Some("COPILOT_HOME"), folder: ".copilot" },
    signs: &[],
    local: None,
    shared: Some(".github/hooks/git-dos.json"),
    user: Some("hooks/git-dos.json"),
    form: Form::Own,
    hooks: &[
        Hook::new("SessionStart", 5),
        Hook::new("SessionEnd", 1),
        Hook::new("UserPromptSubmit", 5),
        Hook::before_tool("PreToolUse"),
        Hook::new("PostToolUse", 5),
        Hook::new("PostToolUseFailure", 5),
        Hook::new("Stop", 20),
        Hook::new("SubagentStop", 20),
        Hook::new("PreCompact", 5),
    ],
    handler: |_, _| Vec::new(),
};

/// Never fails: a failure of some hooks denies a tool to the agent.
const LINE: &str =
    "command -v git-dos >/dev/null 2>&1 || exit 0; git-dos hook agent --host copilot; exit 0";

/// Returns the whole of our file with the hooks of `extent`.
pub(crate) fn own_file(extent: Extent) -> String {
    let hook = |hook: &Hook| {
        let powershell = POWERSHELL.replace("hook agent", "hook agent --host copilot");
        format!(
            "    \"{}\": [\n      {{\n        \"type\": \"command\",\n        \"bash\": {},\n        \
             \"powershell\": {},\n        \"timeoutSec\": {}\n      }}\n    ]",
            hook.event,
            render(&LINE),
            render(&powershell),
            hook.seconds,
        )
    };
    let hooks: Vec<String> = SETTINGS.hooks_of(extent).map(hook).collect();
    format!("{{\n  \"version\": 1,\n  \"hooks\": {{\n{}\n  }}\n}}\n", hooks.join(",\n"))
}

/// Reads `payload`; `None` when it names no session.
pub(crate) fn read(payload: &Payload<'_>) -> Option<Call> {
    let event = match payload.text(&["hook_event_name"]) {
        Some(name) => fields::event(&name, payload),
        None => by_fields(payload),
    };
    fields::call(Host::Copilot, payload, event)
}

/// Tells the event by the fields that only its payloads have.
fn by_fields(payload: &Payload<'_>) -> Event {
    let has = |name| payload.has(&[name]);
    if has("stopReason") {
        let subagent = has("agentId") || has("agentName");
        fields::stop(payload, if subagent { Worker::Subagent } else { Worker::Session })
    } else if has("toolName") {
        let moment = if has("toolResult") {
            fields::after(payload)
        } else if has("error") {
            fields::failed(payload)
        } else {
            Moment::Before
        };
        fields::tool(payload, moment)
    } else if has("source") || has("initialPrompt") {
        fields::session_start(payload)
    } else if has("reason") {
        fields::session_end(payload)
    } else if has("trigger") {
        fields::compaction(payload, Stage::Before)
    } else if has("prompt") {
        fields::prompt(payload)
    } else {
        fields::other(None)
    }
}

/// Renders `answer` to an event of `kind`; what a tool's failure means is heard only from a hook that fails too.
pub(crate) fn reply(kind: Kind, answer: &Answer) -> Option<Reply> {
    Some(match (kind, answer) {
        (Kind::SessionStart | Kind::PostTool, Answer::Context(text)) => {
            Reply::object(&Context { additional_context: text })
        }
        (Kind::Stop | Kind::SubagentStop, Answer::Context(text) | Answer::Block(text)) => {
            Reply::object(&Decision::block(text))
        }
        (Kind::PreTool, Answer::Deny(reason)) => Reply::object(&Permission::deny(reason)),
        _ => return None,
    })
}
