//! What is on the page: parts with a summary each, and rows that say one thing each.

use std::time::Duration;

use super::fit::Column;

/// A part of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Stops that are proposed and that nobody has acknowledged.
    Halts,
    /// Runs that are not over.
    Runs,
    /// Lanes that are held.
    Lanes,
    /// What a push would send.
    Unpushed,
    /// Folds of archives.
    Folds,
    /// Whether git and the agents would call us.
    Wiring,
}

impl Kind {
    /// Every part, from top to bottom.
    pub(super) const ALL: [Self; 6] =
        [Self::Halts, Self::Runs, Self::Lanes, Self::Unpushed, Self::Folds, Self::Wiring];

    /// Returns what stands above the part.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Halts => "proposed stops",
            Self::Runs => "runs",
            Self::Lanes => "lanes",
            Self::Unpushed => "to be pushed",
            Self::Folds => "folds of archives",
            Self::Wiring => "wiring",
        }
    }
}

/// How much a line wants to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mood {
    /// All is well.
    Calm,
    /// Something is to be looked at.
    Doubt,
    /// Something is not as it should be, or could not be found out.
    Alarm,
}

/// What was found out about one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// What stands behind the title.
    pub(super) summary: String,
    /// How much the summary wants to be seen.
    pub(super) mood: Mood,
    /// What the cells of the rows are.
    pub(super) shape: &'static [Column],
    /// The rows.
    pub(super) rows: Vec<Row>,
    /// How many more there are.
    pub(super) left_out: usize,
}

/// One thing of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// What it is told from others by, from one look to the next.
    pub(super) key: String,
    /// What it is called in a sentence.
    pub(super) name: String,
    /// What is worth a word when it changes.
    pub(super) state: String,
    /// How much it wants to be seen.
    pub(super) mood: Mood,
    /// One cell a column; those that are left out are empty.
    pub(super) cells: Vec<Cell>,
    /// Lines that always stand below it.
    pub(super) below: Vec<String>,
    /// All that is known of it, which is shown while it is selected.
    pub(super) full: Vec<String>,
}

/// A text of a row, as it is at the time of drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// It does not change.
    Text(String),
    /// How long it is until then, since 1970-01-01T00:00:00Z.
    Until(Duration),
    /// How long ago it was, since the same.
    Since(Duration),
}

/// One look at a repository.
#[derive(Debug)]
pub(super) struct Look {
    /// When it began, since 1970-01-01T00:00:00Z.
    pub(super) began: Duration,
    /// How long it is from its end to the next one.
    pub(super) rest: Duration,
    /// What was found out of each part, or why not; or why nothing was.
    pub(super) parts: Result<Parts, String>,
}

/// What was found out of each part, or the sentences of the error that kept it from being found out.
pub(super) type Parts = Vec<(Kind, Result<Found, String>)>;
