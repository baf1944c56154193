//! Does a loop run here that wants to be held at its stops?

/// What is known about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence<'a> {
    /// Whether a hook made the worker go on since its user last spoke.
    pub continued: Continued,
    /// Whether the settings ask for it.
    pub asked: Asked,
    /// The variables that were looked for, in order, with what they hold.
    pub variables: &'a [(String, Option<String>)],
}

/// Whether a hook made the worker go on since its user last spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Continued {
    /// One did.
    Yes,
    /// None did, as far as the agent says.
    No,
}

/// Whether the settings ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// They do.
    Yes,
    /// They leave it to the variables.
    No,
}

/// When a loop wants to be held: `[marker]` of `dos.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The variables of which one that is not empty says so.
    pub variables: Vec<String>,
    /// What becomes of a worker that a hook made go on already.
    pub again: Again,
}

/// What becomes of a worker that a hook made go on already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Again {
    /// It may stop.
    #[default]
    LetGo,
    /// It may be held again.
    MayHold,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            variables: ["DOS_LOOP", "CID_RUN_ID"].map(str::to_owned).to_vec(),
            again: Again::default(),
        }
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arming {
    /// A hook made the worker go on already: it is let go.
    Continued,
    /// No loop runs here.
    NotArmed,
    /// The settings ask for it.
    Asked,
    /// This variable says so.
    Variable(String),
}

impl Arming {
    /// Tells whether the worker may be held.
    #[must_use]
    pub fn is_armed(&self) -> bool {
        matches!(self, Self::Asked | Self::Variable(_))
    }
}

/// Judges `evidence` under `policy`.
#[must_use]
pub fn judge(evidence: &Evidence<'_>, policy: &Policy) -> Arming {
    if policy.again == Again::LetGo && evidence.continued == Continued::Yes {
        return Arming::Continued;
    }
    if evidence.asked == Asked::Yes {
        return Arming::Asked;
    }
    let is_set = |name: &&String| {
        let known = evidence.variables.iter().find(|(known, _)| known == *name);
        // White space, `0` and `false` are set as well: a loop that is off unsets its variable.
        known.is_some_and(|(_, value)| value.as_deref().is_some_and(|value| !value.is_empty()))
    };
    let first = policy.variables.iter().find(is_set).cloned();
    first.map_or(Arming::NotArmed, Arming::Variable)
}
