//! A run starts, gives a sign of life, or ends: who is it, and from where does it go?

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::Path;
use std::time::Duration;

use gix::error::{ErrorExt as _, OptionExt as _, Result, ResultExt as _, bail, message};

use super::session::{absolute, head_id};
use crate::evidence::identity;
use crate::evidence::process::{self, Recorded};
use crate::evidence::repository::state_folder;
use crate::journal::runs::{self, Known, Record, Stamp, Start};
use crate::journal::{self, Durability};
use crate::output::{HINT, shown};
use crate::run_id::{Lineage, RunId, variable};
use crate::verdict::liveness::Process;
use crate::{clock, env};

/// How long a run's journal outlives the last word in it: 90 days.
const KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Signs of life that are nearer than this are one.
const BEAT_EVERY: Duration = Duration::from_secs(10);

/// What a run says about itself when it starts.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The lane in which it works.
    pub lane: Option<String>,
    /// The process that it is.
    pub pid: Option<u32>,
    /// How long it may take.
    pub budget: Option<Duration>,
    /// The agent and the id of its session.
    pub session: Option<(String, String)>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It ends now, after so long.
    Now(Duration),
    /// It was over before.
    Before,
}

/// Makes a new id of a run.
pub fn mint() -> Result<RunId> {
    // The standard library seeds each of these from the system's source of chance.
    let mut chance = RandomState::new().build_hasher();
    chance.write_u128(clock::now().as_nanos());
    chance.write_u32(std::process::id());
    let id = RunId::mint(clock::now(), chance.finish());
    id.or_raise(|| message("Could not make the id of a run"))
}

/// Returns where a run stands that is to start now: the lineage comes from the environment.
pub fn lineage(process: &str) -> Result<Lineage> {
    let (run, root) = (env::lineage(variable::RUN), env::lineage(variable::ROOT));
    Lineage::inherited(mint()?, process, run.as_deref(), root.as_deref())
        .or_raise(|| message("Could not start the run"))
}

/// Writes down that the run of `lineage` starts in the worktree of `repository`, at its present `HEAD`.
///
/// Errors when there is no process of the given number.
pub fn start(repository: &gix::Repository, lineage: &Lineage, request: &Request) -> Result<Start> {
    let recorded = Recorded { pid: request.pid, ..Recorded::default() };
    if let Some(pid) = request.pid
        && process::look(&recorded) == Process::Gone
    {
        bail!(message!("There is no process {pid}").with(HINT, "--pid $$ names the shell itself"));
    }
    let head = repository.head().or_raise(|| message("Could not read HEAD"))?;
    let (agent, session) = request.session.clone().unzip();
    let start = Start {
        v: runs::VERSION,
        time_ms: runs::milliseconds(lineage.run.time()),
        run: lineage.run.to_string(),
        process: lineage.process.clone(),
        parent: lineage.parent.clone(),
        root: lineage.root.clone(),
        head: head_id(repository)?,
        branch: head.referent_name().map(|name| name.as_bstr().to_string()),
        worktree: repository.workdir().and_then(absolute),
        committer: identity::committer(repository).map(|person| person.email.to_string()),
        host: process::host(),
        pid: request.pid,
        pid_started: request.pid.and_then(process::started),
        lane: request.lane.clone(),
        budget_s: request.budget.map(|budget| budget.as_secs()),
        agent,
        session,
    };
    let state = state_folder(repository);
    let record = Record::Start(Box::new(start.clone()));
    runs::journal(&state, &lineage.run).append(&record, Durability::Buffered)?;
    journal::prune(&state.join("runs"), KEPT, clock::now());
    Ok(start)
}

/// Returns the run that is meant: the one called `text`, else that of the environment.
///
/// Errors when `text` is no id, or when there is neither.
pub fn named(text: Option<&str>) -> Result<RunId> {
    let inherited = || env::lineage(variable::RUN);
    let text = text.map(str::to_owned).or_else(inherited).ok_or_raise(|| {
        message("No run is named, and CID_RUN_ID is not set")
            .with(HINT, "git dos liveness lists the runs")
    })?;
    RunId::parse(&text).ok_or_raise(|| {
        message!("{:?} is no id of a run", shown(text.as_bytes())).with(
            HINT,
            "an id is RID- and 15 capital letters and digits, as git dos run start prints it",
        )
    })
}

/// Reads what is known of the run called `id`, which must be one of this repository.
pub fn find(state_folder: &Path, id: &RunId) -> Result<Known> {
    runs::read(state_folder, id)?.ok_or_raise(|| {
        message!("There is no run {id} in this repository")
            .with(HINT, "git dos liveness lists the runs")
    })
}

/// Writes down that the run called `id` is over.
pub fn end(state_folder: &Path, id: &RunId) -> Result<End> {
    if find(state_folder, id)?.end.is_some() {
        return Ok(End::Before);
    }
    let now = clock::now();
    let record = Record::End(Stamp::at(now));
    runs::journal(state_folder, id).append(&record, Durability::Buffered)?;
    Ok(End::Now(now.saturating_sub(id.time())))
}

/// Writes down that the run called `id` is alive.
///
/// Errors when it is over.
pub fn beat(state_folder: &Path, id: &RunId) -> Result<()> {
    if try_beat(state_folder, id)? {
        return Ok(());
    }
    Err(message!("The run {id} is over").with(HINT, "git dos run start begins another one").raise())
}

/// Writes down that the run called `id` is alive, unless it is over; tells whether it is alive.
pub fn try_beat(state_folder: &Path, id: &RunId) -> Result<bool> {
    let known = find(state_folder, id)?;
    if known.end.is_some() {
        return Ok(false);
    }
    let now = clock::now();
    if known.beat.is_some_and(|beat| now.saturating_sub(beat) < BEAT_EVERY && beat <= now) {
        return Ok(true);
    }
    let record = Record::Beat(Stamp::at(now));
    runs::journal(state_folder, id).append(&record, Durability::Buffered).map(|()| true)
}
