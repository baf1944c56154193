//! What does a payload of Claude Code say?
//!
//! The fields are those of `HookInput` in the types of the package `@anthropic-ai/claude-agent-sdk`.

use crate::payload::Payload;
use crate::{Call, Host, fields};

/// Reads `payload`; `None` when it names no session or no event.
pub(crate) fn read(payload: &Payload<'_>) -> Option<Call> {
    let event = fields::event(&payload.text(&["hook_event_name"])?, payload);
    fields::call(Host::Claude, payload, event)
}

#[cfg(test)]
mod tests {
    use crate::payload::Payload;

    #[test]
    fn occurrences_are_told_apart() {
        let read = |fields: &str| {
            let payload = format!(r#"{{"hook_event_name":"Stop","session_id":"s",{fields}}}"#);
            super::read(&Payload::parse(payload.as_bytes()).unwrap()).unwrap().occurrence()
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
