//! What may stand in one place of a pattern?

use std::str::Chars;

use crate::lane::path::small;

/// What one place in a pattern stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// Itself.
    Letter(char),
    /// Any one letter but a slash.
    Any,
    /// One letter of a set, or none of it; a slash is in no set.
    Set { ranges: Vec<(char, char)>, negated: bool },
    /// Any letters, also none.
    Many,
}

impl Token {
    /// Returns what matches in small letters what this matches in letters of any kind.
    pub(super) fn in_small_letters(self) -> Vec<Self> {
        match self {
            Self::Letter(letter) => small(letter).map(Self::Letter).collect(),
            Self::Set { mut ranges, negated } => {
                // The bounds alone would not do: `[Z-a]` has the capital, and no letter is between z and a.
                let capitals = ranges.iter().map(|(from, to)| (*from.max(&'A'), *to.min(&'Z')));
                let single = ranges.iter().filter(|(from, to)| from == to);
                let more: Vec<(char, char)> = capitals
                    .filter(|(from, to)| from <= to)
                    .map(|(from, to)| (from.to_ascii_lowercase(), to.to_ascii_lowercase()))
                    .chain(
                        single
                            .flat_map(|(letter, _)| small(*letter))
                            .map(|letter| (letter, letter)),
                    )
                    .collect();
                ranges.extend(more);
                vec![Self::Set { ranges, negated }]
            }
            Self::Any | Self::Many => vec![self],
        }
    }

    /// Tells whether every letter that is matched here is matched by `other` too, which is no run.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Letter(letter), whole) => whole.takes(*letter),
            (Self::Any | Self::Set { .. }, Self::Any) => true,
            (part, whole) => part == whole && *part != Self::Many,
        }
    }

    /// Tells whether some letter is matched by both.
    pub(super) fn shares(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Letter(letter), token) | (token, Self::Letter(letter)) => token.takes(*letter),
            (Self::Many, _) | (_, Self::Many) => true,
            (Self::Any | Self::Set { .. }, Self::Any | Self::Set { .. }) => {
                // What two sets have in common begins where one of them begins, or behind a letter that is left out.
                let mut starts = self.starts().chain(other.starts()).chain(['\0', '0']);
                starts.any(|letter| self.takes(letter) && other.takes(letter))
            }
        }
    }

    /// Returns the letters at which what is matched may begin, but for the first of all and the one behind the slash.
    fn starts(&self) -> impl Iterator<Item = char> {
        let ranges = match self {
            Self::Set { ranges, .. } => ranges.as_slice(),
            Self::Letter(_) | Self::Any | Self::Many => &[],
        };
        // Behind the last letter before the surrogates comes the first one after them.
        let next = |letter: char| char::from_u32(u32::from(letter) + 1).unwrap_or('\u{e000}');
        ranges.iter().flat_map(move |(from, to)| [*from, next(*to)])
    }

    fn takes(&self, letter: char) -> bool {
        match self {
            Self::Letter(own) => *own == letter,
            Self::Any => letter != '/',
            Self::Set { ranges, negated } => {
                let is_in = ranges.iter().any(|(from, to)| (*from..=*to).contains(&letter));
                letter != '/' && is_in != *negated
            }
            Self::Many => true,
        }
    }
}

/// Reads a set behind its opening bracket; `None` when it is not closed.
pub(super) fn set(letters: &mut Chars<'_>) -> Option<Token> {
    let mut ranges = Vec::new();
    let mut negated = false;
    let mut is_first = true;
    loop {
        let mut letter = letters.next()?;
        if is_first && !negated && matches!(letter, '!' | '^') {
            negated = true;
            continue;
        }
        // A bracket that comes first is one of the set.
        if letter == ']' && !is_first {
            return Some(Token::Set { ranges, negated });
        }
        is_first = false;
        if letter == '\\' {
            letter = letters.next()?;
        }
        let mut ahead = letters.clone();
        let to = match (ahead.next(), ahead.next()) {
            (Some('-'), Some(to)) if to != ']' => {
                *letters = ahead;
                to
            }
            _ => letter,
        };
        ranges.push((letter, to));
    }
}
