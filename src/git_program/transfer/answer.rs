//! What does `git push --porcelain` say became of a ref?

use super::Answer;
use crate::output::shown;

/// Reads what `git push --porcelain` says of the ref called `name`; `None` when that is not known.
pub(super) fn answer(out: &str, name: &str, is_success: bool) -> Option<Answer> {
    for line in out.lines() {
        let mut parts = line.splitn(3, '\t');
        let (Some(flag), Some(refs), Some(summary)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        if refs.rsplit(':').next() != Some(name) {
            continue;
        }
        return match flag {
            "!" => rejection(summary),
            _ if is_success => Some(Answer::Taken),
            _ => None,
        };
    }
    None
}

/// What git says when a ref is not where it was expected, or somebody else is at it.
///
/// From git's `transport.c` and `remote.c`, and from `receive-pack.c` and the refs' backends of the other side.
const LOST: [&str; 8] = [
    "stale info",
    "fetch first",
    "cannot lock ref",
    "failed to update ref",
    "failed to lock",
    "reference already exists",
    "incorrect old value provided",
    "needs force",
];

fn rejection(summary: &str) -> Option<Answer> {
    let words = shown(summary.as_bytes());
    // It may have been done all the same.
    if summary.contains("[remote failure]") {
        return None;
    }
    let is_here = summary.contains("[rejected]");
    if LOST.iter().any(|reason| summary.contains(reason)) || is_here {
        Some(Answer::Lost(words))
    } else {
        Some(Answer::Refused(words))
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, answer};

    #[test]
    fn what_git_says_of_a_push_is_understood() {
        let name = "refs/dos/leases";
        let line =
            |flag: &str, summary: &str| format!("To x\n{flag}\tabc:{name}\t{summary}\nDone\n");
        let lost = |words: &str| Some(Answer::Lost(words.to_owned()));
        let refused = |words: &str| Some(Answer::Refused(words.to_owned()));
        for (flag, summary, is_success, want) in [
            ("*", "[new reference]", true, Some(Answer::Taken)),
            (" ", "1..2", true, Some(Answer::Taken)),
            ("+", "1...2 (forced update)", true, Some(Answer::Taken)),
            ("=", "[up to date]", true, Some(Answer::Taken)),
            ("-", "[deleted]", true, Some(Answer::Taken)),
            (" ", "1..2", false, None),
            ("!", "[rejected] (stale info)", false, lost("[rejected] (stale info)")),
            ("!", "[rejected] (fetch first)", false, lost("[rejected] (fetch first)")),
            (
                "!",
                "[remote rejected] (cannot lock ref 'x': is at 1 but expected 2)",
                false,
                lost("[remote rejected] (cannot lock ref 'x': is at 1 but expected 2)"),
            ),
            (
                "!",
                "[remote rejected] (non-fast-forward)",
                false,
                refused("[remote rejected] (non-fast-forward)"),
            ),
            (
                "!",
                "[remote rejected] (deny updating a hidden ref)",
                false,
                refused("[remote rejected] (deny updating a hidden ref)"),
            ),
            ("!", "[remote failure] (remote failed to report status)", false, None),
        ] {
            let got = answer(&line(flag, summary), name, is_success);
            assert_eq!(got, want, "{flag:?} {summary}");
        }
        assert_eq!(answer("To x\nDone\n", name, true), None, "nothing about the ref");
        assert_eq!(answer(&line("*", "new"), "refs/dos/other", true), None, "another ref");
    }
}
