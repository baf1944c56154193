//! What did one change of the set do? The message of its commit, which a person and a program can read.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::Lease;
use crate::output::{json, shown};

/// What begins a line of the message that says what became of one lease.
const TRAILER: &str = "Dos-Lease: ";

/// What begins the line that says the number of the change.
const NUMBER: &str = "Dos-Generation: ";

/// The most characters of a subject.
const SUBJECT: usize = 72;

/// What somebody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// To hold a lane.
    Acquire,
    /// To hold it for longer.
    Renew,
    /// To hold it no more.
    Release,
    /// To take over what somebody else held.
    Adopt,
    /// To free lanes of holders who do not show that they are alive.
    Reap,
    /// To take in the leases of another tool.
    Import,
    /// To begin the chain of commits anew.
    Compact,
    /// To take along to other clones what was held in one alone.
    Share,
    /// To go on without other clones.
    Part,
}

impl Deed {
    /// Returns the deed's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Acquire => "acquire",
            Self::Renew => "renew",
            Self::Release => "release",
            Self::Adopt => "adopt",
            Self::Reap => "reap",
            Self::Import => "import",
            Self::Compact => "compact",
            Self::Share => "share",
            Self::Part => "part",
        }
    }
}

/// What became of a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// It was given.
    Given,
    /// It lasts longer.
    Renewed,
    /// Its holder gave it back.
    Released,
    /// Somebody else holds it now.
    Adopted,
    /// It was taken from a holder who does not show that it is alive.
    Reaped,
    /// It was taken in from another tool.
    Imported,
    /// Its time was over.
    Expired,
    /// Its process was gone.
    Abandoned,
    /// It is in another clone, with which the set is not shared any more.
    Parted,
    /// Something that a later version does.
    #[serde(other)]
    Unknown,
}

/// What became of one lease: the value of a trailer `Dos-Lease`; every field since 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// What became of it.
    pub fate: Fate,
    /// The lane.
    pub lane: String,
    /// Its number; see [`Lease::grant`].
    pub grant: u64,
    /// The name that its holder goes by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The session of its holder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The run of its holder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The worktree of its holder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worktree: Option<String>,
}

impl Effect {
    /// Says what became of `lease`.
    pub fn of(fate: Fate, lease: &Lease) -> Self {
        Self {
            fate,
            lane: lease.lane.clone(),
            grant: lease.grant,
            owner: lease.owner.clone(),
            session: lease.session.clone(),
            run: lease.run.clone(),
            worktree: lease.worktree.clone(),
        }
    }
}

/// What one change of the set did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// What was asked for.
    pub deed: Deed,
    /// What became of leases, in the order in which it happened.
    pub effects: Vec<Effect>,
}

impl Operation {
    /// Returns one line for people.
    pub fn subject(&self) -> String {
        // What ended was taken out on the way, and what others hold is renewed along with a change.
        let is_other = |fate| matches!(fate, Fate::Expired | Fate::Abandoned);
        let is_more = |fate| !is_other(fate) && fate != Fate::Renewed;
        let has_more = self.effects.iter().any(|effect| is_more(effect.fate));
        let is_asked = |effect: &&Effect| {
            !is_other(effect.fate) && (!has_more || effect.fate != Fate::Renewed)
        };
        let lanes: Vec<String> = self
            .effects
            .iter()
            .filter(is_asked)
            .map(|effect| shown(effect.lane.as_bytes()))
            .collect();
        let line = format!("{} {}", self.deed.name(), lanes.join(", "));
        let line = line.trim_end();
        match line.char_indices().nth(SUBJECT) {
            Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
            None => line.to_owned(),
        }
    }

    /// Returns the message of the commit of change number `generation`.
    pub fn message(&self, generation: u64) -> String {
        let mut text = format!("{}\n\n{NUMBER}{generation}\n", self.subject());
        for effect in &self.effects {
            writeln!(text, "{TRAILER}{}", json(effect)).expect("writing to a String cannot fail");
        }
        text
    }
}

/// What the message of a commit says about the change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// The line for people.
    pub subject: String,
    /// The number of the change.
    pub generation: Option<u64>,
    /// What became of leases.
    pub effects: Vec<Effect>,
    /// How many trailers could not be read.
    pub damage: usize,
}

/// Reads the message of a commit.
pub fn parse(message: &str) -> Told {
    let mut lines = message.lines();
    let mut told = Told { subject: lines.next().unwrap_or_default().to_owned(), ..Told::default() };
    for line in lines {
        if let Some(value) = line.strip_prefix(TRAILER) {
            match serde_json::from_str(value) {
                Ok(effect) => told.effects.push(effect),
                Err(_) => told.damage += 1,
            }
        } else if let Some(number) = line.strip_prefix(NUMBER) {
            told.generation = number.parse().ok();
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::{Deed, Effect, Fate, Operation, parse};

    fn effect(fate: Fate, lane: &str) -> Effect {
        let (owner, session, run, worktree) =
            (Some("w\u{2028}1".to_owned()), None, None, Some("/w".to_owned()));
        Effect { fate, lane: lane.to_owned(), grant: 7, owner, session, run, worktree }
    }

    #[test]
    fn a_message_is_read_as_it_was_written_whatever_a_lane_is_called() {
        let lane = "a\nDos-Lease: {}\u{2028}\u{1b}[2J";
        let effects = vec![effect(Fate::Expired, "old"), effect(Fate::Given, lane)];
        let operation = Operation { deed: Deed::Acquire, effects };
        let message = operation.message(12);
        assert_eq!(message.lines().count(), 5, "a name makes no line: {message}");
        let told = parse(&message);
        assert_eq!((told.generation, told.damage), (Some(12), 0));
        assert_eq!(told.effects, operation.effects);
        assert_eq!(told.subject, "acquire a\\u{a}Dos-Lease: {}\\u{2028}\\u{1b}[2J");
    }

    #[test]
    fn a_subject_names_what_was_asked_for_and_is_short() {
        let subject = |deed, effects| Operation { deed, effects }.subject();
        assert_eq!(subject(Deed::Compact, Vec::new()), "compact");
        let long = "x".repeat(200);
        let cut = subject(Deed::Release, vec![effect(Fate::Released, &long)]);
        assert_eq!(cut.chars().count(), 73);
        assert_eq!(parse("release api\n\nDos-Lease: {\nDos-Generation: x\n").damage, 1);
    }
}
