//! Which forms are stamps when a stamp must name its plan?
//!
//! A stamp names the plan, or a phase whose id begins with the plan's (`AUTH1` of `AUTH`, `GH-43` of `GH`;
//! not `AUTHOR` of `AUTH`). An id ends where no letter, digit, `_`, `-` or `'` follows, nor a point with a
//! word behind it. Where the subject begins with plan and phase,
//!
//! - a colon behind the plan is separator enough: `AUTH: AUTH2 session store`;
//! - without one, the phase alone needs a separator of its own: `AUTH2: …`, `AUTH2 — …`; but an issue of a
//!   tracker, `AUTH-2`, is a label however it is set apart, and as [`Rung::Words`] when it is not at all;
//! - `AUTH AUTH2 session store` is the weakest of these, [`Rung::Words`], and none when the next word goes on
//!   as a sentence would (`is`, `needs`, `and`, …);
//! - what says that nothing was done is no stamp: a clause that begins with `not done`, `nothing built`,
//!   `deferred to …`, `was dropped`, `revert …`. The same words inside a sentence are its subject matter.

use super::kind::{self, Kind};
use super::names::Names;
use super::text::{Text, is_blank};
use super::{Exclusion, Message, Policy, Reading, Rung, Stamp};

mod bundle;
mod item;
mod near;
mod opening;
mod parens;
mod tail;
mod trailers;
mod words;

/// One subject, and what is looked for in it.
pub(super) struct Subject<'a> {
    pub(super) names: &'a Names,
    pub(super) policy: &'a Policy,
    pub(super) text: &'a Text,
}

/// Reads `message`.
pub(super) fn read(names: &Names, policy: &Policy, message: &Message<'_>) -> Reading {
    let text = Text::new(message.subject);
    let subject = Subject { names, policy, text: &text };
    let kind = kind::bookkeeping(&text, policy);
    if let Some(stamp) = trailers::read(names, message.body) {
        return guarded(stamp, kind, near::other_commit(&text));
    }
    let opening = opening::read(&subject);
    let opening = match (opening, kind) {
        // A plan may be called `snapshot`, a phase `archive`; but what a run is archived by is a time.
        (Reading::Stamp(_), Some(Kind::Declared | Kind::Run)) => {
            Reading::Excluded(Exclusion::Bookkeeping)
        }
        (opening, _) => opening,
    };
    if matches!(opening, Reading::Stamp(_) | Reading::Excluded(Exclusion::Denied)) {
        return opening;
    }
    let ending = parens::read(&subject);
    let ending = ending.map(|stamp| guarded(stamp, kind, near::other_commit(&text)));
    let rest = [bundle::read(&subject, kind), bundle::release(&subject, message, kind)];
    let found = rest.into_iter().chain(ending).fold(opening, Reading::min);
    found.min(near::read(&subject, message, kind))
}

/// Returns `stamp`, unless the subject is of a kind that ships nothing.
fn guarded(stamp: Stamp, kind: Option<Kind>, is_other_commit: bool) -> Reading {
    match kind {
        Some(_) => Reading::Excluded(Exclusion::Bookkeeping),
        None if is_other_commit => Reading::Excluded(Exclusion::OtherCommit),
        None => Reading::Stamp(stamp),
    }
}

impl Subject<'_> {
    /// Returns the place behind the white space that the subject begins with.
    fn start(&self) -> usize {
        self.text.skip(0, is_blank)
    }

    /// Returns `rung` as a stamp that names the plan as `item` does, unless the words behind say otherwise.
    fn stamp(&self, rung: Rung, item: item::Item) -> Reading {
        tail::judge(self, item)
            .map_or_else(|| Reading::Stamp(Stamp { rung, plan: item.plan }), Reading::Excluded)
    }
}

#[cfg(test)]
mod tests;
