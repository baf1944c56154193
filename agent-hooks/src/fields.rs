//! Which fields do payloads of all agents have in common, whatever their spelling?

use std::path::PathBuf;

use crate::payload::Payload;
use crate::{
    Agent, Call, Compaction, Ending, Event, Host, Moment, Other, Prompt, SessionEnd, SessionStart,
    Stage, Stop, Tool, Worker,
};

/// Makes a call of `event`; `None` for a payload that names no session.
pub(crate) fn call(host: Host, payload: &Payload<'_>, event: Event) -> Option<Call> {
    let session = payload.text(&[
        "session_id",
        "sessionId",
        "conversation_id",
        "conversationId",
        "trajectory_id",
    ])?;
    let mut folders = Vec::from_iter(payload.path(&["cwd"]));
    let roots = payload.texts(&["workspace_roots", "workspacePaths"]);
    folders.extend(roots.into_iter().map(PathBuf::from));
    let agent = payload.text(&["agent_id", "agentId", "subagent_id"]).map(|id| Agent {
        id,
        kind: payload.text(&[
            "agent_type",
            "agentType",
            "agent_name",
            "agentName",
            "subagent_type",
        ]),
        transcript: payload.path(&["agent_transcript_path"]),
    });
    Some(Call {
        host,
        session,
        folders,
        turn: payload.text(&["prompt_id", "turn_id", "generation_id", "execution_id"]),
        agent,
        transcript: payload.path(&["transcript_path", "transcriptPath"]),
        permission_mode: payload.text(&["permission_mode", "permissionMode"]),
        model: payload.text(&["model", "modelName", "model_name"]),
        time: payload.text(&["timestamp"]).or_else(|| {
            payload.number(&["timestamp"]).map(|milliseconds| milliseconds.to_string())
        }),
        event,
    })
}

/// Reads the event called `name` as Claude Code spells events, which many agents do after it.
pub(crate) fn event(name: &str, payload: &Payload<'_>) -> Event {
    match name {
        "SessionStart" => session_start(payload),
        "SessionEnd" => session_end(payload),
        "UserPromptSubmit" => prompt(payload),
        "PreToolUse" => tool(payload, Moment::Before),
        "PostToolUse" => tool(payload, after(payload)),
        "PostToolUseFailure" => tool(payload, failed(payload)),
        "PreCompact" => compaction(payload, Stage::Before),
        "PostCompact" => compaction(payload, Stage::After),
        "Stop" => stop(payload, Worker::Session),
        "SubagentStop" => stop(payload, Worker::Subagent),
        _ => other(Some(name)),
    }
}

/// Names an event that we take no part in.
pub(crate) fn other(name: Option<&str>) -> Event {
    Event::Other(Other { name: name.map(str::to_owned) })
}

pub(crate) fn session_start(payload: &Payload<'_>) -> Event {
    Event::SessionStart(SessionStart { source: payload.text(&["source"]) })
}

pub(crate) fn session_end(payload: &Payload<'_>) -> Event {
    Event::SessionEnd(SessionEnd { reason: payload.text(&["reason"]) })
}

pub(crate) fn prompt(payload: &Payload<'_>) -> Event {
    Event::Prompt(Prompt { text: payload.text(&["prompt"]), source: payload.text(&["source"]) })
}

pub(crate) fn tool(payload: &Payload<'_>, moment: Moment) -> Event {
    Event::Tool(Tool {
        moment,
        name: payload.text(&["tool_name", "toolName"]),
        input: payload.json(&["tool_input", "toolArgs"]),
        use_id: payload.text(&["tool_use_id", "toolUseId", "tool_call_id"]),
        milliseconds: payload.number(&["duration_ms", "duration"]),
    })
}

/// Reads the result of a tool.
pub(crate) fn after(payload: &Payload<'_>) -> Moment {
    Moment::After {
        result: payload.json(&["tool_response", "tool_result", "toolResult", "tool_output"]),
    }
}

/// Reads why a tool failed.
pub(crate) fn failed(payload: &Payload<'_>) -> Moment {
    let interrupted = payload.truth(&["is_interrupt"]);
    Moment::Failed { error: payload.json(&["error", "error_message"]), interrupted }
}

pub(crate) fn compaction(payload: &Payload<'_>, stage: Stage) -> Event {
    Event::Compaction(Compaction { stage, trigger: payload.text(&["trigger"]) })
}

pub(crate) fn stop(payload: &Payload<'_>, worker: Worker) -> Event {
    let background_tasks = payload.json(&["background_tasks"]);
    let session_crons = payload.json(&["session_crons"]);
    let waits = [&background_tasks, &session_crons].into_iter().flatten();
    let waits = waits.into_iter().any(crate::Json::has_entries);
    Event::Stop(Stop {
        worker,
        continued: payload.truth(&["stop_hook_active"]),
        ending: if waits { Ending::Waits } else { Ending::Done },
        last_message: payload.text(&["last_assistant_message", "response", "prompt_response"]),
        background_tasks,
        session_crons,
    })
}
