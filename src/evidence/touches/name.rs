//! What is a tool for, as its name says?

/// What a tool does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It runs commands.
    Shell,
    /// It applies a patch in the form that Codex gives its model.
    Patch,
    /// It reads, or does nothing with files.
    Reader,
    /// It takes files away, or elsewhere.
    Remover,
    /// It writes the files that it is given.
    Writer,
}

/// The names of tools that run commands, without capitals and underlines.
const SHELLS: [&str; 13] = [
    "bash",
    "shell",
    "localshell",
    "shellcommand",
    "exec",
    "execcommand",
    "execute",
    "executecommand",
    "runcommand",
    "runshellcommand",
    "runterminalcmd",
    "runinterminal",
    "terminal",
];

/// Words in the names of tools that change something, whatever else the name says.
const WRITES: [&str; 15] = [
    "write", "edit", "create", "insert", "replace", "update", "append", "save", "put", "patch",
    "apply", "set", "delete", "remove", "move",
];

/// Words in the names of tools that take files away.
const REMOVES: [&str; 4] = ["delete", "remove", "move", "rename"];

/// Words in the names of tools that only look.
const READS: [&str; 15] = [
    "read", "list", "ls", "get", "search", "find", "view", "grep", "glob", "fetch", "show", "stat",
    "info", "tree", "query",
];

/// Tells what the tool called `name` is for; one whose name says nothing may write.
pub(super) fn kind(name: &str) -> Kind {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = plain.to_ascii_lowercase();
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if plain == "applypatch" {
        Kind::Patch
    } else if SHELLS.contains(&plain.as_str()) {
        Kind::Shell
    } else if has(&REMOVES) {
        Kind::Remover
    } else if has(&READS) && !has(&WRITES) {
        Kind::Reader
    } else {
        Kind::Writer
    }
}

/// Splits a name such as `mcp__fs__read_file` or `NotebookEdit` into its words, without capitals.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() || (was_small && letter.is_uppercase()) {
            words.push(String::new());
        }
        was_small = letter.is_lowercase();
        if let Some(word) = words.last_mut()
            && letter.is_alphanumeric()
        {
            word.extend(letter.to_lowercase());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind};

    #[test]
    fn tools_are_known_by_their_names() {
        for (names, want) in [
            ("Edit Write MultiEdit NotebookEdit create_file replace_string_in_file", Kind::Writer),
            ("search_replace write_file mcp__fs__write_file str_replace TodoWrite", Kind::Writer),
            ("Task something_new", Kind::Writer),
            ("Read Grep Glob LS NotebookRead WebFetch WebSearch", Kind::Reader),
            ("read_file list_dir mcp__fs__read_file view grep_search", Kind::Reader),
            ("Bash shell exec_command run_shell_command run_terminal_cmd local_shell", Kind::Shell),
            ("apply_patch ApplyPatch", Kind::Patch),
            ("delete_file mcp__fs__move_file", Kind::Remover),
        ] {
            for name in names.split(' ') {
                assert_eq!(kind(name), want, "{name}");
            }
        }
    }
}
