//! What do an agent's files need so that it calls us?

use std::path::{Path, PathBuf};

use git_dos_agent_hooks::Host;
use git_dos_agent_hooks::claude::settings::{Switch, managed_files};
use git_dos_agent_hooks::settings::{self, Command, Extent, Field, Form, Hook, Settings};
use git_dos_installer::error::Reason;
use git_dos_installer::groups::{self, Entry, Handler, Refusal};
use git_dos_installer::json::{Node, Value};
use git_dos_installer::named;

use super::place::{Scope, agent_folder};
use crate::env;

/// The name of our set of hooks, where sets have names.
const NAME: &str = "git-dos";

/// One hook of ours that stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The event.
    pub event: String,
    /// What it runs.
    pub command: String,
    /// The numbers of its group and of its handler there, from 0.
    pub place: (usize, usize),
}

/// Tells whether this user has `host`.
pub fn is_detected(host: Host) -> bool {
    let settings = Settings::of(host);
    if settings.programs.iter().any(|program| env::has_program(program)) {
        return true;
    }
    if settings.signs.is_empty() {
        return agent_folder(host).is_some_and(|folder| folder.is_dir());
    }
    let home = env::home();
    home.is_some_and(|home| settings.signs.iter().any(|sign| home.join(sign).exists()))
}

/// Returns the agent whose file `host` reads at `scope`, which may be its own.
pub fn carrier(host: Host, scope: Scope) -> Host {
    match (host, scope) {
        (Host::VsCode | Host::Copilot, Scope::Local) => Host::Claude,
        (Host::VsCode, Scope::Shared | Scope::User) => Host::Copilot,
        (host, _) => host,
    }
}

/// Says which setting of an organisation keeps our hooks from running in `host`.
pub fn switched_off(host: Host) -> Option<String> {
    if host != Host::Claude {
        return None;
    }
    managed_files().into_iter().find_map(|file| {
        let switch = Switch::on_in(&fs_err::read(&file).ok()?)?;
        Some(format!("{} is on in {}", switch.name(), file.display()))
    })
}

/// Returns the agent that reads the file at `path`.
pub fn reader_of(path: &Path) -> Option<Host> {
    Host::ALL.into_iter().find(|host| {
        let settings = Settings::of(*host);
        let inside = [settings.local, settings.shared];
        inside.into_iter().flatten().any(|file| path.ends_with(file))
            || Scope::User.settings(*host, Path::new("")).as_deref() == Some(path)
    })
}

/// Tells whether a handler in an agent's settings is ours.
pub fn is_own(handler: &Handler<'_>) -> bool {
    settings::is_own(handler.command, &handler.arguments)
}

/// Returns `bytes`, a file of `host`, with exactly our hooks of `extent`, as they should be.
pub fn with_ours(
    host: Host,
    bytes: &[u8],
    command: Command<'_>,
    extent: Extent,
) -> Result<Vec<u8>, Reason> {
    let settings = Settings::of(host);
    let merged = match form(settings.form) {
        Some(form) => groups::merge(bytes, form, &entries(settings, command, extent), &is_own),
        None => named::put(bytes, NAME, &named_value(settings, command, extent)),
    };
    merged.map_err(Reason::Settings)
}

/// Returns `bytes`, a file of `host`, without our hooks.
pub fn without_ours(host: Host, bytes: &[u8]) -> Result<Vec<u8>, Reason> {
    let without = match form(Settings::of(host).form) {
        Some(form) => groups::remove(bytes, form, &is_own),
        None => named::remove(bytes, NAME),
    };
    without.map_err(Reason::Settings)
}

/// Lists our hooks in `bytes`, a file of `host`.
pub fn find(host: Host, bytes: &[u8]) -> Result<Vec<Spot>, Refusal> {
    let Some(form) = form(Settings::of(host).form) else {
        let set = named::find(bytes, NAME)?;
        let events = set.as_ref().and_then(Node::members).unwrap_or_default();
        let spot = |event: &git_dos_installer::json::Member| {
            let command = command_in(&event.value)?;
            Some(Spot { event: event.name.clone(), command, place: (0, 0) })
        };
        return Ok(events.iter().filter_map(spot).collect());
    };
    let spots = groups::find(bytes, form, &is_own)?.into_iter();
    let spot = |spot: groups::Spot| Spot {
        event: spot.event,
        command: spot.command,
        place: (spot.group, spot.handler),
    };
    Ok(spots.map(spot).collect())
}

/// Tells whether our set of hooks in `bytes` is switched off by name.
pub fn is_set_off(host: Host, bytes: &[u8]) -> bool {
    let off = |set: Node| set.member("enabled").is_some_and(|enabled| !is_true(enabled));
    Settings::of(host).form == Form::Named
        && named::find(bytes, NAME).is_ok_and(|set| set.is_some_and(off))
}

fn is_true(node: &Node) -> bool {
    node.kind == git_dos_installer::json::Kind::Boolean(true)
}

/// Tells whether our hook for `event` stands in `bytes` exactly as we would write it with `command`.
pub fn holds(host: Host, bytes: &[u8], event: &str, command: Command<'_>) -> bool {
    let settings = Settings::of(host);
    let Some(form) = form(settings.form) else {
        let wanted = named_value(settings, command, Extent::All);
        return named::find(bytes, NAME).is_ok_and(|set| set.is_some_and(|set| set.is(&wanted)));
    };
    let entries = entries(settings, command, Extent::All);
    let mut wanted = entries.iter().filter(|entry| entry.event == event);
    wanted.any(|entry| groups::holds(bytes, form, entry, &is_own) == Ok(true))
}

/// Returns the program that our hook `command` names by its full path.
pub fn program_of(command: &str) -> Option<PathBuf> {
    settings::program_of(command)
}

/// Returns how the installer calls `form`; `None` for sets with names, and for files of our own.
fn form(form: Form) -> Option<groups::Form> {
    match form {
        Form::Groups => Some(groups::Form::Groups),
        Form::Handlers { version } => Some(groups::Form::Handlers { version }),
        Form::Named | Form::Own => None,
    }
}

fn entries(settings: &Settings, command: Command<'_>, extent: Extent) -> Vec<Entry> {
    let entry = |hook: &Hook| Entry {
        event: hook.event.to_owned(),
        matcher: hook.matcher.map(str::to_owned),
        handler: handler(settings, hook, command),
    };
    settings.hooks_of(extent).map(entry).collect()
}

fn handler(settings: &Settings, hook: &Hook, command: Command<'_>) -> Value {
    let fields = (settings.handler)(hook, command).into_iter();
    Value::Object(fields.map(|(name, field)| (name.to_owned(), value(field))).collect())
}

fn value(field: Field) -> Value {
    match field {
        Field::Text(text) => Value::String(text),
        Field::Number(number) => Value::Integer(number),
    }
}

/// Returns our set of hooks: events of tools have groups, the others handlers.
fn named_value(settings: &Settings, command: Command<'_>, extent: Extent) -> Value {
    let event = |hook: &Hook| {
        let handler = handler(settings, hook, command);
        let element = match hook.matcher {
            Some(matcher) => Value::object([
                ("matcher", Value::string(matcher)),
                ("hooks", Value::Array(vec![handler])),
            ]),
            None => handler,
        };
        (hook.event.to_owned(), Value::Array(vec![element]))
    };
    Value::Object(settings.hooks_of(extent).map(event).collect())
}

/// Returns the first command of ours in the array of one event, in a group or not.
fn command_in(event: &Node) -> Option<String> {
    let elements = event.elements()?.iter();
    let handlers = elements.flat_map(|element| {
        let inner = element.member("hooks").and_then(Node::elements);
        inner.unwrap_or(std::slice::from_ref(element))
    });
    let mut commands = handlers.filter_map(|handler| handler.member("command")?.text());
    commands.find(|command| settings::is_own(command, &[])).map(str::to_owned)
}
