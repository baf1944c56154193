//! Did the claimed change of state happen?
//!
//! Witnesses looked at a state before and after. What each of them saw counts as much as it is hard to forge: the
//! claimant's own files confirm and refute nothing.

pub mod change;
pub mod derived;
pub mod pointer;
pub mod value;

use super::token;

/// Who could have written what a witness saw, from the claimant to somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// The claimant: an agent that says what it did could have written this as well.
    AgentAuthored,
    /// The operating system, or git, as git-dos read them itself.
    OsRecorded,
    /// A party that the claimant has no access to.
    ThirdParty,
}

impl Tier {
    /// Returns the tier's name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::AgentAuthored => "AGENT_AUTHORED",
            Self::OsRecorded => "OS_RECORDED",
            Self::ThirdParty => "THIRD_PARTY",
        }
    }

    /// Tells whether the claimant had to account for what such a witness saw, and could not make it up.
    pub fn is_accountable(self) -> bool {
        self > Self::AgentAuthored
    }
}

/// What a witness says of the claimed effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stance {
    /// It is there.
    Attests,
    /// It is not there.
    Refutes,
    /// The witness could not see it.
    Silent,
}

impl Stance {
    /// Returns the stance's name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Attests => "attests",
            Self::Refutes => "refutes",
            Self::Silent => "silent",
        }
    }
}

/// What one witness read back of the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readback {
    /// The witness's name.
    pub source: String,
    /// Who could have written what it saw.
    pub tier: Tier,
    /// What it says.
    pub stance: Stance,
}

/// A claimed effect, and what was read back of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The key whose change is claimed; nothing is claimed when it is absent or blank.
    pub key: Option<String>,
    /// What the witnesses say, in the order in which they were asked.
    pub readbacks: Vec<Readback>,
}

/// Whether the effect happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// An accountable witness saw it, and none saw the contrary.
    Confirmed,
    /// An accountable witness saw that it is not there, and none saw it.
    Refuted,
    /// Accountable witnesses disagree.
    Conflict,
    /// No accountable witness saw anything of it.
    Unwitnessed,
    /// Nothing is claimed.
    NoClaim,
}

impl Answer {
    /// Returns the answer's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "CONFIRMED",
            Self::Refuted => "REFUTED",
            Self::Conflict => "CONFLICT",
            Self::Unwitnessed => "UNWITNESSED",
            Self::NoClaim => "NO_CLAIM",
        }
    }
}

/// What the witnesses say, taken together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Belief {
    /// Whether an accountable witness saw the effect.
    pub is_attested: bool,
    /// Whether an accountable witness saw that it is not there.
    pub is_refuted: bool,
    /// The names of all that saw it, accountable or not.
    pub attesting: Vec<String>,
    /// The names of all that saw that it is not there.
    pub refuting: Vec<String>,
    /// The names of all that saw nothing.
    pub silent: Vec<String>,
}

/// The answer, and the witness that decided it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the effect happened.
    pub answer: Answer,
    /// The first accountable witness for the answer; the first that attests when they disagree.
    pub witness: Option<Readback>,
}

/// Takes what the witnesses say together.
#[must_use]
pub fn weigh(readbacks: &[Readback]) -> Belief {
    let names = |stance: Stance| {
        let heard = readbacks.iter().filter(|readback| readback.stance == stance);
        heard.map(|readback| readback.source.clone()).collect()
    };
    Belief {
        is_attested: accountable(readbacks, Stance::Attests).is_some(),
        is_refuted: accountable(readbacks, Stance::Refutes).is_some(),
        attesting: names(Stance::Attests),
        refuting: names(Stance::Refutes),
        silent: names(Stance::Silent),
    }
}

/// Judges whether the claimed effect happened.
#[must_use]
pub fn judge(evidence: &Evidence) -> Verdict {
    if evidence.key.as_deref().is_none_or(|key| token::strip(key).is_empty()) {
        return Verdict { answer: Answer::NoClaim, witness: None };
    }
    let attests = accountable(&evidence.readbacks, Stance::Attests);
    let refutes = accountable(&evidence.readbacks, Stance::Refutes);
    let (answer, witness) = match (attests, refutes) {
        (Some(witness), Some(_)) => (Answer::Conflict, Some(witness)),
        (Some(witness), None) => (Answer::Confirmed, Some(witness)),
        (None, Some(witness)) => (Answer::Refuted, Some(witness)),
        (None, None) => (Answer::Unwitnessed, None),
    };
    Verdict { answer, witness: witness.cloned() }
}

/// Returns the first accountable witness of that stance.
fn accountable(readbacks: &[Readback], stance: Stance) -> Option<&Readback> {
    let mut heard = readbacks.iter();
    heard.find(|readback| readback.stance == stance && readback.tier.is_accountable())
}

#[cfg(test)]
mod tests {
    use super::{Answer, Evidence, Readback, Stance, Tier, judge, weigh};

    const TIERS: [Tier; 3] = [Tier::AgentAuthored, Tier::OsRecorded, Tier::ThirdParty];
    const STANCES: [Stance; 3] = [Stance::Attests, Stance::Refutes, Stance::Silent];

    fn every_readback() -> Vec<Readback> {
        let all = TIERS.into_iter().flat_map(|tier| STANCES.map(|stance| (tier, stance)));
        all.map(|(tier, stance)| Readback { source: format!("{tier:?}{stance:?}"), tier, stance })
            .collect()
    }

    #[test]
    fn only_accountable_witnesses_decide() {
        let mut rows = 0;
        for first in every_readback() {
            for second in every_readback() {
                let says = |stance| {
                    let heard = [&first, &second];
                    heard.iter().any(|one| one.stance == stance && one.tier != Tier::AgentAuthored)
                };
                let want = match (says(Stance::Attests), says(Stance::Refutes)) {
                    (true, true) => Answer::Conflict,
                    (true, false) => Answer::Confirmed,
                    (false, true) => Answer::Refuted,
                    (false, false) => Answer::Unwitnessed,
                };
                let readbacks = vec![first.clone(), second.clone()];
                let belief = weigh(&readbacks);
                assert_eq!(
                    (belief.is_attested, belief.is_refuted),
                    (says(Stance::Attests), says(Stance::Refutes))
                );
                let verdict = judge(&Evidence { key: Some("k".into()), readbacks });
                assert_eq!(verdict.answer, want, "{first:?} {second:?}");
                assert_eq!(verdict.witness.is_some(), want != Answer::Unwitnessed);
                rows += 1;
            }
        }
        assert_eq!(rows, 81, "every pair of tiers and stances");
    }

    #[test]
    fn a_blank_key_claims_nothing() {
        for key in [None, Some(""), Some(" \t\n"), Some("\u{a0}\u{1c}")] {
            let key = key.map(str::to_owned);
            let verdict = judge(&Evidence { key: key.clone(), readbacks: every_readback() });
            assert_eq!(verdict.answer, Answer::NoClaim, "{key:?}");
            assert_eq!(verdict.witness, None, "nobody witnesses nothing");
        }
    }

    #[test]
    fn tiers_rise_from_the_claimant() {
        assert!(TIERS.is_sorted(), "each is harder to forge than the one before");
        assert_eq!(TIERS.map(Tier::is_accountable), [false, true, true]);
    }
}
