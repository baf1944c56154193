//! What will the message be once git has tidied it? The file that `commit-msg` names (githooks(5)).

/// The rest of the line with which `git commit --verbose` parts the message from the diff below it.
const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------";

/// The first words with which `git commit --fixup` and `--squash` mark a commit that a rebase will melt.
const AUTOSQUASH: [&[u8]; 3] = [b"fixup! ", b"squash! ", b"amend! "];

/// Returns `file` without its comment lines, what is below the scissors, and blank lines at both ends.
///
/// `comment` is the text that starts a comment line, from `core.commentString`, `#` by default.
pub fn message(file: &[u8], comment: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(file.len());
    for line in file.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_prefix(comment) {
            Some(rest) if rest.starts_with(SCISSORS) => break,
            Some(_) => {}
            None if message.is_empty() && line.trim_ascii().is_empty() => {}
            None => message.extend_from_slice(line),
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
    use super::{is_autosquash, message};

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
            let got = message(file.as_bytes(), comment.as_bytes());
            assert_eq!(String::from_utf8(got).unwrap(), want, "{file:?}");
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
