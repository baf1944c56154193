//! Which files would a patch change that is written as Codex has its model write it?
//!
//! Source: the grammar of `apply_patch` in <https://github.com/openai/codex>.

use std::path::Path;

use super::{Follow, Trail};
use crate::verdict::access::footprint::Deed;

/// The words before a path.
const MARKS: [&str; 4] =
    ["*** Add File: ", "*** Update File: ", "*** Delete File: ", "*** Move to: "];

/// Adds the files that `text` names, whose paths begin in `folder`; a text without any is not understood.
pub(super) fn add(text: &str, folder: &Path, trail: &mut Trail<'_>) {
    let named = text.lines().filter_map(|line| {
        MARKS.iter().find_map(|mark| line.trim_start().strip_prefix(mark)).map(str::trim)
    });
    let mut is_empty = true;
    for path in named {
        is_empty = false;
        trail.add(&folder.join(path), Deed::Written, Follow::Links);
    }
    trail.footprint.is_whole &= !is_empty;
}
