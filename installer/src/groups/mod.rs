//! Which of the hooks in an agent's settings are ours, and what text has them as they should be?
//!
//! Claude Code, and others after it, keep hooks as `hooks` → event → array of groups, each an object with an
//! optional `matcher` and an array `hooks` of handlers (Claude Code hook reference, "Configuration"). Cursor and
//! Windsurf have the handlers themselves in the array.

mod locate;
mod proof;

use std::fmt;

use crate::json::edit::{Item, append, cut, replace};
use crate::json::{self, Fault, Node, Value};
use crate::splice::Splice;
pub use locate::Spot;
use locate::{Located, locate};
pub(crate) use locate::{once_only, shape};

/// How hooks are laid out in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `hooks` → event → groups → handlers.
    Groups,
    /// `hooks` → event → handlers; a new file gets that `version` first.
    Handlers {
        /// The version of the form, where the agent wants one.
        version: Option<u32>,
    },
}

impl Form {
    /// Returns the text that a missing file stands for.
    fn fresh(self) -> Vec<u8> {
        match self {
            Self::Handlers { version: Some(version) } => {
                format!("{{\n  \"version\": {version}\n}}\n").into_bytes()
            }
            Self::Groups | Self::Handlers { version: None } => b"{}\n".to_vec(),
        }
    }
}

/// One hook that is to be in the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The event, in the agent's spelling.
    pub event: String,
    /// Which tools the event is about; `None` where that has no meaning.
    pub matcher: Option<String>,
    /// The handler: an object with `type`, `command` and what else the agent knows.
    pub handler: Value,
}

impl Entry {
    /// Returns the element of the event's array that holds the handler alone.
    fn element(&self, form: Form) -> Value {
        if form != Form::Groups {
            return self.handler.clone();
        }
        let mut members = Vec::new();
        if let Some(matcher) = &self.matcher {
            members.push(("matcher".to_owned(), Value::string(matcher)));
        }
        members.push(("hooks".to_owned(), Value::Array(vec![self.handler.clone()])));
        Value::Object(members)
    }
}

/// What a handler in a settings file would run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handler<'t> {
    /// `command`: a program, or a line of shell.
    pub command: &'t str,
    /// `args`, which make `command` a program; empty without.
    pub arguments: Vec<&'t str>,
}

/// Tells whether a handler is ours, whatever its path and spelling.
pub type IsOwn<'f> = &'f dyn Fn(&Handler<'_>) -> bool;

/// Why a settings file is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The text is not what its standard says.
    Json(Fault),
    /// A name that decides where we write stands twice in one object.
    Repeated(String),
    /// Something is not what the agent wants it to be.
    Shape {
        /// Where, as names and numbers joined by dots.
        at: String,
        /// What it would have to be.
        wanted: &'static str,
    },
    /// The new text could not be shown to differ from the old one by our hooks only.
    NotProven,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(fault) => fault.fmt(formatter),
            Self::Repeated(name) => write!(formatter, "it has the name `{name}` twice"),
            Self::Shape { at, wanted } => write!(formatter, "`{at}` is not {wanted}"),
            Self::NotProven => {
                write!(formatter, "the change could not be proven to touch nothing but our hooks")
            }
        }
    }
}

/// Returns `bytes` with exactly `entries` of ours in it, and nothing else changed.
///
/// An entry that is there already stays as it is; an older spelling is replaced at its place; repeats and
/// events that are not in `entries` are taken out; what is missing goes behind everything else.
pub fn merge(
    bytes: &[u8],
    form: Form,
    entries: &[Entry],
    is_own: IsOwn<'_>,
) -> Result<Vec<u8>, Refusal> {
    let old = match json::parse(bytes).map_err(Refusal::Json)? {
        Some(_) => bytes.to_vec(),
        None => form.fresh(),
    };
    let mut text = old.clone();
    // Each step takes a hook out or sets one right. There are more only where what was put in is not known again.
    let most = find(&old, form, is_own)?.len() + entries.len();
    for _ in 0..=most {
        let Some(splice) = next_step(&text, form, entries, is_own)? else {
            proof::Proof { form, entries, is_own }.holds(&old, &text)?;
            return Ok(text);
        };
        text = splice.apply(&text).ok_or(Refusal::NotProven)?;
    }
    Err(Refusal::NotProven)
}

/// Returns `bytes` without any hook of ours.
pub fn remove(bytes: &[u8], form: Form, is_own: IsOwn<'_>) -> Result<Vec<u8>, Refusal> {
    match json::parse(bytes).map_err(Refusal::Json)? {
        Some(_) => merge(bytes, form, &[], is_own),
        None => Ok(bytes.to_vec()),
    }
}

/// Tells whether `bytes` say no more than a new file does before it has a hook: nothing, or a version.
pub(crate) fn is_fresh(bytes: &[u8]) -> bool {
    let Ok(Some((_, root))) = json::parse(bytes) else { return false };
    let mut members = root.members().unwrap_or_default().iter();
    root.members().is_some() && members.all(|member| member.name == "version")
}

/// Lists our hooks in `bytes`, in text order.
pub fn find(bytes: &[u8], form: Form, is_own: IsOwn<'_>) -> Result<Vec<Spot>, Refusal> {
    match json::parse(bytes).map_err(Refusal::Json)? {
        Some((_, root)) => {
            Ok(locate(&root, form, is_own)?.into_iter().map(|located| located.spot).collect())
        }
        None => Ok(Vec::new()),
    }
}

/// Tells whether `entry` stands in `bytes` exactly as it should.
pub fn holds(bytes: &[u8], form: Form, entry: &Entry, is_own: IsOwn<'_>) -> Result<bool, Refusal> {
    let Some((_, root)) = json::parse(bytes).map_err(Refusal::Json)? else { return Ok(false) };
    let own = locate(&root, form, is_own)?;
    Ok(own.iter().any(|located| located.spot.event == entry.event && located.is_as(form, entry)))
}

/// Returns the next change on the way to exactly `entries`, or `None` at the end of it.
fn next_step(
    bytes: &[u8],
    form: Form,
    entries: &[Entry],
    is_own: IsOwn<'_>,
) -> Result<Option<Splice>, Refusal> {
    let (text, root) = json::parse(bytes).map_err(Refusal::Json)?.ok_or(Refusal::NotProven)?;
    let own = locate(&root, form, is_own)?;
    let surplus = own.iter().enumerate().rev().find(|(index, located)| {
        let event = &located.spot.event;
        !entries.iter().any(|entry| entry.event == *event)
            || own.iter().take(*index).any(|earlier| earlier.spot.event == *event)
    });
    if let Some((_, located)) = surplus {
        return Ok(Some(taken_out(text, form, &root, located)?));
    }
    for entry in entries {
        match own.iter().find(|located| located.spot.event == entry.event) {
            Some(located) if located.is_as(form, entry) => {}
            Some(located) if located.alone => {
                return Ok(Some(replace(text, &root, located.group, &entry.element(form))));
            }
            Some(located) => {
                return Ok(Some(replace(text, &root, located.handler, &entry.handler)));
            }
            None => return Ok(Some(put_in(text, form, &root, entry)?)),
        }
    }
    Ok(None)
}

/// Adds `entry` behind everything else of its event, making what is missing around it.
fn put_in(text: &str, form: Form, root: &Node, entry: &Entry) -> Result<Splice, Refusal> {
    let group = entry.element(form);
    let groups = Value::Array(vec![group.clone()]);
    let Some(hooks) = root.member("hooks") else {
        let hooks = Value::Object(vec![(entry.event.clone(), groups)]);
        return append(text, &[root], Item::Member("hooks", &hooks)).ok_or(Refusal::NotProven);
    };
    match hooks.member(&entry.event) {
        Some(event) => append(text, &[root, hooks, event], Item::Element(&group)),
        None => append(text, &[root, hooks], Item::Member(&entry.event, &groups)),
    }
    .ok_or(Refusal::NotProven)
}

/// Takes one hook of ours out, with everything around it that would be left empty.
fn taken_out(
    text: &str,
    form: Form,
    root: &Node,
    located: &Located<'_>,
) -> Result<Splice, Refusal> {
    let spot = &located.spot;
    if form == Form::Groups {
        let handlers = located.group.member("hooks").ok_or(Refusal::NotProven)?;
        if handlers.elements().is_some_and(|handlers| handlers.len() > 1) {
            return cut(text, handlers, spot.handler).ok_or(Refusal::NotProven);
        }
    }
    let hooks = root.member("hooks").ok_or(Refusal::NotProven)?;
    let groups = hooks.member(&spot.event).ok_or(Refusal::NotProven)?;
    if groups.elements().is_some_and(|groups| groups.len() > 1) {
        return cut(text, groups, spot.group).ok_or(Refusal::NotProven);
    }
    let place = |node: &Node, name: &str| {
        node.members().and_then(|members| members.iter().position(|member| member.name == name))
    };
    if hooks.members().is_some_and(|events| events.len() > 1) {
        let index = place(hooks, &spot.event).ok_or(Refusal::NotProven)?;
        return cut(text, hooks, index).ok_or(Refusal::NotProven);
    }
    let index = place(root, "hooks").ok_or(Refusal::NotProven)?;
    cut(text, root, index).ok_or(Refusal::NotProven)
}

#[cfg(test)]
mod tests;
