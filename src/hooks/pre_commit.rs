//! Would a commit or a push change files in a lane that somebody else holds? The answer of `pre-commit`, and a part of
//! that of `pre-push`.

use std::time::{Duration, Instant};

use gix::error::Result;

use super::git::Reply;
use super::log::Log;
use super::mode::Mode;
use crate::leases::holder;
use crate::ops::lease::reach::{self, Reached};
use crate::ops::lease::shared;
use crate::ops::push::Offer;
use crate::output::shown;
use crate::policy::span;

/// How old what the remote said of the leases may be at a push.
const RECENT: Duration = Duration::from_secs(60);

/// How long the remote may take to say it.
const PATIENCE: Duration = Duration::from_secs(2);

/// The most lanes that are named.
const LANES: usize = 5;

/// Compares what is staged with the leases of others, and refuses the commit if the mode is to.
pub(super) fn run(repository: &gix::Repository, log: &Log) -> Result<Reply> {
    let mut reply = Reply::default();
    let reached = reach::staged(repository)?;
    if !reached.is_empty() {
        let mode = Mode::or_advise(repository, log, "git pre-commit");
        let what = ("commit", "leave these files out");
        answer(&reached, mode, what, &mut reply);
        record(&reached, mode, "git pre-commit", log);
    }
    Ok(reply)
}

/// Compares what is pushed with the leases of others, and refuses the push if the mode is to.
///
/// What cannot be found out is written down and stops nobody.
pub(super) fn guard_push(
    repository: &gix::Repository,
    offer: &Offer,
    deadline: Instant,
    log: &Log,
    reply: &mut Reply,
) {
    // Somebody elsewhere may hold by now what was free when it was committed.
    if let Err(error) = shared::refresh(repository, Some(RECENT), Some(PATIENCE)) {
        log.record_error("git pre-push", &error);
    }
    let (reached, unread) = match reach::pushed(repository, offer, deadline) {
        Ok(found) => found,
        Err(error) => return log.record_error("git pre-push", &error),
    };
    if unread > 0 {
        log.record("git pre-push", format!("no time to compare {unread} commits with the leases"));
    }
    if reached.is_empty() {
        return;
    }
    let mode = Mode::or_advise(repository, log, "git pre-push");
    answer(&reached, mode, ("push", "wait for the holder, or ask"), reply);
    record(&reached, mode, "git pre-push", log);
}

/// Puts `reached` into words, and decides.
fn answer(reached: &[Reached], mode: Mode, (what, advice): (&str, &str), reply: &mut Reply) {
    if mode == Mode::Observe {
        return;
    }
    for one in reached.iter().take(LANES) {
        reply.say(&sentence(one));
    }
    if reached.len() > LANES {
        reply.say(&format!("and {} more lanes of others", reached.len() - LANES));
    }
    if mode == Mode::Gate {
        reply.refuses = true;
        reply.say(&format!("{what} refused: {advice}; or git {what} --no-verify"));
    } else {
        reply.say(&format!("the {what} goes on; git dos lease list shows who holds what"));
    }
}

fn sentence(reached: &Reached) -> String {
    let path = shown(&reached.path);
    let (files, verb) = match reached.more {
        0 => (path, "is"),
        more => (format!("{path} and {more} more"), "are"),
    };
    let (lane, who) = (shown(reached.lease.lane.as_bytes()), holder::words(&reached.lease));
    let left = span::shown(reached.left);
    format!("{files} {verb} in lane {lane}, which {who} holds for another {left}")
}

/// Writes down what is only said, or not even that.
fn record(reached: &[Reached], mode: Mode, hook: &str, log: &Log) {
    if mode != Mode::Gate {
        let lines: Vec<String> = reached.iter().map(sentence).collect();
        log.record(hook, format!("not refused in this mode: {}", lines.join("; ")));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Reached, answer};
    use crate::hooks::git::Reply;
    use crate::hooks::mode::Mode;
    use crate::leases::Lease;

    fn reached(lane: &str, more: usize) -> Reached {
        let owner = Some("w\u{1b}1".to_owned());
        let lease = Lease { lane: lane.to_owned(), owner, ..Lease::default() };
        Reached { lease, left: Duration::from_secs(90), path: "src/a\nb".into(), more }
    }

    #[test]
    fn the_mode_decides_what_is_said_and_refused() {
        let six: Vec<Reached> = (0..6).map(|_| reached("api", 0)).collect();
        for (reached, mode, refuses, lines) in [
            (&six[..1], Mode::Gate, true, 2),
            (&six[..1], Mode::Advise, false, 2),
            (&six[..1], Mode::Observe, false, 0),
            (&six[..], Mode::Gate, true, 7),
        ] {
            let mut reply = Reply::default();
            answer(reached, mode, ("commit", "leave these files out"), &mut reply);
            assert_eq!((reply.refuses, reply.text.lines().count()), (refuses, lines), "{mode:?}");
        }
        let mut reply = Reply::default();
        answer(&[reached("api", 2)], Mode::Gate, ("push", "wait"), &mut reply);
        let want = "git-dos: src/a\\u{a}b and 2 more are in lane api, which w\\u{1b}1 holds for another 1m 30s\n\
                    git-dos: push refused: wait; or git push --no-verify\n";
        assert_eq!(reply.text, want);
    }
}
