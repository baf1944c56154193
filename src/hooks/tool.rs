//! What is an agent told whose tool was just used? Nothing, unless it is the same again and again.

use git_dos_agent_hooks::{Answer, Call, Json, Moment, Tool};
use gix::error::Result;

use super::log::Log;
use super::mode::{self, Mode};
use crate::evidence::repository;
use crate::evidence::tool::{self, Ending};
use crate::ops::stream::{self, Who};
use crate::policy;

/// Writes the use of `tool` down and says so when it repeats.
///
/// A policy that cannot be read is written to the log; the defaults take its place.
pub(super) fn run(
    repository: &gix::Repository,
    call: &Call,
    tool: &Tool,
    log: &Log,
) -> Result<Answer> {
    let ending = ending(&tool.moment).filter(|_| mode::streams(repository));
    let (Some(name), Some(ending)) = (tool.name.as_deref(), ending) else {
        return Ok(Answer::Silence);
    };
    let hook = format!("agent {}", call.event.name());
    let policy = policy::load(repository).unwrap_or_else(|error| {
        log.record_error(&hook, &error);
        policy::Policy::default()
    });
    let input = tool.input.as_ref().map(Json::text);
    let observed = tool::Call { tool: name, input, ending };
    let state = repository::state_folder(repository);
    let report = stream::observe(&state, &policy, who(call), &observed)?;
    if !report.damage.is_empty() {
        let reasons = report.damage.join(", ");
        let count = report.damage.len();
        log.record(&hook, format!("damaged lines in the session's stream: {count} ({reasons})"));
    }
    let is_mute = Mode::of(repository) == Ok(Mode::Observe);
    Ok(report.words.filter(|_| !is_mute).map_or(Answer::Silence, Answer::Context))
}

/// Lets what the tools of `call`'s agent brought until now count no more.
pub(super) fn forget(repository: &gix::Repository, call: &Call) -> Result<()> {
    stream::reset(&repository::state_folder(repository), who(call))
}

fn who(call: &Call) -> Who<'_> {
    Who { session: &call.session, agent: call.agent.as_ref().map(|agent| agent.id.as_str()) }
}

/// Returns how a use ended; `None` for one that did not begin yet.
fn ending(moment: &Moment) -> Option<Ending<'_>> {
    match moment {
        Moment::Before => None,
        Moment::After { result } => Some(Ending::Result(result.as_ref().map(Json::text))),
        // What the user cut short is no failure of the call.
        Moment::Failed { error: _, interrupted: Some(true) } => Some(Ending::Failure(None)),
        Moment::Failed { error, interrupted: _ } => {
            Some(Ending::Failure(error.as_ref().map(Json::text)))
        }
    }
}
