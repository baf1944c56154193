//! Objects that a remote may have, made with git alone.

use serde_json::Value;

use crate::support::{Repository, run_with_input, succeed};

/// Writes a blob.
pub fn blob(bare: &Repository<'_>, content: &[u8]) -> String {
    run_with_input(bare.command("git").args(["hash-object", "-w", "--stdin"]), content).stdout
}

/// Writes a tree with one entry, `<mode> <kind>` and its object.
pub fn tree(bare: &Repository<'_>, kind: &str, object: &str, name: &str) -> String {
    let entry = format!("{kind} {object}\t{name}\n");
    run_with_input(bare.command("git").arg("mktree"), entry.as_bytes()).stdout
}

/// Writes a commit.
pub fn commit(bare: &Repository<'_>, tree: &str, parent: Option<&str>, message: &str) -> String {
    let mut command = bare.command("git");
    command.args(["commit-tree", "-m", message, tree]);
    if let Some(parent) = parent {
        command.args(["-p", parent]);
    }
    succeed(&mut command).stdout
}

/// Writes a change that makes `state` the set, and says what became of leases.
pub fn change(
    bare: &Repository<'_>,
    state: &Value,
    effects: &[Value],
    parent: Option<&str>,
) -> String {
    let mut lines = vec![format!("change\n\nDos-Generation: {}", state["generation"])];
    lines.extend(effects.iter().map(|effect| format!("Dos-Lease: {effect}")));
    let file = blob(bare, state.to_string().as_bytes());
    commit(bare, &tree(bare, "100644 blob", &file, "leases.json"), parent, &lines.join("\n"))
}
