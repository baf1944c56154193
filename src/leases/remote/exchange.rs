//! What is the set on the remote, and does it become another one? The set is read, followed and changed there.

use gix::ObjectId;
use gix::error::{ErrorExt as _, Result, ResultExt as _, message};

use super::{Shared, Version};
use crate::clock;
use crate::git_program::transfer::{Answer, Failure, Update};
use crate::journal::runs::milliseconds;
use crate::leases::operation::Deed;
use crate::leases::reference;
use crate::leases::swap::{self, Root, Swapped};
use crate::leases::{self, Change, Lease, Lost, REFERENCE, State};
use crate::output::{HINT, pasteable, shown};

/// How often the set is read anew when it changes meanwhile.
const ATTEMPTS: u32 = 5;

/// How sending a change came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    /// The set is as the change has it, there and here.
    Done,
    /// Somebody else was faster; with git's words.
    Lost(String),
    /// Nobody knows whether it is.
    Unknown {
        /// The commit of the change.
        new: ObjectId,
        /// What went wrong.
        failure: Failure,
    },
}

impl Shared<'_> {
    /// Reads where the ref of the remote is, and has the one here follow; tells whether it was somewhere else.
    pub fn read(&mut self) -> Result<bool> {
        for _ in 0..ATTEMPTS {
            let listed = self.remote.list(&[&self.sharing.reference]);
            let listed = listed.map_err(|failure| self.away(&failure))?;
            let there = listed.first().map(|(_, id)| *id);
            match (there, self.sharing.tip()) {
                (None, Some(_)) => return Err(self.went_back("is gone")),
                (None, None) => {
                    self.sharing.read_ms = milliseconds(clock::now());
                    self.write()?;
                    return Ok(false);
                }
                (Some(tip), known) if known == Some(tip) && self.is_mirror()? => {
                    self.sharing.read_ms = milliseconds(clock::now());
                    self.write()?;
                    return Ok(false);
                }
                (Some(tip), _) => {
                    if self.bring(tip)? && self.follow(tip)? {
                        return Ok(true);
                    }
                }
            }
        }
        Err(self.restless())
    }

    /// Brings what is below `tip`, which the remote has; tells whether it is here now.
    fn bring(&self, tip: ObjectId) -> Result<bool> {
        if !self.repository.has_object(tip) {
            let fetched = self.remote.fetch(&self.sharing.reference);
            fetched.map_err(|failure| self.away(&failure))?;
        }
        Ok(self.repository.has_object(tip))
    }

    /// Has the ref here be at `tip`; tells whether nobody came between.
    fn follow(&mut self, tip: ObjectId) -> Result<bool> {
        let name = shown(self.sharing.remote.as_bytes());
        let state = leases::read(self.repository, tip)
            .or_raise(|| message!("Could not read the leases of the remote {name}"))?;
        let known = self.sharing.tip();
        if known.is_some_and(|known| known != tip) && state.generation <= self.sharing.generation {
            return Err(self.went_back("is at an earlier or another one"));
        }
        if known.is_none() {
            self.keep_own()?;
        }
        let present = reference::present(self.repository, REFERENCE)?;
        let is_root = present != Version::Absent && state.begins != self.sharing.begins;
        match swap::follow(self.repository, present, (tip, is_root))? {
            _ if present == Version::At(tip) => {}
            Swapped::Done(_) => {}
            Swapped::Lost(Lost::Changed) => return Ok(false),
            Swapped::Lost(lost @ (Lost::Locked | Lost::Busy)) => {
                return Err(lost.explained(self.repository));
            }
        }
        self.saw(tip, &state)?;
        Ok(true)
    }

    /// Keeps aside what is held here and that the remote does not know, before the ref here follows for the first time.
    fn keep_own(&mut self) -> Result<()> {
        let (state, _) = leases::load(self.repository)?;
        let own = state.leases.into_iter().filter(|lease| self.sharing.is_own(lease));
        self.sharing.joining =
            own.map(|lease| Lease { clone: None, seen_ms: None, ..lease }).collect();
        self.sharing.floor = state.generation;
        Ok(())
    }

    fn saw(&mut self, tip: ObjectId, state: &State) -> Result<()> {
        self.sharing.saw(tip, state, clock::now());
        self.write()
    }

    /// Sends `change`, which was made from `version`, to the remote, and has the ref here follow.
    ///
    /// Errors when the remote takes no such change at all.
    pub fn publish(&mut self, version: Version, change: &mut Change) -> Result<Published> {
        for lease in change.state.leases.iter_mut().filter(|lease| lease.clone.is_none()) {
            lease.clone = Some(self.sharing.clone.clone());
        }
        loop {
            let root = if self.sharing.is_forward_only { Root::Never } else { Root::WhenLong };
            let made = (&change.state, &change.operation);
            let written = swap::write(self.repository, version, made, root)?;
            let update = Update {
                name: &self.sharing.reference,
                expected: self.sharing.tip(),
                new: Some(written.new),
            };
            match self.remote.push(&update) {
                Answer::Taken => {
                    crate::pause::after("lease-published");
                    let landed = swap::land(self.repository, version, &written)?;
                    if matches!(landed, Swapped::Done(_)) {
                        let state = leases::read(self.repository, written.new)?;
                        self.saw(written.new, &state)?;
                    } else {
                        // The remote has it; the ref here was touched by something else, and follows.
                        self.read()?;
                    }
                    return Ok(Published::Done);
                }
                Answer::Lost(words) => return Ok(Published::Lost(words)),
                Answer::Unknown(failure) => {
                    return Ok(Published::Unknown { new: written.new, failure });
                }
                Answer::Refused(_)
                    if written.is_root
                        && version != Version::Absent
                        && change.operation.deed != Deed::Compact =>
                {
                    self.note(|sharing| sharing.is_forward_only = true)?;
                }
                Answer::Refused(words) => return Err(self.refused(&words)),
            }
        }
    }

    /// Says that the remote takes no change.
    pub fn refused(&self, words: &str) -> gix::Error {
        let name = shown(self.sharing.remote.as_bytes());
        let hint = format!(
            "ask for the right to push {}, or find another place for the leases: git dos lease remote --probe",
            self.sharing.reference
        );
        message!("The remote {name} does not take the change of the leases: {words}")
            .with(HINT, hint)
            .raise()
    }

    /// Says that the ref of the remote is not what a change of ours or of others would have made of it.
    fn went_back(&self, how: &str) -> gix::Error {
        let (name, reference) = (shown(self.sharing.remote.as_bytes()), &self.sharing.reference);
        let number = self.sharing.generation;
        let hint = format!(
            "somebody took changes back, and two may hold one lane; look at `git ls-remote {} {reference}`, then to go on from what is there: git dos lease remote --probe",
            pasteable(&self.sharing.remote)
        );
        message!(
            "The leases of the remote {name} were at number {number}, and {reference} {how} now"
        )
        .with(HINT, hint)
        .raise()
    }

    fn restless(&self) -> gix::Error {
        let name = shown(self.sharing.remote.as_bytes());
        message!("The leases of the remote {name} changed {ATTEMPTS} times while they were read")
            .with(HINT, "try again")
            .raise()
    }
}
