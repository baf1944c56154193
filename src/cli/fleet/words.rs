//! What is said of a fleet: how it stands, and a line for each lane with which something is to be done.

use std::fmt::Write as _;

use crate::cli::halt;
use crate::cli::liveness::length;
use crate::ops::fleet::{Plan, Report};
use crate::output::shown;
use crate::verdict::breaker::Wait;
use crate::verdict::fleet::{Concern, Obstacle, Outcome};

/// Returns the word for how a fleet stands.
pub(super) fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::AtTarget => "AT-TARGET",
        Outcome::Filling => "FILLING",
        Outcome::OverTarget => "OVER-TARGET",
        Outcome::Unreachable => "UNREACHABLE",
        Outcome::Blocked => "BLOCKED",
        Outcome::Resting => "RESTING",
    }
}

/// Says what would be done.
pub(super) fn plan(plan: &Plan) -> String {
    let mut text = head(plan);
    for lane in &plan.verdict.reaps {
        line(&mut text, "reap", lane, "its worker is stalled");
    }
    for lane in &plan.verdict.spawns {
        line(&mut text, "spawn", lane, "");
    }
    for lane in &plan.verdict.halts {
        line(&mut text, "halt", lane, "to be proposed, unless it was");
    }
    text + &rest(plan)
}

/// Says what was done.
pub(super) fn done(report: &Report) -> String {
    let mut text = head(&report.plan);
    for lease in &report.reaped {
        line(&mut text, "reaped", &lease.lane, "its worker was stalled");
    }
    for spawned in &report.spawned {
        let who = format!("{}, process {}", spawned.run, spawned.pid);
        line(&mut text, "spawned", &spawned.lane, &who);
    }
    for proposed in &report.halts {
        let now = std::time::Duration::from_millis(proposed.time_ms);
        text += "  ";
        text += &halt::line(proposed, None, now);
    }
    text + &rest(&report.plan)
}

fn head(plan: &Plan) -> String {
    let verdict = &plan.verdict;
    format!(
        "{} {} of {} work, {} could side by side\n",
        word(verdict.outcome),
        verdict.alive,
        plan.target,
        verdict.admissible
    )
}

/// Says who is to be looked at, and what lanes wait for.
fn rest(plan: &Plan) -> String {
    let mut text = String::new();
    for flag in &plan.verdict.flags {
        let why = match flag.why {
            Concern::Spinning => "its worker spins",
            Concern::Surplus => "its worker is one too many",
            Concern::NeverTook => "its worker runs and does not take the lane",
            Concern::GivenUp => "its workers never took the lane; git dos fleet reset",
        };
        line(&mut text, "flag", &flag.lane, why);
    }
    for waiting in &plan.verdict.waiting {
        let why = match &waiting.on {
            Obstacle::Occupied => "for its own worker, who does not count".to_owned(),
            Obstacle::Region(lane) => format!("for lane {}", shown(lane.as_bytes())),
            Obstacle::Rest(left) => {
                format!("{} more, as its last worker never took it", length(*left))
            }
            Obstacle::GivenUp(Wait::Rest(left) | Wait::Probe(left)) => {
                format!("{} more, given up", length(*left))
            }
            Obstacle::GivenUp(Wait::Reset) => "for git dos fleet reset".to_owned(),
        };
        line(&mut text, "wait", &waiting.lane, &why);
    }
    text
}

fn line(text: &mut String, what: &str, lane: &str, why: &str) {
    let colon = if why.is_empty() { "" } else { ": " };
    let lane = shown(lane.as_bytes());
    writeln!(text, "  {what:<7} {lane}{colon}{why}").expect("writing to a String cannot fail");
}
