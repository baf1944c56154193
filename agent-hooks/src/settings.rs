//! Which file of an agent has which hooks of ours, and how are they known again?

use std::path::{Path, PathBuf};

use crate::{
    Host, antigravity, claude, codex, copilot, cursor, gemini, opencode, qwen, vscode, windsurf,
};

/// How one agent comes to call us.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The agent.
    pub host: Host,
    /// Its programs; one of them in `PATH` shows that the user has it.
    pub programs: &'static [&'static str],
    /// The folder of the user's own settings.
    pub home: Home,
    /// Files and folders below the user's home that only who has the agent has; empty for the folder above.
    pub signs: &'static [&'static str],
    /// The file for one worktree and one person, from the top of the worktree.
    pub local: Option<&'static str>,
    /// The file for all who work with a repository, from the top of the worktree.
    pub shared: Option<&'static str>,
    /// The file for one person everywhere, from the folder of the user's own settings.
    pub user: Option<&'static str>,
    /// What such a file looks like.
    pub form: Form,
    /// The hooks that we ask for.
    pub hooks: &'static [Hook],
    /// Writes the object for one hook.
    pub handler: fn(&Hook, Command<'_>) -> Vec<(&'static str, Field)>,
}

/// The folder of a user's own settings.
#[derive(Debug, Clone, Copy)]
pub struct Home {
    /// The variable that names it.
    pub variable: Option<&'static str>,
    /// Where it is otherwise, below the user's home.
    pub folder: &'static str,
}

/// What a file with hooks looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `hooks` → event → groups, each with an array `hooks` of handlers.
    Groups,
    /// `hooks` → event → handlers; a new file gets that `version` first.
    Handlers {
        /// The version of the form.
        version: Option<u32>,
    },
    /// The name of a set of hooks → event → handlers, or groups for the events of tools.
    Named,
    /// A file in a folder of such files, which is ours as a whole.
    Own,
}

/// One hook that we ask an agent to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hook {
    /// The event, as the agent spells it.
    pub event: &'static str,
    /// How long it may take, in seconds.
    pub seconds: u32,
    /// Which tools it is about; `None` where that has no meaning, or for all of them.
    pub matcher: Option<&'static str>,
    /// What it is for.
    pub purpose: Purpose,
}

/// What a hook is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To know what the agent does, and to tell it something.
    Watching,
    /// To refuse a tool that would write into a lane of somebody else's.
    Lanes,
}

/// Which of the hooks an agent's file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of them.
    All,
    /// Those that are of use where there are no lanes.
    NoLanes,
}

impl Extent {
    /// Tells whether `hook` is one of them.
    pub fn has(self, hook: &Hook) -> bool {
        self == Self::All || hook.purpose == Purpose::Watching
    }
}

impl Hook {
    /// Makes a hook for `event` that may take `seconds`.
    pub(crate) const fn new(event: &'static str, seconds: u32) -> Self {
        Self { event, seconds, matcher: None, purpose: Purpose::Watching }
    }

    /// Makes a hook that is asked before a tool is used.
    pub(crate) const fn before_tool(event: &'static str) -> Self {
        Self { purpose: Purpose::Lanes, ..Self::new(event, 5) }
    }

    /// Restricts the hook to the tools that `matcher` names.
    pub(crate) const fn on(self, matcher: &'static str) -> Self {
        Self { matcher: Some(matcher), ..self }
    }
}

/// A value in the object for one hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// A string.
    Text(String),
    /// A whole number.
    Number(u32),
}

impl Field {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

/// How the agent finds our program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command<'p> {
    /// By its full path: for files that one person has.
    Plain(&'p Path),
    /// In `PATH`, silent where it is not installed: for files that others run as well.
    Guarded,
}

/// The command for files that others run as well.
pub const GUARDED: &str = "command -v git-dos >/dev/null 2>&1 || exit 0; exec git-dos hook agent";

/// As [`GUARDED`], in the words of PowerShell.
pub(crate) const POWERSHELL: &str =
    "if (Get-Command git-dos -ErrorAction SilentlyContinue) { git-dos hook agent }; exit 0";

/// As [`GUARDED`], for agents on Windows that hand a line to whatever shell there is.
pub(crate) const WINDOWS: &str = "powershell -NoProfile -Command \"if (Get-Command git-dos -ErrorAction \
    SilentlyContinue) { git-dos hook agent }; exit 0\"";

impl Command<'_> {
    /// Returns the line of shell.
    ///
    /// A path that is not UTF-8 cannot stand in a JSON file; then the program is looked up in `PATH`.
    pub fn line(self) -> String {
        let Self::Plain(program) = self else { return GUARDED.to_owned() };
        let path = program.to_str().unwrap_or("git-dos");
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+:@%,=".contains(&byte);
        if path.bytes().all(plain) {
            format!("{path} hook agent")
        } else {
            format!("'{}' hook agent", path.replace('\'', r"'\''"))
        }
    }

    /// Returns the line of shell with the name of the agent, for payloads that could be another's as well.
    pub(crate) fn line_for(self, host: Host) -> String {
        format!("{} --host {}", self.line(), host.name())
    }
}

impl Settings {
    /// Returns how `host` comes to call us.
    pub fn of(host: Host) -> &'static Self {
        match host {
            Host::Antigravity => &antigravity::SETTINGS,
            Host::Claude => &claude::settings::SETTINGS,
            Host::Codex => &codex::SETTINGS,
            Host::Copilot => &copilot::SETTINGS,
            Host::Cursor => &cursor::SETTINGS,
            Host::Gemini => &gemini::SETTINGS,
            Host::OpenCode => &opencode::SETTINGS,
            Host::Qwen => &qwen::SETTINGS,
            Host::VsCode => &vscode::SETTINGS,
            Host::Windsurf => &windsurf::SETTINGS,
        }
    }

    /// Lists the hooks of `extent`.
    pub fn hooks_of(&self, extent: Extent) -> impl Iterator<Item = &'static Hook> {
        self.hooks.iter().filter(move |hook| extent.has(hook))
    }

    /// Returns the whole text of a file of the form [`Form::Own`].
    pub fn own_file(&self, command: Command<'_>, extent: Extent) -> Option<String> {
        match self.host {
            Host::Copilot => Some(copilot::own_file(extent)),
            Host::OpenCode => Some(opencode::own_file(command, extent)),
            Host::Antigravity
            | Host::Claude
            | Host::Codex
            | Host::Cursor
            | Host::Gemini
            | Host::Qwen
            | Host::VsCode
            | Host::Windsurf => None,
        }
    }
}

/// What a file at the place of one of our own is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Just as we would write it.
    Ours {
        /// The program that it names; `None` for one looked up in `PATH`.
        program: Option<PathBuf>,
        /// The hooks that it has.
        extent: Extent,
    },
    /// Ours, and changed since, or of another version.
    Changed,
    /// Somebody else's.
    Foreign,
}

impl Standing {
    /// Judges `text`, which is at the place of the own file of `settings`.
    pub fn of(settings: &Settings, text: &[u8]) -> Self {
        let Ok(text) = str::from_utf8(text) else { return Self::Foreign };
        let program = opencode::program_in(text);
        let command = program.as_deref().map_or(Command::Guarded, Command::Plain);
        let is_of = |extent: &Extent| settings.own_file(command, *extent).as_deref() == Some(text);
        let extent = [Extent::All, Extent::NoLanes].into_iter().find(is_of);
        match extent {
            Some(extent) => Self::Ours { program, extent },
            None if text.contains("git-dos") => Self::Changed,
            None => Self::Foreign,
        }
    }
}

/// Returns the handler that Claude Code, Codex and others have in common.
pub(crate) fn command_handler(hook: &Hook, line: String) -> Vec<(&'static str, Field)> {
    vec![
        ("type", Field::text("command")),
        ("command", Field::Text(line)),
        ("timeout", Field::Number(hook.seconds)),
    ]
}

/// Returns the program that a command of ours names by its full path; `None` for one looked up in `PATH`.
pub fn program_of(command: &str) -> Option<PathBuf> {
    let quoted = command.strip_prefix('\'').and_then(|rest| rest.split_once("' hook agent"));
    let path = match quoted {
        Some((path, _)) => path.replace(r"'\''", "'"),
        None => command.split_once(" hook agent")?.0.to_owned(),
    };
    Some(PathBuf::from(path)).filter(|path| path.is_absolute())
}

/// Tells whether a handler is ours, whatever path and form it has.
///
/// `arguments` are those of the form without a shell; empty otherwise.
pub fn is_own(command: &str, arguments: &[&str]) -> bool {
    if let [first, second, ..] = arguments {
        return (*first, *second) == ("hook", "agent") && ends_with_program(command);
    }
    command
        .match_indices("hook agent")
        .any(|(at, _)| ends_with_program(command.get(..at).unwrap_or_default()))
}

/// Tells whether `text` ends with our program's name as the last part of a path or word.
fn ends_with_program(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches(['\'', '"']);
    let text = text.strip_suffix(".exe").unwrap_or(text);
    text.strip_suffix("git-dos")
        .is_some_and(|before| !before.ends_with(|last: char| last.is_alphanumeric() || last == '-'))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Command, GUARDED, Settings, is_own, program_of};
    use crate::Host;

    fn plain(path: &str) -> String {
        Command::Plain(Path::new(path)).line()
    }

    #[test]
    fn our_commands_are_known_again_in_every_form() {
        for command in [
            GUARDED,
            &plain("/usr/local/bin/git-dos"),
            &plain("/it's here/git-dos"),
            "git-dos hook agent --host claude",
            r#""C:\Program Files\git-dos.exe" hook agent"#,
            "timeout 5 git-dos hook agent || true",
            super::POWERSHELL,
            super::WINDOWS,
        ] {
            assert!(is_own(command, &[]), "{command}");
        }
        assert!(is_own("/opt/git-dos", &["hook", "agent"]), "the form without a shell");
        for command in
            ["my-git-dos hook agent", "git-dos audit", "dos hook agent", "echo hook agent"]
        {
            assert!(!is_own(command, &[]), "{command}");
        }
        assert!(!is_own("git-dos hook agent", &["other", "words"]), "other words");
        assert_eq!(plain("/a b/git-dos"), "'/a b/git-dos' hook agent");
    }

    #[test]
    fn the_program_of_a_command_is_read_back() {
        for path in ["/usr/bin/git-dos", "/it's a/git-dos"] {
            for command in [plain(path), format!("{} --host gemini", plain(path))] {
                assert_eq!(program_of(&command).as_deref(), Some(Path::new(path)), "{command}");
            }
        }
        assert_eq!(program_of(GUARDED), None, "whichever PATH has");
    }

    #[test]
    fn every_agent_has_settings_of_its_own_or_says_whose_it_reads() {
        for host in Host::ALL {
            let settings = Settings::of(host);
            assert_eq!(settings.host, host, "its own");
            let files = [settings.local, settings.shared, settings.user];
            assert_eq!(files.iter().all(Option::is_none), host == Host::VsCode, "{host:?}");
            for hook in settings.hooks {
                for command in [Command::Guarded, Command::Plain(Path::new("/bin/git-dos"))] {
                    let handler = (settings.handler)(hook, command);
                    let ours = handler.iter().any(|(_, field)| match field {
                        super::Field::Text(text) => is_own(text, &[]),
                        super::Field::Number(_) => false,
                    });
                    assert!(ours || handler.is_empty(), "{host:?} {} runs us", hook.event);
                }
            }
        }
    }
}
