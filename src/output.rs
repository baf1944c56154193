//! How is an answer shown: exit codes, formats, and hostile text made harmless.

pub mod sentence;

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

/// What a verb found, as the process's exit code. The README's table says the same; nothing else does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It holds, or there was nothing to do: 0.
    Holds,
    /// It does not hold: 1.
    DoesNotHold,
    /// It could not be found out (usage, configuration, I/O, damaged data, shallow history): 2.
    Unknown,
}

impl Outcome {
    /// Every outcome, in the order of the exit codes.
    pub const ALL: [Self; 3] = [Self::Holds, Self::DoesNotHold, Self::Unknown];

    /// Returns the exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Holds => 0,
            Self::DoesNotHold => 1,
            Self::Unknown => 2,
        }
    }

    /// Returns what the exit code says, for help texts.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Holds => "it holds, or there was nothing to do",
            Self::DoesNotHold => "it does not hold",
            Self::Unknown => {
                "it could not be found out: usage, configuration, I/O, damaged data, shallow history"
            }
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(outcome.code())
    }
}

/// The form of an answer on standard output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Sentences for people.
    #[default]
    Text,
    /// One JSON object whose `schema` names its shape.
    Json,
}

/// Renders `bytes` on one line: what is not UTF-8 becomes `\xNN`, control and formatting characters `\u{…}`.
///
/// Commit messages, paths and event payloads are written by others; a terminal must not obey them.
pub fn shown(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character == '\t' {
                text.push(' ');
            } else if character.is_control() || is_invisible(character) {
                text.extend(character.escape_unicode());
            } else {
                text.push(character);
            }
        }
        for byte in chunk.invalid() {
            write!(text, "\\x{byte:02x}").expect("writing to a String cannot fail");
        }
    }
    text
}

/// Renders `text` as one word for a shell, made harmless as [`shown`] does.
pub fn pasteable(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-/".contains(&byte);
    if !text.is_empty() && !text.starts_with('-') && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", shown(text.as_bytes()).replace('\'', r"'\''"))
}

/// Renders `value` as JSON on one line in which control and formatting characters are escaped.
///
/// # Panics
/// When `value` has maps whose keys are not text.
pub fn json(value: &impl serde::Serialize) -> String {
    let json = serde_json::to_string(value).expect("maps have text keys, numbers are finite");
    let raw = |character: char| character.is_control() || is_invisible(character);
    if !json.contains(raw) {
        return json;
    }
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if raw(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(text, "\\u{unit:04x}").expect("writing to a String cannot fail");
            }
        } else {
            text.push(character);
        }
    }
    text
}

/// Renders `text` with its lines and tabs, and everything else as [`shown`] does.
pub fn shown_lines(text: &str) -> String {
    let line = |line: &str| {
        let parts: Vec<_> = line.split('\t').map(|part| shown(part.as_bytes())).collect();
        parts.join("\t")
    };
    let lines: Vec<_> = text.split('\n').map(line).collect();
    lines.join("\n")
}

/// Tells whether `character` changes how its neighbours are drawn: zero width, bidirectional, line separators.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Writes `text` to standard output; a closed pipe stops the output and nothing else.
///
/// The error is for any other failure to write, such as a full disk.
pub fn print(text: &str) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Writes `text` to standard error, where nobody may be listening.
pub fn print_status(text: &str) {
    let mut stderr = std::io::stderr().lock();
    // Nothing is left to tell anybody when standard error itself is closed.
    stderr.write_all(text.as_bytes()).ok();
}

/// The name under which an error's message carries what to do next.
///
/// `message("…").with(HINT, "…")` gives an error a hint; the innermost one is shown.
pub const HINT: &str = "hint";

/// Renders `error` as an `error:` line, one `caused by:` line per cause, and a `hint:` line when it has one.
pub fn error_text(error: &gix::Error) -> String {
    let lines: Vec<String> =
        error.iter_errors().map(|cause| shown(said(cause).as_bytes())).collect();
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        let repeated = index.checked_sub(1).and_then(|before| lines.get(before)) == Some(line);
        if !repeated {
            let label = if index == 0 { "error" } else { "caused by" };
            writeln!(text, "{label}: {line}").expect("writing to a String cannot fail");
        }
    }
    if let Some(hint) = hint_of(error) {
        writeln!(text, "hint: {hint}").expect("writing to a String cannot fail");
    }
    text
}

/// Returns what an error says is to be done next: the innermost hint.
pub fn hint_of(error: &gix::Error) -> Option<&str> {
    let hints = error.metadata().filter_map(|values| match values.get(HINT) {
        Some(gix::error::MetadataValue::String(hint)) => Some(hint.as_str()),
        _ => None,
    });
    hints.last()
}

/// Returns what an error says, without the values that a message of ours carries for us.
pub fn said(error: &(dyn std::error::Error + 'static)) -> String {
    match error.downcast_ref::<gix::error::Message>() {
        Some(message) if message.values.get(HINT).is_some() => message.message.to_string(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use gix::error::{ErrorExt as _, ResultExt as _, message};

    use super::{HINT, error_text, json, pasteable, shown};

    #[test]
    fn an_error_says_each_cause_once_and_then_what_to_do() {
        let inner = Err::<(), _>(message("no such thing").with(HINT, "make one").raise());
        let same = inner.or_raise(|| message("no such thing"));
        let error = same.or_raise(|| message("could not \u{1b}start")).unwrap_err();
        assert_eq!(
            error_text(&error),
            "error: could not \\u{1b}start\ncaused by: no such thing\nhint: make one\n"
        );
    }

    #[test]
    fn json_is_harmless_and_says_the_same() {
        let text = "a\u{1b}\u{9b}\u{7f}\u{202e}\u{e0041}\u{e9}\n\"";
        let rendered = json(&text);
        assert_eq!(
            rendered,
            r#""a\u001b\u009b\u007f\u202e\udb40\udc41\u{e9}\n\"""#.replace("\\u{e9}", "\u{e9}")
        );
        assert_eq!(serde_json::from_str::<String>(&rendered).unwrap(), text);
    }

    #[test]
    fn a_word_for_a_shell_stays_one_word() {
        for (text, want) in [
            ("flaky-test", "flaky-test"),
            ("", "''"),
            ("-x", "'-x'"),
            ("a b;$(c)", "'a b;$(c)'"),
            ("it's\u{1b}", r"'it'\''s\u{1b}'"),
        ] {
            assert_eq!(pasteable(text), want, "{text:?}");
        }
    }

    #[test]
    fn hostile_text_is_harmless() {
        for (hostile, harmless) in [
            (&b"plain"[..], "plain"),
            (b"a\x1b[31mred", "a\\u{1b}[31mred"),
            (b"tab\tnew\nline", "tab new\\u{a}line"),
            (b"latin\xe9", "latin\\xe9"),
            ("caf\u{e9}".as_bytes(), "caf\u{e9}"),
            ("a\u{202e}b".as_bytes(), "a\\u{202e}b"),
        ] {
            assert_eq!(
                shown(hostile),
                harmless,
                "control, bidirectional and undecodable text is escaped"
            );
        }
    }
}
