//! May this stop be one, or is the worker to go on waiting? Only a loop that asked for it is ever held.
//!
//! What runs in the background is the evidence: it wakes the worker, so that nothing has to hold it. The budget
//! is a backstop against a loop that goes on for no work, and begins anew with any.

pub mod arming;
pub mod budget;

pub use arming::Arming;

/// What is known of a stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What will wake the worker.
    pub pending: Pending,
    /// Whether this is a loop that wants to be held.
    pub arming: Arming,
    /// What moved since the worker was last held.
    pub delta: Delta,
    /// How often it was held, each time with nothing moved before.
    pub held: u64,
    /// Whether its last words say that it waits for something that runs.
    pub words: Words,
}

/// What will wake the worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pending {
    /// Something in the background, or a set time.
    Something,
    /// Nothing, as the agent says itself.
    Nothing,
    /// The agent does not say.
    Unknown,
}

/// What moved since the worker was last held; any of it begins the budget anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delta {
    /// `HEAD`, the index or a file of the worktree.
    Git,
    /// A tool gave something new.
    Tools,
    /// The user spoke.
    Prompt,
    /// Nothing.
    None,
}

/// Whether a worker's last words say that it waits for something that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// They do.
    Wait,
    /// They do not.
    Other,
}

/// What is done about a worker that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Whether every idle stop is held, be it in a loop or not.
    pub hold: Hold,
    /// Whether a worker is told that what it waits for does not run.
    pub tell: Tell,
    /// The most stops that are held with nothing moved between them.
    pub budget: u64,
    /// When a loop wants to be held.
    pub arming: arming::Policy,
}

/// Whether idle stops are held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Hold {
    /// Those of a loop.
    #[default]
    Loops,
    /// All.
    Always,
}

/// Whether a worker is told that what it waits for does not run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tell {
    /// It is not.
    #[default]
    No,
    /// It is, which makes it go on once.
    Once,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            hold: Hold::default(),
            tell: Tell::default(),
            budget: budget::DEFAULT,
            arming: arming::Policy::default(),
        }
    }
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The worker may stop.
    Stop(Why),
    /// It is told once that nothing runs that it could wait for.
    Tell,
    /// It goes on, the `held`th time of `budget` with nothing moved between them.
    Hold {
        /// This time included.
        held: u64,
        /// The most there are.
        budget: u64,
    },
}

/// Why a worker may stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Something will wake it.
    WillBeWoken,
    /// A hook made it go on already.
    Continued,
    /// Nobody asked to hold it.
    NotArmed,
    /// It was held as often as the budget has it.
    Exhausted,
}

/// Judges `evidence` under `policy`.
#[must_use]
pub fn judge(evidence: &Evidence, policy: &Policy) -> Verdict {
    if evidence.pending == Pending::Something {
        return Verdict::Stop(Why::WillBeWoken);
    }
    match evidence.arming {
        Arming::Continued => Verdict::Stop(Why::Continued),
        Arming::NotArmed => {
            let waits_for_nothing =
                evidence.pending == Pending::Nothing && evidence.words == Words::Wait;
            let is_first = evidence.delta == Delta::Prompt || evidence.held == 0;
            if policy.tell == Tell::Once && waits_for_nothing && is_first {
                Verdict::Tell
            } else {
                Verdict::Stop(Why::NotArmed)
            }
        }
        Arming::Asked | Arming::Variable(_) => {
            let held = if evidence.delta == Delta::None { evidence.held } else { 0 };
            match budget::take(held, policy.budget) {
                budget::Verdict::Live { held } => Verdict::Hold { held, budget: policy.budget },
                budget::Verdict::Exhausted => Verdict::Stop(Why::Exhausted),
            }
        }
    }
}

/// Tells whether `text` ends with the words of a worker that waits for something that runs.
///
/// A worker that waits for a person does not count.
#[must_use]
pub fn words(text: &str) -> Words {
    let last = text.trim_end().rsplit("\n\n").next().unwrap_or_default().to_lowercase();
    let waits = ["wait for", "waiting for", "waiting on", "wait until", "will be notified"];
    let runs = ["background", "build", "command", "task", "test", "job", "agent", "process", "run"];
    let persons = ["you", "your", "user", "review", "approv", "answer", "confirm", "decision"];
    let has = |list: &[&str]| list.iter().any(|word| last.contains(word));
    if has(&waits) && has(&runs) && !has(&persons) { Words::Wait } else { Words::Other }
}

#[cfg(test)]
mod tests {
    use super::{
        Arming, Delta, Evidence, Hold, Pending, Policy, Tell, Verdict, Why, Words, judge, words,
    };

    const DELTAS: [Delta; 4] = [Delta::Git, Delta::Tools, Delta::Prompt, Delta::None];

    fn armings() -> [Arming; 4] {
        [Arming::Continued, Arming::NotArmed, Arming::Asked, Arming::Variable("L".to_owned())]
    }

    #[test]
    fn the_whole_table() {
        let mut rows = 0;
        for pending in [Pending::Something, Pending::Nothing, Pending::Unknown] {
            for arming in armings() {
                for delta in DELTAS {
                    for held in [0, 1, 3, 4, 5] {
                        for (words, tell) in [
                            (Words::Wait, Tell::Once),
                            (Words::Wait, Tell::No),
                            (Words::Other, Tell::Once),
                        ] {
                            let counted = if delta == Delta::None { held } else { 0 };
                            let may_tell = words == Words::Wait
                                && tell == Tell::Once
                                && pending == Pending::Nothing
                                && (held == 0 || delta == Delta::Prompt);
                            let want = match (pending, &arming) {
                                (Pending::Something, _) => Verdict::Stop(Why::WillBeWoken),
                                (_, Arming::Continued) => Verdict::Stop(Why::Continued),
                                (_, Arming::NotArmed) if may_tell => Verdict::Tell,
                                (_, Arming::NotArmed) => Verdict::Stop(Why::NotArmed),
                                _ if counted >= 4 => Verdict::Stop(Why::Exhausted),
                                _ => Verdict::Hold { held: counted + 1, budget: 4 },
                            };
                            let arming = arming.clone();
                            let evidence = Evidence { pending, arming, delta, held, words };
                            let policy = Policy { tell, ..Policy::default() };
                            assert_eq!(judge(&evidence, &policy), want, "{evidence:?}");
                            rows += 1;
                        }
                    }
                }
            }
        }
        assert_eq!(rows, 3 * 4 * 4 * 5 * 3, "every combination");
    }

    #[test]
    fn by_default_nothing_is_held() {
        let policy = Policy::default();
        assert_eq!((policy.hold, policy.tell), (Hold::Loops, Tell::No), "nor said");
    }

    #[test]
    fn words_of_waiting_are_known() {
        for (text, want) in [
            ("I'll wait for the background build to finish.", Words::Wait),
            ("Done with the first part.\n\nWaiting on the test run.", Words::Wait),
            ("Waiting for the task.\n\nAll is done now.", Words::Other),
            ("Waiting for your answer about the build.", Words::Other),
            ("I wait for the review of the job.", Words::Other),
            ("The build passed.", Words::Other),
            ("", Words::Other),
        ] {
            assert_eq!(words(text), want, "{text}");
        }
    }
}
