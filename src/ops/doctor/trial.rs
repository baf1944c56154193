//! What does an installed command do when it is called as git or an agent calls it, and how long does it take?

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::time::Duration;

#[expect(
    clippy::disallowed_types,
    reason = "an installed command is run as its caller runs it"
)]
use std::process::Command;

use super::ground::Ground;
use crate::{clock, env};

/// How long a command may take until it is given up.
const DEADLINE: Duration = Duration::from_secs(10);

/// How often a command is looked at while it runs; the measure is that much too long at most.
const GLANCE: Duration = Duration::from_micros(200);

/// How often a command is run to be measured.
const TIMES: usize = 3;

/// The folders that programs with a window search, which no shell has started.
#[cfg(target_os = "macos")]
pub(super) const GRAPHICAL_PATH: &str = "/usr/bin:/bin:/usr/sbin:/sbin";
/// The folders that programs with a window search, which no shell has started.
#[cfg(not(target_os = "macos"))]
pub(super) const GRAPHICAL_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// What is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// A line for the shell, followed by the arguments.
    Shell(String),
    /// The text of a script.
    Script(Vec<u8>),
}

/// How a command is called.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// What is run.
    pub(super) line: Line,
    /// The words behind it.
    pub(super) arguments: Vec<OsString>,
    /// What it reads.
    pub(super) input: Vec<u8>,
    /// What its caller sets in its environment.
    pub(super) variables: Vec<(&'static str, OsString)>,
}

/// Which folders a command is looked for in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Search {
    /// Those of this process.
    Path,
    /// Those of programs with a window.
    Graphical,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ran {
    /// It ended and git-dos had heard of it.
    Answered(Duration),
    /// It ended as if all were well, and git-dos had not heard of it.
    Unheard,
    /// It ended otherwise: how, and what it said.
    Failed(String, String),
    /// It did not end in time.
    Late,
}

/// How to tell that git-dos has heard of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// It refuses, in our words.
    Refusal,
    /// It leaves one of these in the folder of its state.
    Record(&'static [&'static str]),
}

/// Runs `call` a few times and returns the median of them, or what came of the first that went wrong.
pub(super) fn measure(ground: &Ground, sign: Sign, call: &Call) -> io::Result<Ran> {
    let mut times = Vec::new();
    for _ in 0..TIMES {
        match run(ground, sign, call, Search::Path)? {
            Ran::Answered(time) => times.push(time),
            wrong @ (Ran::Unheard | Ran::Failed(..) | Ran::Late) => return Ok(wrong),
        }
    }
    times.sort();
    Ok(Ran::Answered(times.get(TIMES / 2).copied().unwrap_or_default()))
}

/// Runs `call` once in `ground`.
pub(super) fn run(ground: &Ground, sign: Sign, call: &Call, search: Search) -> io::Result<Ran> {
    ground.clean()?;
    let said = ground.beside("said");
    let began = clock::instant();
    let Some(status) = wait(&mut spawn(ground, call, search, &said)?)? else {
        return Ok(Ran::Late);
    };
    let time = began.elapsed();
    let said = String::from_utf8_lossy(&fs_err::read(&said)?).into_owned();
    let (wanted, heard) = match sign {
        Sign::Refusal => (1, said.contains("git-dos: ")),
        Sign::Record(names) => (0, names.iter().any(|name| ground.has(name))),
    };
    Ok(match status.code() {
        Some(code) if code == wanted && heard => Ran::Answered(time),
        Some(0) => Ran::Unheard,
        Some(_) | None => Ran::Failed(status.to_string(), said),
    })
}

/// Starts the command; what it says goes to the file `said`.
#[expect(clippy::disallowed_types, reason = "an installed command is run as its caller runs it")]
fn spawn(ground: &Ground, call: &Call, search: Search, said: &Path) -> io::Result<Child> {
    let mut command = Command::new("sh");
    match &call.line {
        Line::Shell(line) if call.arguments.is_empty() => command.args(["-c", line]),
        Line::Shell(line) => command.arg("-c").arg(format!("{line} \"$@\"")).arg("hook"),
        Line::Script(text) => {
            // Beside its own place, so that a hook chained there stays out of it.
            let script = ground.beside("hook");
            fs_err::write(&script, text)?;
            command.arg(script)
        }
    };
    let input = ground.beside("input");
    fs_err::write(&input, &call.input)?;
    for variable in env::GIT_LOCAL_VARIABLES.iter().chain(&env::HOOK_VARIABLES) {
        command.env_remove(variable);
    }
    if search == Search::Graphical {
        command.env("PATH", GRAPHICAL_PATH);
    }
    let variables = call.variables.iter().map(|(name, value)| (name, value));
    command
        .args(&call.arguments)
        .current_dir(&ground.top)
        .envs(variables)
        .stdin(fs_err::File::open(input)?.into_file())
        .stdout(Stdio::null())
        .stderr(fs_err::File::create(said)?.into_file())
        .spawn()
}

/// Waits for `child`; `None` when it had to be ended.
fn wait(child: &mut Child) -> io::Result<Option<ExitStatus>> {
    let began = clock::instant();
    while began.elapsed() < DEADLINE {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        std::thread::sleep(GLANCE);
    }
    // It may have ended just now, which is too late as well.
    child.kill().ok();
    child.wait()?;
    Ok(None)
}
