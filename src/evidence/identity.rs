//! Who commits here, and when? Names from the settings, the time zone from whoever committed last.
//!
//! Looking the time zone up on disk takes longer than all else that a fold reads.

use gix::actor::Signature;
use gix::bstr::{BString, ByteSlice as _};
use gix::date::Time;
use gix::error::{OptionExt as _, Result, ResultExt as _, message};

use crate::clock;

/// A name with its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name, without the white space around it.
    pub name: BString,
    /// The mail address, without the white space around it.
    pub email: BString,
}

impl Person {
    /// Returns who made `signature`.
    pub fn of(signature: &Signature) -> Self {
        Self { name: signature.name.trim().into(), email: signature.email.trim().into() }
    }

    /// Reads the first of each of `names` and `emails` that the settings or the environment give.
    fn read(repository: &gix::Repository, names: [&str; 3], emails: [&str; 4]) -> Option<Self> {
        let config = repository.config_snapshot();
        let first = |keys: &[&str]| keys.iter().find_map(|key| config.string(*key));
        Some(Self { name: first(&names)?.trim().into(), email: first(&emails)?.trim().into() })
    }
}

/// Returns the author of the next commit, as git determines it; `None` when nobody says.
pub fn author(repository: &gix::Repository) -> Option<Person> {
    let names = ["author.name", "user.name", "gitoxide.author.nameFallback"];
    let emails = [
        "author.email",
        "user.email",
        "gitoxide.user.emailFallback",
        "gitoxide.author.emailFallback",
    ];
    Person::read(repository, names, emails)
}

/// Returns the committer of the next commit, as git determines it; `None` when nobody says.
pub fn committer(repository: &gix::Repository) -> Option<Person> {
    let names = ["committer.name", "user.name", "gitoxide.committer.nameFallback"];
    let emails = [
        "committer.email",
        "user.email",
        "gitoxide.user.emailFallback",
        "gitoxide.committer.emailFallback",
    ];
    Person::read(repository, names, emails)
}

/// Returns the committer of the next commit at this moment, in the time zone of `last`.
///
/// The time is that of `GIT_COMMITTER_DATE`, if it is set. Errors when nobody says who commits.
pub fn signature(repository: &gix::Repository, last: &Signature) -> Result<Signature> {
    let context = || message("Could not find out who commits here");
    let person = committer(repository).ok_or_raise(|| message("No committer is configured"))?;
    let config = repository.config_snapshot();
    let seconds = i64::try_from(clock::now().as_secs()).or_raise(context)?;
    let mut time = Time::new(seconds, last.time.offset);
    if let Some(date) = config.string("gitoxide.commit.committerDate") {
        time = gix::date::parse(date.to_str().or_raise(context)?, None).or_raise(context)?;
    }
    Ok(Signature { name: person.name, email: person.email, time })
}
