//! What will the message be once git has tidied it? The file that `commit-msg` names (githooks(5)).

/// The rest of the line with which `git commit --verbose` parts the message from the diff below it.
const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------";

/// The first words with which `git commit --fixup` and `--squash` mark a commit that a rebase will melt.
const AUTOSQUASH: [&[u8]; 3] = [b"fixup! ", b"squash! ", b"amend! "];

/// What git does to lines that begin as comments (git-commit(1), `--cleanup`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comments {
    /// They go.
    Stripped,
    /// They stay, as with `commit.cleanup` set to `scissors`, `whitespace` or `verbatim`.
    Kept,
}

impl Comments {
    /// Returns what git does under the value of `commit.cleanup`.
    pub fn under(cleanup: &[u8]) -> Self {
        match cleanup {
            b"scissors" | b"whitespace" | b"verbatim" => Self::Kept,
            _ => Self::Stripped,
        }
    }
}

/// Returns `file` without its comment lines, what is below the scissors, and blank lines at both ends.
///
/// `mark` is the text that starts a comment line, from `core.commentString`, `#` by default.
pub fn message(file: &[u8], mark: &[u8], comments: Comments) -> Vec<u8> {
    let mut message = Vec::with_capacity(file.len());
    for line in file.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_prefix(mark) {
            Some(rest) if rest.starts_with(SCISSORS) => break,
            Some(_) if comments == Comments::Stripped => {}
            _ if message.is_empty() && line.trim_ascii().is_empty() => {}
            _ => message.extend_from_slice(line),
        }
    }
    message.truncate(message.trim_ascii_end().len());
    message
}

/// Tells whether `message` belongs to a commit that `git rebase --autosquash` will melt into another.
pub fn is_autosquash(message: &[u8]) -> bool {
    AUTOSQUASH.iter().any(|mark| message.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::{Comments, is_autosquash, message};

    #[test]
    fn comments_scissors_and_blank_ends_go() {
        let cut = "# ------------------------ >8 ------------------------\n";
        for (file, comment, want) in [
            ("fix: it\n", "#", "fix: it"),
            ("\n \nfix: it\n\nbody \n\n# Please enter\n#\n", "#", "fix: it\n\nbody"),
            ("# heading\n", "#", ""),
            ("# heading\n; gone\n", ";", "# heading"),
            (&format!("fix: it\n{cut}diff --git a b\n"), "#", "fix: it"),
            ("fix: it\n// note\nbody", "//", "fix: it\nbody"),
            ("", "#", ""),
        ] {
            let got = message(file.as_bytes(), comment.as_bytes(), Comments::Stripped);
            assert_eq!(String::from_utf8(got).unwrap(), want, "{file:?}");
        }
    }

    #[test]
    fn comments_stay_when_the_user_says_so() {
        let cut = "# ------------------------ >8 ------------------------\n";
        for (cleanup, want) in [
            ("scissors", "#12: it"),
            ("verbatim", "#12: it"),
            ("whitespace", "#12: it"),
            ("strip", ""),
        ] {
            let file = format!("#12: it\n{cut}# gone\n");
            let got = message(file.as_bytes(), b"#", Comments::under(cleanup.as_bytes()));
            assert_eq!(String::from_utf8(got).unwrap(), want, "{cleanup}");
        }
    }

    #[test]
    fn only_gits_own_marks_count() {
        for (text, want) in [
            ("fixup! fix: it", true),
            ("squash! fix: it", true),
            ("amend! fix: it", true),
            ("fixup!", false),
            ("fix: fixup! it", false),
        ] {
            assert_eq!(is_autosquash(text.as_bytes()), want, "{text}");
        }
    }
}
