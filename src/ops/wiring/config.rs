//! Which text of `.git/config` has our keys in it, and everything else as it was?
//!
//! Keys: `hook.git-dos-<event>.event` and `.command` (git-config(1), `hook.<name>.command`, git 2.54 and
//! later), and `dos.mode`.

use std::collections::BTreeMap;

use git_dos_git_hooks::Event;
use git_dos_installer::error::Reason;
use gix::bstr::{BString, ByteSlice as _};
use gix::config::File;

use crate::hooks::mode::Mode;

/// The key whose value says how much the hooks may do.
pub const MODE: &str = "dos.mode";

/// How the names of our hooks begin; git refuses a name that is an event's.
const HOOK_PREFIX: &str = "git-dos-";

/// What of ours is to be in the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The commands of the hooks that git runs from its configuration.
    pub hooks: Vec<(Event, String)>,
    /// The mode; `None` leaves it as it is.
    pub mode: Option<Mode>,
}

/// Values that were there before ours, by key; `None` for a key that was not.
pub type Previous = BTreeMap<String, Option<String>>;

/// Returns `bytes` with exactly the hooks of `wanted`, and its mode.
pub fn with(bytes: &[u8], wanted: &Wanted) -> Result<Vec<u8>, Reason> {
    let file = parse(bytes)?;
    let (mut gone, mut changed, mut added) = (Vec::new(), Vec::new(), Wanted::default());
    for event in Event::ALL {
        let command = wanted.hooks.iter().find(|(other, _)| *other == event);
        let present = file.section("hook", name(event).as_str()).is_ok();
        let as_wanted =
            |(_, command): &(Event, String)| hook(&file, event).as_ref() == Some(command);
        if command.is_some_and(as_wanted) {
            continue;
        }
        match command {
            Some(hook) if present => changed.push(hook),
            Some(hook) => added.hooks.push(hook.clone()),
            None => gone.extend(present.then_some(event)),
        }
    }
    added.mode = wanted.mode.filter(|mode| mode_in(&file).as_deref() != Some(mode.name()));
    let as_it_is = gone.is_empty() && changed.is_empty();
    if as_it_is && added == Wanted::default() {
        return Ok(bytes.to_vec());
    }
    if as_it_is && (added.mode.is_none() || file.section("dos", None).is_err()) {
        let mut end = File::new(gix::config::file::Metadata::api());
        add(&mut end, &added)?;
        let line_end: &[u8] = if bytes.contains_str("\r\n") { b"\r\n" } else { b"\n" };
        let whole = bytes.is_empty() || bytes.ends_with(b"\n");
        let first = if whole { &b""[..] } else { line_end };
        let added = end.to_bstring().replace("\n", line_end);
        return proven(bytes, [bytes, first, &added].concat());
    }
    let mut file = lossless(bytes, file)?;
    for event in gone {
        remove_hook(&mut file, event);
    }
    for (event, command) in changed {
        rewrite_hook(&mut file, *event, command)?;
    }
    add(&mut file, &added)?;
    proven(bytes, file.to_bstring().into())
}

/// Adds everything in `wanted` to `file`.
fn add(file: &mut File, wanted: &Wanted) -> Result<(), Reason> {
    for (event, command) in &wanted.hooks {
        let mut section = file.new_section("hook", name(*event).as_str()).map_err(unwritable)?;
        section.push("event", event.name()).map_err(unwritable)?;
        section.push("command", command.as_str()).map_err(unwritable)?;
    }
    if let Some(mode) = wanted.mode {
        file.set_raw_value(MODE, mode.name()).map_err(unwritable)?;
    }
    Ok(())
}

/// Returns `bytes` without our hooks, and with the values that were there before ours.
pub fn without(bytes: &[u8], previous: &Previous) -> Result<Vec<u8>, Reason> {
    let mut file = parse(bytes)?;
    let before = values(&file);
    for event in Event::ALL {
        remove_hook(&mut file, event);
    }
    match previous.get(MODE) {
        Some(Some(value)) => {
            file.set_raw_value(MODE, value.as_str()).map_err(unwritable)?;
        }
        Some(None) => {
            if let Ok(mut section) = file.section_mut("dos", None) {
                section.remove("mode");
                // A comment of the user's in the section keeps it.
                if section.to_bstring().trim().ends_with(b"]") {
                    let id = section.id();
                    file.remove_section_by_id(id);
                }
            }
        }
        None => {}
    }
    if values(&file) == before {
        return Ok(bytes.to_vec());
    }
    lossless(bytes, parse(bytes)?)?;
    proven(bytes, file.to_bstring().into())
}

/// Returns the command of our hook for `event`, if it is there in one piece.
pub fn hook_in(bytes: &[u8], event: Event) -> Result<Option<String>, Reason> {
    Ok(hook(&parse(bytes)?, event))
}

/// Returns the value of `dos.mode` in this text.
pub fn mode(bytes: &[u8]) -> Result<Option<String>, Reason> {
    Ok(mode_in(&parse(bytes)?))
}

fn mode_in(file: &File) -> Option<String> {
    file.raw_value(MODE).ok().map(|value| value.to_string())
}

fn name(event: Event) -> String {
    format!("{HOOK_PREFIX}{}", event.name())
}

fn hook(file: &File, event: Event) -> Option<String> {
    let section = file.section("hook", name(event).as_str()).ok()?;
    let value = |key: &str| section.value(key).map(|value| value.to_string());
    (value("event").as_deref() == Some(event.name())).then(|| value("command"))?
}

/// Writes our hook for `event` anew; what somebody else set for it, `enabled` or `parallel`, stays.
fn rewrite_hook(file: &mut File, event: Event, command: &str) -> Result<(), Reason> {
    let name = name(event);
    let of_hook = |section: &gix::config::file::SectionRef<'_>| {
        section.header().subsection_name().is_some_and(|found| found == name)
    };
    let sections = file.sections_and_ids_by_name("hook").into_iter().flatten();
    let ids: Vec<_> = sections.filter(|(section, _)| of_hook(section)).map(|(_, id)| id).collect();
    for id in &ids {
        let Some(mut section) = file.section_mut_by_id(*id) else { continue };
        for key in ["event", "command"] {
            while section.remove(key).is_some() {}
        }
    }
    let last = ids.last().and_then(|id| file.section_mut_by_id(*id));
    let mut section = last.ok_or_else(|| unwritable(()))?;
    section.push("event", event.name()).map_err(unwritable)?;
    section.push("command", command).map_err(unwritable)?;
    Ok(())
}

fn remove_hook(file: &mut File, event: Event) {
    while file.remove_section("hook", name(event).as_str()).is_some() {}
}

fn parse(bytes: &[u8]) -> Result<File, Reason> {
    let (meta, options) =
        (gix::config::file::Metadata::api(), gix::config::file::init::Options::default());
    File::from_bytes_no_includes(bytes, meta, options)
        .map_err(|_| Reason::Configuration("git's configuration in it cannot be read".to_owned()))
}

/// Returns `file` if it is written as `bytes`, but for the end of the last line.
fn lossless(bytes: &[u8], file: File) -> Result<File, Reason> {
    let text = file.to_bstring();
    let ends: [&[u8]; 3] = [b"", b"\n", b"\r\n"];
    if ends.iter().any(|end| text.strip_suffix(*end) == Some(bytes)) {
        Ok(file)
    } else {
        Err(unwritable(()))
    }
}

fn unwritable<E>(_: E) -> Reason {
    Reason::Configuration("it cannot be changed without changing more than our keys".to_owned())
}

/// Returns `text`, provided that all values of others are in it as they are in `bytes`.
fn proven(bytes: &[u8], text: Vec<u8>) -> Result<Vec<u8>, Reason> {
    if values_of_others(&parse(bytes)?) == values_of_others(&parse(&text)?) {
        Ok(text)
    } else {
        Err(unwritable(()))
    }
}

/// One value: section, subsection, name and value.
type Value = (BString, Option<BString>, String, Option<BString>);

fn values(file: &File) -> Vec<Value> {
    let mut values = Vec::new();
    for section in file.sections() {
        let header = section.header();
        let mut names: Vec<String> = section.value_names().collect();
        names.dedup();
        for name in names {
            for value in section.values(&name) {
                let subsection = header.subsection_name().map(ToOwned::to_owned);
                values.push((header.name().to_owned(), subsection, name.clone(), Some(value)));
            }
            if section.value_implicit(&name) == Some(None) {
                let subsection = header.subsection_name().map(ToOwned::to_owned);
                values.push((header.name().to_owned(), subsection, name.clone(), None));
            }
        }
    }
    values
}

fn values_of_others(file: &File) -> Vec<Value> {
    let mut values = values(file);
    values.retain(|(section, subsection, name, _)| {
        let ours = match subsection {
            Some(subsection) => section == "hook" && subsection.starts_with_str(HOOK_PREFIX),
            None => section == "dos" && name.eq_ignore_ascii_case("mode"),
        };
        !ours
    });
    values
}

#[cfg(test)]
mod tests {
    use git_dos_git_hooks::{Event, shim};

    use super::{Previous, Wanted, hook_in, mode, with, without};
    use crate::hooks::mode::Mode;

    fn wanted() -> Wanted {
        let command = shim::config_command("pre-push", "/it's \"here\"\\#;/git-dos".as_ref());
        Wanted { hooks: vec![(Event::PrePush, command)], mode: Some(Mode::Gate) }
    }

    const TEXTS: [&str; 8] = [
        "",
        "[core]\n\tbare = false\n",
        "[core]\n\tbare = false",
        "# mine\n[core] bare ; no value\n\n\n  [remote \"a b\"]\r\n\turl = x # why\n",
        "[core]\r\n\tbare = false\r\n",
        "[dos]\n\taudit = false\n[core]\n\tbare = false\n",
        "[a]\n\tv = one \\\n  two\n\tv = \"q # ; \\\" \\\\\"\n",
        "[hook \"other\"]\n\tevent = pre-push\n\tcommand = make test\n",
    ];

    #[test]
    fn our_keys_go_in_once_and_out_again() {
        for text in TEXTS {
            let new = with(text.as_bytes(), &wanted()).unwrap();
            assert_eq!(with(&new, &wanted()).unwrap(), new, "a second time changes nothing");
            let command = hook_in(&new, Event::PrePush).unwrap();
            assert_eq!(
                command.as_ref(),
                Some(&wanted().hooks[0].1),
                "quoted and read back: {text:?}"
            );
            assert_eq!(mode(&new).unwrap().as_deref(), Some("gate"), "{text:?}");
            let previous = Previous::from([("dos.mode".to_owned(), None)]);
            let Ok(old) = without(&new, &previous) else {
                assert!(
                    text.contains("] bare"),
                    "what gix would write anew is left alone: {text:?}"
                );
                continue;
            };
            let old = String::from_utf8(old).unwrap();
            let whole = text.is_empty() || text.ends_with('\n');
            let want = if whole { text.to_owned() } else { format!("{text}\n") };
            assert_eq!(old, want, "the lines of others keep their bytes");
        }
    }

    #[test]
    fn a_mode_of_the_users_comes_back() {
        let text = "[dos]\n\tmode = advise ; for now\n";
        let new = with(text.as_bytes(), &wanted()).unwrap();
        assert!(String::from_utf8_lossy(&new).contains("mode = gate ; for now"), "in its place");
        let previous = Previous::from([("dos.mode".to_owned(), Some("advise".to_owned()))]);
        assert_eq!(without(&new, &previous).unwrap(), text.as_bytes(), "and back");
    }

    #[test]
    fn nothing_wanted_is_nothing_written() {
        for text in TEXTS {
            let new = with(text.as_bytes(), &Wanted::default()).unwrap();
            assert_eq!(new, text.as_bytes(), "not even the end of the last line");
        }
        assert!(with(b"[core\n", &Wanted::default()).is_err(), "no configuration, no change");
    }

    #[test]
    fn a_hook_that_is_written_anew_keeps_what_the_user_set_for_it() {
        let stale = "[hook \"git-dos-pre-push\"]\n\tevent = pre-push\n\tcommand = gone\n\tenabled = false ; for now\n";
        let split = format!("{stale}[hook \"git-dos-pre-push\"]\n\tparallel = true\n[core]\n");
        for text in [stale, &split] {
            let new = with(text.as_bytes(), &wanted()).unwrap();
            assert_eq!(with(&new, &wanted()).unwrap(), new, "a second time changes nothing");
            let command = hook_in(&new, Event::PrePush).unwrap();
            assert_eq!(command.as_ref(), Some(&wanted().hooks[0].1), "the present command");
            let new = String::from_utf8(new).unwrap();
            assert!(new.contains("enabled = false ; for now"), "off stays off: {new}");
            assert_eq!(new.contains("parallel"), text.contains("parallel"), "{new}");
            assert_eq!(new.matches("event = pre-push").count(), 1, "git runs it once: {new}");
        }
    }

    #[test]
    fn a_hook_that_is_not_wanted_any_more_goes() {
        let new = with(b"", &wanted()).unwrap();
        let other = Wanted { hooks: Vec::new(), mode: None };
        let text = String::from_utf8(with(&new, &other).unwrap()).unwrap();
        assert_eq!(text, "[dos]\n\tmode = gate\n", "the mode is left as it is");
    }
}
