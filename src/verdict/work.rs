//! What did a run bring about? From counts that were checked, not from what the run says.

/// The counted work of one run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Units of work whose shipping was verified.
    pub verified_ships: u64,
    /// Units of work that the run says it shipped.
    pub claimed_ships: u64,
    /// False claims that were caught.
    pub catches: u64,
    /// Commits that moved the work on without shipping it.
    pub advance_commits: u64,
    /// Tidied backlog entries.
    pub grooms: u64,
    /// Obstacles taken out of the way.
    pub unblocks: u64,
    /// Decisions brought before a person.
    pub surfaced: u64,
}

/// The best thing that a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing that counts; claims alone are nothing.
    Idle,
    /// It brought decisions before a person.
    Surfaced,
    /// It tidied or unblocked.
    Groomed,
    /// It moved work on.
    Advanced,
    /// It caught a false claim.
    Caught,
    /// It shipped.
    Shipped,
}

impl Verdict {
    /// Returns the verdict's name in upper case, as events spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Idle => "IDLE",
            Self::Surfaced => "SURFACED",
            Self::Groomed => "GROOMED",
            Self::Advanced => "ADVANCED",
            Self::Caught => "CAUGHT",
            Self::Shipped => "SHIPPED",
        }
    }
}

/// Judges `evidence`: the best kind of work that was done at all.
#[must_use]
pub fn judge(evidence: &Evidence) -> Verdict {
    let Evidence { verified_ships, catches, advance_commits, grooms, unblocks, surfaced, .. } =
        evidence;
    if *verified_ships > 0 {
        Verdict::Shipped
    } else if *catches > 0 {
        Verdict::Caught
    } else if *advance_commits > 0 {
        Verdict::Advanced
    } else if *grooms > 0 || *unblocks > 0 {
        Verdict::Groomed
    } else if *surfaced > 0 {
        Verdict::Surfaced
    } else {
        Verdict::Idle
    }
}

/// Returns how many claimed ships were neither verified nor caught as false.
pub fn overclaim(evidence: &Evidence) -> u64 {
    evidence.claimed_ships.saturating_sub(evidence.verified_ships).saturating_sub(evidence.catches)
}

#[cfg(test)]
mod tests {
    use super::{Evidence, Verdict, judge, overclaim};

    #[test]
    fn the_best_work_names_the_run() {
        let none = Evidence::default();
        for (evidence, want) in [
            (none, Verdict::Idle),
            (Evidence { claimed_ships: 9, ..none }, Verdict::Idle),
            (Evidence { surfaced: 1, claimed_ships: 1, ..none }, Verdict::Surfaced),
            (Evidence { unblocks: 1, surfaced: 9, ..none }, Verdict::Groomed),
            (Evidence { grooms: 1, surfaced: 9, ..none }, Verdict::Groomed),
            (Evidence { advance_commits: 1, grooms: 9, ..none }, Verdict::Advanced),
            (Evidence { catches: 1, advance_commits: 9, ..none }, Verdict::Caught),
            (Evidence { verified_ships: 1, catches: 9, ..none }, Verdict::Shipped),
        ] {
            assert_eq!(judge(&evidence), want, "{evidence:?}");
        }
    }

    #[test]
    fn claims_are_settled_by_ships_and_catches() {
        let of = |claimed_ships, verified_ships, catches| {
            overclaim(&Evidence { verified_ships, claimed_ships, catches, ..Evidence::default() })
        };
        assert_eq!([of(5, 2, 1), of(2, 2, 0), of(1, 2, 3)], [2, 0, 0], "never below nothing");
    }
}
