//! Does a tool look at something, change something, or ask how a task in the background is doing?

/// What kind of thing a tool does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It looks at files or pages.
    Read,
    /// It changes files.
    Write,
    /// It asks how something in the background is doing, or waits for it.
    Poll,
    /// It may do anything, or nobody knows.
    Other,
}

/// Tools that look at something: letters and digits of their names in lower case.
const READ: [&str; 19] = [
    "codebasesearch",
    "fetch",
    "filesearch",
    "glob",
    "grep",
    "grepsearch",
    "listdir",
    "listdirectory",
    "ls",
    "notebookread",
    "read",
    "readfile",
    "readmanyfiles",
    "search",
    "searchfilecontent",
    "view",
    "viewfile",
    "webfetch",
    "websearch",
];

/// Tools that change files.
const WRITE: [&str; 19] = [
    "applypatch",
    "createfile",
    "delete",
    "deletefile",
    "edit",
    "editfile",
    "inserteditintofile",
    "movefile",
    "multiedit",
    "notebookedit",
    "replace",
    "replacestringinfile",
    "searchreplace",
    "strreplace",
    "strreplacebasededittool",
    "strreplaceeditor",
    "update",
    "write",
    "writefile",
];

/// Tools that ask for a task in the background, or wait for it.
const POLL: [&str; 14] = [
    "agentoutput",
    "agentoutputtool",
    "awaittask",
    "bashoutput",
    "checkstatus",
    "commandstatus",
    "getterminaloutput",
    "readbash",
    "sleep",
    "taskget",
    "taskoutput",
    "taskstatus",
    "wait",
    "waitforprevioustools",
];

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Poll, Self::Other];

    /// Returns the word for the kind in records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Poll => "poll",
            Self::Other => "other",
        }
    }

    /// Returns the kind called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Tells the kind of a tool by its name, and by its command if it runs one.
    pub fn of(tool: &str, command: Option<&str>) -> Self {
        // A server's tool is called `mcp__<server>__<tool>`.
        let own = tool.rsplit("__").next().unwrap_or(tool);
        let plain = own.chars().filter(char::is_ascii_alphanumeric);
        let plain: String = plain.map(|letter| letter.to_ascii_lowercase()).collect();
        let is_in = |names: &[&str]| names.binary_search(&plain.as_str()).is_ok();
        let sleeps = command.is_some_and(|command| command.trim_start().starts_with("sleep "));
        if is_in(&POLL) || sleeps {
            Self::Poll
        } else if is_in(&WRITE) {
            Self::Write
        } else if is_in(&READ) {
            Self::Read
        } else {
            Self::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, POLL, READ, WRITE};

    #[test]
    fn tools_are_known_however_they_are_spelled() {
        for (tool, command, want) in [
            ("Read", None, Kind::Read),
            ("read_file", None, Kind::Read),
            ("mcp__files__read-file", None, Kind::Read),
            ("MultiEdit", None, Kind::Write),
            ("apply_patch", None, Kind::Write),
            ("BashOutput", None, Kind::Poll),
            ("Bash", Some("  sleep 30; tail log"), Kind::Poll),
            ("Bash", Some("make; sleep 3"), Kind::Other),
            ("Bash", None, Kind::Other),
            ("", None, Kind::Other),
            ("Reader", None, Kind::Other),
        ] {
            assert_eq!(Kind::of(tool, command), want, "{tool} {command:?}");
        }
        for names in [&READ[..], &WRITE, &POLL] {
            assert!(names.is_sorted(), "they are searched by halves: {names:?}");
        }
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.name()), Some(kind), "its own name");
        }
    }
}
