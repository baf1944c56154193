//! Which lines of ours in `info/exclude` keep git from seeing the agents' settings of a worktree?

use git_dos_agent_hooks::Host;
use git_dos_agent_hooks::settings::Settings;

/// The line above ours.
const HEAD: &str = "# git dos: the agents' settings of this worktree";

/// Returns the line for the settings at `path`, from the top of the worktree.
pub fn line(path: &str) -> String {
    format!("/{path}")
}

/// Returns the lines of ours in `bytes`.
pub fn lines_in(bytes: &[u8]) -> Vec<String> {
    block(bytes).map(|block| block.lines).unwrap_or_default()
}

/// Returns `bytes` with exactly `lines` of ours, at the place where ours are, else at the end.
pub fn with(bytes: &[u8], lines: &[String]) -> Vec<u8> {
    let mut lines = lines.to_vec();
    lines.sort();
    let Some(found) = block(bytes) else {
        if lines.is_empty() {
            return bytes.to_vec();
        }
        return git_dos_installer::lines::append(bytes, &render(&lines));
    };
    if found.lines == lines {
        return bytes.to_vec();
    }
    let text = if lines.is_empty() { String::new() } else { render(&lines) };
    let (before, after) = bytes.split_at(found.start);
    [before, text.as_bytes(), after.get(found.length..).unwrap_or_default()].concat()
}

/// Returns `bytes` without any line of ours.
pub fn without(bytes: &[u8]) -> Vec<u8> {
    with(bytes, &[])
}

fn render(lines: &[String]) -> String {
    format!("{HEAD}\n{}\n", lines.join("\n"))
}

/// Our lines and where they stand.
struct Block {
    start: usize,
    length: usize,
    lines: Vec<String>,
}

fn block(bytes: &[u8]) -> Option<Block> {
    let known: Vec<String> =
        Host::ALL.iter().filter_map(|host| Settings::of(*host).local.map(line)).collect();
    let mut start = 0;
    let mut found: Option<Block> = None;
    for text in bytes.split_inclusive(|byte| *byte == b'\n') {
        let bare = text.strip_suffix(b"\n").unwrap_or(text);
        match &mut found {
            None if bare == HEAD.as_bytes() => {
                found = Some(Block { start, length: text.len(), lines: Vec::new() });
            }
            None => {}
            Some(block) => match known.iter().find(|line| line.as_bytes() == bare) {
                Some(line) => {
                    block.length += text.len();
                    block.lines.push(line.clone());
                }
                None => break,
            },
        }
        start += text.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{lines_in, with, without};

    #[test]
    fn our_lines_stand_together_and_go_again() {
        let line = |path: &str| vec![super::line(path)];
        let claude = line(".claude/settings.local.json");
        for text in ["", "theirs\n", "# git dos of theirs\n/file\n"] {
            let one = with(text.as_bytes(), &claude);
            assert_eq!(with(&one, &claude), one, "once");
            let both = [claude.clone(), line(".codex/hooks.json")].concat();
            let two = with(&one, &both);
            assert_eq!(lines_in(&two), both, "in one place");
            let more = [two.as_slice(), b"/target\n"].concat();
            assert_eq!(lines_in(&more), both, "what follows is theirs");
            assert_eq!(without(&more), [text.as_bytes(), b"/target\n"].concat(), "and out");
        }
        assert_eq!(without(b"no line feed"), b"no line feed", "nothing of ours");
    }
}
