//! How does a text fit into so many columns of a screen, and what of it stays?

use ratatui_core::style::Style;
use ratatui_core::text::Span;

/// Which characters the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Glyphs {
    /// All of Unicode.
    Unicode,
    /// ASCII alone; others are written as `\u{…}`.
    Ascii,
}

impl Glyphs {
    /// Stands for what was cut off.
    fn ellipsis(self) -> &'static str {
        match self {
            Self::Unicode => "\u{2026}",
            // Two would read as the folder above.
            Self::Ascii => "...",
        }
    }

    /// Renders `text` in these characters.
    pub(super) fn spell(self, text: &str) -> String {
        match self {
            Self::Ascii if !text.is_ascii() => text
                .chars()
                .flat_map(|one| {
                    let other = (!one.is_ascii()).then(|| one.escape_unicode());
                    let same = one.is_ascii().then_some(one);
                    other.into_iter().flatten().chain(same)
                })
                .collect(),
            Self::Ascii | Self::Unicode => text.to_owned(),
        }
    }

    /// Cuts `text` to `width` columns, so that what `keep` names stays, and marks where it was cut.
    pub(super) fn cut(self, text: &str, width: usize, keep: Keep) -> String {
        if columns(text) <= width {
            return text.to_owned();
        }
        let ellipsis = self.ellipsis();
        let Some(room) = width.checked_sub(columns(ellipsis)).filter(|room| *room > 0) else {
            return start_of(text, width).to_owned();
        };
        match keep {
            Keep::Whole | Keep::Start => start_of(text, room).to_owned() + ellipsis,
            Keep::End => ellipsis.to_owned() + end_of(text, room),
        }
    }
}

/// Which part of a text tells it from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// It is short, and cut only where nothing else fits.
    Whole,
    /// Its beginning.
    Start,
    /// Its end, as with paths.
    End,
}

/// One column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    /// What of it stays.
    pub(super) keep: Keep,
    /// How wide it gets at most.
    pub(super) most: usize,
    /// Whether it goes where the last column would have less than [`LEAST`].
    pub(super) may_go: bool,
}

/// The least width of a last column for which another one that may go stays.
const LEAST: usize = 36;

/// The narrowest that a column is cut to.
const NARROWEST: usize = 6;

/// Returns how many columns `text` takes.
pub(super) fn columns(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { Span::raw(text).width() }
}

/// Returns the lengths in bytes of what `text` consists of, as a terminal shows it: a base and its accents are one.
fn symbols(text: &str) -> Vec<usize> {
    let span = Span::raw(text);
    span.styled_graphemes(Style::new()).map(|symbol| symbol.symbol.len()).collect()
}

/// Returns the beginning of `text`, as much of it as takes `width` columns at most.
fn start_of(text: &str, width: usize) -> &str {
    if text.is_ascii() {
        return text.get(..width.min(text.len())).unwrap_or_default();
    }
    let (mut end, mut used) = (0, 0);
    for length in symbols(text) {
        used += text.get(end..end + length).map_or(0, columns);
        if used > width {
            break;
        }
        end += length;
    }
    text.get(..end).unwrap_or_default()
}

/// Returns the end of `text`, as much of it as takes `width` columns at most.
fn end_of(text: &str, width: usize) -> &str {
    if text.is_ascii() {
        return text.get(text.len().saturating_sub(width)..).unwrap_or_default();
    }
    let (mut start, mut used) = (text.len(), 0);
    for length in symbols(text).into_iter().rev() {
        let Some(before) = start.checked_sub(length) else { break };
        used += text.get(before..start).map_or(0, columns);
        if used > width {
            break;
        }
        start = before;
    }
    text.get(start..).unwrap_or_default()
}

/// Returns how wide each column gets, of which the widest cells are `natural`; zero for one that goes.
///
/// The widest are cut first, and those that are kept whole last.
pub(super) fn widths(shape: &[Column], natural: &[usize], room: usize) -> Vec<usize> {
    let most = |(column, width): (&Column, &usize)| (*width).min(column.most).min(room);
    let all: Vec<usize> = shape.iter().zip(natural).map(most).collect();
    let whole = shrunk(shape, all.clone(), room);
    let wanted = all.last().copied().unwrap_or_default().min(LEAST);
    if whole.last().is_none_or(|last| *last >= wanted) {
        return whole;
    }
    let stays = |(column, width): (&Column, usize)| if column.may_go { 0 } else { width };
    shrunk(shape, shape.iter().zip(all).map(stays).collect(), room)
}

fn shrunk(shape: &[Column], mut widths: Vec<usize>, room: usize) -> Vec<usize> {
    for least in [NARROWEST, 0] {
        loop {
            let used: usize = widths.iter().map(|width| width + usize::from(*width > 0)).sum();
            if used <= room + 1 {
                return widths;
            }
            let may_shrink = |column: &Column, width: usize| {
                width > least && (least == 0 || column.keep != Keep::Whole)
            };
            let cells = shape.iter().zip(&mut widths);
            let widest = cells
                .filter(|(column, width)| may_shrink(column, **width))
                .max_by_key(|(_, width)| **width);
            let Some((_, width)) = widest else { break };
            *width -= 1;
        }
    }
    widths
}

/// Breaks `text` into lines of at most `width` columns, between words where it can.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let mut rest = word;
        if !line.is_empty() && columns(&line) + 1 + columns(word) <= width {
            line.push(' ');
        } else if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        while columns(rest) > width {
            let first = start_of(rest, width);
            if first.is_empty() {
                return lines;
            }
            lines.push(first.to_owned());
            rest = rest.get(first.len()..).unwrap_or_default();
        }
        line.push_str(rest);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::{Column, Glyphs, Keep, columns, widths, wrapped};

    #[test]
    fn what_tells_a_text_from_others_stays() {
        let (unicode, ascii) = (Glyphs::Unicode, Glyphs::Ascii);
        for (glyphs, text, width, keep, want) in [
            (unicode, "/home/ada/wt/alpha", 18, Keep::End, "/home/ada/wt/alpha"),
            (unicode, "/home/ada/wt/alpha", 9, Keep::End, "\u{2026}wt/alpha"),
            (ascii, "/home/ada/wt/alpha", 9, Keep::End, ".../alpha"),
            (unicode, "a sentence", 5, Keep::Start, "a se\u{2026}"),
            (unicode, "\u{6f22}\u{5b57}\u{6f22}", 5, Keep::Start, "\u{6f22}\u{5b57}\u{2026}"),
            (unicode, "\u{6f22}\u{5b57}\u{6f22}", 4, Keep::End, "\u{2026}\u{6f22}"),
            (unicode, "\u{6f22}\u{5b57}", 1, Keep::Start, ""),
            (unicode, "e\u{301}e\u{301}e\u{301}", 2, Keep::Start, "e\u{301}\u{2026}"),
            (unicode, "abc", 0, Keep::End, ""),
            (ascii, "abcd", 3, Keep::End, "abc"),
        ] {
            let cut = glyphs.cut(text, width, keep);
            assert_eq!(cut, want, "{text:?} in {width} columns");
            assert!(columns(&cut) <= width);
        }
    }

    #[test]
    fn other_characters_are_spelled_in_ascii_where_there_is_nothing_else() {
        assert_eq!(Glyphs::Ascii.spell("caf\u{e9}!"), r"caf\u{e9}!");
        assert_eq!(Glyphs::Unicode.spell("caf\u{e9}!"), "caf\u{e9}!");
    }

    #[test]
    fn the_widest_column_is_cut_first_and_a_short_one_last() {
        let column = |keep, most, may_go| Column { keep, most, may_go };
        let shape = [
            column(Keep::Whole, 9, false),
            column(Keep::Whole, 19, true),
            column(Keep::End, 16, false),
            column(Keep::Start, usize::MAX, false),
        ];
        let fit = |room| widths(&shape, &[9, 19, 30, 60], room);
        assert_eq!(fit(200), [9, 19, 16, 60], "all of it");
        assert_eq!(fit(84), [9, 19, 16, 37], "the sentence");
        assert_eq!(fit(80), [9, 0, 16, 53], "what may go, before the sentence says little");
        assert_eq!(fit(30), [9, 0, 10, 9], "both, evenly");
        assert_eq!(widths(&shape, &[0, 0, 0, 4], 80), [0, 0, 0, 4], "empty columns take nothing");
        for room in 0..40 {
            let used: usize = fit(room).iter().filter(|width| **width > 0).map(|one| one + 1).sum();
            assert!(used <= room + 1, "{room}");
        }
    }

    #[test]
    fn long_texts_are_broken_between_words_and_long_words_anywhere() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrapped("", 3), [""]);
        assert_eq!(wrapped("\u{6f22}\u{5b57}", 1), Vec::<String>::new(), "nothing fits");
    }
}
