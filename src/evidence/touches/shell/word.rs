//! What does a shell make of a word: quotes, the home folder, braces and patterns of files?

use std::path::Path;

use brush_parser::ParserOptions;
use brush_parser::word::{
    self, BraceExpressionMember, BraceExpressionOrText, Parameter, ParameterExpr, TildeExpr,
    WordPiece, WordPieceWithSource,
};

use super::super::Place;
use crate::lane::path::{Path as LanePath, Spelling};
use crate::lane::region::Region;

/// The most words that one word may become.
const WORDS: usize = 1000;

/// A word as a program is given it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// It is this.
    Known(String),
    /// Only the shell will know.
    Unknown,
}

impl Word {
    /// Returns the word, if it is known.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Known(text) => Some(text),
            Self::Unknown => None,
        }
    }
}

/// What becomes of a word of a script.
#[derive(Debug, Default)]
pub(super) struct Expanded {
    /// The words that the program is given.
    pub(super) words: Vec<Word>,
    /// The commands whose output is part of the word.
    pub(super) commands: Vec<String>,
}

/// A part of a word.
enum Part {
    /// Letters that stand for themselves.
    Quoted(String),
    /// Letters that may be a pattern of files.
    Plain(String),
}

/// Expands the word `raw` as a shell in `folder` would.
pub(super) fn expand(raw: &str, folder: Option<&Path>, place: &Place) -> Expanded {
    let mut expanded = Expanded::default();
    let Some(raws) = braces(raw) else {
        expanded.words.push(Word::Unknown);
        return expanded;
    };
    for raw in raws {
        let pieces = word::parse(&raw, &ParserOptions::default()).unwrap_or_default();
        let mut parts = Vec::new();
        let is_known = collect(&pieces, place, &mut parts, &mut expanded.commands);
        if is_known && (!parts.is_empty() || raw.is_empty()) {
            expanded.words.extend(files(&parts, folder).into_iter().map(Word::Known));
        } else {
            expanded.words.push(Word::Unknown);
        }
    }
    expanded.words.truncate(WORDS);
    expanded
}

/// Returns the commands whose output becomes part of `text`, a document inside a script.
pub(super) fn commands_in_document(text: &str) -> Vec<String> {
    let pieces = word::parse_heredoc(text, &ParserOptions::default()).unwrap_or_default();
    let pieces = pieces.into_iter().map(|piece| piece.piece);
    pieces
        .filter_map(|piece| match piece {
            WordPiece::CommandSubstitution(command)
            | WordPiece::BackquotedCommandSubstitution(command) => Some(command),
            WordPiece::Text(_)
            | WordPiece::SingleQuotedText(_)
            | WordPiece::AnsiCQuotedText(_)
            | WordPiece::DoubleQuotedSequence(_)
            | WordPiece::GettextDoubleQuotedSequence(_)
            | WordPiece::TildeExpansion(_)
            | WordPiece::ParameterExpansion(_)
            | WordPiece::EscapeSequence(_)
            | WordPiece::ArithmeticExpression(_) => None,
        })
        .collect()
}

/// Adds the parts of a word and the commands in it; `false` when only the shell will know the word.
fn collect(
    pieces: &[WordPieceWithSource],
    place: &Place,
    parts: &mut Vec<Part>,
    commands: &mut Vec<String>,
) -> bool {
    let mut is_known = true;
    for piece in pieces {
        match &piece.piece {
            WordPiece::Text(text) => parts.push(Part::Plain(text.clone())),
            WordPiece::SingleQuotedText(text) => parts.push(Part::Quoted(text.clone())),
            WordPiece::EscapeSequence(text) => {
                // A line that goes on is no letter.
                let text = text.strip_prefix('\\').unwrap_or(text).trim_start_matches('\n');
                parts.push(Part::Quoted(text.to_owned()));
            }
            WordPiece::DoubleQuotedSequence(inner)
            | WordPiece::GettextDoubleQuotedSequence(inner) => {
                parts.push(Part::Quoted(String::new()));
                let start = parts.len();
                is_known &= collect(inner, place, parts, commands);
                for part in parts.iter_mut().skip(start) {
                    if let Part::Plain(text) = part {
                        *part = Part::Quoted(std::mem::take(text));
                    }
                }
            }
            WordPiece::TildeExpansion(TildeExpr::Home) => is_known &= home(place, parts),
            WordPiece::ParameterExpansion(ParameterExpr::Parameter {
                parameter: Parameter::Named(name),
                indirect: false,
            }) if name == "HOME" => is_known &= home(place, parts),
            WordPiece::CommandSubstitution(command)
            | WordPiece::BackquotedCommandSubstitution(command) => {
                commands.push(command.clone());
                is_known = false;
            }
            WordPiece::AnsiCQuotedText(_)
            | WordPiece::TildeExpansion(_)
            | WordPiece::ParameterExpansion(_)
            | WordPiece::ArithmeticExpression(_) => is_known = false,
        }
    }
    is_known
}

fn home(place: &Place, parts: &mut Vec<Part>) -> bool {
    let home = place.home.as_deref().and_then(Path::to_str);
    parts.extend(home.map(|home| Part::Quoted(home.to_owned())));
    home.is_some()
}

/// Expands the braces of `raw`; `None` when they count, or are too many.
fn braces(raw: &str) -> Option<Vec<String>> {
    match word::parse_brace_expansions(raw, &ParserOptions::default()) {
        Ok(Some(pieces)) => texts(&pieces),
        Ok(None) => Some(vec![raw.to_owned()]),
        Err(_) => None,
    }
}

fn texts(pieces: &[BraceExpressionOrText]) -> Option<Vec<String>> {
    let mut texts = vec![String::new()];
    for piece in pieces {
        let choices = match piece {
            BraceExpressionOrText::Text(text) => vec![text.clone()],
            BraceExpressionOrText::Expr(members) => {
                let mut choices = Vec::new();
                for member in members {
                    let BraceExpressionMember::Child(pieces) = member else { return None };
                    choices.extend(self::texts(pieces)?);
                }
                choices
            }
        };
        let joined = texts
            .iter()
            .flat_map(|text| choices.iter().map(move |choice| format!("{text}{choice}")));
        texts = joined.take(WORDS + 1).collect();
        if texts.len() > WORDS {
            return None;
        }
    }
    Some(texts)
}

/// Returns the files that `parts` match from `folder`, or their letters when they match none, as a shell does.
fn files(parts: &[Part], folder: Option<&Path>) -> Vec<String> {
    let letters: String = parts
        .iter()
        .map(|part| match part {
            Part::Quoted(text) | Part::Plain(text) => text.as_str(),
        })
        .collect();
    let is_pattern =
        |part: &Part| matches!(part, Part::Plain(text) if text.contains(['*', '?', '[']));
    let Some(folder) = folder.filter(|_| parts.iter().any(is_pattern)) else {
        return vec![letters];
    };
    let mut found = vec![if letters.starts_with('/') { "/".to_owned() } else { String::new() }];
    for part in letters.split('/').filter(|part| !part.is_empty()) {
        let mut next = Vec::new();
        for start in &found {
            if !part.contains(['*', '?', '[']) {
                next.push(format!("{start}{part}/"));
                continue;
            }
            let matching = names(&folder.join(start), part).into_iter();
            next.extend(matching.map(|name| format!("{start}{name}/")));
        }
        next.truncate(WORDS);
        found = next;
    }
    let found: Vec<String> =
        found.iter().map(|path| path.trim_end_matches('/').to_owned()).collect();
    if found.is_empty() { vec![letters] } else { found }
}

/// Returns the names in `folder` that match `pattern`.
fn names(folder: &Path, pattern: &str) -> Vec<String> {
    let Ok(region) = Region::parse([pattern], Spelling::default()) else { return Vec::new() };
    let entries = fs_err::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names
        .filter(|name| pattern.starts_with('.') || !name.starts_with('.'))
        .filter(|name| {
            LanePath::new(name, Spelling::default()).is_some_and(|path| region.covers(&path))
        })
        .take(WORDS)
        .collect();
    names.sort();
    names
}
