//! What does a payload of Claude Code say?
//!
//! The fields are those of `HookInput` in the types of the package `@anthropic-ai/claude-agent-sdk`.

use std::path::PathBuf;

use serde::Deserialize;

use crate::loose::Loose;
use crate::{Call, Error, Event, Host, SessionStart, Stop, Worker};

/// The fields that matter to us; none of them is required, and none is believed to have a type.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Payload {
    agent_id: Loose,
    background_tasks: Loose,
    cwd: Loose,
    hook_event_name: Loose,
    last_assistant_message: Loose,
    model: Loose,
    prompt_id: Loose,
    session_crons: Loose,
    session_id: Loose,
    source: Loose,
    stop_hook_active: Loose,
}

/// Reads `payload`; `Ok(None)` when it holds no session or no event of ours.
pub fn read(payload: &[u8]) -> Result<Option<Call>, Error> {
    let payload: Payload = serde_json::from_slice(payload).map_err(Error::Payload)?;
    let waits = payload.background_tasks.has_entries() || payload.session_crons.has_entries();
    let continued = payload.stop_hook_active.is_true();
    let stop = |worker| Event::Stop(Stop { worker, continued, waits });
    let source = payload.source.text();
    let event = match payload.hook_event_name.text().as_deref() {
        Some("SessionStart") => Event::SessionStart(SessionStart {
            source: source.clone(),
            model: payload.model.text(),
        }),
        Some("Stop") => stop(Worker::Session),
        Some("SubagentStop") => stop(Worker::Subagent),
        Some(_) | None => return Ok(None),
    };
    let Some(session) = payload.session_id.text() else { return Ok(None) };
    let words = [
        payload.prompt_id.text(),
        payload.agent_id.text(),
        payload.last_assistant_message.text(),
        source,
        Some(continued.to_string()),
    ];
    Ok(Some(Call {
        host: Host::Claude,
        session,
        folder: payload.cwd.text().map(PathBuf::from),
        event,
        occurrence: words.map(Option::unwrap_or_default).to_vec(),
    }))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use crate::{Call, Event, Host, Surroundings, Worker};

    /// Renders what was read as one line, for comparing.
    fn line(call: Option<Call>) -> String {
        let Some(call) = call else { return "-".to_owned() };
        let what = match &call.event {
            Event::SessionStart(start) => {
                let word = |word: &Option<String>| word.clone().unwrap_or_else(|| "?".to_owned());
                let goes_on = if start.goes_on() { " goes on" } else { "" };
                format!("{} {}{goes_on}", word(&start.source), word(&start.model))
            }
            Event::Stop(stop) => {
                let worker = match stop.worker {
                    Worker::Session => "session",
                    Worker::Subagent => "subagent",
                };
                let continued = if stop.continued { " continued" } else { "" };
                let waits = if stop.waits { " waits" } else { "" };
                format!("{worker}{continued}{waits}")
            }
        };
        let folder = call.folder.map_or("?".into(), |folder| folder.display().to_string());
        format!("{} {} in {folder}: {what}", call.event.name(), call.session)
    }

    /// The recorded payloads, as `<event>/<case>.json`.
    fn fixtures(folder: &Path) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for event in fs_err::read_dir(folder).unwrap() {
            for case in fs_err::read_dir(event.unwrap().path()).unwrap() {
                files.push(case.unwrap().path().strip_prefix(folder).unwrap().to_owned());
            }
        }
        files.sort();
        files
    }

    #[test]
    fn recorded_payloads_are_understood() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/hooks/claude");
        let want = [
            ("PostToolUse/bash.json", "-"),
            ("SessionStart/compact.json", "SessionStart s-1 in /home/dev/app: compact ? goes on"),
            ("SessionStart/fields-of-other-types.json", "SessionStart s-1 in ?: ? ?"),
            ("SessionStart/no-session.json", "-"),
            (
                "SessionStart/startup.json",
                "SessionStart s-1 in /home/dev/app: startup claude-opus-4-6",
            ),
            ("SessionStart/unknown-source.json", "SessionStart s-1 in /home/dev/app: teleport ?"),
            ("Stop/background-tasks.json", "Stop s-1 in /home/dev/app: session waits"),
            ("Stop/continued.json", "Stop s-1 in /home/dev/app: session continued"),
            ("Stop/first-version.json", "Stop s-1 in ?: session"),
            ("Stop/session-crons.json", "Stop s-1 in /home/dev/app: session waits"),
            ("Stop/unknown-fields.json", "Stop s-1 in /home/dev/app/\u{e9}: session"),
            ("SubagentStop/general.json", "SubagentStop s-1 in /home/dev/app: subagent"),
            ("Teleported/unknown-event.json", "-"),
        ];
        let names: Vec<String> =
            fixtures(&folder).iter().map(|file| file.display().to_string()).collect();
        assert_eq!(names, want.map(|(name, _)| name), "every recorded payload is in the table");
        let surroundings = Surroundings { hint: Some(Host::Claude), ..Surroundings::default() };
        for (name, want) in want {
            let payload = fs_err::read(folder.join(name)).unwrap();
            let call = crate::read(&payload, surroundings).unwrap();
            assert_eq!(line(call), want, "{name}");
        }
    }

    #[test]
    fn occurrences_are_told_apart() {
        let read = |fields: &str| {
            let payload = format!(r#"{{"hook_event_name":"Stop","session_id":"s",{fields}}}"#);
            super::read(payload.as_bytes()).unwrap().unwrap().occurrence
        };
        let one = read(r#""prompt_id":"p""#);
        assert_eq!(
            read(r#""prompt_id":"p","cwd":"/elsewhere""#),
            one,
            "the same moment, seen twice"
        );
        for other in [
            r#""prompt_id":"q""#,
            r#""prompt_id":"p","stop_hook_active":true"#,
            r#""prompt_id":"p","last_assistant_message":"Done.""#,
            r#""prompt_id":"p","agent_id":"a""#,
        ] {
            assert_ne!(read(other), one, "{other} is another moment");
        }
    }
}
