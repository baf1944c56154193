//! How OpenCode calls us: by a plugin of ours, which runs inside it and hands us JSON as other agents do.
//!
//! Source: OpenCode documentation, "Plugins". The payload is made by our own file, and the answer is read by it,
//! so the fields of both are our choice. What the session is told waits there for its next turn.

use std::path::PathBuf;

use serde::Serialize;

use crate::answer::Reply;
use crate::payload::Payload;
use crate::settings::{Command, Extent, Form, Home, Hook, Settings};
use crate::{Answer, Call, Host, Kind, Moment, Stage, Worker, fields};

/// Our own file in the folder of plugins.
pub(crate) const SETTINGS: Settings = Settings {
    host: Host::OpenCode,
    programs: &["opencode"],
    home: Home { variable: Some("OPENCODE_CONFIG_DIR"), folder: ".config/opencode" },
    signs: &[],
    local: Some(".opencode/plugin/git-dos.ts"),
    shared: Some(".opencode/plugin/git-dos.ts"),
    user: Some("plugins/git-dos.ts"),
    form: Form::Own,
    hooks: &[
        Hook::new("session.created", 5),
        Hook::new("session.deleted", 5),
        Hook::new("chat.message", 5),
        Hook::before_tool("tool.execute.before"),
        Hook::new("tool.execute.after", 5),
        Hook::new("session.idle", 20),
        Hook::new("session.compacted", 5),
    ],
    handler: |_, _| Vec::new(),
};

/// The plugin, but for the program that it starts.
const PLUGIN: &str = include_str!("opencode/plugin.ts");

/// The line of the plugin that names the program.
const PROGRAM: &str = "const program = \"git-dos\"";

/// Where the part of the plugin begins that asks before a tool is used, and where it ends.
const BEFORE: [&str; 2] = ["    \"tool.execute.before\"", "    \"tool.execute.after\""];

/// Returns the whole of our file with the hooks of `extent`.
pub(crate) fn own_file(command: Command<'_>, extent: Extent) -> String {
    let plugin = match extent {
        Extent::All => PLUGIN.to_owned(),
        Extent::NoLanes => without_before(PLUGIN).unwrap_or_else(|| PLUGIN.to_owned()),
    };
    match command {
        Command::Plain(program) => match program.to_str() {
            Some(path) => {
                let line = format!("const program = {}", crate::answer::render(&path));
                plugin.replacen(PROGRAM, &line, 1)
            }
            None => plugin,
        },
        Command::Guarded => plugin,
    }
}

/// Cuts out of the plugin what asks before a tool is used.
fn without_before(plugin: &str) -> Option<String> {
    let [start, end] = BEFORE.map(|words| plugin.find(words));
    let (head, tail) = (plugin.get(..start?)?, plugin.get(end?..)?);
    Some(format!("{head}{tail}"))
}

/// Returns the program that the text of our file names, as far as it is a path.
pub(crate) fn program_in(text: &str) -> Option<PathBuf> {
    let line = text.lines().find_map(|line| line.strip_prefix("const program = "))?;
    let path: String = serde_json::from_str(line).ok()?;
    Some(PathBuf::from(path)).filter(|path| path.is_absolute())
}

/// What the plugin puts into the session.
#[derive(Debug, Serialize)]
struct Context<'text> {
    context: &'text str,
}

/// Why the plugin refuses a tool.
#[derive(Debug, Serialize)]
struct Deny<'text> {
    deny: &'text str,
}

/// Reads `payload`; `None` when it names no session or no event.
pub(crate) fn read(payload: &Payload<'_>) -> Option<Call> {
    let name = payload.text(&["opencode_event"])?;
    let event = match name.as_str() {
        "session.created" => fields::session_start(payload),
        "session.deleted" => fields::session_end(payload),
        "session.compacted" => fields::compaction(payload, Stage::After),
        "session.idle" => fields::stop(payload, Worker::Session),
        "chat.message" => fields::prompt(payload),
        "tool.execute.before" => fields::tool(payload, Moment::Before),
        "tool.execute.after" => fields::tool(payload, fields::after(payload)),
        other => fields::other(Some(other)),
    };
    fields::call(Host::OpenCode, payload, event)
}

/// Renders `answer` to an event of `kind`. A session that rests is not woken.
pub(crate) fn reply(kind: Kind, answer: &Answer) -> Option<Reply> {
    Some(match (kind, answer) {
        (Kind::SessionStart | Kind::PostTool | Kind::Stop, Answer::Context(text))
        | (Kind::Stop, Answer::Block(text)) => Reply::object(&Context { context: text }),
        (Kind::PreTool, Answer::Deny(reason)) => Reply::object(&Deny { deny: reason }),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::own_file;
    use crate::settings::{Command, Extent};

    #[test]
    fn without_lanes_the_plugin_lets_tools_begin_unasked() {
        for command in [Command::Guarded, Command::Plain(Path::new("/bin/git-dos"))] {
            let (all, without) =
                (own_file(command, Extent::All), own_file(command, Extent::NoLanes));
            assert!(all.contains("\"tool.execute.before\": async"), "{all}");
            assert!(!without.contains("execute.before") && !without.contains("deny"), "{without}");
            let kept = without.lines().all(|line| all.lines().any(|other| other == line));
            assert!(kept && without.contains("\"tool.execute.after\": async"), "{without}");
        }
    }
}
