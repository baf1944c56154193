//! The page as plain text, all of it, for a pipe.

use std::fmt::Write as _;
use std::time::Duration;

use super::board::Board;
use super::layout::heading;

/// Renders what `board` knows.
pub(super) fn render(board: &Board, now: Duration) -> String {
    let mut text = board.fault.clone().unwrap_or_default();
    for held in &board.parts {
        let (title, _) = heading(board, held, now);
        line(&mut text, "", &title);
        for fault in held.fault.iter().flat_map(|fault| fault.lines()) {
            line(&mut text, "  ", fault);
        }
        let Some((_, found)) = &held.found else { continue };
        for row in &found.rows {
            let mut indent = "  ";
            for more in row.full.iter().chain(&row.below) {
                line(&mut text, indent, more);
                indent = "    ";
            }
        }
        if found.left_out > 0 {
            line(&mut text, "  ", &format!("and {} more", found.left_out));
        }
    }
    text
}

fn line(text: &mut String, indent: &str, words: &str) {
    writeln!(text, "{indent}{words}").expect("writing to a String cannot fail");
}
