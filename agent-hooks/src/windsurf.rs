//! How Windsurf calls us (Windsurf documentation, "Cascade Hooks"). It takes no answer but a refused tool.

use std::path::Path;

use crate::answer::Reply;
use crate::payload::Payload;
use crate::settings::{Field, Form, Home, Hook, Settings};
use crate::{Answer, Call, Event, Host, Kind, Moment, Prompt, Tool, Worker, fields};

/// The entries of `hooks.json`.
pub(crate) const SETTINGS: Settings = Settings {
    host: Host::Windsurf,
    programs: &["windsurf"],
    home: Home { variable: None, folder: ".codeium/windsurf" },
    signs: &[],
    local: None,
    shared: Some(".windsurf/hooks.json"),
    user: Some("hooks.json"),
    form: Form::Handlers { version: None },
    hooks: &[
        Hook::new("pre_user_prompt", 5),
        Hook::before_tool("pre_write_code"),
        Hook::before_tool("pre_run_command"),
        Hook::before_tool("pre_mcp_tool_use"),
        Hook::new("post_write_code", 5),
        Hook::new("post_run_command", 5),
        Hook::new("post_mcp_tool_use", 5),
        Hook::new("post_cascade_response", 20),
    ],
    handler: |_, command| vec![("command", Field::Text(command.line()))],
};

/// What the names of events end with that are about a tool.
const TOOLS: [&str; 4] = ["read_code", "write_code", "run_command", "mcp_tool_use"];

/// Reads `payload`; `None` when it names no session or no event.
pub(crate) fn read(payload: &Payload<'_>) -> Option<Call> {
    let action = payload.text(&["agent_action_name"])?;
    let details = payload.inner(&["tool_info"]);
    let event = match action.as_str() {
        "pre_user_prompt" => {
            Event::Prompt(Prompt { text: details.text(&["user_prompt"]), source: None })
        }
        "post_cascade_response" => {
            let event = fields::stop(payload, Worker::Session);
            let Event::Stop(mut stop) = event else { return None };
            stop.last_message = details.text(&["response"]);
            Event::Stop(stop)
        }
        other => {
            let result = || details.json(&["mcp_result", "output"]);
            match other.split_once('_') {
                Some(("pre", tool)) if TOOLS.contains(&tool) => {
                    use_of(tool, Moment::Before, payload, &details)
                }
                Some(("post", tool)) if TOOLS.contains(&tool) => {
                    use_of(tool, Moment::After { result: result() }, payload, &details)
                }
                Some(_) | None => fields::other(Some(other)),
            }
        }
    };
    let mut call = fields::call(Host::Windsurf, payload, event)?;
    let file = details.path(&["file_path"]);
    call.folders.extend(details.path(&["cwd"]));
    call.folders.extend(file.as_deref().and_then(Path::parent).map(Path::to_owned));
    call.folders.retain(|folder| folder.is_absolute());
    Some(call)
}

fn use_of(tool: &str, moment: Moment, payload: &Payload<'_>, details: &Payload<'_>) -> Event {
    Event::Tool(Tool {
        moment,
        name: details.text(&["mcp_tool_name"]).or_else(|| Some(tool.to_owned())),
        input: payload.json(&["tool_info"]),
        use_id: None,
        milliseconds: None,
    })
}

/// Renders `answer` to an event of `kind`. Only the exit code 2 refuses a tool, and only here.
pub(crate) fn reply(kind: Kind, answer: &Answer) -> Option<Reply> {
    match (kind, answer) {
        (Kind::PreTool, Answer::Deny(reason)) => {
            Some(Reply { error: reason.clone(), code: 2, ..Reply::default() })
        }
        _ => None,
    }
}
