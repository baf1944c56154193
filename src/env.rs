//! What does the environment say? The one place that reads environment variables.

use std::ffi::OsString;
use std::path::PathBuf;

/// The variable that tells our hooks that one of our own runs started them.
pub const HOOK_DEPTH: &str = "DOS_HOOK_DEPTH";

/// The variables by which agents and our own runs tell a hook where it is, and the switch of all hooks.
pub const HOOK_VARIABLES: [&str; 6] = [
    HOOK_DEPTH,
    "GIT_DOS_HOOKS",
    "CLAUDE_PROJECT_DIR",
    "CLAUDE_CODE_SESSION_ID",
    "GEMINI_PROJECT_DIR",
    "QWEN_PROJECT_DIR",
];

/// The variables by which a holder of leases is known that is not a run.
pub const HOLDER_VARIABLES: [&str; 3] = [HOOK_DEPTH, OWNER, "CLAUDE_CODE_SESSION_ID"];

/// The variables that tie git to one repository, from `git rev-parse --local-env-vars`.
pub const GIT_LOCAL_VARIABLES: [&str; 15] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_OBJECT_DIRECTORY",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
];

/// Returns the variable `name` when it is set and not empty.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
fn non_empty(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Returns the variable `name`, whatever it holds; what is not UTF-8 is replaced.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
pub fn setting(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// Returns the words of the command line after the program's name.
pub fn arguments() -> impl Iterator<Item = OsString> {
    std::env::args_os().skip(1)
}

/// Tells whether `GIT_DOS_HOOKS=0` switches every installed hook off for this process.
pub fn hooks_disabled() -> bool {
    non_empty("GIT_DOS_HOOKS").is_some_and(|value| value == "0")
}

/// Tells whether this process was started by a hook run of ours, from `DOS_HOOK_DEPTH`.
pub fn inside_own_hook() -> bool {
    non_empty(HOOK_DEPTH).is_some()
}

/// Tells whether colour is refused, from `NO_COLOR` (<https://no-color.org>) and a `TERM` that is `dumb`.
pub fn no_color() -> bool {
    non_empty("NO_COLOR").is_some() || is_dumb_terminal()
}

/// Tells whether the terminal can only print lines, from a `TERM` that is `dumb`.
pub fn is_dumb_terminal() -> bool {
    non_empty("TERM").is_some_and(|terminal| terminal == "dumb")
}

/// Tells whether text on the terminal is UTF-8, from `LC_ALL`, else `LC_CTYPE`, else `LANG`.
pub fn is_unicode() -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(non_empty);
    let utf8 = |locale: OsString| {
        let locale = locale.to_string_lossy().to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    };
    // Windows has none of them, and consoles that take UTF-8.
    set.map_or(cfg!(windows), utf8)
}

/// Returns the user's home directory from `HOME`, else `USERPROFILE`.
pub fn home() -> Option<PathBuf> {
    non_empty("HOME").or_else(|| non_empty("USERPROFILE")).map(PathBuf::from)
}

/// Returns the folder that Claude Code was started for, from `CLAUDE_PROJECT_DIR`.
pub fn claude_project() -> Option<PathBuf> {
    non_empty("CLAUDE_PROJECT_DIR").map(PathBuf::from)
}

/// Tells whether Claude Code names its session in `CLAUDE_CODE_SESSION_ID`.
pub fn has_claude_session() -> bool {
    non_empty("CLAUDE_CODE_SESSION_ID").is_some()
}

/// The variable that names the holder of leases.
pub const OWNER: &str = "GIT_DOS_OWNER";

/// Returns the name that whoever started us holds leases by, from `GIT_DOS_OWNER`, if it is UTF-8 text.
pub fn owner() -> Option<String> {
    non_empty(OWNER).and_then(|value| value.into_string().ok())
}

/// Returns the session of the agent that started us, from `CLAUDE_CODE_SESSION_ID`, if it is UTF-8 text.
pub fn agent_session() -> Option<String> {
    non_empty("CLAUDE_CODE_SESSION_ID").and_then(|value| value.into_string().ok())
}

/// Tells whether Qwen Code started us, from `QWEN_PROJECT_DIR`.
pub fn has_qwen_project() -> bool {
    non_empty("QWEN_PROJECT_DIR").is_some()
}

/// Tells whether Gemini CLI, or Qwen Code after it, started us, from `GEMINI_PROJECT_DIR`.
pub fn has_gemini_project() -> bool {
    non_empty("GEMINI_PROJECT_DIR").is_some()
}

/// Returns the folder that the variable `name` of an agent holds.
pub fn folder(name: &str) -> Option<PathBuf> {
    non_empty(name).map(PathBuf::from)
}

/// Returns the folders of `PATH`, in order.
pub fn search_path() -> Vec<PathBuf> {
    non_empty("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default()
}

/// Returns the variables git sets for its hooks (`GIT_DIR`, `GIT_INDEX_FILE`) that are present.
pub fn git_hook_variables() -> Vec<&'static str> {
    ["GIT_DIR", "GIT_INDEX_FILE"].into_iter().filter(|name| non_empty(name).is_some()).collect()
}

/// Returns the lineage variable `name` (see [`run_id::variable`](crate::run_id::variable)), if it is UTF-8 text.
pub fn lineage(name: &str) -> Option<String> {
    non_empty(name).and_then(|value| value.into_string().ok())
}

/// Returns the name of this machine, from `COMPUTERNAME`.
#[cfg(not(unix))]
pub fn computer_name() -> Option<String> {
    non_empty("COMPUTERNAME").and_then(|name| name.into_string().ok())
}

/// Returns the folder for this user's data of programs, from `XDG_DATA_HOME`.
pub fn data_home() -> Option<PathBuf> {
    non_empty("XDG_DATA_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute())
}

/// Returns the step of a rewrite after which a test wants to pause, from `GIT_DOS_PAUSE_AFTER`.
#[cfg(debug_assertions)]
pub fn pause_after() -> Option<OsString> {
    non_empty("GIT_DOS_PAUSE_AFTER")
}

/// Returns the verb in which a test wants to see a panic, from `GIT_DOS_PANIC_AT`.
#[cfg(debug_assertions)]
pub fn panic_at() -> Option<OsString> {
    non_empty("GIT_DOS_PANIC_AT")
}

/// Returns the folder for what programs of this user remember: `XDG_STATE_HOME`, else as its standard has it.
pub fn state_home() -> Option<PathBuf> {
    let named = non_empty("XDG_STATE_HOME").or_else(|| non_empty("LOCALAPPDATA"));
    named.map(PathBuf::from).or_else(|| home().map(|home| home.join(".local/state")))
}

/// Tells whether a program called `name` can be run from `PATH`.
pub fn has_program(name: &str) -> bool {
    find_program(name).is_some()
}

/// Returns the program that `PATH` has under `name`, the first of them.
pub fn find_program(name: &str) -> Option<PathBuf> {
    search_path().into_iter().map(|folder| folder.join(name)).find(|path| is_program(path))
}

/// Returns the path of this program, as it stays valid when the program is replaced by a newer one.
///
/// Package managers put programs into folders of their version and link to them from a folder in `PATH`; so
/// the path under which `PATH` has this very file is better than the one the system knows.
pub fn own_program() -> std::io::Result<PathBuf> {
    let running = std::env::current_exe()?;
    let real = fs_err::canonicalize(&running)?;
    let known = search_path().into_iter().map(|folder| folder.join("git-dos"));
    let mut same = known
        .filter(|path| path.is_absolute())
        .filter(|path| fs_err::canonicalize(path).is_ok_and(|path| path == real));
    Ok(same.next().unwrap_or(running))
}

fn is_program(path: &std::path::Path) -> bool {
    let Ok(metadata) = fs_err::metadata(path) else { return false };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        metadata.is_file() && metadata.permissions().mode() & 0o111 != 0
    }
    #[cfg(not(unix))]
    metadata.is_file()
}
