//! Which bytes go in or out to change one place of a JSON text?

use super::layout::{Breaks, Layout, children, indent, slice, starts_line};
use super::{Node, Value};
use crate::splice::Splice;

/// What is put into a container.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Item<'v> {
    /// A member of an object.
    Member(&'v str, &'v Value),
    /// An element of an array.
    Element(&'v Value),
}

impl Item<'_> {
    fn render(&self, layout: &Layout, breaks: Breaks<'_>) -> String {
        match self {
            Item::Member(name, value) => layout.render_member(name, value, breaks),
            Item::Element(value) => layout.render(value, breaks),
        }
    }
}

/// Puts `item` behind everything in `path.last()`, an object or array; `path` leads there from the root.
///
/// Bytes are only added. They follow the text's own habits of indentation.
pub(crate) fn append(text: &str, path: &[&Node], item: Item<'_>) -> Option<Splice> {
    let (root, container) = (path.first()?, path.last()?);
    let layout = Layout::of(text, root);
    let inside = container.span.start + 1..container.span.end - 1;
    let inline = || item.render(&layout, Breaks::Inline);
    let (offset, inserted) = match (children(container).as_slice(), is_inline(text, path)) {
        ([.., last], true) => (last.end, format!(", {}", inline())),
        ([], true) => (inside.start, inline()),
        ([first, .., last], false) if !starts_line(text, last.start) => {
            (last.end, appended(&layout, item, indent(text, first.start)))
        }
        ([.., last], false) => (last.end, appended(&layout, item, indent(text, last.start))),
        ([], false) => {
            let outer = indent(text, container.span.start);
            let deeper = layout.deeper(outer);
            let mut added = format!(
                "{}{deeper}{}",
                layout.line_end,
                item.render(&layout, Breaks::Lines(&deeper))
            );
            if !slice(text, inside.clone()).contains('\n') {
                added.push_str(layout.line_end);
                added.push_str(outer);
            }
            (inside.start, added)
        }
    };
    Some(Splice { offset, removed: Vec::new(), inserted: inserted.into_bytes() })
}

/// Renders what is added behind the last of several lines.
fn appended(layout: &Layout, item: Item<'_>, indent: &str) -> String {
    format!(",{}{indent}{}", layout.line_end, item.render(layout, Breaks::Lines(indent)))
}

/// Tells whether the last node of `path` is written on one line.
///
/// An empty container says nothing about it, and the one around it decides; an empty root is broken up.
fn is_inline(text: &str, path: &[&Node]) -> bool {
    path.iter()
        .rev()
        .find_map(|node| {
            let first = children(node).first()?.start;
            Some(!slice(text, node.span.start..first).contains('\n'))
        })
        .unwrap_or(false)
}

/// Writes `value` in the place of `node`, on one line if that was.
pub(crate) fn replace(text: &str, root: &Node, node: &Node, value: &Value) -> Splice {
    let old = slice(text, node.span.clone());
    let breaks = if old.contains('\n') {
        Breaks::Lines(indent(text, node.span.start))
    } else {
        Breaks::Inline
    };
    let inserted = Layout::of(text, root).render(value, breaks).into_bytes();
    Splice { offset: node.span.start, removed: old.as_bytes().to_vec(), inserted }
}

/// Takes the member or element number `index` out of `container`, with one comma.
pub(crate) fn cut(text: &str, container: &Node, index: usize) -> Option<Splice> {
    let children = children(container);
    let child = children.get(index)?;
    let range =
        match (index.checked_sub(1).and_then(|index| children.get(index)), children.get(index + 1))
        {
            (Some(previous), _) => previous.end..child.end,
            (None, Some(next)) => child.start..next.start,
            (None, None) => container.span.start + 1..container.span.end - 1,
        };
    let offset = range.start;
    Some(Splice { offset, removed: slice(text, range).as_bytes().to_vec(), inserted: Vec::new() })
}
