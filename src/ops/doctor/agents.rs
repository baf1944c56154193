//! Do the agents' hooks work? Each is called with a payload of that agent, and has to take note of it.

use std::path::{Path, PathBuf};

use git_dos_agent_hooks::Host;
use git_dos_agent_hooks::settings::{Command, Settings, Standing};
use serde_json::Value;

use super::trial::{Call, Line, Sign};
use super::wiring::of;
use super::{Finding, Installed, Part, Trying, Weight, at_most, payloads};
use crate::ops::status::{Report, Row, Verdict};
use crate::ops::wiring::agents;
use crate::ops::wiring::place::Scope;

/// The session that the payloads speak of.
const SESSION: &str = "git-dos-doctor";

/// The file that takes note of every call that is answered.
const SIGN: Sign = Sign::Record(&["seen/recent"]);

/// Our plugin for Claude Code, switched on.
pub(super) struct Plugin {
    /// The settings that switch it on.
    file: PathBuf,
    /// Its name there.
    name: String,
}

impl Plugin {
    /// Looks for it in the settings of every worktree and of the user.
    pub(super) fn find(status: &Report) -> Option<Self> {
        let files = status.worktrees.iter().flat_map(|seen| {
            Scope::ALL.into_iter().filter_map(|scope| scope.settings(Host::Claude, &seen.top))
        });
        files.into_iter().find_map(|file| {
            let settings: Value = serde_json::from_slice(&fs_err::read(&file).ok()?).ok()?;
            let plugins = settings.get("enabledPlugins")?.as_object()?.iter();
            let on = |(name, on): &(&String, &Value)| {
                name.starts_with("git-dos@") && on.as_bool() == Some(true)
            };
            let name = plugins.into_iter().find(on)?.0.clone();
            Some(Self { file, name })
        })
    }
}

/// Tries the hooks that are in place.
pub(super) fn part(trying: &Trying<'_>, status: &Report, plugin: Option<&Plugin>) -> Part {
    let mut part =
        Part { name: "agents", summary: String::new(), answered: Vec::new(), findings: Vec::new() };
    let rows = status.worktrees.iter().flat_map(|seen| &seen.rows);
    // One that the agent does not run yet, or is not to run, may work all the same.
    let rows: Vec<&Row> = rows
        .filter(|row| {
            use Verdict::{Installed, Suppressed, UnknownTrust, Untrusted};
            matches!(row.verdict, Installed | Suppressed | UnknownTrust | Untrusted)
        })
        .collect();
    for host in Host::ALL {
        let rows: Vec<&Row> =
            rows.iter().copied().filter(|row| row.caller == host.name()).collect();
        try_host(trying, &mut part, host, &rows);
    }
    part.findings.extend(doubles(&rows, plugin));
    let mut names: Vec<&str> = part.answered.iter().map(|answered| answered.caller).collect();
    names.dedup();
    part.summary = if names.is_empty() {
        "no agent is wired here".to_owned()
    } else {
        let count = of(part.answered.len(), "hook");
        format!("{}: {count} answer, {}", names.join(", "), at_most(&part.answered))
    };
    part
}

/// Tries each command of one agent once for each event, whichever worktrees have it.
fn try_host(trying: &Trying<'_>, part: &mut Part, host: Host, rows: &[&Row]) {
    let mut tried: Vec<(&str, String)> = Vec::new();
    let mut reached: Vec<String> = Vec::new();
    for row in rows {
        let installed =
            Installed { caller: host.name(), event: &row.event, file: &row.file, sign: SIGN };
        let payload = payloads::of(host, &row.event, &trying.ground.top, SESSION);
        let (Some(line), Some(payload)) = (line(host, &row.file, &row.event), payload) else {
            let sentence = "its command cannot be told from the file; git dos install".to_owned();
            part.findings.push(installed.found(Weight::Unknown, "UNTRIED", sentence));
            continue;
        };
        if tried.contains(&(&row.event, line.clone())) {
            continue;
        }
        tried.push((&row.event, line.clone()));
        let call = Call {
            line: Line::Shell(line.clone()),
            arguments: Vec::new(),
            input: payload,
            variables: variables(host, &trying.ground.top),
        };
        let is_well = trying.run(part, &installed, &call);
        // One command is found for all events or for none.
        if is_well && !reached.contains(&line) {
            trying.run_graphical(part, &installed, &call);
            reached.push(line);
        }
    }
}

/// Returns the command that the agent runs for `event` by its file.
fn line(host: Host, file: &Path, event: &str) -> Option<String> {
    let bytes = fs_err::read(file).ok()?;
    match host {
        Host::OpenCode => match Standing::of(Settings::of(host), &bytes) {
            Standing::Ours { program: Some(program), .. } => Some(Command::Plain(&program).line()),
            Standing::Ours { program: None, .. } => Some(Command::Guarded.line()),
            Standing::Changed | Standing::Foreign => None,
        },
        Host::Copilot => {
            let settings: Value = serde_json::from_slice(&bytes).ok()?;
            let handler = settings.get("hooks")?.get(event)?.get(0)?;
            handler.get("bash")?.as_str().map(str::to_owned)
        }
        Host::Antigravity
        | Host::Claude
        | Host::Codex
        | Host::Cursor
        | Host::Gemini
        | Host::Qwen
        | Host::VsCode
        | Host::Windsurf => {
            let mut spots = agents::find(host, &bytes).ok()?.into_iter();
            Some(spots.find(|spot| spot.event == event)?.command)
        }
    }
}

/// Returns what the agent sets in the environment of its hooks.
fn variables(host: Host, top: &Path) -> Vec<(&'static str, std::ffi::OsString)> {
    let names: &[&str] = match host {
        Host::Claude => &["CLAUDE_PROJECT_DIR"],
        Host::Gemini => &["CLAUDE_PROJECT_DIR", "GEMINI_PROJECT_DIR"],
        Host::Qwen => &["CLAUDE_PROJECT_DIR", "GEMINI_PROJECT_DIR", "QWEN_PROJECT_DIR"],
        Host::Antigravity
        | Host::Codex
        | Host::Copilot
        | Host::Cursor
        | Host::OpenCode
        | Host::VsCode
        | Host::Windsurf => &[],
    };
    names.iter().map(|name| (*name, top.into())).collect()
}

/// Names the agents that are told of one event by two files.
fn doubles(rows: &[&Row], plugin: Option<&Plugin>) -> Vec<Finding> {
    let of_host = |host: Host| rows.iter().find(|row| row.caller == host.name());
    let mut findings = Vec::new();
    let claude = of_host(Host::Claude);
    if let (Some(row), Some(plugin)) = (claude, plugin) {
        findings.push(Finding {
            weight: Weight::Problem,
            verdict: "DUPLICATE",
            about: "claude".to_owned(),
            file: Some(row.file.clone()),
            sentence: format!(
                "the plugin {} in {} calls git-dos as well; claude plugin disable {}",
                plugin.name,
                plugin.file.display(),
                plugin.name
            ),
        });
    }
    if let (Some(row), Some(other)) = (claude, of_host(Host::Copilot)) {
        let first = Finding {
            weight: Weight::Note,
            verdict: "DUPLICATE",
            about: "copilot, vscode".to_owned(),
            file: Some(other.file.clone()),
            sentence: format!(
                "they read {} too, and git-dos answers the second call of each event with silence",
                row.file.display()
            ),
        };
        findings.push(first);
    }
    findings
}
