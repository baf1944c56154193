//! The look at raw bytes never passes over what a reader would find.

use super::{Exclusion, Message, Policy, Question, Reader, Reading, Releases, message};

/// What messages are put together from.
const PIECES: &[&str] = &[
    "AUTH",
    "auth",
    "Auth1",
    "AUTH1",
    "1",
    "2",
    "12",
    "P2",
    "Phase 2",
    "PHASE",
    "phase2",
    " ",
    " ",
    "  ",
    ":",
    ": ",
    ", ",
    "-",
    "_",
    "\n",
    "\n\n",
    "(",
    ")",
    "[",
    "]",
    "#12",
    "feat",
    "docs/",
    "v1.2.3: ",
    "Ships: ",
    "Plan: ",
    "Phase: ",
    "\u{212a}",
    "k",
    "\u{17f}",
    "s",
    "\u{130}",
    "i",
    "\u{3c2}",
    "\u{3c3}",
    "task",
    "TA\u{17f}\u{212a}",
    "retry",
    "path",
    "MG3",
    "'",
    "prime",
    "\u{a0}",
    "\t",
    "docs/286",
    "_wheels",
    " done",
    "wip",
    ".",
    "Signed-off-by: ",
];

const QUESTIONS: &[(&str, &str)] = &[
    ("AUTH", "AUTH1"),
    ("AUTH", "1"),
    ("AUTH", "P2"),
    ("AUTH", "Phase 2"),
    ("auth", "phase2"),
    ("task", "TASK1"),
    ("task", "sk"),
    ("\u{3c3}", "\u{3c2}2"),
    ("docs/286_wheels", "Phase 2"),
    ("MG", "MG3'-1"),
    ("AUTH", "AUTH1-retry-path"),
    ("AUTH", "retry_path"),
    ("AUTH", "12"),
];

/// A sequence of numbers that looks random and is the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % bound
    }
}

fn policies() -> [Policy; 3] {
    let wide = Policy {
        sub_phase_parent_fallback: true,
        issue_leaf_stamp: true,
        releases: Releases::Ship,
        summary_bundle_prefixes: vec!["docs/AUTH:".to_owned()],
        ..Policy::default()
    };
    let loose = Policy { require_plan: false, ..wide.clone() };
    [Policy::default(), wide, loose]
}

#[test]
fn no_message_that_says_something_is_passed_over() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let readers: Vec<Reader> = policies()
        .iter()
        .flat_map(|policy| {
            QUESTIONS.iter().map(|(plan, phase)| {
                let question = Question { plan: (*plan).to_owned(), phase: (*phase).to_owned() };
                Reader::new(&question, policy)
            })
        })
        .collect();
    let (mut stamps, mut passed_over) = (0, 0);
    for _ in 0..600 {
        let (plan, phase) = QUESTIONS[numbers.below(QUESTIONS.len())];
        let own = [plan, ": ", phase, " ", "\n"];
        let pieces = (0..=numbers.below(12)).map(|count| match numbers.below(3) {
            0 => own[count % own.len()],
            _ => PIECES[numbers.below(PIECES.len())],
        });
        let text: String = pieces.collect();
        let subject = message::subject(&text);
        let message = Message { id: "0123abc", subject: &subject, body: message::body(&text) };
        for reader in &readers {
            let reading = reader.read(&message);
            let far = [Exclusion::NoPlan, Exclusion::OtherPlan].map(Reading::Excluded);
            let is_near = reading != Reading::Nothing && !far.contains(&reading);
            let may_match = reader.may_match(text.as_bytes());
            assert!(may_match || !is_near, "{text:?} says {reading:?} of {:?}", reader.names.phase);
            stamps += usize::from(reading.stamp().is_some());
            passed_over += usize::from(!may_match);
        }
    }
    assert!(stamps > 100 && passed_over > 5_000, "{stamps} stamps, {passed_over} passed over");
}
