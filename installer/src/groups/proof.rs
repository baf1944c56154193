//! Does the new text say the same as the old one, but for our hooks?
//!
//! Two ways that share no code with the editing: another parser must find that the new value is the old one
//! with our hooks merged in, and the trees without our hooks must agree in order and spelling.

use serde_json::Value as Json;

use super::{Entry, Form, Handler, IsOwn, Refusal};
use crate::json::{self, Kind, Node};
use crate::splice;

/// What a new text is proven to be.
pub(super) struct Proof<'p> {
    /// How the hooks are laid out.
    pub(super) form: Form,
    /// The hooks of ours that it has, and no others of ours.
    pub(super) entries: &'p [Entry],
    /// Which hooks are ours.
    pub(super) is_own: IsOwn<'p>,
}

impl Proof<'_> {
    /// Proves that `new` is `old` with exactly our entries.
    pub(super) fn holds(&self, old: &[u8], new: &[u8]) -> Result<(), Refusal> {
        let reversible =
            splice::revert(&splice::between(old, new), new).is_some_and(|text| text == old);
        let values = self.same_values(old, new) == Some(true);
        let spellings = self.same_spellings(old, new) == Some(true);
        if values && spellings && reversible { Ok(()) } else { Err(Refusal::NotProven) }
    }

    /// Compares values: those of `old` with our hooks merged in must be those of `new`.
    fn same_values(&self, old: &[u8], new: &[u8]) -> Option<bool> {
        let mut expected: Json = serde_json::from_slice(old).ok()?;
        let found: Json = serde_json::from_slice(new).ok()?;
        self.merge(&mut expected)?;
        Some(expected == found)
    }

    /// Compares the texts token by token without our hooks: order of members and spelling of numbers.
    fn same_spellings(&self, old: &[u8], new: &[u8]) -> Option<bool> {
        let tree = |bytes| match json::parse(bytes).ok()? {
            Some((_, root)) => Some(self.without_ours(root)),
            None => Some(Kind::Object(Vec::new())),
        };
        Some(same(&tree(old)?, &tree(new)?))
    }

    /// Merges our hooks into a value.
    fn merge(&self, root: &mut Json) -> Option<()> {
        let mut missing: Vec<&Entry> = self.entries.iter().collect();
        let members = root.as_object_mut()?;
        if let Some(hooks) = members.get_mut("hooks") {
            let events = hooks.as_object_mut()?;
            let had_events = !events.is_empty();
            // Later ones go first when there are too many, so the first of each event is met first.
            events.retain(|event, elements| {
                let Some(elements) = elements.as_array_mut() else { return true };
                let had_elements = !elements.is_empty();
                elements.retain_mut(|element| self.keep(element, event, &mut missing));
                !(had_elements && elements.is_empty())
            });
            if had_events && events.is_empty() {
                members.remove("hooks");
            }
        }
        for entry in missing {
            let hooks =
                members.entry("hooks").or_insert_with(|| Json::Object(serde_json::Map::new()));
            let elements =
                hooks.as_object_mut()?.entry(&entry.event).or_insert_with(|| Json::Array(vec![]));
            elements.as_array_mut()?.push(Json::from(&entry.element(self.form)));
        }
        Some(())
    }

    /// Brings one element of an event's array into its final form; `false` when nothing of it remains.
    fn keep(&self, element: &mut Json, event: &str, missing: &mut Vec<&Entry>) -> bool {
        if self.form == Form::Groups {
            return self.keep_group(element, event, missing);
        }
        !matches!(self.keep_handler(element, event, missing), Kept::Gone)
    }

    fn keep_group(&self, group: &mut Json, event: &str, missing: &mut Vec<&Entry>) -> bool {
        let handlers = group.get_mut("hooks").and_then(Json::as_array_mut);
        let Some(handlers) = handlers.filter(|handlers| !handlers.is_empty()) else { return true };
        let mut ours = None;
        handlers.retain_mut(|handler| match self.keep_handler(handler, event, missing) {
            Kept::Theirs => true,
            Kept::Ours(element) => {
                ours = Some(element);
                true
            }
            Kept::Gone => false,
        });
        let (empty, alone) = (handlers.is_empty(), handlers.len() == 1);
        if let Some(element) = ours.filter(|_| alone) {
            *group = element;
        }
        !empty
    }

    fn keep_handler(&self, handler: &mut Json, event: &str, missing: &mut Vec<&Entry>) -> Kept {
        if !self.is_ours(handler) {
            return Kept::Theirs;
        }
        let wanted = missing.iter().position(|entry| entry.event == event);
        let Some(entry) = wanted.map(|index| missing.remove(index)) else { return Kept::Gone };
        *handler = Json::from(&entry.handler);
        Kept::Ours(Json::from(&entry.element(self.form)))
    }

    fn is_ours(&self, handler: &Json) -> bool {
        let Some(command) = handler.get("command").and_then(Json::as_str) else { return false };
        let arguments = handler.get("args").and_then(Json::as_array);
        let arguments = arguments.into_iter().flatten().filter_map(Json::as_str).collect();
        (self.is_own)(&Handler { command, arguments })
    }

    /// Returns the tree without our hooks and without what is empty around them.
    fn without_ours(&self, root: Node) -> Kind {
        let Kind::Object(mut members) = root.kind else { return root.kind };
        members.retain_mut(|member| {
            if member.name != "hooks" {
                return true;
            }
            let Kind::Object(events) = &mut member.value.kind else { return true };
            events.retain_mut(|event| {
                let Kind::Array(elements) = &mut event.value.kind else { return true };
                elements.retain_mut(|element| self.keeps_others(element));
                !elements.is_empty()
            });
            !events.is_empty()
        });
        Kind::Object(members)
    }

    /// Takes our handlers out of an element; `false` when it held nothing else.
    fn keeps_others(&self, element: &mut Node) -> bool {
        if self.form != Form::Groups {
            return !self.is_our_node(element);
        }
        let Kind::Object(members) = &mut element.kind else { return true };
        for member in members {
            if let ("hooks", Kind::Array(handlers)) = (member.name.as_str(), &mut member.value.kind)
            {
                let before = handlers.len();
                handlers.retain(|handler| !self.is_our_node(handler));
                return handlers.len() == before || !handlers.is_empty();
            }
        }
        true
    }

    fn is_our_node(&self, handler: &Node) -> bool {
        let command = handler.member("command").and_then(Node::text);
        let arguments = handler.member("args").and_then(Node::elements).unwrap_or_default();
        let arguments = arguments.iter().filter_map(Node::text).collect();
        command.is_some_and(|command| (self.is_own)(&Handler { command, arguments }))
    }
}

/// What becomes of one handler.
enum Kept {
    /// It is somebody else's and stays.
    Theirs,
    /// It is ours and has its final form, which alone in its group is this element.
    Ours(Json),
    /// It is ours and one too many.
    Gone,
}

/// Compares two values whose places differ.
fn same(one: &Kind, other: &Kind) -> bool {
    match (one, other) {
        (Kind::Object(one), Kind::Object(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| {
                    one.name == other.name && same(&one.value.kind, &other.value.kind)
                })
        }
        (Kind::Array(one), Kind::Array(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| same(&one.kind, &other.kind))
        }
        (one, other) => one == other,
    }
}
