//! What is known at the moment, what could not be found out, and what changed just now?

use std::collections::VecDeque;
use std::time::Duration;

use super::changes;
use super::page::{Found, Kind, Look};

/// How many changes are remembered.
const REMEMBERED: usize = 50;

/// All that the screen has to show.
#[derive(Debug)]
pub(super) struct Board {
    /// The parts, from top to bottom.
    pub(super) parts: Vec<Held>,
    /// What changed, newest first, and when that was seen, since 1970-01-01T00:00:00Z.
    pub(super) changes: VecDeque<(Duration, String)>,
    /// Why the last look found nothing out.
    pub(super) fault: Option<String>,
    /// When the last look began that is over, and how long it is until the next.
    pub(super) looked: Option<(Duration, Duration)>,
    /// When the look began that is under way.
    pub(super) looking: Option<Duration>,
}

/// One part: what was found out last, and what is in the way of knowing more.
#[derive(Debug)]
pub(super) struct Held {
    /// Which.
    pub(super) kind: Kind,
    /// What was found out, and when; it outlives later looks that find nothing out.
    pub(super) found: Option<(Duration, Found)>,
    /// Why the last look did not find it out.
    pub(super) fault: Option<String>,
}

impl Default for Board {
    fn default() -> Self {
        let held = |kind| Held { kind, found: None, fault: None };
        Self {
            parts: Kind::ALL.map(held).into(),
            changes: VecDeque::new(),
            fault: None,
            looked: None,
            looking: None,
        }
    }
}

impl Board {
    /// Takes in what a look found out.
    pub(super) fn update(&mut self, look: Look) {
        self.looked = Some((look.began, look.rest));
        self.looking = None;
        let parts = match look.parts {
            Ok(parts) => {
                self.fault = None;
                parts
            }
            Err(fault) => {
                self.fault = Some(fault);
                return;
            }
        };
        for (kind, found) in parts {
            let Some(held) = self.parts.iter_mut().find(|held| held.kind == kind) else { continue };
            for change in held.update(found, look.began) {
                self.changes.push_front((look.began, change));
            }
        }
        self.changes.truncate(REMEMBERED);
    }

    /// Tells whether something could not be found out.
    pub(super) fn is_incomplete(&self) -> bool {
        self.fault.is_some() || self.parts.iter().any(|held| held.fault.is_some())
    }
}

impl Held {
    /// Takes in what was found out at `began`, and names what changed.
    fn update(&mut self, found: Result<Found, String>, began: Duration) -> Vec<String> {
        let title = self.kind.title();
        match found {
            Ok(found) => {
                let mut told = Vec::new();
                if self.fault.take().is_some() {
                    told.push(format!("{title}: known again"));
                }
                if let Some((_, before)) = &self.found {
                    told.extend(changes::between(self.kind, before, &found));
                }
                self.found = Some((began, found));
                told
            }
            Err(fault) => {
                let is_new = self.fault.is_none() && self.found.is_some();
                self.fault = Some(fault);
                if is_new { vec![format!("{title}: could not be found out")] } else { Vec::new() }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Board;
    use crate::cli::top::page::{Found, Kind, Look, Mood};

    fn folds(summary: &str) -> Found {
        let summary = summary.to_owned();
        Found { summary, mood: Mood::Calm, shape: &[], rows: Vec::new(), left_out: 0 }
    }

    fn look(second: u64, found: Result<Found, String>) -> Look {
        let (began, rest) = (Duration::from_secs(second), Duration::from_secs(2));
        Look { began, rest, parts: Ok(vec![(Kind::Folds, found)]) }
    }

    fn told(board: &Board) -> Vec<&str> {
        board.changes.iter().map(|(_, told)| told.as_str()).collect()
    }

    #[test]
    fn what_was_known_stays_when_it_cannot_be_found_out_any_more() {
        let mut board = Board::default();
        board.update(look(1, Ok(folds("3"))));
        board.update(look(2, Err("error: no\n".to_owned())));
        let held = board.parts.iter().find(|held| held.kind == Kind::Folds).unwrap();
        assert_eq!(held.fault.as_deref(), Some("error: no\n"));
        assert_eq!(held.found.as_ref().map(|(when, _)| *when), Some(Duration::from_secs(1)));
        assert!(board.is_incomplete());
        board.update(look(3, Err("error: no\n".to_owned())));
        board.update(look(4, Ok(folds("4"))));
        assert!(!board.is_incomplete());
        assert_eq!(
            told(&board),
            [
                "folds of archives: 4; before: 3",
                "folds of archives: known again",
                "folds of archives: could not be found out"
            ],
            "newest first, each once"
        );
    }

    #[test]
    fn a_look_that_finds_nothing_out_leaves_all_as_it_was() {
        let mut board = Board::default();
        board.update(look(1, Ok(folds("3"))));
        let (began, rest) = (Duration::from_secs(9), Duration::ZERO);
        board.update(Look { began, rest, parts: Err("error: no repository\n".to_owned()) });
        assert!(board.is_incomplete());
        let held = board.parts.iter().find(|held| held.kind == Kind::Folds).unwrap();
        assert_eq!(held.found.as_ref().map(|(when, _)| *when), Some(Duration::from_secs(1)));
        board.update(look(10, Ok(folds("3"))));
        assert!(!board.is_incomplete());
    }

    #[test]
    fn not_more_changes_are_remembered_than_are_read() {
        let mut board = Board::default();
        for second in 0..200 {
            board.update(look(second, Ok(folds(&second.to_string()))));
        }
        assert_eq!(board.changes.len(), super::REMEMBERED);
        assert_eq!(board.changes.front().unwrap().0, Duration::from_secs(199));
    }
}
