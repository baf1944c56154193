//! What goes on in this repository: who works where, what should stop, and what does a push send that is not true?

use gix::error::Result;

use super::audit::Totals;
use super::lease::list;
use super::liveness::{self, Question, Which};
use super::{audit, halt, lease};
use crate::clock;
use crate::evidence::progress::Depth;
use crate::evidence::range::{self, Selection};
use crate::evidence::repository::state_folder;
use crate::journal::folds::Folds;
use crate::journal::halts::Halt;
use crate::policy;

/// What was found out, each part by itself: what is wrong with one hides none of the others.
#[derive(Debug)]
pub struct Report {
    /// The runs that are not over, and what each is doing.
    pub runs: Result<liveness::Report>,
    /// The lanes that are held.
    pub leases: Result<list::Report>,
    /// The stops that are proposed and that nobody has acknowledged.
    pub halts: Result<Vec<Halt>>,
    /// What a push would send.
    pub unpushed: Result<Unpushed>,
    /// How many folds of archives there were.
    pub folds: Result<usize>,
}

/// The commits that a push would send.
#[derive(Debug, Default)]
pub struct Unpushed {
    /// Which they are, such as `origin/main..HEAD`.
    pub range: String,
    /// How many are witnessed, and how many are not.
    pub totals: Totals,
}

/// Looks at all of it; writes nothing.
pub fn look(repository: &gix::Repository) -> Report {
    let state = state_folder(repository);
    let question = Question {
        which: Which::Open { all: false },
        heartbeat: None,
        depth: Depth::First,
        now: clock::now(),
    };
    let holder = lease::holder(repository, None, None);
    Report {
        runs: liveness::look(repository, &question),
        leases: holder.and_then(|holder| list::list(repository, &holder)),
        halts: halt::open(&state),
        unpushed: unpushed(repository),
        folds: Folds::of(&state).landed(),
    }
}

/// Judges what a push would send; a branch without commits sends nothing.
fn unpushed(repository: &gix::Repository) -> Result<Unpushed> {
    if repository.head()?.is_unborn() {
        return Ok(Unpushed::default());
    }
    let chosen = range::resolve(repository, &Selection::WouldPush)?;
    let policy = policy::load(repository)?.audit_rules();
    let totals = audit::commits(repository, &chosen.commits, &policy)?.totals;
    Ok(Unpushed { range: chosen.description, totals })
}
