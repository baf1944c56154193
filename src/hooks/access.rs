//! What is an agent told that is about to write where somebody else works?

use git_dos_agent_hooks::{Call, Json, Tool};

use super::log::Log;
use super::mode::Mode;
use crate::ops::access;

/// The entry point, as the log has it.
const HOOK: &str = "agent PreToolUse";

/// Returns why `tool` must not be used; mostly there is nothing to say.
///
/// What cannot be found out is written down and stops nobody, and so is a denial in any mode that does not refuse.
pub(super) fn denial(
    repository: &gix::Repository,
    call: &Call,
    tool: &Tool,
    log: &Log,
) -> Option<String> {
    let name = tool.name.as_deref()?;
    let input = tool.input.as_ref().and_then(Json::value)?;
    let folder = call.folders.first().map(std::path::PathBuf::as_path);
    let asked = access::Call { session: &call.session, folder, tool: name, input: &input };
    let text = match access::denial(repository, &asked) {
        Ok(text) => text?,
        Err(error) => {
            log.record_error(HOOK, &error);
            return None;
        }
    };
    if Mode::or_advise(repository, log, HOOK) == Mode::Gate {
        return Some(text);
    }
    log.record(HOOK, format!("not refused in this mode: {}", text.replace('\n', " ")));
    None
}
