//! Which agents' sessions are written down here, and how does it go with each?

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use gix::ObjectId;
use gix::error::{ErrorExt as _, OptionExt as _, Result, ResultExt as _, message};

use super::liveness::{self, Answer, Row, Which};
use super::session;
use crate::clock;
use crate::evidence::progress::Depth;
use crate::evidence::repository::state_folder;
use crate::journal::Journal;
use crate::journal::runs;
use crate::journal::sessions::{self, Record, Start, Told};
use crate::journal::streams::{Event, Stream};
use crate::output::{HINT, said, shown};
use crate::verdict::stream::State;

/// What to find out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Question<'a> {
    /// The first characters of a session's id; `None` for all sessions.
    pub session: Option<&'a str>,
    /// How long ago a session may have begun; `None` for any time.
    pub since: Option<Duration>,
}

/// What was found out.
#[derive(Debug)]
pub struct Report {
    /// The sessions that were asked for, the newest first.
    pub sessions: Vec<Session>,
    /// The journals of which nobody can tell whose they are, with the reason.
    pub lost: Vec<String>,
    /// The number of sessions that began too long ago.
    pub earlier: usize,
    /// The top of the worktree in which this was asked, if there is one.
    pub top: Option<String>,
    /// Now, in time since 1970-01-01T00:00:00Z.
    pub now: Duration,
}

/// One session.
#[derive(Debug)]
pub struct Session {
    /// Its newest start.
    pub start: Start,
    /// What it was told, oldest first.
    pub told: Vec<Told>,
    /// Whether its run is moving; `None` for a session that is no run.
    pub run: Option<Row>,
    /// Its commits since the start.
    pub commits: Commits,
    /// How often it used each tool, as far as that is written down.
    pub tools: BTreeMap<String, usize>,
    /// How it went with its newest call; `None` without one.
    pub stream: Option<State>,
    /// The lines of its journals that could not be read, and the journals that could not.
    pub damage: Vec<String>,
}

/// The commits of a session.
#[derive(Debug)]
pub enum Commits {
    /// So many.
    Counted(usize),
    /// Its worktree and its branch are gone, or its run is not known.
    Gone,
    /// They could not be counted.
    Unknown(gix::Error),
}

impl Report {
    /// Tells whether everything that was written down could be read.
    pub fn is_whole(&self) -> bool {
        let is_whole = |session: &Session| {
            session.damage.is_empty() && !matches!(session.commits, Commits::Unknown(_))
        };
        self.lost.is_empty() && self.sessions.iter().all(is_whole)
    }
}

/// What a session's own journal says.
struct Kept {
    start: Start,
    told: Vec<Told>,
    damage: Vec<String>,
}

/// Answers `question` about `repository` with all its worktrees.
///
/// Errors when no session, or more than one, has an id that begins as it is asked for.
pub fn look(repository: &gix::Repository, question: &Question<'_>) -> Result<Report> {
    let (state, now) = (state_folder(repository), clock::now());
    let (mut kept, mut lost) = (Vec::new(), Vec::new());
    for journal in sessions::journals(&state)? {
        match read(&journal) {
            Ok(Some(found)) => kept.push(found),
            // Another process is about to write it, or cleared it away meanwhile.
            Ok(None) => {}
            Err(reason) => lost.push(reason),
        }
    }
    if let Some(prefix) = question.session {
        kept = vec![pick(kept, prefix, &lost)?];
        lost.clear();
    }
    let all = kept.len();
    let is_asked = |time: u64| {
        let age = now.saturating_sub(Duration::from_secs(time));
        question.since.is_none_or(|since| age <= since)
    };
    kept.retain(|kept| is_asked(kept.start.time));
    kept.sort_by(|one, other| {
        let key = |kept: &Kept| (kept.start.time, kept.start.session.clone());
        key(other).cmp(&key(one))
    });
    let earlier = all - kept.len();
    let runs = kept.iter().filter_map(|kept| session::run_of(&kept.start)).collect();
    let question =
        liveness::Question { which: Which::Each(runs), heartbeat: None, depth: Depth::First, now };
    let mut rows = liveness::look(repository, &question)?.rows.into_iter();
    let sessions = kept.into_iter().map(|kept| {
        let run = session::run_of(&kept.start).and_then(|_| rows.next());
        gather(repository, &state, kept, run)
    });
    let sessions = sessions.collect();
    let top = repository.workdir().and_then(session::absolute);
    Ok(Report { sessions, lost, earlier, top, now })
}

/// Reads the journal of one session; `None` for an empty one. The error says why nobody can tell whose it is.
fn read(journal: &Journal<Record>) -> std::result::Result<Option<Kept>, String> {
    let path = journal.path().display().to_string();
    let contents = journal.read().map_err(|error| reasons(&error))?;
    let (mut starts, mut told) = (Vec::new(), Vec::new());
    let is_empty = contents.records.is_empty() && contents.damage.is_empty();
    for record in contents.records {
        match record {
            Record::Start(start) => starts.push(start),
            Record::Told(entry) => told.push(entry),
            Record::Unknown => {}
        }
    }
    let damage =
        contents.damage.iter().map(|line| format!("{path}:{}: {}", line.line, line.reason));
    let damage = damage.collect();
    match starts.pop() {
        Some(start) => Ok(Some(Kept { start, told, damage })),
        None if is_empty => Ok(None),
        None => Err(format!("{path}: nothing says where the session began")),
    }
}

/// Returns the one of `kept` whose id begins with `prefix`, or is it.
fn pick(kept: Vec<Kept>, prefix: &str, lost: &[String]) -> Result<Kept> {
    let name = shown(prefix.as_bytes());
    let is_it = |kept: &Kept| {
        let id = &kept.start.session;
        // What was copied from our own answer is shown, not raw.
        id.starts_with(prefix) || shown(id.as_bytes()).starts_with(prefix)
    };
    let mut found: Vec<Kept> = kept.into_iter().filter(is_it).collect();
    if let Some(exact) = found.iter().position(|kept| kept.start.session == prefix) {
        return Ok(found.swap_remove(exact));
    }
    if found.len() > 1 {
        let count = found.len();
        let problem = message!("{count} sessions have ids that begin with {name:?}");
        return Err(problem.with(HINT, "give more of the id: git dos sessions lists them").raise());
    }
    found.pop().ok_or_raise(|| {
        let unread = match lost.len() {
            0 => String::new(),
            count => format!(" among those that could be read; {count} could not"),
        };
        message!("No session has an id that begins with {name:?}{unread}")
            .with(HINT, "git dos sessions lists them")
    })
}

/// Gathers what else is known of a session.
fn gather(repository: &gix::Repository, state: &Path, kept: Kept, run: Option<Row>) -> Session {
    let Kept { start, told, mut damage } = kept;
    if let Some(id) = session::run_of(&start) {
        let path = runs::journal(state, &id).path().display().to_string();
        let lines = match runs::read(state, &id) {
            Ok(known) => known.map(|known| known.damage).unwrap_or_default(),
            Err(error) => {
                damage.push(reasons(&error));
                Vec::new()
            }
        };
        damage.extend(lines.iter().map(|line| format!("{path}:{}: {}", line.line, line.reason)));
    }
    let stream = Stream::of(state, &start.session).read().unwrap_or_else(|error| {
        damage.push(reasons(&error));
        crate::journal::streams::Contents::default()
    });
    damage.extend(stream.damage);
    let mut tools = BTreeMap::new();
    for entry in &stream.entries {
        if let Event::Step(used) = &entry.event {
            *tools.entry(used.step.tool.clone()).or_insert(0) += 1;
        }
    }
    let state = stream.entries.last().map(|entry| match &entry.event {
        Event::Step(used) => used.state.unwrap_or(State::Advancing),
        Event::Reset => State::Advancing,
    });
    let commits = match run.as_ref().map(|row| &row.answer) {
        Some(Ok(answer)) => {
            commits(repository, &start, answer).map_or_else(Commits::Unknown, Commits::Counted)
        }
        Some(Err(_)) | None => Commits::Gone,
    };
    Session { start, told, run, commits, tools, stream: state, damage }
}

/// Counts the commits of the session since `start`, until its run was over.
fn commits(repository: &gix::Repository, start: &Start, answer: &Answer) -> Result<usize> {
    let own = session::own_commits(repository, start, &answer.tips)?;
    let Some(ended) = answer.ended else { return Ok(own.len()) };
    let end = answer.now.saturating_sub(ended).as_secs();
    let mut count = 0;
    for id in own {
        count += usize::from(is_until(repository, id, end)?);
    }
    Ok(count)
}

/// Tells whether the commit was made at `end` or before, in seconds since 1970-01-01T00:00:00Z.
fn is_until(repository: &gix::Repository, id: ObjectId, end: u64) -> Result<bool> {
    let context = || message!("Could not read the commit {id}");
    let time = repository.find_commit(id).or_raise(context)?.time().or_raise(context)?;
    Ok(u64::try_from(time.seconds).is_ok_and(|time| time <= end))
}

/// Returns an error and its causes on one line.
fn reasons(error: &gix::Error) -> String {
    let causes: Vec<String> = error.iter_errors().map(said).collect();
    causes.join(": ")
}
