//! What can be said of a change without reading a line of it?

use super::paths::Class;
use super::{Change, ChangeKind, Entry};

/// The classes and kinds of all changes of one commit.
#[derive(Debug, Clone, Default)]
pub(super) struct Outline {
    classes: Vec<Class>,
    /// Every change is a change of content of a blob at an unchanged path.
    pub(super) only_modified: bool,
    /// Something is gone, moved, replaced or has another mode.
    pub(super) takes_away: bool,
    /// Something is new, moved, replaced or has another mode.
    pub(super) brings: bool,
}

impl Outline {
    pub(super) fn of(changes: &[Change]) -> Self {
        let mut classes: Vec<_> = changes.iter().map(|change| change.class).collect();
        classes.sort_unstable();
        classes.dedup();
        let any = |kinds: &[ChangeKind]| {
            changes
                .iter()
                .any(|change| kinds.contains(&change.kind) || change.entry == Entry::Submodule)
        };
        Self {
            classes,
            only_modified: !changes.is_empty()
                && changes.iter().all(|change| {
                    change.kind == ChangeKind::Modified && change.entry == Entry::Blob
                }),
            takes_away: any(&[ChangeKind::Deleted, ChangeKind::Renamed, ChangeKind::ModeOnly]),
            brings: any(&[ChangeKind::Added, ChangeKind::Renamed, ChangeKind::ModeOnly]),
        }
    }

    /// Tells whether a change is of one of `classes`.
    pub(super) fn has(&self, classes: &[Class]) -> bool {
        self.classes.iter().any(|class| classes.contains(class))
    }

    /// Tells whether there are changes and all are of `classes`.
    pub(super) fn only(&self, classes: &[Class]) -> bool {
        !self.classes.is_empty() && self.classes.iter().all(|class| classes.contains(class))
    }
}
