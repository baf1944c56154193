//! How OpenCode calls us: by a plugin of ours, which runs inside it and hands us JSON as other agents do.
//!
//! Source: OpenCode documentation, "Plugins". The payload is made by our own file, and the answer is read by it,
//! so the fields of both are our choice. What the session is told waits there for its next turn.

use std::path::PathBuf;

use serde::Serialize;

use crate::answer::Reply;
use crate::payload::Payload;
use crate::settings::{Command, Form, Home, Hook, Settings};
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
        Hook::new("tool.execute.before", 5),
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

/// Returns the whole of our file.
pub(crate) fn own_file(command: Command<'_>) -> String {
    match command {
        Command::Plain(program) => match program.to_str() {
            Some(path) => {
                let line = format!("const program = {}", crate::answer::render(&path));
                PLUGIN.replacen(PROGRAM, &line, 1)
            }
            None => PLUGIN.to_owned(),
        },
        Command::Guarded => PLUGIN.to_owned(),
    }
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
