//! Which lines does the page have at some width?

use std::ops::Range;
use std::time::Duration;

use super::board::{Board, Held};
use super::fit::{self, Glyphs};
use super::page::{Cell, Found, Mood, Row};
use super::view::{Mark, Spot, change_key};
use crate::policy::span;

/// What kind of line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// The title of a part.
    Title,
    /// Something of a part.
    Row,
}

/// One line of the page, which fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// What it says.
    pub(super) text: String,
    /// How much it wants to be seen.
    pub(super) mood: Mood,
    /// What kind it is.
    pub(super) weight: Weight,
    /// Whether it is the selected one.
    pub(super) is_selected: bool,
}

/// The page.
#[derive(Debug, Default)]
pub(super) struct Laid {
    /// Its lines, from top to bottom.
    pub(super) lines: Vec<Line>,
    /// The selected line, and those that tell more of it.
    pub(super) selected: Range<usize>,
}

/// What does not change while the page is laid out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sheet<'s> {
    /// How many columns there are.
    pub(super) width: usize,
    /// The time now, since 1970-01-01T00:00:00Z.
    pub(super) now: Duration,
    /// What the terminal can show.
    pub(super) glyphs: Glyphs,
    /// The selected line.
    pub(super) selected: &'s Mark,
}

/// Lays `board` out.
pub(super) fn lay(board: &Board, sheet: &Sheet<'_>) -> Laid {
    let mut laid = Laid::default();
    if let Some(fault) = &board.fault {
        laid.fault(sheet, fault);
    }
    for held in &board.parts {
        laid.part(sheet, board, held);
    }
    laid.changes(sheet, board);
    laid
}

/// Says what stands behind the title of `held`, and how much that wants to be seen.
pub(super) fn heading(board: &Board, held: &Held, now: Duration) -> (String, Mood) {
    let title = held.kind.title();
    match (&held.found, &held.fault) {
        (None, None) => (format!("{title}: not known yet"), Mood::Calm),
        (None, Some(_)) => (format!("{title}: could not be found out"), Mood::Alarm),
        (Some((when, found)), None) => {
            let is_old = board.looked.is_some_and(|(began, _)| began > *when);
            let age = if is_old { format!(" ({} ago)", ago(*when, now)) } else { String::new() };
            (format!("{title}: {}{age}", found.summary), found.mood)
        }
        (Some((when, found)), Some(_)) => {
            let (age, summary) = (ago(*when, now), &found.summary);
            (format!("{title}: could not be found out; {age} ago: {summary}"), Mood::Alarm)
        }
    }
}

/// Returns how long ago `when` was.
pub(super) fn ago(when: Duration, now: Duration) -> String {
    span::shown(now.saturating_sub(when))
}

impl Laid {
    fn push(&mut self, sheet: &Sheet<'_>, mark: Option<&Mark>, (text, mood): (String, Mood)) {
        let is_selected = mark == Some(sheet.selected);
        let weight = match mark {
            Some(Mark::Title(_)) => Weight::Title,
            Some(Mark::Row(..)) | None => Weight::Row,
        };
        let sign = if is_selected { ">" } else { " " };
        let text = sheet.glyphs.cut(&format!("{sign}{text}"), sheet.width, fit::Keep::Start);
        if is_selected {
            self.selected = self.lines.len()..self.lines.len() + 1;
        }
        self.lines.push(Line { text, mood, weight, is_selected });
    }

    /// Adds lines of their own for `text`, all of which is shown.
    fn tell(&mut self, sheet: &Sheet<'_>, indent: usize, text: &str, mood: Mood) {
        let room = sheet.width.saturating_sub(indent + 1);
        for line in fit::wrapped(&sheet.glyphs.spell(text), room) {
            self.push(sheet, None, (format!("{:indent$}{line}", ""), mood));
        }
    }

    fn fault(&mut self, sheet: &Sheet<'_>, fault: &str) {
        for line in fault.lines() {
            self.tell(sheet, 2, line, Mood::Alarm);
        }
    }

    fn part(&mut self, sheet: &Sheet<'_>, board: &Board, held: &Held) {
        let spot = Spot::Part(held.kind);
        let (text, mood) = heading(board, held, sheet.now);
        let title = self.lines.len();
        self.push(sheet, Some(&Mark::Title(spot)), (sheet.glyphs.spell(&text), mood));
        if self.selected.start == title && self.selected.end > title {
            let room = sheet.width.saturating_sub(1);
            if fit::columns(&sheet.glyphs.spell(&text)) > room {
                self.tell(sheet, 4, &text, Mood::Calm);
                self.selected.end = self.lines.len();
            }
        }
        if let Some(fault) = &held.fault {
            self.fault(sheet, fault);
        }
        let Some((_, found)) = &held.found else { return };
        let cells = Table::of(found, sheet);
        for (row, cells) in found.rows.iter().zip(&cells.rows) {
            self.row(sheet, spot, (row, cells));
        }
        if found.left_out > 0 {
            self.tell(sheet, 2, &format!("and {} more", found.left_out), Mood::Calm);
        }
    }

    fn row(&mut self, sheet: &Sheet<'_>, spot: Spot, (row, text): (&Row, &String)) {
        let start = self.lines.len();
        let mark = Mark::Row(spot, row.key.clone());
        self.push(sheet, Some(&mark), (format!("  {text}"), row.mood));
        let is_selected = self.selected.start == start && self.selected.end > start;
        if is_selected {
            for line in &row.full {
                self.tell(sheet, 6, line, Mood::Calm);
            }
        }
        for line in &row.below {
            self.tell(sheet, 4, line, row.mood);
        }
        if is_selected {
            self.selected.end = self.lines.len();
        }
    }

    fn changes(&mut self, sheet: &Sheet<'_>, board: &Board) {
        let text = match board.changes.front() {
            None => "changed: nothing so far".to_owned(),
            Some((when, _)) => format!("changed: {} ago and before", ago(*when, sheet.now)),
        };
        self.push(sheet, Some(&Mark::Title(Spot::Changes)), (text, Mood::Calm));
        for (index, (when, told)) in board.changes.iter().enumerate() {
            let mark = Mark::Row(Spot::Changes, change_key(board, index));
            let start = self.lines.len();
            let text = format!("{} ago: {told}", ago(*when, sheet.now));
            let text = sheet.glyphs.spell(&text);
            self.push(sheet, Some(&mark), (format!("  {text}"), Mood::Calm));
            if self.selected.start == start && self.selected.end > start {
                self.tell(sheet, 6, told, Mood::Calm);
                self.selected.end = self.lines.len();
            }
        }
    }
}

/// The rows of a part with their cells below each other.
struct Table {
    rows: Vec<String>,
}

/// The columns before the first cell of a row.
const INDENT: usize = 3;

impl Table {
    fn of(found: &Found, sheet: &Sheet<'_>) -> Self {
        let spelled = |row: &Row| -> Vec<String> {
            row.cells.iter().map(|cell| sheet.glyphs.spell(&text(cell, sheet.now))).collect()
        };
        let rows: Vec<Vec<String>> = found.rows.iter().map(spelled).collect();
        let natural: Vec<usize> = (0..found.shape.len())
            .map(|column| {
                let cells = rows.iter().filter_map(|row| row.get(column));
                cells.map(|cell| fit::columns(cell)).max().unwrap_or_default()
            })
            .collect();
        let widths = fit::widths(found.shape, &natural, sheet.width.saturating_sub(INDENT));
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(found.shape).zip(&widths).filter(|(_, width)| **width > 0);
            let cells = cells.map(|((cell, column), width)| {
                let cut = sheet.glyphs.cut(cell, *width, column.keep);
                let pad = width.saturating_sub(fit::columns(&cut));
                format!("{cut}{:pad$}", "")
            });
            cells.collect::<Vec<_>>().join(" ").trim_end().to_owned()
        };
        Self { rows: rows.iter().map(line).collect() }
    }
}

fn text(cell: &Cell, now: Duration) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Until(when) if *when <= now => "its time is over".to_owned(),
        Cell::Until(when) => format!("{} left", span::shown(when.saturating_sub(now))),
        Cell::Since(when) => format!("{} ago", ago(*when, now)),
    }
}
