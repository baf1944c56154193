//! What is each line of a Markdown document?

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// A heading and its level.
    Heading(usize, &'a str),
    /// An item of a list.
    Item(Item<'a>),
    /// A row of a table.
    Row(&'a str),
    /// Text, and how far it is indented.
    Text(usize, &'a str),
    /// A line in fenced code.
    Code(&'a str),
    /// Nothing to see: a blank line, a fence, a comment.
    Blank,
}

/// An item of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item<'a> {
    pub(super) indent: usize,
    pub(super) check: Check,
    pub(super) text: &'a str,
}

/// The box of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Check {
    /// It has none.
    Absent,
    /// `[ ]`, or a mark that says neither.
    Open,
    /// `[x]`.
    Checked,
}

/// Reads the lines of a document one after the other.
#[derive(Debug, Default)]
pub(super) struct Lines {
    fence: Option<(char, usize)>,
    is_comment: bool,
}

impl Lines {
    /// Tells what the next line is.
    pub(super) fn next<'a>(&mut self, line: &'a str) -> Line<'a> {
        let text = line.trim();
        let indent = line.len() - line.trim_start().len();
        if let Some((mark, length)) = self.fence {
            let (found, count) = run(text);
            if found == Some(mark) && count >= length && text.chars().all(|next| next == mark) {
                self.fence = None;
                return Line::Blank;
            }
            return Line::Code(text);
        }
        if self.is_comment || text.starts_with("<!--") {
            self.is_comment = !text.contains("-->");
            return Line::Blank;
        }
        match run(text) {
            (Some(mark @ ('`' | '~')), count @ 3..) if mark == '~' || !has_more(text, count) => {
                self.fence = Some((mark, count));
                Line::Blank
            }
            (Some('#'), level @ 1..=6) if indent < 4 => heading(text, level, indent),
            _ => plain(text, indent),
        }
    }
}

/// Returns the first character and how often it is repeated.
fn run(text: &str) -> (Option<char>, usize) {
    let first = text.chars().next();
    (first, text.chars().take_while(|next| Some(*next) == first).count())
}

/// Tells whether more backticks follow the first `count` ones, so that these open no fence.
fn has_more(text: &str, count: usize) -> bool {
    text.get(count..).is_some_and(|rest| rest.contains('`'))
}

fn heading(text: &str, level: usize, indent: usize) -> Line<'_> {
    match text.get(level..) {
        Some(rest) if rest.is_empty() || rest.starts_with([' ', '\t']) => {
            Line::Heading(level, rest.trim().trim_end_matches('#').trim_end())
        }
        _ => Line::Text(indent, text),
    }
}

fn plain(text: &str, indent: usize) -> Line<'_> {
    if text.is_empty() {
        return Line::Blank;
    }
    if text.starts_with('|') {
        return Line::Row(text);
    }
    let Some(rest) = behind_marker(text) else { return Line::Text(indent, text) };
    let boxed = |marks: &[&str]| marks.iter().find_map(|mark| rest.strip_prefix(mark));
    let open = || boxed(&["[ ]", "[]", "[-]", "[/]", "[~]"]);
    let (check, text) = match boxed(&["[x]", "[X]", "[\u{2713}]", "[\u{2714}]", "[\u{2705}]"]) {
        Some(text) => (Check::Checked, text),
        None => open().map_or((Check::Absent, rest), |text| (Check::Open, text)),
    };
    Line::Item(Item { indent, check, text: text.trim_start() })
}

/// Returns what follows `-`, `*`, `+`, `1.` or `1)` and a blank.
fn behind_marker(text: &str) -> Option<&str> {
    let number = text.trim_start_matches(|next: char| next.is_ascii_digit());
    let is_numbered = number.len() < text.len() && text.len() - number.len() <= 9;
    let marks: &[char] = if is_numbered { &['.', ')'] } else { &['-', '*', '+'] };
    let rest = number.strip_prefix(marks)?;
    rest.starts_with([' ', '\t']).then(|| rest.trim_start())
}
