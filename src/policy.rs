//! What does `dos.toml` ask for? Thresholds and word lists as data, with defaults.
//!
//! A table of another tool is noted and left alone; a wrong key or type inside one of ours is an error that
//! names file, line and key.

pub mod audit;
pub mod breaker;
pub mod churn;
pub mod done;
pub mod effect;
pub mod hooks;
pub mod known;
pub mod lanes;
pub mod leases;
pub mod liveness;
pub mod severity;
pub mod span;
pub mod stamp;
pub mod supervise;
pub mod tool_stream;
pub mod wait;

use std::path::Path;

use gix::bstr::ByteSlice as _;
use gix::error::{ErrorExt as _, Result, ResultExt as _, message};
use serde::Deserialize;

use crate::verdict;

/// The name of the policy file at the top of a worktree.
pub const FILE_NAME: &str = "dos.toml";

/// The tables of `dos.toml` that git-dos reads; all are optional.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// `[audit]`: what is added to the rules of the audit.
    pub audit: audit::Section,
    /// `[breaker]`: when repeated failures are to stop.
    pub breaker: breaker::Breaker,
    /// `[churn]`: when archives of nothing become one commit.
    pub churn: churn::Churn,
    /// `[done]`: which words claim that a phase is done.
    pub done: done::Done,
    /// `[effect.NAME]`: states that snapshots are taken of.
    pub effect: effect::Sources,
    /// `[hooks]`: how long what agents' hooks write down is kept.
    pub hooks: hooks::Hooks,
    /// `[lanes]`: the parts of the tree that one worker at a time may hold.
    pub lanes: lanes::Section,
    /// `[leases]`: whether other clones share the leases.
    pub leases: leases::Leases,
    /// `[liveness]`: how long a run may be quiet.
    pub liveness: liveness::Liveness,
    /// `[marker]`: the budget of a loop that is held at its stops.
    pub marker: wait::Marker,
    /// `[severity]`: who is told of which events.
    pub severity: severity::Section,
    /// `[stamp]`: how commits name what they ship.
    pub stamp: stamp::Section,
    /// `[supervise]`: how many workers a fleet has.
    pub supervise: supervise::Supervise,
    /// `[tool_stream]`: how often tool calls may repeat.
    pub tool_stream: tool_stream::ToolStream,
    /// `[wait]`: what becomes of a worker that stops to wait.
    pub wait: wait::Wait,
    /// Tables in the file that no part of git-dos reads, in file order.
    #[serde(skip)]
    pub unused_tables: Vec<String>,
}

/// The tables this version reads.
const TABLES: &[&str] = &[
    "audit",
    "breaker",
    "churn",
    "done",
    "effect",
    "hooks",
    "lanes",
    "leases",
    "liveness",
    "marker",
    "severity",
    "stamp",
    "supervise",
    "tool_stream",
    "wait",
];

impl Policy {
    /// Returns the rules of the audit: the built-in ones with `[audit]` added.
    pub fn audit_rules(&self) -> verdict::audit::Policy {
        audit::with_section(&self.audit)
    }

    /// Returns what becomes of a worker that stops to wait: `[wait]` and `[marker]`.
    pub fn waiting(&self) -> verdict::wait::Policy {
        wait::policy(self.wait, &self.marker)
    }
}

/// Reads the policy that binds `repository`: `dos.toml` at the top of the worktree, or in the commit that
/// `git config dos.policyRef` names. No file is the default policy.
pub fn load(repository: &gix::Repository) -> Result<Policy> {
    if let Some(reference) = repository.config_snapshot().string("dos.policyRef") {
        return load_from(repository, &reference.to_str_lossy());
    }
    let Some(worktree) = repository.workdir() else { return parse("", FILE_NAME) };
    match read(&worktree.join(FILE_NAME)) {
        Ok(text) => parse(&text, FILE_NAME),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => parse("", FILE_NAME),
        Err(error) => Err(error).or_raise(|| message("Could not read the policy")),
    }
}

/// Bytes that a policy file may have.
const FILE_LIMIT: u64 = 1024 * 1024;

/// Reads a policy file, which may be a link, but to nothing that never ends.
fn read(path: &Path) -> std::io::Result<String> {
    let metadata = fs_err::metadata(path)?;
    let refused = |why: &str| {
        Err(std::io::Error::new(
            std::io::ErrorKind::InvalidInput,
            format!("{}: {why}", path.display()),
        ))
    };
    if !metadata.is_file() {
        return refused("not a regular file");
    }
    if metadata.len() > FILE_LIMIT {
        return refused("larger than 1 MiB");
    }
    fs_err::read_to_string(path)
}

/// Reads `dos.toml` from the commit that `reference` names, so that no branch loosens the rules it is judged by.
fn load_from(repository: &gix::Repository, reference: &str) -> Result<Policy> {
    let context = || message!("Could not read the policy from dos.policyRef = {reference}");
    let commit = repository.rev_parse_single(reference).or_raise(context)?;
    let tree = commit.object().or_raise(context)?.peel_to_tree().or_raise(context)?;
    let name = format!("{reference}:{FILE_NAME}");
    let Some(entry) = tree.lookup_entry_by_path(FILE_NAME).or_raise(context)? else {
        return parse("", &name);
    };
    let blob = entry.object().or_raise(context)?;
    let text = blob.data.to_str().map_err(|_| message!("{name} is not UTF-8").raise())?;
    parse(text, &name)
}

/// Parses the text of a policy file; `name` is how errors call it.
pub fn parse(text: &str, name: &str) -> Result<Policy> {
    let mut policy: Policy = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_at(text, span.start));
        message!("{name}:{line}: {}", error.message()).raise()
    })?;
    if let Ok(table) = text.parse::<toml::Table>() {
        policy.unused_tables =
            table.keys().filter(|key| !TABLES.contains(&key.as_str())).cloned().collect();
    }
    Ok(policy)
}

/// Returns the number of the line that holds the byte at `offset`, from 1.
fn line_at(text: &str, offset: usize) -> usize {
    1 + text.get(..offset).map_or(0, |before| before.matches('\n').count())
}

#[cfg(test)]
mod tests {
    use super::{FILE_LIMIT, parse, read};

    #[test]
    fn only_regular_files_of_a_sane_size_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dos.toml");
        fs_err::write(&path, "[audit]\n").unwrap();
        assert_eq!(read(&path).unwrap(), "[audit]\n");
        fs_err::File::create(&path).unwrap().set_len(FILE_LIMIT + 1).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("larger than"));
        assert!(read(folder.path()).unwrap_err().to_string().contains("not a regular file"));
        #[cfg(unix)]
        {
            let endless = folder.path().join("endless");
            std::os::unix::fs::symlink("/dev/zero", &endless).unwrap();
            assert!(read(&endless).unwrap_err().to_string().contains("not a regular file"));
        }
    }

    #[test]
    fn errors_name_file_line_and_key() {
        for (text, part) in [
            ("[audit]\n\nignored = []\n", "dos.toml:3: unknown field `ignored`"),
            ("[audit]\nignore = 7\n", "dos.toml:2: invalid type"),
            ("[audit\n", "dos.toml:1: "),
        ] {
            let error = parse(text, "dos.toml").unwrap_err().to_string();
            assert!(error.starts_with(part), "{error} for {text:?}");
        }
    }

    #[test]
    fn other_tables_are_noted() {
        let policy = parse("[paths]\nx = 1\n[audit]\nignore = [\"a*\"]\n", "dos.toml").unwrap();
        assert_eq!(policy.unused_tables, ["paths"]);
        assert_eq!(policy.audit.ignore, ["a*"]);
    }
}
