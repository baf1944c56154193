//! A tool was used: is it the same again, and what is the agent to be told?

mod words;

use std::path::Path;

use gix::error::{OptionExt as _, Result, ResultExt as _, message};

use crate::evidence::tool::{self, Call, Seen, volatile::Volatile};
use crate::journal::streams::{self, Carried, Entry, Event, Stream, Tail, Used};
use crate::verdict::stream::{Mark, State, Trail, Verdict, judge};
use crate::{clock, fingerprint, policy, verdict};

/// Whose conversation a call belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Who<'call> {
    /// The session's id, as the agent wrote it.
    pub session: &'call str,
    /// The helper inside the session; `None` for the session itself.
    pub agent: Option<&'call str>,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How it goes with the agent's calls.
    pub verdict: Verdict,
    /// What is to be said; `None` for nothing.
    pub words: Option<String>,
    /// The lines of the journal just before that were damaged; each is reported once.
    pub damage: Vec<String>,
}

/// What the newest calls of a worker brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// What stands for the worker's newest record; `None` without one.
    pub newest: Option<String>,
    /// Whether any of the calls brought something new.
    pub is_news: bool,
}

/// The most bytes of the id of a helper that are kept as they are.
const LONGEST_AGENT: usize = 100;

/// Adds `call` of `who` to the records in `state_folder`, and judges the calls up to it.
///
/// Errors when the tool's input or its result is no JSON text, and when the record cannot be written.
pub fn observe(
    state_folder: &Path,
    policy: &policy::Policy,
    who: Who<'_>,
    call: &Call<'_>,
) -> Result<Report> {
    let settings = &policy.tool_stream;
    let seen = tool::read(call, Volatile(&settings.volatile))
        .ok_or_raise(|| message("The input or the result of a tool is no JSON"))?;
    let Seen { step, task } = seen;
    let agent = agent(who);
    let now = clock::now();
    let stream = Stream::of(state_folder, who.session);
    let appended = stream.append(|tail| {
        let mut trail = resume(tail, agent.as_deref(), &settings.policy);
        trail.push(Mark::of(&step, &settings.policy));
        let verdict = judge(&trail, &settings.policy);
        let used = Used {
            step,
            carried: Some(Carried { steps: trail.steps(), counts: trail.counts() }),
            state: Some(verdict.state).filter(|state| *state > State::Advancing),
            said: verdict.speaks,
        };
        (Entry { time: now.as_secs(), agent, event: Event::Step(used) }, verdict)
    })?;
    if appended.is_first {
        // Seldom enough, and never in the way of a call that has something to say.
        streams::prune(state_folder, policy.hooks.keep.0, now);
    }
    let verdict = appended.made;
    let words = verdict.speaks.then(|| words::of(&verdict, task.as_deref()));
    Ok(Report { verdict, words, damage: appended.damage })
}

/// Writes down that nothing counts any more of what `who` did: a session began, or its conversation was shortened.
///
/// What was read before may then well be read again. Where nothing was written yet, nothing is.
pub fn reset(state_folder: &Path, who: Who<'_>) -> Result<()> {
    let stream = Stream::of(state_folder, who.session);
    if !stream.path().exists() {
        return Ok(());
    }
    let time = clock::now().as_secs();
    stream.append(|_| (Entry { time, agent: agent(who), event: Event::Reset }, ())).map(drop)
}

/// Looks at what the tools of `who` brought after the record that `since` stands for; at all calls that are near the
/// end of the records in `state_folder` when it is not among them.
pub fn news(
    state_folder: &Path,
    policy: &verdict::stream::Policy,
    who: Who<'_>,
    since: Option<&str>,
) -> Result<News> {
    let (tail, agent) = (Stream::of(state_folder, who.session).end()?, agent(who));
    let own = tail.entries().filter_map(std::result::Result::ok);
    let mut news = News { newest: None, is_news: false };
    for entry in own.filter(|entry| entry.agent == agent) {
        let line = entry.line().or_raise(|| message("Could not render a record"))?;
        let stands_for_it = fingerprint::of([line.as_slice()]);
        let is_known = Some(stands_for_it.as_str()) == since;
        news.newest.get_or_insert(stands_for_it);
        if is_known {
            break;
        }
        if let Event::Step(used) = &entry.event {
            news.is_news |= used.is_news() && !policy.ignores(&used.step.tool);
        }
    }
    Ok(news)
}

/// Returns the id of the helper as it stands in records.
fn agent(who: Who<'_>) -> Option<String> {
    let id = who.agent?;
    let is_short = id.len() <= LONGEST_AGENT;
    Some(if is_short { id.to_owned() } else { fingerprint::of([id.as_bytes()]) })
}

/// Returns the newest calls of `agent`, as far as they are in `tail`.
fn resume(tail: &Tail, agent: Option<&str>, policy: &verdict::stream::Policy) -> Trail {
    let mut newest: Vec<Used> = Vec::new();
    let mut behind_carried = 0;
    let own = tail.entries().filter_map(std::result::Result::ok);
    for entry in own.filter(|entry| entry.agent.as_deref() == agent) {
        let Event::Step(used) = entry.event else { break };
        let is_carried = used.carried.is_some() || behind_carried > 0;
        behind_carried += usize::from(is_carried);
        newest.push(used);
        if behind_carried == verdict::stream::LONGEST {
            break;
        }
    }
    newest.reverse();
    let counted =
        newest.iter().rposition(|used| used.carried.is_some()).map_or(0, |index| index + 1);
    let (before, after) = newest.split_at(counted);
    let marks = |used: &[Used]| -> Vec<Mark> {
        used.iter().map(|used| Mark::of(&used.step, policy)).collect()
    };
    let carried = before.last().and_then(|used| used.carried);
    let mut resumed = carried.map_or_else(Trail::default, |carried| {
        Trail::resume(carried.steps, marks(before), carried.counts)
    });
    for mark in marks(after) {
        resumed.push(mark);
    }
    resumed
}

#[cfg(test)]
mod tests;
