//! What does each agent hand to its hooks? One payload for each hook that we ask for, after its documentation.

use std::path::Path;

use git_dos_agent_hooks::Host;
use serde_json::Value;

/// The agent → the event → the payload, of the session `s-1` in `/home/dev/app`.
const PAYLOADS: &str = include_str!("payloads.json");

/// Returns what `host` hands to its hook for `event`, in the folder `top` and in a session called `session`.
pub(super) fn of(host: Host, event: &str, top: &Path, session: &str) -> Option<Vec<u8>> {
    let mut payloads: Value = serde_json::from_str(PAYLOADS).ok()?;
    let mut payload = payloads.get_mut(host.name())?.get_mut(event)?.take();
    put(&mut payload, &top.to_string_lossy(), session);
    Some(payload.to_string().into_bytes())
}

/// Replaces folder and session wherever they stand.
fn put(value: &mut Value, top: &str, session: &str) {
    match value {
        Value::String(text) if text == "s-1" => session.clone_into(text),
        Value::String(text) => *text = text.replace("/home/dev/app", top),
        Value::Array(elements) => elements.iter_mut().for_each(|value| put(value, top, session)),
        Value::Object(members) => members.values_mut().for_each(|value| put(value, top, session)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use git_dos_agent_hooks::settings::Settings;
    use git_dos_agent_hooks::{Host, Surroundings, read};

    use super::of;

    #[test]
    fn every_hook_that_we_ask_for_has_a_payload_that_is_understood() {
        for host in Host::ALL.into_iter().filter(|host| *host != Host::VsCode) {
            let surroundings = Surroundings {
                hint: Some(host),
                claude_variable: host == Host::Claude,
                gemini_variable: matches!(host, Host::Gemini | Host::Qwen),
                qwen_variable: host == Host::Qwen,
            };
            for hook in Settings::of(host).hooks {
                let name = format!("{host:?} {}", hook.event);
                let bytes = of(host, hook.event, Path::new("/it's here"), "trial");
                let reading = read(&bytes.expect(&name), surroundings).expect(&name);
                let call = reading.call.expect(&name);
                assert_eq!((call.host, &*call.session), (host, "trial"), "{name}");
            }
        }
    }
}
