//! Which files would a command of a shell write?
//!
//! The command is parsed as bash would, never run. What depends on a value that only the shell will know is not
//! understood, and nothing is said of it.

mod arguments;
mod git;
mod programs;
mod walk;
mod word;
mod writers;

use std::path::PathBuf;

use brush_parser::{Parser, ParserOptions};

use super::Trail;
use walk::Walk;

/// The longest command that is parsed, in bytes; longer ones are mostly text for a file.
const LENGTH: usize = 128 * 1024;

/// The most brackets that may be open at once, and the most words that open a block; both bound the parser's stack.
const DEPTH: usize = 24;

/// Adds what the command `line` does when it starts in `folder`.
pub(super) fn line(line: &str, folder: PathBuf, trail: &mut Trail<'_>) {
    let mut walk = Walk { trail, folder: Some(folder), depth: 0, document: None };
    script(line, &mut walk);
}

/// Adds what a program with these `words` does when it starts in `folder`.
pub(super) fn words(words: &[String], folder: PathBuf, trail: &mut Trail<'_>) {
    let words: Vec<word::Word> = words.iter().map(|word| word::Word::Known(word.clone())).collect();
    let mut walk = Walk { trail, folder: Some(folder), depth: 0, document: None };
    programs::run(&words, &mut walk);
}

/// Adds what the text of a script does.
fn script(text: &str, walk: &mut Walk<'_, '_>) {
    if text.len() > LENGTH || depth(text) > DEPTH {
        walk.trail.footprint.is_whole = false;
        return;
    }
    match Parser::new(text.as_bytes(), &ParserOptions::default()).parse_program() {
        Ok(program) => program.complete_commands.iter().for_each(|list| walk.list(list)),
        Err(_) => walk.trail.footprint.is_whole = false,
    }
}

/// Returns how deep the brackets and blocks of `text` can be nested at most, as far as can be told without parsing.
fn depth(text: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0_usize);
    for letter in text.chars() {
        match letter {
            '(' | '{' => open += 1,
            ')' | '}' => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    let opens = |word: &&str| ["if", "while", "until", "for", "case", "select", "!"].contains(word);
    let closes = |word: &&str| ["fi", "done", "esac"].contains(word);
    let (mut blocks, mut deepest) = (0_usize, 0_usize);
    for word in text.split(|letter: char| letter.is_whitespace() || letter == ';') {
        if opens(&word) {
            blocks += 1;
        } else if closes(&word) {
            blocks = blocks.saturating_sub(1);
        }
        deepest = deepest.max(blocks);
    }
    most + deepest
}
