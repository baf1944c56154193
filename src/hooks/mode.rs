//! How much may the hooks do? Read from `git config dos.mode` and `dos.audit`.

use super::log::Log;

/// What a hook does with what it finds, first of all with a claim that the diff does not bear out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Writes it down, says nothing and changes nothing: archives do not fold by themselves either.
    Observe,
    /// Says it.
    Advise,
    /// Says it, and refuses what a gate rule refuses.
    #[default]
    Gate,
}

impl Mode {
    /// Every mode, mildest first.
    pub const ALL: [Self; 3] = [Self::Observe, Self::Advise, Self::Gate];

    /// Returns the word that stands for the mode in `git config dos.mode`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Advise => "advise",
            Self::Gate => "gate",
        }
    }

    /// Reads the mode as [`of`](Self::of) does; a word that is no mode is written down and refuses nothing.
    pub(super) fn or_advise(repository: &gix::Repository, log: &Log, hook: &str) -> Self {
        Self::of(repository).unwrap_or_else(|word| {
            log.record(hook, format!("dos.mode = {word} is no mode"));
            Self::Advise
        })
    }

    /// Reads the mode from the configuration of `repository`.
    ///
    /// A word that is no mode comes back as the error; what it was meant to say is not guessed.
    pub fn of(repository: &gix::Repository) -> Result<Self, String> {
        let Some(word) = repository.config_snapshot().string("dos.mode") else {
            return Ok(Self::default());
        };
        let named = |mode: &Self| word.eq_ignore_ascii_case(mode.name().as_bytes());
        Self::ALL.into_iter().find(named).ok_or_else(|| word.to_string())
    }
}

/// Tells whether `git config dos.audit` leaves the hooks' audit on, as it is by default.
///
/// A value that is no truth value leaves it on.
pub fn audits(repository: &gix::Repository) -> bool {
    repository.config_snapshot().boolean("dos.audit").unwrap_or(true)
}

/// Tells whether `git config dos.stream` leaves the watch over agents' tool calls on, as it is by default.
///
/// A value that is no truth value leaves it on.
pub fn streams(repository: &gix::Repository) -> bool {
    repository.config_snapshot().boolean("dos.stream").unwrap_or(true)
}
