//! What is one event of a dispatch loop worth to the people who follow it?

use super::{token, work};

/// One event, as the loop reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Which loop it comes from: `dispatch`, `dispatch-loop`, `replan`, `next-up` or another word.
    pub family: String,
    /// The outcome word, in any spelling; blank when there is none.
    pub verdict: String,
    /// Units of work that were shipped, by `picks`.
    pub picks_shipped: i64,
    /// Who counted them.
    pub picks: Picks,
    /// Whether this outcome is seen for the first time.
    pub first_occurrence: bool,
    /// Findings that a replan closed.
    pub new_findings: i64,
    /// Ships of weight that a replan saw.
    pub substantive_ships: i64,
    /// Entries that a replan promoted to the inbox.
    pub surfaced: i64,
    /// Picks that are claimed softly.
    pub soft_claims: i64,
    /// Whether anything was staged.
    pub staged_changed: bool,
    /// The counted work of the run, where somebody counted it.
    pub account: Option<work::Evidence>,
}

impl Default for Evidence {
    fn default() -> Self {
        Self {
            family: String::new(),
            verdict: String::new(),
            picks_shipped: 0,
            picks: Picks::Reported,
            first_occurrence: true,
            new_findings: 0,
            substantive_ships: 0,
            surfaced: 0,
            soft_claims: 0,
            staged_changed: true,
            account: None,
        }
    }
}

/// Who counted the units of work that were shipped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Picks {
    /// The run itself.
    #[default]
    Reported,
    /// Each was looked for in the history.
    Verified,
}

/// How much an event is worth, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing happened.
    Noop,
    /// Worth a line in a report.
    Notice,
    /// A blocker that was not there before.
    BlockedNew,
    /// Work was shipped.
    Shipped,
}

impl Severity {
    /// Every severity, least first.
    pub const ALL: [Self; 4] = [Self::Noop, Self::Notice, Self::BlockedNew, Self::Shipped];

    /// Returns the severity's name in upper case, as trailers and settings spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Noop => "NOOP",
            Self::Notice => "NOTICE",
            Self::BlockedNew => "BLOCKED-NEW",
            Self::Shipped => "SHIPPED",
        }
    }

    /// Finds the severity called `name`, whatever its case and the white space around it.
    pub fn named(name: &str) -> Option<Self> {
        let upper = token::strip(name).to_uppercase();
        Self::ALL.into_iter().find(|severity| severity.name() == upper)
    }
}

/// A severity and the rule that gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// How much the event is worth.
    pub severity: Severity,
    /// Why.
    pub rule: Rule,
}

/// The rules that give an event its severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Shipping was verified.
    VerifiedShips,
    /// Picks were found in the history.
    VerifiedPicks,
    /// The run reports picks, or the outcome `LIVE`.
    ReportedShips,
    /// The outcome is `LIVE`, and none of the named picks was found in the history.
    RefutedShips,
    /// A blocking outcome, seen for the first time.
    NewBlocker,
    /// A blocking outcome, seen before.
    KnownBlocker,
    /// The stamps are out of date.
    StaleStamp,
    /// An outcome that is known but that no other rule lists; it deserves a look, once.
    UnlistedOutcome,
    /// The counted work is not idle.
    CountedWork,
    /// A replan promoted something.
    Promoted,
    /// A replan found or saw something.
    Found,
    /// A pick is claimed softly.
    SoftClaims,
    /// A family that this version does not know.
    UnknownFamily,
    /// None of the others.
    Nothing,
}

/// Tells whether `family` is one whose no-op archives may be folded.
pub fn is_dispatch(family: &str) -> bool {
    matches!(family_name(family).as_str(), "dispatch" | "dispatch-loop")
}

/// Returns the one spelling of a family's name.
pub fn family_name(family: &str) -> String {
    token::strip(family).to_lowercase()
}

/// Judges one event.
#[must_use]
pub fn judge(evidence: &Evidence) -> Verdict {
    let outcome = token::normalize(&evidence.verdict).unwrap_or_default();
    let (severity, rule) = match family_name(&evidence.family).as_str() {
        "dispatch" | "dispatch-loop" => judge_dispatch(evidence, &outcome),
        "replan" if evidence.surfaced > 0 => (Severity::Shipped, Rule::Promoted),
        "replan" if evidence.new_findings > 0 || evidence.substantive_ships > 0 => {
            (Severity::Notice, Rule::Found)
        }
        "next-up" if evidence.staged_changed && evidence.soft_claims > 0 => {
            (Severity::Notice, Rule::SoftClaims)
        }
        "replan" | "next-up" if is_unlisted(&outcome) => (Severity::Notice, Rule::UnlistedOutcome),
        "replan" | "next-up" => (Severity::Noop, Rule::Nothing),
        _ => (Severity::Notice, Rule::UnknownFamily),
    };
    Verdict { severity, rule }
}

fn judge_dispatch(evidence: &Evidence, outcome: &str) -> (Severity, Rule) {
    let account = evidence.account.unwrap_or_default();
    if account.verified_ships > 0 {
        return (Severity::Shipped, Rule::VerifiedShips);
    }
    let verified = evidence.picks == Picks::Verified;
    if evidence.picks_shipped > 0 {
        let rule = if verified { Rule::VerifiedPicks } else { Rule::ReportedShips };
        return (Severity::Shipped, rule);
    }
    match outcome {
        "LIVE" if verified => (Severity::Notice, Rule::RefutedShips),
        "LIVE" => (Severity::Shipped, Rule::ReportedShips),
        "BLOCKED" | "RACE" | "ERROR" | "RATE_LIMITED" if evidence.first_occurrence => {
            (Severity::BlockedNew, Rule::NewBlocker)
        }
        "BLOCKED" | "RACE" | "ERROR" | "RATE_LIMITED" => (Severity::Noop, Rule::KnownBlocker),
        "STALE-STAMP" => (Severity::Notice, Rule::StaleStamp),
        _ if work::judge(&account) != work::Verdict::Idle => (Severity::Notice, Rule::CountedWork),
        outcome if is_unlisted(outcome) => (Severity::Notice, Rule::UnlistedOutcome),
        _ => (Severity::Noop, Rule::Nothing),
    }
}

/// Tells whether `outcome` is one that loops use and that has no rule of its own.
fn is_unlisted(outcome: &str) -> bool {
    matches!(outcome, "BLOCKED-OUTCOME" | "COLLISION" | "STALE_STAMP")
}

#[cfg(test)]
mod tests {
    use super::{Evidence, Picks, Rule, Severity, judge};
    use crate::verdict::work;

    fn event(family: &str, verdict: &str) -> Evidence {
        Evidence { family: family.to_owned(), verdict: verdict.to_owned(), ..Evidence::default() }
    }

    #[test]
    fn every_rule_of_a_dispatch() {
        for (verdict, first, again) in [
            ("LIVE", Severity::Shipped, Severity::Shipped),
            ("BLOCKED", Severity::BlockedNew, Severity::Noop),
            ("wedge", Severity::BlockedNew, Severity::Noop),
            ("RACE", Severity::BlockedNew, Severity::Noop),
            ("ERROR", Severity::BlockedNew, Severity::Noop),
            ("rate_limited", Severity::BlockedNew, Severity::Noop),
            ("STALE-STAMP", Severity::Notice, Severity::Notice),
            ("COLLISION", Severity::Notice, Severity::Notice),
            ("WEDGED", Severity::Notice, Severity::Notice),
            ("DRAIN", Severity::Noop, Severity::Noop),
            ("STALLED", Severity::Noop, Severity::Noop),
            ("", Severity::Noop, Severity::Noop),
        ] {
            for family in ["dispatch", " Dispatch-Loop "] {
                let once = event(family, verdict);
                let more = Evidence { first_occurrence: false, ..once.clone() };
                assert_eq!(judge(&once).severity, first, "{family} {verdict}, first");
                assert_eq!(judge(&more).severity, again, "{family} {verdict}, again");
                let picked = Evidence { picks_shipped: 1, ..more };
                assert_eq!(judge(&picked).severity, Severity::Shipped, "picks outrank {verdict}");
            }
        }
    }

    #[test]
    fn counted_work_lifts_a_drain_but_no_blocker() {
        let advanced = work::Evidence { advance_commits: 3, ..work::Evidence::default() };
        for (verdict, want) in [
            ("DRAIN", (Severity::Notice, Rule::CountedWork)),
            ("BLOCKED", (Severity::Noop, Rule::KnownBlocker)),
            ("STALE-STAMP", (Severity::Notice, Rule::StaleStamp)),
        ] {
            let mut evidence = event("dispatch", verdict);
            evidence.first_occurrence = false;
            evidence.account = Some(advanced);
            let got = judge(&evidence);
            assert_eq!((got.severity, got.rule), want, "{verdict} with three commits");
        }
    }

    #[test]
    fn picks_that_were_looked_for_are_not_believed() {
        for (verdict, shipped, want) in [
            ("LIVE", 0, (Severity::Notice, Rule::RefutedShips)),
            ("LIVE", 1, (Severity::Shipped, Rule::VerifiedPicks)),
            ("BLOCKED", 0, (Severity::BlockedNew, Rule::NewBlocker)),
            ("DRAIN", 0, (Severity::Noop, Rule::Nothing)),
            ("DRAIN", 2, (Severity::Shipped, Rule::VerifiedPicks)),
        ] {
            let mut evidence = event("dispatch", verdict);
            (evidence.picks_shipped, evidence.picks) = (shipped, Picks::Verified);
            let got = judge(&evidence);
            assert_eq!((got.severity, got.rule), want, "{verdict} with {shipped} verified");
        }
    }

    #[test]
    fn names_read_back() {
        for severity in Severity::ALL {
            assert_eq!(Severity::named(severity.name()), Some(severity), "round trip");
        }
        assert_eq!(Severity::named(" notice\u{a0}"), Some(Severity::Notice), "case and blanks");
        assert_eq!(Severity::named("BLOCKED_NEW"), None, "no guessing");
    }
}
