//! Why is an archive not folded, in words?

use serde::Serialize;

use crate::evidence::archives::Seen;
use crate::ops::coalesce::Outcome;
use crate::output::shown;
use crate::verdict::archive::Flaw;
use crate::verdict::coalesce::{Limit, Refusal};
use crate::verdict::repeat::Reason as Alone;

/// One reason for not folding.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Reason {
    /// The number of the safety rule, for those.
    pub(in crate::cli) rule: Option<u8>,
    /// The reason's token.
    pub(in crate::cli) token: &'static str,
    /// The reason in words.
    pub(in crate::cli) text: String,
}

impl From<&Refusal> for Reason {
    fn from(refusal: &Refusal) -> Self {
        Self { rule: Some(refusal.rule()), token: refusal.token(), text: refused(refusal) }
    }
}

impl Reason {
    /// Returns the reason as a line of text, without its line feed, indented below what it explains.
    pub(in crate::cli) fn line(&self) -> String {
        let rule = self.rule.map(|rule| format!("R{rule} ")).unwrap_or_default();
        format!("  {rule}{}: {}", self.token, self.text)
    }
}

/// Returns every reason for not folding.
pub(in crate::cli) fn reasons(outcome: &Outcome) -> Vec<Reason> {
    match outcome {
        Outcome::StandsAlone(reason) => {
            vec![Reason { rule: None, token: reason.token(), text: alone(*reason).to_owned() }]
        }
        Outcome::Unclear(id, flaw) => {
            vec![Reason { rule: None, token: flaw.token(), text: unclear(*id, *flaw) }]
        }
        Outcome::Refused(refusals) => refusals.iter().map(Reason::from).collect(),
        Outcome::Ordinary
        | Outcome::Off
        | Outcome::WouldFold
        | Outcome::Folded(_)
        | Outcome::Moved
        | Outcome::Busy => Vec::new(),
    }
}

/// Returns whether a blocker was reported before, in words.
pub(in crate::cli) fn occurrence(seen: Seen) -> String {
    match seen {
        Seen::Before(id) => format!("the blocker was reported before, by {}", short(id)),
        Seen::Never(read) => format!("the blocker is new: none in all {read} earlier commits"),
        Seen::NotLately(read) => format!("the blocker is new: none in the last {read} commits"),
    }
}

fn alone(reason: Alone) -> &'static str {
    match reason {
        Alone::NotIdle => "something new happened, or no dispatch loop wrote it",
        Alone::NoCause => "it names no cause, in a trailer, in [cause:…] or by [churn.causes]",
        Alone::NoPrior => "there is no archive before it",
        Alone::PriorDiffers => "the archive before it is of another cause, or something happened",
        Alone::TooFew => "there are too few runs",
    }
}

fn unclear(id: gix::ObjectId, flaw: Flaw) -> String {
    let id = short(id);
    match flaw {
        Flaw::Encoding => format!("the message of {id} is not UTF-8"),
        Flaw::SeveralTrailers => format!("{id} has several Dos-Archive trailers"),
        Flaw::UnknownVersion => format!("the Dos-Archive trailer of {id} is of an unknown version"),
        Flaw::BadTrailer => format!("the Dos-Archive trailer of {id} makes no sense"),
        Flaw::Disagreement(field) => {
            format!("the trailer and the subject of {id} disagree about the {field}")
        }
    }
}

fn refused(refusal: &Refusal) -> String {
    let path = |path: &[u8]| shown(path);
    match refusal {
        Refusal::NoPrior => "there is no earlier commit".to_owned(),
        Refusal::Detached => "HEAD is no branch".to_owned(),
        Refusal::Operation(name) => format!("git is in the middle of: {name}"),
        Refusal::Parents(id, count) => format!("{} has {count} parents, not one", short(*id)),
        Refusal::Boundary(id, _) => format!("the parents of {} are not its own", short(*id)),
        Refusal::Published(name) => format!("others may have the commit through {name}"),
        Refusal::Held(name) => format!("{name} shows the commit too"),
        Refusal::NotOurs(id) => format!("{} is by another author or committer", short(*id)),
        Refusal::Unsigned(why) => format!("the new commit must be signed and cannot be: {why}"),
        Refusal::ForeignText(id) => format!("the message of {} is not UTF-8", short(*id)),
        Refusal::Notes(id) => format!("notes.rewriteRef does not copy the notes of {}", short(*id)),
        Refusal::Outside(name) => format!("{} is outside [churn] roots", path(name)),
        Refusal::Overlap(name) => format!("two runs wrote {}", path(name)),
        Refusal::Index(why) => format!("the index: {why}"),
        Refusal::InsideHook => "git is at work around this command, in a hook".to_owned(),
        Refusal::Superproject => "the repository around this one records the commit".to_owned(),
        Refusal::RunStart(count) => format!("{count} recorded runs began at the commit"),
        Refusal::Limit(Limit::Count) => "more runs than [churn] maximum_count".to_owned(),
        Refusal::Limit(Limit::Age) => "older than [churn] maximum_age_hours".to_owned(),
        Refusal::Limit(Limit::Lane) => "the runs are of different lanes".to_owned(),
        Refusal::Cause => "the cause does not fit between brackets".to_owned(),
    }
}

/// Returns the first digits of `id`.
pub(in crate::cli) fn short(id: gix::ObjectId) -> String {
    id.to_hex_with_len(12).to_string()
}
