//! Is a worker held that stops with nothing to do?

use std::time::Instant;

use gix::error::Result;

use super::Request;
use crate::evidence::footprint;
use crate::evidence::repository::state_folder;
use crate::journal::Journal;
use crate::journal::markers::{self, Marker, Op, Seen, Tally};
use crate::ops::stream::{self, News, Who};
use crate::policy::Policy;
use crate::verdict::wait::arming::{self, Asked, Continued};
use crate::verdict::wait::{self, Arming, Delta, Hold, Tell, Verdict, Why};
use crate::{clock, env};

/// The answer, with what is to be written down when the worker is told.
#[derive(Debug)]
pub(super) struct Idle {
    pub(super) verdict: Verdict,
    delta: Delta,
    state: Option<String>,
    call: Option<String>,
}

/// Looks whether the worker is to be held or told.
///
/// Where nobody asked for either, no file is read.
pub(super) fn look(
    repository: &gix::Repository,
    policy: &Policy,
    request: &Request<'_>,
    deadline: Instant,
) -> Result<Idle> {
    let waiting = policy.waiting();
    let arming = arming(&waiting, request);
    let may_stop =
        |why| Idle { verdict: Verdict::Stop(why), delta: Delta::None, state: None, call: None };
    if arming == Arming::Continued {
        return Ok(may_stop(Why::Continued));
    }
    if !arming.is_armed() && waiting.tell == Tell::No {
        return Ok(may_stop(Why::NotArmed));
    }
    let tally = markers::read(&journal(repository, request))?;
    let state = footprint::read(repository, deadline)?;
    let who = Who { session: &request.start.session, agent: request.agent };
    let watch = &policy.tool_stream.policy;
    let news = stream::news(&state_folder(repository), watch, who, tally.call.as_deref())?;
    let delta = delta(request, &tally, state.as_deref(), &news);
    let evidence = wait::Evidence {
        pending: request.pending,
        arming,
        delta,
        held: tally.held,
        words: wait::words(request.last_message.unwrap_or_default()),
    };
    let verdict = wait::judge(&evidence, &waiting);
    Ok(Idle { verdict, delta, state, call: news.newest })
}

/// Writes down that the worker is being held or told.
pub(super) fn record(
    repository: &gix::Repository,
    request: &Request<'_>,
    idle: &Idle,
) -> Result<()> {
    if matches!(idle.verdict, Verdict::Stop(_)) {
        return Ok(());
    }
    let (state, call) = (idle.state.as_deref(), idle.call.as_deref());
    let record = |op| Marker::new(op, clock::now(), Seen { turn: request.turn, state, call });
    let reset = (idle.delta != Delta::None).then(|| record(Op::Reset));
    let records: Vec<Marker> = reset.into_iter().chain([record(Op::Marker)]).collect();
    markers::append(&journal(repository, request), &records)
}

fn arming(policy: &wait::Policy, request: &Request<'_>) -> Arming {
    let names = policy.arming.variables.iter();
    let variables: Vec<_> = names.map(|name| (name.clone(), env::setting(name))).collect();
    let evidence = arming::Evidence {
        continued: if request.continued == Some(true) { Continued::Yes } else { Continued::No },
        asked: if policy.hold == Hold::Always { Asked::Yes } else { Asked::No },
        variables: &variables,
    };
    arming::judge(&evidence, &policy.arming)
}

/// Returns the journal of the worker; helpers inside a session have their own.
fn journal(repository: &gix::Repository, request: &Request<'_>) -> Journal<Marker> {
    let session = &request.start.session;
    let id = request.agent.map_or_else(|| session.clone(), |agent| format!("{session} {agent}"));
    markers::journal(&state_folder(repository), &id)
}

/// Tells what moved since the worker was last held. A state that could not be read has not moved: the budget is
/// a backstop.
fn delta(request: &Request<'_>, tally: &Tally, state: Option<&str>, news: &News) -> Delta {
    if tally.held == 0 {
        return Delta::None;
    }
    let is_other = |one: Option<&str>, other: Option<&str>| {
        one.is_some_and(|one| other.is_some_and(|other| one != other))
    };
    if is_other(request.turn, tally.turn.as_deref()) {
        Delta::Prompt
    } else if news.is_news {
        Delta::Tools
    } else if is_other(state, tally.state.as_deref()) {
        Delta::Git
    } else {
        Delta::None
    }
}
