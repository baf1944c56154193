//! What is selected, how far is the page scrolled, and what follows from a key?

use super::board::Board;
use super::keys::{Command, Step};
use super::page::Kind;

/// A part of the screen that can be selected as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spot {
    /// A part of the page.
    Part(Kind),
    /// What changed.
    Changes,
}

/// A line that can be selected; it stays the same when lines come and go around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark {
    /// The title of a part.
    Title(Spot),
    /// A row of a part, by its key.
    Row(Spot, String),
}

/// What is drawn between the first line and the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// What goes on.
    Page,
    /// The keys.
    Help,
}

/// Whether the repository is looked at again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Watching {
    /// It is.
    On,
    /// Only when somebody asks for it.
    Paused,
}

/// What follows from a command outside of the view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing but another picture.
    Draw,
    /// Everything is drawn anew, whatever others wrote on the screen.
    Redraw,
    /// The end.
    Quit,
    /// Back to the shell until it lets us go on.
    Suspend,
    /// A look at once.
    Look,
    /// No more looks.
    Pause,
    /// Looks again and again, the next one at once.
    Resume,
}

/// Where somebody is on the page.
#[derive(Debug)]
pub(super) struct View {
    /// The selected line.
    pub(super) selected: Mark,
    /// How many lines of the page are above the screen.
    pub(super) top: usize,
    /// How many lines of the page fit on the screen, as it was drawn last.
    pub(super) height: usize,
    /// What is shown.
    pub(super) body: Body,
    /// Whether it goes on.
    pub(super) watching: Watching,
}

impl Default for View {
    fn default() -> Self {
        let selected = Mark::Title(Spot::Part(Kind::Halts));
        Self { selected, top: 0, height: 1, body: Body::Page, watching: Watching::On }
    }
}

/// Returns every line of `board` that can be selected, from top to bottom.
pub(super) fn marks(board: &Board) -> Vec<Mark> {
    let mut marks = Vec::new();
    for held in &board.parts {
        let spot = Spot::Part(held.kind);
        marks.push(Mark::Title(spot));
        let rows = held.found.iter().flat_map(|(_, found)| &found.rows);
        marks.extend(rows.map(|row| Mark::Row(spot, row.key.clone())));
    }
    marks.push(Mark::Title(Spot::Changes));
    let keys = (0..board.changes.len()).map(|number| change_key(board, number));
    marks.extend(keys.map(|key| Mark::Row(Spot::Changes, key)));
    marks
}

/// Returns what the change at `index` is told from others by: how many came before it, which does not change when
/// further ones come.
pub(super) fn change_key(board: &Board, index: usize) -> String {
    let Some((when, told)) = board.changes.get(index) else { return String::new() };
    format!("{} {told}", when.as_millis())
}

impl View {
    /// Does what `command` asks for, and returns what else is to be done.
    pub(super) fn apply(&mut self, command: Command, board: &Board) -> Effect {
        match command {
            Command::Back if self.body == Body::Help => self.body = Body::Page,
            Command::Quit | Command::Back => return Effect::Quit,
            Command::Suspend => return Effect::Suspend,
            Command::Redraw => return Effect::Redraw,
            Command::Refresh => return Effect::Look,
            Command::Pause if self.watching == Watching::On => {
                self.watching = Watching::Paused;
                return Effect::Pause;
            }
            Command::Pause => {
                self.watching = Watching::On;
                return Effect::Resume;
            }
            Command::Help if self.body == Body::Page => self.body = Body::Help,
            Command::Help => self.body = Body::Page,
            Command::Go(step) => {
                self.body = Body::Page;
                self.go(step, &marks(board));
            }
        }
        Effect::Draw
    }

    /// Selects another one of `marks`.
    fn go(&mut self, step: Step, marks: &[Mark]) {
        let last = marks.len().saturating_sub(1);
        let at = self.place(marks);
        let is_title = |(_, mark): &(usize, &Mark)| matches!(mark, Mark::Title(_));
        let titles = || marks.iter().enumerate().filter(is_title).map(|(index, _)| index);
        let screen = self.height.saturating_sub(1).max(1);
        let next = match step {
            Step::Down => at.saturating_add(1).min(last),
            Step::Up => at.saturating_sub(1),
            Step::PageDown => at.saturating_add(screen).min(last),
            Step::PageUp => at.saturating_sub(screen),
            Step::First => 0,
            Step::Last => last,
            Step::NextPart => titles().find(|index| *index > at).unwrap_or(0),
            Step::PreviousPart => {
                titles().rfind(|index| *index < at).or_else(|| titles().next_back()).unwrap_or(0)
            }
        };
        if let Some(mark) = marks.get(next) {
            self.selected = mark.clone();
        }
    }

    /// Returns where the selected line is among `marks`; a row that is gone is at the title of its part.
    pub(super) fn place(&self, marks: &[Mark]) -> usize {
        let title = match &self.selected {
            Mark::Title(spot) | Mark::Row(spot, _) => Mark::Title(*spot),
        };
        let of = |wanted: &Mark| marks.iter().position(|mark| mark == wanted);
        of(&self.selected).or_else(|| of(&title)).unwrap_or(0)
    }
}

/// Returns how many of `all` lines are above a screen of `height`, so that those in `selected` are on it, and as few
/// lines as possible move.
pub(super) fn scrolled(
    top: usize,
    selected: &std::ops::Range<usize>,
    height: usize,
    all: usize,
) -> usize {
    let lowest = all.saturating_sub(height);
    let top = top.max(selected.end.saturating_sub(height)).min(selected.start);
    top.min(lowest)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Body, Effect, Mark, Spot, View, marks, scrolled};
    use crate::cli::top::board::Board;
    use crate::cli::top::keys::{Command, Step};
    use crate::cli::top::page::{Found, Kind, Look, Mood, Row};

    fn row(key: &str) -> Row {
        let name = key.to_owned();
        let (state, cells, below, full) = (String::new(), Vec::new(), Vec::new(), Vec::new());
        Row { key: name.clone(), name, state, mood: Mood::Calm, cells, below, full }
    }

    fn board(runs: &[&str]) -> Board {
        let rows: Vec<Row> = runs.iter().map(|run| row(run)).collect();
        let (summary, mood) = (String::new(), Mood::Calm);
        let found = Found { summary, mood, shape: &[], rows, left_out: 0 };
        let mut board = Board::default();
        let parts = Ok(vec![(Kind::Runs, Ok(found))]);
        board.update(Look { began: Duration::ZERO, rest: Duration::ZERO, parts });
        board
    }

    fn run(key: &str) -> Mark {
        Mark::Row(Spot::Part(Kind::Runs), key.to_owned())
    }

    #[test]
    fn steps_go_through_the_lines_and_stop_at_the_ends() {
        let board = board(&["a", "b", "c"]);
        let mut view = View { height: 4, ..View::default() };
        let title = |kind| Mark::Title(Spot::Part(kind));
        for (step, want) in [
            (Step::Up, title(Kind::Halts)),
            (Step::Down, title(Kind::Runs)),
            (Step::Down, run("a")),
            (Step::NextPart, title(Kind::Lanes)),
            (Step::Up, run("c")),
            (Step::PreviousPart, title(Kind::Runs)),
            (Step::PageDown, run("c")),
            (Step::PageUp, title(Kind::Runs)),
            (Step::Last, Mark::Title(Spot::Changes)),
            (Step::Down, Mark::Title(Spot::Changes)),
            (Step::NextPart, title(Kind::Halts)),
            (Step::PreviousPart, Mark::Title(Spot::Changes)),
            (Step::First, title(Kind::Halts)),
        ] {
            assert_eq!(view.apply(Command::Go(step), &board), Effect::Draw);
            assert_eq!(view.selected, want, "{step:?}");
        }
    }

    #[test]
    fn the_selected_row_stays_selected_while_others_come_and_go() {
        let mut view = View { selected: run("b"), ..View::default() };
        view.apply(Command::Go(Step::Down), &board(&["x", "b", "y"]));
        assert_eq!(view.selected, run("y"), "after the one that was selected");
        let gone = board(&["x"]);
        assert_eq!(view.place(&marks(&gone)), 1, "the title of its part");
        view.apply(Command::Go(Step::Down), &gone);
        assert_eq!(view.selected, run("x"));
    }

    #[test]
    fn escape_leaves_the_help_first() {
        let board = Board::default();
        let mut view = View::default();
        assert_eq!(view.apply(Command::Help, &board), Effect::Draw);
        assert_eq!(view.body, Body::Help);
        assert_eq!(view.apply(Command::Back, &board), Effect::Draw);
        assert_eq!(view.body, Body::Page);
        assert_eq!(view.apply(Command::Back, &board), Effect::Quit);
        assert_eq!(view.apply(Command::Quit, &board), Effect::Quit);
    }

    #[test]
    fn a_pause_ends_with_a_look() {
        let board = Board::default();
        let mut view = View::default();
        let effects =
            [Command::Pause, Command::Refresh, Command::Pause].map(|one| view.apply(one, &board));
        assert_eq!(effects, [Effect::Pause, Effect::Look, Effect::Resume]);
    }

    #[test]
    fn the_page_moves_no_further_than_it_must() {
        for (top, selected, height, all, want, why) in [
            (0, 3..4, 10, 5, 0, "all fits"),
            (0, 9..10, 10, 50, 0, "it is on the screen"),
            (0, 10..11, 10, 50, 1, "it is just below"),
            (20, 5..6, 10, 50, 5, "it is above"),
            (45, 49..50, 10, 50, 40, "no more empty lines than need be"),
            (0, 3..30, 10, 50, 3, "of what is too long, the beginning"),
            (0, 0..1, 0, 50, 0, "there is no room at all"),
        ] {
            assert_eq!(scrolled(top, &selected, height, all), want, "{why}");
        }
    }
}
