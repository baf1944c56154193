//! Which paths does one entry of a lane's tree cover?
//!
//! An entry is a path, or a pattern as git's pathspecs are: `*` runs over slashes, `?` is one letter, `[a-z]` one of
//! a set, `{a,b}` either, and `**/` any folders or none. What is covered is covered with everything below it, and
//! `folder/**` is the folder.

mod token;

use super::path::{self, Case, Path, Spelling};
use token::{Token, set};

/// The most plain patterns that one entry may stand for.
const ALTERNATIVES: usize = 64;

/// The most bytes of an entry.
const LENGTH: usize = 1024;

/// The most letters of all patterns that one entry stands for.
const LETTERS: usize = 8 * LENGTH;

/// A pattern without alternatives, which covers just what it matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Token>);

/// Reads an entry of a tree as the patterns that together cover what it covers.
///
/// Errors, in words, when it leads out of the worktree or has more alternatives than a person would write.
pub(super) fn parse(entry: &str, spelling: Spelling) -> Result<Vec<Pattern>, String> {
    if entry.len() > LENGTH {
        return Err(format!("an entry has more than {LENGTH} bytes"));
    }
    let too_many = || format!("{entry:?} stands for more than {ALTERNATIVES} patterns");
    let mut open = vec![entry.trim().to_owned()];
    let mut found = Vec::new();
    while let Some(text) = open.pop() {
        if let Some(alternatives) = braces(&text) {
            open.extend(alternatives);
        } else {
            let parts = path::parts(&text);
            let parts = parts.ok_or_else(|| format!("{entry:?} leads out of the worktree"))?;
            found.extend(plain(&parts).iter().map(|text| Pattern::new(text, spelling)));
        }
        if open.len() + found.len() > ALTERNATIVES {
            return Err(too_many());
        }
    }
    if found.iter().map(|pattern| pattern.0.len()).sum::<usize>() > LETTERS {
        return Err(format!("the patterns of {entry:?} have more than {LETTERS} letters"));
    }
    Ok(found)
}

/// Returns the patterns that cover `path` and everything below it.
pub(super) fn of(path: &Path) -> Vec<Pattern> {
    let literal: Vec<Token> = path.as_str().chars().map(Token::Letter).collect();
    if literal.is_empty() {
        return vec![Pattern(vec![Token::Many])];
    }
    let below = [Token::Letter('/'), Token::Many];
    vec![Pattern(literal.iter().cloned().chain(below).collect()), Pattern(literal)]
}

/// Splits `text` at its first braces with a comma in them; `None` when it has none.
fn braces(text: &str) -> Option<Vec<String>> {
    for (start, _) in text.match_indices('{') {
        let (mut depth, mut from, mut members) = (0, start + 1, Vec::new());
        for (at, letter) in
            text.get(start..)?.char_indices().map(|(at, letter)| (start + at, letter))
        {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 1 => {
                    members.push(text.get(from..at)?);
                    from = at + 1;
                }
                _ => {}
            }
            if depth == 0 {
                members.push(text.get(from..at)?);
                let (before, after) = (text.get(..start)?, text.get(at + 1..)?);
                let is_choice = members.len() > 1;
                let whole = members.iter().map(|member| format!("{before}{member}{after}"));
                return is_choice.then(|| whole.collect()).or_else(|| {
                    let rest = braces(after)?;
                    let kept = text.get(..=at)?;
                    Some(rest.iter().map(|rest| format!("{kept}{rest}")).collect())
                });
            }
        }
    }
    None
}

/// Returns the texts, with `*` alone for runs, that the pattern of these `parts` stands for.
fn plain(parts: &[&str]) -> Vec<String> {
    let mut parts = parts;
    // A folder is covered with all that is in it.
    while let [before @ .., "**"] | [before @ .., "**", "*"] = parts {
        parts = before;
    }
    let Some((last, before)) = parts.split_last() else { return vec!["*".to_owned()] };
    let mut texts = vec![String::new()];
    for part in before {
        if *part == "**" {
            let deeper: Vec<String> = texts.iter().map(|text| format!("{text}*/")).collect();
            texts.extend(deeper.into_iter().take(ALTERNATIVES));
        } else {
            for text in &mut texts {
                text.push_str(part);
                text.push('/');
            }
        }
    }
    texts
        .into_iter()
        .flat_map(|text| [format!("{text}{last}/*"), format!("{text}{last}")])
        .collect()
}

/// Which pairs of places in two patterns were looked at.
struct Seen {
    pairs: Vec<bool>,
    width: usize,
}

impl Seen {
    fn new(one: &Pattern, two: &Pattern) -> Self {
        let width = two.0.len() + 1;
        Self { pairs: vec![false; (one.0.len() + 1) * width], width }
    }

    /// Tells whether the pair is looked at for the first time.
    fn is_new(&mut self, one: usize, two: usize) -> bool {
        self.pairs
            .get_mut(one * self.width + two)
            .is_some_and(|seen| !std::mem::replace(seen, true))
    }
}

impl Pattern {
    fn new(text: &str, spelling: Spelling) -> Self {
        let composed = Spelling { case: Case::Kept, ..spelling }.fold(text);
        let mut tokens = Vec::new();
        let mut letters = composed.chars();
        while let Some(letter) = letters.next() {
            let rest = letters.clone();
            tokens.push(match letter {
                '*' if tokens.last() == Some(&Token::Many) => continue,
                '*' => Token::Many,
                '?' => Token::Any,
                '[' => set(&mut letters).unwrap_or_else(|| {
                    letters = rest;
                    Token::Letter('[')
                }),
                letter => Token::Letter(letter),
            });
        }
        if spelling.case == Case::Ignored {
            tokens = tokens.into_iter().flat_map(Token::in_small_letters).collect();
        }
        Self(tokens)
    }

    /// Tells whether `path` is matched.
    pub(super) fn matches(&self, path: &Path) -> bool {
        self.meets(&Self(path.as_str().chars().map(Token::Letter).collect()))
    }

    /// Tells whether some text is matched by both.
    pub(super) fn meets(&self, other: &Self) -> bool {
        let mut seen = Seen::new(self, other);
        let mut open = vec![(0, 0)];
        while let Some((one, two)) = open.pop() {
            if !seen.is_new(one, two) {
                continue;
            }
            let (left, right) = (self.0.get(one), other.0.get(two));
            match (left, right) {
                (None, None) => return true,
                (Some(Token::Many), Some(Token::Many)) => {
                    open.extend([(one + 1, two), (one, two + 1)]);
                }
                // A run ends here, or takes one more.
                (Some(Token::Many), right) => {
                    open.push((one + 1, two));
                    open.extend(right.map(|_| (one, two + 1)));
                }
                (left, Some(Token::Many)) => {
                    open.push((one, two + 1));
                    open.extend(left.map(|_| (one + 1, two)));
                }
                (Some(left), Some(right)) if left.shares(right) => open.push((one + 1, two + 1)),
                (None | Some(_), None | Some(_)) => {}
            }
        }
        false
    }

    /// Tells whether every text that is matched here is matched by `other` too.
    ///
    /// A run is only taken for part of a run, so that some patterns are said not to be within others that they are in.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        let mut seen = Seen::new(self, other);
        let mut open = vec![(0, 0)];
        while let Some((one, two)) = open.pop() {
            if !seen.is_new(one, two) {
                continue;
            }
            match (self.0.get(one), other.0.get(two)) {
                (None, None) => return true,
                (part, Some(Token::Many)) => {
                    open.push((one, two + 1));
                    open.extend(part.map(|_| (one + 1, two)));
                }
                (Some(part), Some(whole)) if part.is_within(whole) => open.push((one + 1, two + 1)),
                (None | Some(_), None | Some(_)) => {}
            }
        }
        false
    }
}
