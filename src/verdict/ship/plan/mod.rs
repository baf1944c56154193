//! Which phases does a plan have, what does it say of each, and which files do they name?
//!
//! A plan is a Markdown document. A phase is a heading of level two to four that begins with its id
//! (`### AUTH2 — tokens`, `## Phase 2: tokens`), a list item with a bold id or a checkbox
//! (`- **AUTH2** …`, `- [x] AUTH2: …`), or a row of a table whose first column is of phases. What a plan says of
//! itself proves nothing; it tells what to look for.

mod claim;
mod credit;
mod files;
mod front;
mod id;
mod line;
mod section;

pub use claim::Claim;
pub use credit::{Credit, credit};
pub use files::{File, Weight};
pub use front::Front;

use super::stamp::{Alias, Question};

/// A plan, as its document tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// What the plan is called, and of which class it is.
    pub front: Front,
    /// The phases in the order of the document.
    pub phases: Vec<Phase>,
    /// The files that the document lists before or outside of its phases.
    pub files: Vec<File>,
}

/// One phase of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// The id as written: `AUTH2`, `Phase 2`.
    pub id: String,
    /// The words behind the id, on the line that begins the phase.
    pub title: String,
    /// The number of that line, from 1.
    pub line: usize,
    /// The place that the phase has in the document.
    pub place: Place,
    /// What the plan says has become of it.
    pub claim: Claim,
    /// The files that it names, each once, in order.
    pub files: Vec<File>,
}

/// Where a phase stands in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A heading of this level, with what follows up to the next one of no deeper level.
    Heading(usize),
    /// An item of a list, with what is indented below it.
    Item,
    /// A row of a table.
    Row,
}

/// What is a plan's own, and what is any plan's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Folders at the top that hold what plans deliver; none are all.
    pub code_dirs: Vec<String>,
    /// Names of files that many phases touch and that tell none of them apart.
    pub hubs: Vec<String>,
    /// What says that a phase waits although it was shipped, with `*` for any words of the same line.
    pub soaks: Vec<String>,
}

impl Default for Policy {
    fn default() -> Self {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        Self { code_dirs: Vec::new(), hubs: texts(files::HUBS), soaks: texts(claim::SOAKS) }
    }
}

/// Reads the plan in `text`, which is the file at `path`.
#[must_use]
pub fn parse(path: &str, text: &str, policy: &Policy) -> Plan {
    let (front, body) = front::read(path, text);
    let (phases, files) = section::read(body, front.lines, policy);
    Plan { front, phases, files }
}

impl Plan {
    /// Tells whether a question about `plan` is about this one.
    #[must_use]
    pub fn is_called(&self, plan: &str) -> bool {
        self.front.is_called(plan)
    }

    /// Returns the phase that `question` asks for: by its id, by an alias of it, else `P2` for `Phase 2`.
    ///
    /// A heading tells more than an item of a list, and an item more than a row of a table.
    #[must_use]
    pub fn phase(&self, question: &Question, aliases: &[Alias]) -> Option<&Phase> {
        let short = [aliases, &[Alias::ShortPhase]].concat();
        let by = |aliases: &[Alias]| {
            let names = id::spellings(question, aliases);
            let called =
                self.phases.iter().filter(|phase| names.contains(&id::canonical(&phase.id)));
            called.min_by_key(|phase| phase.place.rank())
        };
        by(aliases).or_else(|| by(&short))
    }
}

impl Place {
    fn rank(self) -> u8 {
        match self {
            Self::Heading(_) => 0,
            Self::Item => 1,
            Self::Row => 2,
        }
    }
}

#[cfg(test)]
mod tests;
