//! What moved `HEAD` of a worktree: commits that were made there, or commits that came from elsewhere?
//!
//! From the reflog, whose messages git's commands write (`git help reflog`).

use std::collections::HashSet;
use std::path::Path;

use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice as _};
use gix::error::{Result, ResultExt as _, message};
use gix::refs::file::log::LineRef;

/// The moves of a `HEAD` since some time.
#[derive(Debug, Default)]
pub struct Moves {
    /// Commits that were made there.
    pub made: HashSet<ObjectId>,
    /// Of those, the ones that a plain `git commit` made, from nothing that was there before.
    pub fresh: HashSet<ObjectId>,
    /// Where `HEAD` was, and the commit to which it went that was there already.
    pub brought: Vec<(ObjectId, ObjectId)>,
    /// Commits that were amended, each with what it became.
    pub amended: Vec<(ObjectId, ObjectId)>,
}

/// What one move was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    Commit,
    Amend,
    /// A commit made from another one, or a merge.
    Made,
    Brought,
    Unclear,
}

impl Moves {
    /// Tells whether nothing is known, as where no reflog is written.
    pub fn is_empty(&self) -> bool {
        self.made.is_empty() && self.brought.is_empty()
    }

    /// Reads the moves since `since`, in seconds since 1970-01-01T00:00:00Z, from the reflog at `path`.
    ///
    /// Lines that cannot be read say nothing, as to git.
    pub fn read(path: &Path, since: i64) -> Result<Self> {
        let log = match fs_err::read(path) {
            Ok(log) => log,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error).or_raise(|| message("Could not read the reflog")),
        };
        let mut moves = Self::default();
        for line in log.lines().rev().filter_map(|line| LineRef::from_bytes(line).ok()) {
            if line.signature.seconds() < since {
                break;
            }
            moves.add(line.previous_oid(), line.new_oid(), line.message);
        }
        Ok(moves)
    }

    fn add(&mut self, old: ObjectId, new: ObjectId, message: &BStr) {
        match read(message) {
            Move::Commit => {
                self.fresh.insert(new);
                self.made.insert(new);
            }
            Move::Amend => {
                self.amended.push((old, new));
                self.made.insert(new);
            }
            Move::Made => {
                self.made.insert(new);
            }
            // A new branch at the same commit brings nothing.
            Move::Brought if old != new => self.brought.push((old, new)),
            Move::Brought | Move::Unclear => {}
        }
    }
}

/// Reads what a command wrote about a move.
fn read(message: &BStr) -> Move {
    let (command, rest) = message.split_once_str(": ").unwrap_or((message, b""));
    let (name, stage) = command.split_once_str(" (").unwrap_or((command, b""));
    let word = name.split_str(" ").next().unwrap_or_default();
    let arrives = rest.eq_ignore_ascii_case(b"fast-forward")
        || matches!(stage, b"start)" | b"finish)" | b"abort)" | b"reset)");
    let is_brought = match word {
        b"checkout" | b"reset" | b"clone" => true,
        b"rebase" | b"merge" | b"pull" | b"cherry-pick" => arrives,
        _ => false,
    };
    match (word, stage) {
        _ if is_brought => Move::Brought,
        (b"commit", b"amend)") => Move::Amend,
        (b"commit", b"" | b"initial)") => Move::Commit,
        (b"commit" | b"rebase" | b"merge" | b"pull" | b"cherry-pick" | b"revert" | b"am", _) => {
            Move::Made
        }
        _ => Move::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::{Move, read};

    #[test]
    fn the_words_of_gits_commands() {
        for (message, want) in [
            ("commit: fix the parser", Move::Commit),
            ("commit: Fast-forward", Move::Commit),
            ("commit (initial): begin", Move::Commit),
            ("commit (amend): fix the parser", Move::Amend),
            ("commit (merge): Merge branch 'x'", Move::Made),
            ("commit (cherry-pick): fix", Move::Made),
            ("cherry-pick: fix the parser", Move::Made),
            ("cherry-pick: fast-forward", Move::Brought),
            ("revert: Revert \"fix\"", Move::Made),
            ("am: fix", Move::Made),
            ("rebase (pick): fix", Move::Made),
            ("rebase (pick): fast-forward the cursor", Move::Made),
            ("cherry-pick: fast-forward the cursor", Move::Made),
            ("rebase -i (squash): fix", Move::Made),
            ("rebase (start): checkout origin/main", Move::Brought),
            ("rebase (finish): returning to refs/heads/main", Move::Brought),
            ("rebase (abort): updating HEAD", Move::Brought),
            ("pull --rebase (start): checkout 1a2b", Move::Brought),
            ("pull --rebase origin main (pick): fix", Move::Made),
            ("pull: Fast-forward", Move::Brought),
            ("pull -q origin main: Fast-forward", Move::Brought),
            ("merge side: Fast-forward", Move::Brought),
            ("merge side: Merge made by the 'ort' strategy.", Move::Made),
            ("checkout: moving from main to side", Move::Brought),
            ("reset: moving to HEAD~1", Move::Brought),
            ("clone: from /somewhere", Move::Brought),
            ("", Move::Unclear),
            ("jj: export", Move::Unclear),
            ("committee: x", Move::Unclear),
        ] {
            assert_eq!(read(message.into()), want, "{message:?}");
        }
    }
}
