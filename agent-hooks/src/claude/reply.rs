//! What does Claude Code take for an answer?
//!
//! `hookSpecificOutput.additionalContext` of `Stop` and `SubagentStop` is feedback without the framing of an
//! error: the conversation goes on so that the model can act on it. Versions before 2.1.163 pass over it.

use serde::Serialize;

use crate::Call;

/// The smallest object that says something.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Output<'text> {
    hook_specific_output: Specific<'text>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Specific<'text> {
    hook_event_name: &'text str,
    additional_context: &'text str,
}

/// Renders `text` as context for the model that stopped in `call`.
pub(crate) fn context(call: &Call, text: &str) -> String {
    let hook_event_name = call.event.name();
    let specific = Specific { hook_event_name, additional_context: text };
    serde_json::to_string(&Output { hook_specific_output: specific })
        .expect("two strings in a struct can always be written as JSON")
}

#[cfg(test)]
mod tests {
    use crate::{Answer, Call, Event, Host, Stop, Worker, reply};

    #[test]
    fn the_answer_has_exactly_the_documented_keys() {
        for (worker, name) in [(Worker::Session, "Stop"), (Worker::Subagent, "SubagentStop")] {
            let call = Call {
                host: Host::Claude,
                session: "s".to_owned(),
                folder: None,
                event: Event::Stop(Stop { worker, continued: false, waits: false }),
                occurrence: Vec::new(),
            };
            let text = reply(&call, &Answer::Context("say \"so\"\n".to_owned()));
            let want = format!(
                r#"{{"hookSpecificOutput":{{"hookEventName":"{name}","additionalContext":"say \"so\"\n"}}}}"#
            );
            assert_eq!(text, want, "one object, nothing around it");
        }
    }
}
