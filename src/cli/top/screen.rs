//! What does the screen show? Drawn from what is known, where somebody is on the page, and the time, and from nothing
//! else.

use std::time::Duration;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::{Color, Modifier, Style};

use super::board::Board;
use super::fit::{Glyphs, Keep, columns};
use super::keys::HELP;
use super::layout::{Laid, Line, Sheet, Weight, ago, heading, lay};
use super::page::Mood;
use super::view::{Body, View, Watching, marks, scrolled};
use crate::policy::span;

/// What is the same in every picture.
#[derive(Debug, Clone)]
pub(super) struct Scene {
    /// Where the repository is, made harmless.
    pub(super) place: String,
    /// How long it rests between two looks at least.
    pub(super) interval: Duration,
    /// What the terminal can show.
    pub(super) glyphs: Glyphs,
    /// Whether it may show colours.
    pub(super) colour: Colour,
}

/// Whether colours are wanted; everything is also said in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    /// They are.
    Wanted,
    /// They are not.
    Refused,
}

/// The smallest screen that has room for the page; a smaller one shows the titles of the parts.
const SMALLEST: (u16, u16) = (30, 7);

/// From how many rows on the newest change has a line of its own.
const TALL: u16 = 12;

/// Draws the screen, and keeps in `view` how far the page is scrolled.
pub(super) fn draw(
    buffer: &mut Buffer,
    board: &Board,
    view: &mut View,
    (scene, now): (&Scene, Duration),
) {
    let area = buffer.area;
    let pen = Pen { area, colour: scene.colour };
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        return small(buffer, &pen, board, (scene, now));
    }
    let width = usize::from(area.width);
    let head = Style::new().add_modifier(Modifier::REVERSED);
    pen.put(buffer, 0, &header(board, view, (scene, now), width), head);
    let mut body = 1..area.height - 1;
    if area.height >= TALL {
        let newest = board.changes.front().map(|(when, told)| {
            let told = scene.glyphs.spell(told);
            let line = format!(" {} ago: {told}", ago(*when, now));
            scene.glyphs.cut(&line, width, Keep::Start)
        });
        pen.put(buffer, 1, &newest.unwrap_or_default(), Style::new().add_modifier(Modifier::BOLD));
        body.start = 2;
    }
    let height = usize::from(body.end - body.start);
    let (lines, above) = match view.body {
        Body::Help => (help(width, scene.glyphs), 0),
        Body::Page => {
            let marks = marks(board);
            if let Some(mark) = marks.get(view.place(&marks)) {
                view.selected = mark.clone();
            }
            let glyphs = scene.glyphs;
            let Laid { lines, selected } =
                lay(board, &Sheet { width, now, glyphs, selected: &view.selected });
            view.top = scrolled(view.top, &selected, height, lines.len());
            (lines, view.top)
        }
    };
    view.height = height;
    for (row, line) in body.zip(lines.iter().skip(above)) {
        pen.line(buffer, row, line);
    }
    let below = lines.len().saturating_sub(above + height);
    pen.put(buffer, area.height - 1, &footer(width, above, below), head);
}

/// Writes lines into a buffer.
struct Pen {
    area: Rect,
    colour: Colour,
}

impl Pen {
    fn put(&self, buffer: &mut Buffer, row: u16, text: &str, style: Style) {
        let line = Rect::new(self.area.x, self.area.y + row, self.area.width, 1);
        buffer.set_style(line.intersection(self.area), style);
        buffer.set_stringn(line.x, line.y, text, usize::from(line.width), style);
    }

    fn line(&self, buffer: &mut Buffer, row: u16, line: &Line) {
        let mut style = match (line.mood, self.colour) {
            (Mood::Calm, _) | (_, Colour::Refused) => Style::new(),
            (Mood::Doubt, Colour::Wanted) => Style::new().fg(Color::Yellow),
            (Mood::Alarm, Colour::Wanted) => Style::new().fg(Color::Red),
        };
        if line.weight == Weight::Title {
            style = style.add_modifier(Modifier::BOLD);
        }
        if line.is_selected {
            style = style.add_modifier(Modifier::REVERSED);
        }
        self.put(buffer, row, &line.text, style);
    }
}

/// Shows the titles of the parts, the most important first, where there is no room for more.
fn small(buffer: &mut Buffer, pen: &Pen, board: &Board, (scene, now): (&Scene, Duration)) {
    let mut titles: Vec<(String, Mood)> =
        board.parts.iter().map(|held| heading(board, held, now)).collect();
    let fault = board.fault.as_deref().and_then(|fault| fault.lines().next());
    titles.extend(fault.map(|fault| (fault.to_owned(), Mood::Alarm)));
    titles.sort_by_key(|(_, mood)| std::cmp::Reverse(*mood));
    titles.insert(0, ("too small; q quits".to_owned(), Mood::Calm));
    for (row, (text, mood)) in (0..pen.area.height).zip(titles) {
        let (width, text) = (usize::from(pen.area.width), scene.glyphs.spell(&text));
        let text = scene.glyphs.cut(&text, width, Keep::Start);
        pen.line(buffer, row, &Line { text, mood, weight: Weight::Row, is_selected: false });
    }
}

fn header(board: &Board, view: &View, (scene, now): (&Scene, Duration), width: usize) -> String {
    let under_way = board.looking.map(|since| now.saturating_sub(since));
    let slow = under_way.filter(|time| *time >= Duration::from_secs(1));
    let mut state = match board.looked {
        None => vec![format!("looking for {}", span::shown(under_way.unwrap_or_default()))],
        Some((began, _)) => vec![format!("as of {} ago", ago(began, now))],
    };
    if board.looked.is_some() {
        state.extend(slow.map(|time| format!("looking for {}", span::shown(time))));
    }
    state.push(match view.watching {
        Watching::Paused => "PAUSED".to_owned(),
        Watching::On => {
            let rest = board.looked.map_or(scene.interval, |(_, rest)| rest);
            format!("every {}", span::shown(rest))
        }
    });
    let state = format!(" {} ", state.join(", "));
    let room = width.saturating_sub(columns(&state));
    let place = scene.glyphs.spell(&scene.place);
    let name = " git dos top ";
    let place = scene.glyphs.cut(&place, room.saturating_sub(name.len()), Keep::End);
    let left = scene.glyphs.cut(&format!("{name}{place}"), room, Keep::Start);
    let pad = room.saturating_sub(columns(&left));
    format!("{left}{:pad$}{state}", "")
}

fn footer(width: usize, above: usize, below: usize) -> String {
    let keys = " q quit  j/k move  Tab part  r look  p pause  ? help";
    let more = match (above, below) {
        (0, 0) => String::new(),
        (above, below) => format!(" {above} above, {below} below "),
    };
    let room = width.saturating_sub(more.len());
    let whole = keys.split_inclusive("  ");
    let mut shown = String::new();
    for key in whole {
        if shown.len() + key.trim_end().len() > room {
            break;
        }
        shown.push_str(key);
    }
    let shown = shown.trim_end();
    let pad = room.saturating_sub(shown.len());
    format!("{shown}{:pad$}{more}", "")
}

fn help(width: usize, glyphs: Glyphs) -> Vec<Line> {
    let line = |text: String| Line {
        text: glyphs.cut(&text, width, Keep::Start),
        mood: Mood::Calm,
        weight: Weight::Row,
        is_selected: false,
    };
    let keys = HELP.iter().map(|(keys, what)| line(format!(" {keys:<15} {what}")));
    let more = ["", " Nothing is written to the repository. The same without a live screen:"];
    let verbs = " git dos status, git dos liveness, git dos lease list, git dos halt list";
    keys.chain(more.into_iter().chain([verbs]).map(|text| line(text.to_owned()))).collect()
}
