//! How does the author of this JSON text indent, and how is a new value written so that it fits in?

use std::fmt::Write as _;

use super::{Node, Value};

/// The habits of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    /// What one level of nesting adds to a line's indentation.
    unit: String,
    /// The end of a line.
    pub(super) line_end: &'static str,
}

/// How a new value is broken into lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breaks<'t> {
    /// Not at all.
    Inline,
    /// One member or element a line, in a value whose own line is indented so.
    Lines(&'t str),
}

impl Layout {
    /// Reads the habits off `text`; a text on one line says nothing and gets two spaces and line feeds.
    pub(super) fn of(text: &str, root: &Node) -> Self {
        let line_end = match text.find('\n') {
            Some(at) if slice(text, 0..at).ends_with('\r') => "\r\n",
            _ => "\n",
        };
        let first = children(root).first().map(|child| child.start);
        let unit = first.filter(|at| starts_line(text, *at)).map_or("", |at| indent(text, at));
        let unit = if unit.is_empty() { "  " } else { unit };
        Self { unit: unit.to_owned(), line_end }
    }

    /// Returns the indentation one level below `indent`.
    pub(super) fn deeper(&self, indent: &str) -> String {
        format!("{indent}{}", self.unit)
    }

    /// Renders `value`; the first line is not indented, for it follows something.
    pub(super) fn render(&self, value: &Value, breaks: Breaks<'_>) -> String {
        let mut text = String::new();
        self.write(&mut text, value, breaks);
        text
    }

    /// Renders the member `name` with its value.
    pub(super) fn render_member(&self, name: &str, value: &Value, breaks: Breaks<'_>) -> String {
        let mut text = quoted(name);
        text.push_str(": ");
        self.write(&mut text, value, breaks);
        text
    }

    fn write(&self, text: &mut String, value: &Value, breaks: Breaks<'_>) {
        match value {
            Value::String(string) => text.push_str(&quoted(string)),
            Value::Integer(number) => {
                write!(text, "{number}").expect("writing to a String cannot fail");
            }
            Value::Array(elements) => {
                self.write_list(text, ['[', ']'], elements, breaks, |text, element, breaks| {
                    self.write(text, element, breaks);
                });
            }
            Value::Object(members) => {
                self.write_list(
                    text,
                    ['{', '}'],
                    members,
                    breaks,
                    |text, (name, value), breaks| {
                        text.push_str(&self.render_member(name, value, breaks));
                    },
                );
            }
        }
    }

    fn write_list<T>(
        &self,
        text: &mut String,
        [open, close]: [char; 2],
        items: &[T],
        breaks: Breaks<'_>,
        write_item: impl Fn(&mut String, &T, Breaks<'_>),
    ) {
        text.push(open);
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            match breaks {
                Breaks::Inline => {
                    if index > 0 {
                        text.push(' ');
                    }
                    write_item(text, item, breaks);
                }
                Breaks::Lines(indent) => {
                    let deeper = self.deeper(indent);
                    text.push_str(self.line_end);
                    text.push_str(&deeper);
                    write_item(text, item, Breaks::Lines(&deeper));
                }
            }
        }
        if let Breaks::Lines(indent) = breaks
            && !items.is_empty()
        {
            text.push_str(self.line_end);
            text.push_str(indent);
        }
        text.push(close);
    }
}

/// Returns a part of `text`; the parser's spans lie inside it and on character boundaries.
pub(super) fn slice(text: &str, range: std::ops::Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}

/// Returns the bytes of each member or element of `node`.
pub(super) fn children(node: &Node) -> Vec<std::ops::Range<usize>> {
    match (node.members(), node.elements()) {
        (Some(members), _) => members.iter().map(|member| member.span.clone()).collect(),
        (_, Some(elements)) => elements.iter().map(|element| element.span.clone()).collect(),
        _ => Vec::new(),
    }
}

/// Returns the space at the start of the line that holds the byte `at`.
pub(super) fn indent(text: &str, at: usize) -> &str {
    let line = slice(text, line_start(text, at)..text.len());
    let length = line.find(|character| character != ' ' && character != '\t');
    slice(line, 0..length.unwrap_or(line.len()))
}

/// Tells whether nothing but space stands before the byte `at` in its line, which is not the first.
pub(super) fn starts_line(text: &str, at: usize) -> bool {
    let start = line_start(text, at);
    start > 0 && slice(text, start..at).bytes().all(|byte| matches!(byte, b' ' | b'\t'))
}

fn line_start(text: &str, at: usize) -> usize {
    slice(text, 0..at).rfind('\n').map_or(0, |newline| newline + 1)
}

/// Writes `text` as a JSON string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
