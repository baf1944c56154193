//! What does a remote have, and does it take what we send? Exchanges over the network, which end after a while.

mod answer;
mod process;

use std::path::PathBuf;
use std::time::Duration;

use gix::ObjectId;

use answer::answer;

/// A remote repository, as git reaches it from here.
#[derive(Debug, Clone)]
pub struct Remote {
    /// The git folder of the worktree.
    pub git_dir: PathBuf,
    /// The folder from which the address is read.
    pub folder: PathBuf,
    /// Its name.
    pub name: String,
    /// The name, or the address that is pushed to.
    pub target: String,
    /// How long one exchange may take.
    pub limit: Duration,
}

/// Why an exchange came to nothing that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It took too long.
    TimedOut,
    /// Git failed, and said this, made harmless.
    Failed(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TimedOut => formatter.write_str("it did not answer in time"),
            Self::Failed(said) => formatter.write_str(said),
        }
    }
}

/// What a fetch is to bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// What is not here.
    New,
    /// All, as if nothing were here (git 2.36 and later).
    All,
}

/// What is to become of one ref of the remote.
#[derive(Debug, Clone, Copy)]
pub struct Update<'a> {
    /// Its full name there.
    pub name: &'a str,
    /// Where it must be; `None` when there must be none.
    pub expected: Option<ObjectId>,
    /// Where it shall be; `None` when it shall go.
    pub new: Option<ObjectId>,
}

/// What the remote said to an update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is done.
    Taken,
    /// The ref was somewhere else, or somebody else was at it; with git's words.
    Lost(String),
    /// It does not take such an update; with git's words.
    Refused(String),
    /// Nobody knows: the exchange was cut, or took too long.
    Unknown(Failure),
}

impl Remote {
    /// Returns where the refs called `names` are; those that are not there are left out.
    pub fn list(&self, names: &[&str]) -> Result<Vec<(String, ObjectId)>, Failure> {
        let mut words = vec!["ls-remote", "--", &self.target];
        words.extend(names);
        let said = self.run(&words)?;
        if !said.status.success() {
            return Err(Failure::Failed(said.why()));
        }
        // A pattern finds `refs/x/refs/dos/leases` too.
        let line = |line: &str| {
            let (id, name) = line.split_once('\t')?;
            let id = ObjectId::from_hex(id.as_bytes()).ok()?;
            names.contains(&name).then(|| (name.to_owned(), id))
        };
        Ok(said.out.lines().filter_map(line).collect())
    }

    /// Brings the objects below the ref called `name`; no ref here is changed.
    pub fn fetch(&self, name: &str, wanted: Wanted) -> Result<(), Failure> {
        let mut words = vec![
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-auto-gc",
            "--no-recurse-submodules",
            "--no-prune",
            // A partial clone must have all of it: what is missing here is not fetched later.
            "--no-filter",
            "--refmap=",
        ];
        if wanted == Wanted::All {
            words.push("--refetch");
        }
        words.extend(["--", &self.target, name]);
        let said = self.run(&words)?;
        if said.status.success() { Ok(()) } else { Err(Failure::Failed(said.why())) }
    }

    /// Asks for `update`, which the remote compares with what it has.
    pub fn push(&self, update: &Update<'_>) -> Answer {
        let id = |id: Option<ObjectId>| id.map(|id| id.to_string()).unwrap_or_default();
        let lease = format!("--force-with-lease={}:{}", update.name, id(update.expected));
        let refspec = format!("{}:{}", id(update.new), update.name);
        let said = self.run(&[
            "push",
            "--porcelain",
            // Our own hook would ask again, and others judge what people push.
            "--no-verify",
            "--no-follow-tags",
            "--no-signed",
            "--recurse-submodules=no",
            &lease,
            "--",
            &self.target,
            &refspec,
        ]);
        match said {
            Err(failure) => Answer::Unknown(failure),
            Ok(said) => match answer(&said.out, update.name, said.status.success()) {
                None => Answer::Unknown(Failure::Failed(said.why())),
                Some(Answer::Refused(words)) => Answer::Refused(said.with_remote(words)),
                Some(answer) => answer,
            },
        }
    }
}
