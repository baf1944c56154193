//! How does a subject line sum an event up? A few words, never a count of runs.

use super::severity::{Evidence, Rule, Severity, Verdict};
use super::{severity, token, work};

/// Returns the words for `event`, which `verdict` was given.
pub fn event(event: &Evidence, verdict: Verdict) -> String {
    let outcome = token::normalize(&event.verdict).unwrap_or_default();
    if verdict.rule == Rule::UnlistedOutcome {
        return outcome.to_lowercase();
    }
    match (severity::family_name(&event.family).as_str(), verdict.severity) {
        ("dispatch" | "dispatch-loop", _) => dispatch(event, verdict, &outcome),
        ("replan", Severity::Shipped) => format!("inbox promoted: {}", event.surfaced),
        ("replan", Severity::Notice) => {
            format!("{} closed / {} shipped", event.new_findings, event.substantive_ships)
        }
        ("replan", Severity::Noop | Severity::BlockedNew) => "quiet sweep".to_owned(),
        ("next-up", Severity::Notice) => {
            format!("soft-claims ({})", counted(event.soft_claims, "pick", "picks"))
        }
        ("next-up", _) => "no-op (lane drained)".to_owned(),
        (_, other) => other.name().to_lowercase(),
    }
}

/// Returns the words for an event that several runs repeat: what each of them met.
pub fn repeated(event: &Evidence) -> String {
    let first = Evidence { first_occurrence: true, ..event.clone() };
    self::event(&first, severity::judge(&first))
}

fn dispatch(event: &Evidence, verdict: Verdict, outcome: &str) -> String {
    match (verdict.severity, verdict.rule) {
        (_, Rule::VerifiedShips | Rule::CountedWork) => work(&event.account.unwrap_or_default()),
        (Severity::Shipped, _) if event.picks_shipped > 0 => {
            format!("{} shipped", counted(event.picks_shipped, "pick", "picks"))
        }
        (Severity::Shipped, _) => "shipped".to_owned(),
        (Severity::BlockedNew, _) if matches!(outcome, "" | "BLOCKED") => "blocked".to_owned(),
        (Severity::BlockedNew, _) => format!("blocked ({})", outcome.to_lowercase()),
        (_, Rule::RefutedShips) => "no pick shipped".to_owned(),
        (_, Rule::StaleStamp) => "stale-stamp false-drain (/replan recommended)".to_owned(),
        (Severity::Noop | Severity::Notice, _) => "drained".to_owned(),
    }
}

/// Returns the words for counted work: each kind that there was, in falling weight; else `idle`.
pub fn work(account: &work::Evidence) -> String {
    let phrases: Vec<String> = [
        (account.verified_ships, "pick shipped", "picks shipped"),
        (account.catches, "false claim caught", "false claims caught"),
        (account.advance_commits, "commit advanced", "commits advanced"),
        (account.grooms, "groom", "grooms"),
        (account.unblocks, "unblock", "unblocks"),
        (account.surfaced, "decision surfaced", "decisions surfaced"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
    .collect();
    if phrases.is_empty() { "idle".to_owned() } else { phrases.join(" \u{b7} ") }
}

fn counted(count: i64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
