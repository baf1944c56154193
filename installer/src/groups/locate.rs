//! Where are our hooks in the tree of a settings file, and does the tree have the shape it should?

use super::{Entry, Form, Handler, IsOwn, Refusal};
use crate::json::Node;

/// Where one hook of ours stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The event.
    pub event: String,
    /// The number of its group, from 0.
    pub group: usize,
    /// The number of its handler in the group, from 0.
    pub handler: usize,
    /// What it runs.
    pub command: String,
}

/// One hook of ours in the tree.
pub(super) struct Located<'n> {
    pub(super) spot: Spot,
    pub(super) group: &'n Node,
    pub(super) handler: &'n Node,
    /// Nothing else is in the group.
    pub(super) alone: bool,
}

impl Located<'_> {
    /// Tells whether this is `entry` as we would write it; a group shared with others keeps its matcher.
    pub(super) fn is_as(&self, form: Form, entry: &Entry) -> bool {
        if self.alone {
            self.group.is(&entry.element(form))
        } else {
            self.handler.is(&entry.handler)
        }
    }
}

/// Finds our hooks, in text order, and checks everything on the way to them.
///
/// A part of another shape is refused even where we would not write: the agent may then ignore the file.
pub(super) fn locate<'n>(
    root: &'n Node,
    form: Form,
    is_own: IsOwn<'_>,
) -> Result<Vec<Located<'n>>, Refusal> {
    let mut found = Vec::new();
    once_only(root, |name| name == "hooks")?;
    let members = root.members().ok_or_else(|| shape("the file", "an object"))?;
    let Some(hooks) = members.iter().find(|member| member.name == "hooks") else {
        return Ok(found);
    };
    once_only(&hooks.value, |_| true)?;
    let events = hooks.value.members().ok_or_else(|| shape("hooks", "an object"))?;
    for event in events {
        let at = format!("hooks.{}", event.name);
        let groups = event.value.elements().ok_or_else(|| shape(&at, "an array"))?;
        for (index, group) in groups.iter().enumerate() {
            let at = format!("{at}.{index}");
            let handlers = handlers(group, form, &at)?;
            for (number, handler) in handlers.iter().enumerate() {
                if let Some(ours) = handler_of(handler).filter(|handler| is_own(handler)) {
                    let command = ours.command.to_owned();
                    found.push(Located {
                        spot: Spot {
                            event: event.name.clone(),
                            group: index,
                            handler: number,
                            command,
                        },
                        group,
                        handler,
                        alone: handlers.len() == 1,
                    });
                }
            }
        }
    }
    Ok(found)
}

/// Returns the handlers of one element of an event's array, which is at `at`.
fn handlers<'n>(element: &'n Node, form: Form, at: &str) -> Result<&'n [Node], Refusal> {
    element.members().ok_or_else(|| shape(at, "an object"))?;
    if form != Form::Groups {
        return Ok(std::slice::from_ref(element));
    }
    once_only(element, |name| name == "hooks")?;
    let handlers = element.member("hooks").and_then(Node::elements);
    handlers.ok_or_else(|| shape(&format!("{at}.hooks"), "an array of handlers"))
}

/// Reads what a handler would run; one without a command (a prompt, a web address) runs nothing.
fn handler_of(node: &Node) -> Option<Handler<'_>> {
    let command = node.member("command")?.text()?;
    let arguments = node.member("args").and_then(Node::elements).unwrap_or_default();
    Some(Handler { command, arguments: arguments.iter().filter_map(Node::text).collect() })
}

pub(crate) fn shape(at: &str, wanted: &'static str) -> Refusal {
    Refusal::Shape { at: at.to_owned(), wanted }
}

/// Refuses a name that matters and stands twice: readers differ on which of the two counts.
pub(crate) fn once_only(node: &Node, matters: impl Fn(&str) -> bool) -> Result<(), Refusal> {
    let members = node.members().unwrap_or_default();
    for (index, member) in members.iter().enumerate() {
        let repeated = members.iter().skip(index + 1).any(|later| later.name == member.name);
        if repeated && matters(&member.name) {
            return Err(Refusal::Repeated(member.name.clone()));
        }
    }
    Ok(())
}
