//! What is the set on the remote, and does it become another one? The set is read, followed and changed there.

use gix::ObjectId;
use gix::error::{ErrorExt as _, Result, ResultExt as _, message};

use super::{BRANCH, Shared, Sharing, Version};
use crate::clock;
use crate::git_program::transfer::{Answer, Failure, Update, Wanted};
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
            let listed = self.remote.list(&[REFERENCE, BRANCH]);
            let listed = listed.map_err(|failure| self.away(&failure))?;
            if listed.len() > 1 {
                // Nothing is changed any more before it was looked at again.
                self.note(|sharing| sharing.tip = None)?;
                return Err(self.split());
            }
            let is_ours = |(name, _): &&(String, ObjectId)| *name == self.sharing.reference;
            let there = listed.iter().find(is_ours).map(|(_, id)| *id);
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
        let wanted = match self.repository.has_object(tip) {
            false => Wanted::New,
            // A fetch of something else may have brought the commit without what is in it.
            true if leases::read(self.repository, tip).is_err() => Wanted::All,
            true => return Ok(true),
        };
        let fetched = self.remote.fetch(&self.sharing.reference, wanted);
        fetched.map_err(|failure| self.away(&failure))?;
        Ok(self.repository.has_object(tip))
    }

    /// Has the ref here be at `tip`; tells whether nobody came between.
    fn follow(&mut self, tip: ObjectId) -> Result<bool> {
        let name = shown(self.sharing.remote.as_bytes());
        let state = leases::read(self.repository, tip).or_raise(|| {
            message!("Could not read the leases of the remote {name}").with(HINT, self.look())
        })?;
        if !self.goes_on(tip, &state)? {
            return Err(self.went_back("is at an earlier or another one"));
        }
        let present = match self.sharing.tip() {
            Some(_) => reference::present(self.repository, REFERENCE)?,
            None => self.keep_own()?,
        };
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

    /// Tells whether `state` at `tip` came from the one that was last seen.
    fn goes_on(&self, tip: ObjectId, state: &State) -> Result<bool> {
        let Sharing { generation, begins, .. } = self.sharing;
        match self.sharing.tip() {
            None => Ok(true),
            Some(known) if known == tip => Ok(true),
            // A chain that began anew leaves out how it came about.
            Some(_) if state.begins != begins => Ok(state.begins > generation),
            Some(known) => Ok(state.generation > generation && self.leads(known, tip)?),
        }
    }

    /// Keeps aside what is held here and that the remote may not know, before the ref here follows for the first time;
    /// returns where that is.
    fn keep_own(&mut self) -> Result<Version> {
        let (state, version) = leases::load(self.repository)?;
        let mut own = state.leases;
        own.retain(|lease| {
            let is_same =
                |known: &Lease| known.lane == lease.lane && known.acquired_ms == lease.acquired_ms;
            self.sharing.is_own(lease) && !self.sharing.joining.iter().any(is_same)
        });
        let own = own.into_iter().map(|lease| Lease { clone: None, seen: None, ..lease });
        self.sharing.joining.extend(own);
        self.sharing.floor = self.sharing.floor.max(state.generation);
        // Whoever is killed from here on has not lost it.
        self.write()?;
        Ok(version)
    }

    fn saw(&mut self, tip: ObjectId, state: &State) -> Result<()> {
        self.sharing.saw(tip, state, clock::now());
        self.write()
    }

    /// Sends `change`, which was made from `version`, to the remote, and has the ref here follow.
    ///
    /// Errors when the remote takes no such change at all.
    pub fn publish(&mut self, version: Version, change: &mut Change) -> Result<Published> {
        let is_new = |lease: &&mut Lease| lease.clone.is_none() && !lease.is_elsewhere();
        for lease in change.state.leases.iter_mut().filter(is_new) {
            lease.clone = Some(self.sharing.clone.clone());
        }
        loop {
            let root = if self.sharing.is_forward_only { Root::Never } else { Root::WhenLong };
            let made = (&change.state, &change.operation);
            let written = swap::write(self.repository, version, made, root)?;
            let expected = self.sharing.tip();
            let new = Some(written.new);
            let update = Update { name: &self.sharing.reference, expected, new };
            match self.remote.push(&update) {
                Answer::Taken => {
                    crate::pause::after("lease-published");
                    let landed = swap::land(self.repository, version, &written)?;
                    if matches!(landed, Swapped::Done(_)) {
                        let state = leases::read(self.repository, written.new)?;
                        self.saw(written.new, &state)?;
                    }
                    // Where the ref here was touched by something else, it follows. And the first set of all may not be
                    // the only one.
                    if !matches!(landed, Swapped::Done(_)) || expected.is_none() {
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
        let look = self.look();
        let hint = format!(
            "somebody took changes back, and two may hold one lane; {look}, then to go on from what is there: git dos lease remote --probe"
        );
        message!(
            "The leases of the remote {name} were at number {number}, and {reference} {how} now"
        )
        .with(HINT, hint)
        .raise()
    }

    /// Returns how a person sees what is there.
    fn look(&self) -> String {
        let Sharing { remote, reference, .. } = &self.sharing;
        format!(
            "look at what is there: git fetch {} {reference}; git log FETCH_HEAD",
            pasteable(remote)
        )
    }

    /// Says that there are two sets, of which none counts.
    fn split(&self) -> gix::Error {
        let name = shown(self.sharing.remote.as_bytes());
        let hint = format!(
            "leases of some clones are in the one, and of others in the other; keep {REFERENCE} if all may push it: git push {} :{BRANCH}",
            pasteable(&self.sharing.remote)
        );
        message!("The remote {name} has leases in {REFERENCE} and in {BRANCH}")
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
