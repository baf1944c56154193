//! What is a figure worth that was computed from what witnesses read back?

use super::{Readback, Stance, Tier};
use crate::verdict::token;

/// A figure that was computed from other readings, and whether the claimed one agrees with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The name of the computed reading.
    pub source: String,
    /// How it was computed, such as `sum`; blank when that was not said.
    pub operation: String,
    /// The readings it was computed from.
    pub operands: Vec<Readback>,
    /// Whether the claimed figure lies as near to the computed one as was agreed.
    pub agrees: bool,
}

/// Returns what the computed figure says, as a reading of its own.
///
/// It is as hard to forge as the weakest reading in it. One that agrees counts for nothing more than the
/// claimant's word unless it was said how it was computed.
#[must_use]
pub fn judge(evidence: &Evidence) -> Readback {
    let is_told = !token::strip(&evidence.operation).is_empty();
    let weakest = weakest(&evidence.operands);
    let (stance, tier) = match (evidence.agrees, is_told) {
        (false, _) => (Stance::Refutes, weakest),
        (true, true) => (Stance::Attests, weakest),
        (true, false) => (Stance::Attests, Tier::AgentAuthored),
    };
    Readback { source: evidence.source.clone(), tier, stance }
}

/// Returns the lowest tier of `operands`; the claimant's when there are none, or one of them attests nothing.
fn weakest(operands: &[Readback]) -> Tier {
    let tier = |operand: &Readback| match operand.stance {
        Stance::Attests => operand.tier,
        Stance::Refutes | Stance::Silent => Tier::AgentAuthored,
    };
    operands.iter().map(tier).min().unwrap_or(Tier::AgentAuthored)
}

#[cfg(test)]
mod tests {
    use super::{Evidence, judge};
    use crate::verdict::effect::{Readback, Stance, Tier};

    #[test]
    fn a_computed_figure_is_as_strong_as_its_weakest_part() {
        let part = |stance, tier| Readback { source: "w".into(), tier, stance };
        let strong = part(Stance::Attests, Tier::ThirdParty);
        for (operands, operation, agrees, want) in [
            (vec![], "sum", true, (Stance::Attests, Tier::AgentAuthored)),
            (vec![strong.clone()], "sum", true, (Stance::Attests, Tier::ThirdParty)),
            (vec![strong.clone()], " ", true, (Stance::Attests, Tier::AgentAuthored)),
            (vec![strong.clone()], "", false, (Stance::Refutes, Tier::ThirdParty)),
            (
                vec![strong.clone(), part(Stance::Attests, Tier::OsRecorded)],
                "sum",
                true,
                (Stance::Attests, Tier::OsRecorded),
            ),
            (
                vec![strong, part(Stance::Silent, Tier::ThirdParty)],
                "sum",
                false,
                (Stance::Refutes, Tier::AgentAuthored),
            ),
        ] {
            let evidence =
                Evidence { source: "d".into(), operation: operation.into(), operands, agrees };
            let got = judge(&evidence);
            assert_eq!((got.stance, got.tier), want, "{evidence:?}");
        }
    }
}
