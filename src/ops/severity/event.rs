//! What does a loop say about one of its events?

use std::io::Read as _;
use std::path::Path;

use gix::error::{ErrorExt as _, Result, ResultExt as _, message};
use serde::Deserialize;

use crate::output::HINT;
use crate::verdict::severity::{Evidence, Picks};
use crate::verdict::{token, work};

/// The most bytes that an event may have.
const LIMIT: u64 = 1024 * 1024;

/// One event, as a JSON object; every field but `family` may be left out, and others are errors.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Which loop it comes from: `dispatch`, `dispatch-loop`, `replan`, `next-up` or another word; since 0.1.0.
    pub family: String,
    /// The outcome word, such as `BLOCKED` or `LIVE`; since 0.1.0.
    #[serde(default)]
    pub verdict: Option<String>,
    /// The name of the run, whose own archive is none from before; since 0.1.0.
    #[serde(default)]
    pub run: Option<String>,
    /// Why nothing came of it; since 0.1.0.
    #[serde(default)]
    pub cause: Option<String>,
    /// How many units of work the run says it shipped; it does not count beside `picks`; since 0.1.0.
    #[serde(default)]
    pub picks_shipped: Option<u32>,
    /// The units of work that the run says it shipped, each of which is looked for; since 0.1.0.
    #[serde(default)]
    pub picks: Vec<Pick>,
    /// Whether a blocking outcome is seen for the first time; looked up when left out; since 0.1.0.
    #[serde(default)]
    pub first_occurrence: Option<bool>,
    /// Findings that a replan closed; since 0.1.0.
    #[serde(default)]
    pub new_findings: u32,
    /// Ships of weight that a replan saw; since 0.1.0.
    #[serde(default)]
    pub substantive_ships: u32,
    /// Entries that a replan promoted to the inbox; since 0.1.0.
    #[serde(default)]
    pub surfaced: u32,
    /// Picks that are claimed softly; since 0.1.0.
    #[serde(default)]
    pub soft_claims: u32,
    /// Whether anything was staged; true when left out; since 0.1.0.
    #[serde(default)]
    pub staged_changed: Option<bool>,
    /// The counted work of the run; since 0.1.0.
    #[serde(default)]
    pub account: Option<Account>,
}

/// One unit of work: a phase of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pick {
    /// The plan, such as `AUTH`; since 0.1.0.
    pub plan: String,
    /// Its phase, such as `AUTH1`; since 0.1.0.
    pub phase: String,
}

/// The counted work of a run; every field may be left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Account {
    /// Units of work whose shipping was verified; since 0.1.0.
    pub verified_ships: u64,
    /// Units of work that the run says it shipped; since 0.1.0.
    pub claimed_ships: u64,
    /// False claims that were caught; since 0.1.0.
    pub catches: u64,
    /// Commits that moved the work on without shipping it; since 0.1.0.
    pub advance_commits: u64,
    /// Tidied backlog entries; since 0.1.0.
    pub grooms: u64,
    /// Obstacles taken out of the way; since 0.1.0.
    pub unblocks: u64,
    /// Decisions brought before a person; since 0.1.0.
    pub surfaced: u64,
}

impl Event {
    /// Reads an event from the file at `path`, or from standard input when that is `-`.
    pub fn read(path: &Path) -> Result<Self> {
        let context = || message!("Could not read the event {}", path.display());
        let mut bytes = Vec::new();
        if path == Path::new("-") {
            std::io::stdin().lock().take(LIMIT + 1).read_to_end(&mut bytes).or_raise(context)?;
        } else {
            let file = fs_err::File::open(path).or_raise(context)?;
            file.take(LIMIT + 1).read_to_end(&mut bytes).or_raise(context)?;
        }
        Self::parse(&bytes).or_raise(context)
    }

    /// Reads an event from its bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        if u64::try_from(bytes.len()).is_ok_and(|length| length > LIMIT) {
            return Err(message("It is larger than 1 MiB, and an event is a few lines").raise());
        }
        serde_json::from_slice(bytes).or_raise(|| {
            message("It is no event").with(HINT, "git dos severity --help names the fields")
        })
    }

    /// Returns what is judged, with this answer to whether it is seen for the first time.
    ///
    /// `verified` is how many of the named picks shipped; `None` when none is named.
    pub fn evidence(&self, first_occurrence: bool, verified: Option<u32>) -> Evidence {
        let reported = self.picks_shipped.unwrap_or(0);
        Evidence {
            family: self.family.clone(),
            verdict: self.verdict.clone().unwrap_or_default(),
            picks_shipped: i64::from(verified.unwrap_or(reported)),
            picks: if verified.is_some() { Picks::Verified } else { Picks::Reported },
            first_occurrence,
            new_findings: i64::from(self.new_findings),
            substantive_ships: i64::from(self.substantive_ships),
            surfaced: i64::from(self.surfaced),
            soft_claims: i64::from(self.soft_claims),
            staged_changed: self.staged_changed.unwrap_or(true),
            account: self.account.map(|account| account.evidence(verified)),
        }
    }

    /// Returns the cause, if it is not blank.
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref().map(token::strip).filter(|cause| !cause.is_empty())
    }
}

impl Account {
    fn evidence(self, verified: Option<u32>) -> work::Evidence {
        let verified = verified.map(u64::from);
        work::Evidence {
            verified_ships: verified.unwrap_or(self.verified_ships),
            claimed_ships: self.claimed_ships,
            catches: self.catches,
            advance_commits: self.advance_commits,
            grooms: self.grooms,
            unblocks: self.unblocks,
            surfaced: self.surfaced,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, Pick};
    use crate::verdict::severity::{Evidence, Picks};

    #[test]
    fn what_is_left_out_has_the_defaults_of_the_judgement() {
        let event = Event::parse(br#"{"family":""}"#).unwrap();
        assert_eq!(event.evidence(true, None), Evidence::default());
        let text = br#"{"family":"dispatch","picks_shipped":9,"picks":[{"plan":"A","phase":"A1"}],"account":{"verified_ships":5}}"#;
        let event = Event::parse(text).unwrap();
        assert_eq!(event.picks, [Pick { plan: "A".to_owned(), phase: "A1".to_owned() }]);
        let evidence = event.evidence(false, Some(0));
        assert_eq!((evidence.picks_shipped, evidence.picks), (0, Picks::Verified), "not believed");
        assert_eq!(evidence.account.unwrap().verified_ships, 0, "anywhere");
    }

    #[test]
    fn what_is_no_event_is_named() {
        let deep = format!(r#"{{"family":"a","picks":{}"#, "[".repeat(5_000));
        let large = format!(r#"{{"family":"{}"}}"#, "a".repeat(1024 * 1024));
        for (text, part) in [
            ("", "EOF"),
            ("[]", "invalid"),
            ("{}", "missing field `family`"),
            (r#"{"family":"a","pick_shipped":1}"#, "unknown field `pick_shipped`"),
            (r#"{"family":"a","family":"b"}"#, "duplicate field `family`"),
            (r#"{"family":"a","picks_shipped":-1}"#, "-1"),
            (r#"{"family":"a","account":{"ships":1}}"#, "unknown field `ships`"),
            (r#"{"family":"a"} x"#, "trailing"),
            (&deep, "line 1 column"),
            (&large, "larger than 1 MiB"),
        ] {
            let error = Event::parse(text.as_bytes()).unwrap_err();
            let said: String = error.iter_errors().map(ToString::to_string).collect();
            assert!(said.contains(part), "{part:?} in {said}");
        }
        assert!(Event::parse(b"{\"family\":\"\xff\"}").is_err(), "text is UTF-8");
    }
}
