//! What does the command line of `git-dos hook git` ask for?

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use crate::Event;

/// The command line `<event> [--chain PREVIOUS] -- arguments…`, as an installed shim writes it.
///
/// Every command line is a call: a shim may be newer than this program, and the hook that it chains must
/// run all the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Call {
    /// The event; `None` for one that this version takes no part in.
    pub event: Option<Event>,
    /// The user's own hook that stood in this place before, to be run with the same input.
    pub chain: Option<PathBuf>,
    /// The arguments that git passed to the hook.
    pub arguments: Vec<OsString>,
    /// Words that this version does not know: the event's name or options.
    pub unknown: Vec<OsString>,
}

impl Call {
    /// Parses the words after `git-dos hook git`.
    pub fn parse(words: impl IntoIterator<Item = OsString>) -> Self {
        let mut words = words.into_iter();
        let mut call = Self::default();
        if let Some(name) = words.next() {
            call.event = Event::named(&name);
            if call.event.is_none() {
                call.unknown.push(name);
            }
        }
        while let Some(word) = words.next() {
            match word.to_str() {
                Some("--") => {
                    call.arguments.extend(words);
                    break;
                }
                Some("--chain") => call.chain = words.next().map(PathBuf::from),
                Some(option) if option.starts_with("--") => call.unknown.push(word),
                Some(_) | None => call.arguments.push(word),
            }
        }
        call
    }

    /// Returns the argument at `index`, from 0, that git passes as `name`.
    pub fn argument(&self, index: usize, name: &'static str) -> Result<&OsStr, crate::Error> {
        self.arguments.get(index).map(OsString::as_os_str).ok_or(crate::Error::Argument { name })
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::path::PathBuf;

    use super::Call;
    use crate::Event;

    fn words(text: &str) -> Vec<OsString> {
        text.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn every_command_line_is_a_call() {
        let push = Some(Event::PrePush);
        for (text, event, chain, arguments, unknown) in [
            ("pre-push -- origin url", push, None, "origin url", ""),
            ("pre-push --chain /p -- origin url", push, Some("/p"), "origin url", ""),
            ("pre-push --chain -- -- x", push, Some("--"), "x", ""),
            ("pre-push -- --chain /p --", push, None, "--chain /p --", ""),
            ("pre-push origin url", push, None, "origin url", ""),
            ("pre-push --new --chain /p -- x", push, Some("/p"), "x", "--new"),
            ("pre-push --chain", push, None, "", ""),
            ("post-commit --", Some(Event::PostCommit), None, "", ""),
            ("update --chain /p -- x", None, Some("/p"), "x", "update"),
            ("--chain /p -- x", None, None, "/p x", "--chain"),
            ("", None, None, "", ""),
        ] {
            let want = Call {
                event,
                chain: chain.map(PathBuf::from),
                arguments: words(arguments),
                unknown: words(unknown),
            };
            assert_eq!(Call::parse(words(text)), want, "hook git {text}");
        }
    }
}
