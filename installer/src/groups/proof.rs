//! Does the new text say the same as the old one, but for our hooks?
//!
//! Two ways that share no code with the editing: another parser must find that the new value is the old one
//! with our hooks merged in, and the trees without our hooks must agree in order and spelling.

use serde_json::Value as Json;

use super::{Entry, Handler, IsOwn, Refusal};
use crate::json::{self, Kind, Node};
use crate::splice;

/// Proves that `new` is `old` with exactly `entries` of ours.
pub(super) fn prove(
    old: &[u8],
    new: &[u8],
    entries: &[Entry],
    is_own: IsOwn<'_>,
) -> Result<(), Refusal> {
    let values = same_values(old, new, entries, is_own);
    let spellings = same_spellings(old, new, is_own);
    let reversible =
        splice::revert(&splice::between(old, new), new).is_some_and(|text| text == old);
    if values == Some(true) && spellings == Some(true) && reversible {
        Ok(())
    } else {
        Err(Refusal::NotProven)
    }
}

/// Compares values: those of `old` with our hooks merged in must be those of `new`.
fn same_values(old: &[u8], new: &[u8], entries: &[Entry], is_own: IsOwn<'_>) -> Option<bool> {
    let old = if old.trim_ascii().is_empty() { b"{}" } else { old };
    let mut expected: Json = serde_json::from_slice(old).ok()?;
    let found: Json = serde_json::from_slice(new).ok()?;
    merge(&mut expected, entries, is_own)?;
    Some(expected == found)
}

/// Merges our hooks into a value.
fn merge(root: &mut Json, entries: &[Entry], is_own: IsOwn<'_>) -> Option<()> {
    let mut missing: Vec<&Entry> = entries.iter().collect();
    let members = root.as_object_mut()?;
    if let Some(hooks) = members.get_mut("hooks") {
        let events = hooks.as_object_mut()?;
        let had_events = !events.is_empty();
        // Later ones go first when there are too many, so the first of each event is met first.
        events.retain(|event, groups| {
            let Some(groups) = groups.as_array_mut() else { return true };
            let had_groups = !groups.is_empty();
            groups.retain_mut(|group| keep_group(group, event, &mut missing, is_own));
            !(had_groups && groups.is_empty())
        });
        if had_events && events.is_empty() {
            members.remove("hooks");
        }
    }
    for entry in missing {
        let hooks = members.entry("hooks").or_insert_with(|| Json::Object(serde_json::Map::new()));
        let groups =
            hooks.as_object_mut()?.entry(&entry.event).or_insert_with(|| Json::Array(vec![]));
        groups.as_array_mut()?.push(Json::from(&entry.group()));
    }
    Some(())
}

/// Brings one group into its final form; `false` when nothing of it remains.
fn keep_group(group: &mut Json, event: &str, missing: &mut Vec<&Entry>, is_own: IsOwn<'_>) -> bool {
    let Some(handlers) = group.get_mut("hooks").and_then(Json::as_array_mut) else { return true };
    if handlers.is_empty() {
        return true;
    }
    let mut kept = None;
    handlers.retain_mut(|handler| {
        if !is_ours(handler, is_own) {
            return true;
        }
        let wanted = missing.iter().position(|entry| entry.event == event);
        let Some(entry) = wanted.map(|index| missing.remove(index)) else { return false };
        *handler = Json::from(&entry.handler);
        kept = Some(entry);
        true
    });
    let (empty, alone) = (handlers.is_empty(), handlers.len() == 1);
    if let Some(entry) = kept.filter(|_| alone) {
        *group = Json::from(&entry.group());
    }
    !empty
}

fn is_ours(handler: &Json, is_own: IsOwn<'_>) -> bool {
    let Some(command) = handler.get("command").and_then(Json::as_str) else { return false };
    let arguments = handler.get("args").and_then(Json::as_array);
    let arguments = arguments.into_iter().flatten().filter_map(Json::as_str).collect();
    is_own(&Handler { command, arguments })
}

/// Compares the texts token by token without our hooks: order of members and spelling of numbers.
fn same_spellings(old: &[u8], new: &[u8], is_own: IsOwn<'_>) -> Option<bool> {
    let tree = |bytes| match json::parse(bytes).ok()? {
        Some((_, root)) => Some(without_ours(root, is_own)),
        None => Some(Kind::Object(Vec::new())),
    };
    Some(same(&tree(old)?, &tree(new)?))
}

/// Returns the tree without our hooks and without what is empty around them.
fn without_ours(root: Node, is_own: IsOwn<'_>) -> Kind {
    let Kind::Object(mut members) = root.kind else { return root.kind };
    members.retain_mut(|member| {
        if member.name != "hooks" {
            return true;
        }
        let Kind::Object(events) = &mut member.value.kind else { return true };
        events.retain_mut(|event| {
            let Kind::Array(groups) = &mut event.value.kind else { return true };
            groups.retain_mut(|group| keep_others(group, is_own));
            !groups.is_empty()
        });
        !events.is_empty()
    });
    Kind::Object(members)
}

/// Takes our handlers out of a group; `false` when it held nothing else.
fn keep_others(group: &mut Node, is_own: IsOwn<'_>) -> bool {
    let Kind::Object(members) = &mut group.kind else { return true };
    for member in members {
        if let ("hooks", Kind::Array(handlers)) = (member.name.as_str(), &mut member.value.kind) {
            let before = handlers.len();
            handlers.retain(|handler| {
                let command = handler.member("command").and_then(Node::text);
                let arguments = handler.member("args").and_then(Node::elements).unwrap_or_default();
                let arguments = arguments.iter().filter_map(Node::text).collect();
                !command.is_some_and(|command| is_own(&Handler { command, arguments }))
            });
            return handlers.len() == before || !handlers.is_empty();
        }
    }
    true
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
