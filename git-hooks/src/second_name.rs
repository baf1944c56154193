//! Under which name does a program that manages hooks keep the hook that it found in its place?

/// What becomes of a hook that was there first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// The program runs it beside its own.
    Runs,
    /// It rests there until the program goes.
    Rests,
}

/// What is put behind the hook's name, and what it means.
pub const SECOND_NAMES: [(&str, Use); 3] = [
    // pre-commit and prek, "migration mode".
    (".legacy", Use::Runs),
    // entire.
    (".pre-entire", Use::Runs),
    // lefthook, whose uninstall gives the name back.
    (".old", Use::Rests),
];
