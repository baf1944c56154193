//! What does an archive commit say? Its trailers are the data; its subject is for people.

pub mod cause;
mod line;
pub mod message;
pub mod render;
pub mod subject;
pub mod trailer;

use super::severity::{self, Severity};
use super::token;

/// The loop that writes an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// One round of dispatching work.
    Dispatch,
    /// A loop of such rounds.
    DispatchLoop,
    /// Several rounds at once.
    Fanout,
    /// A round of planning.
    Replan,
}

impl Family {
    /// Every family; a prefix that begins another one comes after it.
    pub const ALL: [Self; 4] = [Self::DispatchLoop, Self::Dispatch, Self::Fanout, Self::Replan];

    /// Returns the family's name in trailers and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dispatch => "dispatch",
            Self::DispatchLoop => "dispatch-loop",
            Self::Fanout => "fanout",
            Self::Replan => "replan",
        }
    }

    /// Returns the words that begin the family's subjects, up to the run.
    pub fn opening(self) -> &'static str {
        match self {
            Self::Dispatch => "docs/dispatch: archive",
            Self::DispatchLoop => "docs/dispatch-loop: archive",
            Self::Fanout => "docs/fanout: archive",
            Self::Replan => "docs/_plans: replan",
        }
    }

    /// Finds the family called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.name() == name)
    }
}

/// What one archive records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// The loop that wrote it.
    pub family: Family,
    /// The newest run it stands for, such as `20260601T204054Z`.
    pub run: String,
    /// The oldest run it stands for.
    pub first: String,
    /// The newest run's outcome, in its one spelling; `None` when it names none.
    pub verdict: Option<String>,
    /// Units of work that it says were shipped.
    pub picks: i64,
    /// Why nothing came of it; `None` when it does not say.
    pub cause: Option<String>,
    /// The lane it worked in; `None` when it does not say.
    pub lane: Option<String>,
    /// The number of runs it stands for, from 1.
    pub count: i64,
    /// What it was worth when it was written; `None` when it does not say.
    pub severity: Option<Severity>,
}

/// The outcome words of one spelling that mean a run could not go on.
const BLOCKING: [&str; 4] = ["BLOCKED", "RACE", "ERROR", "RATE_LIMITED"];

impl Archive {
    /// Tells whether the newest run was kept from working.
    pub fn is_blocked(&self) -> bool {
        self.verdict.as_deref().is_some_and(|verdict| BLOCKING.contains(&verdict))
    }

    /// Returns the event that the newest run reports.
    pub fn event(&self, first_occurrence: bool) -> severity::Evidence {
        let is_replan = self.family == Family::Replan;
        severity::Evidence {
            family: self.family.name().to_owned(),
            verdict: self.verdict.clone().unwrap_or_default(),
            picks_shipped: if is_replan { 0 } else { self.picks },
            substantive_ships: if is_replan { self.picks } else { 0 },
            first_occurrence,
            ..severity::Evidence::default()
        }
    }

    /// Tells whether this is a planning round that found nothing.
    pub fn is_quiet_replan(&self) -> bool {
        self.family == Family::Replan && self.severity == Some(Severity::Noop) && self.picks == 0
    }

    /// Tells whether `earlier` reports the same obstacle as this archive.
    pub fn repeats_blocker(&self, earlier: &Self) -> bool {
        self.is_blocked() && earlier.is_blocked() && self.cause == earlier.cause
    }
}

/// Why a message cannot be relied on, although it looks like an archive's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It is not UTF-8.
    Encoding,
    /// There are several `Dos-Archive` trailers.
    SeveralTrailers,
    /// The trailer is of a version that this program does not know.
    UnknownVersion,
    /// The trailer lacks a field, or a field makes no sense.
    BadTrailer,
    /// The trailer and the subject say different things about this field.
    Disagreement(&'static str),
}

impl Flaw {
    /// Returns the flaw's token for journals and JSON.
    pub fn token(self) -> &'static str {
        match self {
            Self::Encoding => "message-not-utf-8",
            Self::SeveralTrailers => "several-trailers",
            Self::UnknownVersion => "unknown-trailer-version",
            Self::BadTrailer => "bad-trailer",
            Self::Disagreement(_) => "trailer-and-subject-disagree",
        }
    }
}

/// What a commit message turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// No archive.
    Other,
    /// An archive.
    Archive(Archive),
    /// It looks like an archive, but what it says cannot be relied on.
    Unclear(Flaw),
}

/// Tells whether `message` might be an archive's, at the cost of a glance.
///
/// Never says no to one that [`message::read`] would take for an archive.
pub fn might_be(message: &[u8]) -> bool {
    let starts = |opening: &str| {
        message.get(..opening.len()).is_some_and(|start| start == opening.as_bytes())
    };
    Family::ALL.into_iter().any(|family| starts(family.opening())) || trailer::might_have(message)
}

/// Tells whether `text` names one run: a date, or a date and a time in UTC.
pub fn is_run(text: &str) -> bool {
    let is_date = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_date || subject::is_run(text)
}

/// Tells whether `text` can name a lane in a trailer: letters, digits, `_`, `.`, `-` and `/`, at most 64.
pub fn is_lane(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-/".contains(&byte);
    !text.is_empty() && text.len() <= 64 && text.bytes().all(plain)
}

/// Tells whether `text` can be an outcome in a subject and a trailer, once it has its one spelling.
pub fn is_outcome(text: &str) -> bool {
    token::normalize(text).is_some_and(|word| {
        let plain = |byte: u8| byte.is_ascii_uppercase() || b"-_".contains(&byte);
        word.bytes().all(plain) && word.starts_with(|first: char| first.is_ascii_uppercase())
    })
}
