//! Every recorded payload is read as it should be, and answered in the words of its agent.

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::{Path, PathBuf};

    use git_dos_agent_hooks::{
        Answer, Call, Ending, Event, Host, Json, Kind, Moment, Reply, Surroundings, read, reply,
    };
    use serde_json::{Map, Value, json};

    /// What stands for our words in the recorded answers.
    const TEXT: &str = "TEXT";

    fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/hooks")
    }

    /// The recorded payloads of `host`, as `<event>/<case>.json`.
    fn payloads(host: Host) -> BTreeMap<String, Vec<u8>> {
        let folder = folder().join(host.name());
        let mut files = BTreeMap::new();
        for event in fs_err::read_dir(&folder).unwrap() {
            for case in fs_err::read_dir(event.unwrap().path()).unwrap() {
                let path = case.unwrap().path();
                let name = path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs_err::read(&path).unwrap());
            }
        }
        files
    }

    fn surroundings(host: Host) -> Surroundings {
        Surroundings {
            hint: Some(host),
            qwen_variable: host == Host::Qwen,
            gemini_variable: matches!(host, Host::Gemini | Host::Qwen),
            ..Surroundings::default()
        }
    }

    fn text(json: Option<&Json>) -> Option<&str> {
        json.map(Json::text)
    }

    /// What the event says besides its kind.
    fn event(event: &Event) -> Value {
        match event {
            Event::SessionStart(start) => {
                json!({ "source": start.source, "goes_on": start.goes_on().then_some(true) })
            }
            Event::SessionEnd(end) => json!({ "reason": end.reason }),
            Event::Prompt(prompt) => json!({ "text": prompt.text, "source": prompt.source }),
            Event::Tool(tool) => {
                let (result, error, interrupted) = match &tool.moment {
                    Moment::Before => (None, None, None),
                    Moment::After { result } => (text(result.as_ref()), None, None),
                    Moment::Failed { error, interrupted } => {
                        (None, text(error.as_ref()), *interrupted)
                    }
                };
                json!({
                    "tool": tool.name,
                    "input": text(tool.input.as_ref()),
                    "use": tool.use_id,
                    "milliseconds": tool.milliseconds,
                    "result": result,
                    "error": error,
                    "interrupted": interrupted,
                })
            }
            Event::Compaction(compaction) => json!({ "trigger": compaction.trigger }),
            Event::Stop(stop) => json!({
                "continued": stop.continued,
                "ending": match stop.ending {
                    Ending::Done => None,
                    Ending::Waits => Some("waits"),
                    Ending::Aborted => Some("aborted"),
                },
                "last_message": stop.last_message,
                "background_tasks": text(stop.background_tasks.as_ref()),
                "session_crons": text(stop.session_crons.as_ref()),
            }),
            Event::Other(other) => json!({ "name": other.name }),
        }
    }

    /// What was read, without what is not there.
    fn fields(call: &Call) -> Value {
        let mut fields = event(&call.event);
        let more = json!({
            "kind": call.event.name(),
            "session": call.session,
            "folders": call.folders,
            "turn": call.turn,
            "agent": call.agent.as_ref().map(|agent| {
                without_null(&json!({
                    "id": agent.id,
                    "kind": agent.kind,
                    "transcript": agent.transcript,
                }))
            }),
            "transcript": call.transcript,
            "permission_mode": call.permission_mode,
            "model": call.model,
            "time": call.time,
        });
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        without_null(&fields)
    }

    fn without_null(value: &Value) -> Value {
        let mut members: Map<String, Value> = value.as_object().unwrap().clone();
        members.retain(|_, value| !value.is_null());
        Value::Object(members)
    }

    fn said(reply: Reply) -> Value {
        if (reply.code, &*reply.error) == (0, "") {
            return reply.output.into();
        }
        assert_eq!(reply.output, "", "a refusal by exit code has its reason on standard error");
        json!({ "code": reply.code, "error": reply.error })
    }

    /// How `call` is answered, for each answer that its agent can be given.
    fn answers(call: &Call) -> Value {
        let answers = [
            ("context", Answer::Context(TEXT.to_owned())),
            ("block", Answer::Block(TEXT.to_owned())),
            ("deny", Answer::Deny(TEXT.to_owned())),
        ];
        let answers = answers.into_iter();
        answers
            .filter_map(|(word, answer)| Some((word.to_owned(), said(reply(call, &answer)?))))
            .collect::<Map<_, _>>()
            .into()
    }

    #[test]
    fn recorded_payloads_are_read_and_answered() {
        let mut rows = 0;
        for host in Host::ALL {
            let file = folder().join("expected").join(format!("{}.json", host.name()));
            let mut found = BTreeMap::new();
            for (name, payload) in payloads(host) {
                let reading = read(&payload, surroundings(host)).unwrap();
                let mut row = json!({ "silence": reading.silence });
                if let Some(call) = &reading.call {
                    assert_eq!(call.host, host, "{name} is {host:?}'s");
                    row["call"] = fields(call);
                    row["answers"] = answers(call);
                }
                found.insert(name, row);
                rows += 1;
            }
            let want: BTreeMap<String, Value> =
                serde_json::from_slice(&fs_err::read(&file).unwrap_or_default())
                    .unwrap_or_default();
            let other = Path::new(env!("CARGO_TARGET_TMPDIR")).join(file.file_name().unwrap());
            if found != want {
                let text = serde_json::to_string_pretty(&found).unwrap() + "\n";
                fs_err::write(&other, text).unwrap();
            }
            assert!(found == want, "{} is not what was found, {}", file.display(), other.display());
        }
        assert_eq!(rows, 145, "payloads of all agents");
    }

    #[test]
    fn every_agent_has_a_payload_for_every_kind_of_event_that_it_tells_of() {
        let told = |host: Host| {
            let calls = payloads(host).into_values().map(|payload| {
                let reading = read(&payload, surroundings(host)).unwrap();
                reading.call.map(|call| call.event.kind())
            });
            calls.flatten().collect::<std::collections::BTreeSet<Kind>>()
        };
        for host in Host::ALL {
            let untold: Vec<Kind> =
                Kind::ALL.into_iter().filter(|kind| !told(host).contains(kind)).collect();
            // What it does not tell of, by its own documentation.
            let want: &[Kind] = match host {
                Host::Antigravity => &[
                    Kind::SessionStart,
                    Kind::SessionEnd,
                    Kind::SubagentStop,
                    Kind::PreCompact,
                    Kind::PostCompact,
                ],
                Host::Claude => &[],
                Host::Codex => &[Kind::PostToolFailure],
                Host::Copilot | Host::Cursor | Host::Qwen => &[Kind::PostCompact],
                Host::Gemini => &[Kind::PostToolFailure, Kind::SubagentStop, Kind::PostCompact],
                Host::OpenCode => &[Kind::PostToolFailure, Kind::SubagentStop, Kind::PreCompact],
                Host::VsCode => &[Kind::SessionEnd, Kind::PostToolFailure, Kind::PostCompact],
                Host::Windsurf => &[
                    Kind::SessionStart,
                    Kind::SessionEnd,
                    Kind::PostToolFailure,
                    Kind::SubagentStop,
                    Kind::PreCompact,
                    Kind::PostCompact,
                ],
            };
            assert_eq!(untold, want, "{host:?}");
        }
    }

    /// The keys that `host` takes at an event of `kind`, by its own documentation or schema, of those that we use.
    fn documented(host: Host, kind: Kind) -> &'static [&'static str] {
        const CONTEXT: &[&str] =
            &["hookSpecificOutput.additionalContext", "hookSpecificOutput.hookEventName"];
        const DENY: &[&str] = &[
            "hookSpecificOutput.additionalContext",
            "hookSpecificOutput.hookEventName",
            "hookSpecificOutput.permissionDecision",
            "hookSpecificOutput.permissionDecisionReason",
        ];
        const DECISION: &[&str] = &["decision", "reason"];
        let starts = [Kind::SessionStart, Kind::Prompt, Kind::PostTool, Kind::PostToolFailure];
        let stops = kind == Kind::Stop || kind == Kind::SubagentStop;
        match host {
            Host::Claude if stops => &[
                "decision",
                "hookSpecificOutput.additionalContext",
                "hookSpecificOutput.hookEventName",
                "reason",
            ],
            Host::VsCode if kind == Kind::Stop => &[
                "hookSpecificOutput.decision",
                "hookSpecificOutput.hookEventName",
                "hookSpecificOutput.reason",
            ],
            Host::VsCode if kind == Kind::Prompt => &[],
            Host::Claude | Host::Codex | Host::Qwen | Host::VsCode if kind == Kind::PreTool => DENY,
            Host::Claude | Host::Codex | Host::Qwen | Host::VsCode if starts.contains(&kind) => {
                CONTEXT
            }
            Host::Codex | Host::Copilot | Host::Qwen | Host::VsCode if stops => DECISION,
            Host::Copilot if kind == Kind::PreTool => {
                &["permissionDecision", "permissionDecisionReason"]
            }
            Host::Copilot if [Kind::SessionStart, Kind::PostTool].contains(&kind) => {
                &["additionalContext"]
            }
            Host::Cursor if stops => &["followup_message"],
            Host::Cursor if kind == Kind::PreTool => &["agent_message", "permission"],
            Host::Cursor if [Kind::SessionStart, Kind::PostTool].contains(&kind) => {
                &["additional_context"]
            }
            Host::Antigravity | Host::Gemini if kind == Kind::PreTool || kind == Kind::Stop => {
                DECISION
            }
            Host::Gemini if starts.contains(&kind) => CONTEXT,
            Host::Antigravity if kind == Kind::Prompt => &["injectSteps"],
            Host::OpenCode if kind == Kind::PreTool => &["deny"],
            Host::OpenCode => &["context"],
            Host::Antigravity
            | Host::Claude
            | Host::Codex
            | Host::Copilot
            | Host::Cursor
            | Host::Gemini
            | Host::Qwen
            | Host::VsCode
            | Host::Windsurf => &[],
        }
    }

    /// The keys of an object, those below `hookSpecificOutput` behind a point.
    fn keys(answer: &Value) -> Vec<String> {
        let mut keys = Vec::new();
        for (name, value) in answer.as_object().unwrap() {
            match value.as_object() {
                Some(inner) => keys.extend(inner.keys().map(|inner| format!("{name}.{inner}"))),
                None => keys.push(name.clone()),
            }
        }
        keys
    }

    #[test]
    fn answers_have_only_keys_that_the_agent_knows_at_that_event() {
        let mut rows = 0;
        for host in Host::ALL {
            for (name, payload) in payloads(host) {
                let Some(call) = read(&payload, surroundings(host)).unwrap().call else { continue };
                let kind = call.event.kind();
                for (word, text) in answers(&call).as_object().unwrap() {
                    let Some(text) = text.as_str() else { continue };
                    let answer: Value = serde_json::from_str(text).unwrap();
                    let known = documented(host, kind);
                    for key in keys(&answer) {
                        assert!(known.contains(&&*key), "{host:?} {name} {word}: {key}");
                    }
                    let event = &answer["hookSpecificOutput"]["hookEventName"];
                    let own = name.split('/').next().unwrap();
                    assert!(event.is_null() || event == own, "{host:?} {name}: {event} is {own}");
                    let blocks = answer["decision"] == "block" || answer["decision"] == "deny";
                    assert!(!blocks || answer["reason"] == TEXT, "{host:?} {name}: why");
                    rows += 1;
                }
            }
        }
        assert_eq!(rows, 130, "answers of all agents");
    }

    #[test]
    fn no_answer_grants_anything_and_none_is_made_of_blank_words() {
        for host in Host::ALL {
            for (name, payload) in payloads(host) {
                let reading = read(&payload, surroundings(host)).unwrap();
                let Some(call) = reading.call else { continue };
                for text in ["", " \n", TEXT] {
                    let text = text.to_owned();
                    for answer in [
                        Answer::Silence,
                        Answer::Context(text.clone()),
                        Answer::Block(text.clone()),
                        Answer::Deny(text.clone()),
                    ] {
                        let Some(reply) = reply(&call, &answer) else { continue };
                        assert_eq!(answer.text(), Some(TEXT), "{host:?} {name}: {answer:?}");
                        for word in ["allow", "approve", "ask", "continue\":", "suppressOutput"] {
                            assert!(!reply.output.contains(word), "{host:?} {name}: {reply:?}");
                        }
                        let refuses = host == Host::Windsurf && matches!(answer, Answer::Deny(_));
                        assert_eq!(reply.code, if refuses { 2 } else { 0 }, "{host:?} {name}");
                    }
                }
            }
        }
    }
}
