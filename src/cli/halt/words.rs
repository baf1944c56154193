//! What is said of a proposed stop: whom it is about, who proposes it, why, and how a person would do it.

use std::fmt::Write as _;
use std::time::Duration;

use crate::cli::liveness::length;
use crate::journal::halts::Halt;
use crate::output::{pasteable, shown};

/// Renders `halt` as a line, and a further one with the command.
pub(in crate::cli) fn line(halt: &Halt, seen_by: Option<&str>, now: Duration) -> String {
    let lane = halt.lane.as_deref().map(|lane| format!("lane {}", shown(lane.as_bytes())));
    let run = halt.run.as_deref().map(|run| shown(run.as_bytes()));
    let about: Vec<String> = run.into_iter().chain(lane).collect();
    let age = now.saturating_sub(Duration::from_millis(halt.time_ms));
    let seen = seen_by
        .map_or_else(String::new, |who| format!(", acknowledged by {}", shown(who.as_bytes())));
    let mut text = format!(
        "HALT {} {}: {}, says {} {} ago{seen}\n",
        shown(halt.id.as_bytes()),
        about.join(", "),
        shown(halt.reason.as_bytes()),
        shown(halt.by.as_bytes()),
        length(age),
    );
    if let Some(command) = halt.command.as_deref().filter(|_| seen_by.is_none()) {
        writeln!(text, "  to stop it: {}", shown(command.as_bytes()))
            .expect("writing to a String cannot fail");
    }
    text
}

/// Renders proposals that nobody has acknowledged, with what to do about them.
pub(in crate::cli) fn lines<'h>(halts: impl Iterator<Item = &'h Halt>, now: Duration) -> String {
    let mut last = None;
    let mut text: String = halts
        .map(|halt| {
            last = Some(halt.id.clone());
            line(halt, None, now)
        })
        .collect();
    if let Some(id) = last {
        writeln!(text, "  when it is seen to: git dos halt ack {}", pasteable(&id))
            .expect("writing to a String cannot fail");
    }
    text
}

/// Says which proposals were acknowledged.
pub(super) fn acknowledged(seen: &[Halt]) -> String {
    if seen.is_empty() {
        return "nothing was open\n".to_owned();
    }
    let id = |halt: &Halt| format!("acknowledged {}\n", shown(halt.id.as_bytes()));
    seen.iter().map(id).collect()
}
