//! What did one step from tree to tree do to the work: take it out, replace it, or move it to other files?

use std::collections::HashSet;

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice as _};
use gix::error::Result;

use super::{File, Gained, Work, count_in, entry, find_tree, telling, text};
use crate::evidence::changes::Difference;
use crate::evidence::text::runs;
use crate::verdict::audit::Entry;

impl Work {
    /// Tells whether the step from one tree to the next put nothing of its own where the work was: it only
    /// took lines and files away, or put back what the work had replaced.
    pub fn is_taken_out(
        &self,
        repository: &gix::Repository,
        (from, to): (ObjectId, ObjectId),
    ) -> Result<bool> {
        let (from, to) = (find_tree(repository, from)?, find_tree(repository, to)?);
        for file in &self.files {
            let (old, new) = (entry(&from, &file.path)?, entry(&to, &file.path)?);
            let (Some(old), Some(new)) = (old, new) else { continue };
            if old == new || matches!(file.gained, Gained::Nothing) || file.before == Some(new) {
                continue;
            }
            if file.entry == Entry::Submodule {
                return Ok(false);
            }
            let texts = text(repository, old)?.zip(text(repository, new)?);
            let Some((old, new)) = texts else { return Ok(false) };
            let before = file.before.map(|id| text(repository, id)).transpose()?.flatten();
            let before = before.unwrap_or_default();
            let known: HashSet<&[u8]> = before.lines().map(<[u8]>::trim_ascii).collect();
            if file.is_replaced(&old, &new, &known) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Looks in another file from now on for the work of a file that lost it, where at least half of what was
    /// left of it in the tree `from` is among the lines that `changes` brought to that other file.
    pub fn follow_lines(
        &mut self,
        repository: &gix::Repository,
        from: ObjectId,
        changes: &[Difference],
    ) -> Result<()> {
        let from = find_tree(repository, from)?;
        let mut wanted = Vec::new();
        for file in &self.files {
            let Gained::Lines(lines) = &file.gained else { continue };
            let Some(old) = entry(&from, &file.path)? else { continue };
            let there = count_in(lines, text(repository, old)?.as_deref());
            if there > 0 {
                wanted.push((file.path.clone(), lines, there.div_ceil(2), None::<BString>));
            }
        }
        for change in changes.iter().filter(|change| change.change.entry == Entry::Blob) {
            let Some(after) = change.after else { continue };
            let Some(after) = text(repository, after)? else { continue };
            let before = change.before.map(|id| text(repository, id)).transpose()?.flatten();
            let before = before.unwrap_or_default();
            let old: HashSet<&[u8]> = before.lines().map(<[u8]>::trim_ascii).collect();
            let mut brought: HashSet<&[u8]> = after.lines().map(<[u8]>::trim_ascii).collect();
            brought.retain(|line| !old.contains(line));
            for (path, lines, least, place) in &mut wanted {
                let found = lines.iter().filter(|line| brought.contains(line.as_slice())).count();
                if found >= *least && change.path != *path {
                    (*least, *place) = (found + 1, Some(change.path.clone()));
                }
            }
        }
        let moved: Vec<(BString, BString)> = wanted
            .into_iter()
            .filter_map(|(path, _, _, place)| place.map(|place| (path, place)))
            .collect();
        for (path, place) in moved {
            self.follow(&path, &place);
        }
        Ok(())
    }
}

impl File {
    /// Tells whether other text than `known` stands in `new` where work was in `old`.
    fn is_replaced(&self, old: &[u8], new: &[u8], known: &HashSet<&[u8]>) -> bool {
        let left: HashSet<&[u8]> = old.lines().map(<[u8]>::trim_ascii).collect();
        let is_work = |line: &&[u8]| match &self.gained {
            Gained::Lines(lines) => lines.iter().any(|own| own == line.trim_ascii()),
            Gained::Unread | Gained::Whole | Gained::Nothing => true,
        };
        runs(old, new).into_iter().filter(|[had, _]| had.iter().any(is_work)).any(|[_, has]| {
            let has = has.into_iter().map(<[u8]>::trim_ascii);
            let other = has.filter(|line| !line.is_empty() && !left.contains(line)).collect();
            telling(other).iter().any(|line| !known.contains(line.as_slice()))
        })
    }
}
