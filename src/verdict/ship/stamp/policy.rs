//! What may a stamp look like in this repository?

/// How stamps are written; `[stamp]` of `dos.toml`.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in `[stamp]`")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Whether a stamp must name its plan; `false` reads as dos-kernel does.
    pub require_plan: bool,
    /// Folders that may stand in front of the plan (`docs/PLAN: …`); when there are any, one of them must.
    pub subject_dirs: Vec<String>,
    /// What begins a subject that sums other commits up, beside `v1.2.3:`.
    pub summary_bundle_prefixes: Vec<String>,
    /// What begins a subject that ships nothing.
    pub bookkeeping_prefixes: Vec<String>,
    /// Words right behind a phase that say it goes on.
    pub progress_markers: Vec<String>,
    /// Whether `PLAN: PARENT … words` ships the sub-phase `PARENT-words`.
    pub sub_phase_parent_fallback: bool,
    /// Whether a parenthesis that ends the subject is a stamp.
    pub trailer_stamp: bool,
    /// Whether `… (#12) (NAMESPACE PLAN)` ships phase `12`.
    pub issue_leaf_stamp: bool,
    /// What the lines of a release are worth.
    pub releases: Releases,
    /// Other ways to write a phase's id.
    pub aliases: Vec<Alias>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            require_plan: true,
            subject_dirs: Vec::new(),
            summary_bundle_prefixes: Vec::new(),
            bookkeeping_prefixes: Vec::new(),
            progress_markers: Vec::new(),
            sub_phase_parent_fallback: false,
            trailer_stamp: true,
            issue_leaf_stamp: false,
            releases: Releases::Mention,
            aliases: vec![Alias::PhaseNumber, Alias::Prime],
        }
    }
}

/// What it is worth that a release names a phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Releases {
    /// It is mentioned, and no stamp.
    Mention,
    /// It is a weak stamp.
    Ship,
}

/// Another way to write a phase's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alias {
    /// `Phase 2` of plan `AUTH` is `AUTH2` and `AUTH 2` too, and the other way round.
    PhaseNumber,
    /// `MG3'` is `MG3prime`.
    Prime,
    /// `Phase 2` is `P2`, and the other way round.
    ShortPhase,
}

impl Alias {
    /// Every alias.
    pub const ALL: [Self; 3] = [Self::PhaseNumber, Self::Prime, Self::ShortPhase];

    /// Returns the alias' name in `dos.toml`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PhaseNumber => "phase-number",
            Self::Prime => "prime",
            Self::ShortPhase => "short-phase",
        }
    }
}
